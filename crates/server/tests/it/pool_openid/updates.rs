//! A client, and a pool, is set to something else.

use procura_testkit::{Browser, TestApp};
use procura_wire::cognito::Operation::{
    CreateUserPool, CreateUserPoolClient, DescribeUserPool, DescribeUserPoolClient, GetUser,
    InitiateAuth, UpdateUserPool, UpdateUserPoolClient,
};
use serde_json::{Value, json};

use super::client::{CALLBACK, PASSWORD, Pool, app_settings, call, refused};
use crate::user_proof::{agent, unproved};

tests! {
    on_both_engines {
        a_client_is_set_to_something_else_whole
        what_a_client_lost_it_is_refused_on_every_path
    }
    on_sqlite {
        what_is_refused_of_a_new_client_is_refused_of_another_setting
        a_token_is_good_for_what_its_client_may_now
        what_a_client_lost_proves_its_users_no_more
        a_scope_that_comes_back_is_not_of_the_tokens_of_before
        a_refresh_token_is_not_active_that_nobody_may_use
        a_pool_is_set_to_something_else
    }
}

/// What the application was made with, for an update, with changes: `null` takes a member out.
fn settings(pool: &Pool, changes: &Value) -> Value {
    let mut body = app_settings();
    let members = body.as_object_mut().unwrap();
    for member in ["ClientName", "GenerateSecret"] {
        members.remove(member);
    }
    members.insert("UserPoolId".to_owned(), json!(pool.id));
    members.insert("ClientId".to_owned(), json!(pool.client));
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    body
}

async fn is_set_to(app: &TestApp, pool: &Pool, changes: &Value) -> Value {
    let updated = call(app.admin(), UpdateUserPoolClient, settings(pool, changes)).await;
    updated.expect_status(200).json()["UserPoolClient"].clone()
}

async fn a_client_is_set_to_something_else_whole(app: TestApp) {
    let rotation = json!({ "Feature": "ENABLED", "RetryGracePeriodSeconds": 5 });
    let more = json!({
        "RefreshTokenRotation": rotation, "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
        "AccessTokenValidity": 2,
    });
    let pool = Pool::with(&app, more).await;
    let named = json!({ "UserPoolId": pool.id, "ClientId": pool.client });
    let changes = json!({ "ClientName": "Diary", "AllowedOAuthScopes": ["openid", "phone"] });
    let updated = is_set_to(&app, &pool, &changes).await;
    assert_eq!(updated["ClientName"], "Diary");
    assert_eq!(updated["ClientSecret"], json!(pool.secret));
    assert_eq!(updated["AllowedOAuthScopes"], json!(["openid", "phone"]));
    // What was left out is as in a new client.
    assert_eq!(updated["RefreshTokenRotation"], json!(null));
    assert_eq!(updated["AccessTokenValidity"], 3600);
    assert_eq!(
        updated["ExplicitAuthFlows"],
        json!(["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    );
    let read = call(app.admin(), DescribeUserPoolClient, named.clone()).await;
    assert_eq!(read.json()["UserPoolClient"], updated);
    // The name alone stays.
    let bare = call(app.admin(), UpdateUserPoolClient, named).await;
    let bare = bare.expect_status(200);
    let record = app.record(bare.record().unwrap()).await;
    assert_eq!(record.entry.reason, "updated, and may do less");
    let bare = bare.json()["UserPoolClient"].clone();
    assert_eq!(bare["ClientName"], "Diary");
    assert_eq!(bare["AllowedOAuthFlowsUserPoolClient"], false);
    assert_eq!(bare["CallbackURLs"], json!(null));
    let page = Browser::new().get(&pool.authorize_url(&[])).await;
    assert_eq!(page.response.status, 400);
}

async fn what_is_refused_of_a_new_client_is_refused_of_another_setting(app: TestApp) {
    let pool = Pool::with(&app, json!({ "GenerateSecret": false })).await;
    pool.has_server(&app, "api", &["read"]).await;
    for changes in [
        json!({ "ReadAttributes": ["email"] }),
        json!({ "EnableTokenRevocation": false }),
        json!({ "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"] }),
        json!({ "CallbackURLs": null }),
        json!({ "AllowedOAuthFlows": ["implicit"] }),
        // It has no secret to ask with.
        json!({ "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": ["api/read"] }),
    ] {
        let mut new = settings(&pool, &changes);
        let answer = call(app.admin(), UpdateUserPoolClient, new.clone()).await;
        answer.expect_error(400, "InvalidParameterException");
        new.as_object_mut().unwrap().remove("ClientId");
        new["ClientName"] = json!("another");
        let answer = call(app.admin(), CreateUserPoolClient, new).await;
        answer.expect_error(400, "InvalidParameterException");
    }
    let missing = settings(
        &pool,
        &json!({ "AllowedOAuthScopes": ["openid", "api/write"] }),
    );
    let answer = call(app.admin(), UpdateUserPoolClient, missing).await;
    answer.expect_error(400, "ScopeDoesNotExistException");
    let other = Pool::new(&app).await;
    let mut elsewhere = settings(&pool, &json!({}));
    elsewhere["UserPoolId"] = json!(other.id);
    let own = settings(&pool, &json!({}));
    for (at, body) in [(app.admin(), elsewhere), (app.other_account_admin(), own)] {
        let answer = call(at, UpdateUserPoolClient, body).await;
        answer.expect_error(400, "ResourceNotFoundException");
    }
    // Nothing of it has changed the client.
    pool.tokens(&[]).await;
}

async fn asks(app: &TestApp, pool: &Pool, flow: &str, parameters: Value) -> (u16, Value) {
    let body = json!({
        "ClientId": pool.client, "AuthFlow": flow, "AuthParameters": parameters,
    });
    let answer = call(app.admin(), InitiateAuth, body).await;
    (answer.status, answer.json()["AuthenticationResult"].clone())
}

async fn what_a_client_lost_it_is_refused_on_every_path(app: TestApp) {
    let public = json!({ "GenerateSecret": false });
    let pool = Pool::with(&app, public).await;
    let password = json!({ "USERNAME": "alice", "PASSWORD": PASSWORD });
    let (status, tokens) = asks(&app, &pool, "USER_PASSWORD_AUTH", password.clone()).await;
    assert_eq!(status, 200);
    let refresh = json!({ "REFRESH_TOKEN": tokens["RefreshToken"] });
    // The password.
    let flows = json!({ "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"] });
    is_set_to(&app, &pool, &flows).await;
    assert_eq!(
        asks(&app, &pool, "USER_PASSWORD_AUTH", password).await.0,
        400
    );
    assert_eq!(
        asks(&app, &pool, "REFRESH_TOKEN_AUTH", refresh.clone())
            .await
            .0,
        200
    );
    // The refresh token.
    let flows = json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"] });
    is_set_to(&app, &pool, &flows).await;
    assert_eq!(
        asks(&app, &pool, "REFRESH_TOKEN_AUTH", refresh).await.0,
        400
    );

    // A scope: the page that is open, the code that was given, the sign-in that goes on.
    let scope = [("scope", Some("openid email"))];
    let mut browser = Browser::new();
    let page = browser.get(&pool.authorize_url(&scope)).await;
    let code = pool.code(&scope).await;
    let tokens = pool.tokens(&scope).await;
    let refresh = tokens["refresh_token"].as_str().unwrap();
    is_set_to(&app, &pool, &json!({ "AllowedOAuthScopes": ["openid"] })).await;
    let answer = pool.gives(&mut browser, &page, "alice", PASSWORD).await;
    assert_eq!(answer.response.status, 400);
    refused(&pool.redeems(&code, &[]).await, 400, "invalid_grant");
    let went_on = pool.refreshes(refresh, &[]).await.expect_status(200).json();
    assert_eq!(went_on["scope"], "openid");

    // Where browsers come back to.
    let only = [("scope", Some("openid"))];
    let page = browser.get(&pool.authorize_url(&only)).await;
    let code = pool.code(&only).await;
    let elsewhere = json!({ "CallbackURLs": ["https://other.example/cb"] });
    is_set_to(&app, &pool, &elsewhere).await;
    let answer = pool.gives(&mut browser, &page, "alice", PASSWORD).await;
    assert_eq!(answer.response.status, 400);
    refused(&pool.redeems(&code, &[]).await, 400, "invalid_grant");
    let page = browser.get(&pool.authorize_url(&only)).await;
    assert_eq!(page.response.status, 400);

    // The grant: nothing is left.
    let refresh = went_on["refresh_token"].as_str().unwrap();
    let nothing = json!({
        "AllowedOAuthFlowsUserPoolClient": null, "AllowedOAuthFlows": null,
        "AllowedOAuthScopes": null, "CallbackURLs": [CALLBACK],
    });
    is_set_to(&app, &pool, &nothing).await;
    refused(&pool.refreshes(refresh, &[]).await, 401, "invalid_client");
}

async fn a_token_is_good_for_what_its_client_may_now(app: TestApp) {
    let pool = Pool::new(&app).await;
    let scope = [("scope", Some("openid email aws.cognito.signin.user.admin"))];
    let tokens = pool.tokens(&scope).await;
    let access = tokens["access_token"].as_str().unwrap();
    let told = pool.userinfo(access).await.expect_status(200).json();
    assert_eq!(told["email"], "alice@example.com");
    let body = json!({ "AccessToken": access });
    call(app.admin(), GetUser, body.clone())
        .await
        .expect_status(200);
    is_set_to(&app, &pool, &json!({ "AllowedOAuthScopes": ["openid"] })).await;
    let told = pool.userinfo(access).await.expect_status(200).json();
    assert_eq!(told["email"], json!(null));
    let answer = call(app.admin(), GetUser, body).await;
    answer.expect_error(400, "NotAuthorizedException");
    // What `InitiateAuth` gave is not of what the client may ask of the OpenID endpoints.
    let public = json!({ "GenerateSecret": false, "AllowedOAuthScopes": ["openid"] });
    let public = pool.another_client(&app, public).await;
    let password = json!({ "USERNAME": "alice", "PASSWORD": PASSWORD });
    let (_, tokens) = asks(&app, &public, "USER_PASSWORD_AUTH", password).await;
    let body = json!({ "AccessToken": tokens["AccessToken"] });
    call(app.admin(), GetUser, body).await.expect_status(200);
}

/// Also when the application shows the token again, from which the first proof came.
async fn what_a_client_lost_proves_its_users_no_more(app: TestApp) {
    let app = agent(app).await;
    let pool = Pool::new(&app).await;
    let tokens = pool.tokens(&[]).await;
    let access = tokens["access_token"].as_str().unwrap();
    let minted = app.agent_host().token_for_jwt("agent", access).await;
    minted.expect_status(200);
    let nothing = json!({
        "AllowedOAuthFlowsUserPoolClient": null, "AllowedOAuthFlows": null,
        "AllowedOAuthScopes": null,
    });
    is_set_to(&app, &pool, &nothing).await;
    for token in ["access_token", "id_token"] {
        unproved(app.agent_host(), tokens[token].as_str().unwrap()).await;
    }
}

async fn a_scope_that_comes_back_is_not_of_the_tokens_of_before(app: TestApp) {
    let pool = Pool::new(&app).await;
    let tokens = pool.tokens(&[("scope", Some("openid email"))]).await;
    let access = tokens["access_token"].as_str().unwrap();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    is_set_to(&app, &pool, &json!({ "AllowedOAuthScopes": ["openid"] })).await;
    pool.refreshes(refresh, &[]).await.expect_status(200);
    is_set_to(&app, &pool, &json!({})).await;
    let told = pool.userinfo(access).await.expect_status(200).json();
    assert_eq!(told["email"], json!(null));
}

async fn a_refresh_token_is_not_active_that_nobody_may_use(app: TestApp) {
    let pool = Pool::new(&app).await;
    pool.has_server(&app, "api", &["read"]).await;
    let scopes = json!({ "AllowedOAuthScopes": ["openid", "api/read"] });
    is_set_to(&app, &pool, &scopes).await;
    let tokens = pool.tokens(&[("scope", Some("openid api/read"))]).await;
    let asked = [("token", tokens["refresh_token"].as_str().unwrap())];
    let told = pool.asks("/oauth2/introspect", &asked).await.json();
    assert_eq!(told["active"], true);
    let itself = json!({
        "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": ["api/read"],
    });
    is_set_to(&app, &pool, &itself).await;
    let told = pool.asks("/oauth2/introspect", &asked).await.json();
    assert_eq!(told, json!({ "active": false }));
}

async fn a_pool_is_set_to_something_else(app: TestApp) {
    let (admin, pool) = (app.admin(), Pool::new(&app).await);
    let named = json!({ "UserPoolId": pool.id });
    let mut body = named.clone();
    body["PoolName"] = json!("people");
    body["Policies"] = json!({ "PasswordPolicy": { "MinimumLength": 20 } });
    call(admin, UpdateUserPool, body).await.expect_status(200);
    let read = call(admin, DescribeUserPool, named.clone()).await.json();
    assert_eq!(read["UserPool"]["Name"], "people");
    let policy = &read["UserPool"]["Policies"]["PasswordPolicy"];
    assert_eq!(policy["MinimumLength"], 20);
    assert_eq!(policy["RequireNumbers"], false);
    // Passwords that there are stay good; what is left out is as in a new pool.
    pool.tokens(&[]).await;
    call(admin, UpdateUserPool, named.clone())
        .await
        .expect_status(200);
    let read = call(admin, DescribeUserPool, named.clone()).await.json();
    assert_eq!(read["UserPool"]["Name"], "people");
    let policy = &read["UserPool"]["Policies"]["PasswordPolicy"];
    assert_eq!(policy["MinimumLength"], 8);
    assert_eq!(policy["RequireNumbers"], true);
    for (member, value) in [
        ("MfaConfiguration", json!("ON")),
        ("DeletionProtection", json!("ACTIVE")),
        ("AutoVerifiedAttributes", json!(["email"])),
        ("UserPoolTags", json!({ "a": "b" })),
    ] {
        let mut body = named.clone();
        body[member] = value.clone();
        let answer = call(admin, UpdateUserPool, body).await;
        let answer = answer.expect_error(400, "InvalidParameterException");
        assert!(answer.text().contains(member), "{}", answer.text());
        let mut body = json!({ "PoolName": "new" });
        body[member] = value;
        let answer = call(admin, CreateUserPool, body).await;
        answer.expect_error(400, "InvalidParameterException");
    }
    let answer = call(app.other_account_admin(), UpdateUserPool, named).await;
    answer.expect_error(400, "ResourceNotFoundException");
}
