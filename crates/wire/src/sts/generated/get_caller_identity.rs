//! `GetCallerIdentity`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::input::Source;
use crate::reading::Reading;
use crate::sts::Operation;
use crate::sts::Spec;

pub(crate) const SPEC: Spec = Spec {
    name: "GetCallerIdentity",
    is_signed: true,
    has_result: true,
    errors: ERRORS,
    is_read_only: true,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[];

/// What is asked.
#[derive(Debug)]
pub struct Input {}

/// What is answered.
#[derive(Debug, Default, serde::Serialize)]
pub struct Output {
    /// `UserId`, optional.
    #[serde(rename = "UserId", skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// `Account`, optional.
    #[serde(rename = "Account", skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// `Arn`, optional.
    #[serde(rename = "Arn", skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::GetCallerIdentity;
    const READS_BODY: bool = false;
    type Output = Output;

    fn read(_source: &mut Source<'_>, _reading: &mut Reading) -> Option<Self> {
        Some(Self {})
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::GetCallerIdentity;
}
