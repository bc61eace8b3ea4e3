//! `ListApiKeyCredentialProviders`.

use procura_testkit::TestApp;
use procura_wire::Operation::ListApiKeyCredentialProviders;
use serde_json::{Value, json};

use crate::arn;
use crate::page_token::Listing;

tests! {
    on_both_engines {
        providers_are_listed_by_name_without_their_keys
        a_list_goes_on_where_it_was
        a_page_token_is_good_for_this_list_of_this_account_only
    }
    on_sqlite {
        an_account_without_providers_lists_none
        max_results_are_one_to_a_hundred
    }
}

const PROVIDERS: Listing = Listing {
    operation: ListApiKeyCredentialProviders,
    member: "credentialProviders",
};

async fn an_account_without_providers_lists_none(app: TestApp) {
    let listed = app
        .admin()
        .call(ListApiKeyCredentialProviders, json!({}))
        .await;
    let listed = listed.expect_status(200);
    assert_eq!(listed.json(), json!({ "credentialProviders": [] }));
    assert_eq!(listed.record(), None, "a read leaves no record");
}

async fn providers_are_listed_by_name_without_their_keys(app: TestApp) {
    for name in ["slack", "github"] {
        app.admin()
            .create_provider(name, "canary-key")
            .await
            .expect_status(201);
    }
    let listed = app
        .admin()
        .call(ListApiKeyCredentialProviders, json!({}))
        .await;
    let item = |name: &str| {
        json!({
            "name": name,
            "credentialProviderArn": arn::provider(name),
            "createdTime": 1_763_000_000,
            "lastUpdatedTime": 1_763_000_000,
        })
    };
    let expected = json!({ "credentialProviders": [item("github"), item("slack")] });
    assert_eq!(listed.json(), expected);
}

async fn max_results_are_one_to_a_hundred(app: TestApp) {
    let list = async |max: Value| {
        app.admin()
            .call(ListApiKeyCredentialProviders, json!({ "maxResults": max }))
            .await
    };
    list(json!(0)).await.expect_invalid("maxResults");
    list(json!(101)).await.expect_invalid("maxResults");
    list(json!(100)).await.expect_status(200);
}

async fn a_list_goes_on_where_it_was(app: TestApp) {
    for name in ["provider-1", "provider-2", "provider-3", "provider-4"] {
        app.admin()
            .create_provider(name, "k")
            .await
            .expect_status(201);
    }
    PROVIDERS.goes_on_where_it_was(&app, "provider").await;
}

async fn a_page_token_is_good_for_this_list_of_this_account_only(app: TestApp) {
    for name in ["provider-1", "provider-2"] {
        app.admin()
            .create_provider(name, "k")
            .await
            .expect_status(201);
        app.other_account_admin()
            .create_provider(name, "k")
            .await
            .expect_status(201);
    }
    let elsewhere = procura_wire::Operation::ListWorkloadIdentities;
    PROVIDERS.refuses_foreign_tokens(&app, elsewhere).await;
}
