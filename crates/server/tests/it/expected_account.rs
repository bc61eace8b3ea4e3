//! The account at a provider that an operator has pinned for a user: no consent brings another one.

use std::sync::Arc;

use procura_app::expected_account::ExpectedAccount;
use procura_core::action::Action;
use procura_core::audit::record::Verdict;
use procura_core::error::{Error, Kind};
use procura_core::id::ConnectionId;
use procura_core::stated_reason::StatedReason;
use procura_testkit::demo::Misbehaviour;
use procura_testkit::{ACCOUNT, Browser, OTHER_ACCOUNT, Response, TestApp};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::connections::{account, all, cx_of, local, only, operator, revoked};
use crate::delegation::{self, Begun};
use crate::oauth2;

tests! {
    on_both_engines {
        who_consents_with_another_account_is_refused_and_nothing_is_kept
        a_pin_outlives_its_connection_and_ends_when_it_is_unpinned
        a_recovery_does_not_go_around_the_pin
        a_pin_that_comes_while_a_code_is_redeemed_counts
        a_pin_that_comes_after_it_was_looked_for_counts
        a_pin_that_changes_after_it_was_looked_at_is_not_taken_for_it
    }
    on_sqlite {
        who_is_not_said_to_be_the_expected_one_is_refused
        a_connection_of_nobody_that_is_known_cannot_be_pinned
        who_may_not_pin_is_refused_and_other_accounts_are_not_reached
        the_operator_pins_sees_a_mix_up_and_unpins_over_the_socket
        a_pin_is_of_one_user_at_one_provider
    }
}

/// Scopes with which the demo provider says who the user is.
fn named() -> Value {
    json!({ "scopes": ["openid", "repo"] })
}

fn asked_again() -> Value {
    json!({ "scopes": ["openid", "repo"], "forceAuthentication": true })
}

/// An app whose user alice is connected by `agent`, with her account at the provider.
async fn connected(app: TestApp) -> (TestApp, ConnectionId) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    delegation::connected(&app, &token, "alice", named()).await;
    let id = only(&app).await;
    (app, id)
}

async fn pin(app: &TestApp, id: ConnectionId) -> Result<ExpectedAccount, Error> {
    let mut cx = operator(app, Action::PinConnection);
    let reason = Some(StatedReason::new("checked with alice").unwrap());
    let pinned = app.app().pin_connection(&mut cx, account(), id, reason);
    pinned.await.map(|done| done.value)
}

async fn unpin(app: &TestApp, id: ConnectionId) -> Result<ExpectedAccount, Error> {
    let mut cx = operator(app, Action::UnpinConnection);
    let unpinned = app.app().unpin_connection(&mut cx, account(), id, None);
    unpinned.await.map(|done| done.value)
}

/// Alice of `agent` is sent away, and says yes there with the account of `there`.
async fn comes_back_as(app: &TestApp, agent: &str, there: &str, more: Value) -> (String, Begun) {
    let token = delegation::token_for(app, agent, "alice").await;
    let begun = delegation::begin(app, &token, more).await;
    delegation::come_back(&mut Browser::new(), &begun, there).await;
    (token, begun)
}

/// The same, and it is proved that she is alice: what the API says to that, and to who polls.
async fn consents_as(app: &TestApp, agent: &str, there: &str, more: Value) -> (Response, Response) {
    let (token, begun) = comes_back_as(app, agent, there, more).await;
    let completed = delegation::complete(app, &begun, "alice").await;
    (completed, delegation::poll(app, &token, &begun).await)
}

fn is_refused((completed, polled): (Response, Response), word: &str) -> Response {
    let polled = polled.expect_error(403, "AccessDeniedException");
    assert!(polled.text().contains(word), "{}", polled.text());
    let completed = completed.expect_error(403, "AccessDeniedException");
    assert!(completed.text().contains(word), "{}", completed.text());
    completed
}

/// How many records say this.
async fn said(app: &TestApp, what: &str) -> usize {
    let records = app.records().await;
    let says = records
        .iter()
        .filter(|record| record.entry.reason.contains(what));
    says.count()
}

const OTHER: &str = "another account at the provider";
const NOT_TOLD: &str = "did not say with which one";

async fn who_consents_with_another_account_is_refused_and_nothing_is_kept(app: TestApp) {
    let (app, id) = connected(app).await;
    pin(&app, id).await.unwrap();
    let recorded = oauth2::recorded(&app, "pinned: consents").await;
    assert!(recorded[0].ends_with("; reason: checked with alice"));

    // The same account again.
    let (completed, _) = consents_as(&app, "agent", "alice", asked_again()).await;
    completed.expect_status(200);
    let token = delegation::token_for(&app, "agent", "alice").await;
    let given = delegation::ask(&app, &token, named()).await;
    let given = given.expect_status(200).member("accessToken");

    let refused = consents_as(&app, "agent", "bob", asked_again()).await;
    let refused = is_refused(refused, OTHER);
    assert_eq!(app.demo().code_redemptions(), 3);
    assert_eq!(
        app.demo().revocations(),
        1,
        "what was granted is given back"
    );
    let record = app.record(refused.record().unwrap()).await.entry;
    assert_eq!(record.verdict, Verdict::Deny);
    let held = format!("held to the account of {id}: ");
    assert!(record.reason.contains(&held), "{record:?}");
    assert!(!record.reason.contains("bob"), "{record:?}");
    assert_eq!(said(&app, "what was granted is given back").await, 1);
    // What was there is as it was.
    let still = delegation::ask(&app, &token, named()).await;
    assert_eq!(still.expect_status(200).member("accessToken"), given);

    // Another agent is held to it too.
    delegation::agent(&app, "another").await;
    let refused = consents_as(&app, "another", "bob", named()).await;
    is_refused(refused, OTHER);
    assert_eq!(app.demo().revocations(), 2);
    assert_eq!(only(&app).await, id);
    let (completed, _) = consents_as(&app, "another", "alice", named()).await;
    completed.expect_status(200);
    assert_eq!(all(&app).await.len(), 2);
}

async fn a_pin_outlives_its_connection_and_ends_when_it_is_unpinned(app: TestApp) {
    let (app, id) = connected(app).await;
    pin(&app, id).await.unwrap();
    revoked(&app, id).await;
    is_refused(consents_as(&app, "agent", "bob", named()).await, OTHER);
    assert_eq!(all(&app).await, []);
    let (completed, _) = consents_as(&app, "agent", "alice", named()).await;
    completed.expect_status(200);
    let since = only(&app).await;
    assert_ne!(since, id);

    // By the connection that it was taken from, which is gone.
    assert_eq!(unpin(&app, id).await.unwrap().connection, id);
    assert_eq!(unpin(&app, id).await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(oauth2::recorded(&app, "unpinned").await.len(), 1);
    let (completed, _) = consents_as(&app, "agent", "bob", asked_again()).await;
    completed.expect_status(200);

    // And by another one of the same user there.
    pin(&app, since).await.unwrap();
    delegation::agent(&app, "another").await;
    let (completed, _) = consents_as(&app, "another", "bob", named()).await;
    completed.expect_status(200);
    let mut others = all(&app).await;
    others.retain(|other| *other != since);
    assert_eq!(unpin(&app, others[0]).await.unwrap().connection, since);
    assert_eq!(unpin(&app, since).await.unwrap_err().kind(), Kind::NotFound);
}

async fn a_recovery_does_not_go_around_the_pin(app: TestApp) {
    let (mut app, id) = connected(app).await;
    // Without another node the database is not one that a test can get at.
    if app.another_node().await.is_none() {
        return;
    }
    pin(&app, id).await.unwrap();
    // The answer is kept, and then the database fails: as after a crash, nothing is made of it.
    app.tamper("ALTER TABLE expected_account RENAME TO away");
    let (token, begun) = comes_back_as(&app, "agent", "bob", asked_again()).await;
    let failed = delegation::complete(&app, &begun, "alice").await;
    failed.expect_error(500, "InternalServerException");
    assert_eq!(app.demo().code_redemptions(), 2);
    app.tamper("ALTER TABLE away RENAME TO expected_account");
    app.restart().await;
    let polled = delegation::poll(&app, &token, &begun).await;
    let polled = polled.expect_error(403, "AccessDeniedException");
    assert!(polled.text().contains(OTHER), "{}", polled.text());
    let held = format!("after an interruption, held to the account of {id}: ");
    assert_eq!(said(&app, &held).await, 1);
    assert_eq!(only(&app).await, id);
}

async fn a_pin_that_comes_while_a_code_is_redeemed_counts(app: TestApp) {
    let (app, id) = connected(app).await;
    let (token, begun) = comes_back_as(&app, "agent", "bob", asked_again()).await;
    let gate = Arc::new(Semaphore::new(0));
    app.demo()
        .misbehave(Some(Misbehaviour::Gate(Arc::clone(&gate))));
    let before = app.demo().token_requests();
    let (completed, ()) = tokio::join!(delegation::complete(&app, &begun, "alice"), async {
        app.demo().token_requests_reach(before + 1).await;
        pin(&app, id).await.unwrap();
        gate.close();
    });
    is_refused(
        (completed, delegation::poll(&app, &token, &begun).await),
        OTHER,
    );
}

/// Holds the table of connections until somebody waits for it, who has looked for a pin before that,
/// and pins meanwhile.
const PIN_IN_BETWEEN: &str = "
    BEGIN;
    LOCK TABLE connection IN ACCESS EXCLUSIVE MODE;
    DO $$ BEGIN
        WHILE NOT EXISTS (SELECT 1 FROM pg_locks
                          WHERE relation = 'connection'::regclass AND NOT granted) LOOP
            PERFORM pg_sleep(0.001);
        END LOOP;
    END $$;
    INSERT INTO expected_account SELECT * FROM kept_pin;
    COMMIT";
const UNTIL_IT_IS_HELD: &str = "
    DO $$ BEGIN
        WHILE NOT EXISTS (SELECT 1 FROM pg_locks
                          WHERE relation = 'connection'::regclass AND granted
                            AND mode = 'AccessExclusiveLock') LOOP
            PERFORM pg_sleep(0.001);
        END LOOP;
    END $$";

async fn a_pin_that_comes_after_it_was_looked_for_counts(app: TestApp) {
    let (app, id) = connected(app).await;
    // Without another node the database is not one that a test can get at.
    if app.another_node().await.is_none() {
        return;
    }
    pin(&app, id).await.unwrap();
    app.tamper("CREATE TABLE kept_pin AS SELECT * FROM expected_account");
    unpin(&app, id).await.unwrap();
    let (token, begun) = comes_back_as(&app, "agent", "bob", asked_again()).await;
    let gate = Arc::new(Semaphore::new(0));
    app.demo()
        .misbehave(Some(Misbehaviour::Gate(Arc::clone(&gate))));
    let before = app.demo().token_requests();
    let (completed, ()) = tokio::join!(delegation::complete(&app, &begun, "alice"), async {
        app.demo().token_requests_reach(before + 1).await;
        tokio::task::block_in_place(|| {
            std::thread::scope(|scope| {
                scope.spawn(|| app.tamper(PIN_IN_BETWEEN));
                app.tamper(UNTIL_IT_IS_HELD);
                gate.close();
            });
        });
    });
    is_refused(
        (completed, delegation::poll(&app, &token, &begun).await),
        OTHER,
    );
    assert_eq!(app.demo().revocations(), 1);
}

/// Holds the keys until somebody waits for one, who has looked at a pin before that, and puts another
/// pin in its place meanwhile.
const PIN_ANOTHER_IN_BETWEEN: &str = "
    BEGIN;
    LOCK TABLE encryption_key IN ACCESS EXCLUSIVE MODE;
    DO $$ BEGIN
        WHILE NOT EXISTS (SELECT 1 FROM pg_locks
                          WHERE relation = 'encryption_key'::regclass AND NOT granted) LOOP
            PERFORM pg_sleep(0.001);
        END LOOP;
    END $$;
    DELETE FROM expected_account;
    INSERT INTO expected_account SELECT * FROM kept_pin;
    COMMIT";
const UNTIL_KEYS_ARE_HELD: &str = "
    DO $$ BEGIN
        WHILE NOT EXISTS (SELECT 1 FROM pg_locks
                          WHERE relation = 'encryption_key'::regclass AND granted
                            AND mode = 'AccessExclusiveLock') LOOP
            PERFORM pg_sleep(0.001);
        END LOOP;
    END $$";

async fn a_pin_that_changes_after_it_was_looked_at_is_not_taken_for_it(app: TestApp) {
    let (mut app, id) = connected(app).await;
    // Without another node the database is not one that a test can get at.
    if app.another_node().await.is_none() {
        return;
    }
    delegation::agent(&app, "wrong").await;
    let (completed, _) = consents_as(&app, "wrong", "bob", named()).await;
    completed.expect_status(200);
    let others = all(&app).await.into_iter().find(|other| *other != id);
    pin(&app, others.unwrap()).await.unwrap();
    app.tamper("CREATE TABLE kept_pin AS SELECT * FROM expected_account");
    unpin(&app, id).await.unwrap();
    pin(&app, id).await.unwrap();
    pin(&app, id).await.unwrap();
    assert_eq!(said(&app, "is pinned already").await, 1);
    // No key is at hand, so that the one of the user is asked for once the pin was looked at.
    app.restart().await;
    let refused = tokio::task::block_in_place(|| {
        std::thread::scope(|scope| {
            scope.spawn(|| app.tamper(PIN_ANOTHER_IN_BETWEEN));
            app.tamper(UNTIL_KEYS_ARE_HELD);
            tokio::runtime::Handle::current().block_on(pin(&app, id))
        })
    });
    let refused = refused.unwrap_err();
    assert_eq!(refused.kind(), Kind::Conflict);
    let text = refused.public();
    assert!(text.contains("another account is pinned"), "{text}");
    assert_eq!(said(&app, "is pinned already").await, 1);
}

async fn who_is_not_said_to_be_the_expected_one_is_refused(app: TestApp) {
    let (app, id) = connected(app).await;
    pin(&app, id).await.unwrap();
    delegation::agent(&app, "another").await;
    // Without the scope openid the provider does not say who it is.
    let refused = consents_as(&app, "another", "alice", json!({})).await;
    is_refused(refused, NOT_TOLD);
    assert_eq!(app.demo().revocations(), 1);
    assert_eq!(only(&app).await, id);
}

async fn a_connection_of_nobody_that_is_known_cannot_be_pinned(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    delegation::connected(&app, &token, "alice", json!({})).await;
    let id = only(&app).await;
    let refused = pin(&app, id).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Conflict);
    assert!(refused.public().contains("openid"), "{}", refused.public());
    let refused = pin(&app, ConnectionId::from_bytes([7; 16])).await;
    assert_eq!(refused.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(unpin(&app, id).await.unwrap_err().kind(), Kind::NotFound);
}

async fn who_may_not_pin_is_refused_and_other_accounts_are_not_reached(app: TestApp) {
    let (app, id) = connected(app).await;
    let pins = async |client, account| {
        let mut cx = cx_of(&app, client, Action::PinConnection).await;
        let pinned = app.app().pin_connection(&mut cx, account, id, None);
        pinned.await.map(|_| ())
    };
    let unpins = async |client, account| {
        let mut cx = cx_of(&app, client, Action::UnpinConnection).await;
        let unpinned = app.app().unpin_connection(&mut cx, account, id, None);
        unpinned.await.map(|_| ())
    };
    let other = OTHER_ACCOUNT.parse().unwrap();
    let refused = pins(app.other_account_admin(), other).await;
    assert_eq!(refused.unwrap_err().kind(), Kind::NotFound);
    let nobodies = [
        app.agent_host(),
        app.binding(),
        app.auditor(),
        app.other_account_admin(),
    ];
    for client in nobodies {
        let refused = pins(client, account()).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Denied);
    }
    pins(app.admin(), account()).await.unwrap();
    for client in nobodies {
        let refused = unpins(client, account()).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Denied);
    }
    let refused = unpins(app.other_account_admin(), other).await;
    assert_eq!(refused.unwrap_err().kind(), Kind::NotFound);
    is_refused(
        consents_as(&app, "agent", "bob", asked_again()).await,
        OTHER,
    );
    unpins(app.admin(), account()).await.unwrap();
}

async fn the_operator_pins_sees_a_mix_up_and_unpins_over_the_socket(app: TestApp) {
    let (app, id) = connected(app).await;
    // Before anything is pinned, alice took the wrong account for another agent, and one that is
    // not told for a third.
    delegation::agent(&app, "wrong").await;
    delegation::agent(&app, "silent").await;
    let (completed, _) = consents_as(&app, "wrong", "bob", named()).await;
    completed.expect_status(200);
    let (completed, _) = consents_as(&app, "silent", "alice", json!({})).await;
    completed.expect_status(200);
    let path = format!("/v1/accounts/{ACCOUNT}/connections");
    let list = async || {
        let (_, list) = local(&app, "GET", &path, &Value::Null).await;
        list["connections"].as_array().unwrap().clone()
    };
    let of = async |agent: &str| {
        let all = list().await;
        let found = all.into_iter().find(|c| c["agent"]["name"] == agent);
        found.unwrap()["id"].as_str().unwrap().to_owned()
    };
    let standing = async |agent: &str| {
        let id = of(agent).await;
        let (_, shown) = local(&app, "GET", &format!("{path}/{id}"), &Value::Null).await;
        shown["provider"]["pinned_account"].clone()
    };
    assert_eq!(standing("wrong").await, Value::Null);
    assert!(list().await.iter().all(|c| c["pinned"] == false));

    let reason = json!({ "reason": "checked" });
    let change = async |id: &str, change: &str| {
        local(&app, "POST", &format!("{path}/{id}/{change}"), &reason).await
    };
    let (status, pinned) = change(&of("agent").await, "pin").await;
    assert_eq!((status, &pinned["pinned"]), (200, &json!(true)), "{pinned}");
    assert_eq!(pinned["pin"]["connection"], id.to_string());
    assert_eq!(pinned["pin"]["provider"]["name"], "demo");
    let (again, _) = change(&of("agent").await, "pin").await;
    assert_eq!(again, 200);
    assert!(list().await.iter().all(|c| c["pinned"] == true));
    assert_eq!(standing("agent").await, "same");
    assert_eq!(standing("wrong").await, "other");
    assert_eq!(standing("silent").await, "not_told");
    for agent in ["wrong", "silent"] {
        let (status, refused) = change(&of(agent).await, "pin").await;
        assert_eq!(status, 409, "{refused}");
    }

    let pins = format!("{path}/pins");
    let (_, pins) = local(&app, "GET", &pins, &Value::Null).await;
    assert_eq!(pins["pins"], json!([pinned["pin"]]));
    assert_eq!(pins["next"], Value::Null);
    for text in [pins.to_string(), pinned.to_string()] {
        assert!(!text.contains(&app.demo().issuer()), "not who: {text}");
    }
    let (status, unpinned) = change(&of("wrong").await, "unpin").await;
    assert_eq!((status, &unpinned["pinned"]), (200, &json!(false)));
    assert!(list().await.iter().all(|c| c["pinned"] == false));
    let (status, _) = change(&of("agent").await, "unpin").await;
    assert_eq!(status, 404);
}

async fn a_pin_is_of_one_user_at_one_provider(app: TestApp) {
    let (app, id) = connected(app).await;
    pin(&app, id).await.unwrap();
    let second = oauth2::config(&app);
    let second = app.admin().create_oauth2_provider("second", &second).await;
    second.expect_status(201);
    let mut there = named();
    there["resourceCredentialProviderName"] = json!("second");
    let (completed, _) = consents_as(&app, "agent", "bob", there).await;
    completed.expect_status(200);
    let token = delegation::token_for(&app, "agent", "bob").await;
    delegation::connected(&app, &token, "bob", named()).await;
    assert_eq!(all(&app).await.len(), 3);
}
