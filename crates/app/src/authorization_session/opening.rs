//! A browser opens the link of a session, and goes to the provider from there.

use procura_core::authorization_session::{
    AuthorizationSession, BrowserProof, Failure, NotNow, SessionUri,
};
use procura_core::digest::sha256;
use procura_core::entropy::random_bytes;
use procura_core::error::Error;
use procura_core::id::RequestId;
use procura_core::secret::{Plain, kind};
use procura_core::time::Timestamp;
use procura_protocol::oauth::pkce;
use procura_store::{Opening, Outcome, Tx};

use super::{authorization_url, not_now, unknown};
use crate::App;
use crate::session_secret::Part;

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

/// The name of a session's cookie. It says nothing of the session to anybody else.
pub(super) fn cookie_name(session: &AuthorizationSession, is_secure: bool) -> String {
    let prefix = if is_secure { "__Host-" } else { "" };
    let own = sha256(&[b"procura flow cookie v1", session.id.as_bytes()]);
    let digits: String = hex::encode(own).chars().take(12).collect();
    format!("{prefix}procura_flow_{digits}")
}

impl App {
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
            .opened(BrowserProof::of_cookie(&cookie).hash(), visit.now)
            .map_err(not_now)?;
        let is_active = agent.is_some_and(|agent| agent.may_act(visit.now));
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
    pub(crate) fn is_https(&self) -> bool {
        self.endpoint.starts_with("https://")
    }
}
