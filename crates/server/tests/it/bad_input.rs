//! Bodies that no operation takes: refused, recorded, and not repeated.

use procura_core::audit::record::Verdict;
use procura_testkit::{Request, TestApp};
use procura_wire::Operation::{self, CreateApiKeyCredentialProvider, CreateWorkloadIdentity};
use serde_json::json;

/// A secret that stands in every body here, and nowhere else afterwards.
const CANARY: &str = "hunter2-7f3a";

/// Sends each body signed as it should be, and expects it to be refused.
async fn refuse_each(operation: Operation, bodies: &[Vec<u8>], reason: &str) {
    let app = TestApp::start().await;
    for body in bodies {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let before = app.records().await.len();
        let refused = app.admin().send(&Request::of(operation).body(body)).await;
        assert_eq!(refused.status, 400, "{shown}: {}", refused.text());
        let refused = refused.expect_error(400, "ValidationException");
        assert_eq!(
            refused.member("reason"),
            reason,
            "{shown}: {}",
            refused.text()
        );
        assert!(!refused.holds(CANARY), "{shown}: {}", refused.text());
        let record = app.record(refused.record().unwrap()).await;
        assert_eq!(app.records().await.len(), before + 1, "{shown}");
        assert_eq!(record.entry.verdict, Verdict::Deny);
        assert_eq!(record.entry.operation, operation.name());
        let line = String::from_utf8(record.to_line().unwrap()).unwrap();
        assert!(!line.contains(CANARY), "{line}");

        // The same of a stranger leaves no record.
        let unsigned = app
            .admin()
            .sign(&Request::of(operation).body(body))
            .without("authorization");
        let unsigned = app.admin().send_message(&unsigned).await;
        assert_eq!((unsigned.status, unsigned.record()), (403, None));
        assert_eq!(app.records().await.len(), before + 1, "{shown}");
    }
    // Nothing of it was done.
    let made = app.admin().create_provider("github", "k").await;
    made.expect_status(201);
    app.admin().create_agent("agent").await.expect_status(201);
}

fn bodies(texts: &[&str]) -> Vec<Vec<u8>> {
    texts
        .iter()
        .map(|text| text.replace("CANARY", CANARY).into_bytes())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_json_is_refused() {
    let mut cases = bodies(&[
        "CANARY",
        r#"{"name":"agent","x":"CANARY""#,
        r#"{"name":"agent","x":"CANARY",}"#,
        r#"{"name":"agent","x":'CANARY'}"#,
        r#"{name:"agent","x":"CANARY"}"#,
        r#"{"name":"agent","x":"CANARY"} x"#,
        r#"{"name":"agent"}{"x":"CANARY"}"#,
        r#"{"name":"agent","x":"CANARY\ud800"}"#,
        r#"{"name":"agent","x":"CANARY\x"}"#,
        r#"{"name":"agent","x":NaN,"y":"CANARY"}"#,
        r#"{"name":"agent","x":01,"y":"CANARY"}"#,
        r#"{"name":"agent","x":"CANARY"} // comment"#,
        "{\"name\":\"agent\",\"x\":\"CANARY\n\"}",
        " ",
        "name=agent&x=CANARY",
        "<name>CANARY</name>",
    ]);
    cases.push([&b"\xef\xbb\xbf"[..], br#"{"name":"agent"}"#].concat());
    cases.push([&br#"{"name":"agent","x":"hunter2-7f3a"#[..], b"\xff\"}"].concat());
    cases.push([&br#"{"name":"agent","x":"hunter2-7f3a"#[..], b"\xc0\x80\"}"].concat());
    cases.push(
        "{\"name\":\"agent\"}"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect(),
    );
    refuse_each(CreateWorkloadIdentity, &cases, "CannotParse").await;
}

/// Attack I2: two readers must not see two requests.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_two_readers_could_read_in_two_ways_is_refused() {
    let cases = bodies(&[
        r#"{"name":"agent","name":"CANARY"}"#,
        r#"{"name":"agent","na\u006de":"CANARY"}"#,
        r#"{"name":"agent","x":"CANARY","x":"CANARY"}"#,
        r#"{"name":"agent","tags":{"a":"1","a":"CANARY"}}"#,
        r#"{"name":"agent","x":[{"y":{"z":1,"\u007a":"CANARY"}}]}"#,
        r#"{"name":"agent","name\u0000":"CANARY"}"#,
        r#"{"name":"agent","x":{"CANARY\u0000":1}}"#,
        r#"{"name":"agent\u0000CANARY"}"#,
        r#"{"name":"agent","x":["CANARY\u0000"]}"#,
        r#"{"name":"agent","tags":{"a":"CANARY\u0000"}}"#,
    ]);
    refuse_each(CreateWorkloadIdentity, &cases, "CannotParse").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_deep_too_wide_or_too_large_is_refused() {
    let nested = |depth: usize| {
        let (open, close) = ("[".repeat(depth - 1), "]".repeat(depth - 1));
        format!(r#"{{"name":"agent","x":{open}"{CANARY}"{close}}}"#).into_bytes()
    };
    let keys: Vec<String> = (0..10_001).map(|key| format!(r#""k{key}":0"#)).collect();
    let cases = [
        nested(17),
        nested(10_000),
        "[".repeat(100_000).into_bytes(),
        r#"{"a":"#.repeat(50_000).into_bytes(),
        format!("{{{}}}", keys.join(",")).into_bytes(),
        format!(r#"{{"name":"agent","{}":1}}"#, CANARY.repeat(60)).into_bytes(),
        format!(r#"{{"name":"agent","x":1e400,"y":"{CANARY}"}}"#).into_bytes(),
        format!(r#"{{"name":"agent","x":-1{}}}"#, "0".repeat(400)).into_bytes(),
    ];
    refuse_each(CreateWorkloadIdentity, &cases, "CannotParse").await;

    let app = TestApp::start().await;
    let allowed = app
        .admin()
        .send(&Request::of(CreateWorkloadIdentity).body(&nested(16)))
        .await;
    allowed.expect_status(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_of_another_type_is_refused() {
    let cases = bodies(&[
        r#"["CANARY"]"#,
        r#""CANARY""#,
        "7",
        "null",
        "true",
        r#"{"name":7}"#,
        r#"{"name":["CANARY"]}"#,
        r#"{"name":{"CANARY":1}}"#,
        r#"{"name":true}"#,
        r#"{"name":"agent","tags":"CANARY"}"#,
        r#"{"name":"agent","tags":["CANARY"]}"#,
        r#"{"name":"agent","tags":{"a":["CANARY"]}}"#,
        r#"{"name":"agent","allowedResourceOauth2ReturnUrls":"CANARY"}"#,
        r#"{"name":"agent","allowedResourceOauth2ReturnUrls":[{"CANARY":1}]}"#,
    ]);
    refuse_each(CreateWorkloadIdentity, &cases, "CannotParse").await;
    let cases = bodies(&[
        r#"{"name":"github","apiKey":["CANARY"]}"#,
        r#"{"name":"github","apiKey":{"CANARY":"CANARY"}}"#,
        r#"{"name":"github","apiKey":"CANARY\u0000"}"#,
        r#"{"name":"github","apiKey":"CANARY","apiKeySecretConfig":"CANARY"}"#,
    ]);
    refuse_each(CreateApiKeyCredentialProvider, &cases, "CannotParse").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_breaks_a_constraint_is_refused() {
    let long = format!(r#"{{"name":"{}"}}"#, CANARY.repeat(25));
    let cases = bodies(&[
        "",
        "{}",
        r#"{"x":"CANARY"}"#,
        r#"{"Name":"CANARY"}"#,
        r#"{"name":null,"x":"CANARY"}"#,
        r#"{"name":""}"#,
        r#"{"name":"sp ace CANARY"}"#,
        r#"{"name":"CANARY\n"}"#,
        r#"{"name":"../../CANARY"}"#,
        r#"{"name":"CANARY' OR '1'='1"}"#,
        r#"{"name":"${jndi:CANARY}"}"#,
        r#"{"name":"ＣＡＮ CANARY"}"#,
        r#"{"name":"agent","tags":{"CANARY\u00e9":"x"}}"#,
        r#"{"name":"agent","tags":{"a":"CANARY;"}}"#,
        r#"{"name":"agent","allowedResourceOauth2ReturnUrls":["CANARY"]}"#,
        &long,
    ]);
    refuse_each(CreateWorkloadIdentity, &cases, "FieldValidationFailed").await;
    let cases = bodies(&[
        r#"{"apiKey":"CANARY"}"#,
        r#"{"name":"a b","apiKey":"CANARY"}"#,
        r#"{"name":"github","apiKey":"CANARY","tags":{"aws:CANARY":"x"}}"#,
        r#"{"name":"github","apiKey":"CANARY","apiKeySecretSource":"CANARY"}"#,
        r#"{"name":"github","apiKey":"CANARY","apiKeySecretSource":"EXTERNAL"}"#,
    ]);
    refuse_each(
        CreateApiKeyCredentialProvider,
        &cases,
        "FieldValidationFailed",
    )
    .await;
}

/// Members that we do not know are ignored, whatever they hold; where no body is read, one that is
/// sent is still held to the rules.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_unknown_is_ignored() {
    let app = TestApp::start().await;
    let body = json!({ "name": "agent", "clientToken": 7, "__type": "x", "x": { "y": [null] } });
    app.admin()
        .call(CreateWorkloadIdentity, body)
        .await
        .expect_status(201);
    let tags = Request::of_tags(Operation::ListTagsForResource, &crate::arn::agent("agent"));
    app.admin()
        .send(&tags.clone().body(b"{\"x\":1}"))
        .await
        .expect_status(200);
    let refused = app.admin().send(&tags.body(b"{\"x\":1,\"x\":2}")).await;
    refused.expect_error(400, "ValidationException");
}
