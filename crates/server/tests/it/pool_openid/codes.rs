//! Codes and refresh tokens that come back to who should not have them.

use procura_testkit::TestApp;
use serde_json::json;
use tokio::task::JoinSet;

use super::client::{Pool, refused};
use crate::user_proof::agent;

tests! {
    on_both_engines {
        a_code_is_of_its_client_and_good_once
        of_many_redemptions_at_once_nothing_is_left
        a_refresh_token_is_good_once_and_a_while
        many_refreshes_at_once_all_go_on
    }
    on_sqlite {
        scope_only_narrows
        a_refresh_token_is_of_its_client
        rotation_everywhere_closes_the_other_way
    }
}

async fn a_code_is_of_its_client_and_good_once(app: TestApp) {
    let app = agent(app).await;
    let pool = Pool::new(&app).await;
    let other = pool.another_client(&app, json!({})).await;
    let code = pool.code(&[]).await;
    refused(&other.redeems(&code, &[]).await, 400, "invalid_grant");
    for wrong in [None, Some("https://app.example/cb/")] {
        let answer = pool.redeems(&code, &[("redirect_uri", wrong)]).await;
        refused(&answer, 400, "invalid_grant");
    }
    let tokens = pool.redeems(&code, &[]).await.expect_status(200).json();
    let access = tokens["access_token"].as_str().unwrap();
    refused(&other.redeems(&code, &[]).await, 400, "invalid_grant");
    // Nor does who saw the code pass by and has not the verifier end anything.
    let verifier = "v".repeat(43);
    let changes = [("code_verifier", Some(verifier.as_str()))];
    refused(&pool.redeems(&code, &changes).await, 400, "invalid_grant");
    pool.userinfo(access).await.expect_status(200);
    let minted = app.agent_host().token_for_jwt("agent", access).await;
    let minted = minted.expect_status(200).member("workloadAccessToken");
    let host = app.agent_host();
    host.api_key(&minted, "github").await.expect_status(200);
    // The second time, what the first gave is over. It ends once, however often that is tried.
    for _ in 0..2 {
        refused(&pool.redeems(&code, &[]).await, 400, "invalid_grant");
    }
    let answer = host.api_key(&minted, "github").await;
    answer.expect_error(401, "UnauthorizedException");
    refused(&pool.userinfo(access).await, 401, "invalid_token");
    let refresh = tokens["refresh_token"].as_str().unwrap();
    refused(&pool.refreshes(refresh, &[]).await, 400, "invalid_grant");
    let records = app.records().await;
    let reason = "used again: the code";
    let again = records
        .iter()
        .filter(|record| record.entry.reason.starts_with(reason));
    assert_eq!(again.count(), 1);
    // One that nobody has redeemed in time.
    let code = pool.code(&[]).await;
    app.clock().advance(60);
    refused(&pool.redeems(&code, &[]).await, 400, "invalid_grant");
}

async fn of_many_redemptions_at_once_nothing_is_left(app: TestApp) {
    let pool = Pool::new(&app).await;
    let code = pool.code(&[]).await;
    let mut tries = JoinSet::new();
    for _ in 0..8 {
        let (pool, code) = (pool.clone(), code.clone());
        tries.spawn(async move { pool.redeems(&code, &[]).await });
    }
    let answers = tries.join_all().await;
    let won: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 200)
        .collect();
    assert_eq!(won.len(), 1);
    let access = won[0].member("access_token");
    refused(&pool.userinfo(&access).await, 401, "invalid_token");
}

async fn a_refresh_token_is_good_once_and_a_while(app: TestApp) {
    let pool = Pool::new(&app).await;
    let first = pool.tokens(&[]).await["refresh_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let second = pool.refreshes(&first, &[]).await.expect_status(200);
    let second = second.member("refresh_token");
    // The answer was lost, and is asked for again.
    app.clock().advance(9);
    let again = pool.refreshes(&first, &[]).await.expect_status(200);
    let again = again.member("refresh_token");
    assert_ne!(second, again);
    let third = pool.refreshes(&again, &[]).await.expect_status(200);
    let third = third.member("refresh_token");
    // Its successor was used: who has it now has stolen it, or was stolen from.
    refused(&pool.refreshes(&first, &[]).await, 400, "invalid_grant");
    refused(&pool.refreshes(&third, &[]).await, 400, "invalid_grant");
    let records = app.records().await;
    let reason = "used again: the refresh token";
    assert!(
        records
            .iter()
            .any(|record| record.entry.reason.starts_with(reason))
    );
    // Without a use of the successor it is good for ten seconds.
    let tokens = pool.tokens(&[]).await;
    let first = tokens["refresh_token"].as_str().unwrap();
    let second = pool.refreshes(first, &[]).await.expect_status(200);
    app.clock().advance(10);
    refused(&pool.refreshes(first, &[]).await, 400, "invalid_grant");
    refused(
        &pool.refreshes(&second.member("refresh_token"), &[]).await,
        400,
        "invalid_grant",
    );
    let access = second.member("access_token");
    refused(&pool.userinfo(&access).await, 401, "invalid_token");
}

async fn many_refreshes_at_once_all_go_on(app: TestApp) {
    let pool = Pool::new(&app).await;
    let tokens = pool.tokens(&[]).await;
    let mut tries = JoinSet::new();
    for _ in 0..8 {
        let (pool, token) = (
            pool.clone(),
            tokens["refresh_token"].as_str().unwrap().to_owned(),
        );
        tries.spawn(async move { pool.refreshes(&token, &[]).await });
    }
    for answer in tries.join_all().await {
        let next = answer.expect_status(200).member("refresh_token");
        // They are of one generation, and the one before is good while the next is new.
        pool.refreshes(&next, &[]).await.expect_status(200);
    }
}

async fn scope_only_narrows(app: TestApp) {
    let pool = Pool::new(&app).await;
    let tokens = pool.tokens(&[]).await;
    let first = tokens["refresh_token"].as_str().unwrap();
    let wide = [("scope", Some("openid email aws.cognito.signin.user.admin"))];
    refused(&pool.refreshes(first, &wide).await, 400, "invalid_scope");
    let narrow = [("scope", Some("openid"))];
    let next = pool
        .refreshes(first, &narrow)
        .await
        .expect_status(200)
        .json();
    assert_eq!(next["scope"], "openid");
    let next = next["refresh_token"].as_str().unwrap();
    let whole = pool.refreshes(next, &[]).await.expect_status(200).json();
    assert_eq!(whole["scope"], "openid email");
}

async fn a_refresh_token_is_of_its_client(app: TestApp) {
    let pool = Pool::new(&app).await;
    let other = pool.another_client(&app, json!({})).await;
    let tokens = pool.tokens(&[]).await;
    let token = tokens["refresh_token"].as_str().unwrap();
    refused(&other.refreshes(token, &[]).await, 400, "invalid_grant");
    let next = pool.refreshes(token, &[]).await.expect_status(200);
    app.clock().advance(30 * 24 * 3600);
    let next = next.member("refresh_token");
    refused(&pool.refreshes(&next, &[]).await, 400, "invalid_grant");
    refused(
        &pool.refreshes("procura_prt_x", &[]).await,
        400,
        "invalid_grant",
    );
}

async fn rotation_everywhere_closes_the_other_way(app: TestApp) {
    use procura_wire::cognito::Operation::InitiateAuth;
    let rotation = json!({ "Feature": "ENABLED", "RetryGracePeriodSeconds": 0 });
    let more = json!({ "RefreshTokenRotation": rotation, "GenerateSecret": false });
    let pool = Pool::with(&app, more).await;
    let asks = |flow: &str, parameters| json!({ "ClientId": pool.client, "AuthFlow": flow, "AuthParameters": parameters });
    let password = json!({ "USERNAME": "alice", "PASSWORD": super::client::PASSWORD });
    let body = asks("USER_PASSWORD_AUTH", password);
    let signed = super::client::call(app.admin(), InitiateAuth, body).await;
    let signed = signed.expect_status(200).json();
    let token = &signed["AuthenticationResult"]["RefreshToken"];
    let body = asks("REFRESH_TOKEN_AUTH", json!({ "REFRESH_TOKEN": token }));
    let refused_it = super::client::call(app.admin(), InitiateAuth, body).await;
    assert_eq!(refused_it.status, 400);
    assert!(
        refused_it.text().contains("rotation"),
        "{}",
        refused_it.text()
    );
    // Without grace the one before is a reuse at once.
    let first = pool.tokens(&[]).await;
    let first = first["refresh_token"].as_str().unwrap();
    let second = pool.refreshes(first, &[]).await.expect_status(200);
    refused(&pool.refreshes(first, &[]).await, 400, "invalid_grant");
    let second = second.member("refresh_token");
    refused(&pool.refreshes(&second, &[]).await, 400, "invalid_grant");
}
