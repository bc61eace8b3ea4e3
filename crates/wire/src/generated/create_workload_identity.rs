//! `CreateWorkloadIdentity`: `POST /identities/CreateWorkloadIdentity`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::Operation;
use crate::input::Source;
use crate::operation::{Plane, Spec};
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "CreateWorkloadIdentity",
    plane: Plane::Control,
    method: "POST",
    uri: "/identities/CreateWorkloadIdentity",
    status: 201,
    errors: ERRORS,
    body_bytes_max: 450_560,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "UnauthorizedException",
    "ValidationException",
    "AccessDeniedException",
    "ConflictException",
    "ResourceNotFoundException",
    "ThrottlingException",
    "InternalServerException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `name`, required: 3 to 255 characters, matching `[A-Za-z0-9_.-]+`.
    pub name: String,
    /// `allowedResourceOauth2ReturnUrls`, optional: 0 to 100 items of `ResourceOauth2ReturnUrlType`.
    pub allowed_resource_oauth2_return_urls: Option<Vec<String>>,
    /// `tags`, optional: 0 to 50 entries, `TagKey` to `TagValue`.
    pub tags: Option<std::collections::BTreeMap<String, String>>,
}

/// What is answered.
#[derive(Debug, serde::Serialize)]
pub struct Output {
    /// `name`, required.
    #[serde(rename = "name")]
    pub name: String,
    /// `workloadIdentityArn`, required.
    #[serde(rename = "workloadIdentityArn")]
    pub workload_identity_arn: String,
    /// `allowedResourceOauth2ReturnUrls`, optional.
    #[serde(
        rename = "allowedResourceOauth2ReturnUrls",
        skip_serializing_if = "Option::is_none"
    )]
    pub allowed_resource_oauth2_return_urls: Option<Vec<String>>,
}

impl crate::Input for Input {
    const OPERATION: Operation = Operation::CreateWorkloadIdentity;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let name = reading.required(
            "name",
            source.body("name"),
            super::readers::workload_identity_name_type,
        );
        let allowed_resource_oauth2_return_urls = reading.optional(
            "allowedResourceOauth2ReturnUrls",
            source.body("allowedResourceOauth2ReturnUrls"),
            super::readers::resource_oauth2_return_url_list_type,
        );
        let tags = reading.optional("tags", source.body("tags"), super::readers::tags_map);
        Some(Self {
            name: name?,
            allowed_resource_oauth2_return_urls,
            tags,
        })
    }
}

impl crate::Output for Output {
    const OPERATION: Operation = Operation::CreateWorkloadIdentity;
}
