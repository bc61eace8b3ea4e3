//! Attacks on the exchange of users' tokens, each beside the honest flow (attacks 15, 41, 42, 45, 49 and
//! 88 of the catalogue).

use std::sync::Arc;
use std::time::Duration;

use procura_core::access_key::Role;
use procura_core::action::Action;
use procura_core::audit::record::Verdict;
use procura_core::grant::{Covered, WithUser};
use procura_core::workload_identity::AgentState;
use procura_testkit::authority::Rules;
use procura_testkit::demo::Misbehaviour;
use procura_testkit::{Client, Engine, Response, Setup, TestApp};
use procura_wire::Operation::DeleteOauth2CredentialProvider;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::machine_token_decisions::{account, grant, only, take_back};
use crate::on_behalf_of::{
    ask, claims, config, more, ready, ready_with_exchange, sent, with_actor,
};
use crate::{connections, consents, delegation, oauth2, token_chains, trace, user_proof};

tests! {
    on_both_engines {
        who_was_stopped_while_an_exchange_was_on_its_way_gets_nothing
        who_was_stopped_before_an_exchange_has_no_token_sent
        an_exchange_is_for_users_who_were_proved
        without_a_grant_no_users_token_is_sent
        an_exchange_that_grants_more_needs_a_grant_of_that
    }
    on_sqlite {
        an_exchange_is_a_use_of_a_task
        an_exchange_does_not_ask_around_a_pause
        a_stopped_agent_exchanges_nothing
        no_parameter_puts_another_token_in_the_place_of_the_users
        a_provider_that_refuses_repeats_no_token
        the_token_of_another_account_is_none_here
    }
}

/// A question that has not reached the provider by then never does.
const DEADLINE: Duration = Duration::from_secs(20);

/// Begins to ask; when this returns, the provider has the question and waits at the gate.
async fn on_its_way(
    app: &TestApp,
    client: &Client,
    token: &str,
) -> (JoinSet<Response>, Arc<Semaphore>) {
    let gate = Arc::new(Semaphore::new(0));
    let before = app.demo().token_requests();
    let closed = Misbehaviour::Gate(Arc::clone(&gate));
    app.demo().misbehave(Some(closed));
    let waiting = oauth2::asking_at_once(client, token, &more(&json!({})), 1);
    let reached = app.demo().token_requests_reach(before + 1);
    tokio::time::timeout(DEADLINE, reached).await.unwrap();
    (waiting, gate)
}

/// The one answer, which is a no on record.
async fn refusal(app: &TestApp, mut waiting: JoinSet<Response>, gate: &Semaphore) -> Response {
    gate.close();
    let answer = waiting.join_next().await.unwrap().unwrap();
    assert_ne!(answer.status, 200);
    assert!(!answer.holds("demo_at_"));
    let record = app.record(answer.record().unwrap()).await;
    assert_eq!(record.entry.verdict, Verdict::Deny);
    answer
}

/// What stops an exchange.
const STOPS: [&str; 5] = ["agent", "key", "grant", "issuer", "provider"];

/// Stops an exchange that `client` asks for.
async fn stop(app: &TestApp, what: &str, client: &Client) {
    match what {
        "agent" => app.set_agent_state("agent", AgentState::Suspended).await,
        "key" => app.revoke(client).await,
        "issuer" => user_proof::remove(app, &app.demo().issuer()).await,
        "grant" => no_grants(app).await,
        _ => {
            let name = json!({ "name": "demo" });
            let deleted = app.admin().call(DeleteOauth2CredentialProvider, name);
            deleted.await.expect_status(204);
        }
    }
}

/// What was stopped goes on.
async fn resume(app: &TestApp, what: &str, config: &Value) {
    match what {
        "agent" => app.set_agent_state("agent", AgentState::Active).await,
        "issuer" => registered(app).await,
        "grant" => {
            grant(app, Some("agent"), Covered::Every, WithUser::Required).await;
        }
        "provider" => {
            let made = app.admin().create_oauth2_provider("demo", config).await;
            made.expect_status(201);
        }
        _ => {}
    }
}

async fn registered(app: &TestApp) {
    let policy = user_proof::policy("demo-app");
    user_proof::register(app, &app.demo().issuer(), policy).await;
}

async fn no_grants(app: &TestApp) {
    let mut cx = app.app().operator_cx(Action::ListGrants);
    for grant in app.app().grants(&mut cx, account()).await.unwrap() {
        take_back(app, grant.id).await;
    }
}

async fn who_was_stopped_while_an_exchange_was_on_its_way_gets_nothing(app: TestApp) {
    let config = config(&app, with_actor("NONE"));
    let (app, _) = ready(app).await;
    registered(&app).await;
    for what in STOPS {
        let client = app.new_client(account(), vec![Role::AgentHost]).await;
        let token = user_proof::minted(&client, &app.demo().user_token("alice")).await;
        let (waiting, gate) = on_its_way(&app, &client, &token).await;
        stop(&app, what, &client).await;
        refusal(&app, waiting, &gate).await;
        assert!(
            oauth2::recorded(&app, "released").await.is_empty(),
            "{what}"
        );
        resume(&app, what, &config).await;
    }
    app.demo().misbehave(None);
    let token = user_proof::minted(app.agent_host(), &app.demo().user_token("alice")).await;
    ask(&app, &token, json!({})).await.expect_status(200);
}

/// The provider is asked for a token of the client's first; while that is on its way, it ends.
async fn who_was_stopped_before_an_exchange_has_no_token_sent(app: TestApp) {
    let config = config(&app, with_actor("M2M"));
    let (app, _) = ready_with_exchange(app, with_actor("M2M")).await;
    registered(&app).await;
    for what in STOPS {
        let client = app.new_client(account(), vec![Role::AgentHost]).await;
        let token = user_proof::minted(&client, &app.demo().user_token("alice")).await;
        let (waiting, gate) = on_its_way(&app, &client, &token).await;
        stop(&app, what, &client).await;
        refusal(&app, waiting, &gate).await;
        assert_eq!(sent(&app, "subject_token"), None, "{what}");
        let left = oauth2::recorded(&app, "user's token ").await;
        assert!(left.is_empty(), "{what}: {left:?}");
        resume(&app, what, &config).await;
    }
    app.demo().misbehave(None);
    let token = user_proof::minted(app.agent_host(), &app.demo().user_token("alice")).await;
    ask(&app, &token, json!({})).await.expect_status(200);
    assert!(sent(&app, "subject_token").is_some());
}

async fn an_exchange_is_for_users_who_were_proved(app: TestApp) {
    let (app, proved) = ready(app).await;
    let host = app.agent_host();
    for token in [
        host.token("agent").await,
        host.token_for("agent", "alice").await,
    ] {
        let refused = ask(&app, &token, json!({})).await;
        let refused = refused.expect_invalid("workloadIdentityToken");
        assert!(refused.holds("GetWorkloadAccessTokenForJWT"));
        // The same tokens are good for what needs no proof.
        let machine = oauth2::ask(&app, &token, json!({})).await;
        machine.expect_status(200);
        assert_eq!(sent(&app, "subject_token"), None);
    }
    ask(&app, &proved, json!({})).await.expect_status(200);
}

async fn without_a_grant_no_users_token_is_sent(app: TestApp) {
    let (app, token) = ready(app).await;
    let app = app.with_agent("another").await;
    no_grants(&app).await;
    let refused = || async {
        let refused = ask(&app, &token, json!({})).await;
        refused.expect_error(403, "AccessDeniedException")
    };
    refused().await;
    grant(&app, Some("another"), Covered::Every, WithUser::Optional).await;
    grant(&app, Some("agent"), Covered::Every, WithUser::Never).await;
    grant(&app, Some("agent"), only("write"), WithUser::Required).await;
    refused().await;
    assert_eq!(app.demo().token_requests(), 0);
    assert!(oauth2::recorded(&app, "user's token ").await.is_empty());
    let id = grant(&app, Some("agent"), only("read"), WithUser::Required).await;
    ask(&app, &token, json!({})).await.expect_status(200);
    for scopes in [json!([]), json!(["read", "write"]), json!(["READ"])] {
        let refused = ask(&app, &token, json!({ "scopes": scopes })).await;
        refused.expect_error(403, "AccessDeniedException");
    }
    take_back(&app, id).await;
    refused().await;
    assert_eq!(app.demo().token_requests(), 1);
}

async fn an_exchange_that_grants_more_needs_a_grant_of_that(app: TestApp) {
    let (app, token) = ready(app).await;
    let both = json!({ "scopes": ["read", "write"] });
    // What was asked for is got whole or not at all.
    app.demo().misbehave(Some(Misbehaviour::GrantsLess));
    let refused = ask(&app, &token, both.clone()).await;
    let refused = refused.expect_invalid("scopes");
    assert!(!refused.holds("demo_at_"));
    app.demo().misbehave(Some(Misbehaviour::GrantsMore));
    // A grant of every scope covers what this provider makes of it, and it is on record.
    ask(&app, &token, json!({})).await.expect_status(200);
    let released = oauth2::recorded(&app, "released").await;
    assert!(released[0].ends_with(", for admin read"), "{released:?}");
    no_grants(&app).await;
    grant(&app, Some("agent"), only("read write"), WithUser::Required).await;
    let refused = ask(&app, &token, json!({})).await;
    let refused = refused.expect_error(403, "AccessDeniedException");
    assert!(!refused.holds("demo_at_"));
    assert_eq!(oauth2::recorded(&app, "released").await.len(), 1);
    app.demo().misbehave(None);
    ask(&app, &token, both).await.expect_status(200);
}

async fn a_stopped_agent_exchanges_nothing(app: TestApp) {
    let (app, token) = ready(app).await;
    ask(&app, &token, json!({})).await.expect_status(200);
    for state in [AgentState::Suspended, AgentState::Retired] {
        app.set_agent_state("agent", state).await;
        let refused = ask(&app, &token, json!({})).await;
        refused.expect_error(403, "AccessDeniedException");
    }
    assert_eq!(app.demo().token_requests(), 1);
    app.set_agent_state("agent", AgentState::Active).await;
    ask(&app, &token, json!({})).await.expect_status(200);
}

async fn no_parameter_puts_another_token_in_the_place_of_the_users(app: TestApp) {
    let (app, token) = ready(app).await;
    let mallory = app.demo().user_token("mallory");
    for name in [
        "subject_token",
        "SUBJECT_TOKEN",
        "actor_token",
        "actor_token_type",
        "assertion",
        "grant_type",
        "client_id",
        "client_secret",
        "client_assertion",
        "client_assertion_type",
        "scope",
        "resource",
    ] {
        let told = json!({ "customParameters": { name: mallory } });
        let refused = ask(&app, &token, told).await;
        let refused = refused.expect_invalid("customParameters");
        assert!(!refused.holds("eyJ"), "{name}");
    }
    let id_token = "urn:ietf:params:oauth:token-type:id_token";
    for (name, value) in [
        ("requested_token_type", id_token),
        ("subject_token_type", "not a type"),
    ] {
        let told = json!({ "customParameters": { name: value } });
        let refused = ask(&app, &token, told).await;
        refused.expect_invalid("customParameters");
    }
    assert_eq!(app.demo().token_requests(), 0);
    assert!(oauth2::recorded(&app, "user's token ").await.is_empty());
    let told = json!({ "customParameters": { "tenant": "a" } });
    ask(&app, &token, told).await.expect_status(200);
    assert_eq!(
        claims(&sent(&app, "subject_token").unwrap())["sub"],
        "alice"
    );
}

async fn a_provider_that_refuses_repeats_no_token(app: TestApp) {
    trace::lines();
    let (app, token) = ready(app).await;
    ask(&app, &token, json!({})).await.expect_status(200);
    let subject = sent(&app, "subject_token").unwrap();
    let parts: Vec<&str> = subject.split('.').collect();
    for echoed in [subject.as_str(), parts[1], parts[2]] {
        let text = format!("the token {echoed} is not good");
        let body = json!({ "error": "invalid_grant", "error_description": text });
        app.demo().misbehave(Some(Misbehaviour::TokenError {
            status: 400,
            body: body.to_string(),
        }));
        let refused = ask(&app, &token, json!({})).await;
        let refused = refused.expect_error(400, "ValidationException");
        assert!(refused.holds("invalid_grant"));
        let record = app.record(refused.record().unwrap()).await;
        let lines = trace::lines().concat();
        for told in [refused.text(), &record.entry.reason, &lines] {
            assert!(
                !told.contains(parts[1]) && !told.contains(parts[2]),
                "{told}"
            );
        }
    }
}

async fn the_token_of_another_account_is_none_here(app: TestApp) {
    let (app, token) = ready(app).await;
    let there = app.other_account_agent_host();
    let body = oauth2::asking(&token, &more(&json!({})));
    let asked = procura_wire::Operation::GetResourceOauth2Token;
    let refused = there.call(asked, body).await;
    refused.expect_error(401, "UnauthorizedException");
    assert_eq!(app.demo().token_requests(), 0);
}

#[test]
fn under_strict_rules_an_exchange_has_a_grant_of_its_own() {
    let setup = Setup::default().rules(Rules::Strict);
    setup.run(Engine::Sqlite, |app| async {
        let config = config(&app, with_actor("NONE"));
        let made = app.admin().create_oauth2_provider("demo", &config).await;
        made.expect_status(201);
        let app = app.with_agent("agent").await;
        registered(&app).await;
        let token = user_proof::minted(app.agent_host(), &app.demo().user_token("alice")).await;
        let refused = ask(&app, &token, json!({})).await;
        refused.expect_error(403, "AccessDeniedException");
        assert_eq!(app.demo().token_requests(), 0);
        grant(&app, Some("agent"), only("read"), WithUser::Required).await;
        ask(&app, &token, json!({})).await.expect_status(200);
    });
}

/// The user's token leaves no more often than the task says, and for nothing else.
async fn an_exchange_is_a_use_of_a_task(app: TestApp) {
    let (app, token) = ready(app).await;
    let task = json!({ "uses": 1, "scopes": ["read"] });
    let once = token_chains::narrowed(&app, &token, task).await;
    let wider = ask(&app, &once, json!({ "scopes": ["read", "write"] })).await;
    wider.expect_error(403, "AccessDeniedException");
    assert_eq!(app.demo().token_requests(), 0);
    ask(&app, &once, json!({})).await.expect_status(200);
    let refused = ask(&app, &once, json!({})).await;
    let refused = refused.expect_error(403, "AccessDeniedException");
    assert!(
        refused.text().contains("none is left"),
        "{}",
        refused.text()
    );
    assert_eq!(app.demo().token_requests(), 1);
}

async fn an_exchange_does_not_ask_around_a_pause(app: TestApp) {
    let member = "onBehalfOfTokenExchangeConfig";
    let config = oauth2::with(oauth2::config(&app), member, with_actor("NONE"));
    let app = delegation::ready_with(app, &config).await;
    delegation::agent(&app, "helper").await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    delegation::connected(&app, &token, "alice", json!({})).await;
    let through = token_chains::through(&app, &token, "helper").await;
    let consent = format!("/{}", connections::only(&app).await);
    for (state, is_given) in [("active", true), ("paused", false), ("active", true)] {
        let change = json!({ "state": state });
        let changed = consents::own(&app, "alice", "PATCH", &consent, change).await;
        changed.expect_status(200);
        for token in [&token, &through] {
            let before = app.demo().token_requests();
            let answer = ask(&app, token, json!({})).await;
            if is_given {
                answer.expect_status(200);
            } else {
                answer.expect_error(403, "AccessDeniedException");
                assert_eq!(app.demo().token_requests(), before);
            }
        }
    }
}
