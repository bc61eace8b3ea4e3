//! Shapes that operations share: structures, unions and enums.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

/// The structure `ApiKeyCredentialProviderItem`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ApiKeyCredentialProviderItem {
    /// `name`, required.
    #[serde(rename = "name")]
    pub name: String,
    /// `credentialProviderArn`, required.
    #[serde(rename = "credentialProviderArn")]
    pub credential_provider_arn: String,
    /// `createdTime`, required.
    #[serde(rename = "createdTime")]
    pub created_time: crate::EpochMillis,
    /// `lastUpdatedTime`, required.
    #[serde(rename = "lastUpdatedTime")]
    pub last_updated_time: crate::EpochMillis,
}

/// The enum `KeyType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum KeyType {
    /// `CustomerManagedKey`.
    #[serde(rename = "CustomerManagedKey")]
    CustomerManagedKey,
    /// `ServiceManagedKey`.
    #[serde(rename = "ServiceManagedKey")]
    ServiceManagedKey,
}

impl KeyType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CustomerManagedKey => "CustomerManagedKey",
            Self::ServiceManagedKey => "ServiceManagedKey",
        }
    }
}

/// The structure `KmsConfiguration`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct KmsConfiguration {
    /// `keyType`, required.
    #[serde(rename = "keyType")]
    pub key_type: KeyType,
    /// `kmsKeyArn`, optional.
    #[serde(rename = "kmsKeyArn", skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<String>,
}

/// The structure `Secret`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Secret {
    /// `secretArn`, required.
    #[serde(rename = "secretArn")]
    pub secret_arn: String,
}

/// The structure `SecretReference`.
#[derive(Clone, Debug)]
pub struct SecretReference {
    /// `secretId`, required: 1 to 2048 characters.
    pub secret_id: String,
    /// `jsonKey`, required: 1 to 128 characters.
    pub json_key: String,
}

/// The enum `SecretSourceType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum SecretSourceType {
    /// `MANAGED`.
    #[serde(rename = "MANAGED")]
    Managed,
    /// `EXTERNAL`.
    #[serde(rename = "EXTERNAL")]
    External,
}

impl SecretSourceType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Managed => "MANAGED",
            Self::External => "EXTERNAL",
        }
    }
}

impl crate::constraint::Enumerated for SecretSourceType {
    const VALUES: &'static [&'static str] = &["MANAGED", "EXTERNAL"];

    fn from_wire(text: &str) -> Option<Self> {
        match text {
            "MANAGED" => Some(Self::Managed),
            "EXTERNAL" => Some(Self::External),
            _ => None,
        }
    }
}

/// The structure `ValidationException`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ValidationException {
    /// `message`, required.
    #[serde(rename = "message")]
    pub message: String,
    /// `reason`, required.
    #[serde(rename = "reason")]
    pub reason: ValidationExceptionReason,
    /// `fieldList`, optional.
    #[serde(rename = "fieldList", skip_serializing_if = "Option::is_none")]
    pub field_list: Option<Vec<ValidationExceptionField>>,
}

/// The structure `ValidationExceptionField`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ValidationExceptionField {
    /// `name`, required.
    #[serde(rename = "name")]
    pub name: String,
    /// `message`, required.
    #[serde(rename = "message")]
    pub message: String,
}

/// The enum `ValidationExceptionReason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum ValidationExceptionReason {
    /// `CannotParse`.
    #[serde(rename = "CannotParse")]
    CannotParse,
    /// `FieldValidationFailed`.
    #[serde(rename = "FieldValidationFailed")]
    FieldValidationFailed,
    /// `IdempotentParameterMismatchException`.
    #[serde(rename = "IdempotentParameterMismatchException")]
    IdempotentParameterMismatchException,
    /// `EventInOtherSession`.
    #[serde(rename = "EventInOtherSession")]
    EventInOtherSession,
    /// `ResourceConflict`.
    #[serde(rename = "ResourceConflict")]
    ResourceConflict,
}

impl ValidationExceptionReason {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CannotParse => "CannotParse",
            Self::FieldValidationFailed => "FieldValidationFailed",
            Self::IdempotentParameterMismatchException => "IdempotentParameterMismatchException",
            Self::EventInOtherSession => "EventInOtherSession",
            Self::ResourceConflict => "ResourceConflict",
        }
    }
}

/// The structure `WorkloadIdentityType`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct WorkloadIdentityType {
    /// `name`, required.
    #[serde(rename = "name")]
    pub name: String,
    /// `workloadIdentityArn`, required.
    #[serde(rename = "workloadIdentityArn")]
    pub workload_identity_arn: String,
}
