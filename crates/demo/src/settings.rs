//! What a demo provider is started with: its clock, its clients, how long its tokens live.

use std::fmt;
use std::sync::Arc;

use procura_core::time::Clock;

/// The client that is registered from the beginning.
pub const DEMO_CLIENT: &str = "demo-client";
/// Its secret.
pub const DEMO_SECRET: &str = "demo-secret";

/// What a demo provider is started with.
#[derive(Clone)]
pub struct Settings {
    /// Where its present comes from.
    pub clock: Arc<dyn Clock>,
    /// The clients that are registered from the beginning.
    pub clients: Vec<DemoClient>,
    /// How long an access token lives, in seconds. `None`: for as long as the server, and the reply
    /// has no `expires_in`.
    pub access_token_lifetime_s: Option<u32>,
}

impl Settings {
    /// One client, [`DEMO_CLIENT`] with [`DEMO_SECRET`], which may ask for `read`, `write`
    /// and `repo`; tokens live for an hour.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            clients: vec![DemoClient {
                id: DEMO_CLIENT.to_owned(),
                authentication: DemoAuthentication::Secret(DEMO_SECRET.to_owned()),
                scopes: ["read", "write", "repo"].map(str::to_owned).to_vec(),
            }],
            access_token_lifetime_s: Some(3600),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("clients", &self.clients)
            .field("access_token_lifetime_s", &self.access_token_lifetime_s)
            .finish_non_exhaustive()
    }
}

/// A client of the authorization server (RFC 6749 §2).
#[derive(Debug, Clone)]
pub struct DemoClient {
    /// `client_id`.
    pub id: String,
    /// How it proves who it is.
    pub authentication: DemoAuthentication,
    /// The scopes that it may ask for, and gets when it asks for none.
    pub scopes: Vec<String>,
}

/// How a client proves who it is.
#[derive(Clone)]
pub enum DemoAuthentication {
    /// A shared secret, in the `Authorization` header or in the form (RFC 6749 §2.3.1).
    Secret(String),
    /// A signed assertion (RFC 7523 §2.2).
    PrivateKeyJwt {
        /// The client's public keys, as a JWK Set.
        jwks: String,
    },
}

impl fmt::Debug for DemoAuthentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Secret(_) => "Secret",
            Self::PrivateKeyJwt { .. } => "PrivateKeyJwt",
        })
    }
}
