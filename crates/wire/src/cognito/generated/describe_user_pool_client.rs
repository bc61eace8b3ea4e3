//! `DescribeUserPoolClient`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::cognito::Operation;
use crate::cognito::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "DescribeUserPoolClient",
    is_signed: true,
    errors: ERRORS,
    body_bytes_max: 4_096,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "ResourceNotFoundException",
    "InvalidParameterException",
    "TooManyRequestsException",
    "OperationNotEnabledException",
    "NotAuthorizedException",
    "InternalErrorException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `UserPoolId`, required: 1 to 55 characters, matching `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// `ClientId`, required: 1 to 128 characters, matching `[\w+]+`.
    pub client_id: String,
}

/// What is answered.
#[derive(Debug, Default, serde::Serialize)]
pub struct Output {
    /// `UserPoolClient`, optional.
    #[serde(rename = "UserPoolClient", skip_serializing_if = "Option::is_none")]
    pub user_pool_client: Option<super::shapes::UserPoolClientType>,
}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::DescribeUserPoolClient;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let user_pool_id = reading.required(
            "UserPoolId",
            source.body("UserPoolId"),
            super::readers::user_pool_id_type,
        );
        let client_id = reading.required(
            "ClientId",
            source.body("ClientId"),
            super::readers::client_id_type,
        );
        Some(Self {
            user_pool_id: user_pool_id?,
            client_id: client_id?,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::DescribeUserPoolClient;
}
