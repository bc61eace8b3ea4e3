//! `DeleteOauth2CredentialProvider`: `POST /identities/DeleteOauth2CredentialProvider`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::Operation;
use crate::input::Source;
use crate::operation::{Plane, Spec};
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "DeleteOauth2CredentialProvider",
    plane: Plane::Control,
    method: "POST",
    uri: "/identities/DeleteOauth2CredentialProvider",
    status: 204,
    errors: ERRORS,
    body_bytes_max: 4_096,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "UnauthorizedException",
    "ValidationException",
    "AccessDeniedException",
    "ConflictException",
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
pub struct Output {}

impl crate::Input for Input {
    const OPERATION: Operation = Operation::DeleteOauth2CredentialProvider;
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
    const OPERATION: Operation = Operation::DeleteOauth2CredentialProvider;
}
