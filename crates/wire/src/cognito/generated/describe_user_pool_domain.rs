//! `DescribeUserPoolDomain`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::cognito::Operation;
use crate::cognito::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "DescribeUserPoolDomain",
    is_signed: true,
    errors: ERRORS,
    body_bytes_max: 4_096,
    is_read_only: true,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "NotAuthorizedException",
    "InvalidParameterException",
    "ResourceNotFoundException",
    "OperationNotEnabledException",
    "InternalErrorException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `Domain`, required: 1 to 63 characters, matching `^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$`.
    pub domain: String,
}

/// What is answered.
#[derive(Debug, Default, serde::Serialize)]
pub struct Output {
    /// `DomainDescription`, optional.
    #[serde(rename = "DomainDescription", skip_serializing_if = "Option::is_none")]
    pub domain_description: Option<super::shapes::DomainDescriptionType>,
}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::DescribeUserPoolDomain;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let domain = reading.required("Domain", source.body("Domain"), super::readers::domain_type);
        Some(Self { domain: domain? })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::DescribeUserPoolDomain;
}
