//! `UpdateUserPoolClient`.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::cognito::Operation;
use crate::cognito::Spec;
use crate::input::Source;
use crate::reading::Reading;

pub(crate) const SPEC: Spec = Spec {
    name: "UpdateUserPoolClient",
    is_signed: true,
    errors: ERRORS,
    body_bytes_max: 1_048_576,
    is_read_only: false,
};

/// The exceptions that it declares.
pub const ERRORS: &[&str] = &[
    "ResourceNotFoundException",
    "InvalidParameterException",
    "ConcurrentModificationException",
    "TooManyRequestsException",
    "NotAuthorizedException",
    "ScopeDoesNotExistException",
    "InvalidOAuthFlowException",
    "OperationNotEnabledException",
    "InternalErrorException",
    "FeatureUnavailableInTierException",
];

/// What is asked.
#[derive(Debug)]
pub struct Input {
    /// `UserPoolId`, required: 1 to 55 characters, matching `[\w-]+_[0-9a-zA-Z]+`.
    pub user_pool_id: String,
    /// `ClientId`, required: 1 to 128 characters, matching `[\w+]+`.
    pub client_id: String,
    /// `ClientName`, optional: 1 to 128 characters, matching `[\w\s+=,.@-]+`.
    pub client_name: Option<String>,
    /// `RefreshTokenValidity`, optional: 0 to 315360000.
    pub refresh_token_validity: Option<i32>,
    /// `AccessTokenValidity`, optional: 1 to 86400.
    pub access_token_validity: Option<i32>,
    /// `IdTokenValidity`, optional: 1 to 86400.
    pub id_token_validity: Option<i32>,
    /// `TokenValidityUnits`, optional: `TokenValidityUnitsType`.
    pub token_validity_units: Option<super::shapes::TokenValidityUnitsType>,
    /// `ReadAttributes`, optional: 0 to 100 items of `ClientPermissionType`.
    pub read_attributes: Option<Vec<String>>,
    /// `WriteAttributes`, optional: 0 to 100 items of `ClientPermissionType`.
    pub write_attributes: Option<Vec<String>>,
    /// `ExplicitAuthFlows`, optional: 0 to 100 items of `ExplicitAuthFlowsType`.
    pub explicit_auth_flows: Option<Vec<super::shapes::ExplicitAuthFlowsType>>,
    /// `SupportedIdentityProviders`, optional: 0 to 100 items of `ProviderNameType`.
    pub supported_identity_providers: Option<Vec<String>>,
    /// `CallbackURLs`, optional: 0 to 100 items of `RedirectUrlType`.
    pub callback_urls: Option<Vec<String>>,
    /// `LogoutURLs`, optional: 0 to 100 items of `RedirectUrlType`.
    pub logout_urls: Option<Vec<String>>,
    /// `DefaultRedirectURI`, optional: 1 to 1024 characters, matching `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`.
    pub default_redirect_uri: Option<String>,
    /// `AllowedOAuthFlows`, optional: 0 to 3 items of `OAuthFlowType`.
    pub allowed_oauth_flows: Option<Vec<super::shapes::OAuthFlowType>>,
    /// `AllowedOAuthScopes`, optional: 0 to 50 items of `ScopeType`.
    pub allowed_oauth_scopes: Option<Vec<String>>,
    /// `AllowedOAuthFlowsUserPoolClient`, optional: `BooleanType`.
    pub allowed_oauth_flows_user_pool_client: Option<bool>,
    /// `AnalyticsConfiguration`, optional: `AnalyticsConfigurationType`.
    pub analytics_configuration: Option<super::shapes::AnalyticsConfigurationType>,
    /// `PreventUserExistenceErrors`, optional: one of the values of `PreventUserExistenceErrorTypes`.
    pub prevent_user_existence_errors: Option<super::shapes::PreventUserExistenceErrorTypes>,
    /// `EnableTokenRevocation`, optional: `WrappedBooleanType`.
    pub enable_token_revocation: Option<bool>,
    /// `EnablePropagateAdditionalUserContextData`, optional: `WrappedBooleanType`.
    pub enable_propagate_additional_user_context_data: Option<bool>,
    /// `AuthSessionValidity`, optional: 3 to 15.
    pub auth_session_validity: Option<i32>,
    /// `RefreshTokenRotation`, optional: `RefreshTokenRotationType`.
    pub refresh_token_rotation: Option<super::shapes::RefreshTokenRotationType>,
}

/// What is answered.
#[derive(Debug, Default, serde::Serialize)]
pub struct Output {
    /// `UserPoolClient`, optional.
    #[serde(rename = "UserPoolClient", skip_serializing_if = "Option::is_none")]
    pub user_pool_client: Option<super::shapes::UserPoolClientType>,
}

impl crate::Input<Operation> for Input {
    const OPERATION: Operation = Operation::UpdateUserPoolClient;
    const READS_BODY: bool = true;
    type Output = Output;

    fn read(source: &mut Source<'_>, reading: &mut Reading) -> Option<Self> {
        let user_pool_id = reading.required(
            "UserPoolId",
            source.body("UserPoolId"),
            super::readers::user_pool_id_type,
        );
        let client_id = reading.required(
            "ClientId",
            source.body("ClientId"),
            super::readers::client_id_type,
        );
        let client_name = reading.optional(
            "ClientName",
            source.body("ClientName"),
            super::readers::client_name_type,
        );
        let refresh_token_validity = reading.optional(
            "RefreshTokenValidity",
            source.body("RefreshTokenValidity"),
            super::readers::refresh_token_validity_type,
        );
        let access_token_validity = reading.optional(
            "AccessTokenValidity",
            source.body("AccessTokenValidity"),
            super::readers::access_token_validity_type,
        );
        let id_token_validity = reading.optional(
            "IdTokenValidity",
            source.body("IdTokenValidity"),
            super::readers::id_token_validity_type,
        );
        let token_validity_units = reading.optional(
            "TokenValidityUnits",
            source.body("TokenValidityUnits"),
            super::readers::token_validity_units_type,
        );
        let read_attributes = reading.optional(
            "ReadAttributes",
            source.body("ReadAttributes"),
            super::readers::client_permission_list_type,
        );
        let write_attributes = reading.optional(
            "WriteAttributes",
            source.body("WriteAttributes"),
            super::readers::client_permission_list_type,
        );
        let explicit_auth_flows = reading.optional(
            "ExplicitAuthFlows",
            source.body("ExplicitAuthFlows"),
            super::readers::explicit_auth_flows_list_type,
        );
        let supported_identity_providers = reading.optional(
            "SupportedIdentityProviders",
            source.body("SupportedIdentityProviders"),
            super::readers::supported_identity_providers_list_type,
        );
        let callback_urls = reading.optional(
            "CallbackURLs",
            source.body("CallbackURLs"),
            super::readers::callback_urls_list_type,
        );
        let logout_urls = reading.optional(
            "LogoutURLs",
            source.body("LogoutURLs"),
            super::readers::logout_urls_list_type,
        );
        let default_redirect_uri = reading.optional(
            "DefaultRedirectURI",
            source.body("DefaultRedirectURI"),
            super::readers::redirect_url_type,
        );
        let allowed_oauth_flows = reading.optional(
            "AllowedOAuthFlows",
            source.body("AllowedOAuthFlows"),
            super::readers::oauth_flows_type,
        );
        let allowed_oauth_scopes = reading.optional(
            "AllowedOAuthScopes",
            source.body("AllowedOAuthScopes"),
            super::readers::scope_list_type,
        );
        let allowed_oauth_flows_user_pool_client = reading.optional(
            "AllowedOAuthFlowsUserPoolClient",
            source.body("AllowedOAuthFlowsUserPoolClient"),
            super::readers::boolean_type,
        );
        let analytics_configuration = reading.optional(
            "AnalyticsConfiguration",
            source.body("AnalyticsConfiguration"),
            super::readers::analytics_configuration_type,
        );
        let prevent_user_existence_errors = reading.optional(
            "PreventUserExistenceErrors",
            source.body("PreventUserExistenceErrors"),
            super::readers::prevent_user_existence_error_types,
        );
        let enable_token_revocation = reading.optional(
            "EnableTokenRevocation",
            source.body("EnableTokenRevocation"),
            super::readers::wrapped_boolean_type,
        );
        let enable_propagate_additional_user_context_data = reading.optional(
            "EnablePropagateAdditionalUserContextData",
            source.body("EnablePropagateAdditionalUserContextData"),
            super::readers::wrapped_boolean_type,
        );
        let auth_session_validity = reading.optional(
            "AuthSessionValidity",
            source.body("AuthSessionValidity"),
            super::readers::auth_session_validity_type,
        );
        let refresh_token_rotation = reading.optional(
            "RefreshTokenRotation",
            source.body("RefreshTokenRotation"),
            super::readers::refresh_token_rotation_type,
        );
        Some(Self {
            user_pool_id: user_pool_id?,
            client_id: client_id?,
            client_name,
            refresh_token_validity,
            access_token_validity,
            id_token_validity,
            token_validity_units,
            read_attributes,
            write_attributes,
            explicit_auth_flows,
            supported_identity_providers,
            callback_urls,
            logout_urls,
            default_redirect_uri,
            allowed_oauth_flows,
            allowed_oauth_scopes,
            allowed_oauth_flows_user_pool_client,
            analytics_configuration,
            prevent_user_existence_errors,
            enable_token_revocation,
            enable_propagate_additional_user_context_data,
            auth_session_validity,
            refresh_token_rotation,
        })
    }
}

impl crate::Output<Operation> for Output {
    const OPERATION: Operation = Operation::UpdateUserPoolClient;
}
