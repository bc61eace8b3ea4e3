//! `GetRole`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::iam::Operation;
use crate::iam::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "GetRole",
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
}

/// What is answered.
#[derive(Debug, serde::Serialize)]
pub struct Output {
    /// `Role`, required.
    #[serde(rename = "Role")]
    pub role: super::shapes::Role,
}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::GetRole;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let role_name = reading.required(
            "RoleName",
            source.body("RoleName"),
            super::readers::role_name_type,
        );
        Some(Self {
            role_name: role_name?,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::GetRole;
}
