//! Issuers that a token brings up: one account cannot have us call without end, and what one
//! account does leaves another alone.

use procura_core::action::Action;
use procura_core::issuer::IssuerPolicy;
use procura_testkit::{Client, OTHER_ACCOUNT, TestApp};
use serde_json::json;
use tokio::task::JoinSet;

use crate::issuer_server::IssuerServer;
use crate::user_proof::{agent, minted, policy, register, unproved};

tests! {
    on_both_engines {}
    on_sqlite {
        an_account_brings_up_ten_issuers_a_minute
        many_at_once_bring_up_no_more
        a_registered_issuer_is_not_counted
        keys_that_one_account_registered_are_not_anothers
        a_lie_about_an_issuer_does_not_stay_with_another_account
        an_account_that_fills_the_memory_hurts_nobody
    }
}

/// With an agent in both accounts.
async fn agents(app: TestApp) -> TestApp {
    let app = agent(app).await;
    let made = app.other_account_admin().create_agent("agent").await;
    made.expect_status(201);
    app
}

/// A token of one of many issuers on one server.
fn of_tenant(app: &TestApp, server: &IssuerServer, tenant: usize) -> String {
    let issuer = format!("{}/tenant-{tenant}", server.issuer());
    server.token(app, &json!({ "iss": issuer }))
}

async fn throttled(client: &Client, token: &str) {
    let refused = client.token_for_jwt("agent", token).await;
    let refused = refused.expect_error(429, "ThrottlingException");
    assert!(refused.record().is_some());
}

async fn an_account_brings_up_ten_issuers_a_minute(app: TestApp) {
    let app = agents(app).await;
    let server = IssuerServer::start().await;
    let token = |tenant| of_tenant(&app, &server, tenant);
    let (host, there) = (app.agent_host(), app.other_account_agent_host());
    for tenant in 0..10 {
        minted(host, &token(tenant)).await;
    }
    throttled(host, &token(10)).await;
    assert_eq!(server.requests("configuration"), 10);
    for tenant in 0..10 {
        minted(host, &token(tenant)).await;
    }
    // Another account is not counted with it; and whoever brought an issuer up, it is known.
    minted(there, &token(11)).await;
    minted(host, &token(11)).await;
    app.clock().advance(59);
    throttled(host, &token(10)).await;
    app.clock().advance(1);
    minted(host, &token(10)).await;
}

async fn many_at_once_bring_up_no_more(app: TestApp) {
    let app = agents(app).await;
    let server = IssuerServer::start().await;
    let mut asking = JoinSet::new();
    for tenant in 0..100 {
        let (client, token) = (app.agent_host().clone(), of_tenant(&app, &server, tenant));
        asking.spawn(async move { client.token_for_jwt("agent", &token).await.status });
    }
    let statuses = asking.join_all().await;
    let good = statuses.iter().filter(|status| **status == 200).count();
    assert_eq!((good, server.requests("configuration")), (10, 10));
}

async fn a_registered_issuer_is_not_counted(app: TestApp) {
    let app = agents(app).await;
    let (server, registered) = (IssuerServer::start().await, IssuerServer::start().await);
    register(&app, &registered.issuer(), policy("app")).await;
    for tenant in 0..10 {
        minted(app.agent_host(), &of_tenant(&app, &server, tenant)).await;
    }
    throttled(app.agent_host(), &app.demo().user_token("alice")).await;
    minted(app.agent_host(), &registered.token(&app, &json!({}))).await;
}

async fn keys_that_one_account_registered_are_not_anothers(app: TestApp) {
    let app = agents(app).await;
    let (victim, liar) = (IssuerServer::start().await, IssuerServer::start().await);
    let registered = IssuerPolicy {
        jwks_uri: Some(liar.jwks_uri()),
        ..policy("app")
    };
    let mut cx = app.app().operator_cx(Action::RegisterIssuer);
    let there = OTHER_ACCOUNT.parse().unwrap();
    let done = app
        .app()
        .register_issuer(&mut cx, there, victim.issuer(), registered);
    done.await.unwrap();
    let forged = liar.token(&app, &json!({ "iss": victim.issuer() }));
    // Whoever believes the liar believes the liar.
    minted(app.other_account_agent_host(), &forged).await;
    unproved(app.agent_host(), &forged).await;
    let honest = victim.token(&app, &json!({}));
    minted(app.agent_host(), &honest).await;
    unproved(app.other_account_agent_host(), &honest).await;
}

async fn a_lie_about_an_issuer_does_not_stay_with_another_account(app: TestApp) {
    let app = agents(app).await;
    let issuer = IssuerServer::start().await;
    let names = [
        format!("{}/", issuer.issuer()),
        format!("{}/x/../", issuer.issuer()),
        issuer.issuer().to_uppercase(),
    ];
    for name in names {
        let token = issuer.token(&app, &json!({ "iss": name }));
        unproved(app.agent_host(), &token).await;
    }
    let stranger = IssuerServer::start().await;
    let forged = stranger.token(&app, &json!({ "iss": issuer.issuer() }));
    unproved(app.agent_host(), &forged).await;
    let honest = issuer.token(&app, &json!({}));
    minted(app.other_account_agent_host(), &honest).await;
}

async fn an_account_that_fills_the_memory_hurts_nobody(app: TestApp) {
    let app = agents(app).await;
    let (in_use, new) = (IssuerServer::start().await, IssuerServer::start().await);
    let victim = app.other_account_agent_host();
    minted(victim, &in_use.token(&app, &json!({}))).await;
    for number in 0..1100 {
        let issuer = format!("https://10.0.{}.{}", number / 250, number % 250);
        let lie = in_use.token(&app, &json!({ "iss": issuer }));
        // Those that a new issuer would have to drive out, often: as if they were in use.
        let times = if number < 40 { 12 } else { 1 };
        for _ in 0..times {
            unproved(app.agent_host(), &lie).await;
        }
        if number % 10 == 9 {
            app.clock().advance(60);
        }
        if number % 100 == 99 {
            minted(victim, &in_use.token(&app, &json!({}))).await;
        }
    }
    // Every ten minutes, as they are good for that long; and never because they were driven out.
    assert_eq!(in_use.requests("/jwks"), 12);
    for number in 0..20 {
        let token = new.token(&app, &json!({ "sub": number.to_string() }));
        minted(victim, &token).await;
    }
    assert_eq!(new.requests("/jwks"), 1);
}
