//! Users: found by a keyed index of their identity, made at first sight.

use procura_core::account::AccountId;
use procura_core::digest::{Sha256, hmac_sha256, length_prefixed};
use procura_core::encryption_key::KeyPurpose;
use procura_core::error::Error;
use procura_core::id::{DeploymentId, UserId};
use procura_core::sealing::{self, Location, Sealed, SealingKey, Subject};
use procura_core::secret::{Plain, kind::UserIdentity};
use procura_core::user::{AssertedUserId, User, UserKind};
use procura_store::{Inserted, Outcome};

use crate::App;
use crate::operation::OpCx;

/// A readable identity, in the parts that make it up.
struct Identity<'a> {
    kind: UserKind,
    /// What the index is over.
    parts: Vec<&'a [u8]>,
    /// What is sealed, to be shown to who may read it.
    readable: Plain<UserIdentity>,
}
/// How often a user is made anew, because the key above its own was rotated meanwhile.
const CREATES_MAX: usize = 8;

impl App {
    /// The user that a caller asserts.
    pub(crate) async fn asserted_user(
        &self,
        cx: &OpCx,
        account: AccountId,
        asserted: &AssertedUserId,
    ) -> Result<User, Error> {
        let text = asserted.as_str().as_bytes();
        let identity = Identity {
            kind: UserKind::Asserted,
            parts: vec![text],
            readable: Plain::new(text.to_vec()),
        };
        self.user(cx, account, identity).await
    }

    /// The user whom `issuer` calls `subject`. Only the two together name somebody (RFC 7519
    /// §4.1.2); nothing else of a token does, least of all an e-mail address.
    pub(crate) async fn verified_user(
        &self,
        cx: &OpCx,
        account: AccountId,
        issuer: &str,
        subject: &str,
    ) -> Result<User, Error> {
        let readable = serde_json::json!({ "iss": issuer, "sub": subject });
        let identity = Identity {
            kind: UserKind::Verified,
            parts: vec![issuer.as_bytes(), subject.as_bytes()],
            readable: Plain::new(readable.to_string().into_bytes()),
        };
        self.user(cx, account, identity).await
    }

    /// The same, if it was seen before.
    pub(crate) async fn known_user(
        &self,
        account: AccountId,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<User>, Error> {
        let purpose = KeyPurpose::UserIndex;
        let index_key = self.newest_key(Some(account), purpose).await?;
        let kind = UserKind::Verified;
        let index = index_of(&index_key, kind, &[issuer.as_bytes(), subject.as_bytes()]);
        let find = move |tx: &mut procura_store::Tx<'_>| tx.account(account).user(kind, &index);
        self.store.look_up("user", find).await
    }

    /// What a caller wrote when it named this user. Whoever asks has to have it on record before.
    pub(crate) async fn open_asserted_id(
        &self,
        account: AccountId,
        user: User,
        sealed: &Sealed<UserIdentity>,
    ) -> Result<AssertedUserId, Error> {
        let inconsistent = || Error::inconsistent("user", "identity");
        if user.kind != UserKind::Asserted {
            return Err(inconsistent());
        }
        let key = self.key_of(sealed).await?;
        let place = identity_place(self.deployment, account, &user.id);
        let plain = sealing::open(&key, &place, sealed).map_err(Error::internal_source)?;
        let text = plain.expose_secret_text().ok_or_else(inconsistent)?;
        AssertedUserId::new(text.to_owned()).ok_or_else(inconsistent)
    }

    /// The user of an identity, made at first sight. The readable identity is sealed under the
    /// user's own key; the index by which it is found is keyed, so that the database alone does not
    /// tell who it is.
    async fn user(
        &self,
        cx: &OpCx,
        account: AccountId,
        identity: Identity<'_>,
    ) -> Result<User, Error> {
        let index_key = self
            .newest_key(Some(account), KeyPurpose::UserIndex)
            .await?;
        let (kind, index) = (
            identity.kind,
            index_of(&index_key, identity.kind, &identity.parts),
        );
        let find = move |tx: &mut procura_store::Tx<'_>| tx.account(account).user(kind, &index);
        if let Some(user) = self.store.look_up("user", find).await? {
            return Ok(user);
        }
        // A key that is rotated meanwhile has the user's key wrapped anew.
        for _ in 0..CREATES_MAX {
            if let Some(user) = self.create_user(cx, account, &identity, index).await? {
                return Ok(user);
            }
        }
        Err(Error::internal("a user could not be made"))
    }

    /// Makes the user, or finds the one that another request has made meanwhile; none when the key
    /// that its own key was wrapped under is no longer the newest.
    async fn create_user(
        &self,
        cx: &OpCx,
        account: AccountId,
        identity: &Identity<'_>,
        index: Sha256,
    ) -> Result<Option<User>, Error> {
        let id = self.with_rng(|rng| UserId::generate(cx.now, rng));
        let user = User {
            id,
            kind: identity.kind,
        };
        let purpose = KeyPurpose::Subject(Subject::User(id));
        let key_row = self.wrap_new_key(Some(account), purpose, cx.now).await?;
        let key = self.unwrap_new(&key_row).await?;
        let place = identity_place(self.deployment, account, &id);
        let sealed = self
            .with_rng(|rng| sealing::seal(rng, &key, &place, &identity.readable))
            .map_err(Error::internal_source)?;
        let now = cx.now;
        let committed = self
            .store
            .run_tx("create_user", move |tx| {
                // Of two requests that see the user first, one makes it and both get it.
                if let Some(known) = tx.account(account).user(user.kind, &index)? {
                    return Ok(Outcome::Unrecorded(Some(known)));
                }
                if tx.insert_encryption_key(&key_row)? == Inserted::Stale {
                    return Ok(Outcome::Unrecorded(None));
                }
                tx.account(account)
                    .insert_user(&user, &index, &sealed, now)?;
                Ok(Outcome::Unrecorded(Some(user)))
            })
            .await?;
        if committed.value.is_none() {
            self.forget_wrapping_key(Some(account), purpose).await?;
        }
        Ok(committed.value)
    }
}

/// Where a readable identity lies; it never changes.
fn identity_place(deployment: DeploymentId, account: AccountId, id: &UserId) -> Location<'_> {
    Location {
        deployment,
        account: Some(account),
        subject: Subject::User(*id),
        table: "user",
        column: "identity",
        row: id.as_bytes(),
        row_version: 1,
        destination: None,
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
