//! `GetWorkloadAccessTokenForUserId`: `POST /identities/GetWorkloadAccessTokenForUserId`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::Operation;
use crate::input::Source;
use crate::operation::{Plane, Spec};
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "GetWorkloadAccessTokenForUserId",
    plane: Plane::Data,
    method: "POST",
    uri: "/identities/GetWorkloadAccessTokenForUserId",
    status: 200,
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
    /// `workloadName`, required: 3 to 255 characters, matching `[A-Za-z0-9_.-]+`.
    pub workload_name: String,
    /// `userId`, required: 1 to 128 characters.
    pub user_id: String,
}

/// What is answered.
#[derive(Debug, serde::Serialize)]
pub struct Output {
    /// `workloadAccessToken`, required.
    #[serde(rename = "workloadAccessToken")]
    pub workload_access_token: crate::Revealed,
}

impl crate::Input for Input {
    const OPERATION: Operation = Operation::GetWorkloadAccessTokenForUserId;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let workload_name = reading.required(
            "workloadName",
            source.body("workloadName"),
            super::readers::workload_identity_name_type,
        );
        let user_id = reading.required(
            "userId",
            source.body("userId"),
            super::readers::user_id_type,
        );
        Some(Self {
            workload_name: workload_name?,
            user_id: user_id?,
        })
    }
}

impl crate::Output for Output {
    const OPERATION: Operation = Operation::GetWorkloadAccessTokenForUserId;
}
