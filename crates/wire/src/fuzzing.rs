//! For fuzzing only: every reader of a request as a function of bytes. No stability is promised.

use crate::cognito::{self, Operation as UserPoolOperation, generated as user_pools};
use crate::generated;
use crate::{Input, Labels, Operation, Request, Route, parse, route};

/// Reads a request: in the first line method and target, after it the body. What no operation has
/// is read as the body of the one that its first byte chooses.
pub fn rest_json(data: &[u8]) {
    let mut parts = data.splitn(2, |byte| *byte == b'\n');
    let head = parts.next().unwrap_or_default();
    let head = String::from_utf8_lossy(head).into_owned();
    let (method, target) = head.split_once(' ').unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let chosen = data.first().copied().map_or(0, usize::from) % Operation::ALL.len();
    let (operation, labels) = match (route(method, path), Operation::ALL.get(chosen)) {
        (Route::Found { operation, labels }, _) => (operation, labels),
        (_, Some(operation)) => (*operation, Labels::default()),
        (_, None) => return,
    };
    let request = Request {
        labels: &labels,
        query,
        header: &|_| None,
        body: parts.next().unwrap_or(data),
    };
    read(operation, &request);
}

/// An error, too, is made and written.
fn read_as<I: Input>(request: &Request<'_>) {
    if let Err(error) = parse::<I>(request) {
        let _ = (error.to_string(), error.exception());
    }
}

/// Reads a request of user pools: in the first line its target, after it the body. What no operation
/// has is read as the body of the one that its first byte chooses.
pub fn json_1_1(data: &[u8]) {
    let mut parts = data.splitn(2, |byte| *byte == b'\n');
    let target = String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let body = parts.next().unwrap_or(data);
    let all = UserPoolOperation::ALL;
    let chosen = data.first().copied().map_or(0, usize::from) % all.len();
    match (cognito::route(&target), all.get(chosen)) {
        (cognito::Route::Found(operation), _) => read_json_1_1(operation, body),
        (_, Some(operation)) => read_json_1_1(*operation, body),
        (_, None) => {}
    }
}

fn read_json_1_1_as<I: Input<UserPoolOperation>>(body: &[u8]) {
    if let Err(error) = cognito::parse::<I>(body) {
        let _ = error.to_string();
    }
}

/// A function that reads one of the operations of a family.
macro_rules! operations {
    (
        fn $read:ident($enum:ident, $from:ty) by $read_as:ident in $generated:ident
        { $($operation:ident => $module:ident,)* }
    ) => {
        fn $read(operation: $enum, from: $from) {
            match operation {
                $($enum::$operation => $read_as::<$generated::$module::Input>(from),)*
            }
        }
    };
}

operations! {
    fn read(Operation, &Request<'_>) by read_as in generated {
        CreateWorkloadIdentity => create_workload_identity,
        GetWorkloadIdentity => get_workload_identity,
        UpdateWorkloadIdentity => update_workload_identity,
        DeleteWorkloadIdentity => delete_workload_identity,
        ListWorkloadIdentities => list_workload_identities,
        CreateApiKeyCredentialProvider => create_api_key_credential_provider,
        GetApiKeyCredentialProvider => get_api_key_credential_provider,
        UpdateApiKeyCredentialProvider => update_api_key_credential_provider,
        DeleteApiKeyCredentialProvider => delete_api_key_credential_provider,
        ListApiKeyCredentialProviders => list_api_key_credential_providers,
        CreateOauth2CredentialProvider => create_oauth2_credential_provider,
        GetOauth2CredentialProvider => get_oauth2_credential_provider,
        UpdateOauth2CredentialProvider => update_oauth2_credential_provider,
        DeleteOauth2CredentialProvider => delete_oauth2_credential_provider,
        ListOauth2CredentialProviders => list_oauth2_credential_providers,
        TagResource => tag_resource,
        UntagResource => untag_resource,
        ListTagsForResource => list_tags_for_resource,
        GetTokenVault => get_token_vault,
        GetWorkloadAccessToken => get_workload_access_token,
        GetWorkloadAccessTokenForUserId => get_workload_access_token_for_user_id,
        GetWorkloadAccessTokenForJWT => get_workload_access_token_for_jwt,
        GetResourceApiKey => get_resource_api_key,
        GetResourceOauth2Token => get_resource_oauth2_token,
        CompleteResourceTokenAuth => complete_resource_token_auth,
    }
}

operations! {
    fn read_json_1_1(UserPoolOperation, &[u8]) by read_json_1_1_as in user_pools {
        CreateUserPool => create_user_pool,
        DescribeUserPool => describe_user_pool,
        ListUserPools => list_user_pools,
        DeleteUserPool => delete_user_pool,
        CreateUserPoolClient => create_user_pool_client,
        DescribeUserPoolClient => describe_user_pool_client,
        ListUserPoolClients => list_user_pool_clients,
        DeleteUserPoolClient => delete_user_pool_client,
        AdminCreateUser => admin_create_user,
        AdminGetUser => admin_get_user,
        AdminSetUserPassword => admin_set_user_password,
        AdminEnableUser => admin_enable_user,
        AdminDisableUser => admin_disable_user,
        AdminDeleteUser => admin_delete_user,
        ListUsers => list_users,
        AdminUserGlobalSignOut => admin_user_global_sign_out,
        CreateGroup => create_group,
        GetGroup => get_group,
        ListGroups => list_groups,
        UpdateGroup => update_group,
        DeleteGroup => delete_group,
        AdminAddUserToGroup => admin_add_user_to_group,
        AdminRemoveUserFromGroup => admin_remove_user_from_group,
        AdminListGroupsForUser => admin_list_groups_for_user,
        ListUsersInGroup => list_users_in_group,
        CreateResourceServer => create_resource_server,
        DescribeResourceServer => describe_resource_server,
        ListResourceServers => list_resource_servers,
        UpdateResourceServer => update_resource_server,
        DeleteResourceServer => delete_resource_server,
        UpdateUserPool => update_user_pool,
        UpdateUserPoolClient => update_user_pool_client,
        CreateUserPoolDomain => create_user_pool_domain,
        DescribeUserPoolDomain => describe_user_pool_domain,
        DeleteUserPoolDomain => delete_user_pool_domain,
        GetTokensFromRefreshToken => get_tokens_from_refresh_token,
        InitiateAuth => initiate_auth,
        RespondToAuthChallenge => respond_to_auth_challenge,
        GetUser => get_user,
        GlobalSignOut => global_sign_out,
        RevokeToken => revoke_token,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anything_may_come_for_any_operation() {
        for operation in Operation::ALL {
            let line = format!("{} {}", operation.method(), operation.uri_template());
            for body in ["", "{}", "[]", "{\"name\":1}", "\u{0}"] {
                rest_json(format!("{line}\n{body}").as_bytes());
            }
        }
        rest_json(b"");
        for operation in UserPoolOperation::ALL {
            for body in ["", "{}", "[]", "{\"UserPoolId\":1}", "\u{0}"] {
                json_1_1(format!("{}\n{body}", operation.target()).as_bytes());
            }
        }
        json_1_1(b"");
    }
}
