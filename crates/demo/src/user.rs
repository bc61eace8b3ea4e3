//! Demo users, and the tokens that prove them.

use axum::extract::{Path, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use procura_core::time::Timestamp;
use serde_json::{Map, Value, json};

use crate::issued::random_text;
use crate::provider::DemoProvider;
use crate::session;

/// The users that `GET /users/{name}/token` knows; the name is the subject.
pub const DEMO_USERS: [&str; 5] = ["alice", "bob", "carol", "dave", "erin"];
/// What every demo user logs in with; the login page says it.
pub const DEMO_PASSWORD: &str = "demo-password";
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

/// The name of a user as people write it.
pub(crate) fn full_name(user: &str) -> String {
    let mut characters = user.chars();
    let initial = characters.next().map(|first| first.to_ascii_uppercase());
    let given: String = initial.into_iter().chain(characters).collect();
    format!("{given} Demo")
}

/// The address of a user, in a domain that is nobody's (RFC 2606 §2).
pub(crate) fn email(user: &str) -> String {
    format!("{user}@demo.example")
}

/// `GET /users/{name}/token`: plain text, for `curl`.
pub(crate) async fn token(
    State(provider): State<DemoProvider>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    if let Some(refusal) = session::misdirected(&provider, &headers) {
        return refusal;
    }
    if !DEMO_USERS.contains(&name.as_str()) {
        let hint = format!("the demo users are {}\n", DEMO_USERS.join(", "));
        return (StatusCode::NOT_FOUND, hint).into_response();
    }
    let token = provider.user_token(&name);
    ([(CACHE_CONTROL, "no-store")], format!("{token}\n")).into_response()
}
