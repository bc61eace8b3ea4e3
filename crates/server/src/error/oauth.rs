//! Errors as OAuth 2.0 tells them (RFC 6749 §5.2, RFC 6750 §3): a code for programs, and our own
//! words.

use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, HeaderValue, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use procura_app::pool_openid::OpenIdError;
use procura_core::error::{Error, Kind};
use procura_core::id::RequestId;
use procura_core::pool_authorization::{ErrorCode, Refusal};
use serde_json::json;

use crate::error::aws::Exception;
use crate::response::{self, Answer};

/// How a request has authenticated, or tried to: what its refusal names (RFC 6749 §5.2, RFC 6750 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// In the body, or not at all.
    None,
    /// HTTP Basic (RFC 7617).
    Basic,
    /// An access token.
    Bearer,
    /// Not at all, where an access token is needed: then no error is named (RFC 6750 §3.1).
    BearerWanted,
}

/// The status of a code.
const fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::InvalidClient | ErrorCode::InvalidToken => StatusCode::UNAUTHORIZED,
        ErrorCode::AccessDenied | ErrorCode::InsufficientScope => StatusCode::FORBIDDEN,
        ErrorCode::InteractionRequired
        | ErrorCode::InvalidGrant
        | ErrorCode::InvalidRequest
        | ErrorCode::InvalidScope
        | ErrorCode::InvalidTarget
        | ErrorCode::LoginRequired
        | ErrorCode::RegistrationNotSupported
        | ErrorCode::RequestNotSupported
        | ErrorCode::RequestUriNotSupported
        | ErrorCode::UnauthorizedClient
        | ErrorCode::UnsupportedGrantType
        | ErrorCode::UnsupportedResponseType
        | ErrorCode::UnsupportedTokenType => StatusCode::BAD_REQUEST,
    }
}

/// Status and code of an error that no refusal is made for.
const fn failure_of(kind: Kind) -> (StatusCode, &'static str) {
    match kind {
        Kind::Caller | Kind::Conflict | Kind::NotFound => {
            (StatusCode::BAD_REQUEST, "invalid_request")
        }
        Kind::Unproved => (StatusCode::BAD_REQUEST, "invalid_grant"),
        Kind::Denied => (StatusCode::FORBIDDEN, "access_denied"),
        Kind::Throttled => (StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable"),
        Kind::Upstream => (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable"),
        Kind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "server_error"),
    }
}

/// Whose fault an error is, for the metrics.
pub(crate) fn blame(error: &OpenIdError) -> Kind {
    match error {
        OpenIdError::Failed(error) => error.kind(),
        OpenIdError::Refused(refusal) => match refusal.code {
            ErrorCode::InvalidClient | ErrorCode::InvalidToken | ErrorCode::InvalidGrant => {
                Kind::Unproved
            }
            ErrorCode::AccessDenied | ErrorCode::InsufficientScope => Kind::Denied,
            _ => Kind::Caller,
        },
    }
}

/// The answer to a program.
pub(crate) fn answer(error: &OpenIdError, scheme: Scheme, realm: &str, id: RequestId) -> Answer {
    match error {
        OpenIdError::Refused(refusal) => refused(*refusal, scheme, realm, id),
        OpenIdError::Failed(error) => failed(error, id),
    }
}

fn refused(refusal: Refusal, scheme: Scheme, realm: &str, id: RequestId) -> Answer {
    let (code, status) = (refusal.code.as_str(), status_of(refusal.code));
    let mut answer = told(status, code, refusal.text, id);
    let challenge = match scheme {
        Scheme::None => None,
        Scheme::Basic => {
            (refusal.code == ErrorCode::InvalidClient).then(|| format!("Basic realm=\"{realm}\""))
        }
        Scheme::BearerWanted => Some(format!("Bearer realm=\"{realm}\"")),
        Scheme::Bearer => Some(format!(
            "Bearer realm=\"{realm}\", error=\"{code}\", error_description=\"{}\"",
            refusal.text
        )),
    };
    if let Some(Ok(challenge)) = challenge.map(|text| HeaderValue::from_str(&text)) {
        answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    answer
}

fn failed(error: &Error, id: RequestId) -> Answer {
    let (status, code) = failure_of(error.kind());
    let text = match error.kind() {
        Kind::Internal => "the service failed; try again",
        _ => error.public(),
    };
    let mut answer = told(status, code, text, id);
    if error.kind() == Kind::Throttled {
        let seconds = error.retry_after_s().unwrap_or(1);
        let headers = answer.headers_mut();
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

/// What was refused before it was looked at: too often, too long, too slow.
pub(crate) fn of_exception(exception: &Exception, id: RequestId) -> Answer {
    let status = StatusCode::from_u16(exception.status);
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let code = if status == StatusCode::TOO_MANY_REQUESTS {
        "temporarily_unavailable"
    } else {
        "invalid_request"
    };
    let text = exception.body.get("message");
    let text = text.and_then(|text| text.as_str()).unwrap_or_default();
    let mut answer = told(status, code, text, id);
    if status == StatusCode::TOO_MANY_REQUESTS {
        let seconds = exception.retry_after_s.unwrap_or(1);
        let headers = answer.headers_mut();
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

fn told(status: StatusCode, code: &str, text: &str, id: RequestId) -> Answer {
    let body = json!({ "error": code, "error_description": text });
    json_of(status, &body, id)
}

/// JSON that nobody keeps (RFC 6749 §5.1).
pub(crate) fn json_of(status: StatusCode, body: &serde_json::Value, id: RequestId) -> Answer {
    let body = body.to_string().into_bytes();
    let mut answer = response::json(status.as_u16(), body, id, None);
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    answer
}
