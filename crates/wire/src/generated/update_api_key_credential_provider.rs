//! `UpdateApiKeyCredentialProvider`: `POST /identities/UpdateApiKeyCredentialProvider`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::Operation;
use crate::input::Source;
use crate::operation::{Plane, Spec};
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "UpdateApiKeyCredentialProvider",
    plane: Plane::Control,
    method: "POST",
    uri: "/identities/UpdateApiKeyCredentialProvider",
    status: 200,
    errors: ERRORS,
    body_bytes_max: 139_264,
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
    /// `apiKey`, optional: 0 to 65536 characters.
    pub api_key: Option<crate::Sensitive>,
    /// `apiKeySecretConfig`, optional: `SecretReference`.
    pub api_key_secret_config: Option<super::shapes::SecretReference>,
    /// `apiKeySecretSource`, optional: one of the values of `SecretSourceType`.
    pub api_key_secret_source: Option<super::shapes::SecretSourceType>,
}

/// What is answered.
#[derive(Debug, serde::Serialize)]
pub struct Output {
    /// `apiKeySecretArn`, required.
    #[serde(rename = "apiKeySecretArn")]
    pub api_key_secret_arn: super::shapes::Secret,
    /// `apiKeySecretJsonKey`, optional.
    #[serde(
        rename = "apiKeySecretJsonKey",
        skip_serializing_if = "Option::is_none"
    )]
    pub api_key_secret_json_key: Option<String>,
    /// `apiKeySecretSource`, optional.
    #[serde(rename = "apiKeySecretSource", skip_serializing_if = "Option::is_none")]
    pub api_key_secret_source: Option<super::shapes::SecretSourceType>,
    /// `name`, required.
    #[serde(rename = "name")]
    pub name: String,
    /// `credentialProviderArn`, required.
    #[serde(rename = "credentialProviderArn")]
    pub credential_provider_arn: String,
    /// `createdTime`, required.
    #[serde(rename = "createdTime")]
    pub created_time: crate::EpochMillis,
    /// `lastUpdatedTime`, required.
    #[serde(rename = "lastUpdatedTime")]
    pub last_updated_time: crate::EpochMillis,
}

impl crate::Input for Input {
    const OPERATION: Operation = Operation::UpdateApiKeyCredentialProvider;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let name = reading.required(
            "name",
            source.body("name"),
            super::readers::credential_provider_name,
        );
        let api_key = reading.optional(
            "apiKey",
            source.body("apiKey"),
            super::readers::default_api_key_type,
        );
        let api_key_secret_config = reading.optional(
            "apiKeySecretConfig",
            source.body("apiKeySecretConfig"),
            super::readers::secret_reference,
        );
        let api_key_secret_source = reading.optional(
            "apiKeySecretSource",
            source.body("apiKeySecretSource"),
            super::readers::secret_source_type,
        );
        Some(Self {
            name: name?,
            api_key,
            api_key_secret_config,
            api_key_secret_source,
        })
    }
}

impl crate::Output for Output {
    const OPERATION: Operation = Operation::UpdateApiKeyCredentialProvider;
}
