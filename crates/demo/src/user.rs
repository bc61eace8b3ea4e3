//! Demo users, and the tokens that prove them.

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, HOST};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use procura_core::time::Timestamp;
use serde_json::{Map, Value, json};

use crate::issued::random_text;
use crate::provider::DemoProvider;

/// The users that `GET /users/{name}/token` knows; the name is the subject.
pub const DEMO_USERS: [&str; 5] = ["alice", "bob", "carol", "dave", "erin"];
/// The application that users' tokens are issued to and are for.
pub const DEMO_APP: &str = "demo-app";
/// How long a user's token is good, in seconds.
const LIFETIME_S: i64 = 3600;

/// The claims of a good access token (RFC 9068 §2.2).
pub(crate) fn claims(issuer: &str, subject: &str, now: Timestamp) -> Map<String, Value> {
    let now_s = now.millis().div_euclid(1000);
    let claims = [
        ("iss", json!(issuer)),
        ("sub", json!(subject)),
        ("aud", json!(DEMO_APP)),
        ("client_id", json!(DEMO_APP)),
        ("iat", json!(now_s)),
        ("exp", json!(now_s.saturating_add(LIFETIME_S))),
        ("jti", json!(random_text())),
        ("scope", json!("openid profile")),
    ];
    let claims = claims.into_iter();
    claims
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// `GET /users/{name}/token`: plain text, for `curl`.
pub(crate) async fn token(
    State(provider): State<DemoProvider>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    // SECURITY: a page of another origin whose name was made to resolve to this machine could read
    // a token otherwise; held by `a_user_token_is_given_under_the_servers_own_address_only`.
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    if host != Some(provider.authority().as_str()) {
        let hint = format!("ask for this at {}\n", provider.issuer());
        return (StatusCode::MISDIRECTED_REQUEST, hint).into_response();
    }
    if !DEMO_USERS.contains(&name.as_str()) {
        let hint = format!("the demo users are {}\n", DEMO_USERS.join(", "));
        return (StatusCode::NOT_FOUND, hint).into_response();
    }
    let token = provider.user_token(&name);
    ([(CACHE_CONTROL, "no-store")], format!("{token}\n")).into_response()
}
