//! A user who knew a temporary password chooses another one (`NEW_PASSWORD_REQUIRED`).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use procura_core::audit::record::{Committed, Verdict};
use procura_core::digest::{Sha256, sha256};
use procura_core::encryption_key::KeyPurpose;
use procura_core::error::Error;
use procura_core::id::PoolUserId;
use procura_core::pool_user::{PoolUser, PoolUserStatus, Username};
use procura_core::sealing::{self, Location, Sealed, Subject};
use procura_core::secret::{Plain, kind};
use procura_core::time::Timestamp;
use procura_core::user_pool_client::AuthFlow;
use procura_store::{Outcome, StoredPoolUser, Tx};
use serde::{Deserialize, Serialize};

use super::prepared::{Aim, Gained, Prepared, written};
use super::{Admitted, Credentials};
use crate::App;
use crate::authorization_session::Visit;
use crate::pool_token::PoolTokens;
use crate::pool_user::check_password;

/// How long a user has for a new password, in seconds.
const CHALLENGE_S: i64 = 180;
/// What a record calls it.
const ANSWER: &str = "RespondToAuthChallenge";

/// What a sealed challenge says.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Challenge {
    user: PoolUserId,
    /// The digest of the hash of the temporary password; a new one makes another.
    of: Sha256,
    expires_at: Timestamp,
}

fn refused_session() -> Error {
    Error::denied("Invalid session for the user.")
}

impl App {
    /// What proves for a while that a user knew the temporary password.
    pub(super) async fn challenge(
        &self,
        admitted: &Admitted,
        found: &StoredPoolUser,
        now: Timestamp,
    ) -> Result<String, Error> {
        let challenge = Challenge {
            user: found.user.id,
            of: sha256(&[found.password.as_bytes()]),
            expires_at: now.plus_seconds(CHALLENGE_S),
        };
        let text = serde_json::to_vec(&challenge).map_err(Error::internal_source)?;
        let key = self.newest_key(None, KeyPurpose::Token).await?;
        let place = self.challenge_place(admitted);
        let plain = Plain::<kind::SignInChallenge>::new(text);
        let sealed = self
            .with_rng(|rng| sealing::seal(rng, &key, &place, &plain))
            .map_err(Error::internal_source)?;
        Ok(URL_SAFE_NO_PAD.encode(sealed.as_bytes()))
    }

    async fn open_challenge(
        &self,
        admitted: &Admitted,
        session: &str,
        now: Timestamp,
    ) -> Result<Challenge, Error> {
        let bytes = URL_SAFE_NO_PAD
            .decode(session)
            .map_err(|_| refused_session())?;
        let sealed = Sealed::<kind::SignInChallenge>::from_stored(bytes);
        let (id, version) = sealed.key().map_err(|_| refused_session())?;
        let key = self.token_key(id, version).await?;
        let key = key.ok_or_else(refused_session)?;
        let plain = sealing::open(&key, &self.challenge_place(admitted), &sealed)
            .map_err(|_| refused_session())?;
        let challenge: Challenge = serde_json::from_slice(plain.expose_secret())
            .map_err(|_| Error::internal("a challenge of ours cannot be read"))?;
        if now < challenge.expires_at {
            Ok(challenge)
        } else {
            Err(refused_session())
        }
    }

    fn challenge_place<'a>(&self, admitted: &'a Admitted) -> Location<'a> {
        Location {
            deployment: self.deployment,
            account: Some(admitted.account),
            subject: Subject::Deployment,
            table: "sign_in_challenge",
            column: "new_password",
            row: admitted.client().id.as_str().as_bytes(),
            row_version: 0,
            destination: None,
        }
    }

    /// A user who knew the temporary password chooses another, and is signed in.
    pub async fn sign_in_with_new_password(
        &self,
        visit: &Visit,
        session: &str,
        with: Credentials,
    ) -> Result<Committed<PoolTokens>, Error> {
        let admitted = self
            .admit_client(&with.client, AuthFlow::UserPassword)
            .await?;
        self.check_secret_hash(&admitted, &with).await?;
        let gained = self.choose_password(visit, &admitted, session, with, &Aim::Tokens);
        let Committed { value, record } = gained.await?;
        match value {
            Gained::Tokens(tokens) => Ok(Committed {
                value: *tokens,
                record,
            }),
            Gained::Browser(_) => Err(Error::internal("a session that nobody asked for")),
        }
    }

    /// A user who knew the temporary password chooses another, and gains what it was given for.
    pub(crate) async fn choose_password(
        &self,
        visit: &Visit,
        admitted: &Admitted,
        session: &str,
        with: Credentials,
        aim: &Aim<'_>,
    ) -> Result<Committed<Gained>, Error> {
        let account = admitted.account;
        let challenge = self.open_challenge(admitted, session, visit.now).await?;
        let name: Username = with.username.parse().map_err(|_| refused_session())?;
        let pool = admitted.client().pool.clone();
        let found = self.pool_user_named(account, &pool, &name).await?;
        let found = found.filter(|found| {
            let of = sha256(&[found.password.as_bytes()]);
            found.user.id == challenge.user && of == challenge.of
        });
        let found = found.ok_or_else(refused_session)?;
        let read = move |tx: &mut Tx<'_>| tx.account(account).user_pool(&pool);
        let pool = self.store.look_up("user_pool", read).await?;
        check_password(&pool.ok_or_else(refused_session)?, &with.password)?;
        let new = self.hash_password(with.password).await?;
        let profile = self.known(account, found.clone()).await?.profile;
        let prepared = self.prepare(visit, admitted, &found.user, &profile, aim);
        let Prepared { rows, gained } = prepared.await?;
        let mut entry =
            self.entry_of_pool_user(visit, account, &found.user, ANSWER, Verdict::Allow);
        entry.reason = "the temporary password was replaced; ".into();
        let now = visit.now;
        let committed = self
            .store
            .run_tx("replace_temporary_password", move |tx| {
                let mut own = tx.account(account);
                let current = own.pool_user(found.user.id)?;
                // SECURITY: good once: the password that it rests on is replaced by it.
                let current = current.filter(|current| {
                    current.password == found.password
                        && current.user.is_enabled
                        && current.user.status == PoolUserStatus::ForceChangePassword
                });
                let Some(current) = current else {
                    return Ok(Outcome::Unrecorded(false));
                };
                let changed = PoolUser {
                    status: PoolUserStatus::Confirmed,
                    password_at: now,
                    updated_at: now,
                    ..current.user.signed_in()
                };
                // Nothing is written where the client is gone.
                let Some(said) = written(&mut own, Some(&rows))? else {
                    return Ok(Outcome::Unrecorded(false));
                };
                own.set_pool_password(&changed, &new)?;
                let mut entry = entry.clone();
                entry.reason.to_mut().push_str(&said);
                Ok(Outcome::Done(true, entry))
            })
            .await?;
        if !committed.value {
            return Err(refused_session());
        }
        Ok(Committed {
            value: gained,
            record: committed.record,
        })
    }
}
