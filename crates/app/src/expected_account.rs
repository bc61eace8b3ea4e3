//! Which account at a provider a user is expected to come back with: pinned by an operator, from a
//! connection that has the right one.
//!
//! From then on every consent of that user there is held to it, whichever agent it is for. The pin
//! is of the user and the provider, so that it outlives the connection: who revokes and consents
//! anew is held to it still. Only who may pin takes it away.

use procura_authority::Target;
use procura_core::account::AccountId;
use procura_core::audit::record::Committed;
use procura_core::authorization_session::{Failure, NotNow};
use procura_core::digest::constant_time_eq;
use procura_core::encryption_key::KeyPurpose;
use procura_core::error::Error;
use procura_core::id::{ConnectionId, DeploymentId, ProviderId, UserId};
use procura_core::sealing::{self, Location, Sealed, Subject};
use procura_core::secret::{Plain, kind::UserIdentity};
use procura_core::stated_reason::StatedReason;
pub use procura_store::ExpectedAccount;
use procura_store::{AccountTx, Outcome, SealedConnection, Tx};

use crate::App;
use crate::basis::{DECISIONS_MAX, busy};
use crate::code_exchange::Ending;
use crate::code_exchange::granted::GrantedToUser;
use crate::connection_tokens::in_words;
use crate::connections::{CONNECTIONS_MAX, about, because, not_found};
use crate::operation::OpCx;
use crate::page_token::Page;

/// How an account at a provider stands to the one that is pinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is the one.
    Same,
    /// It is another one.
    Other,
    /// The provider did not say which it is.
    NotTold,
}

impl Standing {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Other => "other",
            Self::NotTold => "not_told",
        }
    }
}

/// What a consent is held to, as it was read; nothing where nothing is pinned.
pub(crate) struct HeldTo {
    user: UserId,
    provider: ProviderId,
    pinned: Option<(ExpectedAccount, Standing)>,
}

impl HeldTo {
    /// Why nothing comes of the consent, if that is so.
    pub(crate) fn unmet(&self) -> Option<Failure> {
        match self.pinned.as_ref()?.1 {
            Standing::Same => None,
            Standing::Other => Some(Failure::OtherAccount),
            Standing::NotTold => Some(Failure::AccountNotTold),
        }
    }

    /// Whether what is pinned is what was looked at.
    pub(crate) fn still_holds(&self, own: &mut AccountTx<'_>) -> Result<bool, Error> {
        let now = own.expected_account(self.user, self.provider)?;
        Ok(match (&self.pinned, now) {
            (None, None) => true,
            (Some((then, _)), Some(now)) => then.is_same(&now),
            (None, Some(_)) | (Some(_), None) => false,
        })
    }
}

impl App {
    /// How the account that a provider granted for stands to what is pinned.
    pub(crate) async fn held_to(
        &self,
        ending: &Ending,
        granted: &GrantedToUser,
    ) -> Result<HeldTo, Error> {
        let account = ending.account;
        let (user, provider) = (ending.session.user.id, ending.session.provider);
        let read = move |tx: &mut Tx<'_>| tx.account(account).expected_account(user, provider);
        let pinned = self.store.run_read("expected_account", read).await?;
        let pinned = match pinned {
            None => None,
            Some(pinned) => {
                let came = granted.account.as_ref().map(in_words);
                let came = came.map(|came| Plain::<UserIdentity>::new(came.into_bytes()));
                let place = Place::of(self.deployment, account, user, provider);
                let standing = self.standing(&place, &pinned.identity, came.as_ref());
                let standing = standing.await?;
                Some((pinned, standing))
            }
        };
        Ok(HeldTo {
            user,
            provider,
            pinned,
        })
    }

    /// Ends a session whose user came back with an account that is not known to be the expected one;
    /// the error to tell. The record names the connection that the pin was taken from, and no account.
    pub(crate) async fn refuse_account(
        &self,
        mut ending: Ending,
        expected: &HeldTo,
        failure: Failure,
    ) -> Error {
        if let Some((pinned, _)) = &expected.pinned {
            let held = format!("held to the account of {}: ", pinned.connection);
            ending.entry.reason.to_mut().push_str(&held);
        }
        let error = Error::denied(NotNow::Failed(failure).to_string());
        self.fail_session(ending, Some(failure), error).await
    }

    /// How an account stands to the one that is sealed at `place`.
    pub(crate) async fn standing(
        &self,
        place: &Place,
        pinned: &Sealed<UserIdentity>,
        account: Option<&Plain<UserIdentity>>,
    ) -> Result<Standing, Error> {
        let Some(account) = account else {
            return Ok(Standing::NotTold);
        };
        let pinned = self.opened_at(&place.location(), pinned).await?;
        let is_same = constant_time_eq(pinned.expose_secret(), account.expose_secret());
        Ok(if is_same {
            Standing::Same
        } else {
            Standing::Other
        })
    }

    /// Holds the user of a connection, at its provider, to the account that the connection has.
    pub async fn pin_connection(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        id: ConnectionId,
        reason: Option<StatedReason>,
    ) -> Result<Committed<ExpectedAccount>, Error> {
        cx.about.account = Some(account);
        cx.about.resource = Some(format!("connection/{id}"));
        self.authorize(cx, &Target::Account(account))?;
        for _ in 0..DECISIONS_MAX {
            let read = move |tx: &mut Tx<'_>| tx.account(account).connection_by_id(id);
            let found = self.store.run_read("connection_by_id", read).await?;
            let found = found.ok_or_else(|| not_found(id))?;
            about(cx, &found.listed);
            let seen = found.provider_account.clone().ok_or_else(nameless)?;
            let (user, provider) = (
                found.listed.user.id,
                found.listed.connection.consent.provider,
            );
            let place = Place::of(self.deployment, account, user, provider);
            let pinned = found.expected_account.clone();
            let shown = self.opened(account, found).await?;
            let words = match shown.standing {
                None => "pinned: consents of this user there are held to the account that it has",
                Some(Standing::Same) => "its account is pinned already",
                Some(Standing::Other | Standing::NotTold) => return Err(another(id)),
            };
            let who = shown.provider_account.ok_or_else(nameless)?;
            let purpose = KeyPurpose::Subject(Subject::User(user));
            let key = self.newest_key(Some(account), purpose).await?;
            let sealed = self.with_rng(|rng| sealing::seal(rng, &key, &place.location(), &who));
            let sealed = sealed.map_err(Error::internal_source)?;
            let now = cx.now;
            let entry = self.allowed(cx, format!("{words}{}", because(reason.as_ref())));
            let committed = self
                .store
                .run_tx("pin_connection", move |tx| {
                    let mut own = tx.account(account);
                    let found = own.connection_by_id(id)?;
                    // The user consented again meanwhile, or it was revoked: what was looked at is
                    // not what it has.
                    let Some(found) = found.filter(|found| is_of(found, &seen)) else {
                        return Ok(Outcome::Unrecorded(None));
                    };
                    // SECURITY: nor is a pin that came meanwhile the one that was looked at. Held by
                    // `a_pin_that_changes_after_it_was_looked_at_is_not_taken_for_it`.
                    if !is_same_pin(found.expected_account.as_ref(), pinned.as_ref()) {
                        return Ok(Outcome::Unrecorded(None));
                    }
                    let connection = &found.listed.connection;
                    if pinned.is_none() && !own.pin_account(connection, &sealed, now)? {
                        return Ok(Outcome::Unrecorded(None));
                    }
                    Ok(match own.expected_account(user, provider)? {
                        Some(pinned) => Outcome::Done(Some(pinned), entry.clone()),
                        None => Outcome::Unrecorded(None),
                    })
                })
                .await?;
            if let Some(value) = committed.value {
                return Ok(Committed {
                    value,
                    record: committed.record,
                });
            }
        }
        Err(busy())
    }

    /// Takes away what the connection of this id is held to, or what was taken from it if it is gone.
    pub async fn unpin_connection(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        id: ConnectionId,
        reason: Option<StatedReason>,
    ) -> Result<Committed<ExpectedAccount>, Error> {
        cx.about.account = Some(account);
        cx.about.resource = Some(format!("connection/{id}"));
        self.authorize(cx, &Target::Account(account))?;
        let read = move |tx: &mut Tx<'_>| tx.account(account).expected_account_of(id);
        let pinned = self.store.run_read("expected_account_of", read).await?;
        let pinned = pinned.ok_or_else(|| nothing_pinned(id))?;
        cx.about.user = Some(pinned.user);
        cx.about.provider = Some(pinned.provider);
        let said = format!(
            "unpinned: consents of this user there are held to the account of {} no more{}",
            pinned.connection,
            because(reason.as_ref()),
        );
        let entry = self.allowed(cx, said);
        let refused = self.refusal(cx, &nothing_pinned(id));
        self.store
            .run_tx("unpin_connection", move |tx| {
                if !tx.account(account).unpin_account(&pinned)? {
                    return Ok(Outcome::Refused(nothing_pinned(id), refused.clone()));
                }
                Ok(Outcome::Done(pinned.clone(), entry.clone()))
            })
            .await
    }

    /// Lists what is pinned, by the connections that it was taken from, at most `limit` after
    /// `after`: also where those are gone.
    pub async fn expected_accounts(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        after: Option<ConnectionId>,
        limit: u32,
    ) -> Result<Page<ExpectedAccount>, Error> {
        cx.about.account = Some(account);
        self.authorize(cx, &Target::Account(account))?;
        let limit = limit.clamp(1, CONNECTIONS_MAX);
        let read = move |tx: &mut Tx<'_>| {
            let more = limit.saturating_add(1);
            tx.account(account).expected_accounts(after, more)
        };
        let mut items = self.store.run_read("expected_accounts", read).await?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let goes_on = items.len() > limit;
        items.truncate(limit);
        let last = items.last().filter(|_| goes_on);
        let next = last.map(|last| last.connection.to_string());
        Ok(Page { items, next })
    }
}

/// Whether the account of a connection is the one that is sealed so.
fn is_of(found: &SealedConnection, account: &Sealed<UserIdentity>) -> bool {
    let has = found.provider_account.as_ref();
    has.is_some_and(|has| has.as_bytes() == account.as_bytes())
}

/// Whether these are one and the same pin, or none: what is sealed is never twice the same.
fn is_same_pin(one: Option<&Sealed<UserIdentity>>, other: Option<&Sealed<UserIdentity>>) -> bool {
    one.map(Sealed::as_bytes) == other.map(Sealed::as_bytes)
}

fn nameless() -> Error {
    Error::conflict(
        "the provider did not say which account this connection has, so there is nothing to pin: \
         it says so to those who ask for the scope openid, if it speaks OpenID Connect; have the user \
         consent again with that scope, and pin then",
    )
}

fn another(id: ConnectionId) -> Error {
    Error::conflict(format!(
        "another account is pinned for this user there than the one that {id} has; look at both \
         with `procura connections inspect`, and unpin the other one first if this is the right one"
    ))
}

fn nothing_pinned(id: ConnectionId) -> Error {
    Error::not_found(format!(
        "nothing is pinned by connection {id} in this account; `procura connections pins` shows what \
         is"
    ))
}

/// Where a pinned account lies.
pub(crate) struct Place {
    deployment: DeploymentId,
    account: AccountId,
    user: UserId,
    provider: ProviderId,
}

impl Place {
    pub(crate) const fn of(
        deployment: DeploymentId,
        account: AccountId,
        user: UserId,
        provider: ProviderId,
    ) -> Self {
        Self {
            deployment,
            account,
            user,
            provider,
        }
    }

    fn location(&self) -> Location<'_> {
        Location {
            deployment: self.deployment,
            account: Some(self.account),
            subject: Subject::User(self.user),
            table: "expected_account",
            column: "identity",
            row: self.provider.as_bytes(),
            row_version: 1,
            destination: None,
        }
    }
}
