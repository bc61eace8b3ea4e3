//! What an honest application does, and what its users see.

use procura_testkit::{ACCOUNT, Browser, TestApp};
use procura_wire::cognito::Operation::{
    AdminDisableUser, AdminUserGlobalSignOut, GetUser, InitiateAuth,
};
use serde_json::{Value, json};

use super::client::{Answered, CALLBACK, PASSWORD, Pool, call, claims, refused};
use crate::user_proof::agent;

tests! {
    on_both_engines {
        a_user_signs_in_for_an_application
        who_is_signed_in_is_not_asked_again
        whatever_ends_a_sign_in_ends_the_session_of_the_browser
        a_temporary_password_is_replaced_on_the_page
    }
    on_sqlite {
        a_client_finds_everything_in_the_metadata
        a_token_without_the_scope_opens_no_account
        a_token_without_the_scope_opens_no_consents
        a_token_of_a_client_proves_no_user
        a_public_client_on_this_machine_is_confirmed
        each_login_is_another_session
        a_resource_is_named_in_the_token
    }
}

async fn a_user_signs_in_for_an_application(app: TestApp) {
    let app = agent(app).await;
    let pool = Pool::new(&app).await;
    let mut browser = Browser::new();
    let page = browser.get(&pool.authorize_url(&[])).await;
    let html = page.response.text();
    assert_eq!(page.response.status, 200);
    assert!(html.contains("Calendar+Co"), "{html}");
    assert!(html.contains("<strong>app.example</strong>"), "{html}");
    let policy = page.response.header("content-security-policy").unwrap();
    assert!(
        policy.contains("form-action 'self' https://app.example;"),
        "{policy}"
    );
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    let answered = Answered::of(&pool.gives(&mut browser, &page, "alice", PASSWORD).await);
    assert_eq!(answered.to, CALLBACK);
    assert_eq!(answered.get("state"), "s-1");
    assert_eq!(answered.get("iss"), pool.issuer());
    let code = answered.get("code");
    let answer = pool.redeems(&code, &[]).await.expect_status(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let record = app.record(answer.record().unwrap()).await;
    assert_eq!(record.entry.scopes, ["openid", "email"]);
    let tokens = answer.json();
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["scope"], "openid email");
    let (access, id) = (claims(&tokens["access_token"]), claims(&tokens["id_token"]));
    assert_eq!(access["scope"], "openid email");
    assert!(access.get("aud").is_none());
    assert_eq!(id["aud"], json!(pool.client));
    assert_eq!(id["nonce"], "n-1");
    assert_eq!(id["email"], "alice@example.com");
    assert_eq!(id["email_verified"], true);
    assert!(id.get("phone_number").is_none(), "{id}");
    assert!(id["at_hash"].is_string() && id["auth_time"].is_number());
    let access = tokens["access_token"].as_str().unwrap();
    let told = pool.userinfo(access).await.expect_status(200).json();
    assert_eq!(told["sub"], id["sub"]);
    assert_eq!(told["email"], "alice@example.com");
    assert!(told.get("phone_number").is_none());
    app.agent_host()
        .token_for_jwt("agent", access)
        .await
        .expect_status(200);
    // It goes on, with another refresh token each time.
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let next = pool.refreshes(refresh, &[]).await.expect_status(200).json();
    assert_ne!(next["refresh_token"], tokens["refresh_token"]);
    assert_eq!(claims(&next["id_token"])["sub"], id["sub"]);
    for secret in [&code, refresh, access, PASSWORD] {
        let records = app.records().await;
        assert!(
            records
                .iter()
                .all(|record| !record.entry.reason.contains(secret))
        );
    }
    // One that no browser has, and one that is over.
    let wrong = pool.userinfo("x.y.z").await;
    refused(&wrong, 401, "invalid_token");
    let challenge = wrong.header("www-authenticate").unwrap();
    assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
    refused(
        &pool.userinfo(tokens["id_token"].as_str().unwrap()).await,
        401,
        "invalid_token",
    );
    pool.of_user(&app, AdminDisableUser).await;
    refused(&pool.userinfo(access).await, 401, "invalid_token");
    let next = next["refresh_token"].as_str().unwrap();
    refused(&pool.refreshes(next, &[]).await, 400, "invalid_grant");
}

async fn who_is_signed_in_is_not_asked_again(app: TestApp) {
    let pool = Pool::new(&app).await;
    let mut browser = Browser::new();
    let silent = [("prompt", Some("none"))];
    let refused = Answered::of(&browser.get(&pool.authorize_url(&silent)).await);
    assert_eq!(refused.get("error"), "login_required");
    assert_eq!(refused.get("iss"), pool.issuer());
    pool.signs_in(&mut browser, &[]).await;
    for changes in [&[][..], &silent] {
        let answered = Answered::of(&browser.get(&pool.authorize_url(changes)).await);
        let code = answered.get("code");
        pool.redeems(&code, &[]).await.expect_status(200);
    }
    // Another application of the pool, too; and another pool is another thing.
    let other = pool.another_client(&app, json!({})).await;
    assert!(Answered::of(&browser.get(&other.authorize_url(&[])).await).has("code"));
    let elsewhere = Pool::new(&app).await;
    let page = browser.get(&elsewhere.authorize_url(&[])).await;
    assert!(page.form(&elsewhere.path("/login")).is_some());
    for asks in [
        ("prompt", Some("login")),
        ("prompt", Some("select_account")),
        ("max_age", Some("0")),
    ] {
        let page = browser.get(&pool.authorize_url(&[asks])).await;
        assert!(page.form(&pool.path("/login")).is_some(), "{asks:?}");
    }
    app.clock().advance(61);
    let page = browser
        .get(&pool.authorize_url(&[("max_age", Some("60"))]))
        .await;
    assert!(page.form(&pool.path("/login")).is_some());
    let answered = browser
        .get(&pool.authorize_url(&[("max_age", Some("62"))]))
        .await;
    assert!(Answered::of(&answered).has("code"));
    app.clock().advance(3600);
    let page = browser.get(&pool.authorize_url(&[])).await;
    assert!(page.form(&pool.path("/login")).is_some());
}

async fn whatever_ends_a_sign_in_ends_the_session_of_the_browser(app: TestApp) {
    for ends in ["disable", "password", "sign out", "delete"] {
        let pool = Pool::new(&app).await;
        let mut browser = Browser::new();
        let code = pool.signs_in(&mut browser, &[]).await.get("code");
        match ends {
            "disable" => pool.of_user(&app, AdminDisableUser).await,
            "password" => pool.set_password(&app, true).await,
            "delete" => {
                let delete = procura_wire::cognito::Operation::AdminDeleteUser;
                pool.of_user(&app, delete).await;
            }
            _ => pool.of_user(&app, AdminUserGlobalSignOut).await,
        }
        refused(&pool.redeems(&code, &[]).await, 400, "invalid_grant");
        let page = browser.get(&pool.authorize_url(&[])).await;
        assert!(page.form(&pool.path("/login")).is_some(), "{ends}");
    }
}

async fn a_temporary_password_is_replaced_on_the_page(app: TestApp) {
    let pool = Pool::new(&app).await;
    pool.set_password(&app, false).await;
    let mut browser = Browser::new();
    let page = browser.get(&pool.authorize_url(&[])).await;
    let page = pool.gives(&mut browser, &page, "alice", PASSWORD).await;
    let form = page.form(&pool.path("/login")).unwrap();
    assert!(page.response.text().contains("Choose a password"));
    let weak = browser.submit(&form, &[("password", "x")]).await;
    assert!(
        weak.response
            .text()
            .contains("Password did not conform with policy")
    );
    let form = weak.form(&pool.path("/login")).unwrap();
    let page = browser
        .submit(&form, &[("password", "Another-Password1")])
        .await;
    let code = Answered::of(&page).get("code");
    pool.redeems(&code, &[]).await.expect_status(200);
}

async fn a_client_finds_everything_in_the_metadata(app: TestApp) {
    let pool = Pool::new(&app).await;
    let mut documents = Vec::new();
    for path in [
        format!("/{}/.well-known/openid-configuration", pool.id),
        format!("/{}/.well-known/oauth-authorization-server", pool.id),
        format!("/.well-known/openid-configuration/{}", pool.id),
        format!("/.well-known/oauth-authorization-server/{}", pool.id),
    ] {
        let answer = pool.sends(&pool.message("GET", &path)).await;
        documents.push(answer.expect_status(200).json());
    }
    documents.dedup();
    assert_eq!(documents.len(), 1);
    let document = documents.remove(0);
    assert_eq!(document["issuer"], json!(pool.issuer()));
    assert_eq!(
        document["code_challenge_methods_supported"],
        json!(["S256"])
    );
    assert_eq!(
        document["authorization_response_iss_parameter_supported"],
        true
    );
    for (name, value) in document.as_object().unwrap() {
        assert!(!value.is_null(), "{name}");
        if name.ends_with("_endpoint") {
            let path = value
                .as_str()
                .unwrap()
                .strip_prefix(&pool.issuer())
                .unwrap();
            let answer = pool.sends(&pool.message("PUT", &pool.path(path))).await;
            assert_eq!(answer.status, 405, "{name}");
        }
    }
}

async fn a_token_without_the_scope_opens_no_account(app: TestApp) {
    let pool = Pool::new(&app).await;
    let own_account = |tokens: &Value| json!({ "AccessToken": tokens["access_token"] });
    let tokens = pool.tokens(&[]).await;
    let refused_it = call(app.admin(), GetUser, own_account(&tokens)).await;
    assert_eq!(refused_it.status, 400, "{}", refused_it.text());
    let scope = "aws.cognito.signin.user.admin";
    let tokens = pool.tokens(&[("scope", Some(scope))]).await;
    call(app.admin(), GetUser, own_account(&tokens))
        .await
        .expect_status(200);
    // Without openid there is no ID token, and nothing is told.
    assert!(tokens.get("id_token").is_none());
    let access = tokens["access_token"].as_str().unwrap();
    refused(&pool.userinfo(access).await, 403, "insufficient_scope");
    // Nor do the two ways of going on mix.
    let refresh = json!({ "REFRESH_TOKEN": tokens["refresh_token"] });
    let body = json!({
        "ClientId": pool.client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": refresh,
    });
    assert_eq!(call(app.admin(), InitiateAuth, body).await.status, 400);
}

async fn a_token_without_the_scope_opens_no_consents(app: TestApp) {
    let pool = Pool::new(&app).await;
    let consents = format!("/v1/accounts/{ACCOUNT}/my/consents");
    let scope = "openid aws.cognito.signin.user.admin";
    let whole = pool.tokens(&[("scope", Some(scope))]).await;
    let less = pool.tokens(&[("scope", Some("openid email"))]).await;
    for (token, status) in [
        (&whole["access_token"], 200),
        (&whole["id_token"], 401),
        (&less["access_token"], 401),
    ] {
        let bearer = format!("Bearer {}", token.as_str().unwrap());
        let message = pool.message("GET", &consents).add("authorization", &bearer);
        pool.sends(&message).await.expect_status(status);
    }
}

async fn a_token_of_a_client_proves_no_user(app: TestApp) {
    let app = agent(app).await;
    let machine = json!({
        "AllowedOAuthFlows": ["client_credentials"],
        "AllowedOAuthScopes": ["https://mcp.example/tools/read", "x/write"],
    });
    let pool = Pool::new(&app).await;
    pool.has_server(&app, "https://mcp.example/tools", &["read"])
        .await;
    pool.has_server(&app, "x", &["write"]).await;
    let pool = pool.another_client(&app, machine).await;
    let grant = [("grant_type", "client_credentials")];
    let answer = pool.asks("/oauth2/token", &grant).await.expect_status(200);
    let record = app.record(answer.record().unwrap()).await;
    assert!(record.entry.user.is_none());
    let tokens = answer.json();
    assert!(tokens.get("refresh_token").is_none() && tokens.get("id_token").is_none());
    assert_eq!(tokens["scope"], "https://mcp.example/tools/read x/write");
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(claims(&tokens["access_token"])["sub"], json!(pool.client));
    let proved = app.agent_host().token_for_jwt("agent", token).await;
    assert_eq!(proved.error_type(), Some("UnauthorizedException"));
    refused(&pool.userinfo(token).await, 401, "invalid_token");
    assert_eq!(
        call(app.admin(), GetUser, json!({ "AccessToken": token }))
            .await
            .status,
        400
    );
    let narrow = [("grant_type", "client_credentials"), ("scope", "x/write")];
    let answer = pool.asks("/oauth2/token", &narrow).await.expect_status(200);
    assert_eq!(answer.json()["scope"], "x/write");
    let wide = [("grant_type", "client_credentials"), ("scope", "openid")];
    refused(
        &pool.asks("/oauth2/token", &wide).await,
        400,
        "invalid_scope",
    );
    refused(&pool.redeems("x", &[]).await, 400, "unauthorized_client");
    // It has no page, either.
    let page = Browser::new().get(&pool.authorize_url(&[])).await;
    assert_eq!(page.response.status, 400);
}

async fn a_public_client_on_this_machine_is_confirmed(app: TestApp) {
    let public = json!({
        "GenerateSecret": false, "CallbackURLs": ["http://127.0.0.1/cb"],
    });
    let pool = Pool::with(&app, public).await;
    let here = [("redirect_uri", Some("http://127.0.0.1:51234/cb"))];
    let mut browser = Browser::new();
    let answered = pool.signs_in(&mut browser, &here).await;
    assert_eq!(answered.to, "http://127.0.0.1:51234/cb");
    pool.redeems(&answered.get("code"), &here)
        .await
        .expect_status(200);
    // Any program on the machine could be this client.
    let page = browser.get(&pool.authorize_url(&here)).await;
    let form = page.form(&pool.path("/login")).unwrap();
    assert!(page.response.text().contains("alice"));
    let gone_on = browser.submit(&form, &[("decision", "continue")]).await;
    assert!(Answered::of(&gone_on).has("code"));
    let cancelled = Answered::of(&browser.submit(&form, &[("decision", "cancel")]).await);
    assert_eq!(cancelled.get("error"), "access_denied");
    assert_eq!(cancelled.get("iss"), pool.issuer());
    let other = browser.submit(&form, &[("decision", "other")]).await;
    assert!(other.response.text().contains("current-password"));
    let silent = [here[0], ("prompt", Some("none"))];
    let refused = Answered::of(&browser.get(&pool.authorize_url(&silent)).await);
    assert_eq!(refused.get("error"), "interaction_required");
}

async fn each_login_is_another_session(app: TestApp) {
    let pool = Pool::new(&app).await;
    let mut browser = Browser::new();
    let session = |browser: &Browser| {
        let mut cookies = browser.cookies().iter();
        let found = cookies.find(|cookie| cookie.name.starts_with("procura-login-"));
        found.unwrap().clone()
    };
    pool.signs_in(&mut browser, &[]).await;
    let first = session(&browser);
    pool.signs_in(&mut browser, &[("prompt", Some("login"))])
        .await;
    assert_ne!(first.value, session(&browser).value);
    assert_eq!(first.path, format!("/{}", pool.id));
    let mut thief = Browser::new();
    thief.set_cookie(first);
    let page = thief.get(&pool.authorize_url(&[])).await;
    assert!(page.form(&pool.path("/login")).is_some());
}

async fn a_resource_is_named_in_the_token(app: TestApp) {
    let pool = Pool::new(&app).await;
    let here = ("resource", Some("https://mcp.example/a"));
    let elsewhere = ("resource", Some("https://mcp.example/b"));
    let code = pool.code(&[here]).await;
    refused(
        &pool.redeems(&code, &[elsewhere]).await,
        400,
        "invalid_target",
    );
    let tokens = pool.redeems(&code, &[here]).await.expect_status(200).json();
    assert_eq!(
        claims(&tokens["access_token"])["aud"],
        "https://mcp.example/a"
    );
    let refresh = tokens["refresh_token"].as_str().unwrap();
    refused(
        &pool.refreshes(refresh, &[elsewhere]).await,
        400,
        "invalid_target",
    );
    let next = pool
        .refreshes(refresh, &[here])
        .await
        .expect_status(200)
        .json();
    assert_eq!(
        claims(&next["access_token"])["aud"],
        "https://mcp.example/a"
    );
    let mut browser = Browser::new();
    let wrong = pool.authorize_url(&[("resource", Some("http://mcp.example/a"))]);
    let answered = Answered::of(&browser.get(&wrong).await);
    assert_eq!(answered.get("error"), "invalid_target");
}
