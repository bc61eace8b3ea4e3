//! `ListRoles`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::iam::Operation;
use crate::iam::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "ListRoles",
    is_signed: true,
    has_result: true,
    errors: ERRORS,
    is_read_only: true,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &["ServiceFailure"];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `PathPrefix`, optional: 1 to 512 characters, matching `\u002F[\u0021-\u007F]*`.
    pub path_prefix: Option<String>,
    /// `Marker`, optional: 1 to 320 characters, matching `[\u0020-\u00FF]+`.
    pub marker: Option<String>,
    /// `MaxItems`, optional: 1 to 1000.
    pub max_items: Option<i32>,
}

/// What is answered.
#[derive(Debug, serde::Serialize)]
pub struct Output {
    /// `Roles`, required.
    #[serde(rename = "Roles")]
    pub roles: Vec<super::shapes::Role>,
    /// `IsTruncated`, optional.
    #[serde(rename = "IsTruncated", skip_serializing_if = "Option::is_none")]
    pub is_truncated: Option<bool>,
    /// `Marker`, optional.
    #[serde(rename = "Marker", skip_serializing_if = "Option::is_none")]
    pub marker: Option<String>,
}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::ListRoles;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let path_prefix = reading.optional(
            "PathPrefix",
            source.body("PathPrefix"),
            super::readers::path_prefix_type,
        );
        let marker = reading.optional("Marker", source.body("Marker"), super::readers::marker_type);
        let max_items = reading.optional(
            "MaxItems",
            source.body("MaxItems"),
            super::readers::max_items_type,
        );
        Some(Self {
            path_prefix,
            marker,
            max_items,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::ListRoles;
}
