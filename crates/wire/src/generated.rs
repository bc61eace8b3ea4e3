//! Shapes and tables generated from the public service model.

// Generated from the public service model by `cargo xtask gen`; not edited by hand.

pub(crate) mod absent;
pub(crate) mod exceptions;
pub(crate) mod operation;
pub(crate) mod readers;

pub mod shapes;

pub mod complete_resource_token_auth;
pub mod create_api_key_credential_provider;
pub mod create_oauth2_credential_provider;
pub mod create_workload_identity;
pub mod delete_api_key_credential_provider;
pub mod delete_oauth2_credential_provider;
pub mod delete_workload_identity;
pub mod get_api_key_credential_provider;
pub mod get_oauth2_credential_provider;
pub mod get_resource_api_key;
pub mod get_resource_oauth2_token;
pub mod get_token_vault;
pub mod get_workload_access_token;
pub mod get_workload_access_token_for_jwt;
pub mod get_workload_access_token_for_user_id;
pub mod get_workload_identity;
pub mod list_api_key_credential_providers;
pub mod list_oauth2_credential_providers;
pub mod list_tags_for_resource;
pub mod list_workload_identities;
pub mod tag_resource;
pub mod untag_resource;
pub mod update_api_key_credential_provider;
pub mod update_oauth2_credential_provider;
pub mod update_workload_identity;
