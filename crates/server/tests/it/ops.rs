//! One file per operation, named as in `src/ops`.

pub(crate) mod complete_resource_token_auth;
pub(crate) mod create_api_key_credential_provider;
pub(crate) mod create_oauth2_credential_provider;
pub(crate) mod create_workload_identity;
pub(crate) mod delete_api_key_credential_provider;
pub(crate) mod delete_oauth2_credential_provider;
pub(crate) mod delete_workload_identity;
pub(crate) mod describe_authorization_session;
pub(crate) mod get_api_key_credential_provider;
pub(crate) mod get_oauth2_credential_provider;
pub(crate) mod get_resource_api_key;
pub(crate) mod get_resource_oauth2_token;
pub(crate) mod get_token_vault;
pub(crate) mod get_workload_access_token;
pub(crate) mod get_workload_access_token_for_jwt;
pub(crate) mod get_workload_access_token_for_user_id;
pub(crate) mod get_workload_identity;
pub(crate) mod list_api_key_credential_providers;
pub(crate) mod list_oauth2_credential_providers;
pub(crate) mod list_tags_for_resource;
pub(crate) mod list_workload_identities;
pub(crate) mod tag_resource;
pub(crate) mod untag_resource;
pub(crate) mod update_api_key_credential_provider;
pub(crate) mod update_oauth2_credential_provider;
pub(crate) mod update_workload_identity;
