//! Tokens of users are renewed (RFC 6749 §6), and none is lost by it.
//!
//! One at a time renews a connection: in this process those who need it wait for one of them, and
//! between nodes a lease says who is at it. What is sent is written down before, and what comes
//! back is kept before anything is made of it. Whether it still counts is decided by the generation
//! of the tokens that were redeemed, never by the lease: who comes too late may hold the only
//! tokens that are good.

use std::sync::Arc;
use std::time::Duration;

use procura_authority::Credential;
use procura_core::account::AccountId;
use procura_core::audit::record::{Entry, Verdict};
use procura_core::connection::{Connection, Due, Health, cool_down_s};
use procura_core::credential_provider::ProviderKind;
use procura_core::error::{Error, Kind};
use procura_core::id::{ConnectionId, ExchangeId};
use procura_core::permit::of;
use procura_core::sabotage::{defect, dies_at};
use procura_core::scope::Scopes;
use procura_core::sealing;
use procura_core::secret::{Plain, kind};
use procura_core::time::Timestamp;
use procura_core::user::User;
use procura_core::workload_access_token::Claims;
use procura_protocol::oauth::token_reply::{self, Blame, RawReply, ReplyError, TokenReply};
use procura_protocol::oauth::token_request::{self, TokenRefresh};
use procura_protocol::oauth::vendor_table::{self, RenewalScopes, Reuse};
use procura_store::{
    AfterRenewal, ConnectionKey, Outcome, Renewable, RevealedClientSecret, TokenExchange,
};

use crate::App;
use crate::basis::{Basis, busy};
use crate::connection::{TokenPlace, UserTokenAsked};
use crate::connection_tokens::end_of;
use crate::operation::OpCx;
use crate::outbound::Form;
use crate::token_endpoint::{JSON, TOKEN_REPLY_BYTES_MAX, outbound_url, refused, unaskable};

/// How long a node has for a renewal before another may try, in seconds. Longer than any call to a
/// provider may take.
const LEASE_S: i64 = 45;
/// How long somebody waits for another node's renewal.
const WAIT_MAX: Duration = Duration::from_secs(10);
/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// What is being renewed.
pub(crate) type RenewalKey = (AccountId, ConnectionId);

/// A renewal that is written down.
struct Begun {
    account: AccountId,
    basis: Basis,
    user: User,
    found: Renewable,
    revealed: RevealedClientSecret,
    journal: ExchangeId,
    /// The record of what it comes to, without the end of its sentence.
    entry: Entry,
}

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
            match self.begin_renewal(cx, account, needed).await? {
                (Beginning::Settled(generation), _) => return Ok(generation),
                (Beginning::Cooling(until), _) => return Err(cooling(until, cx.now)),
                (Beginning::Begun(found), (basis, journal)) => {
                    let begun = self.begun_renewal(cx, needed, basis, *found, journal);
                    return self
                        .carry_through(|app| async move { app.renew_begun(begun).await })
                        .await;
                }
                (Beginning::Changed | Beginning::Leased, _) => {
                    if tokio::time::Instant::now() >= waits_until {
                        return Err(busy());
                    }
                    tokio::time::sleep(LOOK_EVERY).await;
                    cx.now = self.now();
                }
            }
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
            account: basis.account,
            user: needed.user,
            entry: self.allowed(cx, format!("{}: ", needed.known.id)),
            basis,
            found,
            revealed,
            journal,
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
        } = needed;
        let kind = ProviderKind::Oauth2;
        let basis = self.basis(cx, claims, kind, &asked.provider).await?;
        let credential = Credential::UserToken {
            scopes: &asked.scopes,
            consent: Some(&known.consent),
        };
        let (permit, reasons) =
            self.authorize_use::<of::UseClientSecret>(cx, claims, &basis, credential)?;
        let journal = self.with_rng(|rng| ExchangeId::generate(cx.now, rng));
        let under = reasons.under();
        let said = format!(
            "client secret and refresh token used to renew {}{under}",
            known.id
        );
        let entry = self.allowed(cx, said);
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
                if let Some(beginning) = settled(&found, generation, asked_at, now) {
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
                // One row says that it is in doubt, however often it was tried.
                own.settle_token_exchanges(key, generation.saturating_add(1))?;
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

    /// Carries a renewal through: the generation that is kept then.
    async fn renew_begun(self: Arc<Self>, begun: Begun) -> Result<u64, Error> {
        dies_at("renewal-begun");
        match self.send_renewal(&begun).await {
            Ok((reply, at)) => {
                let renewed = Renewed {
                    account: begun.account,
                    before: begun.found.connection.clone(),
                    journal: begun.journal,
                    entry: begun.entry.clone(),
                };
                self.keep_renewed(renewed, reply, at).await
            }
            Err(not_renewed) => self.leave(&begun, not_renewed).await,
        }
    }

    /// Sends the refresh token to the one place that it is sealed for, and keeps the answer before
    /// anything is made of it.
    async fn send_renewal(&self, begun: &Begun) -> Result<(TokenReply, Timestamp), NotRenewed> {
        let token = self.refresh_token_of(begun).await?;
        let client = self.client_at(&begun.basis, &begun.revealed).await?;
        let vendor = begun.revealed.client.vendor;
        let dialect = vendor_table::row(vendor).dialect;
        let scopes = renewed_scopes(begun)?;
        let ask = TokenRefresh {
            refresh_token: &token,
            scopes: scopes.as_ref(),
            separator: dialect.request_separator,
            resources: &[],
        };
        let request = token_request::refresh_token(&ask, &client.authentication())
            .map_err(|error| NotRenewed::unsent(unaskable(error)))?;
        let url = outbound_url(&client.endpoints.token)?;
        let form = Form {
            accept: JSON,
            authorization: request.authorization(),
            headers: &[],
            body: request.form(),
        };
        let sent = self
            .outbound
            .post_form(&url, form, TOKEN_REPLY_BYTES_MAX)
            .await;
        let reply = sent.map_err(|error| {
            let why = if error.is_unsent() {
                Why::Later(None)
            } else {
                Why::InDoubt
            };
            NotRenewed {
                why,
                error: error.into(),
            }
        })?;
        dies_at("renewal-answered");
        let at = self.now();
        let journal = TokenExchange {
            id: begun.journal,
            session: None,
            agent: begun.basis.agent.id,
            user: begun.user.id,
            provider: begun.basis.provider.id,
            generation: begun.found.connection.generation,
            secret_version: begun.revealed.secret_version,
            node: self.node,
            started_at: at,
        };
        self.keep_token_reply(begun.account, &journal, &reply, at)
            .await;
        dies_at("renewal-kept");
        let retry_after = reply.retry_after.map(|after| after.as_secs().to_string());
        let raw = RawReply {
            status: reply.status,
            retry_after: retry_after.as_deref(),
            body: &reply.body,
        };
        let reply = token_reply::parse(&raw, &dialect, &request.live_secrets())
            .map_err(|error| NotRenewed::refused(url.host(), &error))?;
        Ok((reply, at))
    }

    async fn refresh_token_of(
        &self,
        begun: &Begun,
    ) -> Result<Plain<kind::RefreshToken>, NotRenewed> {
        let found = &begun.found;
        let absent = || Error::inconsistent("connection", "refresh_token");
        let sealed = found.refresh_token.as_ref().ok_or_else(absent)?;
        let place = TokenPlace {
            deployment: self.deployment,
            account: begun.account,
            user: begun.user.id,
            connection: found.connection.id,
            generation: found.refresh_version,
        };
        let key = self.key_of(sealed).await?;
        let at_server = place.refresh_token(found.connection.destination);
        let opened = sealing::open(&key, &at_server, sealed).map_err(Error::internal_source)?;
        Ok(opened)
    }

    /// Keeps what a renewal brought in place of the tokens that were redeemed for it: the
    /// generation that is kept then.
    pub(crate) async fn keep_renewed(
        &self,
        renewed: Renewed,
        reply: TokenReply,
        at: Timestamp,
    ) -> Result<u64, Error> {
        let Renewed {
            account,
            before,
            journal,
            mut entry,
        } = renewed;
        let generation = before.generation.saturating_add(1);
        let connection = Connection {
            generation,
            health: Health::Live,
            granted: reply.granted(&before.granted),
            refreshable: true,
            fetched_at: at,
            expires_at: end_of(&reply, at),
            ..before.clone()
        };
        let new = self
            .sealed_tokens(account, connection, &reply, None)
            .await?;
        let about = format!(
            "renewed; generation {generation} ({}){}",
            new.access_token.fingerprint(),
            match &new.refresh_token {
                Some(_) => " with a new refresh token",
                None => "",
            },
        );
        entry.reason.to_mut().push_str(&about);
        let key = ConnectionKey::from(&new.connection);
        let committed = self
            .store
            .run_tx("keep_renewed_tokens", move |tx| {
                let mut own = tx.account(account);
                if own.put_connection(&new)? {
                    // What else was sent for the same tokens is settled by this.
                    own.settle_token_exchanges(key, generation)?;
                    own.delete_token_exchange(journal)?;
                    return Ok(Outcome::Done(true, entry.clone()));
                }
                // Somebody else was faster, or the user took it back. What came stays in the journal
                // for a while.
                Ok(Outcome::Unrecorded(false))
            })
            .await?;
        dies_at("renewal-applied");
        if !committed.value {
            tracing::warn!(connection = %before.id, "a renewal came too late and is kept aside");
        }
        Ok(generation)
    }

    /// Leaves a connection that was not renewed, on record: the error to tell, or the generation
    /// that is there when the user has to be asked anew.
    async fn leave(&self, begun: &Begun, not_renewed: NotRenewed) -> Result<u64, Error> {
        let NotRenewed { why, error } = not_renewed;
        let before = &begun.found.connection;
        let failures = begun.found.failures.saturating_add(1);
        let reuse = vendor_table::quirks(begun.revealed.client.vendor)
            .reuse
            .value;
        // Where a token that comes twice ends all of them, it does not come again while the access
        // token is still good for something.
        let not_before = match (why, reuse) {
            (Why::InDoubt, Reuse::RevokesFamily) => before.expires_at,
            _ => Timestamp::default(),
        };
        let (health, told_s) = match why {
            Why::Ended => (Health::Ended, None),
            Why::Later(told_s) => (Health::Live, told_s),
            Why::InDoubt => (Health::Live, None),
        };
        let mut entry = begun.entry.clone();
        entry.verdict = Verdict::Deny;
        let said = format!("not renewed: {}{}", error.public(), why.said());
        entry.reason.to_mut().push_str(&said);
        let (account, journal, generation) = (begun.account, begun.journal, before.generation);
        let (id, key) = (entry.id, ConnectionKey::from(before));
        let secret_version = begun.revealed.secret_version;
        let committed = self
            .store
            .run_tx("leave_connection", move |tx| {
                let now = tx.db_now()?;
                let mut own = tx.account(account);
                let provider = own.credential_provider_by_id(key.provider)?;
                let same_client = provider.is_some_and(|now| now.secret_version == secret_version);
                // A refusal says something of these tokens and this client, and of nothing else.
                let health = if same_client { health } else { Health::Live };
                let after = AfterRenewal {
                    health,
                    failures,
                    retry_at: not_before.max(now.plus_seconds(cool_down_s(failures, told_s))),
                };
                own.leave_connection(key, generation, after)?;
                match why {
                    // What came says nothing that a reader could make use of later.
                    Why::InDoubt => own.forget_token_reply(journal)?,
                    Why::Ended | Why::Later(_) => {
                        own.delete_token_exchange(journal)?;
                    }
                }
                Ok(Outcome::Done((), entry.clone()))
            })
            .await;
        match (committed, why) {
            (Err(unwritten), _) => Err(unwritten),
            (Ok(_), Why::Ended) => Ok(generation),
            (Ok(_), Why::Later(_) | Why::InDoubt) => Err(error.with_record(id)),
        }
    }
}

/// Tokens that were redeemed, and what the record of it begins with.
pub(crate) struct Renewed {
    pub(crate) account: AccountId,
    pub(crate) before: Connection,
    pub(crate) journal: ExchangeId,
    pub(crate) entry: Entry,
}

/// Whether there is nothing to begin for who saw tokens of `generation` at `asked_at`. Leases and
/// pauses are by the database's time, `now`: nodes compare them.
fn settled(
    found: &Renewable,
    generation: u64,
    asked_at: Timestamp,
    now: Timestamp,
) -> Option<Beginning> {
    let connection = &found.connection;
    let is_other = connection.generation != generation || connection.health != Health::Live;
    if is_other || found.refresh_token.is_none() || connection.due(asked_at) == Due::No {
        return Some(Beginning::Settled(connection.generation));
    }
    let is_leased = found.leased_until.is_some_and(|until| now < until);
    if is_leased && !defect("renewals-uncoordinated") {
        return Some(Beginning::Leased);
    }
    (now < found.retry_at).then_some(Beginning::Cooling(found.retry_at))
}

/// The scopes that a renewal names, where it has to name them.
fn renewed_scopes(begun: &Begun) -> Result<Option<Scopes>, NotRenewed> {
    let quirks = vendor_table::quirks(begun.revealed.client.vendor);
    match quirks.renewal_scopes.value {
        RenewalScopes::AsGranted => Ok(None),
        // SECURITY: such a vendor gives all that the user ever allowed the client, to whichever
        // agent it was; said in so many words, it gives this one what it had.
        RenewalScopes::AllOfTheClient => {
            let granted = &begun.found.connection.granted;
            let all = granted.iter().chain(quirks.switches.offline_scope);
            let scopes = Scopes::from_items(all).map_err(Error::internal_source)?;
            Ok(Some(scopes))
        }
    }
}

fn cooling(until: Timestamp, now: Timestamp) -> Error {
    let seconds = until.millis_since(now).max(0) / 1000 + 1;
    let text = format!(
        "the provider did not renew the token a moment ago; it is asked again in {seconds} s"
    );
    Error::new(Kind::Upstream, text)
}

/// A renewal that brought nothing.
struct NotRenewed {
    why: Why,
    error: Error,
}

/// What is to be made of that.
#[derive(Clone, Copy)]
enum Why {
    /// The provider will never renew these tokens again: the user has to consent anew.
    Ended,
    /// It may, later; if it said when, in so many seconds.
    Later(Option<u32>),
    /// Whether it did is not known: what it sent is lost.
    InDoubt,
}

impl Why {
    const fn said(self) -> &'static str {
        match self {
            Self::Ended => "; the user has to consent again",
            Self::Later(_) => "; it is tried again later",
            Self::InDoubt => "; in doubt whether the provider did",
        }
    }
}

impl NotRenewed {
    fn unsent(error: Error) -> Self {
        Self {
            why: Why::Later(None),
            error,
        }
    }

    /// Only a provider's word on the refresh token itself ends a connection. One on the client, or
    /// one that we do not understand, is for the administrator or for later.
    fn refused(host: &str, error: &ReplyError) -> Self {
        let why = match error {
            ReplyError::Refused(refusal) => match refusal.blame() {
                // A gateway that gives up does not know what the server behind it did.
                Blame::Upstream { .. } if matches!(refusal.status, 408 | 500..) => Why::InDoubt,
                Blame::Upstream { retry_after_s } => Why::Later(retry_after_s),
                Blame::Caller if is_of_the_token(refusal.code.as_deref()) => Why::Ended,
                Blame::Caller => Why::Later(None),
            },
            // It said yes, so that the old one may be used up; what it said is in the journal.
            ReplyError::Unreadable(_) => Why::InDoubt,
        };
        Self {
            why,
            error: refused(host, error),
        }
    }
}

impl From<Error> for NotRenewed {
    fn from(error: Error) -> Self {
        Self::unsent(error)
    }
}

/// Whether this is what a provider says of a refresh token that is no good: RFC 6749 §5.2, GitHub,
/// Slack.
fn is_of_the_token(code: Option<&str>) -> bool {
    let codes = [
        "invalid_grant",
        "bad_refresh_token",
        "invalid_refresh_token",
        "token_revoked",
        "token_expired",
    ];
    code.is_some_and(|code| codes.contains(&code))
}
