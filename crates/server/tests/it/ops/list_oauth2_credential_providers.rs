//! `ListOauth2CredentialProviders`.

use procura_testkit::TestApp;
use procura_wire::Operation::ListOauth2CredentialProviders;
use serde_json::json;

use crate::{arn, oauth2};

tests! {
    on_both_engines {
        providers_are_listed_by_name_with_their_vendors
    }
    on_sqlite {}
}

async fn providers_are_listed_by_name_with_their_vendors(app: TestApp) {
    let app = app.with_provider("a-key", "k").await;
    for name in ["b", "a"] {
        let made = app
            .admin()
            .create_oauth2_provider(name, &oauth2::config(&app))
            .await;
        made.expect_status(201);
    }
    let listed = app
        .admin()
        .call(ListOauth2CredentialProviders, json!({}))
        .await;
    let listed = listed.expect_status(200).json();
    let item = |name: &str| {
        json!({
            "name": name,
            "credentialProviderVendor": "CustomOauth2",
            "credentialProviderArn": arn::oauth2_provider(name),
            "createdTime": 1_763_000_000,
            "lastUpdatedTime": 1_763_000_000,
        })
    };
    assert_eq!(
        listed,
        json!({ "credentialProviders": [item("a"), item("b")] })
    );
}
