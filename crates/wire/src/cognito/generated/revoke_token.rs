//! `RevokeToken`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::cognito::Operation;
use crate::cognito::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "RevokeToken",
    is_signed: false,
    errors: ERRORS,
    body_bytes_max: 20_480,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "TooManyRequestsException",
    "InternalErrorException",
    "UnauthorizedException",
    "InvalidParameterException",
    "UnsupportedOperationException",
    "UnsupportedTokenTypeException",
    "ForbiddenException",
    "OperationNotEnabledException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `Token`, required: 0 to 8192 characters, matching `[A-Za-z0-9-_=.]+`.
    pub token: crate::Sensitive,
    /// `ClientId`, required: 1 to 128 characters, matching `[\w+]+`.
    pub client_id: String,
    /// `ClientSecret`, optional: 24 to 64 characters, matching `[\w+]+`.
    pub client_secret: Option<crate::Sensitive>,
    /// `RevokeAssociatedSessions`, optional: one of the values of `RevokeAssociatedSessionsType`.
    pub revoke_associated_sessions: Option<super::shapes::RevokeAssociatedSessionsType>,
}

/// What is answered.
#[derive(Debug, Default, serde::Serialize)]
pub struct Output {}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::RevokeToken;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let token = reading.required(
            "Token",
            source.body("Token"),
            super::readers::token_model_type,
        );
        let client_id = reading.required(
            "ClientId",
            source.body("ClientId"),
            super::readers::client_id_type,
        );
        let client_secret = reading.optional(
            "ClientSecret",
            source.body("ClientSecret"),
            super::readers::client_secret_type,
        );
        let revoke_associated_sessions = reading.optional(
            "RevokeAssociatedSessions",
            source.body("RevokeAssociatedSessions"),
            super::readers::revoke_associated_sessions_type,
        );
        Some(Self {
            token: token?,
            client_id: client_id?,
            client_secret,
            revoke_associated_sessions,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::RevokeToken;
}
