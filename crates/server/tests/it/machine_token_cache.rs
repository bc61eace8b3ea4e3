//! Tokens of a provider's client are kept, shared and fetched once, however many ask.

use std::sync::Arc;

use procura_testkit::demo::{
    DEMO_CLIENT, DEMO_SECRET, DemoAuthentication, DemoClient, Misbehaviour,
};
use procura_testkit::{Client, Engine, Response, Setup, TestApp};
use procura_wire::Operation::UpdateOauth2CredentialProvider;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::oauth2;

tests! {
    on_both_engines {
        one_token_serves_every_agent_and_user_that_asks_for_the_same
        whoever_asks_for_something_else_gets_another_token
        forced_authentication_fetches_anew_and_replaces_what_is_kept
        an_hour_ends_for_us_a_minute_earlier
        of_many_at_once_one_asks_the_server
        when_the_one_that_asks_goes_away_another_asks
        when_the_one_that_asks_is_stopped_another_asks
        a_failure_is_told_to_all_who_wait_and_is_not_kept
        a_changed_provider_gives_no_token_that_was_got_before
        two_nodes_at_once_both_have_a_token_to_give
    }
    on_sqlite {}
}

async fn one_token_serves_every_agent_and_user_that_asks_for_the_same(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    let app = app.with_agent("another").await;
    let host = app.agent_host();
    let tokens = [
        token,
        host.token("another").await,
        host.token_for("agent", "alice").await,
        host.token_for("another", "bob").await,
    ];
    let first = oauth2::given(&app, &tokens[0], json!({ "scopes": ["read", "write"] })).await;
    for token in &tokens {
        // Neither the order of scopes nor their number of times makes another request.
        let more = json!({ "scopes": ["write", "read", "write"] });
        assert_eq!(oauth2::given(&app, token, more).await, first);
    }
    assert_eq!(app.demo().token_requests(), 1);
    let uses = oauth2::recorded(&app, "client secret used").await;
    assert_eq!(uses.len(), 1, "{uses:?}");
    let releases = oauth2::recorded(&app, "released to").await;
    assert_eq!(releases.len(), 5, "one for each that got it");
}

async fn whoever_asks_for_something_else_gets_another_token(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    let asks = [
        json!({}),
        json!({ "scopes": [] }),
        json!({ "scopes": ["read", "write"] }),
        json!({ "resources": ["https://a.example"] }),
        json!({ "resources": ["https://a.example", "https://b.example"] }),
        json!({ "audiences": ["https://a.example"] }),
        json!({ "resources": ["https://a.example"], "audiences": ["https://a.example"] }),
        json!({ "customParameters": { "tenant": "a" } }),
        json!({ "customParameters": { "tenant": "b" } }),
        json!({ "customParameters": { "tenanta": "a" } }),
    ];
    let mut tokens = Vec::new();
    for more in &asks {
        tokens.push(oauth2::given(&app, &token, more.clone()).await);
    }
    for (more, kept) in asks.iter().zip(&tokens) {
        assert_eq!(
            oauth2::given(&app, &token, more.clone()).await,
            *kept,
            "{more}"
        );
    }
    tokens.sort_unstable();
    tokens.dedup();
    assert_eq!(tokens.len(), asks.len());
    assert_eq!(app.demo().token_requests(), 10);
}

async fn forced_authentication_fetches_anew_and_replaces_what_is_kept(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    let first = oauth2::given(&app, &token, json!({})).await;
    let forced = oauth2::given(&app, &token, json!({ "forceAuthentication": true })).await;
    assert_ne!(forced, first);
    assert_eq!(oauth2::given(&app, &token, json!({})).await, forced);
    assert_eq!(app.demo().token_requests(), 2);
    // A failure leaves what is kept where it is.
    app.demo().misbehave(Some(Misbehaviour::TokenDown));
    let failed = oauth2::ask(&app, &token, json!({ "forceAuthentication": true })).await;
    failed.expect_error(429, "ThrottlingException");
    assert_eq!(oauth2::given(&app, &token, json!({})).await, forced);
}

async fn an_hour_ends_for_us_a_minute_earlier(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    let first = oauth2::given(&app, &token, json!({})).await;
    app.clock().advance(3539);
    let token = app.agent_host().token("agent").await;
    assert_eq!(oauth2::given(&app, &token, json!({})).await, first);
    app.clock().advance(1);
    let second = oauth2::given(&app, &token, json!({})).await;
    assert_ne!(second, first);
    assert_eq!(oauth2::given(&app, &token, json!({})).await, second);
    assert_eq!(app.demo().token_requests(), 2);
}

/// Times of life that need a demo provider of their own.
fn with_lifetime<F: Future<Output = ()>>(lifetime_s: Option<u32>, test: impl FnOnce(TestApp) -> F) {
    Setup::default()
        .token_lifetime_s(lifetime_s)
        .run(Engine::Sqlite, test);
}

#[test]
fn a_token_of_unstated_life_is_kept_for_five_minutes() {
    with_lifetime(None, |app| async {
        let (app, token) = oauth2::ready(app).await;
        let first = oauth2::given(&app, &token, json!({})).await;
        app.clock().advance(269);
        assert_eq!(oauth2::given(&app, &token, json!({})).await, first);
        app.clock().advance(1);
        assert_ne!(oauth2::given(&app, &token, json!({})).await, first);
    });
}

#[test]
fn a_token_that_lives_a_second_is_given_to_who_asked_and_to_nobody_later() {
    with_lifetime(Some(1), |app| async {
        let (app, token) = oauth2::ready(app).await;
        let first = oauth2::given(&app, &token, json!({})).await;
        app.clock().advance(1);
        let second = oauth2::given(&app, &token, json!({})).await;
        assert_ne!(second, first);
        assert_eq!(app.demo().token_requests(), 2);
    });
}

#[test]
fn a_token_that_is_over_when_it_comes_is_given_to_nobody_and_asked_for_a_few_times_only() {
    with_lifetime(Some(0), |app| async {
        let (app, token) = oauth2::ready(app).await;
        let refused = oauth2::ask(&app, &token, json!({})).await;
        refused.expect_error(429, "ThrottlingException");
        assert!(app.demo().token_requests() <= 4);
        app.demo().misbehave(Some(Misbehaviour::NegativeLifetime));
        let refused = oauth2::ask(&app, &token, json!({})).await;
        let refused = refused.expect_error(429, "ThrottlingException");
        assert!(refused.member("message").contains("expires_in"));
    });
}

/// Closes the gate of the token endpoint.
fn gate(app: &TestApp) -> Arc<Semaphore> {
    let gate = Arc::new(Semaphore::new(0));
    let misbehaviour = Misbehaviour::Gate(Arc::clone(&gate));
    app.demo().misbehave(Some(misbehaviour));
    gate
}

async fn of_many_at_once_one_asks_the_server(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    let gate = gate(&app);
    let waiting = oauth2::asking_at_once(app.agent_host(), &token, &json!({}), 200);
    app.demo().token_requests_reach(1).await;
    gate.close();
    let mut tokens: Vec<String> = Vec::new();
    for answer in waiting.join_all().await {
        tokens.push(answer.expect_status(200).member("accessToken"));
    }
    assert_eq!(tokens.len(), 200);
    assert!(tokens.iter().all(|token| *token == tokens[0]));
    assert_eq!(app.demo().token_requests(), 1);
}

async fn when_the_one_that_asks_goes_away_another_asks(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    let gate = gate(&app);
    let mut first = oauth2::asking_at_once(app.agent_host(), &token, &json!({}), 1);
    app.demo().token_requests_reach(1).await;
    let waiting = oauth2::asking_at_once(app.agent_host(), &token, &json!({}), 5);
    // The connection of the first is closed while the server thinks.
    first.abort_all();
    while first.join_next().await.is_some() {}
    app.demo().token_requests_reach(2).await;
    gate.close();
    for answer in waiting.join_all().await {
        answer.expect_status(200);
    }
    assert_eq!(app.demo().token_requests(), 2);
}

async fn when_the_one_that_asks_is_stopped_another_asks(app: TestApp) {
    let config = oauth2::config(&app);
    let (app, token) = oauth2::ready_with(app, &config).await;
    let app = app.with_agent("another").await;
    let other = app.agent_host().token("another").await;
    let gate = gate(&app);
    let first = oauth2::asking_at_once(app.agent_host(), &token, &json!({}), 1);
    app.demo().token_requests_reach(1).await;
    let waiting = oauth2::asking_at_once(app.agent_host(), &other, &json!({}), 5);
    let deleted = json!({ "name": "agent" });
    app.admin()
        .call(procura_wire::Operation::DeleteWorkloadIdentity, deleted)
        .await
        .expect_status(204);
    gate.close();
    for answer in first.join_all().await {
        answer.expect_error(401, "UnauthorizedException");
    }
    for answer in waiting.join_all().await {
        answer.expect_status(200);
    }
    assert_eq!(
        app.demo().token_requests(),
        1,
        "what came is good for the others"
    );
}

/// Gives the client of every configuration another secret at the server.
fn set_secret(app: &TestApp, secret: &str) {
    let authentication = DemoAuthentication::Secret(secret.to_owned());
    let client = DemoClient::new(DEMO_CLIENT, authentication, &["read", "write"]);
    app.demo().add_client(client);
}

async fn a_failure_is_told_to_all_who_wait_and_is_not_kept(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    let gate = gate(&app);
    let waiting = oauth2::asking_at_once(app.agent_host(), &token, &json!({}), 20);
    app.demo().token_requests_reach(1).await;
    // What the server says, it says to the one that it lets through.
    set_secret(&app, "another");
    gate.close();
    for answer in waiting.join_all().await {
        let refused = answer.expect_error(400, "ValidationException");
        assert!(refused.member("message").contains("invalid_client"));
    }
    // Who comes when the first was told goes anew; who waited with it does not.
    assert!(app.demo().token_requests() < 20);
    set_secret(&app, DEMO_SECRET);
    oauth2::ask(&app, &token, json!({}))
        .await
        .expect_status(200);
}

async fn a_changed_provider_gives_no_token_that_was_got_before(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    let first = oauth2::given(&app, &token, json!({})).await;
    let body = json!({
        "name": "demo",
        "credentialProviderVendor": "CustomOauth2",
        "oauth2ProviderConfigInput": oauth2::config_of_endpoints(&app),
    });
    let updated = app
        .admin()
        .call(UpdateOauth2CredentialProvider, body.clone())
        .await;
    updated.expect_status(200);
    let second = oauth2::given(&app, &token, json!({})).await;
    assert_ne!(second, first, "the same configuration is another one");
    // Changed while a token is on its way: what was got with the old secret is not given.
    let gate = gate(&app);
    let more = json!({ "scopes": ["write"] });
    let waiting = oauth2::asking_at_once(app.agent_host(), &token, &more, 5);
    app.demo().token_requests_reach(3).await;
    let updated = app.admin().call(UpdateOauth2CredentialProvider, body).await;
    updated.expect_status(200);
    gate.close();
    let answers: Vec<Response> = waiting.join_all().await;
    for answer in answers {
        answer.expect_status(200);
    }
    let uses = oauth2::recorded(&app, "client secret used").await;
    assert_eq!(uses.len(), 4, "{uses:?}");
}

async fn two_nodes_at_once_both_have_a_token_to_give(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    let Some(other) = app.another_node().await else {
        return;
    };
    let gate = gate(&app);
    let ask = |client: &Client| -> JoinSet<Response> {
        let more: Value = json!({});
        oauth2::asking_at_once(client, &token, &more, 10)
    };
    let (here, there) = (ask(app.agent_host()), ask(other.agent_host()));
    app.demo().token_requests_reach(2).await;
    gate.close();
    for answer in here
        .join_all()
        .await
        .into_iter()
        .chain(there.join_all().await)
    {
        answer.expect_status(200);
    }
    assert_eq!(app.demo().token_requests(), 2, "each node asks once");
    // What one node has kept, the other gives.
    let kept = oauth2::given(&app, &token, json!({})).await;
    assert_eq!(oauth2::given(&other, &token, json!({})).await, kept);
}
