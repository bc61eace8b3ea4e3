//! Users of pools, as administrators make, read and change them.

use procura_core::account::AccountId;
use procura_core::audit::record::Committed;
use procura_core::digest::{Sha256, hmac_sha256, length_prefixed};
use procura_core::encryption_key::KeyPurpose;
use procura_core::entropy::random_bytes;
use procura_core::error::Error;
use procura_core::id::{DeploymentId, PoolUserId, UserId};
use procura_core::pool_user::{PoolUser, PoolUserStatus, Profile, Username};
use procura_core::sealing::{self, Location, Sealed, Subject};
use procura_core::secret::{Plain, kind};
use procura_core::time::Timestamp;
use procura_core::user_pool::{PoolId, UserPool};
use procura_store::{Outcome, StoredPoolUser, Tx};

use crate::App;
use crate::operation::OpCx;
use crate::page_token::{Page, PageRequest};
use crate::user_pool::no_pool;

/// What a new user is made of.
#[derive(Debug)]
pub struct NewPoolUser {
    /// The pool.
    pub pool: PoolId,
    /// The name.
    pub username: Username,
    /// Attributes, each of which is one that a user may have.
    pub attributes: std::collections::BTreeMap<String, String>,
    /// What the user signs in with for the first time; none that anybody knows if it is absent.
    pub temporary_password: Option<Plain<kind::Password>>,
}

/// A user with what is known of it.
#[derive(Debug, Clone)]
pub struct KnownPoolUser {
    /// The user.
    pub user: PoolUser,
    /// The name and the attributes.
    pub profile: Profile,
}

/// What is said where there is no such user.
pub const NO_USER: &str = "User does not exist.";

pub(crate) fn no_user() -> Error {
    Error::not_found(NO_USER)
}

fn place(
    deployment: DeploymentId,
    account: AccountId,
    user: UserId,
    id: &PoolUserId,
    version: u64,
) -> Location<'_> {
    Location {
        deployment,
        account: Some(account),
        subject: Subject::User(user),
        table: "pool_user",
        column: "profile",
        row: id.as_bytes(),
        row_version: version,
        destination: None,
    }
}

/// A change of a user, and what the record of it says.
type Change = fn(PoolUser, Timestamp) -> PoolUser;

impl App {
    /// Makes a user, who has to choose a password at the first sign-in.
    pub async fn create_pool_user(
        &self,
        cx: &mut OpCx,
        new: NewPoolUser,
    ) -> Result<Committed<KnownPoolUser>, Error> {
        let account = cx.account()?;
        let pool = self.user_pool(cx, new.pool.clone()).await?;
        let password = match new.temporary_password {
            Some(password) => {
                check_password(&pool, &password)?;
                password
            }
            // Nobody knows it.
            None => Plain::new(self.with_rng(random_bytes::<32>).to_vec()),
        };
        let id = self.with_rng(|rng| PoolUserId::generate(cx.now, rng));
        let subject = id.as_uuid_text();
        let issuer = self.pool_issuer(&pool.id);
        let user = self.verified_user(cx, account, &issuer, &subject).await?;
        let user = PoolUser {
            id,
            pool: pool.id.clone(),
            user: user.id,
            status: PoolUserStatus::ForceChangePassword,
            is_enabled: true,
            failures: 0,
            closed_until: Timestamp::default(),
            password_at: cx.now,
            created_at: cx.now,
            updated_at: cx.now,
            version: 1,
        };
        let profile = Profile {
            username: new.username.as_str().to_owned(),
            attributes: new.attributes,
        };
        let index = self.name_index(account, &pool.id, &new.username).await?;
        let stored = StoredPoolUser {
            profile: self.seal_profile(account, &user, &profile).await?,
            profile_version: 1,
            password: self.hash_password(password).await?,
            user: user.clone(),
        };
        cx.about.resource = Some(format!("userpool/{}/user/{subject}", pool.id));
        let done = self.allowed(cx, "created");
        let taken = || Error::conflict("User account already exists");
        let refused = self.refusal(cx, &taken());
        let gone = self.refusal(cx, &no_pool(&pool.id));
        let committed = self
            .store
            .run_tx("create_pool_user", move |tx| {
                let mut own = tx.account(account);
                if own.user_pool(&stored.user.pool)?.is_none() {
                    return Ok(Outcome::Refused(no_pool(&stored.user.pool), gone.clone()));
                }
                if own.insert_pool_user(&stored, &index)? {
                    Ok(Outcome::Done((), done.clone()))
                } else {
                    Ok(Outcome::Refused(taken(), refused.clone()))
                }
            })
            .await?;
        Ok(Committed {
            value: KnownPoolUser { user, profile },
            record: committed.record,
        })
    }

    /// Reads a user.
    pub async fn pool_user(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        username: &Username,
    ) -> Result<KnownPoolUser, Error> {
        let account = cx.account()?;
        let (_, found) = self.find_pool_user(cx, pool, username).await?;
        self.known(account, found).await
    }

    /// Lists the users of a pool, in the order in which they were made.
    pub async fn pool_users(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        page: PageRequest,
    ) -> Result<Page<KnownPoolUser>, Error> {
        let account = cx.account()?;
        let pool = self.user_pool(cx, pool).await?.id;
        let filter = pool.as_str().as_bytes().to_vec();
        let token = page.token.as_deref();
        let after = self.page_start::<PoolUserId>(cx, &filter, token).await?;
        let limit = page.limit.saturating_add(1);
        let read = move |tx: &mut Tx<'_>| tx.account(account).pool_users(&pool, after, limit);
        let found = self.store.run_read("pool_users", read).await?;
        let mut known = Vec::new();
        for found in found {
            let id = found.user.id.to_string();
            known.push((id, self.known(account, found).await?));
        }
        let page = self
            .page(cx, &filter, known, page.limit, |(id, _)| id.as_str())
            .await?;
        Ok(Page {
            items: page.items.into_iter().map(|(_, known)| known).collect(),
            next: page.next,
        })
    }

    /// Gives a user another password, for good or until the first sign-in with it. The sign-ins of
    /// before end: whoever had the former password has nothing left.
    pub async fn set_pool_user_password(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        username: &Username,
        password: Plain<kind::Password>,
        is_permanent: bool,
    ) -> Result<Committed<()>, Error> {
        let (pool, found) = self.find_pool_user(cx, pool, username).await?;
        check_password(&pool, &password)?;
        let hash = self.hash_password(password).await?;
        let change: Change = if is_permanent {
            |user, now| PoolUser {
                status: PoolUserStatus::Confirmed,
                password_at: now,
                ..user.signed_in()
            }
        } else {
            |user, now| PoolUser {
                status: PoolUserStatus::ForceChangePassword,
                password_at: now,
                ..user.signed_in()
            }
        };
        let about = "password set; earlier sign-ins ended";
        self.change_pool_user(cx, found, change, Some(hash), about)
            .await
    }

    /// Lets a user sign in, or not any more. What was proved by tokens of a user who may not ends.
    pub async fn enable_pool_user(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        username: &Username,
        is_enabled: bool,
    ) -> Result<Committed<()>, Error> {
        let (_, found) = self.find_pool_user(cx, pool, username).await?;
        let (change, about): (Change, _) = if is_enabled {
            let enabled = |user, _| PoolUser {
                is_enabled: true,
                ..next(user)
            };
            (enabled, "enabled")
        } else {
            let disabled = |user, _| PoolUser {
                is_enabled: false,
                ..next(user)
            };
            (disabled, "disabled; its sign-ins ended")
        };
        self.change_pool_user(cx, found, change, None, about).await
    }

    /// Ends all sign-ins of a user.
    pub async fn sign_pool_user_out(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        username: &Username,
    ) -> Result<Committed<()>, Error> {
        let (_, found) = self.find_pool_user(cx, pool, username).await?;
        let about = "signed out everywhere";
        self.change_pool_user(cx, found, |user, _| next(user), None, about)
            .await
    }

    /// Deletes a user. What its tokens proved ends.
    pub async fn delete_pool_user(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        username: &Username,
    ) -> Result<Committed<()>, Error> {
        let account = cx.account()?;
        let (_, found) = self.find_pool_user(cx, pool, username).await?;
        let (done, now) = (self.allowed(cx, "deleted"), cx.now);
        let refused = self.refusal(cx, &no_user());
        self.store
            .run_tx("delete_pool_user", move |tx| {
                if !tx.account(account).delete_pool_user(found.user.id)? {
                    return Ok(Outcome::Refused(no_user(), refused.clone()));
                }
                tx.cut_user(found.user.user, now)?;
                Ok(Outcome::Done((), done.clone()))
            })
            .await
    }

    /// Changes a user, whatever else changes it meanwhile; all that was signed in before ends, and
    /// what was proved by it.
    async fn change_pool_user(
        &self,
        cx: &mut OpCx,
        found: StoredPoolUser,
        change: Change,
        password: Option<String>,
        about: &'static str,
    ) -> Result<Committed<()>, Error> {
        let (account, now, id) = (cx.account()?, cx.now, found.user.id);
        let done = self.allowed(cx, about);
        let refused = self.refusal(cx, &no_user());
        self.store
            .run_tx("change_pool_user", move |tx| {
                let mut own = tx.account(account);
                let Some(current) = own.pool_user(id)? else {
                    return Ok(Outcome::Refused(no_user(), refused.clone()));
                };
                let changed = PoolUser {
                    updated_at: now,
                    ..change(current.user, now)
                };
                let written = match &password {
                    Some(hash) => own.set_pool_password(&changed, hash)?,
                    None => own.update_pool_user(&changed)?,
                };
                if !written {
                    return Err(Error::internal("a row that was just read is gone"));
                }
                own.delete_pool_sign_ins(id)?;
                tx.cut_user(changed.user, now)?;
                Ok(Outcome::Done((), done.clone()))
            })
            .await
    }

    /// A user by name, and the pool.
    pub(crate) async fn find_pool_user(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        username: &Username,
    ) -> Result<(UserPool, StoredPoolUser), Error> {
        let account = cx.account()?;
        let pool = self.user_pool(cx, pool).await?;
        let found = self.pool_user_named(account, &pool.id, username).await?;
        let found = found.ok_or_else(no_user)?;
        let subject = found.user.id.as_uuid_text();
        cx.about.resource = Some(format!("userpool/{}/user/{subject}", pool.id));
        Ok((pool, found))
    }

    /// The user of this name, if the pool has one. It decides nothing.
    pub(crate) async fn pool_user_named(
        &self,
        account: AccountId,
        pool: &PoolId,
        username: &Username,
    ) -> Result<Option<StoredPoolUser>, Error> {
        let index = self.name_index(account, pool, username).await?;
        let pool = pool.clone();
        let read = move |tx: &mut Tx<'_>| tx.account(account).pool_user_named(&pool, &index);
        self.store.look_up("pool_user", read).await
    }

    /// Keyed, so that the database alone does not tell who is in it.
    async fn name_index(
        &self,
        account: AccountId,
        pool: &PoolId,
        username: &Username,
    ) -> Result<Sha256, Error> {
        let key = self
            .newest_key(Some(account), KeyPurpose::UserIndex)
            .await?;
        let folded = username.folded();
        let fields = [pool.as_str().as_bytes(), folded.as_bytes()];
        let label = key.derive_label(b"procura pool user index v1");
        Ok(hmac_sha256(&label, &length_prefixed(&fields)))
    }

    async fn seal_profile(
        &self,
        account: AccountId,
        user: &PoolUser,
        profile: &Profile,
    ) -> Result<Sealed<kind::UserProfile>, Error> {
        let purpose = KeyPurpose::Subject(Subject::User(user.user));
        let key = self.newest_key(Some(account), purpose).await?;
        let text = serde_json::to_vec(profile).map_err(Error::internal_source)?;
        let place = place(self.deployment, account, user.user, &user.id, 1);
        self.with_rng(|rng| sealing::seal(rng, &key, &place, &Plain::new(text)))
            .map_err(Error::internal_source)
    }

    /// A user with what is known of it.
    pub(crate) async fn known(
        &self,
        account: AccountId,
        found: StoredPoolUser,
    ) -> Result<KnownPoolUser, Error> {
        let user = found.user;
        let key = self.key_of(&found.profile).await?;
        let version = found.profile_version;
        let place = place(self.deployment, account, user.user, &user.id, version);
        let plain = sealing::open(&key, &place, &found.profile).map_err(Error::internal_source)?;
        let profile = serde_json::from_slice(plain.expose_secret())
            .map_err(|_| Error::inconsistent("pool_user", "profile"))?;
        Ok(KnownPoolUser { user, profile })
    }
}

/// The user at its next version.
fn next(user: PoolUser) -> PoolUser {
    PoolUser {
        version: user.version.saturating_add(1),
        ..user
    }
}

/// Whether the pool takes a password.
pub(crate) fn check_password(
    pool: &UserPool,
    password: &Plain<kind::Password>,
) -> Result<(), Error> {
    let text = password.expose_secret_text().ok_or_else(|| {
        Error::field(
            "Password",
            "Password did not conform with policy: Password must be text",
        )
    })?;
    pool.settings.passwords.check(text).map_err(|weak| {
        Error::field(
            "Password",
            format!("Password did not conform with policy: {weak}"),
        )
    })
}
