//! `CompleteResourceTokenAuth`.

use procura_testkit::{Browser, TestApp};
use procura_wire::Operation::CompleteResourceTokenAuth;
use serde_json::{Value, json};

use crate::delegation;

tests! {
    on_both_engines {
        another_user_can_neither_finish_nor_spoil_it
        a_session_is_completed_once
    }
    on_sqlite {
        a_token_that_proves_nothing_is_unauthorized
        a_session_that_is_not_there_is_denied
        a_user_who_did_not_come_back_is_not_bound
    }
}

async fn complete_with(app: &TestApp, uri: &str, who: Value) -> procura_testkit::Response {
    let body = json!({ "sessionUri": uri, "userIdentifier": who });
    app.binding().call(CompleteResourceTokenAuth, body).await
}

async fn another_user_can_neither_finish_nor_spoil_it(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let begun = delegation::begin(&app, &token, json!({})).await;
    // bob was sent alice's link, and says yes at the provider: the token would be his.
    delegation::come_back(&mut Browser::new(), &begun, "bob").await;
    let refused = delegation::complete(&app, &begun, "bob").await;
    let refused = refused.expect_error(403, "AccessDeniedException");
    assert!(
        refused.text().contains("another user"),
        "{}",
        refused.text()
    );
    // Nor is it alice because somebody writes her name.
    let named = complete_with(&app, &begun.session_id(), json!({ "userId": "alice" })).await;
    named.expect_error(403, "AccessDeniedException");
    assert_eq!(app.demo().code_requests(), 0);
    let waiting = delegation::poll(&app, &token, &begun).await;
    assert_eq!(
        waiting.expect_status(200).member("sessionStatus"),
        "IN_PROGRESS"
    );
    delegation::complete(&app, &begun, "alice")
        .await
        .expect_status(200);
}

async fn a_session_is_completed_once(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let begun = delegation::begin(&app, &token, json!({})).await;
    delegation::come_back(&mut Browser::new(), &begun, "alice").await;
    let (one, two) = tokio::join!(
        delegation::complete(&app, &begun, "alice"),
        delegation::complete(&app, &begun, "alice"),
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 403], "{} {}", one.text(), two.text());
    let again = delegation::complete(&app, &begun, "alice").await;
    let again = again.expect_error(403, "AccessDeniedException");
    assert!(again.text().contains("already used"), "{}", again.text());
    assert_eq!(app.demo().code_requests(), 1);
}

async fn a_token_that_proves_nothing_is_unauthorized(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let begun = delegation::begin(&app, &token, json!({})).await;
    delegation::come_back(&mut Browser::new(), &begun, "alice").await;
    let refused = complete_with(&app, &begun.session_id(), json!({ "userToken": "a.b.c" })).await;
    refused.expect_error(401, "UnauthorizedException");
    assert_eq!(app.demo().code_requests(), 0);
}

async fn a_session_that_is_not_there_is_denied(app: TestApp) {
    let uri = format!("urn:ietf:params:oauth:request_uri:{}", "x".repeat(43));
    let proof = app.demo().user_token("alice");
    let refused = complete_with(&app, &uri, json!({ "userToken": proof })).await;
    refused.expect_error(403, "AccessDeniedException");
}

async fn a_user_who_did_not_come_back_is_not_bound(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let begun = delegation::begin(&app, &token, json!({})).await;
    let early = delegation::complete(&app, &begun, "alice").await;
    let early = early.expect_error(403, "AccessDeniedException");
    assert!(
        early.text().contains("not consented yet"),
        "{}",
        early.text()
    );
}
