//! Resource servers of user pools: what is beside the users of a pool for its applications to ask
//! for, and the scopes that each of them has (RFC 6749 §1.1, §3.3).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;
use crate::user_pool::PoolId;

/// How many resource servers a pool has.
pub const SERVERS_MAX: u64 = 25;
/// The longest identifier, and the longest name of a scope, in bytes.
const LENGTH_MAX: usize = 256;

/// What a resource server is called where scopes name it, unique in its pool.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerIdentifier(String);

/// Why a text is no identifier of a resource server.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "an identifier has 1 to 256 visible characters of ASCII, without double quotes and backslashes"
)]
pub struct InvalidServerIdentifier;

impl ServerIdentifier {
    /// The identifier.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ServerIdentifier {
    type Err = InvalidServerIdentifier;

    fn from_str(text: &str) -> Result<Self, InvalidServerIdentifier> {
        let fits = (1..=LENGTH_MAX).contains(&text.len());
        if fits && text.bytes().all(is_of_scope) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidServerIdentifier)
        }
    }
}

impl fmt::Display for ServerIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of a scope, unique in its resource server. It has no `/`: what stands before the last
/// one of a scope of a client is the identifier.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ScopeName(String);

/// Why a text is no name of a scope.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "the name of a scope has 1 to 256 visible characters of ASCII, without double quotes, slashes \
     and backslashes"
)]
pub struct InvalidScopeName;

impl ScopeName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ScopeName {
    type Err = InvalidScopeName;

    fn from_str(text: &str) -> Result<Self, InvalidScopeName> {
        let fits = (1..=LENGTH_MAX).contains(&text.len());
        if fits && text.bytes().all(|byte| byte != b'/' && is_of_scope(byte)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidScopeName)
        }
    }
}

impl TryFrom<String> for ScopeName {
    type Error = InvalidScopeName;

    fn try_from(text: String) -> Result<Self, InvalidScopeName> {
        text.parse()
    }
}

impl From<ScopeName> for String {
    fn from(name: ScopeName) -> Self {
        name.0
    }
}

/// RFC 6749 §3.3: `%x21 / %x23-5B / %x5D-7E`.
const fn is_of_scope(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b'"' && byte != b'\\'
}

/// A scope of a resource server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerScope {
    /// Its name.
    pub name: ScopeName,
    /// What people say of it.
    pub description: String,
}

/// A resource server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceServer {
    /// The pool whose applications may ask for its scopes.
    pub pool: PoolId,
    /// What scopes name it by.
    pub identifier: ServerIdentifier,
    /// What people call it.
    pub name: String,
    /// Its scopes, each name once.
    pub scopes: Vec<ServerScope>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
    /// How often it was written.
    pub version: u64,
}

/// The resource server that a scope of a client (`<identifier>/<scope>`) names, and its scope; none
/// of a scope that every pool has.
pub fn parts_of(scope: &str) -> Option<(ServerIdentifier, ScopeName)> {
    let (identifier, name) = scope.rsplit_once('/')?;
    Some((identifier.parse().ok()?, name.parse().ok()?))
}

/// Which of the scopes of a client are had now: those that every pool has, and those of `servers`.
/// A token that is for one of the servers (`resource`, RFC 8707) has no scope of another.
///
/// SECURITY: this takes away and never adds. Held by `a_scope_that_is_gone_is_given_to_nobody`.
pub fn standing(
    scopes: &[String],
    servers: &[ResourceServer],
    resource: Option<&str>,
) -> Vec<String> {
    let of = |identifier: &str| {
        let mut all = servers.iter();
        all.find(|server| server.identifier.as_str() == identifier)
    };
    let only = resource.and_then(of);
    let stands = |scope: &&String| {
        if !scope.contains('/') {
            return true;
        }
        let Some((identifier, name)) = parts_of(scope) else {
            return false;
        };
        let is_meant = only.is_none_or(|only| only.identifier == identifier);
        let server = of(identifier.as_str()).filter(|_| is_meant);
        server.is_some_and(|server| server.scopes.iter().any(|own| own.name == name))
    };
    scopes.iter().filter(stands).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(identifier: &str, scopes: &[&str]) -> ResourceServer {
        let scopes = scopes.iter().map(|name| ServerScope {
            name: name.parse().unwrap(),
            description: "does it".to_owned(),
        });
        ResourceServer {
            pool: "eu-west-1_abcdefghijklmnop".parse().unwrap(),
            identifier: identifier.parse().unwrap(),
            name: "it".to_owned(),
            scopes: scopes.collect(),
            created_at: Timestamp::default(),
            updated_at: Timestamp::default(),
            version: 1,
        }
    }

    #[test]
    fn a_name_is_of_what_a_scope_is_made_of() {
        let long = "a".repeat(257);
        for good in ["api", "https://api.example/v1", "urn:a:b", "!#[]~"] {
            assert!(good.parse::<ServerIdentifier>().is_ok(), "{good}");
        }
        for bad in ["", "a b", "a\"b", "a\\b", "ä", "a\n", &long] {
            assert_eq!(
                bad.parse::<ServerIdentifier>(),
                Err(InvalidServerIdentifier),
                "{bad:?}"
            );
            assert_eq!(bad.parse::<ScopeName>(), Err(InvalidScopeName), "{bad:?}");
        }
        assert!("read:all".parse::<ScopeName>().is_ok());
        assert_eq!("a/b".parse::<ScopeName>(), Err(InvalidScopeName));
    }

    #[test]
    fn a_scope_names_its_server_before_the_last_slash() {
        let of = |scope| {
            parts_of(scope).map(|(server, name)| (server.0, name.0)) //
        };
        let both = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(of("api/read"), both("api", "read"));
        assert_eq!(
            of("https://api.example/v1/read"),
            both("https://api.example/v1", "read")
        );
        assert_eq!(of("openid"), None);
        assert_eq!(of("api/"), None);
        assert_eq!(of("/read"), None);
    }

    #[test]
    fn what_is_gone_and_what_is_of_another_resource_does_not_stand() {
        let scopes: Vec<String> = [
            "openid",
            "api/read",
            "api/write",
            "https://a.example/see",
            "gone/read",
        ]
        .map(str::to_owned)
        .to_vec();
        let servers = [
            server("api", &["read"]),
            server("https://a.example", &["see"]),
        ];
        let of = |resource| standing(&scopes, &servers, resource);
        assert_eq!(of(None), ["openid", "api/read", "https://a.example/see"]);
        assert_eq!(
            of(Some("https://a.example")),
            ["openid", "https://a.example/see"]
        );
        assert_eq!(of(Some("https://b.example")), of(None));
        assert_eq!(standing(&scopes, &[], None), ["openid"]);
    }
}
