//! What of an OAuth 2 provider stays and what changes, on one node and on two, and when somebody has
//! the database in hand.

use procura_testkit::TestApp;
use procura_wire::Operation::{
    CreateOauth2CredentialProvider, DeleteOauth2CredentialProvider, GetOauth2CredentialProvider,
    UpdateOauth2CredentialProvider,
};
use serde_json::{Value, json};

use crate::{arn, oauth2};

tests! {
    on_both_engines {
        the_callback_stays_until_the_provider_is_another
        an_update_replaces_everything_but_the_callback_and_the_tags
        a_second_node_follows_at_once
        a_kept_token_in_another_place_does_not_open
        a_secret_beside_another_destination_does_not_open
    }
    on_sqlite {
        a_url_that_is_not_one_of_a_server_names_its_field
    }
}

async fn read(app: &TestApp) -> Value {
    let name = json!({ "name": "demo" });
    let read = app.admin().call(GetOauth2CredentialProvider, name).await;
    read.expect_status(200).json()
}

async fn update(app: &TestApp, config: &Value) -> Value {
    let body = json!({
        "name": "demo",
        "credentialProviderVendor": "CustomOauth2",
        "oauth2ProviderConfigInput": config,
    });
    let updated = app.admin().call(UpdateOauth2CredentialProvider, body).await;
    updated.expect_status(200).json()
}

async fn the_callback_stays_until_the_provider_is_another(mut app: TestApp) {
    let config = oauth2::config(&app);
    let made = app.admin().create_oauth2_provider("demo", &config).await;
    let id = |value: &Value| {
        let url = value["callbackUrl"].as_str().unwrap();
        url.rsplit('/').next().unwrap().to_owned()
    };
    let first = id(&made.expect_status(201).json());
    assert!(first.len() >= 16, "{first} can be guessed");
    assert_eq!(
        id(&update(&app, &oauth2::config_of_endpoints(&app)).await),
        first
    );
    app.restart().await;
    assert_eq!(id(&read(&app).await), first);
    let name = json!({ "name": "demo" });
    let deleted = app.admin().call(DeleteOauth2CredentialProvider, name).await;
    deleted.expect_status(204);
    let made = app.admin().create_oauth2_provider("demo", &config).await;
    assert_ne!(id(&made.expect_status(201).json()), first);
}

async fn an_update_replaces_everything_but_the_callback_and_the_tags(app: TestApp) {
    let mut config = oauth2::with(
        oauth2::config_of_endpoints(&app),
        "clientAuthenticationMethod",
        json!("CLIENT_SECRET_POST"),
    );
    let discovery = &mut config[oauth2::BLOCK]["oauthDiscovery"]["authorizationServerMetadata"];
    discovery["responseTypes"] = json!(["code"]);
    let body = json!({
        "name": "demo",
        "credentialProviderVendor": "CustomOauth2",
        "oauth2ProviderConfigInput": config,
        "tags": { "team": "a" },
    });
    let made = app.admin().call(CreateOauth2CredentialProvider, body).await;
    made.expect_status(201);
    let before = read(&app).await;
    app.clock().advance(5);
    let arn = arn::oauth2_provider("demo");
    app.admin()
        .tag(&arn, json!({ "stage": "b" }))
        .await
        .expect_status(204);
    update(&app, &oauth2::config(&app)).await;
    let after = read(&app).await;
    let block = &after["oauth2ProviderConfigOutput"][oauth2::BLOCK];
    assert_eq!(block["clientAuthenticationMethod"], "CLIENT_SECRET_BASIC");
    assert_eq!(
        block["oauthDiscovery"],
        json!({ "discoveryUrl": app.demo().discovery_url() })
    );
    for same in [
        "callbackUrl",
        "createdTime",
        "credentialProviderArn",
        "clientSecretArn",
    ] {
        assert_eq!(after[same], before[same], "{same}");
    }
    assert_ne!(after["lastUpdatedTime"], before["lastUpdatedTime"]);
    let tags = app.admin().tags(&arn).await.expect_status(200).json();
    assert_eq!(tags["tags"], json!({ "team": "a", "stage": "b" }));
    // The first use writes down where the endpoints are, and loses no tag.
    let app = app.with_agent("agent").await;
    let token = app.agent_host().token("agent").await;
    oauth2::given(&app, &token, json!({})).await;
    let tags = app.admin().tags(&arn).await.expect_status(200).json();
    assert_eq!(tags["tags"], json!({ "team": "a", "stage": "b" }));
    // Another vendor is another provider of the same name.
    let body = json!({
        "name": "demo",
        "credentialProviderVendor": "GoogleOauth2",
        "oauth2ProviderConfigInput": { "googleOauth2ProviderConfig": {
            "clientId": "id", "clientSecret": "secret",
        } },
    });
    let updated = app.admin().call(UpdateOauth2CredentialProvider, body).await;
    updated.expect_status(200);
    let after = read(&app).await;
    assert_eq!(after["credentialProviderVendor"], "GoogleOauth2");
    let output = after["oauth2ProviderConfigOutput"].as_object().unwrap();
    assert_eq!(
        output.keys().collect::<Vec<_>>(),
        ["googleOauth2ProviderConfig"]
    );
}

async fn a_second_node_follows_at_once(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    let Some(other) = app.another_node().await else {
        return;
    };
    let first = oauth2::given(&app, &token, json!({})).await;
    assert_eq!(oauth2::given(&other, &token, json!({})).await, first);
    update(&other, &oauth2::config(&app)).await;
    let second = oauth2::given(&app, &token, json!({})).await;
    assert_ne!(second, first);
    assert_eq!(oauth2::given(&other, &token, json!({})).await, second);
    let name = json!({ "name": "demo" });
    let deleted = app.admin().call(DeleteOauth2CredentialProvider, name).await;
    deleted.expect_status(204);
    let absent = oauth2::ask(&other, &token, json!({})).await;
    absent.expect_error(404, "ResourceNotFoundException");
}

/// Whether this app's database is one that a test can get at.
async fn is_shared(app: &TestApp) -> bool {
    app.another_node().await.is_some()
}

async fn a_kept_token_in_another_place_does_not_open(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    if !is_shared(&app).await {
        return;
    }
    let first = oauth2::given(&app, &token, json!({})).await;
    oauth2::given(&app, &token, json!({ "scopes": ["write"] })).await;
    app.tamper(
        "UPDATE machine_token SET token =
            (SELECT token FROM machine_token WHERE scopes = 'read') WHERE scopes = 'write'",
    );
    let failed = oauth2::ask(&app, &token, json!({ "scopes": ["write"] })).await;
    let failed = failed.expect_error(500, "InternalServerException");
    assert!(!failed.holds(&first));
    assert_eq!(oauth2::given(&app, &token, json!({})).await, first);
    // Said to be of another version of the same row.
    app.tamper("UPDATE machine_token SET version = 7 WHERE scopes = 'read'");
    let failed = oauth2::ask(&app, &token, json!({})).await;
    failed.expect_error(500, "InternalServerException");
}

async fn a_secret_beside_another_destination_does_not_open(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    if !is_shared(&app).await {
        return;
    }
    app.tamper(
        "UPDATE oauth2_client
         SET configuration = replace(configuration, '/token', '/t0ken')",
    );
    let failed = oauth2::ask(&app, &token, json!({})).await;
    failed.expect_error(500, "InternalServerException");
    assert_eq!(app.demo().token_requests(), 0);
}

async fn a_url_that_is_not_one_of_a_server_names_its_field(app: TestApp) {
    let good = "https://as.example";
    let bad = [
        "file:///etc/passwd",
        "javascript:canary()",
        "ftp://as.example",
        "gopher://as.example",
        "data:text/plain,canary",
        "//as.example",
        "as.example",
        "https://",
        "https:///a",
        "https://canary@as.example",
        "https://u:canary@as.example",
        "https://@as.example",
        "https://as.example/#canary",
        "https://as.example/\r\nx: canary",
        "https://as.example/ b",
        "https://as.example/a/../b",
        "https://as.example\\@canary.example",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://as.example:99999",
        "https://ás.example",
        "https://as.example/\t",
        " https://as.example",
        "https://as.example/\u{0001}",
    ];
    let block = format!("oauth2ProviderConfigInput.{}.oauthDiscovery", oauth2::BLOCK);
    for text in bad {
        for at in ["issuer", "authorizationEndpoint", "tokenEndpoint"] {
            let mut metadata = json!({
                "issuer": good,
                "authorizationEndpoint": format!("{good}/authorize"),
                "tokenEndpoint": format!("{good}/token"),
            });
            metadata[at] = json!(text);
            let discovery = json!({ "authorizationServerMetadata": metadata });
            let config = oauth2::with(oauth2::config(&app), "oauthDiscovery", discovery);
            let refused = app.admin().create_oauth2_provider("demo", &config).await;
            assert_eq!(refused.status, 400, "{at} {text}: {}", refused.text());
            let field = format!("{block}.authorizationServerMetadata.{at}");
            let refused = refused.expect_invalid(&field);
            assert!(!refused.holds("canary"), "{text}");
        }
        let url = format!("{text}/.well-known/openid-configuration");
        let config = oauth2::with(
            oauth2::config(&app),
            "oauthDiscovery",
            json!({ "discoveryUrl": url }),
        );
        let refused = app.admin().create_oauth2_provider("demo", &config).await;
        assert_eq!(refused.status, 400, "{url}: {}", refused.text());
        let refused = refused.expect_invalid(&format!("{block}.discoveryUrl"));
        assert!(!refused.holds("canary"), "{text}");
    }
}
