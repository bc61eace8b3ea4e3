//! The operations that we have.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

use crate::cognito::Spec;

/// An operation that we have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `CreateUserPool`.
    CreateUserPool,
    /// `DescribeUserPool`.
    DescribeUserPool,
    /// `ListUserPools`.
    ListUserPools,
    /// `DeleteUserPool`.
    DeleteUserPool,
    /// `CreateUserPoolClient`.
    CreateUserPoolClient,
    /// `DescribeUserPoolClient`.
    DescribeUserPoolClient,
    /// `ListUserPoolClients`.
    ListUserPoolClients,
    /// `DeleteUserPoolClient`.
    DeleteUserPoolClient,
    /// `AdminCreateUser`.
    AdminCreateUser,
    /// `AdminGetUser`.
    AdminGetUser,
    /// `AdminSetUserPassword`.
    AdminSetUserPassword,
    /// `AdminEnableUser`.
    AdminEnableUser,
    /// `AdminDisableUser`.
    AdminDisableUser,
    /// `AdminDeleteUser`.
    AdminDeleteUser,
    /// `ListUsers`.
    ListUsers,
    /// `AdminUserGlobalSignOut`.
    AdminUserGlobalSignOut,
    /// `CreateGroup`.
    CreateGroup,
    /// `GetGroup`.
    GetGroup,
    /// `ListGroups`.
    ListGroups,
    /// `UpdateGroup`.
    UpdateGroup,
    /// `DeleteGroup`.
    DeleteGroup,
    /// `AdminAddUserToGroup`.
    AdminAddUserToGroup,
    /// `AdminRemoveUserFromGroup`.
    AdminRemoveUserFromGroup,
    /// `AdminListGroupsForUser`.
    AdminListGroupsForUser,
    /// `ListUsersInGroup`.
    ListUsersInGroup,
    /// `CreateResourceServer`.
    CreateResourceServer,
    /// `DescribeResourceServer`.
    DescribeResourceServer,
    /// `ListResourceServers`.
    ListResourceServers,
    /// `UpdateResourceServer`.
    UpdateResourceServer,
    /// `DeleteResourceServer`.
    DeleteResourceServer,
    /// `UpdateUserPool`.
    UpdateUserPool,
    /// `UpdateUserPoolClient`.
    UpdateUserPoolClient,
    /// `CreateUserPoolDomain`.
    CreateUserPoolDomain,
    /// `DescribeUserPoolDomain`.
    DescribeUserPoolDomain,
    /// `DeleteUserPoolDomain`.
    DeleteUserPoolDomain,
    /// `InitiateAuth`.
    InitiateAuth,
    /// `RespondToAuthChallenge`.
    RespondToAuthChallenge,
    /// `GetTokensFromRefreshToken`.
    GetTokensFromRefreshToken,
    /// `GetUser`.
    GetUser,
    /// `GlobalSignOut`.
    GlobalSignOut,
    /// `RevokeToken`.
    RevokeToken,
}

impl Operation {
    /// Every operation that we have.
    pub const ALL: &'static [Self] = &[
        Self::CreateUserPool,
        Self::DescribeUserPool,
        Self::ListUserPools,
        Self::DeleteUserPool,
        Self::CreateUserPoolClient,
        Self::DescribeUserPoolClient,
        Self::ListUserPoolClients,
        Self::DeleteUserPoolClient,
        Self::AdminCreateUser,
        Self::AdminGetUser,
        Self::AdminSetUserPassword,
        Self::AdminEnableUser,
        Self::AdminDisableUser,
        Self::AdminDeleteUser,
        Self::ListUsers,
        Self::AdminUserGlobalSignOut,
        Self::CreateGroup,
        Self::GetGroup,
        Self::ListGroups,
        Self::UpdateGroup,
        Self::DeleteGroup,
        Self::AdminAddUserToGroup,
        Self::AdminRemoveUserFromGroup,
        Self::AdminListGroupsForUser,
        Self::ListUsersInGroup,
        Self::CreateResourceServer,
        Self::DescribeResourceServer,
        Self::ListResourceServers,
        Self::UpdateResourceServer,
        Self::DeleteResourceServer,
        Self::UpdateUserPool,
        Self::UpdateUserPoolClient,
        Self::CreateUserPoolDomain,
        Self::DescribeUserPoolDomain,
        Self::DeleteUserPoolDomain,
        Self::InitiateAuth,
        Self::RespondToAuthChallenge,
        Self::GetTokensFromRefreshToken,
        Self::GetUser,
        Self::GlobalSignOut,
        Self::RevokeToken,
    ];

    pub(crate) fn spec(self) -> &'static Spec {
        match self {
            Self::CreateUserPool => &super::create_user_pool::SPEC,
            Self::DescribeUserPool => &super::describe_user_pool::SPEC,
            Self::ListUserPools => &super::list_user_pools::SPEC,
            Self::DeleteUserPool => &super::delete_user_pool::SPEC,
            Self::CreateUserPoolClient => &super::create_user_pool_client::SPEC,
            Self::DescribeUserPoolClient => &super::describe_user_pool_client::SPEC,
            Self::ListUserPoolClients => &super::list_user_pool_clients::SPEC,
            Self::DeleteUserPoolClient => &super::delete_user_pool_client::SPEC,
            Self::AdminCreateUser => &super::admin_create_user::SPEC,
            Self::AdminGetUser => &super::admin_get_user::SPEC,
            Self::AdminSetUserPassword => &super::admin_set_user_password::SPEC,
            Self::AdminEnableUser => &super::admin_enable_user::SPEC,
            Self::AdminDisableUser => &super::admin_disable_user::SPEC,
            Self::AdminDeleteUser => &super::admin_delete_user::SPEC,
            Self::ListUsers => &super::list_users::SPEC,
            Self::AdminUserGlobalSignOut => &super::admin_user_global_sign_out::SPEC,
            Self::CreateGroup => &super::create_group::SPEC,
            Self::GetGroup => &super::get_group::SPEC,
            Self::ListGroups => &super::list_groups::SPEC,
            Self::UpdateGroup => &super::update_group::SPEC,
            Self::DeleteGroup => &super::delete_group::SPEC,
            Self::AdminAddUserToGroup => &super::admin_add_user_to_group::SPEC,
            Self::AdminRemoveUserFromGroup => &super::admin_remove_user_from_group::SPEC,
            Self::AdminListGroupsForUser => &super::admin_list_groups_for_user::SPEC,
            Self::ListUsersInGroup => &super::list_users_in_group::SPEC,
            Self::CreateResourceServer => &super::create_resource_server::SPEC,
            Self::DescribeResourceServer => &super::describe_resource_server::SPEC,
            Self::ListResourceServers => &super::list_resource_servers::SPEC,
            Self::UpdateResourceServer => &super::update_resource_server::SPEC,
            Self::DeleteResourceServer => &super::delete_resource_server::SPEC,
            Self::UpdateUserPool => &super::update_user_pool::SPEC,
            Self::UpdateUserPoolClient => &super::update_user_pool_client::SPEC,
            Self::CreateUserPoolDomain => &super::create_user_pool_domain::SPEC,
            Self::DescribeUserPoolDomain => &super::describe_user_pool_domain::SPEC,
            Self::DeleteUserPoolDomain => &super::delete_user_pool_domain::SPEC,
            Self::InitiateAuth => &super::initiate_auth::SPEC,
            Self::RespondToAuthChallenge => &super::respond_to_auth_challenge::SPEC,
            Self::GetTokensFromRefreshToken => &super::get_tokens_from_refresh_token::SPEC,
            Self::GetUser => &super::get_user::SPEC,
            Self::GlobalSignOut => &super::global_sign_out::SPEC,
            Self::RevokeToken => &super::revoke_token::SPEC,
        }
    }
}
