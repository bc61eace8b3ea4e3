//! Readers of the shapes of inputs, with the constraints of the model.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::cognito::generated::shapes;
use crate::constraint::Pattern;
use crate::constraint::Range;
use crate::constraint::Size;
use crate::constraint::StringRule;
use crate::json::Node;
use crate::reading::Reading;

pub(crate) fn access_token_validity_type(node: Node, reading: &mut Reading) -> Option<i32> {
    reading.integer(
        node,
        Range {
            min: 1,
            max: 86_400,
        },
    )
}

pub(crate) fn account_recovery_setting_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::AccountRecoverySettingType> {
    let mut members = reading.object(node)?;
    let recovery_mechanisms = reading.optional(
        "RecoveryMechanisms",
        members.take("RecoveryMechanisms"),
        recovery_mechanisms_type,
    );
    Some(shapes::AccountRecoverySettingType {
        recovery_mechanisms,
    })
}

pub(crate) fn acr_configuration_type(
    node: Node,
    reading: &mut Reading,
) -> Option<std::collections::BTreeMap<String, shapes::AcrLevelConfigType>> {
    reading.map(
        node,
        Size { min: 0, max: 4 },
        &ACR_LEVEL_KEY_TYPE,
        acr_level_config_type,
    )
}

pub(crate) fn acr_level_config_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::AcrLevelConfigType> {
    let mut members = reading.object(node)?;
    let acr_value = reading.required("AcrValue", members.take("AcrValue"), acr_value_type);
    Some(shapes::AcrLevelConfigType {
        acr_value: acr_value?,
    })
}

static ACR_LEVEL_KEY_TYPE: StringRule = StringRule {
    length: Size { min: 0, max: 2_048 },
    pattern: Some(&ACR_LEVEL_KEY_TYPE_PATTERN),
};
static ACR_LEVEL_KEY_TYPE_PATTERN: Pattern = Pattern::new(r"Level[1-4]");

static ACR_VALUE_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 64 },
    pattern: Some(&ACR_VALUE_TYPE_PATTERN),
};
static ACR_VALUE_TYPE_PATTERN: Pattern = Pattern::new(r"[\x21\x23-\x5B\x5D-\x7E]+");

pub(crate) fn acr_value_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &ACR_VALUE_TYPE)
}

pub(crate) fn admin_create_user_config_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::AdminCreateUserConfigType> {
    let mut members = reading.object(node)?;
    let allow_admin_create_user_only = reading.optional(
        "AllowAdminCreateUserOnly",
        members.take("AllowAdminCreateUserOnly"),
        boolean_type,
    );
    let unused_account_validity_days = reading.optional(
        "UnusedAccountValidityDays",
        members.take("UnusedAccountValidityDays"),
        admin_create_user_unused_account_validity_days_type,
    );
    let invite_message_template = reading.optional(
        "InviteMessageTemplate",
        members.take("InviteMessageTemplate"),
        message_template_type,
    );
    Some(shapes::AdminCreateUserConfigType {
        allow_admin_create_user_only,
        unused_account_validity_days,
        invite_message_template,
    })
}

pub(crate) fn admin_create_user_unused_account_validity_days_type(
    node: Node,
    reading: &mut Reading,
) -> Option<i32> {
    reading.integer(node, Range { min: 0, max: 365 })
}

pub(crate) fn advanced_security_additional_flows_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::AdvancedSecurityAdditionalFlowsType> {
    let mut members = reading.object(node)?;
    let custom_auth_mode = reading.optional(
        "CustomAuthMode",
        members.take("CustomAuthMode"),
        advanced_security_enabled_mode_type,
    );
    Some(shapes::AdvancedSecurityAdditionalFlowsType { custom_auth_mode })
}

pub(crate) fn advanced_security_enabled_mode_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::AdvancedSecurityEnabledModeType> {
    reading.enumerated(node)
}

pub(crate) fn advanced_security_mode_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::AdvancedSecurityModeType> {
    reading.enumerated(node)
}

pub(crate) fn alias_attribute_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::AliasAttributeType> {
    reading.enumerated(node)
}

pub(crate) fn alias_attributes_list_type(
    node: Node,
    reading: &mut Reading,
) -> Option<Vec<shapes::AliasAttributeType>> {
    reading.list(node, Size { min: 0, max: 100 }, alias_attribute_type)
}

pub(crate) fn allowed_first_auth_factors_list_type(
    node: Node,
    reading: &mut Reading,
) -> Option<Vec<shapes::AuthFactorType>> {
    reading.list(node, Size { min: 1, max: 5 }, auth_factor_type)
}

pub(crate) fn analytics_configuration_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::AnalyticsConfigurationType> {
    let mut members = reading.object(node)?;
    let application_id = reading.optional(
        "ApplicationId",
        members.take("ApplicationId"),
        hex_string_type,
    );
    let application_arn =
        reading.optional("ApplicationArn", members.take("ApplicationArn"), arn_type);
    let role_arn = reading.optional("RoleArn", members.take("RoleArn"), arn_type);
    let external_id = reading.optional("ExternalId", members.take("ExternalId"), string_type);
    let user_data_shared = reading.optional(
        "UserDataShared",
        members.take("UserDataShared"),
        boolean_type,
    );
    Some(shapes::AnalyticsConfigurationType {
        application_id,
        application_arn,
        role_arn,
        external_id,
        user_data_shared,
    })
}

pub(crate) fn analytics_metadata_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::AnalyticsMetadataType> {
    let mut members = reading.object(node)?;
    let analytics_endpoint_id = reading.optional(
        "AnalyticsEndpointId",
        members.take("AnalyticsEndpointId"),
        string_type,
    );
    Some(shapes::AnalyticsMetadataType {
        analytics_endpoint_id,
    })
}

static ARN_TYPE: StringRule = StringRule {
    length: Size {
        min: 20,
        max: 2_048,
    },
    pattern: Some(&ARN_TYPE_PATTERN),
};
static ARN_TYPE_PATTERN: Pattern = Pattern::new(
    r"arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?",
);

pub(crate) fn arn_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &ARN_TYPE)
}

pub(crate) fn attribute_data_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::AttributeDataType> {
    reading.enumerated(node)
}

pub(crate) fn attribute_list_type(
    node: Node,
    reading: &mut Reading,
) -> Option<Vec<shapes::AttributeType>> {
    reading.list(node, Size { min: 0, max: 100 }, attribute_type)
}

static ATTRIBUTE_NAME_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 32 },
    pattern: Some(&ATTRIBUTE_NAME_TYPE_PATTERN),
};
static ATTRIBUTE_NAME_TYPE_PATTERN: Pattern = Pattern::new(r"[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+");

pub(crate) fn attribute_name_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &ATTRIBUTE_NAME_TYPE)
}

pub(crate) fn attribute_type(node: Node, reading: &mut Reading) -> Option<shapes::AttributeType> {
    let mut members = reading.object(node)?;
    let name = reading.required("Name", members.take("Name"), attribute_name_type);
    let value = reading.optional("Value", members.take("Value"), attribute_value_type);
    Some(shapes::AttributeType { name: name?, value })
}

static ATTRIBUTE_VALUE_TYPE: StringRule = StringRule {
    length: Size { min: 0, max: 2_048 },
    pattern: None,
};

pub(crate) fn attribute_value_type(node: Node, reading: &mut Reading) -> Option<crate::Sensitive> {
    reading.sensitive(node, &ATTRIBUTE_VALUE_TYPE)
}

pub(crate) fn attributes_require_verification_before_update_type(
    node: Node,
    reading: &mut Reading,
) -> Option<Vec<shapes::VerifiedAttributeType>> {
    reading.list(node, Size { min: 0, max: 100 }, verified_attribute_type)
}

pub(crate) fn auth_factor_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::AuthFactorType> {
    reading.enumerated(node)
}

pub(crate) fn auth_flow_type(node: Node, reading: &mut Reading) -> Option<shapes::AuthFlowType> {
    reading.enumerated(node)
}

pub(crate) fn auth_parameters_type(
    node: Node,
    reading: &mut Reading,
) -> Option<std::collections::BTreeMap<String, crate::Sensitive>> {
    reading.map(
        node,
        Size { min: 0, max: 100 },
        &STRING_TYPE,
        sensitive_string_type,
    )
}

pub(crate) fn auth_session_validity_type(node: Node, reading: &mut Reading) -> Option<i32> {
    reading.integer(node, Range { min: 3, max: 15 })
}

pub(crate) fn boolean_type(node: Node, reading: &mut Reading) -> Option<bool> {
    reading.boolean(node)
}

pub(crate) fn callback_urls_list_type(node: Node, reading: &mut Reading) -> Option<Vec<String>> {
    reading.list(node, Size { min: 0, max: 100 }, redirect_url_type)
}

pub(crate) fn challenge_name_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::ChallengeNameType> {
    reading.enumerated(node)
}

pub(crate) fn challenge_responses_type(
    node: Node,
    reading: &mut Reading,
) -> Option<std::collections::BTreeMap<String, crate::Sensitive>> {
    reading.map(
        node,
        Size { min: 0, max: 100 },
        &STRING_TYPE,
        sensitive_string_type,
    )
}

static CLIENT_ID_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 128 },
    pattern: Some(&CLIENT_ID_TYPE_PATTERN),
};
static CLIENT_ID_TYPE_PATTERN: Pattern = Pattern::new(r"[\w+]+");

pub(crate) fn client_id_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &CLIENT_ID_TYPE)
}

pub(crate) fn client_metadata_type(
    node: Node,
    reading: &mut Reading,
) -> Option<std::collections::BTreeMap<String, String>> {
    reading.map(node, Size { min: 0, max: 100 }, &STRING_TYPE, string_type)
}

static CLIENT_NAME_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 128 },
    pattern: Some(&CLIENT_NAME_TYPE_PATTERN),
};
static CLIENT_NAME_TYPE_PATTERN: Pattern = Pattern::new(r"[\w\s+=,.@-]+");

pub(crate) fn client_name_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &CLIENT_NAME_TYPE)
}

pub(crate) fn client_permission_list_type(
    node: Node,
    reading: &mut Reading,
) -> Option<Vec<String>> {
    reading.list(node, Size { min: 0, max: 100 }, client_permission_type)
}

static CLIENT_PERMISSION_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 2_048 },
    pattern: None,
};

pub(crate) fn client_permission_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &CLIENT_PERMISSION_TYPE)
}

static CLIENT_SECRET_TYPE: StringRule = StringRule {
    length: Size { min: 24, max: 64 },
    pattern: Some(&CLIENT_SECRET_TYPE_PATTERN),
};
static CLIENT_SECRET_TYPE_PATTERN: Pattern = Pattern::new(r"[\w+]+");

pub(crate) fn client_secret_type(node: Node, reading: &mut Reading) -> Option<crate::Sensitive> {
    reading.sensitive(node, &CLIENT_SECRET_TYPE)
}

pub(crate) fn client_type_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::ClientTypeType> {
    reading.enumerated(node)
}

static CUSTOM_ATTRIBUTE_NAME_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 20 },
    pattern: Some(&CUSTOM_ATTRIBUTE_NAME_TYPE_PATTERN),
};
static CUSTOM_ATTRIBUTE_NAME_TYPE_PATTERN: Pattern = Pattern::new(r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+");

pub(crate) fn custom_attribute_name_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &CUSTOM_ATTRIBUTE_NAME_TYPE)
}

pub(crate) fn custom_domain_config_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::CustomDomainConfigType> {
    let mut members = reading.object(node)?;
    let certificate_arn =
        reading.required("CertificateArn", members.take("CertificateArn"), arn_type);
    let security_policy = reading.optional(
        "SecurityPolicy",
        members.take("SecurityPolicy"),
        security_policy_type,
    );
    Some(shapes::CustomDomainConfigType {
        certificate_arn: certificate_arn?,
        security_policy,
    })
}

pub(crate) fn custom_email_lambda_version_config_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::CustomEmailLambdaVersionConfigType> {
    let mut members = reading.object(node)?;
    let lambda_version = reading.required(
        "LambdaVersion",
        members.take("LambdaVersion"),
        custom_email_sender_lambda_version_type,
    );
    let lambda_arn = reading.required("LambdaArn", members.take("LambdaArn"), arn_type);
    Some(shapes::CustomEmailLambdaVersionConfigType {
        lambda_version: lambda_version?,
        lambda_arn: lambda_arn?,
    })
}

pub(crate) fn custom_email_sender_lambda_version_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::CustomEmailSenderLambdaVersionType> {
    reading.enumerated(node)
}

pub(crate) fn custom_sms_lambda_version_config_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::CustomSMSLambdaVersionConfigType> {
    let mut members = reading.object(node)?;
    let lambda_version = reading.required(
        "LambdaVersion",
        members.take("LambdaVersion"),
        custom_sms_sender_lambda_version_type,
    );
    let lambda_arn = reading.required("LambdaArn", members.take("LambdaArn"), arn_type);
    Some(shapes::CustomSMSLambdaVersionConfigType {
        lambda_version: lambda_version?,
        lambda_arn: lambda_arn?,
    })
}

pub(crate) fn custom_sms_sender_lambda_version_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::CustomSMSSenderLambdaVersionType> {
    reading.enumerated(node)
}

pub(crate) fn dcr_configuration_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::DcrConfigurationType> {
    let mut members = reading.object(node)?;
    let enable_status = reading.optional("EnableStatus", members.take("EnableStatus"), status_type);
    let open_dcr_enabled = reading.optional(
        "OpenDcrEnabled",
        members.take("OpenDcrEnabled"),
        boolean_type,
    );
    let authenticated_grant_types = reading.optional(
        "AuthenticatedGrantTypes",
        members.take("AuthenticatedGrantTypes"),
        oauth_flows_type,
    );
    let open_dcr_grant_types = reading.optional(
        "OpenDcrGrantTypes",
        members.take("OpenDcrGrantTypes"),
        oauth_flows_type,
    );
    let allowed_scopes = reading.optional(
        "AllowedScopes",
        members.take("AllowedScopes"),
        scope_list_type,
    );
    Some(shapes::DcrConfigurationType {
        enable_status,
        open_dcr_enabled,
        authenticated_grant_types,
        open_dcr_grant_types,
        allowed_scopes,
    })
}

pub(crate) fn default_email_option_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::DefaultEmailOptionType> {
    reading.enumerated(node)
}

pub(crate) fn deletion_protection_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::DeletionProtectionType> {
    reading.enumerated(node)
}

pub(crate) fn delivery_medium_list_type(
    node: Node,
    reading: &mut Reading,
) -> Option<Vec<shapes::DeliveryMediumType>> {
    reading.list(node, Size { min: 0, max: 100 }, delivery_medium_type)
}

pub(crate) fn delivery_medium_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::DeliveryMediumType> {
    reading.enumerated(node)
}

static DESCRIPTION_TYPE: StringRule = StringRule {
    length: Size { min: 0, max: 2_048 },
    pattern: None,
};

pub(crate) fn description_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &DESCRIPTION_TYPE)
}

pub(crate) fn device_configuration_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::DeviceConfigurationType> {
    let mut members = reading.object(node)?;
    let challenge_required_on_new_device = reading.optional(
        "ChallengeRequiredOnNewDevice",
        members.take("ChallengeRequiredOnNewDevice"),
        boolean_type,
    );
    let device_only_remembered_on_user_prompt = reading.optional(
        "DeviceOnlyRememberedOnUserPrompt",
        members.take("DeviceOnlyRememberedOnUserPrompt"),
        boolean_type,
    );
    Some(shapes::DeviceConfigurationType {
        challenge_required_on_new_device,
        device_only_remembered_on_user_prompt,
    })
}

static DEVICE_KEY_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 55 },
    pattern: Some(&DEVICE_KEY_TYPE_PATTERN),
};
static DEVICE_KEY_TYPE_PATTERN: Pattern = Pattern::new(r"[\w-]+_[0-9a-f-]+");

pub(crate) fn device_key_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &DEVICE_KEY_TYPE)
}

static DOMAIN_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 63 },
    pattern: Some(&DOMAIN_TYPE_PATTERN),
};
static DOMAIN_TYPE_PATTERN: Pattern = Pattern::new(r"^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$");

pub(crate) fn domain_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &DOMAIN_TYPE)
}

static EMAIL_ADDRESS_TYPE: StringRule = StringRule {
    length: Size { min: 0, max: 2_048 },
    pattern: Some(&EMAIL_ADDRESS_TYPE_PATTERN),
};
static EMAIL_ADDRESS_TYPE_PATTERN: Pattern =
    Pattern::new(r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+@[\p{L}\p{M}\p{S}\p{N}\p{P}]+");

pub(crate) fn email_address_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &EMAIL_ADDRESS_TYPE)
}

pub(crate) fn email_configuration_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::EmailConfigurationType> {
    let mut members = reading.object(node)?;
    let source_arn = reading.optional("SourceArn", members.take("SourceArn"), arn_type);
    let reply_to_email_address = reading.optional(
        "ReplyToEmailAddress",
        members.take("ReplyToEmailAddress"),
        email_address_type,
    );
    let email_sending_account = reading.optional(
        "EmailSendingAccount",
        members.take("EmailSendingAccount"),
        email_sending_account_type,
    );
    let from = reading.optional("From", members.take("From"), string_type);
    let configuration_set = reading.optional(
        "ConfigurationSet",
        members.take("ConfigurationSet"),
        ses_configuration_set,
    );
    Some(shapes::EmailConfigurationType {
        source_arn,
        reply_to_email_address,
        email_sending_account,
        from,
        configuration_set,
    })
}

static EMAIL_INVITE_MESSAGE_TYPE: StringRule = StringRule {
    length: Size {
        min: 6,
        max: 20_000,
    },
    pattern: Some(&EMAIL_INVITE_MESSAGE_TYPE_PATTERN),
};
static EMAIL_INVITE_MESSAGE_TYPE_PATTERN: Pattern =
    Pattern::new(r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*");

pub(crate) fn email_invite_message_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &EMAIL_INVITE_MESSAGE_TYPE)
}

pub(crate) fn email_sending_account_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::EmailSendingAccountType> {
    reading.enumerated(node)
}

static EMAIL_VERIFICATION_MESSAGE_BY_LINK_TYPE: StringRule = StringRule {
    length: Size {
        min: 6,
        max: 20_000,
    },
    pattern: Some(&EMAIL_VERIFICATION_MESSAGE_BY_LINK_TYPE_PATTERN),
};
static EMAIL_VERIFICATION_MESSAGE_BY_LINK_TYPE_PATTERN: Pattern = Pattern::new(
    r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{##[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*##\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*",
);

pub(crate) fn email_verification_message_by_link_type(
    node: Node,
    reading: &mut Reading,
) -> Option<String> {
    reading.string(node, &EMAIL_VERIFICATION_MESSAGE_BY_LINK_TYPE)
}

static EMAIL_VERIFICATION_MESSAGE_TYPE: StringRule = StringRule {
    length: Size {
        min: 6,
        max: 20_000,
    },
    pattern: Some(&EMAIL_VERIFICATION_MESSAGE_TYPE_PATTERN),
};
static EMAIL_VERIFICATION_MESSAGE_TYPE_PATTERN: Pattern =
    Pattern::new(r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{####\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*");

pub(crate) fn email_verification_message_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &EMAIL_VERIFICATION_MESSAGE_TYPE)
}

static EMAIL_VERIFICATION_SUBJECT_BY_LINK_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 140 },
    pattern: Some(&EMAIL_VERIFICATION_SUBJECT_BY_LINK_TYPE_PATTERN),
};
static EMAIL_VERIFICATION_SUBJECT_BY_LINK_TYPE_PATTERN: Pattern =
    Pattern::new(r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+");

pub(crate) fn email_verification_subject_by_link_type(
    node: Node,
    reading: &mut Reading,
) -> Option<String> {
    reading.string(node, &EMAIL_VERIFICATION_SUBJECT_BY_LINK_TYPE)
}

static EMAIL_VERIFICATION_SUBJECT_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 140 },
    pattern: Some(&EMAIL_VERIFICATION_SUBJECT_TYPE_PATTERN),
};
static EMAIL_VERIFICATION_SUBJECT_TYPE_PATTERN: Pattern =
    Pattern::new(r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+");

pub(crate) fn email_verification_subject_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &EMAIL_VERIFICATION_SUBJECT_TYPE)
}

static ENCRYPTION_KEY_ARN_TYPE: StringRule = StringRule {
    length: Size {
        min: 20,
        max: 2_048,
    },
    pattern: Some(&ENCRYPTION_KEY_ARN_TYPE_PATTERN),
};
static ENCRYPTION_KEY_ARN_TYPE_PATTERN: Pattern = Pattern::new(
    r"arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?",
);

pub(crate) fn encryption_key_arn_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &ENCRYPTION_KEY_ARN_TYPE)
}

pub(crate) fn encryption_key_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::EncryptionKeyType> {
    reading.enumerated(node)
}

pub(crate) fn eums_sms_configuration_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::EumsSmsConfigurationType> {
    let mut members = reading.object(node)?;
    let caller_arn = reading.required("CallerArn", members.take("CallerArn"), arn_type);
    let external_id = reading.optional("ExternalId", members.take("ExternalId"), string_type);
    let origination_identity = reading.optional(
        "OriginationIdentity",
        members.take("OriginationIdentity"),
        string_type,
    );
    let configuration_set_name = reading.optional(
        "ConfigurationSetName",
        members.take("ConfigurationSetName"),
        string_type,
    );
    let in_entity_id = reading.optional("InEntityId", members.take("InEntityId"), string_type);
    let in_template_id =
        reading.optional("InTemplateId", members.take("InTemplateId"), string_type);
    let region = reading.optional("Region", members.take("Region"), region_code_type);
    Some(shapes::EumsSmsConfigurationType {
        caller_arn: caller_arn?,
        external_id,
        origination_identity,
        configuration_set_name,
        in_entity_id,
        in_template_id,
        region,
    })
}

pub(crate) fn explicit_auth_flows_list_type(
    node: Node,
    reading: &mut Reading,
) -> Option<Vec<shapes::ExplicitAuthFlowsType>> {
    reading.list(node, Size { min: 0, max: 100 }, explicit_auth_flows_type)
}

pub(crate) fn explicit_auth_flows_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::ExplicitAuthFlowsType> {
    reading.enumerated(node)
}

pub(crate) fn failover_type(node: Node, reading: &mut Reading) -> Option<shapes::FailoverType> {
    let mut members = reading.object(node)?;
    let secondary_region = reading.required(
        "SecondaryRegion",
        members.take("SecondaryRegion"),
        region_name_type,
    );
    let primary_route53_health_check_id = reading.required(
        "PrimaryRoute53HealthCheckId",
        members.take("PrimaryRoute53HealthCheckId"),
        health_check_id_type,
    );
    Some(shapes::FailoverType {
        secondary_region: secondary_region?,
        primary_route53_health_check_id: primary_route53_health_check_id?,
    })
}

pub(crate) fn feature_type(node: Node, reading: &mut Reading) -> Option<shapes::FeatureType> {
    reading.enumerated(node)
}

pub(crate) fn force_alias_creation(node: Node, reading: &mut Reading) -> Option<bool> {
    reading.boolean(node)
}

pub(crate) fn generate_secret(node: Node, reading: &mut Reading) -> Option<bool> {
    reading.boolean(node)
}

static GROUP_NAME_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 128 },
    pattern: Some(&GROUP_NAME_TYPE_PATTERN),
};
static GROUP_NAME_TYPE_PATTERN: Pattern = Pattern::new(r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+");

pub(crate) fn group_name_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &GROUP_NAME_TYPE)
}

static HEALTH_CHECK_ID_TYPE: StringRule = StringRule {
    length: Size { min: 0, max: 64 },
    pattern: None,
};

pub(crate) fn health_check_id_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &HEALTH_CHECK_ID_TYPE)
}

static HEX_STRING_TYPE: StringRule = StringRule {
    length: Size { min: 0, max: 2_048 },
    pattern: Some(&HEX_STRING_TYPE_PATTERN),
};
static HEX_STRING_TYPE_PATTERN: Pattern = Pattern::new(r"^[0-9a-fA-F]+$");

pub(crate) fn hex_string_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &HEX_STRING_TYPE)
}

pub(crate) fn id_token_validity_type(node: Node, reading: &mut Reading) -> Option<i32> {
    reading.integer(
        node,
        Range {
            min: 1,
            max: 86_400,
        },
    )
}

pub(crate) fn inbound_federation_lambda_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::InboundFederationLambdaType> {
    let mut members = reading.object(node)?;
    let lambda_version = reading.required(
        "LambdaVersion",
        members.take("LambdaVersion"),
        inbound_federation_lambda_version_type,
    );
    let lambda_arn = reading.required("LambdaArn", members.take("LambdaArn"), arn_type);
    Some(shapes::InboundFederationLambdaType {
        lambda_version: lambda_version?,
        lambda_arn: lambda_arn?,
    })
}

pub(crate) fn inbound_federation_lambda_version_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::InboundFederationLambdaVersionType> {
    reading.enumerated(node)
}

pub(crate) fn issuer_configuration_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::IssuerConfigurationType> {
    let mut members = reading.object(node)?;
    let r#type = reading.optional("Type", members.take("Type"), issuer_type);
    Some(shapes::IssuerConfigurationType { r#type })
}

pub(crate) fn issuer_type(node: Node, reading: &mut Reading) -> Option<shapes::IssuerType> {
    reading.enumerated(node)
}

pub(crate) fn key_configuration_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::KeyConfigurationType> {
    let mut members = reading.object(node)?;
    let key_type = reading.optional("KeyType", members.take("KeyType"), encryption_key_type);
    let kms_key_arn = reading.optional(
        "KmsKeyArn",
        members.take("KmsKeyArn"),
        encryption_key_arn_type,
    );
    Some(shapes::KeyConfigurationType {
        key_type,
        kms_key_arn,
    })
}

pub(crate) fn lambda_config_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::LambdaConfigType> {
    let mut members = reading.object(node)?;
    let pre_sign_up = reading.optional("PreSignUp", members.take("PreSignUp"), arn_type);
    let custom_message = reading.optional("CustomMessage", members.take("CustomMessage"), arn_type);
    let post_confirmation = reading.optional(
        "PostConfirmation",
        members.take("PostConfirmation"),
        arn_type,
    );
    let pre_authentication = reading.optional(
        "PreAuthentication",
        members.take("PreAuthentication"),
        arn_type,
    );
    let post_authentication = reading.optional(
        "PostAuthentication",
        members.take("PostAuthentication"),
        arn_type,
    );
    let define_auth_challenge = reading.optional(
        "DefineAuthChallenge",
        members.take("DefineAuthChallenge"),
        arn_type,
    );
    let create_auth_challenge = reading.optional(
        "CreateAuthChallenge",
        members.take("CreateAuthChallenge"),
        arn_type,
    );
    let verify_auth_challenge_response = reading.optional(
        "VerifyAuthChallengeResponse",
        members.take("VerifyAuthChallengeResponse"),
        arn_type,
    );
    let pre_token_generation = reading.optional(
        "PreTokenGeneration",
        members.take("PreTokenGeneration"),
        arn_type,
    );
    let user_migration = reading.optional("UserMigration", members.take("UserMigration"), arn_type);
    let pre_token_generation_config = reading.optional(
        "PreTokenGenerationConfig",
        members.take("PreTokenGenerationConfig"),
        pre_token_generation_version_config_type,
    );
    let custom_sms_sender = reading.optional(
        "CustomSMSSender",
        members.take("CustomSMSSender"),
        custom_sms_lambda_version_config_type,
    );
    let custom_email_sender = reading.optional(
        "CustomEmailSender",
        members.take("CustomEmailSender"),
        custom_email_lambda_version_config_type,
    );
    let kms_key_id = reading.optional("KMSKeyID", members.take("KMSKeyID"), arn_type);
    let inbound_federation = reading.optional(
        "InboundFederation",
        members.take("InboundFederation"),
        inbound_federation_lambda_type,
    );
    Some(shapes::LambdaConfigType {
        pre_sign_up,
        custom_message,
        post_confirmation,
        pre_authentication,
        post_authentication,
        define_auth_challenge,
        create_auth_challenge,
        verify_auth_challenge_response,
        pre_token_generation,
        user_migration,
        pre_token_generation_config,
        custom_sms_sender,
        custom_email_sender,
        kms_key_id,
        inbound_federation,
    })
}

pub(crate) fn list_resource_servers_limit_type(node: Node, reading: &mut Reading) -> Option<i32> {
    reading.integer(node, Range { min: 1, max: 50 })
}

pub(crate) fn logout_urls_list_type(node: Node, reading: &mut Reading) -> Option<Vec<String>> {
    reading.list(node, Size { min: 0, max: 100 }, redirect_url_type)
}

pub(crate) fn message_action_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::MessageActionType> {
    reading.enumerated(node)
}

pub(crate) fn message_template_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::MessageTemplateType> {
    let mut members = reading.object(node)?;
    let sms_message = reading.optional(
        "SMSMessage",
        members.take("SMSMessage"),
        sms_invite_message_type,
    );
    let email_message = reading.optional(
        "EmailMessage",
        members.take("EmailMessage"),
        email_invite_message_type,
    );
    let email_subject = reading.optional(
        "EmailSubject",
        members.take("EmailSubject"),
        email_verification_subject_type,
    );
    Some(shapes::MessageTemplateType {
        sms_message,
        email_message,
        email_subject,
    })
}

pub(crate) fn number_attribute_constraints_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::NumberAttributeConstraintsType> {
    let mut members = reading.object(node)?;
    let min_value = reading.optional("MinValue", members.take("MinValue"), string_type);
    let max_value = reading.optional("MaxValue", members.take("MaxValue"), string_type);
    Some(shapes::NumberAttributeConstraintsType {
        min_value,
        max_value,
    })
}

pub(crate) fn oauth_flow_type(node: Node, reading: &mut Reading) -> Option<shapes::OAuthFlowType> {
    reading.enumerated(node)
}

pub(crate) fn oauth_flows_type(
    node: Node,
    reading: &mut Reading,
) -> Option<Vec<shapes::OAuthFlowType>> {
    reading.list(node, Size { min: 0, max: 3 }, oauth_flow_type)
}

static OPTIONAL_ARN_TYPE: StringRule = StringRule {
    length: Size { min: 0, max: 2_048 },
    pattern: Some(&OPTIONAL_ARN_TYPE_PATTERN),
};
static OPTIONAL_ARN_TYPE_PATTERN: Pattern = Pattern::new(
    r"(arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?)?",
);

pub(crate) fn optional_arn_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &OPTIONAL_ARN_TYPE)
}

static PAGINATION_KEY: StringRule = StringRule {
    length: Size {
        min: 1,
        max: 131_072,
    },
    pattern: Some(&PAGINATION_KEY_PATTERN),
};
static PAGINATION_KEY_PATTERN: Pattern = Pattern::new(r"[\S]+");

pub(crate) fn pagination_key(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &PAGINATION_KEY)
}

static PAGINATION_KEY_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 2_048 },
    pattern: Some(&PAGINATION_KEY_TYPE_PATTERN),
};
static PAGINATION_KEY_TYPE_PATTERN: Pattern = Pattern::new(r"[\S]+");

pub(crate) fn pagination_key_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &PAGINATION_KEY_TYPE)
}

pub(crate) fn password_history_size_type(node: Node, reading: &mut Reading) -> Option<i32> {
    reading.integer(node, Range { min: 0, max: 24 })
}

pub(crate) fn password_policy_min_length_type(node: Node, reading: &mut Reading) -> Option<i32> {
    reading.integer(node, Range { min: 6, max: 99 })
}

pub(crate) fn password_policy_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::PasswordPolicyType> {
    let mut members = reading.object(node)?;
    let minimum_length = reading.optional(
        "MinimumLength",
        members.take("MinimumLength"),
        password_policy_min_length_type,
    );
    let require_uppercase = reading.optional(
        "RequireUppercase",
        members.take("RequireUppercase"),
        boolean_type,
    );
    let require_lowercase = reading.optional(
        "RequireLowercase",
        members.take("RequireLowercase"),
        boolean_type,
    );
    let require_numbers = reading.optional(
        "RequireNumbers",
        members.take("RequireNumbers"),
        boolean_type,
    );
    let require_symbols = reading.optional(
        "RequireSymbols",
        members.take("RequireSymbols"),
        boolean_type,
    );
    let password_history_size = reading.optional(
        "PasswordHistorySize",
        members.take("PasswordHistorySize"),
        password_history_size_type,
    );
    let temporary_password_validity_days = reading.optional(
        "TemporaryPasswordValidityDays",
        members.take("TemporaryPasswordValidityDays"),
        temporary_password_validity_days_type,
    );
    Some(shapes::PasswordPolicyType {
        minimum_length,
        require_uppercase,
        require_lowercase,
        require_numbers,
        require_symbols,
        password_history_size,
        temporary_password_validity_days,
    })
}

static PASSWORD_TYPE: StringRule = StringRule {
    length: Size { min: 0, max: 256 },
    pattern: Some(&PASSWORD_TYPE_PATTERN),
};
static PASSWORD_TYPE_PATTERN: Pattern = Pattern::new(r"[\S]+");

pub(crate) fn password_type(node: Node, reading: &mut Reading) -> Option<crate::Sensitive> {
    reading.sensitive(node, &PASSWORD_TYPE)
}

pub(crate) fn pool_query_limit_type(node: Node, reading: &mut Reading) -> Option<i32> {
    reading.integer(node, Range { min: 1, max: 60 })
}

pub(crate) fn pre_token_generation_lambda_version_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::PreTokenGenerationLambdaVersionType> {
    reading.enumerated(node)
}

pub(crate) fn pre_token_generation_version_config_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::PreTokenGenerationVersionConfigType> {
    let mut members = reading.object(node)?;
    let lambda_version = reading.required(
        "LambdaVersion",
        members.take("LambdaVersion"),
        pre_token_generation_lambda_version_type,
    );
    let lambda_arn = reading.required("LambdaArn", members.take("LambdaArn"), arn_type);
    Some(shapes::PreTokenGenerationVersionConfigType {
        lambda_version: lambda_version?,
        lambda_arn: lambda_arn?,
    })
}

pub(crate) fn precedence_type(node: Node, reading: &mut Reading) -> Option<i32> {
    reading.integer(
        node,
        Range {
            min: 0,
            max: 2_147_483_647,
        },
    )
}

pub(crate) fn prevent_user_existence_error_types(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::PreventUserExistenceErrorTypes> {
    reading.enumerated(node)
}

pub(crate) fn priority_type(node: Node, reading: &mut Reading) -> Option<i32> {
    reading.integer(node, Range { min: 1, max: 2 })
}

static PROVIDER_NAME_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 32 },
    pattern: Some(&PROVIDER_NAME_TYPE_PATTERN),
};
static PROVIDER_NAME_TYPE_PATTERN: Pattern = Pattern::new(r"[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]+");

pub(crate) fn provider_name_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &PROVIDER_NAME_TYPE)
}

pub(crate) fn query_limit(node: Node, reading: &mut Reading) -> Option<i32> {
    reading.integer(node, Range { min: 1, max: 60 })
}

pub(crate) fn query_limit_type(node: Node, reading: &mut Reading) -> Option<i32> {
    reading.integer(node, Range { min: 0, max: 60 })
}

pub(crate) fn recovery_mechanisms_type(
    node: Node,
    reading: &mut Reading,
) -> Option<Vec<shapes::RecoveryOptionType>> {
    reading.list(node, Size { min: 1, max: 2 }, recovery_option_type)
}

pub(crate) fn recovery_option_name_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::RecoveryOptionNameType> {
    reading.enumerated(node)
}

pub(crate) fn recovery_option_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::RecoveryOptionType> {
    let mut members = reading.object(node)?;
    let priority = reading.required("Priority", members.take("Priority"), priority_type);
    let name = reading.required("Name", members.take("Name"), recovery_option_name_type);
    Some(shapes::RecoveryOptionType {
        priority: priority?,
        name: name?,
    })
}

static REDIRECT_URL_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 1_024 },
    pattern: Some(&REDIRECT_URL_TYPE_PATTERN),
};
static REDIRECT_URL_TYPE_PATTERN: Pattern = Pattern::new(r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+");

pub(crate) fn redirect_url_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &REDIRECT_URL_TYPE)
}

pub(crate) fn refresh_token_rotation_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::RefreshTokenRotationType> {
    let mut members = reading.object(node)?;
    let feature = reading.required("Feature", members.take("Feature"), feature_type);
    let retry_grace_period_seconds = reading.optional(
        "RetryGracePeriodSeconds",
        members.take("RetryGracePeriodSeconds"),
        retry_grace_period_seconds_type,
    );
    Some(shapes::RefreshTokenRotationType {
        feature: feature?,
        retry_grace_period_seconds,
    })
}

pub(crate) fn refresh_token_validity_type(node: Node, reading: &mut Reading) -> Option<i32> {
    reading.integer(
        node,
        Range {
            min: 0,
            max: 315_360_000,
        },
    )
}

static REGION_CODE_TYPE: StringRule = StringRule {
    length: Size { min: 5, max: 32 },
    pattern: None,
};

pub(crate) fn region_code_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &REGION_CODE_TYPE)
}

static REGION_NAME_TYPE: StringRule = StringRule {
    length: Size { min: 5, max: 32 },
    pattern: None,
};

pub(crate) fn region_name_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &REGION_NAME_TYPE)
}

static RESOURCE_SERVER_IDENTIFIER_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 256 },
    pattern: Some(&RESOURCE_SERVER_IDENTIFIER_TYPE_PATTERN),
};
static RESOURCE_SERVER_IDENTIFIER_TYPE_PATTERN: Pattern =
    Pattern::new(r"[\x21\x23-\x5B\x5D-\x7E]+");

pub(crate) fn resource_server_identifier_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &RESOURCE_SERVER_IDENTIFIER_TYPE)
}

static RESOURCE_SERVER_NAME_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 256 },
    pattern: Some(&RESOURCE_SERVER_NAME_TYPE_PATTERN),
};
static RESOURCE_SERVER_NAME_TYPE_PATTERN: Pattern = Pattern::new(r"[\w\s+=,.@-]+");

pub(crate) fn resource_server_name_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &RESOURCE_SERVER_NAME_TYPE)
}

static RESOURCE_SERVER_SCOPE_DESCRIPTION_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 256 },
    pattern: None,
};

pub(crate) fn resource_server_scope_description_type(
    node: Node,
    reading: &mut Reading,
) -> Option<String> {
    reading.string(node, &RESOURCE_SERVER_SCOPE_DESCRIPTION_TYPE)
}

pub(crate) fn resource_server_scope_list_type(
    node: Node,
    reading: &mut Reading,
) -> Option<Vec<shapes::ResourceServerScopeType>> {
    reading.list(node, Size { min: 0, max: 100 }, resource_server_scope_type)
}

static RESOURCE_SERVER_SCOPE_NAME_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 256 },
    pattern: Some(&RESOURCE_SERVER_SCOPE_NAME_TYPE_PATTERN),
};
static RESOURCE_SERVER_SCOPE_NAME_TYPE_PATTERN: Pattern =
    Pattern::new(r"[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]+");

pub(crate) fn resource_server_scope_name_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &RESOURCE_SERVER_SCOPE_NAME_TYPE)
}

pub(crate) fn resource_server_scope_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::ResourceServerScopeType> {
    let mut members = reading.object(node)?;
    let scope_name = reading.required(
        "ScopeName",
        members.take("ScopeName"),
        resource_server_scope_name_type,
    );
    let scope_description = reading.required(
        "ScopeDescription",
        members.take("ScopeDescription"),
        resource_server_scope_description_type,
    );
    Some(shapes::ResourceServerScopeType {
        scope_name: scope_name?,
        scope_description: scope_description?,
    })
}

pub(crate) fn retry_grace_period_seconds_type(node: Node, reading: &mut Reading) -> Option<i32> {
    reading.integer(node, Range { min: 0, max: 60 })
}

pub(crate) fn revoke_associated_sessions_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::RevokeAssociatedSessionsType> {
    reading.enumerated(node)
}

pub(crate) fn routing_type(node: Node, reading: &mut Reading) -> Option<shapes::RoutingType> {
    let mut members = reading.object(node)?;
    let failover = reading.optional("Failover", members.take("Failover"), failover_type);
    Some(shapes::RoutingType { failover })
}

static SES_CONFIGURATION_SET: StringRule = StringRule {
    length: Size { min: 1, max: 64 },
    pattern: Some(&SES_CONFIGURATION_SET_PATTERN),
};
static SES_CONFIGURATION_SET_PATTERN: Pattern = Pattern::new(r"^[a-zA-Z0-9_-]+$");

pub(crate) fn ses_configuration_set(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &SES_CONFIGURATION_SET)
}

pub(crate) fn schema_attribute_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::SchemaAttributeType> {
    let mut members = reading.object(node)?;
    let name = reading.optional("Name", members.take("Name"), custom_attribute_name_type);
    let attribute_data_type = reading.optional(
        "AttributeDataType",
        members.take("AttributeDataType"),
        attribute_data_type,
    );
    let developer_only_attribute = reading.optional(
        "DeveloperOnlyAttribute",
        members.take("DeveloperOnlyAttribute"),
        boolean_type,
    );
    let mutable = reading.optional("Mutable", members.take("Mutable"), boolean_type);
    let required = reading.optional("Required", members.take("Required"), boolean_type);
    let number_attribute_constraints = reading.optional(
        "NumberAttributeConstraints",
        members.take("NumberAttributeConstraints"),
        number_attribute_constraints_type,
    );
    let string_attribute_constraints = reading.optional(
        "StringAttributeConstraints",
        members.take("StringAttributeConstraints"),
        string_attribute_constraints_type,
    );
    Some(shapes::SchemaAttributeType {
        name,
        attribute_data_type,
        developer_only_attribute,
        mutable,
        required,
        number_attribute_constraints,
        string_attribute_constraints,
    })
}

pub(crate) fn schema_attributes_list_type(
    node: Node,
    reading: &mut Reading,
) -> Option<Vec<shapes::SchemaAttributeType>> {
    reading.list(node, Size { min: 1, max: 50 }, schema_attribute_type)
}

pub(crate) fn scope_list_type(node: Node, reading: &mut Reading) -> Option<Vec<String>> {
    reading.list(node, Size { min: 0, max: 50 }, scope_type)
}

static SCOPE_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 256 },
    pattern: Some(&SCOPE_TYPE_PATTERN),
};
static SCOPE_TYPE_PATTERN: Pattern = Pattern::new(r"[\x21\x23-\x5B\x5D-\x7E]+");

pub(crate) fn scope_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &SCOPE_TYPE)
}

static SEARCH_PAGINATION_TOKEN_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 2_048 },
    pattern: Some(&SEARCH_PAGINATION_TOKEN_TYPE_PATTERN),
};
static SEARCH_PAGINATION_TOKEN_TYPE_PATTERN: Pattern = Pattern::new(r"[\S]+");

pub(crate) fn search_pagination_token_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &SEARCH_PAGINATION_TOKEN_TYPE)
}

pub(crate) fn searched_attribute_names_list_type(
    node: Node,
    reading: &mut Reading,
) -> Option<Vec<String>> {
    reading.list(node, Size { min: 0, max: 100 }, attribute_name_type)
}

pub(crate) fn security_policy_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::SecurityPolicyType> {
    reading.enumerated(node)
}

static SENSITIVE_STRING_TYPE: StringRule = StringRule {
    length: Size {
        min: 0,
        max: 131_072,
    },
    pattern: None,
};

pub(crate) fn sensitive_string_type(node: Node, reading: &mut Reading) -> Option<crate::Sensitive> {
    reading.sensitive(node, &SENSITIVE_STRING_TYPE)
}

static SESSION_TYPE: StringRule = StringRule {
    length: Size {
        min: 20,
        max: 4_096,
    },
    pattern: None,
};

pub(crate) fn session_type(node: Node, reading: &mut Reading) -> Option<crate::Sensitive> {
    reading.sensitive(node, &SESSION_TYPE)
}

pub(crate) fn sign_in_policy_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::SignInPolicyType> {
    let mut members = reading.object(node)?;
    let allowed_first_auth_factors = reading.optional(
        "AllowedFirstAuthFactors",
        members.take("AllowedFirstAuthFactors"),
        allowed_first_auth_factors_list_type,
    );
    Some(shapes::SignInPolicyType {
        allowed_first_auth_factors,
    })
}

pub(crate) fn sms_configuration_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::SmsConfigurationType> {
    let mut members = reading.object(node)?;
    let sns_caller_arn = reading.optional(
        "SnsCallerArn",
        members.take("SnsCallerArn"),
        optional_arn_type,
    );
    let external_id = reading.optional("ExternalId", members.take("ExternalId"), string_type);
    let sns_region = reading.optional("SnsRegion", members.take("SnsRegion"), region_code_type);
    let eums_sms = reading.optional(
        "EumsSms",
        members.take("EumsSms"),
        eums_sms_configuration_type,
    );
    Some(shapes::SmsConfigurationType {
        sns_caller_arn,
        external_id,
        sns_region,
        eums_sms,
    })
}

static SMS_INVITE_MESSAGE_TYPE: StringRule = StringRule {
    length: Size { min: 6, max: 140 },
    pattern: Some(&SMS_INVITE_MESSAGE_TYPE_PATTERN),
};
static SMS_INVITE_MESSAGE_TYPE_PATTERN: Pattern = Pattern::new(r"(?s).*");

pub(crate) fn sms_invite_message_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &SMS_INVITE_MESSAGE_TYPE)
}

static SMS_VERIFICATION_MESSAGE_TYPE: StringRule = StringRule {
    length: Size { min: 6, max: 140 },
    pattern: Some(&SMS_VERIFICATION_MESSAGE_TYPE_PATTERN),
};
static SMS_VERIFICATION_MESSAGE_TYPE_PATTERN: Pattern = Pattern::new(r".*\{####\}.*");

pub(crate) fn sms_verification_message_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &SMS_VERIFICATION_MESSAGE_TYPE)
}

pub(crate) fn status_type(node: Node, reading: &mut Reading) -> Option<shapes::StatusType> {
    reading.enumerated(node)
}

pub(crate) fn string_attribute_constraints_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::StringAttributeConstraintsType> {
    let mut members = reading.object(node)?;
    let min_length = reading.optional("MinLength", members.take("MinLength"), string_type);
    let max_length = reading.optional("MaxLength", members.take("MaxLength"), string_type);
    Some(shapes::StringAttributeConstraintsType {
        min_length,
        max_length,
    })
}

static STRING_TYPE: StringRule = StringRule {
    length: Size {
        min: 0,
        max: 131_072,
    },
    pattern: None,
};

pub(crate) fn string_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &STRING_TYPE)
}

pub(crate) fn supported_identity_providers_list_type(
    node: Node,
    reading: &mut Reading,
) -> Option<Vec<String>> {
    reading.list(node, Size { min: 0, max: 100 }, provider_name_type)
}

static TAG_KEYS_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 128 },
    pattern: None,
};

static TAG_VALUE_TYPE: StringRule = StringRule {
    length: Size { min: 0, max: 256 },
    pattern: None,
};

pub(crate) fn tag_value_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &TAG_VALUE_TYPE)
}

pub(crate) fn temporary_password_validity_days_type(
    node: Node,
    reading: &mut Reading,
) -> Option<i32> {
    reading.integer(node, Range { min: 0, max: 365 })
}

pub(crate) fn time_units_type(node: Node, reading: &mut Reading) -> Option<shapes::TimeUnitsType> {
    reading.enumerated(node)
}

static TOKEN_MODEL_TYPE: StringRule = StringRule {
    length: Size { min: 0, max: 8_192 },
    pattern: Some(&TOKEN_MODEL_TYPE_PATTERN),
};
static TOKEN_MODEL_TYPE_PATTERN: Pattern = Pattern::new(r"[A-Za-z0-9-_=.]+");

pub(crate) fn token_model_type(node: Node, reading: &mut Reading) -> Option<crate::Sensitive> {
    reading.sensitive(node, &TOKEN_MODEL_TYPE)
}

pub(crate) fn token_validity_units_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::TokenValidityUnitsType> {
    let mut members = reading.object(node)?;
    let access_token =
        reading.optional("AccessToken", members.take("AccessToken"), time_units_type);
    let id_token = reading.optional("IdToken", members.take("IdToken"), time_units_type);
    let refresh_token = reading.optional(
        "RefreshToken",
        members.take("RefreshToken"),
        time_units_type,
    );
    Some(shapes::TokenValidityUnitsType {
        access_token,
        id_token,
        refresh_token,
    })
}

pub(crate) fn user_attribute_update_settings_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::UserAttributeUpdateSettingsType> {
    let mut members = reading.object(node)?;
    let attributes_require_verification_before_update = reading.optional(
        "AttributesRequireVerificationBeforeUpdate",
        members.take("AttributesRequireVerificationBeforeUpdate"),
        attributes_require_verification_before_update_type,
    );
    Some(shapes::UserAttributeUpdateSettingsType {
        attributes_require_verification_before_update,
    })
}

pub(crate) fn user_context_data_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::UserContextDataType> {
    let mut members = reading.object(node)?;
    let ip_address = reading.optional(
        "IpAddress",
        members.take("IpAddress"),
        sensitive_string_type,
    );
    let encoded_data = reading.optional(
        "EncodedData",
        members.take("EncodedData"),
        sensitive_string_type,
    );
    Some(shapes::UserContextDataType {
        ip_address,
        encoded_data,
    })
}

static USER_FILTER_TYPE: StringRule = StringRule {
    length: Size { min: 0, max: 256 },
    pattern: None,
};

pub(crate) fn user_filter_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &USER_FILTER_TYPE)
}

pub(crate) fn user_pool_add_ons_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::UserPoolAddOnsType> {
    let mut members = reading.object(node)?;
    let advanced_security_mode = reading.required(
        "AdvancedSecurityMode",
        members.take("AdvancedSecurityMode"),
        advanced_security_mode_type,
    );
    let advanced_security_additional_flows = reading.optional(
        "AdvancedSecurityAdditionalFlows",
        members.take("AdvancedSecurityAdditionalFlows"),
        advanced_security_additional_flows_type,
    );
    Some(shapes::UserPoolAddOnsType {
        advanced_security_mode: advanced_security_mode?,
        advanced_security_additional_flows,
    })
}

static USER_POOL_ID_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 55 },
    pattern: Some(&USER_POOL_ID_TYPE_PATTERN),
};
static USER_POOL_ID_TYPE_PATTERN: Pattern = Pattern::new(r"[\w-]+_[0-9a-zA-Z]+");

pub(crate) fn user_pool_id_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &USER_POOL_ID_TYPE)
}

pub(crate) fn user_pool_mfa_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::UserPoolMfaType> {
    reading.enumerated(node)
}

static USER_POOL_NAME_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 128 },
    pattern: Some(&USER_POOL_NAME_TYPE_PATTERN),
};
static USER_POOL_NAME_TYPE_PATTERN: Pattern = Pattern::new(r"[\w\s+=,.@-]+");

pub(crate) fn user_pool_name_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &USER_POOL_NAME_TYPE)
}

pub(crate) fn user_pool_policy_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::UserPoolPolicyType> {
    let mut members = reading.object(node)?;
    let password_policy = reading.optional(
        "PasswordPolicy",
        members.take("PasswordPolicy"),
        password_policy_type,
    );
    let sign_in_policy = reading.optional(
        "SignInPolicy",
        members.take("SignInPolicy"),
        sign_in_policy_type,
    );
    Some(shapes::UserPoolPolicyType {
        password_policy,
        sign_in_policy,
    })
}

pub(crate) fn user_pool_tags_type(
    node: Node,
    reading: &mut Reading,
) -> Option<std::collections::BTreeMap<String, String>> {
    reading.map(
        node,
        Size { min: 0, max: 100 },
        &TAG_KEYS_TYPE,
        tag_value_type,
    )
}

pub(crate) fn user_pool_tier_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::UserPoolTierType> {
    reading.enumerated(node)
}

pub(crate) fn username_attribute_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::UsernameAttributeType> {
    reading.enumerated(node)
}

pub(crate) fn username_attributes_list_type(
    node: Node,
    reading: &mut Reading,
) -> Option<Vec<shapes::UsernameAttributeType>> {
    reading.list(node, Size { min: 0, max: 100 }, username_attribute_type)
}

pub(crate) fn username_configuration_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::UsernameConfigurationType> {
    let mut members = reading.object(node)?;
    let case_sensitive = reading.required(
        "CaseSensitive",
        members.take("CaseSensitive"),
        wrapped_boolean_type,
    );
    Some(shapes::UsernameConfigurationType {
        case_sensitive: case_sensitive?,
    })
}

static USERNAME_TYPE: StringRule = StringRule {
    length: Size { min: 1, max: 128 },
    pattern: Some(&USERNAME_TYPE_PATTERN),
};
static USERNAME_TYPE_PATTERN: Pattern = Pattern::new(r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+");

pub(crate) fn username_type(node: Node, reading: &mut Reading) -> Option<String> {
    reading.string(node, &USERNAME_TYPE)
}

pub(crate) fn verification_message_template_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::VerificationMessageTemplateType> {
    let mut members = reading.object(node)?;
    let sms_message = reading.optional(
        "SmsMessage",
        members.take("SmsMessage"),
        sms_verification_message_type,
    );
    let email_message = reading.optional(
        "EmailMessage",
        members.take("EmailMessage"),
        email_verification_message_type,
    );
    let email_subject = reading.optional(
        "EmailSubject",
        members.take("EmailSubject"),
        email_verification_subject_type,
    );
    let email_message_by_link = reading.optional(
        "EmailMessageByLink",
        members.take("EmailMessageByLink"),
        email_verification_message_by_link_type,
    );
    let email_subject_by_link = reading.optional(
        "EmailSubjectByLink",
        members.take("EmailSubjectByLink"),
        email_verification_subject_by_link_type,
    );
    let default_email_option = reading.optional(
        "DefaultEmailOption",
        members.take("DefaultEmailOption"),
        default_email_option_type,
    );
    Some(shapes::VerificationMessageTemplateType {
        sms_message,
        email_message,
        email_subject,
        email_message_by_link,
        email_subject_by_link,
        default_email_option,
    })
}

pub(crate) fn verified_attribute_type(
    node: Node,
    reading: &mut Reading,
) -> Option<shapes::VerifiedAttributeType> {
    reading.enumerated(node)
}

pub(crate) fn verified_attributes_list_type(
    node: Node,
    reading: &mut Reading,
) -> Option<Vec<shapes::VerifiedAttributeType>> {
    reading.list(node, Size { min: 0, max: 100 }, verified_attribute_type)
}

pub(crate) fn wrapped_boolean_type(node: Node, reading: &mut Reading) -> Option<bool> {
    reading.boolean(node)
}

pub(crate) fn wrapped_integer_type(node: Node, reading: &mut Reading) -> Option<i32> {
    reading.integer(
        node,
        Range {
            min: -2_147_483_648,
            max: 2_147_483_647,
        },
    )
}

/// Every pattern, for the test that they compile.
#[cfg(test)]
pub(crate) static PATTERNS: &[&Pattern] = &[
    &ACR_LEVEL_KEY_TYPE_PATTERN,
    &ACR_VALUE_TYPE_PATTERN,
    &ARN_TYPE_PATTERN,
    &ATTRIBUTE_NAME_TYPE_PATTERN,
    &CLIENT_ID_TYPE_PATTERN,
    &CLIENT_NAME_TYPE_PATTERN,
    &CLIENT_SECRET_TYPE_PATTERN,
    &CUSTOM_ATTRIBUTE_NAME_TYPE_PATTERN,
    &DEVICE_KEY_TYPE_PATTERN,
    &DOMAIN_TYPE_PATTERN,
    &EMAIL_ADDRESS_TYPE_PATTERN,
    &EMAIL_INVITE_MESSAGE_TYPE_PATTERN,
    &EMAIL_VERIFICATION_MESSAGE_BY_LINK_TYPE_PATTERN,
    &EMAIL_VERIFICATION_MESSAGE_TYPE_PATTERN,
    &EMAIL_VERIFICATION_SUBJECT_BY_LINK_TYPE_PATTERN,
    &EMAIL_VERIFICATION_SUBJECT_TYPE_PATTERN,
    &ENCRYPTION_KEY_ARN_TYPE_PATTERN,
    &GROUP_NAME_TYPE_PATTERN,
    &HEX_STRING_TYPE_PATTERN,
    &OPTIONAL_ARN_TYPE_PATTERN,
    &PAGINATION_KEY_PATTERN,
    &PAGINATION_KEY_TYPE_PATTERN,
    &PASSWORD_TYPE_PATTERN,
    &PROVIDER_NAME_TYPE_PATTERN,
    &REDIRECT_URL_TYPE_PATTERN,
    &RESOURCE_SERVER_IDENTIFIER_TYPE_PATTERN,
    &RESOURCE_SERVER_NAME_TYPE_PATTERN,
    &RESOURCE_SERVER_SCOPE_NAME_TYPE_PATTERN,
    &SES_CONFIGURATION_SET_PATTERN,
    &SCOPE_TYPE_PATTERN,
    &SEARCH_PAGINATION_TOKEN_TYPE_PATTERN,
    &SMS_INVITE_MESSAGE_TYPE_PATTERN,
    &SMS_VERIFICATION_MESSAGE_TYPE_PATTERN,
    &TOKEN_MODEL_TYPE_PATTERN,
    &USER_POOL_ID_TYPE_PATTERN,
    &USER_POOL_NAME_TYPE_PATTERN,
    &USERNAME_TYPE_PATTERN,
];
