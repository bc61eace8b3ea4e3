//! `UntagResource`: `DELETE /tags/{resourceArn}`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::Operation;
use crate::input::Source;
use crate::operation::{Plane, Spec};
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "UntagResource",
    plane: Plane::Control,
    method: "DELETE",
    uri: "/tags/{resourceArn}",
    status: 204,
    errors: ERRORS,
    body_bytes_max: 4_096,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
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
    /// `tagKeys`, required: 0 to 200 items of `TagKey`.
    pub tag_keys: Vec<String>,
}

/// What is answered.
#[derive(Debug, serde::Serialize)]
pub struct Output {}

impl crate::Input for Input {
    const OPERATION: Operation = Operation::UntagResource;
    const READS_BODY: bool = false;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let resource_arn = reading.required(
            "resourceArn",
            source.label("resourceArn"),
            super::readers::taggable_resources_arn,
        );
        let tag_keys = reading.required(
            "tagKeys",
            source.query_list("tagKeys"),
            super::readers::tag_key_list,
        );
        Some(Self {
            resource_arn: resource_arn?,
            tag_keys: tag_keys?,
        })
    }
}

impl crate::Output for Output {
    const OPERATION: Operation = Operation::UntagResource;
}
