//! `InitiateAuth`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::cognito::Operation;
use crate::cognito::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "InitiateAuth",
    is_signed: false,
    errors: ERRORS,
    body_bytes_max: 65_536,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "UnsupportedOperationException",
    "ResourceNotFoundException",
    "InvalidParameterException",
    "NotAuthorizedException",
    "TooManyRequestsException",
    "UnexpectedLambdaException",
    "InvalidUserPoolConfigurationException",
    "UserLambdaValidationException",
    "InvalidLambdaResponseException",
    "PasswordResetRequiredException",
    "UserNotFoundException",
    "UserNotConfirmedException",
    "InternalErrorException",
    "InvalidSmsRoleAccessPolicyException",
    "InvalidEmailRoleAccessPolicyException",
    "InvalidSmsRoleTrustRelationshipException",
    "OperationNotEnabledException",
    "FeatureUnavailableInTierException",
    "ForbiddenException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `AuthFlow`, required: one of the values of `AuthFlowType`.
    pub auth_flow: super::shapes::AuthFlowType,
    /// `AuthParameters`, optional: 0 to 100 entries, `StringType` to `SensitiveStringType`.
    pub auth_parameters: Option<std::collections::BTreeMap<String, crate::Sensitive>>,
    /// `ClientMetadata`, optional: 0 to 100 entries, `StringType` to `StringType`.
    pub client_metadata: Option<std::collections::BTreeMap<String, String>>,
    /// `ClientId`, required: 1 to 128 characters, matching `[\w+]+`.
    pub client_id: String,
    /// `AnalyticsMetadata`, optional: `AnalyticsMetadataType`.
    pub analytics_metadata: Option<super::shapes::AnalyticsMetadataType>,
    /// `UserContextData`, optional: `UserContextDataType`.
    pub user_context_data: Option<super::shapes::UserContextDataType>,
    /// `Session`, optional: 20 to 4096 characters.
    pub session: Option<crate::Sensitive>,
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
    const OPERATION: Operation = Operation::InitiateAuth;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let auth_flow = reading.required(
            "AuthFlow",
            source.body("AuthFlow"),
            super::readers::auth_flow_type,
        );
        let auth_parameters = reading.optional(
            "AuthParameters",
            source.body("AuthParameters"),
            super::readers::auth_parameters_type,
        );
        let client_metadata = reading.optional(
            "ClientMetadata",
            source.body("ClientMetadata"),
            super::readers::client_metadata_type,
        );
        let client_id = reading.required(
            "ClientId",
            source.body("ClientId"),
            super::readers::client_id_type,
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
        let session = reading.optional(
            "Session",
            source.body("Session"),
            super::readers::session_type,
        );
        Some(Self {
            auth_flow: auth_flow?,
            auth_parameters,
            client_metadata,
            client_id: client_id?,
            analytics_metadata,
            user_context_data,
            session,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::InitiateAuth;
}
