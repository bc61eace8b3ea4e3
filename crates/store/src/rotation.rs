//! What a rotation of keys reads and writes: rows by the key that wraps them.
//!
//! The name of that key stands in the sealed bytes themselves (`core::sealing`): its id in bytes 3
//! to 18, its version in 19 to 22, counted from 1 as SQL does.

use procura_core::account::AccountId;
use procura_core::encryption_key::EncryptionKey;
use procura_core::error::Error;
use procura_core::id::KeyId;
use procura_core::sealing::Sealed;
use procura_core::secret::kind::{DeploymentSecret, WrappedKey};

use crate::driver::Value;
use crate::encryption_key::{read, stored};
use crate::row::{Row, count};
use crate::tx::Tx;

const TABLE: &str = "encryption_key";

/// How many rows one key wraps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrappedUnder {
    /// All rows that are wrapped by keys of this kind.
    pub rows: u64,
    /// Those of them that are wrapped by another one than the newest.
    pub older: u64,
}

impl Tx<'_> {
    /// The root keys that anything is wrapped under, and how many rows each. (Keys of accounts are
    /// reached through the accounts: there may be millions of others beside them.)
    pub fn root_keys_in_use(&mut self) -> Result<Vec<(KeyId, u64)>, Error> {
        let rows = self.session.rows(
            TABLE,
            "SELECT root, COUNT(*) FROM (
                 SELECT substr(wrapped, 3, 16) AS root FROM encryption_key WHERE account = ''
                 UNION ALL
                 SELECT substr(k.wrapped, 3, 16) FROM account a
                 JOIN encryption_key k ON k.account = a.id AND k.purpose = 'account'
                 UNION ALL
                 SELECT substr(s.secret, 3, 16) FROM deployment_secret s
                 WHERE NOT EXISTS (SELECT 1 FROM encryption_key k
                                   WHERE k.id = substr(s.secret, 3, 16))
             ) AS wrapped_by_a_root GROUP BY root ORDER BY root",
            &[],
        )?;
        rows.into_iter()
            .map(|mut row| Ok((row.id("wrapped", KeyId::from_slice)?, row.count("wrapped")?)))
            .collect()
    }

    /// At most `limit` keys that the root key `root` wraps.
    pub fn keys_under_root(
        &mut self,
        root: KeyId,
        limit: u32,
    ) -> Result<Vec<EncryptionKey>, Error> {
        let rows = self.session.rows(
            TABLE,
            "SELECT id, version, account, purpose, subject, wrapped, created_at
             FROM encryption_key WHERE account = '' AND substr(wrapped, 3, 16) = $1
             UNION ALL
             SELECT k.id, k.version, k.account, k.purpose, k.subject, k.wrapped, k.created_at
             FROM account a JOIN encryption_key k ON k.account = a.id AND k.purpose = 'account'
             WHERE substr(k.wrapped, 3, 16) = $1
             LIMIT $2",
            &[Value::Blob(root.as_bytes()), Value::Int(limit.into())],
        )?;
        rows.into_iter().map(read).collect()
    }

    /// At most `limit` secrets of the deployment that the root key `root` seals: name, secret, and
    /// the version that it is sealed for.
    pub fn secrets_under_root(
        &mut self,
        root: KeyId,
        limit: u32,
    ) -> Result<Vec<(String, Sealed<DeploymentSecret>, u64)>, Error> {
        let rows = self.session.rows(
            "deployment_secret",
            "SELECT name, secret, version FROM deployment_secret
             WHERE substr(secret, 3, 16) = $1 LIMIT $2",
            &[Value::Blob(root.as_bytes()), Value::Int(limit.into())],
        )?;
        let secret = |mut row: Row| {
            let (name, secret) = (row.text("name")?, row.sealed("secret")?);
            Ok((name, secret, row.count("version")?))
        };
        rows.into_iter().map(secret).collect()
    }

    /// At most `limit` keys of `account` that another key than `newest` (of the account) wraps, in
    /// the order of their places, after that of `after`.
    pub fn keys_under_older(
        &mut self,
        account: AccountId,
        newest: (KeyId, u32),
        after: Option<&EncryptionKey>,
        limit: u32,
    ) -> Result<Vec<EncryptionKey>, Error> {
        let (word, subject, version) = after.map_or(("", &[][..], 0), |key| {
            let (word, subject) = stored(&key.purpose);
            (word, subject, key.version)
        });
        let rows = self.session.rows(
            TABLE,
            "SELECT id, version, account, purpose, subject, wrapped, created_at
             FROM encryption_key
             WHERE account = $1 AND purpose <> 'account' AND substr(wrapped, 3, 20) <> $2
             AND (purpose, subject, version) > ($3, $4, $5)
             ORDER BY purpose, subject, version LIMIT $6",
            &[
                Value::Text(account.as_str()),
                Value::Blob(&header(newest)),
                Value::Text(word),
                Value::Blob(subject),
                Value::Int(version.into()),
                Value::Int(limit.into()),
            ],
        )?;
        rows.into_iter().map(read).collect()
    }

    /// How many keys of `account` its account key wraps, and how many of them an older version.
    pub fn wrapped_in_account(
        &mut self,
        account: AccountId,
        newest: (KeyId, u32),
    ) -> Result<WrappedUnder, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT COUNT(*),
                    COALESCE(SUM(CASE WHEN substr(wrapped, 3, 20) <> $2 THEN 1 ELSE 0 END), 0)
             FROM encryption_key WHERE account = $1 AND purpose <> 'account'",
            &[Value::Text(account.as_str()), Value::Blob(&header(newest))],
        )?;
        let mut row = row.ok_or_else(|| Error::inconsistent(TABLE, "wrapped"))?;
        Ok(WrappedUnder {
            rows: row.count("wrapped")?,
            older: row.count("wrapped")?,
        })
    }

    /// Puts `new` in place of the wrapped form that `old` has; false when that is not what is there
    /// any more: somebody else has done it.
    pub fn rewrap_encryption_key(
        &mut self,
        old: &EncryptionKey,
        new: &Sealed<WrappedKey>,
    ) -> Result<bool, Error> {
        let replaced = self.session.execute(
            "UPDATE encryption_key SET wrapped = $4
             WHERE id = $1 AND version = $2 AND wrapped = $3",
            &[
                Value::Blob(old.id.as_bytes()),
                Value::Int(old.version.into()),
                Value::Blob(old.wrapped.as_bytes()),
                Value::Blob(new.as_bytes()),
            ],
        )?;
        Ok(replaced == 1)
    }

    /// How many nodes but `node` have an open chain: they run, or died without a successor.
    pub fn other_nodes(&mut self, node: procura_core::id::NodeId) -> Result<u64, Error> {
        let row = self.session.row(
            "audit_chain",
            "SELECT COUNT(DISTINCT node) FROM audit_chain
             WHERE closed_size IS NULL AND node <> $1",
            &[Value::Blob(node.as_bytes())],
        )?;
        let mut row = row.ok_or_else(|| Error::inconsistent("audit_chain", "node"))?;
        row.count("node")
    }

    /// Forgets the keys of tokens: what was sealed under them opens no more.
    pub(crate) fn delete_token_keys(&mut self) -> Result<(), Error> {
        let sql = "DELETE FROM encryption_key WHERE purpose = 'token' AND account = ''";
        self.session.execute(sql, &[]).map(|_| ())
    }

    /// Counts one restore more: the new restore epoch.
    pub(crate) fn begin_restore_epoch(&mut self, before: u64) -> Result<u64, Error> {
        let epoch = before + 1;
        self.session
            .execute("UPDATE meta SET restore_epoch = $1", &[count(epoch)?])?;
        Ok(epoch)
    }
}

/// The bytes by which sealed values name this key.
fn header((id, version): (KeyId, u32)) -> [u8; 20] {
    let mut bytes = [0; 20];
    let (left, right) = bytes.split_at_mut(16);
    left.copy_from_slice(id.as_bytes());
    right.copy_from_slice(&version.to_be_bytes());
    bytes
}
