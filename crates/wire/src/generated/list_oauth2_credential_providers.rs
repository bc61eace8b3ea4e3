//! `ListOauth2CredentialProviders`: `POST /identities/ListOauth2CredentialProviders`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::Operation;
use crate::input::Source;
use crate::operation::{Plane, Spec};
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "ListOauth2CredentialProviders",
    plane: Plane::Control,
    method: "POST",
    uri: "/identities/ListOauth2CredentialProviders",
    status: 200,
    errors: ERRORS,
    body_bytes_max: 8_192,
    is_read_only: true,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "UnauthorizedException",
    "ValidationException",
    "AccessDeniedException",
    "ResourceNotFoundException",
    "ThrottlingException",
    "InternalServerException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `nextToken`, optional: 0 to 2048 characters.
    pub next_token: Option<String>,
    /// `maxResults`, optional: 1 to 20.
    pub max_results: Option<i32>,
}

/// What is answered.
#[derive(Debug, serde::Serialize)]
pub struct Output {
    /// `credentialProviders`, required.
    #[serde(rename = "credentialProviders")]
    pub credential_providers: Vec<super::shapes::Oauth2CredentialProviderItem>,
    /// `nextToken`, optional.
    #[serde(rename = "nextToken", skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

impl crate::Input for Input {
    const OPERATION: Operation = Operation::ListOauth2CredentialProviders;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let next_token = reading.optional(
            "nextToken",
            source.body("nextToken"),
            super::readers::string,
        );
        let max_results = reading.optional(
            "maxResults",
            source.body("maxResults"),
            super::readers::list_oauth2_credential_providers_request_max_results_integer,
        );
        Some(Self {
            next_token,
            max_results,
        })
    }
}

impl crate::Output for Output {
    const OPERATION: Operation = Operation::ListOauth2CredentialProviders;
}
