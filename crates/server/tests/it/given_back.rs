//! What a provider granted and nobody keeps is good for nothing there afterwards.

use std::sync::Arc;

use procura_core::action::Action;
use procura_testkit::demo::{Misbehaviour, RefreshPolicy};
use procura_testkit::{Browser, Response, TestApp};
use procura_wire::Operation::UpdateOauth2CredentialProvider;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::connections::{account, only, operator};
use crate::delegation::{self, Begun};
use crate::oauth2;
use crate::renewal::{connected, opens, renewed_while};

tests! {
    on_both_engines {
        what_is_wider_than_asked_goes_back_and_nothing_else
        what_a_recovery_refuses_goes_back
        what_a_recovery_finds_too_wide_goes_back
        what_a_recovery_makes_use_of_does_not_go_back
        what_a_recovery_refuses_goes_to_no_other_server
        a_renewal_of_what_was_taken_back_meanwhile_goes_back
    }
    on_sqlite {}
}

const TAKEN_BACK: &str = "what was granted is given back: the provider took the token back";

/// How many records say this.
async fn said(app: &TestApp, what: &str) -> usize {
    let records = app.records().await;
    let says = records.iter();
    let says = says.filter(|record| record.entry.reason.contains(what));
    says.count()
}

/// Alice is asked for what makes the provider say who she is, and says yes with the account `there`.
async fn came_back(app: &TestApp, there: &str) -> (String, Begun) {
    let token = delegation::token_for(app, "agent", "alice").await;
    let more = json!({ "scopes": ["openid", "repo"], "forceAuthentication": true });
    let begun = delegation::begin(app, &token, more).await;
    delegation::come_back(&mut Browser::new(), &begun, there).await;
    (token, begun)
}

/// An app where alice's account is pinned.
async fn pinned(app: TestApp) -> TestApp {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let named = json!({ "scopes": ["openid", "repo"] });
    delegation::connected(&app, &token, "alice", named).await;
    let id = only(&app).await;
    let mut cx = operator(&app, Action::PinConnection);
    let pinned = app.app().pin_connection(&mut cx, account(), id, None);
    pinned.await.unwrap();
    app
}

/// The code is redeemed, and the database is gone when the answer comes, as `answered`.
async fn interrupted(app: &TestApp, begun: &Begun, answered: Option<Misbehaviour>) {
    let gate = Arc::new(Semaphore::new(0));
    let closed = Misbehaviour::Gate(Arc::clone(&gate));
    app.demo().misbehave(Some(closed));
    let before = app.demo().token_requests();
    let (completed, ()) = tokio::join!(delegation::complete(app, begun, "alice"), async {
        app.demo().token_requests_reach(before + 1).await;
        app.close_store().await;
        app.demo().misbehave(answered);
        gate.close();
    });
    assert_eq!(completed.status, 500, "{}", completed.text());
    app.app().finish_in_flight().await;
    app.demo().misbehave(None);
}

fn is_refused(polled: Response, why: &str) {
    let polled = polled.expect_error(403, "AccessDeniedException");
    assert!(polled.text().contains(why), "{}", polled.text());
}

async fn what_is_wider_than_asked_goes_back_and_nothing_else(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let own = delegation::connected(&app, &token, "alice", json!({})).await;
    let more = json!({ "scopes": ["write"] });
    let begun = delegation::begin(&app, &token, more).await;
    delegation::come_back(&mut Browser::new(), &begun, "alice").await;
    app.demo().misbehave(Some(Misbehaviour::GrantsMore));
    let refused = delegation::complete(&app, &begun, "alice").await;
    is_refused(refused, "more scopes");
    app.demo().misbehave(None);
    assert_eq!(
        app.demo().revocations(),
        1,
        "the demo provider had it, and ended it"
    );
    assert_eq!(said(&app, TAKEN_BACK).await, 1);
    // What she let the agent do before is as it was.
    assert!(opens(&app, &own).await);
    let given = delegation::ask(&app, &token, json!({})).await;
    assert_eq!(given.expect_status(200).member("accessToken"), own);

    // Where there is no endpoint for that, it is on record that it is good still.
    let config = oauth2::config_of_endpoints(&app);
    let made = app.admin().create_oauth2_provider("silent", &config).await;
    made.expect_status(201);
    let more = json!({ "resourceCredentialProviderName": "silent" });
    let begun = delegation::begin(&app, &token, more).await;
    delegation::come_back(&mut Browser::new(), &begun, "alice").await;
    app.demo().misbehave(Some(Misbehaviour::GrantsMore));
    let refused = delegation::complete(&app, &begun, "alice").await;
    is_refused(refused, "more scopes");
    assert_eq!(app.demo().revocation_requests(), 1);
    let none = "what was granted is given back: the provider has no revocation endpoint";
    assert_eq!(said(&app, none).await, 1);
}

async fn what_a_recovery_refuses_goes_back(app: TestApp) {
    let mut app = pinned(app).await;
    let (token, begun) = came_back(&app, "bob").await;
    interrupted(&app, &begun, None).await;
    app.restart().await;
    is_refused(
        delegation::poll(&app, &token, &begun).await,
        "another account at the provider",
    );
    assert_eq!(app.demo().revocations(), 1);
    let said = async |what: &str| said(&app, &format!("after an interruption, {what}")).await;
    assert_eq!(said(TAKEN_BACK).await, 1);
    assert_eq!(said("client secret").await, 1);
    // Alice's own is good as it was.
    let given = delegation::ask(&app, &token, json!({})).await;
    let given = given.expect_status(200).member("accessToken");
    assert!(opens(&app, &given).await);
}

async fn what_a_recovery_finds_too_wide_goes_back(app: TestApp) {
    let mut app = delegation::ready(app).await;
    let (token, begun) = came_back(&app, "alice").await;
    interrupted(&app, &begun, Some(Misbehaviour::GrantsMore)).await;
    app.restart().await;
    is_refused(delegation::poll(&app, &token, &begun).await, "more scopes");
    assert_eq!(app.demo().revocations(), 1);
    assert_eq!(said(&app, TAKEN_BACK).await, 1);
}

async fn what_a_recovery_makes_use_of_does_not_go_back(app: TestApp) {
    let mut app = pinned(app).await;
    let (token, begun) = came_back(&app, "alice").await;
    interrupted(&app, &begun, None).await;
    app.restart().await;
    let given = delegation::poll(&app, &token, &begun).await;
    let given = given.expect_status(200).member("accessToken");
    assert!(opens(&app, &given).await);
    assert_eq!(app.demo().revocation_requests(), 0);
}

async fn what_a_recovery_refuses_goes_to_no_other_server(app: TestApp) {
    let mut app = pinned(app).await;
    // Without another node the database is not one that a test can get at.
    if app.another_node().await.is_none() {
        return;
    }
    app.tamper("ALTER TABLE expected_account RENAME TO away");
    let (_, begun) = came_back(&app, "bob").await;
    let failed = delegation::complete(&app, &begun, "alice").await;
    failed.expect_error(500, "InternalServerException");
    app.tamper("ALTER TABLE away RENAME TO expected_account");
    let method = json!("CLIENT_SECRET_POST");
    let config = oauth2::with(oauth2::config(&app), "clientAuthenticationMethod", method);
    let moved = json!({
        "name": "demo",
        "credentialProviderVendor": "CustomOauth2",
        "oauth2ProviderConfigInput": config,
    });
    let moved = app.admin().call(UpdateOauth2CredentialProvider, moved);
    moved.await.expect_status(200);
    // Its endpoints are found, and one is for revocations.
    let machine = app.agent_host().token("agent").await;
    let machine = app.agent_host().machine_token(&machine, "demo", &["read"]);
    machine.await.expect_status(200);
    app.restart().await;
    assert_eq!(app.demo().revocation_requests(), 0);
    let elsewhere = "given back: the provider was not asked: its configuration changed";
    assert_eq!(said(&app, elsewhere).await, 1);
}

async fn a_renewal_of_what_was_taken_back_meanwhile_goes_back(app: TestApp) {
    let (app, _) = connected(app, RefreshPolicy::Strict).await;
    // Of SQLite's no test can take a row away from outside.
    if app.another_node().await.is_none() {
        return;
    }
    let before = app.demo().revocations();
    let taken = async || app.tamper("DELETE FROM connection");
    let asked = renewed_while(&app, taken).await.expect_status(200);
    assert!(
        asked.json().get("authorizationUrl").is_some(),
        "{}",
        asked.text()
    );
    app.app().finish_in_flight().await;
    assert_eq!(
        said(&app, "the connection was taken back meanwhile").await,
        1
    );
    assert_eq!(said(&app, TAKEN_BACK).await, 1);
    assert_eq!(app.demo().revocations(), before + 1);
}
