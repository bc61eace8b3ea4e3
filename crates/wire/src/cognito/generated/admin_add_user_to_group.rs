//! `AdminAddUserToGroup`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::cognito::Operation;
use crate::cognito::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "AdminAddUserToGroup",
    is_signed: true,
    errors: ERRORS,
    body_bytes_max: 4_096,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "InvalidParameterException",
    "ResourceNotFoundException",
    "TooManyRequestsException",
    "NotAuthorizedException",
    "UserNotFoundException",
    "OperationNotEnabledException",
    "InternalErrorException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `UserPoolId`, required: 1 to 55 characters, matching `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// `Username`, required: 1 to 128 characters, matching `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    /// `GroupName`, required: 1 to 128 characters, matching `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub group_name: String,
}

/// What is answered.
#[derive(Debug, Default, serde::Serialize)]
pub struct Output {}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::AdminAddUserToGroup;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let user_pool_id = reading.required(
            "UserPoolId",
            source.body("UserPoolId"),
            super::readers::user_pool_id_type,
        );
        let username = reading.required(
            "Username",
            source.body("Username"),
            super::readers::username_type,
        );
        let group_name = reading.required(
            "GroupName",
            source.body("GroupName"),
            super::readers::group_name_type,
        );
        Some(Self {
            user_pool_id: user_pool_id?,
            username: username?,
            group_name: group_name?,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::AdminAddUserToGroup;
}
