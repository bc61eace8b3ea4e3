//! Domains of user pools.

use procura_core::account::AccountId;
use procura_core::error::Error;
use procura_core::pool_domain::{DomainPrefix, PoolDomain};
use procura_core::user_pool::PoolId;

use crate::driver::Value;
use crate::row::{Row, time};
use crate::tx::{AccountTx, Tx};

const TABLE: &str = "pool_domain";

impl Tx<'_> {
    /// The domain of this prefix, and whose it is: whoever comes by it says nothing else of that.
    pub fn pool_domain(
        &mut self,
        prefix: &DomainPrefix,
    ) -> Result<Option<(AccountId, PoolDomain)>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT account, prefix, pool, created_at FROM pool_domain WHERE prefix = $1",
            &[Value::Text(prefix.as_str())],
        )?;
        row.map(|mut row| Ok((row.parsed("account")?, read(&mut row)?)))
            .transpose()
    }
}

impl AccountTx<'_> {
    /// The domain of this prefix.
    pub fn pool_domain(&mut self, prefix: &DomainPrefix) -> Result<Option<PoolDomain>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT prefix, pool, created_at FROM pool_domain WHERE account = $1 AND prefix = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(prefix.as_str()),
            ],
        )?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// The domain of a pool.
    pub fn domain_of_pool(&mut self, pool: &PoolId) -> Result<Option<PoolDomain>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT prefix, pool, created_at FROM pool_domain WHERE account = $1 AND pool = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(pool.as_str()),
            ],
        )?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// Adds a domain; false when some pool of the deployment has it, or this pool has one.
    pub fn insert_pool_domain(&mut self, domain: &PoolDomain) -> Result<bool, Error> {
        let inserted = self.session.execute(
            "INSERT INTO pool_domain (account, prefix, pool, created_at)
             VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(domain.prefix.as_str()),
                Value::Text(domain.pool.as_str()),
                time(domain.created_at),
            ],
        )?;
        Ok(inserted == 1)
    }

    /// Deletes a domain of a pool; false when it is not there.
    pub fn delete_pool_domain(
        &mut self,
        pool: &PoolId,
        prefix: &DomainPrefix,
    ) -> Result<bool, Error> {
        let deleted = self.session.execute(
            "DELETE FROM pool_domain WHERE account = $1 AND pool = $2 AND prefix = $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(pool.as_str()),
                Value::Text(prefix.as_str()),
            ],
        )?;
        Ok(deleted == 1)
    }
}

fn read(row: &mut Row) -> Result<PoolDomain, Error> {
    Ok(PoolDomain {
        prefix: row.parsed("prefix")?,
        pool: row.parsed("pool")?,
        created_at: row.timestamp("created_at")?,
    })
}
