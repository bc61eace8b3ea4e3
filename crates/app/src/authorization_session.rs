//! Flows in which users let agents act: how one begins, and the browser's way through it.
//!
//! Nothing here is a caller's word: the browser that comes is a stranger with a link. Who the user
//! is, is proved at the end, by [`crate::session_binding`]; the code is not touched before.

use procura_authority::Reasons;
use procura_core::account::AccountId;
use procura_core::audit::record::{Committed, Entry, Verdict};
use procura_core::authorization_session::{
    AuthorizationSession, Failure, LIFETIME_S, NotNow, SESSIONS_MAX, SessionUri, State,
};
use procura_core::digest::sha256;
use procura_core::entropy::random_bytes;
use procura_core::error::{Error, Kind};
use procura_core::id::{CallbackId, RecordId, RequestId, SessionId};
use procura_core::oauth2_client::Oauth2Client;
use procura_core::permit::{Permit, of};
use procura_core::sabotage::dies_at;
use procura_core::scope::Scopes;
use procura_core::secret::{Plain, kind};
use procura_core::time::Timestamp;
use procura_core::workload_access_token::Claims;
use procura_core::workload_identity::{AgentState, WorkloadIdentity};
use procura_protocol::oauth::authorization_request::{self, AuthorizationRequest};
use procura_protocol::oauth::authorization_response::{
    self, AuthorizationResponse, IssuerError, check_issuer,
};
use procura_protocol::oauth::endpoint_url::EndpointUrl;
use procura_protocol::oauth::issuer::Issuer;
use procura_protocol::oauth::pkce;
use procura_protocol::oauth::vendor_table;
use procura_store::{Opening, Outcome, SealedSession, Tx};
use url::Url;

use crate::App;
use crate::basis::Basis;
use crate::connection::UserTokenAsked;
use crate::operation::OpCx;
use crate::session_secret::{Flow, Part, as_secret};
use crate::token_endpoint::unaskable;

/// What a record calls a user's way back from a provider.
const CALLBACK: &str = "AuthorizationResponse";

/// A session that a user has to go through.
#[derive(Clone)]
pub struct Begun {
    /// What opens it; it is also what the caller asks by.
    pub uri: SessionUri,
    /// Where the user's browser is to be sent.
    pub authorization_url: String,
}

impl std::fmt::Debug for Begun {
    /// The URL has in it what opens the session.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Begun([secret])")
    }
}

/// Where a browser goes from here.
pub struct Redirect {
    /// The URL.
    pub location: String,
    /// A cookie that this browser gets or loses.
    pub cookie: FlowCookie,
}

impl std::fmt::Debug for Redirect {
    /// The location has in it what the provider sends back, or what opens the session.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Redirect([secret])")
    }
}

/// The cookie by which the browser that comes back is known to be the one that left.
#[derive(Debug)]
pub struct FlowCookie {
    /// Its name, another for each session: a browser can be in several.
    pub name: String,
    /// Its value; none takes it away.
    pub value: Option<Plain<kind::FlowSecret>>,
}

/// A browser that came to a page of ours, and what is known of it.
#[derive(Debug, Clone)]
pub struct Visit {
    /// When.
    pub now: Timestamp,
    /// The request, as logs and records name it.
    pub request: RequestId,
    /// From where.
    pub peer: String,
}

fn unknown() -> Error {
    Error::not_found(
        "there is no such authorization session, or it ended long ago; start again from the \
         application that sent you here",
    )
}

pub(crate) fn not_now(error: NotNow) -> Error {
    Error::conflict(error.to_string())
}

/// The name of a session's cookie. It says nothing of the session to anybody else.
fn cookie_name(session: &AuthorizationSession, is_secure: bool) -> String {
    let prefix = if is_secure { "__Host-" } else { "" };
    let own = sha256(&[b"procura flow cookie v1", session.id.as_bytes()]);
    let digits: String = hex::encode(own).chars().take(12).collect();
    format!("{prefix}procura_flow_{digits}")
}

impl App {
    /// Begins a session for what `asked` wants beyond `known`. The caller has been decided on; none
    /// when the world changed since.
    pub(crate) async fn begin_session(
        &self,
        cx: &mut OpCx,
        claims: &Claims,
        basis: &Basis,
        asked: &UserTokenAsked,
        known: &Scopes,
    ) -> Result<Option<Committed<Begun>>, Error> {
        let user = claims.user.ok_or_else(|| Error::internal("no user"))?;
        let return_url = self.return_url(&basis.agent, asked.return_url.as_deref())?;
        let scopes = asked.scopes.union(known);
        let scopes = scopes.map_err(|error| Error::field("scopes", error.to_string()))?;
        let decision = self.authorize_consent(cx, claims, basis, &scopes)?;
        let Some((client, callback)) = self.client_to_send_to(cx, basis, decision).await? else {
            return Ok(None);
        };
        let uri = SessionUri::new(self.with_rng(random_bytes::<32>));
        let session = AuthorizationSession {
            id: self.with_rng(|rng| SessionId::generate(cx.now, rng)),
            agent: basis.agent.id,
            user,
            provider: basis.provider.id,
            destination: client.configuration.destination(),
            scopes,
            return_url,
            state: State::Created,
            openings: 0,
            cookie: None,
            created_at: cx.now,
            expires_at: cx.now.plus_seconds(LIFETIME_S),
            version: 1,
        };
        let flow = Flow {
            claims: claims.clone(),
            custom_state: asked.custom_state.clone(),
            parameters: asked.parameters.clone(),
            resources: asked.resources.clone(),
            audiences: asked.audiences.clone(),
            force: asked.force,
            uri: uri.as_str().to_owned(),
        };
        // What cannot be asked is told to who asks, and not to the user.
        let redirect_uri = self.callback_url(callback);
        authorization_url(
            &client,
            &redirect_uri,
            &session,
            &flow,
            "x",
            &"x".repeat(43),
        )?;
        let account = basis.account;
        let sealed = self
            .seal_for_session(account, &session, Part::Flow, &as_secret(&flow)?)
            .await?;
        let mut entry = self.allowed(cx, format!("{} began; the user has to consent", session.id));
        entry.scopes = session.scopes.iter().map(str::to_owned).collect();
        let (hash, now, held) = (uri.hash(), cx.now, basis.clone());
        let committed = self
            .store
            .run_tx("begin_authorization_session", move |tx| {
                if !held.still_holds(tx)? {
                    return Ok(Outcome::Unrecorded(Some(false)));
                }
                let mut own = tx.account(account);
                let open = own.open_authorization_sessions(user.id, now)?;
                if usize::try_from(open).is_ok_and(|open| open >= SESSIONS_MAX) {
                    return Ok(Outcome::Unrecorded(None));
                }
                own.insert_authorization_session(&session, &hash, &sealed)?;
                Ok(Outcome::Done(Some(true), entry.clone()))
            })
            .await?;
        match committed.value {
            None => Err(too_many()),
            Some(false) => Ok(None),
            Some(true) => Ok(Some(Committed {
                value: self.begun(uri),
                record: committed.record,
            })),
        }
    }

    /// What a caller needs of the session that `uri` opens.
    pub(crate) fn begun(&self, uri: SessionUri) -> Begun {
        let query: String = url::form_urlencoded::byte_serialize(uri.as_str().as_bytes()).collect();
        Begun {
            authorization_url: format!(
                "{}/identities/oauth2/authorize?request_uri={query}",
                self.endpoint
            ),
            uri,
        }
    }

    /// Where the browser goes in the end: a URL that an administrator registered for the agent, in
    /// the very letters, or the page of our own.
    fn return_url(&self, agent: &WorkloadIdentity, asked: Option<&str>) -> Result<String, Error> {
        let field = "resourceOauth2ReturnUrl";
        let own = self.binding_page.as_deref();
        match asked {
            None => own.map(str::to_owned).ok_or_else(|| {
                Error::field(
                    field,
                    "name the URL to which the user comes back in the end",
                )
            }),
            // SECURITY: attack 8 of the catalogue ends here, too: a session whose end an attacker
            // can read is one that the attacker can complete. Exact, so that no part of a path or
            // a query is anybody's choice.
            Some(url) if agent.return_urls.iter().any(|own| own == url) => Ok(url.to_owned()),
            Some(url) if own == Some(url) => Ok(url.to_owned()),
            Some(_) => Err(Error::field(
                field,
                format!(
                    "this URL is not registered for workload identity {}; an administrator can \
                     add it to allowedResourceOauth2ReturnUrls with UpdateWorkloadIdentity",
                    agent.name
                ),
            )),
        }
    }

    /// The client as whom users are sent away, when it is known where to; none after that was found
    /// out and written down.
    async fn client_to_send_to(
        &self,
        cx: &mut OpCx,
        basis: &Basis,
        decision: (Permit<of::UseClientSecret>, Reasons),
    ) -> Result<Option<(Oauth2Client, CallbackId)>, Error> {
        let (account, provider) = (basis.account, basis.provider.id);
        let read = move |tx: &mut Tx<'_>| tx.account(account).oauth2_client(provider);
        let found = self.store.run_read("oauth2_client", read).await?;
        let (client, callback) =
            found.ok_or_else(|| Error::inconsistent("oauth2_client", "provider"))?;
        if client.configuration.endpoints().is_some() {
            return Ok(Some((client, callback)));
        }
        if let Some(revealed) = self.reveal_client(cx, basis, decision).await? {
            self.discover(cx, basis, &revealed).await?;
        }
        Ok(None)
    }

    /// The session that `uri` opens, for a caller of `account`.
    pub(crate) async fn session_of_uri(
        &self,
        account: AccountId,
        uri: &str,
    ) -> Result<Option<SealedSession>, Error> {
        let Some(uri) = SessionUri::parse(uri) else {
            return Ok(None);
        };
        let read = move |tx: &mut Tx<'_>| tx.authorization_session_of_uri(&uri);
        let found = self.store.run_read("authorization_session", read).await?;
        // SECURITY: a session of another account is answered like none.
        Ok(found
            .filter(|(of, _)| *of == account)
            .map(|(_, session)| session))
    }

    /// A browser opens the link of a session: it goes to the provider, and is known when it comes
    /// back.
    pub async fn open_session(&self, visit: &Visit, uri: &str) -> Result<Redirect, Error> {
        let uri = SessionUri::parse(uri).ok_or_else(unknown)?;
        let read = move |tx: &mut Tx<'_>| {
            let Some((account, sealed)) = tx.authorization_session_of_uri(&uri)? else {
                return Ok(None);
            };
            let mut own = tx.account(account);
            let agent = own.workload_identity_by_id(sealed.session.agent)?;
            let client = own.oauth2_client(sealed.session.provider)?;
            Ok(Some((account, sealed, agent, client)))
        };
        let found = self.store.run_read("authorization_session", read).await?;
        let (account, sealed, agent, client) = found.ok_or_else(unknown)?;
        let (client, callback) = client.ok_or_else(unknown)?;
        let cookie = self.with_rng(random_bytes::<32>);
        let session = sealed
            .session
            .opened(sha256(&[&cookie]), visit.now)
            .map_err(not_now)?;
        let is_active = agent.is_some_and(|agent| agent.state == AgentState::Active);
        if !is_active || client.configuration.destination() != session.destination {
            return Err(not_now(NotNow::Failed(Failure::Changed)));
        }
        let flow = self.flow_of(account, &session, &sealed.flow).await?;
        let state = hex::encode(self.with_rng(random_bytes::<32>));
        let verifier = self.with_rng(pkce::code_verifier);
        let redirect_uri = self.callback_url(callback);
        let challenge = pkce::challenge_s256(&verifier);
        let location =
            authorization_url(&client, &redirect_uri, &session, &flow, &state, &challenge)?;
        let opening = Opening {
            code_verifier: self
                .seal_for_session(account, &session, Part::CodeVerifier, &verifier)
                .await?,
            state_hash: sha256(&[state.as_bytes()]),
        };
        let name = cookie_name(&session, self.is_https());
        let written = self
            .store
            .run_tx("open_authorization_session", move |tx| {
                tx.account(account)
                    .open_authorization_session(&session, &opening)
                    .map(Outcome::Unrecorded)
            })
            .await?;
        if !written.value {
            return Err(Error::conflict(
                "the link was opened twice at the same moment; open it once more",
            ));
        }
        let value = Plain::new(hex::encode(cookie).into_bytes());
        Ok(Redirect {
            location,
            cookie: FlowCookie {
                name,
                value: Some(value),
            },
        })
    }

    /// Whether browsers reach us under a secure origin.
    fn is_https(&self) -> bool {
        self.endpoint.starts_with("https://")
    }

    /// A browser comes back from a provider, to `callback`, with `query`. `cookie` finds the value
    /// of one of its cookies.
    pub async fn call_back(
        &self,
        visit: &Visit,
        callback: &str,
        query: &str,
        cookie: impl Fn(&str) -> Option<String> + Send,
    ) -> Result<Redirect, Error> {
        let response = authorization_response::parse(query)
            .map_err(|error| Error::new(Kind::Caller, error.to_string()))?;
        let state_hash = sha256(&[response.state().as_bytes()]);
        let read = move |tx: &mut Tx<'_>| {
            let Some((account, sealed)) = tx.authorization_session_of_state(&state_hash)? else {
                return Ok(None);
            };
            let client = tx.account(account).oauth2_client(sealed.session.provider)?;
            Ok(client.map(|client| (account, sealed, client)))
        };
        let found = self.store.run_read("authorization_session", read).await?;
        let (account, sealed, (client, expected)) = found.ok_or_else(unknown)?;
        let name = cookie_name(&sealed.session, self.is_https());
        let shown = cookie(&name).and_then(|value| hex::decode(value).ok());
        let shown = shown.map(|bytes| sha256(&[&bytes]));
        // SECURITY: before anything else, and without a trace in the session: whoever is not that
        // browser can neither finish nor spoil it (attacks 1 and 8).
        sealed
            .session
            .check_browser(shown.as_ref())
            .map_err(not_now)?;
        let back = CameBack {
            account,
            sealed,
            name,
            response,
            is_own_callback: CallbackId::from_uuid_text(callback) == Some(expected),
        };
        self.came_back(visit, back, &client).await
    }

    async fn came_back(
        &self,
        visit: &Visit,
        back: CameBack,
        client: &Oauth2Client,
    ) -> Result<Redirect, Error> {
        let session = back.sealed.session.clone();
        let again = match session.state {
            // The browser loads the page again: it is sent where it was sent before.
            State::CalledBack | State::Exchanging | State::Done => Some(None),
            State::Failed(failure) => Some(Some(failure)),
            State::Created => None,
        };
        let failed = match again {
            Some(failed) => failed,
            None => self.take_response(visit, &back, client).await?,
        };
        let flow = self
            .flow_of(back.account, &session, &back.sealed.flow)
            .await?;
        let location = returned(&session, &flow, failed)?;
        Ok(Redirect {
            location,
            cookie: FlowCookie {
                name: back.name,
                value: None,
            },
        })
    }

    /// Makes of a response what it is good for: a code that is kept, or the end of the session.
    async fn take_response(
        &self,
        visit: &Visit,
        back: &CameBack,
        client: &Oauth2Client,
    ) -> Result<Option<Failure>, Error> {
        dies_at("code-returned");
        let (account, session) = (back.account, &back.sealed.session);
        let failure = failure_of(back, client);
        let said = match (&back.response, failure) {
            (_, None) => "the user came back with a code".to_owned(),
            (AuthorizationResponse::Refused { error, .. }, Some(failure)) => {
                let code = error.as_deref().unwrap_or("an unreadable error");
                format!("{}: {code}", failure.said())
            }
            (AuthorizationResponse::Code { .. }, Some(failure)) => failure.said().to_owned(),
        };
        let verdict = match failure {
            None => Verdict::Allow,
            Some(_) => Verdict::Deny,
        };
        let entry = self.entry_of_visit(visit, account, session, verdict, &said);
        let written = match (&back.response, failure) {
            (AuthorizationResponse::Code { code, .. }, None) => {
                let session = session.clone().called_back(visit.now).map_err(not_now)?;
                let code = self
                    .seal_for_session(account, &session, Part::Code, code)
                    .await?;
                self.store
                    .run_tx("keep_authorization_code", move |tx| {
                        if tx
                            .account(account)
                            .keep_authorization_code(&session, &code)?
                        {
                            Ok(Outcome::Done(true, entry.clone()))
                        } else {
                            Ok(Outcome::Unrecorded(false))
                        }
                    })
                    .await?
            }
            (_, failure) => {
                let failure = failure.unwrap_or(Failure::Refused);
                let session = session.clone().failed(failure);
                self.store
                    .run_tx("fail_authorization_session", move |tx| {
                        if tx.account(account).move_authorization_session(&session)? {
                            Ok(Outcome::Done(true, entry.clone()))
                        } else {
                            Ok(Outcome::Unrecorded(false))
                        }
                    })
                    .await?
            }
        };
        dies_at("code-kept");
        if written.value {
            Ok(failure)
        } else {
            Err(Error::conflict(
                "the answer came twice at the same moment; go back to the application",
            ))
        }
    }

    /// The record of what a browser brought.
    fn entry_of_visit(
        &self,
        visit: &Visit,
        account: AccountId,
        session: &AuthorizationSession,
        verdict: Verdict,
        said: &str,
    ) -> Entry {
        let id = self.with_rng(|rng| RecordId::generate(visit.now, rng));
        let said = format!("{}: {said}", session.id);
        let mut entry =
            Entry::new(id, visit.now, CALLBACK, verdict, said).for_user(Some(session.user));
        entry.account = Some(account);
        entry.agent = Some(session.agent);
        entry.provider = Some(session.provider);
        entry.request = Some(visit.request.to_string());
        entry.peer = Some(visit.peer.clone());
        entry
    }
}

/// A browser that is known, and what it brought.
struct CameBack {
    account: AccountId,
    sealed: SealedSession,
    /// The name of its cookie.
    name: String,
    response: AuthorizationResponse,
    /// Whether it came to the callback URL of the provider that it was sent to.
    is_own_callback: bool,
}

/// Why nothing comes of a response, if nothing does.
fn failure_of(back: &CameBack, client: &Oauth2Client) -> Option<Failure> {
    // SECURITY: each provider has a callback URL of its own; a response at another's is from
    // somebody else than who was asked (attacks 6 and 7), whatever it says.
    if !back.is_own_callback {
        return Some(Failure::MixedUp);
    }
    if client.configuration.destination() != back.sealed.session.destination {
        return Some(Failure::Changed);
    }
    let endpoints = client.configuration.endpoints();
    let issuer = endpoints.and_then(|endpoints| endpoints.issuer.as_deref());
    let issuer = issuer.and_then(|issuer| Issuer::parse(issuer).ok());
    let names_itself = endpoints.is_some_and(|endpoints| endpoints.names_itself);
    match check_issuer(back.response.iss(), issuer.as_ref(), names_itself) {
        // An `iss` of a server whose name nobody told says nothing.
        Ok(()) | Err(IssuerError::Unknown) => {}
        Err(IssuerError::Missing | IssuerError::Mismatch) => return Some(Failure::MixedUp),
    }
    match &back.response {
        AuthorizationResponse::Code { .. } => None,
        AuthorizationResponse::Refused { error, .. } => match error.as_deref() {
            Some("access_denied") => Some(Failure::NotConsented),
            _ => Some(Failure::Refused),
        },
    }
}

fn authorization_url(
    client: &Oauth2Client,
    redirect_uri: &str,
    session: &AuthorizationSession,
    flow: &Flow,
    state: &str,
    code_challenge: &str,
) -> Result<String, Error> {
    let row = vendor_table::row(client.vendor);
    let endpoints = client.configuration.endpoints();
    // SECURITY: without PKCE a code that leaks is worth a token (attack 14 of the catalogue).
    if endpoints.is_some_and(|endpoints| endpoints.lacks_s256) {
        return Err(Error::conflict(
            "the provider says that it does not know PKCE with S256; users are not sent there",
        ));
    }
    let endpoint = endpoints
        .and_then(|endpoints| endpoints.authorization.as_deref())
        .ok_or_else(|| {
            Error::conflict(
                "the provider has no authorization endpoint; an administrator has to name one",
            )
        })?;
    authorization_request::url(&AuthorizationRequest {
        endpoint: &EndpointUrl::parse(endpoint).map_err(Error::internal_source)?,
        client_id: &client.configuration.client_id,
        redirect_uri: &EndpointUrl::parse(redirect_uri).map_err(Error::internal_source)?,
        scopes: &session.scopes,
        separator: row.dialect.request_separator,
        state,
        code_challenge,
        resources: &flow.resources,
        audiences: &flow.audiences,
        switches: vendor_table::switches(client.vendor),
        force: flow.force,
        custom: &flow.parameters,
    })
    .map_err(unaskable)
}

/// Where the browser goes when the provider is done with it.
fn returned(
    session: &AuthorizationSession,
    flow: &Flow,
    failed: Option<Failure>,
) -> Result<String, Error> {
    let mut url = Url::parse(&session.return_url).map_err(Error::internal_source)?;
    {
        let mut query = url.query_pairs_mut();
        query.append_pair("session_id", &flow.uri);
        if let Some(state) = &flow.custom_state {
            query.append_pair("state", state);
        }
        if let Some(failed) = failed {
            // RFC 6749 §4.1.2.1 has words for these two.
            let error = match failed {
                Failure::NotConsented => "access_denied",
                _ => "server_error",
            };
            query.append_pair("error", error);
        }
    }
    Ok(url.into())
}

fn too_many() -> Error {
    let text = "too many authorization sessions of this user are under way; let some of them end";
    Error::new(Kind::Throttled, text)
}
