//! Temporary access keys, their sealed secrets, and the hashes of their session tokens.

use procura_core::access_key::AccessKeyId;
use procura_core::digest::Sha256;
use procura_core::error::Error;
use procura_core::id::{AgentId, RoleId, TrustBindingId};
use procura_core::sealing::Sealed;
use procura_core::secret::kind::AccessKeySecret;
use procura_core::temporary_key::{AssumedBy, Holder, TemporaryKey};
use procura_core::time::Timestamp;

use crate::driver::Value;
use crate::row::{Row, time};
use crate::tx::{AccountTx, Tx};

const TABLE: &str = "temporary_key";

/// A temporary key with what proves that somebody holds it.
#[derive(Debug, Clone)]
pub struct StoredTemporaryKey {
    /// The key.
    pub key: TemporaryKey,
    /// Of its session token.
    pub token_hash: Sha256,
    /// Its secret.
    pub secret: Sealed<AccessKeySecret>,
}

impl Tx<'_> {
    /// The key that a request says it is signed with, if what its holder was believed for stands. Its
    /// time may be over.
    pub fn temporary_key_for_signature(
        &mut self,
        id: AccessKeyId,
    ) -> Result<Option<StoredTemporaryKey>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id, account, agent, binding, role, access_key, issuer, name, created_at,
                 expires_at, token_hash, secret
             FROM temporary_key WHERE id = $1",
            &[Value::Text(id.as_str())],
        )?;
        let Some(mut row) = row else {
            return Ok(None);
        };
        let key = TemporaryKey {
            id: row.parsed("id")?,
            account: row.parsed("account")?,
            holder: holder(&mut row)?,
            name: row.text("name")?,
            created_at: row.timestamp("created_at")?,
            expires_at: row.timestamp("expires_at")?,
        };
        let stored = StoredTemporaryKey {
            key,
            token_hash: row.hash("token_hash")?,
            secret: row.sealed("secret")?,
        };
        let stands = self.still_believed(&stored.key)?;
        Ok(stands.then_some(stored))
    }

    /// Whether what the holder of a key was believed for stands. A binding and a role take their keys
    /// along when they go.
    fn still_believed(&mut self, key: &TemporaryKey) -> Result<bool, Error> {
        match &key.holder {
            Holder::Agent { .. } => Ok(true),
            Holder::Role { by, .. } => match by {
                AssumedBy::AccessKey(by) => {
                    let found = self.access_key_for_signature(*by)?;
                    Ok(found.is_some_and(|(by, _)| by.revoked_at.is_none()))
                }
                // One that was registered anew is another one.
                AssumedBy::Issuer(issuer) => {
                    let issuer = self.account(key.account).issuer(issuer)?;
                    Ok(issuer.is_some_and(|now| now.created_at <= key.created_at))
                }
            },
        }
    }

    /// Ends every temporary key of the deployment.
    pub(crate) fn delete_all_temporary_keys(&mut self) -> Result<u64, Error> {
        self.session.execute("DELETE FROM temporary_key", &[])
    }

    /// Deletes temporary keys that are over at `now`; how many, at most `limit`.
    pub fn sweep_temporary_keys(&mut self, now: Timestamp, limit: u32) -> Result<u64, Error> {
        self.session.execute(
            "DELETE FROM temporary_key WHERE (account, id) IN
                 (SELECT account, id FROM temporary_key WHERE expires_at <= $1 LIMIT $2)",
            &[time(now), Value::Int(limit.into())],
        )
    }
}

impl AccountTx<'_> {
    /// Adds a temporary key.
    pub fn insert_temporary_key(&mut self, new: &StoredTemporaryKey) -> Result<(), Error> {
        let key = &new.key;
        if key.account != self.account {
            return Err(Error::internal("a temporary key of another account"));
        }
        let null = Value::Null;
        let (agent, binding, role, access_key, issuer) = match &key.holder {
            Holder::Agent { agent, binding } => {
                let (agent, binding) = (agent.as_bytes(), binding.as_bytes());
                (Value::Blob(agent), Value::Blob(binding), null, null, null)
            }
            Holder::Role { role, by } => {
                let role = Value::Blob(role.as_bytes());
                match by {
                    AssumedBy::AccessKey(by) => (null, null, role, Value::Text(by.as_str()), null),
                    AssumedBy::Issuer(issuer) => (null, null, role, null, Value::Text(issuer)),
                }
            }
        };
        self.session.execute(
            "INSERT INTO temporary_key
             (account, id, agent, binding, role, access_key, issuer, name, token_hash, secret,
              created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(key.id.as_str()),
                agent,
                binding,
                role,
                access_key,
                issuer,
                Value::Text(&key.name),
                Value::Blob(&new.token_hash),
                Value::Blob(new.secret.as_bytes()),
                time(key.created_at),
                time(key.expires_at),
            ],
        )?;
        Ok(())
    }
}

/// What stands in a row is exactly one of the three.
fn holder(row: &mut Row) -> Result<Holder, Error> {
    let agent = row.optional_id("agent", AgentId::from_slice)?;
    let binding = row.optional_id("binding", TrustBindingId::from_slice)?;
    let role = row.optional_id("role", RoleId::from_slice)?;
    let access_key = row.optional_text("access_key")?;
    let access_key = access_key.map(|id| id.parse::<AccessKeyId>());
    let access_key = access_key
        .transpose()
        .map_err(|_| Error::inconsistent(TABLE, "access_key"))?;
    let issuer = row.optional_text("issuer")?;
    match (agent, binding, role, access_key, issuer) {
        (Some(agent), Some(binding), None, None, None) => Ok(Holder::Agent { agent, binding }),
        (None, None, Some(role), Some(by), None) => Ok(Holder::Role {
            role,
            by: AssumedBy::AccessKey(by),
        }),
        (None, None, Some(role), None, Some(by)) => Ok(Holder::Role {
            role,
            by: AssumedBy::Issuer(by),
        }),
        _ => Err(Error::inconsistent(TABLE, "holder")),
    }
}
