//! Configurations of OAuth 2 providers, and requests for their tokens.

use procura_core::audit::record::Record;
use procura_testkit::{Client, Request, Response, TestApp};
use procura_wire::Operation::GetResourceOauth2Token;
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// What every configuration of a custom provider stands in.
pub(crate) const BLOCK: &str = "customOauth2ProviderConfig";

/// The demo provider, found by its discovery document.
pub(crate) fn config(app: &TestApp) -> Value {
    of(&json!({ "discoveryUrl": app.demo().discovery_url() }))
}

/// The demo provider, by its endpoints.
pub(crate) fn config_of_endpoints(app: &TestApp) -> Value {
    let issuer = app.demo().issuer();
    of(&json!({
        "authorizationServerMetadata": {
            "issuer": issuer,
            "authorizationEndpoint": format!("{issuer}/authorize"),
            "tokenEndpoint": app.demo().token_endpoint(),
        },
    }))
}

/// A server that nothing can reach.
pub(crate) fn unreachable_config() -> Value {
    of(&json!({ "discoveryUrl": "https://as.invalid/.well-known/openid-configuration" }))
}

fn of(discovery: &Value) -> Value {
    json!({
        "customOauth2ProviderConfig": {
            "oauthDiscovery": discovery,
            "clientId": "demo-client",
            "clientSecret": "demo-secret",
        },
    })
}

/// This configuration with another value of a member, `Null` for none.
pub(crate) fn with(mut config: Value, member: &str, value: Value) -> Value {
    let block = config[BLOCK].as_object_mut().unwrap();
    if value.is_null() {
        block.remove(member);
    } else {
        block.insert(member.to_owned(), value);
    }
    config
}

/// An app with the agent `agent` and the provider `demo`, by its endpoints, and a token of the agent.
pub(crate) async fn ready(app: TestApp) -> (TestApp, String) {
    let config = config_of_endpoints(&app);
    ready_with(app, &config).await
}

/// The same with another configuration.
pub(crate) async fn ready_with(app: TestApp, config: &Value) -> (TestApp, String) {
    let made = app.admin().create_oauth2_provider("demo", config).await;
    made.expect_status(201);
    let app = app.with_agent("agent").await;
    let token = app.agent_host().token("agent").await;
    (app, token)
}

/// A request for a token of `demo` for the scope `read`, with other members in the place of those.
pub(crate) fn asking(token: &str, more: &Value) -> Value {
    let mut body = json!({
        "workloadIdentityToken": token,
        "resourceCredentialProviderName": "demo",
        "scopes": ["read"],
        "oauth2Flow": "M2M",
    });
    let members = body.as_object_mut().unwrap();
    for (name, value) in more.as_object().unwrap() {
        members.insert(name.clone(), value.clone());
    }
    body
}

/// Asks, as the agent's host.
pub(crate) async fn ask(app: &TestApp, token: &str, more: Value) -> Response {
    let body = asking(token, &more);
    app.agent_host().call(GetResourceOauth2Token, body).await
}

/// The access token that is given to who asks.
pub(crate) async fn given(app: &TestApp, token: &str, more: Value) -> String {
    let given = ask(app, token, more).await;
    given.expect_status(200).member("accessToken")
}

/// Begins to ask so many times at once.
pub(crate) fn asking_at_once(
    client: &Client,
    token: &str,
    more: &Value,
    times: usize,
) -> JoinSet<Response> {
    let mut asking_all = JoinSet::new();
    let request = Request::of(GetResourceOauth2Token).json(&asking(token, more));
    for _ in 0..times {
        let (client, request) = (client.clone(), request.clone());
        asking_all.spawn(async move { client.send(&request).await });
    }
    asking_all
}

/// The reasons of the records that begin with `what`.
pub(crate) async fn recorded(app: &TestApp, what: &str) -> Vec<String> {
    let reason = |record: Record| record.entry.reason.into_owned();
    let reasons = app.records().await.into_iter().map(reason);
    reasons.filter(|reason| reason.starts_with(what)).collect()
}
