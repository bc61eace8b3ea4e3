//! What providers gave for users, as the operator, administrators and auditors list it, look at it
//! and take it back: here at once, and at the provider as far as it goes.

use std::sync::Arc;
use std::time::Duration;

use procura_app::connections::ConnectionsOf;
use procura_app::operation::OpCx;
use procura_app::revocation::{Answer, AtProvider};
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::audit::record::Verdict;
use procura_core::error::Kind;
use procura_core::id::ConnectionId;
use procura_core::stated_reason::StatedReason;
use procura_testkit::demo::Misbehaviour;
use procura_testkit::{ACCOUNT, Browser, Client, OTHER_ACCOUNT, Response, Setup, TestApp};
use procura_wire::Operation::UpdateOauth2CredentialProvider;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::sync::Semaphore;

use crate::{delegation, oauth2};

tests! {
    on_both_engines {
        a_connection_is_listed_and_shown_without_its_tokens
        a_revoked_connection_has_to_be_consented_to_again
        a_code_that_is_being_redeemed_does_not_bring_it_back
        a_connection_that_is_revoked_on_one_node_is_refused_by_another
        all_of_an_agent_a_user_or_a_provider_are_revoked
    }
    on_sqlite {
        a_revocation_stands_whatever_the_provider_says
        a_provider_that_was_moved_gets_no_token_of_the_former_server
        who_may_not_is_refused_and_other_accounts_see_nothing
        the_operator_lists_shows_and_revokes_over_the_socket
        what_the_operator_puts_in_the_wrong_place_is_not_repeated
    }
}

pub(crate) fn account() -> AccountId {
    ACCOUNT.parse().unwrap()
}

pub(crate) fn operator(app: &TestApp, action: Action) -> OpCx {
    app.app().operator_cx(action)
}

pub(crate) async fn all(app: &TestApp) -> Vec<ConnectionId> {
    let mut cx = operator(app, Action::ListConnections);
    let every = ConnectionsOf::default();
    let page = app
        .app()
        .connections(&mut cx, account(), &every, None, 100)
        .await
        .unwrap();
    assert_eq!(page.next, None);
    let ids = page.items.into_iter().map(|listed| listed.connection.id);
    ids.collect()
}

/// The one connection that there is.
pub(crate) async fn only(app: &TestApp) -> ConnectionId {
    let all = all(app).await;
    assert_eq!(all.len(), 1, "{all:?}");
    all[0]
}

pub(crate) async fn revoked(app: &TestApp, id: ConnectionId) -> Answer {
    let mut cx = operator(app, Action::RevokeConnection);
    let reason = StatedReason::new("lost laptop").unwrap();
    let revoked = app
        .app()
        .revoke_connection(&mut cx, account(), id, Some(reason))
        .await;
    revoked.unwrap().value
}

async fn revoked_all(app: &TestApp, of: &ConnectionsOf) -> Vec<Answer> {
    let mut cx = operator(app, Action::RevokeConnection);
    let done = app
        .app()
        .revoke_connections(&mut cx, account(), of, None)
        .await
        .unwrap();
    assert!(!done.more);
    done.revoked
}

/// Whether the agent is told that the user has to consent.
pub(crate) fn asks_for_consent(asked: &Response) -> bool {
    asked.status == 200
        && asked
            .members()
            .iter()
            .any(|name| name == "authorizationUrl")
}

/// An app whose user alice is connected by `agent`, and the token of the agent for her.
async fn connected(app: TestApp) -> (TestApp, String) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    delegation::connected(&app, &token, "alice", json!({})).await;
    (app, token)
}

/// What the socket of the operator answers: the status, and the body.
pub(crate) async fn local(app: &TestApp, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let body = body.to_string();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = UnixStream::connect(app.admin_socket()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap())
}

async fn a_connection_is_listed_and_shown_without_its_tokens(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let more = json!({ "scopes": ["openid", "repo"] });
    let access = delegation::connected(&app, &token, "alice", more).await;
    let id = only(&app).await;
    let path = format!("/v1/accounts/{ACCOUNT}/connections");
    let (status, list) = local(&app, "GET", &path, &Value::Null).await;
    assert_eq!(status, 200, "{list}");
    assert_eq!(list["next"], Value::Null);
    let listed = &list["connections"][0];
    assert_eq!(listed["id"], id.to_string());
    assert_eq!(listed["agent"]["name"], "agent");
    assert_eq!(listed["provider"]["name"], "demo");
    assert_eq!(listed["user"]["kind"], "verified");
    assert_eq!(listed["user"]["identity"], Value::Null, "not in lists");
    assert_eq!(listed["consented_scopes"], json!(["openid", "repo"]));
    assert_eq!(listed["granted_scopes"], json!(["openid", "repo"]));
    assert_eq!(listed["health"], "live");
    assert_eq!(listed["generation"], 1);

    let (status, shown) = local(&app, "GET", &format!("{path}/{id}"), &Value::Null).await;
    assert_eq!(status, 200, "{shown}");
    let issuer = app.demo().issuer();
    assert_eq!(shown["user"]["identity"]["iss"], issuer);
    let there = &shown["provider"]["account"];
    assert_eq!(there["iss"], issuer, "{shown}");
    assert_eq!(there["sub"], shown["user"]["identity"]["sub"]);
    let recorded = oauth2::recorded(&app, "shown, with who its user is").await;
    assert_eq!(recorded.len(), 1);

    for text in [list.to_string(), shown.to_string()] {
        assert!(!text.contains(&access), "{text}");
        assert!(
            !text.contains("demo_"),
            "a token of the demo provider: {text}"
        );
    }
}

async fn a_revoked_connection_has_to_be_consented_to_again(app: TestApp) {
    let (app, token) = connected(app).await;
    let id = only(&app).await;
    let answer = revoked(&app, id).await;
    assert_eq!(answer.at_provider, AtProvider::Revoked);
    assert_eq!(answer.at_provider.advice(), None);
    assert_eq!(app.demo().revocations(), 1);
    assert_eq!(app.demo().revocation_requests(), 1);
    assert_eq!(all(&app).await, []);

    let record = app.record(&answer.record.to_string()).await.entry;
    assert_eq!(record.operation, "RevokeConnection");
    assert_eq!(record.verdict, Verdict::Allow);
    assert_eq!(record.caller.as_deref(), Some("operator"));
    let consent = &answer.listed.connection.consent;
    assert_eq!(record.agent, Some(consent.agent));
    assert_eq!(record.user, Some(consent.user));
    assert_eq!(record.provider, Some(consent.provider));
    assert_eq!(record.resource, Some(format!("connection/{id}")));
    assert!(
        record.reason.ends_with("; reason: lost laptop"),
        "{record:?}"
    );
    let said = oauth2::recorded(&app, &format!("{id}: the provider took the token back")).await;
    assert_eq!(said.len(), 1);

    let asked = delegation::ask(&app, &token, json!({})).await;
    assert!(asks_for_consent(&asked), "{}", asked.text());
    delegation::connected(&app, &token, "alice", json!({})).await;
    assert_ne!(only(&app).await, id, "another connection");

    // What is gone is gone.
    let mut cx = operator(&app, Action::RevokeConnection);
    let again = app.app().revoke_connection(&mut cx, account(), id, None);
    assert_eq!(again.await.unwrap_err().kind(), Kind::NotFound);
}

async fn a_code_that_is_being_redeemed_does_not_bring_it_back(app: TestApp) {
    let (app, token) = connected(app).await;
    let id = only(&app).await;
    let more = json!({ "forceAuthentication": true });
    let begun = delegation::begin(&app, &token, more).await;
    delegation::come_back(&mut Browser::new(), &begun, "alice").await;
    let gate = Arc::new(Semaphore::new(0));
    app.demo()
        .misbehave(Some(Misbehaviour::Gate(Arc::clone(&gate))));
    let before = app.demo().token_requests();
    let (completed, answer) = tokio::join!(delegation::complete(&app, &begun, "alice"), async {
        app.demo().token_requests_reach(before + 1).await;
        let answer = revoked(&app, id).await;
        gate.close();
        answer
    });
    assert_eq!(answer.flows, 1);
    let refused = completed.expect_error(403, "AccessDeniedException");
    let record = app.record(refused.record().unwrap()).await;
    assert_eq!(record.entry.verdict, Verdict::Deny);
    assert_eq!(
        app.demo().code_redemptions(),
        2,
        "the provider gave a token"
    );
    assert_eq!(all(&app).await, []);
    let asked = delegation::ask(&app, &token, json!({})).await;
    assert!(asks_for_consent(&asked), "{}", asked.text());
    let polled = delegation::poll(&app, &token, &begun).await;
    polled.expect_error(403, "AccessDeniedException");
    assert_eq!(
        app.demo().revocations(),
        2,
        "nor is what came of it good there"
    );
}

async fn a_connection_that_is_revoked_on_one_node_is_refused_by_another(app: TestApp) {
    let (app, token) = connected(app).await;
    let Some(other) = app.another_node().await else {
        return;
    };
    let given = delegation::ask(&other, &token, json!({})).await;
    given.expect_status(200).member("accessToken");
    revoked(&app, only(&app).await).await;
    let asked = delegation::ask(&other, &token, json!({})).await;
    assert!(asks_for_consent(&asked), "{}", asked.text());
}

async fn all_of_an_agent_a_user_or_a_provider_are_revoked(app: TestApp) {
    let app = delegation::ready(app).await;
    let second = app
        .admin()
        .create_oauth2_provider("second", &oauth2::config(&app))
        .await;
    second.expect_status(201);
    delegation::agent(&app, "another").await;
    let connect = async |agent: &str, user: &str, provider: &str| {
        let token = delegation::token_for(&app, agent, user).await;
        let more = json!({ "resourceCredentialProviderName": provider });
        delegation::connected(&app, &token, user, more).await;
    };
    let connect_all = async || {
        connect("agent", "alice", "demo").await;
        connect("agent", "bob", "second").await;
        connect("another", "alice", "demo").await;
        assert_eq!(all(&app).await.len(), 3);
    };
    let left = |answers: &[Answer]| {
        let of = |answer: &Answer| (answer.listed.agent.to_string(), answer.at_provider.clone());
        let mut of: Vec<_> = answers.iter().map(of).collect();
        of.sort_by(|a, b| a.0.cmp(&b.0));
        of
    };
    connect_all().await;
    let agent = ConnectionsOf {
        agent: Some("agent".parse().unwrap()),
        ..ConnectionsOf::default()
    };
    // Somebody is on the way for the first time, and will not arrive.
    let token = delegation::token_for(&app, "agent", "bob").await;
    let begun = delegation::begin(&app, &token, json!({})).await;
    delegation::come_back(&mut Browser::new(), &begun, "bob").await;
    let of_agent = ("agent".to_owned(), AtProvider::Revoked);
    let of_another = ("another".to_owned(), AtProvider::Revoked);
    let answers = revoked_all(&app, &agent).await;
    assert_eq!(left(&answers), [of_agent.clone(), of_agent.clone()]);
    let late = delegation::complete(&app, &begun, "bob").await;
    late.expect_error(403, "AccessDeniedException");
    assert_eq!(all(&app).await.len(), 1);
    assert_eq!(revoked_all(&app, &agent).await.len(), 0);

    connect("agent", "alice", "demo").await;
    connect("agent", "bob", "second").await;
    let user = answers
        .iter()
        .find(|a| a.listed.provider.as_str() == "demo");
    let user = ConnectionsOf {
        user: user.map(|answer| answer.listed.user.id),
        ..ConnectionsOf::default()
    };
    let answers = revoked_all(&app, &user).await;
    assert_eq!(left(&answers), [of_agent, of_another]);

    connect("agent", "alice", "demo").await;
    let provider = ConnectionsOf {
        provider: Some("second".parse().unwrap()),
        ..ConnectionsOf::default()
    };
    assert_eq!(revoked_all(&app, &provider).await.len(), 1);
    let rest = only(&app).await;
    let mut cx = operator(&app, Action::RevokeConnection);
    let everything = ConnectionsOf::default();
    let refused = app
        .app()
        .revoke_connections(&mut cx, account(), &everything, None)
        .await;
    assert_eq!(refused.unwrap_err().kind(), Kind::Caller);
    assert_eq!(only(&app).await, rest);
}

async fn a_revocation_stands_whatever_the_provider_says(app: TestApp) {
    let (app, token) = connected(app).await;
    let error = |status, body: &str| Misbehaviour::RevocationError {
        status,
        body: body.to_owned(),
    };
    let echoed = json!({ "error": "invalid_request", "error_description": "demo-secret is wrong" });
    let unsupported = r#"{"error":"unsupported_token_type"}"#;
    for (misbehaviour, word, said) in [
        (error(503, "{}"), "failed", "it cannot now (status 503)"),
        (
            error(400, &echoed.to_string()),
            "failed",
            "invalid_request (status 400)",
        ),
        (error(400, unsupported), "unsupported", "tokens back"),
        (error(302, ""), "failed", "redirect"),
    ] {
        app.demo().misbehave(Some(misbehaviour));
        let answer = revoked(&app, only(&app).await).await;
        let words = answer.at_provider.said();
        assert_eq!(answer.at_provider.as_str(), word, "{words}");
        assert!(words.contains(said), "{words}");
        assert!(!words.contains("demo-secret"), "{words}");
        assert!(answer.at_provider.advice().is_some());
        let recorded = oauth2::recorded(&app, &answer.listed.connection.id.to_string()).await;
        assert!(
            recorded.iter().any(|reason| reason.ends_with(&*words)),
            "{recorded:?}"
        );
        app.demo().misbehave(None);
        let asked = delegation::ask(&app, &token, json!({})).await;
        assert!(asks_for_consent(&asked), "{}", asked.text());
        delegation::connected(&app, &token, "alice", json!({})).await;
    }
}

/// A provider that takes the request and never answers holds nobody up for long, and is asked once
/// for many.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_hangs_is_not_waited_for() {
    let short = Setup::default().outbound_timeout(Duration::from_millis(300));
    let (app, token) = connected(short.start().await).await;
    app.demo().misbehave(Some(Misbehaviour::RevocationHangs));
    let answer = revoked(&app, only(&app).await).await;
    assert_eq!(answer.at_provider.as_str(), "failed");
    assert!(answer.at_provider.said().contains("did not answer in time"));
    let asked = delegation::ask(&app, &token, json!({})).await;
    assert!(asks_for_consent(&asked), "{}", asked.text());
}

/// Of many tokens, the rest is not asked about when the provider did not answer: all of them are
/// gone here all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_provider_is_not_asked_about_the_rest() {
    let short = Setup::default().outbound_timeout(Duration::from_millis(500));
    let app = delegation::ready(short.start().await).await;
    for number in 0..17 {
        let name = format!("agent-{number}");
        delegation::agent(&app, &name).await;
        let token = delegation::token_for(&app, &name, "alice").await;
        delegation::connected(&app, &token, "alice", json!({})).await;
    }
    app.demo().misbehave(Some(Misbehaviour::RevocationHangs));
    let provider = ConnectionsOf {
        provider: Some("demo".parse().unwrap()),
        ..ConnectionsOf::default()
    };
    let answers = revoked_all(&app, &provider).await;
    let said = |word| {
        answers
            .iter()
            .filter(|a| a.at_provider.as_str() == word)
            .count()
    };
    assert_eq!((said("failed"), said("not_asked")), (16, 1));
    assert_eq!(app.demo().revocation_requests(), 16);
    assert_eq!(all(&app).await, []);
}

/// Without a revocation endpoint nothing is sent, and the answer says what is left to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_without_an_endpoint_is_said_to_have_none() {
    let app = TestApp::start().await;
    let config = oauth2::config_of_endpoints(&app);
    let app = delegation::ready_with(app, &config).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    delegation::connected(&app, &token, "alice", json!({})).await;
    let answer = revoked(&app, only(&app).await).await;
    assert_eq!(answer.at_provider, AtProvider::NoEndpoint);
    assert!(answer.at_provider.advice().is_some());
    assert_eq!(app.demo().revocation_requests(), 0);
    assert_eq!(all(&app).await, []);
}

async fn a_provider_that_was_moved_gets_no_token_of_the_former_server(app: TestApp) {
    let (app, token) = connected(app).await;
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
    let machine = app.agent_host().machine_token(&token, "demo", &["read"]);
    machine.await.expect_status(200);
    let answer = revoked(&app, only(&app).await).await;
    assert_eq!(answer.at_provider.as_str(), "not_asked");
    assert_eq!(app.demo().revocation_requests(), 0);
    assert_eq!(all(&app).await, []);
}

pub(crate) async fn cx_of(app: &TestApp, client: &Client, action: Action) -> OpCx {
    let id = client.key_id().parse().unwrap();
    app.app().cx_of_key(action, id).await.unwrap()
}

async fn who_may_not_is_refused_and_other_accounts_see_nothing(app: TestApp) {
    let (app, _) = connected(app).await;
    let id = only(&app).await;
    let every = ConnectionsOf::default();
    for (client, reads, revokes) in [
        (app.agent_host(), false, false),
        (app.binding(), false, false),
        (app.other_account_admin(), false, false),
        (app.auditor(), true, false),
    ] {
        let mut cx = cx_of(&app, client, Action::ListConnections).await;
        let listed = app.app().connections(&mut cx, account(), &every, None, 10);
        let refused = listed.await.map(|page| page.items.len());
        assert_eq!(refused.as_ref().ok(), reads.then_some(&1), "{refused:?}");
        let mut cx = cx_of(&app, client, Action::GetConnection).await;
        let shown = app.app().connection_shown(&mut cx, account(), id).await;
        assert_eq!(shown.is_ok(), reads);
        let mut cx = cx_of(&app, client, Action::RevokeConnection).await;
        let done = app.app().revoke_connection(&mut cx, account(), id, None);
        let refused = done.await.map(|_| ()).unwrap_err();
        assert_eq!(refused.kind(), Kind::Denied);
        assert!(!revokes);
    }
    // In an account of one's own, another's is not there.
    let other = OTHER_ACCOUNT.parse().unwrap();
    let mut cx = cx_of(&app, app.other_account_admin(), Action::ListConnections).await;
    let listed = app.app().connections(&mut cx, other, &every, None, 10);
    assert_eq!(listed.await.unwrap().items.len(), 0);
    let mut cx = cx_of(&app, app.other_account_admin(), Action::RevokeConnection).await;
    let done = app.app().revoke_connection(&mut cx, other, id, None).await;
    assert_eq!(done.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(only(&app).await, id);
    assert_eq!(app.demo().revocation_requests(), 0);

    let mut cx = cx_of(&app, app.admin(), Action::RevokeConnection).await;
    let done = app.app().revoke_connection(&mut cx, account(), id, None);
    assert_eq!(done.await.unwrap().value.at_provider, AtProvider::Revoked);
}

async fn the_operator_lists_shows_and_revokes_over_the_socket(app: TestApp) {
    let (app, _) = connected(app).await;
    let token = delegation::token_for(&app, "agent", "bob").await;
    delegation::connected(&app, &token, "bob", json!({})).await;
    let ids = all(&app).await;
    let path = format!("/v1/accounts/{ACCOUNT}/connections");
    let first = format!("{path}?limit=1&agent=agent&provider=demo");
    let (_, first) = local(&app, "GET", &first, &Value::Null).await;
    assert_eq!(first["connections"][0]["id"], ids[0].to_string());
    let next = first["next"].as_str().unwrap();
    let (_, second) = local(&app, "GET", &format!("{path}?next={next}"), &Value::Null).await;
    assert_eq!(second["connections"][0]["id"], ids[1].to_string());
    assert_eq!(second["next"], Value::Null);
    for (query, status) in [
        ("agent=nobody", 404),
        ("provider=nothing", 404),
        ("user=alice", 400),
        ("limit=many", 400),
        ("token=x", 400),
    ] {
        let (answered, body) = local(&app, "GET", &format!("{path}?{query}"), &Value::Null).await;
        assert_eq!(answered, status, "{query}: {body}");
    }
    let one = format!("{path}/{}/revoke", ids[0]);
    let (status, body) = local(&app, "POST", &one, &json!({ "reason": "a\nb" })).await;
    assert_eq!(status, 400, "{body}");
    let (status, body) = local(&app, "POST", &one, &json!({ "reason": "left" })).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["revoked"], true);
    assert_eq!(body["at_provider"]["outcome"], "revoked");
    assert_eq!(body["at_provider"]["advice"], Value::Null);
    let every = format!("{path}/revoke");
    let (status, _) = local(&app, "POST", &every, &json!({})).await;
    assert_eq!(status, 400, "all of everything is not revoked at once");
    let (status, body) = local(&app, "POST", &every, &json!({ "agent": "agent" })).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["revoked"].as_array().unwrap().len(), 1);
    assert_eq!(body["more"], false);
    assert_eq!(all(&app).await, []);
}

async fn what_the_operator_puts_in_the_wrong_place_is_not_repeated(app: TestApp) {
    let path = format!("/v1/accounts/{ACCOUNT}/connections/revoke");
    for body in [
        json!("Zq7Zq7Zq7"),
        json!({ "Zq7Zq7Zq7": 1 }),
        json!({ "agent": "agent", "reason": { "Zq7Zq7Zq7": 1 } }),
    ] {
        let (status, answer) = local(&app, "POST", &path, &body).await;
        assert_eq!(status, 400, "{answer}");
        assert!(!answer.to_string().contains("Zq7"), "{answer}");
    }
    for record in app.records().await {
        let reason = &record.entry.reason;
        assert!(!reason.contains("Zq7"), "{reason}");
    }
}
