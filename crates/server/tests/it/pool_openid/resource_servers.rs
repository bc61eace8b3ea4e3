//! Resource servers of a pool: what its applications may ask for beside the user.

use procura_testkit::{Browser, Response, TestApp};
use procura_wire::cognito::Operation::{
    self, CreateResourceServer, CreateUserPoolClient, DeleteResourceServer, DescribeResourceServer,
    ListResourceServers, UpdateResourceServer,
};
use serde_json::{Value, json};

use super::client::{PASSWORD, Pool, app_settings, call, claims, refused};

tests! {
    on_both_engines {
        a_resource_server_is_made_changed_and_deleted
        a_scope_that_is_gone_is_given_to_nobody
    }
    on_sqlite {
        a_resource_server_of_another_account_is_not_there
        a_pool_has_so_many_resource_servers_and_no_more
        a_client_asks_for_scopes_that_exist_only
        a_sign_in_keeps_no_scope_that_is_gone
        a_code_is_good_for_what_its_client_may_now
        a_page_is_good_for_what_its_client_may_now
        a_token_for_a_resource_has_the_scopes_of_that_one
    }
}

fn machine(scopes: &[&str]) -> Value {
    json!({ "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": scopes })
}

fn named(pool: &Pool, identifier: &str) -> Value {
    json!({ "UserPoolId": pool.id, "Identifier": identifier })
}

async fn deletes(app: &TestApp, pool: &Pool, identifier: &str) {
    let body = named(pool, identifier);
    let deleted = call(app.admin(), DeleteResourceServer, body).await;
    deleted.expect_status(200);
}

/// What a resource server has from now on.
async fn has_now(app: &TestApp, pool: &Pool, identifier: &str, scopes: &[&str]) -> Response {
    let mut body = named(pool, identifier);
    let scopes = scopes
        .iter()
        .map(|name| json!({ "ScopeName": name, "ScopeDescription": "does it" }));
    body["Name"] = json!("another");
    body["Scopes"] = scopes.collect();
    call(app.admin(), UpdateResourceServer, body).await
}

async fn a_resource_server_is_made_changed_and_deleted(app: TestApp) {
    let (admin, pool) = (app.admin(), Pool::new(&app).await);
    let scopes = json!([{ "ScopeName": "read", "ScopeDescription": "reads" }]);
    let mut body = named(&pool, "https://api.example/v1");
    body["Name"] = json!("the api");
    body["Scopes"] = scopes.clone();
    let made = call(admin, CreateResourceServer, body.clone()).await;
    let made = made.expect_status(200);
    let record = app.record(made.record().unwrap()).await;
    assert_eq!(record.entry.reason, "created with 1 scope");
    let server = made.json()["ResourceServer"].clone();
    assert_eq!(server, body);
    let again = call(admin, CreateResourceServer, body.clone()).await;
    again.expect_error(400, "InvalidParameterException");
    let read = call(
        admin,
        DescribeResourceServer,
        named(&pool, "https://api.example/v1"),
    )
    .await;
    assert_eq!(read.expect_status(200).json()["ResourceServer"], server);
    let mut twice = named(&pool, "twice");
    twice["Name"] = json!("twice");
    twice["Scopes"] = json!([scopes[0], scopes[0]]);
    let refused = call(admin, CreateResourceServer, twice).await;
    refused.expect_error(400, "InvalidParameterException");

    pool.has_server(&app, "another", &[]).await;
    let first = json!({ "UserPoolId": pool.id, "MaxResults": 1 });
    let page = call(admin, ListResourceServers, first.clone()).await.json();
    assert_eq!(page["ResourceServers"][0]["Identifier"], "another");
    let mut next = first;
    next["NextToken"] = page["NextToken"].clone();
    let page = call(admin, ListResourceServers, next).await.json();
    assert_eq!(page["ResourceServers"], json!([server]));
    assert_eq!(page["NextToken"], json!(null));

    // What is not said of the scopes takes them away, as in the reference.
    let mut change = named(&pool, "https://api.example/v1");
    change["Name"] = json!("renamed");
    let changed = call(admin, UpdateResourceServer, change).await;
    let changed = changed.expect_status(200).json();
    assert_eq!(changed["ResourceServer"]["Name"], "renamed");
    assert_eq!(changed["ResourceServer"]["Scopes"], json!([]));
    deletes(&app, &pool, "another").await;
    let gone = named(&pool, "another");
    for operation in [DescribeResourceServer, DeleteResourceServer] {
        let refused = call(admin, operation, gone.clone()).await;
        refused.expect_error(400, "ResourceNotFoundException");
    }
    let refused = has_now(&app, &pool, "another", &[]).await;
    refused.expect_error(400, "ResourceNotFoundException");
}

async fn a_resource_server_of_another_account_is_not_there(app: TestApp) {
    let pool = Pool::new(&app).await;
    pool.has_server(&app, "api", &["read"]).await;
    let mut body = named(&pool, "api");
    body["Name"] = json!("mine");
    let all: [(Operation, Value); 5] = [
        (CreateResourceServer, body.clone()),
        (UpdateResourceServer, body),
        (DescribeResourceServer, named(&pool, "api")),
        (DeleteResourceServer, named(&pool, "api")),
        (ListResourceServers, json!({ "UserPoolId": pool.id })),
    ];
    for (operation, body) in all {
        let refused = call(app.other_account_admin(), operation, body).await;
        refused.expect_error(400, "ResourceNotFoundException");
    }
    let auditor = app.auditor();
    let read = call(auditor, DescribeResourceServer, named(&pool, "api")).await;
    read.expect_status(200);
    let refused = call(auditor, DeleteResourceServer, named(&pool, "api")).await;
    refused.expect_error(400, "AccessDeniedException");
}

async fn a_pool_has_so_many_resource_servers_and_no_more(app: TestApp) {
    let pool = Pool::new(&app).await;
    for n in 0..25 {
        pool.has_server(&app, &format!("s{n}"), &[]).await;
    }
    let mut body = named(&pool, "one-more");
    body["Name"] = json!("one more");
    let full = call(app.admin(), CreateResourceServer, body).await;
    full.expect_error(400, "LimitExceededException");
}

async fn a_client_asks_for_scopes_that_exist_only(app: TestApp) {
    let pool = Pool::new(&app).await;
    pool.has_server(&app, "api", &["read"]).await;
    let elsewhere = Pool::new(&app).await;
    for (of, scope, is_had) in [
        (&pool, "api/read", true),
        (&pool, "api/secret-word", false),
        (&pool, "apis/secret-word", false),
        (&elsewhere, "api/read", false),
    ] {
        let mut body = app_settings();
        body["UserPoolId"] = json!(of.id);
        body["AllowedOAuthFlows"] = json!(["client_credentials"]);
        body["AllowedOAuthScopes"] = json!([scope]);
        let made = call(app.admin(), CreateUserPoolClient, body).await;
        if is_had {
            made.expect_status(200);
        } else {
            let refused = made.expect_error(400, "ScopeDoesNotExistException");
            assert!(
                !refused.text().contains("secret-word"),
                "{}",
                refused.text()
            );
        }
    }
}

async fn a_scope_that_is_gone_is_given_to_nobody(app: TestApp) {
    let pool = Pool::new(&app).await;
    pool.has_server(&app, "api", &["read", "write"]).await;
    let machine = machine(&["api/read", "api/write"]);
    let machine = pool.another_client(&app, machine).await;
    let tokens = machine.asks_for_itself(&[]).await.expect_status(200).json();
    assert_eq!(tokens["scope"], "api/read api/write");
    let token = tokens["access_token"].as_str().unwrap();
    has_now(&app, &pool, "api", &["read"])
        .await
        .expect_status(200);
    // With the scope that is left it goes on; the other one is had by no word.
    let less = machine.asks_for_itself(&[]).await.expect_status(200).json();
    assert_eq!(less["scope"], "api/read");
    assert_eq!(claims(&less["access_token"])["scope"], "api/read");
    let gone = machine.asks_for_itself(&[("scope", "api/write")]).await;
    refused(&gone, 400, "invalid_scope");
    let looks = async || {
        let told = machine
            .asks("/oauth2/introspect", &[("token", token)])
            .await;
        told.expect_status(200).json()
    };
    assert_eq!(looks().await["scope"], "api/read");
    deletes(&app, &pool, "api").await;
    refused(&machine.asks_for_itself(&[]).await, 400, "invalid_scope");
    assert_eq!(looks().await, json!({ "active": false }));
}

fn user_scopes() -> Value {
    json!({ "AllowedOAuthScopes": ["openid", "api/read", "api/write"] })
}

async fn a_sign_in_keeps_no_scope_that_is_gone(app: TestApp) {
    let pool = Pool::new(&app).await;
    pool.has_server(&app, "api", &["read", "write"]).await;
    let pool = pool.another_client(&app, user_scopes()).await;
    let all = [("scope", Some("openid api/read api/write"))];
    let tokens = pool.tokens(&all).await;
    assert_eq!(tokens["scope"], "openid api/read api/write");
    has_now(&app, &pool, "api", &["read"])
        .await
        .expect_status(200);
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let refused_scope = pool
        .refreshes(refresh, &[("scope", Some("api/write"))])
        .await;
    refused(&refused_scope, 400, "invalid_scope");
    let went_on = pool.refreshes(refresh, &[]).await.expect_status(200).json();
    assert_eq!(went_on["scope"], "openid api/read");
    let access = tokens["access_token"].as_str().unwrap();
    let told = pool.asks("/oauth2/introspect", &[("token", access)]).await;
    assert_eq!(told.json()["scope"], "openid api/read");
    // One of the same name that comes back was not asked for.
    has_now(&app, &pool, "api", &["read", "write"])
        .await
        .expect_status(200);
    let refresh = went_on["refresh_token"].as_str().unwrap();
    let went_on = pool.refreshes(refresh, &[]).await.expect_status(200).json();
    assert_eq!(went_on["scope"], "openid api/read");
    // Without a scope, a request is for what there is.
    deletes(&app, &pool, "api").await;
    let tokens = pool.tokens(&[("scope", None)]).await;
    assert_eq!(tokens["scope"], "openid");
}

async fn a_code_is_good_for_what_its_client_may_now(app: TestApp) {
    let pool = Pool::new(&app).await;
    pool.has_server(&app, "api", &["read", "write"]).await;
    let pool = pool.another_client(&app, user_scopes()).await;
    let code = pool.code(&[("scope", Some("openid api/read"))]).await;
    let other = pool.code(&[("scope", Some("openid"))]).await;
    deletes(&app, &pool, "api").await;
    refused(&pool.redeems(&code, &[]).await, 400, "invalid_grant");
    pool.redeems(&other, &[]).await.expect_status(200);
}

async fn a_page_is_good_for_what_its_client_may_now(app: TestApp) {
    let pool = Pool::new(&app).await;
    pool.has_server(&app, "api", &["read", "write"]).await;
    let pool = pool.another_client(&app, user_scopes()).await;
    let mut browser = Browser::new();
    let url = pool.authorize_url(&[("scope", Some("openid api/read"))]);
    let page = browser.get(&url).await;
    deletes(&app, &pool, "api").await;
    let answer = pool.gives(&mut browser, &page, "alice", PASSWORD).await;
    assert_eq!(answer.response.status, 400, "{}", answer.response.text());
    let again = browser.get(&url).await;
    assert!(again.location().contains("error=invalid_scope"));
}

async fn a_token_for_a_resource_has_the_scopes_of_that_one(app: TestApp) {
    let pool = Pool::new(&app).await;
    pool.has_server(&app, "https://a.example", &["see"]).await;
    pool.has_server(&app, "https://b.example", &["see"]).await;
    let scopes = ["https://a.example/see", "https://b.example/see"];
    let machine = pool.another_client(&app, machine(&scopes)).await;
    let of_a = ("resource", "https://a.example");
    let tokens = machine.asks_for_itself(&[of_a]).await.expect_status(200);
    let said = claims(&tokens.json()["access_token"]);
    assert_eq!(
        (&said["aud"], &said["scope"]),
        (&json!("https://a.example"), &json!("https://a.example/see"))
    );
    let other = [of_a, ("scope", "https://b.example/see")];
    refused(&machine.asks_for_itself(&other).await, 400, "invalid_scope");

    let scopes = json!({ "AllowedOAuthScopes": ["openid", scopes[0], scopes[1]] });
    let pool = pool.another_client(&app, scopes).await;
    let of_a = [("resource", Some("https://a.example")), ("scope", None)];
    let tokens = pool.tokens(&of_a).await;
    assert_eq!(tokens["scope"], "https://a.example/see openid");
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let went_on = pool.refreshes(refresh, &[]).await.expect_status(200).json();
    assert_eq!(went_on["scope"], "https://a.example/see openid");
}
