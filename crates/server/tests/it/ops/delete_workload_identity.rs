//! `DeleteWorkloadIdentity`.

use procura_testkit::TestApp;
use procura_wire::Operation::{DeleteWorkloadIdentity, GetWorkloadIdentity};
use serde_json::json;

tests! {
    on_both_engines {
        a_deleted_agent_is_gone
        an_absent_agent_is_not_found
        of_many_at_once_one_deletes
    }
    on_sqlite {
        a_name_is_required_and_checked
    }
}

async fn a_deleted_agent_is_gone(app: TestApp) {
    let app = app.with_agent("agent").await.with_agent("other").await;
    let deleted = app
        .admin()
        .call(DeleteWorkloadIdentity, json!({ "name": "agent" }))
        .await;
    let deleted = deleted.expect_status(204);
    assert!(deleted.body.is_empty(), "a 204 has no body");
    assert!(deleted.record().is_some());
    let gone = app
        .admin()
        .call(GetWorkloadIdentity, json!({ "name": "agent" }))
        .await;
    gone.expect_error(404, "ResourceNotFoundException");
    let again = app
        .admin()
        .call(DeleteWorkloadIdentity, json!({ "name": "agent" }))
        .await;
    again.expect_error(404, "ResourceNotFoundException");
    let other = app
        .admin()
        .call(GetWorkloadIdentity, json!({ "name": "other" }))
        .await;
    other.expect_status(200);
}

async fn an_absent_agent_is_not_found(app: TestApp) {
    let absent = app
        .admin()
        .call(DeleteWorkloadIdentity, json!({ "name": "ghost" }))
        .await;
    assert!(
        absent
            .expect_error(404, "ResourceNotFoundException")
            .record()
            .is_some()
    );
}

async fn a_name_is_required_and_checked(app: TestApp) {
    app.admin()
        .call(DeleteWorkloadIdentity, json!({}))
        .await
        .expect_invalid("name");
    let refused = app
        .admin()
        .call(DeleteWorkloadIdentity, json!({ "name": "a" }))
        .await;
    refused.expect_invalid("name");
}

async fn of_many_at_once_one_deletes(app: TestApp) {
    let app = app.with_agent("agent").await;
    let body = json!({ "name": "agent" });
    let request = procura_testkit::Request::of(DeleteWorkloadIdentity).json(&body);
    let answers = crate::simultaneous::send(app.admin(), &request).await;
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 204).count(),
        1
    );
    assert!(
        answers
            .iter()
            .all(|answer| [204, 404].contains(&answer.status))
    );
}
