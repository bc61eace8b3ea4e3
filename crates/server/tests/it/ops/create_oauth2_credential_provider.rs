//! `CreateOauth2CredentialProvider`.

use procura_testkit::TestApp;
use procura_wire::Operation::{CreateOauth2CredentialProvider, GetOauth2CredentialProvider};
use serde_json::json;

use crate::{arn, oauth2};

tests! {
    on_both_engines {
        a_provider_is_answered_with_its_arns_and_its_own_callback
        a_name_that_is_taken_is_a_conflict_and_changes_nothing
    }
    on_sqlite {
        what_is_not_there_yet_names_its_field
    }
}

async fn a_provider_is_answered_with_its_arns_and_its_own_callback(app: TestApp) {
    let config = oauth2::config(&app);
    let made = app.admin().create_oauth2_provider("demo", &config).await;
    let made = made.expect_status(201);
    assert!(made.record().is_some());
    assert!(!made.holds("demo-secret"));
    let made = made.json();
    assert_eq!(made["credentialProviderArn"], arn::oauth2_provider("demo"));
    assert_eq!(made["clientSecretSource"], "MANAGED");
    assert_eq!(made["status"], "READY");
    let secret = made["clientSecretArn"]["secretArn"].as_str().unwrap();
    assert!(
        secret.contains(":secret:bedrock-agentcore-identity!default/oauth2/demo-"),
        "{secret}"
    );
    let custom = &made["oauth2ProviderConfigOutput"]["customOauth2ProviderConfig"];
    assert_eq!(custom["clientId"], "demo-client");
    assert_eq!(
        custom["oauthDiscovery"]["discoveryUrl"],
        app.demo().discovery_url()
    );
    let callback = made["callbackUrl"].as_str().unwrap().to_owned();
    let base = format!("http://{}/identities/oauth2/callback/", app.address());
    assert!(callback.starts_with(&base), "{callback}");
    let another = app.admin().create_oauth2_provider("another", &config).await;
    assert_ne!(another.expect_status(201).json()["callbackUrl"], callback);
    let read = app
        .admin()
        .call(GetOauth2CredentialProvider, json!({ "name": "demo" }))
        .await;
    assert_eq!(read.expect_status(200).json()["callbackUrl"], callback);
    assert_eq!(
        app.demo().discovery_requests(),
        0,
        "nothing is fetched before it is needed"
    );
}

async fn a_name_that_is_taken_is_a_conflict_and_changes_nothing(app: TestApp) {
    let config = oauth2::config(&app);
    let made = app.admin().create_oauth2_provider("demo", &config).await;
    made.expect_status(201);
    let other = oauth2::unreachable_config();
    let refused = app.admin().create_oauth2_provider("demo", &other).await;
    refused.expect_error(409, "ConflictException");
    let app = app.with_agent("agent").await;
    let token = app.agent_host().token("agent").await;
    let released = app
        .agent_host()
        .machine_token(&token, "demo", &["read"])
        .await;
    released.expect_status(200);
}

async fn what_is_not_there_yet_names_its_field(app: TestApp) {
    let block = "oauth2ProviderConfigInput.customOauth2ProviderConfig";
    let cases = [
        ("clientSecretSource", json!("EXTERNAL")),
        (
            "clientSecretConfig",
            json!({ "secretId": "s", "jsonKey": "k" }),
        ),
        ("clientAuthenticationMethod", json!("AWS_IAM_ID_TOKEN_JWT")),
        (
            "certificateConfigurations",
            json!([{ "s3": { "uri": "s3://b/k" } }]),
        ),
    ];
    for (member, value) in cases {
        let mut config = oauth2::config(&app);
        config["customOauth2ProviderConfig"][member] = value;
        let body = json!({
            "name": "demo",
            "credentialProviderVendor": "CustomOauth2",
            "oauth2ProviderConfigInput": config,
        });
        let refused = app.admin().call(CreateOauth2CredentialProvider, body).await;
        refused.expect_invalid(&format!("{block}.{member}"));
    }
}
