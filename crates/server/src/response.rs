//! Responses, with the headers that every one carries.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use procura_core::id::{RecordId, RequestId};
use procura_wire::{cognito, query};

/// What we answer with.
pub(crate) type Answer = Response<Full<Bytes>>;

/// The id of the request, under the name that AWS clients read.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
/// The name of the exception.
pub(crate) const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
/// The id of the audit record.
pub(crate) const RECORD: HeaderName = HeaderName::from_static("x-procura-record");

/// JSON under `status`. Nothing that we say may be cached: it is a secret, or about one.
pub(crate) fn json(
    status: u16,
    body: Vec<u8>,
    request: RequestId,
    record: Option<RecordId>,
) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    *answer.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(&request.as_uuid_text()) {
        headers.insert(REQUEST_ID, id);
    }
    if let Some(Ok(record)) = record.map(|record| HeaderValue::from_str(&record.to_string())) {
        headers.insert(RECORD, record);
    }
    answer
}

/// The same, as JSON 1.1 has it.
pub(crate) fn json_1_1(
    status: u16,
    body: Vec<u8>,
    request: RequestId,
    record: Option<RecordId>,
) -> Answer {
    let mut answer = json(status, body, request, record);
    let content_type = HeaderValue::from_static(cognito::CONTENT_TYPE);
    answer.headers_mut().insert(CONTENT_TYPE, content_type);
    answer
}

/// XML under `status`.
pub(crate) fn xml(
    status: u16,
    body: String,
    request: RequestId,
    record: Option<RecordId>,
) -> Answer {
    let mut answer = json(status, body.into_bytes(), request, record);
    let content_type = HeaderValue::from_static(query::XML);
    answer.headers_mut().insert(CONTENT_TYPE, content_type);
    answer
}

/// Plain text under `status`, for probes.
pub(crate) fn text(status: StatusCode, body: &'static str) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
