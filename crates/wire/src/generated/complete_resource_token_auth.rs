//! `CompleteResourceTokenAuth`: `POST /identities/CompleteResourceTokenAuth`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::Operation;
use crate::input::Source;
use crate::operation::{Plane, Spec};
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "CompleteResourceTokenAuth",
    plane: Plane::Data,
    method: "POST",
    uri: "/identities/CompleteResourceTokenAuth",
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
    /// `userIdentifier`, required: `UserIdentifier`.
    pub user_identifier: super::shapes::UserIdentifier,
    /// `sessionUri`, required: 1 to 1024 characters, matching `urn:ietf:params:oauth:request_uri:[a-zA-Z0-9-._~]+`.
    pub session_uri: String,
}

/// What is answered.
#[derive(Debug, serde::Serialize)]
pub struct Output {}

impl crate::Input for Input {
    const OPERATION: Operation = Operation::CompleteResourceTokenAuth;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let user_identifier = reading.required(
            "userIdentifier",
            source.body("userIdentifier"),
            super::readers::user_identifier,
        );
        let session_uri = reading.required(
            "sessionUri",
            source.body("sessionUri"),
            super::readers::request_uri,
        );
        Some(Self {
            user_identifier: user_identifier?,
            session_uri: session_uri?,
        })
    }
}

impl crate::Output for Output {
    const OPERATION: Operation = Operation::CompleteResourceTokenAuth;
}
