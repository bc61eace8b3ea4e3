//! What a demo provider is started with: its clock, its clients, how long its tokens live.

use std::fmt;
use std::sync::Arc;

use procura_core::time::Clock;

use crate::user::DEMO_APP;

/// The client that is registered from the beginning.
pub const DEMO_CLIENT: &str = "demo-client";
/// Its secret.
pub const DEMO_SECRET: &str = "demo-secret";
/// The secret of [`DEMO_APP`] where applications sign users in.
pub const DEMO_APP_SECRET: &str = "demo-app-secret";
/// Where users come back to who sign in with [`DEMO_APP`], at a port of this machine.
const SIGNED_IN: &str = "/signed-in";

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
    /// Two clients; tokens live for an hour. [`DEMO_CLIENT`] with [`DEMO_SECRET`] may ask for
    /// `read`, `write` and `repo`, and has no redirect URI yet. With [`DEMO_APP`] and
    /// [`DEMO_APP_SECRET`] an application on this machine signs users in; they come back to
    /// `http://127.0.0.1:PORT/signed-in`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let secret = |text: &str| DemoAuthentication::Secret(text.to_owned());
        let agents = DemoClient {
            name: "Demo client".to_owned(),
            ..DemoClient::new(DEMO_CLIENT, secret(DEMO_SECRET), &["read", "write", "repo"])
        };
        let application = DemoClient {
            name: "Demo application".to_owned(),
            loopback_path: Some(SIGNED_IN.to_owned()),
            ..DemoClient::new(DEMO_APP, secret(DEMO_APP_SECRET), &[])
        };
        Self {
            clock,
            clients: vec![agents, application],
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
    /// What the consent page calls it.
    pub name: String,
    /// How it proves who it is.
    pub authentication: DemoAuthentication,
    /// The scopes that it may ask for, and gets when it asks for none. With a user it may also ask
    /// for `openid`, `profile`, `email` and `offline_access`.
    pub scopes: Vec<String>,
    /// Where users may be sent back to: exactly these (RFC 9700 §2.1). Without any, and without
    /// [`Self::redirect_prefix`] and [`Self::loopback_path`], there is no code for it.
    pub redirect_uris: Vec<String>,
    /// Users may also be sent back to this URL, which ends in a slash, with one more segment. For a
    /// client whose redirect URI is made after it is registered.
    pub redirect_prefix: Option<String>,
    /// Users may also be sent back to this path at any port of 127.0.0.1 (RFC 8252 §7.3). It begins
    /// with a slash. For an application that runs wherever a port is free.
    pub loopback_path: Option<String>,
    /// What becomes of its refresh tokens.
    pub refresh: RefreshPolicy,
    /// When it gets one.
    pub refresh_when: RefreshWhen,
    /// How long its access tokens live, in seconds, in the place of what the settings say.
    pub access_token_lifetime_s: Option<u32>,
    /// Whose customs it meets.
    pub profile: Profile,
}

impl DemoClient {
    /// A client without redirect URIs, with the standard customs, the default policy, and its id
    /// for a name.
    pub fn new(id: &str, authentication: DemoAuthentication, scopes: &[&str]) -> Self {
        Self {
            id: id.to_owned(),
            name: id.to_owned(),
            authentication,
            scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
            redirect_uris: Vec::new(),
            redirect_prefix: None,
            loopback_path: None,
            refresh: RefreshPolicy::default(),
            refresh_when: RefreshWhen::default(),
            access_token_lifetime_s: None,
            profile: Profile::default(),
        }
    }

    /// Whether a code comes with a refresh token: what was asked for, and whether the consent page
    /// was shown.
    pub(crate) fn gets_refresh_token(
        &self,
        has_offline_scope: bool,
        access_type_offline: bool,
        was_asked: bool,
    ) -> bool {
        if self.refresh == RefreshPolicy::None {
            return false;
        }
        match (self.profile, self.refresh_when) {
            (Profile::Google, _) => access_type_offline && was_asked,
            (Profile::Microsoft, _) => has_offline_scope,
            (Profile::Standard | Profile::Github | Profile::Slack, RefreshWhen::Always) => true,
            (Profile::Standard | Profile::Github | Profile::Slack, RefreshWhen::Asked) => {
                has_offline_scope || access_type_offline
            }
        }
    }
}

/// What becomes of a refresh token that is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RefreshPolicy {
    /// Each use gives a new one; the old one is refused.
    Strict,
    /// Each use gives a new one; the old one gives the same answer again within so many seconds.
    Grace {
        /// After its first use.
        seconds: u32,
    },
    /// Each use gives a new one; an old one that comes again ends all that came from the same code
    /// (RFC 9700 §4.14.2).
    #[default]
    RevokesFamily,
    /// It stays good; a reply to it has no `refresh_token`.
    Static,
    /// There is none.
    None,
}

/// When a client gets a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RefreshWhen {
    /// With every code.
    #[default]
    Always,
    /// When it asks: with the scope `offline_access`, or with `access_type=offline`.
    Asked,
}

/// Whose customs a client meets at the authorization and token endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// The RFCs'.
    #[default]
    Standard,
    /// GitHub's: commas between scopes; refusals of the token endpoint have the status 200; its
    /// replies are forms unless the request accepts JSON.
    Github,
    /// Slack's: commas between scopes, `user_scope`; the user's token stands in `authed_user`; a
    /// reply says `ok`, and refusals have the status 200.
    Slack,
    /// Google's: a refresh token only for `access_type=offline`, and only when the consent page was
    /// shown. [`RefreshPolicy::Static`] goes with it.
    Google,
    /// Microsoft's: a refresh token only with the scope `offline_access`.
    Microsoft,
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
