//! The operations that we have.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::operation::Spec;

/// An operation that we have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `CreateWorkloadIdentity`.
    CreateWorkloadIdentity,
    /// `GetWorkloadIdentity`.
    GetWorkloadIdentity,
    /// `UpdateWorkloadIdentity`.
    UpdateWorkloadIdentity,
    /// `DeleteWorkloadIdentity`.
    DeleteWorkloadIdentity,
    /// `ListWorkloadIdentities`.
    ListWorkloadIdentities,
    /// `CreateApiKeyCredentialProvider`.
    CreateApiKeyCredentialProvider,
    /// `GetApiKeyCredentialProvider`.
    GetApiKeyCredentialProvider,
    /// `UpdateApiKeyCredentialProvider`.
    UpdateApiKeyCredentialProvider,
    /// `DeleteApiKeyCredentialProvider`.
    DeleteApiKeyCredentialProvider,
    /// `ListApiKeyCredentialProviders`.
    ListApiKeyCredentialProviders,
    /// `CreateOauth2CredentialProvider`.
    CreateOauth2CredentialProvider,
    /// `GetOauth2CredentialProvider`.
    GetOauth2CredentialProvider,
    /// `UpdateOauth2CredentialProvider`.
    UpdateOauth2CredentialProvider,
    /// `DeleteOauth2CredentialProvider`.
    DeleteOauth2CredentialProvider,
    /// `ListOauth2CredentialProviders`.
    ListOauth2CredentialProviders,
    /// `TagResource`.
    TagResource,
    /// `UntagResource`.
    UntagResource,
    /// `ListTagsForResource`.
    ListTagsForResource,
    /// `GetTokenVault`.
    GetTokenVault,
    /// `GetWorkloadAccessToken`.
    GetWorkloadAccessToken,
    /// `GetWorkloadAccessTokenForUserId`.
    GetWorkloadAccessTokenForUserId,
    /// `GetWorkloadAccessTokenForJWT`.
    GetWorkloadAccessTokenForJWT,
    /// `GetResourceApiKey`.
    GetResourceApiKey,
    /// `GetResourceOauth2Token`.
    GetResourceOauth2Token,
    /// `CompleteResourceTokenAuth`.
    CompleteResourceTokenAuth,
}

impl Operation {
    /// Every operation that we have.
    pub const ALL: &'static [Self] = &[
        Self::CreateWorkloadIdentity,
        Self::GetWorkloadIdentity,
        Self::UpdateWorkloadIdentity,
        Self::DeleteWorkloadIdentity,
        Self::ListWorkloadIdentities,
        Self::CreateApiKeyCredentialProvider,
        Self::GetApiKeyCredentialProvider,
        Self::UpdateApiKeyCredentialProvider,
        Self::DeleteApiKeyCredentialProvider,
        Self::ListApiKeyCredentialProviders,
        Self::CreateOauth2CredentialProvider,
        Self::GetOauth2CredentialProvider,
        Self::UpdateOauth2CredentialProvider,
        Self::DeleteOauth2CredentialProvider,
        Self::ListOauth2CredentialProviders,
        Self::TagResource,
        Self::UntagResource,
        Self::ListTagsForResource,
        Self::GetTokenVault,
        Self::GetWorkloadAccessToken,
        Self::GetWorkloadAccessTokenForUserId,
        Self::GetWorkloadAccessTokenForJWT,
        Self::GetResourceApiKey,
        Self::GetResourceOauth2Token,
        Self::CompleteResourceTokenAuth,
    ];

    pub(crate) fn spec(self) -> &'static Spec {
        match self {
            Self::CreateWorkloadIdentity => &super::create_workload_identity::SPEC,
            Self::GetWorkloadIdentity => &super::get_workload_identity::SPEC,
            Self::UpdateWorkloadIdentity => &super::update_workload_identity::SPEC,
            Self::DeleteWorkloadIdentity => &super::delete_workload_identity::SPEC,
            Self::ListWorkloadIdentities => &super::list_workload_identities::SPEC,
            Self::CreateApiKeyCredentialProvider => {
                &super::create_api_key_credential_provider::SPEC
            }
            Self::GetApiKeyCredentialProvider => &super::get_api_key_credential_provider::SPEC,
            Self::UpdateApiKeyCredentialProvider => {
                &super::update_api_key_credential_provider::SPEC
            }
            Self::DeleteApiKeyCredentialProvider => {
                &super::delete_api_key_credential_provider::SPEC
            }
            Self::ListApiKeyCredentialProviders => &super::list_api_key_credential_providers::SPEC,
            Self::CreateOauth2CredentialProvider => &super::create_oauth2_credential_provider::SPEC,
            Self::GetOauth2CredentialProvider => &super::get_oauth2_credential_provider::SPEC,
            Self::UpdateOauth2CredentialProvider => &super::update_oauth2_credential_provider::SPEC,
            Self::DeleteOauth2CredentialProvider => &super::delete_oauth2_credential_provider::SPEC,
            Self::ListOauth2CredentialProviders => &super::list_oauth2_credential_providers::SPEC,
            Self::TagResource => &super::tag_resource::SPEC,
            Self::UntagResource => &super::untag_resource::SPEC,
            Self::ListTagsForResource => &super::list_tags_for_resource::SPEC,
            Self::GetTokenVault => &super::get_token_vault::SPEC,
            Self::GetWorkloadAccessToken => &super::get_workload_access_token::SPEC,
            Self::GetWorkloadAccessTokenForUserId => {
                &super::get_workload_access_token_for_user_id::SPEC
            }
            Self::GetWorkloadAccessTokenForJWT => &super::get_workload_access_token_for_jwt::SPEC,
            Self::GetResourceApiKey => &super::get_resource_api_key::SPEC,
            Self::GetResourceOauth2Token => &super::get_resource_oauth2_token::SPEC,
            Self::CompleteResourceTokenAuth => &super::complete_resource_token_auth::SPEC,
        }
    }
}
