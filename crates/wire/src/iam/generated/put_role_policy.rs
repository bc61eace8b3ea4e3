//! `PutRolePolicy`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::iam::Operation;
use crate::iam::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "PutRolePolicy",
    is_signed: true,
    has_result: false,
    errors: ERRORS,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "LimitExceeded",
    "MalformedPolicyDocument",
    "NoSuchEntity",
    "UnmodifiableEntity",
    "ServiceFailure",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `RoleName`, required: 1 to 64 characters, matching `[\w+=,.@-]+`.
    pub role_name: String,
    /// `PolicyName`, required: 1 to 128 characters, matching `[\w+=,.@-]+`.
    pub policy_name: String,
    /// `PolicyDocument`, required: 1 to 131072 characters, matching `[\u0009\u000A\u000D\u0020-\u00FF]+`.
    pub policy_document: String,
}

/// What is answered.
#[derive(Debug, Default, serde::Serialize)]
pub struct Output {}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::PutRolePolicy;
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
        let policy_document = reading.required(
            "PolicyDocument",
            source.body("PolicyDocument"),
            super::readers::policy_document_type,
        );
        Some(Self {
            role_name: role_name?,
            policy_name: policy_name?,
            policy_document: policy_document?,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::PutRolePolicy;
}
