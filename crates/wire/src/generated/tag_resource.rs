//! `TagResource`: `POST /tags/{resourceArn}`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::Operation;
use crate::input::Source;
use crate::operation::{Plane, Spec};
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "TagResource",
    plane: Plane::Control,
    method: "POST",
    uri: "/tags/{resourceArn}",
    status: 204,
    errors: ERRORS,
    body_bytes_max: 40_960,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "ServiceQuotaExceededException",
    "ValidationException",
    "AccessDeniedException",
    "ThrottlingException",
    "ResourceNotFoundException",
    "InternalServerException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `resourceArn`, required: 20 to 1011 characters, matching `arn:(?:[^:]+)?:bedrock-agentcore:[a-z0-9-]+:[0-9]{12}:([a-z0-9-]+/[^/]+)(?:/[a-z0-9-]+/[^/]+)*`.
    pub resource_arn: String,
    /// `tags`, required: 0 to 50 entries, `TagKey` to `TagValue`.
    pub tags: std::collections::BTreeMap<String, String>,
}

/// What is answered.
#[derive(Debug, serde::Serialize)]
pub struct Output {}

impl crate::Input for Input {
    const OPERATION: Operation = Operation::TagResource;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let resource_arn = reading.required(
            "resourceArn",
            source.label("resourceArn"),
            super::readers::taggable_resources_arn,
        );
        let tags = reading.required("tags", source.body("tags"), super::readers::tags_map);
        Some(Self {
            resource_arn: resource_arn?,
            tags: tags?,
        })
    }
}

impl crate::Output for Output {
    const OPERATION: Operation = Operation::TagResource;
}
