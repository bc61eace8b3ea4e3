//! `CreateGroup`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::cognito::Operation;
use crate::cognito::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "CreateGroup",
    is_signed: true,
    errors: ERRORS,
    body_bytes_max: 12_288,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "InvalidParameterException",
    "GroupExistsException",
    "ResourceNotFoundException",
    "TooManyRequestsException",
    "LimitExceededException",
    "NotAuthorizedException",
    "OperationNotEnabledException",
    "InternalErrorException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `GroupName`, required: 1 to 128 characters, matching `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub group_name: String,
    /// `UserPoolId`, required: 1 to 55 characters, matching `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// `Description`, optional: 0 to 2048 characters.
    pub description: Option<String>,
    /// `RoleArn`, optional: 20 to 2048 characters, matching `arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?`.
    pub role_arn: Option<String>,
    /// `Precedence`, optional: 0 to 2147483647.
    pub precedence: Option<i32>,
}

/// What is answered.
#[derive(Debug, Default, serde::Serialize)]
pub struct Output {
    /// `Group`, optional.
    #[serde(rename = "Group", skip_serializing_if = "Option::is_none")]
    pub group: Option<super::shapes::GroupType>,
}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::CreateGroup;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let group_name = reading.required(
            "GroupName",
            source.body("GroupName"),
            super::readers::group_name_type,
        );
        let user_pool_id = reading.required(
            "UserPoolId",
            source.body("UserPoolId"),
            super::readers::user_pool_id_type,
        );
        let description = reading.optional(
            "Description",
            source.body("Description"),
            super::readers::description_type,
        );
        let role_arn =
            reading.optional("RoleArn", source.body("RoleArn"), super::readers::arn_type);
        let precedence = reading.optional(
            "Precedence",
            source.body("Precedence"),
            super::readers::precedence_type,
        );
        Some(Self {
            group_name: group_name?,
            user_pool_id: user_pool_id?,
            description,
            role_arn,
            precedence,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::CreateGroup;
}
