//! `ListGroups`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::cognito::Operation;
use crate::cognito::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "ListGroups",
    is_signed: true,
    errors: ERRORS,
    body_bytes_max: 266_240,
    is_read_only: true,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "InvalidParameterException",
    "ResourceNotFoundException",
    "TooManyRequestsException",
    "NotAuthorizedException",
    "OperationNotEnabledException",
    "InternalErrorException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `UserPoolId`, required: 1 to 55 characters, matching `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// `Limit`, optional: 0 to 60.
    pub limit: Option<i32>,
    /// `NextToken`, optional: 1 to 131072 characters, matching `[\S]+`.
    pub next_token: Option<String>,
}

/// What is answered.
#[derive(Debug, Default, serde::Serialize)]
pub struct Output {
    /// `Groups`, optional.
    #[serde(rename = "Groups", skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<super::shapes::GroupType>>,
    /// `NextToken`, optional.
    #[serde(rename = "NextToken", skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::ListGroups;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let user_pool_id = reading.required(
            "UserPoolId",
            source.body("UserPoolId"),
            super::readers::user_pool_id_type,
        );
        let limit = reading.optional(
            "Limit",
            source.body("Limit"),
            super::readers::query_limit_type,
        );
        let next_token = reading.optional(
            "NextToken",
            source.body("NextToken"),
            super::readers::pagination_key,
        );
        Some(Self {
            user_pool_id: user_pool_id?,
            limit,
            next_token,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::ListGroups;
}
