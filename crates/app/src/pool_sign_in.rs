//! Users of pools sign in: with a password, with a new one in place of a temporary one, and with a
//! refresh token; and they sign out.
//!
//! SECURITY: nobody who asks learns whether a user exists. Once the client is known, every refusal of a
//! password has one text and takes one time, whether the name, the password or something else is
//! wrong; what was wrong stands in the record, if there is such a user. Held by `a_stranger_does_not_learn_who_exists`.

mod challenge;
mod continuation;
mod ending;
mod prepared;

use std::time::Duration;

use procura_core::account::AccountId;
use procura_core::audit::record::{Committed, Entry, Verdict};
use procura_core::error::{Error, Kind};
use procura_core::pool_authorization::AuthorizationRequest;
use procura_core::pool_user::{PoolUser, PoolUserStatus, Profile, Tried, Username};
use procura_core::secret::{Plain, kind};
use procura_core::user::{User, UserKind};
use procura_core::user_pool_client::{AuthFlow, PoolClient, PoolClientId};
use procura_store::{Outcome, SealedPoolClient, StoredPoolUser, Tx};
use tokio::time::Instant;

pub(crate) use self::prepared::{Aim, Gained, drawn, sign_in_written};

use self::prepared::{NewRows, Prepared, written};
use crate::App;
use crate::authorization_session::Visit;
use crate::pool_token::PoolTokens;
use crate::user_pool_client::no_client;

/// Every refusal of a password takes this time, or so many times this time. It is longer than a
/// password is checked and the guess written down, so that how long it took says nothing.
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
pub(crate) struct Admitted {
    pub(crate) account: AccountId,
    pub(crate) sealed: SealedPoolClient,
}

impl Admitted {
    pub(crate) fn client(&self) -> &PoolClient {
        &self.sealed.client
    }
}

/// What a right password led to.
pub(crate) enum Led {
    /// What it was given for.
    Gained(Gained),
    /// The user has to choose a password first.
    NewPassword { session: String, profile: Profile },
}

/// How a try ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Settled {
    SignedIn,
    ChoosesPassword,
    Refused,
}

impl App {
    /// A user signs in with a password.
    pub async fn sign_in(
        &self,
        visit: &Visit,
        with: Credentials,
    ) -> Result<Committed<SignedIn>, Error> {
        let begun = Instant::now();
        let admitted = self
            .admit_client(&with.client, AuthFlow::UserPassword)
            .await?;
        let led = self.give_password(visit, &admitted, with, &Aim::Tokens);
        let Committed { value, record } = in_steps(begun, led.await).await?;
        let value = match value {
            Led::Gained(Gained::Tokens(tokens)) => SignedIn::Tokens(tokens),
            Led::Gained(Gained::Browser(_)) => {
                return Err(Error::internal("a session that nobody asked for"));
            }
            Led::NewPassword { session, profile } => SignedIn::NewPassword { session, profile },
        };
        Ok(Committed { value, record })
    }

    /// A user signs in with a password in a browser, for the application that sent it.
    pub(crate) async fn log_in(
        &self,
        visit: &Visit,
        admitted: &Admitted,
        with: Credentials,
        request: &AuthorizationRequest,
    ) -> Result<Committed<Led>, Error> {
        let begun = Instant::now();
        let aim = Aim::Browser(request);
        let led = self.give_password(visit, admitted, with, &aim).await;
        in_steps(begun, led).await
    }

    /// Tries, and refuses somebody who is not there as somebody who is.
    async fn give_password(
        &self,
        visit: &Visit,
        admitted: &Admitted,
        with: Credentials,
        aim: &Aim<'_>,
    ) -> Result<Committed<Led>, Error> {
        if let Aim::Tokens = aim {
            self.check_secret_hash(admitted, &with).await?;
        }
        self.try_credentials(visit, admitted, with, aim).await
    }

    async fn try_credentials(
        &self,
        visit: &Visit,
        admitted: &Admitted,
        with: Credentials,
        aim: &Aim<'_>,
    ) -> Result<Committed<Led>, Error> {
        let (account, pool) = (admitted.account, admitted.client().pool.clone());
        let found = match with.username.parse::<Username>() {
            Ok(name) => self.pool_user_named(account, &pool, &name).await?,
            Err(_) => None,
        };
        // Of whoever cannot sign in, too, the password is checked: it takes as long.
        let hash = found.as_ref().map(|found| found.password.clone());
        let is_right = self.check_password(with.password, hash).await?;
        let found = found.ok_or_else(refused)?;
        let read = move |tx: &mut Tx<'_>| tx.account(account).user_pool(&pool);
        let pool = self.store.look_up("user_pool", read).await?;
        let days = pool.ok_or_else(refused)?.settings.passwords.temporary_days;
        // SECURITY: who does not sign in anyway makes no work that a right password would tell by.
        let tried = found.user.clone().tried(is_right, days, visit.now);
        let profile = match tried {
            Tried::Refused(..) => None,
            Tried::SignsIn(_) | Tried::ChoosesPassword(_) => {
                Some(self.known(account, found.clone()).await?.profile)
            }
        };
        let prepared = match &profile {
            Some(profile) if found.user.status == PoolUserStatus::Confirmed => {
                let prepared = self.prepare(visit, admitted, &found.user, profile, aim);
                Some(prepared.await?)
            }
            _ => None,
        };
        let (gained, rows) = match prepared {
            Some(Prepared { rows, gained }) => (Some(gained), Some(rows)),
            None => (None, None),
        };
        let settled = self
            .settle_try(visit, admitted, &found, (is_right, days), rows)
            .await?;
        let value = match (settled.value, gained, profile) {
            (Settled::SignedIn, Some(gained), _) => Led::Gained(gained),
            (Settled::ChoosesPassword, _, Some(profile)) => Led::NewPassword {
                session: self.challenge(admitted, &found, visit.now).await?,
                profile,
            },
            // SECURITY: the id of the record would tell that there is one, and so that there is such
            // a user. Held by `a_stranger_does_not_learn_who_exists`.
            _ => return Err(refused()),
        };
        Ok(Committed {
            value,
            record: settled.record,
        })
    }

    /// Decides on a try by the row as it is now, and writes down what it comes to.
    async fn settle_try(
        &self,
        visit: &Visit,
        admitted: &Admitted,
        found: &StoredPoolUser,
        (is_right, days): (bool, u16),
        rows: Option<NewRows>,
    ) -> Result<Committed<Settled>, Error> {
        let (account, now) = (admitted.account, visit.now);
        let (id, looked_at) = (found.user.id, found.password.clone());
        let entry =
            |verdict| self.entry_of_pool_user(visit, account, &found.user, SIGN_IN, verdict);
        let (done, denied) = (entry(Verdict::Allow), entry(Verdict::Deny));
        self.store
            .run_tx("try_to_sign_in", move |tx| {
                let mut own = tx.account(account);
                let Some(current) = own.pool_user(id)? else {
                    return Ok(Outcome::Unrecorded(Settled::Refused));
                };
                let (mut done, mut denied) = (done.clone(), denied.clone());
                // SECURITY: by what is there now. Who was disabled, or has another password, since the
                // row was looked at does not sign in; and of many who try at once, none is looked
                // at once there were too many. Held by `many_guesses_at_once_are_worth_five`.
                let is_right = is_right && current.password == looked_at;
                let (settled, after) = match current.user.tried(is_right, days, now) {
                    Tried::SignsIn(after) => {
                        if let Some(said) = written(&mut own, rows.as_ref())? {
                            done.reason = said.into();
                            (Settled::SignedIn, after)
                        } else {
                            denied.reason = "the client or the user was changed meanwhile".into();
                            (Settled::Refused, None)
                        }
                    }
                    Tried::ChoosesPassword(after) => {
                        done.reason = "asked for another password, by the temporary one".into();
                        (Settled::ChoosesPassword, after)
                    }
                    Tried::Refused(after, why) => {
                        denied.reason = why;
                        (Settled::Refused, after)
                    }
                };
                if let Some(after) = after {
                    own.update_pool_user(&after)?;
                }
                let entry = if settled == Settled::Refused {
                    denied
                } else {
                    done
                };
                Ok(Outcome::Done(settled, entry))
            })
            .await
    }

    /// Whether the client shows that it has its secret, before anything is said of a user.
    async fn check_secret_hash(
        &self,
        admitted: &Admitted,
        with: &Credentials,
    ) -> Result<(), Error> {
        let shown = with.secret_hash.as_deref();
        let (account, sealed) = (admitted.account, &admitted.sealed);
        if self
            .shows_its_secret(account, sealed, &with.username, shown)
            .await?
        {
            return Ok(());
        }
        let id = &admitted.client().id;
        let text = format!("Unable to verify secret hash for client {id}");
        Err(Error::denied(text))
    }

    /// The client of this id.
    pub(crate) async fn find_client(&self, client: &str) -> Result<Admitted, Error> {
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

    pub(crate) fn entry_of_pool_user(
        &self,
        visit: &Visit,
        account: AccountId,
        user: &PoolUser,
        action: &'static str,
        verdict: Verdict,
    ) -> Entry {
        let whom = User {
            id: user.user,
            kind: UserKind::Verified,
        };
        let entry = self.entry_of(visit, account, action, verdict, String::new());
        let mut entry = entry.for_user(Some(whom));
        let subject = user.id.as_uuid_text();
        entry.resource = Some(format!("userpool/{}/user/{subject}", user.pool));
        entry
    }
}

/// A refusal takes so many steps, however long it took.
async fn in_steps<T>(begun: Instant, outcome: Result<T, Error>) -> Result<T, Error> {
    if outcome.is_err() {
        let taken = begun.elapsed().as_millis() / REFUSED_AFTER.as_millis();
        let steps = u32::try_from(taken).unwrap_or(u32::MAX).saturating_add(1);
        tokio::time::sleep_until(begun + REFUSED_AFTER.saturating_mul(steps)).await;
    }
    outcome
}
