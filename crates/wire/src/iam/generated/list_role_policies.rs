//! `ListRolePolicies`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::iam::Operation;
use crate::iam::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "ListRolePolicies",
    is_signed: true,
    has_result: true,
    errors: ERRORS,
    is_read_only: true,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &["NoSuchEntity", "ServiceFailure"];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `RoleName`, required: 1 to 64 characters, matching `[\w+=,.@-]+`.
    pub role_name: String,
    /// `Marker`, optional: 1 to 320 characters, matching `[\u0020-\u00FF]+`.
    pub marker: Option<String>,
    /// `MaxItems`, optional: 1 to 1000.
    pub max_items: Option<i32>,
}

/// What is answered.
#[derive(Debug, serde::Serialize)]
pub struct Output {
    /// `PolicyNames`, required.
    #[serde(rename = "PolicyNames")]
    pub policy_names: Vec<String>,
    /// `IsTruncated`, optional.
    #[serde(rename = "IsTruncated", skip_serializing_if = "Option::is_none")]
    pub is_truncated: Option<bool>,
    /// `Marker`, optional.
    #[serde(rename = "Marker", skip_serializing_if = "Option::is_none")]
    pub marker: Option<String>,
}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::ListRolePolicies;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let role_name = reading.required(
            "RoleName",
            source.body("RoleName"),
            super::readers::role_name_type,
        );
        let marker = reading.optional("Marker", source.body("Marker"), super::readers::marker_type);
        let max_items = reading.optional(
            "MaxItems",
            source.body("MaxItems"),
            super::readers::max_items_type,
        );
        Some(Self {
            role_name: role_name?,
            marker,
            max_items,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::ListRolePolicies;
}
