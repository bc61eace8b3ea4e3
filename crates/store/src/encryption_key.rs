//! Wrapped encryption keys.

use procura_core::account::AccountId;
use procura_core::encryption_key::{EncryptionKey, KeyPurpose};
use procura_core::error::Error;
use procura_core::id::{KeyId, UserId};
use procura_core::sealing::Subject;

use crate::driver::Value;
use crate::row::{Row, time};
use crate::tx::Tx;

const TABLE: &str = "encryption_key";

/// What became of a key that was to be added.
#[must_use = "a key that was not added must not be used"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted {
    /// It is there.
    Done,
    /// Its owner has one of this purpose and version already.
    Taken,
    /// The key that wraps it was rotated meanwhile: wrap it anew, under the newest.
    Stale,
}

impl Tx<'_> {
    /// The key of this id and version.
    pub fn encryption_key(
        &mut self,
        id: KeyId,
        version: u32,
    ) -> Result<Option<EncryptionKey>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id, version, account, purpose, subject, wrapped, created_at
             FROM encryption_key WHERE id = $1 AND version = $2",
            &[Value::Blob(id.as_bytes()), Value::Int(version.into())],
        )?;
        row.map(read).transpose()
    }

    /// The newest key of `account` for `purpose`.
    pub fn newest_encryption_key(
        &mut self,
        account: Option<AccountId>,
        purpose: KeyPurpose,
    ) -> Result<Option<EncryptionKey>, Error> {
        let (word, subject) = stored(&purpose);
        let row = self.session.row(
            TABLE,
            "SELECT id, version, account, purpose, subject, wrapped, created_at
             FROM encryption_key WHERE account = $1 AND purpose = $2 AND subject = $3
             ORDER BY version DESC LIMIT 1",
            &[
                Value::Text(owner(account.as_ref())),
                Value::Text(word),
                Value::Blob(subject),
            ],
        )?;
        row.map(read).transpose()
    }

    /// Every version of the key of `account` for `purpose`, the oldest first.
    pub fn encryption_keys(
        &mut self,
        account: Option<AccountId>,
        purpose: KeyPurpose,
    ) -> Result<Vec<EncryptionKey>, Error> {
        let (word, subject) = stored(&purpose);
        let rows = self.session.rows(
            TABLE,
            "SELECT id, version, account, purpose, subject, wrapped, created_at
             FROM encryption_key WHERE account = $1 AND purpose = $2 AND subject = $3
             ORDER BY version",
            &[
                Value::Text(owner(account.as_ref())),
                Value::Text(word),
                Value::Blob(subject),
            ],
        )?;
        rows.into_iter().map(read).collect()
    }

    /// Adds a key, if the key that wraps it is the newest of its kind.
    ///
    /// INVARIANT: after a rotation has made its new key, nothing is wrapped under an older one any
    /// more, on any node (test: `a_key_is_added_under_the_newest_only`). So what a rotation has to
    /// wrap anew becomes less and never more.
    pub fn insert_encryption_key(&mut self, key: &EncryptionKey) -> Result<Inserted, Error> {
        if !self.is_wrapped_under_newest(key)? {
            return Ok(Inserted::Stale);
        }
        let (word, subject) = stored(&key.purpose);
        let inserted = self.session.execute(
            "INSERT INTO encryption_key
             (id, version, account, purpose, subject, wrapped, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (account, purpose, subject, version) DO NOTHING",
            &[
                Value::Blob(key.id.as_bytes()),
                Value::Int(key.version.into()),
                Value::Text(owner(key.account.as_ref())),
                Value::Text(word),
                Value::Blob(subject),
                Value::Blob(key.wrapped.as_bytes()),
                time(key.created_at),
            ],
        )?;
        Ok(if inserted == 1 {
            Inserted::Done
        } else {
            Inserted::Taken
        })
    }

    fn is_wrapped_under_newest(&mut self, key: &EncryptionKey) -> Result<bool, Error> {
        let (id, version) = key.wrapped.key().map_err(Error::internal_source)?;
        if key.purpose.is_under_root() {
            let meta = self.meta()?;
            let meta = meta.ok_or_else(|| Error::inconsistent("meta", "singleton"))?;
            return Ok(meta.root_key == id);
        }
        let above = self.newest_encryption_key(key.account, KeyPurpose::Account)?;
        Ok(above.is_some_and(|above| (above.id, above.version) == (id, version)))
    }

    /// Whether anything is sealed here: a new root key must not be made over it.
    pub fn has_rows_sealed(&mut self) -> Result<bool, Error> {
        let sql = "SELECT version FROM encryption_key LIMIT 1";
        Ok(self.session.row(TABLE, sql, &[])?.is_some())
    }
}

/// Absent is the empty text, so that the natural key is unique without an account, too.
pub(crate) fn owner(account: Option<&AccountId>) -> &str {
    account.map_or("", AccountId::as_str)
}

/// A purpose as its word and the id of its user, which is empty when there is none.
pub(crate) fn stored(purpose: &KeyPurpose) -> (&'static str, &[u8]) {
    match purpose {
        KeyPurpose::Account => ("account", &[]),
        KeyPurpose::Subject(Subject::Deployment) => ("subject-deployment", &[]),
        KeyPurpose::Subject(Subject::Account) => ("subject-account", &[]),
        KeyPurpose::Subject(Subject::User(user)) => ("subject-user", user.as_bytes()),
        KeyPurpose::UserIndex => ("user-index", &[]),
        KeyPurpose::Token => ("token", &[]),
    }
}

fn meaning(word: &str, subject: &[u8]) -> Option<KeyPurpose> {
    match (word, subject) {
        ("account", []) => Some(KeyPurpose::Account),
        ("subject-deployment", []) => Some(KeyPurpose::Subject(Subject::Deployment)),
        ("subject-account", []) => Some(KeyPurpose::Subject(Subject::Account)),
        ("subject-user", user) => {
            UserId::from_slice(user).map(|id| KeyPurpose::Subject(Subject::User(id)))
        }
        ("user-index", []) => Some(KeyPurpose::UserIndex),
        ("token", []) => Some(KeyPurpose::Token),
        _ => None,
    }
}

pub(crate) fn read(mut row: Row) -> Result<EncryptionKey, Error> {
    let id = row.id("id", KeyId::from_slice)?;
    let version =
        u32::try_from(row.int("version")?).map_err(|_| Error::inconsistent(TABLE, "version"))?;
    let account = match row.text("account")?.as_str() {
        "" => None,
        digits => Some(
            digits
                .parse()
                .map_err(|_| Error::inconsistent(TABLE, "account"))?,
        ),
    };
    let word = row.text("purpose")?;
    let subject = row.blob("subject")?;
    Ok(EncryptionKey {
        id,
        version,
        account,
        purpose: meaning(&word, &subject).ok_or_else(|| Error::inconsistent(TABLE, "purpose"))?,
        wrapped: row.sealed("wrapped")?,
        created_at: row.timestamp("created_at")?,
    })
}
