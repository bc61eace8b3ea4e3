//! Credential providers: where the credential for a resource comes from.

use crate::id::ProviderId;
use crate::name::{ProviderName, VaultName};
use crate::tag::Tags;
use crate::time::Timestamp;

/// What kind of credential a provider gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProviderKind {
    /// A stored API key.
    ApiKey,
    /// Access tokens of an authorization server, whose client we are.
    Oauth2,
}

impl ProviderKind {
    /// The word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ApiKey => "api-key",
            Self::Oauth2 => "oauth2",
        }
    }

    /// The kind that a stored word means.
    pub fn from_stored(text: &str) -> Option<Self> {
        match text {
            "api-key" => Some(Self::ApiKey),
            "oauth2" => Some(Self::Oauth2),
            _ => None,
        }
    }

    /// Its segment of an ARN.
    pub const fn arn_segment(self) -> &'static str {
        match self {
            Self::ApiKey => "apikeycredentialprovider",
            Self::Oauth2 => "oauth2credentialprovider",
        }
    }

    /// The kind that a segment of an ARN means.
    pub fn from_arn_segment(text: &str) -> Option<Self> {
        match text {
            "apikeycredentialprovider" => Some(Self::ApiKey),
            "oauth2credentialprovider" => Some(Self::Oauth2),
            _ => None,
        }
    }

    /// Its segment of the name of a managed secret.
    pub const fn secret_segment(self) -> &'static str {
        match self {
            Self::ApiKey => "apikey",
            Self::Oauth2 => "oauth2",
        }
    }
}

/// A credential provider without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialProvider {
    /// Its id.
    pub id: ProviderId,
    /// The vault that it is in.
    pub vault: VaultName,
    /// What it gives.
    pub kind: ProviderKind,
    /// Its name, unique in (vault, kind).
    pub name: ProviderName,
    /// The end of its secret's ARN: six characters, drawn when it was made.
    pub secret_suffix: String,
    /// Its tags.
    pub tags: Tags,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// How often it was written; every change is a compare-and-set on it.
    pub version: u64,
    /// The version that its secret was sealed for: a change of tags leaves the secret alone. What
    /// was got with that secret is marked with it and ends with it.
    pub secret_version: u64,
}
