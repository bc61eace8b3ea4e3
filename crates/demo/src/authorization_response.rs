//! What the user's browser takes back to the client (RFC 6749 §4.1.2, RFC 9207).

use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};

use url::{Url, form_urlencoded};

use crate::authorization_request::{AuthorizationRequestSeen, ReturnAddress};
use crate::misbehaviour::Misbehaviour;
use crate::page::PRIVATE;
use crate::provider::DemoProvider;

/// What came of a request.
pub(crate) enum Outcome<'a> {
    /// A code.
    Code(String),
    /// A code of RFC 6749 §4.1.2.1, and what to do.
    Error(&'a str, &'a str),
}

/// A redirect to the client, or something like it. RFC 9700 §4.12: 303, so that no browser posts a
/// form on.
pub(crate) fn redirect(
    provider: &DemoProvider,
    return_to: &ReturnAddress,
    outcome: &Outcome<'_>,
) -> Response {
    let misbehaviour = provider.misbehaviour();
    if let Some(Misbehaviour::AuthorizationQuery(query)) = &misbehaviour {
        return see(&format!(
            "{}?{}",
            return_to.url,
            filled(query, provider, return_to, outcome)
        ));
    }
    let mut parameters = match outcome {
        Outcome::Code(code) => vec![("code", code.clone())],
        Outcome::Error(code, hint) => vec![
            ("error", (*code).to_owned()),
            ("error_description", (*hint).to_owned()),
        ],
    };
    if matches!(misbehaviour, Some(Misbehaviour::CodeRepeated)) {
        parameters.extend(parameters.first().cloned());
    }
    let state = match &misbehaviour {
        Some(Misbehaviour::NoState) => None,
        Some(Misbehaviour::OtherState(other)) => Some(other),
        _ => return_to.state.as_ref(),
    };
    parameters.extend(state.map(|state| ("state", state.clone())));
    let issuer = match misbehaviour {
        Some(Misbehaviour::NoAuthorizationIssuer) => None,
        Some(Misbehaviour::AuthorizationIssuer(other)) => Some(other),
        _ => Some(provider.issuer()),
    };
    parameters.extend(issuer.map(|issuer| ("iss", issuer)));
    let mut url = return_to.url.clone();
    url.query_pairs_mut().extend_pairs(&parameters);
    see(url.as_str())
}

/// A query that a test wants, with what would have gone back where it names that.
fn filled(
    query: &str,
    provider: &DemoProvider,
    return_to: &ReturnAddress,
    outcome: &Outcome<'_>,
) -> String {
    let escaped = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let code = match outcome {
        Outcome::Code(code) => code.as_str(),
        Outcome::Error(..) => "",
    };
    let state = return_to.state.as_deref().unwrap_or_default();
    query
        .replace("CODE", &escaped(code))
        .replace("STATE", &escaped(state))
        .replace("ISSUER", &escaped(&provider.issuer()))
}

/// A redirect to another server, with what of a request its URL does not say otherwise.
pub(crate) fn divert(url: &str, seen: &AuthorizationRequestSeen) -> Response {
    let Ok(mut url) = Url::parse(url) else {
        return see(url);
    };
    let own: Vec<String> = url
        .query_pairs()
        .map(|(name, _)| name.into_owned())
        .collect();
    let others = seen.parameters.iter();
    let others: Vec<_> = others.filter(|(name, _)| !own.contains(name)).collect();
    url.query_pairs_mut()
        .extend_pairs(others.iter().map(|(name, value)| (name, value)));
    see(url.as_str())
}

/// A redirect that is kept nowhere.
pub(crate) fn see(url: &str) -> Response {
    let location = [(LOCATION, url.to_owned())];
    (StatusCode::SEE_OTHER, PRIVATE, location).into_response()
}
