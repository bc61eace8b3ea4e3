//! `GetApiKeyCredentialProvider`.

use procura_testkit::TestApp;
use procura_wire::Operation::GetApiKeyCredentialProvider;
use serde_json::json;

use crate::arn;

tests! {
    on_both_engines {
        a_provider_is_shown_without_its_key
        an_absent_provider_is_not_found
    }
    on_sqlite {
        a_name_is_required_and_checked
    }
}

async fn a_provider_is_shown_without_its_key(app: TestApp) {
    let made = app
        .admin()
        .create_provider("github", "canary-key")
        .await
        .expect_status(201)
        .json();
    for client in [app.admin(), app.agent_host(), app.auditor()] {
        let found = client
            .call(GetApiKeyCredentialProvider, json!({ "name": "github" }))
            .await;
        let found = found.expect_status(200);
        assert!(!found.holds("canary"));
        assert_eq!(found.record(), None, "a read leaves no record");
        let expected = json!({
            "name": "github",
            "credentialProviderArn": arn::provider("github"),
            "apiKeySecretArn": made["apiKeySecretArn"],
            "apiKeySecretSource": "MANAGED",
            "createdTime": 1_763_000_000,
            "lastUpdatedTime": 1_763_000_000,
        });
        assert_eq!(found.json(), expected);
    }
}

async fn an_absent_provider_is_not_found(app: TestApp) {
    let absent = app
        .admin()
        .call(GetApiKeyCredentialProvider, json!({ "name": "ghost" }))
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
        .call(GetApiKeyCredentialProvider, json!({}))
        .await
        .expect_invalid("name");
    let refused = app
        .admin()
        .call(GetApiKeyCredentialProvider, json!({ "name": "a.b" }))
        .await;
    refused.expect_invalid("name");
}
