//! A domain is another address of a pool.

use procura_testkit::{Browser, TestApp};
use procura_wire::cognito::Operation::{
    CreateUserPoolDomain, DeleteUserPool, DeleteUserPoolDomain, DescribeUserPoolDomain,
};
use serde_json::{Value, json};

use super::client::{Answered, PASSWORD, Pool, basic, call, claims};

tests! {
    on_both_engines {
        a_domain_leads_to_the_pool_until_it_is_deleted
        a_domain_is_of_one_pool_of_all_accounts
    }
    on_sqlite {
        a_domain_is_a_path_and_nothing_else
    }
}

fn domain(pool: &Pool, prefix: &str) -> Value {
    json!({ "UserPoolId": pool.id, "Domain": prefix })
}

/// What stands below a domain.
async fn reads(pool: &Pool, path: &str) -> procura_testkit::Response {
    pool.sends(&pool.message("GET", path)).await
}

async fn a_domain_leads_to_the_pool_until_it_is_deleted(app: TestApp) {
    let (admin, pool) = (app.admin(), Pool::new(&app).await);
    pool.has_server(&app, "api", &["read"]).await;
    assert_eq!(reads(&pool, "/domains/my-app/login").await.status, 404);
    let made = call(admin, CreateUserPoolDomain, domain(&pool, "my-app")).await;
    let record = app.record(made.expect_status(200).record().unwrap()).await;
    let resource = format!("userpool/{}/domain/my-app", pool.id);
    assert_eq!(record.entry.resource.as_deref(), Some(resource.as_str()));
    let read = call(admin, DescribeUserPoolDomain, json!({ "Domain": "my-app" })).await;
    let described = read.expect_status(200).json()["DomainDescription"].clone();
    assert_eq!(described["UserPoolId"], json!(pool.id));
    assert_eq!(described["Domain"], "my-app");
    assert_eq!(described["Status"], "ACTIVE");

    // Programs are answered there, and the issuer is the pool still.
    let machine = json!({
        "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": ["api/read"],
    });
    let machine = pool.another_client(&app, machine).await;
    let header = basic(&machine.client, machine.secret.as_ref().unwrap());
    let form = "grant_type=client_credentials";
    let message = pool
        .message("POST", "/domains/my-app/oauth2/token")
        .add("content-type", "application/x-www-form-urlencoded")
        .add("content-length", &form.len().to_string())
        .add("authorization", &header)
        .with_body(form.as_bytes().to_vec());
    let tokens = pool.sends(&message).await.expect_status(200).json();
    assert_eq!(claims(&tokens["access_token"])["iss"], json!(pool.issuer()));
    let metadata = reads(&pool, "/domains/my-app/.well-known/openid-configuration").await;
    assert_eq!(metadata.json()["issuer"], json!(pool.issuer()));

    // A browser goes on at the pool itself, where its cookies are.
    let url = pool.authorize_url(&[]);
    let below = format!("/{}/", pool.id);
    let url = url.replace(&below, "/domains/my-app/");
    let mut browser = Browser::new();
    let page = browser.get(&url).await;
    assert_eq!(page.response.status, 303);
    let page = browser.get(&pool.authorize_url(&[])).await;
    let answered = Answered::of(&pool.gives(&mut browser, &page, "alice", PASSWORD).await);
    assert_eq!(answered.get("iss"), pool.issuer());

    let deleted = call(admin, DeleteUserPoolDomain, domain(&pool, "my-app")).await;
    deleted.expect_status(200);
    assert_eq!(pool.sends(&message).await.status, 404);
    assert_eq!(browser.get(&url).await.response.status, 404);
    let read = call(admin, DescribeUserPoolDomain, json!({ "Domain": "my-app" })).await;
    assert_eq!(
        read.expect_status(200).json()["DomainDescription"],
        json!({})
    );
    let again = call(admin, DeleteUserPoolDomain, domain(&pool, "my-app")).await;
    again.expect_error(400, "ResourceNotFoundException");
}

async fn a_domain_is_of_one_pool_of_all_accounts(app: TestApp) {
    let (admin, pool) = (app.admin(), Pool::new(&app).await);
    let other = Pool::new(&app).await;
    let made = call(admin, CreateUserPoolDomain, domain(&pool, "app")).await;
    made.expect_status(200);
    for (of, prefix) in [(&other, "app"), (&pool, "app"), (&pool, "second")] {
        let answer = call(admin, CreateUserPoolDomain, domain(of, prefix)).await;
        answer.expect_error(400, "InvalidParameterException");
    }
    let stranger = app.other_account_admin();
    let read = call(stranger, DescribeUserPoolDomain, json!({ "Domain": "app" })).await;
    assert_eq!(
        read.expect_status(200).json()["DomainDescription"],
        json!({})
    );
    for operation in [CreateUserPoolDomain, DeleteUserPoolDomain] {
        let answer = call(stranger, operation, domain(&pool, "app")).await;
        answer.expect_error(400, "ResourceNotFoundException");
    }
    let elsewhere = call(admin, DeleteUserPoolDomain, domain(&other, "app")).await;
    elsewhere.expect_error(400, "ResourceNotFoundException");
    let gone = call(admin, DeleteUserPool, json!({ "UserPoolId": pool.id })).await;
    gone.expect_status(200);
    let made = call(admin, CreateUserPoolDomain, domain(&other, "app")).await;
    made.expect_status(200);
}

async fn a_domain_is_a_path_and_nothing_else(app: TestApp) {
    let (admin, pool) = (app.admin(), Pool::new(&app).await);
    let arn = "arn:aws:acm:us-east-1:000000000000:certificate/a";
    let mut custom = domain(&pool, "auth");
    custom["CustomDomainConfig"] = json!({ "CertificateArn": arn });
    let answer = call(admin, CreateUserPoolDomain, custom).await;
    let answer = answer.expect_error(400, "InvalidParameterException");
    assert!(
        answer.text().contains("certificate of its own"),
        "{}",
        answer.text()
    );
    let mut dressed = domain(&pool, "auth");
    dressed["ManagedLoginVersion"] = json!(2);
    for body in [
        dressed,
        domain(&pool, "auth.example.com"),
        domain(&pool, "-auth"),
    ] {
        let answer = call(admin, CreateUserPoolDomain, body).await;
        answer.expect_error(400, "InvalidParameterException");
    }
    call(admin, CreateUserPoolDomain, domain(&pool, "auth"))
        .await
        .expect_status(200);
    for path in [
        "/domains/auth",
        "/domains/auth/",
        "/domains/auth/oauth2",
        "/domains/no/login",
    ] {
        assert_eq!(reads(&pool, path).await.status, 404, "{path}");
    }
    assert_eq!(reads(&pool, "/domains/auth/oauth2/token").await.status, 405);
}
