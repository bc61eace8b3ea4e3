//! Shapes that operations share: structures, unions and enums.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

/// The structure `AttachedPermissionsBoundary`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct AttachedPermissionsBoundary {
    /// `PermissionsBoundaryType`, optional.
    #[serde(
        rename = "PermissionsBoundaryType",
        skip_serializing_if = "Option::is_none"
    )]
    pub permissions_boundary_type: Option<PermissionsBoundaryAttachmentType>,
    /// `PermissionsBoundaryArn`, optional.
    #[serde(
        rename = "PermissionsBoundaryArn",
        skip_serializing_if = "Option::is_none"
    )]
    pub permissions_boundary_arn: Option<String>,
}

/// The structure `AttachedPolicy`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct AttachedPolicy {
    /// `PolicyName`, optional.
    #[serde(rename = "PolicyName", skip_serializing_if = "Option::is_none")]
    pub policy_name: Option<String>,
    /// `PolicyArn`, optional.
    #[serde(rename = "PolicyArn", skip_serializing_if = "Option::is_none")]
    pub policy_arn: Option<String>,
}

/// The enum `PermissionsBoundaryAttachmentType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum PermissionsBoundaryAttachmentType {
    /// `PermissionsBoundaryPolicy`.
    #[serde(rename = "PermissionsBoundaryPolicy")]
    PermissionsBoundaryPolicy,
}

impl PermissionsBoundaryAttachmentType {
    /// The value at the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PermissionsBoundaryPolicy => "PermissionsBoundaryPolicy",
        }
    }
}

/// The structure `Role`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Role {
    /// `Path`, required.
    #[serde(rename = "Path")]
    pub path: String,
    /// `RoleName`, required.
    #[serde(rename = "RoleName")]
    pub role_name: String,
    /// `RoleId`, required.
    #[serde(rename = "RoleId")]
    pub role_id: String,
    /// `Arn`, required.
    #[serde(rename = "Arn")]
    pub arn: String,
    /// `CreateDate`, required.
    #[serde(rename = "CreateDate")]
    pub create_date: crate::EpochMillis,
    /// `AssumeRolePolicyDocument`, optional.
    #[serde(
        rename = "AssumeRolePolicyDocument",
        skip_serializing_if = "Option::is_none"
    )]
    pub assume_role_policy_document: Option<String>,
    /// `Description`, optional.
    #[serde(rename = "Description", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `MaxSessionDuration`, optional.
    #[serde(rename = "MaxSessionDuration", skip_serializing_if = "Option::is_none")]
    pub max_session_duration: Option<i32>,
    /// `PermissionsBoundary`, optional.
    #[serde(
        rename = "PermissionsBoundary",
        skip_serializing_if = "Option::is_none"
    )]
    pub permissions_boundary: Option<AttachedPermissionsBoundary>,
    /// `Tags`, optional.
    #[serde(rename = "Tags", skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<Tag>>,
    /// `RoleLastUsed`, optional.
    #[serde(rename = "RoleLastUsed", skip_serializing_if = "Option::is_none")]
    pub role_last_used: Option<RoleLastUsed>,
    /// `SourceRoleTemplate`, optional.
    #[serde(rename = "SourceRoleTemplate", skip_serializing_if = "Option::is_none")]
    pub source_role_template: Option<SourceRoleTemplate>,
}

/// The structure `RoleLastUsed`.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct RoleLastUsed {
    /// `LastUsedDate`, optional.
    #[serde(rename = "LastUsedDate", skip_serializing_if = "Option::is_none")]
    pub last_used_date: Option<crate::EpochMillis>,
    /// `Region`, optional.
    #[serde(rename = "Region", skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

/// The structure `SourceRoleTemplate`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct SourceRoleTemplate {
    /// `TemplateArn`, required.
    #[serde(rename = "TemplateArn")]
    pub template_arn: String,
    /// `TemplateMinorVersion`, required.
    #[serde(rename = "TemplateMinorVersion")]
    pub template_minor_version: i32,
}

/// The structure `Tag`.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Tag {
    /// `Key`, required.
    #[serde(rename = "Key")]
    pub key: String,
    /// `Value`, required.
    #[serde(rename = "Value")]
    pub value: String,
}
