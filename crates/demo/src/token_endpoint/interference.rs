//! What the token endpoint does in the place of an answer, when a test wants it to.

use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;
use url::form_urlencoded::byte_serialize;

use super::authentication::Presented;
use super::form::TokenForm;
use super::refresh;
use crate::line::Line;
use crate::misbehaviour::{Answer, Endpoint, Misbehaviour};
use crate::provider::DemoProvider;

const JSON: &str = "application/json";
/// At a byte a second, three hours; few enough that nobody refuses them for being many.
const DRIPPED_BYTES: usize = 10 * 1024;

/// What is answered instead; `None` where the request is to be answered after all.
pub(super) async fn instead(
    provider: &DemoProvider,
    misbehaviour: &Misbehaviour,
    line: &Line,
    headers: &HeaderMap,
    form: Option<&TokenForm>,
) -> Option<Response> {
    let is_refresh = form.is_some_and(|form| form.one("grant_type") == Some(refresh::GRANT_TYPE));
    let response = match misbehaviour {
        Misbehaviour::TokenError { status, body } => as_told(*status, body),
        Misbehaviour::RefreshError { status, body } if is_refresh => as_told(*status, body),
        Misbehaviour::TokenHuge(bytes) => {
            let reply = json!({ "access_token": "x".repeat(*bytes), "token_type": "Bearer" });
            ([(CONTENT_TYPE, JSON)], reply.to_string()).into_response()
        }
        Misbehaviour::TokenDrips => drip(line),
        Misbehaviour::TokenRedirects(url) => redirect(url),
        Misbehaviour::TokenHangs => hang(provider, line).await,
        Misbehaviour::Answers(Endpoint::Token, answer) => given(provider, line, answer).await,
        Misbehaviour::RefreshHangs if is_refresh => hang(provider, line).await,
        Misbehaviour::TokenDown => cut(line),
        Misbehaviour::EchoesSecret => echo(headers, form?),
        Misbehaviour::Gate(gate) => {
            tokio::select! {
                permit = gate.acquire() => {
                    // A closed gate lets all through.
                    if let Ok(permit) = permit {
                        permit.forget();
                    }
                }
                () = provider.stopped() => {}
            }
            return None;
        }
        _ => return None,
    };
    Some(response)
}

/// A reply with this status and this text, called JSON.
pub(crate) fn as_told(status: u16, body: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(CONTENT_TYPE, JSON)], body.to_owned()).into_response()
}

/// What an endpoint is to answer, whatever it was asked.
pub(crate) async fn given(provider: &DemoProvider, line: &Line, answer: &Answer) -> Response {
    match answer {
        Answer::Told { status, body } => as_told(*status, body),
        Answer::Redirects(url) => redirect(url),
        Answer::Hangs => hang(provider, line).await,
        Answer::Down => cut(line),
        Answer::Drips => drip(line),
        Answer::Bytes { first, forever } => {
            line.speak(first, forever);
            StatusCode::OK.into_response()
        }
    }
}

fn redirect(url: &str) -> Response {
    let location = [(LOCATION, url.to_owned())];
    (StatusCode::TEMPORARY_REDIRECT, location).into_response()
}

fn drip(line: &Line) -> Response {
    line.drip();
    ([(CONTENT_TYPE, JSON)], " ".repeat(DRIPPED_BYTES)).into_response()
}

fn cut(line: &Line) -> Response {
    line.cut();
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}

/// Waits until the server stops, and then closes without a byte.
pub(crate) async fn hang(provider: &DemoProvider, line: &Line) -> Response {
    provider.stopped().await;
    line.cut();
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}

fn echo(headers: &HeaderMap, form: &TokenForm) -> Response {
    let presented = Presented::read(headers, form).ok();
    let secret = presented.as_ref().map_or("", Presented::secret).as_bytes();
    let percent: String = byte_serialize(secret).collect();
    let text = String::from_utf8_lossy(secret);
    let (base64, base64url) = (STANDARD.encode(secret), URL_SAFE_NO_PAD.encode(secret));
    let header = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    let header = header.unwrap_or("none");
    let reply = json!({
        "error": "invalid_client",
        "error_description":
            format!("not {text} nor {base64} nor {base64url} nor {percent}, header {header}"),
    });
    (
        StatusCode::BAD_REQUEST,
        [(CONTENT_TYPE, JSON)],
        reply.to_string(),
    )
        .into_response()
}
