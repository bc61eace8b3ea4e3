//! `UpdateApiKeyCredentialProvider`.

use procura_testkit::{Request, TestApp};
use procura_wire::Operation::UpdateApiKeyCredentialProvider;
use serde_json::{Value, json};

use crate::{arn, simultaneous};

tests! {
    on_both_engines {
        a_replaced_key_is_the_one_that_is_released
        an_absent_provider_is_not_found
        of_two_changes_at_once_one_is_a_conflict
    }
    on_sqlite {
        a_key_is_required_and_has_to_be_managed
    }
}

async fn a_replaced_key_is_the_one_that_is_released(app: TestApp) {
    let app = app.with_agent("agent").await;
    let made = app
        .admin()
        .create_provider("github", "first")
        .await
        .expect_status(201)
        .json();
    let token = app.agent_host().token("agent").await;
    app.clock().advance(60);
    let body = json!({ "name": "github", "apiKey": "canary-second" });
    let updated = app
        .admin()
        .call(UpdateApiKeyCredentialProvider, body)
        .await
        .expect_status(200);
    assert!(!updated.holds("canary"));
    assert!(updated.record().is_some());
    let expected = json!({
        "name": "github",
        "credentialProviderArn": arn::provider("github"),
        "apiKeySecretArn": made["apiKeySecretArn"],
        "apiKeySecretSource": "MANAGED",
        "createdTime": 1_763_000_000,
        "lastUpdatedTime": 1_763_000_060,
    });
    assert_eq!(updated.json(), expected);
    let released = app
        .agent_host()
        .api_key(&token, "github")
        .await
        .expect_status(200);
    assert_eq!(released.member("apiKey"), "canary-second");
    // Tags change the row and not the secret that is sealed for it.
    app.admin()
        .tag(&arn::provider("github"), json!({ "a": "b" }))
        .await
        .expect_status(204);
    let released = app
        .agent_host()
        .api_key(&token, "github")
        .await
        .expect_status(200);
    assert_eq!(released.member("apiKey"), "canary-second");
}

async fn an_absent_provider_is_not_found(app: TestApp) {
    let body = json!({ "name": "ghost", "apiKey": "k" });
    let absent = app.admin().call(UpdateApiKeyCredentialProvider, body).await;
    absent.expect_error(404, "ResourceNotFoundException");
}

async fn a_key_is_required_and_has_to_be_managed(app: TestApp) {
    let app = app.with_provider("github", "k").await;
    let update = async |body: Value| app.admin().call(UpdateApiKeyCredentialProvider, body).await;
    update(json!({ "apiKey": "k" }))
        .await
        .expect_invalid("name");
    update(json!({ "name": "github" }))
        .await
        .expect_invalid("apiKey");
    update(json!({ "name": "github", "apiKey": "" }))
        .await
        .expect_invalid("apiKey");
    let body = json!({ "name": "github", "apiKey": "k", "apiKeySecretSource": "EXTERNAL" });
    update(body).await.expect_invalid("apiKeySecretSource");
    let body = json!({ "name": "github", "apiKeySecretConfig": { "jsonKey": "k" } });
    update(body)
        .await
        .expect_invalid("apiKeySecretConfig.secretId");
}

async fn of_two_changes_at_once_one_is_a_conflict(app: TestApp) {
    let app = app
        .with_agent("agent")
        .await
        .with_provider("github", "before")
        .await;
    let body = json!({ "name": "github", "apiKey": "after" });
    let request = Request::of(UpdateApiKeyCredentialProvider).json(&body);
    let conflict = simultaneous::first_other_than(app.admin(), &request, 200).await;
    let conflict = conflict.expect("no two changes met");
    assert!(
        conflict
            .expect_error(409, "ConflictException")
            .record()
            .is_some()
    );
    // Whoever won, what is stored opens.
    let token = app.agent_host().token("agent").await;
    let released = app
        .agent_host()
        .api_key(&token, "github")
        .await
        .expect_status(200);
    assert_eq!(released.member("apiKey"), "after");
}
