//! Tokens are looked at and taken back, and browsers sign out.

use procura_app::rate_limit::RateLimits;
use procura_core::rate::Rate;
use procura_testkit::{Browser, TestApp};
use procura_wire::cognito::Operation::{AdminDisableUser, DeleteUserPoolClient};
use serde_json::json;

use super::client::{PASSWORD, Pool, basic, call, refused};

tests! {
    on_both_engines {
        a_token_is_active_until_it_is_taken_back
        a_user_signs_out_of_a_browser
    }
    on_sqlite {
        only_a_client_of_the_pool_learns_of_a_token
        a_browser_that_signs_out_goes_to_registered_places_only
        a_client_that_is_gone_is_refused_everywhere
    }
}

async fn looks(pool: &Pool, token: &str) -> serde_json::Value {
    let answer = pool.asks("/oauth2/introspect", &[("token", token)]).await;
    answer.expect_status(200).json()
}

async fn a_token_is_active_until_it_is_taken_back(app: TestApp) {
    let pool = Pool::new(&app).await;
    let other = pool.another_client(&app, json!({})).await;
    for (hint, taken) in [
        ("refresh_token", "refresh_token"),
        ("access_token", "access_token"),
    ] {
        let tokens = pool.tokens(&[]).await;
        let [access, refresh, id] = ["access_token", "refresh_token", "id_token"]
            .map(|name| tokens[name].as_str().unwrap().to_owned());
        let told = looks(&pool, &access).await;
        assert_eq!(told["active"], true);
        assert_eq!(told["username"], "alice");
        assert_eq!(told["scope"], "openid email");
        assert_eq!(told["client_id"], json!(pool.client));
        assert_eq!(told["iss"], json!(pool.issuer()));
        assert_eq!(
            looks(&other, &access).await["active"],
            true,
            "of the same pool"
        );
        assert_eq!(looks(&pool, &refresh).await["active"], true);
        for nothing in [looks(&other, &refresh).await, looks(&pool, &id).await] {
            assert_eq!(nothing, json!({ "active": false }));
        }
        // Another client takes nothing back, and is not told so.
        let taken = tokens[taken].as_str().unwrap();
        let pairs = [("token", taken), ("token_type_hint", hint)];
        other
            .asks("/oauth2/revoke", &pairs)
            .await
            .expect_status(200);
        pool.userinfo(&access).await.expect_status(200);
        pool.asks("/oauth2/revoke", &pairs).await.expect_status(200);
        refused(&pool.userinfo(&access).await, 401, "invalid_token");
        refused(&pool.refreshes(&refresh, &[]).await, 400, "invalid_grant");
        for token in [&access, &refresh] {
            assert_eq!(looks(&pool, token).await, json!({ "active": false }));
        }
        pool.asks("/oauth2/revoke", &pairs).await.expect_status(200);
    }
    pool.asks("/oauth2/revoke", &[("token", "x")])
        .await
        .expect_status(200);
    refused(
        &pool.asks("/oauth2/revoke", &[]).await,
        400,
        "invalid_request",
    );
    let tokens = pool.tokens(&[]).await;
    pool.of_user(&app, AdminDisableUser).await;
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(looks(&pool, access).await, json!({ "active": false }));
}

async fn only_a_client_of_the_pool_learns_of_a_token(app: TestApp) {
    let pool = Pool::new(&app).await;
    let tokens = pool.tokens(&[]).await;
    let access = tokens["access_token"].as_str().unwrap();
    let pairs = [("token", access)];
    refused(
        &pool.posts("/oauth2/introspect", &pairs, None).await,
        401,
        "invalid_client",
    );
    let public = pool
        .another_client(&app, json!({ "GenerateSecret": false }))
        .await;
    refused(
        &public.asks("/oauth2/introspect", &pairs).await,
        401,
        "invalid_client",
    );
    let elsewhere = Pool::new(&app).await;
    assert_eq!(looks(&elsewhere, access).await, json!({ "active": false }));
    // The token of a client itself.
    let machine = json!({
        "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": ["x/write"],
    });
    pool.has_server(&app, "x", &["write"]).await;
    let machine = pool.another_client(&app, machine).await;
    let grant = [("grant_type", "client_credentials")];
    let token = machine
        .asks("/oauth2/token", &grant)
        .await
        .member("access_token");
    let told = looks(&pool, &token).await;
    assert_eq!(
        (&told["active"], &told["sub"]),
        (&json!(true), &json!(machine.client))
    );
    assert!(told.get("username").is_none());
    let body = json!({ "UserPoolId": pool.id, "ClientId": machine.client });
    call(app.admin(), DeleteUserPoolClient, body)
        .await
        .expect_status(200);
    assert_eq!(looks(&pool, &token).await, json!({ "active": false }));
}

fn logout(pool: &Pool, pairs: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    format!("{}/logout?{}", pool.issuer(), query.finish())
}

async fn is_signed_in(pool: &Pool, browser: &mut Browser) -> bool {
    let page = browser.get(&pool.authorize_url(&[])).await;
    page.response.header("location").is_some()
}

async fn a_user_signs_out_of_a_browser(app: TestApp) {
    let pool = Pool::new(&app).await;
    let mut browser = Browser::new();
    let code = pool.signs_in(&mut browser, &[]).await.get("code");
    let tokens = pool.redeems(&code, &[]).await.expect_status(200).json();
    let hint = tokens["id_token"].as_str().unwrap();
    let bye = ("post_logout_redirect_uri", "https://app.example/bye");
    // Without a hint the user is asked.
    let page = browser
        .get(&logout(&pool, &[("client_id", &pool.client), bye]))
        .await;
    let form = page.form(&pool.path("/logout")).unwrap();
    assert!(is_signed_in(&pool, &mut browser).await);
    let mut stranger = Browser::new();
    assert_eq!(stranger.submit(&form, &[]).await.response.status, 400);
    let gone = browser.submit(&form, &[]).await;
    assert_eq!(gone.response.status, 303);
    assert_eq!(gone.location(), "https://app.example/bye");
    assert!(!is_signed_in(&pool, &mut browser).await);
    // With one, also when it is over, it is done; and the session of another browser stays.
    let mut other = Browser::new();
    pool.signs_in(&mut other, &[]).await;
    pool.signs_in(&mut browser, &[]).await;
    app.clock().advance(3599);
    pool.signs_in(&mut browser, &[("prompt", Some("login"))])
        .await;
    pool.signs_in(&mut other, &[("prompt", Some("login"))])
        .await;
    app.clock().advance(2);
    let gone = browser
        .get(&logout(
            &pool,
            &[("id_token_hint", hint), bye, ("state", "a b")],
        ))
        .await;
    assert_eq!(gone.location(), "https://app.example/bye?state=a+b");
    assert!(!is_signed_in(&pool, &mut browser).await);
    assert!(is_signed_in(&pool, &mut other).await);
    // Nobody is signed in: there is nothing to ask.
    let done = browser.get(&logout(&pool, &[])).await;
    assert_eq!(done.response.status, 200);
    assert!(done.response.text().contains("You are signed out"));
}

async fn a_browser_that_signs_out_goes_to_registered_places_only(app: TestApp) {
    let pool = Pool::new(&app).await;
    let other = pool
        .another_client(&app, json!({ "LogoutURLs": ["https://b.example/"] }))
        .await;
    let tokens = pool.tokens(&[]).await;
    let hint = tokens["id_token"].as_str().unwrap();
    let access = tokens["access_token"].as_str().unwrap();
    let uri = "https://app.example/bye";
    for pairs in [
        &[("post_logout_redirect_uri", uri)][..],
        &[
            ("client_id", &pool.client),
            ("post_logout_redirect_uri", "https://evil.example/"),
        ],
        &[
            ("client_id", &pool.client),
            ("logout_uri", "https://app.example/bye/"),
        ],
        &[
            ("client_id", &pool.client),
            ("logout_uri", super::client::CALLBACK),
        ],
        &[
            ("client_id", &pool.client),
            ("logout_uri", "https://b.example/"),
        ],
        &[
            ("client_id", &pool.client),
            ("logout_uri", uri),
            ("post_logout_redirect_uri", uri),
        ],
        &[("client_id", &other.client), ("id_token_hint", hint)],
        &[("id_token_hint", access), ("post_logout_redirect_uri", uri)],
        &[("id_token_hint", "x.y.z")],
    ] {
        let page = Browser::new().get(&logout(&pool, pairs)).await;
        assert_eq!(page.response.status, 400, "{pairs:?}");
        assert_eq!(page.response.header("location"), None, "{pairs:?}");
    }
    let reference = [("client_id", pool.client.as_str()), ("logout_uri", uri)];
    let page = Browser::new().get(&logout(&pool, &reference)).await;
    assert_eq!(page.location(), uri);
}

async fn a_client_that_is_gone_is_refused_everywhere(app: TestApp) {
    let pool = Pool::new(&app).await;
    let mut browser = Browser::new();
    let page = browser.get(&pool.authorize_url(&[])).await;
    let form = page.form(&pool.path("/login")).unwrap();
    let code = pool.code(&[]).await;
    let tokens = pool.tokens(&[]).await;
    let body = json!({ "UserPoolId": pool.id, "ClientId": pool.client });
    call(app.admin(), DeleteUserPoolClient, body)
        .await
        .expect_status(200);
    let fields = [("username", "alice"), ("password", PASSWORD)];
    assert_eq!(browser.submit(&form, &fields).await.response.status, 400);
    assert_eq!(
        browser.get(&pool.authorize_url(&[])).await.response.status,
        400
    );
    refused(&pool.redeems(&code, &[]).await, 401, "invalid_client");
    let refresh = tokens["refresh_token"].as_str().unwrap();
    refused(&pool.refreshes(refresh, &[]).await, 401, "invalid_client");
    let access = tokens["access_token"].as_str().unwrap();
    refused(&pool.userinfo(access).await, 401, "invalid_token");
}

/// What stands in the place of a signature is guessed as seldom as a signature.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_secret_of_a_client_counts_against_the_address() {
    let app = crate::rate_limits::with(RateLimits {
        address_failures: Rate {
            per_second: 1,
            burst: 3,
        },
        ..RateLimits::default()
    })
    .await;
    let pool = Pool::new(&app).await;
    let wrong = basic(&pool.client, "wrong");
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    // A wrong refresh token is no failure of the address: it has a bucket of its own.
    for _ in 0..5 {
        refused(&pool.refreshes("x", &[]).await, 400, "invalid_grant");
    }
    for _ in 0..3 {
        let answer = pool.posts("/oauth2/token", &pairs, Some(&wrong)).await;
        refused(&answer, 401, "invalid_client");
    }
    assert_eq!(pool.refreshes("x", &[]).await.status, 429);
    app.clock().advance(1);
    refused(&pool.refreshes("x", &[]).await, 400, "invalid_grant");
}
