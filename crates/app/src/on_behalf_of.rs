//! Tokens that a provider gives an agent for its user's own token: by token exchange (RFC 8693) or by
//! the token as an assertion (RFC 7523 §2.1). They are asked for anew each time and kept nowhere.
//!
//! It is decided three times: before anything is asked, in the transaction whose record is durable
//! before the user's token leaves, and in the one whose record is durable before the agent has what
//! came back.

mod request;

use procura_authority::Credential;
use procura_core::audit::record::Committed;
use procura_core::connection::missing;
use procura_core::credential_provider::ProviderKind;
use procura_core::error::{Error, Kind};
use procura_core::id::{SubjectTokenId, UserId};
use procura_core::machine_token::TokenRequest;
use procura_core::name::ProviderName;
use procura_core::oauth2_client::{ActorToken, ExchangeGrant, Oauth2Client, OnBehalfOfExchange};
use procura_core::permit::of;
use procura_core::scope::Scopes;
use procura_core::sealing;
use procura_core::secret::{Plain, kind};
use procura_core::time::Timestamp;
use procura_core::user::{User, UserKind};
use procura_core::workload_access_token::Claims;
use procura_protocol::jose::jwt::LEEWAY_S;
use procura_protocol::oauth::token_reply::ReplyError;
use procura_protocol::oauth::token_request::user_token_exchange;
use procura_protocol::oauth::vendor_table;
use procura_store::{Outcome, RevealedClientSecret, RevealedSubjectToken, SubjectTokenFound, Tx};

use self::request::{Acting, Scoped, ask};
use crate::App;
use crate::authorize::ExchangePermits;
use crate::basis::{Basis, DECISIONS_MAX, busy};
use crate::connection::paused;
use crate::delegation::used_up;
use crate::operation::OpCx;
use crate::through::ActedThrough;
use crate::token_endpoint::{ClientAt, refused, unaskable};
use crate::user_proof::subject_token_place;

/// How often is begun anew: for what may change, for endpoints that are found first, and for an actor
/// token that is got first.
const STEPS_MAX: u32 = DECISIONS_MAX + 2;

/// What an agent asks for.
#[derive(Debug)]
pub struct ExchangeAsked {
    /// The name of the provider.
    pub provider: ProviderName,
    /// What of it.
    pub request: TokenRequest,
}

/// A user's own token, as the agent's token names it.
#[derive(Clone, Copy)]
struct Subject {
    user: UserId,
    token: SubjectTokenId,
}

/// A token of the provider's client, which stands for who acts.
struct ClientsToken {
    token: Plain<kind::AccessToken>,
    /// Of the provider that gave it.
    provider_version: u64,
}

/// What is sent, still sealed.
#[derive(Clone)]
struct Revealed {
    client: RevealedClientSecret,
    subject: RevealedSubjectToken,
}

/// What the transaction found before anything is sent.
#[derive(Clone)]
enum Found {
    Ready(Box<Revealed>),
    /// The world changed under the decision.
    Changed,
    /// The user's token is over.
    Over,
}

/// What is about to leave.
struct Sending<'a> {
    basis: &'a Basis,
    subject: Subject,
    revealed: &'a Revealed,
    exchange: &'a OnBehalfOfExchange,
    acting: &'a Acting<'a>,
}

/// What came back.
struct Exchanged {
    token: Plain<kind::AccessToken>,
    /// What it is good for: what the server says, or what was asked where it says nothing.
    scopes: Scopes,
    provider_version: u64,
    subject: SubjectTokenId,
}

fn not_proved() -> Error {
    Error::field(
        "workloadIdentityToken",
        "this workload access token is not of a user who was proved, so there is no token to \
         exchange; get one with GetWorkloadAccessTokenForJWT, by the user's own token",
    )
}

fn not_configured() -> Error {
    Error::field(
        "oauth2Flow",
        "this provider is not configured to exchange users' tokens; an administrator can add \
         onBehalfOfTokenExchangeConfig to it",
    )
}

fn over() -> Error {
    let text = "the user's own token has expired; get a new one of the user, and by it a new \
                workload access token with GetWorkloadAccessTokenForJWT";
    Error::new(Kind::Unproved, text)
}

fn fewer() -> Error {
    let text = "the provider granted fewer scopes than were asked for; ask for those that the \
                user may have";
    Error::field("scopes", text)
}

/// The user's own token by which the bearer of `claims` was minted.
fn subject_of(claims: &Claims) -> Result<Subject, Error> {
    match (claims.user, claims.subject_token) {
        (
            Some(User {
                id,
                kind: UserKind::Verified,
            }),
            Some(token),
        ) => Ok(Subject { user: id, token }),
        (_, _) => Err(not_proved()),
    }
}

impl App {
    /// Gives the agent of `token` what the provider gives for the token of its user, if the agent, its
    /// user and a grant all allow it, before and after.
    pub async fn exchange_user_token(
        &self,
        cx: &mut OpCx,
        token: &str,
        asked: &ExchangeAsked,
    ) -> Result<Committed<Plain<kind::AccessToken>>, Error> {
        cx.about.resource = Some(format!("oauth2-provider/{}", asked.provider));
        let claims = self.open_token(cx, token).await?;
        let subject = subject_of(&claims)?;
        let mut of_client = None;
        for _ in 0..STEPS_MAX {
            let exchanged = self
                .exchange(cx, &claims, subject, asked, &mut of_client)
                .await?;
            // Time may have gone by outside; what follows happens now.
            cx.now = self.now();
            if let Some(exchanged) = exchanged {
                return self.give_exchanged(cx, &claims, asked, exchanged).await;
            }
        }
        Err(busy())
    }

    /// One decision and what follows from it; none where it is to be taken anew.
    async fn exchange(
        &self,
        cx: &mut OpCx,
        claims: &Claims,
        subject: Subject,
        asked: &ExchangeAsked,
        of_client: &mut Option<ClientsToken>,
    ) -> Result<Option<Exchanged>, Error> {
        let kind = ProviderKind::Oauth2;
        let basis = self.basis(cx, claims, kind, &asked.provider).await?;
        let scopes = &asked.request.scopes;
        self.check_unpaused(cx, claims, &basis).await?;
        let (permits, reasons) = self.authorize_exchange(cx, claims, &basis, scopes)?;
        self.circuits.check(basis.provider.id, cx.now)?;
        let Some(client) = self.client_to_exchange_by(&basis).await? else {
            return Ok(None);
        };
        let exchange = client.exchange().ok_or_else(not_configured)?;
        let without_tokens = ask(&client, &exchange, &asked.request, &Acting::Nobody);
        without_tokens.check().map_err(unaskable)?;
        let version = basis.provider.version;
        let is_known = |known: &ClientsToken| known.provider_version == version;
        let needs_clients_token = exchange.actor == Some(ActorToken::ClientCredentials)
            && !of_client.as_ref().is_some_and(is_known);
        if client.configuration.endpoints().is_none() || needs_clients_token {
            // The client's secret goes out for it. SECURITY: that takes its time, and all is decided
            // on once more before the user's token is touched. Held by
            // `who_was_stopped_before_an_exchange_has_no_token_sent`.
            let secret = (permits.client, reasons);
            if let Some(revealed) = self.reveal_client(cx, &basis, secret).await? {
                *of_client = self
                    .prepare_exchange(cx, &basis, &revealed, &exchange)
                    .await?;
            }
            return Ok(None);
        }
        let acting = self
            .acting(cx, &basis, &client, &exchange, of_client.as_ref())
            .await?;
        let under = reasons.under();
        let (name, asked_for) = (&basis.agent.name, Scoped(scopes));
        let said = format!("sent to be exchanged for {name}{under}, for {asked_for}{acting}");
        let found = self
            .reveal_subject(
                cx,
                &basis,
                permits,
                (subject, client, exchange.clone()),
                (claims, said),
            )
            .await?;
        let revealed = match found {
            Found::Changed => return Ok(None),
            Found::Over => return Err(over()),
            Found::Ready(revealed) => revealed,
        };
        let sending = Sending {
            basis: &basis,
            subject,
            revealed: &revealed,
            exchange: &exchange,
            acting: &acting,
        };
        self.send(sending, &asked.request).await.map(Some)
    }

    /// SECURITY: what the user paused, no other flow gives either, nor to whoever acts through the agent.
    /// Held by `an_exchange_does_not_ask_around_a_pause`.
    async fn check_unpaused(
        &self,
        cx: &mut OpCx,
        claims: &Claims,
        basis: &Basis,
    ) -> Result<(), Error> {
        if let Some(user) = claims.user {
            self.known_connection(cx, claims, basis, user).await?;
        }
        if basis.through.iter().any(ActedThrough::is_paused) {
            return Err(paused());
        }
        Ok(())
    }

    async fn client_to_exchange_by(&self, basis: &Basis) -> Result<Option<Oauth2Client>, Error> {
        let (account, provider) = (basis.account, basis.provider.id);
        let read = move |tx: &mut Tx<'_>| tx.account(account).oauth2_client(provider);
        let found = self.store.look_up("oauth2_client", read).await?;
        Ok(found.map(|(client, _)| client))
    }

    /// What has to be there before a user's token is touched: the endpoints, and then a token of the
    /// client's own, if that is to be the actor's. The secret for it is on record.
    async fn prepare_exchange(
        &self,
        cx: &OpCx,
        basis: &Basis,
        revealed: &RevealedClientSecret,
        exchange: &OnBehalfOfExchange,
    ) -> Result<Option<ClientsToken>, Error> {
        if revealed.client.configuration.endpoints().is_none() {
            self.discover(cx, basis, revealed).await?;
            return Ok(None);
        }
        let scopes = exchange.actor_scopes.as_deref().unwrap_or_default();
        let request = TokenRequest {
            scopes: Scopes::from_items(scopes)
                .map_err(|_| Error::inconsistent("oauth2_client", "configuration"))?,
            ..TokenRequest::default()
        };
        let granted = self.ask_as_client(basis, revealed, &request).await?;
        Ok(Some(ClientsToken {
            token: granted.token,
            provider_version: basis.provider.version,
        }))
    }

    /// Who is said to act.
    async fn acting<'a>(
        &self,
        cx: &OpCx,
        basis: &Basis,
        client: &Oauth2Client,
        exchange: &OnBehalfOfExchange,
        of_client: Option<&'a ClientsToken>,
    ) -> Result<Acting<'a>, Error> {
        match (exchange.actor, of_client, client.configuration.endpoints()) {
            (Some(ActorToken::ClientCredentials), Some(known), _) => {
                Ok(Acting::Client(&known.token))
            }
            (Some(ActorToken::IdentityToken), _, Some(endpoints)) => {
                let about = self.token_about_agent(cx, &basis.agent, &endpoints.token);
                let (token, jti) = about.await?;
                Ok(Acting::Agent(token, jti))
            }
            (None | Some(ActorToken::None), _, _) => Ok(Acting::Nobody),
            (Some(_), _, _) => Err(Error::internal("an actor is named before it is known")),
        }
    }

    /// The user's token and the client's secret, both sealed, on record: after this they leave.
    async fn reveal_subject(
        &self,
        cx: &OpCx,
        basis: &Basis,
        permits: ExchangePermits,
        (subject, client, exchange): (Subject, Oauth2Client, OnBehalfOfExchange),
        (claims, said): (&Claims, String),
    ) -> Result<Found, Error> {
        let (held, account, now) = (basis.clone(), basis.account, cx.now);
        let entry = self.allowed(cx, format!("user's token {}", subject.token));
        let (uses, refused) = (claims.uses.clone(), self.refusal(cx, &used_up()));
        let committed = self
            .store
            .run_tx("exchange_user_token", move |tx| {
                // SECURITY: what the decision rests on is read again with the record: for whom was
                // stopped since, no user's token leaves.
                if !held.still_holds(tx)? {
                    return Ok(Outcome::Unrecorded(Found::Changed));
                }
                let mut own = tx.account(account);
                let Some(secret) = own.reveal_client_secret(&permits.client)? else {
                    return Ok(Outcome::Unrecorded(Found::Changed));
                };
                if secret.client != client {
                    return Ok(Outcome::Unrecorded(Found::Changed));
                }
                let users_token = &permits.users_token;
                match own.reveal_subject_token(users_token, subject.user, subject.token)? {
                    SubjectTokenFound::Changed => Ok(Outcome::Unrecorded(Found::Changed)),
                    SubjectTokenFound::Kept(token) if !is_over(&token, now) => {
                        // The user's token is let out here, whatever comes of it. Held by
                        // `an_exchange_is_a_use_of_a_task`.
                        if !own.take_task_uses(&uses)? {
                            return Ok(Outcome::Refused(used_up(), refused.clone()));
                        }
                        let mut entry = entry.clone();
                        let print = token.sealed.fingerprint();
                        let by = proved_by(&secret, &exchange);
                        let about = format!(" ({print}) {said}; {by}");
                        entry.reason.to_mut().push_str(&about);
                        let revealed = Revealed {
                            client: secret,
                            subject: token,
                        };
                        Ok(Outcome::Done(Found::Ready(Box::new(revealed)), entry))
                    }
                    SubjectTokenFound::Kept(_) | SubjectTokenFound::Absent => {
                        Ok(Outcome::Unrecorded(Found::Over))
                    }
                }
            })
            .await?;
        Ok(committed.value)
    }

    /// Sends it, and reads what comes back.
    async fn send(&self, what: Sending<'_>, asked: &TokenRequest) -> Result<Exchanged, Error> {
        let (account, provider) = (what.basis.account, &what.basis.provider);
        let (secret, subject) = (&what.revealed.client, what.subject);
        let client = &secret.client;
        let endpoints = client.configuration.endpoints();
        let endpoints =
            endpoints.ok_or_else(|| Error::inconsistent("oauth2_client", "configuration"))?;
        let sealed = &what.revealed.subject.sealed;
        let key = self.key_of(sealed).await?;
        let place = subject_token_place(self.deployment, account, subject.user, &subject.token);
        let token = sealing::open(&key, &place, sealed).map_err(Error::internal_source)?;
        let ask = ask(client, what.exchange, asked, what.acting);
        // A client that does not prove itself has its secret opened for nothing.
        let proved = if what.exchange.no_client {
            None
        } else {
            Some(self.client_at(what.basis, secret).await?)
        };
        let authentication = proved.as_ref().map(ClientAt::authentication);
        let request =
            user_token_exchange(&ask, &token, authentication.as_ref()).map_err(unaskable)?;
        drop(token);
        let answer = self
            .post_for_tokens(provider.id, &endpoints.token, &request)
            .await?;
        let dialect = vendor_table::row(client.vendor).dialect;
        let no = |error: ReplyError| refused(&answer.host, &error);
        let reply = answer.tokens(&dialect, &request).map_err(no)?;
        let is_exchange = what.exchange.grant == ExchangeGrant::TokenExchange;
        reply
            .check_issued(is_exchange)
            .map_err(|error| no(error.into()))?;
        let scopes = reply.granted(&asked.scopes);
        // What was asked for is got whole or not at all: the agent would find out at the resource, in
        // the middle of work.
        if !missing(&asked.scopes, &scopes).is_empty() {
            return Err(fewer());
        }
        Ok(Exchanged {
            token: reply.access_token,
            scopes,
            provider_version: provider.version,
            subject: subject.token,
        })
    }

    /// Gives what came back, if it may be given for what it is good for.
    async fn give_exchanged(
        &self,
        cx: &mut OpCx,
        claims: &Claims,
        asked: &ExchangeAsked,
        exchanged: Exchanged,
    ) -> Result<Committed<Plain<kind::AccessToken>>, Error> {
        let kind = ProviderKind::Oauth2;
        for _ in 0..DECISIONS_MAX {
            let basis = self.basis(cx, claims, kind, &asked.provider).await?;
            if basis.provider.version != exchanged.provider_version {
                break;
            }
            self.check_unpaused(cx, claims, &basis).await?;
            // SECURITY: decided for what was granted. A provider that grants more than was asked for
            // makes no grant grow. Held by `an_exchange_that_grants_more_needs_a_grant_of_that`.
            let credential = Credential::ExchangedToken(&exchanged.scopes);
            let (permit, reasons) =
                self.authorize_use::<of::ExchangeUserToken>(cx, claims, &basis, credential)?;
            let (under, account) = (reasons.under(), basis.account);
            let (name, scoped) = (&basis.agent.name, Scoped(&exchanged.scopes));
            let subject = exchanged.subject;
            let said = format!(
                "released to {name}{under}; exchanged for the user's token {subject}, for {scoped}"
            );
            let entry = self.allowed(cx, said);
            let committed = self
                .store
                .run_tx("release_exchanged_token", move |tx| {
                    let provider = basis.provider.id;
                    let holds = basis.still_holds(tx)?;
                    let now = tx.account(account).credential_provider_by_id(provider)?;
                    let is_same =
                        now.is_some_and(|now| permit.covers(now.id.as_bytes(), now.version));
                    if holds && is_same {
                        Ok(Outcome::Done(true, entry.clone()))
                    } else {
                        Ok(Outcome::Unrecorded(false))
                    }
                })
                .await?;
            if committed.value {
                self.agent_uses.note(account, claims.agent, cx.now);
                return Ok(Committed {
                    value: exchanged.token,
                    record: committed.record,
                });
            }
        }
        Err(busy())
    }
}

/// Whether a user's token is over for others, who may be less tolerant of clocks than we are.
fn is_over(token: &RevealedSubjectToken, now: Timestamp) -> bool {
    now >= token.expires_at.plus_seconds(-LEEWAY_S)
}

/// As whom it is asked, for a record.
fn proved_by(secret: &RevealedClientSecret, exchange: &OnBehalfOfExchange) -> String {
    if exchange.no_client {
        "as no client".to_owned()
    } else {
        let (version, print) = (secret.secret_version, secret.sealed.fingerprint());
        format!("client secret {version} ({print})")
    }
}
