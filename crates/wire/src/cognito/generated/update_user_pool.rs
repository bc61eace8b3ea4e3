//! `UpdateUserPool`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::cognito::Operation;
use crate::cognito::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "UpdateUserPool",
    is_signed: true,
    errors: ERRORS,
    body_bytes_max: 1_048_576,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "ResourceNotFoundException",
    "InvalidParameterException",
    "ConcurrentModificationException",
    "TooManyRequestsException",
    "NotAuthorizedException",
    "UserImportInProgressException",
    "InternalErrorException",
    "InvalidSmsRoleAccessPolicyException",
    "InvalidSmsRoleTrustRelationshipException",
    "UserPoolTaggingException",
    "InvalidEmailRoleAccessPolicyException",
    "OperationNotEnabledException",
    "TierChangeNotAllowedException",
    "FeatureUnavailableInTierException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `UserPoolId`, required: 1 to 55 characters, matching `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// `Policies`, optional: `UserPoolPolicyType`.
    pub policies: Option<super::shapes::UserPoolPolicyType>,
    /// `DeletionProtection`, optional: one of the values of `DeletionProtectionType`.
    pub deletion_protection: Option<super::shapes::DeletionProtectionType>,
    /// `LambdaConfig`, optional: `LambdaConfigType`.
    pub lambda_config: Option<super::shapes::LambdaConfigType>,
    /// `AutoVerifiedAttributes`, optional: 0 to 100 items of `VerifiedAttributeType`.
    pub auto_verified_attributes: Option<Vec<super::shapes::VerifiedAttributeType>>,
    /// `SmsVerificationMessage`, optional: 6 to 140 characters, matching `.*\{####\}.*`.
    pub sms_verification_message: Option<String>,
    /// `EmailVerificationMessage`, optional: 6 to 20000 characters, matching `[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{####\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*`.
    pub email_verification_message: Option<String>,
    /// `EmailVerificationSubject`, optional: 1 to 140 characters, matching `[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+`.
    pub email_verification_subject: Option<String>,
    /// `VerificationMessageTemplate`, optional: `VerificationMessageTemplateType`.
    pub verification_message_template: Option<super::shapes::VerificationMessageTemplateType>,
    /// `SmsAuthenticationMessage`, optional: 6 to 140 characters, matching `.*\{####\}.*`.
    pub sms_authentication_message: Option<String>,
    /// `UserAttributeUpdateSettings`, optional: `UserAttributeUpdateSettingsType`.
    pub user_attribute_update_settings: Option<super::shapes::UserAttributeUpdateSettingsType>,
    /// `MfaConfiguration`, optional: one of the values of `UserPoolMfaType`.
    pub mfa_configuration: Option<super::shapes::UserPoolMfaType>,
    /// `DeviceConfiguration`, optional: `DeviceConfigurationType`.
    pub device_configuration: Option<super::shapes::DeviceConfigurationType>,
    /// `EmailConfiguration`, optional: `EmailConfigurationType`.
    pub email_configuration: Option<super::shapes::EmailConfigurationType>,
    /// `SmsConfiguration`, optional: `SmsConfigurationType`.
    pub sms_configuration: Option<super::shapes::SmsConfigurationType>,
    /// `UserPoolTags`, optional: 0 to 100 entries, `TagKeysType` to `TagValueType`.
    pub user_pool_tags: Option<std::collections::BTreeMap<String, String>>,
    /// `AdminCreateUserConfig`, optional: `AdminCreateUserConfigType`.
    pub admin_create_user_config: Option<super::shapes::AdminCreateUserConfigType>,
    /// `UserPoolAddOns`, optional: `UserPoolAddOnsType`.
    pub user_pool_add_ons: Option<super::shapes::UserPoolAddOnsType>,
    /// `DcrConfiguration`, optional: `DcrConfigurationType`.
    pub dcr_configuration: Option<super::shapes::DcrConfigurationType>,
    /// `AccountRecoverySetting`, optional: `AccountRecoverySettingType`.
    pub account_recovery_setting: Option<super::shapes::AccountRecoverySettingType>,
    /// `PoolName`, optional: 1 to 128 characters, matching `[\w\s+=,.@-]+`.
    pub pool_name: Option<String>,
    /// `UserPoolTier`, optional: one of the values of `UserPoolTierType`.
    pub user_pool_tier: Option<super::shapes::UserPoolTierType>,
    /// `KeyConfiguration`, optional: `KeyConfigurationType`.
    pub key_configuration: Option<super::shapes::KeyConfigurationType>,
    /// `IssuerConfiguration`, optional: `IssuerConfigurationType`.
    pub issuer_configuration: Option<super::shapes::IssuerConfigurationType>,
    /// `AcrConfiguration`, optional: 0 to 4 entries, `AcrLevelKeyType` to `AcrLevelConfigType`.
    pub acr_configuration:
        Option<std::collections::BTreeMap<String, super::shapes::AcrLevelConfigType>>,
}

/// What is answered.
#[derive(Debug, Default, serde::Serialize)]
pub struct Output {}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::UpdateUserPool;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let user_pool_id = reading.required(
            "UserPoolId",
            source.body("UserPoolId"),
            super::readers::user_pool_id_type,
        );
        let policies = reading.optional(
            "Policies",
            source.body("Policies"),
            super::readers::user_pool_policy_type,
        );
        let deletion_protection = reading.optional(
            "DeletionProtection",
            source.body("DeletionProtection"),
            super::readers::deletion_protection_type,
        );
        let lambda_config = reading.optional(
            "LambdaConfig",
            source.body("LambdaConfig"),
            super::readers::lambda_config_type,
        );
        let auto_verified_attributes = reading.optional(
            "AutoVerifiedAttributes",
            source.body("AutoVerifiedAttributes"),
            super::readers::verified_attributes_list_type,
        );
        let sms_verification_message = reading.optional(
            "SmsVerificationMessage",
            source.body("SmsVerificationMessage"),
            super::readers::sms_verification_message_type,
        );
        let email_verification_message = reading.optional(
            "EmailVerificationMessage",
            source.body("EmailVerificationMessage"),
            super::readers::email_verification_message_type,
        );
        let email_verification_subject = reading.optional(
            "EmailVerificationSubject",
            source.body("EmailVerificationSubject"),
            super::readers::email_verification_subject_type,
        );
        let verification_message_template = reading.optional(
            "VerificationMessageTemplate",
            source.body("VerificationMessageTemplate"),
            super::readers::verification_message_template_type,
        );
        let sms_authentication_message = reading.optional(
            "SmsAuthenticationMessage",
            source.body("SmsAuthenticationMessage"),
            super::readers::sms_verification_message_type,
        );
        let user_attribute_update_settings = reading.optional(
            "UserAttributeUpdateSettings",
            source.body("UserAttributeUpdateSettings"),
            super::readers::user_attribute_update_settings_type,
        );
        let mfa_configuration = reading.optional(
            "MfaConfiguration",
            source.body("MfaConfiguration"),
            super::readers::user_pool_mfa_type,
        );
        let device_configuration = reading.optional(
            "DeviceConfiguration",
            source.body("DeviceConfiguration"),
            super::readers::device_configuration_type,
        );
        let email_configuration = reading.optional(
            "EmailConfiguration",
            source.body("EmailConfiguration"),
            super::readers::email_configuration_type,
        );
        let sms_configuration = reading.optional(
            "SmsConfiguration",
            source.body("SmsConfiguration"),
            super::readers::sms_configuration_type,
        );
        let user_pool_tags = reading.optional(
            "UserPoolTags",
            source.body("UserPoolTags"),
            super::readers::user_pool_tags_type,
        );
        let admin_create_user_config = reading.optional(
            "AdminCreateUserConfig",
            source.body("AdminCreateUserConfig"),
            super::readers::admin_create_user_config_type,
        );
        let user_pool_add_ons = reading.optional(
            "UserPoolAddOns",
            source.body("UserPoolAddOns"),
            super::readers::user_pool_add_ons_type,
        );
        let dcr_configuration = reading.optional(
            "DcrConfiguration",
            source.body("DcrConfiguration"),
            super::readers::dcr_configuration_type,
        );
        let account_recovery_setting = reading.optional(
            "AccountRecoverySetting",
            source.body("AccountRecoverySetting"),
            super::readers::account_recovery_setting_type,
        );
        let pool_name = reading.optional(
            "PoolName",
            source.body("PoolName"),
            super::readers::user_pool_name_type,
        );
        let user_pool_tier = reading.optional(
            "UserPoolTier",
            source.body("UserPoolTier"),
            super::readers::user_pool_tier_type,
        );
        let key_configuration = reading.optional(
            "KeyConfiguration",
            source.body("KeyConfiguration"),
            super::readers::key_configuration_type,
        );
        let issuer_configuration = reading.optional(
            "IssuerConfiguration",
            source.body("IssuerConfiguration"),
            super::readers::issuer_configuration_type,
        );
        let acr_configuration = reading.optional(
            "AcrConfiguration",
            source.body("AcrConfiguration"),
            super::readers::acr_configuration_type,
        );
        Some(Self {
            user_pool_id: user_pool_id?,
            policies,
            deletion_protection,
            lambda_config,
            auto_verified_attributes,
            sms_verification_message,
            email_verification_message,
            email_verification_subject,
            verification_message_template,
            sms_authentication_message,
            user_attribute_update_settings,
            mfa_configuration,
            device_configuration,
            email_configuration,
            sms_configuration,
            user_pool_tags,
            admin_create_user_config,
            user_pool_add_ons,
            dcr_configuration,
            account_recovery_setting,
            pool_name,
            user_pool_tier,
            key_configuration,
            issuer_configuration,
            acr_configuration,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::UpdateUserPool;
}
