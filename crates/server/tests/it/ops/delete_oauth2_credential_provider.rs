//! `DeleteOauth2CredentialProvider`.

use procura_testkit::TestApp;
use procura_wire::Operation::DeleteOauth2CredentialProvider;
use serde_json::json;

use crate::oauth2;

tests! {
    on_both_engines {
        what_is_deleted_gives_nothing_any_more
        an_absent_provider_is_not_found
    }
    on_sqlite {}
}

async fn what_is_deleted_gives_nothing_any_more(app: TestApp) {
    let config = oauth2::config(&app);
    app.admin()
        .create_oauth2_provider("demo", &config)
        .await
        .expect_status(201);
    let app = app.with_agent("agent").await;
    let token = app.agent_host().token("agent").await;
    let released = app
        .agent_host()
        .machine_token(&token, "demo", &["read"])
        .await;
    released.expect_status(200);
    let deleted = app
        .admin()
        .call(DeleteOauth2CredentialProvider, json!({ "name": "demo" }))
        .await;
    assert!(deleted.expect_status(204).record().is_some());
    let refused = app
        .agent_host()
        .machine_token(&token, "demo", &["read"])
        .await;
    refused.expect_error(404, "ResourceNotFoundException");
    // A provider of the same name is another one: it fetches a token of its own.
    app.admin()
        .create_oauth2_provider("demo", &config)
        .await
        .expect_status(201);
    let released = app
        .agent_host()
        .machine_token(&token, "demo", &["read"])
        .await;
    released.expect_status(200);
    assert_eq!(app.demo().token_requests(), 2);
}

async fn an_absent_provider_is_not_found(app: TestApp) {
    let body = json!({ "name": "ghost" });
    let absent = app.admin().call(DeleteOauth2CredentialProvider, body).await;
    absent.expect_error(404, "ResourceNotFoundException");
}
