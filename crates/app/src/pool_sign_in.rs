//! Users of pools sign in: with a password, with a new one in place of a temporary one, and with a
//! refresh token; and they sign out.
//!
//! SECURITY: nobody who asks learns whether a user exists. Every refusal has one text and takes one
//! time, whether the name, the password or something else is wrong, and what was wrong stands in the
//! record. Held by `a_stranger_does_not_learn_who_exists`.

mod challenge;
mod continuation;
mod ending;

use std::time::Duration;

use procura_core::account::AccountId;
use procura_core::audit::record::{Committed, Entry, Verdict};
use procura_core::error::{Error, Kind};
use procura_core::id::{RecordId, SignInId};
use procura_core::pool_user::{PoolUser, PoolUserStatus, Profile, Username};
use procura_core::secret::{Plain, kind};
use procura_core::user::{User, UserKind};
use procura_core::user_pool_client::{AuthFlow, PoolClient, PoolClientId};
use procura_store::{Outcome, PoolSignIn, SealedPoolClient, StoredPoolUser, Tx};

use crate::App;
use crate::authorization_session::Visit;
use crate::pool_token::{PoolTokens, Subject, refresh_token};
use crate::user_pool_client::no_client;

/// How long every refusal of a password takes. Longer than a password is checked and the guess
/// written down, so that how long it took says nothing.
const REFUSED_AFTER: Duration = Duration::from_millis(300);
/// What a record calls it.
const SIGN_IN: &str = "InitiateAuth";

/// What a password leads to.
#[derive(Debug)]
pub enum SignedIn {
    /// Tokens.
    Tokens(Box<PoolTokens>),
    /// The user has to choose a password first.
    NewPassword {
        /// What proves that the temporary one was known.
        session: String,
        /// Who it is.
        profile: Profile,
    },
}

/// Who wants to sign in, and with what.
#[derive(Debug)]
pub struct Credentials {
    /// The application.
    pub client: String,
    /// The name.
    pub username: String,
    /// The password.
    pub password: Plain<kind::Password>,
    /// What shows that the application has its secret.
    pub secret_hash: Option<String>,
}

fn refused() -> Error {
    Error::denied("Incorrect username or password.")
}

/// A client that may use a flow.
struct Admitted {
    account: AccountId,
    sealed: SealedPoolClient,
}

impl Admitted {
    fn client(&self) -> &PoolClient {
        &self.sealed.client
    }
}

impl App {
    /// A user signs in with a password.
    pub async fn sign_in(
        &self,
        visit: &Visit,
        with: Credentials,
    ) -> Result<Committed<SignedIn>, Error> {
        let begun = tokio::time::Instant::now();
        let admitted = self
            .admit_client(&with.client, AuthFlow::UserPassword)
            .await?;
        let outcome = self.check_credentials(visit, &admitted, with).await;
        if matches!(&outcome, Err(error) if error.kind() == Kind::Denied) {
            tokio::time::sleep_until(begun + REFUSED_AFTER).await;
        }
        let (found, profile) = outcome?;
        match found.user.status {
            PoolUserStatus::Confirmed => {
                let signed = self.begin_sign_in(visit, &admitted, found.user, profile, SIGN_IN);
                let Committed { value, record } = signed.await?;
                Ok(Committed {
                    value: SignedIn::Tokens(Box::new(value)),
                    record,
                })
            }
            PoolUserStatus::ForceChangePassword => {
                let session = self.challenge(&admitted, &found.user, visit.now).await?;
                Ok(Committed {
                    value: SignedIn::NewPassword { session, profile },
                    record: None,
                })
            }
        }
    }

    /// The user whose credentials these are. A wrong password is counted.
    async fn check_credentials(
        &self,
        visit: &Visit,
        admitted: &Admitted,
        with: Credentials,
    ) -> Result<(StoredPoolUser, Profile), Error> {
        let (account, client) = (admitted.account, admitted.client());
        let shown = with.secret_hash.as_deref();
        let sealed = &admitted.sealed;
        if !self
            .shows_its_secret(account, sealed, &with.username, shown)
            .await?
        {
            let text = format!("Unable to verify secret hash for client {}", client.id);
            return Err(Error::denied(text));
        }
        let found = match with.username.parse::<Username>() {
            Ok(name) => self.pool_user_named(account, &client.pool, &name).await?,
            Err(_) => None,
        };
        // Of whoever cannot sign in, too, the password is checked: it takes as long.
        let hash = found.as_ref().map(|found| found.password.clone());
        let is_right = self.check_password(with.password, hash).await?;
        let Some(found) = found else {
            return Err(refused());
        };
        if found.user.is_closed(visit.now) {
            // Neither a guess nor the right one: nothing was looked at.
            return Err(refused());
        }
        if !is_right {
            self.count_guess(visit, account, found.user).await?;
            return Err(refused());
        }
        let pool = client.pool.clone();
        let read = move |tx: &mut Tx<'_>| tx.account(account).user_pool(&pool);
        let pool = self.store.look_up("user_pool", read).await?;
        let days = pool.map(|pool| pool.settings.passwords.temporary_days);
        let is_overdue = days.is_none_or(|days| found.user.is_overdue(days, visit.now));
        if !found.user.is_enabled || is_overdue {
            let why = if found.user.is_enabled {
                "the temporary password is too old"
            } else {
                "the user is disabled"
            };
            return Err(self.refuse_user(visit, account, &found.user, why).await);
        }
        let known = self.known(account, found.clone()).await?;
        Ok((found, known.profile))
    }

    /// Writes a wrong password down, whoever else writes another one down meanwhile.
    async fn count_guess(
        &self,
        visit: &Visit,
        account: AccountId,
        user: PoolUser,
    ) -> Result<(), Error> {
        let (id, now) = (user.id, visit.now);
        let entry = self.entry_of_pool_user(visit, account, &user, SIGN_IN, Verdict::Deny);
        self.store
            .run_tx("count_guess", move |tx| {
                let mut own = tx.account(account);
                let Some(current) = own.pool_user(id)? else {
                    return Ok(Outcome::Unrecorded(()));
                };
                let guessed = current.user.guessed(now);
                let mut entry = entry.clone();
                entry.reason = format!("wrong password, {} in a row", guessed.failures).into();
                own.update_pool_user(&guessed)?;
                Ok(Outcome::Done((), entry))
            })
            .await?;
        Ok(())
    }

    /// Signs a user in: the record, what the refresh token continues, and the tokens.
    async fn begin_sign_in(
        &self,
        visit: &Visit,
        admitted: &Admitted,
        user: PoolUser,
        profile: Profile,
        action: &'static str,
    ) -> Result<Committed<PoolTokens>, Error> {
        let (account, client) = (admitted.account, admitted.client());
        let lives = client.settings.lives;
        let sign_in = PoolSignIn {
            id: self.with_rng(|rng| SignInId::generate(visit.now, rng)),
            pool_user: user.id,
            client: client.id.clone(),
            authenticated_at: visit.now,
            expires_at: visit.now.plus_seconds(lives.refresh_s.into()),
        };
        let mut tokens = self
            .pool_tokens(&Subject {
                account,
                client,
                sign_in: &sign_in,
                profile: &profile,
                request: visit.request,
                now: visit.now,
            })
            .await?;
        let (refresh, hash) = refresh_token(self);
        tokens.refresh = Some(refresh);
        let mut entry = self.entry_of_pool_user(visit, account, &user, action, Verdict::Allow);
        entry.reason = format!("signed in with client {}; {}", client.id, sign_in.id).into();
        let mut changed = self.entry_of_pool_user(visit, account, &user, action, Verdict::Deny);
        changed.reason = "the user was changed meanwhile".into();
        let user = user.signed_in();
        let committed = self
            .store
            .run_tx("sign_in", move |tx| {
                let mut own = tx.account(account);
                // SECURITY: who was disabled, or has another password, since it was looked at does not
                // sign in.
                let has_client = own.user_pool_client(&sign_in.client)?.is_some();
                if !has_client || !own.update_pool_user(&user)? {
                    return Ok(Outcome::Refused(changed_meanwhile(), changed.clone()));
                }
                own.insert_pool_sign_in(&sign_in, &hash)?;
                Ok(Outcome::Done((), entry.clone()))
            })
            .await?;
        Ok(Committed {
            value: tokens,
            record: committed.record,
        })
    }

    /// The client of this id.
    async fn find_client(&self, client: &str) -> Result<Admitted, Error> {
        let unknown = || Error::not_found("User pool client does not exist; check the client id.");
        let id: PoolClientId = client.parse().map_err(|_| unknown())?;
        let wanted = id.clone();
        let read = move |tx: &mut Tx<'_>| tx.user_pool_client(&wanted);
        let found = self.store.look_up("user_pool_client", read).await?;
        let (account, sealed) = found.ok_or_else(|| no_client(&id))?;
        Ok(Admitted { account, sealed })
    }

    /// The client, if it may use this flow.
    async fn admit_client(&self, client: &str, flow: AuthFlow) -> Result<Admitted, Error> {
        let admitted = self.find_client(client).await?;
        if admitted.client().settings.flows.contains(&flow) {
            return Ok(admitted);
        }
        let name = match flow {
            AuthFlow::UserPassword => "USER_PASSWORD_AUTH",
            AuthFlow::RefreshToken => "REFRESH_TOKEN_AUTH",
        };
        let text = format!("{name} flow not enabled for this client");
        Err(Error::new(Kind::Caller, text))
    }

    /// Records why somebody who knew the password does not sign in; what to tell.
    async fn refuse_user(
        &self,
        visit: &Visit,
        account: AccountId,
        user: &PoolUser,
        why: &'static str,
    ) -> Error {
        let mut entry = self.entry_of_pool_user(visit, account, user, SIGN_IN, Verdict::Deny);
        entry.reason = why.into();
        let written = self
            .store
            .run_tx("refuse_sign_in", move |_| {
                Ok(Outcome::Done((), entry.clone()))
            })
            .await;
        // SECURITY: the id of the record would tell that there is one, and so that there is such a
        // user. Held by `a_stranger_does_not_learn_who_exists`.
        written.map_or_else(|unwritten| unwritten, |_| refused())
    }

    fn entry_of_pool_user(
        &self,
        visit: &Visit,
        account: AccountId,
        user: &PoolUser,
        action: &'static str,
        verdict: Verdict,
    ) -> Entry {
        let id = self.with_rng(|rng| RecordId::generate(visit.now, rng));
        let whom = User {
            id: user.user,
            kind: UserKind::Verified,
        };
        let mut entry =
            Entry::new(id, visit.now, action, verdict, String::new()).for_user(Some(whom));
        entry.account = Some(account);
        let subject = user.id.as_uuid_text();
        entry.resource = Some(format!("userpool/{}/user/{subject}", user.pool));
        entry.request = Some(visit.request.to_string());
        entry.peer = Some(visit.peer.clone());
        entry
    }
}

fn changed_meanwhile() -> Error {
    Error::new(Kind::Throttled, "the user is being changed; try again").with_retry_after(Some(1))
}
