//! Roles that are put on: by whom, what a session has then, and what ends it.

use procura_core::access_key::Role;
use procura_core::action::Action;
use procura_core::audit::record::Verdict;
use procura_core::issuer::IssuerPolicy;
use procura_core::secret::Plain;
use procura_core::time::Clock as _;
use procura_testkit::{ACCOUNT, Client, Request, TestApp};
use procura_wire::Operation::{GetWorkloadIdentity, ListWorkloadIdentities};
use procura_wire::sts;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::issuer_server::IssuerServer;
use crate::user_proof::{agent, policy, register, remove};

tests! {
    on_both_engines {
        a_session_has_what_its_role_has_and_nothing_else
        a_session_ends_with_the_key_that_put_the_role_on
        a_role_is_put_on_by_a_token_that_it_trusts
    }
    on_sqlite {
        what_a_role_says_of_a_claim_holds_for_every_claim
        a_pool_puts_no_role_on
        who_is_trusted_no_more_puts_nothing_on
        a_session_gives_nothing_after_the_end_of_its_key
        a_role_says_who_puts_it_on
        a_temporary_key_puts_nothing_on
        a_session_lasts_as_long_as_its_role_lets_it
        an_sdk_in_a_container_gets_the_agents_key
        nobody_signs_for_a_web_identity
    }
}

pub(crate) const HOST: &str = "arn:aws:iam::procura:policy/AgentHost";

fn trusting(principal: &Value, action: &str, condition: &Value) -> String {
    let mut statement = json!({ "Effect": "Allow", "Principal": principal, "Action": action });
    if !condition.is_null() {
        statement["Condition"] = condition.clone();
    }
    json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

pub(crate) fn root() -> String {
    trusting(&json!({ "AWS": ACCOUNT }), "sts:AssumeRole", &Value::Null)
}

fn arn(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}")
}

/// Who makes roles, and has what they are given.
pub(crate) async fn maker(app: &TestApp) -> Client {
    let roles = vec![Role::Admin, Role::AgentHost];
    app.new_client(ACCOUNT.parse().unwrap(), roles).await
}

pub(crate) async fn role(maker: &Client, name: &str, document: &str) {
    let fields = [("RoleName", name), ("AssumeRolePolicyDocument", document)];
    maker.roles("CreateRole", &fields).await.expect_status(200);
    let fields = [("RoleName", name), ("PolicyArn", HOST)];
    let attached = maker.roles("AttachRolePolicy", &fields).await;
    attached.expect_status(200);
}

async fn puts_on(client: &Client, name: &str) -> procura_testkit::Response {
    let arn = arn(name);
    let fields = [("RoleArn", arn.as_str()), ("RoleSessionName", "me")];
    client.tokens("AssumeRole", &fields).await
}

/// A session of a role.
pub(crate) async fn put_on(client: &Client, name: &str) -> Client {
    let answer = puts_on(client, name).await.expect_status(200);
    session(client, &answer)
}

/// Takes from a role what it has.
pub(crate) async fn detach(maker: &Client, name: &str) {
    let fields = [("RoleName", name), ("PolicyArn", HOST)];
    let detached = maker.roles("DetachRolePolicy", &fields).await;
    detached.expect_status(200);
}

/// A client that signs with what an answer gives.
fn session(client: &Client, answer: &procura_testkit::Response) -> Client {
    client.signing(|signer| {
        signer.key_id = answer.element("AccessKeyId");
        signer.secret = answer.element("SecretAccessKey");
        signer.session_token = Some(answer.element("SessionToken"));
    })
}

async fn a_session_has_what_its_role_has_and_nothing_else(app: TestApp) {
    let app = agent(app).await;
    let maker = maker(&app).await;
    role(&maker, "host", &root()).await;
    let answer = puts_on(app.admin(), "host").await.expect_status(200);
    let worn = session(app.admin(), &answer);
    let token = worn.token("agent").await;
    worn.api_key(&token, "github").await.expect_status(200);
    // The caller is an administrator, and its session is none.
    let denied = worn.create_agent("other").await;
    denied.expect_error(403, "AccessDeniedException");
    let recorded = app.record(answer.record().unwrap()).await.entry;
    assert_eq!(recorded.operation, "AssumeRole");
    // What the role has no more, the session has no more.
    let fields = [("RoleName", "host"), ("PolicyArn", HOST)];
    let detached = maker.roles("DetachRolePolicy", &fields).await;
    detached.expect_status(200);
    let body = json!({ "name": "agent" });
    let denied = worn.call(GetWorkloadIdentity, body.clone()).await;
    denied.expect_error(403, "AccessDeniedException");
    let deleted = maker.roles("DeleteRole", &[("RoleName", "host")]).await;
    deleted.expect_status(200);
    let gone = worn.call(GetWorkloadIdentity, body).await;
    gone.expect_error(403, "UnrecognizedClientException");
    let refused = app.agent_host().api_key(&token, "github").await;
    refused.expect_error(401, "UnauthorizedException");
}

async fn a_session_ends_with_the_key_that_put_the_role_on(app: TestApp) {
    let app = agent(app).await;
    let maker = maker(&app).await;
    role(&maker, "host", &root()).await;
    let caller = app
        .new_client(ACCOUNT.parse().unwrap(), vec![Role::AgentHost])
        .await;
    let answer = puts_on(&caller, "host").await.expect_status(200);
    let worn = session(&caller, &answer);
    let token = worn.token("agent").await;
    app.revoke(&caller).await;
    let body = json!({ "name": "agent" });
    let gone = worn.call(GetWorkloadIdentity, body).await;
    gone.expect_error(403, "UnrecognizedClientException");
    let refused = app.agent_host().api_key(&token, "github").await;
    refused.expect_error(401, "UnauthorizedException");
}

async fn a_role_is_put_on_by_a_token_that_it_trusts(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let jwks_uri = Some(issuer.jwks_uri());
    let policy = IssuerPolicy {
        jwks_uri,
        ..policy("app")
    };
    register(&app, &issuer.issuer(), policy).await;
    let host = issuer.issuer().replace("http://", "");
    let principal = json!({ "Federated": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{host}") });
    let condition = json!({ "StringEquals": {
        format!("{host}:sub"): "alice", format!("{host}:aud"): "app",
    }});
    let document = trusting(&principal, "sts:AssumeRoleWithWebIdentity", &condition);
    role(&maker(&app).await, "web", &document).await;
    let asks = async |changes: Value| {
        let token = issuer.signed(
            &json!({ "typ": "JWT" }),
            issuer.claims(&app, &changes).to_string().as_bytes(),
        );
        by_token(&app, &arn("web"), &token).await
    };
    let answer = asks(json!({})).await.expect_status(200);
    assert_eq!(answer.element("SubjectFromWebIdentityToken"), "alice");
    let worn = session(app.admin(), &answer);
    let token = worn.token("agent").await;
    worn.api_key(&token, "github").await.expect_status(200);
    asks(json!({ "sub": "mallory" }))
        .await
        .expect_code(403, "AccessDenied");
    asks(json!({ "aud": "other" }))
        .await
        .expect_code(403, "AccessDenied");
    // Who is trusted in all else is told that the token is over.
    let now_s = app.clock().now().millis().div_euclid(1000);
    let over = json!({ "iat": now_s - 7200, "exp": now_s - 3600 });
    asks(over).await.expect_code(400, "ExpiredTokenException");
    let over = json!({ "iat": now_s - 7200, "exp": now_s - 3600, "sub": "mallory" });
    asks(over).await.expect_code(403, "AccessDenied");
    // The session ends with the registration of the issuer; one that is made anew is another.
    remove(&app, &issuer.issuer()).await;
    let body = json!({ "name": "agent" });
    let gone = worn.call(GetWorkloadIdentity, body.clone()).await;
    gone.expect_error(403, "UnrecognizedClientException");
    app.clock().advance(1);
    let jwks_uri = Some(issuer.jwks_uri());
    let policy = IssuerPolicy {
        jwks_uri,
        ..crate::user_proof::policy("app")
    };
    register(&app, &issuer.issuer(), policy).await;
    let gone = worn.call(GetWorkloadIdentity, body).await;
    gone.expect_error(403, "UnrecognizedClientException");
}

async fn what_a_role_says_of_a_claim_holds_for_every_claim(app: TestApp) {
    let issuer = IssuerServer::start().await;
    let jwks_uri = Some(issuer.jwks_uri());
    let policy = IssuerPolicy {
        jwks_uri,
        ..policy("app")
    };
    register(&app, &issuer.issuer(), policy).await;
    let host = issuer.issuer().replace("http://", "");
    let key = |claim: &str| format!("{host}:{claim}");
    let federated = format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{host}");
    let statement = |effect: &str, condition: Value| {
        json!({
            "Effect": effect, "Principal": { "Federated": federated },
            "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition,
        })
    };
    let to_alice = json!({ "StringEquals": { key("sub"): "alice", key("aud"): "app" } });
    let mut not_by = to_alice.clone();
    not_by["StringEquals"][key("client_id")] = json!("bad");
    let mut not_of = to_alice.clone();
    not_of["StringEquals"][key("groups")] = json!("bad");
    let document = json!({ "Version": "2012-10-17", "Statement": [
        statement("Allow", to_alice), statement("Deny", not_by), statement("Deny", not_of),
    ]});
    role(&maker(&app).await, "web", &document.to_string()).await;
    for (changes, may) in [
        (json!({}), true),
        (json!({ "groups": "good", "other": ["bad"] }), true),
        (json!({ "client_id": "bad" }), false),
        (json!({ "groups": "bad" }), false),
        (json!({ "groups": ["bad"] }), false),
        (json!({ "groups": ["good"] }), false),
    ] {
        let claims = issuer.claims(&app, &changes).to_string();
        let token = issuer.signed(&json!({ "typ": "JWT" }), claims.as_bytes());
        let answer = by_token(&app, &arn("web"), &token).await;
        assert_eq!(answer.status == 200, may, "{changes}: {}", answer.text());
    }
}

async fn a_pool_puts_no_role_on(app: TestApp) {
    let pool = app
        .app()
        .pool_issuer(&"us-east-1_abcdefghijklmnop".parse().unwrap());
    let mut cx = app.app().operator_cx(Action::RegisterIssuer);
    let account = ACCOUNT.parse().unwrap();
    let registered = app
        .app()
        .register_issuer(&mut cx, account, pool, policy("app"));
    let refused = registered.await.unwrap_err();
    assert_eq!(refused.kind(), procura_core::error::Kind::Caller);
}

/// Many put the role on while it is entrusted to somebody else: whoever was looked at before and is
/// written down after is refused. SQLite has one chain, which says what came first.
async fn who_is_trusted_no_more_puts_nothing_on(app: TestApp) {
    let maker = maker(&app).await;
    role(&maker, "host", &root()).await;
    let key = format!("arn:aws:iam::{ACCOUNT}:user/{}", maker.key_id());
    let other = trusting(&json!({ "AWS": key }), "sts:AssumeRole", &Value::Null);
    for _ in 0..4 {
        let mut all = JoinSet::new();
        for at in 0..24 {
            let (caller, maker, other) = (app.admin().clone(), maker.clone(), other.clone());
            all.spawn(async move {
                if at == 8 {
                    entrusts(&maker, "host", &other).await;
                } else {
                    puts_on(&caller, "host").await;
                }
            });
        }
        all.join_all().await;
        entrusts(&maker, "host", &root()).await;
    }
    let mut records = app.records().await;
    records.sort_by_key(|record| record.seq);
    let mut is_trusted = true;
    for record in records {
        match record.entry.operation.as_ref() {
            "UpdateAssumeRolePolicy" => is_trusted = !is_trusted,
            "AssumeRole" if record.entry.verdict == Verdict::Allow => assert!(is_trusted),
            _ => {}
        }
    }
}

/// Many use a session while the key that it rests on is revoked: whoever was looked at before and is
/// written down after is refused.
async fn a_session_gives_nothing_after_the_end_of_its_key(app: TestApp) {
    let app = agent(app).await;
    let maker = maker(&app).await;
    role(&maker, "host", &root()).await;
    for _ in 0..4 {
        let caller = app
            .new_client(ACCOUNT.parse().unwrap(), vec![Role::AgentHost])
            .await;
        let worn = put_on(&caller, "host").await;
        let token = app.agent_host().token("agent").await;
        let mut all = JoinSet::new();
        for _ in 0..24 {
            let (worn, token) = (worn.clone(), token.clone());
            all.spawn(async move {
                worn.api_key(&token, "github").await;
            });
        }
        all.join_next().await;
        app.revoke(&caller).await;
        all.join_all().await;
    }
    let mut records = app.records().await;
    records.sort_by_key(|record| record.seq);
    let mut given = 0;
    let mut is_revoked = false;
    for record in records {
        match record.entry.operation.as_ref() {
            "CreateAccessKey" => is_revoked = false,
            "RevokeAccessKey" => is_revoked = true,
            "GetResourceApiKey" if record.entry.verdict == Verdict::Allow => {
                assert!(!is_revoked);
                given += 1;
            }
            _ => {}
        }
    }
    assert!(given > 0);
}

async fn entrusts(maker: &Client, name: &str, document: &str) {
    let fields = [("RoleName", name), ("PolicyDocument", document)];
    let answer = maker.roles("UpdateAssumeRolePolicy", &fields).await;
    answer.expect_status(200);
}

async fn a_role_says_who_puts_it_on(app: TestApp) {
    let maker = maker(&app).await;
    role(&maker, "anybodys", &root()).await;
    let key = format!("arn:aws:iam::{ACCOUNT}:user/{}", app.admin().key_id());
    let document = trusting(&json!({ "AWS": key }), "sts:AssumeRole", &Value::Null);
    role(&maker, "ones", &document).await;
    let nobody = trusting(
        &json!({ "Service": "ec2.amazonaws.com" }),
        "sts:AssumeRole",
        &Value::Null,
    );
    role(&maker, "nobodys", &nobody).await;
    let secret = json!({ "StringEquals": { "sts:ExternalId": "a-word" } });
    let document = trusting(&json!({ "AWS": ACCOUNT }), "sts:AssumeRole", &secret);
    role(&maker, "guarded", &document).await;
    puts_on(app.admin(), "ones").await.expect_status(200);
    for (client, name) in [
        (&maker, "ones"),
        (&maker, "nobodys"),
        (&maker, "guarded"),
        (&maker, "absent"),
        (app.other_account_admin(), "anybodys"),
        (app.auditor(), "anybodys"),
        (app.binding(), "anybodys"),
    ] {
        let refused = puts_on(client, name).await.expect_code(403, "AccessDenied");
        assert!(refused.record().is_some());
    }
    let arn = arn("guarded");
    let fields = [
        ("RoleArn", arn.as_str()),
        ("RoleSessionName", "me"),
        ("ExternalId", "a-word"),
    ];
    maker.tokens("AssumeRole", &fields).await.expect_status(200);
}

async fn a_temporary_key_puts_nothing_on(app: TestApp) {
    let maker = maker(&app).await;
    role(&maker, "host", &root()).await;
    let answer = puts_on(&maker, "host").await.expect_status(200);
    let worn = session(&maker, &answer);
    puts_on(&worn, "host")
        .await
        .expect_code(403, "AccessDenied");
    // Nor does it give what its caller has beside.
    let fields = [("RoleName", "host"), ("PolicyArn", HOST)];
    let refused = worn.roles("DetachRolePolicy", &fields).await;
    refused.expect_code(403, "AccessDenied");
}

async fn a_session_lasts_as_long_as_its_role_lets_it(app: TestApp) {
    let maker = maker(&app).await;
    role(&maker, "host", &root()).await;
    let arn = arn("host");
    let asks = async |seconds: &str| {
        let fields = [
            ("RoleArn", arn.as_str()),
            ("RoleSessionName", "me"),
            ("DurationSeconds", seconds),
        ];
        maker.tokens("AssumeRole", &fields).await
    };
    asks("3601").await.expect_code(400, "ValidationError");
    let fields = [
        ("RoleArn", arn.as_str()),
        ("RoleSessionName", "me"),
        ("Policy", "{}"),
    ];
    let refused = maker.tokens("AssumeRole", &fields).await;
    refused.expect_code(400, "ValidationError");
    let worn = session(&maker, &asks("900").await.expect_status(200));
    worn.call(ListWorkloadIdentities, json!({}))
        .await
        .expect_status(200);
    app.clock().advance(900);
    let ended = worn.call(ListWorkloadIdentities, json!({})).await;
    ended.expect_error(403, "ExpiredTokenException");
}

/// Asks for a role with a token, unsigned.
pub(crate) async fn by_token(app: &TestApp, role: &str, token: &str) -> procura_testkit::Response {
    let fields = [
        ("RoleArn", role),
        ("RoleSessionName", "pod"),
        ("WebIdentityToken", token),
    ];
    let request = Request::of_form(&sts::SERVICE, "AssumeRoleWithWebIdentity", &fields);
    let client = app.admin();
    let signed = client.sign(&request);
    let plain = signed.without("authorization").without("x-amz-date");
    client.send_message(&plain).await
}

/// An issuer whose tokens of alice are the agent.
async fn trusted(app: &TestApp) -> IssuerServer {
    let issuer = IssuerServer::start().await;
    let workload = procura_core::trust_binding::TrustedWorkload {
        issuer: issuer.issuer(),
        jwks_uri: Some(issuer.jwks_uri()),
        audience: "app".to_owned(),
        subject: "alice".parse().unwrap(),
        claims: std::collections::BTreeMap::new(),
    };
    let mut cx = app.app().operator_cx(Action::TrustWorkload);
    let (account, name) = (ACCOUNT.parse().unwrap(), "agent".parse().unwrap());
    let trusted = app.app().trust_workload(&mut cx, account, name, workload);
    trusted.await.unwrap();
    issuer
}

fn workload_token(
    app: &TestApp,
    issuer: &IssuerServer,
) -> Plain<procura_core::secret::kind::UserToken> {
    let claims = issuer.claims(app, &json!({})).to_string();
    let token = issuer.signed(&json!({ "typ": "JWT" }), claims.as_bytes());
    Plain::new(token.into_bytes())
}

async fn an_sdk_in_a_container_gets_the_agents_key(app: TestApp) {
    let app = agent(app).await;
    let issuer = trusted(&app).await;
    let token = workload_token(&app, &issuer);
    let token = token.expose_secret_text().unwrap();
    let path = format!("/container-credentials/{ACCOUNT}/agent");
    let asks = async |path: &str, token: Option<&str>| {
        let request = Request::new("GET", path);
        let plain = app.admin().sign(&request);
        let mut plain = plain.without("authorization").without("x-amz-date");
        plain
            .headers
            .extend(token.map(|token| ("authorization".to_owned(), token.as_bytes().to_vec())));
        app.admin().send_message(&plain).await
    };
    let answer = asks(&path, Some(token)).await.expect_status(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let worn = app.admin().signing(|signer| {
        signer.key_id = answer.member("AccessKeyId");
        signer.secret = answer.member("SecretAccessKey");
        signer.session_token = Some(answer.member("Token"));
    });
    worn.token("agent").await;
    asks(&path, None).await.expect_status(401);
    asks(&path, Some("not a token")).await.expect_status(401);
    let other = format!("/container-credentials/{ACCOUNT}/nobody");
    asks(&other, Some(token)).await.expect_status(403);
}

async fn nobody_signs_for_a_web_identity(app: TestApp) {
    let app = agent(app).await;
    let issuer = trusted(&app).await;
    let token = workload_token(&app, &issuer);
    let token = token.expose_secret_text().unwrap();
    let role = format!("arn:aws:iam::{ACCOUNT}:role/procura/agents/agent");
    let answer = by_token(&app, &role, token).await.expect_status(200);
    assert!(answer.element("AccessKeyId").starts_with("PRCS"));
    assert_eq!(answer.element("Audience"), "app");
    assert_eq!(answer.element("Provider"), issuer.issuer());
    let worn = session(app.admin(), &answer);
    let who = worn
        .tokens("GetCallerIdentity", &[])
        .await
        .expect_status(200);
    assert!(who.element("Arn").ends_with(":assumed-role/agent/pod"));
}
