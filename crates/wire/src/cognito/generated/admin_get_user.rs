//! `AdminGetUser`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::cognito::Operation;
use crate::cognito::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "AdminGetUser",
    is_signed: true,
    errors: ERRORS,
    body_bytes_max: 4_096,
    is_read_only: true,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "ResourceNotFoundException",
    "InvalidParameterException",
    "TooManyRequestsException",
    "NotAuthorizedException",
    "UserNotFoundException",
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
}

/// What is answered.
#[derive(Debug, serde::Serialize)]
pub struct Output {
    /// `Username`, required.
    #[serde(rename = "Username")]
    pub username: String,
    /// `UserAttributes`, optional.
    #[serde(rename = "UserAttributes", skip_serializing_if = "Option::is_none")]
    pub user_attributes: Option<Vec<super::shapes::RevealedAttributeType>>,
    /// `UserCreateDate`, optional.
    #[serde(rename = "UserCreateDate", skip_serializing_if = "Option::is_none")]
    pub user_create_date: Option<crate::EpochMillis>,
    /// `UserLastModifiedDate`, optional.
    #[serde(
        rename = "UserLastModifiedDate",
        skip_serializing_if = "Option::is_none"
    )]
    pub user_last_modified_date: Option<crate::EpochMillis>,
    /// `Enabled`, optional.
    #[serde(rename = "Enabled", skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// `UserStatus`, optional.
    #[serde(rename = "UserStatus", skip_serializing_if = "Option::is_none")]
    pub user_status: Option<super::shapes::UserStatusType>,
    /// `MFAOptions`, optional.
    #[serde(rename = "MFAOptions", skip_serializing_if = "Option::is_none")]
    pub mfa_options: Option<Vec<super::shapes::MFAOptionType>>,
    /// `PreferredMfaSetting`, optional.
    #[serde(
        rename = "PreferredMfaSetting",
        skip_serializing_if = "Option::is_none"
    )]
    pub preferred_mfa_setting: Option<String>,
    /// `UserMFASettingList`, optional.
    #[serde(rename = "UserMFASettingList", skip_serializing_if = "Option::is_none")]
    pub user_mfa_setting_list: Option<Vec<String>>,
}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::AdminGetUser;
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
        Some(Self {
            user_pool_id: user_pool_id?,
            username: username?,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::AdminGetUser;
}
