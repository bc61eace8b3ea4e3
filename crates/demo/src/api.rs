//! The demo API: what an agent does something with once it has a credential.

use axum::Json;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use procura_core::digest::constant_time_eq;
use serde_json::{Value, json};

use crate::issued::Issued;
use crate::provider::DemoProvider;

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
    Ok(Json(
        json!({ "client_id": token.client_id, "scopes": scopes }),
    ))
}

/// `GET /api/repositories`.
pub(crate) async fn repositories(
    State(provider): State<DemoProvider>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    let token = bearer(&provider, &headers)?;
    if !token
        .scopes
        .iter()
        .any(|scope| ["repo", "read"].contains(&scope))
    {
        return Err(Refusal::InsufficientScope("repo read"));
    }
    Ok(Json(json!([
        { "name": "lighthouse", "private": false, "description": "Charts of the coast" },
        { "name": "ledger", "private": true, "description": "Who owes whom" },
        { "name": "orchard", "private": false, "description": "Apples, by variety" },
    ])))
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
    provider.look_up(token).ok_or(Refusal::InvalidToken)
}
