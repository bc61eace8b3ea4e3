//! `ListUserPools`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::cognito::Operation;
use crate::cognito::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "ListUserPools",
    is_signed: true,
    errors: ERRORS,
    body_bytes_max: 8_192,
    is_read_only: true,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "InvalidParameterException",
    "TooManyRequestsException",
    "NotAuthorizedException",
    "InternalErrorException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `NextToken`, optional: 1 to 2048 characters, matching `[\S]+`.
    pub next_token: Option<String>,
    /// `MaxResults`, required: 1 to 60.
    pub max_results: i32,
}

/// What is answered.
#[derive(Debug, Default, serde::Serialize)]
pub struct Output {
    /// `UserPools`, optional.
    #[serde(rename = "UserPools", skip_serializing_if = "Option::is_none")]
    pub user_pools: Option<Vec<super::shapes::UserPoolDescriptionType>>,
    /// `NextToken`, optional.
    #[serde(rename = "NextToken", skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::ListUserPools;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let next_token = reading.optional(
            "NextToken",
            source.body("NextToken"),
            super::readers::pagination_key_type,
        );
        let max_results = reading.required(
            "MaxResults",
            source.body("MaxResults"),
            super::readers::pool_query_limit_type,
        );
        Some(Self {
            next_token,
            max_results: max_results?,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::ListUserPools;
}
