//! `GetTokensFromRefreshToken`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::cognito::Operation;
use crate::cognito::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "GetTokensFromRefreshToken",
    is_signed: false,
    errors: ERRORS,
    body_bytes_max: 65_536,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "ResourceNotFoundException",
    "InvalidParameterException",
    "NotAuthorizedException",
    "TooManyRequestsException",
    "UserNotFoundException",
    "UnexpectedLambdaException",
    "UserLambdaValidationException",
    "InvalidLambdaResponseException",
    "ForbiddenException",
    "RefreshTokenReuseException",
    "OperationNotEnabledException",
    "InternalErrorException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `RefreshToken`, required: 0 to 8192 characters, matching `[A-Za-z0-9-_=.]+`.
    pub refresh_token: crate::Sensitive,
    /// `ClientId`, required: 1 to 128 characters, matching `[\w+]+`.
    pub client_id: String,
    /// `ClientSecret`, optional: 24 to 64 characters, matching `[\w+]+`.
    pub client_secret: Option<crate::Sensitive>,
    /// `DeviceKey`, optional: 1 to 55 characters, matching `[\w-]+_[0-9a-f-]+`.
    pub device_key: Option<String>,
    /// `ClientMetadata`, optional: 0 to 100 entries, `StringType` to `StringType`.
    pub client_metadata: Option<std::collections::BTreeMap<String, String>>,
}

/// What is answered.
#[derive(Debug, Default, serde::Serialize)]
pub struct Output {
    /// `AuthenticationResult`, optional.
    #[serde(
        rename = "AuthenticationResult",
        skip_serializing_if = "Option::is_none"
    )]
    pub authentication_result: Option<super::shapes::AuthenticationResultType>,
}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::GetTokensFromRefreshToken;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let refresh_token = reading.required(
            "RefreshToken",
            source.body("RefreshToken"),
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
        let device_key = reading.optional(
            "DeviceKey",
            source.body("DeviceKey"),
            super::readers::device_key_type,
        );
        let client_metadata = reading.optional(
            "ClientMetadata",
            source.body("ClientMetadata"),
            super::readers::client_metadata_type,
        );
        Some(Self {
            refresh_token: refresh_token?,
            client_id: client_id?,
            client_secret,
            device_key,
            client_metadata,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::GetTokensFromRefreshToken;
}
