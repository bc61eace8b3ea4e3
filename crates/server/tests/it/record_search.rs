//! Looking for records, and answers from what they say.

use procura_core::action::Action;
use procura_core::audit::account_export::verifier::AccountVerifier;
use procura_core::audit::account_export::{Note, ProvedChain, ending, heading};
use procura_testkit::{ACCOUNT, Client, Request, Response, TestApp};
use procura_wire::Operation;
use serde_json::{Value, json};

use crate::connections::local;
use crate::delegation;

tests! {
    on_both_engines {
        records_are_found_by_everything_that_they_name
        a_search_goes_on_where_it_was_and_nowhere_else
        an_auditor_finds_the_records_of_its_own_account_and_no_other
        an_account_takes_its_records_away_and_proves_each
        a_refusal_is_explained_from_its_record
        what_is_reached_is_what_would_be_released
    }
    on_sqlite {
        what_is_looked_for_is_not_repeated_where_it_is_wrong
    }
}

async fn search(app: &TestApp, body: Value) -> (Vec<Value>, Value) {
    let (status, found) = local(app, "POST", "/v1/audit/search", &body).await;
    assert_eq!(status, 200, "{found}");
    let records = found["records"].as_array().unwrap().clone();
    (records, found["next"].clone())
}

async fn signed(client: &Client, body: Value) -> Response {
    let request = Request::new("POST", "/v1/audit/search").json(&body);
    client.send(&request).await
}

/// Records of two agents, two users and two providers, one of them refused.
async fn busy(app: TestApp) -> TestApp {
    let app = app.with_agent("one").await.with_agent("two").await;
    let app = app.with_provider("github", "k").await;
    let app = app.with_provider("gitlab", "k").await;
    app.clock().advance(3_600);
    let host = app.agent_host();
    for (agent, user, provider) in [("one", "alice", "github"), ("two", "bob", "gitlab")] {
        let token = host.token_for(agent, user).await;
        host.api_key(&token, provider).await.expect_status(200);
        host.api_key(&token, "ghost").await.expect_status(404);
    }
    app
}

fn operations(records: &[Value]) -> Vec<&str> {
    let names = records
        .iter()
        .map(|record| record["operation"].as_str().unwrap());
    let mut names: Vec<&str> = names.collect();
    // What is done in one millisecond has no order.
    names.sort_unstable();
    names
}

async fn records_are_found_by_everything_that_they_name(app: TestApp) {
    let app = busy(app).await;
    let of = |more: Value| {
        let mut body = json!({ "account": ACCOUNT });
        let more = more.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(more);
        body
    };
    let (all, next) = search(&app, of(json!({}))).await;
    assert_eq!(next, Value::Null);
    let ids: Vec<&str> = all
        .iter()
        .map(|record| record["id"].as_str().unwrap())
        .collect();
    assert!(
        ids.is_sorted_by(|one, other| one > other),
        "the newest first"
    );
    let used = [
        "GetResourceApiKey",
        "GetResourceApiKey",
        "GetWorkloadAccessTokenForUserId",
    ];
    let (one, _) = search(
        &app,
        of(json!({ "agent": "one", "since": "2025-11-13T03:00:00Z" })),
    )
    .await;
    assert_eq!(operations(&one), used);
    let (id, whose) = (&one[0]["agent"], &one[0]["user"]);
    assert_eq!(
        search(&app, of(json!({ "agent": id, "user": whose })))
            .await
            .0,
        one
    );
    let (github, _) = search(&app, of(json!({ "provider": "github", "user": whose }))).await;
    assert_eq!(operations(&github), ["GetResourceApiKey"]);
    let denied = json!({ "verdict": "deny", "agent": "two", "operation": "GetResourceApiKey" });
    let (denied, _) = search(&app, of(denied)).await;
    assert_eq!(operations(&denied), ["GetResourceApiKey"]);
    let (said, _) = search(&app, of(json!({ "text": "GHOST" }))).await;
    assert_eq!(said.len(), 2, "{said:?}");
    let host = app.agent_host().key_id();
    let (by, _) = search(&app, of(json!({ "caller": host }))).await;
    assert_eq!(by.len(), 6);
    let (before, _) = search(&app, of(json!({ "until": "2025-11-13T03:00:00Z" }))).await;
    assert_eq!(before.len() + by.len(), all.len(), "a moment parts them");
    // Of all accounts and of none; names are of an account.
    let (open, _) = search(&app, json!({ "operation": "open" })).await;
    assert!(!open.is_empty());
    let (status, refused) =
        local(&app, "POST", "/v1/audit/search", &json!({ "agent": "one" })).await;
    assert_eq!(status, 400, "{refused}");
    let nobody = of(json!({ "agent": "nobody" }));
    let (status, refused) = local(&app, "POST", "/v1/audit/search", &nobody).await;
    assert_eq!(status, 404, "{refused}");
}

async fn a_search_goes_on_where_it_was_and_nowhere_else(app: TestApp) {
    let app = busy(app).await;
    let asked = json!({ "operation": "GetResourceApiKey", "limit": 3 });
    let first = signed(app.auditor(), asked.clone())
        .await
        .expect_status(200)
        .json();
    let mut found = first["records"].as_array().unwrap().clone();
    assert_eq!(found.len(), 3);
    let next = first["next"].clone();
    let with = |next: &Value, more: Value| {
        let mut body = asked.clone();
        body["next"] = next.clone();
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    let rest = signed(app.auditor(), with(&next, json!({})))
        .await
        .expect_status(200)
        .json();
    found.extend(rest["records"].as_array().unwrap().clone());
    assert_eq!(rest["next"], Value::Null);
    let whole = json!({ "operation": "GetResourceApiKey" });
    let whole = signed(app.auditor(), whole).await.expect_status(200).json();
    assert_eq!(json!(found), whole["records"]);
    // Of another search, and where the operator asks, the token is nothing.
    let other = with(
        &next,
        json!({ "operation": "GetWorkloadAccessTokenForUserId" }),
    );
    assert_eq!(signed(app.auditor(), other).await.status, 400);
    let of_account = with(&next, json!({ "account": ACCOUNT }));
    assert_eq!(
        local(&app, "POST", "/v1/audit/search", &of_account).await.0,
        400
    );
    assert_eq!(
        signed(app.auditor(), with(&json!("x"), json!({})))
            .await
            .status,
        400
    );
}

async fn an_auditor_finds_the_records_of_its_own_account_and_no_other(app: TestApp) {
    let app = busy(app).await;
    let theirs = app.other_account_admin();
    theirs.create_agent("theirs").await.expect_status(201);
    let found = signed(app.auditor(), json!({}))
        .await
        .expect_status(200)
        .json();
    let records = found["records"].as_array().unwrap();
    assert!(records.len() > 8);
    assert!(
        records.iter().all(|record| record["account"] == ACCOUNT),
        "{found}"
    );
    let named = json!({ "account": theirs.account().to_string() });
    assert_eq!(signed(app.auditor(), named).await.status, 400);
    for client in [app.admin(), app.agent_host(), app.binding(), theirs] {
        let refused = signed(client, json!({})).await.expect_status(403);
        let record = app.record(refused.record().unwrap()).await.entry;
        assert_eq!(record.operation, "ReadAudit");
    }
}

async fn what_is_looked_for_is_not_repeated_where_it_is_wrong(app: TestApp) {
    let canary = "canary-§";
    for member in [
        "agent", "user", "caller", "provider", "verdict", "since", "until", "next",
    ] {
        let refused = signed(app.auditor(), json!({ member: canary })).await;
        assert_eq!(refused.status, 400, "{member}");
        assert!(!refused.holds("canary"), "{}", refused.text());
    }
    let refused = signed(app.auditor(), json!({ "canary": 1 })).await;
    assert!(refused.status == 400 && !refused.holds("canary"));
    for record in app.records().await {
        let line = String::from_utf8(record.to_line().unwrap()).unwrap();
        assert!(!line.contains("canary"), "{line}");
    }
}

async fn an_account_takes_its_records_away_and_proves_each(app: TestApp) {
    let app = busy(app).await;
    let before = app.app().write_checkpoint().await.unwrap().0;
    app.other_account_admin()
        .create_agent("theirs")
        .await
        .expect_status(201);
    app.agent_host().token("one").await;
    let mut cx = app.app().operator_cx(Action::ExportAudit);
    let (states, text) = app.app().begin_export(&mut cx).await.unwrap();
    let key = app.app().verifier_key().await;
    let note = |text: String| Note {
        checkpoint: key.open(&text).unwrap(),
        text,
    };
    let (now, since) = (note(text), note(before));
    let account = ACCOUNT.parse().unwrap();
    let is_open = |chain| now.checkpoint.open.iter().any(|open| open.chain == chain);
    let ended: Vec<_> = states
        .iter()
        .filter(|s| !is_open(s.chain))
        .copied()
        .collect();
    let mut file = heading(account, &now, Some(&since), &ended)
        .unwrap()
        .into_bytes();
    let mut records = 0;
    for state in &states {
        let mut chain = ProvedChain::new(account, state.chain);
        let size = u32::try_from(state.size).unwrap();
        let lines = app
            .app()
            .export_lines(&mut cx, state.chain, 0, size)
            .await
            .unwrap();
        for line in &lines {
            chain.line(line).unwrap();
        }
        let (part, own) = chain.finish(state, Some(&since.checkpoint)).unwrap();
        file.extend_from_slice(&part);
        records += own;
    }
    file.extend_from_slice(ending(records).as_bytes());
    let mut verifier = AccountVerifier::new(key.clone());
    for line in file.split_inclusive(|byte| *byte == b'\n') {
        verifier.line(line).unwrap();
    }
    let proved = verifier.finish().unwrap();
    let own = app.records().await;
    let own = own
        .iter()
        .filter(|record| record.entry.account == Some(account));
    assert_eq!(proved.records, u64::try_from(own.count()).unwrap());
    assert_eq!(proved.since, Some(since.checkpoint));
    let theirs = app.other_account_admin().account().to_string();
    assert!(!String::from_utf8(file).unwrap().contains(&theirs));
}

async fn a_refusal_is_explained_from_its_record(app: TestApp) {
    let app = busy(app).await;
    let token = app.agent_host().token_for("one", "alice").await;
    app.set_agent_state(
        "one",
        procura_core::workload_identity::AgentState::Suspended,
    )
    .await;
    let refused = app
        .agent_host()
        .api_key(&token, "github")
        .await
        .expect_status(403);
    let path = format!("/v1/policy/why/{}", refused.record().unwrap());
    let (status, why) = local(&app, "GET", &path, &Value::Null).await;
    assert_eq!(status, 200, "{why}");
    assert_eq!(why["agent"], "one");
    assert_eq!(why["provider"], "api-key github");
    assert_eq!(why["same_rules"], true);
    let denied = &why["record"]["denied"];
    assert_eq!(denied["question"], "agent");
    assert_eq!(denied["action"], "ReleaseApiKey");
    assert_eq!(denied["policies"], json!(["inactive-agent-acts"]));
    let state = denied["attributes"]["principal.state"].as_str().unwrap();
    assert!(state.contains("suspended"), "{denied}");
    let policy = &why["policies"][0];
    assert_eq!(policy["effect"], "forbid");
    assert!(
        policy["text"].as_str().unwrap().contains("unless"),
        "{policy}"
    );
    assert_eq!(denied["advice"], policy["advice"]);
    assert!(refused.text().contains(denied["advice"].as_str().unwrap()));

    let refused = app.admin().call(
        Operation::GetWorkloadAccessToken,
        json!({ "workloadName": "two" }),
    );
    let path = format!("/v1/policy/why/{}", refused.await.record().unwrap());
    let (_, why) = local(&app, "GET", &path, &Value::Null).await;
    let denied = &why["record"]["denied"];
    assert_eq!(
        (&denied["question"], &denied["policies"]),
        (&json!("call"), &Value::Null)
    );
    assert_eq!(
        denied["attributes"]["principal in"],
        "Procura::Role::\"admin\""
    );

    let (status, shown) = local(&app, "GET", "/v1/policy/policies", &Value::Null).await;
    assert_eq!(status, 200);
    let ids = shown["policies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| own["id"].clone());
    assert!(ids.collect::<Vec<_>>().contains(&json!("across-accounts")));
    let none = "/v1/policy/why/rec_00000000000000000000000000000000";
    assert_eq!(local(&app, "GET", none, &Value::Null).await.0, 404);
}

async fn reach(app: &TestApp, of: Value) -> Value {
    let mut body = json!({ "account": ACCOUNT });
    body.as_object_mut()
        .unwrap()
        .extend(of.as_object().unwrap().clone());
    let (status, found) = local(app, "POST", "/v1/policy/reach", &body).await;
    assert_eq!(status, 200, "{found}");
    found
}

async fn what_is_reached_is_what_would_be_released(app: TestApp) {
    let app = delegation::ready(app)
        .await
        .with_provider("github", "k")
        .await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    delegation::connected(&app, &token, "alice", json!({ "scopes": ["read"] })).await;
    let found = reach(&app, json!({ "agent": "agent" })).await;
    let names = |found: &Value, list: &str| {
        let each = found[list].as_array().unwrap().iter();
        let name = |one: &Value| one["provider"]["name"].as_str().unwrap().to_owned();
        let mut names: Vec<String> = each.map(name).collect();
        names.sort();
        names
    };
    assert_eq!(names(&found, "granted"), ["demo", "github"]);
    assert_eq!(names(&found, "consented"), ["demo"]);
    let consented = &found["consented"][0];
    assert_eq!(consented["consented_scopes"], "read");
    assert_eq!(consented["refused"], Value::Null);
    let keys = found["keys"].to_string();
    assert!(keys.contains(app.agent_host().key_id()), "{keys}");
    assert!(!keys.contains(app.auditor().key_id()), "{keys}");
    // A user's is what agents have for the user; a provider's, who gets its credential.
    let user = consented["user"]["id"].clone();
    let of_user = reach(&app, json!({ "user": user })).await;
    assert_eq!(
        (
            names(&of_user, "granted").len(),
            names(&of_user, "consented").len()
        ),
        (0, 1)
    );
    let of_provider = reach(&app, json!({ "provider": "github" })).await;
    assert_eq!(names(&of_provider, "granted"), ["github"]);
    assert_eq!(names(&of_provider, "consented"), [""; 0]);
    // What the rules say no to is said to be refused, as it is.
    app.set_agent_state(
        "agent",
        procura_core::workload_identity::AgentState::Suspended,
    )
    .await;
    let found = reach(&app, json!({ "agent": "agent" })).await;
    for list in ["granted", "consented"] {
        for one in found[list].as_array().unwrap() {
            assert!(
                one["refused"].as_str().unwrap().contains("suspended"),
                "{one}"
            );
        }
    }
    let who = json!({ "action": "GetWorkloadAccessToken", "account": ACCOUNT });
    let (status, who) = local(&app, "POST", "/v1/policy/who-can", &who).await;
    assert_eq!(status, 200, "{who}");
    assert_eq!(who["callers"], json!(["agent-host", "agent"]));
    assert!(who["keys"].to_string().contains(app.agent_host().key_id()));
}
