//! What a user's browser comes back with (RFC 6749 §4.1.2 and §4.1.2.1, RFC 9207).
//!
//! Anybody can send a browser here with anything. So the query has one reading or none: a parameter
//! that stands twice, an escape that is no escape and a code beside an error are refused. What is
//! read proves nothing: whose the session is and which server answered is decided by `state`, by the
//! callback URL and by [`check_issuer`].

use std::fmt;

use procura_core::sabotage::defect;
use procura_core::secret::Plain;
use procura_core::secret::kind::AuthorizationCode;
use zeroize::Zeroizing;

use super::issuer::Issuer;
use super::redaction::{self, LiveSecrets};

#[cfg(test)]
mod tests;

/// Longest query, in bytes.
pub const QUERY_BYTES_MAX: usize = 16 * 1024;
/// Longest code, in bytes.
pub const CODE_BYTES_MAX: usize = 4096;
/// Longest `state`, in bytes.
pub const STATE_BYTES_MAX: usize = super::authorization_request::STATE_BYTES_MAX;
/// Longest `iss`, in bytes.
pub const ISSUER_BYTES_MAX: usize = super::endpoint_url::URL_BYTES_MAX;

/// The error codes that are told apart and repeated: those that are registered for authorization
/// responses, and a few of vendors.
pub const ERRORS: [&str; 23] = [
    // RFC 6749 §4.1.2.1.
    "invalid_request",
    "unauthorized_client",
    "access_denied",
    "unsupported_response_type",
    "invalid_scope",
    "server_error",
    "temporarily_unavailable",
    // OpenID Connect Core 1.0 §3.1.2.6.
    "interaction_required",
    "login_required",
    "account_selection_required",
    "consent_required",
    "invalid_request_uri",
    "invalid_request_object",
    "request_not_supported",
    "request_uri_not_supported",
    "registration_not_supported",
    // OpenID Connect Core Unmet Authentication Requirements 1.0.
    "unmet_authentication_requirements",
    // RFC 8707 §2.
    "invalid_target",
    // RFC 9396 §5.
    "invalid_authorization_details",
    // GitHub.
    "application_suspended",
    "redirect_uri_mismatch",
    // LinkedIn.
    "user_cancelled_login",
    "user_cancelled_authorize",
];

/// What the authorization server says, if it is the server.
pub enum AuthorizationResponse {
    /// Yes.
    Code {
        /// `code`: 1 to [`CODE_BYTES_MAX`] visible ASCII characters or spaces (RFC 6749 appendix
        /// A.11).
        code: Plain<AuthorizationCode>,
        /// `state`: 1 to [`STATE_BYTES_MAX`] of the same (appendix A.5).
        state: String,
        /// `iss`, for [`check_issuer`].
        iss: Option<String>,
    },
    /// No.
    Refused {
        /// `error`, where it is one of [`ERRORS`]. Anything else is the words of whoever sent the
        /// browser, and stands in no record.
        error: Option<&'static str>,
        /// `error_description`: at most 200 visible ASCII characters, without what looks like a
        /// secret. It is the words of whoever sent the browser.
        description: Option<String>,
        /// As above.
        state: String,
        /// As above.
        iss: Option<String>,
    },
}

impl AuthorizationResponse {
    /// `state`.
    pub fn state(&self) -> &str {
        match self {
            Self::Code { state, .. } | Self::Refused { state, .. } => state,
        }
    }

    /// `iss`, for [`check_issuer`].
    pub fn iss(&self) -> Option<&str> {
        match self {
            Self::Code { iss, .. } | Self::Refused { iss, .. } => iss.as_deref(),
        }
    }
}

impl fmt::Debug for AuthorizationResponse {
    /// Neither the code nor the state.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code { iss, .. } => f
                .debug_struct("Code")
                .field("iss", iss)
                .finish_non_exhaustive(),
            Self::Refused {
                error,
                description,
                iss,
                ..
            } => f
                .debug_struct("Refused")
                .field("error", error)
                .field("description", description)
                .field("iss", iss)
                .finish_non_exhaustive(),
        }
    }
}

/// Why a query is no response. Never what stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResponseError {
    /// More than [`QUERY_BYTES_MAX`].
    #[error("the authorization server sent the browser back with more than 16384 bytes")]
    TooLong,
    /// Something that may not stand in a URL, a `%` without two digits, or text that is not UTF-8.
    #[error("the authorization server sent the browser back with a query that is not well-formed")]
    Encoding,
    /// A parameter that must stand once stands twice.
    #[error("the authorization server sent the browser back with two parameters {0}")]
    Repeated(&'static str),
    /// A code and an error.
    #[error("the authorization server sent the browser back with both a code and an error")]
    CodeAndError,
    /// Neither.
    #[error("the browser came back with neither a code nor an error; start again")]
    Neither,
    /// No `state`.
    #[error("the browser came back without a state; start again")]
    NoState,
    /// Too long, or with characters that may not stand in it.
    #[error("the authorization server sent the browser back with an unusable {0}")]
    Value(&'static str),
}

/// Why a response is not that of the server which was asked (RFC 9207 §2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// The server says that it sends `iss`, and there is none.
    #[error("the response names no issuer, which this authorization server always does")]
    Missing,
    /// Another server's name: a mix-up (RFC 9700 §4.4).
    #[error("the response is that of another authorization server; nothing was sent to either")]
    Mismatch,
    /// `iss` is required, and nobody has said what it must be.
    #[error("name the issuer of the authorization server: its responses are told apart by it")]
    Unknown,
}

/// Whether a response may be that of the server which was asked: `iss` is compared byte for byte
/// with the issuer that is `expected`, where one is known. It is `required` where the server's
/// metadata says that it sends it
/// ([`super::metadata::Metadata::authorization_response_iss_parameter_supported`]).
///
/// SECURITY: asked before a code is redeemed and before a refusal is believed. Held by
/// `a_response_is_that_of_the_server_which_was_asked`.
///
/// # Errors
/// It is not, or cannot be known to be.
pub fn check_issuer(
    iss: Option<&str>,
    expected: Option<&Issuer>,
    required: bool,
) -> Result<(), IssuerError> {
    match (iss, expected) {
        (Some(iss), Some(expected)) if iss == expected.as_str() || defect("issuer-ignored") => {
            Ok(())
        }
        (Some(_), Some(_)) => Err(IssuerError::Mismatch),
        (None, _) if required => Err(IssuerError::Missing),
        (Some(_), None) if required => Err(IssuerError::Unknown),
        (None, _) | (Some(_), None) => Ok(()),
    }
}

/// The parameters that mean something, as they were found.
#[derive(Default)]
struct Found {
    code: Option<Zeroizing<String>>,
    state: Option<Zeroizing<String>>,
    iss: Option<Zeroizing<String>>,
    error: Option<Zeroizing<String>>,
    description: Option<Zeroizing<String>>,
    /// Dropped: it is a link of whoever sent the browser.
    uri: Option<Zeroizing<String>>,
}

/// Reads the query of a callback, without its question mark. Parameters that we do not know are
/// left alone; one without a value is one that is not there (RFC 6749 §3.1).
///
/// # Errors
/// The first rule that is broken.
pub fn parse(query: &str) -> Result<AuthorizationResponse, ResponseError> {
    let found = find(query)?;
    let state = text(found.state, "state", STATE_BYTES_MAX)?.ok_or(ResponseError::NoState)?;
    let iss = text(found.iss, "iss", ISSUER_BYTES_MAX)?.map(|iss| iss.to_string());
    match (found.code, found.error) {
        (Some(_), Some(_)) => Err(ResponseError::CodeAndError),
        (None, None) => Err(ResponseError::Neither),
        (Some(code), None) => {
            let code = text(Some(code), "code", CODE_BYTES_MAX)?.ok_or(ResponseError::Neither)?;
            Ok(AuthorizationResponse::Code {
                code: Plain::new(code.as_bytes().to_vec()),
                state: state.to_string(),
                iss,
            })
        }
        (None, Some(error)) => {
            let mut secrets = LiveSecrets::default();
            secrets.push(&state);
            Ok(AuthorizationResponse::Refused {
                error: ERRORS.into_iter().find(|known| *known == error.as_str()),
                description: found
                    .description
                    .and_then(|text| redaction::text(&text, &secrets)),
                state: state.to_string(),
                iss,
            })
        }
    }
}

fn find(query: &str) -> Result<Found, ResponseError> {
    if query.len() > QUERY_BYTES_MAX {
        return Err(ResponseError::TooLong);
    }
    if !query.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ResponseError::Encoding);
    }
    let mut found = Found::default();
    let mut seen = Vec::new();
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, place) = match decoded(name)?.as_str() {
            "code" => ("code", &mut found.code),
            "state" => ("state", &mut found.state),
            "iss" => ("iss", &mut found.iss),
            "error" => ("error", &mut found.error),
            "error_description" => ("error_description", &mut found.description),
            "error_uri" => ("error_uri", &mut found.uri),
            _ => continue,
        };
        if seen.contains(&name) {
            return Err(ResponseError::Repeated(name));
        }
        seen.push(name);
        let value = decoded(value)?;
        if !value.is_empty() {
            *place = Some(value);
        }
    }
    Ok(found)
}

/// RFC 6749 appendix A: `VSCHAR`, of at most `bytes_max`.
fn text(
    value: Option<Zeroizing<String>>,
    name: &'static str,
    bytes_max: usize,
) -> Result<Option<Zeroizing<String>>, ResponseError> {
    match value {
        Some(value) if value.len() > bytes_max || !value.bytes().all(is_visible) => {
            Err(ResponseError::Value(name))
        }
        value => Ok(value),
    }
}

const fn is_visible(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e)
}

/// A part of the query without its escapes (RFC 6749 appendix B): a `+` is a space, a `%` has two
/// digits after it, and what comes out is UTF-8.
fn decoded(text: &str) -> Result<Zeroizing<String>, ResponseError> {
    // As long as the text at most, so that no smaller buffer is left behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = digit(rest.next())?;
                high << 4 | digit(rest.next())?
            }
            other => other,
        });
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| ResponseError::Encoding)?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn digit(byte: Option<u8>) -> Result<u8, ResponseError> {
    byte.and_then(|byte| char::from(byte).to_digit(16))
        .and_then(|digit| u8::try_from(digit).ok())
        .ok_or(ResponseError::Encoding)
}
