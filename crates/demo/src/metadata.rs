//! What the authorization server says of itself: its metadata (RFC 8414 §2, OpenID Connect
//! Discovery 1.0 §3) and its key set.

use axum::extract::{ConnectInfo, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use crate::key_ring::ALGORITHMS;
use crate::line::Line;
use crate::misbehaviour::{Endpoint, Misbehaviour};
use crate::provider::DemoProvider;
use crate::token_endpoint::{ASSERTION_ALGORITHMS, GRANT_TYPES, METHODS, given};

const JSON: &str = "application/json";

/// `GET /.well-known/openid-configuration` and `GET /.well-known/oauth-authorization-server`.
pub(crate) async fn document(
    State(provider): State<DemoProvider>,
    ConnectInfo(line): ConnectInfo<Line>,
) -> Response {
    provider.counters().discovery_requests.add();
    let mut document = standard(&provider.issuer());
    let text = match provider.misbehaviour() {
        Some(Misbehaviour::DiscoveryIssuer(issuer)) => replaced(&mut document, "issuer", issuer),
        Some(Misbehaviour::DiscoveryTokenEndpoint(url)) => {
            replaced(&mut document, "token_endpoint", url)
        }
        Some(Misbehaviour::DiscoveryBody(text)) => text,
        Some(Misbehaviour::Answers(Endpoint::Metadata, answer)) => {
            return given(&provider, &line, &answer).await;
        }
        _ => document.to_string(),
    };
    ([(CONTENT_TYPE, JSON)], text).into_response()
}

fn standard(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "revocation_endpoint": format!("{issuer}/revoke"),
        "jwks_uri": format!("{issuer}/jwks"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "scopes_supported":
            ["openid", "profile", "email", "offline_access", "read", "write", "repo"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "authorization_response_iss_parameter_supported": true,
        "grant_types_supported": GRANT_TYPES,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ALGORITHMS.map(|algorithm| algorithm.name()),
        "token_endpoint_auth_methods_supported": METHODS.map(|method| method.as_str()),
        "token_endpoint_auth_signing_alg_values_supported":
            ASSERTION_ALGORITHMS.map(|algorithm| algorithm.name()),
        "code_challenge_methods_supported": ["S256"],
    })
}

fn replaced(document: &mut Value, member: &str, text: String) -> String {
    if let Some(members) = document.as_object_mut() {
        members.insert(member.to_owned(), text.into());
    }
    document.to_string()
}

/// `GET /jwks`.
pub(crate) async fn key_set(
    State(provider): State<DemoProvider>,
    ConnectInfo(line): ConnectInfo<Line>,
) -> Response {
    provider.counters().key_set_requests.add();
    let mut keys = provider.public_keys();
    let text = match provider.misbehaviour() {
        Some(Misbehaviour::KeySetBody(text)) => text,
        Some(Misbehaviour::KeySetHuge(bytes)) => replaced(&mut keys, "padding", "x".repeat(bytes)),
        Some(Misbehaviour::KeySetDown) => {
            line.cut();
            String::new()
        }
        _ => keys.to_string(),
    };
    let headers = [(CONTENT_TYPE, JSON), (CACHE_CONTROL, "max-age=300")];
    (headers, text).into_response()
}
