//! The demo API: what an agent does something with once it has a credential.

use axum::Json;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use procura_core::digest::constant_time_eq;
use serde_json::{Map, Value, json};

use crate::issued::Issued;
use crate::provider::DemoProvider;
use crate::repository;
use crate::user::{email, full_name};

/// What `GET /api/weather` wants in `X-Api-Key`.
pub const DEMO_API_KEY: &str = "demo-api-key";

/// Why the API does not answer (RFC 6750 §3.1).
pub(crate) enum Refusal {
    /// No bearer token.
    NoToken,
    /// Not one of ours, or over.
    InvalidToken,
    /// A good one, with none of these scopes.
    InsufficientScope(&'static str),
    /// A client's own, where a user's is needed.
    NoUser,
    /// The header `X-Api-Key` is absent or another.
    ApiKey,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, challenge, hint) = match self {
            Self::NoToken => (
                StatusCode::UNAUTHORIZED,
                "Bearer realm=\"procura-demo\"".to_owned(),
                "send an access token: Authorization: Bearer TOKEN",
            ),
            Self::InvalidToken => (
                StatusCode::UNAUTHORIZED,
                "Bearer realm=\"procura-demo\", error=\"invalid_token\"".to_owned(),
                "get a new access token at the token endpoint",
            ),
            Self::InsufficientScope(scope) => (
                StatusCode::FORBIDDEN,
                format!(
                    "Bearer realm=\"procura-demo\", error=\"insufficient_scope\", scope=\"{scope}\""
                ),
                "get an access token with a scope of the challenge",
            ),
            Self::NoUser => (
                StatusCode::FORBIDDEN,
                "Bearer realm=\"procura-demo\"".to_owned(),
                "get an access token of a user: with a code, not with client credentials",
            ),
            Self::ApiKey => (
                StatusCode::UNAUTHORIZED,
                "ApiKey realm=\"procura-demo\"".to_owned(),
                "send the demo API key in X-Api-Key",
            ),
        };
        let body = Json(json!({ "message": hint }));
        (status, [(WWW_AUTHENTICATE, challenge)], body).into_response()
    }
}

/// `GET /api/whoami`.
pub(crate) async fn whoami(
    State(provider): State<DemoProvider>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    let token = bearer(&provider, &headers)?;
    let scopes: Vec<&str> = token.scopes.iter().collect();
    let mut whoami = json!({ "client_id": token.client_id, "scopes": scopes });
    if let (Some(user), Some(members)) = (token.user, whoami.as_object_mut()) {
        members.insert("user".to_owned(), user.into());
    }
    Ok(Json(whoami))
}

/// `GET /api/user`.
pub(crate) async fn user(
    State(provider): State<DemoProvider>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    let token = bearer(&provider, &headers)?;
    let user = readable(&token)?.ok_or(Refusal::NoUser)?;
    Ok(Json(
        json!({ "login": user, "name": full_name(user), "email": email(user) }),
    ))
}

/// `GET /api/repositories`.
pub(crate) async fn repositories(
    State(provider): State<DemoProvider>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    let token = bearer(&provider, &headers)?;
    Ok(Json(repository::of(readable(&token)?)))
}

/// `GET /userinfo` (OpenID Connect Core §5.3).
pub(crate) async fn userinfo(
    State(provider): State<DemoProvider>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    let token = bearer(&provider, &headers)?;
    let has = |wanted: &str| token.scopes.iter().any(|scope| scope == wanted);
    if !has("openid") {
        return Err(Refusal::InsufficientScope("openid"));
    }
    let user = token.user.as_deref().ok_or(Refusal::NoUser)?;
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), user.into());
    if has("profile") {
        claims.insert("name".to_owned(), full_name(user).into());
        claims.insert("preferred_username".to_owned(), user.into());
    }
    if has("email") {
        claims.insert("email".to_owned(), email(user).into());
        claims.insert("email_verified".to_owned(), true.into());
    }
    Ok(Json(claims.into()))
}

/// Whose repositories a token may read: a user's, or those of the client itself.
fn readable(token: &Issued) -> Result<Option<&str>, Refusal> {
    let is_enough = |scope| ["repo", "read"].contains(&scope);
    if token.scopes.iter().any(is_enough) {
        Ok(token.user.as_deref())
    } else {
        Err(Refusal::InsufficientScope("repo read"))
    }
}

/// `GET /api/weather`.
pub(crate) async fn weather(headers: HeaderMap) -> Result<Json<Value>, Refusal> {
    let key = headers.get("x-api-key").ok_or(Refusal::ApiKey)?;
    if !constant_time_eq(key.as_bytes(), DEMO_API_KEY.as_bytes()) {
        return Err(Refusal::ApiKey);
    }
    Ok(Json(
        json!({ "place": "Demo Harbour", "sky": "clear", "temperature_c": 21 }),
    ))
}

/// What the bearer token of a request is good for (RFC 6750 §2.1).
fn bearer(provider: &DemoProvider, headers: &HeaderMap) -> Result<Issued, Refusal> {
    let header = headers.get(AUTHORIZATION).ok_or(Refusal::NoToken)?;
    let text = header.to_str().map_err(|_| Refusal::NoToken)?;
    let (scheme, token) = text.split_once(' ').ok_or(Refusal::NoToken)?;
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(Refusal::NoToken);
    }
    let known = provider.tokens().look_up(token, provider.now());
    known.ok_or(Refusal::InvalidToken)
}
