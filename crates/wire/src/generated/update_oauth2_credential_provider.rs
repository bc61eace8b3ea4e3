//! `UpdateOauth2CredentialProvider`: `POST /identities/UpdateOauth2CredentialProvider`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::Operation;
use crate::input::Source;
use crate::operation::{Plane, Spec};
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "UpdateOauth2CredentialProvider",
    plane: Plane::Control,
    method: "POST",
    uri: "/identities/UpdateOauth2CredentialProvider",
    status: 200,
    errors: ERRORS,
    body_bytes_max: 1_048_576,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "ServiceQuotaExceededException",
    "UnauthorizedException",
    "ValidationException",
    "AccessDeniedException",
    "ConflictException",
    "DecryptionFailure",
    "ResourceNotFoundException",
    "ThrottlingException",
    "InternalServerException",
    "EncryptionFailure",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `name`, required: 1 to 128 characters, matching `[a-zA-Z0-9\-_]+`.
    pub name: String,
    /// `credentialProviderVendor`, required: one of the values of `CredentialProviderVendorType`.
    pub credential_provider_vendor: super::shapes::CredentialProviderVendorType,
    /// `oauth2ProviderConfigInput`, required: `Oauth2ProviderConfigInput`.
    pub oauth2_provider_config_input: super::shapes::Oauth2ProviderConfigInput,
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
    /// `credentialProviderVendor`, required.
    #[serde(rename = "credentialProviderVendor")]
    pub credential_provider_vendor: super::shapes::CredentialProviderVendorType,
    /// `credentialProviderArn`, required.
    #[serde(rename = "credentialProviderArn")]
    pub credential_provider_arn: String,
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
}

impl crate::Input for Input {
    const OPERATION: Operation = Operation::UpdateOauth2CredentialProvider;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let name = reading.required(
            "name",
            source.body("name"),
            super::readers::credential_provider_name,
        );
        let credential_provider_vendor = reading.required(
            "credentialProviderVendor",
            source.body("credentialProviderVendor"),
            super::readers::credential_provider_vendor_type,
        );
        let oauth2_provider_config_input = reading.required(
            "oauth2ProviderConfigInput",
            source.body("oauth2ProviderConfigInput"),
            super::readers::oauth2_provider_config_input,
        );
        Some(Self {
            name: name?,
            credential_provider_vendor: credential_provider_vendor?,
            oauth2_provider_config_input: oauth2_provider_config_input?,
        })
    }
}

impl crate::Output for Output {
    const OPERATION: Operation = Operation::UpdateOauth2CredentialProvider;
}
