//! `GetResourceOauth2Token`: `POST /identities/oauth2/token`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::Operation;
use crate::input::Source;
use crate::operation::{Plane, Spec};
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "GetResourceOauth2Token",
    plane: Plane::Data,
    method: "POST",
    uri: "/identities/oauth2/token",
    status: 200,
    errors: ERRORS,
    body_bytes_max: 1_048_576,
    is_read_only: false,
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
    /// `workloadIdentityToken`, required: 1 to 131072 characters.
    pub workload_identity_token: crate::Sensitive,
    /// `resourceCredentialProviderName`, required: 1 to 128 characters, matching `[a-zA-Z0-9\-_]+`.
    pub resource_credential_provider_name: String,
    /// `scopes`, required: 0 to 100 items of `ScopeType`.
    pub scopes: Vec<String>,
    /// `oauth2Flow`, required: one of the values of `Oauth2FlowType`.
    pub oauth2_flow: super::shapes::Oauth2FlowType,
    /// `sessionUri`, optional: 1 to 1024 characters, matching `urn:ietf:params:oauth:request_uri:[a-zA-Z0-9-._~]+`.
    pub session_uri: Option<String>,
    /// `resourceOauth2ReturnUrl`, optional: 1 to 2048 characters, matching `\w+:(\/?\/?)[^\s]+`.
    pub resource_oauth2_return_url: Option<String>,
    /// `forceAuthentication`, optional: `Boolean`.
    pub force_authentication: Option<bool>,
    /// `customParameters`, optional: 0 to 100 entries, `CustomRequestKeyType` to `CustomRequestValueType`.
    pub custom_parameters: Option<std::collections::BTreeMap<String, crate::Sensitive>>,
    /// `customState`, optional: 1 to 4096 characters.
    pub custom_state: Option<crate::Sensitive>,
    /// `resources`, optional: 0 to 100 items of `ResourceType`.
    pub resources: Option<Vec<String>>,
    /// `audiences`, optional: 0 to 100 items of `AudienceType`.
    pub audiences: Option<Vec<String>>,
}

/// What is answered.
#[derive(Debug, serde::Serialize)]
pub struct Output {
    /// `authorizationUrl`, optional.
    #[serde(rename = "authorizationUrl", skip_serializing_if = "Option::is_none")]
    pub authorization_url: Option<crate::Revealed>,
    /// `accessToken`, optional.
    #[serde(rename = "accessToken", skip_serializing_if = "Option::is_none")]
    pub access_token: Option<crate::Revealed>,
    /// `sessionUri`, optional.
    #[serde(rename = "sessionUri", skip_serializing_if = "Option::is_none")]
    pub session_uri: Option<String>,
    /// `sessionStatus`, optional.
    #[serde(rename = "sessionStatus", skip_serializing_if = "Option::is_none")]
    pub session_status: Option<super::shapes::SessionStatus>,
}

impl crate::Input for Input {
    const OPERATION: Operation = Operation::GetResourceOauth2Token;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let workload_identity_token = reading.required(
            "workloadIdentityToken",
            source.body("workloadIdentityToken"),
            super::readers::workload_identity_token_type,
        );
        let resource_credential_provider_name = reading.required(
            "resourceCredentialProviderName",
            source.body("resourceCredentialProviderName"),
            super::readers::credential_provider_name,
        );
        let scopes = reading.required(
            "scopes",
            source.body("scopes"),
            super::readers::scopes_list_type,
        );
        let oauth2_flow = reading.required(
            "oauth2Flow",
            source.body("oauth2Flow"),
            super::readers::oauth2_flow_type,
        );
        let session_uri = reading.optional(
            "sessionUri",
            source.body("sessionUri"),
            super::readers::request_uri,
        );
        let resource_oauth2_return_url = reading.optional(
            "resourceOauth2ReturnUrl",
            source.body("resourceOauth2ReturnUrl"),
            super::readers::resource_oauth2_return_url_type,
        );
        let force_authentication = reading.optional(
            "forceAuthentication",
            source.body("forceAuthentication"),
            super::readers::boolean,
        );
        let custom_parameters = reading.optional(
            "customParameters",
            source.body("customParameters"),
            super::readers::custom_request_parameters_type,
        );
        let custom_state = reading.optional(
            "customState",
            source.body("customState"),
            super::readers::state,
        );
        let resources = reading.optional(
            "resources",
            source.body("resources"),
            super::readers::resources_list_type,
        );
        let audiences = reading.optional(
            "audiences",
            source.body("audiences"),
            super::readers::audiences_list_type,
        );
        Some(Self {
            workload_identity_token: workload_identity_token?,
            resource_credential_provider_name: resource_credential_provider_name?,
            scopes: scopes?,
            oauth2_flow: oauth2_flow?,
            session_uri,
            resource_oauth2_return_url,
            force_authentication,
            custom_parameters,
            custom_state,
            resources,
            audiences,
        })
    }
}

impl crate::Output for Output {
    const OPERATION: Operation = Operation::GetResourceOauth2Token;
}
