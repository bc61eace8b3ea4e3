//! `UpdateWorkloadIdentity`.

use procura_testkit::{Request, TestApp};
use procura_wire::Operation::{
    CreateWorkloadIdentity, GetWorkloadIdentity, UpdateWorkloadIdentity,
};
use serde_json::json;

use crate::{arn, simultaneous};

tests! {
    on_both_engines {
        return_urls_are_replaced_whole
        an_absent_agent_is_not_found
        of_two_changes_at_once_one_is_a_conflict
        an_update_leaves_tokens_and_tags_alone
    }
    on_sqlite {
        faults_are_told_by_field
    }
}

async fn return_urls_are_replaced_whole(app: TestApp) {
    let urls = json!(["https://a.example", "https://b.example"]);
    let body = json!({ "name": "agent", "allowedResourceOauth2ReturnUrls": urls });
    app.admin()
        .call(CreateWorkloadIdentity, body)
        .await
        .expect_status(201);
    app.clock().advance(60);
    let urls = json!(["https://c.example"]);
    let body = json!({ "name": "agent", "allowedResourceOauth2ReturnUrls": urls });
    let updated = app
        .admin()
        .call(UpdateWorkloadIdentity, body)
        .await
        .expect_status(200);
    let expected = json!({
        "name": "agent",
        "workloadIdentityArn": arn::agent("agent"),
        "allowedResourceOauth2ReturnUrls": urls,
        "createdTime": 1_763_000_000,
        "lastUpdatedTime": 1_763_000_060,
    });
    assert_eq!(updated.json(), expected);
    assert!(updated.record().is_some());
    let found = app
        .admin()
        .call(GetWorkloadIdentity, json!({ "name": "agent" }))
        .await;
    assert_eq!(found.json(), expected);

    let cleared = app
        .admin()
        .call(UpdateWorkloadIdentity, json!({ "name": "agent" }))
        .await;
    let cleared = cleared.expect_status(200).json();
    assert_eq!(cleared["allowedResourceOauth2ReturnUrls"], json!([]));
}

async fn an_absent_agent_is_not_found(app: TestApp) {
    let absent = app
        .admin()
        .call(UpdateWorkloadIdentity, json!({ "name": "ghost" }))
        .await;
    absent.expect_error(404, "ResourceNotFoundException");
}

async fn faults_are_told_by_field(app: TestApp) {
    let app = app.with_agent("agent").await;
    app.admin()
        .call(UpdateWorkloadIdentity, json!({}))
        .await
        .expect_invalid("name");
    let body = json!({ "name": "agent", "allowedResourceOauth2ReturnUrls": ["x y"] });
    let refused = app.admin().call(UpdateWorkloadIdentity, body).await;
    refused.expect_invalid("allowedResourceOauth2ReturnUrls.1.member");
}

async fn of_two_changes_at_once_one_is_a_conflict(app: TestApp) {
    let app = app.with_agent("agent").await;
    let request = Request::of(UpdateWorkloadIdentity).json(&json!({ "name": "agent" }));
    let conflict = simultaneous::first_other_than(app.admin(), &request, 200).await;
    let conflict = conflict.expect("no two changes met");
    assert!(
        conflict
            .expect_error(409, "ConflictException")
            .record()
            .is_some()
    );
}

async fn an_update_leaves_tokens_and_tags_alone(app: TestApp) {
    let app = app
        .with_agent("agent")
        .await
        .with_provider("github", "k")
        .await;
    app.admin()
        .tag(&arn::agent("agent"), json!({ "team": "a" }))
        .await
        .expect_status(204);
    let token = app.agent_host().token("agent").await;
    let updated = app
        .admin()
        .call(UpdateWorkloadIdentity, json!({ "name": "agent" }))
        .await;
    updated.expect_status(200);
    app.agent_host()
        .api_key(&token, "github")
        .await
        .expect_status(200);
    let tags = app.admin().tags(&arn::agent("agent")).await.json();
    assert_eq!(tags, json!({ "tags": { "team": "a" } }));
}
