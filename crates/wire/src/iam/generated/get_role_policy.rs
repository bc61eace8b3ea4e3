//! `GetRolePolicy`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::iam::Operation;
use crate::iam::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "GetRolePolicy",
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
    /// `PolicyName`, required: 1 to 128 characters, matching `[\w+=,.@-]+`.
    pub policy_name: String,
}

/// What is answered.
#[derive(Debug, serde::Serialize)]
pub struct Output {
    /// `RoleName`, required.
    #[serde(rename = "RoleName")]
    pub role_name: String,
    /// `PolicyName`, required.
    #[serde(rename = "PolicyName")]
    pub policy_name: String,
    /// `PolicyDocument`, required.
    #[serde(rename = "PolicyDocument")]
    pub policy_document: String,
}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::GetRolePolicy;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let role_name = reading.required(
            "RoleName",
            source.body("RoleName"),
            super::readers::role_name_type,
        );
        let policy_name = reading.required(
            "PolicyName",
            source.body("PolicyName"),
            super::readers::policy_name_type,
        );
        Some(Self {
            role_name: role_name?,
            policy_name: policy_name?,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::GetRolePolicy;
}
