//! The keys that sign the tokens of a pool: they take turns, and one that leaked proves nobody.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use procura_app::pool_key::{ListedPoolKey, PoolKeyRotation};
use procura_core::action::Action;
use procura_core::error::{Error, Kind};
use procura_core::pool_key::{KEY_SET_AGE_MAX_S, PUBLISHED_AFTER_S};
use procura_core::signing_key::SigningAlgorithm;
use procura_core::user_pool::PoolId;
use procura_testkit::{Request, Response, TestApp};
use procura_wire::cognito::Operation::GetUser;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::client::{Pool, call, refused};
use crate::pool_sign_in;
use crate::user_proof::agent;

tests! {
    on_both_engines {
        another_key_takes_over_and_what_the_one_before_signed_stays_good
        a_key_that_leaked_proves_nobody_on_any_node
        keys_take_turns_while_users_sign_in
    }
    on_sqlite {
        a_key_that_is_taken_back_before_it_signs_leaves_the_other_signing
        who_rotates_is_told_what_does_not_go
    }
}

const SCOPE: [(&str, Option<&str>); 1] =
    [("scope", Some("openid email aws.cognito.signin.user.admin"))];

async fn rotates(
    app: &TestApp,
    pool: &str,
    algorithm: Option<SigningAlgorithm>,
    at_once: bool,
) -> Result<ListedPoolKey, Error> {
    let mut cx = app.app().operator_cx(Action::RotateUserPoolKey);
    let how = PoolKeyRotation { algorithm, at_once };
    let pool: PoolId = pool.parse().unwrap();
    let rotated = app.app().rotate_user_pool_key(&mut cx, pool, how).await?;
    let recorded = app.record(&rotated.record.unwrap().to_string()).await;
    assert_eq!(recorded.entry.operation, "RotateUserPoolKey");
    assert!(recorded.entry.reason.starts_with(&rotated.value.kid));
    Ok(rotated.value)
}

async fn revokes(app: &TestApp, pool: &str, kid: &str) -> Result<(), Error> {
    let mut cx = app.app().operator_cx(Action::RevokeUserPoolKey);
    let pool: PoolId = pool.parse().unwrap();
    let revoked = app.app().revoke_user_pool_key(&mut cx, pool, kid).await?;
    let recorded = app.record(&revoked.record.unwrap().to_string()).await;
    assert_eq!(recorded.entry.operation, "RevokeUserPoolKey");
    Ok(())
}

/// The names of the keys of a pool and what they do.
async fn states(app: &TestApp, pool: &str) -> Vec<(String, &'static str)> {
    let mut cx = app.app().operator_cx(Action::ListUserPoolKeys);
    let pool: PoolId = pool.parse().unwrap();
    let keys = app.app().user_pool_keys(&mut cx, &pool).await.unwrap();
    keys.into_iter()
        .map(|key| (key.kid, key.state.as_str()))
        .collect()
}

async fn document(app: &TestApp, pool: &str, name: &str) -> Value {
    let path = format!("/{pool}/.well-known/{name}");
    let answer = app.admin().send(&Request::new("GET", &path)).await;
    answer.expect_status(200).json()
}

/// The names in the published key set.
async fn published(app: &TestApp, pool: &str) -> Vec<String> {
    let set = document(app, pool, "jwks.json").await;
    let keys = set["keys"].as_array().unwrap().clone();
    keys.into_iter()
        .map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

async fn algorithms(app: &TestApp, pool: &str) -> Value {
    let metadata = document(app, pool, "openid-configuration").await;
    metadata["id_token_signing_alg_values_supported"].clone()
}

/// The key that a token names, and its algorithm.
fn signed_with(token: &str) -> (String, String) {
    let header = URL_SAFE_NO_PAD
        .decode(token.split('.').next().unwrap())
        .unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    (text(&header, "kid"), text(&header, "alg"))
}

fn text(tokens: &Value, name: &str) -> String {
    tokens[name].as_str().unwrap().to_owned()
}

async fn user_of(app: &TestApp, token: &str) -> Response {
    call(app.agent_host(), GetUser, json!({ "AccessToken": token })).await
}

async fn is_active(pool: &Pool, token: &str) -> bool {
    let answer = pool.asks("/oauth2/introspect", &[("token", token)]).await;
    answer.expect_status(200).json()["active"] == true
}

/// Every path that takes a token of a pool takes this one.
async fn is_taken(app: &TestApp, pool: &Pool, token: &str) {
    user_of(app, token).await.expect_status(200);
    pool.userinfo(token).await.expect_status(200);
    assert!(is_active(pool, token).await);
    let minted = app.agent_host().token_for_jwt("agent", token).await;
    minted.expect_status(200);
}

/// None of them does.
async fn is_refused(app: &TestApp, pool: &Pool, token: &str) {
    let user = user_of(app, token).await;
    user.expect_error(400, "NotAuthorizedException");
    refused(&pool.userinfo(token).await, 401, "invalid_token");
    assert!(!is_active(pool, token).await);
    let minted = app.agent_host().token_for_jwt("agent", token).await;
    minted.expect_error(401, "UnauthorizedException");
}

async fn another_key_takes_over_and_what_the_one_before_signed_stays_good(app: TestApp) {
    let app = agent(app).await;
    let pool = Pool::new(&app).await;
    assert_eq!(algorithms(&app, &pool.id).await, json!(["RS256"]));
    let before = text(&pool.tokens(&SCOPE).await, "access_token");
    let (first, _) = signed_with(&before);
    let next = rotates(&app, &pool.id, Some(SigningAlgorithm::Es256), false).await;
    let next = next.unwrap().kid;
    // It is published at once, and signs when every verifier may know it.
    assert_eq!(
        published(&app, &pool.id).await,
        [first.clone(), next.clone()]
    );
    assert_eq!(algorithms(&app, &pool.id).await, json!(["RS256", "ES256"]));
    app.clock().advance(KEY_SET_AGE_MAX_S - 1);
    let (first, next) = (first.as_str(), next.as_str());
    let now = [
        (first.to_owned(), "signing"),
        (next.to_owned(), "published"),
    ];
    assert_eq!(states(&app, &pool.id).await, now);
    let last = text(&pool.tokens(&SCOPE).await, "access_token");
    assert_eq!(signed_with(&last).0, first);
    app.clock().advance(1);
    let tokens = pool.tokens(&SCOPE).await;
    for name in ["access_token", "id_token"] {
        let signed = signed_with(&text(&tokens, name));
        assert_eq!(signed, (next.to_owned(), "ES256".to_owned()));
    }
    let now = [(first.to_owned(), "retired"), (next.to_owned(), "signing")];
    assert_eq!(states(&app, &pool.id).await, now);
    for token in [&before, &last, &text(&tokens, "access_token")] {
        is_taken(&app, &pool, token).await;
    }
    // The one before goes when nothing can be left that it signed.
    app.clock().advance(PUBLISHED_AFTER_S - 1);
    assert_eq!(published(&app, &pool.id).await, [first, next]);
    app.clock().advance(1);
    assert_eq!(published(&app, &pool.id).await, [next]);
    assert_eq!(algorithms(&app, &pool.id).await, json!(["ES256"]));
    let now = [(next.to_owned(), "signing")];
    assert_eq!(states(&app, &pool.id).await, now);
    app.app().sweep().await.unwrap();
    let token = text(&pool.tokens(&SCOPE).await, "access_token");
    is_taken(&app, &pool, &token).await;
}

async fn a_key_that_leaked_proves_nobody_on_any_node(app: TestApp) {
    let app = agent(app).await;
    let pool = Pool::new(&app).await;
    let leaked = text(&pool.tokens(&SCOPE).await, "access_token");
    is_taken(&app, &pool, &leaked).await;
    let minted = app.agent_host().token_for_jwt("agent", &leaked).await;
    let minted = minted.expect_status(200).member("workloadAccessToken");
    let host = app.agent_host();
    host.api_key(&minted, "github").await.expect_status(200);
    let (kid, _) = signed_with(&leaked);
    let other = app.another_node().await;
    revokes(&app, &pool.id, &kid).await.unwrap();
    is_refused(&app, &pool, &leaked).await;
    let ended = host.api_key(&minted, "github").await;
    ended.expect_error(401, "UnauthorizedException");
    assert!(!published(&app, &pool.id).await.contains(&kid));
    if let Some(other) = &other {
        let there = other.agent_host();
        let unproved = there.token_for_jwt("agent", &leaked).await;
        unproved.expect_error(401, "UnauthorizedException");
        let ended = there.api_key(&minted, "github").await;
        ended.expect_error(401, "UnauthorizedException");
        assert!(!published(other, &pool.id).await.contains(&kid));
    }
    // Who signs in now is proved, by a key that is published.
    let token = text(&pool.tokens(&SCOPE).await, "access_token");
    assert_eq!(published(&app, &pool.id).await, [signed_with(&token).0]);
    is_taken(&app, &pool, &token).await;
    let gone = revokes(&app, &pool.id, &kid).await.unwrap_err();
    assert_eq!(gone.kind(), Kind::NotFound);
}

async fn keys_take_turns_while_users_sign_in(app: TestApp) {
    let app = agent(app).await;
    let pool = pool_sign_in::Pool::new(app.admin()).await;
    let refresh = pool.signs_in(app.agent_host()).await.refresh;
    let pool = std::sync::Arc::new(pool);
    let mut going_on = JoinSet::new();
    for _ in 0..4 {
        let (pool, refresh) = (std::sync::Arc::clone(&pool), refresh.clone());
        let client = app.agent_host().at(app.address());
        going_on.spawn(async move {
            let mut tokens = Vec::new();
            for _ in 0..6 {
                let answer = pool.goes_on(&client, &refresh).await.expect_status(200);
                let path = "/AuthenticationResult/AccessToken";
                tokens.push(
                    answer
                        .json()
                        .pointer(path)
                        .unwrap()
                        .as_str()
                        .unwrap()
                        .to_owned(),
                );
            }
            tokens
        });
    }
    for number in 0..5 {
        let algorithm = [SigningAlgorithm::Es256, SigningAlgorithm::Rs256][number % 2];
        rotates(&app, &pool.id, Some(algorithm), true)
            .await
            .unwrap();
    }
    let tokens = timeout(Duration::from_mins(1), going_on.join_all()).await;
    for token in tokens.unwrap().into_iter().flatten() {
        user_of(&app, &token).await.expect_status(200);
        let (kid, _) = signed_with(&token);
        assert!(published(&app, &pool.id).await.contains(&kid));
    }
    let states = states(&app, &pool.id).await;
    let signing = states.iter().filter(|(_, state)| *state == "signing");
    assert_eq!((states.len(), signing.count()), (6, 1));
}

async fn a_key_that_is_taken_back_before_it_signs_leaves_the_other_signing(app: TestApp) {
    let app = agent(app).await;
    let pool = Pool::new(&app).await;
    let next = rotates(&app, &pool.id, None, false).await.unwrap().kid;
    revokes(&app, &pool.id, &next).await.unwrap();
    app.clock().advance(PUBLISHED_AFTER_S + KEY_SET_AGE_MAX_S);
    let token = text(&pool.tokens(&SCOPE).await, "access_token");
    is_taken(&app, &pool, &token).await;
    // And if the one leaks that signs, the next does so at once.
    let next = rotates(&app, &pool.id, None, false).await.unwrap().kid;
    revokes(&app, &pool.id, &signed_with(&token).0)
        .await
        .unwrap();
    is_refused(&app, &pool, &token).await;
    let token = text(&pool.tokens(&SCOPE).await, "access_token");
    assert_eq!(signed_with(&token).0, next);
    assert_eq!(states(&app, &pool.id).await, [(next, "signing")]);
}

async fn who_rotates_is_told_what_does_not_go(app: TestApp) {
    let pool = Pool::new(&app).await;
    let ps256 = rotates(&app, &pool.id, Some(SigningAlgorithm::Ps256), false).await;
    assert_eq!(ps256.unwrap_err().kind(), Kind::Caller);
    rotates(&app, &pool.id, None, false).await.unwrap();
    let again = rotates(&app, &pool.id, None, false).await;
    assert_eq!(again.unwrap_err().kind(), Kind::Conflict);
    rotates(&app, &pool.id, None, true).await.unwrap();
    let nowhere = rotates(&app, "eu-west-1_abcdefghijklmnop", None, false).await;
    assert_eq!(nowhere.unwrap_err().kind(), Kind::NotFound);
    // The key set stays one that every verifier reads.
    for _ in published(&app, &pool.id).await.len()..20 {
        let es256 = Some(SigningAlgorithm::Es256);
        rotates(&app, &pool.id, es256, true).await.unwrap();
    }
    let too_many = rotates(&app, &pool.id, None, true).await;
    assert_eq!(too_many.unwrap_err().kind(), Kind::Conflict);
    app.clock().advance(PUBLISHED_AFTER_S + KEY_SET_AGE_MAX_S);
    rotates(&app, &pool.id, None, false).await.unwrap();
    let unknown = revokes(&app, &pool.id, "unknown").await;
    assert_eq!(unknown.unwrap_err().kind(), Kind::NotFound);
}
