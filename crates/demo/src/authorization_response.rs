//! What the user's browser takes back to the client (RFC 6749 §4.1.2, RFC 9207).

use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};

use crate::authorization_request::ReturnAddress;
use crate::page::PRIVATE;
use crate::provider::DemoProvider;

/// What came of a request.
pub(crate) enum Outcome {
    /// A code.
    Code(String),
    /// A code of RFC 6749 §4.1.2.1, and what to do.
    Error(&'static str, &'static str),
}

/// A redirect to the client. RFC 9700 §4.12: 303, so that no browser posts a form on.
pub(crate) fn redirect(
    provider: &DemoProvider,
    return_to: &ReturnAddress,
    outcome: &Outcome,
) -> Response {
    let mut parameters = match outcome {
        Outcome::Code(code) => vec![("code", code.clone())],
        Outcome::Error(code, hint) => vec![
            ("error", (*code).to_owned()),
            ("error_description", (*hint).to_owned()),
        ],
    };
    if let Some(state) = &return_to.state {
        parameters.push(("state", state.clone()));
    }
    parameters.push(("iss", provider.issuer()));
    let mut url = return_to.url.clone();
    url.query_pairs_mut().extend_pairs(&parameters);
    see(url.as_str())
}

/// A redirect that is kept nowhere.
pub(crate) fn see(url: &str) -> Response {
    let location = [(LOCATION, url.to_owned())];
    (StatusCode::SEE_OTHER, PRIVATE, location).into_response()
}
