//! Tokens of workloads that are not good: what their bearers learn, what they cost, and how many keys
//! the good ones get.

use procura_app::rate_limit::RateLimits;
use procura_app::temporary_key::LIVE_KEYS_MAX;
use procura_app::workload_token::TOKEN_EXPIRED;
use procura_core::access_key::Role;
use procura_core::audit::record::Verdict;
use procura_core::error::Kind;
use procura_core::rate::Rate;
use procura_core::time::Clock as _;
use procura_testkit::{ACCOUNT, Request, Response, TestApp};
use procura_wire::Operation::ListWorkloadIdentities;
use procura_wire::sts;
use serde_json::{Value, json};

use crate::issuer_server::IssuerServer;
use crate::rate_limits;
use crate::role_sessions::{by_token, maker, put_on, role as role_named, root};
use crate::user_proof::agent;
use crate::web_identity::{assumes, proved, role, token};

tests! {
    on_both_engines {
        a_bearer_whose_token_is_over_is_told_so
        an_agent_has_so_many_temporary_keys_and_no_more
        what_a_revoked_key_put_on_counts_no_more
    }
    on_sqlite {
        who_is_not_meant_learns_nothing_by_a_token_that_is_over
    }
}

/// Claims of a token that is over, and of one that is not good yet.
fn over(app: &TestApp) -> (Value, Value) {
    let now_s = app.clock().now().millis().div_euclid(1000);
    let late = json!({ "iat": now_s - 7200, "nbf": now_s - 7200, "exp": now_s - 3600 });
    let early = json!({ "nbf": now_s + 600, "exp": now_s + 1200 });
    (late, early)
}

async fn a_bearer_whose_token_is_over_is_told_so(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    proved(&app, &issuer).await;
    let (late, early) = over(&app);
    let asks =
        async |changes: &Value| by_token(&app, &role(), &token(&app, &issuer, changes)).await;
    let told = asks(&late).await;
    told.expect_code(400, "ExpiredTokenException");
    let told = asks(&early).await;
    told.expect_code(400, "InvalidIdentityToken");
    let told = by_token(&app, &role(), "not a token").await;
    told.expect_code(400, "InvalidIdentityToken");
    // SDKs read the next token of the platform then, and that one is good.
    asks(&json!({})).await.expect_status(200);
}

async fn who_is_not_meant_learns_nothing_by_a_token_that_is_over(app: TestApp) {
    let app = agent(app).await;
    let (issuer, stranger) = (IssuerServer::start().await, IssuerServer::start().await);
    proved(&app, &issuer).await;
    let (late, early) = over(&app);
    let with = |base: &Value, more: Value| {
        let mut all = base.clone();
        let own = all.as_object_mut().unwrap();
        own.extend(more.as_object().unwrap().clone());
        all
    };
    let mut said = Vec::new();
    for base in [&late, &early] {
        // Genuine tokens of the trusted issuer, of somebody else or for somebody else.
        for more in [
            json!({ "sub": "system:serviceaccount:agents:other" }),
            json!({ "aud": "other" }),
            json!({ "aud": ["procura", "other"] }),
            json!({ "cluster": "green" }),
        ] {
            let token = token(&app, &issuer, &with(base, more));
            said.push(assumes(&app, &role(), token).await);
        }
        // Signed by somebody else in its name.
        let forged = with(base, json!({ "iss": issuer.issuer() }));
        said.push(assumes(&app, &role(), token(&app, &stranger, &forged)).await);
        // For an agent that is not there.
        let nobody = role().replace("agents/agent", "agents/nobody");
        said.push(assumes(&app, &nobody, token(&app, &issuer, base)).await);
    }
    let mut said: Vec<_> = said
        .into_iter()
        .map(Result::unwrap_err)
        .map(|error| (error.kind(), error.public().to_owned()))
        .collect();
    said.dedup();
    assert_eq!(said.len(), 1, "{said:?}");
    assert_eq!(said[0].0, Kind::Denied);
    let own = assumes(&app, &role(), token(&app, &issuer, &late)).await;
    let own = own.unwrap_err();
    assert_eq!(
        (own.kind(), own.at_field()),
        (Kind::Unproved, Some(TOKEN_EXPIRED))
    );
}

async fn an_agent_has_so_many_temporary_keys_and_no_more(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let (_, first, _) = proved(&app, &issuer).await;
    let id = first.credentials.key.id;
    app.copy_temporary_key(id, LIVE_KEYS_MAX - 1).await;
    let asks = async || assumes(&app, &role(), token(&app, &issuer, &json!({}))).await;
    let refused = asks().await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Throttled);
    let record = refused.record().unwrap().to_string();
    let entry = app.record(&record).await.entry;
    assert_eq!(entry.verdict, Verdict::Deny);
    // What ended does not count, also before it is swept.
    app.clock().advance(3600);
    asks().await.unwrap();
    assert!(app.app().sweep().await.unwrap() >= LIVE_KEYS_MAX);
}

async fn what_a_revoked_key_put_on_counts_no_more(app: TestApp) {
    let maker = maker(&app).await;
    role_named(&maker, "host", &root()).await;
    let greedy = app
        .new_client(ACCOUNT.parse().unwrap(), vec![Role::AgentHost])
        .await;
    let worn = put_on(&greedy, "host").await;
    let id = worn.key_id().parse().unwrap();
    app.copy_temporary_key(id, LIVE_KEYS_MAX - 1).await;
    let asks = async || {
        let arn = format!("arn:aws:iam::{ACCOUNT}:role/host");
        let fields = [("RoleArn", arn.as_str()), ("RoleSessionName", "other")];
        app.admin().tokens("AssumeRole", &fields).await
    };
    asks().await.expect_code(400, "Throttling");
    app.revoke(&greedy).await;
    asks().await.expect_status(200);
}

const fn few() -> Rate {
    Rate {
        per_second: 1,
        burst: 3,
    }
}

async fn is_shut(app: &TestApp) -> bool {
    let answer = app.admin().call(ListWorkloadIdentities, json!({})).await;
    answer.status == 429
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_proves_nothing_counts_against_the_address() {
    let app = agent(
        rate_limits::with(RateLimits {
            address_failures: few(),
            ..RateLimits::default()
        })
        .await,
    )
    .await;
    let issuer = IssuerServer::start().await;
    proved(&app, &issuer).await;
    let good = token(&app, &issuer, &json!({}));
    let (late, _) = over(&app);
    let late = token(&app, &issuer, &late);
    let container = async |token: &str| -> Response {
        let request = Request::new("GET", &format!("/container-credentials/{ACCOUNT}/agent"));
        let plain = app.admin().sign(&request);
        let mut plain = plain.without("authorization").without("x-amz-date");
        let header = ("authorization".to_owned(), token.as_bytes().to_vec());
        plain.headers.push(header);
        app.admin().send_message(&plain).await
    };
    // What proves something does not count, nor what did until a moment ago.
    for _ in 0..5 {
        by_token(&app, &role(), &good).await.expect_status(200);
        by_token(&app, &role(), &late).await.expect_status(400);
        container(&good).await.expect_status(200);
        container(&late).await.expect_status(401);
    }
    assert!(!is_shut(&app).await);
    for _ in 0..3 {
        let refused = by_token(&app, &role(), "not a token").await;
        refused.expect_code(400, "InvalidIdentityToken");
    }
    assert!(is_shut(&app).await);
    app.clock().advance(10);
    assert!(!is_shut(&app).await);
    for _ in 0..3 {
        container("not a token").await.expect_status(401);
    }
    assert!(is_shut(&app).await);
    container(&good).await.expect_status(429);
    let metrics = app.metrics().await;
    let line = "procura_unauthenticated_total{reason=\"untrusted\"} 6\n";
    assert!(metrics.text().contains(line), "{}", metrics.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_pages_of_others_send_does_not_count() {
    let app = agent(
        rate_limits::with(RateLimits {
            address_failures: few(),
            ..RateLimits::default()
        })
        .await,
    )
    .await;
    let role = role();
    let fields = [
        ("RoleArn", role.as_str()),
        ("RoleSessionName", "page"),
        ("WebIdentityToken", "not a token"),
    ];
    let form = Request::of_form(&sts::SERVICE, "AssumeRoleWithWebIdentity", &fields);
    let form = form.header("origin", "https://page.example");
    let image = Request::new("GET", &format!("/container-credentials/{ACCOUNT}/agent"));
    for _ in 0..5 {
        for (request, status) in [(&form, 403), (&image, 401)] {
            let signed = app.admin().sign(request);
            let plain = signed.without("authorization").without("x-amz-date");
            let answer = app.admin().send_message(&plain).await;
            answer.expect_status(status);
        }
    }
    assert!(!is_shut(&app).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_signs_what_takes_no_signature_is_told_so() {
    let app = TestApp::start().await;
    let role = role();
    let fields = [("RoleArn", role.as_str()), ("WebIdentityToken", "no token")];
    let admin = app.admin();
    let answer = admin.tokens("AssumeRoleWithWebIdentity", &fields).await;
    assert!(
        answer
            .expect_status(400)
            .text()
            .contains("send it unsigned")
    );
}
