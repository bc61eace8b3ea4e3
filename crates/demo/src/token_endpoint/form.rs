//! The parameters of a token request, each at most once (RFC 6749 §3.2).

use std::collections::BTreeSet;

use axum::extract::Form;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use procura_protocol::oauth::authentication_method::AuthenticationMethod;

use super::Pairs;
use super::refusal::Refusal;

/// Parameters that may come several times: RFC 8707 §2, and RFC 8693 §2.1 for the audience.
const REPEATABLE: [&str; 2] = ["resource", "audience"];
/// What [`TokenRequestSeen`] has in a field of its own, or leaves out because it is a secret.
const NOT_OTHERS: [&str; 11] = [
    "grant_type",
    "scope",
    "resource",
    "audience",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "code",
    "code_verifier",
    "refresh_token",
];

/// A request to the token endpoint as a test looks at it: without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRequestSeen {
    /// `grant_type`.
    pub grant_type: Option<String>,
    /// `scope`, as it was written.
    pub scope: Option<String>,
    /// Every `resource`, in their order.
    pub resources: Vec<String>,
    /// Every `audience`, in their order.
    pub audiences: Vec<String>,
    /// `client_id` of the form.
    pub client_id: Option<String>,
    /// How the client meant to authenticate, whether or not it succeeded.
    pub authentication: Option<AuthenticationMethod>,
    /// Every other parameter, in their order.
    pub others: Vec<(String, String)>,
}

/// The parameters that have a value; one without is as good as absent (RFC 6749 §3.2).
pub(crate) struct TokenForm(Vec<(String, String)>);

impl TokenForm {
    pub(crate) fn read(pairs: Pairs) -> Result<Self, Refusal> {
        let Form(mut pairs) = pairs.map_err(|rejection| {
            if rejection.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE {
                Refusal::TooLarge
            } else {
                Refusal::InvalidRequest("send a form: application/x-www-form-urlencoded")
            }
        })?;
        let mut seen = BTreeSet::new();
        for (name, _) in &pairs {
            if !seen.insert(name) && !REPEATABLE.contains(&name.as_str()) {
                return Err(Refusal::InvalidRequest("send each parameter once"));
            }
        }
        pairs.retain(|(_, value)| !value.is_empty());
        Ok(Self(pairs))
    }

    /// The value of a parameter.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let pairs = self.0.iter().filter(move |(other, _)| other == name);
        pairs.map(|(_, value)| value.as_str())
    }

    pub(super) fn seen(&self, headers: &HeaderMap) -> TokenRequestSeen {
        let own = |name| self.one(name).map(str::to_owned);
        let others = self.0.iter();
        let others = others.filter(|(name, _)| !NOT_OTHERS.contains(&name.as_str()));
        TokenRequestSeen {
            grant_type: own("grant_type"),
            scope: own("scope"),
            resources: self.all("resource").map(str::to_owned).collect(),
            audiences: self.all("audience").map(str::to_owned).collect(),
            client_id: own("client_id"),
            authentication: if headers.contains_key(AUTHORIZATION) {
                Some(AuthenticationMethod::SecretBasic)
            } else if self.one("client_secret").is_some() {
                Some(AuthenticationMethod::SecretPost)
            } else if self.one("client_assertion").is_some() {
                Some(AuthenticationMethod::PrivateKeyJwt)
            } else {
                None
            },
            others: others.cloned().collect(),
        }
    }
}
