//! `DeleteApiKeyCredentialProvider`.

use procura_testkit::TestApp;
use procura_wire::Operation::{DeleteApiKeyCredentialProvider, GetApiKeyCredentialProvider};
use serde_json::json;

tests! {
    on_both_engines {
        a_deleted_provider_releases_nothing
        an_absent_provider_is_not_found
    }
    on_sqlite {
        a_name_is_required_and_checked
    }
}

async fn a_deleted_provider_releases_nothing(app: TestApp) {
    let app = app
        .with_agent("agent")
        .await
        .with_provider("github", "k")
        .await;
    let token = app.agent_host().token("agent").await;
    app.agent_host()
        .api_key(&token, "github")
        .await
        .expect_status(200);
    let deleted = app
        .admin()
        .call(DeleteApiKeyCredentialProvider, json!({ "name": "github" }));
    let deleted = deleted.await.expect_status(204);
    assert!(deleted.body.is_empty(), "a 204 has no body");
    assert!(deleted.record().is_some());
    let refused = app.agent_host().api_key(&token, "github").await;
    refused.expect_error(404, "ResourceNotFoundException");
    let gone = app
        .admin()
        .call(GetApiKeyCredentialProvider, json!({ "name": "github" }))
        .await;
    gone.expect_error(404, "ResourceNotFoundException");
}

async fn an_absent_provider_is_not_found(app: TestApp) {
    let absent = app
        .admin()
        .call(DeleteApiKeyCredentialProvider, json!({ "name": "ghost" }))
        .await;
    absent.expect_error(404, "ResourceNotFoundException");
}

async fn a_name_is_required_and_checked(app: TestApp) {
    app.admin()
        .call(DeleteApiKeyCredentialProvider, json!({}))
        .await
        .expect_invalid("name");
    let refused = app
        .admin()
        .call(DeleteApiKeyCredentialProvider, json!({ "name": "a b" }))
        .await;
    refused.expect_invalid("name");
}
