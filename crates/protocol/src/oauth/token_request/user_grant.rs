//! Requests for a token that a user consented to: the first by the code, the others by the refresh
//! token.

use procura_core::scope::{ScopeSeparator, Scopes};
use procura_core::secret::Plain;
use procura_core::secret::kind::{AuthorizationCode, CodeVerifier, RefreshToken};

use super::super::authorization_response::CODE_BYTES_MAX;
use super::super::endpoint_url::EndpointUrl;
use super::super::pkce;
use super::super::token_reply::TOKEN_BYTES_MAX;
use super::{ClientAuthentication, RequestError, TokenRequest};

/// What a code is redeemed with (RFC 6749 §4.1.3, RFC 7636 §4.5).
#[derive(Debug, Clone, Copy)]
pub struct CodeRedemption<'a> {
    /// `code`.
    pub code: &'a Plain<AuthorizationCode>,
    /// `redirect_uri`: that of the authorization request, byte for byte.
    pub redirect_uri: &'a EndpointUrl,
    /// `code_verifier`. There is no request without it: a server that does not know it ignores it,
    /// and one that does and gets none refuses.
    pub code_verifier: &'a Plain<CodeVerifier>,
    /// `resource`, once for each (RFC 8707 §2).
    pub resources: &'a [String],
    /// `audience`, once for each.
    pub audiences: &'a [String],
}

/// What a token is renewed with (RFC 6749 §6).
#[derive(Debug, Clone, Copy)]
pub struct TokenRefresh<'a> {
    /// `refresh_token`.
    pub refresh_token: &'a Plain<RefreshToken>,
    /// `scope`, where fewer are wanted than were granted, or where the vendor would give more
    /// ([`super::super::vendor_table::RenewalScopes`]); without it they stay the same.
    pub scopes: Option<&'a Scopes>,
    /// What stands between them: [`super::super::vendor_table::Dialect::request_separator`].
    pub separator: ScopeSeparator,
    /// `resource`, once for each (RFC 8707 §2.2).
    pub resources: &'a [String],
}

/// Writes a request that redeems a code. The order is fixed: the grant type, the code, what it is
/// bound to, resources, audiences, the client last.
///
/// # Errors
/// The first value that may not stand in a request.
pub fn authorization_code(
    ask: &CodeRedemption<'_>,
    client: &ClientAuthentication<'_>,
) -> Result<TokenRequest, RequestError> {
    let code = ask
        .code
        .expose_secret_text()
        .filter(|text| (1..=CODE_BYTES_MAX).contains(&text.len()))
        .filter(|text| text.bytes().all(|byte| matches!(byte, 0x20..=0x7e)))
        .ok_or(RequestError::Code)?;
    let verifier = ask
        .code_verifier
        .expose_secret_text()
        .filter(|text| pkce::has_form(text))
        .ok_or(RequestError::CodeVerifier)?;
    let mut request = TokenRequest::of("authorization_code");
    request.push_secret("code", code);
    request.push("redirect_uri", ask.redirect_uri.as_str());
    request.push_secret("code_verifier", verifier);
    request.push_resources(ask.resources)?;
    request.push_audiences(ask.audiences)?;
    request.authenticate(client)?;
    Ok(request)
}

/// Writes a request that renews a token. The order is fixed: the grant type, the refresh token,
/// scope, resources, the client last.
///
/// # Errors
/// The first value that may not stand in a request.
pub fn refresh_token(
    ask: &TokenRefresh<'_>,
    client: &ClientAuthentication<'_>,
) -> Result<TokenRequest, RequestError> {
    let token = token_text(ask.refresh_token).ok_or(RequestError::RefreshToken)?;
    let mut request = TokenRequest::of("refresh_token");
    request.push_secret("refresh_token", token);
    if let Some(scopes) = ask.scopes.filter(|scopes| !scopes.is_empty()) {
        request.push("scope", &scopes.parameter(ask.separator)?);
    }
    request.push_resources(ask.resources)?;
    request.authenticate(client)?;
    Ok(request)
}

/// A token, if it has the form in which [`super::super::token_reply`] takes one.
pub(crate) fn token_text<K>(token: &Plain<K>) -> Option<&str> {
    token
        .expose_secret_text()
        .filter(|text| (1..=TOKEN_BYTES_MAX).contains(&text.len()))
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic()))
}
