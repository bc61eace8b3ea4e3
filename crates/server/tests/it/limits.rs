//! What a node takes on at most. Connections are shown to end by waiting for their end.

use std::time::Duration;

use procura_server::Limits;
use procura_testkit::{Connection, Message, Request, Setup, TestApp};
use procura_wire::Operation::{CreateWorkloadIdentity, ListWorkloadIdentities};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpSocket;
use tokio::time::timeout;

const SHORT: Duration = Duration::from_millis(200);

async fn with(limits: Limits) -> TestApp {
    Setup::default().limits(limits).start().await
}

fn list(app: &TestApp) -> Message {
    app.admin()
        .sign(&Request::of(ListWorkloadIdentities).json(&json!({})))
}

fn create(app: &TestApp, name: &str) -> Message {
    app.admin()
        .sign(&Request::of(CreateWorkloadIdentity).json(&json!({ "name": name })))
}

/// The connection ends with an answer of this status, or with none.
async fn ends_with(connection: &mut Connection, statuses: &[u16]) {
    let answer = connection.response().await;
    let status = answer.map_or(0, |answer| answer.status);
    assert!(statuses.contains(&status), "{status}");
    assert!(connection.read_to_end().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_is_too_long_ends_the_connection() {
    let app = with(Limits {
        head_bytes: 16 * 1024,
        ..Limits::default()
    })
    .await;
    for (name, bytes) in [("x-long", 20_000), ("x-longer", 200_000)] {
        let head = list(&app).add(name, &"x".repeat(bytes)).head();
        let mut connection = app.connect().await;
        connection.send(&head).await;
        ends_with(&mut connection, &[400, 431, 0]).await;
    }
    let mut connection = app.connect().await;
    connection
        .send(format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "x".repeat(70_000)).as_bytes())
        .await;
    ends_with(&mut connection, &[400, 414, 431, 0]).await;
    let mut connection = app.connect().await;
    connection
        .exchange(&list(&app).add("x-long", &"x".repeat(10_000)).bytes())
        .await
        .expect_status(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_headers_end_the_connection() {
    let app = with(Limits {
        headers: 20,
        ..Limits::default()
    })
    .await;
    let mut many = list(&app);
    while many.headers.len() < 20 {
        many = many.add("x-more", "1");
    }
    let mut connection = app.connect().await;
    connection.exchange(&many.bytes()).await.expect_status(200);
    connection.send(&many.add("x-more", "1").bytes()).await;
    ends_with(&mut connection, &[400, 431]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_head_ends_the_connection() {
    let app = with(Limits {
        head_timeout: SHORT,
        ..Limits::default()
    })
    .await;
    for begun in [
        &b""[..],
        b"P",
        b"POST /identities/x HTTP/1.1\r\nhost: x\r\n",
    ] {
        let mut connection = app.connect().await;
        connection.send(begun).await;
        ends_with(&mut connection, &[408, 0]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_connection_is_closed() {
    let app = with(Limits {
        head_timeout: SHORT,
        ..Limits::default()
    })
    .await;
    let mut connection = app.connect().await;
    connection
        .exchange(&list(&app).bytes())
        .await
        .expect_status(200);
    connection
        .exchange(&list(&app).bytes())
        .await
        .expect_status(200);
    ends_with(&mut connection, &[0]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_body_ends_the_connection() {
    let app = with(Limits {
        body_timeout: SHORT,
        ..Limits::default()
    })
    .await;
    let before = app.records().await.len();
    for message in [create(&app, "agent"), create(&app, "agent").in_chunks()] {
        let head = message.head();
        for sent in [0, 1, message.body.len() - 1] {
            let mut connection = app.connect().await;
            let begun = [&head, &message.body[..sent]].concat();
            let slow = connection.exchange(&begun).await;
            slow.expect_error(408, "RequestTimeoutException");
            assert!(connection.read_to_end().await.is_empty());
        }
    }
    assert_eq!(
        app.records().await.len(),
        before,
        "nobody is proved to have asked"
    );
}

/// A claimed key id is enough to have a body read, so what claims may hold is bounded over all
/// connections together; whoever was honest is served when it is given back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_that_nobody_proved_are_bounded_together() {
    let app = with(Limits {
        unproved_body_bytes: 8 * 1024,
        ..Limits::default()
    })
    .await;
    let urls = vec![format!("x:{}", "y".repeat(2000)); 3];
    let large = json!({ "name": "large", "allowedResourceOauth2ReturnUrls": urls });
    let request = Request::of(CreateWorkloadIdentity).json(&large);
    let large = app.admin().sign(&request);
    assert!(
        (5 * 1024..6 * 1024).contains(&large.body.len()),
        "{}",
        large.body.len()
    );
    let mut holder = app.connect().await;
    // The server asks for the body when its place is reserved.
    holder
        .exchange(&large.clone().add("expect", "100-continue").head())
        .await
        .expect_status(100);

    // There are two kilobytes left.
    let busy = app
        .admin()
        .send_message(&large)
        .await
        .expect_error(429, "ThrottlingException");
    assert_eq!(
        (busy.header("retry-after"), busy.record()),
        (Some("1"), None)
    );
    app.admin()
        .send_message(&create(&app, "small"))
        .await
        .expect_status(201);
    // A body of unknown length could be as long as the operation takes.
    let unknown = app
        .admin()
        .send_message(&create(&app, "other").in_chunks())
        .await;
    unknown.expect_error(429, "ThrottlingException");

    holder.exchange(&large.body).await.expect_status(201);
    let large = app.admin().sign(&request);
    let again = app.admin().send_message(&large).await;
    again.expect_error(409, "ConflictException");

    // A holder that goes away gives its place back as well.
    let mut holder = app.connect().await;
    holder
        .exchange(&large.clone().add("expect", "100-continue").head())
        .await
        .expect_status(100);
    drop(holder);
    let mut given_back = false;
    for _ in 0..1000 {
        given_back |= app.admin().send(&request).await.status != 429;
        if given_back {
            break;
        }
    }
    assert!(given_back);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_above_the_cap_waits_until_one_ends() {
    let app = with(Limits {
        connections: 2,
        ..Limits::default()
    })
    .await;
    let (mut first, mut second) = (app.connect().await, app.connect().await);
    first.exchange(&list(&app).bytes()).await.expect_status(200);
    second
        .exchange(&list(&app).bytes())
        .await
        .expect_status(200);
    let mut third = app.connect().await;
    third.send(&list(&app).bytes()).await;
    for _ in 0..20 {
        first.exchange(&list(&app).bytes()).await.expect_status(200);
        assert!(third.is_silent(), "the third is served beside the two");
    }
    drop(second);
    third.response().await.unwrap().expect_status(200);
    first.exchange(&list(&app).bytes()).await.expect_status(200);
}

/// It asks for more than the buffers between it and the server can hold the answers of. Were it let
/// be, neither side would ever move again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_read_ends_its_connection() {
    let app = with(Limits {
        write_timeout: SHORT,
        ..Limits::default()
    })
    .await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(32 * 1024).unwrap();
    let mut stream = socket.connect(app.address()).await.unwrap();
    let requests = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n".repeat(500_000);
    let sent = timeout(Duration::from_secs(20), stream.write_all(&requests)).await;
    assert!(sent.expect("it is let be").is_err());
}
