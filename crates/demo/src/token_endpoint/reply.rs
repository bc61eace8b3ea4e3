//! The reply with a token (RFC 6749 §5.1).

use axum::Json;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse as _, Response};
use procura_core::scope::Scopes;
use serde_json::json;

use super::Grant;
use crate::issued::Issued;
use crate::misbehaviour::Misbehaviour;
use crate::provider::DemoProvider;

/// Issues a token for a grant and tells it, or something like it.
pub(super) fn token(
    provider: &DemoProvider,
    grant: Grant,
    misbehaviour: Option<&Misbehaviour>,
) -> Response {
    let lifetime_s = provider.access_token_lifetime_s();
    let scopes = granted(grant.scopes, misbehaviour);
    let scope = scopes.as_text();
    let token = provider.issue(Issued {
        client_id: grant.client_id,
        scopes,
        expires_at: lifetime_s.map(|life| provider.now().plus_seconds(life.into())),
    });
    let mut reply = json!({ "access_token": token, "token_type": "Bearer", "scope": scope });
    if let Some(members) = reply.as_object_mut() {
        if let Some(lifetime_s) = lifetime_s {
            members.insert("expires_in".to_owned(), lifetime_s.into());
        }
        match misbehaviour {
            Some(Misbehaviour::NegativeLifetime) => {
                members.insert("expires_in".to_owned(), (-1).into());
            }
            Some(Misbehaviour::NotBearer) => {
                members.insert("token_type".to_owned(), "mac".into());
            }
            _ => {}
        }
    }
    ([(CACHE_CONTROL, "no-store")], Json(reply)).into_response()
}

fn granted(asked: Scopes, misbehaviour: Option<&Misbehaviour>) -> Scopes {
    let other = match misbehaviour {
        Some(Misbehaviour::GrantsLess) => {
            Scopes::from_items(asked.iter().take(asked.len().saturating_sub(1)))
        }
        Some(Misbehaviour::GrantsMore) => Scopes::from_items(asked.iter().chain(["admin"])),
        _ => return asked,
    };
    other.unwrap_or(asked)
}
