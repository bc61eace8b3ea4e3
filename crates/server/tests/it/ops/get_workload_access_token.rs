//! `GetWorkloadAccessToken`.

use procura_testkit::TestApp;
use procura_wire::Operation::GetWorkloadAccessToken;
use serde_json::json;

tests! {
    on_both_engines {
        an_absent_agent_is_not_found
    }
    on_sqlite {
        a_token_is_opaque_short_and_another_each_time
        a_name_is_required_and_checked
    }
}

async fn a_token_is_opaque_short_and_another_each_time(app: TestApp) {
    let app = app.with_agent("canary-agent").await;
    let body = json!({ "workloadName": "canary-agent" });
    let minted = app
        .agent_host()
        .call(GetWorkloadAccessToken, body)
        .await
        .expect_status(200);
    assert_eq!(minted.members(), ["workloadAccessToken"]);
    assert!(minted.record().is_some());
    let token = minted.member("workloadAccessToken");
    assert!(
        token.starts_with("procura_wat_") && token.len() <= 2048,
        "{} bytes",
        token.len()
    );
    assert!(!token.contains("canary"));
    assert_ne!(app.agent_host().token("canary-agent").await, token);
}

async fn an_absent_agent_is_not_found(app: TestApp) {
    let body = json!({ "workloadName": "ghost" });
    let absent = app.agent_host().call(GetWorkloadAccessToken, body).await;
    assert!(
        absent
            .expect_error(404, "ResourceNotFoundException")
            .record()
            .is_some()
    );
}

async fn a_name_is_required_and_checked(app: TestApp) {
    let mint = async |body| app.agent_host().call(GetWorkloadAccessToken, body).await;
    mint(json!({})).await.expect_invalid("workloadName");
    mint(json!({ "name": "agent" }))
        .await
        .expect_invalid("workloadName");
    mint(json!({ "workloadName": "a b" }))
        .await
        .expect_invalid("workloadName");
}
