//! `UpdateResourceServer`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::cognito::Operation;
use crate::cognito::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "UpdateResourceServer",
    is_signed: true,
    errors: ERRORS,
    body_bytes_max: 114_688,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "InvalidParameterException",
    "ResourceNotFoundException",
    "NotAuthorizedException",
    "TooManyRequestsException",
    "OperationNotEnabledException",
    "InternalErrorException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `UserPoolId`, required: 1 to 55 characters, matching `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// `Identifier`, required: 1 to 256 characters, matching `[\x21\x23-\x5B\x5D-\x7E]+`.
    pub identifier: String,
    /// `Name`, required: 1 to 256 characters, matching `[\w\s+=,.@-]+`.
    pub name: String,
    /// `Scopes`, optional: 0 to 100 items of `ResourceServerScopeType`.
    pub scopes: Option<Vec<super::shapes::ResourceServerScopeType>>,
}

/// What is answered.
#[derive(Debug, serde::Serialize)]
pub struct Output {
    /// `ResourceServer`, required.
    #[serde(rename = "ResourceServer")]
    pub resource_server: super::shapes::ResourceServerType,
}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::UpdateResourceServer;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let user_pool_id = reading.required(
            "UserPoolId",
            source.body("UserPoolId"),
            super::readers::user_pool_id_type,
        );
        let identifier = reading.required(
            "Identifier",
            source.body("Identifier"),
            super::readers::resource_server_identifier_type,
        );
        let name = reading.required(
            "Name",
            source.body("Name"),
            super::readers::resource_server_name_type,
        );
        let scopes = reading.optional(
            "Scopes",
            source.body("Scopes"),
            super::readers::resource_server_scope_list_type,
        );
        Some(Self {
            user_pool_id: user_pool_id?,
            identifier: identifier?,
            name: name?,
            scopes,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::UpdateResourceServer;
}
