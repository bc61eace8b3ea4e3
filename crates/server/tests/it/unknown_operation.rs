//! Paths that are no operation, and probes.

use procura_testkit::{Request, TestApp};
use serde_json::json;

async fn refusal(app: &TestApp, method: &str, path: &str) -> String {
    let count = app.records().await.len();
    let refused = app
        .admin()
        .send(&Request::new(method, path).json(&json!({})))
        .await;
    let refused = refused.expect_error(404, "UnknownOperationException");
    assert_eq!(refused.members(), ["message"]);
    assert_eq!(refused.record(), None);
    assert_eq!(app.records().await.len(), count);
    refused.member("message")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_that_is_absent_is_named_with_the_reason() {
    let app = TestApp::start().await;
    for (method, path, name) in [
        ("PUT", "/browsers", "CreateBrowser"),
        ("PUT", "/runtimes/", "CreateAgentRuntime"),
    ] {
        let message = refusal(&app, method, path).await;
        assert!(
            message.contains(&format!("does not have the operation {name}: ")),
            "{message}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_method_of_a_known_path_is_told_so() {
    let app = TestApp::start().await;
    for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        let message = refusal(&app, method, "/identities/CreateWorkloadIdentity").await;
        assert!(
            message.contains("CreateWorkloadIdentity has another HTTP method"),
            "{message}"
        );
    }
    // Methods are told apart by case (RFC 9110 §9.1).
    refusal(&app, "post", "/identities/CreateWorkloadIdentity").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_path_is_told_so_without_repeating_it() {
    let app = TestApp::start().await;
    for path in [
        "/",
        "/canary",
        "/identities/createworkloadidentity",
        "/identities/CreateWorkloadIdentity/",
        "/identities//CreateWorkloadIdentity",
        "/identities/./CreateWorkloadIdentity",
        "/x/../identities/CreateWorkloadIdentity",
        "/identities/Create%57orkloadIdentity",
        "/v1/accounts",
        "/healthz/",
        "/tags/",
    ] {
        let message = refusal(&app, "POST", path).await;
        assert!(!message.contains("canary"), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn probes_answer_while_the_service_can_work() {
    let app = TestApp::start().await;
    let probe = async |path: &str| {
        let text = format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
        let answer = app.connect().await.exchange(text.as_bytes()).await;
        (answer.status, answer.text().to_owned())
    };
    let count = app.records().await.len();
    assert_eq!(probe("/healthz").await, (200, "ok\n".to_owned()));
    assert_eq!(probe("/readyz").await, (200, "ready\n".to_owned()));
    assert_eq!(probe("/readyz?verbose").await, (200, "ready\n".to_owned()));
    assert_eq!(app.records().await.len(), count);
    app.close_store().await;
    assert_eq!(probe("/healthz").await, (200, "ok\n".to_owned()));
    assert_eq!(probe("/readyz").await, (503, "not ready\n".to_owned()));
}
