//! A user's own consents: seen, paused, bounded, narrowed and taken back, by a token of the user's own.

use procura_app::agent_register::AgentChange;
use procura_core::action::Action;
use procura_core::audit::record::Verdict;
use procura_testkit::demo::{Misbehaviour, RefreshPolicy};
use procura_testkit::{ACCOUNT, Browser, Connection, OTHER_ACCOUNT, Response, TestApp};
use procura_wire::Operation::{CompleteResourceTokenAuth, UpdateWorkloadIdentity};
use serde_json::{Value, json};

use crate::connections::{all, asks_for_consent, only, operator};
use crate::delegation::RETURN_URL;
use crate::{delegation, oauth2, renewal, user_proof};

tests! {
    on_both_engines {
        a_user_pauses_a_consent_and_lets_it_go_on
        a_user_sees_and_changes_nothing_of_anothers
        a_narrowed_consent_gives_a_token_for_what_is_left
        a_consent_that_is_paused_at_one_node_is_refused_by_another
        a_user_takes_a_consent_back
    }
    on_sqlite {
        a_consent_ends_at_its_time_and_is_asked_for_anew
        an_agent_does_not_ask_around_a_pause
        a_flow_that_is_under_way_does_not_undo_a_pause
        a_provider_that_does_not_narrow_gives_nothing
        a_new_owner_or_return_url_is_asked_about_anew
        who_shows_no_token_of_their_own_is_not_heard
        a_change_names_the_version_that_was_looked_at
        what_makes_no_sense_is_refused_without_being_repeated
    }
}

fn path(account: &str, rest: &str) -> String {
    format!("/v1/accounts/{account}/my/consents{rest}")
}

/// A request with these headers, which nobody signs.
async fn sent(app: &TestApp, line: &str, headers: &[(&str, &str)], body: &Value) -> Response {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let headers: Vec<String> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let headers = headers.concat();
    let request = format!(
        "{line} HTTP/1.1\r\nhost: x\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = Connection::open(app.address()).await;
    let answer = stream.exchange(request.as_bytes()).await;
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{line}");
    assert_eq!(answer.header("access-control-allow-origin"), None);
    assert_eq!(answer.header("set-cookie"), None);
    answer
}

/// What a user of the demo provider asks of their own consents, whatever the version.
pub(crate) async fn own(
    app: &TestApp,
    user: &str,
    method: &str,
    rest: &str,
    body: Value,
) -> Response {
    let bearer = format!("Bearer {}", app.demo().user_token(user));
    let headers = [("authorization", bearer.as_str()), ("if-match", "*")];
    let line = format!("{method} {}", path(ACCOUNT, rest));
    sent(app, &line, &headers, &body).await
}

async fn list(app: &TestApp, user: &str) -> Vec<Value> {
    let listed = own(app, user, "GET", "", Value::Null).await;
    let listed = listed.expect_status(200).json();
    listed["consents"].as_array().unwrap().clone()
}

/// Changes the only consent that there is, which is alice's.
async fn change(app: &TestApp, change: Value) -> Response {
    let id = only(app).await;
    own(app, "alice", "PATCH", &format!("/{id}"), change).await
}

/// An app where alice let `agent` have `scopes`, and the agent's token for her.
async fn connected(app: TestApp, scopes: &[&str]) -> (TestApp, String) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    delegation::connected(&app, &token, "alice", json!({ "scopes": scopes })).await;
    (app, token)
}

async fn given(app: &TestApp, token: &str) -> String {
    let given = delegation::ask(app, token, json!({})).await;
    given.expect_status(200).member("accessToken")
}

async fn is_paused_for(app: &TestApp, token: &str, more: Value) {
    let refused = delegation::ask(app, token, more).await;
    let refused = refused.expect_error(403, "AccessDeniedException");
    assert!(refused.text().contains("paused"), "{}", refused.text());
    assert!(refused.record().is_some());
}

async fn a_user_pauses_a_consent_and_lets_it_go_on(app: TestApp) {
    let (app, token) = connected(app, &["repo"]).await;
    let access = given(&app, &token).await;
    let listed = list(&app, "alice").await;
    assert_eq!(listed.len(), 1);
    let id = only(&app).await;
    assert_eq!(listed[0]["id"], id.to_string());
    assert_eq!(listed[0]["agent"]["name"], "agent");
    assert_eq!(listed[0]["provider"]["name"], "demo");
    assert_eq!(listed[0]["scopes"], json!(["repo"]));
    assert_eq!(listed[0]["state"], "active");
    assert_eq!(listed[0]["expires_at"], Value::Null);
    assert!(!listed[0].to_string().contains("demo_"), "a token");

    let paused = change(&app, json!({ "state": "paused" })).await;
    let paused = paused.expect_status(200);
    assert_eq!(paused.member("state"), "paused");
    let record = app.record(paused.record().unwrap()).await.entry;
    assert_eq!(record.operation, "ChangeOwnConsent");
    assert_eq!(record.verdict, Verdict::Allow);
    assert_eq!(record.resource, Some(format!("connection/{id}")));
    assert!(record.user.is_some() && record.agent.is_some() && record.provider.is_some());
    assert!(record.reason.contains("paused"), "{}", record.reason);
    is_paused_for(&app, &token, json!({})).await;

    // Twice is once, and nothing is written.
    let again = change(&app, json!({ "state": "paused" })).await;
    assert_eq!(again.expect_status(200).record(), None);
    let active = change(&app, json!({ "state": "active" })).await;
    active.expect_status(200);
    assert_eq!(given(&app, &token).await, access);
}

async fn a_user_sees_and_changes_nothing_of_anothers(app: TestApp) {
    let (app, token) = connected(app, &["repo"]).await;
    let id = only(&app).await;
    // Bob is a user here, and a stranger is none: they are told the same.
    delegation::token_for(&app, "agent", "bob").await;
    let none = procura_core::id::ConnectionId::from_bytes([7; 16]);
    for user in ["bob", "carol"] {
        assert_eq!(list(&app, user).await, [Value::Null; 0]);
        for (method, body) in [
            ("GET", Value::Null),
            ("PATCH", json!({ "state": "paused" })),
            ("DELETE", Value::Null),
        ] {
            let theirs = own(&app, user, method, &format!("/{id}"), body.clone()).await;
            let theirs = theirs.expect_status(404);
            let absent = own(&app, user, method, &format!("/{none}"), body).await;
            let absent = absent.expect_status(404);
            assert_eq!(theirs.member("detail"), absent.member("detail"));
            let record = app.record(theirs.record().unwrap()).await.entry;
            assert_eq!(record.verdict, Verdict::Deny);
        }
    }
    given(&app, &token).await;
    // Nor what is alice's in another account.
    let bearer = format!("Bearer {}", app.demo().user_token("alice"));
    let headers = [("authorization", bearer.as_str()), ("if-match", "*")];
    for (method, rest) in [("GET", ""), ("DELETE", &*format!("/{id}"))] {
        let line = format!("{method} {}", path(OTHER_ACCOUNT, rest));
        let there = sent(&app, &line, &headers, &Value::Null).await;
        if rest.is_empty() {
            assert_eq!(there.expect_status(200).json()["consents"], json!([]));
        } else {
            there.expect_status(404);
        }
    }
    // Whom a caller merely names is another user, of the same letters or not.
    let asserted = app.agent_host().token_for("agent", "alice").await;
    let begun = delegation::begin(&app, &asserted, json!({})).await;
    delegation::come_back(&mut Browser::new(), &begun, "alice").await;
    let body = json!({
        "sessionUri": begun.session_id(),
        "userIdentifier": { "userId": "alice" },
    });
    let completed = app.binding().call(CompleteResourceTokenAuth, body).await;
    completed.expect_status(200);
    assert_eq!(all(&app).await.len(), 2);
    let listed = list(&app, "alice").await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["id"], id.to_string());
}

async fn a_narrowed_consent_gives_a_token_for_what_is_left(app: TestApp) {
    let app = delegation::ready(app).await;
    renewal::client(&app, RefreshPolicy::RevokesFamily);
    let token = delegation::token_for(&app, "agent", "alice").await;
    let both = json!({ "scopes": ["read", "write"] });
    let wide = delegation::connected(&app, &token, "alice", both.clone()).await;
    let narrowed = change(&app, json!({ "scopes": ["read"] })).await;
    let narrowed = narrowed.expect_status(200).json();
    assert_eq!(narrowed["scopes"], json!(["read"]));
    assert_eq!(narrowed["granted_scopes"], json!(["read", "write"]));
    assert!(narrowed["narrowed_at"].is_string());

    // The token that can write is given to nobody any more, for whatever it is asked.
    let read = json!({ "scopes": ["read"] });
    let less = delegation::ask(&app, &token, read.clone()).await;
    let less = less.expect_status(200).member("accessToken");
    assert_ne!(less, wide);
    assert_eq!(app.demo().refresh_redemptions(), 1);
    let listed = list(&app, "alice").await;
    assert_eq!(listed[0]["granted_scopes"], json!(["read"]));
    // And so it stays when it is renewed, though the refresh token is good for more.
    app.clock().advance(renewal::LIFE_S);
    let later = delegation::token_for(&app, "agent", "alice").await;
    let renewed = delegation::ask(&app, &later, read.clone()).await;
    let renewed = renewed.expect_status(200).member("accessToken");
    assert_ne!(renewed, less);
    let listed = list(&app, "alice").await;
    assert_eq!(listed[0]["granted_scopes"], json!(["read"]));

    // It comes back with a new consent and in no other way.
    let wider = change(&app, json!({ "scopes": ["read", "write"] })).await;
    wider.expect_status(400);
    let asked = delegation::ask(&app, &later, both.clone()).await;
    assert!(asks_for_consent(&asked), "{}", asked.text());
    delegation::connected(&app, &later, "alice", both.clone()).await;
    let listed = list(&app, "alice").await;
    assert_eq!(listed[0]["scopes"], json!(["read", "write"]));
    assert_eq!(listed[0]["narrowed_at"], Value::Null);
    let given = delegation::ask(&app, &later, both).await;
    given.expect_status(200).member("accessToken");
}

async fn a_consent_that_is_paused_at_one_node_is_refused_by_another(app: TestApp) {
    let (app, token) = connected(app, &["repo"]).await;
    let Some(other) = app.another_node().await else {
        return;
    };
    given(&other, &token).await;
    change(&app, json!({ "state": "paused" }))
        .await
        .expect_status(200);
    is_paused_for(&other, &token, json!({})).await;
}

async fn a_user_takes_a_consent_back(app: TestApp) {
    let (app, token) = connected(app, &["repo"]).await;
    let id = only(&app).await;
    let gone = own(&app, "alice", "DELETE", &format!("/{id}"), Value::Null).await;
    let gone = gone.expect_status(200);
    assert_eq!(gone.member("at_provider"), "revoked");
    assert_eq!(app.demo().revocations(), 1);
    let record = app.record(gone.record().unwrap()).await.entry;
    assert_eq!(record.operation, "RevokeOwnConsent");
    assert!(record.user.is_some() && record.caller.is_none());
    let said = oauth2::recorded(&app, &format!("{id}: the provider took the token back")).await;
    assert_eq!(said.len(), 1);
    assert_eq!(list(&app, "alice").await, [Value::Null; 0]);
    let asked = delegation::ask(&app, &token, json!({})).await;
    assert!(asks_for_consent(&asked), "{}", asked.text());
    let again = own(&app, "alice", "DELETE", &format!("/{id}"), Value::Null).await;
    again.expect_status(404);
}

async fn a_consent_ends_at_its_time_and_is_asked_for_anew(app: TestApp) {
    let (app, token) = connected(app, &["repo"]).await;
    let end = procura_core::time::Clock::now(app.clock()).plus_seconds(120);
    let bounded = change(&app, json!({ "expires_at": end.to_string() })).await;
    let bounded = bounded.expect_status(200);
    assert_eq!(bounded.member("expires_at"), end.to_string());
    given(&app, &token).await;
    app.clock().advance(120);
    let asked = delegation::ask(&app, &token, json!({})).await;
    assert!(asks_for_consent(&asked), "{}", asked.text());
    // What has ended is not lengthened: there was nobody whom the user was asked by.
    for more in [
        json!({ "expires_at": null }),
        json!({ "expires_at": "2099-01-01T00:00:00Z" }),
        json!({ "state": "active" }),
    ] {
        change(&app, more).await.expect_status(409);
    }
    delegation::connected(&app, &token, "alice", json!({})).await;
    let listed = list(&app, "alice").await;
    assert_eq!(listed[0]["expires_at"], Value::Null);
}

async fn an_agent_does_not_ask_around_a_pause(app: TestApp) {
    let (app, token) = connected(app, &["repo"]).await;
    change(&app, json!({ "state": "paused" }))
        .await
        .expect_status(200);
    let begun_before = app.demo().token_requests();
    for more in [
        json!({ "forceAuthentication": true }),
        json!({ "scopes": ["write"] }),
        json!({ "scopes": ["repo", "write"], "forceAuthentication": true }),
    ] {
        is_paused_for(&app, &token, more).await;
    }
    // Nor when the token that is kept is over.
    app.clock().advance(renewal::LIFE_S);
    let later = delegation::token_for(&app, "agent", "alice").await;
    is_paused_for(&app, &later, json!({})).await;
    assert_eq!(app.demo().token_requests(), begun_before);
    // Another agent is none of it.
    delegation::agent(&app, "another").await;
    let another = delegation::token_for(&app, "another", "alice").await;
    delegation::begin(&app, &another, json!({})).await;
}

async fn a_flow_that_is_under_way_does_not_undo_a_pause(app: TestApp) {
    let (app, token) = connected(app, &["repo"]).await;
    let more = json!({ "forceAuthentication": true });
    let begun = delegation::begin(&app, &token, more).await;
    delegation::come_back(&mut Browser::new(), &begun, "alice").await;
    change(&app, json!({ "state": "paused" }))
        .await
        .expect_status(200);
    let refused = delegation::complete(&app, &begun, "alice").await;
    refused.expect_error(403, "AccessDeniedException");
    is_paused_for(&app, &token, json!({})).await;
    assert_eq!(app.demo().code_redemptions(), 1);
}

async fn a_provider_that_does_not_narrow_gives_nothing(app: TestApp) {
    let app = delegation::ready(app).await;
    renewal::client(&app, RefreshPolicy::RevokesFamily);
    let token = delegation::token_for(&app, "agent", "alice").await;
    let both = json!({ "scopes": ["read", "write"] });
    delegation::connected(&app, &token, "alice", both).await;
    change(&app, json!({ "scopes": ["read"] }))
        .await
        .expect_status(200);
    app.demo().misbehave(Some(Misbehaviour::GrantsMore));
    let asked = delegation::ask(&app, &token, json!({ "scopes": ["read"] })).await;
    assert!(asks_for_consent(&asked), "{}", asked.text());
}

async fn a_new_owner_or_return_url_is_asked_about_anew(app: TestApp) {
    let (app, token) = connected(app, &["repo"]).await;
    let set_urls = async |urls: Value| {
        let agent = json!({ "name": "agent", "allowedResourceOauth2ReturnUrls": urls });
        let told = app.admin().call(UpdateWorkloadIdentity, agent).await;
        told.expect_status(200);
    };
    let asks = async || {
        let asked = delegation::ask(&app, &token, json!({})).await;
        assert!(asks_for_consent(&asked), "{}", asked.text());
    };
    // The same place, and none at all, are no others.
    set_urls(json!([RETURN_URL])).await;
    given(&app, &token).await;
    set_urls(json!([RETURN_URL, "https://elsewhere.example/"])).await;
    asks().await;
    set_urls(json!([RETURN_URL])).await;
    given(&app, &token).await;
    set_urls(json!([RETURN_URL, "https://elsewhere.example/"])).await;
    delegation::connected(&app, &token, "alice", json!({})).await;
    given(&app, &token).await;
    set_urls(json!([RETURN_URL])).await;
    given(&app, &token).await;

    let mut cx = operator(&app, Action::ChangeAgent);
    let owner = AgentChange::Owner("team spam".parse().unwrap());
    let (account, name) = (ACCOUNT.parse().unwrap(), "agent".parse().unwrap());
    let changed = app.app().change_agent(&mut cx, account, name, owner);
    changed.await.unwrap();
    asks().await;
    delegation::connected(&app, &token, "alice", json!({})).await;
    given(&app, &token).await;
}

async fn who_shows_no_token_of_their_own_is_not_heard(app: TestApp) {
    let (app, token) = connected(app, &["repo"]).await;
    let alice = app.demo().user_token("alice");
    let line = format!("GET {}", path(ACCOUNT, ""));
    let unproved = async |headers: &[(&str, &str)]| {
        let refused = sent(&app, &line, headers, &Value::Null).await;
        let refused = refused.expect_status(401);
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
        assert_eq!(refused.record(), None);
        assert!(!refused.text().contains(&alice), "{}", refused.text());
    };
    let bearer = format!("Bearer {alice}");
    unproved(&[]).await;
    unproved(&[("cookie", &*format!("token={alice}"))]).await;
    unproved(&[("authorization", &*alice)]).await;
    unproved(&[("authorization", "Bearer ")]).await;
    unproved(&[("authorization", &*format!("Basic {alice}"))]).await;
    unproved(&[("authorization", &*format!("Bearer {alice}x"))]).await;
    unproved(&[("authorization", &*format!("Bearer {token}"))]).await;
    unproved(&[("authorization", &*bearer), ("authorization", &*bearer)]).await;
    // A registered issuer says for whom its tokens are.
    let issuer = app.demo().issuer();
    user_proof::register(&app, &issuer, user_proof::policy("another")).await;
    unproved(&[("authorization", &*bearer)]).await;
    user_proof::remove(&app, &issuer).await;
    user_proof::register(&app, &issuer, user_proof::policy("demo-app")).await;
    let heard = sent(&app, &line, &[("authorization", &*bearer)], &Value::Null).await;
    assert_eq!(
        heard.expect_status(200).json()["consents"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    // Nor is anybody heard of an account that there is not.
    let line = format!("GET {}", path("999999999999", ""));
    let nowhere = sent(&app, &line, &[("authorization", &*bearer)], &Value::Null).await;
    nowhere.expect_status(401);
}

async fn a_change_names_the_version_that_was_looked_at(app: TestApp) {
    let (app, _) = connected(app, &["repo"]).await;
    let id = only(&app).await;
    let seen = own(&app, "alice", "GET", &format!("/{id}"), Value::Null).await;
    let tag = seen
        .expect_status(200)
        .header("etag")
        .map(str::to_owned)
        .unwrap();
    let bearer = format!("Bearer {}", app.demo().user_token("alice"));
    let line = format!("PATCH {}", path(ACCOUNT, &format!("/{id}")));
    let change = async |tag: Option<&str>, state: &str| {
        let mut headers = vec![("authorization", bearer.as_str())];
        headers.extend(tag.map(|tag| ("if-match", tag)));
        sent(&app, &line, &headers, &json!({ "state": state })).await
    };
    change(None, "paused").await.expect_status(428);
    change(Some("W/\"x\""), "paused").await.expect_status(428);
    let paused = change(Some(&tag), "paused").await.expect_status(200);
    assert_ne!(paused.header("etag"), Some(&*tag));
    // Who looked before does not undo it.
    let late = change(Some(&tag), "active").await.expect_status(412);
    assert!(late.record().is_some());
    let tag = paused.header("etag").map(str::to_owned);
    change(tag.as_deref(), "active").await.expect_status(200);
}

async fn what_makes_no_sense_is_refused_without_being_repeated(app: TestApp) {
    let (app, token) = connected(app, &["repo"]).await;
    for body in [
        json!({ "state": "sk_live_secret" }),
        json!({ "expires_at": "sk_live_secret" }),
        json!({ "scopes": ["sk_live_secret"] }),
        json!({ "scopes": [] }),
        json!({ "sk_live_secret": 1 }),
        json!({ "expires_at": "2001-01-01T00:00:00Z" }),
        json!(["sk_live_secret"]),
    ] {
        let refused = change(&app, body).await.expect_status(400);
        assert!(!refused.text().contains("sk_live"), "{}", refused.text());
    }
    let odd = own(&app, "alice", "GET", "/sk_live_secret", Value::Null).await;
    let odd = odd.expect_status(400);
    assert!(!odd.text().contains("sk_live"), "{}", odd.text());
    let id = only(&app).await;
    own(&app, "alice", "POST", &format!("/{id}"), Value::Null)
        .await
        .expect_status(404);
    given(&app, &token).await;
}
