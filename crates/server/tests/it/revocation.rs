//! What is cut stays cut, from the next request on.

use procura_core::access_key::Role;
use procura_core::workload_identity::AgentState;
use procura_testkit::{ACCOUNT, Request, TestApp};
use procura_wire::Operation::{
    CreateWorkloadIdentity, DeleteApiKeyCredentialProvider, DeleteWorkloadIdentity,
    GetWorkloadAccessToken, GetWorkloadAccessTokenForUserId, ListWorkloadIdentities,
};
use serde_json::json;

tests! {
    on_both_engines {
        a_revoked_key_is_refused_from_the_next_request_on
        a_revoked_key_is_refused_on_an_open_connection
        a_key_that_is_revoked_while_its_body_trickles_in_is_refused
        a_token_that_a_revoked_key_asked_for_is_refused_whoever_brings_it
        tokens_of_a_deleted_agent_are_refused_at_once
        a_stopped_agent_gets_neither_token_nor_key
        a_deleted_provider_is_no_longer_released_and_another_is
    }
    on_sqlite {}
}

async fn a_revoked_key_is_refused_from_the_next_request_on(app: TestApp) {
    let account = ACCOUNT.parse().unwrap();
    let client = app.new_client(account, vec![Role::Admin]).await;
    // The signing key is cached by then.
    for _ in 0..3 {
        client
            .call(ListWorkloadIdentities, json!({}))
            .await
            .expect_status(200);
    }
    app.revoke(&client).await;
    let count = app.records().await.len();
    let revoked = client.call(ListWorkloadIdentities, json!({})).await;
    let revoked = revoked.expect_error(403, "UnrecognizedClientException");
    let unknown = client.signing(|s| "PRCAAAAAAAAAAAAAAAAA".clone_into(&mut s.key_id));
    let unknown = unknown.call(ListWorkloadIdentities, json!({})).await;
    assert_eq!(
        revoked.json(),
        unknown.json(),
        "the answers do not tell which keys there were"
    );
    assert_eq!(
        app.records().await.len(),
        count,
        "a stranger leaves no record"
    );
    app.admin()
        .call(ListWorkloadIdentities, json!({}))
        .await
        .expect_status(200);
}

async fn a_revoked_key_is_refused_on_an_open_connection(app: TestApp) {
    let client = app
        .new_client(ACCOUNT.parse().unwrap(), vec![Role::Admin])
        .await;
    let request = Request::of(ListWorkloadIdentities).json(&json!({}));
    let message = client.sign(&request).bytes();
    let mut connection = app.connect().await;
    connection.exchange(&message).await.expect_status(200);
    app.revoke(&client).await;
    let refused = connection.exchange(&message).await;
    refused.expect_error(403, "UnrecognizedClientException");
}

async fn a_token_that_a_revoked_key_asked_for_is_refused_whoever_brings_it(app: TestApp) {
    let app = app
        .with_agent("agent")
        .await
        .with_provider("github", "k")
        .await;
    let host = app
        .new_client(ACCOUNT.parse().unwrap(), vec![Role::AgentHost])
        .await;
    let token = host.token("agent").await;
    let of_another = app.agent_host().token("agent").await;
    app.agent_host()
        .api_key(&token, "github")
        .await
        .expect_status(200);
    app.revoke(&host).await;
    host.api_key(&token, "github")
        .await
        .expect_error(403, "UnrecognizedClientException");
    let refused = app.agent_host().api_key(&token, "github").await;
    assert!(
        refused
            .expect_error(401, "UnauthorizedException")
            .record()
            .is_some()
    );
    app.agent_host()
        .api_key(&of_another, "github")
        .await
        .expect_status(200);
}

async fn tokens_of_a_deleted_agent_are_refused_at_once(app: TestApp) {
    let app = app
        .with_agent("agent")
        .await
        .with_provider("github", "k")
        .await;
    let tokens = [
        app.agent_host().token("agent").await,
        app.agent_host().token_for("agent", "al").await,
    ];
    for token in &tokens {
        app.agent_host()
            .api_key(token, "github")
            .await
            .expect_status(200);
    }
    let deleted = app
        .admin()
        .call(DeleteWorkloadIdentity, json!({ "name": "agent" }))
        .await;
    deleted.expect_status(204);
    for token in &tokens {
        let refused = app.agent_host().api_key(token, "github").await;
        refused.expect_error(401, "UnauthorizedException");
    }
}

async fn a_stopped_agent_gets_neither_token_nor_key(app: TestApp) {
    let app = app
        .with_agent("agent")
        .await
        .with_provider("github", "k")
        .await;
    let token = app.agent_host().token("agent").await;
    for state in [AgentState::Suspended, AgentState::Retired] {
        app.set_agent_state("agent", state).await;
        let body = json!({ "workloadName": "agent", "userId": "alice" });
        for operation in [GetWorkloadAccessToken, GetWorkloadAccessTokenForUserId] {
            let refused = app.agent_host().call(operation, body.clone()).await;
            assert!(
                refused
                    .expect_error(403, "AccessDeniedException")
                    .record()
                    .is_some()
            );
        }
        let refused = app.agent_host().api_key(&token, "github").await;
        assert!(
            refused
                .expect_error(403, "AccessDeniedException")
                .record()
                .is_some()
        );
    }
    app.set_agent_state("agent", AgentState::Active).await;
    app.agent_host()
        .api_key(&token, "github")
        .await
        .expect_status(200);
}

async fn a_deleted_provider_is_no_longer_released_and_another_is(app: TestApp) {
    let app = app.with_agent("agent").await;
    let app = app
        .with_provider("github", "k")
        .await
        .with_provider("slack", "s")
        .await;
    let token = app.agent_host().token("agent").await;
    let body = json!({ "name": "github" });
    app.admin()
        .call(DeleteApiKeyCredentialProvider, body)
        .await
        .expect_status(204);
    let refused = app.agent_host().api_key(&token, "github").await;
    refused.expect_error(404, "ResourceNotFoundException");
    app.agent_host()
        .api_key(&token, "slack")
        .await
        .expect_status(200);
    let app = app.with_provider("github", "new").await;
    let released = app
        .agent_host()
        .api_key(&token, "github")
        .await
        .expect_status(200);
    assert_eq!(released.member("apiKey"), "new");
}

async fn a_key_that_is_revoked_while_its_body_trickles_in_is_refused(app: TestApp) {
    let client = app
        .new_client(ACCOUNT.parse().unwrap(), vec![Role::Admin])
        .await;
    let request = Request::of(CreateWorkloadIdentity).json(&json!({ "name": "late" }));
    let message = client.sign(&request).add("expect", "100-continue");
    let (head, body) = (message.head(), message.bytes());
    let mut connection = app.connect().await;
    connection.send(&head).await;
    // The service asks for the body when it has found the key good.
    connection.response().await.unwrap().expect_status(100);
    app.revoke(&client).await;
    app.clock().advance(1);
    let refused = connection.exchange(&body[head.len()..]).await;
    refused.expect_error(403, "UnrecognizedClientException");
}
