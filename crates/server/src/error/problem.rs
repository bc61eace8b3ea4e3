//! RFC 9457 problem details, for the native API.

use procura_core::error::{Error, Kind};
use procura_core::id::{RecordId, RequestId};
use serde_json::json;

use crate::response::{self, Answer};

/// What `error` is for a client of the native API.
pub(crate) fn answer(error: &Error, request: RequestId) -> Answer {
    let (status, title) = status_and_title(error.kind());
    render(status, title, error.public(), request, error.record())
}

/// The status that a problem has, and what it is called.
pub(crate) const fn status_and_title(kind: Kind) -> (u16, &'static str) {
    match kind {
        Kind::Caller => (400, "invalid request"),
        Kind::Unproved => (401, "not proved"),
        Kind::Denied => (403, "denied"),
        Kind::NotFound => (404, "not found"),
        Kind::Conflict => (409, "conflict"),
        Kind::Throttled => (429, "busy"),
        Kind::Upstream => (502, "provider failed"),
        Kind::Internal => (500, "internal error"),
    }
}

/// A problem of any status.
pub(crate) fn render(
    status: u16,
    title: &str,
    detail: &str,
    request: RequestId,
    record: Option<RecordId>,
) -> Answer {
    let body = json!({
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "request": request.to_string(),
    });
    let mut answer = response::json(status, body.to_string().into_bytes(), request, record);
    answer.headers_mut().insert(
        hyper::header::CONTENT_TYPE,
        hyper::header::HeaderValue::from_static("application/problem+json"),
    );
    answer
}
