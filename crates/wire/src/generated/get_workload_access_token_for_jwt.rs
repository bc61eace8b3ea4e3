//! `GetWorkloadAccessTokenForJWT`: `POST /identities/GetWorkloadAccessTokenForJWT`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::Operation;
use crate::input::Source;
use crate::operation::{Plane, Spec};
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "GetWorkloadAccessTokenForJWT",
    plane: Plane::Data,
    method: "POST",
    uri: "/identities/GetWorkloadAccessTokenForJWT",
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
    /// `workloadName`, required: 3 to 255 characters, matching `[A-Za-z0-9_.-]+`.
    pub workload_name: String,
    /// `userToken`, required: 1 to 131072 characters, matching `[A-Za-z0-9-_=]+.[A-Za-z0-9-_=]+.[A-Za-z0-9-_=]+`.
    pub user_token: crate::Sensitive,
}

/// What is answered.
#[derive(Debug, serde::Serialize)]
pub struct Output {
    /// `workloadAccessToken`, required.
    #[serde(rename = "workloadAccessToken")]
    pub workload_access_token: crate::Revealed,
}

impl crate::Input for Input {
    const OPERATION: Operation = Operation::GetWorkloadAccessTokenForJWT;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let workload_name = reading.required(
            "workloadName",
            source.body("workloadName"),
            super::readers::workload_identity_name_type,
        );
        let user_token = reading.required(
            "userToken",
            source.body("userToken"),
            super::readers::user_token_type,
        );
        Some(Self {
            workload_name: workload_name?,
            user_token: user_token?,
        })
    }
}

impl crate::Output for Output {
    const OPERATION: Operation = Operation::GetWorkloadAccessTokenForJWT;
}
