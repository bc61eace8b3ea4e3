//! `GetTokenVault`: `POST /identities/get-token-vault`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::Operation;
use crate::input::Source;
use crate::operation::{Plane, Spec};
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "GetTokenVault",
    plane: Plane::Control,
    method: "POST",
    uri: "/identities/get-token-vault",
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
    "ResourceNotFoundException",
    "ThrottlingException",
    "InternalServerException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `tokenVaultId`, optional: 1 to 64 characters, matching `[a-zA-Z0-9\-_]+`.
    pub token_vault_id: Option<String>,
}

/// What is answered.
#[derive(Debug, serde::Serialize)]
pub struct Output {
    /// `tokenVaultId`, required.
    #[serde(rename = "tokenVaultId")]
    pub token_vault_id: String,
    /// `kmsConfiguration`, required.
    #[serde(rename = "kmsConfiguration")]
    pub kms_configuration: super::shapes::KmsConfiguration,
    /// `lastModifiedDate`, required.
    #[serde(rename = "lastModifiedDate")]
    pub last_modified_date: crate::EpochMillis,
}

impl crate::Input for Input {
    const OPERATION: Operation = Operation::GetTokenVault;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let token_vault_id = reading.optional(
            "tokenVaultId",
            source.body("tokenVaultId"),
            super::readers::token_vault_id_type,
        );
        Some(Self { token_vault_id })
    }
}

impl crate::Output for Output {
    const OPERATION: Operation = Operation::GetTokenVault;
}
