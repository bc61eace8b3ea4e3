//! `GetOauth2CredentialProvider`: `POST /identities/GetOauth2CredentialProvider`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::Operation;
use crate::input::Source;
use crate::operation::{Plane, Spec};
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "GetOauth2CredentialProvider",
    plane: Plane::Control,
    method: "POST",
    uri: "/identities/GetOauth2CredentialProvider",
    status: 200,
    errors: ERRORS,
    body_bytes_max: 4_096,
    is_read_only: true,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "UnauthorizedException",
    "ValidationException",
    "AccessDeniedException",
    "DecryptionFailure",
    "ResourceNotFoundException",
    "ThrottlingException",
    "InternalServerException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `name`, required: 1 to 128 characters, matching `[a-zA-Z0-9\-_]+`.
    pub name: String,
}

/// What is answered.
#[derive(Debug, serde::Serialize)]
pub struct Output {
    /// `clientSecretArn`, required.
    #[serde(rename = "clientSecretArn")]
    pub client_secret_arn: super::shapes::Secret,
    /// `clientSecretJsonKey`, optional.
    #[serde(
        rename = "clientSecretJsonKey",
        skip_serializing_if = "Option::is_none"
    )]
    pub client_secret_json_key: Option<String>,
    /// `clientSecretSource`, optional.
    #[serde(rename = "clientSecretSource", skip_serializing_if = "Option::is_none")]
    pub client_secret_source: Option<super::shapes::SecretSourceType>,
    /// `name`, required.
    #[serde(rename = "name")]
    pub name: String,
    /// `credentialProviderArn`, required.
    #[serde(rename = "credentialProviderArn")]
    pub credential_provider_arn: String,
    /// `credentialProviderVendor`, required.
    #[serde(rename = "credentialProviderVendor")]
    pub credential_provider_vendor: super::shapes::CredentialProviderVendorType,
    /// `callbackUrl`, optional.
    #[serde(rename = "callbackUrl", skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
    /// `oauth2ProviderConfigOutput`, required.
    #[serde(rename = "oauth2ProviderConfigOutput")]
    pub oauth2_provider_config_output: super::shapes::Oauth2ProviderConfigOutput,
    /// `createdTime`, required.
    #[serde(rename = "createdTime")]
    pub created_time: crate::EpochMillis,
    /// `lastUpdatedTime`, required.
    #[serde(rename = "lastUpdatedTime")]
    pub last_updated_time: crate::EpochMillis,
    /// `status`, optional.
    #[serde(rename = "status", skip_serializing_if = "Option::is_none")]
    pub status: Option<super::shapes::Status>,
    /// `failureReason`, optional.
    #[serde(rename = "failureReason", skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<String>,
}

impl crate::Input for Input {
    const OPERATION: Operation = Operation::GetOauth2CredentialProvider;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let name = reading.required(
            "name",
            source.body("name"),
            super::readers::credential_provider_name,
        );
        Some(Self { name: name? })
    }
}

impl crate::Output for Output {
    const OPERATION: Operation = Operation::GetOauth2CredentialProvider;
}
