//! Temporary access keys, their sealed secrets, and the hashes of their session tokens.

use procura_core::access_key::AccessKeyId;
use procura_core::digest::Sha256;
use procura_core::error::Error;
use procura_core::id::{AgentId, TrustBindingId};
use procura_core::sealing::Sealed;
use procura_core::secret::kind::AccessKeySecret;
use procura_core::temporary_key::{Holder, TemporaryKey};
use procura_core::time::Timestamp;

use crate::driver::Value;
use crate::row::time;
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
    /// The key that a request says it is signed with. It may be over.
    pub fn temporary_key_for_signature(
        &mut self,
        id: AccessKeyId,
    ) -> Result<Option<StoredTemporaryKey>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id, account, agent, binding, name, created_at, expires_at, token_hash, secret
             FROM temporary_key WHERE id = $1",
            &[Value::Text(id.as_str())],
        )?;
        let Some(mut row) = row else {
            return Ok(None);
        };
        let key = TemporaryKey {
            id: row.parsed("id")?,
            account: row.parsed("account")?,
            holder: Holder::Agent {
                agent: row.id("agent", AgentId::from_slice)?,
                binding: row.id("binding", TrustBindingId::from_slice)?,
            },
            name: row.text("name")?,
            created_at: row.timestamp("created_at")?,
            expires_at: row.timestamp("expires_at")?,
        };
        let token_hash = row.blob("token_hash")?;
        Ok(Some(StoredTemporaryKey {
            key,
            token_hash: token_hash
                .try_into()
                .map_err(|_| Error::inconsistent(TABLE, "token_hash"))?,
            secret: row.sealed("secret")?,
        }))
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
        let Holder::Agent { agent, binding } = key.holder;
        self.session.execute(
            "INSERT INTO temporary_key
             (account, id, agent, binding, name, token_hash, secret, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(key.id.as_str()),
                Value::Blob(agent.as_bytes()),
                Value::Blob(binding.as_bytes()),
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
