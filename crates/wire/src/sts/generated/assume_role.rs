//! `AssumeRole`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::input::Source;
use crate::reading::Reading;
use crate::sts::Operation;
use crate::sts::Spec;

pub(crate) const SPEC: Spec = Spec {
    name: "AssumeRole",
    is_signed: true,
    has_result: true,
    errors: ERRORS,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "MalformedPolicyDocument",
    "PackedPolicyTooLarge",
    "RegionDisabledException",
    "ExpiredTokenException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `RoleArn`, required: 20 to 2048 characters, matching `[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+`.
    pub role_arn: String,
    /// `RoleSessionName`, required: 2 to 64 characters, matching `[\w+=,.@-]*`.
    pub role_session_name: String,
    /// `PolicyArns`, optional: 0 to 100 items of `PolicyDescriptorType`.
    pub policy_arns: Option<Vec<super::shapes::PolicyDescriptorType>>,
    /// `Policy`, optional: 1 to 2048 characters, matching `[\u0009\u000A\u000D\u0020-\u00FF]+`.
    pub policy: Option<String>,
    /// `DurationSeconds`, optional: 900 to 43200.
    pub duration_seconds: Option<i32>,
    /// `Tags`, optional: 0 to 50 items of `Tag`.
    pub tags: Option<Vec<super::shapes::Tag>>,
    /// `TransitiveTagKeys`, optional: 0 to 50 items of `tagKeyType`.
    pub transitive_tag_keys: Option<Vec<String>>,
    /// `ExternalId`, optional: 2 to 1224 characters, matching `[\w+=,.@:\/-]*`.
    pub external_id: Option<String>,
    /// `SerialNumber`, optional: 9 to 256 characters, matching `[\w+=/:,.@-]*`.
    pub serial_number: Option<String>,
    /// `TokenCode`, optional: 6 to 6 characters, matching `[\d]*`.
    pub token_code: Option<String>,
    /// `SourceIdentity`, optional: 2 to 64 characters, matching `[\w+=,.@-]*`.
    pub source_identity: Option<String>,
    /// `ProvidedContexts`, optional: 1 to 5 items of `ProvidedContext`.
    pub provided_contexts: Option<Vec<super::shapes::ProvidedContext>>,
    /// `MinimumSessionTokenSize`, optional: 0 to 4096.
    pub minimum_session_token_size: Option<i32>,
}

/// What is answered.
#[derive(Debug, Default, serde::Serialize)]
pub struct Output {
    /// `Credentials`, optional.
    #[serde(rename = "Credentials", skip_serializing_if = "Option::is_none")]
    pub credentials: Option<super::shapes::Credentials>,
    /// `AssumedRoleUser`, optional.
    #[serde(rename = "AssumedRoleUser", skip_serializing_if = "Option::is_none")]
    pub assumed_role_user: Option<super::shapes::AssumedRoleUser>,
    /// `PackedPolicySize`, optional.
    #[serde(rename = "PackedPolicySize", skip_serializing_if = "Option::is_none")]
    pub packed_policy_size: Option<i32>,
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
    const OPERATION: Operation = Operation::AssumeRole;
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
        let policy_arns = reading.optional(
            "PolicyArns",
            source.body("PolicyArns"),
            super::readers::policy_descriptor_list_type,
        );
        let policy = reading.optional(
            "Policy",
            source.body("Policy"),
            super::readers::unrestricted_session_policy_document_type,
        );
        let duration_seconds = reading.optional(
            "DurationSeconds",
            source.body("DurationSeconds"),
            super::readers::role_duration_seconds_type,
        );
        let tags = reading.optional("Tags", source.body("Tags"), super::readers::tag_list_type);
        let transitive_tag_keys = reading.optional(
            "TransitiveTagKeys",
            source.body("TransitiveTagKeys"),
            super::readers::tag_key_list_type,
        );
        let external_id = reading.optional(
            "ExternalId",
            source.body("ExternalId"),
            super::readers::external_id_type,
        );
        let serial_number = reading.optional(
            "SerialNumber",
            source.body("SerialNumber"),
            super::readers::serial_number_type,
        );
        let token_code = reading.optional(
            "TokenCode",
            source.body("TokenCode"),
            super::readers::token_code_type,
        );
        let source_identity = reading.optional(
            "SourceIdentity",
            source.body("SourceIdentity"),
            super::readers::source_identity_type,
        );
        let provided_contexts = reading.optional(
            "ProvidedContexts",
            source.body("ProvidedContexts"),
            super::readers::provided_contexts_list_type,
        );
        let minimum_session_token_size = reading.optional(
            "MinimumSessionTokenSize",
            source.body("MinimumSessionTokenSize"),
            super::readers::minimum_session_token_size_type,
        );
        Some(Self {
            role_arn: role_arn?,
            role_session_name: role_session_name?,
            policy_arns,
            policy,
            duration_seconds,
            tags,
            transitive_tag_keys,
            external_id,
            serial_number,
            token_code,
            source_identity,
            provided_contexts,
            minimum_session_token_size,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::AssumeRole;
}
