//! Every operation and endpoint of the product, and which of the ways of the matrix it is.
//!
//! INVARIANT: matches without `_` over the generated operations of every API and over the actions of
//! the policy language: whoever adds an operation does not build the proofs before it stands here, as
//! a way with a row in the matrix, or as none.

use std::collections::BTreeSet;

use anyhow::bail;
use procura_core::action::Action;
use procura_wire::{Operation, cognito, iam, sts};

use super::matrix::Path;

/// What an operation is to somebody who was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    /// It gives a credential or a token, uses one, or says that one is good: these ways.
    Gives(&'static [Path]),
    /// It tells what there is, and no credential but that of what the caller administers.
    Tells,
    /// It makes, changes or ends something; what it makes is the caller's to hand on.
    Administers,
}

use Nature::{Administers, Gives, Tells};
use Path as P;

/// The operations of agents and providers. Whoever signs any of them is believed as
/// `GetCallerIdentity` believes them.
pub(super) const fn of_agents(operation: Operation) -> Nature {
    use Operation as O;
    match operation {
        O::GetWorkloadAccessToken => Gives(&[
            P::TokenByKey,
            P::TokenByAgent,
            P::TokenByRole,
            P::TokenByFederatedRole,
        ]),
        O::GetWorkloadAccessTokenForUserId => Gives(&[P::TokenForUserId]),
        O::GetWorkloadAccessTokenForJWT => Gives(&[
            P::TokenForPoolUser,
            P::TokenForWebUser,
            P::TokenForIssuerUser,
        ]),
        O::GetResourceApiKey => Gives(&[
            P::KeyOfKeysToken,
            P::KeyOfUserIdsToken,
            P::KeyOfPoolUsersToken,
            P::KeyOfIssuerUsersToken,
            P::KeyOfAgentsToken,
            P::KeyOfRolesToken,
            P::KeyOfFederatedRolesToken,
        ]),
        O::GetResourceOauth2Token => Gives(&[P::MachineToken, P::UsersToken, P::ExchangedToken]),
        O::CompleteResourceTokenAuth => Gives(&[P::Complete]),
        O::GetWorkloadIdentity
        | O::ListWorkloadIdentities
        | O::GetApiKeyCredentialProvider
        | O::ListApiKeyCredentialProviders
        | O::GetOauth2CredentialProvider
        | O::ListOauth2CredentialProviders
        | O::ListTagsForResource
        | O::GetTokenVault => Tells,
        O::CreateWorkloadIdentity
        | O::UpdateWorkloadIdentity
        | O::DeleteWorkloadIdentity
        | O::CreateApiKeyCredentialProvider
        | O::UpdateApiKeyCredentialProvider
        | O::DeleteApiKeyCredentialProvider
        | O::CreateOauth2CredentialProvider
        | O::UpdateOauth2CredentialProvider
        | O::DeleteOauth2CredentialProvider
        | O::TagResource
        | O::UntagResource => Administers,
    }
}

/// The operations of user pools.
pub(super) const fn of_pools(operation: cognito::Operation) -> Nature {
    use cognito::Operation as O;
    match operation {
        O::InitiateAuth => Gives(&[P::Password, P::Refresh]),
        O::GetTokensFromRefreshToken => Gives(&[P::RefreshedTokens]),
        O::RespondToAuthChallenge => Gives(&[P::NewPassword]),
        O::GetUser => Gives(&[P::GetUser]),
        O::DescribeUserPool
        | O::ListUserPools
        | O::DescribeUserPoolClient
        | O::ListUserPoolClients
        | O::AdminGetUser
        | O::ListUsers
        | O::GetGroup
        | O::ListGroups
        | O::AdminListGroupsForUser
        | O::ListUsersInGroup
        | O::DescribeResourceServer
        | O::ListResourceServers
        | O::DescribeUserPoolDomain => Tells,
        // Whoever has a token can end what it is of, and no more.
        O::GlobalSignOut
        | O::RevokeToken
        | O::CreateUserPool
        | O::UpdateUserPool
        | O::DeleteUserPool
        | O::CreateUserPoolDomain
        | O::DeleteUserPoolDomain
        | O::CreateResourceServer
        | O::UpdateResourceServer
        | O::DeleteResourceServer
        | O::CreateUserPoolClient
        | O::UpdateUserPoolClient
        | O::DeleteUserPoolClient
        | O::AdminCreateUser
        | O::AdminSetUserPassword
        | O::AdminEnableUser
        | O::AdminDisableUser
        | O::AdminDeleteUser
        | O::AdminUserGlobalSignOut
        // No way rests on a group: no policy and no role asks for one.
        | O::CreateGroup
        | O::UpdateGroup
        | O::DeleteGroup
        | O::AdminAddUserToGroup
        | O::AdminRemoveUserFromGroup => Administers,
    }
}

/// The operations of roles.
pub(super) const fn of_roles(operation: iam::Operation) -> Nature {
    use iam::Operation as O;
    match operation {
        O::GetRole
        | O::ListRoles
        | O::ListAttachedRolePolicies
        | O::ListRolePolicies
        | O::GetRolePolicy => Tells,
        O::CreateRole
        | O::UpdateRole
        | O::PutRolePolicy
        | O::DeleteRolePolicy
        | O::DeleteRole
        | O::UpdateAssumeRolePolicy
        | O::AttachRolePolicy
        | O::DetachRolePolicy => Administers,
    }
}

/// Those that put roles on.
pub(super) const fn of_sessions(operation: sts::Operation) -> Nature {
    use sts::Operation as O;
    match operation {
        O::GetCallerIdentity => Gives(&[
            P::CallerByKey,
            P::CallerByAgent,
            P::CallerByRole,
            P::CallerByFederatedRole,
        ]),
        O::GetWebIdentityToken => Gives(&[
            P::IdentityByKey,
            P::IdentityByAgent,
            P::IdentityByRole,
            P::IdentityByFederatedRole,
        ]),
        O::AssumeRole => Gives(&[P::AssumeRole]),
        O::AssumeRoleWithWebIdentity => Gives(&[P::AssumeRoleFederated, P::AssumeAgent]),
    }
}

/// What is decided on and is no operation of these APIs: the native API, and the questions that are
/// asked about a release. `None` where it is one of those above, by its name.
#[rustfmt::skip]
pub(super) const fn of_policies(action: Action) -> Option<Nature> {
    use Action as A;
    match action {
        // Questions within `GetResourceApiKey` and `GetResourceOauth2Token`, and within
        // `CompleteResourceTokenAuth`.
        A::ReleaseApiKey => Some(of_agents(Operation::GetResourceApiKey)),
        A::ReleaseMachineToken | A::ReleaseUserToken | A::ReleaseExchangedToken => {
            Some(of_agents(Operation::GetResourceOauth2Token))
        }
        A::BindAssertedUser => Some(of_agents(Operation::CompleteResourceTokenAuth)),
        // What it makes of a token is a token that `GetWorkloadAccessToken` makes with the header, too.
        A::DelegateToken => Some(of_agents(Operation::GetWorkloadAccessToken)),
        // The description is of who sent the user, for the page to which they come back.
        A::ListTrustedWorkloads | A::ListAccounts | A::ListAccessKeys | A::ListGrants
        | A::ListConnections | A::GetConnection | A::ListSigningKeys | A::ListIssuers | A::ReadAudit
        | A::ExportAudit | A::ReadVaultKeys | A::DescribeAuthorizationSession
        | A::ListUserPoolKeys | A::ListAccountPolicies | A::GetAccountPolicy => Some(Tells),
        // After a report the next token is another one; whether there is one is asked then.
        A::SuspendAgent | A::ResumeAgent | A::TrustWorkload | A::DistrustWorkload
        | A::ReportUnauthorized | A::CreateAccount | A::CreateAccessKey | A::RevokeAccessKey
        | A::CreateGrant | A::RevokeGrant | A::RevokeConnection | A::PinConnection
        | A::UnpinConnection | A::CreateSigningKey | A::RegisterIssuer | A::RemoveIssuer
        | A::RotateKeys | A::CreateBackup | A::RetireAgent | A::ChangeAgent | A::RotateUserPoolKey
        | A::RevokeUserPoolKey | A::PutAccountPolicy | A::DeleteAccountPolicy => Some(Administers),
        A::CreateWorkloadIdentity | A::GetWorkloadIdentity | A::UpdateWorkloadIdentity
        | A::DeleteWorkloadIdentity | A::ListWorkloadIdentities | A::CreateApiKeyCredentialProvider
        | A::GetApiKeyCredentialProvider | A::UpdateApiKeyCredentialProvider
        | A::DeleteApiKeyCredentialProvider | A::ListApiKeyCredentialProviders
        | A::CreateOauth2CredentialProvider | A::GetOauth2CredentialProvider
        | A::UpdateOauth2CredentialProvider | A::DeleteOauth2CredentialProvider
        | A::ListOauth2CredentialProviders | A::TagResource | A::UntagResource
        | A::ListTagsForResource | A::GetTokenVault | A::GetWorkloadAccessToken
        | A::GetWorkloadAccessTokenForUserId | A::GetWorkloadAccessTokenForJWT | A::GetResourceApiKey
        | A::GetResourceOauth2Token | A::CompleteResourceTokenAuth | A::CreateUserPool
        | A::DeleteUserPool | A::CreateUserPoolClient | A::DescribeUserPoolClient
        | A::DeleteUserPoolClient | A::AdminCreateUser | A::AdminSetUserPassword | A::AdminEnableUser
        | A::AdminDisableUser | A::AdminDeleteUser | A::AdminUserGlobalSignOut | A::CreateGroup
        | A::UpdateGroup | A::DeleteGroup | A::AdminAddUserToGroup | A::AdminRemoveUserFromGroup
        | A::DescribeUserPool | A::ListUserPools | A::ListUserPoolClients | A::AdminGetUser
        | A::ListUsers | A::GetGroup | A::ListGroups | A::AdminListGroupsForUser
        | A::ListUsersInGroup | A::CreateRole | A::DeleteRole | A::UpdateAssumeRolePolicy
        | A::AttachRolePolicy | A::DetachRolePolicy | A::GetRole | A::ListRoles
        | A::ListAttachedRolePolicies | A::ListRolePolicies | A::AssumeRole
        | A::GetCallerIdentity | A::GetWebIdentityToken | A::UpdateRole | A::PutRolePolicy
        | A::GetRolePolicy | A::DeleteRolePolicy | A::UpdateUserPool | A::UpdateUserPoolClient
        | A::CreateResourceServer | A::DescribeResourceServer | A::ListResourceServers
        | A::UpdateResourceServer | A::DeleteResourceServer | A::CreateUserPoolDomain
        | A::DescribeUserPoolDomain | A::DeleteUserPoolDomain => None,
    }
}

/// What browsers, applications and containers come to without an operation: by the name under which
/// the service counts it. [`check`] finds one that is missing here.
pub(super) const ENDPOINTS: &[(&str, Nature)] = &[
    // The link of a session and the way back: nothing is given before the session is ended.
    ("AuthorizationRequest", Administers),
    ("AuthorizationResponse", Administers),
    ("UserPoolAuthorize", Gives(&[P::Authorize])),
    ("UserPoolLogin", Gives(&[P::LoginPage])),
    (
        "UserPoolToken",
        Gives(&[P::Code, P::CodesRefresh, P::ClientCredentials]),
    ),
    ("UserPoolUserInfo", Gives(&[P::UserInfo])),
    (
        "UserPoolIntrospect",
        Gives(&[P::Introspection, P::IntrospectionOfClient]),
    ),
    ("UserPoolRevoke", Administers),
    ("UserPoolLogOut", Administers),
    ("ContainerCredentials", Gives(&[P::ContainerCredentials])),
    // Users end what they gave, or let it go on as it was; no credential is in it.
    ("OwnConsents", Administers),
    ("UserPoolMetadata", Tells),
    ("UserPoolKeys", Tells),
    ("AccountMetadata", Tells),
    ("AccountKeys", Tells),
    ("ListAgents", Tells),
    ("ShowAgent", Tells),
    ("SetAgentOwner", Administers),
    ("ExpireAgent", Administers),
    ("SearchRecords", Tells),
    // It leads to one of the others.
    ("UserPoolDomain", Tells),
    // What is asked and is no operation.
    ("unknown", Tells),
];

/// All that stands here, by name.
fn all() -> impl Iterator<Item = (&'static str, Nature)> {
    let agents = Operation::ALL
        .iter()
        .map(|own| (own.name(), of_agents(*own)));
    let pools = cognito::Operation::ALL
        .iter()
        .map(|own| (own.name(), of_pools(*own)));
    let roles = iam::Operation::ALL
        .iter()
        .map(|own| (own.name(), of_roles(*own)));
    let sessions = sts::Operation::ALL
        .iter()
        .map(|own| (own.name(), of_sessions(*own)));
    let policies = Action::ALL.into_iter();
    let policies = policies.filter_map(|own| Some((own.name(), of_policies(own)?)));
    let endpoints = ENDPOINTS.iter().copied();
    agents
        .chain(pools)
        .chain(roles)
        .chain(sessions)
        .chain(policies)
        .chain(endpoints)
}

/// Whether all that a service counts stands here.
pub(super) fn check(counted: &BTreeSet<String>) -> anyhow::Result<()> {
    let known: BTreeSet<&str> = all().map(|(name, _)| name).collect();
    let mut counted = counted.iter().map(String::as_str);
    if let Some(name) = counted.find(|name| !known.contains(name)) {
        bail!("{name} is not in the list of operations: is it a way to a credential?");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_is_one_of_an_operation() {
        let ways: Vec<Path> = all()
            .filter_map(|(_, nature)| match nature {
                Gives(ways) => Some(ways),
                Tells | Administers => None,
            })
            .flatten()
            .copied()
            .collect();
        for path in Path::ALL {
            assert!(ways.contains(path), "{path:?}");
        }
    }

    #[test]
    fn every_action_is_an_operation_or_stands_beside_them() {
        for action in Action::ALL {
            let mut all = all();
            assert!(
                all.any(|(name, _)| name == action.name()),
                "{}",
                action.name()
            );
        }
    }

    #[test]
    fn an_operation_that_stands_nowhere_is_found() {
        assert!(check(&["InitiateAuth".to_owned()].into()).is_ok());
        assert!(check(&["UserPoolDeviceAuthorization".to_owned()].into()).is_err());
    }
}
