//! Configurations of OAuth 2 providers.

use procura_testkit::TestApp;
use serde_json::{Value, json};

/// The demo provider, found by its discovery document.
pub(crate) fn config(app: &TestApp) -> Value {
    of(json!({ "discoveryUrl": app.demo().discovery_url() }))
}

/// The demo provider, by its endpoints.
pub(crate) fn config_of_endpoints(app: &TestApp) -> Value {
    let issuer = app.demo().issuer();
    of(json!({
        "authorizationServerMetadata": {
            "issuer": issuer,
            "authorizationEndpoint": format!("{issuer}/authorize"),
            "tokenEndpoint": app.demo().token_endpoint(),
        },
    }))
}

/// A server that nothing can reach.
pub(crate) fn unreachable_config() -> Value {
    of(json!({ "discoveryUrl": "https://as.invalid/.well-known/openid-configuration" }))
}

fn of(discovery: Value) -> Value {
    json!({
        "customOauth2ProviderConfig": {
            "oauthDiscovery": discovery,
            "clientId": "demo-client",
            "clientSecret": "demo-secret",
        },
    })
}
