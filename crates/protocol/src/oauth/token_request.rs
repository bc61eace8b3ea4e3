//! A token request by client credentials (RFC 6749 §4.4), by an authorization code (§4.1.3), by a
//! refresh token (§6) or by a user's own token (RFC 8693, RFC 7523 §2.1), and how the client authenticates in it (§2.3, RFC 7521 §4.2).
//!
//! ```
//! # use procura_core::secret::{Plain, kind::ClientSecret};
//! # use procura_core::scope::{ScopeSeparator, Scopes};
//! # use procura_protocol::oauth::token_request::{self, ClientAuthentication, ClientCredentials};
//! # fn f(secret: &Plain<ClientSecret>) -> Result<(), token_request::RequestError> {
//! let scopes = Scopes::from_text("read write", ScopeSeparator::Space)?;
//! let ask = ClientCredentials { scopes: &scopes, ..ClientCredentials::default() };
//! let client = ClientAuthentication::SecretBasic { client_id: "agent", client_secret: secret };
//! let request = token_request::client_credentials(&ask, &client)?;
//! assert_eq!(&*request.form(), "grant_type=client_credentials&scope=read+write");
//! # Ok(()) }
//! ```

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use procura_core::secret::Plain;
use procura_core::secret::kind::ClientSecret;
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::authentication_method::AuthenticationMethod;
use super::parameter;
use super::redaction::LiveSecrets;
use procura_core::scope::{ScopeSeparator, Scopes, ScopesError};

#[cfg(test)]
mod tests;
mod user_grant;
mod user_token_exchange;

pub(super) use self::user_grant::token_text;
pub use self::user_grant::{CodeRedemption, TokenRefresh, authorization_code, refresh_token};
pub(super) use self::user_token_exchange::{ACCESS_TOKEN_TYPE, JWT_TYPE};
pub use self::user_token_exchange::{
    Actor, JWT_BEARER_GRANT, TOKEN_EXCHANGE, UserTokenExchange, UserTokenGrant, user_token_exchange,
};

/// `client_assertion_type` of RFC 7523 §2.2.
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Longest id of a client, in bytes.
pub const CLIENT_ID_BYTES_MAX: usize = 256;
/// Longest client secret, in bytes.
pub const CLIENT_SECRET_BYTES_MAX: usize = 65_536;
/// Longest client assertion, in bytes.
pub const ASSERTION_BYTES_MAX: usize = 16 * 1024;
/// Most resources, audiences or custom parameters.
pub const ITEMS_MAX: usize = 100;
/// Longest resource, audience or value of a custom parameter, in bytes.
pub const VALUE_BYTES_MAX: usize = 2048;
/// Longest name of a custom parameter, in bytes.
pub const NAME_BYTES_MAX: usize = 256;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct ClientCredentials<'a> {
    /// `scope`; the parameter is left out when there is none.
    pub scopes: &'a Scopes,
    /// What stands between them: [`super::vendor_table::Dialect::request_separator`].
    pub separator: ScopeSeparator,
    /// `resource`, once for each (RFC 8707 §2).
    pub resources: &'a [String],
    /// `audience`, once for each.
    pub audiences: &'a [String],
    /// Parameters of the caller's. None may bear a name of ours.
    pub custom: &'a BTreeMap<String, String>,
}

impl Default for ClientCredentials<'_> {
    fn default() -> Self {
        static NONE: Scopes = Scopes::NONE;
        static NO_PARAMETERS: BTreeMap<String, String> = BTreeMap::new();
        Self {
            scopes: &NONE,
            separator: ScopeSeparator::Space,
            resources: &[],
            audiences: &[],
            custom: &NO_PARAMETERS,
        }
    }
}

/// How the client proves who it is.
#[derive(Debug, Clone, Copy)]
pub enum ClientAuthentication<'a> {
    /// Id and secret in the `Authorization` header.
    SecretBasic {
        /// `client_id`.
        client_id: &'a str,
        /// `client_secret`.
        client_secret: &'a Plain<ClientSecret>,
    },
    /// Id and secret in the form.
    SecretPost {
        /// `client_id`.
        client_id: &'a str,
        /// `client_secret`.
        client_secret: &'a Plain<ClientSecret>,
    },
    /// An assertion: [`super::client_assertion`] has its claims, signing is the caller's.
    PrivateKeyJwt {
        /// `client_id`; RFC 7521 §4.2 lets it be left out, since the assertion names the client.
        client_id: Option<&'a str>,
        /// `client_assertion`.
        assertion: &'a str,
    },
}

impl ClientAuthentication<'_> {
    /// Its method.
    pub const fn method(&self) -> AuthenticationMethod {
        match self {
            Self::SecretBasic { .. } => AuthenticationMethod::SecretBasic,
            Self::SecretPost { .. } => AuthenticationMethod::SecretPost,
            Self::PrivateKeyJwt { .. } => AuthenticationMethod::PrivateKeyJwt,
        }
    }
}

/// Why no request is written. No value of the caller's stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// A custom parameter bears a name of ours, in any case.
    #[error(
        "leave {0} out of the custom parameters: it has a place of its own in the request, or may \
         not be asked for"
    )]
    Reserved(&'static str),
    /// The name of a custom parameter.
    #[error("name custom parameters with 1 to 256 letters, digits, hyphens, dots and underscores")]
    CustomName,
    /// The value of a custom parameter.
    #[error("use values of at most 2048 bytes without control characters in custom parameters")]
    CustomValue,
    /// More than [`ITEMS_MAX`].
    #[error("name at most 100 {0}")]
    TooMany(&'static str),
    /// RFC 8707 §2.
    #[error("name resources by absolute URIs without a fragment, of at most 2048 bytes")]
    Resource,
    /// Empty, too long or with control characters.
    #[error("use audiences of 1 to 2048 bytes without control characters")]
    Audience,
    /// The scopes cannot be written for this vendor.
    #[error(transparent)]
    Scopes(#[from] ScopesError),
    /// RFC 6749 appendix A.1.
    #[error("use a client id of 1 to 256 visible ASCII characters or spaces")]
    ClientId,
    /// Empty, too long or no text.
    #[error("store a client secret of 1 to 65536 bytes of text")]
    ClientSecret,
    /// Not three parts of base64url.
    #[error("the client assertion is not a signed token in compact form")]
    Assertion,
    /// The authorization endpoint has a parameter of ours in its query, in any case.
    #[error("leave {0} out of the query of the authorization endpoint: each request has its own")]
    EndpointParameter(&'static str),
    /// A custom parameter bears a name that stands in the query of the authorization endpoint.
    #[error("leave out custom parameters that the URL of the authorization endpoint fixes")]
    CustomFixed,
    /// Longer than [`super::authorization_request::URL_BYTES_MAX`].
    #[error("ask for less: the authorization request has more than 16384 bytes")]
    TooLong,
    /// Empty, too long or not visible ASCII.
    #[error("the authorization code cannot stand in a request; start again")]
    Code,
    /// Not what [`super::pkce::code_verifier`] makes: a defect of whoever made it.
    #[error("the code verifier is not of its form")]
    CodeVerifier,
    /// Empty, too long or not visible ASCII.
    #[error("the refresh token cannot stand in a request; have the user consent again")]
    RefreshToken,
    /// Empty, too long or not visible ASCII.
    #[error("the token to revoke cannot stand in a request")]
    Token,
    /// Empty, too long or not visible ASCII.
    #[error("the user's token cannot stand in a request; get a new one")]
    SubjectToken,
    /// Empty, too long or not visible ASCII.
    #[error("the token of the actor cannot stand in a request")]
    ActorToken,
    /// RFC 8693 §3.
    #[error("name the type of the user's token by an absolute URI in subject_token_type")]
    SubjectTokenType,
    /// Anything else than an access token or a JWT (RFC 8693 §3).
    #[error("ask for an access token or a JWT in requested_token_type")]
    RequestedTokenType,
    /// Empty, too long or not visible ASCII: a defect of whoever made it.
    #[error("the state of an authorization request is not of its form")]
    State,
    /// Not what [`super::pkce::challenge_s256`] makes: a defect of whoever made it.
    #[error("the code challenge of an authorization request is not of its form")]
    CodeChallenge,
}

/// A request to a token endpoint, or to a revocation endpoint: a form, and a header if the client
/// authenticates by one.
///
/// To be sent as a POST of `application/x-www-form-urlencoded` with `Accept: application/json`.
pub struct TokenRequest {
    pairs: Vec<(Cow<'static, str>, Zeroizing<String>)>,
    authorization: Option<Zeroizing<String>>,
    /// What proves the client, and what it redeems, as they are before any encoding.
    secrets: Vec<Zeroizing<String>>,
}

/// Writes a request by client credentials. The order is fixed: the grant type, scope, resources,
/// audiences, custom parameters by name, the client last.
///
/// # Errors
/// The first value that may not stand in a request.
pub fn client_credentials(
    ask: &ClientCredentials<'_>,
    client: &ClientAuthentication<'_>,
) -> Result<TokenRequest, RequestError> {
    let mut request = TokenRequest::of("client_credentials");
    if !ask.scopes.is_empty() {
        request.push("scope", &ask.scopes.parameter(ask.separator)?);
    }
    request.push_resources(ask.resources)?;
    request.push_audiences(ask.audiences)?;
    parameter::at_most("custom parameters", ask.custom.len())?;
    for (name, value) in ask.custom {
        parameter::check_custom(name, value)?;
        request.push(name.clone(), value);
    }
    request.authenticate(client)?;
    Ok(request)
}

impl TokenRequest {
    /// Its parameters, in their order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs
            .iter()
            .map(|(name, value)| (&**name, value.as_str()))
    }

    /// The value of the `Authorization` header, if there is one.
    pub fn authorization(&self) -> Option<&str> {
        self.authorization.as_ref().map(|value| value.as_str())
    }

    /// What must not come back in the text of an error: [`super::token_reply::parse`] takes it.
    pub fn live_secrets(&self) -> LiveSecrets<'_> {
        let mut secrets = LiveSecrets::default();
        for secret in &self.secrets {
            secrets.push(secret);
        }
        if let Some(value) = self.authorization() {
            secrets.push(value.strip_prefix("Basic ").unwrap_or(value));
        }
        secrets
    }

    /// The body.
    pub fn form(&self) -> Zeroizing<String> {
        // Three bytes for each, so that no smaller buffer with the secret in it is left behind.
        let bytes = self
            .pairs()
            .map(|(name, value)| 3 * (name.len() + value.len()) + 2)
            .sum();
        let mut form = Zeroizing::new(String::with_capacity(bytes));
        for (name, value) in self.pairs() {
            if !form.is_empty() {
                form.push('&');
            }
            form.extend(form_urlencoded::byte_serialize(name.as_bytes()));
            form.push('=');
            form.extend(form_urlencoded::byte_serialize(value.as_bytes()));
        }
        form
    }

    /// A request without any parameter.
    pub(super) const fn empty() -> Self {
        Self {
            pairs: Vec::new(),
            authorization: None,
            secrets: Vec::new(),
        }
    }

    fn of(grant_type: &'static str) -> Self {
        let mut request = Self::empty();
        request.push("grant_type", grant_type);
        request
    }

    fn push_resources(&mut self, resources: &[String]) -> Result<(), RequestError> {
        parameter::at_most("resources", resources.len())?;
        for resource in resources {
            parameter::check_resource(resource)?;
            self.push("resource", resource);
        }
        Ok(())
    }

    fn push_audiences(&mut self, audiences: &[String]) -> Result<(), RequestError> {
        parameter::at_most("audiences", audiences.len())?;
        for audience in audiences {
            parameter::check_audience(audience)?;
            self.push("audience", audience);
        }
        Ok(())
    }

    /// A parameter whose value is a secret.
    pub(super) fn push_secret(&mut self, name: &'static str, value: &str) {
        self.push(name, value);
        self.keep(value);
    }

    fn keep(&mut self, secret: &str) {
        self.secrets.push(Zeroizing::new(secret.to_owned()));
    }

    pub(super) fn push(&mut self, name: impl Into<Cow<'static, str>>, value: &str) {
        self.pairs
            .push((name.into(), Zeroizing::new(value.to_owned())));
    }

    /// How the client proves itself: the last parameters of each request.
    pub(super) fn authenticate(
        &mut self,
        client: &ClientAuthentication<'_>,
    ) -> Result<(), RequestError> {
        match *client {
            ClientAuthentication::SecretBasic {
                client_id,
                client_secret,
            } => {
                parameter::check_client_id(client_id)?;
                let secret = text_of(client_secret)?;
                self.keep(secret);
                self.authorization = Some(basic(client_id, secret));
            }
            ClientAuthentication::SecretPost {
                client_id,
                client_secret,
            } => {
                parameter::check_client_id(client_id)?;
                let secret = text_of(client_secret)?;
                self.push("client_id", client_id);
                self.push_secret("client_secret", secret);
            }
            ClientAuthentication::PrivateKeyJwt {
                client_id,
                assertion,
            } => {
                parameter::check_assertion(assertion)?;
                if let Some(client_id) = client_id {
                    parameter::check_client_id(client_id)?;
                    self.push("client_id", client_id);
                }
                self.push("client_assertion_type", JWT_BEARER);
                self.push_secret("client_assertion", assertion);
            }
        }
        Ok(())
    }
}

impl fmt::Debug for TokenRequest {
    /// The names of the parameters; secrets stand among the values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenRequest")
            .field(
                "names",
                &self.pairs().map(|(name, _)| name).collect::<Vec<_>>(),
            )
            .field("authorization", &self.authorization.is_some())
            .finish_non_exhaustive()
    }
}

fn text_of(secret: &Plain<ClientSecret>) -> Result<&str, RequestError> {
    secret
        .expose_secret_text()
        .filter(|text| !text.is_empty() && text.len() <= CLIENT_SECRET_BYTES_MAX)
        .ok_or(RequestError::ClientSecret)
}

/// RFC 6749 §2.3.1: both are form-encoded before they become a user name and a password, so that a
/// colon in an id is no separator.
fn basic(client_id: &str, secret: &str) -> Zeroizing<String> {
    let bytes = 3 * (client_id.len() + secret.len()) + 1;
    let mut pair = Zeroizing::new(String::with_capacity(bytes));
    pair.extend(form_urlencoded::byte_serialize(client_id.as_bytes()));
    pair.push(':');
    pair.extend(form_urlencoded::byte_serialize(secret.as_bytes()));
    let mut header = Zeroizing::new(String::with_capacity(6 + 4 * bytes.div_ceil(3)));
    header.push_str("Basic ");
    STANDARD.encode_string(pair.as_bytes(), &mut header);
    header
}
