//! Every exception that an operation declares is produced by a test that is named here, or there is
//! a reason why it never is. A row that is missing fails, and so does one too many.

use std::collections::BTreeSet;

use procura_wire::Operation;

/// How a declared exception comes about.
enum Row {
    /// This test of this binary produces it.
    Test(&'static str),
    /// Nothing does, and why.
    Never(&'static str),
}

/// The name of a test, which has to exist.
macro_rules! test {
    ($test:path) => {{
        let _exists: fn() = $test;
        Row::Test(stringify!($test))
    }};
}

const NO_QUOTA: Row = Row::Never("there are no quotas yet");
const NO_TOKEN: Row = Row::Never("no token is presented to this operation");
const NO_NAME: Row = Row::Never("the operation names nothing that could be absent");
const OWN_KEYS: Row = Row::Never(
    "secrets are sealed under the deployment's own keys; a failure of theirs is ours: \
     InternalServerException",
);

/// What holds for the exception whatever the operation is.
fn of_any(error: &str) -> Option<Row> {
    use crate::{every_operation, who_may_call};
    Some(match error {
        "AccessDeniedException" => {
            test!(who_may_call::on_sqlite::the_answers_are_what_the_table_says)
        }
        "ValidationException" => {
            test!(every_operation::on_sqlite::every_operation_refuses_a_body_that_is_no_json)
        }
        "ThrottlingException" => {
            test!(every_operation::every_operation_is_throttled_when_the_node_is_full)
        }
        "InternalServerException" => {
            test!(every_operation::on_sqlite::every_operation_fails_without_the_store)
        }
        "ServiceQuotaExceededException" | "ResourceLimitExceededException" => NO_QUOTA,
        "EncryptionFailure" | "DecryptionFailure" => OWN_KEYS,
        _ => return None,
    })
}

fn not_found(operation: Operation) -> Row {
    use crate::ops::*;
    match operation {
        Operation::GetWorkloadIdentity => {
            test!(get_workload_identity::on_sqlite::an_absent_agent_is_not_found)
        }
        Operation::UpdateWorkloadIdentity => {
            test!(update_workload_identity::on_sqlite::an_absent_agent_is_not_found)
        }
        Operation::DeleteWorkloadIdentity => {
            test!(delete_workload_identity::on_sqlite::an_absent_agent_is_not_found)
        }
        Operation::GetApiKeyCredentialProvider => {
            test!(get_api_key_credential_provider::on_sqlite::an_absent_provider_is_not_found)
        }
        Operation::UpdateApiKeyCredentialProvider => {
            test!(update_api_key_credential_provider::on_sqlite::an_absent_provider_is_not_found)
        }
        Operation::DeleteApiKeyCredentialProvider => {
            test!(delete_api_key_credential_provider::on_sqlite::an_absent_provider_is_not_found)
        }
        Operation::GetOauth2CredentialProvider => {
            test!(get_oauth2_credential_provider::on_sqlite::an_absent_provider_is_not_found)
        }
        Operation::UpdateOauth2CredentialProvider => {
            test!(update_oauth2_credential_provider::on_sqlite::an_absent_provider_is_not_found)
        }
        Operation::DeleteOauth2CredentialProvider => {
            test!(delete_oauth2_credential_provider::on_sqlite::an_absent_provider_is_not_found)
        }
        Operation::GetWorkloadAccessTokenForJWT => {
            test!(get_workload_access_token_for_jwt::on_sqlite::an_absent_agent_is_not_found)
        }
        Operation::GetResourceOauth2Token => {
            test!(get_resource_oauth2_token::on_sqlite::an_absent_provider_is_not_found)
        }
        Operation::TagResource => {
            test!(tag_resource::on_sqlite::an_arn_of_another_account_or_region_is_not_found)
        }
        Operation::UntagResource => {
            test!(untag_resource::on_sqlite::what_is_not_there_is_not_found)
        }
        Operation::ListTagsForResource => {
            test!(list_tags_for_resource::on_sqlite::what_is_not_there_is_not_found)
        }
        Operation::GetTokenVault => test!(get_token_vault::on_sqlite::another_vault_is_not_found),
        Operation::GetWorkloadAccessToken => {
            test!(get_workload_access_token::on_sqlite::an_absent_agent_is_not_found)
        }
        Operation::GetWorkloadAccessTokenForUserId => {
            test!(get_workload_access_token_for_user_id::on_sqlite::an_absent_agent_is_not_found)
        }
        Operation::GetResourceApiKey => {
            test!(get_resource_api_key::on_sqlite::an_absent_provider_is_not_found)
        }
        Operation::CompleteResourceTokenAuth => {
            Row::Never("a session that is not there is denied, like that of another user")
        }
        Operation::CreateWorkloadIdentity
        | Operation::ListWorkloadIdentities
        | Operation::CreateApiKeyCredentialProvider
        | Operation::ListApiKeyCredentialProviders
        | Operation::CreateOauth2CredentialProvider
        | Operation::ListOauth2CredentialProviders => NO_NAME,
    }
}

fn conflict(operation: Operation) -> Option<Row> {
    use crate::ops::*;
    Some(match operation {
        Operation::CreateWorkloadIdentity => test!(
            create_workload_identity::on_sqlite::a_name_that_is_taken_is_a_conflict_and_changes_nothing
        ),
        Operation::CreateApiKeyCredentialProvider => test!(
            create_api_key_credential_provider::on_sqlite::a_name_that_is_taken_is_a_conflict_and_keeps_the_key
        ),
        Operation::UpdateWorkloadIdentity => {
            test!(update_workload_identity::on_sqlite::of_two_changes_at_once_one_is_a_conflict)
        }
        Operation::UpdateApiKeyCredentialProvider => test!(
            update_api_key_credential_provider::on_sqlite::of_two_changes_at_once_one_is_a_conflict
        ),
        Operation::CreateOauth2CredentialProvider => test!(
            create_oauth2_credential_provider::on_sqlite::a_name_that_is_taken_is_a_conflict_and_changes_nothing
        ),
        Operation::UpdateOauth2CredentialProvider => test!(
            update_oauth2_credential_provider::on_sqlite::of_two_changes_at_once_one_is_a_conflict
        ),
        Operation::DeleteOauth2CredentialProvider => {
            Row::Never("a provider can be deleted whatever state it is in")
        }
        _ => return None,
    })
}

fn unauthorized(operation: Operation) -> Row {
    match operation {
        Operation::GetResourceApiKey => test!(
            crate::ops::get_resource_api_key::on_sqlite::a_token_that_proves_nothing_is_unauthorized
        ),
        Operation::GetResourceOauth2Token => test!(
            crate::ops::get_resource_oauth2_token::on_sqlite::a_token_that_proves_nothing_is_unauthorized
        ),
        Operation::GetWorkloadAccessTokenForJWT => test!(
            crate::ops::get_workload_access_token_for_jwt::on_sqlite::a_token_that_proves_nothing_is_unauthorized
        ),
        Operation::CompleteResourceTokenAuth => test!(
            crate::ops::complete_resource_token_auth::on_sqlite::a_token_that_proves_nothing_is_unauthorized
        ),
        _ => NO_TOKEN,
    }
}

fn row(operation: Operation, error: &str) -> Option<Row> {
    match error {
        "ResourceNotFoundException" => Some(not_found(operation)),
        "ConflictException" => conflict(operation),
        "UnauthorizedException" => Some(unauthorized(operation)),
        other => of_any(other),
    }
}

#[test]
fn every_declared_error_is_produced_or_has_a_reason() {
    let mut missing = Vec::new();
    let (mut tests, mut never) = (BTreeSet::new(), 0);
    for operation in Operation::ALL.iter().copied() {
        for error in operation.errors() {
            match row(operation, error) {
                Some(Row::Test(name)) => _ = tests.insert((operation.name(), *error, name)),
                Some(Row::Never(reason)) => never += usize::from(!reason.is_empty()),
                None => missing.push((operation.name(), *error)),
            }
        }
    }
    assert!(
        missing.is_empty(),
        "neither a test nor a reason: {missing:?}"
    );
    let declared: usize = Operation::ALL
        .iter()
        .map(|operation| operation.errors().len())
        .sum();
    assert_eq!(tests.len() + never, declared);
}

/// Where an operation declares no conflict, the table has none for it.
#[test]
fn the_table_names_no_error_that_is_not_declared() {
    for operation in Operation::ALL.iter().copied() {
        let declares = operation.errors().contains(&"ConflictException");
        assert_eq!(
            conflict(operation).is_some(),
            declares,
            "{}",
            operation.name()
        );
    }
}
