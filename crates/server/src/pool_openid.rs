//! The OpenID endpoints of user pools: browsers and applications come without a signature. What a
//! user and a client may, their password and their secret say.
//!
//! Nothing is decided here: a request is read and bounded, and what comes of it is written as HTML,
//! JSON or a redirect.

mod browser;
mod cookie;
mod form;
mod page;
mod program;
mod words;

use hyper::Method;
use procura_core::user_pool::PoolId;

pub(crate) use self::browser::{failed, visited};
pub(crate) use self::program::{NotAnswered, another_method, asked};

/// An endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// RFC 6749 §3.1.
    Authorize,
    /// The page on which users sign in.
    Login,
    /// RFC 6749 §3.2.
    Token,
    /// OpenID Connect Core §5.3.
    UserInfo,
    /// RFC 7662.
    Introspect,
    /// RFC 7009.
    Revoke,
    /// OpenID Connect RP-Initiated Logout 1.0.
    LogOut,
}

/// An endpoint of a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) pool: PoolId,
    pub(crate) endpoint: Endpoint,
}

impl Endpoint {
    const ALL: [(Self, &'static str, &'static str); 7] = [
        (Self::Authorize, "/oauth2/authorize", "UserPoolAuthorize"),
        (Self::Login, "/login", "UserPoolLogin"),
        (Self::Token, "/oauth2/token", "UserPoolToken"),
        (Self::UserInfo, "/oauth2/userInfo", "UserPoolUserInfo"),
        (Self::Introspect, "/oauth2/introspect", "UserPoolIntrospect"),
        (Self::Revoke, "/oauth2/revoke", "UserPoolRevoke"),
        (Self::LogOut, "/logout", "UserPoolLogOut"),
    ];

    /// What metrics and the log call them.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        Self::ALL.iter().map(|(_, _, name)| *name)
    }

    /// What metrics and the log call it.
    pub(crate) fn name(self) -> &'static str {
        let mut all = Self::ALL.iter();
        let found = all.find(|(endpoint, _, _)| *endpoint == self);
        found.map_or("", |(_, _, name)| name)
    }

    /// Where it is, below the id of its pool.
    pub(crate) fn path(self) -> &'static str {
        let mut all = Self::ALL.iter();
        let found = all.find(|(endpoint, _, _)| *endpoint == self);
        found.map_or("", |(_, path, _)| path)
    }

    /// Whether a person sits there.
    pub(crate) const fn is_for_browsers(self) -> bool {
        match self {
            Self::Authorize | Self::Login | Self::LogOut => true,
            Self::Token | Self::UserInfo | Self::Introspect | Self::Revoke => false,
        }
    }

    /// Whether it is asked so.
    pub(crate) fn takes(self, method: &Method) -> bool {
        match self {
            Self::Authorize | Self::Login | Self::UserInfo | Self::LogOut => {
                *method == Method::GET || *method == Method::POST
            }
            Self::Token | Self::Introspect | Self::Revoke => *method == Method::POST,
        }
    }
}

impl Place {
    /// The endpoint of a path, if it is one.
    pub(crate) fn of(path: &str) -> Option<Self> {
        let rest = path.strip_prefix('/')?;
        let at = rest.find('/')?;
        let (pool, path) = rest.split_at_checked(at)?;
        let mut all = Endpoint::ALL.iter();
        let (endpoint, _, _) = all.find(|(_, own, _)| *own == path)?;
        let pool = pool.parse().ok()?;
        Some(Self {
            pool,
            endpoint: *endpoint,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_an_endpoint_of_a_pool_or_nothing() {
        let pool: PoolId = "us-east-1_abcdefghijklmnop".parse().unwrap();
        for (endpoint, path, _) in Endpoint::ALL {
            let place = Place {
                pool: pool.clone(),
                endpoint,
            };
            assert_eq!(Place::of(&format!("/{pool}{path}")), Some(place));
            assert_eq!(Place::of(&format!("/{pool}{path}/")), None);
            assert_eq!(Place::of(path), None);
            assert_eq!(Place::of(&format!("/a/{pool}{path}")), None);
        }
    }
}
