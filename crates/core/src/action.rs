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
    /// Stop an agent, so that it gets nothing until it is resumed.
    SuspendAgent,
    /// Say who answers for an agent, and from when on it gets nothing.
    ChangeAgent,
    /// Let a stopped agent act again.
    ResumeAgent,
    /// Stop an agent for good.
    RetireAgent,
    /// Say which workloads are an agent, so that it needs no key of ours.
    TrustWorkload,
    /// Take that back.
    DistrustWorkload,
    /// List whom an agent trusts to be it.
    ListTrustedWorkloads,
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
    /// Make an OAuth 2 provider.
    CreateOauth2CredentialProvider,
    /// Read an OAuth 2 provider (never its client secret).
    GetOauth2CredentialProvider,
    /// Replace an OAuth 2 provider's configuration.
    UpdateOauth2CredentialProvider,
    /// Delete an OAuth 2 provider.
    DeleteOauth2CredentialProvider,
    /// List OAuth 2 providers.
    ListOauth2CredentialProviders,
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
    /// Ask for a workload access token for a user who is proved by a token of their own.
    GetWorkloadAccessTokenForJWT,
    /// Make of a workload access token one for an agent that is called, or a narrower one.
    DelegateToken,
    /// Present a workload access token to get an API key.
    GetResourceApiKey,
    /// Present a workload access token to get an access token of a resource.
    GetResourceOauth2Token,
    /// Say that a resource refused such a token, so that it is renewed.
    ReportUnauthorized,
    /// Release a provider's API key to the agent (asked of the agent and of the user).
    ReleaseApiKey,
    /// Release to the agent a token that the provider's client got for itself (asked of the agent
    /// and of the user).
    ReleaseMachineToken,
    /// Release to the agent a token that a provider gave for its user (asked of the agent and of the
    /// user).
    ReleaseUserToken,
    /// Release to the agent a token that a provider gave for its user's own token (asked of the agent
    /// and of the user, who has to be proved).
    ReleaseExchangedToken,
    /// Read what a session is for, to show it to the user who came back.
    DescribeAuthorizationSession,
    /// Say that the user who came back from a provider is the one who was sent there, by a token of
    /// the user's own.
    CompleteResourceTokenAuth,
    /// The same for a user whom the caller merely names.
    BindAssertedUser,
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
    /// Grant a provider's own credential to agents.
    CreateGrant,
    /// List grants.
    ListGrants,
    /// Take a grant back.
    RevokeGrant,
    /// List what providers gave for users to agents, never a token.
    ListConnections,
    /// Read one of these with the names of its user, never a token.
    GetConnection,
    /// Take one of these back, here and at its provider.
    RevokeConnection,
    /// Hold a user at a provider to the account that one of these has.
    PinConnection,
    /// Hold them to it no more.
    UnpinConnection,
    /// Make a key that signs client assertions.
    CreateSigningKey,
    /// List the keys that sign client assertions.
    ListSigningKeys,
    /// List the keys that sign the tokens of a directory of users.
    ListUserPoolKeys,
    /// Have another key take over.
    RotateUserPoolKey,
    /// Have one of them prove nothing any more.
    RevokeUserPoolKey,
    /// Say whose tokens prove a user.
    RegisterIssuer,
    /// List registered issuers.
    ListIssuers,
    /// Take an issuer's registration back.
    RemoveIssuer,
    /// List the policies of an account.
    ListAccountPolicies,
    /// Read one, and how it was before.
    GetAccountPolicy,
    /// Write one, have it count or have it logged only.
    PutAccountPolicy,
    /// Delete one.
    DeleteAccountPolicy,
    /// Make a directory of users who sign in here.
    CreateUserPool,
    /// Delete one with everything in it.
    DeleteUserPool,
    /// Make an application that signs its users in.
    CreateUserPoolClient,
    /// Read one, with its secret.
    DescribeUserPoolClient,
    /// Delete one.
    DeleteUserPoolClient,
    /// Make a user.
    AdminCreateUser,
    /// Give a user another password.
    AdminSetUserPassword,
    /// Let a user sign in again.
    AdminEnableUser,
    /// Let a user sign in no more.
    AdminDisableUser,
    /// Delete a user.
    AdminDeleteUser,
    /// End all sign-ins of a user.
    AdminUserGlobalSignOut,
    /// Make a group of users.
    CreateGroup,
    /// Say something else of one.
    UpdateGroup,
    /// Delete one.
    DeleteGroup,
    /// Put a user into one.
    AdminAddUserToGroup,
    /// Take a user out of one.
    AdminRemoveUserFromGroup,
    /// Say something else of one.
    UpdateUserPool,
    /// Set an application of one to something else.
    UpdateUserPoolClient,
    /// Say what scopes a resource has, for the applications of one.
    CreateResourceServer,
    /// Say something else of them.
    UpdateResourceServer,
    /// Take them back.
    DeleteResourceServer,
    /// Give one another address.
    CreateUserPoolDomain,
    /// Take that back.
    DeleteUserPoolDomain,
    /// Read a directory of users.
    DescribeUserPool,
    /// List them.
    ListUserPools,
    /// List the applications of one.
    ListUserPoolClients,
    /// Read a user.
    AdminGetUser,
    /// List users.
    ListUsers,
    /// Read a group of users.
    GetGroup,
    /// List them.
    ListGroups,
    /// List those that a user is in.
    AdminListGroupsForUser,
    /// List who is in one.
    ListUsersInGroup,
    /// Read what scopes a resource has.
    DescribeResourceServer,
    /// List the resources of a directory of users.
    ListResourceServers,
    /// Read whose address one is.
    DescribeUserPoolDomain,
    /// Make a role.
    CreateRole,
    /// Delete one.
    DeleteRole,
    /// Say whom one trusts.
    UpdateAssumeRolePolicy,
    /// Give a role what a managed policy has.
    AttachRolePolicy,
    /// Take that back.
    DetachRolePolicy,
    /// Read a role.
    GetRole,
    /// List roles.
    ListRoles,
    /// List what a role has.
    ListAttachedRolePolicies,
    /// List what was written into a role.
    ListRolePolicies,
    /// Change what a role is for and how long its sessions are.
    UpdateRole,
    /// Write a policy into a role.
    PutRolePolicy,
    /// Read one.
    GetRolePolicy,
    /// Take one out of it.
    DeleteRolePolicy,
    /// Put a role on. Whom it trusts is asked of the role.
    AssumeRole,
    /// Learn who one is.
    GetCallerIdentity,
    /// Get a token of ours that says to others who one is.
    GetWebIdentityToken,
    /// Read audit records.
    ReadAudit,
    /// Export audit records with their proof.
    ExportAudit,
    /// Read which encryption keys there are and what they wrap, never a key.
    ReadVaultKeys,
    /// Replace the root key, keys of accounts or the token key.
    RotateKeys,
    /// Write everything that is stored into a file.
    CreateBackup,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 121] = [
        Self::CreateWorkloadIdentity,
        Self::GetWorkloadIdentity,
        Self::UpdateWorkloadIdentity,
        Self::DeleteWorkloadIdentity,
        Self::ListWorkloadIdentities,
        Self::SuspendAgent,
        Self::ChangeAgent,
        Self::ResumeAgent,
        Self::RetireAgent,
        Self::TrustWorkload,
        Self::DistrustWorkload,
        Self::ListTrustedWorkloads,
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
        Self::DelegateToken,
        Self::GetResourceApiKey,
        Self::GetResourceOauth2Token,
        Self::ReportUnauthorized,
        Self::ReleaseApiKey,
        Self::ReleaseMachineToken,
        Self::ReleaseUserToken,
        Self::ReleaseExchangedToken,
        Self::DescribeAuthorizationSession,
        Self::CompleteResourceTokenAuth,
        Self::BindAssertedUser,
        Self::CreateAccount,
        Self::ListAccounts,
        Self::CreateAccessKey,
        Self::ListAccessKeys,
        Self::RevokeAccessKey,
        Self::CreateGrant,
        Self::ListGrants,
        Self::RevokeGrant,
        Self::ListConnections,
        Self::GetConnection,
        Self::RevokeConnection,
        Self::PinConnection,
        Self::UnpinConnection,
        Self::CreateSigningKey,
        Self::ListSigningKeys,
        Self::ListUserPoolKeys,
        Self::RotateUserPoolKey,
        Self::RevokeUserPoolKey,
        Self::RegisterIssuer,
        Self::ListIssuers,
        Self::RemoveIssuer,
        Self::ListAccountPolicies,
        Self::GetAccountPolicy,
        Self::PutAccountPolicy,
        Self::DeleteAccountPolicy,
        Self::CreateUserPool,
        Self::DeleteUserPool,
        Self::CreateUserPoolClient,
        Self::DescribeUserPoolClient,
        Self::DeleteUserPoolClient,
        Self::AdminCreateUser,
        Self::AdminSetUserPassword,
        Self::AdminEnableUser,
        Self::AdminDisableUser,
        Self::AdminDeleteUser,
        Self::AdminUserGlobalSignOut,
        Self::CreateGroup,
        Self::UpdateGroup,
        Self::DeleteGroup,
        Self::AdminAddUserToGroup,
        Self::AdminRemoveUserFromGroup,
        Self::UpdateUserPool,
        Self::UpdateUserPoolClient,
        Self::CreateResourceServer,
        Self::UpdateResourceServer,
        Self::DeleteResourceServer,
        Self::CreateUserPoolDomain,
        Self::DeleteUserPoolDomain,
        Self::DescribeUserPool,
        Self::ListUserPools,
        Self::ListUserPoolClients,
        Self::AdminGetUser,
        Self::ListUsers,
        Self::GetGroup,
        Self::ListGroups,
        Self::AdminListGroupsForUser,
        Self::ListUsersInGroup,
        Self::DescribeResourceServer,
        Self::ListResourceServers,
        Self::DescribeUserPoolDomain,
        Self::CreateRole,
        Self::DeleteRole,
        Self::UpdateAssumeRolePolicy,
        Self::AttachRolePolicy,
        Self::DetachRolePolicy,
        Self::GetRole,
        Self::ListRoles,
        Self::ListAttachedRolePolicies,
        Self::ListRolePolicies,
        Self::UpdateRole,
        Self::PutRolePolicy,
        Self::GetRolePolicy,
        Self::DeleteRolePolicy,
        Self::AssumeRole,
        Self::GetCallerIdentity,
        Self::GetWebIdentityToken,
        Self::ReadAudit,
        Self::ExportAudit,
        Self::ReadVaultKeys,
        Self::RotateKeys,
        Self::CreateBackup,
    ];

    /// Its name: in policies, records and errors. The API's own names where it has one.
    #[rustfmt::skip]
    #[expect(clippy::too_many_lines, reason = "it is a table")]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CreateWorkloadIdentity => "CreateWorkloadIdentity",
            Self::GetWorkloadIdentity => "GetWorkloadIdentity",
            Self::UpdateWorkloadIdentity => "UpdateWorkloadIdentity",
            Self::DeleteWorkloadIdentity => "DeleteWorkloadIdentity",
            Self::ListWorkloadIdentities => "ListWorkloadIdentities",
            Self::SuspendAgent => "SuspendAgent",
            Self::ChangeAgent => "ChangeAgent",
            Self::ResumeAgent => "ResumeAgent",
            Self::RetireAgent => "RetireAgent",
            Self::TrustWorkload => "TrustWorkload",
            Self::DistrustWorkload => "DistrustWorkload",
            Self::ListTrustedWorkloads => "ListTrustedWorkloads",
            Self::CreateApiKeyCredentialProvider => "CreateApiKeyCredentialProvider",
            Self::GetApiKeyCredentialProvider => "GetApiKeyCredentialProvider",
            Self::UpdateApiKeyCredentialProvider => "UpdateApiKeyCredentialProvider",
            Self::DeleteApiKeyCredentialProvider => "DeleteApiKeyCredentialProvider",
            Self::ListApiKeyCredentialProviders => "ListApiKeyCredentialProviders",
            Self::CreateOauth2CredentialProvider => "CreateOauth2CredentialProvider",
            Self::GetOauth2CredentialProvider => "GetOauth2CredentialProvider",
            Self::UpdateOauth2CredentialProvider => "UpdateOauth2CredentialProvider",
            Self::DeleteOauth2CredentialProvider => "DeleteOauth2CredentialProvider",
            Self::ListOauth2CredentialProviders => "ListOauth2CredentialProviders",
            Self::TagResource => "TagResource", Self::UntagResource => "UntagResource",
            Self::ListTagsForResource => "ListTagsForResource",
            Self::GetTokenVault => "GetTokenVault",
            Self::GetWorkloadAccessToken => "GetWorkloadAccessToken",
            Self::GetWorkloadAccessTokenForUserId => "GetWorkloadAccessTokenForUserId",
            Self::GetWorkloadAccessTokenForJWT => "GetWorkloadAccessTokenForJWT",
            Self::DelegateToken => "DelegateToken",
            Self::GetResourceApiKey => "GetResourceApiKey",
            Self::GetResourceOauth2Token => "GetResourceOauth2Token",
            Self::ReportUnauthorized => "ReportUnauthorized",
            Self::ReleaseApiKey => "ReleaseApiKey",
            Self::ReleaseMachineToken => "ReleaseMachineToken",
            Self::ReleaseUserToken => "ReleaseUserToken",
            Self::ReleaseExchangedToken => "ReleaseExchangedToken",
            Self::DescribeAuthorizationSession => "DescribeAuthorizationSession",
            Self::CompleteResourceTokenAuth => "CompleteResourceTokenAuth",
            Self::BindAssertedUser => "BindAssertedUser",
            Self::CreateAccount => "CreateAccount", Self::ListAccounts => "ListAccounts",
            Self::CreateAccessKey => "CreateAccessKey",
            Self::ListAccessKeys => "ListAccessKeys",
            Self::RevokeAccessKey => "RevokeAccessKey",
            Self::CreateGrant => "CreateGrant", Self::ListGrants => "ListGrants",
            Self::RevokeGrant => "RevokeGrant",
            Self::ListConnections => "ListConnections",
            Self::GetConnection => "GetConnection",
            Self::RevokeConnection => "RevokeConnection",
            Self::PinConnection => "PinConnection",
            Self::UnpinConnection => "UnpinConnection",
            Self::CreateSigningKey => "CreateSigningKey",
            Self::ListSigningKeys => "ListSigningKeys",
            Self::ListUserPoolKeys => "ListUserPoolKeys",
            Self::RotateUserPoolKey => "RotateUserPoolKey",
            Self::RevokeUserPoolKey => "RevokeUserPoolKey",
            Self::RegisterIssuer => "RegisterIssuer",
            Self::ListIssuers => "ListIssuers",
            Self::RemoveIssuer => "RemoveIssuer",
            Self::ListAccountPolicies => "ListAccountPolicies",
            Self::GetAccountPolicy => "GetAccountPolicy",
            Self::PutAccountPolicy => "PutAccountPolicy",
            Self::DeleteAccountPolicy => "DeleteAccountPolicy",
            Self::CreateUserPool => "CreateUserPool",
            Self::DeleteUserPool => "DeleteUserPool",
            Self::CreateUserPoolClient => "CreateUserPoolClient",
            Self::DescribeUserPoolClient => "DescribeUserPoolClient",
            Self::DeleteUserPoolClient => "DeleteUserPoolClient",
            Self::AdminCreateUser => "AdminCreateUser",
            Self::AdminSetUserPassword => "AdminSetUserPassword",
            Self::AdminEnableUser => "AdminEnableUser",
            Self::AdminDisableUser => "AdminDisableUser",
            Self::AdminDeleteUser => "AdminDeleteUser",
            Self::AdminUserGlobalSignOut => "AdminUserGlobalSignOut",
            Self::CreateGroup => "CreateGroup", Self::UpdateGroup => "UpdateGroup",
            Self::DeleteGroup => "DeleteGroup",
            Self::AdminAddUserToGroup => "AdminAddUserToGroup",
            Self::AdminRemoveUserFromGroup => "AdminRemoveUserFromGroup",
            Self::UpdateUserPool => "UpdateUserPool",
            Self::UpdateUserPoolClient => "UpdateUserPoolClient",
            Self::CreateResourceServer => "CreateResourceServer",
            Self::UpdateResourceServer => "UpdateResourceServer",
            Self::DeleteResourceServer => "DeleteResourceServer",
            Self::CreateUserPoolDomain => "CreateUserPoolDomain",
            Self::DeleteUserPoolDomain => "DeleteUserPoolDomain",
            Self::DescribeUserPool => "DescribeUserPool",
            Self::ListUserPools => "ListUserPools",
            Self::ListUserPoolClients => "ListUserPoolClients",
            Self::AdminGetUser => "AdminGetUser",
            Self::ListUsers => "ListUsers",
            Self::GetGroup => "GetGroup",
            Self::ListGroups => "ListGroups",
            Self::AdminListGroupsForUser => "AdminListGroupsForUser",
            Self::ListUsersInGroup => "ListUsersInGroup",
            Self::DescribeResourceServer => "DescribeResourceServer",
            Self::ListResourceServers => "ListResourceServers",
            Self::DescribeUserPoolDomain => "DescribeUserPoolDomain",
            Self::CreateRole => "CreateRole", Self::DeleteRole => "DeleteRole",
            Self::UpdateAssumeRolePolicy => "UpdateAssumeRolePolicy",
            Self::AttachRolePolicy => "AttachRolePolicy",
            Self::DetachRolePolicy => "DetachRolePolicy",
            Self::GetRole => "GetRole", Self::ListRoles => "ListRoles",
            Self::ListAttachedRolePolicies => "ListAttachedRolePolicies",
            Self::ListRolePolicies => "ListRolePolicies",
            Self::UpdateRole => "UpdateRole",
            Self::PutRolePolicy => "PutRolePolicy",
            Self::GetRolePolicy => "GetRolePolicy",
            Self::DeleteRolePolicy => "DeleteRolePolicy",
            Self::AssumeRole => "AssumeRole",
            Self::GetCallerIdentity => "GetCallerIdentity",
            Self::GetWebIdentityToken => "GetWebIdentityToken",
            Self::ReadAudit => "ReadAudit",
            Self::ExportAudit => "ExportAudit",
            Self::ReadVaultKeys => "ReadVaultKeys",
            Self::RotateKeys => "RotateKeys",
            Self::CreateBackup => "CreateBackup",
        }
    }
}
