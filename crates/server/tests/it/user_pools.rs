//! The wire of user pools: which operation is called, who signs for it, and how it is told no.

use procura_app::rate_limit::RateLimits;
use procura_core::rate::Rate;
use procura_server::Limits;
use procura_testkit::{Message, Request, Response, Setup, TestApp};
use procura_wire::Operation::ListWorkloadIdentities;
use procura_wire::cognito::{CONTENT_TYPE, Operation};
use serde_json::json;

const UNKNOWN: &str = "UnknownOperationException";
const THROTTLED: &str = "TooManyRequestsException";
const PASSWORD: &str = "MyPassword123!";

/// What the pipeline says no with; with or without a handler, anything else has gone past it.
const REFUSALS: [&str; 8] = [
    "MissingAuthenticationTokenException",
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "UnrecognizedClientException",
    "RequestEntityTooLargeException",
    "RequestTimeoutException",
    "SerializationException",
    THROTTLED,
];

fn call(operation: Operation) -> Request {
    Request::of_user_pools(operation, &json!({}))
}

/// As clients send what they do not sign.
fn plain(app: &TestApp, request: &Request) -> Message {
    let signed = app.admin().sign(request);
    signed.without("authorization").without("x-amz-date")
}

/// The answer to a message, which is this exception in the form of JSON 1.1.
async fn refused(app: &TestApp, message: &Message, status: u16, name: &str) -> Response {
    let before = app.records().await.len();
    let answer = app.admin().send_message(message).await;
    let answer = answer.expect_error(status, name);
    assert_eq!(answer.member("__type"), name);
    assert_eq!(answer.members(), ["__type", "message"]);
    assert_eq!(answer.header("content-type"), Some(CONTENT_TYPE));
    assert_eq!(answer.header("x-amzn-requestid").map(str::len), Some(36));
    assert_eq!(answer.record(), None);
    assert!(!answer.holds("canary"), "{}", answer.text());
    let after = app.records().await.len();
    assert_eq!(after, before, "a stranger leaves no record");
    answer
}

/// Nothing was wrong with the way that it went.
async fn accepted(app: &TestApp, message: &Message) {
    let answer = app.admin().send_message(message).await;
    let name = answer.error_type().unwrap_or_default();
    assert!(!REFUSALS.contains(&name), "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some(CONTENT_TYPE));
}

fn signed() -> impl Iterator<Item = Operation> {
    let all = Operation::ALL.iter().copied();
    all.filter(|operation| operation.is_signed())
}

fn unsigned() -> impl Iterator<Item = Operation> {
    let all = Operation::ALL.iter().copied();
    all.filter(|operation| !operation.is_signed())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_absent_says_why_and_what_is_unknown_is_told_so() {
    let app = TestApp::start().await;
    let of = |target: &str| plain(&app, &Request::of_target(target, &json!({})));
    let ours = |name: &str| of(&format!("AWSCognitoIdentityProviderService.{name}"));
    let absent = refused(&app, &ours("SignUp"), 400, UNKNOWN).await;
    assert_eq!(
        absent.member("message"),
        "Procura does not have the operation SignUp: codes by mail or message are not sent: an \
         administrator makes users and sets passwords"
    );
    for name in ["Canary", "", "CreateUserPool.", "createuserpool"] {
        let unknown = refused(&app, &ours(name), 400, UNKNOWN).await;
        assert!(unknown.member("message").starts_with("cognito-idp has no"));
    }
    for target in ["", "canary", "DynamoDB_20120810.GetItem", "CreateUserPool"] {
        let foreign = refused(&app, &of(target), 400, UNKNOWN).await;
        assert!(foreign.member("message").contains("another service"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_counts_on_one_path_with_one_method_and_once() {
    let app = TestApp::start().await;
    let message = plain(&app, &call(Operation::InitiateAuth));
    accepted(&app, &message).await;
    let twice = message
        .clone()
        .add("x-amz-target", &message.value("x-amz-target"));
    let target = Operation::ListUserPools.target();
    let both = message.clone().add("x-amz-target", &target);
    for ambiguous in [twice, both] {
        let none = refused(&app, &ambiguous, 400, UNKNOWN).await;
        assert!(none.member("message").contains("another service"));
    }
    for (method, path) in [
        ("GET", "/"),
        ("PUT", "/"),
        ("POST", "/canary"),
        ("POST", "//"),
    ] {
        let mut other = message.clone();
        method.clone_into(&mut other.method);
        path.clone_into(&mut other.target);
        let answer = app.admin().send_message(&other).await;
        let answer = answer.expect_error(404, UNKNOWN);
        assert_eq!(answer.members(), ["message"]);
    }
    let answer = app
        .admin()
        .send_message(&message.without("x-amz-target"))
        .await;
    answer.expect_error(404, UNKNOWN);
    // What is called on another path is not the target's.
    let list = Request::of(ListWorkloadIdentities).json(&json!({}));
    let list = list.header("x-amz-target", &Operation::DeleteUserPool.target());
    app.admin().send(&list).await.expect_status(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_signed_is_signed_for_this_service_and_no_other() {
    let app = TestApp::start().await;
    let admin = app.admin().of_user_pools();
    for operation in signed() {
        accepted(&app, &admin.sign(&call(operation))).await;
        let unsigned = plain(&app, &call(operation));
        refused(&app, &unsigned, 400, "MissingAuthenticationTokenException").await;
        let garbage = unsigned.add("authorization", "Bearer canary");
        refused(&app, &garbage, 400, "IncompleteSignatureException").await;
    }
    let request = call(Operation::CreateUserPool);
    for service in ["bedrock-agentcore", "cognito-identity", "sts"] {
        let other = admin.signing(|signer| service.clone_into(&mut signer.service));
        refused(
            &app,
            &other.sign(&request),
            400,
            "InvalidSignatureException",
        )
        .await;
    }
    let elsewhere = admin.signing(|signer| "eu-west-1".clone_into(&mut signer.region));
    refused(
        &app,
        &elsewhere.sign(&request),
        400,
        "InvalidSignatureException",
    )
    .await;
    let wrong = admin.signing(|signer| signer.secret.push('x'));
    refused(
        &app,
        &wrong.sign(&request),
        400,
        "InvalidSignatureException",
    )
    .await;
    let nobody = admin.signing(|signer| "PRCAAAAAAAAAAAAAAAAA".clone_into(&mut signer.key_id));
    refused(
        &app,
        &nobody.sign(&request),
        400,
        "UnrecognizedClientException",
    )
    .await;
    // The other way round, and in the form of the other API.
    let list = Request::of(ListWorkloadIdentities).json(&json!({}));
    let answer = admin.send(&list).await;
    let answer = answer.expect_error(403, "InvalidSignatureException");
    assert_eq!(answer.members(), ["message"]);
}

/// The keys that signatures are checked with are kept; one is for one service.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_signs_for_both_services_in_turn() {
    let app = TestApp::start().await;
    let list = Request::of(ListWorkloadIdentities).json(&json!({}));
    for _ in 0..2 {
        app.admin().send(&list).await.expect_status(200);
        let message = app
            .admin()
            .of_user_pools()
            .sign(&call(Operation::ListUserPools));
        accepted(&app, &message).await;
    }
}

/// SECURITY: the header names the operation; another one is another request.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_target_of_a_signed_request_is_what_was_signed() {
    let app = TestApp::start().await;
    let admin = app.admin().of_user_pools();
    let delete = Operation::DeleteUserPool.target();
    let describe = admin.sign(&call(Operation::DescribeUserPool));
    let changed = describe.clone().set("x-amz-target", &delete);
    refused(&app, &changed, 400, "InvalidSignatureException").await;
    let without = describe.without("x-amz-target");
    let answer = app.admin().send_message(&without).await;
    answer.expect_error(404, UNKNOWN);
    // Signed as if it had no target, which is added on the way.
    let bare = admin.sign(&Request::new("POST", "/").json(&json!({})));
    let added = bare.add("x-amz-target", &delete);
    refused(&app, &added, 400, "InvalidSignatureException").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_is_too_long_is_refused_before_it_is_there() {
    let app = TestApp::start().await;
    for operation in [
        Operation::DescribeUserPool,
        Operation::GetUser,
        Operation::InitiateAuth,
    ] {
        let message = app.admin().of_user_pools().sign(&call(operation));
        let length = (operation.body_bytes_max() + 1).to_string();
        let head = message.set("content-length", &length).with_body(Vec::new());
        refused(&app, &head, 413, "RequestEntityTooLargeException").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn junk_that_nobody_signs_is_no_input() {
    let app = TestApp::start().await;
    for operation in unsigned() {
        for body in [
            "{\"canary",
            "[]",
            "\"canary\"",
            "\u{0}",
            r#"{"ClientId": "a", "ClientId": "canary"}"#,
            r#"{"AuthParameters": {"USERNAME": "a", "USERNAME": "canary"}}"#,
        ] {
            let message = plain(&app, &call(operation).body(body.as_bytes()));
            refused(&app, &message, 400, "SerializationException").await;
        }
    }
    let metrics = app.metrics().await;
    let line = "procura_unauthenticated_total{reason=\"unsigned\"} 36\n";
    assert!(metrics.text().contains(line), "{}", metrics.text());
}

async fn with(rates: RateLimits) -> TestApp {
    let limits = Limits {
        rates,
        ..Limits::default()
    };
    Setup::default().limits(limits).start().await
}

const fn rate(per_second: u32, burst: u32) -> Rate {
    Rate { per_second, burst }
}

/// Whether the answer to what nobody signs was yes or no, it was one of the address.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_signs_is_refused_by_its_own_bucket() {
    let app = with(RateLimits {
        unsigned: rate(1, 4),
        address_failures: rate(1, 1),
        ..RateLimits::default()
    })
    .await;
    let signed_goes_on = async || {
        let list = app.admin().of_user_pools();
        let list = list.sign(&call(Operation::ListUserPools));
        accepted(&app, &list).await;
    };
    let junk = plain(&app, &call(Operation::InitiateAuth).body(b"junk"));
    let revoke = json!({ "Token": "a", "ClientId": "a" });
    let revoke = plain(
        &app,
        &Request::of_user_pools(Operation::RevokeToken, &revoke),
    );
    let long = (Operation::GetUser.body_bytes_max() + 1).to_string();
    let long = plain(&app, &call(Operation::GetUser)).set("content-length", &long);
    let long = long.with_body(Vec::new());
    refused(&app, &junk, 400, "SerializationException").await;
    refused(&app, &junk, 400, "SerializationException").await;
    refused(&app, &long, 413, "RequestEntityTooLargeException").await;
    signed_goes_on().await;
    accepted(&app, &revoke).await;
    for operation in unsigned() {
        let message = plain(&app, &call(operation));
        let answer = refused(&app, &message, 400, THROTTLED).await;
        assert_eq!(answer.header("retry-after"), Some("1"));
        signed_goes_on().await;
    }
    app.clock().advance(1);
    accepted(&app, &revoke).await;
    refused(&app, &revoke, 400, THROTTLED).await;
    signed_goes_on().await;
    let metrics = app.metrics().await;
    for line in [
        "procura_rate_limit_refusals_total{bucket=\"address_unsigned\"} 7\n",
        "procura_rate_limit_refusals_total{bucket=\"address\"} 0\n",
        "procura_unauthenticated_total{reason=\"body\"} 0\n",
    ] {
        assert!(metrics.text().contains(line), "{line}{}", metrics.text());
    }
}

/// Each time that it is used, tokens are signed and a record is written.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_good_refresh_token_is_not_used_without_end() {
    let app = with(RateLimits {
        unsigned: rate(1, 3),
        ..RateLimits::default()
    })
    .await;
    let admin = app.admin().of_user_pools();
    let ask = async |operation, body| {
        let request = Request::of_user_pools(operation, &body);
        admin.send(&request).await.expect_status(200).json()
    };
    let pool = ask(Operation::CreateUserPool, json!({ "PoolName": "users" })).await;
    let pool = &pool["UserPool"]["Id"];
    let body = json!({ "UserPoolId": pool, "ClientName": "app" });
    let client = ask(Operation::CreateUserPoolClient, body).await;
    let client = &client["UserPoolClient"]["ClientId"];
    let body = json!({ "UserPoolId": pool, "Username": "alice" });
    ask(Operation::AdminCreateUser, body).await;
    let body = json!({
        "UserPoolId": pool, "Username": "alice", "Password": PASSWORD, "Permanent": true,
    });
    ask(Operation::AdminSetUserPassword, body).await;

    let initiate = |flow: &str, parameters: serde_json::Value| {
        let body = json!({ "ClientId": client, "AuthFlow": flow, "AuthParameters": parameters });
        let request = Request::of_user_pools(Operation::InitiateAuth, &body);
        plain(&app, &request)
    };
    let alice = json!({ "USERNAME": "alice", "PASSWORD": PASSWORD });
    let alice = initiate("USER_PASSWORD_AUTH", alice);
    let signed_in = app.admin().send_message(&alice).await.expect_status(200);
    let refresh = &signed_in.json()["AuthenticationResult"]["RefreshToken"];
    let refresh = initiate("REFRESH_TOKEN_AUTH", json!({ "REFRESH_TOKEN": refresh }));
    for _ in 0..2 {
        let answer = app.admin().send_message(&refresh).await;
        answer.expect_status(200);
    }
    refused(&app, &refresh, 400, THROTTLED).await;
    ask(Operation::DescribeUserPool, json!({ "UserPoolId": pool })).await;
    app.clock().advance(1);
    let answer = app.admin().send_message(&refresh).await;
    answer.expect_status(200);
    refused(&app, &refresh, 400, THROTTLED).await;
}

/// Whoever signs wrongly is refused what nobody signs as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_fails_too_often_is_refused_and_recovers() {
    let app = with(RateLimits {
        address_failures: rate(1, 3),
        ..RateLimits::default()
    })
    .await;
    let missing = plain(&app, &call(Operation::ListUsers));
    for _ in 0..3 {
        refused(&app, &missing, 400, "MissingAuthenticationTokenException").await;
    }
    for operation in Operation::ALL.iter().copied() {
        let message = app.admin().of_user_pools().sign(&call(operation));
        let answer = refused(&app, &message, 400, THROTTLED).await;
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
    app.clock().advance(1);
    accepted(&app, &plain(&app, &call(Operation::GetUser))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_full_is_busy() {
    let limits = Limits {
        unproved_body_bytes: 0,
        ..Limits::default()
    };
    let app = Setup::default().limits(limits).start().await;
    for operation in Operation::ALL.iter().copied() {
        let message = app.admin().of_user_pools().sign(&call(operation));
        let busy = refused(&app, &message, 400, THROTTLED).await;
        assert_eq!(busy.header("retry-after"), Some("1"));
    }
}
