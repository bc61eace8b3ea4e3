//! `DescribeAuthorizationSession`, an operation of our own on the port of the API.

use procura_core::access_key::Role;
use procura_core::audit::record::Verdict;
use procura_testkit::authority::Rules;
use procura_testkit::{Browser, Client, OTHER_ACCOUNT, Request, Response, Setup, TestApp};
use serde_json::{Value, json};

use crate::delegation;

tests! {
    on_both_engines {
        a_session_is_described_without_who_is_proved
        an_asserted_user_is_named_to_who_may_bind_one_and_on_record
        an_asserted_user_is_not_named_where_the_policies_forbid_to_bind_one
    }
    on_sqlite {
        only_the_role_binding_may_ask
        a_session_of_another_account_is_not_found
        what_goes_wrong_is_told_as_a_problem
        a_secret_in_the_wrong_place_is_not_repeated
    }
}

async fn describe(client: &Client, body: &Value) -> Response {
    let request = Request::new("POST", "/v1/authorization-sessions/describe").json(body);
    client.send(&request).await
}

#[track_caller]
fn expect_problem(response: Response, status: u16, title: &str) -> Response {
    let response = response.expect_status(status);
    let content_type = response.header("content-type");
    assert_eq!(content_type, Some("application/problem+json"));
    assert_eq!(response.error_type(), None);
    assert_eq!(response.member("title"), title);
    assert!(!response.member("detail").is_empty());
    response
}

async fn a_session_is_described_without_who_is_proved(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let begun = delegation::begin(&app, &token, json!({ "scopes": ["repo", "read"] })).await;
    let body = json!({ "session_uri": begun.uri });
    let described = describe(app.binding(), &body).await.expect_status(200);
    assert_eq!(described.record(), None);
    let mut json = described.json();
    let members = json.as_object_mut().unwrap();
    let id = members.remove("id").unwrap();
    assert!(id.as_str().unwrap().starts_with("ses_"), "{id}");
    assert!(
        members
            .remove("expires_at")
            .unwrap()
            .as_str()
            .unwrap()
            .ends_with('Z')
    );
    let expected = json!({
        "agent": "agent",
        "provider": "demo",
        "provider_host": app.demo().issuer().split_once("://").unwrap().1,
        "scopes": ["read", "repo"],
        "user_kind": "verified",
        "state": "created",
    });
    assert_eq!(json, expected);
    delegation::come_back(&mut Browser::new(), &begun, "alice").await;
    let described = describe(app.binding(), &body).await;
    assert_eq!(described.expect_status(200).member("state"), "called_back");
    app.clock()
        .advance(procura_core::authorization_session::LIFETIME_S);
    let described = describe(app.binding(), &body).await;
    assert_eq!(described.expect_status(200).member("state"), "expired");
}

async fn an_asserted_user_is_named_to_who_may_bind_one_and_on_record(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = app.agent_host().token_for("agent", "carol").await;
    let begun = delegation::begin(&app, &token, json!({})).await;
    let body = json!({ "session_uri": begun.uri });
    let described = describe(app.binding(), &body).await.expect_status(200);
    assert_eq!(described.member("user_kind"), "asserted");
    assert_eq!(described.member("asserted_user_id"), "carol");
    let record = app.record(described.record().unwrap()).await;
    assert_eq!(record.entry.verdict, Verdict::Allow);
    assert_eq!(record.entry.operation, "DescribeAuthorizationSession");
    assert!(
        record
            .entry
            .reason
            .contains("told how the caller named the user")
    );
    assert!(!record.entry.reason.contains("carol"));
}

async fn an_asserted_user_is_not_named_where_the_policies_forbid_to_bind_one(mut app: TestApp) {
    app = delegation::ready(app).await;
    let token = app.agent_host().token_for("agent", "carol").await;
    let begun = delegation::begin(&app, &token, json!({})).await;
    app.restart_under(Rules::Strict).await;
    let body = json!({ "session_uri": begun.uri });
    let described = describe(app.binding(), &body).await.expect_status(200);
    assert_eq!(described.member("user_kind"), "asserted");
    assert!(!described.holds("asserted_user_id") && !described.holds("carol"));
    assert_eq!(described.record(), None);
}

async fn only_the_role_binding_may_ask(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let begun = delegation::begin(&app, &token, json!({})).await;
    let absent = format!("urn:ietf:params:oauth:request_uri:{}", "x".repeat(43));
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Binding) {
        for uri in [&begun.uri, &absent] {
            let body = json!({ "session_uri": uri });
            let refused = describe(app.client_with(role), &body).await;
            let refused = expect_problem(refused, 403, "denied");
            let record = app.record(refused.record().unwrap()).await;
            assert_eq!(record.entry.verdict, Verdict::Deny);
            assert_eq!(record.entry.operation, "DescribeAuthorizationSession");
        }
    }
}

async fn a_session_of_another_account_is_not_found(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let begun = delegation::begin(&app, &token, json!({})).await;
    let account = OTHER_ACCOUNT.parse().unwrap();
    let other = app.new_client(account, vec![Role::Binding]).await;
    let told = describe(&other, &json!({ "session_uri": begun.uri })).await;
    let absent = format!("urn:ietf:params:oauth:request_uri:{}", "x".repeat(43));
    let none = describe(&other, &json!({ "session_uri": absent })).await;
    let told = expect_problem(told, 404, "not found").member("detail");
    assert_eq!(
        told,
        expect_problem(none, 404, "not found").member("detail")
    );
}

async fn what_goes_wrong_is_told_as_a_problem(app: TestApp) {
    for body in [
        json!({}),
        json!({ "session_uri": 1 }),
        json!({ "session_uri": "x", "more": 1 }),
    ] {
        let refused = describe(app.binding(), &body).await;
        expect_problem(refused, 400, "invalid request");
    }
    let twice = Request::new("POST", "/v1/authorization-sessions/describe")
        .body(b"{\"session_uri\":\"a\",\"session_uri\":\"b\"}");
    let refused = app.binding().send(&twice).await;
    expect_problem(refused, 400, "invalid request");
    let request = Request::new("POST", "/v1/authorization-sessions/describe").json(&json!({}));
    let unsigned = app.binding().sign(&request).without("authorization");
    let refused = app.binding().send_message(&unsigned).await;
    expect_problem(refused, 403, "not proved");
    let forged = app.binding().signing(|signer| signer.secret.push('x'));
    expect_problem(describe(&forged, &json!({})).await, 403, "not proved");
    let long = json!({ "session_uri": "x".repeat(5000) });
    expect_problem(describe(app.binding(), &long).await, 413, "not proved");
    let other = Request::new("GET", "/v1/authorization-sessions/describe");
    let other = app.binding().send(&other).await;
    other.expect_error(404, "UnknownOperationException");
}

async fn a_secret_in_the_wrong_place_is_not_repeated(app: TestApp) {
    let secret = format!("urn:ietf:params:oauth:request_uri:{}", "Zq7".repeat(14));
    let before = app.records().await.len();
    for body in [
        json!({ secret.as_str(): 1 }),
        json!({ "session_uri": "x", secret.as_str(): secret }),
        json!({ "session_uri": { secret.as_str(): secret } }),
    ] {
        let refused = describe(app.binding(), &body).await;
        let refused = expect_problem(refused, 400, "invalid request");
        assert!(!refused.text().contains("Zq7"), "{}", refused.text());
    }
    let records = app.records().await;
    assert_eq!(records.len(), before + 3);
    for record in records {
        let reason = &record.entry.reason;
        assert!(!reason.contains("Zq7"), "{reason}");
    }
}

/// Under the strict rules nobody is named who is only asserted; a user who is proved can be asked
/// for, once the issuer is registered, which is no matter of who asks here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_strict_rules_let_the_same_role_ask() {
    let app = Setup::default().rules(Rules::Strict).start().await;
    let absent = format!("urn:ietf:params:oauth:request_uri:{}", "x".repeat(43));
    for role in Role::ALL {
        let body = json!({ "session_uri": absent });
        let expected = if role == Role::Binding { 404 } else { 403 };
        let answer = describe(app.client_with(role), &body).await;
        assert_eq!(answer.status, expected, "{}", role.as_str());
    }
}
