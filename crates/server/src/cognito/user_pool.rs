//! A user pool at the wire.

use procura_core::error::Error;
use procura_core::user_pool::{PasswordPolicy, PoolId, UserPool};
use procura_wire::EpochMillis;
pub(super) use procura_wire::cognito::generated::shapes::{
    DeletionProtectionType, UserPoolMfaType,
};
use procura_wire::cognito::generated::shapes::{
    PasswordPolicyType, StatusType, UserPoolDescriptionType, UserPoolPolicyType, UserPoolType,
};

use crate::ops::checked;

/// The id of a pool. Whether there is one is another question.
pub(super) fn pool_id(text: &str) -> Result<PoolId, Error> {
    checked("UserPoolId", text)
}

/// A page size of the wire, of at most 60.
pub(super) fn limit(max: Option<i32>) -> u32 {
    max.and_then(|max| u32::try_from(max).ok())
        .filter(|max| (1..=60).contains(max))
        .unwrap_or(60)
}

/// What is not had here is refused, and never left out in silence: a pool would be something else
/// than its maker thinks.
pub(super) fn refuse(unsupported: &[(&'static str, bool)]) -> Result<(), Error> {
    match unsupported.iter().find(|(_, is_there)| *is_there) {
        Some((member, _)) => {
            let text = format!("{member} is not supported by Procura; leave it out");
            Err(Error::field(*member, text))
        }
        None => Ok(()),
    }
}

/// What is refused of a pool, made or updated: the members of both inputs have the same names.
macro_rules! unsupported_of_pool {
    ($input:ident) => {
        [
            ("LambdaConfig", $input.lambda_config.is_some()),
            (
                "AutoVerifiedAttributes",
                $crate::cognito::user_pool_client::is_wanted(
                    $input.auto_verified_attributes.as_ref(),
                ),
            ),
            (
                "SmsVerificationMessage",
                $input.sms_verification_message.is_some(),
            ),
            (
                "EmailVerificationMessage",
                $input.email_verification_message.is_some(),
            ),
            (
                "EmailVerificationSubject",
                $input.email_verification_subject.is_some(),
            ),
            (
                "VerificationMessageTemplate",
                $input.verification_message_template.is_some(),
            ),
            (
                "SmsAuthenticationMessage",
                $input.sms_authentication_message.is_some(),
            ),
            (
                "UserAttributeUpdateSettings",
                $input.user_attribute_update_settings.is_some(),
            ),
            ("DeviceConfiguration", $input.device_configuration.is_some()),
            ("EmailConfiguration", $input.email_configuration.is_some()),
            ("SmsConfiguration", $input.sms_configuration.is_some()),
            (
                "UserPoolTags",
                $input
                    .user_pool_tags
                    .as_ref()
                    .is_some_and(|tags| !tags.is_empty()),
            ),
            ("UserPoolAddOns", $input.user_pool_add_ons.is_some()),
            ("DcrConfiguration", $input.dcr_configuration.is_some()),
            (
                "AccountRecoverySetting",
                $input.account_recovery_setting.is_some(),
            ),
            ("KeyConfiguration", $input.key_configuration.is_some()),
            ("IssuerConfiguration", $input.issuer_configuration.is_some()),
            (
                "AcrConfiguration",
                $input
                    .acr_configuration
                    .as_ref()
                    .is_some_and(|all| !all.is_empty()),
            ),
            // Only administrators make users; an invitation is sent to nobody.
            (
                "AdminCreateUserConfig",
                $input
                    .admin_create_user_config
                    .as_ref()
                    .is_some_and(|config| {
                        config.allow_admin_create_user_only == Some(false)
                            || config.invite_message_template.is_some()
                    }),
            ),
            (
                "DeletionProtection",
                $input.deletion_protection
                    == Some($crate::cognito::user_pool::DeletionProtectionType::Active),
            ),
            (
                "MfaConfiguration",
                $input
                    .mfa_configuration
                    .is_some_and(|mfa| mfa != $crate::cognito::user_pool::UserPoolMfaType::Off),
            ),
        ]
    };
}
pub(super) use unsupported_of_pool;

/// The policy that is asked for; what is not said of it is as the reference has it.
pub(super) fn password_policy(asked: Option<&UserPoolPolicyType>) -> Result<PasswordPolicy, Error> {
    let default = PasswordPolicy::default();
    let Some(policies) = asked else {
        return Ok(default);
    };
    refuse(&[("SignInPolicy", policies.sign_in_policy.is_some())])?;
    let Some(policy) = &policies.password_policy else {
        return Ok(default);
    };
    let history = policy.password_history_size.unwrap_or(0);
    refuse(&[("PasswordHistorySize", history != 0)])?;
    let number = |field: &'static str, value: i32| {
        Error::field(field, format!("{field} is out of its bounds: {value}"))
    };
    let length_min = policy.minimum_length.unwrap_or(default.length_min.into());
    let days = policy.temporary_password_validity_days;
    // The reference takes 0 for its default.
    let days = days.filter(|days| *days != 0);
    let days = days.unwrap_or(default.temporary_days.into());
    // What is left out of a policy that is there is not wanted.
    Ok(PasswordPolicy {
        length_min: u8::try_from(length_min)
            .ok()
            .filter(|length| (6..=99).contains(length))
            .ok_or_else(|| number("MinimumLength", length_min))?,
        needs_uppercase: policy.require_uppercase.unwrap_or(false),
        needs_lowercase: policy.require_lowercase.unwrap_or(false),
        needs_digit: policy.require_numbers.unwrap_or(false),
        needs_symbol: policy.require_symbols.unwrap_or(false),
        temporary_days: u16::try_from(days)
            .ok()
            .filter(|days| *days <= 365)
            .ok_or_else(|| number("TemporaryPasswordValidityDays", days))?,
    })
}

/// A pool, whole.
pub(super) fn pool_type(arn: String, pool: UserPool) -> UserPoolType {
    let passwords = pool.settings.passwords;
    UserPoolType {
        id: Some(pool.id.to_string()),
        name: Some(pool.name),
        policies: Some(UserPoolPolicyType {
            password_policy: Some(PasswordPolicyType {
                minimum_length: Some(passwords.length_min.into()),
                require_uppercase: Some(passwords.needs_uppercase),
                require_lowercase: Some(passwords.needs_lowercase),
                require_numbers: Some(passwords.needs_digit),
                require_symbols: Some(passwords.needs_symbol),
                password_history_size: None,
                temporary_password_validity_days: Some(passwords.temporary_days.into()),
            }),
            sign_in_policy: None,
        }),
        creation_date: Some(EpochMillis(pool.created_at.millis())),
        last_modified_date: Some(EpochMillis(pool.updated_at.millis())),
        arn: Some(arn),
        ..UserPoolType::default()
    }
}

/// A pool in a list.
pub(super) fn described(pool: UserPool) -> UserPoolDescriptionType {
    UserPoolDescriptionType {
        id: Some(pool.id.to_string()),
        name: Some(pool.name),
        status: Some(StatusType::Enabled),
        creation_date: Some(EpochMillis(pool.created_at.millis())),
        last_modified_date: Some(EpochMillis(pool.updated_at.millis())),
        ..UserPoolDescriptionType::default()
    }
}
