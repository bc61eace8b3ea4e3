//! Shapes that operations share: structures, unions and enums.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

/// The structure `AccountRecoverySettingType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct AccountRecoverySettingType {
    /// `RecoveryMechanisms`, optional.
    #[serde(rename = "RecoveryMechanisms", skip_serializing_if = "Option::is_none")]
    pub recovery_mechanisms: Option<Vec<RecoveryOptionType>>,
}

/// The structure `AcrLevelConfigType`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct AcrLevelConfigType {
    /// `AcrValue`, required.
    #[serde(rename = "AcrValue")]
    pub acr_value: String,
}

/// The structure `AdminCreateUserConfigType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct AdminCreateUserConfigType {
    /// `AllowAdminCreateUserOnly`, optional.
    #[serde(
        rename = "AllowAdminCreateUserOnly",
        skip_serializing_if = "Option::is_none"
    )]
    pub allow_admin_create_user_only: Option<bool>,
    /// `UnusedAccountValidityDays`, optional.
    #[serde(
        rename = "UnusedAccountValidityDays",
        skip_serializing_if = "Option::is_none"
    )]
    pub unused_account_validity_days: Option<i32>,
    /// `InviteMessageTemplate`, optional.
    #[serde(
        rename = "InviteMessageTemplate",
        skip_serializing_if = "Option::is_none"
    )]
    pub invite_message_template: Option<MessageTemplateType>,
}

/// The structure `AdvancedSecurityAdditionalFlowsType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct AdvancedSecurityAdditionalFlowsType {
    /// `CustomAuthMode`, optional.
    #[serde(rename = "CustomAuthMode", skip_serializing_if = "Option::is_none")]
    pub custom_auth_mode: Option<AdvancedSecurityEnabledModeType>,
}

/// The enum `AdvancedSecurityEnabledModeType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum AdvancedSecurityEnabledModeType {
    /// `AUDIT`.
    #[serde(rename = "AUDIT")]
    Audit,
    /// `ENFORCED`.
    #[serde(rename = "ENFORCED")]
    Enforced,
}

impl AdvancedSecurityEnabledModeType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Audit => "AUDIT",
            Self::Enforced => "ENFORCED",
        }
    }
}

impl crate::constraint::Enumerated for AdvancedSecurityEnabledModeType {
    const VALUES: &'static [&'static str] = &["AUDIT", "ENFORCED"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "AUDIT" => Some(Self::Audit),
            "ENFORCED" => Some(Self::Enforced),
            _ => None,
        }
    }
}

/// The enum `AdvancedSecurityModeType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum AdvancedSecurityModeType {
    /// `OFF`.
    #[serde(rename = "OFF")]
    Off,
    /// `AUDIT`.
    #[serde(rename = "AUDIT")]
    Audit,
    /// `ENFORCED`.
    #[serde(rename = "ENFORCED")]
    Enforced,
}

impl AdvancedSecurityModeType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "OFF",
            Self::Audit => "AUDIT",
            Self::Enforced => "ENFORCED",
        }
    }
}

impl crate::constraint::Enumerated for AdvancedSecurityModeType {
    const VALUES: &'static [&'static str] = &["OFF", "AUDIT", "ENFORCED"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "OFF" => Some(Self::Off),
            "AUDIT" => Some(Self::Audit),
            "ENFORCED" => Some(Self::Enforced),
            _ => None,
        }
    }
}

/// The enum `AliasAttributeType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum AliasAttributeType {
    /// `phone_number`.
    #[serde(rename = "phone_number")]
    PhoneNumber,
    /// `email`.
    #[serde(rename = "email")]
    Email,
    /// `preferred_username`.
    #[serde(rename = "preferred_username")]
    PreferredUsername,
}

impl AliasAttributeType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PhoneNumber => "phone_number",
            Self::Email => "email",
            Self::PreferredUsername => "preferred_username",
        }
    }
}

impl crate::constraint::Enumerated for AliasAttributeType {
    const VALUES: &'static [&'static str] = &["phone_number", "email", "preferred_username"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "phone_number" => Some(Self::PhoneNumber),
            "email" => Some(Self::Email),
            "preferred_username" => Some(Self::PreferredUsername),
            _ => None,
        }
    }
}

/// The structure `AnalyticsConfigurationType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct AnalyticsConfigurationType {
    /// `ApplicationId`, optional.
    #[serde(rename = "ApplicationId", skip_serializing_if = "Option::is_none")]
    pub application_id: Option<String>,
    /// `ApplicationArn`, optional.
    #[serde(rename = "ApplicationArn", skip_serializing_if = "Option::is_none")]
    pub application_arn: Option<String>,
    /// `RoleArn`, optional.
    #[serde(rename = "RoleArn", skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// `ExternalId`, optional.
    #[serde(rename = "ExternalId", skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// `UserDataShared`, optional.
    #[serde(rename = "UserDataShared", skip_serializing_if = "Option::is_none")]
    pub user_data_shared: Option<bool>,
}

/// The structure `AnalyticsMetadataType`.
#[derive(Clone, Debug)]
pub struct AnalyticsMetadataType {
    /// `AnalyticsEndpointId`, optional: 0 to 131072 characters.
    pub analytics_endpoint_id: Option<String>,
}

/// The enum `AttributeDataType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum AttributeDataType {
    /// `String`.
    #[serde(rename = "String")]
    String,
    /// `Number`.
    #[serde(rename = "Number")]
    Number,
    /// `DateTime`.
    #[serde(rename = "DateTime")]
    DateTime,
    /// `Boolean`.
    #[serde(rename = "Boolean")]
    Boolean,
}

impl AttributeDataType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "String",
            Self::Number => "Number",
            Self::DateTime => "DateTime",
            Self::Boolean => "Boolean",
        }
    }
}

impl crate::constraint::Enumerated for AttributeDataType {
    const VALUES: &'static [&'static str] = &["String", "Number", "DateTime", "Boolean"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "String" => Some(Self::String),
            "Number" => Some(Self::Number),
            "DateTime" => Some(Self::DateTime),
            "Boolean" => Some(Self::Boolean),
            _ => None,
        }
    }
}

/// The structure `AttributeType`.
#[derive(Debug)]
pub struct AttributeType {
    /// `Name`, required: 1 to 32 characters, matching `[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+`.
    pub name: String,
    /// `Value`, optional: 0 to 2048 characters.
    pub value: Option<crate::Sensitive>,
}

/// The structure `AttributeType`.
#[derive(Debug, serde::Serialize)]
pub struct RevealedAttributeType {
    /// `Name`, required.
    #[serde(rename = "Name")]
    pub name: String,
    /// `Value`, optional.
    #[serde(rename = "Value", skip_serializing_if = "Option::is_none")]
    pub value: Option<crate::Revealed>,
}

/// The enum `AuthFactorType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum AuthFactorType {
    /// `PASSWORD`.
    #[serde(rename = "PASSWORD")]
    Password,
    /// `EMAIL_OTP`.
    #[serde(rename = "EMAIL_OTP")]
    EmailOtp,
    /// `SMS_OTP`.
    #[serde(rename = "SMS_OTP")]
    SmsOtp,
    /// `WEB_AUTHN`.
    #[serde(rename = "WEB_AUTHN")]
    WebAuthn,
    /// `SOFTWARE_TOKEN`.
    #[serde(rename = "SOFTWARE_TOKEN")]
    SoftwareToken,
}

impl AuthFactorType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "PASSWORD",
            Self::EmailOtp => "EMAIL_OTP",
            Self::SmsOtp => "SMS_OTP",
            Self::WebAuthn => "WEB_AUTHN",
            Self::SoftwareToken => "SOFTWARE_TOKEN",
        }
    }
}

impl crate::constraint::Enumerated for AuthFactorType {
    const VALUES: &'static [&'static str] = &[
        "PASSWORD",
        "EMAIL_OTP",
        "SMS_OTP",
        "WEB_AUTHN",
        "SOFTWARE_TOKEN",
    ];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "PASSWORD" => Some(Self::Password),
            "EMAIL_OTP" => Some(Self::EmailOtp),
            "SMS_OTP" => Some(Self::SmsOtp),
            "WEB_AUTHN" => Some(Self::WebAuthn),
            "SOFTWARE_TOKEN" => Some(Self::SoftwareToken),
            _ => None,
        }
    }
}

/// The enum `AuthFlowType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum AuthFlowType {
    /// `USER_SRP_AUTH`.
    #[serde(rename = "USER_SRP_AUTH")]
    UserSrpAuth,
    /// `REFRESH_TOKEN_AUTH`.
    #[serde(rename = "REFRESH_TOKEN_AUTH")]
    RefreshTokenAuth,
    /// `REFRESH_TOKEN`.
    #[serde(rename = "REFRESH_TOKEN")]
    RefreshToken,
    /// `CUSTOM_AUTH`.
    #[serde(rename = "CUSTOM_AUTH")]
    CustomAuth,
    /// `ADMIN_NO_SRP_AUTH`.
    #[serde(rename = "ADMIN_NO_SRP_AUTH")]
    AdminNoSrpAuth,
    /// `USER_PASSWORD_AUTH`.
    #[serde(rename = "USER_PASSWORD_AUTH")]
    UserPasswordAuth,
    /// `ADMIN_USER_PASSWORD_AUTH`.
    #[serde(rename = "ADMIN_USER_PASSWORD_AUTH")]
    AdminUserPasswordAuth,
    /// `USER_AUTH`.
    #[serde(rename = "USER_AUTH")]
    UserAuth,
}

impl AuthFlowType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UserSrpAuth => "USER_SRP_AUTH",
            Self::RefreshTokenAuth => "REFRESH_TOKEN_AUTH",
            Self::RefreshToken => "REFRESH_TOKEN",
            Self::CustomAuth => "CUSTOM_AUTH",
            Self::AdminNoSrpAuth => "ADMIN_NO_SRP_AUTH",
            Self::UserPasswordAuth => "USER_PASSWORD_AUTH",
            Self::AdminUserPasswordAuth => "ADMIN_USER_PASSWORD_AUTH",
            Self::UserAuth => "USER_AUTH",
        }
    }
}

impl crate::constraint::Enumerated for AuthFlowType {
    const VALUES: &'static [&'static str] = &[
        "USER_SRP_AUTH",
        "REFRESH_TOKEN_AUTH",
        "REFRESH_TOKEN",
        "CUSTOM_AUTH",
        "ADMIN_NO_SRP_AUTH",
        "USER_PASSWORD_AUTH",
        "ADMIN_USER_PASSWORD_AUTH",
        "USER_AUTH",
    ];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "USER_SRP_AUTH" => Some(Self::UserSrpAuth),
            "REFRESH_TOKEN_AUTH" => Some(Self::RefreshTokenAuth),
            "REFRESH_TOKEN" => Some(Self::RefreshToken),
            "CUSTOM_AUTH" => Some(Self::CustomAuth),
            "ADMIN_NO_SRP_AUTH" => Some(Self::AdminNoSrpAuth),
            "USER_PASSWORD_AUTH" => Some(Self::UserPasswordAuth),
            "ADMIN_USER_PASSWORD_AUTH" => Some(Self::AdminUserPasswordAuth),
            "USER_AUTH" => Some(Self::UserAuth),
            _ => None,
        }
    }
}

/// The structure `AuthenticationResultType`.
#[derive(Debug, Default, serde::Serialize)]
pub struct AuthenticationResultType {
    /// `AccessToken`, optional.
    #[serde(rename = "AccessToken", skip_serializing_if = "Option::is_none")]
    pub access_token: Option<crate::Revealed>,
    /// `ExpiresIn`, optional.
    #[serde(rename = "ExpiresIn", skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<i32>,
    /// `TokenType`, optional.
    #[serde(rename = "TokenType", skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
    /// `RefreshToken`, optional.
    #[serde(rename = "RefreshToken", skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<crate::Revealed>,
    /// `IdToken`, optional.
    #[serde(rename = "IdToken", skip_serializing_if = "Option::is_none")]
    pub id_token: Option<crate::Revealed>,
    /// `NewDeviceMetadata`, optional.
    #[serde(rename = "NewDeviceMetadata", skip_serializing_if = "Option::is_none")]
    pub new_device_metadata: Option<NewDeviceMetadataType>,
}

/// The enum `ChallengeNameType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum ChallengeNameType {
    /// `SMS_MFA`.
    #[serde(rename = "SMS_MFA")]
    SmsMfa,
    /// `EMAIL_OTP`.
    #[serde(rename = "EMAIL_OTP")]
    EmailOtp,
    /// `SOFTWARE_TOKEN_MFA`.
    #[serde(rename = "SOFTWARE_TOKEN_MFA")]
    SoftwareTokenMfa,
    /// `SELECT_MFA_TYPE`.
    #[serde(rename = "SELECT_MFA_TYPE")]
    SelectMfaType,
    /// `MFA_SETUP`.
    #[serde(rename = "MFA_SETUP")]
    MfaSetup,
    /// `PASSWORD_VERIFIER`.
    #[serde(rename = "PASSWORD_VERIFIER")]
    PasswordVerifier,
    /// `CUSTOM_CHALLENGE`.
    #[serde(rename = "CUSTOM_CHALLENGE")]
    CustomChallenge,
    /// `SELECT_CHALLENGE`.
    #[serde(rename = "SELECT_CHALLENGE")]
    SelectChallenge,
    /// `DEVICE_SRP_AUTH`.
    #[serde(rename = "DEVICE_SRP_AUTH")]
    DeviceSrpAuth,
    /// `DEVICE_PASSWORD_VERIFIER`.
    #[serde(rename = "DEVICE_PASSWORD_VERIFIER")]
    DevicePasswordVerifier,
    /// `ADMIN_NO_SRP_AUTH`.
    #[serde(rename = "ADMIN_NO_SRP_AUTH")]
    AdminNoSrpAuth,
    /// `NEW_PASSWORD_REQUIRED`.
    #[serde(rename = "NEW_PASSWORD_REQUIRED")]
    NewPasswordRequired,
    /// `SMS_OTP`.
    #[serde(rename = "SMS_OTP")]
    SmsOtp,
    /// `PASSWORD`.
    #[serde(rename = "PASSWORD")]
    Password,
    /// `WEB_AUTHN`.
    #[serde(rename = "WEB_AUTHN")]
    WebAuthn,
    /// `PASSWORD_SRP`.
    #[serde(rename = "PASSWORD_SRP")]
    PasswordSrp,
}

impl ChallengeNameType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SmsMfa => "SMS_MFA",
            Self::EmailOtp => "EMAIL_OTP",
            Self::SoftwareTokenMfa => "SOFTWARE_TOKEN_MFA",
            Self::SelectMfaType => "SELECT_MFA_TYPE",
            Self::MfaSetup => "MFA_SETUP",
            Self::PasswordVerifier => "PASSWORD_VERIFIER",
            Self::CustomChallenge => "CUSTOM_CHALLENGE",
            Self::SelectChallenge => "SELECT_CHALLENGE",
            Self::DeviceSrpAuth => "DEVICE_SRP_AUTH",
            Self::DevicePasswordVerifier => "DEVICE_PASSWORD_VERIFIER",
            Self::AdminNoSrpAuth => "ADMIN_NO_SRP_AUTH",
            Self::NewPasswordRequired => "NEW_PASSWORD_REQUIRED",
            Self::SmsOtp => "SMS_OTP",
            Self::Password => "PASSWORD",
            Self::WebAuthn => "WEB_AUTHN",
            Self::PasswordSrp => "PASSWORD_SRP",
        }
    }
}

impl crate::constraint::Enumerated for ChallengeNameType {
    const VALUES: &'static [&'static str] = &[
        "SMS_MFA",
        "EMAIL_OTP",
        "SOFTWARE_TOKEN_MFA",
        "SELECT_MFA_TYPE",
        "MFA_SETUP",
        "PASSWORD_VERIFIER",
        "CUSTOM_CHALLENGE",
        "SELECT_CHALLENGE",
        "DEVICE_SRP_AUTH",
        "DEVICE_PASSWORD_VERIFIER",
        "ADMIN_NO_SRP_AUTH",
        "NEW_PASSWORD_REQUIRED",
        "SMS_OTP",
        "PASSWORD",
        "WEB_AUTHN",
        "PASSWORD_SRP",
    ];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "SMS_MFA" => Some(Self::SmsMfa),
            "EMAIL_OTP" => Some(Self::EmailOtp),
            "SOFTWARE_TOKEN_MFA" => Some(Self::SoftwareTokenMfa),
            "SELECT_MFA_TYPE" => Some(Self::SelectMfaType),
            "MFA_SETUP" => Some(Self::MfaSetup),
            "PASSWORD_VERIFIER" => Some(Self::PasswordVerifier),
            "CUSTOM_CHALLENGE" => Some(Self::CustomChallenge),
            "SELECT_CHALLENGE" => Some(Self::SelectChallenge),
            "DEVICE_SRP_AUTH" => Some(Self::DeviceSrpAuth),
            "DEVICE_PASSWORD_VERIFIER" => Some(Self::DevicePasswordVerifier),
            "ADMIN_NO_SRP_AUTH" => Some(Self::AdminNoSrpAuth),
            "NEW_PASSWORD_REQUIRED" => Some(Self::NewPasswordRequired),
            "SMS_OTP" => Some(Self::SmsOtp),
            "PASSWORD" => Some(Self::Password),
            "WEB_AUTHN" => Some(Self::WebAuthn),
            "PASSWORD_SRP" => Some(Self::PasswordSrp),
            _ => None,
        }
    }
}

/// The enum `ClientTypeType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum ClientTypeType {
    /// `REGULAR`.
    #[serde(rename = "REGULAR")]
    Regular,
    /// `DCR`.
    #[serde(rename = "DCR")]
    Dcr,
}

impl ClientTypeType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Regular => "REGULAR",
            Self::Dcr => "DCR",
        }
    }
}

impl crate::constraint::Enumerated for ClientTypeType {
    const VALUES: &'static [&'static str] = &["REGULAR", "DCR"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "REGULAR" => Some(Self::Regular),
            "DCR" => Some(Self::Dcr),
            _ => None,
        }
    }
}

/// The structure `CustomDomainConfigType`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct CustomDomainConfigType {
    /// `CertificateArn`, required.
    #[serde(rename = "CertificateArn")]
    pub certificate_arn: String,
    /// `SecurityPolicy`, optional.
    #[serde(rename = "SecurityPolicy", skip_serializing_if = "Option::is_none")]
    pub security_policy: Option<SecurityPolicyType>,
}

/// The structure `CustomEmailLambdaVersionConfigType`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct CustomEmailLambdaVersionConfigType {
    /// `LambdaVersion`, required.
    #[serde(rename = "LambdaVersion")]
    pub lambda_version: CustomEmailSenderLambdaVersionType,
    /// `LambdaArn`, required.
    #[serde(rename = "LambdaArn")]
    pub lambda_arn: String,
}

/// The enum `CustomEmailSenderLambdaVersionType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum CustomEmailSenderLambdaVersionType {
    /// `V1_0`.
    #[serde(rename = "V1_0")]
    V10,
}

impl CustomEmailSenderLambdaVersionType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V10 => "V1_0",
        }
    }
}

impl crate::constraint::Enumerated for CustomEmailSenderLambdaVersionType {
    const VALUES: &'static [&'static str] = &["V1_0"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "V1_0" => Some(Self::V10),
            _ => None,
        }
    }
}

/// The structure `CustomSMSLambdaVersionConfigType`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct CustomSMSLambdaVersionConfigType {
    /// `LambdaVersion`, required.
    #[serde(rename = "LambdaVersion")]
    pub lambda_version: CustomSMSSenderLambdaVersionType,
    /// `LambdaArn`, required.
    #[serde(rename = "LambdaArn")]
    pub lambda_arn: String,
}

/// The enum `CustomSMSSenderLambdaVersionType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum CustomSMSSenderLambdaVersionType {
    /// `V1_0`.
    #[serde(rename = "V1_0")]
    V10,
}

impl CustomSMSSenderLambdaVersionType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V10 => "V1_0",
        }
    }
}

impl crate::constraint::Enumerated for CustomSMSSenderLambdaVersionType {
    const VALUES: &'static [&'static str] = &["V1_0"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "V1_0" => Some(Self::V10),
            _ => None,
        }
    }
}

/// The structure `DcrConfigurationType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct DcrConfigurationType {
    /// `EnableStatus`, optional.
    #[serde(rename = "EnableStatus", skip_serializing_if = "Option::is_none")]
    pub enable_status: Option<StatusType>,
    /// `OpenDcrEnabled`, optional.
    #[serde(rename = "OpenDcrEnabled", skip_serializing_if = "Option::is_none")]
    pub open_dcr_enabled: Option<bool>,
    /// `AuthenticatedGrantTypes`, optional.
    #[serde(
        rename = "AuthenticatedGrantTypes",
        skip_serializing_if = "Option::is_none"
    )]
    pub authenticated_grant_types: Option<Vec<OAuthFlowType>>,
    /// `OpenDcrGrantTypes`, optional.
    #[serde(rename = "OpenDcrGrantTypes", skip_serializing_if = "Option::is_none")]
    pub open_dcr_grant_types: Option<Vec<OAuthFlowType>>,
    /// `AllowedScopes`, optional.
    #[serde(rename = "AllowedScopes", skip_serializing_if = "Option::is_none")]
    pub allowed_scopes: Option<Vec<String>>,
}

/// The enum `DefaultEmailOptionType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum DefaultEmailOptionType {
    /// `CONFIRM_WITH_LINK`.
    #[serde(rename = "CONFIRM_WITH_LINK")]
    ConfirmWithLink,
    /// `CONFIRM_WITH_CODE`.
    #[serde(rename = "CONFIRM_WITH_CODE")]
    ConfirmWithCode,
}

impl DefaultEmailOptionType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ConfirmWithLink => "CONFIRM_WITH_LINK",
            Self::ConfirmWithCode => "CONFIRM_WITH_CODE",
        }
    }
}

impl crate::constraint::Enumerated for DefaultEmailOptionType {
    const VALUES: &'static [&'static str] = &["CONFIRM_WITH_LINK", "CONFIRM_WITH_CODE"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "CONFIRM_WITH_LINK" => Some(Self::ConfirmWithLink),
            "CONFIRM_WITH_CODE" => Some(Self::ConfirmWithCode),
            _ => None,
        }
    }
}

/// The enum `DeletionProtectionType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum DeletionProtectionType {
    /// `ACTIVE`.
    #[serde(rename = "ACTIVE")]
    Active,
    /// `INACTIVE`.
    #[serde(rename = "INACTIVE")]
    Inactive,
}

impl DeletionProtectionType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Inactive => "INACTIVE",
        }
    }
}

impl crate::constraint::Enumerated for DeletionProtectionType {
    const VALUES: &'static [&'static str] = &["ACTIVE", "INACTIVE"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "ACTIVE" => Some(Self::Active),
            "INACTIVE" => Some(Self::Inactive),
            _ => None,
        }
    }
}

/// The enum `DeliveryMediumType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum DeliveryMediumType {
    /// `SMS`.
    #[serde(rename = "SMS")]
    Sms,
    /// `EMAIL`.
    #[serde(rename = "EMAIL")]
    Email,
}

impl DeliveryMediumType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "SMS",
            Self::Email => "EMAIL",
        }
    }
}

impl crate::constraint::Enumerated for DeliveryMediumType {
    const VALUES: &'static [&'static str] = &["SMS", "EMAIL"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "SMS" => Some(Self::Sms),
            "EMAIL" => Some(Self::Email),
            _ => None,
        }
    }
}

/// The structure `DeviceConfigurationType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct DeviceConfigurationType {
    /// `ChallengeRequiredOnNewDevice`, optional.
    #[serde(
        rename = "ChallengeRequiredOnNewDevice",
        skip_serializing_if = "Option::is_none"
    )]
    pub challenge_required_on_new_device: Option<bool>,
    /// `DeviceOnlyRememberedOnUserPrompt`, optional.
    #[serde(
        rename = "DeviceOnlyRememberedOnUserPrompt",
        skip_serializing_if = "Option::is_none"
    )]
    pub device_only_remembered_on_user_prompt: Option<bool>,
}

/// The structure `DomainDescriptionType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct DomainDescriptionType {
    /// `UserPoolId`, optional.
    #[serde(rename = "UserPoolId", skip_serializing_if = "Option::is_none")]
    pub user_pool_id: Option<String>,
    /// `AWSAccountId`, optional.
    #[serde(rename = "AWSAccountId", skip_serializing_if = "Option::is_none")]
    pub aws_account_id: Option<String>,
    /// `Domain`, optional.
    #[serde(rename = "Domain", skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// `S3Bucket`, optional.
    #[serde(rename = "S3Bucket", skip_serializing_if = "Option::is_none")]
    pub s3_bucket: Option<String>,
    /// `CloudFrontDistribution`, optional.
    #[serde(
        rename = "CloudFrontDistribution",
        skip_serializing_if = "Option::is_none"
    )]
    pub cloud_front_distribution: Option<String>,
    /// `Version`, optional.
    #[serde(rename = "Version", skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// `Status`, optional.
    #[serde(rename = "Status", skip_serializing_if = "Option::is_none")]
    pub status: Option<DomainStatusType>,
    /// `CustomDomainConfig`, optional.
    #[serde(rename = "CustomDomainConfig", skip_serializing_if = "Option::is_none")]
    pub custom_domain_config: Option<CustomDomainConfigType>,
    /// `ManagedLoginVersion`, optional.
    #[serde(
        rename = "ManagedLoginVersion",
        skip_serializing_if = "Option::is_none"
    )]
    pub managed_login_version: Option<i32>,
    /// `Routing`, optional.
    #[serde(rename = "Routing", skip_serializing_if = "Option::is_none")]
    pub routing: Option<RoutingType>,
}

/// The enum `DomainStatusType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum DomainStatusType {
    /// `CREATING`.
    #[serde(rename = "CREATING")]
    Creating,
    /// `DELETING`.
    #[serde(rename = "DELETING")]
    Deleting,
    /// `UPDATING`.
    #[serde(rename = "UPDATING")]
    Updating,
    /// `ACTIVE`.
    #[serde(rename = "ACTIVE")]
    Active,
    /// `FAILED`.
    #[serde(rename = "FAILED")]
    Failed,
}

impl DomainStatusType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Creating => "CREATING",
            Self::Deleting => "DELETING",
            Self::Updating => "UPDATING",
            Self::Active => "ACTIVE",
            Self::Failed => "FAILED",
        }
    }
}

/// The structure `EmailConfigurationType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct EmailConfigurationType {
    /// `SourceArn`, optional.
    #[serde(rename = "SourceArn", skip_serializing_if = "Option::is_none")]
    pub source_arn: Option<String>,
    /// `ReplyToEmailAddress`, optional.
    #[serde(
        rename = "ReplyToEmailAddress",
        skip_serializing_if = "Option::is_none"
    )]
    pub reply_to_email_address: Option<String>,
    /// `EmailSendingAccount`, optional.
    #[serde(
        rename = "EmailSendingAccount",
        skip_serializing_if = "Option::is_none"
    )]
    pub email_sending_account: Option<EmailSendingAccountType>,
    /// `From`, optional.
    #[serde(rename = "From", skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// `ConfigurationSet`, optional.
    #[serde(rename = "ConfigurationSet", skip_serializing_if = "Option::is_none")]
    pub configuration_set: Option<String>,
}

/// The enum `EmailSendingAccountType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum EmailSendingAccountType {
    /// `COGNITO_DEFAULT`.
    #[serde(rename = "COGNITO_DEFAULT")]
    CognitoDefault,
    /// `DEVELOPER`.
    #[serde(rename = "DEVELOPER")]
    Developer,
}

impl EmailSendingAccountType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CognitoDefault => "COGNITO_DEFAULT",
            Self::Developer => "DEVELOPER",
        }
    }
}

impl crate::constraint::Enumerated for EmailSendingAccountType {
    const VALUES: &'static [&'static str] = &["COGNITO_DEFAULT", "DEVELOPER"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "COGNITO_DEFAULT" => Some(Self::CognitoDefault),
            "DEVELOPER" => Some(Self::Developer),
            _ => None,
        }
    }
}

/// The enum `EncryptionKeyType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum EncryptionKeyType {
    /// `AWS_OWNED_KEY`.
    #[serde(rename = "AWS_OWNED_KEY")]
    AwsOwnedKey,
    /// `CUSTOMER_MANAGED_KEY`.
    #[serde(rename = "CUSTOMER_MANAGED_KEY")]
    CustomerManagedKey,
}

impl EncryptionKeyType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AwsOwnedKey => "AWS_OWNED_KEY",
            Self::CustomerManagedKey => "CUSTOMER_MANAGED_KEY",
        }
    }
}

impl crate::constraint::Enumerated for EncryptionKeyType {
    const VALUES: &'static [&'static str] = &["AWS_OWNED_KEY", "CUSTOMER_MANAGED_KEY"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "AWS_OWNED_KEY" => Some(Self::AwsOwnedKey),
            "CUSTOMER_MANAGED_KEY" => Some(Self::CustomerManagedKey),
            _ => None,
        }
    }
}

/// The structure `EumsSmsConfigurationType`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct EumsSmsConfigurationType {
    /// `CallerArn`, required.
    #[serde(rename = "CallerArn")]
    pub caller_arn: String,
    /// `ExternalId`, optional.
    #[serde(rename = "ExternalId", skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// `OriginationIdentity`, optional.
    #[serde(
        rename = "OriginationIdentity",
        skip_serializing_if = "Option::is_none"
    )]
    pub origination_identity: Option<String>,
    /// `ConfigurationSetName`, optional.
    #[serde(
        rename = "ConfigurationSetName",
        skip_serializing_if = "Option::is_none"
    )]
    pub configuration_set_name: Option<String>,
    /// `InEntityId`, optional.
    #[serde(rename = "InEntityId", skip_serializing_if = "Option::is_none")]
    pub in_entity_id: Option<String>,
    /// `InTemplateId`, optional.
    #[serde(rename = "InTemplateId", skip_serializing_if = "Option::is_none")]
    pub in_template_id: Option<String>,
    /// `Region`, optional.
    #[serde(rename = "Region", skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

/// The enum `ExplicitAuthFlowsType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum ExplicitAuthFlowsType {
    /// `ADMIN_NO_SRP_AUTH`.
    #[serde(rename = "ADMIN_NO_SRP_AUTH")]
    AdminNoSrpAuth,
    /// `CUSTOM_AUTH_FLOW_ONLY`.
    #[serde(rename = "CUSTOM_AUTH_FLOW_ONLY")]
    CustomAuthFlowOnly,
    /// `USER_PASSWORD_AUTH`.
    #[serde(rename = "USER_PASSWORD_AUTH")]
    UserPasswordAuth,
    /// `ALLOW_ADMIN_USER_PASSWORD_AUTH`.
    #[serde(rename = "ALLOW_ADMIN_USER_PASSWORD_AUTH")]
    AllowAdminUserPasswordAuth,
    /// `ALLOW_CUSTOM_AUTH`.
    #[serde(rename = "ALLOW_CUSTOM_AUTH")]
    AllowCustomAuth,
    /// `ALLOW_USER_PASSWORD_AUTH`.
    #[serde(rename = "ALLOW_USER_PASSWORD_AUTH")]
    AllowUserPasswordAuth,
    /// `ALLOW_USER_SRP_AUTH`.
    #[serde(rename = "ALLOW_USER_SRP_AUTH")]
    AllowUserSrpAuth,
    /// `ALLOW_REFRESH_TOKEN_AUTH`.
    #[serde(rename = "ALLOW_REFRESH_TOKEN_AUTH")]
    AllowRefreshTokenAuth,
    /// `ALLOW_USER_AUTH`.
    #[serde(rename = "ALLOW_USER_AUTH")]
    AllowUserAuth,
    /// `ALLOW_TOKEN_EXCHANGE_DELEGATION`.
    #[serde(rename = "ALLOW_TOKEN_EXCHANGE_DELEGATION")]
    AllowTokenExchangeDelegation,
    /// `ALLOW_TOKEN_EXCHANGE_IMPERSONATION`.
    #[serde(rename = "ALLOW_TOKEN_EXCHANGE_IMPERSONATION")]
    AllowTokenExchangeImpersonation,
}

impl ExplicitAuthFlowsType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AdminNoSrpAuth => "ADMIN_NO_SRP_AUTH",
            Self::CustomAuthFlowOnly => "CUSTOM_AUTH_FLOW_ONLY",
            Self::UserPasswordAuth => "USER_PASSWORD_AUTH",
            Self::AllowAdminUserPasswordAuth => "ALLOW_ADMIN_USER_PASSWORD_AUTH",
            Self::AllowCustomAuth => "ALLOW_CUSTOM_AUTH",
            Self::AllowUserPasswordAuth => "ALLOW_USER_PASSWORD_AUTH",
            Self::AllowUserSrpAuth => "ALLOW_USER_SRP_AUTH",
            Self::AllowRefreshTokenAuth => "ALLOW_REFRESH_TOKEN_AUTH",
            Self::AllowUserAuth => "ALLOW_USER_AUTH",
            Self::AllowTokenExchangeDelegation => "ALLOW_TOKEN_EXCHANGE_DELEGATION",
            Self::AllowTokenExchangeImpersonation => "ALLOW_TOKEN_EXCHANGE_IMPERSONATION",
        }
    }
}

impl crate::constraint::Enumerated for ExplicitAuthFlowsType {
    const VALUES: &'static [&'static str] = &[
        "ADMIN_NO_SRP_AUTH",
        "CUSTOM_AUTH_FLOW_ONLY",
        "USER_PASSWORD_AUTH",
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_CUSTOM_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_AUTH",
        "ALLOW_TOKEN_EXCHANGE_DELEGATION",
        "ALLOW_TOKEN_EXCHANGE_IMPERSONATION",
    ];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "ADMIN_NO_SRP_AUTH" => Some(Self::AdminNoSrpAuth),
            "CUSTOM_AUTH_FLOW_ONLY" => Some(Self::CustomAuthFlowOnly),
            "USER_PASSWORD_AUTH" => Some(Self::UserPasswordAuth),
            "ALLOW_ADMIN_USER_PASSWORD_AUTH" => Some(Self::AllowAdminUserPasswordAuth),
            "ALLOW_CUSTOM_AUTH" => Some(Self::AllowCustomAuth),
            "ALLOW_USER_PASSWORD_AUTH" => Some(Self::AllowUserPasswordAuth),
            "ALLOW_USER_SRP_AUTH" => Some(Self::AllowUserSrpAuth),
            "ALLOW_REFRESH_TOKEN_AUTH" => Some(Self::AllowRefreshTokenAuth),
            "ALLOW_USER_AUTH" => Some(Self::AllowUserAuth),
            "ALLOW_TOKEN_EXCHANGE_DELEGATION" => Some(Self::AllowTokenExchangeDelegation),
            "ALLOW_TOKEN_EXCHANGE_IMPERSONATION" => Some(Self::AllowTokenExchangeImpersonation),
            _ => None,
        }
    }
}

/// The structure `FailoverType`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct FailoverType {
    /// `SecondaryRegion`, required.
    #[serde(rename = "SecondaryRegion")]
    pub secondary_region: String,
    /// `PrimaryRoute53HealthCheckId`, required.
    #[serde(rename = "PrimaryRoute53HealthCheckId")]
    pub primary_route53_health_check_id: String,
}

/// The enum `FeatureType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum FeatureType {
    /// `ENABLED`.
    #[serde(rename = "ENABLED")]
    Enabled,
    /// `DISABLED`.
    #[serde(rename = "DISABLED")]
    Disabled,
}

impl FeatureType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "ENABLED",
            Self::Disabled => "DISABLED",
        }
    }
}

impl crate::constraint::Enumerated for FeatureType {
    const VALUES: &'static [&'static str] = &["ENABLED", "DISABLED"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "ENABLED" => Some(Self::Enabled),
            "DISABLED" => Some(Self::Disabled),
            _ => None,
        }
    }
}

/// The structure `GroupType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct GroupType {
    /// `GroupName`, optional.
    #[serde(rename = "GroupName", skip_serializing_if = "Option::is_none")]
    pub group_name: Option<String>,
    /// `UserPoolId`, optional.
    #[serde(rename = "UserPoolId", skip_serializing_if = "Option::is_none")]
    pub user_pool_id: Option<String>,
    /// `Description`, optional.
    #[serde(rename = "Description", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `RoleArn`, optional.
    #[serde(rename = "RoleArn", skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// `Precedence`, optional.
    #[serde(rename = "Precedence", skip_serializing_if = "Option::is_none")]
    pub precedence: Option<i32>,
    /// `LastModifiedDate`, optional.
    #[serde(rename = "LastModifiedDate", skip_serializing_if = "Option::is_none")]
    pub last_modified_date: Option<crate::EpochMillis>,
    /// `CreationDate`, optional.
    #[serde(rename = "CreationDate", skip_serializing_if = "Option::is_none")]
    pub creation_date: Option<crate::EpochMillis>,
}

/// The structure `InboundFederationLambdaType`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct InboundFederationLambdaType {
    /// `LambdaVersion`, required.
    #[serde(rename = "LambdaVersion")]
    pub lambda_version: InboundFederationLambdaVersionType,
    /// `LambdaArn`, required.
    #[serde(rename = "LambdaArn")]
    pub lambda_arn: String,
}

/// The enum `InboundFederationLambdaVersionType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum InboundFederationLambdaVersionType {
    /// `V1_0`.
    #[serde(rename = "V1_0")]
    V10,
}

impl InboundFederationLambdaVersionType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V10 => "V1_0",
        }
    }
}

impl crate::constraint::Enumerated for InboundFederationLambdaVersionType {
    const VALUES: &'static [&'static str] = &["V1_0"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "V1_0" => Some(Self::V10),
            _ => None,
        }
    }
}

/// The structure `IssuerConfigurationType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct IssuerConfigurationType {
    /// `Type`, optional.
    #[serde(rename = "Type", skip_serializing_if = "Option::is_none")]
    pub r#type: Option<IssuerType>,
}

/// The enum `IssuerType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum IssuerType {
    /// `ORIGINAL`.
    #[serde(rename = "ORIGINAL")]
    Original,
    /// `UPDATED`.
    #[serde(rename = "UPDATED")]
    Updated,
}

impl IssuerType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Original => "ORIGINAL",
            Self::Updated => "UPDATED",
        }
    }
}

impl crate::constraint::Enumerated for IssuerType {
    const VALUES: &'static [&'static str] = &["ORIGINAL", "UPDATED"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "ORIGINAL" => Some(Self::Original),
            "UPDATED" => Some(Self::Updated),
            _ => None,
        }
    }
}

/// The structure `KeyConfigurationType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct KeyConfigurationType {
    /// `KeyType`, optional.
    #[serde(rename = "KeyType", skip_serializing_if = "Option::is_none")]
    pub key_type: Option<EncryptionKeyType>,
    /// `KmsKeyArn`, optional.
    #[serde(rename = "KmsKeyArn", skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<String>,
}

/// The structure `LambdaConfigType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct LambdaConfigType {
    /// `PreSignUp`, optional.
    #[serde(rename = "PreSignUp", skip_serializing_if = "Option::is_none")]
    pub pre_sign_up: Option<String>,
    /// `CustomMessage`, optional.
    #[serde(rename = "CustomMessage", skip_serializing_if = "Option::is_none")]
    pub custom_message: Option<String>,
    /// `PostConfirmation`, optional.
    #[serde(rename = "PostConfirmation", skip_serializing_if = "Option::is_none")]
    pub post_confirmation: Option<String>,
    /// `PreAuthentication`, optional.
    #[serde(rename = "PreAuthentication", skip_serializing_if = "Option::is_none")]
    pub pre_authentication: Option<String>,
    /// `PostAuthentication`, optional.
    #[serde(rename = "PostAuthentication", skip_serializing_if = "Option::is_none")]
    pub post_authentication: Option<String>,
    /// `DefineAuthChallenge`, optional.
    #[serde(
        rename = "DefineAuthChallenge",
        skip_serializing_if = "Option::is_none"
    )]
    pub define_auth_challenge: Option<String>,
    /// `CreateAuthChallenge`, optional.
    #[serde(
        rename = "CreateAuthChallenge",
        skip_serializing_if = "Option::is_none"
    )]
    pub create_auth_challenge: Option<String>,
    /// `VerifyAuthChallengeResponse`, optional.
    #[serde(
        rename = "VerifyAuthChallengeResponse",
        skip_serializing_if = "Option::is_none"
    )]
    pub verify_auth_challenge_response: Option<String>,
    /// `PreTokenGeneration`, optional.
    #[serde(rename = "PreTokenGeneration", skip_serializing_if = "Option::is_none")]
    pub pre_token_generation: Option<String>,
    /// `UserMigration`, optional.
    #[serde(rename = "UserMigration", skip_serializing_if = "Option::is_none")]
    pub user_migration: Option<String>,
    /// `PreTokenGenerationConfig`, optional.
    #[serde(
        rename = "PreTokenGenerationConfig",
        skip_serializing_if = "Option::is_none"
    )]
    pub pre_token_generation_config: Option<PreTokenGenerationVersionConfigType>,
    /// `CustomSMSSender`, optional.
    #[serde(rename = "CustomSMSSender", skip_serializing_if = "Option::is_none")]
    pub custom_sms_sender: Option<CustomSMSLambdaVersionConfigType>,
    /// `CustomEmailSender`, optional.
    #[serde(rename = "CustomEmailSender", skip_serializing_if = "Option::is_none")]
    pub custom_email_sender: Option<CustomEmailLambdaVersionConfigType>,
    /// `KMSKeyID`, optional.
    #[serde(rename = "KMSKeyID", skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// `InboundFederation`, optional.
    #[serde(rename = "InboundFederation", skip_serializing_if = "Option::is_none")]
    pub inbound_federation: Option<InboundFederationLambdaType>,
}

/// The structure `MFAOptionType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct MFAOptionType {
    /// `DeliveryMedium`, optional.
    #[serde(rename = "DeliveryMedium", skip_serializing_if = "Option::is_none")]
    pub delivery_medium: Option<DeliveryMediumType>,
    /// `AttributeName`, optional.
    #[serde(rename = "AttributeName", skip_serializing_if = "Option::is_none")]
    pub attribute_name: Option<String>,
}

/// The enum `MessageActionType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum MessageActionType {
    /// `RESEND`.
    #[serde(rename = "RESEND")]
    Resend,
    /// `SUPPRESS`.
    #[serde(rename = "SUPPRESS")]
    Suppress,
}

impl MessageActionType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resend => "RESEND",
            Self::Suppress => "SUPPRESS",
        }
    }
}

impl crate::constraint::Enumerated for MessageActionType {
    const VALUES: &'static [&'static str] = &["RESEND", "SUPPRESS"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "RESEND" => Some(Self::Resend),
            "SUPPRESS" => Some(Self::Suppress),
            _ => None,
        }
    }
}

/// The structure `MessageTemplateType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct MessageTemplateType {
    /// `SMSMessage`, optional.
    #[serde(rename = "SMSMessage", skip_serializing_if = "Option::is_none")]
    pub sms_message: Option<String>,
    /// `EmailMessage`, optional.
    #[serde(rename = "EmailMessage", skip_serializing_if = "Option::is_none")]
    pub email_message: Option<String>,
    /// `EmailSubject`, optional.
    #[serde(rename = "EmailSubject", skip_serializing_if = "Option::is_none")]
    pub email_subject: Option<String>,
}

/// The structure `NewDeviceMetadataType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct NewDeviceMetadataType {
    /// `DeviceKey`, optional.
    #[serde(rename = "DeviceKey", skip_serializing_if = "Option::is_none")]
    pub device_key: Option<String>,
    /// `DeviceGroupKey`, optional.
    #[serde(rename = "DeviceGroupKey", skip_serializing_if = "Option::is_none")]
    pub device_group_key: Option<String>,
}

/// The structure `NumberAttributeConstraintsType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct NumberAttributeConstraintsType {
    /// `MinValue`, optional.
    #[serde(rename = "MinValue", skip_serializing_if = "Option::is_none")]
    pub min_value: Option<String>,
    /// `MaxValue`, optional.
    #[serde(rename = "MaxValue", skip_serializing_if = "Option::is_none")]
    pub max_value: Option<String>,
}

/// The enum `OAuthFlowType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum OAuthFlowType {
    /// `code`.
    #[serde(rename = "code")]
    Code,
    /// `implicit`.
    #[serde(rename = "implicit")]
    Implicit,
    /// `client_credentials`.
    #[serde(rename = "client_credentials")]
    ClientCredentials,
}

impl OAuthFlowType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Implicit => "implicit",
            Self::ClientCredentials => "client_credentials",
        }
    }
}

impl crate::constraint::Enumerated for OAuthFlowType {
    const VALUES: &'static [&'static str] = &["code", "implicit", "client_credentials"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "code" => Some(Self::Code),
            "implicit" => Some(Self::Implicit),
            "client_credentials" => Some(Self::ClientCredentials),
            _ => None,
        }
    }
}

/// The structure `PasswordPolicyType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct PasswordPolicyType {
    /// `MinimumLength`, optional.
    #[serde(rename = "MinimumLength", skip_serializing_if = "Option::is_none")]
    pub minimum_length: Option<i32>,
    /// `RequireUppercase`, optional.
    #[serde(rename = "RequireUppercase", skip_serializing_if = "Option::is_none")]
    pub require_uppercase: Option<bool>,
    /// `RequireLowercase`, optional.
    #[serde(rename = "RequireLowercase", skip_serializing_if = "Option::is_none")]
    pub require_lowercase: Option<bool>,
    /// `RequireNumbers`, optional.
    #[serde(rename = "RequireNumbers", skip_serializing_if = "Option::is_none")]
    pub require_numbers: Option<bool>,
    /// `RequireSymbols`, optional.
    #[serde(rename = "RequireSymbols", skip_serializing_if = "Option::is_none")]
    pub require_symbols: Option<bool>,
    /// `PasswordHistorySize`, optional.
    #[serde(
        rename = "PasswordHistorySize",
        skip_serializing_if = "Option::is_none"
    )]
    pub password_history_size: Option<i32>,
    /// `TemporaryPasswordValidityDays`, optional.
    #[serde(
        rename = "TemporaryPasswordValidityDays",
        skip_serializing_if = "Option::is_none"
    )]
    pub temporary_password_validity_days: Option<i32>,
}

/// The enum `PreTokenGenerationLambdaVersionType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum PreTokenGenerationLambdaVersionType {
    /// `V1_0`.
    #[serde(rename = "V1_0")]
    V10,
    /// `V2_0`.
    #[serde(rename = "V2_0")]
    V20,
    /// `V3_0`.
    #[serde(rename = "V3_0")]
    V30,
}

impl PreTokenGenerationLambdaVersionType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V10 => "V1_0",
            Self::V20 => "V2_0",
            Self::V30 => "V3_0",
        }
    }
}

impl crate::constraint::Enumerated for PreTokenGenerationLambdaVersionType {
    const VALUES: &'static [&'static str] = &["V1_0", "V2_0", "V3_0"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "V1_0" => Some(Self::V10),
            "V2_0" => Some(Self::V20),
            "V3_0" => Some(Self::V30),
            _ => None,
        }
    }
}

/// The structure `PreTokenGenerationVersionConfigType`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct PreTokenGenerationVersionConfigType {
    /// `LambdaVersion`, required.
    #[serde(rename = "LambdaVersion")]
    pub lambda_version: PreTokenGenerationLambdaVersionType,
    /// `LambdaArn`, required.
    #[serde(rename = "LambdaArn")]
    pub lambda_arn: String,
}

/// The enum `PreventUserExistenceErrorTypes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum PreventUserExistenceErrorTypes {
    /// `LEGACY`.
    #[serde(rename = "LEGACY")]
    Legacy,
    /// `ENABLED`.
    #[serde(rename = "ENABLED")]
    Enabled,
}

impl PreventUserExistenceErrorTypes {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Legacy => "LEGACY",
            Self::Enabled => "ENABLED",
        }
    }
}

impl crate::constraint::Enumerated for PreventUserExistenceErrorTypes {
    const VALUES: &'static [&'static str] = &["LEGACY", "ENABLED"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "LEGACY" => Some(Self::Legacy),
            "ENABLED" => Some(Self::Enabled),
            _ => None,
        }
    }
}

/// The enum `RecoveryOptionNameType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum RecoveryOptionNameType {
    /// `verified_email`.
    #[serde(rename = "verified_email")]
    VerifiedEmail,
    /// `verified_phone_number`.
    #[serde(rename = "verified_phone_number")]
    VerifiedPhoneNumber,
    /// `admin_only`.
    #[serde(rename = "admin_only")]
    AdminOnly,
}

impl RecoveryOptionNameType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VerifiedEmail => "verified_email",
            Self::VerifiedPhoneNumber => "verified_phone_number",
            Self::AdminOnly => "admin_only",
        }
    }
}

impl crate::constraint::Enumerated for RecoveryOptionNameType {
    const VALUES: &'static [&'static str] =
        &["verified_email", "verified_phone_number", "admin_only"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "verified_email" => Some(Self::VerifiedEmail),
            "verified_phone_number" => Some(Self::VerifiedPhoneNumber),
            "admin_only" => Some(Self::AdminOnly),
            _ => None,
        }
    }
}

/// The structure `RecoveryOptionType`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct RecoveryOptionType {
    /// `Priority`, required.
    #[serde(rename = "Priority")]
    pub priority: i32,
    /// `Name`, required.
    #[serde(rename = "Name")]
    pub name: RecoveryOptionNameType,
}

/// The structure `RefreshTokenRotationType`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct RefreshTokenRotationType {
    /// `Feature`, required.
    #[serde(rename = "Feature")]
    pub feature: FeatureType,
    /// `RetryGracePeriodSeconds`, optional.
    #[serde(
        rename = "RetryGracePeriodSeconds",
        skip_serializing_if = "Option::is_none"
    )]
    pub retry_grace_period_seconds: Option<i32>,
}

/// The enum `ResourceServerManagedByType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum ResourceServerManagedByType {
    /// `COGNITO`.
    #[serde(rename = "COGNITO")]
    Cognito,
}

impl ResourceServerManagedByType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cognito => "COGNITO",
        }
    }
}

/// The structure `ResourceServerScopeType`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ResourceServerScopeType {
    /// `ScopeName`, required.
    #[serde(rename = "ScopeName")]
    pub scope_name: String,
    /// `ScopeDescription`, required.
    #[serde(rename = "ScopeDescription")]
    pub scope_description: String,
}

/// The structure `ResourceServerType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct ResourceServerType {
    /// `UserPoolId`, optional.
    #[serde(rename = "UserPoolId", skip_serializing_if = "Option::is_none")]
    pub user_pool_id: Option<String>,
    /// `Identifier`, optional.
    #[serde(rename = "Identifier", skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// `Name`, optional.
    #[serde(rename = "Name", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `Scopes`, optional.
    #[serde(rename = "Scopes", skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<ResourceServerScopeType>>,
    /// `ManagedBy`, optional.
    #[serde(rename = "ManagedBy", skip_serializing_if = "Option::is_none")]
    pub managed_by: Option<ResourceServerManagedByType>,
}

/// The enum `RevokeAssociatedSessionsType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum RevokeAssociatedSessionsType {
    /// `NONE`.
    #[serde(rename = "NONE")]
    None,
    /// `LINKED`.
    #[serde(rename = "LINKED")]
    Linked,
}

impl RevokeAssociatedSessionsType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Linked => "LINKED",
        }
    }
}

impl crate::constraint::Enumerated for RevokeAssociatedSessionsType {
    const VALUES: &'static [&'static str] = &["NONE", "LINKED"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "NONE" => Some(Self::None),
            "LINKED" => Some(Self::Linked),
            _ => None,
        }
    }
}

/// The structure `RoutingType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct RoutingType {
    /// `Failover`, optional.
    #[serde(rename = "Failover", skip_serializing_if = "Option::is_none")]
    pub failover: Option<FailoverType>,
}

/// The structure `SchemaAttributeType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct SchemaAttributeType {
    /// `Name`, optional.
    #[serde(rename = "Name", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `AttributeDataType`, optional.
    #[serde(rename = "AttributeDataType", skip_serializing_if = "Option::is_none")]
    pub attribute_data_type: Option<AttributeDataType>,
    /// `DeveloperOnlyAttribute`, optional.
    #[serde(
        rename = "DeveloperOnlyAttribute",
        skip_serializing_if = "Option::is_none"
    )]
    pub developer_only_attribute: Option<bool>,
    /// `Mutable`, optional.
    #[serde(rename = "Mutable", skip_serializing_if = "Option::is_none")]
    pub mutable: Option<bool>,
    /// `Required`, optional.
    #[serde(rename = "Required", skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// `NumberAttributeConstraints`, optional.
    #[serde(
        rename = "NumberAttributeConstraints",
        skip_serializing_if = "Option::is_none"
    )]
    pub number_attribute_constraints: Option<NumberAttributeConstraintsType>,
    /// `StringAttributeConstraints`, optional.
    #[serde(
        rename = "StringAttributeConstraints",
        skip_serializing_if = "Option::is_none"
    )]
    pub string_attribute_constraints: Option<StringAttributeConstraintsType>,
}

/// The enum `SecurityPolicyType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum SecurityPolicyType {
    /// `TLS_V1`.
    #[serde(rename = "TLS_V1")]
    TlsV1,
    /// `TLS_V1_2_2021`.
    #[serde(rename = "TLS_V1_2_2021")]
    TlsV122021,
    /// `TLS_V1_3_2025`.
    #[serde(rename = "TLS_V1_3_2025")]
    TlsV132025,
}

impl SecurityPolicyType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TlsV1 => "TLS_V1",
            Self::TlsV122021 => "TLS_V1_2_2021",
            Self::TlsV132025 => "TLS_V1_3_2025",
        }
    }
}

impl crate::constraint::Enumerated for SecurityPolicyType {
    const VALUES: &'static [&'static str] = &["TLS_V1", "TLS_V1_2_2021", "TLS_V1_3_2025"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "TLS_V1" => Some(Self::TlsV1),
            "TLS_V1_2_2021" => Some(Self::TlsV122021),
            "TLS_V1_3_2025" => Some(Self::TlsV132025),
            _ => None,
        }
    }
}

/// The structure `SignInPolicyType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct SignInPolicyType {
    /// `AllowedFirstAuthFactors`, optional.
    #[serde(
        rename = "AllowedFirstAuthFactors",
        skip_serializing_if = "Option::is_none"
    )]
    pub allowed_first_auth_factors: Option<Vec<AuthFactorType>>,
}

/// The structure `SmsConfigurationType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct SmsConfigurationType {
    /// `SnsCallerArn`, optional.
    #[serde(rename = "SnsCallerArn", skip_serializing_if = "Option::is_none")]
    pub sns_caller_arn: Option<String>,
    /// `ExternalId`, optional.
    #[serde(rename = "ExternalId", skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// `SnsRegion`, optional.
    #[serde(rename = "SnsRegion", skip_serializing_if = "Option::is_none")]
    pub sns_region: Option<String>,
    /// `EumsSms`, optional.
    #[serde(rename = "EumsSms", skip_serializing_if = "Option::is_none")]
    pub eums_sms: Option<EumsSmsConfigurationType>,
}

/// The enum `StatusType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum StatusType {
    /// `Enabled`.
    #[serde(rename = "Enabled")]
    Enabled,
    /// `Disabled`.
    #[serde(rename = "Disabled")]
    Disabled,
}

impl StatusType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "Enabled",
            Self::Disabled => "Disabled",
        }
    }
}

impl crate::constraint::Enumerated for StatusType {
    const VALUES: &'static [&'static str] = &["Enabled", "Disabled"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "Enabled" => Some(Self::Enabled),
            "Disabled" => Some(Self::Disabled),
            _ => None,
        }
    }
}

/// The structure `StringAttributeConstraintsType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct StringAttributeConstraintsType {
    /// `MinLength`, optional.
    #[serde(rename = "MinLength", skip_serializing_if = "Option::is_none")]
    pub min_length: Option<String>,
    /// `MaxLength`, optional.
    #[serde(rename = "MaxLength", skip_serializing_if = "Option::is_none")]
    pub max_length: Option<String>,
}

/// The enum `TimeUnitsType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum TimeUnitsType {
    /// `seconds`.
    #[serde(rename = "seconds")]
    Seconds,
    /// `minutes`.
    #[serde(rename = "minutes")]
    Minutes,
    /// `hours`.
    #[serde(rename = "hours")]
    Hours,
    /// `days`.
    #[serde(rename = "days")]
    Days,
}

impl TimeUnitsType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
        }
    }
}

impl crate::constraint::Enumerated for TimeUnitsType {
    const VALUES: &'static [&'static str] = &["seconds", "minutes", "hours", "days"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "seconds" => Some(Self::Seconds),
            "minutes" => Some(Self::Minutes),
            "hours" => Some(Self::Hours),
            "days" => Some(Self::Days),
            _ => None,
        }
    }
}

/// The structure `TokenValidityUnitsType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct TokenValidityUnitsType {
    /// `AccessToken`, optional.
    #[serde(rename = "AccessToken", skip_serializing_if = "Option::is_none")]
    pub access_token: Option<TimeUnitsType>,
    /// `IdToken`, optional.
    #[serde(rename = "IdToken", skip_serializing_if = "Option::is_none")]
    pub id_token: Option<TimeUnitsType>,
    /// `RefreshToken`, optional.
    #[serde(rename = "RefreshToken", skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<TimeUnitsType>,
}

/// The structure `UserAttributeUpdateSettingsType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct UserAttributeUpdateSettingsType {
    /// `AttributesRequireVerificationBeforeUpdate`, optional.
    #[serde(
        rename = "AttributesRequireVerificationBeforeUpdate",
        skip_serializing_if = "Option::is_none"
    )]
    pub attributes_require_verification_before_update: Option<Vec<VerifiedAttributeType>>,
}

/// The structure `UserContextDataType`.
#[derive(Debug)]
pub struct UserContextDataType {
    /// `IpAddress`, optional: 0 to 131072 characters.
    pub ip_address: Option<crate::Sensitive>,
    /// `EncodedData`, optional: 0 to 131072 characters.
    pub encoded_data: Option<crate::Sensitive>,
}

/// The structure `UserPoolAddOnsType`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct UserPoolAddOnsType {
    /// `AdvancedSecurityMode`, required.
    #[serde(rename = "AdvancedSecurityMode")]
    pub advanced_security_mode: AdvancedSecurityModeType,
    /// `AdvancedSecurityAdditionalFlows`, optional.
    #[serde(
        rename = "AdvancedSecurityAdditionalFlows",
        skip_serializing_if = "Option::is_none"
    )]
    pub advanced_security_additional_flows: Option<AdvancedSecurityAdditionalFlowsType>,
}

/// The structure `UserPoolClientDescription`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct UserPoolClientDescription {
    /// `ClientId`, optional.
    #[serde(rename = "ClientId", skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// `UserPoolId`, optional.
    #[serde(rename = "UserPoolId", skip_serializing_if = "Option::is_none")]
    pub user_pool_id: Option<String>,
    /// `ClientName`, optional.
    #[serde(rename = "ClientName", skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
}

/// The structure `UserPoolClientType`.
#[derive(Debug, Default, serde::Serialize)]
pub struct UserPoolClientType {
    /// `UserPoolId`, optional.
    #[serde(rename = "UserPoolId", skip_serializing_if = "Option::is_none")]
    pub user_pool_id: Option<String>,
    /// `ClientName`, optional.
    #[serde(rename = "ClientName", skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// `ClientId`, optional.
    #[serde(rename = "ClientId", skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// `ClientSecret`, optional.
    #[serde(rename = "ClientSecret", skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<crate::Revealed>,
    /// `LastModifiedDate`, optional.
    #[serde(rename = "LastModifiedDate", skip_serializing_if = "Option::is_none")]
    pub last_modified_date: Option<crate::EpochMillis>,
    /// `CreationDate`, optional.
    #[serde(rename = "CreationDate", skip_serializing_if = "Option::is_none")]
    pub creation_date: Option<crate::EpochMillis>,
    /// `RefreshTokenValidity`, optional.
    #[serde(
        rename = "RefreshTokenValidity",
        skip_serializing_if = "Option::is_none"
    )]
    pub refresh_token_validity: Option<i32>,
    /// `AccessTokenValidity`, optional.
    #[serde(
        rename = "AccessTokenValidity",
        skip_serializing_if = "Option::is_none"
    )]
    pub access_token_validity: Option<i32>,
    /// `IdTokenValidity`, optional.
    #[serde(rename = "IdTokenValidity", skip_serializing_if = "Option::is_none")]
    pub id_token_validity: Option<i32>,
    /// `TokenValidityUnits`, optional.
    #[serde(rename = "TokenValidityUnits", skip_serializing_if = "Option::is_none")]
    pub token_validity_units: Option<TokenValidityUnitsType>,
    /// `ReadAttributes`, optional.
    #[serde(rename = "ReadAttributes", skip_serializing_if = "Option::is_none")]
    pub read_attributes: Option<Vec<String>>,
    /// `WriteAttributes`, optional.
    #[serde(rename = "WriteAttributes", skip_serializing_if = "Option::is_none")]
    pub write_attributes: Option<Vec<String>>,
    /// `ExplicitAuthFlows`, optional.
    #[serde(rename = "ExplicitAuthFlows", skip_serializing_if = "Option::is_none")]
    pub explicit_auth_flows: Option<Vec<ExplicitAuthFlowsType>>,
    /// `SupportedIdentityProviders`, optional.
    #[serde(
        rename = "SupportedIdentityProviders",
        skip_serializing_if = "Option::is_none"
    )]
    pub supported_identity_providers: Option<Vec<String>>,
    /// `CallbackURLs`, optional.
    #[serde(rename = "CallbackURLs", skip_serializing_if = "Option::is_none")]
    pub callback_urls: Option<Vec<String>>,
    /// `LogoutURLs`, optional.
    #[serde(rename = "LogoutURLs", skip_serializing_if = "Option::is_none")]
    pub logout_urls: Option<Vec<String>>,
    /// `DefaultRedirectURI`, optional.
    #[serde(rename = "DefaultRedirectURI", skip_serializing_if = "Option::is_none")]
    pub default_redirect_uri: Option<String>,
    /// `AllowedOAuthFlows`, optional.
    #[serde(rename = "AllowedOAuthFlows", skip_serializing_if = "Option::is_none")]
    pub allowed_oauth_flows: Option<Vec<OAuthFlowType>>,
    /// `AllowedOAuthScopes`, optional.
    #[serde(rename = "AllowedOAuthScopes", skip_serializing_if = "Option::is_none")]
    pub allowed_oauth_scopes: Option<Vec<String>>,
    /// `AllowedOAuthFlowsUserPoolClient`, optional.
    #[serde(
        rename = "AllowedOAuthFlowsUserPoolClient",
        skip_serializing_if = "Option::is_none"
    )]
    pub allowed_oauth_flows_user_pool_client: Option<bool>,
    /// `AnalyticsConfiguration`, optional.
    #[serde(
        rename = "AnalyticsConfiguration",
        skip_serializing_if = "Option::is_none"
    )]
    pub analytics_configuration: Option<AnalyticsConfigurationType>,
    /// `PreventUserExistenceErrors`, optional.
    #[serde(
        rename = "PreventUserExistenceErrors",
        skip_serializing_if = "Option::is_none"
    )]
    pub prevent_user_existence_errors: Option<PreventUserExistenceErrorTypes>,
    /// `EnableTokenRevocation`, optional.
    #[serde(
        rename = "EnableTokenRevocation",
        skip_serializing_if = "Option::is_none"
    )]
    pub enable_token_revocation: Option<bool>,
    /// `EnablePropagateAdditionalUserContextData`, optional.
    #[serde(
        rename = "EnablePropagateAdditionalUserContextData",
        skip_serializing_if = "Option::is_none"
    )]
    pub enable_propagate_additional_user_context_data: Option<bool>,
    /// `AuthSessionValidity`, optional.
    #[serde(
        rename = "AuthSessionValidity",
        skip_serializing_if = "Option::is_none"
    )]
    pub auth_session_validity: Option<i32>,
    /// `RefreshTokenRotation`, optional.
    #[serde(
        rename = "RefreshTokenRotation",
        skip_serializing_if = "Option::is_none"
    )]
    pub refresh_token_rotation: Option<RefreshTokenRotationType>,
    /// `ClientType`, optional.
    #[serde(rename = "ClientType", skip_serializing_if = "Option::is_none")]
    pub client_type: Option<ClientTypeType>,
}

/// The structure `UserPoolDescriptionType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct UserPoolDescriptionType {
    /// `Id`, optional.
    #[serde(rename = "Id", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `Name`, optional.
    #[serde(rename = "Name", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `LambdaConfig`, optional.
    #[serde(rename = "LambdaConfig", skip_serializing_if = "Option::is_none")]
    pub lambda_config: Option<LambdaConfigType>,
    /// `Status`, optional.
    #[serde(rename = "Status", skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusType>,
    /// `LastModifiedDate`, optional.
    #[serde(rename = "LastModifiedDate", skip_serializing_if = "Option::is_none")]
    pub last_modified_date: Option<crate::EpochMillis>,
    /// `CreationDate`, optional.
    #[serde(rename = "CreationDate", skip_serializing_if = "Option::is_none")]
    pub creation_date: Option<crate::EpochMillis>,
    /// `ReplicaRegions`, optional.
    #[serde(rename = "ReplicaRegions", skip_serializing_if = "Option::is_none")]
    pub replica_regions: Option<Vec<String>>,
}

/// The enum `UserPoolMfaType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum UserPoolMfaType {
    /// `OFF`.
    #[serde(rename = "OFF")]
    Off,
    /// `ON`.
    #[serde(rename = "ON")]
    On,
    /// `OPTIONAL`.
    #[serde(rename = "OPTIONAL")]
    Optional,
}

impl UserPoolMfaType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "OFF",
            Self::On => "ON",
            Self::Optional => "OPTIONAL",
        }
    }
}

impl crate::constraint::Enumerated for UserPoolMfaType {
    const VALUES: &'static [&'static str] = &["OFF", "ON", "OPTIONAL"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "OFF" => Some(Self::Off),
            "ON" => Some(Self::On),
            "OPTIONAL" => Some(Self::Optional),
            _ => None,
        }
    }
}

/// The structure `UserPoolPolicyType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct UserPoolPolicyType {
    /// `PasswordPolicy`, optional.
    #[serde(rename = "PasswordPolicy", skip_serializing_if = "Option::is_none")]
    pub password_policy: Option<PasswordPolicyType>,
    /// `SignInPolicy`, optional.
    #[serde(rename = "SignInPolicy", skip_serializing_if = "Option::is_none")]
    pub sign_in_policy: Option<SignInPolicyType>,
}

/// The enum `UserPoolTierType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum UserPoolTierType {
    /// `LITE`.
    #[serde(rename = "LITE")]
    Lite,
    /// `ESSENTIALS`.
    #[serde(rename = "ESSENTIALS")]
    Essentials,
    /// `PLUS`.
    #[serde(rename = "PLUS")]
    Plus,
}

impl UserPoolTierType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lite => "LITE",
            Self::Essentials => "ESSENTIALS",
            Self::Plus => "PLUS",
        }
    }
}

impl crate::constraint::Enumerated for UserPoolTierType {
    const VALUES: &'static [&'static str] = &["LITE", "ESSENTIALS", "PLUS"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "LITE" => Some(Self::Lite),
            "ESSENTIALS" => Some(Self::Essentials),
            "PLUS" => Some(Self::Plus),
            _ => None,
        }
    }
}

/// The structure `UserPoolType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct UserPoolType {
    /// `Id`, optional.
    #[serde(rename = "Id", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `Name`, optional.
    #[serde(rename = "Name", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `Policies`, optional.
    #[serde(rename = "Policies", skip_serializing_if = "Option::is_none")]
    pub policies: Option<UserPoolPolicyType>,
    /// `DeletionProtection`, optional.
    #[serde(rename = "DeletionProtection", skip_serializing_if = "Option::is_none")]
    pub deletion_protection: Option<DeletionProtectionType>,
    /// `LambdaConfig`, optional.
    #[serde(rename = "LambdaConfig", skip_serializing_if = "Option::is_none")]
    pub lambda_config: Option<LambdaConfigType>,
    /// `Status`, optional.
    #[serde(rename = "Status", skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusType>,
    /// `LastModifiedDate`, optional.
    #[serde(rename = "LastModifiedDate", skip_serializing_if = "Option::is_none")]
    pub last_modified_date: Option<crate::EpochMillis>,
    /// `CreationDate`, optional.
    #[serde(rename = "CreationDate", skip_serializing_if = "Option::is_none")]
    pub creation_date: Option<crate::EpochMillis>,
    /// `SchemaAttributes`, optional.
    #[serde(rename = "SchemaAttributes", skip_serializing_if = "Option::is_none")]
    pub schema_attributes: Option<Vec<SchemaAttributeType>>,
    /// `AutoVerifiedAttributes`, optional.
    #[serde(
        rename = "AutoVerifiedAttributes",
        skip_serializing_if = "Option::is_none"
    )]
    pub auto_verified_attributes: Option<Vec<VerifiedAttributeType>>,
    /// `AliasAttributes`, optional.
    #[serde(rename = "AliasAttributes", skip_serializing_if = "Option::is_none")]
    pub alias_attributes: Option<Vec<AliasAttributeType>>,
    /// `UsernameAttributes`, optional.
    #[serde(rename = "UsernameAttributes", skip_serializing_if = "Option::is_none")]
    pub username_attributes: Option<Vec<UsernameAttributeType>>,
    /// `SmsVerificationMessage`, optional.
    #[serde(
        rename = "SmsVerificationMessage",
        skip_serializing_if = "Option::is_none"
    )]
    pub sms_verification_message: Option<String>,
    /// `EmailVerificationMessage`, optional.
    #[serde(
        rename = "EmailVerificationMessage",
        skip_serializing_if = "Option::is_none"
    )]
    pub email_verification_message: Option<String>,
    /// `EmailVerificationSubject`, optional.
    #[serde(
        rename = "EmailVerificationSubject",
        skip_serializing_if = "Option::is_none"
    )]
    pub email_verification_subject: Option<String>,
    /// `VerificationMessageTemplate`, optional.
    #[serde(
        rename = "VerificationMessageTemplate",
        skip_serializing_if = "Option::is_none"
    )]
    pub verification_message_template: Option<VerificationMessageTemplateType>,
    /// `SmsAuthenticationMessage`, optional.
    #[serde(
        rename = "SmsAuthenticationMessage",
        skip_serializing_if = "Option::is_none"
    )]
    pub sms_authentication_message: Option<String>,
    /// `UserAttributeUpdateSettings`, optional.
    #[serde(
        rename = "UserAttributeUpdateSettings",
        skip_serializing_if = "Option::is_none"
    )]
    pub user_attribute_update_settings: Option<UserAttributeUpdateSettingsType>,
    /// `MfaConfiguration`, optional.
    #[serde(rename = "MfaConfiguration", skip_serializing_if = "Option::is_none")]
    pub mfa_configuration: Option<UserPoolMfaType>,
    /// `DeviceConfiguration`, optional.
    #[serde(
        rename = "DeviceConfiguration",
        skip_serializing_if = "Option::is_none"
    )]
    pub device_configuration: Option<DeviceConfigurationType>,
    /// `EstimatedNumberOfUsers`, optional.
    #[serde(
        rename = "EstimatedNumberOfUsers",
        skip_serializing_if = "Option::is_none"
    )]
    pub estimated_number_of_users: Option<i32>,
    /// `EmailConfiguration`, optional.
    #[serde(rename = "EmailConfiguration", skip_serializing_if = "Option::is_none")]
    pub email_configuration: Option<EmailConfigurationType>,
    /// `SmsConfiguration`, optional.
    #[serde(rename = "SmsConfiguration", skip_serializing_if = "Option::is_none")]
    pub sms_configuration: Option<SmsConfigurationType>,
    /// `UserPoolTags`, optional.
    #[serde(rename = "UserPoolTags", skip_serializing_if = "Option::is_none")]
    pub user_pool_tags: Option<std::collections::BTreeMap<String, String>>,
    /// `SmsConfigurationFailure`, optional.
    #[serde(
        rename = "SmsConfigurationFailure",
        skip_serializing_if = "Option::is_none"
    )]
    pub sms_configuration_failure: Option<String>,
    /// `EmailConfigurationFailure`, optional.
    #[serde(
        rename = "EmailConfigurationFailure",
        skip_serializing_if = "Option::is_none"
    )]
    pub email_configuration_failure: Option<String>,
    /// `Domain`, optional.
    #[serde(rename = "Domain", skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// `CustomDomain`, optional.
    #[serde(rename = "CustomDomain", skip_serializing_if = "Option::is_none")]
    pub custom_domain: Option<String>,
    /// `AdminCreateUserConfig`, optional.
    #[serde(
        rename = "AdminCreateUserConfig",
        skip_serializing_if = "Option::is_none"
    )]
    pub admin_create_user_config: Option<AdminCreateUserConfigType>,
    /// `UserPoolAddOns`, optional.
    #[serde(rename = "UserPoolAddOns", skip_serializing_if = "Option::is_none")]
    pub user_pool_add_ons: Option<UserPoolAddOnsType>,
    /// `DcrConfiguration`, optional.
    #[serde(rename = "DcrConfiguration", skip_serializing_if = "Option::is_none")]
    pub dcr_configuration: Option<DcrConfigurationType>,
    /// `UsernameConfiguration`, optional.
    #[serde(
        rename = "UsernameConfiguration",
        skip_serializing_if = "Option::is_none"
    )]
    pub username_configuration: Option<UsernameConfigurationType>,
    /// `Arn`, optional.
    #[serde(rename = "Arn", skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// `AccountRecoverySetting`, optional.
    #[serde(
        rename = "AccountRecoverySetting",
        skip_serializing_if = "Option::is_none"
    )]
    pub account_recovery_setting: Option<AccountRecoverySettingType>,
    /// `UserPoolTier`, optional.
    #[serde(rename = "UserPoolTier", skip_serializing_if = "Option::is_none")]
    pub user_pool_tier: Option<UserPoolTierType>,
    /// `KeyConfiguration`, optional.
    #[serde(rename = "KeyConfiguration", skip_serializing_if = "Option::is_none")]
    pub key_configuration: Option<KeyConfigurationType>,
    /// `IssuerConfiguration`, optional.
    #[serde(
        rename = "IssuerConfiguration",
        skip_serializing_if = "Option::is_none"
    )]
    pub issuer_configuration: Option<IssuerConfigurationType>,
    /// `AcrConfiguration`, optional.
    #[serde(rename = "AcrConfiguration", skip_serializing_if = "Option::is_none")]
    pub acr_configuration: Option<std::collections::BTreeMap<String, AcrLevelConfigType>>,
}

/// The enum `UserStatusType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum UserStatusType {
    /// `UNCONFIRMED`.
    #[serde(rename = "UNCONFIRMED")]
    Unconfirmed,
    /// `CONFIRMED`.
    #[serde(rename = "CONFIRMED")]
    Confirmed,
    /// `ARCHIVED`.
    #[serde(rename = "ARCHIVED")]
    Archived,
    /// `COMPROMISED`.
    #[serde(rename = "COMPROMISED")]
    Compromised,
    /// `UNKNOWN`.
    #[serde(rename = "UNKNOWN")]
    Unknown,
    /// `RESET_REQUIRED`.
    #[serde(rename = "RESET_REQUIRED")]
    ResetRequired,
    /// `FORCE_CHANGE_PASSWORD`.
    #[serde(rename = "FORCE_CHANGE_PASSWORD")]
    ForceChangePassword,
    /// `EXTERNAL_PROVIDER`.
    #[serde(rename = "EXTERNAL_PROVIDER")]
    ExternalProvider,
}

impl UserStatusType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unconfirmed => "UNCONFIRMED",
            Self::Confirmed => "CONFIRMED",
            Self::Archived => "ARCHIVED",
            Self::Compromised => "COMPROMISED",
            Self::Unknown => "UNKNOWN",
            Self::ResetRequired => "RESET_REQUIRED",
            Self::ForceChangePassword => "FORCE_CHANGE_PASSWORD",
            Self::ExternalProvider => "EXTERNAL_PROVIDER",
        }
    }
}

/// The structure `UserType`.
#[derive(Debug, Default, serde::Serialize)]
pub struct UserType {
    /// `Username`, optional.
    #[serde(rename = "Username", skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// `Attributes`, optional.
    #[serde(rename = "Attributes", skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Vec<RevealedAttributeType>>,
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
    pub user_status: Option<UserStatusType>,
    /// `MFAOptions`, optional.
    #[serde(rename = "MFAOptions", skip_serializing_if = "Option::is_none")]
    pub mfa_options: Option<Vec<MFAOptionType>>,
}

/// The enum `UsernameAttributeType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum UsernameAttributeType {
    /// `phone_number`.
    #[serde(rename = "phone_number")]
    PhoneNumber,
    /// `email`.
    #[serde(rename = "email")]
    Email,
}

impl UsernameAttributeType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PhoneNumber => "phone_number",
            Self::Email => "email",
        }
    }
}

impl crate::constraint::Enumerated for UsernameAttributeType {
    const VALUES: &'static [&'static str] = &["phone_number", "email"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "phone_number" => Some(Self::PhoneNumber),
            "email" => Some(Self::Email),
            _ => None,
        }
    }
}

/// The structure `UsernameConfigurationType`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct UsernameConfigurationType {
    /// `CaseSensitive`, required.
    #[serde(rename = "CaseSensitive")]
    pub case_sensitive: bool,
}

/// The structure `VerificationMessageTemplateType`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct VerificationMessageTemplateType {
    /// `SmsMessage`, optional.
    #[serde(rename = "SmsMessage", skip_serializing_if = "Option::is_none")]
    pub sms_message: Option<String>,
    /// `EmailMessage`, optional.
    #[serde(rename = "EmailMessage", skip_serializing_if = "Option::is_none")]
    pub email_message: Option<String>,
    /// `EmailSubject`, optional.
    #[serde(rename = "EmailSubject", skip_serializing_if = "Option::is_none")]
    pub email_subject: Option<String>,
    /// `EmailMessageByLink`, optional.
    #[serde(rename = "EmailMessageByLink", skip_serializing_if = "Option::is_none")]
    pub email_message_by_link: Option<String>,
    /// `EmailSubjectByLink`, optional.
    #[serde(rename = "EmailSubjectByLink", skip_serializing_if = "Option::is_none")]
    pub email_subject_by_link: Option<String>,
    /// `DefaultEmailOption`, optional.
    #[serde(rename = "DefaultEmailOption", skip_serializing_if = "Option::is_none")]
    pub default_email_option: Option<DefaultEmailOptionType>,
}

/// The enum `VerifiedAttributeType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum VerifiedAttributeType {
    /// `phone_number`.
    #[serde(rename = "phone_number")]
    PhoneNumber,
    /// `email`.
    #[serde(rename = "email")]
    Email,
}

impl VerifiedAttributeType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PhoneNumber => "phone_number",
            Self::Email => "email",
        }
    }
}

impl crate::constraint::Enumerated for VerifiedAttributeType {
    const VALUES: &'static [&'static str] = &["phone_number", "email"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "phone_number" => Some(Self::PhoneNumber),
            "email" => Some(Self::Email),
            _ => None,
        }
    }
}
