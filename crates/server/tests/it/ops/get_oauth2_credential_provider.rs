//! `GetOauth2CredentialProvider`.

use procura_testkit::TestApp;
use procura_wire::Operation::GetOauth2CredentialProvider;
use serde_json::json;

tests! {
    on_both_engines {
        an_absent_provider_is_not_found
    }
    on_sqlite {}
}

async fn an_absent_provider_is_not_found(app: TestApp) {
    // A name of the other kind of provider is no name here.
    let app = app.with_provider("ghost", "k").await;
    let absent = app
        .admin()
        .call(GetOauth2CredentialProvider, json!({ "name": "ghost" }))
        .await;
    absent.expect_error(404, "ResourceNotFoundException");
}
