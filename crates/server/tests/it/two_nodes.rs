//! What is cut on one node is refused by another from the next request on (decision 0019): two nodes
//! on one database. SQLite has one node, so there these have nothing to show.

use procura_core::access_key::Role;
use procura_core::action::Action;
use procura_core::credential_provider::ProviderKind;
use procura_core::workload_identity::AgentState;
use procura_testkit::{ACCOUNT, TestApp};
use procura_wire::Operation::{
    DeleteApiKeyCredentialProvider, DeleteOauth2CredentialProvider, DeleteWorkloadIdentity,
    ListWorkloadIdentities,
};
use serde_json::json;

use crate::issuer_server::IssuerServer;
use crate::oauth2;
use crate::user_proof::{agent, minted, policy, register, remove, set_state, unproved};

tests! {
    on_both_engines {
        a_revoked_key_is_refused_on_another_node
        a_stopped_or_deleted_agent_is_refused_on_another_node
        a_deleted_provider_is_refused_on_another_node
        a_revoked_grant_is_refused_on_another_node
        a_registration_holds_on_another_node
        a_removed_issuer_is_refused_on_another_node
    }
    on_sqlite {}
}

async fn a_revoked_key_is_refused_on_another_node(app: TestApp) {
    let app = agent(app).await;
    let account = ACCOUNT.parse().unwrap();
    let gone = app
        .new_client(account, vec![Role::AgentHost, Role::Admin])
        .await;
    let Some(other) = app.another_node().await else {
        return;
    };
    let there = gone.at(other.address());
    let token = minted(&there, &app.demo().user_token("alice")).await;
    there
        .call(ListWorkloadIdentities, json!({}))
        .await
        .expect_status(200);
    let host = other.agent_host();
    host.api_key(&token, "github").await.expect_status(200);
    app.revoke(&gone).await;
    let refused = there.call(ListWorkloadIdentities, json!({})).await;
    refused.expect_error(403, "UnrecognizedClientException");
    let refused = host.api_key(&token, "github").await;
    refused.expect_error(401, "UnauthorizedException");
}

async fn a_stopped_or_deleted_agent_is_refused_on_another_node(app: TestApp) {
    let app = agent(app).await;
    let Some(other) = app.another_node().await else {
        return;
    };
    let (host, user) = (other.agent_host(), app.demo().user_token("alice"));
    let token = minted(host, &user).await;
    host.api_key(&token, "github").await.expect_status(200);
    set_state(&app, AgentState::Suspended).await;
    let refused = host.api_key(&token, "github").await;
    refused.expect_error(403, "AccessDeniedException");
    let refused = host.token_for_jwt("agent", &user).await;
    refused.expect_error(403, "AccessDeniedException");
    set_state(&app, AgentState::Active).await;
    host.api_key(&token, "github").await.expect_status(200);
    let deleted = app
        .admin()
        .call(DeleteWorkloadIdentity, json!({ "name": "agent" }))
        .await;
    deleted.expect_status(204);
    let refused = host.api_key(&token, "github").await;
    refused.expect_error(401, "UnauthorizedException");
    let refused = host.token_for_jwt("agent", &user).await;
    refused.expect_error(404, "ResourceNotFoundException");
}

async fn a_deleted_provider_is_refused_on_another_node(app: TestApp) {
    let app = agent(app).await;
    let made = app
        .admin()
        .create_oauth2_provider("demo", &oauth2::config(&app))
        .await;
    made.expect_status(201);
    let Some(other) = app.another_node().await else {
        return;
    };
    let host = other.agent_host();
    let token = minted(host, &app.demo().user_token("alice")).await;
    host.api_key(&token, "github").await.expect_status(200);
    host.machine_token(&token, "demo", &["read"])
        .await
        .expect_status(200);
    for (operation, name) in [
        (DeleteApiKeyCredentialProvider, "github"),
        (DeleteOauth2CredentialProvider, "demo"),
    ] {
        let deleted = app.admin().call(operation, json!({ "name": name })).await;
        deleted.expect_status(204);
    }
    let refused = host.api_key(&token, "github").await;
    refused.expect_error(404, "ResourceNotFoundException");
    let refused = host.machine_token(&token, "demo", &["read"]).await;
    refused.expect_error(404, "ResourceNotFoundException");
}

async fn a_revoked_grant_is_refused_on_another_node(app: TestApp) {
    let app = agent(app).await;
    let account = ACCOUNT.parse().unwrap();
    let made = app
        .admin()
        .create_oauth2_provider("demo", &oauth2::config(&app))
        .await;
    made.expect_status(201);
    let Some(other) = app.another_node().await else {
        return;
    };
    let host = other.agent_host();
    let token = minted(host, &app.demo().user_token("alice")).await;
    host.api_key(&token, "github").await.expect_status(200);
    host.machine_token(&token, "demo", &["read"])
        .await
        .expect_status(200);
    let mut cx = app.app().operator_cx(Action::ListGrants);
    let grants = app.app().grants(&mut cx, account).await.unwrap();
    assert_eq!(
        grants.len(),
        2,
        "one for each provider, {:?}",
        ProviderKind::Oauth2
    );
    for grant in grants {
        let mut cx = app.app().operator_cx(Action::RevokeGrant);
        app.app()
            .revoke_grant(&mut cx, account, grant.id)
            .await
            .unwrap();
    }
    let refused = host.api_key(&token, "github").await;
    refused.expect_error(403, "AccessDeniedException");
    let refused = host.machine_token(&token, "demo", &["read"]).await;
    refused.expect_error(403, "AccessDeniedException");
}

async fn a_registration_holds_on_another_node(app: TestApp) {
    let app = agent(app).await;
    let Some(other) = app.another_node().await else {
        return;
    };
    let (issuer, host) = (IssuerServer::start().await, other.agent_host());
    let token = issuer.token(&app, &json!({}));
    minted(host, &token).await;
    minted(host, &token).await;
    register(&app, &issuer.issuer(), policy("another")).await;
    unproved(host, &token).await;
    remove(&app, &issuer.issuer()).await;
    minted(host, &token).await;
}

async fn a_removed_issuer_is_refused_on_another_node(app: TestApp) {
    let app = agent(app).await;
    let Some(other) = app.another_node().await else {
        return;
    };
    let (issuer, host) = (IssuerServer::start().await, other.agent_host());
    register(&app, &issuer.issuer(), policy("app")).await;
    let user = issuer.token(&app, &json!({}));
    let token = minted(host, &user).await;
    host.api_key(&token, "github").await.expect_status(200);
    remove(&app, &issuer.issuer()).await;
    let refused = host.api_key(&token, "github").await;
    refused.expect_error(401, "UnauthorizedException");
}
