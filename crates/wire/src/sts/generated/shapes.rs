//! Shapes that operations share: structures, unions and enums.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

/// The structure `AssumedRoleUser`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct AssumedRoleUser {
    /// `AssumedRoleId`, required.
    #[serde(rename = "AssumedRoleId")]
    pub assumed_role_id: String,
    /// `Arn`, required.
    #[serde(rename = "Arn")]
    pub arn: String,
}

/// The structure `Credentials`.
#[derive(Debug, serde::Serialize)]
pub struct Credentials {
    /// `AccessKeyId`, required.
    #[serde(rename = "AccessKeyId")]
    pub access_key_id: String,
    /// `SecretAccessKey`, required.
    #[serde(rename = "SecretAccessKey")]
    pub secret_access_key: crate::Revealed,
    /// `SessionToken`, required.
    #[serde(rename = "SessionToken")]
    pub session_token: String,
    /// `Expiration`, required.
    #[serde(rename = "Expiration")]
    pub expiration: crate::EpochMillis,
}

/// The structure `PolicyDescriptorType`.
#[derive(Clone, Debug)]
pub struct PolicyDescriptorType {
    /// `arn`, optional: 20 to 2048 characters, matching `[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+`.
    pub arn: Option<String>,
}

/// The structure `ProvidedContext`.
#[derive(Clone, Debug)]
pub struct ProvidedContext {
    /// `ProviderArn`, optional: 20 to 2048 characters, matching `[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+`.
    pub provider_arn: Option<String>,
    /// `ContextAssertion`, optional: 4 to 2048 characters.
    pub context_assertion: Option<String>,
}

/// The structure `Tag`.
#[derive(Clone, Debug)]
pub struct Tag {
    /// `Key`, required: 1 to 128 characters, matching `[^\x00]+`.
    pub key: String,
    /// `Value`, required: 0 to 256 characters, matching `[^\x00]*`.
    pub value: String,
}
