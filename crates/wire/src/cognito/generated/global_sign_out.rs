//! `GlobalSignOut`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::cognito::Operation;
use crate::cognito::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "GlobalSignOut",
    is_signed: false,
    errors: ERRORS,
    body_bytes_max: 20_480,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "ResourceNotFoundException",
    "InvalidParameterException",
    "NotAuthorizedException",
    "TooManyRequestsException",
    "PasswordResetRequiredException",
    "UserNotConfirmedException",
    "OperationNotEnabledException",
    "InternalErrorException",
    "ForbiddenException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `AccessToken`, required: 0 to 8192 characters, matching `[A-Za-z0-9-_=.]+`.
    pub access_token: crate::Sensitive,
}

/// What is answered.
#[derive(Debug, Default, serde::Serialize)]
pub struct Output {}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::GlobalSignOut;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let access_token = reading.required(
            "AccessToken",
            source.body("AccessToken"),
            super::readers::token_model_type,
        );
        Some(Self {
            access_token: access_token?,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::GlobalSignOut;
}
