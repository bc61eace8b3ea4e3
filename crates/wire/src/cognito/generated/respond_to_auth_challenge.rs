//! `RespondToAuthChallenge`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::cognito::Operation;
use crate::cognito::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "RespondToAuthChallenge",
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
    "CodeMismatchException",
    "ExpiredCodeException",
    "UnexpectedLambdaException",
    "UserLambdaValidationException",
    "InvalidPasswordException",
    "PasswordHistoryPolicyViolationException",
    "InvalidLambdaResponseException",
    "TooManyRequestsException",
    "InvalidUserPoolConfigurationException",
    "MFAMethodNotFoundException",
    "PasswordResetRequiredException",
    "UserNotFoundException",
    "UserNotConfirmedException",
    "InvalidSmsRoleAccessPolicyException",
    "InvalidSmsRoleTrustRelationshipException",
    "InvalidEmailRoleAccessPolicyException",
    "AliasExistsException",
    "InternalErrorException",
    "SoftwareTokenMFANotFoundException",
    "ForbiddenException",
    "OperationNotEnabledException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `ClientId`, required: 1 to 128 characters, matching `[\w+]+`.
    pub client_id: String,
    /// `ChallengeName`, required: one of the values of `ChallengeNameType`.
    pub challenge_name: super::shapes::ChallengeNameType,
    /// `Session`, optional: 20 to 4096 characters.
    pub session: Option<crate::Sensitive>,
    /// `ChallengeResponses`, optional: 0 to 100 entries, `StringType` to `SensitiveStringType`.
    pub challenge_responses: Option<std::collections::BTreeMap<String, crate::Sensitive>>,
    /// `AnalyticsMetadata`, optional: `AnalyticsMetadataType`.
    pub analytics_metadata: Option<super::shapes::AnalyticsMetadataType>,
    /// `UserContextData`, optional: `UserContextDataType`.
    pub user_context_data: Option<super::shapes::UserContextDataType>,
    /// `ClientMetadata`, optional: 0 to 100 entries, `StringType` to `StringType`.
    pub client_metadata: Option<std::collections::BTreeMap<String, String>>,
}

/// What is answered.
#[derive(Debug, Default, serde::Serialize)]
pub struct Output {
    /// `ChallengeName`, optional.
    #[serde(rename = "ChallengeName", skip_serializing_if = "Option::is_none")]
    pub challenge_name: Option<super::shapes::ChallengeNameType>,
    /// `Session`, optional.
    #[serde(rename = "Session", skip_serializing_if = "Option::is_none")]
    pub session: Option<crate::Revealed>,
    /// `ChallengeParameters`, optional.
    #[serde(
        rename = "ChallengeParameters",
        skip_serializing_if = "Option::is_none"
    )]
    pub challenge_parameters: Option<std::collections::BTreeMap<String, String>>,
    /// `AuthenticationResult`, optional.
    #[serde(
        rename = "AuthenticationResult",
        skip_serializing_if = "Option::is_none"
    )]
    pub authentication_result: Option<super::shapes::AuthenticationResultType>,
    /// `AvailableChallenges`, optional.
    #[serde(
        rename = "AvailableChallenges",
        skip_serializing_if = "Option::is_none"
    )]
    pub available_challenges: Option<Vec<super::shapes::ChallengeNameType>>,
}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::RespondToAuthChallenge;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let client_id = reading.required(
            "ClientId",
            source.body("ClientId"),
            super::readers::client_id_type,
        );
        let challenge_name = reading.required(
            "ChallengeName",
            source.body("ChallengeName"),
            super::readers::challenge_name_type,
        );
        let session = reading.optional(
            "Session",
            source.body("Session"),
            super::readers::session_type,
        );
        let challenge_responses = reading.optional(
            "ChallengeResponses",
            source.body("ChallengeResponses"),
            super::readers::challenge_responses_type,
        );
        let analytics_metadata = reading.optional(
            "AnalyticsMetadata",
            source.body("AnalyticsMetadata"),
            super::readers::analytics_metadata_type,
        );
        let user_context_data = reading.optional(
            "UserContextData",
            source.body("UserContextData"),
            super::readers::user_context_data_type,
        );
        let client_metadata = reading.optional(
            "ClientMetadata",
            source.body("ClientMetadata"),
            super::readers::client_metadata_type,
        );
        Some(Self {
            client_id: client_id?,
            challenge_name: challenge_name?,
            session,
            challenge_responses,
            analytics_metadata,
            user_context_data,
            client_metadata,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::RespondToAuthChallenge;
}
