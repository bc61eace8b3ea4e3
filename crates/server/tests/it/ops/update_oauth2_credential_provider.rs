//! `UpdateOauth2CredentialProvider`.

use procura_testkit::{Request, TestApp};
use procura_wire::Operation::UpdateOauth2CredentialProvider;
use serde_json::{Value, json};

use crate::{oauth2, simultaneous};

tests! {
    on_both_engines {
        an_absent_provider_is_not_found
        of_two_changes_at_once_one_is_a_conflict
    }
    on_sqlite {}
}

fn body(name: &str, config: &Value) -> Value {
    json!({
        "name": name,
        "credentialProviderVendor": "CustomOauth2",
        "oauth2ProviderConfigInput": config,
    })
}

async fn an_absent_provider_is_not_found(app: TestApp) {
    let body = body("ghost", &oauth2::config(&app));
    let absent = app.admin().call(UpdateOauth2CredentialProvider, body).await;
    absent.expect_error(404, "ResourceNotFoundException");
}

async fn of_two_changes_at_once_one_is_a_conflict(app: TestApp) {
    let config = oauth2::config(&app);
    app.admin()
        .create_oauth2_provider("demo", &config)
        .await
        .expect_status(201);
    let request = Request::of(UpdateOauth2CredentialProvider).json(&body("demo", &config));
    let conflict = simultaneous::first_other_than(app.admin(), &request, 200).await;
    let conflict = conflict.expect("no two changes met");
    let conflict = conflict.expect_error(409, "ConflictException");
    assert!(conflict.record().is_some());
    // Whoever won, what is stored opens.
    let app = app.with_agent("agent").await;
    let token = app.agent_host().token("agent").await;
    let released = app
        .agent_host()
        .machine_token(&token, "demo", &["read"])
        .await;
    released.expect_status(200);
}
