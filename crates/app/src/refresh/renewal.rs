//! One renewal: what is sent, what is kept of the answer, and what is left where there is none.

use std::sync::Arc;

use procura_core::account::AccountId;
use procura_core::audit::record::{Entry, Verdict};
use procura_core::connection::{Connection, Health, WordlessRefusals, cool_down_s};
use procura_core::error::Error;
use procura_core::id::ExchangeId;
use procura_core::sabotage::dies_at;
use procura_core::scope::Scopes;
use procura_core::secret::{Plain, kind};
use procura_core::time::Timestamp;
use procura_core::user::User;
use procura_protocol::oauth::token_reply::{Blame, ReplyError, TokenReply};
use procura_protocol::oauth::token_request::{self, TokenRefresh};
use procura_protocol::oauth::vendor_table::{self, RenewalScopes, Reuse};
use procura_store::{AfterRenewal, ConnectionKey, Outcome, Renewable, RevealedClientSecret};

use super::Trigger;
use crate::App;
use crate::basis::Basis;
use crate::connection::TokenPlace;
use crate::connection_tokens::end_of;
use crate::exchange_recovery::LEFT_AFTER_S;
use crate::given_back::Unkept;
use crate::token_endpoint::{Silence, Unanswered, refused, unaskable};

/// What the record says of a refusal that says nothing.
const OVERTAKEN: &str = "; it was sent besides, and that answer is waited for";

/// What it says of tokens that nobody keeps.
const TAKEN_BACK: &str = "renewed, but the connection was taken back meanwhile";
const TOO_LATE: &str = "renewed, but another renewal was kept before; what came is kept aside";

/// What became of a renewal.
#[derive(Clone, Copy)]
enum After {
    Kept,
    TooLate,
    TakenBack,
}

/// A renewal that is written down.
pub(super) struct Begun {
    pub(super) trigger: Trigger,
    pub(super) account: AccountId,
    pub(super) basis: Basis,
    pub(super) user: User,
    pub(super) found: Renewable,
    pub(super) revealed: RevealedClientSecret,
    pub(super) journal: ExchangeId,
    /// The record of what it comes to, without the end of its sentence.
    pub(super) entry: Entry,
}

/// Tokens that were redeemed, and what the record of it begins with.
pub(crate) struct Renewed {
    pub(crate) account: AccountId,
    pub(crate) before: Connection,
    pub(crate) journal: ExchangeId,
    pub(crate) entry: Entry,
}

impl App {
    /// Carries a renewal through: the generation that is kept then, or none where another's answer
    /// has to be waited for.
    pub(super) async fn renew_begun(self: Arc<Self>, begun: Begun) -> Result<Option<u64>, Error> {
        dies_at("renewal-begun");
        match self.send_renewal(&begun).await {
            Ok((reply, at)) => {
                let renewed = Renewed {
                    account: begun.account,
                    before: begun.found.connection.clone(),
                    journal: begun.journal,
                    entry: begun.entry.clone(),
                };
                self.keep_renewed(renewed, reply, at).await.map(Some)
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
        let awaited = self
            .await_token_reply(begun.account, begun.journal, begun.user.id)
            .await?;
        let answer = self
            .post_for_tokens(begun.basis.provider.id, &client.endpoints.token, &request)
            .await?;
        dies_at("renewal-answered");
        let at = self.now();
        self.keep_token_reply(awaited, &answer.reply, at).await;
        dies_at("renewal-kept");
        let reply = answer
            .tokens(&dialect, &request)
            .map_err(|error| NotRenewed::refused(&answer.host, &error))?;
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
        let at_server = place.refresh_token(found.connection.destination);
        let opened = self.opened_at(&at_server, sealed).await?;
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
        let (id, generation) = (before.id, before.generation.saturating_add(1));
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
        let mut unkept = self.anew(&entry);
        unkept.verdict = Verdict::Deny;
        entry.reason.to_mut().push_str(&about);
        let (mut gone, mut late) = (self.anew(&unkept), self.anew(&unkept));
        gone.reason.to_mut().push_str(TAKEN_BACK);
        late.reason.to_mut().push_str(TOO_LATE);
        let key = ConnectionKey::from(&new.connection);
        let committed = self
            .store
            .run_tx("keep_renewed_tokens", move |tx| {
                let mut own = tx.account(account);
                if own.put_connection(&new)? {
                    // What else was sent for the same tokens is settled by this.
                    own.settle_token_exchanges(key, generation)?;
                    own.delete_token_exchange(journal)?;
                    return Ok(Outcome::Done(After::Kept, entry.clone()));
                }
                // What came stays in the journal for a while where somebody else was faster.
                Ok(match own.connection(key)? {
                    Some(known) if known.id == id => Outcome::Done(After::TooLate, late.clone()),
                    // What the user gave anew could end with what is given back.
                    Some(_) => Outcome::Done(After::TooLate, gone.clone()),
                    None => Outcome::Done(After::TakenBack, gone.clone()),
                })
            })
            .await?;
        dies_at("renewal-applied");
        match committed.value {
            After::Kept => {}
            After::TooLate => {
                tracing::warn!(connection = %id, "a renewal came too late and is kept aside");
            }
            // The provider was told of the tokens before these.
            After::TakenBack => {
                let unkept = Unkept {
                    account,
                    provider: key.provider,
                    destination: before.destination,
                    reply: &reply,
                    entry: unkept,
                };
                Box::pin(self.give_back_left(unkept)).await;
            }
        }
        Ok(generation)
    }

    /// Leaves a connection that was not renewed, on record: the error to tell, the generation that is
    /// there when the user has to be asked anew, or none where another's answer is to be waited for.
    async fn leave(&self, begun: &Begun, not_renewed: NotRenewed) -> Result<Option<u64>, Error> {
        let NotRenewed { why, error } = not_renewed;
        let before = &begun.found.connection;
        // What was not asked did not fail again.
        let (failures, counted) = match why {
            Why::LeftAlone => (begun.found.failures, 1),
            Why::Ended | Why::Later(_) | Why::OtherWords | Why::Wordless | Why::InDoubt => {
                let failures = begun.found.failures.saturating_add(1);
                (failures, failures)
            }
        };
        let reuse = vendor_table::quirks(begun.revealed.client.vendor)
            .reuse
            .value;
        // Where a token that comes twice ends all of them, it does not come again while the access
        // token is still good for something.
        let not_before = match (why, reuse) {
            // Unless it is good for nothing, as its resource says.
            (Why::InDoubt, Reuse::RevokesFamily) if begun.trigger != Trigger::Refused => {
                before.expires_at
            }
            _ => Timestamp::default(),
        };
        let refusals = refusals_after(begun, why);
        let is_final = matches!(why, Why::Wordless) && refusals.are_final();
        let (health, told_s) = match why {
            Why::Ended => (Health::Ended, None),
            Why::Wordless if is_final => (Health::Ended, None),
            Why::Later(told_s) => (Health::Live, told_s),
            Why::OtherWords | Why::Wordless | Why::LeftAlone | Why::InDoubt => (Health::Live, None),
        };
        let said = if is_final {
            refused_without_a_word(refusals.count)
        } else {
            why.said().to_owned()
        };
        let entry = not_renewed_entry(begun, &error, &said);
        let overtaken = not_renewed_entry(begun, &error, OVERTAKEN);
        let (account, journal, generation) = (begun.account, begun.journal, before.generation);
        let (id, key, node) = (entry.id, ConnectionKey::from(before), self.node);
        let secret_version = begun.revealed.secret_version;
        let committed = self
            .store
            .run_tx("leave_connection", move |tx| {
                let now = tx.db_now()?;
                let mut own = tx.account(account);
                let since = now.plus_seconds(LEFT_AFTER_S.saturating_neg());
                // SECURITY: who comes second is refused because the first one has the only tokens that are
                // good. Held by `prove contention`, late holders.
                if health == Health::Ended
                    && own.is_sent_besides(journal, key, generation, since)?
                {
                    own.delete_token_exchange(journal)?;
                    // The lease stays: nobody sends the same for a third time meanwhile.
                    return Ok(Outcome::Done(None, overtaken.clone()));
                }
                let provider = own.credential_provider_by_id(key.provider)?;
                let same_client = provider.is_some_and(|now| now.secret_version == secret_version);
                // A refusal says something of these tokens and this client, and of nothing else.
                let health = if same_client { health } else { Health::Live };
                let after = AfterRenewal {
                    node,
                    health,
                    failures,
                    retry_at: not_before.max(now.plus_seconds(cool_down_s(counted, told_s))),
                    refusals,
                };
                own.leave_connection(key, generation, after)?;
                match why {
                    // What came says nothing that a reader could make use of later.
                    Why::InDoubt => own.forget_token_reply(journal)?,
                    Why::Ended
                    | Why::Later(_)
                    | Why::OtherWords
                    | Why::Wordless
                    | Why::LeftAlone => {
                        own.delete_token_exchange(journal)?;
                    }
                }
                Ok(Outcome::Done(Some(generation), entry.clone()))
            })
            .await?;
        if health == Health::Ended {
            Ok(committed.value)
        } else {
            Err(error.with_record(id))
        }
    }
}

/// The record of a renewal that brought nothing.
fn not_renewed_entry(begun: &Begun, error: &Error, said: &str) -> Entry {
    let mut entry = begun.entry.clone();
    entry.verdict = Verdict::Deny;
    let said = format!("not renewed: {}{said}", error.public());
    entry.reason.to_mut().push_str(&said);
    entry
}

fn refused_without_a_word(times: u64) -> String {
    format!(
        "; it refused {times} times in a row and did not say why, so that the user has to consent again"
    )
}

/// The refusals without words in a row, after `why`. SECURITY: nothing else counts. A provider that is
/// down, or that does not like the client, says nothing of the token, and a user is not asked
/// anew for it. Held by `what_is_no_refusal_without_words_never_ends_a_connection`.
fn refusals_after(begun: &Begun, why: Why) -> WordlessRefusals {
    let before = begun.found.refusals;
    let generation = begun.found.connection.generation;
    match why {
        Why::Wordless => before.and_one(generation, begun.revealed.secret_version),
        // It does say why, and that is something else.
        Why::OtherWords | Why::Ended => WordlessRefusals::default(),
        Why::Later(_) | Why::LeftAlone | Why::InDoubt => before,
    }
}

/// The scopes that a renewal names, where it has to name them.
fn renewed_scopes(begun: &Begun) -> Result<Option<Scopes>, NotRenewed> {
    let quirks = vendor_table::quirks(begun.revealed.client.vendor);
    // SECURITY: the refresh token is good for what it was granted for once (RFC 6749 §6), and a user who
    // took some of it back since says so with each renewal. Held by
    // `a_narrowed_consent_gives_a_token_for_what_is_left`.
    let narrowed = begun.found.connection.narrowed_scopes();
    match quirks.renewal_scopes.value {
        RenewalScopes::AsGranted => Ok(narrowed),
        // SECURITY: such a vendor gives all that the user ever allowed the client, to whichever
        // agent it was; said in so many words, it gives this one what it had.
        RenewalScopes::AllOfTheClient => {
            let granted = narrowed.unwrap_or_else(|| begun.found.connection.granted.clone());
            let all = granted.iter().chain(quirks.switches.offline_scope);
            let scopes = Scopes::from_items(all).map_err(Error::internal_source)?;
            Ok(Some(scopes))
        }
    }
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
    /// It refused, for something else than these tokens or for what we do not understand.
    OtherWords,
    /// It refused, and did not say why. The user has to consent anew when that goes on.
    Wordless,
    /// Nobody asked it: it is left alone for a while.
    LeftAlone,
    /// Whether it did is not known: what it sent is lost.
    InDoubt,
}

impl Why {
    const fn said(self) -> &'static str {
        match self {
            Self::Ended => "; the user has to consent again",
            Self::Later(_) | Self::OtherWords | Self::Wordless | Self::LeftAlone => {
                "; it is tried again later"
            }
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
                // RFC 6749 §5.2: 400 is said of the token; 401 of the client, also without words.
                Blame::Caller if refusal.status == 400 && refusal.without_words => Why::Wordless,
                Blame::Caller => Why::OtherWords,
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

impl From<Unanswered> for NotRenewed {
    fn from(Unanswered { silence, error }: Unanswered) -> Self {
        let why = match silence {
            Silence::LeftAlone => Why::LeftAlone,
            Silence::Unreached | Silence::Unsent => Why::Later(None),
            Silence::Lost | Silence::Unusable => Why::InDoubt,
        };
        Self { why, error }
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
