//! `CreateRole`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::iam::Operation;
use crate::iam::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "CreateRole",
    is_signed: true,
    has_result: true,
    errors: ERRORS,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "LimitExceeded",
    "InvalidInput",
    "EntityAlreadyExists",
    "MalformedPolicyDocument",
    "ConcurrentModification",
    "ServiceFailure",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `Path`, optional: 1 to 512 characters, matching `(\u002F)|(\u002F[\u0021-\u007E]+\u002F)`.
    pub path: Option<String>,
    /// `RoleName`, required: 1 to 64 characters, matching `[\w+=,.@-]+`.
    pub role_name: String,
    /// `AssumeRolePolicyDocument`, required: 1 to 131072 characters, matching `[\u0009\u000A\u000D\u0020-\u00FF]+`.
    pub assume_role_policy_document: String,
    /// `Description`, optional: 0 to 1000 characters, matching `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*`.
    pub description: Option<String>,
    /// `MaxSessionDuration`, optional: 3600 to 43200.
    pub max_session_duration: Option<i32>,
    /// `PermissionsBoundary`, optional: 20 to 2048 characters.
    pub permissions_boundary: Option<String>,
    /// `Tags`, optional: 0 to 50 items of `Tag`.
    pub tags: Option<Vec<super::shapes::Tag>>,
}

/// What is answered.
#[derive(Debug, serde::Serialize)]
pub struct Output {
    /// `Role`, required.
    #[serde(rename = "Role")]
    pub role: super::shapes::Role,
}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::CreateRole;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let path = reading.optional("Path", source.body("Path"), super::readers::path_type);
        let role_name = reading.required(
            "RoleName",
            source.body("RoleName"),
            super::readers::role_name_type,
        );
        let assume_role_policy_document = reading.required(
            "AssumeRolePolicyDocument",
            source.body("AssumeRolePolicyDocument"),
            super::readers::policy_document_type,
        );
        let description = reading.optional(
            "Description",
            source.body("Description"),
            super::readers::role_description_type,
        );
        let max_session_duration = reading.optional(
            "MaxSessionDuration",
            source.body("MaxSessionDuration"),
            super::readers::role_max_session_duration_type,
        );
        let permissions_boundary = reading.optional(
            "PermissionsBoundary",
            source.body("PermissionsBoundary"),
            super::readers::arn_type,
        );
        let tags = reading.optional("Tags", source.body("Tags"), super::readers::tag_list_type);
        Some(Self {
            path,
            role_name: role_name?,
            assume_role_policy_document: assume_role_policy_document?,
            description,
            max_session_duration,
            permissions_boundary,
            tags,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::CreateRole;
}
