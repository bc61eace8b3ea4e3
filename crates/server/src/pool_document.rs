//! What an issuer here publishes, be it a user pool or an account of which callers prove who they are:
//! what it says of itself, and its keys. Everybody may read them, and verifiers everywhere do.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use procura_app::App;
use procura_core::account::AccountId;
use procura_core::error::{Error, Kind};
use procura_core::pool_key::KEY_SET_AGE_MAX_S;
use procura_core::user_pool::PoolId;

use crate::response::{self, Answer};

/// A document of an issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Document {
    /// Its metadata.
    Metadata(Issuer),
    /// Its keys.
    Keys(Issuer),
}

/// An issuer here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Issuer {
    /// A pool, of its users.
    Pool(PoolId),
    /// An account, of its callers.
    Account(AccountId),
}

impl Issuer {
    /// The issuer that is at a path without its first `/`.
    fn at(path: &str) -> Option<Self> {
        match path.strip_prefix("identity/") {
            Some(account) => account.parse().ok().map(Self::Account),
            None => path.parse().ok().map(Self::Pool),
        }
    }
}

/// What the metadata of an issuer is called (OpenID Connect Discovery 1.0 §4, RFC 8414 §3).
const METADATA: [&str; 2] = ["openid-configuration", "oauth-authorization-server"];

impl Document {
    /// What metrics and the log call them.
    pub(crate) const NAMES: [&'static str; 4] = [
        "UserPoolMetadata",
        "UserPoolKeys",
        "AccountMetadata",
        "AccountKeys",
    ];

    /// The document of a path, if it is one.
    pub(crate) fn of(path: &str) -> Option<Self> {
        // RFC 8414 §3.1: before the path of the issuer, too.
        for name in METADATA {
            let before = path.strip_prefix("/.well-known/");
            let before = before.and_then(|rest| rest.strip_prefix(name)?.strip_prefix('/'));
            if let Some(issuer) = before {
                return Issuer::at(issuer).map(Self::Metadata);
            }
        }
        let (issuer, document) = path.strip_prefix('/')?.split_once("/.well-known/")?;
        match document {
            "jwks.json" => Issuer::at(issuer).map(Self::Keys),
            name if METADATA.contains(&name) => Issuer::at(issuer).map(Self::Metadata),
            _ => None,
        }
    }

    /// What metrics and the log call it: one of [`Self::NAMES`].
    pub(crate) const fn name(&self) -> &'static str {
        let [of_pool, keys_of_pool, of_account, keys_of_account] = Self::NAMES;
        match self {
            Self::Metadata(Issuer::Pool(_)) => of_pool,
            Self::Keys(Issuer::Pool(_)) => keys_of_pool,
            Self::Metadata(Issuer::Account(_)) => of_account,
            Self::Keys(Issuer::Account(_)) => keys_of_account,
        }
    }

    /// The document.
    pub(crate) async fn answer(&self, app: &App) -> Result<Answer, Error> {
        let document = match self {
            Self::Metadata(Issuer::Pool(pool)) => app.pool_metadata(pool).await?,
            Self::Keys(Issuer::Pool(pool)) => app.pool_key_set(pool).await?,
            Self::Metadata(Issuer::Account(account)) => app.identity_metadata(*account).await?,
            Self::Keys(Issuer::Account(account)) => app.identity_key_set(*account).await?,
        };
        let mut answer = Response::new(Full::new(Bytes::from(document.to_string())));
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        // A verifier that holds keys for longer would miss that one was replaced.
        let age = format!("public, max-age={KEY_SET_AGE_MAX_S}");
        headers.insert(
            CACHE_CONTROL,
            HeaderValue::from_str(&age).map_err(Error::internal_source)?,
        );
        Ok(answer)
    }

    /// What is answered instead.
    pub(crate) fn failed(error: &Error) -> Answer {
        match error.kind() {
            Kind::NotFound => response::text(StatusCode::NOT_FOUND, "there is no such issuer\n"),
            _ => response::text(StatusCode::SERVICE_UNAVAILABLE, "try again in a moment\n"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_a_document_of_a_pool_or_nothing() {
        let pool = Issuer::Pool("us-east-1_abcdefghijklmnop".parse().unwrap());
        let account = Issuer::Account("123456789012".parse().unwrap());
        for (path, document) in [
            (
                "/us-east-1_abcdefghijklmnop/.well-known/openid-configuration",
                Some(Document::Metadata(pool.clone())),
            ),
            (
                "/us-east-1_abcdefghijklmnop/.well-known/oauth-authorization-server",
                Some(Document::Metadata(pool.clone())),
            ),
            (
                "/.well-known/oauth-authorization-server/us-east-1_abcdefghijklmnop",
                Some(Document::Metadata(pool.clone())),
            ),
            (
                "/.well-known/openid-configuration/us-east-1_abcdefghijklmnop",
                Some(Document::Metadata(pool.clone())),
            ),
            ("/.well-known/openid-configuration", None),
            ("/.well-known/jwks.json/us-east-1_abcdefghijklmnop", None),
            (
                "/us-east-1_abcdefghijklmnop/.well-known/jwks.json",
                Some(Document::Keys(pool)),
            ),
            ("/us-east-1_abcdefghijklmnop/.well-known/jwks.json/", None),
            (
                "/identity/123456789012/.well-known/openid-configuration",
                Some(Document::Metadata(account.clone())),
            ),
            (
                "/.well-known/oauth-authorization-server/identity/123456789012",
                Some(Document::Metadata(account.clone())),
            ),
            (
                "/identity/123456789012/.well-known/jwks.json",
                Some(Document::Keys(account)),
            ),
            ("/identity/12345678901/.well-known/jwks.json", None),
            (
                "/identity/us-east-1_abcdefghijklmnop/.well-known/jwks.json",
                None,
            ),
            ("/123456789012/.well-known/jwks.json", None),
            ("/.well-known/jwks.json", None),
            ("/a/us-east-1_abcdefghijklmnop/.well-known/jwks.json", None),
            ("/us-east-1%5Fabcdefghijklmnop/.well-known/jwks.json", None),
        ] {
            assert_eq!(Document::of(path), document, "{path}");
        }
    }
}
