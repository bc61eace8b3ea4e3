//! `GetWorkloadIdentity`.

use procura_testkit::TestApp;
use procura_wire::Operation::GetWorkloadIdentity;
use serde_json::json;

use crate::arn;

tests! {
    on_both_engines {
        an_agent_is_shown_with_its_times
        an_absent_agent_is_not_found
    }
    on_sqlite {
        a_name_is_required_and_checked
        names_are_told_apart_by_case
    }
}

async fn an_agent_is_shown_with_its_times(app: TestApp) {
    app.clock().advance_millis(500);
    let app = app.with_agent("agent").await;
    app.clock().advance(60);
    let found = app
        .admin()
        .call(GetWorkloadIdentity, json!({ "name": "agent" }))
        .await;
    let found = found.expect_status(200);
    let expected = json!({
        "name": "agent",
        "workloadIdentityArn": arn::agent("agent"),
        "allowedResourceOauth2ReturnUrls": [],
        "createdTime": 1_763_000_000.5,
        "lastUpdatedTime": 1_763_000_000.5,
    });
    assert_eq!(found.json(), expected);
    assert_eq!(found.record(), None, "a read leaves no record");
}

async fn an_absent_agent_is_not_found(app: TestApp) {
    let absent = app
        .admin()
        .call(GetWorkloadIdentity, json!({ "name": "ghost" }))
        .await;
    let absent = absent.expect_error(404, "ResourceNotFoundException");
    assert!(absent.member("message").contains("CreateWorkloadIdentity"));
    assert!(absent.record().is_some());
    assert_eq!(absent.members(), ["message"]);
}

async fn a_name_is_required_and_checked(app: TestApp) {
    app.admin()
        .call(GetWorkloadIdentity, json!({}))
        .await
        .expect_invalid("name");
    app.admin()
        .call(GetWorkloadIdentity, json!({ "name": null }))
        .await
        .expect_invalid("name");
    app.admin()
        .call(GetWorkloadIdentity, json!({ "name": "a b c" }))
        .await
        .expect_invalid("name");
}

async fn names_are_told_apart_by_case(app: TestApp) {
    let app = app.with_agent("Agent").await;
    let other = app
        .admin()
        .call(GetWorkloadIdentity, json!({ "name": "agent" }))
        .await;
    other.expect_error(404, "ResourceNotFoundException");
}
