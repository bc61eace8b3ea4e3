//! What a caller proves to others about itself, by a token of ours.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use procura_core::access_key::Role;
use procura_core::action::Action;
use procura_core::audit::record::Verdict;
use procura_core::issuer::IssuerPolicy;
use procura_core::time::{Clock as _, Timestamp};
use procura_core::trust_binding::TrustedWorkload;
use procura_core::workload_identity::AgentState;
use procura_protocol::jose::Algorithm;
use procura_protocol::jose::jwk::KeySet;
use procura_protocol::jose::jwt::{
    AudiencePolicy, Claims, Expectation, Purpose, USER_TOKEN_BYTES_MAX, Unverified,
};
use procura_testkit::{ACCOUNT, Client, OTHER_ACCOUNT, Request, Response, TestApp};
use serde_json::{Value, json};

use crate::issuer_server::IssuerServer;
use crate::role_sessions::{by_token, detach, maker, put_on, role, root};
use crate::user_proof::{agent, set_state};
use crate::web_identity::{distrusts, proved};

tests! {
    on_both_engines {
        a_caller_proves_who_it_is_to_others
        an_agent_proves_itself_as_long_as_it_may_act
        the_keys_are_made_once_and_for_one_account
    }
    on_sqlite {
        a_token_never_outlives_the_key_that_asked_for_it
        who_administers_gets_no_token
        an_agent_and_a_role_of_one_name_are_two
        no_token_is_good_after_the_time_of_its_agent
        a_role_that_has_less_proves_nothing
        our_own_token_proves_nobody_here
        what_a_token_is_asked_for_is_checked_and_not_repeated
    }
}

const NAMESPACE: &str = "https://sts.amazonaws.com/";

async fn asks(client: &Client, changes: &[(&str, &str)]) -> Response {
    let mut fields = vec![
        ("Audience.member.1", "https://api.example.com"),
        ("SigningAlgorithm", "ES384"),
    ];
    for change in changes {
        fields.retain(|(name, _)| *name != change.0);
        fields.push(*change);
    }
    client.tokens("GetWebIdentityToken", &fields).await
}

async fn token(client: &Client) -> String {
    let answer = asks(client, &[]).await.expect_status(200);
    answer.element("WebIdentityToken")
}

async fn document(app: &TestApp, path: &str) -> Response {
    app.admin().send(&Request::new("GET", path)).await
}

fn path(issuer: &str) -> String {
    let (_, rest) = issuer.split_once("://").unwrap();
    rest.split_once('/').unwrap().1.to_owned()
}

/// What a verifier makes of it, that knows nothing but the issuer.
async fn verified(app: &TestApp, token: &str, algorithm: Algorithm) -> Claims {
    let token = Unverified::parse(token, USER_TOKEN_BYTES_MAX).unwrap();
    let issuer = token.claimed_issuer().to_owned();
    let at = format!("/{}/.well-known/openid-configuration", path(&issuer));
    let metadata = document(app, &at).await.expect_status(200).json();
    assert_eq!(metadata["issuer"], issuer);
    let algorithms = &metadata["id_token_signing_alg_values_supported"];
    assert_eq!(*algorithms, json!(["ES384", "RS256"]));
    let keys = path(metadata["jwks_uri"].as_str().unwrap());
    let keys = document(app, &format!("/{keys}")).await.expect_status(200);
    assert_eq!(keys.header("cache-control"), Some("public, max-age=300"));
    let keys = KeySet::parse(keys.text().as_bytes()).unwrap();
    assert_eq!((keys.keys().len(), keys.skipped().len()), (2, 0));
    let expectation = Expectation {
        purpose: Purpose::WorkloadToken,
        issuer: &issuer,
        algorithms: &[algorithm],
        audience: AudiencePolicy::Registered {
            audiences: &["https://api.example.com".to_owned()],
            clients: &[],
        },
    };
    let verified = token.verify(&keys, &expectation, app.clock().now());
    verified.unwrap().into_claims()
}

fn seconds(at: Timestamp) -> i64 {
    at.millis().div_euclid(1000)
}

async fn a_caller_proves_who_it_is_to_others(app: TestApp) {
    let host = app.agent_host();
    for (name, algorithm) in [("ES384", Algorithm::Es384), ("RS256", Algorithm::Rs256)] {
        let answer = asks(host, &[("SigningAlgorithm", name)]).await;
        let answer = answer.expect_status(200);
        let claims = verified(&app, &answer.element("WebIdentityToken"), algorithm).await;
        let who = host.tokens("GetCallerIdentity", &[]).await.element("Arn");
        assert_eq!(claims.subject, who);
        assert!(claims.issuer.ends_with(&format!("/identity/{ACCOUNT}")));
        let life = seconds(claims.times.expires_at) - seconds(app.clock().now());
        assert_eq!(life, 300);
        let about = claims.other(NAMESPACE).unwrap();
        assert_eq!(about["aws_account"], ACCOUNT);
        assert_eq!(about["principal_id"], who);
        assert_eq!(about.get("original_session_exp"), None);
        let recorded = app.record(answer.record().unwrap()).await.entry;
        assert_eq!(
            (recorded.verdict, recorded.operation.as_ref()),
            (Verdict::Allow, "GetWebIdentityToken")
        );
        assert!(recorded.reason.contains(name), "{}", recorded.reason);
        assert!(!recorded.reason.contains("api.example.com"));
    }
    let two = [
        ("Audience.member.2", "https://other.example.com"),
        ("DurationSeconds", "3600"),
    ];
    let answer = asks(host, &two).await.expect_status(200);
    let token = answer.element("WebIdentityToken");
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap());
    let claims: Value = serde_json::from_slice(&claims.unwrap()).unwrap();
    let audiences = ["https://api.example.com", "https://other.example.com"];
    assert_eq!(claims["aud"], json!(audiences));
}

async fn an_agent_and_a_role_of_one_name_are_two(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let (_, _, client) = proved(&app, &issuer).await;
    let maker = maker(&app).await;
    role(&maker, "agent", &root()).await;
    let worn = put_on(app.admin(), "agent").await;
    let mut subjects = Vec::new();
    for caller in [&client, &worn] {
        let claims = verified(&app, &token(caller).await, Algorithm::Es384).await;
        subjects.push(claims.subject);
    }
    assert_ne!(subjects[0], subjects[1]);
}

async fn no_token_is_good_after_the_time_of_its_agent(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let (_, _, client) = proved(&app, &issuer).await;
    let end = app.clock().now().plus_seconds(100);
    let body = json!({ "agent": "agent", "expires_at": end.to_string() });
    let request = Request::new("POST", "/v1/agents/expire").json(&body);
    app.admin().send(&request).await.expect_status(200);
    let escalated = asks(&client, &[("DurationSeconds", "101")]).await;
    escalated.expect_code(403, "SessionDurationEscalationException");
    let claims = verified(&app, &token(&client).await, Algorithm::Es384).await;
    assert_eq!(seconds(claims.times.expires_at), seconds(end));
}

async fn an_agent_proves_itself_as_long_as_it_may_act(app: TestApp) {
    let app = agent(app).await;
    let issuer = IssuerServer::start().await;
    let (binding, proved, client) = proved(&app, &issuer).await;
    let claims = verified(&app, &token(&client).await, Algorithm::Es384).await;
    let about = claims.other(NAMESPACE).unwrap();
    let own = format!("arn:aws:iam::{ACCOUNT}:role/procura/agents/agent");
    assert_eq!(claims.subject, own);
    assert_eq!(about["principal_id"], own);
    let end = proved.credentials.key.expires_at.to_string();
    assert_eq!(about["original_session_exp"], end);
    // Its key is good while it is suspended, and proves nothing.
    set_state(&app, AgentState::Suspended).await;
    asks(&client, &[]).await.expect_code(403, "AccessDenied");
    set_state(&app, AgentState::Active).await;
    asks(&client, &[]).await.expect_status(200);
    distrusts(&app, binding.id).await;
    let gone = asks(&client, &[]).await;
    gone.expect_code(403, "InvalidClientTokenId");
}

async fn the_keys_are_made_once_and_for_one_account(app: TestApp) {
    let keys = |account: &str| format!("/identity/{account}/.well-known/jwks.json");
    // Reading makes none.
    document(&app, &keys(ACCOUNT)).await.expect_status(404);
    let host = app.agent_host();
    let (one, two) = tokio::join!(asks(host, &[]), asks(host, &[("DurationSeconds", "60")]));
    for answer in [one, two] {
        let token = answer.expect_status(200).element("WebIdentityToken");
        verified(&app, &token, Algorithm::Es384).await;
    }
    document(&app, &keys(OTHER_ACCOUNT))
        .await
        .expect_status(404);
    token(app.other_account_agent_host()).await;
    let (own, other) = (
        document(&app, &keys(ACCOUNT)).await.json(),
        document(&app, &keys(OTHER_ACCOUNT)).await.json(),
    );
    let names = |set: &Value| {
        let keys = set["keys"].as_array().unwrap().clone();
        keys.into_iter()
            .map(|key| key["kid"].to_string())
            .collect::<Vec<_>>()
    };
    assert!(names(&own).iter().all(|name| !names(&other).contains(name)));
}

async fn a_token_never_outlives_the_key_that_asked_for_it(app: TestApp) {
    let app = agent(app).await;
    let maker = maker(&app).await;
    role(&maker, "host", &root()).await;
    let worn = put_on(app.admin(), "host").await;
    let end = app.clock().now().plus_seconds(3600);
    asks(&worn, &[("DurationSeconds", "3600")])
        .await
        .expect_status(200);
    app.clock().advance(3500);
    let escalated = asks(&worn, &[("DurationSeconds", "101")]).await;
    escalated.expect_code(403, "SessionDurationEscalationException");
    let answer = asks(&worn, &[]).await.expect_status(200);
    let claims = verified(&app, &answer.element("WebIdentityToken"), Algorithm::Es384).await;
    assert_eq!(seconds(claims.times.expires_at), seconds(end));
    let about = claims.other(NAMESPACE).unwrap();
    let lasting = format!("arn:aws:iam::{ACCOUNT}:role/host");
    assert_eq!(claims.subject, lasting);
    assert_eq!(about["principal_id"], lasting);
}

async fn who_administers_gets_no_token(app: TestApp) {
    for role in [Role::Admin, Role::Binding, Role::Auditor, Role::PoolAdmin] {
        let client = app.new_client(ACCOUNT.parse().unwrap(), vec![role]).await;
        asks(&client, &[]).await.expect_code(403, "AccessDenied");
    }
    let keys = format!("/identity/{ACCOUNT}/.well-known/jwks.json");
    document(&app, &keys).await.expect_status(404);
}

async fn a_role_that_has_less_proves_nothing(app: TestApp) {
    let maker = maker(&app).await;
    role(&maker, "host", &root()).await;
    let worn = put_on(app.admin(), "host").await;
    token(&worn).await;
    detach(&maker, "host").await;
    asks(&worn, &[]).await.expect_code(403, "AccessDenied");
}

/// SECURITY: who has such a token is not taken for a user, an agent or a role here.
async fn our_own_token_proves_nobody_here(app: TestApp) {
    let app = agent(app).await;
    let host = app.agent_host();
    let token = token(host).await;
    let issuer = app.app().identity_issuer(ACCOUNT.parse().unwrap());
    let refused = host.token_for_jwt("agent", &token).await;
    refused.expect_error(401, "UnauthorizedException");
    let mut cx = app.app().operator_cx(Action::RegisterIssuer);
    let account = ACCOUNT.parse().unwrap();
    let registered = app
        .app()
        .register_issuer(&mut cx, account, issuer.clone(), IssuerPolicy::default())
        .await;
    assert!(registered.is_err());
    let mut cx = app.app().operator_cx(Action::TrustWorkload);
    let workload = TrustedWorkload {
        issuer,
        jwks_uri: None,
        audience: "https://api.example.com".to_owned(),
        subject: "arn:aws:iam".parse().unwrap(),
        claims: [].into(),
    };
    let name = "agent".parse().unwrap();
    let trusted = app
        .app()
        .trust_workload(&mut cx, account, name, workload)
        .await;
    assert!(trusted.is_err());
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/procura/agents/agent");
    let assumed = by_token(&app, &arn, &token).await;
    assumed.expect_code(403, "AccessDenied");
}

async fn what_a_token_is_asked_for_is_checked_and_not_repeated(app: TestApp) {
    let host = app.agent_host();
    for (name, value) in [
        ("SigningAlgorithm", "S3cr3"),
        ("SigningAlgorithm", "ES256"),
        ("DurationSeconds", "59"),
        ("DurationSeconds", "3601"),
        ("Audience.member.1", ""),
    ] {
        let refused = asks(host, &[(name, value)]).await;
        assert!(value.is_empty() || !refused.text().contains("S3cr3"));
        refused.expect_code(400, "ValidationError");
    }
    let tags = [("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "b")];
    asks(host, &tags).await.expect_code(400, "ValidationError");
}
