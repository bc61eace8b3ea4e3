//! Where a user's browser is sent to be asked (RFC 6749 §4.1.1, with RFC 7636 §4.3, RFC 8707 §2.1
//! and OpenID Connect Core §3.1.2.1).
//!
//! ```
//! # use std::collections::BTreeMap;
//! # use procura_core::scope::{ScopeSeparator, Scopes};
//! # use procura_protocol::oauth::authorization_request::{self, AuthorizationRequest};
//! # use procura_protocol::oauth::{endpoint_url::EndpointUrl, vendor_table::Switches};
//! # fn f() -> Result<(), Box<dyn std::error::Error>> {
//! let url = authorization_request::url(&AuthorizationRequest {
//!     endpoint: &EndpointUrl::parse("https://as.example/authorize")?,
//!     client_id: "agent",
//!     redirect_uri: &EndpointUrl::parse("https://procura.example/callback/1")?,
//!     scopes: &Scopes::from_text("read write", ScopeSeparator::Space)?,
//!     separator: ScopeSeparator::Space,
//!     state: "xyz",
//!     code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
//!     resources: &[],
//!     audiences: &[],
//!     switches: &Switches::STANDARD,
//!     force: false,
//!     custom: &BTreeMap::new(),
//! })?;
//! assert_eq!(
//!     url,
//!     "https://as.example/authorize?response_type=code&client_id=agent\
//!      &redirect_uri=https%3A%2F%2Fprocura.example%2Fcallback%2F1&scope=read+write&state=xyz\
//!      &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
//! );
//! # Ok(()) }
//! # f().unwrap();
//! ```

use std::collections::{BTreeMap, BTreeSet};

use procura_core::scope::{ScopeSeparator, Scopes};
use url::form_urlencoded;

use super::endpoint_url::EndpointUrl;
use super::token_request::RequestError;
use super::vendor_table::Switches;
use super::{parameter, pkce};

#[cfg(test)]
mod tests;

/// Longest URL of a request, in bytes: what browsers and servers commonly take as one line.
pub const URL_BYTES_MAX: usize = 16 * 1024;
/// The scope that makes a request one of OpenID Connect (Core §3.1.2.1).
pub const OPENID: &str = "openid";
/// Longest state, in bytes.
pub const STATE_BYTES_MAX: usize = 512;

/// What a user is asked.
#[derive(Debug, Clone, Copy)]
pub struct AuthorizationRequest<'a> {
    /// `authorization_endpoint`. Its query is kept (RFC 6749 §3.1) and may have no parameter of ours.
    pub endpoint: &'a EndpointUrl,
    /// `client_id`.
    pub client_id: &'a str,
    /// `redirect_uri`: the callback URL of this provider and of no other.
    pub redirect_uri: &'a EndpointUrl,
    /// `scope`; the parameter is left out when there is none.
    pub scopes: &'a Scopes,
    /// What stands between them: [`super::vendor_table::Dialect::request_separator`].
    pub separator: ScopeSeparator,
    /// `state`: 1 to [`STATE_BYTES_MAX`] visible ASCII characters that nobody can guess.
    pub state: &'a str,
    /// `code_challenge`, of [`pkce::challenge_s256`].
    pub code_challenge: &'a str,
    /// `resource`, once for each (RFC 8707 §2).
    pub resources: &'a [String],
    /// `audience`, once for each.
    pub audiences: &'a [String],
    /// What the vendor wants beside the standard's parameters.
    pub switches: &'a Switches,
    /// Whether the user is to be asked again, where the vendor has a parameter for that.
    pub force: bool,
    /// Parameters of the caller's. None may bear a name of ours; one that bears the name of a switch
    /// replaces it.
    pub custom: &'a BTreeMap<String, String>,
}

/// The URL to send the browser to. The order is fixed: the query of the endpoint, the standard's
/// parameters, resources, audiences, the vendor's switches, custom parameters by name.
///
/// Who asks for [`OPENID`] asks for an ID token, and some servers give none, and no token at all,
/// without a `nonce`: [`nonce`] makes it.
///
/// # Errors
/// The first value that may not stand in a request.
pub fn url(ask: &AuthorizationRequest<'_>) -> Result<String, RequestError> {
    let wants_id_token = ask.scopes.iter().any(|scope| scope == OPENID);
    let nonce = wants_id_token.then(|| nonce(ask.code_challenge));
    written(ask, nonce.as_deref())
}

/// As [`url`], with a `nonce` that the caller made and has stored.
///
/// # Errors
/// As [`url`].
pub fn url_with_nonce(ask: &AuthorizationRequest<'_>, nonce: &str) -> Result<String, RequestError> {
    written(ask, Some(nonce))
}

/// What an ID token says that comes of a request with this challenge (OpenID Connect Core §15.5.2):
/// like the challenge, it is made of the verifier, which only we have, and may be seen by anybody.
pub fn nonce(code_challenge: &str) -> String {
    pkce::digest_text(&[b"procura nonce v1 ", code_challenge.as_bytes()])
}

fn written(ask: &AuthorizationRequest<'_>, nonce: Option<&str>) -> Result<String, RequestError> {
    let fixed = parameters_of(ask.endpoint)?;
    check_values(ask)?;
    let mut query = form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("response_type", "code")
        .append_pair("client_id", ask.client_id)
        .append_pair("redirect_uri", ask.redirect_uri.as_str());
    let scopes = match ask.switches.offline_scope {
        // Alone, it would take the place of the scopes that a server gives to who asks for none.
        Some(offline) if !ask.scopes.is_empty() => {
            &ask.scopes.union(&Scopes::from_items([offline])?)?
        }
        _ => ask.scopes,
    };
    if !scopes.is_empty() {
        query.append_pair(
            ask.switches.scope_parameter,
            &scopes.parameter(ask.separator)?,
        );
    }
    query
        .append_pair("state", ask.state)
        .append_pair("code_challenge", ask.code_challenge)
        .append_pair("code_challenge_method", pkce::METHOD);
    if let Some(nonce) = nonce {
        query.append_pair("nonce", nonce);
    }
    for resource in ask.resources {
        query.append_pair("resource", resource);
    }
    for audience in ask.audiences {
        query.append_pair("audience", audience);
    }
    for (name, value) in switches(ask, &fixed) {
        query.append_pair(name, value);
    }
    for (name, value) in ask.custom {
        if fixed.contains(&name.to_ascii_lowercase()) {
            return Err(RequestError::CustomFixed);
        }
        query.append_pair(name, value);
    }
    joined(ask.endpoint, &query.finish())
}

/// The names in the query of the endpoint, in lower case.
///
/// SECURITY: a parameter that stands twice is read by some servers at its first place (RFC 6749
/// §3.1 forbids it). Held by `an_endpoint_has_no_parameter_of_ours`.
fn parameters_of(endpoint: &EndpointUrl) -> Result<BTreeSet<String>, RequestError> {
    let query = endpoint.as_str().split_once('?').map_or("", |(_, it)| it);
    let mut names = BTreeSet::new();
    for (name, _) in form_urlencoded::parse(query.as_bytes()) {
        if let Some(ours) = parameter::reserved_in_authorization(&name) {
            return Err(RequestError::EndpointParameter(ours));
        }
        names.insert(name.to_ascii_lowercase());
    }
    Ok(names)
}

fn check_values(ask: &AuthorizationRequest<'_>) -> Result<(), RequestError> {
    parameter::check_client_id(ask.client_id)?;
    let state_has_form = (1..=STATE_BYTES_MAX).contains(&ask.state.len())
        && ask.state.bytes().all(|byte| byte.is_ascii_graphic());
    if !state_has_form {
        return Err(RequestError::State);
    }
    if !pkce::has_form(ask.code_challenge) {
        return Err(RequestError::CodeChallenge);
    }
    parameter::at_most("resources", ask.resources.len())?;
    for resource in ask.resources {
        parameter::check_resource(resource)?;
    }
    parameter::at_most("audiences", ask.audiences.len())?;
    for audience in ask.audiences {
        parameter::check_audience(audience)?;
    }
    parameter::at_most("custom parameters", ask.custom.len())?;
    for (name, value) in ask.custom {
        parameter::check_custom_in_authorization(name, value)?;
    }
    Ok(())
}

/// The vendor's switches that nobody else decides: the endpoint's own query comes first, then the
/// caller; a switch that has the user asked again replaces an ordinary one.
fn switches(
    ask: &AuthorizationRequest<'_>,
    fixed: &BTreeSet<String>,
) -> Vec<(&'static str, &'static str)> {
    let force: &[_] = if ask.force { ask.switches.force } else { &[] };
    let ordinary = ask.switches.always.iter().filter(|(name, _)| {
        let is_it = |(other, _): &(&str, &str)| other == name;
        !force.iter().any(is_it)
    });
    let is_free = |name: &str| {
        let mut custom = ask.custom.keys();
        let is_asked = name == "audience" && !ask.audiences.is_empty();
        !is_asked && !fixed.contains(name) && !custom.any(|other| other.eq_ignore_ascii_case(name))
    };
    ordinary
        .chain(force)
        .copied()
        .filter(|(name, _)| is_free(name))
        .collect()
}

fn joined(endpoint: &EndpointUrl, query: &str) -> Result<String, RequestError> {
    let endpoint = endpoint.as_str();
    let mark = match endpoint.split_once('?') {
        None => "?",
        Some((_, own)) if own.is_empty() || own.ends_with('&') => "",
        Some(_) => "&",
    };
    let url = format!("{endpoint}{mark}{query}");
    if url.len() > URL_BYTES_MAX {
        return Err(RequestError::TooLong);
    }
    Ok(url)
}
