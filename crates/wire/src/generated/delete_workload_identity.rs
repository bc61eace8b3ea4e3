//! `DeleteWorkloadIdentity`: `POST /identities/DeleteWorkloadIdentity`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::Operation;
use crate::input::Source;
use crate::operation::{Plane, Spec};
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "DeleteWorkloadIdentity",
    plane: Plane::Control,
    method: "POST",
    uri: "/identities/DeleteWorkloadIdentity",
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
    "ResourceNotFoundException",
    "ThrottlingException",
    "InternalServerException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `name`, required: 3 to 255 characters, matching `[A-Za-z0-9_.-]+`.
    pub name: String,
}

/// What is answered.
#[derive(Debug, serde::Serialize)]
pub struct Output {}

impl crate::Input for Input {
    const OPERATION: Operation = Operation::DeleteWorkloadIdentity;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let name = reading.required(
            "name",
            source.body("name"),
            super::readers::workload_identity_name_type,
        );
        Some(Self { name: name? })
    }
}

impl crate::Output for Output {
    const OPERATION: Operation = Operation::DeleteWorkloadIdentity;
}
