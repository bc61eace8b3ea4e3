//! Which agents there are: who answers for them, until when they act, when they were used last, and
//! how they are stopped.

use procura_core::time::{Clock as _, Timestamp};
use procura_core::workload_identity::AgentState;
use procura_testkit::{Browser, Client, Request, Response, TestApp};
use procura_wire::Operation::{CreateWorkloadIdentity, GetWorkloadAccessToken};
use serde_json::{Value, json};

use crate::delegation;
use crate::issuer_server::IssuerServer;
use crate::user_proof::agent;
use crate::web_identity;

tests! {
    on_both_engines {
        an_agent_whose_time_is_over_gets_nothing_on_any_path
        a_user_is_not_sent_away_for_an_agent_whose_time_is_over
        the_last_use_of_an_agent_is_known
        agents_are_listed_by_how_they_stand_and_page_by_page
        a_retired_agent_stays_retired_and_the_reason_is_told
        what_one_node_says_of_an_agent_holds_on_another
    }
    on_sqlite {
        an_agent_has_the_owner_that_is_named_or_the_key_that_made_it
        only_who_may_reads_and_stops_agents
        what_cannot_be_read_is_not_repeated
    }
}

async fn ask(client: &Client, what: &str, body: Value) -> Response {
    let request = Request::new("POST", &format!("/v1/agents/{what}")).json(&body);
    client.send(&request).await
}

/// Does it, as the administrator.
async fn done(app: &TestApp, what: &str, body: Value) -> Value {
    let answer = ask(app.admin(), what, body).await;
    answer.expect_status(200).json()
}

async fn show(app: &TestApp, name: &str) -> Value {
    done(app, "show", json!({ "agent": name })).await
}

async fn names(app: &TestApp, body: Value) -> Vec<String> {
    let listed = done(app, "list", body).await;
    let agents = listed["agents"].as_array().unwrap();
    let name = |agent: &Value| agent["name"].as_str().unwrap().to_owned();
    agents.iter().map(name).collect()
}

async fn expires(app: &TestApp, end: Option<Timestamp>) {
    let body = json!({ "agent": "agent", "expires_at": end.map(|end| end.to_string()) });
    done(app, "expire", body).await;
}

async fn an_agent_whose_time_is_over_gets_nothing_on_any_path(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let (_, _, own) = web_identity::proved(&app, &issuer).await;
    let host = app.agent_host();
    let token = host.token("agent").await;
    host.api_key(&token, "github").await.expect_status(200);
    expires(&app, Some(app.clock().now().plus_seconds(60))).await;
    host.api_key(&token, "github").await.expect_status(200);
    own.api_key(&token, "github").await.expect_status(200);
    app.clock().advance(60);
    let denied = |answer: Response| {
        let answer = answer.expect_error(403, "AccessDeniedException");
        assert!(answer.text().contains("expired"), "{}", answer.text());
    };
    let body = || json!({ "workloadName": "agent" });
    // With what was minted before, by a lasting key and by the agent's own, and to mint anew.
    denied(host.api_key(&token, "github").await);
    denied(own.api_key(&token, "github").await);
    denied(host.call(GetWorkloadAccessToken, body()).await);
    denied(own.call(GetWorkloadAccessToken, body()).await);
    denied(
        host.token_for_jwt("agent", &app.demo().user_token("alice"))
            .await,
    );
    let refused = web_identity::assumes_agent(&app, &issuer).await;
    assert!(refused.unwrap_err().public().contains("expired"));
    assert_eq!(show(&app, "agent").await["state"], "expired");
    // It goes on when it is given more time.
    expires(&app, None).await;
    host.api_key(&token, "github").await.expect_status(200);
    own.call(GetWorkloadAccessToken, body())
        .await
        .expect_status(200);
    web_identity::assumes_agent(&app, &issuer).await.unwrap();
}

async fn a_user_is_not_sent_away_for_an_agent_whose_time_is_over(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let begun = delegation::begin(&app, &token, json!({})).await;
    delegation::connected(&app, &token, "alice", json!({ "scopes": ["read"] })).await;
    expires(&app, Some(app.clock().now())).await;
    let refused = delegation::ask(&app, &token, json!({ "scopes": ["read"] })).await;
    refused.expect_error(403, "AccessDeniedException");
    let page = Browser::new().get(&begun.url).await;
    assert!(page.response.status >= 400, "the link is dead, too");
}

async fn the_last_use_of_an_agent_is_known(app: TestApp) {
    let mut app = agent(app).await.with_agent("idle").await;
    assert_eq!(show(&app, "agent").await.get("last_used_at"), None);
    app.clock().advance(10 * 86_400);
    let unused = || json!({ "unused_for_days": 10 });
    app.clock().advance(1);
    assert_eq!(names(&app, unused()).await, ["agent", "idle"]);
    app.agent_host().token("agent").await;
    let used = app.clock().now().to_string();
    // At once on the node where it was used, without a write.
    assert_eq!(show(&app, "agent").await["last_used_at"], *used);
    assert_eq!(names(&app, unused()).await, ["idle"]);
    // And on every other, and after the node stopped.
    app.restart().await;
    assert_eq!(show(&app, "agent").await["last_used_at"], *used);
    assert_eq!(names(&app, unused()).await, ["idle"]);
    app.clock().advance(10 * 86_400 + 1);
    let token = app.agent_host().token("idle").await;
    assert_eq!(names(&app, unused()).await, ["agent"]);
    // A credential is a use as much as a token is.
    app.clock().advance(60);
    let host = app.agent_host();
    host.api_key(&token, "github").await.expect_status(200);
    let later = app.clock().now().to_string();
    assert_eq!(show(&app, "idle").await["last_used_at"], *later);
}

async fn agents_are_listed_by_how_they_stand_and_page_by_page(app: TestApp) {
    let app = agent(app).await;
    for name in ["active", "gone", "late", "stopped"] {
        app.admin().create_agent(name).await.expect_status(201);
    }
    done(&app, "suspend", json!({ "agent": "stopped" })).await;
    done(&app, "retire", json!({ "agent": "gone" })).await;
    let soon = app.clock().now().plus_seconds(1).to_string();
    done(
        &app,
        "expire",
        json!({ "agent": "late", "expires_at": soon }),
    )
    .await;
    app.clock().advance(1);
    for (state, expected) in [
        ("active", &["active", "agent"][..]),
        ("expired", &["late"][..]),
        ("suspended", &["stopped"][..]),
        ("retired", &["gone"][..]),
    ] {
        assert_eq!(names(&app, json!({ "state": state })).await, expected);
    }
    let (mut found, mut next) = (Vec::new(), Value::Null);
    loop {
        let page = done(&app, "list", json!({ "limit": 2, "next": next })).await;
        for agent in page["agents"].as_array().unwrap() {
            found.push(agent["name"].as_str().unwrap().to_owned());
        }
        next = page["next"].clone();
        if next.is_null() {
            break;
        }
    }
    assert_eq!(found, ["active", "agent", "gone", "late", "stopped"]);
}

async fn a_retired_agent_stays_retired_and_the_reason_is_told(app: TestApp) {
    let app = agent(app).await;
    let token = app.agent_host().token("agent").await;
    let why = "replaced by mail-2";
    let body = json!({ "agent": "agent", "reason": why });
    let answer = ask(app.admin(), "retire", body).await.expect_status(200);
    let entry = app.record(answer.record().unwrap()).await.entry;
    assert_eq!(&*entry.operation, "RetireAgent");
    assert!(entry.reason.contains(why), "{}", entry.reason);
    let shown = show(&app, "agent").await;
    assert_eq!(
        (&shown["state"], &shown["reason"]),
        (&json!("retired"), &json!(why))
    );
    for what in ["resume", "suspend", "retire"] {
        let answer = ask(app.admin(), what, json!({ "agent": "agent" })).await;
        answer.expect_status(409);
    }
    let answer = app.agent_host().api_key(&token, "github").await;
    answer.expect_error(403, "AccessDeniedException");
}

async fn what_one_node_says_of_an_agent_holds_on_another(app: TestApp) {
    let app = agent(app).await;
    let Some(other) = app.another_node().await else {
        return;
    };
    let token = other.agent_host().token("agent").await;
    expires(&app, Some(app.clock().now())).await;
    let answer = other.agent_host().api_key(&token, "github").await;
    answer.expect_error(403, "AccessDeniedException");
    expires(&app, None).await;
    let host = other.agent_host();
    host.api_key(&token, "github").await.expect_status(200);
    // A use is told everywhere when it is written: within a minute.
    assert_eq!(show(&app, "agent").await.get("last_used_at"), None);
    other.app().write_agent_uses().await.unwrap();
    let used = other.clock().now().to_string();
    assert_eq!(show(&app, "agent").await["last_used_at"], *used);
    app.set_agent_state("agent", AgentState::Retired).await;
    let answer = host.api_key(&token, "github").await;
    answer.expect_error(403, "AccessDeniedException");
}

async fn an_agent_has_the_owner_that_is_named_or_the_key_that_made_it(app: TestApp) {
    let app = agent(app).await;
    assert_eq!(show(&app, "agent").await["owner"], app.admin().key_id());
    let body = json!({ "name": "mail", "tags": { "owner": "team mail" } });
    let made = app.admin().call(CreateWorkloadIdentity, body).await;
    made.expect_status(201);
    assert_eq!(show(&app, "mail").await["owner"], "team mail");
    let change = json!({ "agent": "mail", "owner": "Ada <ada@example.com>" });
    let answer = ask(app.admin(), "set-owner", change).await;
    let entry = app.record(answer.record().unwrap()).await.entry;
    assert_eq!(&*entry.operation, "ChangeAgent");
    assert!(entry.reason.contains("Ada"), "{}", entry.reason);
    assert_eq!(show(&app, "mail").await["owner"], "Ada <ada@example.com>");
    for bad in ["", "a\nb", &"x".repeat(129)] {
        let change = json!({ "agent": "mail", "owner": bad });
        ask(app.admin(), "set-owner", change)
            .await
            .expect_status(400);
    }
}

async fn only_who_may_reads_and_stops_agents(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    web_identity::proved(&app, &issuer).await;
    let named = || json!({ "agent": "agent" });
    let host = app.agent_host();
    for (client, may_read) in [(host, true), (app.auditor(), true), (app.binding(), false)] {
        let status = if may_read { 200 } else { 403 };
        ask(client, "list", json!({})).await.expect_status(status);
        ask(client, "show", named()).await.expect_status(status);
        for what in ["suspend", "resume", "retire"] {
            ask(client, what, named()).await.expect_status(403);
        }
        let change = json!({ "agent": "agent", "owner": "me" });
        ask(client, "set-owner", change).await.expect_status(403);
        let change = json!({ "agent": "agent", "expires_at": null });
        ask(client, "expire", change).await.expect_status(403);
    }
    let shown = show(&app, "agent").await;
    assert_eq!(shown["live_temporary_keys"], 1);
    assert_eq!(shown.get("trusted"), None, "that is the operator's");
    // What is of another account is not there.
    let stranger = app.other_account_admin();
    ask(stranger, "show", named()).await.expect_status(404);
    ask(stranger, "retire", named()).await.expect_status(404);
    assert_eq!(show(&app, "agent").await["state"], "active");
}

async fn what_cannot_be_read_is_not_repeated(app: TestApp) {
    let app = agent(app).await;
    for body in [
        json!({ "agent": "agent", "expires_at": "secret-value" }),
        json!({ "agent": "agent", "expires_at": 17 }),
        json!({ "agent": "agent" }),
        json!({ "agent": "secret-value!", "expires_at": null }),
    ] {
        let answer = ask(app.admin(), "expire", body).await.expect_status(400);
        assert!(!answer.holds("secret-value"));
    }
    let body = json!({ "state": "secret-value" });
    let answer = ask(app.admin(), "list", body).await.expect_status(400);
    assert!(!answer.holds("secret-value"));
}
