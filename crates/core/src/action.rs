//! Everything that can be decided on: the actions of the policy language.

/// An action. API operations are actions of the caller who signed; minting and using are actions
/// of the agent and of its user.
///
/// The baseline lists who may do each; `procura-authority` matches on this exhaustively, so that
/// an action without a row does not compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Make an agent.
    CreateWorkloadIdentity,
    /// Read an agent.
    GetWorkloadIdentity,
    /// Change an agent.
    UpdateWorkloadIdentity,
    /// Delete an agent.
    DeleteWorkloadIdentity,
    /// List agents.
    ListWorkloadIdentities,
    /// Make an API-key provider.
    CreateApiKeyCredentialProvider,
    /// Read an API-key provider (never its key).
    GetApiKeyCredentialProvider,
    /// Replace an API-key provider's key.
    UpdateApiKeyCredentialProvider,
    /// Delete an API-key provider.
    DeleteApiKeyCredentialProvider,
    /// List API-key providers.
    ListApiKeyCredentialProviders,
    /// Add tags.
    TagResource,
    /// Remove tags.
    UntagResource,
    /// Read tags.
    ListTagsForResource,
    /// Read the vault's settings.
    GetTokenVault,
    /// Ask for a workload access token without a user: an action of its own.
    GetWorkloadAccessToken,
    /// Ask for a workload access token for an asserted user.
    GetWorkloadAccessTokenForUserId,
    /// Present a workload access token to get an API key.
    GetResourceApiKey,
    /// Release a provider's API key to the agent (asked of the agent and of the user).
    ReleaseApiKey,
    /// Make an account.
    CreateAccount,
    /// List accounts.
    ListAccounts,
    /// Make an access key.
    CreateAccessKey,
    /// List access keys.
    ListAccessKeys,
    /// Revoke an access key.
    RevokeAccessKey,
    /// Read audit records.
    ReadAudit,
    /// Export audit records with their proof.
    ExportAudit,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 25] = [
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
        Self::TagResource,
        Self::UntagResource,
        Self::ListTagsForResource,
        Self::GetTokenVault,
        Self::GetWorkloadAccessToken,
        Self::GetWorkloadAccessTokenForUserId,
        Self::GetResourceApiKey,
        Self::ReleaseApiKey,
        Self::CreateAccount,
        Self::ListAccounts,
        Self::CreateAccessKey,
        Self::ListAccessKeys,
        Self::RevokeAccessKey,
        Self::ReadAudit,
        Self::ExportAudit,
    ];

    /// Its name: in policies, records and errors. The API's own names where it has one.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CreateWorkloadIdentity => "CreateWorkloadIdentity",
            Self::GetWorkloadIdentity => "GetWorkloadIdentity",
            Self::UpdateWorkloadIdentity => "UpdateWorkloadIdentity",
            Self::DeleteWorkloadIdentity => "DeleteWorkloadIdentity",
            Self::ListWorkloadIdentities => "ListWorkloadIdentities",
            Self::CreateApiKeyCredentialProvider => "CreateApiKeyCredentialProvider",
            Self::GetApiKeyCredentialProvider => "GetApiKeyCredentialProvider",
            Self::UpdateApiKeyCredentialProvider => "UpdateApiKeyCredentialProvider",
            Self::DeleteApiKeyCredentialProvider => "DeleteApiKeyCredentialProvider",
            Self::ListApiKeyCredentialProviders => "ListApiKeyCredentialProviders",
            Self::TagResource => "TagResource",
            Self::UntagResource => "UntagResource",
            Self::ListTagsForResource => "ListTagsForResource",
            Self::GetTokenVault => "GetTokenVault",
            Self::GetWorkloadAccessToken => "GetWorkloadAccessToken",
            Self::GetWorkloadAccessTokenForUserId => "GetWorkloadAccessTokenForUserId",
            Self::GetResourceApiKey => "GetResourceApiKey",
            Self::ReleaseApiKey => "ReleaseApiKey",
            Self::CreateAccount => "CreateAccount",
            Self::ListAccounts => "ListAccounts",
            Self::CreateAccessKey => "CreateAccessKey",
            Self::ListAccessKeys => "ListAccessKeys",
            Self::RevokeAccessKey => "RevokeAccessKey",
            Self::ReadAudit => "ReadAudit",
            Self::ExportAudit => "ExportAudit",
        }
    }
}
