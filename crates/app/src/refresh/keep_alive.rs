//! Refresh tokens that would die because nobody used them are used before they do.
//!
//! Only at vendors of whom it is known, and only where an agent was given the token lately. Nobody
//! asks for it, so that nobody's right is at hand. What is decided on is the last use, as if it were
//! asked again now: by the same access key, with what the same workload access token said, and in
//! the world of now.

use std::time::Duration;

use procura_authority::{AgentOf, Target};
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::audit::record::Entry;
use procura_core::connection::{Connection, LastUse, agreed, kept_alive};
use procura_core::entropy::random_bytes;
use procura_core::error::Error;
use procura_core::id::ConnectionId;
use procura_core::user::{User, UserKind};
use procura_core::vendor::Vendor;
use procura_protocol::oauth::vendor_table;
use procura_store::{IdleConnection, IdleFilter, Tx};
use tokio::time::{Instant, MissedTickBehavior};

use super::{Beginning, Needed, Trigger};
use crate::App;
use crate::connection::UserTokenAsked;
use crate::operation::OpCx;
use crate::task::Stop;

/// How often a node looks. What it looks for takes weeks.
const EVERY: Duration = Duration::from_hours(1);
/// How long what failed is left alone beyond its pause, in seconds: a day. There are weeks left, and
/// nobody waits.
const AFTER_FAILURE_S: i64 = 24 * 60 * 60;
/// How many connections are read at once.
const READ_MAX: u32 = 100;
/// How many renewals one look begins, one after another. The next goes on where it left off.
const BEGUN_MAX: u32 = 500;
/// What a record calls it.
const KEEP_ALIVE: &str = "ConnectionKeepAlive";

/// Where a look goes on that had enough.
#[derive(Debug, Default)]
struct Place {
    /// The place in [`Vendor::ALL`].
    vendor: usize,
    after: Option<(AccountId, ConnectionId)>,
}

/// What one look came to.
#[derive(Debug, Default)]
struct Looked {
    begun: u32,
    renewed: u64,
}

impl App {
    /// Looks until the node stops; the first time at some moment of the first hour, so that nodes
    /// that were started together do not look together.
    pub(crate) async fn keep_alive_regularly(&self, mut stop: Stop) {
        let [drawn] = self.with_rng(random_bytes::<1>);
        let first = Instant::now() + EVERY / 256 * u32::from(drawn);
        let mut tick = tokio::time::interval_at(first, EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut place = Place::default();
        while !stop.is_requested() {
            tokio::select! {
                _ = tick.tick() => {}
                () = stop.requested() => return,
            }
            let looked = self.keep_alive_from(&mut place, || stop.is_requested());
            if let Err(error) = looked.await {
                tracing::warn!(cause = ?error.cause(), "idle connections cannot be looked for");
            }
        }
    }

    /// Renews what would die of idleness; how many connections.
    pub async fn keep_alive(&self) -> Result<u64, Error> {
        self.keep_alive_from(&mut Place::default(), || false).await
    }

    async fn keep_alive_from(
        &self,
        place: &mut Place,
        stops: impl Fn() -> bool,
    ) -> Result<u64, Error> {
        let mut looked = Looked::default();
        while let Some(vendor) = Vendor::ALL.get(place.vendor).copied() {
            let page = self.idle_connections(vendor, place.after).await?;
            let is_last = u32::try_from(page.len()).is_ok_and(|read| read < READ_MAX);
            for idle in page {
                if stops() || looked.begun >= BEGUN_MAX {
                    return Ok(looked.renewed);
                }
                place.after = Some((idle.account, idle.connection.id));
                self.look_at(vendor, &idle, &mut looked).await;
            }
            if is_last {
                *place = Place {
                    vendor: place.vendor.saturating_add(1),
                    after: None,
                };
            }
        }
        *place = Place::default();
        Ok(looked.renewed)
    }

    /// A page of what may have to be renewed; nothing of a vendor of whom no such death is known.
    async fn idle_connections(
        &self,
        vendor: Vendor,
        after: Option<(AccountId, ConnectionId)>,
    ) -> Result<Vec<IdleConnection>, Error> {
        let Some(days) = idle_days(vendor) else {
            return Ok(Vec::new());
        };
        let (fetched_before, used_after) = kept_alive(self.now(), days);
        let read = move |tx: &mut Tx<'_>| {
            let filter = IdleFilter {
                vendor,
                fetched_before,
                used_after,
                paused_until: tx.db_now()?.plus_seconds(-AFTER_FAILURE_S),
            };
            tx.idle_connections(&filter, after, READ_MAX)
        };
        self.store.run_read("idle_connections", read).await
    }

    /// One that cannot be renewed is in nobody's way, and no record is made of it at each look.
    async fn look_at(&self, vendor: Vendor, idle: &IdleConnection, looked: &mut Looked) {
        let known = &idle.connection;
        let is_due = idle_days(vendor).is_some_and(|days| known.is_idle_at(self.now(), days));
        let Some(last) = idle.last_use.as_ref().filter(|_| is_due) else {
            return;
        };
        // It is large, and seldom.
        match Box::pin(self.keep_one_alive(idle, last, looked)).await {
            Ok(generation) if generation > known.generation => {
                looked.renewed = looked.renewed.saturating_add(1);
            }
            Ok(_) => {}
            Err(error) => {
                tracing::debug!(connection = %known.id, cause = ?error.cause(), "is left idle");
            }
        }
    }

    /// Decides on the last use of a connection anew, and renews it: the generation that is kept then.
    async fn keep_one_alive(
        &self,
        idle: &IdleConnection,
        last: &LastUse,
        looked: &mut Looked,
    ) -> Result<u64, Error> {
        let (known, claims) = (&idle.connection, &last.with);
        let user = user_of(idle, last).ok_or_else(|| Error::inconsistent("connection", "used"))?;
        // SECURITY: a key that was revoked asks for nothing, and keeps nothing alive. Held by
        // `a_revoked_key_keeps_nothing_alive`.
        let action = Action::GetResourceOauth2Token;
        let mut cx = self.cx_of_key(action, last.by).await?;
        cx.about.agent = Some(claims.agent);
        cx.about.user = Some(user);
        cx.about.resource = Some(format!("oauth2-provider/{}", idle.provider));
        self.check_token_could_be_had(idle, last, user).await?;
        let scopes = agreed(&known.consent.scopes, &known.granted);
        if cx.account()? != idle.account || !known.covers(&scopes) {
            return Ok(known.generation);
        }
        let asked = UserTokenAsked::only(idle.provider.clone(), scopes);
        let needed = Needed {
            claims,
            user,
            asked: &asked,
            known,
            trigger: Trigger::Idle,
        };
        match self.begin_renewal(&mut cx, idle.account, needed).await? {
            (Beginning::Begun(found), (basis, journal)) => {
                looked.begun = looked.begun.saturating_add(1);
                let begun = self.begun_renewal(&cx, needed, basis, *found, journal);
                let kept = self
                    .carry_through(|app| async move { app.renew_begun(begun).await })
                    .await?;
                // Where another's answer is waited for, that is the renewal.
                Ok(kept.unwrap_or(known.generation))
            }
            // Another is at it, or was, or it failed a moment ago: the next look sees.
            _ => Ok(known.generation),
        }
    }

    /// SECURITY: workload access tokens live for minutes. Whoever may not have another one, for this
    /// agent and such a user, has no use any more for what is kept alive.
    async fn check_token_could_be_had(
        &self,
        idle: &IdleConnection,
        last: &LastUse,
        user: User,
    ) -> Result<(), Error> {
        let action = match user.kind {
            _ if last.with.is_handed_on() => Action::DelegateToken,
            UserKind::Verified => Action::GetWorkloadAccessTokenForJWT,
            UserKind::Asserted => Action::GetWorkloadAccessTokenForUserId,
        };
        let (account, agent) = (idle.account, last.with.agent);
        let read = move |tx: &mut Tx<'_>| tx.account(account).workload_identity_by_id(agent);
        let agent = self.store.look_up("idle_agent", read).await?;
        let agent = agent.ok_or_else(|| Error::inconsistent("connection", "agent"))?;
        let mut cx = self.cx_of_key(action, last.with.issued_by).await?;
        let target = Target::Agent(AgentOf {
            account,
            agent: &agent,
            now: cx.now,
        });
        self.authorize(&mut cx, &target)
    }
}

/// After how many days without use a refresh token of this vendor's dies.
fn idle_days(vendor: Vendor) -> Option<u32> {
    vendor_table::quirks(vendor).refresh_idle_days.value
}

/// The user of the last use, if it was one of this connection.
fn user_of(idle: &IdleConnection, last: &LastUse) -> Option<User> {
    let Connection { consent, .. } = &idle.connection;
    let claims = &last.with;
    let is_own = claims.account == idle.account && claims.agent == consent.agent;
    claims.user.filter(|user| is_own && user.id == consent.user)
}

/// Why it is renewed, for the record.
pub(super) fn why(cx: &OpCx) -> String {
    let key = cx.caller_name();
    format!(", so that it does not die of idleness; {key}, which used it last, may still")
}

/// The record of something that nobody asked for.
pub(super) fn unasked(entry: Entry) -> Entry {
    Entry {
        operation: KEEP_ALIVE.into(),
        caller: None,
        request: None,
        peer: None,
        ..entry
    }
}
