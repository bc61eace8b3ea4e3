//! Who may call what, as a table in Rust.
//!
//! It says the same as the policies, and a test holds the two together: whoever adds an action must
//! write down here who may do it, or the crate does not compile.

use procura_core::access_key::Role;
use procura_core::action::Action;

use crate::rules::Rules;

/// One who can call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// A holder of an access key with this role, in its own account.
    Role(Role),
    /// An agent that proves itself, about itself.
    Agent,
    /// The operator, in every account.
    Operator,
}

impl Who {
    /// Everyone.
    pub const ALL: [Self; 8] = [
        ADMIN,
        AGENT_HOST,
        BINDING,
        AUDITOR,
        POOL_ADMIN,
        POOL_READER,
        Self::Agent,
        Self::Operator,
    ];

    /// The word for it: in policies an id of `Procura::Role`, but for the agent, which has none.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Role(role) => role.as_str(),
            Self::Agent => "agent",
            Self::Operator => "operator",
        }
    }
}

const ADMIN: Who = Who::Role(Role::Admin);
const AGENT_HOST: Who = Who::Role(Role::AgentHost);
const BINDING: Who = Who::Role(Role::Binding);
const AUDITOR: Who = Who::Role(Role::Auditor);
const POOL_ADMIN: Who = Who::Role(Role::PoolAdmin);
const POOL_READER: Who = Who::Role(Role::PoolReader);
const ANY_CALLER: &[Who] = &[
    ADMIN,
    AGENT_HOST,
    BINDING,
    AUDITOR,
    POOL_ADMIN,
    POOL_READER,
    Who::Agent,
];
const ADMINISTRATORS: &[Who] = &[ADMIN, Who::Operator];
const OVERSEERS: &[Who] = &[ADMIN, AUDITOR, Who::Operator];
const READERS: &[Who] = &[ADMIN, AGENT_HOST, AUDITOR];
const READERS_OF_AGENTS: &[Who] = &[ADMIN, AGENT_HOST, AUDITOR, Who::Operator];
const READERS_OF_AN_AGENT: &[Who] = &[ADMIN, AGENT_HOST, AUDITOR, Who::Agent, Who::Operator];
const POOL_READERS: &[Who] = &[ADMIN, AUDITOR, POOL_ADMIN, POOL_READER];

/// What policies name instead of single actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Make, change, delete agents.
    ManageAgents,
    /// Suspend and resume agents.
    StopAgents,
    /// Say which workloads are an agent.
    ManageTrust,
    /// Read and list agents.
    ReadAgents,
    /// Make, change, delete credential providers.
    ManageProviders,
    /// Read and list credential providers, never their credentials.
    ReadProviders,
    /// Change tags.
    ManageTags,
    /// Read tags.
    ReadTags,
    /// Read the settings of token vaults.
    ReadVaults,
    /// Get tokens for agents.
    MintTokens,
    /// Ask for credentials, with an agent's token.
    UseCredentials,
    /// Let a credential out: asked of agents and users, never of callers.
    ReleaseCredentials,
    /// Read what a session is for, and say who came back from a provider.
    BindSessions,
    /// Read the audit records.
    ReadRecords,
    /// Make, list, revoke access keys; make and list signing keys; list, rotate, revoke those of pools.
    ManageKeys,
    /// Say whose tokens prove a user.
    ManageIssuers,
    /// Write the policies of an account.
    ManagePolicies,
    /// Grant providers' own credentials to agents.
    ManageGrants,
    /// Read and list what providers gave for users, never a token.
    ReadConnections,
    /// Take back what providers gave for users.
    ManageConnections,
    /// Make, change, delete directories of users, their applications and their users.
    ManagePools,
    /// Read and list these.
    ReadPools,
    /// Make and delete roles, say whom they trust, give them policies.
    ManageRoles,
    /// Read and list these.
    ReadRoles,
    /// Put a role on.
    AssumeRoles,
    /// Learn who one is.
    ReadIdentity,
    /// Prove to others who one is.
    ProveIdentity,
    /// Make and list accounts.
    ManageDeployment,
    /// Rotate encryption keys, and take backups.
    ManageVault,
}

impl Group {
    /// Its name in policies.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ManageAgents => "ManageAgents",
            Self::StopAgents => "StopAgents",
            Self::ManageTrust => "ManageTrust",
            Self::ReadAgents => "ReadAgents",
            Self::ManageProviders => "ManageProviders",
            Self::ReadProviders => "ReadProviders",
            Self::ManageTags => "ManageTags",
            Self::ReadTags => "ReadTags",
            Self::ReadVaults => "ReadVaults",
            Self::MintTokens => "MintTokens",
            Self::UseCredentials => "UseCredentials",
            Self::ReleaseCredentials => "ReleaseCredentials",
            Self::BindSessions => "BindSessions",
            Self::ReadRecords => "ReadRecords",
            Self::ManageKeys => "ManageKeys",
            Self::ManageIssuers => "ManageIssuers",
            Self::ManagePolicies => "ManagePolicies",
            Self::ManageGrants => "ManageGrants",
            Self::ReadConnections => "ReadConnections",
            Self::ManageConnections => "ManageConnections",
            Self::ManagePools => "ManagePools",
            Self::ReadPools => "ReadPools",
            Self::ManageRoles => "ManageRoles",
            Self::ReadRoles => "ReadRoles",
            Self::AssumeRoles => "AssumeRoles",
            Self::ReadIdentity => "ReadIdentity",
            Self::ProveIdentity => "ProveIdentity",
            Self::ManageDeployment => "ManageDeployment",
            Self::ManageVault => "ManageVault",
        }
    }
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The group that the action is in.
    pub group: Group,
    /// Who may under [`Rules::Baseline`].
    pub baseline: &'static [Who],
    /// Who may under [`Rules::Strict`].
    pub strict: &'static [Who],
}

impl Row {
    /// Who may under `rules`.
    pub const fn callers(&self, rules: Rules) -> &'static [Who] {
        match rules {
            Rules::Baseline => self.baseline,
            Rules::Strict => self.strict,
        }
    }
}

/// The row of an action. One without a row does not compile.
#[expect(clippy::too_many_lines, reason = "it is a table")]
pub const fn row(action: Action) -> Row {
    match action {
        Action::CreateWorkloadIdentity
        | Action::UpdateWorkloadIdentity
        | Action::DeleteWorkloadIdentity => always(Group::ManageAgents, &[ADMIN]),
        Action::GetWorkloadIdentity => always(Group::ReadAgents, READERS_OF_AN_AGENT),
        Action::ListWorkloadIdentities => always(Group::ReadAgents, READERS_OF_AGENTS),
        // Who may say who an agent is may be that agent.
        Action::TrustWorkload | Action::DistrustWorkload | Action::ListTrustedWorkloads => {
            always(Group::ManageTrust, &[Who::Operator])
        }
        Action::SuspendAgent | Action::ResumeAgent | Action::RetireAgent | Action::ChangeAgent => {
            always(Group::StopAgents, ADMINISTRATORS)
        }
        Action::CreateApiKeyCredentialProvider
        | Action::UpdateApiKeyCredentialProvider
        | Action::DeleteApiKeyCredentialProvider
        | Action::CreateOauth2CredentialProvider
        | Action::UpdateOauth2CredentialProvider
        | Action::DeleteOauth2CredentialProvider => always(Group::ManageProviders, &[ADMIN]),
        Action::GetApiKeyCredentialProvider
        | Action::ListApiKeyCredentialProviders
        | Action::GetOauth2CredentialProvider
        | Action::ListOauth2CredentialProviders => always(Group::ReadProviders, READERS),
        Action::TagResource | Action::UntagResource => always(Group::ManageTags, &[ADMIN]),
        Action::ListTagsForResource => always(Group::ReadTags, &[ADMIN, AUDITOR]),
        Action::GetTokenVault => always(Group::ReadVaults, &[ADMIN, AUDITOR]),
        Action::GetWorkloadAccessToken
        | Action::GetWorkloadAccessTokenForJWT
        | Action::DelegateToken => always(Group::MintTokens, &[AGENT_HOST, Who::Agent]),
        Action::GetWorkloadAccessTokenForUserId => Row {
            group: Group::MintTokens,
            baseline: &[AGENT_HOST, Who::Agent],
            strict: &[],
        },
        Action::GetResourceApiKey | Action::GetResourceOauth2Token | Action::ReportUnauthorized => {
            always(Group::UseCredentials, &[AGENT_HOST, Who::Agent])
        }
        Action::ReleaseApiKey
        | Action::ReleaseMachineToken
        | Action::ReleaseUserToken
        | Action::ReleaseExchangedToken => always(Group::ReleaseCredentials, &[]),
        Action::DescribeAuthorizationSession | Action::CompleteResourceTokenAuth => {
            always(Group::BindSessions, &[BINDING])
        }
        Action::BindAssertedUser => Row {
            group: Group::BindSessions,
            baseline: &[BINDING],
            strict: &[],
        },
        #[rustfmt::skip]
        Action::CreateUserPool | Action::DeleteUserPool | Action::CreateUserPoolClient
        | Action::DescribeUserPoolClient | Action::DeleteUserPoolClient
        | Action::AdminCreateUser | Action::AdminSetUserPassword | Action::AdminEnableUser
        | Action::AdminDisableUser | Action::AdminDeleteUser | Action::AdminUserGlobalSignOut
        | Action::CreateGroup | Action::UpdateGroup | Action::DeleteGroup
        | Action::AdminAddUserToGroup | Action::AdminRemoveUserFromGroup
        | Action::UpdateUserPool | Action::UpdateUserPoolClient | Action::CreateResourceServer
        | Action::UpdateResourceServer | Action::DeleteResourceServer
        | Action::CreateUserPoolDomain | Action::DeleteUserPoolDomain => {
            always(Group::ManagePools, &[ADMIN, POOL_ADMIN])
        },
        #[rustfmt::skip]
        Action::DescribeUserPool | Action::ListUserPools | Action::ListUserPoolClients
        | Action::AdminGetUser | Action::ListUsers | Action::GetGroup | Action::ListGroups
        | Action::AdminListGroupsForUser | Action::ListUsersInGroup
        | Action::DescribeResourceServer | Action::ListResourceServers
        | Action::DescribeUserPoolDomain => {
            always(Group::ReadPools, POOL_READERS)
        },
        #[rustfmt::skip]
        Action::CreateRole | Action::DeleteRole | Action::UpdateRole
        | Action::UpdateAssumeRolePolicy | Action::AttachRolePolicy | Action::DetachRolePolicy
        | Action::PutRolePolicy | Action::DeleteRolePolicy => {
            always(Group::ManageRoles, ADMINISTRATORS)
        },
        Action::GetRole
        | Action::ListRoles
        | Action::ListAttachedRolePolicies
        | Action::ListRolePolicies
        | Action::GetRolePolicy => always(Group::ReadRoles, OVERSEERS),
        Action::AssumeRole => always(Group::AssumeRoles, &[ADMIN, AGENT_HOST]),
        Action::GetCallerIdentity => always(Group::ReadIdentity, ANY_CALLER),
        // Who administers gets no credential, and this is one.
        Action::GetWebIdentityToken => always(Group::ProveIdentity, &[AGENT_HOST, Who::Agent]),
        Action::CreateAccount | Action::ListAccounts => {
            always(Group::ManageDeployment, &[Who::Operator])
        }
        Action::CreateAccessKey
        | Action::ListAccessKeys
        | Action::RevokeAccessKey
        | Action::CreateSigningKey
        | Action::ListSigningKeys
        | Action::ListUserPoolKeys
        | Action::RotateUserPoolKey
        | Action::RevokeUserPoolKey => always(Group::ManageKeys, &[Who::Operator]),
        Action::CreateGrant | Action::ListGrants | Action::RevokeGrant => {
            always(Group::ManageGrants, ADMINISTRATORS)
        }
        Action::ListConnections | Action::GetConnection => {
            always(Group::ReadConnections, OVERSEERS)
        }
        Action::RevokeConnection | Action::PinConnection | Action::UnpinConnection => {
            always(Group::ManageConnections, ADMINISTRATORS)
        }
        Action::RegisterIssuer | Action::ListIssuers | Action::RemoveIssuer => {
            always(Group::ManageIssuers, &[Who::Operator])
        }
        #[rustfmt::skip] // Whoever may write a policy may give itself anything.
        Action::ListAccountPolicies | Action::GetAccountPolicy | Action::PutAccountPolicy
        | Action::DeleteAccountPolicy => always(Group::ManagePolicies, &[Who::Operator]),
        Action::ReadVaultKeys | Action::RotateKeys | Action::CreateBackup => {
            always(Group::ManageVault, &[Who::Operator])
        }
        Action::ReadAudit | Action::ExportAudit => {
            always(Group::ReadRecords, &[AUDITOR, Who::Operator])
        }
    }
}

const fn always(group: Group, callers: &'static [Who]) -> Row {
    Row {
        group,
        baseline: callers,
        strict: callers,
    }
}
