//! Keys of issuers: when they are fetched, and how long they are used (attacks 64 and 65 of the
//! catalogue). What is no key set is in [`crate::key_set_documents`]; that one account cannot hurt
//! another, in [`crate::new_issuers`].

use procura_protocol::jose::Algorithm;
use procura_protocol::jose::signing::TokenSigningKey;
use procura_testkit::demo::Misbehaviour;
use procura_testkit::{Request, TestApp};
use procura_wire::Operation::GetWorkloadAccessTokenForJWT;
use serde_json::json;
use tokio::task::JoinSet;

use crate::issuer_server::IssuerServer;
use crate::user_proof::{agent, minted, unproved};

tests! {
    on_both_engines {}
    on_sqlite {
        a_hundred_first_tokens_make_one_call
        who_hangs_up_does_not_have_the_issuer_asked_again
        unknown_keys_have_the_issuer_asked_once_in_a_while
        a_new_key_is_believed_when_it_was_asked_for
        many_tokens_of_a_new_key_are_all_believed
        a_removed_key_is_refused_when_the_key_set_was_read_anew
        a_new_key_under_an_old_name_is_looked_for
        an_issuer_that_fails_is_left_alone_for_a_while
        keys_are_used_an_hour_longer_while_the_issuer_fails_and_no_longer
        an_issuer_says_how_long_its_keys_are_good_within_bounds
    }
}

/// A token that lasts for as long as a test.
pub(crate) fn lasting(app: &TestApp, issuer: &IssuerServer, subject: &str) -> String {
    let end = json!(253_402_300_799_i64);
    issuer.token(app, &json!({ "sub": subject, "exp": end }))
}

pub(crate) fn new_key() -> TokenSigningKey {
    TokenSigningKey::generate(Algorithm::Es256).unwrap()
}

/// A token of the demo provider for another user than before, so that it is not remembered.
pub(crate) fn fresh(app: &TestApp) -> String {
    app.demo().user_token("somebody")
}

async fn a_hundred_first_tokens_make_one_call(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    issuer.close();
    let mut asking = JoinSet::new();
    for number in 0..100 {
        let client = app.agent_host().clone();
        let token = issuer.token(&app, &json!({ "sub": format!("user-{number}") }));
        asking.spawn(async move { client.token_for_jwt("agent", &token).await });
    }
    issuer.key_set_requests_reach(1).await;
    issuer.open();
    for answer in asking.join_all().await {
        answer.expect_status(200);
    }
    assert_eq!(issuer.requests("/jwks"), 1);
    assert_eq!(issuer.requests("configuration"), 1);
}

async fn who_hangs_up_does_not_have_the_issuer_asked_again(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    issuer.close();
    let token = issuer.token(&app, &json!({}));
    for _ in 0..5 {
        let body = json!({ "workloadName": "agent", "userToken": token });
        let request = Request::of(GetWorkloadAccessTokenForJWT).json(&body);
        let message = app.agent_host().sign(&request);
        let mut connection = app.connect().await;
        connection.send(&message.bytes()).await;
        issuer.key_set_requests_reach(1).await;
        drop(connection);
        // The service has seen it go when it has answered others.
        app.agent_host().token("agent").await;
    }
    let (answer, ()) = tokio::join!(minted(app.agent_host(), &token), async {
        app.agent_host().token("agent").await;
        issuer.open();
    });
    assert!(!answer.is_empty());
    assert_eq!(issuer.requests("/jwks"), 1);
}

async fn unknown_keys_have_the_issuer_asked_once_in_a_while(app: TestApp) {
    let app = agent(app).await;
    let (issuer, stranger) = (IssuerServer::start().await, new_key());
    minted(app.agent_host(), &issuer.token(&app, &json!({}))).await;
    app.clock().advance(30);
    let mut asking = JoinSet::new();
    for number in 0..1000 {
        let claims = issuer.claims(&app, &json!({ "sub": number.to_string() }));
        let header = serde_json::Map::new();
        let token = stranger
            .sign(&header, claims.to_string().as_bytes())
            .unwrap();
        let client = app.agent_host().clone();
        asking.spawn(async move { unproved(&client, &token).await });
        if asking.len() >= 50 {
            asking.join_next().await.unwrap().unwrap();
        }
    }
    asking.join_all().await;
    assert_eq!(issuer.requests("/jwks"), 2);
    let claims = issuer.claims(&app, &json!({})).to_string();
    let unknown = stranger
        .sign(&serde_json::Map::new(), claims.as_bytes())
        .unwrap();
    app.clock().advance(29);
    unproved(app.agent_host(), &unknown).await;
    assert_eq!(issuer.requests("/jwks"), 2);
    app.clock().advance(1);
    unproved(app.agent_host(), &unknown).await;
    assert_eq!(issuer.requests("/jwks"), 3);
    minted(
        app.agent_host(),
        &issuer.token(&app, &json!({ "sub": "bob" })),
    )
    .await;
}

async fn a_new_key_is_believed_when_it_was_asked_for(app: TestApp) {
    let app = agent(app).await;
    let host = app.agent_host();
    let before = app.demo().user_token("alice");
    minted(host, &before).await;
    app.demo().rotate_keys(true);
    unproved(host, &fresh(&app)).await;
    app.clock().advance(30);
    minted(host, &fresh(&app)).await;
    minted(host, &before).await;
    let old = app.demo().key_set_requests();
    assert_eq!(old, 2);
}

async fn many_tokens_of_a_new_key_are_all_believed(app: TestApp) {
    let app = agent(app).await;
    for _ in 0..5 {
        minted(app.agent_host(), &fresh(&app)).await;
        app.clock().advance(30);
        app.demo().rotate_keys(true);
        let before = app.demo().key_set_requests();
        let mut asking = JoinSet::new();
        for number in 0..50 {
            let (client, subject) = (app.agent_host().clone(), format!("user-{number}"));
            let token = app.demo().user_token(&subject);
            asking.spawn(async move { client.token_for_jwt("agent", &token).await });
        }
        for answer in asking.join_all().await {
            answer.expect_status(200);
        }
        assert_eq!(app.demo().key_set_requests(), before + 1);
    }
}

async fn a_removed_key_is_refused_when_the_key_set_was_read_anew(app: TestApp) {
    let app = agent(app).await;
    let host = app.agent_host();
    let before = app.demo().user_token("alice");
    minted(host, &before).await;
    app.demo().rotate_keys(false);
    app.clock().advance(30);
    minted(host, &before).await;
    minted(host, &fresh(&app)).await;
    unproved(host, &before).await;
    // Nobody has to bring a new token: what was fetched ends after five minutes, as it was said.
    let last = fresh(&app);
    minted(host, &last).await;
    app.demo().rotate_keys(false);
    app.clock().advance(299);
    minted(host, &last).await;
    app.clock().advance(1);
    unproved(host, &last).await;
}

async fn a_new_key_under_an_old_name_is_looked_for(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let mut misnamed = new_key().public_jwk();
    misnamed["kid"] = json!(issuer.key.key_id());
    issuer.answer("/jwks", "", &json!({ "keys": [misnamed] }).to_string());
    let token = issuer.token(&app, &json!({}));
    unproved(app.agent_host(), &token).await;
    issuer.publish(&[&issuer.key]);
    unproved(app.agent_host(), &token).await;
    assert_eq!(issuer.requests("/jwks"), 1);
    app.clock().advance(30);
    minted(app.agent_host(), &token).await;
    assert_eq!(issuer.requests("/jwks"), 2);
}

async fn an_issuer_that_fails_is_left_alone_for_a_while(app: TestApp) {
    let app = agent(app).await;
    let host = app.agent_host();
    app.demo().misbehave(Some(Misbehaviour::KeySetDown));
    let token = app.demo().user_token("alice");
    for _ in 0..5 {
        let failed = host.token_for_jwt("agent", &token).await;
        let failed = failed.expect_error(429, "ThrottlingException");
        assert!(failed.record().is_some());
        app.clock().advance(7);
        assert_eq!(app.demo().discovery_requests(), 1);
        app.clock().advance(-2);
    }
    app.demo().misbehave(None);
    app.clock().advance(4);
    let failed = host.token_for_jwt("agent", &token).await;
    failed.expect_error(429, "ThrottlingException");
    app.clock().advance(1);
    minted(host, &token).await;
    assert_eq!(app.demo().discovery_requests(), 2);
}

async fn keys_are_used_an_hour_longer_while_the_issuer_fails_and_no_longer(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let host = app.agent_host();
    let first = lasting(&app, &issuer, "first");
    minted(host, &first).await;
    issuer.answer("/jwks", "", "out of order");
    app.clock().advance(600);
    for number in 0..3 {
        minted(host, &first).await;
        let other = lasting(&app, &issuer, &number.to_string());
        minted(host, &other).await;
    }
    assert_eq!(issuer.requests("/jwks"), 2);
    app.clock().advance(3599);
    minted(host, &first).await;
    assert_eq!(issuer.requests("/jwks"), 3);
    app.clock().advance(1);
    unproved(host, &first).await;
    unproved(host, &lasting(&app, &issuer, "last")).await;
    assert_eq!(issuer.requests("/jwks"), 3);
    issuer.publish(&[&issuer.key]);
    app.clock().advance(29);
    minted(host, &first).await;
    assert_eq!(issuer.requests("/jwks"), 4);
}

async fn an_issuer_says_how_long_its_keys_are_good_within_bounds(app: TestApp) {
    let app = agent(app).await;
    let host = app.agent_host();
    for (said, good_s) in [
        ("", 600),
        ("cache-control: max-age=120\r\n", 120),
        (
            "cache-control: public, max-age=300, must-revalidate\r\n",
            300,
        ),
        ("cache-control: max-age=1\r\n", 60),
        ("cache-control: no-store\r\n", 60),
        ("cache-control: max-age=999999999\r\n", 3600),
        ("cache-control: max-age=-5\r\n", 60),
        ("cache-control: soon\r\n", 600),
    ] {
        let issuer = IssuerServer::start().await;
        let keys = json!({ "keys": [issuer.key.public_jwk()] }).to_string();
        issuer.answer("/jwks", said, &keys);
        let token = lasting(&app, &issuer, "alice");
        minted(host, &token).await;
        app.clock().advance(good_s - 1);
        minted(host, &token).await;
        assert_eq!(issuer.requests("/jwks"), 1, "{said}");
        app.clock().advance(1);
        minted(host, &token).await;
        assert_eq!(issuer.requests("/jwks"), 2, "{said}");
    }
}
