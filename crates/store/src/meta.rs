//! What the database knows of the deployment as a whole.

use procura_core::digest::Sha256;
use procura_core::error::Error;
use procura_core::id::{DeploymentId, KeyId};
use procura_core::time::Timestamp;

use crate::driver::Value;
use crate::row::{count, time};
use crate::tx::Tx;

/// The one row about the deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meta {
    /// The deployment.
    pub deployment: DeploymentId,
    /// How often the database was put back from a backup.
    pub restore_epoch: u64,
    /// The root key that everything is sealed under.
    pub root_key: KeyId,
    /// Proves at start that the root key at hand is that one.
    pub key_check: Sha256,
    /// When the deployment was made.
    pub created_at: Timestamp,
}

impl Tx<'_> {
    /// The deployment, once it is made.
    pub fn meta(&mut self) -> Result<Option<Meta>, Error> {
        let sql = "SELECT deployment, restore_epoch, root_key, key_check, created_at FROM meta";
        let Some(mut row) = self.session.row("meta", sql, &[])? else {
            return Ok(None);
        };
        Ok(Some(Meta {
            deployment: row.id("deployment", DeploymentId::from_slice)?,
            restore_epoch: row.count("restore_epoch")?,
            root_key: row.id("root_key", KeyId::from_slice)?,
            key_check: row.hash("key_check")?,
            created_at: row.timestamp("created_at")?,
        }))
    }

    /// Makes the deployment; false when there is one.
    pub fn insert_meta(&mut self, meta: &Meta) -> Result<bool, Error> {
        let inserted = self.session.execute(
            "INSERT INTO meta (singleton, deployment, restore_epoch, root_key, key_check, created_at)
             VALUES (1, $1, $2, $3, $4, $5) ON CONFLICT (singleton) DO NOTHING",
            &[
                Value::Blob(meta.deployment.as_bytes()),
                count(meta.restore_epoch)?,
                Value::Blob(meta.root_key.as_bytes()),
                Value::Blob(&meta.key_check),
                time(meta.created_at),
            ],
        )?;
        Ok(inserted == 1)
    }

    /// Makes `to` the root key of the deployment; false when `from` is not it any more.
    pub fn switch_root_key(
        &mut self,
        from: KeyId,
        to: KeyId,
        key_check: &Sha256,
    ) -> Result<bool, Error> {
        let switched = self.session.execute(
            "UPDATE meta SET root_key = $2, key_check = $3 WHERE root_key = $1",
            &[
                Value::Blob(from.as_bytes()),
                Value::Blob(to.as_bytes()),
                Value::Blob(key_check),
            ],
        )?;
        Ok(switched == 1)
    }
}
