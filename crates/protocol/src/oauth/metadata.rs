//! The metadata of an authorization server (RFC 8414 §2, OpenID Connect Discovery 1.0 §3), read
//! from what came back from a discovery URL.
//!
//! A document speaks for the issuer of its own URL and for no other: otherwise one server could
//! have another's clients send their secrets to it (attacks 19, 20 and I28 of the catalogue). There
//! is no exception. Microsoft's documents for `common` and `organizations` name the template
//! `{tenantid}` as their issuer and are refused; the vendor's own entry of the table needs none.

use serde::Deserialize;

use super::authentication_method::AuthenticationMethod;
use super::endpoint_url::{EndpointUrl, UrlError};
use super::endpoints::Endpoints;
use super::issuer::{DiscoveryUrl, Issuer};
use crate::strict_json::{self, Limits, StrictJsonError};

#[cfg(test)]
mod tests;

/// Largest document, in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 256 * 1024;
/// Most items of a list of supported values.
const ITEMS_MAX: usize = 200;
const LIMITS: Limits = Limits {
    depth_max: 16,
    keys_max: 1_000,
    key_bytes_max: 512,
    string_bytes_max: 16 * 1024,
    nul_in_strings: false,
    object_only: true,
};

/// What an authorization server says of itself, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// `issuer`: the one that the discovery URL speaks for.
    pub issuer: Issuer,
    /// `authorization_endpoint`.
    pub authorization_endpoint: Option<EndpointUrl>,
    /// `token_endpoint`. RFC 8414 lets a server go without; such a server has no token for us.
    pub token_endpoint: EndpointUrl,
    /// `revocation_endpoint`.
    pub revocation_endpoint: Option<EndpointUrl>,
    /// `jwks_uri`.
    pub jwks_uri: Option<EndpointUrl>,
    /// `introspection_endpoint`.
    pub introspection_endpoint: Option<EndpointUrl>,
    /// `registration_endpoint`.
    pub registration_endpoint: Option<EndpointUrl>,
    /// `pushed_authorization_request_endpoint` (RFC 9126 §5).
    pub pushed_authorization_request_endpoint: Option<EndpointUrl>,
    /// `scopes_supported`; `None` when nothing is said.
    pub scopes_supported: Option<Vec<String>>,
    /// `grant_types_supported`; `None` when nothing is said.
    pub grant_types_supported: Option<Vec<String>>,
    /// `token_endpoint_auth_methods_supported`; `None` when nothing is said, which means
    /// `client_secret_basic`: ask [`Self::supports`].
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// `token_endpoint_auth_signing_alg_values_supported`; empty when nothing is said.
    pub token_endpoint_auth_signing_alg_values_supported: Vec<String>,
    /// `code_challenge_methods_supported`; empty when nothing is said, which means no PKCE.
    pub code_challenge_methods_supported: Vec<String>,
    /// `authorization_response_iss_parameter_supported` (RFC 9207 §3).
    pub authorization_response_iss_parameter_supported: bool,
}

/// Why a document is not taken. Never what stands in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataError {
    /// More than [`DOCUMENT_BYTES_MAX`].
    #[error("the discovery document is larger than 256 KiB")]
    TooLarge,
    /// Two readers could read it differently, or it is no JSON object.
    #[error("the discovery document is ambiguous or not JSON: {0}")]
    Json(StrictJsonError),
    /// A member is of another type than the standards say.
    #[error("a member of the discovery document has the wrong type")]
    WrongType,
    /// A member that we cannot go without.
    #[error("the discovery document has no {0}")]
    Missing(&'static str),
    /// RFC 8414 §3.3.
    #[error(
        "the discovery document names another issuer than its URL speaks for; compare the two, \
         and name a Microsoft tenant by its id"
    )]
    IssuerMismatch,
    /// A URL has not the form.
    #[error("{member} of the discovery document is not usable: {error}")]
    Url {
        /// The member.
        member: &'static str,
        /// The rule that is broken.
        error: UrlError,
    },
    /// A plain `http` URL in a document that came over `https`.
    #[error("{0} of the discovery document is not https")]
    NotHttps(&'static str),
    /// A list is longer than 200 items.
    #[error("{0} of the discovery document lists too much")]
    TooMany(&'static str),
}

/// As it stands in the document. Members that we do not know are left alone.
#[derive(Deserialize)]
struct Document {
    issuer: Option<String>,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    jwks_uri: Option<String>,
    introspection_endpoint: Option<String>,
    registration_endpoint: Option<String>,
    pushed_authorization_request_endpoint: Option<String>,
    scopes_supported: Option<Vec<String>>,
    grant_types_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    token_endpoint_auth_signing_alg_values_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    authorization_response_iss_parameter_supported: Option<bool>,
}

/// Reads the document that came back from `from`. Names must not stand twice, and a `null` is an
/// absent member.
///
/// # Errors
/// The first rule that is broken.
pub fn parse(from: &DiscoveryUrl, bytes: &[u8]) -> Result<Metadata, MetadataError> {
    let document = document(bytes)?;
    let urls = Urls {
        https_only: from.url().is_https(),
    };
    let issuer = speaker(from, document.issuer)?;
    Ok(Metadata {
        issuer,
        authorization_endpoint: urls
            .optional("authorization_endpoint", document.authorization_endpoint)?,
        token_endpoint: urls
            .optional("token_endpoint", document.token_endpoint)?
            .ok_or(MetadataError::Missing("token_endpoint"))?,
        revocation_endpoint: urls.optional("revocation_endpoint", document.revocation_endpoint)?,
        jwks_uri: urls.optional("jwks_uri", document.jwks_uri)?,
        introspection_endpoint: urls
            .optional("introspection_endpoint", document.introspection_endpoint)?,
        registration_endpoint: urls
            .optional("registration_endpoint", document.registration_endpoint)?,
        pushed_authorization_request_endpoint: urls.optional(
            "pushed_authorization_request_endpoint",
            document.pushed_authorization_request_endpoint,
        )?,
        scopes_supported: document.scopes_supported,
        grant_types_supported: list("grant_types_supported", document.grant_types_supported)?,
        token_endpoint_auth_methods_supported: list(
            "token_endpoint_auth_methods_supported",
            document.token_endpoint_auth_methods_supported,
        )?,
        token_endpoint_auth_signing_alg_values_supported: list(
            "token_endpoint_auth_signing_alg_values_supported",
            document.token_endpoint_auth_signing_alg_values_supported,
        )?
        .unwrap_or_default(),
        code_challenge_methods_supported: list(
            "code_challenge_methods_supported",
            document.code_challenge_methods_supported,
        )?
        .unwrap_or_default(),
        authorization_response_iss_parameter_supported: document
            .authorization_response_iss_parameter_supported
            .unwrap_or_default(),
    })
}

/// Where the issuer of the document that came back from `from` says that its keys are, and the
/// issuer. Nothing else of the document is looked at: an issuer of tokens need not be a server that
/// anybody asks for some (that of a Kubernetes cluster has no endpoint).
///
/// # Errors
/// The first rule that is broken.
pub fn key_set_location(
    from: &DiscoveryUrl,
    bytes: &[u8],
) -> Result<(Issuer, EndpointUrl), MetadataError> {
    let document = document(bytes)?;
    let urls = Urls {
        https_only: from.url().is_https(),
    };
    let issuer = speaker(from, document.issuer)?;
    let location = urls
        .optional("jwks_uri", document.jwks_uri)?
        .ok_or(MetadataError::Missing("jwks_uri"))?;
    Ok((issuer, location))
}

fn document(bytes: &[u8]) -> Result<Document, MetadataError> {
    if bytes.len() > DOCUMENT_BYTES_MAX {
        return Err(MetadataError::TooLarge);
    }
    strict_json::check(bytes, &LIMITS).map_err(MetadataError::Json)?;
    serde_json::from_slice(bytes).map_err(|_| MetadataError::WrongType)
}

/// SECURITY: asked before anything else of a document is believed. Held by
/// `a_document_speaks_only_for_the_issuer_of_its_url`.
fn speaker(from: &DiscoveryUrl, issuer: Option<String>) -> Result<Issuer, MetadataError> {
    let issuer = issuer.ok_or(MetadataError::Missing("issuer"))?;
    if !from.speaks_for(&issuer) {
        return Err(MetadataError::IssuerMismatch);
    }
    Issuer::parse(&issuer).map_err(|error| MetadataError::Url {
        member: "issuer",
        error,
    })
}

impl Metadata {
    /// Its endpoints, without the rest.
    pub fn endpoints(&self) -> Endpoints {
        Endpoints {
            issuer: Some(self.issuer.clone()),
            authorization: self.authorization_endpoint.clone(),
            token: self.token_endpoint.clone(),
            revocation: self.revocation_endpoint.clone(),
        }
    }

    /// Whether the token endpoint takes this method. RFC 8414 §2: a server that says nothing takes
    /// `client_secret_basic`.
    pub fn supports(&self, method: AuthenticationMethod) -> bool {
        match &self.token_endpoint_auth_methods_supported {
            None => method == AuthenticationMethod::SecretBasic,
            Some(methods) => methods.iter().any(|word| word == method.as_str()),
        }
    }
}

/// How the URLs of one document are read.
struct Urls {
    /// The document came over `https`, so what it names must be `https` too.
    https_only: bool,
}

impl Urls {
    fn optional(
        &self,
        member: &'static str,
        text: Option<String>,
    ) -> Result<Option<EndpointUrl>, MetadataError> {
        let Some(text) = text else {
            return Ok(None);
        };
        let url =
            EndpointUrl::parse(&text).map_err(|error| MetadataError::Url { member, error })?;
        if self.https_only && !url.is_https() {
            return Err(MetadataError::NotHttps(member));
        }
        Ok(Some(url))
    }
}

fn list(
    member: &'static str,
    items: Option<Vec<String>>,
) -> Result<Option<Vec<String>>, MetadataError> {
    match items {
        Some(items) if items.len() > ITEMS_MAX => Err(MetadataError::TooMany(member)),
        items => Ok(items),
    }
}
