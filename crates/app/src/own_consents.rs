//! A user's own consents: seen, paused, bounded, narrowed and taken back by the user, who shows a
//! token of their own.
//!
//! No policy is asked: what a user gave, that user may see and take back. SECURITY: who the user is
//! comes from the token and from nothing else, and what is another's is answered as what is not there.

use procura_core::account::AccountId;
use procura_core::audit::record::{Committed, Entry, Verdict};
use procura_core::consent::{ChangedConsent, ConsentChange, ConsentTag, Unchangeable};
use procura_core::error::{Error, Kind};
use procura_core::id::{ConnectionId, UserId};
use procura_core::time::Timestamp;
use procura_core::user::{User, UserKind};
use procura_store::{ConnectionFilter, ListedConnection, Outcome, Tx};

use crate::App;
use crate::authorization_session::Visit;
use crate::basis::busy;
use crate::connections::{CONNECTIONS_MAX, Taker};
use crate::page_token::Page;
use crate::revocation::Answer;
use crate::user_proof::{Known, still_stands};

/// What records call them.
const SHOW: &str = "ShowOwnConsent";
const CHANGE: &str = "ChangeOwnConsent";
pub(crate) const REVOKE: &str = "RevokeOwnConsent";
/// How often a change is decided on anew that another is faster than.
const DECISIONS_MAX: u32 = 3;
/// What an error is of that says that the consent is not the one any more that was looked at.
pub const PRECONDITION: &str = "if-match";

/// Somebody who showed a token of their own.
#[derive(Debug, Clone)]
pub struct OwnUser {
    visit: Visit,
    account: AccountId,
    known: Known,
}

impl OwnUser {
    /// When they came.
    pub(crate) fn now(&self) -> Timestamp {
        self.visit.now
    }

    /// The user that they are here, if they were seen before.
    pub(crate) fn user(&self) -> Option<UserId> {
        self.known.user
    }
}

/// Which version of a consent is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meant {
    /// Whichever it is.
    Any,
    /// The one that was looked at, and no other.
    Only(ConsentTag),
}

fn not_found() -> Error {
    Error::not_found("you have no such consent; list yours to see those that there are")
}

fn not_that_one() -> Error {
    let text = "the consent is another than the one that If-Match names; read it again";
    Error::conflict(text).of_field(PRECONDITION)
}

fn unchangeable(why: Unchangeable) -> Error {
    match why {
        Unchangeable::Wider | Unchangeable::Nothing => Error::field("scopes", why.to_string()),
        Unchangeable::EndIsOver => Error::field("expires_at", why.to_string()),
        Unchangeable::Ended => Error::conflict(why.to_string()),
    }
}

impl App {
    /// Who shows `token` to `account`.
    pub async fn own_user(
        &self,
        visit: &Visit,
        account: AccountId,
        token: &str,
    ) -> Result<OwnUser, Error> {
        let known = self.prove_known_user(account, token, visit.now).await?;
        Ok(OwnUser {
            visit: visit.clone(),
            account,
            known,
        })
    }

    /// Lists the user's own consents by id, at most `limit` after `after`.
    pub async fn own_consents(
        &self,
        own: &OwnUser,
        after: Option<ConnectionId>,
        limit: u32,
    ) -> Result<Page<ListedConnection>, Error> {
        let Some(user) = own.user() else {
            let (items, next) = (Vec::new(), None);
            return Ok(Page { items, next });
        };
        let (account, limit) = (own.account, limit.clamp(1, CONNECTIONS_MAX));
        let filter = ConnectionFilter {
            user: Some(user),
            ..ConnectionFilter::default()
        };
        let read = move |tx: &mut Tx<'_>| {
            let more = limit.saturating_add(1);
            tx.account(account).connections(&filter, after, more)
        };
        let mut items = self.store.run_read("own_consents", read).await?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let goes_on = items.len() > limit;
        items.truncate(limit);
        let last = items.last().filter(|_| goes_on);
        let next = last.map(|last| last.connection.id.to_string());
        Ok(Page { items, next })
    }

    /// One of them.
    pub async fn own_consent(
        &self,
        own: &OwnUser,
        id: ConnectionId,
    ) -> Result<ListedConnection, Error> {
        match self.find_own(own, id).await {
            Ok(found) => Ok(found),
            Err(error) => Err(self.refused_own(own, SHOW, id, error).await),
        }
    }

    /// Changes one of them; what it is then, with the record of the change if anything changed.
    pub async fn change_own_consent(
        &self,
        own: &OwnUser,
        id: ConnectionId,
        meant: Meant,
        wanted: &ConsentChange,
    ) -> Result<Committed<ListedConnection>, Error> {
        match self.change_own(own, id, meant, wanted).await {
            Ok(changed) => Ok(changed),
            Err(error) => Err(self.refused_own(own, CHANGE, id, error).await),
        }
    }

    /// Takes one of them back, here and then at its provider. That goes on when the user is gone.
    pub async fn revoke_own_consent(
        &self,
        own: &OwnUser,
        id: ConnectionId,
    ) -> Result<Committed<Answer>, Error> {
        let taker = Taker::Owner(own.clone());
        let answered = match self.find_own(own, id).await {
            Ok(_) => self.take_back(taker, own.account, id, None).await,
            Err(error) => Err(error),
        };
        match answered {
            Ok(answer) => Ok(answer),
            Err(error) => {
                // Somebody else was faster, and whose it was is not told.
                let is_gone = error.kind() == Kind::NotFound;
                let error = if is_gone { not_found() } else { error };
                Err(self.refused_own(own, REVOKE, id, error).await)
            }
        }
    }

    async fn find_own(&self, own: &OwnUser, id: ConnectionId) -> Result<ListedConnection, Error> {
        let account = own.account;
        let read = move |tx: &mut Tx<'_>| tx.account(account).connection_by_id(id);
        let found = self.store.run_read("connection_by_id", read).await?;
        // SECURITY: held by `a_user_sees_and_changes_nothing_of_anothers`.
        let found = found.filter(|found| Some(found.listed.user.id) == own.user());
        Ok(found.ok_or_else(not_found)?.listed)
    }

    async fn change_own(
        &self,
        own: &OwnUser,
        id: ConnectionId,
        meant: Meant,
        wanted: &ConsentChange,
    ) -> Result<Committed<ListedConnection>, Error> {
        for _ in 0..DECISIONS_MAX {
            let mut found = self.find_own(own, id).await?;
            let consent = &found.connection.consent;
            if let Meant::Only(tag) = meant
                && tag != ConsentTag::of(consent)
            {
                return Err(not_that_one());
            }
            let changed = consent.changed(wanted, own.now()).map_err(unchangeable)?;
            let Some(changed) = changed else {
                return Ok(Committed {
                    value: found,
                    record: None,
                });
            };
            let about = (id, Some(&found));
            let entry = self.entry_of_own(own, CHANGE, about, (Verdict::Allow, said(&changed)));
            let (account, now, known) = (own.account, own.now(), own.known.clone());
            let (user, written) = (consent.user, changed.clone());
            let committed = self
                .store
                .run_tx("change_consent", move |tx| {
                    let proved = (user, &*known.issuer, known.standing);
                    if !still_stands(tx, account, proved, known.epoch)? {
                        return Ok(Outcome::Unrecorded(Err(cut_meanwhile())));
                    }
                    let Some(flows) = tx.change_consent(account, id, &written, now)? else {
                        return Ok(Outcome::Unrecorded(Ok(false)));
                    };
                    let mut entry = entry.clone();
                    let ended = format!("; {flows} flows under way ended");
                    entry.reason.to_mut().push_str(&ended);
                    Ok(Outcome::Done(Ok(true), entry))
                })
                .await?;
            if committed.value? {
                found.connection.consent = changed.consent;
                return Ok(Committed {
                    value: found,
                    record: committed.record,
                });
            }
        }
        Err(busy())
    }

    /// The record of what a user does to a consent of theirs, or is refused.
    pub(crate) fn entry_of_own(
        &self,
        own: &OwnUser,
        action: &'static str,
        (id, listed): (ConnectionId, Option<&ListedConnection>),
        (verdict, reason): (Verdict, String),
    ) -> Entry {
        let user = own.user().map(|id| User {
            id,
            kind: UserKind::Verified,
        });
        let entry = self.entry_of(&own.visit, own.account, action, verdict, reason);
        let mut entry = entry.for_user(user);
        entry.resource = Some(format!("connection/{id}"));
        if let Some(listed) = listed {
            entry.agent = Some(listed.connection.consent.agent);
            entry.provider = Some(listed.connection.consent.provider);
        }
        entry
    }

    /// Writes down that a user was refused. When that cannot be, that is the error.
    async fn refused_own(
        &self,
        own: &OwnUser,
        action: &'static str,
        id: ConnectionId,
        error: Error,
    ) -> Error {
        if error.record().is_some() {
            return error;
        }
        let said = (Verdict::Deny, error.public().to_owned());
        let entry = self.entry_of_own(own, action, (id, None), said);
        let record = entry.id;
        let written = self
            .store
            .run_tx("refuse_own_consent", move |_| {
                Ok(Outcome::Done((), entry.clone()))
            })
            .await;
        match written {
            Ok(_) => error.with_record(record),
            Err(unwritten) => unwritten,
        }
    }
}

fn cut_meanwhile() -> Error {
    let text = "what proved you changed meanwhile; sign in again";
    Error::new(Kind::Unproved, text)
}

/// What the record of a change says.
fn said(changed: &ChangedConsent) -> String {
    let consent = &changed.consent;
    let terms = &consent.terms;
    let ends = terms
        .ends_at
        .map_or_else(|| "without end".to_owned(), |end| format!("until {end}"));
    let (id, state, version) = (consent.id, terms.state.as_str(), terms.version);
    format!(
        "{id} version {version}: {state}, {ends}, for {}",
        consent.scopes
    )
}
