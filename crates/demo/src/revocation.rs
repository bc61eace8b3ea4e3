//! `POST /revoke` (RFC 7009).

use axum::extract::{ConnectInfo, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};

use crate::issued::Revoked;
use crate::line::Line;
use crate::misbehaviour::{Endpoint, Misbehaviour};
use crate::provider::DemoProvider;
use crate::token_endpoint::{Pairs, Refusal, TokenForm, as_told, authenticate, given, hang};

pub(crate) async fn answer(
    State(provider): State<DemoProvider>,
    ConnectInfo(line): ConnectInfo<Line>,
    headers: HeaderMap,
    pairs: Pairs,
) -> Response {
    provider.counters().revocation_requests.add();
    match provider.misbehaviour() {
        Some(Misbehaviour::RevocationError { status, body }) => return as_told(status, &body),
        Some(Misbehaviour::RevocationHangs) => return hang(&provider, &line).await,
        Some(Misbehaviour::Answers(Endpoint::Revocation, answer)) => {
            return given(&provider, &line, &answer).await;
        }
        _ => {}
    }
    match revoke(&provider, &headers, pairs) {
        // RFC 7009 §2.2: also where there is no such token.
        Ok(()) => (StatusCode::OK, [(CACHE_CONTROL, "no-store")]).into_response(),
        Err(refusal) => (&refusal).into_response(),
    }
}

fn revoke(provider: &DemoProvider, headers: &HeaderMap, pairs: Pairs) -> Result<(), Refusal> {
    let form = TokenForm::read(pairs)?;
    let client = authenticate(provider, headers, &form)?;
    let token = form
        .one("token")
        .ok_or(Refusal::InvalidRequest("send token"))?;
    // `token_type_hint` would only make the search shorter.
    let revoked = provider.tokens().revoke(token, &client.id);
    match revoked {
        Revoked::Nothing => {}
        Revoked::Foreign => {
            let hint = "revoke tokens that were issued to this client";
            return Err(Refusal::UnauthorizedClient(hint));
        }
        Revoked::AccessToken | Revoked::Family => provider.counters().revocations.add(),
    }
    Ok(())
}
