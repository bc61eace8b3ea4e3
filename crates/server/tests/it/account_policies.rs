//! Policies of an account: written by the operator, and in force from the next request on.

use procura_app::account_policy::NewPolicy;
use procura_core::account::AccountId;
use procura_core::account_policy::PolicyMode;
use procura_core::action::Action;
use procura_core::audit::record::Verdict;
use procura_core::error::{Error, Kind};
use procura_testkit::{ACCOUNT, Browser, TestApp};
use procura_wire::Operation::{
    CompleteResourceTokenAuth, GetWorkloadAccessToken, GetWorkloadIdentity,
};
use serde_json::{Value, json};

use crate::connections::local;
use crate::machine_token_decisions::{on_its_way, refusal};
use crate::user_proof::agent;
use crate::{delegation, oauth2, role_sessions};

tests! {
    on_both_engines {
        a_policy_of_the_account_stops_a_release_at_once
        a_release_under_way_is_decided_on_anew_when_the_policies_change
        a_policy_is_in_force_on_another_node
        what_is_only_logged_is_on_record_and_changes_nothing
    }
    on_sqlite {
        a_policy_of_one_account_is_about_no_other
        a_policy_is_asked_about_the_parts_of_a_call
        what_is_no_policy_is_not_on_record
        a_policy_takes_the_place_of_the_version_that_was_named
        who_is_under_a_policy_hands_nothing_on_that_it_forbids
        the_operator_writes_policies_over_the_socket
    }
}

fn account() -> AccountId {
    ACCOUNT.parse().unwrap()
}

/// Writes a policy, as the operator.
async fn put(app: &TestApp, id: &str, text: &str, mode: PolicyMode) -> Result<u64, Error> {
    let mut cx = app.app().operator_cx(Action::PutAccountPolicy);
    let new = NewPolicy {
        id: id.parse().unwrap(),
        text: text.to_owned(),
        mode,
        instead_of: None,
    };
    let put = app.app().put_account_policy(&mut cx, account(), new).await;
    put.map(|put| put.value.version)
}

async fn delete(app: &TestApp, id: &str) {
    let mut cx = app.app().operator_cx(Action::DeleteAccountPolicy);
    let id = id.parse().unwrap();
    app.app()
        .delete_account_policy(&mut cx, account(), id)
        .await
        .unwrap();
}

const NOT_GITHUB: &str = r#"@advice("use the other provider")
forbid (principal is Procura::Agent, action in Procura::Action::"ReleaseCredentials", resource)
when { principal.name == "agent" && resource.name == "github" };"#;

async fn a_policy_of_the_account_stops_a_release_at_once(app: TestApp) {
    let app = agent(app).await;
    let host = app.agent_host();
    let token = host.token("agent").await;
    host.api_key(&token, "github").await.expect_status(200);
    put(&app, "not-github", NOT_GITHUB, PolicyMode::Active)
        .await
        .unwrap();
    let refused = host.api_key(&token, "github").await;
    let refused = refused.expect_error(403, "AccessDeniedException");
    assert!(refused.holds("use the other provider"));
    let record = app.record(refused.record().unwrap()).await;
    assert_eq!(record.entry.verdict, Verdict::Deny);
    let reason = record.entry.reason.clone().into_owned();
    assert!(
        reason.contains(r#"forbidden by account/not-github (principal.name = "agent""#),
        "{reason}"
    );
    let version = record.entry.policy.clone().unwrap();
    assert!(
        version.starts_with("baseline@") && version.contains(" + 1 policy of the account @"),
        "{version}"
    );
    delete(&app, "not-github").await;
    host.api_key(&token, "github").await.expect_status(200);
    // A call is a question, too.
    let no_tokens = r#"forbid (principal is Procura::Caller,
        action == Procura::Action::"GetWorkloadAccessToken", resource);"#;
    put(&app, "no-tokens", no_tokens, PolicyMode::Active)
        .await
        .unwrap();
    let body = json!({ "workloadName": "agent" });
    let refused = host.call(GetWorkloadAccessToken, body).await;
    refused.expect_error(403, "AccessDeniedException");
    app.verify_records().await;
}

async fn a_release_under_way_is_decided_on_anew_when_the_policies_change(app: TestApp) {
    let (app, token) = oauth2::ready(app).await;
    let (waiting, gate) = on_its_way(&app, &token).await;
    let text = NOT_GITHUB.replace("github", "demo");
    put(&app, "not-demo", &text, PolicyMode::Active)
        .await
        .unwrap();
    let refused = refusal(&app, waiting, &gate).await;
    refused.expect_error(403, "AccessDeniedException");
}

async fn a_policy_is_in_force_on_another_node(app: TestApp) {
    let app = agent(app).await;
    let Some(other) = app.another_node().await else {
        return;
    };
    let host = other.agent_host();
    let token = host.token("agent").await;
    host.api_key(&token, "github").await.expect_status(200);
    put(&app, "not-github", NOT_GITHUB, PolicyMode::Active)
        .await
        .unwrap();
    let refused = host.api_key(&token, "github").await;
    refused.expect_error(403, "AccessDeniedException");
    delete(&app, "not-github").await;
    host.api_key(&token, "github").await.expect_status(200);
}

async fn what_is_only_logged_is_on_record_and_changes_nothing(app: TestApp) {
    let app = agent(app).await;
    let host = app.agent_host();
    let token = host.token("agent").await;
    put(&app, "trial", NOT_GITHUB, PolicyMode::LogOnly)
        .await
        .unwrap();
    let given = host.api_key(&token, "github").await.expect_status(200);
    let record = app.record(given.record().unwrap()).await;
    assert_eq!(record.entry.verdict, Verdict::Allow);
    let reason = record.entry.reason.clone().into_owned();
    assert!(
        reason.contains("; log-only: would forbid by account/trial;"),
        "{reason}"
    );
    let mut cx = app.app().operator_cx(Action::PutAccountPolicy);
    let id = "trial".parse().unwrap();
    app.app()
        .set_account_policy_mode(&mut cx, account(), id, PolicyMode::Active)
        .await
        .unwrap();
    let refused = host.api_key(&token, "github").await;
    refused.expect_error(403, "AccessDeniedException");
}

async fn a_policy_of_one_account_is_about_no_other(app: TestApp) {
    let app = agent(app).await;
    put(
        &app,
        "nothing",
        "forbid (principal, action, resource);",
        PolicyMode::Active,
    )
    .await
    .unwrap();
    let stranger = app.other_account_admin();
    stranger.create_agent("agent").await.expect_status(201);
    app.other_account_agent_host().token("agent").await;
    let name = json!({ "name": "agent" });
    let refused = app.admin().call(GetWorkloadIdentity, name).await;
    refused.expect_error(403, "AccessDeniedException");
    // The operator is above accounts, or nobody could take it back.
    delete(&app, "nothing").await;
    app.agent_host().token("agent").await;
}

async fn what_is_no_policy_is_not_on_record(app: TestApp) {
    let app = agent(app).await;
    let refused = put(&app, "wrong", "sk-canary-1234", PolicyMode::Active)
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), Kind::Caller);
    assert!(refused.public().contains("line 1"), "{}", refused.public());
    let record = refused.record().unwrap().to_string();
    let reason = app.record(&record).await.entry.reason.clone().into_owned();
    assert_eq!(reason, "the text cannot be a policy");
    for record in app.records().await {
        assert!(
            !serde_json::to_string(&record.entry)
                .unwrap()
                .contains("canary")
        );
    }
}

async fn a_policy_takes_the_place_of_the_version_that_was_named(app: TestApp) {
    let app = agent(app).await;
    let permit = "permit (principal is Procura::NoUser, action, resource);";
    let put_at = async |instead_of| {
        let mut cx = app.app().operator_cx(Action::PutAccountPolicy);
        let new = NewPolicy {
            id: "own".parse().unwrap(),
            text: permit.to_owned(),
            mode: PolicyMode::Active,
            instead_of,
        };
        let put = app.app().put_account_policy(&mut cx, account(), new).await;
        put.map(|put| put.value.version)
            .map_err(|error| error.kind())
    };
    assert_eq!(put_at(Some(1)).await, Err(Kind::Conflict));
    assert_eq!(put_at(Some(0)).await, Ok(1));
    assert_eq!(put_at(Some(0)).await, Err(Kind::Conflict));
    assert_eq!(put_at(Some(1)).await, Ok(2));
    assert_eq!(put_at(None).await, Ok(3));
    delete(&app, "own").await;
    // Deleted was 4.
    assert_eq!(put_at(Some(0)).await, Ok(5));
    let mut cx = app.app().operator_cx(Action::GetAccountPolicy);
    let history = app
        .app()
        .account_policy_history(&mut cx, account(), "own".parse().unwrap())
        .await
        .unwrap();
    let versions: Vec<u64> = history.iter().map(|was| was.version).collect();
    assert_eq!(versions, [5, 4, 3, 2, 1]);
    assert!(history[1].said.is_none());
}

async fn who_is_under_a_policy_hands_nothing_on_that_it_forbids(app: TestApp) {
    let app = agent(app).await;
    let maker = role_sessions::maker(&app).await;
    role_sessions::role(&maker, "before", &role_sessions::root()).await;
    let no_suspending = r#"forbid (principal is Procura::Caller,
        action == Procura::Action::"GetWorkloadAccessToken", resource);"#;
    put(&app, "no-tokens", no_suspending, PolicyMode::Active)
        .await
        .unwrap();
    let document = role_sessions::root();
    let fields = [
        ("RoleName", "after"),
        ("AssumeRolePolicyDocument", document.as_str()),
    ];
    maker.roles("CreateRole", &fields).await.expect_status(200);
    let fields = [("RoleName", "after"), ("PolicyArn", role_sessions::HOST)];
    let refused = maker.roles("AttachRolePolicy", &fields).await;
    assert_eq!(refused.status, 403);
}

async fn the_operator_writes_policies_over_the_socket(app: TestApp) {
    let app = agent(app).await;
    let path = format!("/v1/accounts/{ACCOUNT}/policies");
    let one = format!("{path}/not-github");
    let body = json!({ "policy": NOT_GITHUB, "mode": "log-only" });
    let (status, put) = local(&app, "PUT", &one, &body).await;
    assert_eq!(status, 200, "{put}");
    assert_eq!(
        (&put["version"], &put["mode"]),
        (&json!(1), &json!("log-only"))
    );
    let active = json!({ "mode": "active" });
    let (status, put) = local(&app, "POST", &format!("{one}/mode"), &active).await;
    assert_eq!(status, 200, "{put}");
    let (_, listed) = local(&app, "GET", &path, &Value::Null).await;
    assert_eq!(listed[0]["id"], "not-github");
    assert_eq!(listed[0]["mode"], "active");
    assert_eq!(listed[0]["policy"], Value::Null);
    let (_, shown) = local(&app, "GET", &one, &Value::Null).await;
    assert_eq!(shown["policy"], NOT_GITHUB);
    for (at, body) in [
        (&one, json!({ "policy": "permit" })),
        (&one, json!({ "policy": NOT_GITHUB, "mode": "off" })),
        (&one, json!({ "text": NOT_GITHUB })),
        (&format!("{path}/A_B"), json!({ "policy": NOT_GITHUB })),
    ] {
        let (status, answer) = local(&app, "PUT", at, &body).await;
        assert_eq!(status, 400, "{answer}");
    }
    let (status, _) = local(&app, "DELETE", &one, &Value::Null).await;
    assert_eq!(status, 200);
    let (status, _) = local(&app, "GET", &one, &Value::Null).await;
    assert_eq!(status, 404);
    let (_, history) = local(&app, "GET", &format!("{one}/history"), &Value::Null).await;
    assert_eq!(history[0]["mode"], "deleted");
    assert_eq!(history[2]["policy"], NOT_GITHUB);
}

async fn a_policy_is_asked_about_the_parts_of_a_call(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = app.agent_host().token_for("agent", "alice").await;
    let begun = delegation::begin(&app, &token, json!({})).await;
    delegation::come_back(&mut Browser::new(), &begun, "alice").await;
    let who = json!({ "userId": "alice" });
    let body = json!({ "sessionUri": begun.session_id(), "userIdentifier": who });
    let text = r#"forbid (principal, action == Procura::Action::"BindAssertedUser", resource);"#;
    put(&app, "proved", text, PolicyMode::Active).await.unwrap();
    let complete = async || {
        let body = body.clone();
        app.binding().call(CompleteResourceTokenAuth, body).await
    };
    complete().await.expect_error(403, "AccessDeniedException");
    delete(&app, "proved").await;
    complete().await.expect_status(200);
}
