//! What a test can have the token endpoint do wrong.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use procura_demo::{Answer, DemoAuthentication, DemoClient, Endpoint, Misbehaviour};
use tokio::io::AsyncReadExt as _;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::client::{Reply, Served, demo_basic};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

async fn ask(served: &Served, misbehaviour: Option<Misbehaviour>) -> Option<Reply> {
    served.provider.misbehave(misbehaviour);
    let form = [GRANT, ("scope", "read repo")];
    served
        .try_token(&[("Authorization", &demo_basic())], &form)
        .await
}

#[tokio::test]
async fn the_reply_is_what_the_test_wants() {
    let served = Served::start().await;
    let error = Misbehaviour::TokenError {
        status: 503,
        body: "{}".to_owned(),
    };
    let reply = ask(&served, Some(error)).await.unwrap();
    assert_eq!((reply.status, reply.body.as_str()), (503, "{}"));
    let reply = ask(&served, Some(Misbehaviour::TokenHuge(200_000)))
        .await
        .unwrap();
    assert_eq!(
        reply.json()["access_token"].as_str().unwrap().len(),
        200_000
    );
    let elsewhere = "http://127.0.0.1:1/x".to_owned();
    let reply = ask(
        &served,
        Some(Misbehaviour::TokenRedirects(elsewhere.clone())),
    )
    .await
    .unwrap();
    assert_eq!(
        (reply.status, reply.header("location")),
        (307, Some(&*elsewhere))
    );
    let reply = ask(&served, Some(Misbehaviour::GrantsLess)).await.unwrap();
    assert_eq!(reply.json()["scope"], "read");
    let reply = ask(&served, Some(Misbehaviour::GrantsMore)).await.unwrap();
    assert_eq!(reply.json()["scope"], "admin read repo");
    let reply = ask(&served, Some(Misbehaviour::NegativeLifetime))
        .await
        .unwrap();
    assert_eq!(reply.json()["expires_in"], -1);
    let reply = ask(&served, Some(Misbehaviour::NotBearer)).await.unwrap();
    assert_eq!(reply.json()["token_type"], "mac");
    let reply = ask(&served, None).await.unwrap();
    assert_eq!((reply.status, served.provider.token_requests()), (200, 8));
}

#[tokio::test]
async fn a_secret_comes_back_in_every_encoding() {
    let served = Served::start().await;
    let authentication = DemoAuthentication::Secret("se/cr+et%1".to_owned());
    let client = DemoClient::new("c", authentication, &[]);
    served.provider.add_client(client);
    served.provider.misbehave(Some(Misbehaviour::EchoesSecret));
    let form = [GRANT, ("client_id", "c"), ("client_secret", "se/cr+et%1")];
    let reply = served.token(&[], &form).await;
    assert_eq!(reply.refusal(), (400, "invalid_client".to_owned()));
    let reply = reply.json();
    let text = reply["error_description"].as_str().unwrap();
    for part in [
        "se/cr+et%1",
        &STANDARD.encode("se/cr+et%1"),
        "se%2Fcr%2Bet%251",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let header = ask(&served, Some(Misbehaviour::EchoesSecret))
        .await
        .unwrap();
    assert!(header.body.contains("demo-secret") && header.body.contains(&demo_basic()));
}

#[tokio::test]
async fn a_server_that_is_down_closes_without_a_byte() {
    let served = Served::start().await;
    served.provider.misbehave(Some(Misbehaviour::TokenDown));
    let body = "grant_type=client_credentials";
    let mut stream = served.open("POST", "/token", &[FORM], body).await;
    let mut bytes = Vec::new();
    // An end or a reset, and nothing before it.
    let _ = stream.read_to_end(&mut bytes).await;
    assert_eq!(bytes, b"");
    assert!(ask(&served, None).await.is_some());
}

#[tokio::test]
async fn a_dripping_reply_has_its_head_at_once_and_then_a_byte_a_second() {
    let served = Served::start().await;
    served.provider.misbehave(Some(Misbehaviour::TokenDrips));
    let before = Instant::now();
    let body = "grant_type=client_credentials";
    let mut stream = served.open("POST", "/token", &[FORM], body).await;
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(stream.read_u8().await.unwrap());
    }
    assert!(bytes.starts_with(b"HTTP/1.1 200 OK\r\n"));
    assert_eq!(stream.read_u8().await.unwrap(), b' ');
    assert_eq!(stream.read_u8().await.unwrap(), b' ');
    assert!(before.elapsed() >= Duration::from_millis(1_990));
}

#[tokio::test]
async fn a_server_that_hangs_can_still_be_stopped() {
    let mut served = Served::start().await;
    served.provider.misbehave(Some(Misbehaviour::TokenHangs));
    let body = "grant_type=client_credentials";
    let mut stream = served.open("POST", "/token", &[FORM], body).await;
    served.provider.token_requests_reach(1).await;
    served.stop().await.unwrap();
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    assert_eq!(bytes, b"");
}

#[tokio::test]
async fn a_gate_lets_one_request_through_for_each_permit() {
    let served = Arc::new(Served::start().await);
    let gate = Arc::new(Semaphore::new(0));
    served
        .provider
        .misbehave(Some(Misbehaviour::Gate(gate.clone())));
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..3 {
        let served = served.clone();
        asking.spawn(async move {
            let form = [GRANT];
            served
                .token(&[("Authorization", &demo_basic())], &form)
                .await
                .status
        });
    }
    served.provider.token_requests_reach(3).await;
    assert!(asking.try_join_next().is_none());
    gate.add_permits(1);
    assert_eq!(asking.join_next().await.unwrap().unwrap(), 200);
    assert_eq!(gate.available_permits(), 0);
    assert!(asking.try_join_next().is_none());
    gate.close();
    for status in asking.join_all().await {
        assert_eq!(status, 200);
    }
}

const ENDPOINTS: [(Endpoint, &str, &str); 3] = [
    (
        Endpoint::Metadata,
        "GET",
        "/.well-known/openid-configuration",
    ),
    (Endpoint::Token, "POST", "/token"),
    (Endpoint::Revocation, "POST", "/revoke"),
];

#[tokio::test]
async fn each_endpoint_answers_in_the_way_that_the_test_wants() {
    let served = Served::start().await;
    for (endpoint, method, path) in ENDPOINTS {
        let answer = async |answer| {
            let answers = Misbehaviour::Answers(endpoint, answer);
            served.provider.misbehave(Some(answers));
            served.send(method, path, &[FORM], "").await
        };
        let body = "no".to_owned();
        let told = answer(Answer::Told { status: 503, body }).await.unwrap();
        assert_eq!((told.status, told.body.as_str()), (503, "no"), "{path}");
        let elsewhere = "http://127.0.0.1:2/".to_owned();
        let sent_on = answer(Answer::Redirects(elsewhere.clone())).await.unwrap();
        assert_eq!(sent_on.status, 307, "{path}");
        assert_eq!(sent_on.header("location"), Some(elsewhere.as_str()));
        assert!(answer(Answer::Down).await.is_none(), "{path}");
    }
}

#[tokio::test]
async fn bytes_are_sent_as_they_are_and_without_end_where_the_test_wants_that() {
    let served = Served::start().await;
    for (endpoint, method, path) in ENDPOINTS {
        for (forever, bytes_wanted) in [("", 6), ("and on\n", 1024 * 1024)] {
            let answer = Answer::Bytes {
                first: "SSH-2\n".to_owned(),
                forever: forever.to_owned(),
            };
            let answers = Misbehaviour::Answers(endpoint, answer);
            served.provider.misbehave(Some(answers));
            let stream = served.open(method, path, &[FORM], "").await;
            let mut bytes = Vec::new();
            let mut first = stream.take(bytes_wanted + 1);
            // Where the server ends it with something unread, that is an error.
            let _ = first.read_to_end(&mut bytes).await;
            assert!(bytes.starts_with(b"SSH-2\n"), "{path}");
            let rest = forever.repeat(bytes.len());
            assert!(rest.as_bytes().starts_with(&bytes[6..]), "{path}");
            assert_eq!(forever.is_empty(), bytes.len() == 6, "{path}");
        }
    }
    served.provider.misbehave(None);
    assert!(ask(&served, None).await.is_some());
}
