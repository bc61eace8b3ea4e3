//! `CreateUserPoolDomain`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::cognito::Operation;
use crate::cognito::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "CreateUserPoolDomain",
    is_signed: true,
    errors: ERRORS,
    body_bytes_max: 8_192,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "InvalidParameterException",
    "NotAuthorizedException",
    "ConcurrentModificationException",
    "ResourceNotFoundException",
    "LimitExceededException",
    "InternalErrorException",
    "OperationNotEnabledException",
    "FeatureUnavailableInTierException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `Domain`, required: 1 to 63 characters, matching `^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$`.
    pub domain: String,
    /// `UserPoolId`, required: 1 to 55 characters, matching `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// `ManagedLoginVersion`, optional: -2147483648 to 2147483647.
    pub managed_login_version: Option<i32>,
    /// `CustomDomainConfig`, optional: `CustomDomainConfigType`.
    pub custom_domain_config: Option<super::shapes::CustomDomainConfigType>,
    /// `Routing`, optional: `RoutingType`.
    pub routing: Option<super::shapes::RoutingType>,
}

/// What is answered.
#[derive(Debug, Default, serde::Serialize)]
pub struct Output {
    /// `ManagedLoginVersion`, optional.
    #[serde(
        rename = "ManagedLoginVersion",
        skip_serializing_if = "Option::is_none"
    )]
    pub managed_login_version: Option<i32>,
    /// `CloudFrontDomain`, optional.
    #[serde(rename = "CloudFrontDomain", skip_serializing_if = "Option::is_none")]
    pub cloud_front_domain: Option<String>,
    /// `Routing`, optional.
    #[serde(rename = "Routing", skip_serializing_if = "Option::is_none")]
    pub routing: Option<super::shapes::RoutingType>,
}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::CreateUserPoolDomain;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let domain = reading.required("Domain", source.body("Domain"), super::readers::domain_type);
        let user_pool_id = reading.required(
            "UserPoolId",
            source.body("UserPoolId"),
            super::readers::user_pool_id_type,
        );
        let managed_login_version = reading.optional(
            "ManagedLoginVersion",
            source.body("ManagedLoginVersion"),
            super::readers::wrapped_integer_type,
        );
        let custom_domain_config = reading.optional(
            "CustomDomainConfig",
            source.body("CustomDomainConfig"),
            super::readers::custom_domain_config_type,
        );
        let routing = reading.optional(
            "Routing",
            source.body("Routing"),
            super::readers::routing_type,
        );
        Some(Self {
            domain: domain?,
            user_pool_id: user_pool_id?,
            managed_login_version,
            custom_domain_config,
            routing,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::CreateUserPoolDomain;
}
