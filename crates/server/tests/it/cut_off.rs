//! Everything of an agent, a user or a provider is taken back at once, and as often as somebody asks.

use procura_core::workload_identity::AgentState;
use procura_testkit::demo::Misbehaviour;
use procura_testkit::{ACCOUNT, TestApp};
use serde_json::{Value, json};

use crate::connections::{all, asks_for_consent, local, only};
use crate::issuer_server::IssuerServer;
use crate::pool_sign_in::Pool;
use crate::{delegation, oauth2, user_proof, web_identity};

tests! {
    on_both_engines {
        an_agent_that_is_cut_off_has_nothing_and_gets_nothing
        a_user_who_is_cut_off_consents_anew
        a_provider_that_is_cut_off_is_asked_anew
        the_keys_of_an_agent_that_is_cut_off_end
        a_user_of_a_pool_who_is_cut_off_is_signed_out
    }
    on_sqlite {
        a_dry_run_says_the_same_and_changes_nothing
        a_provider_that_fails_keeps_nobody_from_the_rest
        whose_is_named_once_and_not_repeated
    }
}

/// Asks the operator's socket for it.
pub(crate) async fn revoke(app: &TestApp, body: Value) -> Value {
    let path = format!("/v1/accounts/{ACCOUNT}/revocations");
    let (status, report) = local(app, "POST", &path, &body).await;
    assert_eq!(status, 200, "{report}");
    report
}

/// alice let `agent` act at the demo provider: the agent's token for her.
async fn connected(app: TestApp) -> (TestApp, String) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    delegation::connected(&app, &token, "alice", json!({})).await;
    (app, token)
}

async fn user_of(app: &TestApp) -> String {
    let path = format!("/v1/accounts/{ACCOUNT}/connections");
    let (_, list) = local(app, "GET", &path, &Value::Null).await;
    list["connections"][0]["user"]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn an_agent_that_is_cut_off_has_nothing_and_gets_nothing(app: TestApp) {
    let (app, token) = connected(app).await;
    let other = delegation::token_for(&app, "agent", "bob").await;
    let begun = delegation::begin(&app, &other, json!({})).await;
    let report = revoke(
        &app,
        json!({ "agent": "agent", "reason": "it was told to" }),
    )
    .await;
    assert_eq!(report["suspends"], true);
    assert_eq!(report["counts"]["connections"], 1);
    assert_eq!(report["counts"]["flows"], 1);
    assert_eq!(report["revoked"][0]["at_provider"]["outcome"], "revoked");
    assert_eq!(report["left"], json!([]));
    assert_eq!(app.demo().revocations(), 1);
    assert_eq!(all(&app).await, []);
    let said = oauth2::recorded(&app, "everything is revoked; suspended: 1 connections").await;
    assert_eq!(said.len(), 1);
    assert!(said[0].ends_with("; reason: it was told to"), "{}", said[0]);

    if let Some(other) = app.another_node().await {
        let refused = delegation::ask(&other, &token, json!({})).await;
        refused.expect_error(401, "UnauthorizedException");
    }
    let refused = delegation::ask(&app, &token, json!({})).await;
    refused.expect_error(401, "UnauthorizedException");
    let refused = delegation::poll(&app, &other, &begun).await;
    assert!([401, 403].contains(&refused.status), "{}", refused.text());
    let proof = app.demo().user_token("alice");
    let refused = app.agent_host().token_for_jwt("agent", &proof).await;
    refused.expect_error(403, "AccessDeniedException");

    // Twice is once.
    let again = revoke(&app, json!({ "agent": "agent" })).await;
    assert_eq!(again["suspends"], false);
    assert_eq!(again["counts"]["connections"], 0);
    assert_eq!(again["revoked"], json!([]));

    // Who lets it act again does not bring its tokens back.
    user_proof::set_state(&app, AgentState::Active).await;
    let refused = delegation::ask(&app, &token, json!({})).await;
    refused.expect_error(401, "UnauthorizedException");
    let anew = delegation::token_for(&app, "agent", "alice").await;
    let asked = delegation::ask(&app, &anew, json!({})).await;
    assert!(asks_for_consent(&asked), "{}", asked.text());
}

async fn a_user_who_is_cut_off_consents_anew(app: TestApp) {
    let (app, token) = connected(app).await;
    let user = user_of(&app).await;
    let bobs = delegation::token_for(&app, "agent", "bob").await;
    delegation::connected(&app, &bobs, "bob", json!({})).await;
    let report = revoke(&app, json!({ "user": user })).await;
    assert_eq!(report["counts"]["connections"], 1);
    // That for the agent's token, and that with which she said that she came back.
    assert_eq!(report["counts"]["user_tokens"], 2);
    assert_eq!(report["suspends"], false);
    let refused = delegation::ask(&app, &token, json!({})).await;
    refused.expect_error(401, "UnauthorizedException");
    let anew = delegation::token_for(&app, "agent", "alice").await;
    let asked = delegation::ask(&app, &anew, json!({})).await;
    assert!(asks_for_consent(&asked), "{}", asked.text());
    // Bob is another.
    let given = delegation::ask(&app, &bobs, json!({})).await;
    given.expect_status(200).member("accessToken");
}

async fn a_provider_that_is_cut_off_is_asked_anew(app: TestApp) {
    let (app, token) = connected(app).await;
    let machine = app.agent_host().token("agent").await;
    let body = json!({ "scopes": ["read"] });
    let first = oauth2::given(&app, &machine, body.clone()).await;
    assert_eq!(oauth2::given(&app, &machine, body.clone()).await, first);
    let report = revoke(&app, json!({ "provider": "demo" })).await;
    assert_eq!(report["counts"]["connections"], 1);
    assert_eq!(report["counts"]["machine_tokens"], 1);
    let asked = delegation::ask(&app, &token, json!({})).await;
    assert!(asks_for_consent(&asked), "{}", asked.text());
    assert_ne!(oauth2::given(&app, &machine, body).await, first);
}

async fn the_keys_of_an_agent_that_is_cut_off_end(app: TestApp) {
    let app = user_proof::agent(app).await;
    let issuer = IssuerServer::start().await;
    let (_, _, client) = web_identity::proved(&app, &issuer).await;
    let own = client.token("agent").await;
    client.api_key(&own, "github").await.expect_status(200);
    let report = revoke(&app, json!({ "agent": "agent" })).await;
    assert_eq!(report["counts"]["temporary_keys"], 1);
    // Also when it may act again: the key is gone, and so is what it was given for.
    user_proof::set_state(&app, AgentState::Active).await;
    let refused = client.api_key(&own, "github").await;
    refused.expect_error(403, "UnrecognizedClientException");
    let refused = app.agent_host().api_key(&own, "github").await;
    refused.expect_error(401, "UnauthorizedException");
    let anew = web_identity::assumes_agent(&app, &issuer).await.unwrap();
    let client = app.agent_host().with_temporary_key(&anew.value.credentials);
    let own = client.token("agent").await;
    client.api_key(&own, "github").await.expect_status(200);
}

async fn a_user_of_a_pool_who_is_cut_off_is_signed_out(app: TestApp) {
    let app = user_proof::agent(app).await;
    let pool = Pool::new(app.admin()).await;
    let tokens = pool.signs_in(app.admin()).await;
    let minted = app
        .agent_host()
        .token_for_jwt("agent", &tokens.access)
        .await;
    let minted = minted.expect_status(200);
    let user = app.record(minted.record().unwrap()).await.entry.user;
    let report = revoke(&app, json!({ "user": user.unwrap().to_string() })).await;
    assert_eq!(report["counts"]["sign_ins"], 1);
    let token = minted.member("workloadAccessToken");
    let refused = app.agent_host().api_key(&token, "github").await;
    refused.expect_error(401, "UnauthorizedException");
    user_proof::unproved(app.agent_host(), &tokens.access).await;
    let refused = pool.goes_on(app.admin(), &tokens.refresh).await;
    assert_eq!(refused.status, 400, "{}", refused.text());
    // Who signs in anew is the same user.
    let again = pool.signs_in(app.admin()).await;
    user_proof::minted(app.agent_host(), &again.access).await;
}

async fn a_dry_run_says_the_same_and_changes_nothing(app: TestApp) {
    let (app, token) = connected(app).await;
    let id = only(&app).await;
    let before = app.records().await.len();
    let dry = revoke(&app, json!({ "agent": "agent", "dry_run": true })).await;
    assert_eq!(dry["to_revoke"][0]["id"], id.to_string());
    assert_eq!(dry["suspends"], true);
    assert_eq!(dry["record"], Value::Null);
    assert_eq!(app.records().await.len(), before);
    assert_eq!(app.demo().revocation_requests(), 0);
    let given = delegation::ask(&app, &token, json!({})).await;
    given.expect_status(200).member("accessToken");
    let done = revoke(&app, json!({ "agent": "agent" })).await;
    assert_eq!(done["counts"], dry["counts"]);
    assert_eq!(done["suspends"], dry["suspends"]);
    assert_eq!(done["revoked"][0]["id"], dry["to_revoke"][0]["id"]);
}

async fn a_provider_that_fails_keeps_nobody_from_the_rest(app: TestApp) {
    let (app, token) = connected(app).await;
    let bobs = delegation::token_for(&app, "agent", "bob").await;
    delegation::connected(&app, &bobs, "bob", json!({})).await;
    app.demo().misbehave(Some(Misbehaviour::RevocationError {
        status: 503,
        body: "{}".to_owned(),
    }));
    let report = revoke(&app, json!({ "provider": "demo" })).await;
    let revoked = report["revoked"].as_array().unwrap();
    assert_eq!(revoked.len(), 2);
    for one in revoked {
        assert_eq!(one["at_provider"]["outcome"], "failed", "{one}");
    }
    assert_eq!(all(&app).await, []);
    let asked = delegation::ask(&app, &token, json!({})).await;
    assert!(asks_for_consent(&asked), "{}", asked.text());
}

async fn whose_is_named_once_and_not_repeated(app: TestApp) {
    let (app, _) = connected(app).await;
    let path = format!("/v1/accounts/{ACCOUNT}/revocations");
    for (body, status) in [
        (json!({}), 400),
        (json!({ "agent": "agent", "provider": "demo" }), 400),
        (json!({ "user": "sk live secret" }), 400),
        (json!({ "agent": "sk live secret" }), 400),
        (json!({ "agent": "nobody" }), 404),
        (json!({ "provider": "nobody" }), 404),
    ] {
        let (answered, problem) = local(&app, "POST", &path, &body).await;
        assert_eq!(answered, status, "{problem}");
        assert!(!problem.to_string().contains("sk live"), "{problem}");
    }
    assert_eq!(all(&app).await.len(), 1);
}
