//! Users: found by a keyed index of their identity, which itself is sealed.

use procura_core::digest::Sha256;
use procura_core::error::Error;
use procura_core::id::UserId;
use procura_core::sealing::Sealed;
use procura_core::secret::kind::UserIdentity;
use procura_core::time::Timestamp;
use procura_core::user::{User, UserKind};

use crate::driver::Value;
use crate::row::time;
use crate::tx::AccountTx;

impl AccountTx<'_> {
    /// The user of this kind and index.
    pub fn user(&mut self, kind: UserKind, index: &Sha256) -> Result<Option<User>, Error> {
        let row = self.session.row(
            "user",
            "SELECT id, kind FROM \"user\"
             WHERE account = $1 AND kind = $2 AND identity_index = $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(kind.as_str()),
                Value::Blob(index),
            ],
        )?;
        row.map(|mut row| {
            Ok(User {
                id: row.id("id", UserId::from_slice)?,
                kind: row.word("kind", UserKind::from_stored)?,
            })
        })
        .transpose()
    }

    /// The readable identity of a user, sealed for version 1 of the row.
    pub fn user_identity(&mut self, id: UserId) -> Result<Option<Sealed<UserIdentity>>, Error> {
        let row = self.session.row(
            "user",
            "SELECT identity FROM \"user\" WHERE account = $1 AND id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
            ],
        )?;
        row.map(|mut row| row.sealed("identity")).transpose()
    }

    /// Adds a user; false when there is one of this kind and index. The row is at version 1.
    pub fn insert_user(
        &mut self,
        user: &User,
        index: &Sha256,
        identity: &Sealed<UserIdentity>,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let inserted = self.session.execute(
            "INSERT INTO \"user\"
             (account, id, kind, identity_index, identity, created_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, 1)
             ON CONFLICT (account, kind, identity_index) DO NOTHING",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(user.id.as_bytes()),
                Value::Text(user.kind.as_str()),
                Value::Blob(index),
                Value::Blob(identity.as_bytes()),
                time(now),
            ],
        )?;
        Ok(inserted == 1)
    }
}
