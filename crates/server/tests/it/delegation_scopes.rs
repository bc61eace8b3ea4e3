//! How much a user gave: what is asked for, what the user agreed to, what the provider granted.

use procura_core::workload_identity::AgentState;
use procura_testkit::demo::Misbehaviour;
use procura_testkit::{Browser, TestApp};
use procura_wire::Operation::{CompleteResourceTokenAuth, UpdateOauth2CredentialProvider};
use serde_json::{Value, json};

use crate::{delegation, oauth2};

tests! {
    on_both_engines {
        more_is_asked_for_together_with_what_was_given
        an_asserted_user_is_bound_by_name_and_is_no_other
    }
    on_sqlite {
        a_provider_that_grants_more_than_the_user_was_asked_gives_nothing
        a_provider_that_grants_less_is_not_said_to_have_granted_all
        who_is_forced_asks_the_user_again
        an_agent_that_was_stopped_waits_no_longer
        an_account_that_is_not_the_clients_is_not_kept
        another_account_does_not_keep_the_refresh_token_of_the_first
        what_a_user_struck_is_not_given_when_the_provider_grants_it_later
        a_provider_that_moved_meanwhile_gets_no_code
    }
}

async fn more_is_asked_for_together_with_what_was_given(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let first = delegation::connected(&app, &token, "alice", json!({})).await;
    let more = json!({ "scopes": ["write"] });
    let second = delegation::connected(&app, &token, "alice", more).await;
    let asked = app.demo().last_authorization_request().unwrap();
    assert_eq!(asked.one("scope"), Some("repo write"));
    assert_ne!(second, first);
    for scopes in [json!(["repo"]), json!(["write"]), json!(["write", "repo"])] {
        let given = delegation::ask(&app, &token, json!({ "scopes": scopes })).await;
        assert_eq!(given.expect_status(200).member("accessToken"), second);
    }
}

async fn an_asserted_user_is_bound_by_name_and_is_no_other(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = app.agent_host().token_for("agent", "alice").await;
    let begun = delegation::begin(&app, &token, json!({})).await;
    delegation::come_back(&mut Browser::new(), &begun, "alice").await;
    let complete = async |who: Value| {
        let body = json!({ "sessionUri": begun.session_id(), "userIdentifier": who });
        app.binding().call(CompleteResourceTokenAuth, body).await
    };
    complete(json!({ "userId": "bob" }))
        .await
        .expect_error(403, "AccessDeniedException");
    let proved = json!({ "userToken": app.demo().user_token("alice") });
    complete(proved)
        .await
        .expect_error(403, "AccessDeniedException");
    complete(json!({ "userId": "alice" }))
        .await
        .expect_status(200);
    delegation::poll(&app, &token, &begun)
        .await
        .expect_status(200);
}

async fn a_provider_that_grants_more_than_the_user_was_asked_gives_nothing(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let begun = delegation::begin(&app, &token, json!({})).await;
    delegation::come_back(&mut Browser::new(), &begun, "alice").await;
    app.demo().misbehave(Some(Misbehaviour::GrantsMore));
    let refused = delegation::complete(&app, &begun, "alice").await;
    let refused = refused.expect_error(403, "AccessDeniedException");
    assert!(refused.text().contains("more scopes"), "{}", refused.text());
    let over = delegation::poll(&app, &token, &begun).await;
    assert!(
        over.expect_error(403, "AccessDeniedException")
            .text()
            .contains("more scopes")
    );
    app.demo().misbehave(None);
    delegation::begin(&app, &token, json!({})).await;
}

async fn a_provider_that_grants_less_is_not_said_to_have_granted_all(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let more = json!({ "scopes": ["read", "write"] });
    let begun = delegation::begin(&app, &token, more).await;
    delegation::come_back(&mut Browser::new(), &begun, "alice").await;
    app.demo().misbehave(Some(Misbehaviour::GrantsLess));
    delegation::complete(&app, &begun, "alice")
        .await
        .expect_status(200);
    let ask = async |scopes: Value| {
        let more = json!({ "scopes": scopes, "sessionUri": begun.uri });
        delegation::ask(&app, &token, more).await
    };
    let both = ask(json!(["read", "write"])).await;
    assert!(
        both.expect_error(403, "AccessDeniedException")
            .text()
            .contains("fewer scopes")
    );
    // What was granted is good for what it is good for.
    ask(json!(["read"])).await.expect_status(200);
}

async fn who_is_forced_asks_the_user_again(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let first = delegation::connected(&app, &token, "alice", json!({})).await;
    let force = json!({ "forceAuthentication": true });
    let second = delegation::connected(&app, &token, "alice", force).await;
    assert_ne!(first, second);
}

async fn an_agent_that_was_stopped_waits_no_longer(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let begun = delegation::begin(&app, &token, json!({})).await;
    let mut browser = Browser::new();
    delegation::come_back(&mut browser, &begun, "alice").await;
    app.set_agent_state("agent", AgentState::Suspended).await;
    let refused = delegation::poll(&app, &token, &begun).await;
    refused.expect_error(403, "AccessDeniedException");
    let refused = delegation::complete(&app, &begun, "alice").await;
    refused.expect_error(403, "AccessDeniedException");
    assert_eq!(app.demo().code_requests(), 0);
    app.set_agent_state("agent", AgentState::Active).await;
    delegation::complete(&app, &begun, "alice")
        .await
        .expect_status(200);
}

async fn an_account_that_is_not_the_clients_is_not_kept(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let more = json!({ "scopes": ["openid", "read"] });
    for misbehaviour in [
        Misbehaviour::IdTokenAudience("another-client".to_owned()),
        Misbehaviour::IdTokenIssuer("https://other.example".to_owned()),
        Misbehaviour::IdTokenNonce("of another request".to_owned()),
    ] {
        let begun = delegation::begin(&app, &token, more.clone()).await;
        delegation::come_back(&mut Browser::new(), &begun, "alice").await;
        app.demo().misbehave(Some(misbehaviour));
        let refused = delegation::complete(&app, &begun, "alice").await;
        assert_ne!(refused.status, 200);
        app.demo().misbehave(None);
        let over = delegation::poll(&app, &token, &begun).await;
        over.expect_error(403, "AccessDeniedException");
    }
    delegation::connected(&app, &token, "alice", more).await;
}

async fn another_account_does_not_keep_the_refresh_token_of_the_first(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let scopes = json!({ "scopes": ["openid", "read"], "forceAuthentication": true });
    delegation::connected(&app, &token, "alice", scopes.clone()).await;
    for (account, is_renewed) in [("alice", true), ("bob", false)] {
        // alice is asked again, and says yes with this account there; no new refresh token comes.
        let token = delegation::token_for(&app, "agent", "alice").await;
        let begun = delegation::begin(&app, &token, scopes.clone()).await;
        delegation::come_back(&mut Browser::new(), &begun, account).await;
        app.demo().misbehave(Some(Misbehaviour::RefreshTokenAbsent));
        delegation::complete(&app, &begun, "alice")
            .await
            .expect_status(200);
        app.demo().misbehave(None);
        app.clock().advance(3600);
        let token = delegation::token_for(&app, "agent", "alice").await;
        let more = json!({ "scopes": ["read"] });
        let given = delegation::ask(&app, &token, more).await.expect_status(200);
        let is_given = given.members() == ["accessToken"];
        assert_eq!(is_given, is_renewed, "{account}");
    }
}

async fn what_a_user_struck_is_not_given_when_the_provider_grants_it_later(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let both = json!({ "scopes": ["read", "write"] });
    let begun = delegation::begin(&app, &token, both.clone()).await;
    delegation::come_back(&mut Browser::new(), &begun, "alice").await;
    app.demo().misbehave(Some(Misbehaviour::GrantsLess));
    delegation::complete(&app, &begun, "alice")
        .await
        .expect_status(200);
    app.demo().misbehave(None);
    // A renewal brings both, as it does where another agent was given more.
    app.clock().advance(3600);
    let token = delegation::token_for(&app, "agent", "alice").await;
    delegation::ask(&app, &token, json!({ "scopes": ["read"] })).await;
    for scopes in [both, json!({ "scopes": ["write"] })] {
        delegation::begin(&app, &token, scopes).await;
    }
}

async fn a_provider_that_moved_meanwhile_gets_no_code(app: TestApp) {
    let app = delegation::ready(app).await;
    let token = delegation::token_for(&app, "agent", "alice").await;
    let begun = delegation::begin(&app, &token, json!({})).await;
    delegation::come_back(&mut Browser::new(), &begun, "alice").await;
    let elsewhere = json!({
        "name": "demo",
        "credentialProviderVendor": "CustomOauth2",
        "oauth2ProviderConfigInput": oauth2::config_of_endpoints(&app),
    });
    let moved = app
        .admin()
        .call(UpdateOauth2CredentialProvider, elsewhere)
        .await;
    moved.expect_status(200);
    let refused = delegation::complete(&app, &begun, "alice").await;
    let refused = refused.expect_error(403, "AccessDeniedException");
    assert!(
        refused.text().contains("changed meanwhile"),
        "{}",
        refused.text()
    );
    // Who polls for it is told at once, and does not wait for its ten minutes.
    let polled = delegation::poll(&app, &token, &begun).await;
    polled.expect_error(403, "AccessDeniedException");
    assert_eq!(app.demo().token_requests(), 0);
    delegation::connected(&app, &token, "alice", json!({})).await;
}
