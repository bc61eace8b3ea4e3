//! `AssumeRoleWithWebIdentity`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::input::Source;
use crate::reading::Reading;
use crate::sts::Operation;
use crate::sts::Spec;

pub(crate) const SPEC: Spec = Spec {
    name: "AssumeRoleWithWebIdentity",
    is_signed: false,
    has_result: true,
    errors: ERRORS,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "MalformedPolicyDocument",
    "PackedPolicyTooLarge",
    "IDPRejectedClaim",
    "IDPCommunicationError",
    "InvalidIdentityToken",
    "ExpiredTokenException",
    "RegionDisabledException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `RoleArn`, required: 20 to 2048 characters, matching `[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+`.
    pub role_arn: String,
    /// `RoleSessionName`, required: 2 to 64 characters, matching `[\w+=,.@-]*`.
    pub role_session_name: String,
    /// `WebIdentityToken`, required: 4 to 20000 characters.
    pub web_identity_token: crate::Sensitive,
    /// `ProviderId`, optional: 4 to 2048 characters.
    pub provider_id: Option<String>,
    /// `PolicyArns`, optional: 0 to 100 items of `PolicyDescriptorType`.
    pub policy_arns: Option<Vec<super::shapes::PolicyDescriptorType>>,
    /// `Policy`, optional: 1 to 2048 characters, matching `[\u0009\u000A\u000D\u0020-\u00FF]+`.
    pub policy: Option<String>,
    /// `DurationSeconds`, optional: 900 to 43200.
    pub duration_seconds: Option<i32>,
    /// `MinimumSessionTokenSize`, optional: 0 to 4096.
    pub minimum_session_token_size: Option<i32>,
}

/// What is answered.
#[derive(Debug, Default, serde::Serialize)]
pub struct Output {
    /// `Credentials`, optional.
    #[serde(rename = "Credentials", skip_serializing_if = "Option::is_none")]
    pub credentials: Option<super::shapes::Credentials>,
    /// `SubjectFromWebIdentityToken`, optional.
    #[serde(
        rename = "SubjectFromWebIdentityToken",
        skip_serializing_if = "Option::is_none"
    )]
    pub subject_from_web_identity_token: Option<String>,
    /// `AssumedRoleUser`, optional.
    #[serde(rename = "AssumedRoleUser", skip_serializing_if = "Option::is_none")]
    pub assumed_role_user: Option<super::shapes::AssumedRoleUser>,
    /// `PackedPolicySize`, optional.
    #[serde(rename = "PackedPolicySize", skip_serializing_if = "Option::is_none")]
    pub packed_policy_size: Option<i32>,
    /// `Provider`, optional.
    #[serde(rename = "Provider", skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// `Audience`, optional.
    #[serde(rename = "Audience", skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// `SourceIdentity`, optional.
    #[serde(rename = "SourceIdentity", skip_serializing_if = "Option::is_none")]
    pub source_identity: Option<String>,
    /// `SessionTokenUtilization`, optional.
    #[serde(
        rename = "SessionTokenUtilization",
        skip_serializing_if = "Option::is_none"
    )]
    pub session_token_utilization: Option<i32>,
    /// `SessionTokenSize`, optional.
    #[serde(rename = "SessionTokenSize", skip_serializing_if = "Option::is_none")]
    pub session_token_size: Option<i32>,
}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::AssumeRoleWithWebIdentity;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let role_arn =
            reading.required("RoleArn", source.body("RoleArn"), super::readers::arn_type);
        let role_session_name = reading.required(
            "RoleSessionName",
            source.body("RoleSessionName"),
            super::readers::role_session_name_type,
        );
        let web_identity_token = reading.required(
            "WebIdentityToken",
            source.body("WebIdentityToken"),
            super::readers::client_token_type,
        );
        let provider_id = reading.optional(
            "ProviderId",
            source.body("ProviderId"),
            super::readers::url_type,
        );
        let policy_arns = reading.optional(
            "PolicyArns",
            source.body("PolicyArns"),
            super::readers::policy_descriptor_list_type,
        );
        let policy = reading.optional(
            "Policy",
            source.body("Policy"),
            super::readers::session_policy_document_type,
        );
        let duration_seconds = reading.optional(
            "DurationSeconds",
            source.body("DurationSeconds"),
            super::readers::role_duration_seconds_type,
        );
        let minimum_session_token_size = reading.optional(
            "MinimumSessionTokenSize",
            source.body("MinimumSessionTokenSize"),
            super::readers::minimum_session_token_size_type,
        );
        Some(Self {
            role_arn: role_arn?,
            role_session_name: role_session_name?,
            web_identity_token: web_identity_token?,
            provider_id,
            policy_arns,
            policy,
            duration_seconds,
            minimum_session_token_size,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::AssumeRoleWithWebIdentity;
}
