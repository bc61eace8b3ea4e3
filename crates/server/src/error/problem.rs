//! RFC 9457 problem details, for the native API.

use procura_core::error::{Error, Kind};
use procura_core::id::RequestId;
use serde_json::json;

use crate::response::{self, Answer};

/// What `error` is for a client of the native API.
pub(crate) fn answer(error: &Error, request: RequestId) -> Answer {
    let (status, title) = match error.kind() {
        Kind::Caller => (400, "invalid request"),
        Kind::Unproved => (401, "not proved"),
        Kind::Denied => (403, "denied"),
        Kind::NotFound => (404, "not found"),
        Kind::Conflict => (409, "conflict"),
        Kind::Throttled => (429, "busy"),
        Kind::Upstream => (502, "provider failed"),
        Kind::Internal => (500, "internal error"),
    };
    let body = json!({
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": error.public(),
        "request": request.to_string(),
    });
    let mut answer = response::json(
        status,
        body.to_string().into_bytes(),
        request,
        error.record(),
    );
    answer.headers_mut().insert(
        hyper::header::CONTENT_TYPE,
        hyper::header::HeaderValue::from_static("application/problem+json"),
    );
    answer
}
