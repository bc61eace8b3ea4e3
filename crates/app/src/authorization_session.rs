//! Flows in which users let agents act: how one begins, and the browser's way through it.
//!
//! Nothing here is a caller's word: the browser that comes is a stranger with a link. Who the user
//! is, is proved at the end, by [`crate::session_binding`]; the code is not touched before.

mod callback;
mod opening;

use procura_authority::Reasons;
use procura_core::account::AccountId;
use procura_core::audit::record::Committed;
use procura_core::authorization_session::{
    AuthorizationSession, LIFETIME_S, NotNow, SESSIONS_AT_PROVIDER_MAX, SESSIONS_MAX, SessionUri,
    State,
};
use procura_core::entropy::random_bytes;
use procura_core::error::{Error, Kind};
use procura_core::id::{CallbackId, SessionId};
use procura_core::oauth2_client::Oauth2Client;
use procura_core::permit::{Permit, of};
use procura_core::scope::Scopes;
use procura_core::workload_access_token::Claims;
use procura_core::workload_identity::WorkloadIdentity;
use procura_protocol::oauth::authorization_request::{self, AuthorizationRequest};
use procura_protocol::oauth::endpoint_url::EndpointUrl;
use procura_protocol::oauth::vendor_table;
use procura_store::{Outcome, SealedSession, Tx};

pub use self::opening::{FlowCookie, Redirect, Visit};

use crate::App;
use crate::basis::Basis;
use crate::connection::UserTokenAsked;
use crate::operation::OpCx;
use crate::session_secret::{Flow, Part, as_secret};
use crate::token_endpoint::{outbound_url, unaskable};

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

fn unknown() -> Error {
    Error::not_found(
        "there is no such authorization session, or it ended long ago; start again from the \
         application that sent you here",
    )
}

pub(crate) fn not_now(error: NotNow) -> Error {
    Error::conflict(error.to_string())
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
                    return Ok(Outcome::Unrecorded(Ok(false)));
                }
                let mut own = tx.account(account);
                let open = own.open_authorization_sessions(user.id, session.provider, now)?;
                if let Some(too_many) = too_many(open) {
                    return Ok(Outcome::Unrecorded(Err(too_many)));
                }
                own.insert_authorization_session(&session, &hash, &sealed)?;
                Ok(Outcome::Done(Ok(true), entry.clone()))
            })
            .await?;
        match committed.value {
            Err(too_many) => Err(Error::new(Kind::Throttled, too_many)),
            Ok(false) => Ok(None),
            Ok(true) => Ok(Some(Committed {
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
        if let Some(endpoints) = client.configuration.endpoints() {
            // Nobody consents where the code could not be sent.
            self.outbound.judge(&outbound_url(&endpoints.token)?)?;
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
        let Some(uri) = SessionUri::of_either(uri) else {
            return Ok(None);
        };
        let read = move |tx: &mut Tx<'_>| tx.authorization_session_of_uri(&uri);
        let found = self.store.run_read("authorization_session", read).await?;
        // SECURITY: a session of another account is answered like none.
        Ok(found
            .filter(|(of, _)| *of == account)
            .map(|(_, session)| session))
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

/// Whether a user has as many sessions under way as may be, and as many of these at one provider.
/// SECURITY: an agent that has been told what to do makes no heap of links for its user to open (attack
/// A18). Held by `a_flood_of_sessions_of_one_user_ends`.
fn too_many((of_user, at_provider): (u64, u64)) -> Option<&'static str> {
    if at_provider >= SESSIONS_AT_PROVIDER_MAX {
        return Some(
            "20 authorization sessions of this user at this provider are under way, which is the \
             most; let some of them end: each does 10 minutes after it began",
        );
    }
    (of_user >= SESSIONS_MAX).then_some(
        "too many authorization sessions of this user are under way; let some of them end",
    )
}
