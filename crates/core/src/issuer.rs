//! Issuers: whose tokens prove a user.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// The longest issuer, in bytes.
pub const ISSUER_BYTES_MAX: usize = 2048;

/// An issuer that an administrator registered, with what its tokens must say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredIssuer {
    /// Its name: compared byte for byte with `iss` (RFC 7519 §4.1.1).
    pub issuer: String,
    /// What its tokens must say.
    pub policy: IssuerPolicy,
    /// When it was registered.
    pub created_at: Timestamp,
    /// How often it was written.
    pub version: u64,
}

/// What the tokens of an issuer must say beside a good signature and time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerPolicy {
    /// Where its keys are; otherwise its discovery document says.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub jwks_uri: Option<String>,
    /// The algorithms that it signs with; none named means every one that we verify.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub algorithms: Vec<String>,
    /// One of these must be in `aud`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub audiences: Vec<String>,
    /// One of these must be the `client_id` or `azp`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub clients: Vec<String>,
}
