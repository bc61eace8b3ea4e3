//! Users: found by a keyed index of their identity, made at first sight.

use procura_core::account::AccountId;
use procura_core::digest::{Sha256, hmac_sha256, length_prefixed};
use procura_core::encryption_key::KeyPurpose;
use procura_core::error::Error;
use procura_core::id::UserId;
use procura_core::sealing::{self, Location, SealingKey, Subject};
use procura_core::secret::{Plain, kind::UserIdentity};
use procura_core::user::{AssertedUserId, User, UserKind};
use procura_store::Outcome;

use crate::App;
use crate::operation::OpCx;

impl App {
    /// The user that a caller asserts. Its readable identity is sealed under its own key; the
    /// index by which it is found is keyed, so that the database alone does not tell who it is.
    pub(crate) async fn asserted_user(
        &self,
        cx: &OpCx,
        account: AccountId,
        asserted: &AssertedUserId,
    ) -> Result<User, Error> {
        let index_key = self
            .newest_key(Some(account), KeyPurpose::UserIndex)
            .await?;
        let index = index_of(
            &index_key,
            UserKind::Asserted,
            &[asserted.as_str().as_bytes()],
        );
        let find = move |tx: &mut procura_store::Tx<'_>| {
            tx.account(account).user(UserKind::Asserted, &index)
        };
        if let Some(user) = self.store.run_read("asserted_user", find).await? {
            return Ok(user);
        }
        let id = self.with_rng(|rng| UserId::generate(cx.now, rng));
        let user = User {
            id,
            kind: UserKind::Asserted,
        };
        let purpose = KeyPurpose::Subject(Subject::User(id));
        let key_row = self.wrap_new_key(Some(account), purpose, cx.now).await?;
        let key = self.unwrap_new(&key_row).await?;
        let place = Location {
            deployment: self.deployment,
            account: Some(account),
            subject: Subject::User(id),
            table: "user",
            column: "identity",
            row: id.as_bytes(),
            row_version: 1,
            destination: None,
        };
        let plain = Plain::<UserIdentity>::new(asserted.as_str().as_bytes().to_vec());
        let identity = self
            .with_rng(|rng| sealing::seal(rng, &key, &place, &plain))
            .map_err(Error::internal_source)?;
        let now = cx.now;
        let committed = self
            .store
            .run_tx("create_user", move |tx| {
                // Of two requests that see the user first, one makes it and both get it.
                if let Some(known) = tx.account(account).user(user.kind, &index)? {
                    return Ok(Outcome::Unrecorded(known));
                }
                tx.insert_encryption_key(&key_row)?;
                tx.account(account)
                    .insert_user(&user, &index, &identity, now)?;
                Ok(Outcome::Unrecorded(user))
            })
            .await?;
        Ok(committed.value)
    }
}

/// Keyed, so that the database alone does not tell who is in it. The kind is part of it: an
/// asserted `userId` never meets a verified subject of the same letters.
fn index_of(key: &SealingKey, kind: UserKind, parts: &[&[u8]]) -> Sha256 {
    let mut fields = vec![kind.as_str().as_bytes()];
    fields.extend_from_slice(parts);
    hmac_sha256(
        &key.derive_label(b"procura user index v1"),
        &length_prefixed(&fields),
    )
}
