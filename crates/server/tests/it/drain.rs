//! A node that stops finishes what it has begun, and begins nothing.

use std::io::ErrorKind;
use std::time::Duration;

use procura_server::Limits;
use procura_testkit::{Request, Setup, TestApp};
use procura_wire::Operation::{CreateWorkloadIdentity, ListWorkloadIdentities};
use serde_json::json;
use tokio::net::TcpStream;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_in_flight_is_finished_and_nothing_else_begins() {
    let mut app = TestApp::start().await;
    let list = app
        .admin()
        .sign(&Request::of(ListWorkloadIdentities).json(&json!({})))
        .bytes();
    let create = Request::of(CreateWorkloadIdentity).json(&json!({ "name": "agent" }));
    let create = app.admin().sign(&create).add("expect", "100-continue");
    let mut idle = app.connect().await;
    idle.exchange(&list).await.expect_status(200);
    let mut unused = app.connect().await;
    let mut in_flight = app.connect().await;
    // The request is in flight when the server asks for its body.
    in_flight.exchange(&create.head()).await.expect_status(100);

    let address = app.address();
    let client = async {
        // The ends of these say that the stop was heard.
        assert!(idle.read_to_end().await.is_empty());
        assert!(unused.read_to_end().await.is_empty());
        loop {
            match TcpStream::connect(address).await {
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => break,
                Err(_) => {}
                // From before the socket was closed: nobody serves it.
                Ok(_) => tokio::task::yield_now().await,
            }
        }
        let made = in_flight.exchange(&create.body).await.expect_status(201);
        assert_eq!(made.header("connection"), Some("close"));
        assert!(in_flight.read_to_end().await.is_empty());
    };
    tokio::join!(app.drain(), client);
    // What was answered was done and is recorded.
    let records = app.records().await;
    assert!(
        records
            .iter()
            .any(|record| record.entry.operation == "CreateWorkloadIdentity")
    );
    app.verify_records().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_does_not_end_is_not_waited_for_longer_than_allowed() {
    let limits = Limits {
        drain_timeout: Duration::from_millis(200),
        ..Limits::default()
    };
    let mut app = Setup::default().limits(limits).start().await;
    let create = Request::of(CreateWorkloadIdentity).json(&json!({ "name": "agent" }));
    let create = app.admin().sign(&create).add("expect", "100-continue");
    let mut stuck = app.connect().await;
    stuck.exchange(&create.head()).await.expect_status(100);
    app.drain().await;
    assert_eq!(stuck.response().await, None);
}
