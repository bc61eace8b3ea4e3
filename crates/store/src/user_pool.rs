//! User pools, and the keys that sign their tokens, private halves sealed.

use procura_core::account::AccountId;
use procura_core::error::Error;
use procura_core::id::SigningKeyId;
use procura_core::pool_key::PoolKey;
use procura_core::sealing::Sealed;
use procura_core::secret::kind::PrivateKey;
use procura_core::signing_key::{SigningAlgorithm, SigningKey};
use procura_core::time::Timestamp;
use procura_core::user_pool::{PoolId, PoolSettings, UserPool};

use crate::driver::Value;
use crate::row::{Row, count, json, time};
use crate::tx::{AccountTx, Tx};

const TABLE: &str = "user_pool";
const KEYS: &str = "user_pool_key";

impl Tx<'_> {
    /// The pool of this id, and whose it is: its issuer is known to everybody.
    pub fn user_pool(&mut self, id: &PoolId) -> Result<Option<(AccountId, UserPool)>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT account, id, name, settings, created_at, updated_at, version
             FROM user_pool WHERE id = $1",
            &[Value::Text(id.as_str())],
        )?;
        row.map(|mut row| Ok((row.parsed("account")?, read(&mut row)?)))
            .transpose()
    }

    /// Deletes keys of pools that are over at `now`; how many, at most `limit`.
    pub fn sweep_user_pool_keys(&mut self, now: Timestamp, limit: u32) -> Result<u64, Error> {
        self.session.execute(
            "DELETE FROM user_pool_key WHERE (account, id) IN
                 (SELECT account, id FROM user_pool_key WHERE published_until <= $1 LIMIT $2)",
            &[time(now), Value::Int(limit.into())],
        )
    }
}

impl AccountTx<'_> {
    /// The pool of this id.
    pub fn user_pool(&mut self, id: &PoolId) -> Result<Option<UserPool>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id, name, settings, created_at, updated_at, version
             FROM user_pool WHERE account = $1 AND id = $2",
            &[Value::Text(self.account.as_str()), Value::Text(id.as_str())],
        )?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// The pools after that of `after`, by id; at most `limit`.
    pub fn user_pools(
        &mut self,
        after: Option<&PoolId>,
        limit: u32,
    ) -> Result<Vec<UserPool>, Error> {
        let rows = self.session.rows(
            TABLE,
            "SELECT id, name, settings, created_at, updated_at, version
             FROM user_pool WHERE account = $1 AND id > $2 ORDER BY id LIMIT $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(after.map_or("", PoolId::as_str)),
                Value::Int(limit.into()),
            ],
        )?;
        rows.into_iter().map(|mut row| read(&mut row)).collect()
    }

    /// Adds a pool with the key that signs its tokens.
    pub fn insert_user_pool(
        &mut self,
        pool: &UserPool,
        key: &PoolKey,
        private_key: &Sealed<PrivateKey>,
    ) -> Result<(), Error> {
        self.session.execute(
            "INSERT INTO user_pool (account, id, name, settings, created_at, updated_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(pool.id.as_str()),
                Value::Text(&pool.name),
                Value::Text(&json(&pool.settings)?),
                time(pool.created_at),
                time(pool.updated_at),
                count(pool.version)?,
            ],
        )?;
        self.insert_user_pool_key(&pool.id, key, private_key)
    }

    /// Replaces a pool by its next version; false when it is not there at the version before.
    pub fn update_user_pool(&mut self, pool: &UserPool) -> Result<bool, Error> {
        let updated = self.session.execute(
            "UPDATE user_pool SET name = $3, settings = $4, updated_at = $5, version = $6
             WHERE account = $1 AND id = $2 AND version + 1 = $6",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(pool.id.as_str()),
                Value::Text(&pool.name),
                Value::Text(&json(&pool.settings)?),
                time(pool.updated_at),
                count(pool.version)?,
            ],
        )?;
        Ok(updated == 1)
    }

    /// Deletes a pool with everything in it; false when it is not there at this version.
    pub fn delete_user_pool(&mut self, id: &PoolId, version: u64) -> Result<bool, Error> {
        let deleted = self.session.execute(
            "DELETE FROM user_pool WHERE account = $1 AND id = $2 AND version = $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(id.as_str()),
                count(version)?,
            ],
        )?;
        Ok(deleted == 1)
    }

    /// Adds a key to a pool.
    pub fn insert_user_pool_key(
        &mut self,
        pool: &PoolId,
        PoolKey {
            key,
            signs_from,
            published_until,
        }: &PoolKey,
        private_key: &Sealed<PrivateKey>,
    ) -> Result<(), Error> {
        self.session.execute(
            "INSERT INTO user_pool_key
             (account, id, pool, algorithm, private_key, public_jwk, created_at, signs_from,
              published_until)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(key.id.as_bytes()),
                Value::Text(pool.as_str()),
                Value::Text(key.algorithm.as_str()),
                Value::Blob(private_key.as_bytes()),
                Value::Text(&key.public_jwk),
                time(key.created_at),
                time(*signs_from),
                published_until.map_or(Value::Null, time),
            ],
        )?;
        Ok(())
    }

    /// Says of the key `id` of a pool when it signs and how long it is published.
    pub fn update_user_pool_key(&mut self, pool: &PoolId, to: &PoolKey) -> Result<(), Error> {
        self.session.execute(
            "UPDATE user_pool_key SET signs_from = $4, published_until = $5
             WHERE account = $1 AND pool = $2 AND id = $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(pool.as_str()),
                Value::Blob(to.key.id.as_bytes()),
                time(to.signs_from),
                to.published_until.map_or(Value::Null, time),
            ],
        )?;
        Ok(())
    }

    /// Deletes a key of a pool; false when it is not there.
    pub fn delete_user_pool_key(&mut self, pool: &PoolId, id: SigningKeyId) -> Result<bool, Error> {
        let deleted = self.session.execute(
            "DELETE FROM user_pool_key WHERE account = $1 AND pool = $2 AND id = $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(pool.as_str()),
                Value::Blob(id.as_bytes()),
            ],
        )?;
        Ok(deleted == 1)
    }

    /// The keys of a pool with their sealed private halves, oldest first. Those that are over are
    /// among them until they are swept.
    pub fn user_pool_keys(
        &mut self,
        pool: &PoolId,
    ) -> Result<Vec<(PoolKey, Sealed<PrivateKey>)>, Error> {
        let rows = self.session.rows(
            KEYS,
            "SELECT id, algorithm, public_jwk, created_at, signs_from, published_until, private_key
             FROM user_pool_key WHERE account = $1 AND pool = $2 ORDER BY id",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(pool.as_str()),
            ],
        )?;
        rows.into_iter()
            .map(|mut row| {
                let key = SigningKey {
                    id: row.id("id", SigningKeyId::from_slice)?,
                    algorithm: row.word("algorithm", SigningAlgorithm::from_name)?,
                    public_jwk: row.text("public_jwk")?,
                    created_at: row.timestamp("created_at")?,
                };
                let key = PoolKey {
                    key,
                    signs_from: row.timestamp("signs_from")?,
                    published_until: row.optional_timestamp("published_until")?,
                };
                Ok((key, row.sealed("private_key")?))
            })
            .collect()
    }
}

fn read(row: &mut Row) -> Result<UserPool, Error> {
    Ok(UserPool {
        id: row.parsed("id")?,
        name: row.text("name")?,
        settings: row.json::<PoolSettings>("settings")?,
        created_at: row.timestamp("created_at")?,
        updated_at: row.timestamp("updated_at")?,
        version: row.count("version")?,
    })
}
