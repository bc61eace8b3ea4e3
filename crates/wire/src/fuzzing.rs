//! For fuzzing only: every reader of a request as a function of bytes. No stability is promised.

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

macro_rules! operations {
    ($($operation:ident => $module:ident,)*) => {
        fn read(operation: Operation, request: &Request<'_>) {
            match operation {
                $(Operation::$operation => {
                    read_as::<generated::$module::Input>(request);
                })*
            }
        }
    };
}

operations! {
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
    }
}
