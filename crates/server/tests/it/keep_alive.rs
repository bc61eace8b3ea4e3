//! Refresh tokens that die of idleness are used before they do, where an agent used the connection
//! lately, and only where it could use it still.

use std::sync::Arc;

use procura_core::access_key::Role;
use procura_core::vendor::Vendor;
use procura_core::workload_identity::AgentState;
use procura_testkit::authority::Rules;
use procura_testkit::demo::{Misbehaviour, RefreshPolicy};
use procura_testkit::{ACCOUNT, Browser, TestApp};
use procura_wire::Operation::{
    CompleteResourceTokenAuth, GetResourceOauth2Token, GetWorkloadAccessTokenForUserId,
};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::renewal::{connected, given, opens};
use crate::user_proof::{policy, register, remove, set_state};
use crate::{delegation, oauth2};

tests! {
    on_both_engines {
        what_would_die_of_idleness_is_used_once_and_said_so
        what_does_not_die_of_idleness_is_left_alone
        a_token_that_outlives_its_refresh_token_is_renewed_for_it
        a_use_is_written_down_once_a_day
        a_stopped_agent_keeps_nothing_alive
        a_revoked_key_keeps_nothing_alive
        an_issuer_that_was_removed_keeps_nothing_alive
        of_two_who_keep_alive_one_does
    }
    on_sqlite {
        an_asserted_user_keeps_nothing_alive_where_users_are_to_be_proved
        what_failed_is_tried_again_a_day_later
        what_ended_is_left_alone
    }
}

const DAY_S: i64 = 24 * 60 * 60;
/// Of 90 days of idleness this is too early, and that is late enough, for every connection.
const EARLY: i64 = 53 * DAY_S;
const DUE: i64 = 60 * DAY_S;

/// Alice's connection at a vendor whose refresh tokens die after 90 days without use, and the access
/// token that it gave.
async fn at_atlassian(app: TestApp) -> (TestApp, String) {
    let (app, first) = connected(app, RefreshPolicy::RevokesFamily).await;
    app.set_vendor("demo", Vendor::Atlassian).await;
    (app, first)
}

async fn kept_alive(app: &TestApp) -> u64 {
    app.app().keep_alive().await.unwrap()
}

async fn what_would_die_of_idleness_is_used_once_and_said_so(app: TestApp) {
    let (app, first) = at_atlassian(app).await;
    app.clock().advance(EARLY);
    assert_eq!(kept_alive(&app).await, 0);
    app.clock().advance(DUE - EARLY);
    assert_eq!(kept_alive(&app).await, 1);
    assert_eq!(kept_alive(&app).await, 0);
    assert_eq!(app.demo().refresh_requests(), 1);
    let records = app.records().await;
    let said = |words: &str| {
        let mut found = records.iter().map(|record| &record.entry);
        found.find(|entry| entry.reason.contains(words)).unwrap()
    };
    let host = app.agent_host().key_id();
    for entry in [
        said("so that it does not die of idleness"),
        said(": renewed; generation 2"),
    ] {
        assert_eq!(entry.operation, "ConnectionKeepAlive");
        assert_eq!((&entry.caller, &entry.request), (&None, &None));
        assert!(entry.agent.is_some() && entry.user.is_some() && entry.provider.is_some());
    }
    assert!(said("so that it does not die").reason.contains(host));
    // Nobody has used it for longer than it would live: it dies.
    app.clock().advance(DUE);
    assert_eq!(kept_alive(&app).await, 0);
    assert_eq!(app.demo().refresh_requests(), 1);
    // Who comes after all is given a token, and from then on it is kept alive again.
    let second = given(&app).await;
    assert_ne!(second, first);
    assert!(opens(&app, &second).await);
    app.clock().advance(DUE);
    assert_eq!(kept_alive(&app).await, 1);
}

async fn what_does_not_die_of_idleness_is_left_alone(app: TestApp) {
    let (app, _) = connected(app, RefreshPolicy::Strict).await;
    app.clock().advance(DUE);
    for vendor in [Vendor::Custom, Vendor::Hubspot, Vendor::Google] {
        app.set_vendor("demo", vendor).await;
        assert_eq!(kept_alive(&app).await, 0, "{vendor:?}");
    }
    assert_eq!(app.demo().refresh_requests(), 0);
}

async fn a_use_is_written_down_once_a_day(app: TestApp) {
    let (app, _) = at_atlassian(app).await;
    let written = async || app.last_use(Vendor::Atlassian).await.unwrap();
    let first = written().await;
    for _ in 0..3 {
        app.clock().advance(600);
        given(&app).await;
        assert_eq!(written().await, first);
    }
    app.clock().advance(DAY_S);
    given(&app).await;
    assert_eq!(written().await, first.plus_seconds(1800 + DAY_S));
}

async fn a_token_that_outlives_its_refresh_token_is_renewed_for_it(app: TestApp) {
    // Its access tokens live for as long as one likes, and nothing is renewed when they are given.
    let (app, _) = at_atlassian(app).await;
    app.demo().misbehave(Some(Misbehaviour::NoLifetime));
    app.clock().advance(3600);
    given(&app).await;
    app.demo().misbehave(None);
    for _ in 0..2 {
        app.clock().advance(50 * DAY_S);
        given(&app).await;
    }
    assert_eq!(app.demo().refresh_requests(), 1);
    // It was renewed 100 days ago, and used today.
    assert_eq!(kept_alive(&app).await, 1);
    assert_eq!(app.demo().refresh_requests(), 2);
}

async fn a_stopped_agent_keeps_nothing_alive(app: TestApp) {
    let (app, _) = at_atlassian(app).await;
    app.clock().advance(DUE);
    set_state(&app, AgentState::Suspended).await;
    assert_eq!(kept_alive(&app).await, 0);
    assert_eq!(app.demo().refresh_requests(), 0);
    set_state(&app, AgentState::Active).await;
    assert_eq!(kept_alive(&app).await, 1);
}

/// Neither the key that asked, nor the one that the workload access token was made for.
async fn a_revoked_key_keeps_nothing_alive(app: TestApp) {
    let (app, _) = at_atlassian(app).await;
    let account = ACCOUNT.parse().unwrap();
    for is_asker in [true, false] {
        let gone = app.new_client(account, vec![Role::AgentHost]).await;
        let maker = if is_asker { app.agent_host() } else { &gone };
        let asker = if is_asker { &gone } else { app.agent_host() };
        app.clock().advance(DAY_S);
        let proof = app.demo().user_token("alice");
        let minted = maker.token_for_jwt("agent", &proof).await;
        let body = json!({
            "workloadIdentityToken": minted.expect_status(200).member("workloadAccessToken"),
            "resourceCredentialProviderName": "demo",
            "scopes": ["repo"],
            "oauth2Flow": "USER_FEDERATION",
        });
        let given = asker.call(GetResourceOauth2Token, body).await;
        given.expect_status(200).member("accessToken");
        let before = app.demo().refresh_requests();
        app.clock().advance(DUE);
        app.revoke(&gone).await;
        assert_eq!(kept_alive(&app).await, 0);
        assert_eq!(app.demo().refresh_requests(), before);
    }
}

async fn an_issuer_that_was_removed_keeps_nothing_alive(app: TestApp) {
    let (app, _) = at_atlassian(app).await;
    app.clock().advance(DUE);
    let issuer = app.demo().issuer();
    register(&app, &issuer, policy("anybody")).await;
    remove(&app, &issuer).await;
    assert_eq!(kept_alive(&app).await, 0);
    assert_eq!(app.demo().refresh_requests(), 0);
}

async fn of_two_who_keep_alive_one_does(app: TestApp) {
    let (app, _) = at_atlassian(app).await;
    app.clock().advance(DUE);
    let gate = Arc::new(Semaphore::new(0));
    let waits = Misbehaviour::Gate(Arc::clone(&gate));
    app.demo().misbehave(Some(waits));
    let there = app.another_node().await;
    let other = async {
        app.demo().refresh_requests_reach(1).await;
        // Where a database has one node, it looks twice.
        let kept = kept_alive(there.as_ref().unwrap_or(&app)).await;
        gate.close();
        kept
    };
    assert_eq!(tokio::join!(kept_alive(&app), other), (1, 0));
    assert_eq!(app.demo().refresh_requests(), 1);
    assert_eq!(app.demo().refresh_reuses(), 0);
}

async fn an_asserted_user_keeps_nothing_alive_where_users_are_to_be_proved(app: TestApp) {
    let (mut app, _) = at_atlassian(app).await;
    // The same user as was proved, and another one besides who is only named.
    let body = json!({ "workloadName": "agent", "userId": "bob" });
    let minted = app.agent_host().call(GetWorkloadAccessTokenForUserId, body);
    let token = minted
        .await
        .expect_status(200)
        .member("workloadAccessToken");
    let begun = delegation::begin(&app, &token, json!({})).await;
    let mut browser = Browser::new();
    delegation::come_back(&mut browser, &begun, "bob").await;
    let complete = json!({
        "sessionUri": begun.session_id(),
        "userIdentifier": { "userId": "bob" },
    });
    let completed = app.binding().call(CompleteResourceTokenAuth, complete);
    completed.await.expect_status(200);
    let polled = delegation::poll(&app, &token, &begun).await;
    polled.expect_status(200).member("accessToken");
    app.restart_under(Rules::Strict).await;
    app.clock().advance(DUE);
    assert_eq!(kept_alive(&app).await, 1);
    assert_eq!(app.demo().refresh_requests(), 1);
    app.restart_under(Rules::Baseline).await;
    assert_eq!(kept_alive(&app).await, 1);
}

async fn what_failed_is_tried_again_a_day_later(app: TestApp) {
    let (app, _) = at_atlassian(app).await;
    let body = json!({ "error": "invalid_client" }).to_string();
    let refusal = Misbehaviour::RefreshError { status: 401, body };
    app.demo().misbehave(Some(refusal));
    app.clock().advance(DUE);
    for _ in 0..3 {
        assert_eq!(kept_alive(&app).await, 0);
        app.clock().advance(DAY_S / 4);
    }
    assert_eq!(app.demo().refresh_requests(), 1);
    app.demo().misbehave(None);
    app.clock().advance(DAY_S / 2);
    assert_eq!(kept_alive(&app).await, 1);
}

async fn what_ended_is_left_alone(app: TestApp) {
    let (app, _) = at_atlassian(app).await;
    let body = json!({ "error": "invalid_grant" }).to_string();
    let refusal = Misbehaviour::RefreshError { status: 400, body };
    app.demo().misbehave(Some(refusal));
    app.clock().advance(DUE);
    assert_eq!(kept_alive(&app).await, 0);
    assert_eq!(app.demo().refresh_requests(), 1);
    let ended = oauth2::recorded(&app, "con_").await;
    let words = "the user has to consent again";
    assert!(ended.iter().any(|said| said.contains(words)), "{ended:?}");
    app.demo().misbehave(None);
    app.clock().advance(2 * DAY_S);
    assert_eq!(kept_alive(&app).await, 0);
    assert_eq!(app.demo().refresh_requests(), 1);
}
