//! User pools: the table of contents, one line and one file per operation.
//!
//! A handler of a signed operation is
//! `async fn handle(app: &App, cx: &mut OpCx, input: Input) -> Result<Reply<Output>, Failure>`; one of
//! an operation that nobody signs has a `visit: &Visit` in place of the `cx`. An error of the domain
//! is a `Failure` by its kind; where clients tell exceptions of one kind apart, the handler makes it a
//! `Failure::Named`.

use bytes::Bytes;
use procura_app::App;
use procura_app::authorization_session::Visit;
use procura_app::operation::OpCx;
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::error::Error;
use procura_core::user_pool::PoolId;
use procura_wire::cognito::{self as wire, Operation};

use crate::error::aws::Exception;
use crate::nature::Nature;
use crate::ops::{Failure, Rendered, Reply};

/// Who asks for an operation.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asker {
    /// A caller who signs: for the policies it is this, and this kind of thing.
    Caller(Action, Nature),
    /// Anybody, with a password or a token in the body.
    Anybody,
}

macro_rules! operations {
    (
        signed { $($signed:ident => $signed_module:ident: $nature:ident,)* }
        unsigned { $($unsigned:ident => $unsigned_module:ident,)* }
    ) => {
        $(mod $signed_module;)*
        $(mod $unsigned_module;)*

        /// Who asks for an operation. A new operation does not compile without a line.
        pub(crate) const fn asker_of(operation: Operation) -> Asker {
            match operation {
                $(Operation::$signed => Asker::Caller(Action::$signed, Nature::$nature),)*
                $(Operation::$unsigned => Asker::Anybody,)*
            }
        }

        /// Reads the input of a signed `operation`, does it, writes its output.
        pub(crate) async fn dispatch(
            app: &App,
            cx: &mut OpCx,
            operation: Operation,
            body: &Bytes,
        ) -> Result<Rendered, Failure> {
            match operation {
                $(Operation::$signed => {
                    render(&$signed_module::handle(app, cx, read(body)?).await?)
                })*
                $(Operation::$unsigned => Err(misrouted()),)*
            }
        }

        /// The same for an `operation` that nobody signs.
        pub(crate) async fn dispatch_unsigned(
            app: &App,
            visit: &Visit,
            operation: Operation,
            body: &Bytes,
        ) -> Result<Rendered, Failure> {
            match operation {
                $(Operation::$unsigned => {
                    render(&$unsigned_module::handle(app, visit, read(body)?).await?)
                })*
                $(Operation::$signed => Err(misrouted()),)*
            }
        }
    };
}

operations! {
    signed {
        CreateUserPool => create_user_pool: Change,
        DescribeUserPool => describe_user_pool: Read,
        ListUserPools => list_user_pools: Read,
        DeleteUserPool => delete_user_pool: Change,
        CreateUserPoolClient => create_user_pool_client: Change,
        DescribeUserPoolClient => describe_user_pool_client: Use,
        ListUserPoolClients => list_user_pool_clients: Read,
        DeleteUserPoolClient => delete_user_pool_client: Change,
        AdminCreateUser => admin_create_user: Change,
        AdminGetUser => admin_get_user: Read,
        AdminSetUserPassword => admin_set_user_password: Change,
        AdminEnableUser => admin_enable_user: Change,
        AdminDisableUser => admin_disable_user: Change,
        AdminDeleteUser => admin_delete_user: Change,
        ListUsers => list_users: Read,
        AdminUserGlobalSignOut => admin_user_global_sign_out: Change,
        CreateGroup => create_group: Change,
        GetGroup => get_group: Read,
        ListGroups => list_groups: Read,
        UpdateGroup => update_group: Change,
        DeleteGroup => delete_group: Change,
        AdminAddUserToGroup => admin_add_user_to_group: Change,
        AdminRemoveUserFromGroup => admin_remove_user_from_group: Change,
        AdminListGroupsForUser => admin_list_groups_for_user: Read,
        ListUsersInGroup => list_users_in_group: Read,
        CreateResourceServer => create_resource_server: Change,
        DescribeResourceServer => describe_resource_server: Read,
        ListResourceServers => list_resource_servers: Read,
        UpdateResourceServer => update_resource_server: Change,
        DeleteResourceServer => delete_resource_server: Change,
        UpdateUserPool => update_user_pool: Change,
        UpdateUserPoolClient => update_user_pool_client: Change,
        CreateUserPoolDomain => create_user_pool_domain: Change,
        DescribeUserPoolDomain => describe_user_pool_domain: Read,
        DeleteUserPoolDomain => delete_user_pool_domain: Change,
    }
    unsigned {
        InitiateAuth => initiate_auth,
        RespondToAuthChallenge => respond_to_auth_challenge,
        GetTokensFromRefreshToken => get_tokens_from_refresh_token,
        GetUser => get_user,
        GlobalSignOut => global_sign_out,
        RevokeToken => revoke_token,
    }
}

mod openid_settings;
mod parameters;
mod pool_group;
mod pool_tokens;
mod pool_user;
mod resource_server;
mod user_pool;
mod user_pool_client;

fn read<I: procura_wire::Input<Operation>>(body: &Bytes) -> Result<I, Failure> {
    wire::parse(body).map_err(Failure::Input)
}

fn render<O: procura_wire::Output<Operation>>(reply: &Reply<O>) -> Result<Rendered, Failure> {
    let body = wire::render(&reply.output).map_err(Error::internal_source)?;
    Ok(Rendered {
        body,
        record: reply.record,
    })
}

/// The name of a pool across AWS.
fn pool_arn(app: &App, account: AccountId, pool: &PoolId) -> String {
    format!(
        "arn:aws:cognito-idp:{}:{account}:userpool/{pool}",
        app.region()
    )
}

/// The pipeline asks [`asker_of`] before it dispatches.
fn misrouted() -> Failure {
    Error::internal("an operation of user pools went the way of another kind").into()
}

/// The answer to an operation that went the way of another kind.
pub(crate) fn another_way(operation: Operation) -> Exception {
    let error = Error::internal("an operation of user pools went the way of another kind");
    Exception::of_user_pools(&error, operation, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_is_as_the_model_has_it_and_a_read_is_as_the_table_has_it() {
        for operation in Operation::ALL.iter().copied() {
            let name = operation.name();
            match asker_of(operation) {
                Asker::Caller(action, nature) => {
                    assert!(operation.is_signed(), "{name}");
                    assert_eq!(action.name(), name);
                    assert_eq!(nature == Nature::Read, operation.is_read_only(), "{name}");
                }
                Asker::Anybody => assert!(!operation.is_signed(), "{name}"),
            }
        }
    }
}
