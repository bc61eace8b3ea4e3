//! `GetResourceApiKey`: `POST /identities/api-key`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::Operation;
use crate::input::Source;
use crate::operation::{Plane, Spec};
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "GetResourceApiKey",
    plane: Plane::Data,
    method: "POST",
    uri: "/identities/api-key",
    status: 200,
    errors: ERRORS,
    body_bytes_max: 266_240,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "UnauthorizedException",
    "ValidationException",
    "AccessDeniedException",
    "ResourceNotFoundException",
    "ThrottlingException",
    "InternalServerException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `workloadIdentityToken`, required: 1 to 131072 characters.
    pub workload_identity_token: crate::Sensitive,
    /// `resourceCredentialProviderName`, required: 1 to 128 characters, matching `[a-zA-Z0-9\-_]+`.
    pub resource_credential_provider_name: String,
}

/// What is answered.
#[derive(Debug, serde::Serialize)]
pub struct Output {
    /// `apiKey`, required.
    #[serde(rename = "apiKey")]
    pub api_key: crate::Revealed,
}

impl crate::Input for Input {
    const OPERATION: Operation = Operation::GetResourceApiKey;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let workload_identity_token = reading.required(
            "workloadIdentityToken",
            source.body("workloadIdentityToken"),
            super::readers::workload_identity_token_type,
        );
        let resource_credential_provider_name = reading.required(
            "resourceCredentialProviderName",
            source.body("resourceCredentialProviderName"),
            super::readers::credential_provider_name,
        );
        Some(Self {
            workload_identity_token: workload_identity_token?,
            resource_credential_provider_name: resource_credential_provider_name?,
        })
    }
}

impl crate::Output for Output {
    const OPERATION: Operation = Operation::GetResourceApiKey;
}
