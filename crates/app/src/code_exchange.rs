//! A code becomes tokens, once: decided, written down, sent, and what comes back is kept before
//! anything is made of it.

pub(crate) mod granted;

use std::sync::Arc;

use procura_core::account::AccountId;
use procura_core::audit::record::{Committed, Entry, Verdict};
use procura_core::authorization_session::{AuthorizationSession, Failure, NotNow, State};
use procura_core::credential_provider::ProviderKind;
use procura_core::error::Error;
use procura_core::id::{CallbackId, ExchangeId};
use procura_core::permit::of;
use procura_core::sabotage::dies_at;
use procura_protocol::oauth::authorization_request;
use procura_protocol::oauth::endpoint_url::EndpointUrl;
use procura_protocol::oauth::pkce;
use procura_protocol::oauth::token_request::{self, CodeRedemption, TokenRequest};
use procura_protocol::oauth::vendor_table;
use procura_store::{Outcome, RevealedClientSecret, SealedSession, TokenExchange, Tx};

use self::granted::{Fruitless, GrantedToUser, granted_to_user, is_refused};
use crate::App;
use crate::basis::{Basis, DECISIONS_MAX, busy};
use crate::given_back::Unkept;
use crate::operation::OpCx;
use crate::session_secret::{Flow, Part};
use crate::token_endpoint::{ClientAt, Unanswered, refused, unaskable};

/// A code that is to be redeemed: its session is at the version in which that is done.
#[derive(Debug, Clone)]
pub(crate) struct CodeExchange {
    pub(crate) account: AccountId,
    pub(crate) sealed: SealedSession,
}

/// A code whose redemption is written down.
struct Begun {
    exchange: CodeExchange,
    flow: Flow,
    basis: Basis,
    revealed: RevealedClientSecret,
    journal: TokenExchange,
    callback: CallbackId,
    /// The record of what it comes to, without the end of its sentence.
    entry: Entry,
}

/// How the beginning ended.
enum Beginning {
    /// The world changed under the decision.
    Changed,
    /// Another was faster.
    Used,
    /// The provider is not where the user was sent any more.
    Elsewhere,
    Begun(Box<(RevealedClientSecret, CallbackId)>),
}

fn changed() -> Error {
    Error::denied(NotNow::Failed(Failure::Changed).to_string())
}

fn used() -> Error {
    Error::denied(NotNow::Used.to_string())
}

impl App {
    /// Redeems the code of a session whose user is proved, if agent and user still may.
    pub(crate) async fn redeem(
        &self,
        cx: &mut OpCx,
        exchange: CodeExchange,
    ) -> Result<Committed<()>, Error> {
        let (account, session) = (exchange.account, &exchange.sealed.session);
        let flow = self
            .flow_of(account, session, &exchange.sealed.flow)
            .await?;
        for _ in 0..DECISIONS_MAX {
            let id = session.provider;
            let read = move |tx: &mut Tx<'_>| tx.account(account).credential_provider_by_id(id);
            let provider = self.store.run_read("credential_provider", read).await?;
            let provider = provider.ok_or_else(used)?;
            self.circuits.check(provider.id, cx.now)?;
            let kind = ProviderKind::Oauth2;
            let basis = self.basis(cx, &flow.claims, kind, &provider.name).await?;
            let (permit, reasons) = self.authorize_connection::<of::UseClientSecret>(
                cx,
                &flow.claims,
                &basis,
                &session.scopes,
            )?;
            let journal = TokenExchange {
                id: self.with_rng(|rng| ExchangeId::generate(cx.now, rng)),
                session: Some(session.id),
                agent: session.agent,
                user: session.user.id,
                provider: session.provider,
                generation: 0,
                secret_version: basis.provider.secret_version,
                node: self.node,
                started_at: cx.now,
            };
            let said = format!("client secret used to redeem the code of {}", session.id);
            let entry = self.allowed(cx, format!("{said}{}", reasons.under()));
            let elsewhere = self.refusal(cx, &changed());
            let elsewhere_id = elsewhere.id;
            let (held, moved, row) = (basis.clone(), session.clone(), journal.clone());
            let begun = self
                .store
                .run_tx("begin_code_exchange", move |tx| {
                    if !held.still_holds(tx)? {
                        return Ok(Outcome::Unrecorded(Beginning::Changed));
                    }
                    let now = tx.db_now()?;
                    let mut own = tx.account(account);
                    let Some(revealed) = own.reveal_client_secret(&permit)? else {
                        return Ok(Outcome::Unrecorded(Beginning::Changed));
                    };
                    // SECURITY: the code goes to the server that the user was sent to, or nowhere. Held
                    // by `a_provider_that_moved_meanwhile_gets_no_code`.
                    let is_elsewhere =
                        revealed.client.configuration.destination() != moved.destination;
                    if !own.move_authorization_session(&moved)? {
                        return Ok(Outcome::Unrecorded(Beginning::Used));
                    }
                    if is_elsewhere {
                        // Whoever polls for it waits for nothing.
                        own.move_authorization_session(&moved.clone().failed(Failure::Changed))?;
                        return Ok(Outcome::Done(Beginning::Elsewhere, elsewhere.clone()));
                    }
                    let Some((_, callback)) = own.oauth2_client(moved.provider)? else {
                        return Ok(Outcome::Unrecorded(Beginning::Changed));
                    };
                    own.insert_token_exchange(&TokenExchange {
                        started_at: now,
                        ..row.clone()
                    })?;
                    let begun = Beginning::Begun(Box::new((revealed, callback)));
                    Ok(Outcome::Done(begun, entry.clone()))
                })
                .await?;
            match begun.value {
                Beginning::Changed => {}
                Beginning::Used => return Err(used()),
                Beginning::Elsewhere => return Err(changed().with_record(elsewhere_id)),
                Beginning::Begun(found) => {
                    let (revealed, callback) = *found;
                    let begun = Begun {
                        entry: self.allowed(cx, format!("{}: ", session.id)),
                        exchange,
                        flow,
                        basis,
                        revealed,
                        journal,
                        callback,
                    };
                    return self
                        .carry_through(|app| async move { app.redeem_begun(begun).await })
                        .await;
                }
            }
        }
        Err(busy())
    }

    /// Carries a redemption through. From here on the session ends, one way or the other.
    async fn redeem_begun(self: Arc<Self>, begun: Begun) -> Result<Committed<()>, Error> {
        dies_at("exchange-begun");
        let ending = Ending {
            account: begun.exchange.account,
            session: begun.exchange.sealed.session.clone(),
            journal: begun.journal.id,
            entry: begun.entry.clone(),
        };
        let (kept, reply) = match self.exchange_code(&begun).await {
            Ok(granted) => {
                let kept = self.connect(ending, &granted).await;
                let is_refused = is_refused(&kept);
                (kept, is_refused.then_some(granted.reply))
            }
            Err(Fruitless {
                failure,
                error,
                reply,
            }) => {
                let error = self.fail_session(ending, failure, error).await;
                (Err(error), reply.map(|reply| *reply))
            }
        };
        if let Some(reply) = &reply {
            let unkept = Unkept {
                account: begun.exchange.account,
                provider: begun.basis.provider.id,
                destination: begun.exchange.sealed.session.destination,
                reply,
                entry: self.anew(&begun.entry),
            };
            self.give_back(unkept, &begun.revealed).await;
        }
        kept
    }

    /// Sends the code to the one place that it is sealed for, and keeps the answer before anything
    /// is made of it.
    async fn exchange_code(&self, begun: &Begun) -> Result<GrantedToUser, Fruitless> {
        let unsent = Fruitless::unsent;
        let ended = |error| Fruitless::of(Failure::NotGranted, error);
        let client = self
            .client_at(&begun.basis, &begun.revealed)
            .await
            .map_err(unsent)?;
        let request = self.code_request(begun, &client).await.map_err(unsent)?;
        let (account, journal) = (begun.exchange.account, &begun.journal);
        let awaited = self
            .await_token_reply(account, journal.id, journal.user)
            .await
            .map_err(unsent)?;
        let nonce = self.nonce_of(account, &begun.exchange.sealed).await;
        let nonce = nonce.map_err(unsent)?;
        let answer = self
            .post_for_tokens(begun.basis.provider.id, &client.endpoints.token, &request)
            .await
            .map_err(|Unanswered { silence, error }| {
                if silence.is_unsent() {
                    unsent(error)
                } else {
                    ended(error)
                }
            })?;
        dies_at("exchange-answered");
        let at = self.now();
        self.keep_token_reply(awaited, &answer.reply, at).await;
        dies_at("exchange-kept");
        let dialect = vendor_table::row(begun.revealed.client.vendor).dialect;
        let reply = answer
            .tokens(&dialect, &request)
            .map_err(|error| ended(refused(&answer.host, &error)))?;
        let session = &begun.exchange.sealed.session;
        granted_to_user(reply, session, &begun.revealed.client, (at, &nonce))
    }

    /// What an ID token of this session says, if it says a nonce.
    pub(crate) async fn nonce_of(
        &self,
        account: AccountId,
        sealed: &SealedSession,
    ) -> Result<String, Error> {
        let absent = || Error::inconsistent("authorization_session", "code_verifier");
        let verifier = sealed.code_verifier.as_ref().ok_or_else(absent)?;
        let verifier = self
            .open_of_session(account, &sealed.session, Part::CodeVerifier, verifier)
            .await?;
        Ok(authorization_request::nonce(&pkce::challenge_s256(
            &verifier,
        )))
    }

    async fn code_request(
        &self,
        begun: &Begun,
        client: &ClientAt<'_>,
    ) -> Result<TokenRequest, Error> {
        let account = begun.exchange.account;
        let SealedSession {
            session,
            code_verifier,
            code,
            ..
        } = &begun.exchange.sealed;
        let absent = || Error::inconsistent("authorization_session", "code");
        let code = code.as_ref().ok_or_else(absent)?;
        let code = self
            .open_of_session(account, session, Part::Code, code)
            .await?;
        let verifier = code_verifier.as_ref().ok_or_else(absent)?;
        let verifier = self
            .open_of_session(account, session, Part::CodeVerifier, verifier)
            .await?;
        let redirect_uri = self.callback_url(begun.callback);
        let redirect_uri = EndpointUrl::parse(&redirect_uri).map_err(Error::internal_source)?;
        let ask = CodeRedemption {
            code: &code,
            redirect_uri: &redirect_uri,
            code_verifier: &verifier,
            resources: &begun.flow.resources,
            audiences: &begun.flow.audiences,
        };
        token_request::authorization_code(&ask, &client.authentication()).map_err(unaskable)
    }

    /// Ends a session of which nothing comes, on record; the error to tell. Where nothing was sent, the
    /// code can be redeemed still.
    pub(crate) async fn fail_session(
        &self,
        ending: Ending,
        failure: Option<Failure>,
        error: Error,
    ) -> Error {
        let Ending {
            account,
            session,
            journal,
            mut entry,
        } = ending;
        entry.verdict = Verdict::Deny;
        entry.reason.to_mut().push_str(error.public());
        let id = entry.id;
        let failed = match failure {
            Some(failure) => session.failed(failure),
            None => session.unsent(),
        };
        let written = self
            .store
            .run_tx("fail_code_exchange", move |tx| {
                let mut own = tx.account(account);
                // Somebody else has ended it, and said why.
                if !own.move_authorization_session(&failed)? {
                    return Ok(Outcome::Unrecorded(false));
                }
                own.delete_token_exchange(journal)?;
                Ok(Outcome::Done(true, entry.clone()))
            })
            .await;
        match written {
            Ok(written) if written.value => error.with_record(id),
            Ok(_) => error,
            Err(unwritten) => unwritten,
        }
    }

    /// Keeps what was granted, and ends the session with it.
    pub(crate) async fn connect(
        &self,
        ending: Ending,
        granted: &GrantedToUser,
    ) -> Result<Committed<()>, Error> {
        let (account, journal) = (ending.account, ending.journal);
        for _ in 0..WRITES_MAX {
            // SECURITY: whatever brought the answer here, an agent, another one or a recovery. Held by
            // `who_consents_with_another_account_is_refused_and_nothing_is_kept`.
            let held = self.held_to(&ending, granted).await?;
            if let Some(failure) = held.unmet() {
                // Rare, and in the way of everybody if it were part of this future.
                return Err(Box::pin(self.refuse_account(ending, &held, failure)).await);
            }
            let session = &ending.session;
            let new = self.tokens_of_consent(account, session, granted).await?;
            let mut entry = ending.entry.clone();
            entry.scopes = granted.scopes.iter().map(str::to_owned).collect();
            let about = format!(
                "the user consented; {} generation {} ({}){}",
                new.connection.id,
                new.connection.generation,
                new.access_token.fingerprint(),
                match &new.refresh_token {
                    Some(_) => " with a refresh token",
                    None => "",
                },
            );
            entry.reason.to_mut().push_str(&about);
            let done = session.clone().done();
            let mut refused = entry.clone();
            refused.verdict = Verdict::Deny;
            refused.reason = format!("{}: {ENDED}", session.id).into();
            let committed = self
                .store
                .run_tx("connect", move |tx| {
                    let mut own = tx.account(account);
                    // Another node took this one for dead and did the same before.
                    let found = own.authorization_session(done.id)?;
                    if found.is_some_and(|found| found.session.state == State::Done) {
                        return Ok(Outcome::Unrecorded(true));
                    }
                    // SECURITY: held by `a_pin_that_comes_after_it_was_looked_for_counts`.
                    if !held.still_holds(&mut own)? || !own.put_connection(&new)? {
                        return Ok(Outcome::Unrecorded(false));
                    }
                    // SECURITY: somebody ended the session while the code was redeemed; what came of
                    // it goes with it. Held by
                    // `a_code_that_is_being_redeemed_does_not_bring_it_back`.
                    if !own.move_authorization_session(&done)? {
                        return Ok(Outcome::Refused(Error::denied(ENDED), refused.clone()));
                    }
                    own.delete_token_exchange(journal)?;
                    Ok(Outcome::Done(true, entry.clone()))
                })
                .await?;
            dies_at("exchange-applied");
            if committed.value {
                return Ok(Committed {
                    value: (),
                    record: committed.record,
                });
            }
        }
        Err(busy())
    }
}

const ENDED: &str = "the authorization session was ended while its code was redeemed, and nothing \
                     is kept; ask for a token again to start another";

/// How often tokens are written when others write the same connection.
const WRITES_MAX: u32 = 8;

/// What the end of a session is written with.
pub(crate) struct Ending {
    pub(crate) account: AccountId,
    /// In the version in which the code is redeemed.
    pub(crate) session: AuthorizationSession,
    pub(crate) journal: ExchangeId,
    /// Without the end of its sentence.
    pub(crate) entry: Entry,
}
