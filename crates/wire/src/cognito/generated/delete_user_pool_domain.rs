//! `DeleteUserPoolDomain`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::cognito::Operation;
use crate::cognito::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "DeleteUserPoolDomain",
    is_signed: true,
    errors: ERRORS,
    body_bytes_max: 4_096,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "NotAuthorizedException",
    "InvalidParameterException",
    "ConcurrentModificationException",
    "ResourceNotFoundException",
    "OperationNotEnabledException",
    "InternalErrorException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `Domain`, required: 1 to 63 characters, matching `^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$`.
    pub domain: String,
    /// `UserPoolId`, required: 1 to 55 characters, matching `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
}

/// What is answered.
#[derive(Debug, Default, serde::Serialize)]
pub struct Output {}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::DeleteUserPoolDomain;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let domain = reading.required("Domain", source.body("Domain"), super::readers::domain_type);
        let user_pool_id = reading.required(
            "UserPoolId",
            source.body("UserPoolId"),
            super::readers::user_pool_id_type,
        );
        Some(Self {
            domain: domain?,
            user_pool_id: user_pool_id?,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::DeleteUserPoolDomain;
}
