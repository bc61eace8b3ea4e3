//! Requests that are no HTTP, or that two servers could frame in two ways: the connection ends, and
//! nothing is done.

use procura_testkit::{Message, Request, TestApp, chunked};
use procura_wire::Operation::{self, CreateWorkloadIdentity, GetWorkloadIdentity};
use serde_json::json;

const SMUGGLED: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: smuggled\r\n\r\n";

fn signed(app: &TestApp) -> Message {
    app.admin()
        .sign(&Request::of(CreateWorkloadIdentity).json(&json!({ "name": "agent" })))
}

/// What comes back is one response at most, with one of these statuses; the connection ends, what
/// follows on it is not answered, nothing is recorded or done, and the server goes on.
async fn ends(app: &TestApp, bytes: &[u8], statuses: &[u16]) {
    let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
    let before = app.records().await.len();
    let mut connection = app.connect().await;
    connection.send(&[bytes, SMUGGLED].concat()).await;
    let answer = connection.response().await;
    let status = answer.as_ref().map_or(0, |answer| answer.status);
    assert!(statuses.contains(&status), "{status} to {shown}");
    let rest = connection.read_to_end().await;
    assert!(
        rest.is_empty(),
        "{} after {shown}",
        String::from_utf8_lossy(&rest)
    );
    assert_eq!(app.records().await.len(), before, "{shown}");
    let made = app
        .admin()
        .call(GetWorkloadIdentity, json!({ "name": "agent" }))
        .await;
    made.expect_error(404, "ResourceNotFoundException");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_length_that_is_no_length_ends_the_connection() {
    let app = TestApp::start().await;
    for length in [
        "+16",
        "-1",
        "16 ",
        "0x10",
        "16, 16",
        "1e1",
        "",
        "16\u{b}",
        "99999999999999999999",
    ] {
        let bytes = signed(&app).set("content-length", length).bytes();
        if length == "16 " {
            // White space around a value is no part of it (RFC 9110 §5.5): this is a length.
            let mut connection = app.connect().await;
            connection.exchange(&bytes).await.expect_status(201);
            let delete = Operation::DeleteWorkloadIdentity;
            app.admin()
                .call(delete, json!({ "name": "agent" }))
                .await
                .expect_status(204);
            continue;
        }
        ends(&app, &bytes, &[400]).await;
    }
    let two = signed(&app).add("content-length", "5").bytes();
    ends(&app, &two, &[400]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chunks_that_are_no_chunks_end_the_connection() {
    let app = TestApp::start().await;
    let in_chunks = |body: &[u8]| signed(&app).in_chunks().with_body(body.to_vec()).bytes();
    for body in [
        &b"z\r\n{\"name\":\"agent\"}\r\n0\r\n\r\n"[..],
        b"-1\r\n\r\n",
        b"+10\r\n{\"name\":\"agent\"}\r\n0\r\n\r\n",
        b"0x10\r\n{\"name\":\"agent\"}\r\n0\r\n\r\n",
        b"10\r\n{\"name\":\"agent\"}XX0\r\n\r\n",
        b"ffffffffffffffffff\r\n{}\r\n0\r\n\r\n",
        b"\r\n\r\n\r\n",
    ] {
        ends(&app, &in_chunks(body), &[400]).await;
    }
    for coding in [
        "gzip",
        "chunked, gzip",
        "identity",
        "xchunked",
        "chunked, identity",
    ] {
        let bytes = signed(&app)
            .in_chunks()
            .set("transfer-encoding", coding)
            .bytes();
        ends(&app, &bytes, &[400]).await;
    }
}

/// RFC 9112 §6.1: a message with both is read in chunks and is the last of its connection, so that
/// what another server took for its rest is not answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_length_beside_chunks_is_the_end_of_the_connection() {
    let app = TestApp::start().await;
    for length in ["5", "16", "1000"] {
        let message = app
            .admin()
            .sign(&Request::of(GetWorkloadIdentity).json(&json!({"name": "x-y"})));
        let bytes = message.in_chunks().add("content-length", length).bytes();
        let mut connection = app.connect().await;
        connection.send(&[&bytes, SMUGGLED].concat()).await;
        let answer = connection.response().await.unwrap();
        answer.expect_error(404, "ResourceNotFoundException");
        assert!(
            connection.read_to_end().await.is_empty(),
            "the smuggled request is not answered"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_http_1_1_ends_the_connection() {
    let app = TestApp::start().await;
    let plain = signed(&app).bytes();
    let text = String::from_utf8(plain).unwrap();
    for bad in [
        text.replace("HTTP/1.1", "HTTP/1.9"),
        text.replace("HTTP/1.1", "HTTP/2.0"),
        text.replace("POST /", "POST  /"),
        text.replace("POST /", "PO ST /"),
        text.replace("x-amz-date:", "x-amz-date :"),
        text.replace("host:", "ho st:"),
        text.replace("content-type: ", "content-type: \0"),
        text.replace("\r\ncontent-type: ", "\r\n folded\r\ncontent-type: "),
        text.replace("POST /identities", "POST identities"),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}".to_owned(),
        "canary\r\n\r\n".to_owned(),
    ] {
        ends(&app, bad.as_bytes(), &[0, 400, 505]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_above_the_cap_of_its_operation_is_too_large() {
    let app = TestApp::start().await;
    let cap = GetWorkloadIdentity.body_bytes_max();
    let body = |bytes: usize| {
        let empty = br#"{"name":"agent","x":""}"#.len();
        format!(r#"{{"name":"agent","x":"{}"}}"#, "x".repeat(bytes - empty)).into_bytes()
    };
    let sign = |bytes| {
        app.admin()
            .sign(&Request::of(GetWorkloadIdentity).body(&body(bytes)))
    };
    // Announced: refused although nothing of it was sent.
    let mut connection = app.connect().await;
    let refused = connection.exchange(&sign(cap + 1).head()).await;
    let refused = refused.expect_error(413, "RequestEntityTooLargeException");
    assert_eq!(refused.record(), None, "nobody is proved to have asked");
    assert!(connection.read_to_end().await.is_empty());
    // Unannounced: refused at the first byte too many, whether or not an end is in sight.
    let endless = chunked(&vec![b'x'; 2 * cap]);
    let endless = sign(cap)
        .in_chunks()
        .with_body(endless[..cap + 1500].to_vec());
    for message in [sign(cap + 1), sign(cap + 1).in_chunks(), endless] {
        let before = app.records().await.len();
        let refused = app.admin().send_message(&message).await;
        refused.expect_error(413, "RequestEntityTooLargeException");
        assert_eq!(app.records().await.len(), before);
    }
    // The last byte that fits.
    for message in [sign(cap), sign(cap).in_chunks()] {
        let absent = app.admin().send_message(&message).await;
        absent.expect_error(404, "ResourceNotFoundException");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_in_a_row_are_answered_in_their_order() {
    let app = TestApp::start().await;
    let get = |name: &str| {
        let request = Request::of(GetWorkloadIdentity).json(&json!({ "name": name }));
        app.admin().sign(&request).bytes()
    };
    let mut connection = app.connect().await;
    connection
        .send(&[get("first"), get("second"), SMUGGLED.to_vec()].concat())
        .await;
    assert!(
        connection
            .response()
            .await
            .unwrap()
            .text()
            .contains("first")
    );
    assert!(
        connection
            .response()
            .await
            .unwrap()
            .text()
            .contains("second")
    );
    assert_eq!(connection.response().await.unwrap().text(), "ok\n");
}
