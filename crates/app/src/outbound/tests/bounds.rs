//! Attack 65, and the provider that is slow or gone: size, time, places.

use std::time::Duration;

use procura_core::error::{Error, Kind};

use super::server::{Server, Then, ok, with_headers};
use super::{OutboundConfig, OutboundError, SHORT, dev, get, out, post};

/// Far more than [`SHORT`], far less than what the servers would take.
const IN_TIME: Duration = Duration::from_secs(5);

fn impatient() -> OutboundConfig {
    let mut config = dev();
    config.total_timeout = SHORT;
    config
}

#[tokio::test]
async fn a_body_may_be_as_large_as_the_bound_and_no_larger() {
    let server = Server::start(ok(&"x".repeat(1_024)), Then::Keep).await;
    let reply = get(&out(dev()), &server.url()).await.unwrap();
    assert_eq!(reply.body.len(), 1_024);
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let parts = format!(
        "{chunked}200\r\n{0}\r\n200\r\n{0}\r\n0\r\n\r\n",
        "x".repeat(512)
    );
    let server = Server::start(parts, Then::Keep).await;
    let reply = get(&out(dev()), &server.url()).await.unwrap();
    assert_eq!(reply.body.as_slice(), "x".repeat(1_024).as_bytes());
    let one_more = format!("{chunked}401\r\n{}\r\n0\r\n\r\n", "x".repeat(1_025));
    let server = Server::start(one_more, Then::Keep).await;
    let error = get(&out(dev()), &server.url()).await.unwrap_err();
    assert!(
        matches!(
            error,
            OutboundError::TooLarge {
                bytes_max: 1_024,
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn an_announced_body_above_the_bound_is_not_waited_for() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 67108864\r\n\r\n";
    let server = Server::start(head, Then::Hang).await;
    let error = get(&out(dev()), &server.url()).await.unwrap_err();
    assert!(matches!(error, OutboundError::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn of_64_mib_only_the_beginning_is_taken() {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let server = Server::start(head, Then::Flood).await;
    let error = get(&out(dev()), &server.url()).await.unwrap_err();
    assert!(matches!(error, OutboundError::TooLarge { .. }), "{error}");
    assert!(
        server.flooded_bytes() < 32 << 20,
        "{}",
        server.flooded_bytes()
    );
}

#[tokio::test]
async fn a_body_that_drips_ends_with_the_time_for_the_call() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
    let server = Server::start(head, Then::Drip).await;
    let (outbound, url) = (out(impatient()), server.url());
    let call = tokio::time::timeout(IN_TIME, get(&outbound, &url));
    let error = call.await.unwrap().unwrap_err();
    assert!(matches!(error, OutboundError::TimedOut { .. }), "{error}");
    assert!(!error.is_unsent());
}

#[tokio::test]
async fn headers_that_drip_end_with_the_time_for_the_call() {
    for head in ["", "HTTP/1.1 200 OK\r\nX-Slow: "] {
        for then in [Then::Drip, Then::Hang] {
            let server = Server::start(head, then).await;
            let (outbound, url) = (out(impatient()), server.url());
            let call = tokio::time::timeout(IN_TIME, get(&outbound, &url));
            let error = call.await.unwrap().unwrap_err();
            let slow = matches!(error, OutboundError::TimedOut { .. });
            // What drips before a status line is not HTTP, and that may be seen first.
            let odd = head.is_empty() && matches!(error, OutboundError::Broken { .. });
            assert!(slow || odd, "{then:?} {error}");
        }
    }
}

#[tokio::test]
async fn headers_are_bounded_in_number_and_size() {
    let huge = format!("X-Huge: {}\r\n", "x".repeat(20_000));
    let server = Server::start(with_headers("200 OK", &huge, "{}"), Then::Keep).await;
    let error = get(&out(dev()), &server.url()).await.unwrap_err();
    assert!(matches!(error, OutboundError::TooLarge { .. }), "{error}");
    for headers in [
        "X: y\r\n".repeat(101),
        format!("X: {}\r\n", "x".repeat(1 << 20)),
    ] {
        let server = Server::start(with_headers("200 OK", &headers, "{}"), Then::Keep).await;
        let error = get(&out(dev()), &server.url()).await.unwrap_err();
        assert!(matches!(error, OutboundError::Broken { .. }), "{error}");
    }
    let many = "X: y\r\n".repeat(90);
    let server = Server::start(with_headers("200 OK", &many, "{}"), Then::Keep).await;
    assert!(get(&out(dev()), &server.url()).await.is_ok());
}

#[tokio::test]
async fn a_slow_provider_is_bounded_and_does_not_take_the_others_with_it() {
    let slow = Server::start("", Then::Hang).await;
    let other = Server::start(ok("{}"), Then::Keep).await;
    let mut config = impatient();
    config.total_timeout = Duration::from_secs(5);
    config.busy_timeout = Duration::from_millis(50);
    config.per_authority_max = 2;
    let outbound = out(config);
    let url = slow.url();
    let in_flight = async { tokio::join!(get(&outbound, &url), post(&outbound, &url)) };
    let beside = async {
        slow.requests(2).await;
        let busy = get(&outbound, &slow.url()).await.unwrap_err();
        assert!(
            matches!(busy, OutboundError::Busy { .. }) && busy.is_unsent(),
            "{busy}"
        );
        assert_eq!(Error::from(busy).kind(), Kind::Throttled);
        get(&outbound, &other.url()).await
    };
    tokio::select! {
        both = in_flight => panic!("the slow provider answered: {both:?}"),
        reply = beside => assert_eq!(reply.unwrap().status, 200),
    }
    // The places of calls that were given up are free.
    let mut rest = Box::pin(get(&outbound, &url));
    tokio::select! {
        early = &mut rest => panic!("no place was free: {early:?}"),
        () = slow.requests(3) => {}
    }
}

#[tokio::test]
async fn a_node_has_so_many_calls_in_flight() {
    let slow = Server::start("", Then::Hang).await;
    let other = Server::start(ok("{}"), Then::Keep).await;
    let mut config = dev();
    config.busy_timeout = Duration::from_millis(50);
    config.node_max = 1;
    let outbound = out(config);
    let url = slow.url();
    let beside = async {
        slow.requests(1).await;
        get(&outbound, &other.url()).await
    };
    tokio::select! {
        first = get(&outbound, &url) => panic!("the slow provider answered: {first:?}"),
        second = beside => {
            let busy = second.unwrap_err();
            assert!(matches!(busy, OutboundError::Busy { .. }), "{busy}");
        }
    }
    assert_eq!(get(&outbound, &other.url()).await.unwrap().status, 200);
}
