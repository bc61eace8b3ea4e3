use super::{Route, route};
use crate::{Operation, Plane};

#[test]
fn every_operation_is_found_at_its_own_path() {
    for operation in Operation::ALL.iter().copied() {
        let path = operation
            .uri_template()
            .replace("{resourceArn}", "arn%3Aaws");
        match route(operation.method(), &path) {
            Route::Found {
                operation: found, ..
            } => assert_eq!(found, operation),
            other => panic!("{other:?}"),
        }
        assert_eq!(Operation::from_name(operation.name()), Some(operation));
        assert!((4096..=1024 * 1024).contains(&operation.body_bytes_max()));
    }
    assert_eq!(Operation::from_name("GetMemory"), None);
}

#[test]
fn operations_that_we_lack_are_named() {
    for (method, path, expected) in [
        ("PUT", "/resourcepolicy/arn%3Aaws", "PutResourcePolicy"),
        ("POST", "/memories/create", "CreateMemory"),
        ("GET", "/gateways/", "ListGateways"),
        ("GET", "/gateways", "ListGateways"),
        ("GET", "/gateways/g-1", "GetGateway"),
        ("GET", "/browsers/b/sessions/get", "GetBrowserSession"),
        (
            "POST",
            "/runtimes/arn%3Aaws%2Fx/invocations",
            "InvokeAgentRuntime",
        ),
    ] {
        match route(method, path) {
            Route::Absent { name, reason } => {
                assert_eq!(name, expected);
                assert!(!reason.is_empty());
            }
            other => panic!("{method} {path}: {other:?}"),
        }
    }
}

#[test]
fn other_methods_and_paths_are_told_apart() {
    for (method, path, expected) in [
        (
            "GET",
            "/identities/CreateWorkloadIdentity",
            "CreateWorkloadIdentity",
        ),
        ("PUT", "/tags/arn%3Aaws", "TagResource"),
        ("PATCH", "/memories/create", "CreateMemory"),
    ] {
        assert_eq!(route(method, path), Route::WrongMethod { name: expected });
    }
    for path in [
        "",
        "/",
        "/tags",
        "/tags/",
        "/tags/arn:aws:x/default/y",
        "/identities",
        "/identities/CreateWorkloadIdentity/",
        "/identities/createworkloadidentity",
        "//identities/CreateWorkloadIdentity",
        "identities/CreateWorkloadIdentity",
        "/identities/{resourceArn}",
    ] {
        assert_eq!(route("POST", path), Route::Unknown, "{path}");
    }
}

#[test]
fn the_table_is_that_of_the_model() {
    let create = Operation::CreateWorkloadIdentity;
    assert_eq!((create.status(), create.plane()), (201, Plane::Control));
    assert_eq!(Operation::DeleteWorkloadIdentity.status(), 204);
    assert_eq!(Operation::GetResourceApiKey.plane(), Plane::Data);
    let read_only = Operation::ALL
        .iter()
        .filter(|operation| operation.is_read_only());
    let read_only: Vec<&str> = read_only.map(|operation| operation.name()).collect();
    assert_eq!(
        read_only,
        [
            "GetWorkloadIdentity",
            "ListWorkloadIdentities",
            "GetApiKeyCredentialProvider",
            "ListApiKeyCredentialProviders",
            "GetOauth2CredentialProvider",
            "ListOauth2CredentialProviders",
            "ListTagsForResource",
            "GetTokenVault",
        ],
        "the model calls GetResourceApiKey read-only, but it reveals"
    );
}
