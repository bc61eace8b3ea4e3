//! Refresh tokens of `InitiateAuth` that rotate: `GetTokensFromRefreshToken`.

use procura_testkit::{Response, TestApp};
use procura_wire::cognito::Operation::{
    GetTokensFromRefreshToken, GetUser, InitiateAuth, RevokeToken, UpdateUserPoolClient,
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::client::{PASSWORD, Pool, app_settings, call, refused};

tests! {
    on_both_engines {
        the_first_refresh_token_rotates_as_all_others_do
        many_who_rotate_at_once_all_go_on
    }
    on_sqlite {
        without_rotation_the_refresh_token_stays
        rotation_that_is_taken_back_is_not_for_a_sign_in_that_rotates
        refresh_tokens_of_the_two_ways_do_not_mix
        a_stolen_token_ends_its_sign_in_wherever_it_is_shown
        who_goes_on_is_the_client_with_its_secret
        a_token_that_rotated_is_taken_back
    }
}

const REUSED: &str = "RefreshTokenReuseException";
const REFUSED: &str = "NotAuthorizedException";

fn rotation(grace_s: u8) -> Value {
    let rotation = json!({ "Feature": "ENABLED", "RetryGracePeriodSeconds": grace_s });
    json!({ "RefreshTokenRotation": rotation, "GenerateSecret": false })
}

async fn signs_in(app: &TestApp, pool: &Pool) -> Value {
    let body = json!({
        "ClientId": pool.client, "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": "alice", "PASSWORD": PASSWORD },
    });
    let signed = call(app.admin(), InitiateAuth, body).await;
    signed.expect_status(200).json()["AuthenticationResult"].clone()
}

async fn goes_on(app: &TestApp, pool: &Pool, token: &Value) -> Response {
    let body = json!({ "ClientId": pool.client, "RefreshToken": token });
    call(app.admin(), GetTokensFromRefreshToken, body).await
}

async fn next(app: &TestApp, pool: &Pool, token: &Value) -> Value {
    let went_on = goes_on(app, pool, token).await.expect_status(200);
    went_on.json()["AuthenticationResult"].clone()
}

async fn knows_its_user(app: &TestApp, tokens: &Value) -> bool {
    let body = json!({ "AccessToken": tokens["AccessToken"] });
    call(app.admin(), GetUser, body).await.status == 200
}

async fn the_first_refresh_token_rotates_as_all_others_do(app: TestApp) {
    let pool = Pool::with(&app, rotation(10)).await;
    let first = signs_in(&app, &pool).await;
    let second = next(&app, &pool, &first["RefreshToken"]).await;
    assert_ne!(second["RefreshToken"], first["RefreshToken"]);
    assert!(knows_its_user(&app, &second).await && second["IdToken"].is_string());
    // An answer that was lost is asked for again, while it is young.
    app.clock().advance(9);
    let again = next(&app, &pool, &first["RefreshToken"]).await;
    let third = next(&app, &pool, &again["RefreshToken"]).await;
    // Now the first is used by who should not have it.
    let answer = goes_on(&app, &pool, &first["RefreshToken"]).await;
    answer.expect_error(400, REUSED);
    goes_on(&app, &pool, &third["RefreshToken"])
        .await
        .expect_error(400, REFUSED);
    for tokens in [first, second, third] {
        assert!(!knows_its_user(&app, &tokens).await);
    }
    let records = app.records().await;
    let is_reuse = |entry: &procura_core::audit::record::Entry| {
        entry.operation == "GetTokensFromRefreshToken" && entry.reason.starts_with("used again")
    };
    assert!(records.iter().any(|record| is_reuse(&record.entry)));

    // Without grace the second use is one too many.
    let pool = Pool::with(&app, rotation(0)).await;
    let first = signs_in(&app, &pool).await;
    let second = next(&app, &pool, &first["RefreshToken"]).await;
    let answer = goes_on(&app, &pool, &first["RefreshToken"]).await;
    answer.expect_error(400, REUSED);
    assert!(!knows_its_user(&app, &second).await);
}

async fn many_who_rotate_at_once_all_go_on(app: TestApp) {
    let pool = Pool::with(&app, rotation(60)).await;
    let tokens = signs_in(&app, &pool).await;
    let mut tries = JoinSet::new();
    for _ in 0..8 {
        let (client, token) = (app.admin().clone(), tokens["RefreshToken"].clone());
        let body = json!({ "ClientId": pool.client, "RefreshToken": token });
        tries.spawn(async move { call(&client, GetTokensFromRefreshToken, body).await });
    }
    for answer in tries.join_all().await {
        let tokens = answer.expect_status(200).json()["AuthenticationResult"].clone();
        assert!(knows_its_user(&app, &tokens).await);
        next(&app, &pool, &tokens["RefreshToken"]).await;
    }
}

async fn without_rotation_the_refresh_token_stays(app: TestApp) {
    let pool = Pool::with(&app, json!({ "GenerateSecret": false })).await;
    let tokens = signs_in(&app, &pool).await;
    for _ in 0..2 {
        let went_on = next(&app, &pool, &tokens["RefreshToken"]).await;
        assert_eq!(went_on["RefreshToken"], json!(null));
        assert!(knows_its_user(&app, &went_on).await);
    }
    app.clock().advance(30 * 24 * 3600);
    let late = goes_on(&app, &pool, &tokens["RefreshToken"]).await;
    late.expect_error(400, REFUSED);
    // Without a word for refresh tokens, none is good.
    let more = json!({
        "GenerateSecret": false, "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
    });
    let pool = Pool::with(&app, more).await;
    let tokens = signs_in(&app, &pool).await;
    let answer = goes_on(&app, &pool, &tokens["RefreshToken"]).await;
    answer.expect_error(400, "InvalidParameterException");
}

async fn rotation_that_is_taken_back_is_not_for_a_sign_in_that_rotates(app: TestApp) {
    let pool = Pool::with(&app, json!({ "GenerateSecret": false })).await;
    let first = signs_in(&app, &pool).await;
    let mut body = app_settings();
    for member in ["ClientName", "GenerateSecret"] {
        body.as_object_mut().unwrap().remove(member);
    }
    body["UserPoolId"] = json!(pool.id);
    body["ClientId"] = json!(pool.client);
    let without = body.clone();
    body["RefreshTokenRotation"] = rotation(10)["RefreshTokenRotation"].clone();
    let updated = call(app.admin(), UpdateUserPoolClient, body).await;
    updated.expect_status(200);
    // Sign-ins of before rotate from now on.
    let second = next(&app, &pool, &first["RefreshToken"]).await;
    let updated = call(app.admin(), UpdateUserPoolClient, without).await;
    updated.expect_status(200);
    // SECURITY: the first token does not come back to life.
    let body = json!({
        "ClientId": pool.client, "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": { "REFRESH_TOKEN": first["RefreshToken"] },
    });
    let answer = call(app.admin(), InitiateAuth, body).await;
    answer.expect_error(400, REFUSED);
    let third = next(&app, &pool, &second["RefreshToken"]).await;
    assert!(third["RefreshToken"].is_string());
    app.clock().advance(10);
    let answer = goes_on(&app, &pool, &second["RefreshToken"]).await;
    answer.expect_error(400, REUSED);
}

async fn refresh_tokens_of_the_two_ways_do_not_mix(app: TestApp) {
    let pool = Pool::with(&app, rotation(10)).await;
    let first = signs_in(&app, &pool).await;
    let second = next(&app, &pool, &first["RefreshToken"]).await;
    for token in [&first, &second] {
        let token = token["RefreshToken"].as_str().unwrap();
        refused(&pool.refreshes(token, &[]).await, 400, "invalid_grant");
    }
    next(&app, &pool, &second["RefreshToken"]).await;
    let openid = pool.tokens(&[]).await;
    let answer = goes_on(&app, &pool, &openid["refresh_token"]).await;
    answer.expect_error(400, REFUSED);
    let token = openid["refresh_token"].as_str().unwrap();
    pool.refreshes(token, &[]).await.expect_status(200);
}

async fn a_stolen_token_ends_its_sign_in_wherever_it_is_shown(app: TestApp) {
    let pool = Pool::with(&app, rotation(0)).await;
    let first = signs_in(&app, &pool).await;
    let second = next(&app, &pool, &first["RefreshToken"]).await;
    let stolen = first["RefreshToken"].as_str().unwrap();
    refused(&pool.refreshes(stolen, &[]).await, 400, "invalid_grant");
    let answer = goes_on(&app, &pool, &second["RefreshToken"]).await;
    answer.expect_error(400, REFUSED);
    assert!(!knows_its_user(&app, &second).await);

    let first = pool.tokens(&[]).await;
    let stolen = &first["refresh_token"];
    let second = pool.refreshes(stolen.as_str().unwrap(), &[]).await;
    let second = second.expect_status(200).json();
    goes_on(&app, &pool, stolen).await.expect_error(400, REUSED);
    let next = second["refresh_token"].as_str().unwrap();
    refused(&pool.refreshes(next, &[]).await, 400, "invalid_grant");
}

async fn who_goes_on_is_the_client_with_its_secret(app: TestApp) {
    let pool = Pool::with(&app, rotation(10)).await;
    let other = pool.another_client(&app, rotation(10)).await;
    let mut secret = rotation(10);
    secret["GenerateSecret"] = json!(true);
    let secret = pool.another_client(&app, secret).await;
    let first = signs_in(&app, &pool).await;
    for another in [&other, &secret] {
        let answer = goes_on(&app, another, &first["RefreshToken"]).await;
        answer.expect_error(400, REFUSED);
    }
    let body = json!({
        "ClientId": secret.client, "ClientSecret": secret.secret,
        "RefreshToken": first["RefreshToken"],
    });
    let answer = call(app.admin(), GetTokensFromRefreshToken, body).await;
    answer.expect_error(400, REFUSED);
    // What they tried has ended nothing.
    let second = next(&app, &pool, &first["RefreshToken"]).await;
    let answer = goes_on(&app, &other, &first["RefreshToken"]).await;
    answer.expect_error(400, REFUSED);
    assert!(knows_its_user(&app, &second).await);
}

async fn a_token_that_rotated_is_taken_back(app: TestApp) {
    let pool = Pool::with(&app, rotation(10)).await;
    let first = signs_in(&app, &pool).await;
    let second = next(&app, &pool, &first["RefreshToken"]).await;
    let body = json!({ "ClientId": pool.client, "Token": second["RefreshToken"] });
    call(app.admin(), RevokeToken, body)
        .await
        .expect_status(200);
    assert!(!knows_its_user(&app, &second).await);
    let answer = goes_on(&app, &pool, &second["RefreshToken"]).await;
    answer.expect_error(400, REFUSED);
}
