//! Why there is no token, in the words of RFC 6749 §5.2.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderValue, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why there is no token; the text says what to do.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The request is malformed.
    InvalidRequest(&'static str),
    /// Larger than the server takes.
    TooLarge,
    /// The client is not known, or did not prove that it is who it says.
    InvalidClient(&'static str),
    /// Not a scope, or not one of the client's.
    InvalidScope(&'static str),
    /// No code, one of another request, over, or used.
    InvalidCode(&'static str),
    /// No refresh token, one of another client, over, or replaced.
    InvalidRefreshToken(&'static str),
    /// No token of a user's, or one that is over.
    InvalidSubject(&'static str),
    /// The token belongs to another client.
    UnauthorizedClient(&'static str),
    /// A grant that the server does not know.
    UnsupportedGrantType,
}

impl Refusal {
    /// Status, code and description.
    pub(super) const fn parts(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::InvalidRequest(hint) => (StatusCode::BAD_REQUEST, "invalid_request", hint),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "invalid_request",
                "send at most 64 KiB",
            ),
            Self::InvalidClient(hint) => (StatusCode::UNAUTHORIZED, "invalid_client", hint),
            Self::InvalidScope(hint) => (StatusCode::BAD_REQUEST, "invalid_scope", hint),
            Self::InvalidCode(hint)
            | Self::InvalidRefreshToken(hint)
            | Self::InvalidSubject(hint) => (StatusCode::BAD_REQUEST, "invalid_grant", hint),
            Self::UnauthorizedClient(hint) => {
                (StatusCode::BAD_REQUEST, "unauthorized_client", hint)
            }
            Self::UnsupportedGrantType => (
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                "use a grant type of the metadata",
            ),
        }
    }
}

impl IntoResponse for &Refusal {
    fn into_response(self) -> Response {
        let (status, code, description) = self.parts();
        let body = Json(json!({ "error": code, "error_description": description }));
        let mut response = (status, [(CACHE_CONTROL, "no-store")], body).into_response();
        if status == StatusCode::UNAUTHORIZED {
            // RFC 9110 §15.5.2 wants it with every 401.
            let challenge = HeaderValue::from_static("Basic realm=\"procura-demo\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
