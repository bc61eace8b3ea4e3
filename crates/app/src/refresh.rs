//! Tokens of users are renewed (RFC 6749 §6), and none is lost by it.
//!
//! One at a time renews a connection: in this process those who need it wait for one of them, and
//! between nodes a lease says who is at it. What is sent is written down before, and what comes
//! back is kept before anything is made of it. Whether it still counts is decided by the generation
//! of the tokens that were redeemed, never by the lease: who comes too late may hold the only
//! tokens that are good.

mod keep_alive;
mod renewal;

use std::time::Duration;

use procura_authority::Credential;
use procura_core::account::AccountId;
use procura_core::audit::record::Entry;
use procura_core::connection::{Connection, Due, Health};
use procura_core::credential_provider::ProviderKind;
use procura_core::error::{Error, Kind};
use procura_core::id::{ConnectionId, ExchangeId};
use procura_core::permit::of;
use procura_core::sabotage::defect;
use procura_core::time::Timestamp;
use procura_core::user::User;
use procura_core::workload_access_token::Claims;
use procura_store::{ConnectionKey, Outcome, Renewable, RevealedClientSecret, TokenExchange};

use self::renewal::Begun;
pub(crate) use self::renewal::Renewed;
use crate::App;
use crate::basis::{Basis, busy};
use crate::connection::UserTokenAsked;
use crate::operation::OpCx;

/// How long a node has for a renewal before another may try, in seconds. Longer than any call to a
/// provider may take.
const LEASE_S: i64 = 45;
/// How long somebody waits for another node's renewal.
const WAIT_MAX: Duration = Duration::from_secs(10);
/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What is being renewed.
pub(crate) type RenewalKey = (AccountId, ConnectionId);

/// How the beginning ended.
enum Beginning {
    /// The world changed under the decision.
    Changed,
    /// The tokens were replaced meanwhile, or there is nothing to renew them with.
    Settled(u64),
    /// Another is at it.
    Leased,
    /// It failed a moment ago.
    Cooling(Timestamp),
    Begun(Box<(RevealedClientSecret, Renewable)>),
}

/// Who needs a renewal.
#[derive(Clone, Copy)]
pub(crate) struct Needed<'a> {
    pub(crate) claims: &'a Claims,
    pub(crate) user: User,
    pub(crate) asked: &'a UserTokenAsked,
    pub(crate) known: &'a Connection,
    pub(crate) trigger: Trigger,
}

/// Why a renewal is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trigger {
    /// Most of the life of the access token is over.
    Due,
    /// The agent says that a resource refused it.
    Refused,
    /// The refresh token would die of idleness.
    Idle,
    /// The user took scopes back that the tokens are good for.
    Narrowed,
}

impl Trigger {
    /// What a record says of it, after what is renewed.
    fn said(self, cx: &OpCx) -> String {
        match self {
            Self::Due => String::new(),
            Self::Refused => ", which a resource refused as the agent says".to_owned(),
            Self::Idle => keep_alive::why(cx),
            Self::Narrowed => ", of which the user took something back".to_owned(),
        }
    }
}

impl App {
    /// Renews the tokens of a connection that are over, or waits for whoever does: the generation
    /// that is kept then.
    pub(crate) async fn renew(&self, cx: &mut OpCx, needed: Needed<'_>) -> Result<u64, Error> {
        let account = cx.account()?;
        let key = (account, needed.known.id);
        if defect("renewals-uncoordinated") {
            return self.renew_in_turn(cx, account, needed).await;
        }
        self.renewals
            .join(key, self.renew_in_turn(cx, account, needed))
            .await
    }

    async fn renew_in_turn(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        needed: Needed<'_>,
    ) -> Result<u64, Error> {
        let waits_until = tokio::time::Instant::now() + WAIT_MAX;
        loop {
            let not_yet = match self.begin_renewal(cx, account, needed).await? {
                (Beginning::Settled(generation), _) => return Ok(generation),
                (Beginning::Cooling(until), _) => return Err(cooling(until, cx.now)),
                (Beginning::Begun(found), (basis, journal)) => {
                    let begun = self.begun_renewal(cx, needed, basis, *found, journal);
                    let renewed = self
                        .carry_through(|app| async move { app.renew_begun(begun).await })
                        .await?;
                    if let Some(generation) = renewed {
                        return Ok(generation);
                    }
                    being_renewed()
                }
                (Beginning::Leased, _) => being_renewed(),
                (Beginning::Changed, _) => busy(),
            };
            if tokio::time::Instant::now() >= waits_until {
                return Err(not_yet);
            }
            tokio::time::sleep(LOOK_EVERY).await;
            cx.now = self.now();
        }
    }

    /// Begins to renew tokens that are good for a while still, unless somebody else has; nobody waits
    /// for it.
    pub(crate) async fn renew_behind(&self, cx: &mut OpCx, needed: Needed<'_>) {
        let begun = match cx.account() {
            Ok(account) => self.begin_renewal(cx, account, needed).await,
            Err(error) => Err(error),
        };
        match begun {
            Ok((Beginning::Begun(found), (basis, journal))) => {
                let begun = self.begun_renewal(cx, needed, basis, *found, journal);
                self.carry_on(|app| async move {
                    // What it came to is on record.
                    let _ = app.renew_begun(begun).await;
                });
            }
            Ok(_) => {}
            // The token was given; whether the next one can be is told to who asks for it.
            Err(error) => tracing::debug!(cause = ?error.cause(), "no renewal was begun"),
        }
    }

    fn begun_renewal(
        &self,
        cx: &OpCx,
        needed: Needed<'_>,
        basis: Basis,
        (revealed, found): (RevealedClientSecret, Renewable),
        journal: ExchangeId,
    ) -> Begun {
        Begun {
            trigger: needed.trigger,
            account: basis.account,
            user: needed.user,
            entry: self.entry_of_renewal(cx, needed.trigger, format!("{}: ", needed.known.id)),
            basis,
            found,
            revealed,
            journal,
        }
    }

    fn entry_of_renewal(&self, cx: &OpCx, trigger: Trigger, said: String) -> Entry {
        let entry = self.allowed(cx, said);
        match trigger {
            Trigger::Due | Trigger::Refused | Trigger::Narrowed => entry,
            Trigger::Idle => keep_alive::unasked(entry),
        }
    }

    /// Decides on the renewal and writes down that it begins; the secret's use is on record.
    async fn begin_renewal(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        needed: Needed<'_>,
    ) -> Result<(Beginning, (Basis, ExchangeId)), Error> {
        let Needed {
            claims,
            user,
            asked,
            known,
            trigger,
        } = needed;
        // SECURITY: a refresh token is good once, and its answer may lie beside the database. Held by
        // `what_lies_in_the_spool_is_made_use_of_before_the_same_is_sent_again`.
        self.use_spooled_replies().await?;
        let kind = ProviderKind::Oauth2;
        let basis = self.basis(cx, claims, kind, &asked.provider).await?;
        let credential = Credential::UserToken {
            scopes: &asked.scopes,
            consent: Some(&known.consent),
        };
        let good_for = Some(&known.granted);
        let (permit, reasons) =
            self.authorize_use_of::<of::UseClientSecret>(cx, claims, &basis, credential, good_for)?;
        self.circuits.check(basis.provider.id, cx.now)?;
        let journal = self.with_rng(|rng| ExchangeId::generate(cx.now, rng));
        let under = reasons.under();
        let (id, why) = (known.id, trigger.said(cx));
        let said = format!("client secret and refresh token used to renew {id}{why}{under}");
        let entry = self.entry_of_renewal(cx, trigger, said);
        let key = ConnectionKey {
            agent: basis.agent.id,
            user: user.id,
            provider: basis.provider.id,
        };
        let row = TokenExchange {
            id: journal,
            session: None,
            agent: key.agent,
            user: key.user,
            provider: key.provider,
            generation: known.generation,
            secret_version: basis.provider.secret_version,
            node: self.node,
            started_at: cx.now,
        };
        let (held, generation, asked_at) = (basis.clone(), known.generation, cx.now);
        let committed = self
            .store
            .run_tx("begin_renewal", move |tx| {
                if !held.still_holds(tx)? {
                    return Ok(Outcome::Unrecorded(Beginning::Changed));
                }
                let now = tx.db_now()?;
                let mut own = tx.account(account);
                let Some(found) = own.renewable(&permit, key.agent, key.user)? else {
                    return Ok(Outcome::Unrecorded(Beginning::Changed));
                };
                if let Some(beginning) = settled(&found, generation, (trigger, asked_at), now) {
                    return Ok(Outcome::Unrecorded(beginning));
                }
                // SECURITY: a refresh token is good once. An answer that lies there unread is made use of
                // before anybody sends the same again.
                if own.has_unread_reply(key, generation)? {
                    return Ok(Outcome::Unrecorded(Beginning::Leased));
                }
                let Some(revealed) = own.reveal_client_secret(&permit)? else {
                    return Ok(Outcome::Unrecorded(Beginning::Changed));
                };
                // SECURITY: nor does it go to another place than where it came from.
                let destination = revealed.client.configuration.destination();
                if destination != found.connection.destination {
                    return Ok(Outcome::Unrecorded(Beginning::Settled(generation)));
                }
                let lease = (now, now.plus_seconds(LEASE_S));
                if !own.lease_connection(key, generation, row.node, lease)? {
                    return Ok(Outcome::Unrecorded(Beginning::Leased));
                }
                // One row of each node says that it is in doubt, however often it was tried.
                own.supersede_token_exchanges(key, generation, row.node)?;
                own.insert_token_exchange(&TokenExchange {
                    started_at: now,
                    ..row.clone()
                })?;
                let begun = Beginning::Begun(Box::new((revealed, found)));
                Ok(Outcome::Done(begun, entry.clone()))
            })
            .await?;
        Ok((committed.value, (basis, journal)))
    }
}

/// Whether there is nothing to begin for who saw tokens of `generation`, and why and when. Leases and
/// pauses are by the database's time, `now`: nodes compare them.
fn settled(
    found: &Renewable,
    generation: u64,
    (trigger, asked_at): (Trigger, Timestamp),
    now: Timestamp,
) -> Option<Beginning> {
    let connection = &found.connection;
    let is_other = connection.generation != generation || connection.health != Health::Live;
    let is_needed = match trigger {
        Trigger::Due => connection.due(asked_at) != Due::No,
        // Who said so looked at tokens of this generation.
        Trigger::Refused | Trigger::Idle | Trigger::Narrowed => true,
    };
    if is_other || found.refresh_token.is_none() || !is_needed {
        return Some(Beginning::Settled(connection.generation));
    }
    let is_leased = found.leased_until.is_some_and(|until| now < until);
    if is_leased && !defect("renewals-uncoordinated") {
        return Some(Beginning::Leased);
    }
    (now < found.retry_at).then_some(Beginning::Cooling(found.retry_at))
}

fn being_renewed() -> Error {
    let text = "the token is being renewed, and the provider takes long to answer; try again in a \
                few seconds";
    Error::new(Kind::Throttled, text)
}

fn cooling(until: Timestamp, now: Timestamp) -> Error {
    let seconds = until.millis_since(now).max(0) / 1000 + 1;
    let text = format!(
        "the provider did not renew the token a moment ago; it is asked again in {seconds} s"
    );
    Error::new(Kind::Upstream, text).with_retry_after(u32::try_from(seconds).ok())
}
