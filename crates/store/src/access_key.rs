//! Access keys and their sealed secrets.

use procura_core::access_key::{AccessKey, AccessKeyId, Role};
use procura_core::error::Error;
use procura_core::sealing::Sealed;
use procura_core::secret::kind::AccessKeySecret;
use procura_core::time::Timestamp;

use crate::driver::Value;
use crate::row::{Row, count, json, time};
use crate::tx::{AccountTx, Tx};

const TABLE: &str = "access_key";

impl Tx<'_> {
    /// The key that a request says it is signed with, revoked or not. The one read of an account's
    /// row before the account is known: the key is what tells it.
    pub fn access_key_for_signature(
        &mut self,
        id: AccessKeyId,
    ) -> Result<Option<(AccessKey, Sealed<AccessKeySecret>)>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id, account, roles, created_at, revoked_at, version, secret
             FROM access_key WHERE id = $1",
            &[Value::Text(id.as_str())],
        )?;
        row.map(|mut row| Ok((read(&mut row)?, row.sealed("secret")?)))
            .transpose()
    }
}

impl AccountTx<'_> {
    /// Adds a key of this account.
    pub fn insert_access_key(
        &mut self,
        key: &AccessKey,
        secret: &Sealed<AccessKeySecret>,
    ) -> Result<(), Error> {
        if key.account != self.account {
            return Err(Error::internal("an access key of another account"));
        }
        let revoked_at = key.revoked_at.map_or(Value::Null, time);
        self.session.execute(
            "INSERT INTO access_key (id, account, roles, secret, created_at, revoked_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &[
                Value::Text(key.id.as_str()),
                Value::Text(self.account.as_str()),
                Value::Text(&json(&key.roles)?),
                Value::Blob(secret.as_bytes()),
                time(key.created_at),
                revoked_at,
                count(key.version)?,
            ],
        )?;
        Ok(())
    }

    /// The keys of this account, revoked ones too, in the order of their ids.
    pub fn access_keys(&mut self) -> Result<Vec<AccessKey>, Error> {
        let rows = self.session.rows(
            TABLE,
            "SELECT id, account, roles, created_at, revoked_at, version
             FROM access_key WHERE account = $1 ORDER BY id",
            &[Value::Text(self.account.as_str())],
        )?;
        rows.into_iter().map(|mut row| read(&mut row)).collect()
    }

    /// Revokes a key and wipes its secret, so that nothing but a new key brings it back; false when
    /// there is none that was good.
    pub fn revoke_access_key(&mut self, id: AccessKeyId, now: Timestamp) -> Result<bool, Error> {
        let revoked = self.session.execute(
            "UPDATE access_key SET revoked_at = $3, secret = $4
             WHERE account = $1 AND id = $2 AND revoked_at IS NULL",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(id.as_str()),
                time(now),
                Value::Blob(&[]),
            ],
        )?;
        // What it put on is good no more, and counts no more.
        self.session.execute(
            "DELETE FROM temporary_key WHERE account = $1 AND access_key = $2",
            &[Value::Text(self.account.as_str()), Value::Text(id.as_str())],
        )?;
        Ok(revoked == 1)
    }
}

fn read(row: &mut Row) -> Result<AccessKey, Error> {
    let key = AccessKey {
        id: row.parsed("id")?,
        account: row.parsed("account")?,
        roles: row.json::<Vec<Role>>("roles")?,
        created_at: row.timestamp("created_at")?,
        revoked_at: row.optional_timestamp("revoked_at")?,
        version: row.count("version")?,
    };
    if key.roles.is_empty() {
        Err(Error::inconsistent(TABLE, "roles"))
    } else {
        Ok(key)
    }
}
