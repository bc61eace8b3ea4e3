//! Who did not sign as they should is refused, leaves no record, and learns nothing.

use procura_testkit::{Message, Request, Response, Signer, TestApp};
use procura_wire::Operation::CreateWorkloadIdentity;
use serde_json::json;

const MISSING: &str = "MissingAuthenticationTokenException";
const INCOMPLETE: &str = "IncompleteSignatureException";
const INVALID: &str = "InvalidSignatureException";
const UNKNOWN: &str = "UnrecognizedClientException";

fn request() -> Request {
    Request::of(CreateWorkloadIdentity).json(&json!({ "name": "agent" }))
}

fn signed(app: &TestApp) -> Message {
    app.admin().sign(&request())
}

/// Sends, and expects 403 with this exception, no record, and nothing repeated.
async fn refused(app: &TestApp, message: &Message, name: &str) -> Response {
    let before = app.records().await.len();
    let answer = app
        .admin()
        .send_message(message)
        .await
        .expect_error(403, name);
    assert_eq!(answer.record(), None);
    assert_eq!(
        app.records().await.len(),
        before,
        "a stranger leaves no record"
    );
    assert_eq!(answer.members(), ["message"]);
    assert!(!answer.holds(app.admin().secret()));
    assert!(!answer.holds("canary"), "{}", answer.text());
    let authorization = message
        .headers
        .iter()
        .find(|(name, _)| name == "authorization");
    let authorization = authorization.map(|(_, value)| String::from_utf8_lossy(value).into_owned());
    if let Some((_, signature)) = authorization
        .as_deref()
        .and_then(|a| a.split_once("Signature="))
    {
        assert!(
            signature.len() < 64 || !answer.holds(signature),
            "{}",
            answer.text()
        );
    }
    answer
}

/// The message as it is, which nothing was wrong with.
async fn accepted(app: &TestApp, message: &Message) {
    let answer = app.admin().send_message(message).await;
    assert!([201, 409].contains(&answer.status), "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_signature_there_is_no_caller() {
    let app = TestApp::start().await;
    accepted(&app, &signed(&app)).await;
    refused(&app, &signed(&app).without("authorization"), MISSING).await;
    for garbage in [
        "",
        "canary",
        "Bearer canary",
        "Basic Y2FuYXJ5OmNhbmFyeQ==",
        "AWS canary:canary",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 canary",
        "AWS4-HMAC-SHA256 Credential=canary, SignedHeaders=host, Signature=canary",
        "AWS4-ECDSA-P256-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=00",
    ] {
        refused(
            &app,
            &signed(&app).set("authorization", garbage),
            INCOMPLETE,
        )
        .await;
    }
    let latin1 = {
        let mut message = signed(&app).without("authorization");
        message.headers.push((
            "authorization".to_owned(),
            b"AWS4-HMAC-SHA256 \xff\xfe".to_vec(),
        ));
        message
    };
    refused(&app, &latin1, INCOMPLETE).await;
}

/// Attack I21: what says who is calling is dropped, one part after the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_part_of_an_identity_has_a_default() {
    let app = TestApp::start().await;
    refused(&app, &signed(&app).without("authorization"), MISSING).await;
    refused(&app, &signed(&app).without("x-amz-date"), INVALID).await;
    refused(&app, &signed(&app).without("host"), INCOMPLETE).await;
    refused(&app, &signed(&app).without("content-type"), INVALID).await;
    let header = signed(&app).value("authorization");
    for (part, _) in header.match_indices('=').map(|(at, _)| header.split_at(at)) {
        refused(&app, &signed(&app).set("authorization", part), INCOMPLETE).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_key_secret_or_scope_is_refused() {
    let app = TestApp::start().await;
    let sign = |change: &dyn Fn(&mut Signer)| app.admin().signing(|s| change(s)).sign(&request());
    for id in ["PRCAAAAAAAAAAAAAAAAA", "AKIAIOSFODNN7EXAMPLE", "canary"] {
        let unknown = sign(&|signer| signer.key_id = id.to_owned());
        refused(&app, &unknown, UNKNOWN).await;
    }
    let lower = sign(&|signer| signer.key_id = signer.key_id.to_ascii_lowercase());
    refused(&app, &lower, UNKNOWN).await;
    for change in [
        &|signer: &mut Signer| signer.secret = "canary".to_owned(),
        &|signer: &mut Signer| signer.secret.push('x'),
        &|signer: &mut Signer| signer.region = "eu-west-1".to_owned(),
        &|signer: &mut Signer| signer.service = "sts".to_owned(),
        &|signer: &mut Signer| signer.service = "bedrock-agentcore-control".to_owned(),
    ] as [&dyn Fn(&mut Signer); 5]
    {
        refused(&app, &sign(change), INVALID).await;
    }
    // The key of one account does not verify with the secret of another's.
    let other = app.other_account_admin().key_id().to_owned();
    refused(
        &app,
        &sign(&|signer| signer.key_id.clone_from(&other)),
        INVALID,
    )
    .await;
}

/// SECURITY: a stranger costs no memory: the answer comes before a byte of the body was sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_key_is_refused_before_the_body_is_read() {
    let app = TestApp::start().await;
    let stranger = app
        .admin()
        .signing(|s| s.key_id = "PRCAAAAAAAAAAAAAAAAA".to_owned());
    for message in [
        stranger.sign(&request()),
        signed(&app).without("authorization"),
    ] {
        let head = message.set("content-length", "400000").head();
        let mut connection = app.connect().await;
        connection.exchange(&head).await.expect_status(403);
        assert_eq!(
            connection.response().await,
            None,
            "the connection is of no more use"
        );
    }
    // Who may be somebody is waited for.
    let mut connection = app.connect().await;
    let head = signed(&app).set("expect", "100-continue").head();
    connection.exchange(&head).await.expect_status(100);
    connection
        .exchange(&signed(&app).body)
        .await
        .expect_status(201);
}

/// Attack 99.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signature_is_good_for_five_minutes_before_and_after() {
    let app = TestApp::start().await;
    for direction in [1, -1] {
        let message = signed(&app);
        app.clock().advance_millis(direction * 300_000);
        accepted(&app, &message).await;
        app.clock().advance_millis(direction);
        let answer = refused(&app, &message, INVALID).await;
        let word = if direction > 0 {
            "expired"
        } else {
            "not yet current"
        };
        assert!(answer.text().contains(word), "{}", answer.text());
        app.clock().advance_millis(-direction * 300_001);
    }
    for date in [
        "20251113T021320",
        "2025-11-13T02:13:20Z",
        "canary",
        "",
        "20251113T021360Z",
    ] {
        refused(&app, &signed(&app).set("x-amz-date", date), INCOMPLETE).await;
    }
    refused(
        &app,
        &signed(&app).set("x-amz-date", "20251113T021321Z"),
        INVALID,
    )
    .await;
    refused(
        &app,
        &signed(&app).set("x-amz-date", "20251112T021320Z"),
        INVALID,
    )
    .await;
    let date = signed(&app)
        .without("x-amz-date")
        .add("date", "Thu, 13 Nov 2025 02:13:20 GMT");
    refused(&app, &date, INVALID).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_that_matter_are_signed_and_single() {
    let app = TestApp::start().await;
    for name in [
        "x-amz-target",
        "X-Amz-Content-Sha256",
        "x-amzn-bedrock-agentcore-runtime-user-id",
    ] {
        refused(&app, &signed(&app).add(name, "canary"), INVALID).await;
    }
    for name in ["host", "authorization", "x-amz-date", "content-type"] {
        let value = signed(&app).value(name);
        refused(&app, &signed(&app).add(name, &value), INVALID).await;
        refused(
            &app,
            &signed(&app).add(&name.to_ascii_uppercase(), &value),
            INVALID,
        )
        .await;
    }
    refused(&app, &signed(&app).set("host", "evil.example"), INVALID).await;
    // What does not matter may be added on the way.
    accepted(
        &app,
        &signed(&app)
            .add("x-amzn-trace-id", "Root=1")
            .add("user-agent", "x"),
    )
    .await;
    accepted(&app, &signed(&app).add("x-forwarded-for", "203.0.113.9")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_query_authenticates_nobody() {
    let app = TestApp::start().await;
    for query in [
        "X-Amz-Signature=canary",
        "x-amz-security-token=canary",
        "AWSAccessKeyId=canary",
    ] {
        let message = app.admin().sign(&request().query(query));
        refused(&app, &message, INCOMPLETE).await;
        refused(&app, &message.without("authorization"), INCOMPLETE).await;
    }
    refused(
        &app,
        &app.admin().sign(&request().query("a=%58-b+c")),
        INVALID,
    )
    .await;
    let mut changed = app.admin().sign(&request().query("a=b"));
    changed.target = changed.target.replace("a=b", "a=c");
    refused(&app, &changed, INVALID).await;
    accepted(&app, &app.admin().sign(&request().query("b=2&a=1&a=0&c"))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_body_is_the_one_that_was_signed() {
    let app = TestApp::start().await;
    let swapped = signed(&app).with_body(br#"{"name":"canar"}"#.to_vec());
    refused(&app, &swapped, INVALID).await;
    let cut = signed(&app)
        .with_body(br"{}".to_vec())
        .set("content-length", "2");
    refused(&app, &cut, INVALID).await;
    let hash = "x-amz-content-sha256";
    for mode in [
        "UNSIGNED-PAYLOAD",
        "unsigned-payload",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "",
        "canary",
        "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
        // Of the empty body, which this is not.
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ] {
        refused(
            &app,
            &app.admin().sign(&request().header(hash, mode)),
            INVALID,
        )
        .await;
    }
    // Of `{"name":"agent"}`, by another program.
    let own = "f6cfc730ebbafe72c17abcd8f004b580970e5aacbfebb7d6c883282ad7f0a8f5";
    accepted(&app, &app.admin().sign(&request().header(hash, own))).await;
    accepted(&app, &signed(&app).in_chunks()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_term_key_has_no_session_token() {
    let app = TestApp::start().await;
    let name = "x-amz-security-token";
    refused(
        &app,
        &app.admin().sign(&request().header(name, "canary")),
        UNKNOWN,
    )
    .await;
    refused(
        &app,
        &app.admin().sign(&request().header(name, "")),
        INCOMPLETE,
    )
    .await;
    refused(&app, &signed(&app).add(name, "canary"), INVALID).await;
}

/// Attack I19: what stands in `Host` neither routes nor decides.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_path_that_was_signed_is_the_path_that_is_routed() {
    let app = TestApp::start().await;
    let other = "/identities/DeleteWorkloadIdentity";
    let mut message = signed(&app);
    message.target = other.to_owned();
    refused(&app, &message, INVALID).await;
    let mut method = signed(&app);
    method.method = "DELETE".to_owned();
    let unknown = app.admin().send_message(&method).await;
    unknown.expect_error(404, "UnknownOperationException");
    for host in [
        format!("x{other}"),
        format!("x{other}?"),
        "a/?x#".to_owned(),
    ] {
        refused(&app, &signed(&app).set("host", &host), INVALID).await;
    }
    // A label that another reader of the path would take for a step (attack 101).
    for path in ["/tags/.", "/tags/..", "/tags/x/"] {
        let request = Request::new("GET", path);
        let answer = app.admin().send(&request).await;
        assert!([403, 404].contains(&answer.status), "{path}");
        assert_eq!(answer.record(), None);
    }
    // The absolute form names the same path (RFC 9112 §3.2.2).
    let mut absolute = signed(&app);
    absolute.target = format!("http://evil.example{}", absolute.target);
    accepted(&app, &absolute).await;
    let mut absolute = signed(&app);
    absolute.target = format!("http://evil.example{other}");
    refused(&app, &absolute, INVALID).await;
}
