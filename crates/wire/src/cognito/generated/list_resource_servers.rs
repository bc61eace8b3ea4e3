//! `ListResourceServers`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::cognito::Operation;
use crate::cognito::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "ListResourceServers",
    is_signed: true,
    errors: ERRORS,
    body_bytes_max: 8_192,
    is_read_only: true,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "InvalidParameterException",
    "ResourceNotFoundException",
    "NotAuthorizedException",
    "TooManyRequestsException",
    "OperationNotEnabledException",
    "InternalErrorException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `UserPoolId`, required: 1 to 55 characters, matching `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// `MaxResults`, optional: 1 to 50.
    pub max_results: Option<i32>,
    /// `NextToken`, optional: 1 to 2048 characters, matching `[\S]+`.
    pub next_token: Option<String>,
}

/// What is answered.
#[derive(Debug, serde::Serialize)]
pub struct Output {
    /// `ResourceServers`, required.
    #[serde(rename = "ResourceServers")]
    pub resource_servers: Vec<super::shapes::ResourceServerType>,
    /// `NextToken`, optional.
    #[serde(rename = "NextToken", skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::ListResourceServers;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let user_pool_id = reading.required(
            "UserPoolId",
            source.body("UserPoolId"),
            super::readers::user_pool_id_type,
        );
        let max_results = reading.optional(
            "MaxResults",
            source.body("MaxResults"),
            super::readers::list_resource_servers_limit_type,
        );
        let next_token = reading.optional(
            "NextToken",
            source.body("NextToken"),
            super::readers::pagination_key_type,
        );
        Some(Self {
            user_pool_id: user_pool_id?,
            max_results,
            next_token,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::ListResourceServers;
}
