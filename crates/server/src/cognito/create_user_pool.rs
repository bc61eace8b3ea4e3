//! `CreateUserPool`.

use procura_app::App;
use procura_app::operation::OpCx;
use procura_app::user_pool::NewUserPool;
use procura_core::signing_key::SigningAlgorithm;
use procura_core::user_pool::PoolSettings;
use procura_wire::cognito::generated::create_user_pool::{Input, Output};
use procura_wire::cognito::generated::shapes::{DeletionProtectionType, UserPoolMfaType};

use super::pool_arn;
use super::user_pool::{password_policy, pool_type, refuse};
use crate::ops::{Failure, Reply};

pub(super) async fn handle(
    app: &App,
    cx: &mut OpCx,
    input: Input,
) -> Result<Reply<Output>, Failure> {
    refuse(&[
        ("LambdaConfig", input.lambda_config.is_some()),
        (
            "AutoVerifiedAttributes",
            is_wanted(input.auto_verified_attributes.as_ref()),
        ),
        (
            "AliasAttributes",
            is_wanted(input.alias_attributes.as_ref()),
        ),
        (
            "UsernameAttributes",
            is_wanted(input.username_attributes.as_ref()),
        ),
        (
            "SmsVerificationMessage",
            input.sms_verification_message.is_some(),
        ),
        (
            "EmailVerificationMessage",
            input.email_verification_message.is_some(),
        ),
        (
            "EmailVerificationSubject",
            input.email_verification_subject.is_some(),
        ),
        (
            "VerificationMessageTemplate",
            input.verification_message_template.is_some(),
        ),
        (
            "SmsAuthenticationMessage",
            input.sms_authentication_message.is_some(),
        ),
        (
            "UserAttributeUpdateSettings",
            input.user_attribute_update_settings.is_some(),
        ),
        ("DeviceConfiguration", input.device_configuration.is_some()),
        ("EmailConfiguration", input.email_configuration.is_some()),
        ("SmsConfiguration", input.sms_configuration.is_some()),
        (
            "UserPoolTags",
            input.user_pool_tags.is_some_and(|tags| !tags.is_empty()),
        ),
        ("Schema", is_wanted(input.schema.as_ref())),
        ("UserPoolAddOns", input.user_pool_add_ons.is_some()),
        ("DcrConfiguration", input.dcr_configuration.is_some()),
        (
            "AccountRecoverySetting",
            input.account_recovery_setting.is_some(),
        ),
        ("KeyConfiguration", input.key_configuration.is_some()),
        ("IssuerConfiguration", input.issuer_configuration.is_some()),
        (
            "AcrConfiguration",
            input.acr_configuration.is_some_and(|all| !all.is_empty()),
        ),
        // Only administrators make users; an invitation is sent to nobody.
        (
            "AdminCreateUserConfig",
            input.admin_create_user_config.is_some_and(|config| {
                config.allow_admin_create_user_only == Some(false)
                    || config.invite_message_template.is_some()
            }),
        ),
        (
            "DeletionProtection",
            input.deletion_protection == Some(DeletionProtectionType::Active),
        ),
        (
            "MfaConfiguration",
            input
                .mfa_configuration
                .is_some_and(|mfa| mfa != UserPoolMfaType::Off),
        ),
        // Names differ by more than their case.
        (
            "UsernameConfiguration",
            input
                .username_configuration
                .is_some_and(|names| names.case_sensitive),
        ),
    ])?;
    let settings = PoolSettings {
        algorithm: SigningAlgorithm::Rs256,
        passwords: password_policy(input.policies.as_ref())?,
    };
    let new = NewUserPool {
        name: input.pool_name,
        settings,
    };
    let made = app.create_user_pool(cx, new).await?;
    let account = cx.account()?;
    Ok(Reply::done(made, |pool| Output {
        user_pool: Some(pool_type(pool_arn(app, account, &pool.id), pool)),
    }))
}

fn is_wanted<T>(asked: Option<&Vec<T>>) -> bool {
    asked.is_some_and(|asked| !asked.is_empty())
}
