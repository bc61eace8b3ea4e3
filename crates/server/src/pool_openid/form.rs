//! Parameters of a query and of a form, read and bounded.

use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use hyper::http::request::Parts;
use procura_core::pool_authorization::{ErrorCode, InvalidParameters, Parameters, Refusal};

use crate::body::{self, Unread};
use crate::service::Service;

/// The longest query or form that is looked at, in bytes.
const BYTES_MAX: usize = 16 * 1024;

/// Why there are no parameters.
pub(super) enum Unreadable {
    /// The body did not come.
    Body(Unread),
    /// It is something else than parameters.
    Parameters(Refusal),
}

impl From<Refusal> for Unreadable {
    fn from(refusal: Refusal) -> Self {
        Self::Parameters(refusal)
    }
}

const fn refused(text: &'static str) -> Refusal {
    ErrorCode::InvalidRequest.because(text)
}

/// Those of a query.
pub(super) fn of_query(parts: &Parts) -> Result<Parameters, Refusal> {
    let query = parts.uri.query().unwrap_or_default();
    if query.len() > BYTES_MAX {
        return Err(refused("the address is too long"));
    }
    parameters(query.as_bytes())
}

/// Those of a form; then none stand in the query, where they would be logged (RFC 6749 §3.2).
pub(super) async fn of_body(
    service: &Service,
    parts: &Parts,
    body: Incoming,
) -> Result<Parameters, Unreadable> {
    if parts.uri.query().is_some_and(|query| !query.is_empty()) {
        return Err(refused("parameters stand in the body").into());
    }
    let content_type = one(&parts.headers, &CONTENT_TYPE).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(refused("the body is a form: application/x-www-form-urlencoded").into());
    }
    let timeout = service.limits.body_timeout;
    let held = body::read(body, BYTES_MAX, &service.budget, timeout).await;
    let held = held.map_err(Unreadable::Body)?;
    Ok(parameters(&held.bytes)?)
}

fn parameters(bytes: &[u8]) -> Result<Parameters, Refusal> {
    let pairs = url::form_urlencoded::parse(bytes).into_owned();
    Parameters::of(pairs).map_err(|error| match error {
        InvalidParameters::Repeated => refused("a parameter stands more than once"),
        InvalidParameters::TooLong => refused("the parameters are too many or too long"),
        _ => refused("a parameter is not text"),
    })
}

/// The value of a header that stands once.
fn one<'a>(headers: &'a HeaderMap, name: &hyper::header::HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// What stands in `Authorization`: `None` where there is no such header; one that stands twice, or
/// is no text, is as one that says nothing.
pub(super) fn authorization(headers: &HeaderMap) -> Option<&str> {
    headers
        .contains_key(AUTHORIZATION)
        .then(|| one(headers, &AUTHORIZATION).unwrap_or_default())
}
