//! `AdminCreateUser`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::cognito::Operation;
use crate::cognito::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "AdminCreateUser",
    is_signed: true,
    errors: ERRORS,
    body_bytes_max: 1_048_576,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "ResourceNotFoundException",
    "InvalidParameterException",
    "UserNotFoundException",
    "UsernameExistsException",
    "InvalidPasswordException",
    "CodeDeliveryFailureException",
    "UnexpectedLambdaException",
    "UserLambdaValidationException",
    "InvalidLambdaResponseException",
    "PreconditionNotMetException",
    "InvalidSmsRoleAccessPolicyException",
    "InvalidSmsRoleTrustRelationshipException",
    "TooManyRequestsException",
    "NotAuthorizedException",
    "UnsupportedUserStateException",
    "OperationNotEnabledException",
    "InternalErrorException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `UserPoolId`, required: 1 to 55 characters, matching `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// `Username`, required: 1 to 128 characters, matching `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub username: String,
    /// `UserAttributes`, optional: 0 to 100 items of `AttributeType`.
    pub user_attributes: Option<Vec<super::shapes::AttributeType>>,
    /// `ValidationData`, optional: 0 to 100 items of `AttributeType`.
    pub validation_data: Option<Vec<super::shapes::AttributeType>>,
    /// `TemporaryPassword`, optional: 0 to 256 characters, matching `[\S]+`.
    pub temporary_password: Option<crate::Sensitive>,
    /// `ForceAliasCreation`, optional: `ForceAliasCreation`.
    pub force_alias_creation: Option<bool>,
    /// `MessageAction`, optional: one of the values of `MessageActionType`.
    pub message_action: Option<super::shapes::MessageActionType>,
    /// `DesiredDeliveryMediums`, optional: 0 to 100 items of `DeliveryMediumType`.
    pub desired_delivery_mediums: Option<Vec<super::shapes::DeliveryMediumType>>,
    /// `ClientMetadata`, optional: 0 to 100 entries, `StringType` to `StringType`.
    pub client_metadata: Option<std::collections::BTreeMap<String, String>>,
}

/// What is answered.
#[derive(Debug, Default, serde::Serialize)]
pub struct Output {
    /// `User`, optional.
    #[serde(rename = "User", skip_serializing_if = "Option::is_none")]
    pub user: Option<super::shapes::UserType>,
}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::AdminCreateUser;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let user_pool_id = reading.required(
            "UserPoolId",
            source.body("UserPoolId"),
            super::readers::user_pool_id_type,
        );
        let username = reading.required(
            "Username",
            source.body("Username"),
            super::readers::username_type,
        );
        let user_attributes = reading.optional(
            "UserAttributes",
            source.body("UserAttributes"),
            super::readers::attribute_list_type,
        );
        let validation_data = reading.optional(
            "ValidationData",
            source.body("ValidationData"),
            super::readers::attribute_list_type,
        );
        let temporary_password = reading.optional(
            "TemporaryPassword",
            source.body("TemporaryPassword"),
            super::readers::password_type,
        );
        let force_alias_creation = reading.optional(
            "ForceAliasCreation",
            source.body("ForceAliasCreation"),
            super::readers::force_alias_creation,
        );
        let message_action = reading.optional(
            "MessageAction",
            source.body("MessageAction"),
            super::readers::message_action_type,
        );
        let desired_delivery_mediums = reading.optional(
            "DesiredDeliveryMediums",
            source.body("DesiredDeliveryMediums"),
            super::readers::delivery_medium_list_type,
        );
        let client_metadata = reading.optional(
            "ClientMetadata",
            source.body("ClientMetadata"),
            super::readers::client_metadata_type,
        );
        Some(Self {
            user_pool_id: user_pool_id?,
            username: username?,
            user_attributes,
            validation_data,
            temporary_password,
            force_alias_creation,
            message_action,
            desired_delivery_mediums,
            client_metadata,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::AdminCreateUser;
}
