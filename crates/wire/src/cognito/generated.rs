//! Shapes and tables generated from the public service model.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

pub(crate) mod absent;
pub(crate) mod exceptions;
pub(crate) mod operation;
pub(crate) mod readers;

pub mod shapes;

pub mod admin_create_user;
pub mod admin_delete_user;
pub mod admin_disable_user;
pub mod admin_enable_user;
pub mod admin_get_user;
pub mod admin_set_user_password;
pub mod admin_user_global_sign_out;
pub mod create_user_pool;
pub mod create_user_pool_client;
pub mod delete_user_pool;
pub mod delete_user_pool_client;
pub mod describe_user_pool;
pub mod describe_user_pool_client;
pub mod get_user;
pub mod global_sign_out;
pub mod initiate_auth;
pub mod list_user_pool_clients;
pub mod list_user_pools;
pub mod list_users;
pub mod respond_to_auth_challenge;
pub mod revoke_token;
