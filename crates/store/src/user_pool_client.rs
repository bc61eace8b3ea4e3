//! Applications that sign users of a pool in.

use procura_core::account::AccountId;
use procura_core::error::Error;
use procura_core::sealing::Sealed;
use procura_core::secret::kind::PoolClientSecret;
use procura_core::user_pool::PoolId;
use procura_core::user_pool_client::{ClientSettings, PoolClient, PoolClientId};

use crate::driver::Value;
use crate::row::{Row, count, json, time};
use crate::tx::{AccountTx, Tx};

const TABLE: &str = "user_pool_client";

/// A client, with its secret if it has one, sealed for version 1.
#[derive(Debug, Clone)]
pub struct SealedPoolClient {
    /// The client.
    pub client: PoolClient,
    /// Its secret.
    pub secret: Option<Sealed<PoolClientSecret>>,
}

impl Tx<'_> {
    /// The client of this id, and whose it is: who presents it says nothing else of that.
    pub fn user_pool_client(
        &mut self,
        id: &PoolClientId,
    ) -> Result<Option<(AccountId, SealedPoolClient)>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT account, id, pool, name, secret, settings, created_at, updated_at, version
             FROM user_pool_client WHERE id = $1",
            &[Value::Text(id.as_str())],
        )?;
        row.map(|mut row| Ok((row.parsed("account")?, read(&mut row)?)))
            .transpose()
    }
}

impl AccountTx<'_> {
    /// The client of this id.
    pub fn user_pool_client(
        &mut self,
        id: &PoolClientId,
    ) -> Result<Option<SealedPoolClient>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id, pool, name, secret, settings, created_at, updated_at, version
             FROM user_pool_client WHERE account = $1 AND id = $2",
            &[Value::Text(self.account.as_str()), Value::Text(id.as_str())],
        )?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// The clients of a pool after that of `after`, by id; at most `limit`.
    pub fn user_pool_clients(
        &mut self,
        pool: &PoolId,
        after: Option<&PoolClientId>,
        limit: u32,
    ) -> Result<Vec<SealedPoolClient>, Error> {
        let rows = self.session.rows(
            TABLE,
            "SELECT id, pool, name, secret, settings, created_at, updated_at, version
             FROM user_pool_client WHERE account = $1 AND pool = $2 AND id > $3
             ORDER BY id LIMIT $4",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(pool.as_str()),
                Value::Text(after.map_or("", PoolClientId::as_str)),
                Value::Int(limit.into()),
            ],
        )?;
        rows.into_iter().map(|mut row| read(&mut row)).collect()
    }

    /// Adds a client; false when its pool is gone.
    pub fn insert_user_pool_client(&mut self, new: &SealedPoolClient) -> Result<bool, Error> {
        let client = &new.client;
        if self.user_pool(&client.pool)?.is_none() {
            return Ok(false);
        }
        let secret = new.secret.as_ref();
        self.session.execute(
            "INSERT INTO user_pool_client
             (account, id, pool, name, secret, settings, created_at, updated_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(client.id.as_str()),
                Value::Text(client.pool.as_str()),
                Value::Text(&client.name),
                secret.map_or(Value::Null, |secret| Value::Blob(secret.as_bytes())),
                Value::Text(&json(&client.settings)?),
                time(client.created_at),
                time(client.updated_at),
                count(client.version)?,
            ],
        )?;
        Ok(true)
    }

    /// Replaces a client by its next version; false when it is not there at the version before. Its
    /// secret stays as it is.
    pub fn update_user_pool_client(&mut self, client: &PoolClient) -> Result<bool, Error> {
        let updated = self.session.execute(
            "UPDATE user_pool_client SET name = $3, settings = $4, updated_at = $5, version = $6
             WHERE account = $1 AND id = $2 AND version + 1 = $6",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(client.id.as_str()),
                Value::Text(&client.name),
                Value::Text(&json(&client.settings)?),
                time(client.updated_at),
                count(client.version)?,
            ],
        )?;
        Ok(updated == 1)
    }

    /// Deletes a client with the sign-ins that it holds; false when it is not there at this version.
    pub fn delete_user_pool_client(
        &mut self,
        id: &PoolClientId,
        version: u64,
    ) -> Result<bool, Error> {
        let deleted = self.session.execute(
            "DELETE FROM user_pool_client WHERE account = $1 AND id = $2 AND version = $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(id.as_str()),
                count(version)?,
            ],
        )?;
        Ok(deleted == 1)
    }
}

fn read(row: &mut Row) -> Result<SealedPoolClient, Error> {
    let (id, pool, name) = (row.parsed("id")?, row.parsed("pool")?, row.text("name")?);
    let secret = row.optional_sealed("secret")?;
    Ok(SealedPoolClient {
        client: PoolClient {
            id,
            pool,
            name,
            settings: row.json::<ClientSettings>("settings")?,
            created_at: row.timestamp("created_at")?,
            updated_at: row.timestamp("updated_at")?,
            version: row.count("version")?,
        },
        secret,
    })
}
