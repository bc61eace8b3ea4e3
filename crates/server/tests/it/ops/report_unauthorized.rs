//! `ReportUnauthorized`, an operation of our own: an agent says that a resource refused a token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use procura_core::access_key::Role;
use procura_core::audit::record::Verdict;
use procura_core::digest::sha256;
use procura_core::workload_identity::AgentState;
use procura_testkit::demo::{Misbehaviour, RefreshPolicy};
use procura_testkit::{Client, Request, Response, TestApp};
use procura_wire::Operation::GetResourceOauth2Token;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::renewal::{LIFE_S, connected, given, opens};
use crate::{delegation, oauth2};

tests! {
    on_both_engines {
        a_token_that_a_resource_refused_is_renewed_once
        many_reports_of_one_token_renew_it_once
        what_the_provider_does_not_renew_asks_the_user_again
    }
    on_sqlite {
        a_report_of_another_token_sets_nothing_off
        a_token_that_was_just_issued_is_not_renewed
        a_token_without_a_refresh_token_is_not_renewed
        a_provider_that_is_down_leaves_the_token_that_is_kept
        a_report_says_nothing_of_another_agents_token_or_another_users
        a_report_asks_whether_the_agent_may_still
        only_the_role_agent_host_may_report
        what_goes_wrong_is_told_as_a_problem
    }
}

/// An age at which nothing is renewed by itself.
const OLD_S: i64 = LIFE_S / 2;

fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(sha256(&[token.as_bytes()]))
}

async fn send(client: &Client, body: &Value) -> Response {
    let request = Request::new("POST", "/v1/connections/report-unauthorized").json(body);
    client.send(&request).await
}

/// Reports `refused` as the agent of `token`.
async fn report_with(app: &TestApp, token: &str, refused: &str) -> Response {
    let body = json!({
        "workload_identity_token": token,
        "resource_credential_provider_name": "demo",
        "scopes": ["repo"],
        "access_token_hash": hash(refused),
    });
    send(app.agent_host(), &body).await
}

/// Reports `refused` for alice: what came of it.
async fn report(app: &TestApp, refused: &str) -> String {
    let token = delegation::token_for(app, "agent", "alice").await;
    let told = report_with(app, &token, refused).await.expect_status(200);
    assert!(!told.member("advice").is_empty());
    assert!(refused.len() < 2 || !told.holds(refused));
    told.member("outcome")
}

async fn a_token_that_a_resource_refused_is_renewed_once(app: TestApp) {
    let (app, first) = connected(app, RefreshPolicy::RevokesFamily).await;
    app.clock().advance(OLD_S);
    assert_eq!(given(&app).await, first);
    assert_eq!(report(&app, &first).await, "renewed");
    let second = given(&app).await;
    assert_ne!(second, first);
    assert!(opens(&app, &second).await);
    // Another task of the agent had the same token in hand.
    assert_eq!(report(&app, &first).await, "replaced");
    assert_eq!(given(&app).await, second);
    assert_eq!(app.demo().refresh_requests(), 1);
    let recorded = oauth2::recorded(&app, "").await;
    for said in [
        "opened to see whether a resource refused it",
        "which a resource refused as the agent says",
    ] {
        assert!(recorded.iter().any(|text| text.contains(said)), "{said}");
    }
}

async fn many_reports_of_one_token_renew_it_once(app: TestApp) {
    let (app, first) = connected(app, RefreshPolicy::RevokesFamily).await;
    app.clock().advance(OLD_S);
    let token = delegation::token_for(&app, "agent", "alice").await;
    let body = json!({
        "workload_identity_token": token,
        "resource_credential_provider_name": "demo",
        "scopes": ["repo"],
        "access_token_hash": hash(&first),
    });
    let mut all = JoinSet::new();
    for _ in 0..16 {
        let (client, body) = (app.agent_host().clone(), body.clone());
        all.spawn(async move { send(&client, &body).await.expect_status(200) });
    }
    for told in all.join_all().await {
        let outcome = told.member("outcome");
        assert!(
            ["renewed", "replaced"].contains(&outcome.as_str()),
            "{outcome}"
        );
    }
    assert_eq!(app.demo().refresh_requests(), 1);
    assert_eq!(app.demo().refresh_reuses(), 0);
}

async fn what_the_provider_does_not_renew_asks_the_user_again(app: TestApp) {
    let (app, first) = connected(app, RefreshPolicy::Strict).await;
    // The user took the application's access away in the settings there.
    let body = json!({ "error": "invalid_grant" }).to_string();
    app.demo()
        .misbehave(Some(Misbehaviour::RefreshError { status: 400, body }));
    app.clock().advance(OLD_S);
    assert_eq!(report(&app, &first).await, "consent_needed");
    app.demo().misbehave(None);
    let token = delegation::token_for(&app, "agent", "alice").await;
    let second = delegation::connected(&app, &token, "alice", json!({})).await;
    assert_ne!(second, first);
}

async fn a_report_of_another_token_sets_nothing_off(app: TestApp) {
    let (app, first) = connected(app, RefreshPolicy::Strict).await;
    app.clock().advance(OLD_S);
    for other in ["", "x", &format!("{first}x")] {
        assert_eq!(report(&app, other).await, "replaced");
    }
    app.clock().advance(LIFE_S);
    assert_eq!(report(&app, &first).await, "replaced");
    assert_eq!(app.demo().refresh_requests(), 0);
}

async fn a_token_that_was_just_issued_is_not_renewed(app: TestApp) {
    let (app, first) = connected(app, RefreshPolicy::Strict).await;
    app.clock().advance(59);
    assert_eq!(report(&app, &first).await, "just_issued");
    assert_eq!(app.demo().refresh_requests(), 0);
    app.clock().advance(1);
    assert_eq!(report(&app, &first).await, "renewed");
    // So that nobody renews in a circle.
    let second = given(&app).await;
    assert_eq!(report(&app, &second).await, "just_issued");
    assert_eq!(app.demo().refresh_requests(), 1);
}

async fn a_token_without_a_refresh_token_is_not_renewed(app: TestApp) {
    let (app, first) = connected(app, RefreshPolicy::None).await;
    app.clock().advance(OLD_S);
    assert_eq!(report(&app, &first).await, "not_renewable");
    assert_eq!(given(&app).await, first);
}

async fn a_provider_that_is_down_leaves_the_token_that_is_kept(app: TestApp) {
    let (app, first) = connected(app, RefreshPolicy::Strict).await;
    app.demo().misbehave(Some(Misbehaviour::TokenDown));
    app.clock().advance(OLD_S);
    let token = delegation::token_for(&app, "agent", "alice").await;
    let failed = report_with(&app, &token, &first).await;
    expect_problem(failed, 502, "provider failed");
    app.demo().misbehave(None);
    assert_eq!(given(&app).await, first);
    // It is not asked again at once, whoever reports.
    let failed = report_with(&app, &token, &first).await;
    assert!(failed.member("detail").contains("asked again in"));
    assert_eq!(app.demo().refresh_requests(), 1);
}

async fn a_report_says_nothing_of_another_agents_token_or_another_users(app: TestApp) {
    let (app, first) = connected(app, RefreshPolicy::Strict).await;
    delegation::agent(&app, "other").await;
    app.clock().advance(OLD_S);
    for (agent, user) in [("other", "alice"), ("agent", "bob")] {
        let token = delegation::token_for(&app, agent, user).await;
        let told = report_with(&app, &token, &first).await.expect_status(200);
        assert_eq!(told.member("outcome"), "consent_needed");
        assert_eq!(told.record(), None);
    }
    let nobody = app.agent_host().token("agent").await;
    let refused = report_with(&app, &nobody, &first).await;
    expect_problem(refused, 403, "denied");
    assert_eq!(app.demo().refresh_requests(), 0);
}

async fn a_report_asks_whether_the_agent_may_still(app: TestApp) {
    let (app, first) = connected(app, RefreshPolicy::Strict).await;
    app.clock().advance(OLD_S);
    let token = delegation::token_for(&app, "agent", "alice").await;
    let more = json!({
        "workload_identity_token": token,
        "resource_credential_provider_name": "demo",
        "scopes": ["repo", "read"],
        "access_token_hash": hash(&first),
    });
    // More than the user agreed to.
    expect_problem(send(app.agent_host(), &more).await, 403, "denied");
    app.set_agent_state("agent", AgentState::Suspended).await;
    expect_problem(report_with(&app, &token, &first).await, 403, "denied");
    assert_eq!(app.demo().refresh_requests(), 0);
}

async fn only_the_role_agent_host_may_report(app: TestApp) {
    let (app, first) = connected(app, RefreshPolicy::Strict).await;
    app.clock().advance(OLD_S);
    let token = delegation::token_for(&app, "agent", "alice").await;
    let body = json!({
        "workload_identity_token": token,
        "resource_credential_provider_name": "demo",
        "scopes": ["repo"],
        "access_token_hash": hash(&first),
    });
    for role in Role::ALL
        .into_iter()
        .filter(|role| *role != Role::AgentHost)
    {
        let refused = send(app.client_with(role), &body).await;
        let refused = expect_problem(refused, 403, "denied");
        let record = app.record(refused.record().unwrap()).await;
        assert_eq!(record.entry.verdict, Verdict::Deny);
        assert_eq!(record.entry.operation, "ReportUnauthorized");
    }
    assert_eq!(app.demo().refresh_requests(), 0);
    let ask = json!({
        "workloadIdentityToken": token,
        "resourceCredentialProviderName": "demo",
        "scopes": ["repo"],
        "oauth2Flow": "USER_FEDERATION",
    });
    let kept = app.agent_host().call(GetResourceOauth2Token, ask).await;
    assert_eq!(kept.expect_status(200).member("accessToken"), first);
}

async fn what_goes_wrong_is_told_as_a_problem(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let right = json!({
        "workload_identity_token": token,
        "resource_credential_provider_name": "demo",
        "scopes": ["repo"],
        "access_token_hash": hash("x"),
    });
    for (member, value) in [
        ("access_token_hash", json!("x")),
        ("access_token_hash", json!(format!("{}=", hash("x")))),
        ("scopes", json!(["two words"])),
        ("resource_credential_provider_name", json!("no such/name")),
        ("more", json!(1)),
    ] {
        let mut body = right.clone();
        body[member] = value;
        expect_problem(send(app.agent_host(), &body).await, 400, "invalid request");
    }
    let mut other = right.clone();
    other["resource_credential_provider_name"] = json!("absent");
    expect_problem(send(app.agent_host(), &other).await, 404, "not found");
    let mut forged = right;
    forged["workload_identity_token"] = json!("x");
    expect_problem(send(app.agent_host(), &forged).await, 401, "not proved");
}

#[track_caller]
fn expect_problem(response: Response, status: u16, title: &str) -> Response {
    let response = response.expect_status(status);
    assert_eq!(response.member("title"), title);
    assert!(!response.member("detail").is_empty());
    response
}
