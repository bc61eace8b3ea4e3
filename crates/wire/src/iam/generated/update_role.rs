//! `UpdateRole`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::iam::Operation;
use crate::iam::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "UpdateRole",
    is_signed: true,
    has_result: true,
    errors: ERRORS,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &["UnmodifiableEntity", "NoSuchEntity", "ServiceFailure"];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `RoleName`, required: 1 to 64 characters, matching `[\w+=,.@-]+`.
    pub role_name: String,
    /// `Description`, optional: 0 to 1000 characters, matching `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*`.
    pub description: Option<String>,
    /// `MaxSessionDuration`, optional: 3600 to 43200.
    pub max_session_duration: Option<i32>,
}

/// What is answered.
#[derive(Debug, Default, serde::Serialize)]
pub struct Output {}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::UpdateRole;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let role_name = reading.required(
            "RoleName",
            source.body("RoleName"),
            super::readers::role_name_type,
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
        Some(Self {
            role_name: role_name?,
            description,
            max_session_duration,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::UpdateRole;
}
