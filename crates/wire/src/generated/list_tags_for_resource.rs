//! `ListTagsForResource`: `GET /tags/{resourceArn}`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::Operation;
use crate::input::Source;
use crate::operation::{Plane, Spec};
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "ListTagsForResource",
    plane: Plane::Control,
    method: "GET",
    uri: "/tags/{resourceArn}",
    status: 200,
    errors: ERRORS,
    body_bytes_max: 4_096,
    is_read_only: true,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "ValidationException",
    "AccessDeniedException",
    "ResourceNotFoundException",
    "ThrottlingException",
    "InternalServerException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `resourceArn`, required: 20 to 1011 characters, matching `arn:(?:[^:]+)?:bedrock-agentcore:[a-z0-9-]+:[0-9]{12}:([a-z0-9-]+/[^/]+)(?:/[a-z0-9-]+/[^/]+)*`.
    pub resource_arn: String,
}

/// What is answered.
#[derive(Debug, serde::Serialize)]
pub struct Output {
    /// `tags`, optional.
    #[serde(rename = "tags", skip_serializing_if = "Option::is_none")]
    pub tags: Option<std::collections::BTreeMap<String, String>>,
}

impl crate::Input for Input {
    const OPERATION: Operation = Operation::ListTagsForResource;
    const READS_BODY: bool = false;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let resource_arn = reading.required(
            "resourceArn",
            source.label("resourceArn"),
            super::readers::taggable_resources_arn,
        );
        Some(Self {
            resource_arn: resource_arn?,
        })
    }
}

impl crate::Output for Output {
    const OPERATION: Operation = Operation::ListTagsForResource;
}
