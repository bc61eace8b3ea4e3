//! Who asks too often is refused, recovers, and harms nobody else. The clock stands still, so that
//! a bucket is refilled when a test says so.

use procura_app::rate_limit::RateLimits;
use procura_core::access_key::Role;
use procura_core::rate::Rate;
use procura_server::Limits;
use procura_testkit::{ACCOUNT, Client, Connection, Request, Response, Setup, TestApp};
use procura_wire::Operation::{self, CreateWorkloadIdentity, ListWorkloadIdentities};
use serde_json::json;

pub(crate) const fn rate(per_second: u32, burst: u32) -> Rate {
    Rate { per_second, burst }
}

pub(crate) async fn with(rates: RateLimits) -> TestApp {
    let limits = Limits {
        rates,
        ..Limits::default()
    };
    Setup::default().limits(limits).start().await
}

async fn list(client: &Client) -> Response {
    client.call(ListWorkloadIdentities, json!({})).await
}

fn is_throttled(answer: Response) {
    let answer = answer.expect_error(429, "ThrottlingException");
    assert_eq!(
        (answer.header("retry-after"), answer.record()),
        (Some("1"), None)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_asks_too_often_is_refused_and_recovers() {
    let app = with(RateLimits {
        control: rate(1, 4),
        mints: rate(1, 2),
        uses: rate(1, 2),
        ..RateLimits::default()
    })
    .await;
    let app = app.with_agent("agent").await;
    let app = app.with_provider("provider", "canary").await;
    let host = app.agent_host();
    let token = host.token("agent").await;
    let body = json!({ "workloadName": "agent" });
    let mint = || host.call(Operation::GetWorkloadAccessToken, body.clone());
    mint().await.expect_status(200);
    let records = app.records().await.len();
    is_throttled(mint().await);
    host.api_key(&token, "provider").await.expect_status(200);
    host.api_key(&token, "provider").await.expect_status(200);
    is_throttled(host.api_key(&token, "provider").await);
    // Of the admin's four, two went into the agent and the provider.
    list(app.admin()).await.expect_status(200);
    list(app.admin()).await.expect_status(200);
    is_throttled(list(app.admin()).await);
    is_throttled(app.admin().create_agent("other").await);
    list(host).await.expect_status(200);
    assert_eq!(
        app.records().await.len(),
        records + 2,
        "a flood is not recorded"
    );

    app.clock().advance(1);
    mint().await.expect_status(200);
    is_throttled(mint().await);
    host.api_key(&token, "provider").await.expect_status(200);
    list(app.admin()).await.expect_status(200);
    is_throttled(list(app.admin()).await);
    let metrics = app.metrics().await;
    for (bucket, count) in [
        ("key_control", 3),
        ("key_mint", 2),
        ("key_use", 1),
        ("account", 0),
    ] {
        let line = format!("procura_rate_limit_refusals_total{{bucket=\"{bucket}\"}} {count}\n");
        assert!(metrics.text().contains(&line), "{line}{}", metrics.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_flood_of_an_account_refuses_its_keys_and_no_other_account() {
    let app = with(RateLimits {
        control: rate(1, 6),
        account: rate(1, 10),
        ..RateLimits::default()
    })
    .await;
    let account = ACCOUNT.parse().unwrap();
    let mut admitted = 0;
    for _ in 0..3 {
        // Another key is another bucket, of the same account.
        let client = app.new_client(account, vec![Role::Admin]).await;
        for _ in 0..6 {
            admitted += usize::from(list(&client).await.status == 200);
        }
    }
    assert_eq!(admitted, 10);
    is_throttled(list(app.admin()).await);
    for client in [app.other_account_admin(), app.other_account_agent_host()] {
        for _ in 0..3 {
            list(client).await.expect_status(200);
        }
    }
    app.clock().advance(1);
    list(app.admin()).await.expect_status(200);
    is_throttled(list(app.admin()).await);
}

/// A refusal costs a change nothing: the same bytes are taken later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_change_has_not_used_its_signature() {
    let app = with(RateLimits {
        control: rate(1, 1),
        ..RateLimits::default()
    })
    .await;
    list(app.admin()).await.expect_status(200);
    let create = Request::of(CreateWorkloadIdentity).json(&json!({ "name": "agent" }));
    let message = app.admin().sign(&create);
    is_throttled(app.admin().send_message(&message).await);
    app.clock().advance(1);
    let created = app.admin().send_message(&message).await;
    created.expect_status(201);
}

/// Attacks 86 and I18: what is rotated are key ids, paths and headers that name another address.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_fails_too_often_is_refused_whatever_it_says_of_itself() {
    let app = with(RateLimits {
        address_failures: rate(1, 6),
        ..RateLimits::default()
    })
    .await;
    let request = Request::of(ListWorkloadIdentities).json(&json!({}));
    let forwarded = |number: usize| {
        let id = format!("PRCAAAAAAAAAAAAAAA{number:02}").replace(['0', '1', '8', '9'], "B");
        let names = [
            "x-forwarded-for",
            "x-real-ip",
            "x-client-ip",
            "x-original-forwarded-for",
        ];
        let stranger = app.admin().signing(|signer| signer.key_id = id);
        let mut message = stranger.sign(&request);
        for name in names {
            message = message.add(name, &format!("203.0.113.{number}"));
        }
        message.add("forwarded", &format!("for=203.0.113.{number};host=x"))
    };
    for number in 0..6 {
        let refused = app.admin().send_message(&forwarded(number)).await;
        refused.expect_error(403, "UnrecognizedClientException");
    }
    let records = app.records().await.len();
    for number in 6..12 {
        is_throttled(app.admin().send_message(&forwarded(number)).await);
    }
    // It is refused before anybody looks at what it signed.
    let unsigned = app.admin().sign(&request).without("authorization");
    is_throttled(app.admin().send_message(&unsigned).await);
    is_throttled(list(app.admin()).await);
    assert_eq!(app.records().await.len(), records);

    app.clock().advance(1);
    list(app.admin()).await.expect_status(200);
    let again = app.admin().send_message(&unsigned).await;
    again.expect_error(403, "MissingAuthenticationTokenException");
    is_throttled(list(app.admin()).await);
    app.clock().advance(10);
    // Who does not fail is not counted.
    for _ in 0..20 {
        list(app.admin()).await.expect_status(200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_has_so_many_connections() {
    let limits = Limits {
        connections_per_peer: 2,
        ..Limits::default()
    };
    let app = Setup::default().limits(limits).start().await;
    let message = app
        .admin()
        .sign(&Request::of(ListWorkloadIdentities).json(&json!({})))
        .bytes();
    let (mut first, mut second) = (app.connect().await, app.connect().await);
    first.exchange(&message).await.expect_status(200);
    second.exchange(&message).await.expect_status(200);
    let mut third = app.connect().await;
    assert!(third.read_to_end().await.is_empty(), "it is closed at once");
    first.exchange(&message).await.expect_status(200);
    drop(second);
    // The server hears of the end when it hears of it; until then it closes what comes.
    let mut answer = None;
    while answer.is_none() {
        let mut connection = Connection::open(app.address()).await;
        connection.send(&message).await;
        answer = connection.response().await;
    }
    answer.unwrap().expect_status(200);
    assert!(
        !app.metrics()
            .await
            .text()
            .contains("procura_connections_refused_total 0\n")
    );
}
