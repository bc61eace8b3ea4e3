//! Each of the vendors in its block, and in no other.

use procura_core::vendor::{ConfigShape, Vendor};
use procura_testkit::{Response, TestApp};
use procura_wire::Operation::{
    CreateOauth2CredentialProvider, DeleteOauth2CredentialProvider, GetOauth2CredentialProvider,
    ListOauth2CredentialProviders, UpdateOauth2CredentialProvider,
};
use serde_json::{Value, json};

use crate::oauth2;

tests! {
    on_both_engines {
        every_vendor_is_made_read_changed_listed_and_deleted
    }
    on_sqlite {
        a_vendor_in_the_block_of_another_is_refused
        two_blocks_or_none_are_refused
        what_a_vendor_does_not_have_names_its_field
        what_a_vendor_needs_names_its_field
        a_tenant_is_one_name_and_stays_one
        every_vendor_needs_a_client_and_a_secret
    }
}

/// A configuration that is enough for the vendor.
fn enough(app: &TestApp, vendor: Vendor) -> Value {
    let block = vendor.config_block();
    let mut config = json!({ block: { "clientId": "canary-id", "clientSecret": "canary-secret" } });
    match vendor.shape() {
        ConfigShape::Custom => {
            config[block]["oauthDiscovery"] = json!({ "discoveryUrl": app.demo().discovery_url() });
        }
        ConfigShape::IncludedTenant => {
            let issuer = "https://tenant.example/realm";
            config[block]["issuer"] = json!(issuer);
            config[block]["authorizationEndpoint"] = json!(format!("{issuer}/authorize"));
            config[block]["tokenEndpoint"] = json!(format!("{issuer}/token"));
        }
        ConfigShape::Own | ConfigShape::Microsoft | ConfigShape::IncludedFixed => {}
    }
    config
}

fn body(vendor: Vendor, config: &Value) -> Value {
    json!({
        "name": vendor.as_str(),
        "credentialProviderVendor": vendor.as_str(),
        "oauth2ProviderConfigInput": config,
    })
}

async fn create(app: &TestApp, vendor: Vendor, config: &Value) -> Response {
    let body = body(vendor, config);
    app.admin().call(CreateOauth2CredentialProvider, body).await
}

fn in_block(vendor: Vendor, member: &str) -> String {
    format!(
        "oauth2ProviderConfigInput.{}.{member}",
        vendor.config_block()
    )
}

async fn every_vendor_is_made_read_changed_listed_and_deleted(app: TestApp) {
    for vendor in Vendor::ALL {
        let (word, block) = (vendor.as_str(), vendor.config_block());
        let mut config = enough(&app, vendor);
        let made = create(&app, vendor, &config).await.expect_status(201);
        assert!(!made.holds("canary-secret"), "{word}");
        let made = made.json();
        let name = json!({ "name": word });
        let read = app
            .admin()
            .call(GetOauth2CredentialProvider, name.clone())
            .await;
        let read = read.expect_status(200);
        assert!(!read.holds("canary-secret"), "{word}");
        let read = read.json();
        assert_eq!(read["credentialProviderVendor"], word);
        assert_eq!(read["callbackUrl"], made["callbackUrl"]);
        assert_eq!(read["status"], "READY");
        let output = &read["oauth2ProviderConfigOutput"];
        assert_eq!(output.as_object().unwrap().len(), 1, "{output}");
        assert_eq!(output[block]["clientId"], "canary-id", "{output}");
        assert!(output[block]["oauthDiscovery"].is_object(), "{output}");
        assert_eq!(*output, made["oauth2ProviderConfigOutput"]);
        config[block]["clientId"] = json!("canary-other");
        config[block]["clientSecret"] = json!("canary-secret-2");
        let body = body(vendor, &config);
        let changed = app.admin().call(UpdateOauth2CredentialProvider, body).await;
        let changed = changed.expect_status(200);
        assert!(!changed.holds("canary-secret"), "{word}");
        let changed = changed.json();
        assert_eq!(changed["callbackUrl"], made["callbackUrl"], "{word}");
        let output = &changed["oauth2ProviderConfigOutput"];
        assert_eq!(output[block]["clientId"], "canary-other");
    }
    let mut listed = Vec::new();
    let mut token = Value::Null;
    loop {
        let mut body = json!({ "maxResults": 10 });
        if !token.is_null() {
            body["nextToken"] = token;
        }
        let page = app.admin().call(ListOauth2CredentialProviders, body).await;
        let page = page.expect_status(200).json();
        for item in page["credentialProviders"].as_array().unwrap() {
            assert_eq!(item["name"], item["credentialProviderVendor"]);
            listed.push(item["name"].as_str().unwrap().to_owned());
        }
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    let mut all: Vec<_> = Vendor::ALL
        .iter()
        .map(|vendor| vendor.as_str().to_owned())
        .collect();
    all.sort_unstable();
    assert_eq!(listed, all);
    for name in &all {
        let name = json!({ "name": name });
        let gone = app
            .admin()
            .call(DeleteOauth2CredentialProvider, name.clone())
            .await;
        gone.expect_status(204);
        let absent = app.admin().call(GetOauth2CredentialProvider, name).await;
        absent.expect_error(404, "ResourceNotFoundException");
    }
    for record in app.records().await {
        assert!(!record.entry.reason.contains("canary-secret"));
    }
}

async fn a_vendor_in_the_block_of_another_is_refused(app: TestApp) {
    for vendor in Vendor::ALL {
        for other in Vendor::ALL {
            if other.config_block() == vendor.config_block() {
                continue;
            }
            let config = enough(&app, other);
            let refused = create(&app, vendor, &config).await;
            let refused = refused.expect_invalid("oauth2ProviderConfigInput");
            assert!(refused.member("message").contains(vendor.config_block()));
            assert!(!refused.holds("canary"));
        }
    }
}

async fn two_blocks_or_none_are_refused(app: TestApp) {
    let mut two = enough(&app, Vendor::Google);
    two["githubOauth2ProviderConfig"] =
        enough(&app, Vendor::Github)["githubOauth2ProviderConfig"].clone();
    let unknown = json!({ "canaryOauth2ProviderConfig": {} });
    for config in [
        two,
        json!({}),
        Value::Null,
        json!([]),
        json!("canary"),
        unknown,
    ] {
        let refused = create(&app, Vendor::Google, &config).await;
        let refused = refused.expect_error(400, "ValidationException");
        assert!(!refused.holds("canary-secret"));
    }
    let mut two = oauth2::config(&app);
    let metadata = oauth2::config_of_endpoints(&app);
    two[oauth2::BLOCK]["oauthDiscovery"]["authorizationServerMetadata"] =
        metadata[oauth2::BLOCK]["oauthDiscovery"]["authorizationServerMetadata"].clone();
    for discovery in [
        two[oauth2::BLOCK]["oauthDiscovery"].clone(),
        json!({}),
        Value::Null,
    ] {
        let config = oauth2::with(oauth2::config(&app), "oauthDiscovery", discovery);
        let refused = create(&app, Vendor::Custom, &config).await;
        refused.expect_error(400, "ValidationException");
    }
    let mut body = body(Vendor::Google, &enough(&app, Vendor::Google));
    for vendor in ["", "googleoauth2", "Oauth2"] {
        body["credentialProviderVendor"] = json!(vendor);
        let refused = app
            .admin()
            .call(CreateOauth2CredentialProvider, body.clone())
            .await;
        refused.expect_invalid("credentialProviderVendor");
    }
}

async fn what_a_vendor_does_not_have_names_its_field(app: TestApp) {
    for vendor in Vendor::ALL {
        if vendor.shape() != ConfigShape::IncludedFixed {
            continue;
        }
        for member in ["issuer", "authorizationEndpoint", "tokenEndpoint"] {
            let mut config = enough(&app, vendor);
            config[vendor.config_block()][member] = json!("https://canary.example");
            let refused = create(&app, vendor, &config).await;
            let refused = refused.expect_invalid(&in_block(vendor, member));
            assert!(!refused.holds("canary"));
        }
    }
}

async fn what_a_vendor_needs_names_its_field(app: TestApp) {
    for vendor in Vendor::ALL {
        if vendor.shape() != ConfigShape::IncludedTenant {
            continue;
        }
        let block = vendor.config_block();
        for member in ["issuer", "authorizationEndpoint", "tokenEndpoint"] {
            let mut config = enough(&app, vendor);
            config[block].as_object_mut().unwrap().remove(member);
            let refused = create(&app, vendor, &config).await;
            refused.expect_invalid(&in_block(vendor, member));
            config[block][member] = json!("canary");
            let refused = create(&app, vendor, &config).await;
            let refused = refused.expect_invalid(&in_block(vendor, member));
            assert!(!refused.holds("canary"));
        }
        // The issuer alone is enough: its document says the rest.
        let issuer = "https://tenant.example/realm";
        let mut config = enough(&app, vendor);
        for member in ["authorizationEndpoint", "tokenEndpoint"] {
            config[block].as_object_mut().unwrap().remove(member);
        }
        let made = create(&app, vendor, &config)
            .await
            .expect_status(201)
            .json();
        let found = format!("{issuer}/.well-known/openid-configuration");
        let output = &made["oauth2ProviderConfigOutput"][block];
        assert_eq!(output["oauthDiscovery"]["discoveryUrl"], found);
    }
}

async fn a_tenant_is_one_name_and_stays_one(app: TestApp) {
    let block = Vendor::Microsoft.config_block();
    let mut config = enough(&app, Vendor::Microsoft);
    for tenant in [
        "",
        "..",
        ".",
        "a/b",
        "a/../b",
        "a%2fb",
        "a?b",
        "a#b",
        "a b",
        "a\r\nb",
        "a@evil.example",
        "a\\b",
        "a:b",
        "é",
        "a..b",
        ".a",
        "a.",
        "{tenant}",
        &"x".repeat(254),
    ] {
        config[block]["tenantId"] = json!(tenant);
        let refused = create(&app, Vendor::Microsoft, &config).await;
        refused.expect_invalid(&in_block(Vendor::Microsoft, "tenantId"));
    }
    config[block]["tenantId"] = json!("contoso.example");
    let made = create(&app, Vendor::Microsoft, &config)
        .await
        .expect_status(201)
        .json();
    let discovery = &made["oauth2ProviderConfigOutput"][block]["oauthDiscovery"];
    assert_eq!(
        discovery["authorizationServerMetadata"]["tokenEndpoint"],
        "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token"
    );
}

async fn every_vendor_needs_a_client_and_a_secret(app: TestApp) {
    for vendor in Vendor::ALL {
        let block = vendor.config_block();
        let bad = [
            ("clientId", Value::Null),
            ("clientId", json!("")),
            ("clientId", json!("x".repeat(257))),
            ("clientId", json!("canary\r\nx")),
            ("clientId", json!("canary\u{1}")),
            ("clientId", json!("canäry")),
            ("clientSecret", Value::Null),
            ("clientSecret", json!("")),
            ("clientSecret", json!(format!("canary{}", "x".repeat(2048)))),
            ("clientSecret", json!("canary\u{1}")),
            ("clientSecret", json!("canary\r\nx")),
        ];
        for (member, value) in bad {
            let case = format!("{} {member} {:.40}", vendor.as_str(), value.to_string());
            let mut config = enough(&app, vendor);
            let members = config[block].as_object_mut().unwrap();
            members.remove(member);
            if !value.is_null() {
                members.insert(member.to_owned(), value);
            }
            let refused = create(&app, vendor, &config).await;
            assert_eq!(refused.status, 400, "{case}: {}", refused.text());
            let refused = refused.expect_invalid(&in_block(vendor, member));
            assert!(!refused.holds("canary"), "{case}");
        }
        for (member, value) in [
            ("clientSecretSource", json!("EXTERNAL")),
            (
                "clientSecretConfig",
                json!({ "secretId": "canary", "jsonKey": "k" }),
            ),
        ] {
            let mut config = enough(&app, vendor);
            config[block][member] = value;
            let refused = create(&app, vendor, &config).await;
            refused.expect_invalid(&in_block(vendor, member));
            config[block]
                .as_object_mut()
                .unwrap()
                .remove("clientSecret");
            let refused = create(&app, vendor, &config).await;
            refused.expect_invalid(&in_block(vendor, member));
        }
    }
}
