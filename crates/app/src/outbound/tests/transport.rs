//! What can go wrong on the way, and TLS.
//!
//! `provider.der` is a certificate for `provider.example`, `provider.key.der` its key and
//! `root.der` the authority that signed it and whose key nobody has. They were made for these tests
//! and prove nothing to anybody else.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;

use procura_core::error::{Error, Kind};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use zeroize::Zeroizing;

use super::server::{Server, Then, ok, with_headers};
use super::{Form, Names, OutboundConfig, OutboundError, Resolution, SHORT};
use super::{dev, get, out, post, rules, url};
use crate::outbound::{Outbound, Unreachable};

fn unreachable(error: &OutboundError) -> Option<Unreachable> {
    match error {
        OutboundError::Unreachable { why, .. } => Some(*why),
        _ => None,
    }
}

#[tokio::test]
async fn a_reply_that_breaks_off_is_broken() {
    for (reply, then) in [
        ("", Then::Reset),
        ("", Then::Close),
        ("HTTP/1.1 200 OK\r\nContent-Le", Then::Close),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}",
            Then::Close,
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}",
            Then::Reset,
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            Then::Close,
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\n{}",
            Then::Close,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
            Then::Close,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
            Then::Close,
        ),
        ("SSH-2.0-OpenSSH\r\n", Then::Close),
    ] {
        let server = Server::start(reply, then).await;
        let error = post(&out(dev()), &server.url()).await.unwrap_err();
        assert!(
            matches!(error, OutboundError::Broken { .. }),
            "{reply:?} {then:?} {error:?}"
        );
        assert!(!error.is_unsent());
        let log = format!("{error:?}");
        assert!(!log.contains("secret") && !log.contains("/path"), "{log}");
        let error = Error::from(error);
        assert_eq!(error.kind(), Kind::Upstream);
        assert!(!error.public().contains("secret"), "{error}");
        assert_eq!(server.connections(), 1, "nothing is sent twice");
    }
}

#[tokio::test]
async fn bytes_after_a_reply_are_not_the_next_reply() {
    let twice = format!("{}{}", ok("{}"), ok("{\"evil\":1}"));
    let server = Server::start(twice, Then::Keep).await;
    let outbound = out(dev());
    for _ in 0..3 {
        let reply = get(&outbound, &server.url()).await.unwrap();
        assert_eq!(reply.body.as_slice(), b"{}");
    }
}

#[tokio::test]
async fn a_compressed_reply_stays_compressed() {
    let encoded = with_headers("200 OK", "Content-Encoding: gzip\r\n", "\u{1f}bomb");
    let server = Server::start(encoded, Then::Keep).await;
    let reply = get(&out(dev()), &server.url()).await.unwrap();
    assert_eq!(reply.body.as_slice(), b"\x1fbomb");
}

#[tokio::test]
async fn whoever_cannot_be_reached_is_said_and_how() {
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let error = get(&out(dev()), &format!("http://{closed}/?secret=q"))
        .await
        .unwrap_err();
    assert_eq!(unreachable(&error), Some(Unreachable::Connect));
    assert!(error.is_unsent());
    for text in [error.to_string(), format!("{error:?}")] {
        assert!(!text.contains("secret"), "{text}");
    }
    assert_eq!(Error::from(error).kind(), Kind::Upstream);

    let mut config = dev();
    config.resolution = Names::answering(&[]).resolution();
    let error = get(&out(config), "https://gone.example/")
        .await
        .unwrap_err();
    assert_eq!(unreachable(&error), Some(Unreachable::Name));

    let mut config = dev();
    config.resolution = Names::answering(&[&[]]).resolution();
    let error = get(&out(config), "https://empty.example/")
        .await
        .unwrap_err();
    assert_eq!(unreachable(&error), Some(Unreachable::Name));

    let mut config = dev();
    config.connect_timeout = SHORT;
    config.resolution = Resolution::by(|_| Box::pin(std::future::pending()));
    let error = get(&out(config), "https://silent.example/")
        .await
        .unwrap_err();
    assert_eq!(unreachable(&error), Some(Unreachable::Slow));
}

#[tokio::test]
async fn the_systems_resolver_is_asked_and_judged() {
    let server = Server::start(ok("{}"), Then::Keep).await;
    let named = format!("http://localhost:{}/", server.port());
    assert!(get(&out(dev()), &named).await.is_ok());
    let error = get(&out(OutboundConfig::new(rules(&[]))), &named)
        .await
        .unwrap_err();
    assert!(matches!(error, OutboundError::Refused(_)), "{error}");
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_header_that_says_where_a_request_ends_is_not_the_callers() {
    let server = Server::start(ok("{}"), Then::Keep).await;
    for header in [
        ("Content-Length", "0"),
        ("host", "evil"),
        ("x", "a\r\nb: c"),
        ("a b", "c"),
    ] {
        let form = Form {
            accept: "application/json",
            authorization: None,
            headers: &[header],
            body: Zeroizing::default(),
        };
        let error = out(dev())
            .post_form(&url(&server.url()), form, 1)
            .await
            .unwrap_err();
        assert!(matches!(error, OutboundError::Unsendable { .. }), "{error}");
        assert_eq!(Error::from(error).kind(), Kind::Internal);
    }
    assert_eq!(server.connections(), 0);
}

/// A server that speaks TLS as `provider.example`, for so many connections; its port.
fn tls_server(connections: usize) -> u16 {
    let certificate = CertificateDer::from(include_bytes!("provider.der").as_slice());
    let key = PrivatePkcs8KeyDer::from(include_bytes!("provider.key.der").as_slice());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], PrivateKeyDer::Pkcs8(key))
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().take(connections) {
            let connection = ServerConnection::new(config.clone()).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            // A client that does not trust us breaks off here.
            if stream.read(&mut [0; 1_024]).is_ok() {
                let _ = stream.write_all(ok("{}").as_bytes());
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    port
}

fn trusting(roots: Vec<CertificateDer<'static>>) -> Outbound {
    let mut config = dev();
    config.extra_roots = roots;
    config.resolution = Names::answering(&[&["127.0.0.1"]]).resolution();
    out(config)
}

#[tokio::test]
async fn a_certificate_is_of_a_trusted_authority_and_of_the_host() {
    let root = || CertificateDer::from(include_bytes!("root.der").as_slice());
    let port = tls_server(3);
    let right = format!("https://provider.example:{port}/");
    let reply = get(&trusting(vec![root()]), &right).await.unwrap();
    assert_eq!(reply.body.as_slice(), b"{}");
    let untrusted = post(&trusting(vec![]), &right).await.unwrap_err();
    assert_eq!(
        unreachable(&untrusted),
        Some(Unreachable::Tls),
        "{untrusted:?}"
    );
    let other = format!("https://other.example:{port}/");
    let other = post(&trusting(vec![root()]), &other).await.unwrap_err();
    assert_eq!(unreachable(&other), Some(Unreachable::Tls), "{other:?}");
}

#[tokio::test]
async fn https_is_not_spoken_in_the_clear() {
    let server = Server::start(ok("{}"), Then::Close).await;
    let target = format!("https://provider.example:{}/", server.port());
    let mut config = dev();
    config.connect_timeout = SHORT;
    config.resolution = Names::answering(&[&["127.0.0.1"]]).resolution();
    let error = post(&out(config), &target).await.unwrap_err();
    assert!(
        matches!(error, OutboundError::Unreachable { .. }),
        "{error:?}"
    );
}

#[test]
fn a_root_that_is_no_certificate_is_a_wrong_configuration() {
    let mut config = dev();
    config.extra_roots = vec![CertificateDer::from(b"no certificate".as_slice())];
    assert_eq!(Outbound::new(config).unwrap_err().kind(), Kind::Internal);
}
