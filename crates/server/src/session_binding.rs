//! The session-binding service: the page to which a provider's user comes back, which proves who
//! that is and completes the session, so that no application has to.
//!
//! It is a client of the API and of an OpenID Connect provider, and nothing more: no vault key, no
//! database, an access key with the role `binding`. All that it remembers stands in cookies of the
//! user's browser, sealed. It must never complete a session for somebody who did not press a button
//! on its own page, nor believe who a user is without a token that it verified itself.
//!
//! Start with [`visit`], the way of every request; [`login`] signs users in, [`api`] asks the API.

mod api;
mod base_url;
mod confirmation;
mod cookie;
mod login;
mod provider;
mod visit;
pub(crate) mod words;

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use procura_app::outbound::{Outbound, OutboundConfig};
use procura_app::task::Stop;
use procura_core::access_key::AccessKeyId;
use procura_core::error::Error;
use procura_core::name::Region;
use procura_core::secret::Plain;
use procura_core::secret::kind::{AccessKeySecret, ClientSecret, CookieKey};
use procura_core::time::Clock;
use procura_protocol::oauth::issuer::DiscoveryUrl;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

pub use self::base_url::{BaseUrl, InvalidBaseUrl};

use self::api::Api;
use self::cookie::Cookies;
use self::provider::LoginProvider;
use crate::body::Budget;
use crate::listener::{Limits, accept, finish};

/// What the service is started with.
#[derive(Debug)]
pub struct Settings {
    /// Where browsers reach it.
    pub base_url: BaseUrl,
    /// Where the API is: `https://procura.example`, without a slash at the end.
    pub api_url: String,
    /// The region of signatures.
    pub region: Region,
    /// The access key, with the role `binding`.
    pub access_key_id: AccessKeyId,
    /// Its secret.
    pub secret_access_key: Plain<AccessKeySecret>,
    /// The metadata of the OpenID Connect provider that signs users in. Its issuer is the one whose
    /// tokens prove the users to the API.
    pub discovery_url: DiscoveryUrl,
    /// Our client there. It has [`BaseUrl::redirect_uri`] for a redirect URI.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Plain<ClientSecret>,
    /// What seals the cookies: 32 random bytes, the same on every node.
    pub cookie_key: Plain<CookieKey>,
    /// What becomes of users whom nobody has proved.
    pub asserted_users: AssertedUsers,
    /// What may be called, and how.
    pub outbound: OutboundConfig,
    /// What one process takes on at most. Addresses are not told apart.
    pub limits: Limits,
}

/// What becomes of a session whose user a caller merely named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssertedUsers {
    /// It is not completed here.
    Refused,
    /// Whoever has the link may complete it, after the page has said what that means. For
    /// development.
    Confirmed,
}

/// The service; every clone is the same one.
#[derive(Clone)]
pub struct SessionBinding(Arc<Shared>);

/// What all visits share.
struct Shared {
    base_url: BaseUrl,
    api: Api,
    login_provider: LoginProvider,
    cookies: Cookies,
    asserted_users: AssertedUsers,
    clock: Arc<dyn Clock>,
    limits: Limits,
    budget: Budget,
}

impl fmt::Debug for SessionBinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionBinding({})", self.0.base_url)
    }
}

impl SessionBinding {
    /// The service, which asks nobody before the first visit.
    ///
    /// # Errors
    /// The settings are wrong: [`procura_core::error::Kind::Caller`] says which.
    pub fn new(settings: Settings, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        // The API asks a provider while we wait for it, and may take as long as we give a provider.
        let patient = OutboundConfig {
            total_timeout: settings.outbound.total_timeout.saturating_mul(2),
            ..settings.outbound.clone()
        };
        let limits = settings.limits;
        Ok(Self(Arc::new(Shared {
            api: Api::new(
                Outbound::new(patient)?,
                &settings.api_url,
                settings.region,
                settings.access_key_id,
                settings.secret_access_key,
            )?,
            login_provider: LoginProvider::new(
                Outbound::new(settings.outbound)?,
                settings.discovery_url,
                settings.client_id,
                settings.client_secret,
                &settings.base_url,
            )?,
            cookies: Cookies::new(&settings.base_url, &settings.cookie_key)?,
            asserted_users: settings.asserted_users,
            base_url: settings.base_url,
            clock,
            limits,
            budget: Budget::new(limits.unproved_body_bytes),
        })))
    }

    /// Serves browsers until `stop`, then finishes those that are there.
    pub async fn serve(self, socket: TcpListener, stop: Stop) {
        let places = Arc::new(Semaphore::new(self.0.limits.connections));
        // What ends TLS stands before us, so that all users have one address: nothing is counted
        // against it.
        accept(socket, &places, stop, |stream, _, stop| {
            let this = self.clone();
            Some(async move { this.connection(stream, stop).await })
        })
        .await;
    }

    async fn connection(&self, stream: TcpStream, stop: Stop) {
        let limits = self.0.limits;
        if stream.set_nodelay(true).is_err() || limits.limit_writes(&stream).is_err() {
            return;
        }
        let shared = Arc::clone(&self.0);
        let answer = service_fn(move |request: Request<Incoming>| {
            let shared = Arc::clone(&shared);
            async move {
                let answer = visit::answer(&shared, request).await;
                Ok::<Response<_>, Infallible>(answer)
            }
        });
        let builder = limits.builder();
        let connection = builder.serve_connection(TokioIo::new(stream), answer);
        finish(connection, stop, limits.drain_timeout).await;
    }
}
