//! Applications that sign users of a pool in.

use std::fmt;
use std::str::FromStr;

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::redirect_uri::RedirectUri;
use crate::secret::{Plain, kind::PoolClientSecret};
use crate::time::Timestamp;
use crate::user_pool::{PoolId, drawn};

const LENGTH: usize = 26;
const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// The id of a pool's client, unique in the deployment: whoever presents it says nothing else of
/// where it belongs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PoolClientId(String);

/// Why a text is no id of a pool's client.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the id of a user pool's client has 26 small letters and digits")]
pub struct InvalidPoolClientId;

impl PoolClientId {
    /// A new one.
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        Self(drawn(LENGTH, LETTERS, rng))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PoolClientId {
    type Err = InvalidPoolClientId;

    fn from_str(text: &str) -> Result<Self, InvalidPoolClientId> {
        if text.len() == LENGTH && text.bytes().all(|byte| LETTERS.contains(&byte)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidPoolClientId)
        }
    }
}

impl TryFrom<String> for PoolClientId {
    type Error = InvalidPoolClientId;

    fn try_from(text: String) -> Result<Self, InvalidPoolClientId> {
        text.parse()
    }
}

impl From<PoolClientId> for String {
    fn from(id: PoolClientId) -> Self {
        id.0
    }
}

impl fmt::Display for PoolClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How long the secret of a client is: 268 bits.
const SECRET_LENGTH: usize = 52;

/// A new secret for a client.
pub fn new_secret(rng: &mut dyn CryptoRng) -> Plain<PoolClientSecret> {
    Plain::new(drawn(SECRET_LENGTH, LETTERS, rng).into_bytes())
}

/// An application of a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolClient {
    /// Its id (RFC 6749 §2.2).
    pub id: PoolClientId,
    /// The pool whose users it signs in.
    pub pool: PoolId,
    /// What people call it; not unique.
    pub name: String,
    /// What may be changed of it.
    pub settings: ClientSettings,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
    /// How often it was written.
    pub version: u64,
}

/// What a client is set to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientSettings {
    /// How it may sign users in.
    pub flows: Vec<AuthFlow>,
    /// How long what it gets is good.
    pub lives: TokenLives,
    /// What it may ask of the pool's OpenID endpoints. Nothing, of a client that was made before
    /// there were any.
    #[serde(default)]
    pub openid: OpenIdSettings,
    /// Whether each use of a refresh token gives another.
    #[serde(default)]
    pub rotation: Rotation,
}

impl ClientSettings {
    /// Whether a client with these settings may do less in some way than with `before`: it lost a way
    /// to sign users in, a grant or a scope.
    pub fn is_less_than(&self, before: &Self) -> bool {
        let (own, other) = (&self.openid, &before.openid);
        before.flows.iter().any(|flow| !self.flows.contains(flow))
            || other.grants.iter().any(|grant| !own.grants.contains(grant))
            || other.scopes.iter().any(|scope| !own.scopes.contains(scope))
    }
}

/// What a client may ask of the pool's OpenID endpoints.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenIdSettings {
    /// The grants of RFC 6749 that it may use: none, and the endpoints know it not.
    pub grants: Vec<Grant>,
    /// The scopes that it may ask for, each as text: `openid`, `email`, `profile`, `phone`,
    /// `aws.cognito.signin.user.admin`, and those of resource servers (`<identifier>/<scope>`).
    pub scopes: Vec<String>,
    /// Where browsers come back to.
    pub redirect_uris: Vec<RedirectUri>,
    /// Where browsers come back to when their user has signed out.
    pub logout_uris: Vec<RedirectUri>,
    /// Which of them is meant where none is named.
    pub default_redirect_uri: Option<RedirectUri>,
}

/// A grant of RFC 6749 that a client may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// RFC 6749 §4.1, with PKCE always.
    AuthorizationCode,
    /// RFC 6749 §4.4. A client has this one or the other: who signs users in is not itself a user.
    ClientCredentials,
}

/// Whether each use of a refresh token gives another (RFC 9700 §4.14.2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rotation {
    /// `InitiateAuth` keeps the one that there is. The OpenID endpoints rotate always.
    #[default]
    AtOpenIdEndpoints,
    /// Everywhere.
    Always {
        /// How long the one before is good beside it, in seconds: 0 to 60.
        grace_s: u8,
    },
}

/// How long the refresh token before is good beside its successor at the OpenID endpoints, in
/// seconds, unless the client says otherwise: an answer that was lost can be asked for again.
pub const ROTATION_GRACE_S: u8 = 10;

impl Rotation {
    /// How long the refresh token before is good beside its successor, in seconds.
    pub const fn grace_s(self) -> u8 {
        match self {
            Self::AtOpenIdEndpoints => ROTATION_GRACE_S,
            Self::Always { grace_s } => grace_s,
        }
    }
}

/// A way to sign a user in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AuthFlow {
    /// With the password itself.
    UserPassword,
    /// With a refresh token.
    RefreshToken,
}

/// How long tokens are good, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenLives {
    /// Access tokens: 5 minutes to a day.
    pub access_s: u32,
    /// ID tokens: 5 minutes to a day.
    pub id_s: u32,
    /// Refresh tokens: an hour to ten years.
    pub refresh_s: u32,
}

impl Default for TokenLives {
    /// Those of the reference.
    fn default() -> Self {
        Self {
            access_s: 3600,
            id_s: 3600,
            refresh_s: 30 * 24 * 3600,
        }
    }
}

impl TokenLives {
    /// These, if each is within its bounds.
    pub fn checked(self) -> Option<Self> {
        let short = 300..=86_400;
        let long = 3600..=315_360_000;
        let fit = short.contains(&self.access_s)
            && short.contains(&self.id_s)
            && long.contains(&self.refresh_s);
        // A refresh token that ends before what it is for is a mistake.
        (fit && self.refresh_s >= self.access_s && self.refresh_s >= self.id_s).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;

    #[test]
    fn an_id_reads_back_and_nothing_else_does() {
        let id = PoolClientId::generate(&mut OsEntropy);
        assert_eq!(id.as_str().parse(), Ok(id.clone()));
        for bad in ["", "abc", &id.as_str().to_uppercase(), &format!("{id}a")] {
            assert!(
                bad.parse::<PoolClientId>().is_err() || *bad == *id.as_str(),
                "{bad}"
            );
        }
    }

    #[test]
    fn settings_are_less_that_lack_something() {
        let before = ClientSettings {
            flows: vec![AuthFlow::UserPassword, AuthFlow::RefreshToken],
            lives: TokenLives::default(),
            openid: OpenIdSettings {
                grants: vec![Grant::AuthorizationCode],
                scopes: vec!["email".to_owned(), "openid".to_owned()],
                ..OpenIdSettings::default()
            },
            rotation: Rotation::default(),
        };
        let with = |change: fn(&mut ClientSettings)| {
            let mut settings = before.clone();
            change(&mut settings);
            settings
        };
        assert!(!before.is_less_than(&before));
        let more = with(|settings| settings.openid.scopes.push("phone".to_owned()));
        assert!(!more.is_less_than(&before));
        assert!(before.is_less_than(&more));
        for less in [
            with(|settings| settings.flows.truncate(1)),
            with(|settings| settings.openid.grants.clear()),
            with(|settings| settings.openid.scopes.truncate(1)),
            with(|settings| settings.openid.grants = vec![Grant::ClientCredentials]),
        ] {
            assert!(less.is_less_than(&before), "{less:?}");
        }
    }

    #[test]
    fn lives_have_bounds() {
        assert!(TokenLives::default().checked().is_some());
        let default = TokenLives::default();
        for bad in [
            TokenLives {
                access_s: 299,
                ..default
            },
            TokenLives {
                id_s: 86_401,
                ..default
            },
            TokenLives {
                refresh_s: 3599,
                ..default
            },
            TokenLives {
                access_s: 7200,
                refresh_s: 3600,
                ..default
            },
        ] {
            assert_eq!(bad.checked(), None, "{bad:?}");
        }
    }
}
