//! `ListUsers`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::cognito::Operation;
use crate::cognito::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "ListUsers",
    is_signed: true,
    errors: ERRORS,
    body_bytes_max: 12_288,
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
    /// `AttributesToGet`, optional: 0 to 100 items of `AttributeNameType`.
    pub attributes_to_get: Option<Vec<String>>,
    /// `Limit`, optional: 0 to 60.
    pub limit: Option<i32>,
    /// `PaginationToken`, optional: 1 to 2048 characters, matching `[\S]+`.
    pub pagination_token: Option<String>,
    /// `Filter`, optional: 0 to 256 characters.
    pub filter: Option<String>,
}

/// What is answered.
#[derive(Debug, Default, serde::Serialize)]
pub struct Output {
    /// `Users`, optional.
    #[serde(rename = "Users", skip_serializing_if = "Option::is_none")]
    pub users: Option<Vec<super::shapes::UserType>>,
    /// `PaginationToken`, optional.
    #[serde(rename = "PaginationToken", skip_serializing_if = "Option::is_none")]
    pub pagination_token: Option<String>,
}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::ListUsers;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let user_pool_id = reading.required(
            "UserPoolId",
            source.body("UserPoolId"),
            super::readers::user_pool_id_type,
        );
        let attributes_to_get = reading.optional(
            "AttributesToGet",
            source.body("AttributesToGet"),
            super::readers::searched_attribute_names_list_type,
        );
        let limit = reading.optional(
            "Limit",
            source.body("Limit"),
            super::readers::query_limit_type,
        );
        let pagination_token = reading.optional(
            "PaginationToken",
            source.body("PaginationToken"),
            super::readers::search_pagination_token_type,
        );
        let filter = reading.optional(
            "Filter",
            source.body("Filter"),
            super::readers::user_filter_type,
        );
        Some(Self {
            user_pool_id: user_pool_id?,
            attributes_to_get,
            limit,
            pagination_token,
            filter,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::ListUsers;
}
