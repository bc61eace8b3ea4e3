//! Attacks 72, 74, 75 and 77: where a call leads.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::Command;

use procura_core::error::{Error, Kind};
use procura_protocol::egress::{OutboundUrl, Reach, Rule, Rules};

use super::server::{Server, Then, ok, with_headers};
use super::{Names, OutboundConfig, OutboundError, dev, get, out, post, rule, rules};

#[tokio::test]
async fn a_get_arrives_as_it_was_meant() {
    let headers = "Content-Type: application/json\r\nCache-Control: max-age=60\r\n\
                   Retry-After: 7\r\n";
    let server = Server::start(with_headers("200 OK", headers, "{}"), Then::Keep).await;
    let reply = get(&out(dev()), &server.url()).await.unwrap();
    assert_eq!(
        (reply.status, reply.body.as_slice()),
        (200, b"{}".as_slice())
    );
    assert_eq!(reply.content_type.as_deref(), Some("application/json"));
    assert_eq!(reply.cache_max_age.unwrap().as_secs(), 60);
    assert_eq!(reply.retry_after.unwrap().as_secs(), 7);
    assert_eq!(format!("{reply:?}"), "Reply(200, 2 bytes)");
    let request = server.request(0);
    assert!(
        request.starts_with("GET /path?secret=q HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(
        request.contains("accept: application/json\r\n"),
        "{request}"
    );
    assert!(request.contains("user-agent: procura/"), "{request}");
    for unwanted in ["accept-encoding", "cookie", "referer", "authorization"] {
        assert!(!request.contains(unwanted), "{request}");
    }
}

#[tokio::test]
async fn a_url_that_was_read_is_sent_as_it_was_written() {
    let server = Server::start(ok("{}"), Then::Keep).await;
    let outbound = out(dev());
    let mut sent = 0;
    for byte in b'!'..=b'~' {
        for target in [
            format!("/a{}b", char::from(byte)),
            format!("/?a{}b", char::from(byte)),
        ] {
            let text = format!("http://{}{target}", server.address);
            if text.parse::<OutboundUrl>().is_ok() {
                get(&outbound, &text).await.unwrap();
                let request = server.request(sent);
                let expected = format!("GET {target} HTTP/1.1\r\n");
                assert!(request.starts_with(&expected), "{request}");
                sent += 1;
            }
        }
    }
    assert!(sent > 150, "{sent}");
}

#[tokio::test]
async fn a_post_carries_its_form_and_credentials() {
    let reply = with_headers("400 Bad Request", "", r#"{"error":"invalid_grant"}"#);
    let server = Server::start(reply, Then::Keep).await;
    let outbound = out(dev());
    for nth in 0..2 {
        let reply = post(&outbound, &server.url()).await.unwrap();
        assert_eq!(reply.status, 400);
        assert_eq!(reply.body.as_slice(), br#"{"error":"invalid_grant"}"#);
        let request = server.request(nth);
        assert!(
            request.contains("authorization: Basic Y2xpZW50OnNlY3JldA==\r\n"),
            "{request}"
        );
        let content_type = "content-type: application/x-www-form-urlencoded\r\n";
        assert!(request.contains(content_type), "{request}");
        assert!(
            request.contains("notion-version: 2022-06-28\r\n"),
            "{request}"
        );
        assert!(
            request.ends_with("\r\n\r\ngrant_type=client_credentials"),
            "{request}"
        );
    }
    assert_eq!(server.connections(), 1, "the connection is used again");
}

#[tokio::test]
async fn an_address_instead_of_a_name_is_judged() {
    let server = Server::start(ok("{}"), Then::Keep).await;
    let port = server.port();
    let outbound = out(OutboundConfig::new(rules(&["10.0.0.0/8:443"])));
    for host in [
        "127.0.0.1",
        "127.1",
        "0x7f000001",
        "2130706433",
        "0177.0.0.1",
        "[::ffff:127.0.0.1]",
    ] {
        let refused = rule(get(&outbound, &format!("http://{host}:{port}/")).await);
        assert_eq!(refused, Rule::NotAllowed(Reach::Loopback), "{host}");
    }
    let refused = rule(get(&outbound, &format!("http://0.0.0.0:{port}/")).await);
    assert_eq!(refused, Rule::Never(Reach::Unspecified));
    for host in [
        "169.254.169.254",
        "2852039166",
        "0xa9fea9fe",
        "0251.0376.0251.0376",
        "169.254.43518",
        "[::ffff:a9fe:a9fe]",
        "[2002:a9fe:a9fe::1]",
        "[64:ff9b::a9fe:a9fe]",
        "[fd00:ec2::254]",
        "100.100.100.200",
    ] {
        let refused = rule(post(&outbound, &format!("https://{host}/latest")).await);
        assert_eq!(refused, Rule::Never(Reach::Metadata), "{host}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_name_is_judged_by_where_it_leads() {
    let server = Server::start(ok("{}"), Then::Keep).await;
    let call = async |answer: &[&str], allow: &[&str], scheme: &str| {
        let mut config = OutboundConfig::new(rules(allow));
        config.resolution = Names::answering(&[answer]).resolution();
        get(
            &out(config),
            &format!("{scheme}://idp.example:{}/", server.port()),
        )
        .await
    };
    let here = format!("127.0.0.1/32:{}", server.port());
    let loopback = Rule::NotAllowed(Reach::Loopback);
    assert_eq!(rule(call(&["127.0.0.1"], &[], "http").await), loopback);
    assert_eq!(
        rule(call(&["127.0.0.1"], &["127.0.0.1/32:1"], "http").await),
        loopback
    );
    assert_eq!(rule(call(&["1.1.1.1"], &[], "http").await), Rule::PlainHttp);
    let private = Rule::NotAllowed(Reach::Private);
    assert_eq!(
        rule(call(&["10.0.0.1", "192.168.0.1"], &[], "https").await),
        private
    );
    let metadata = Rule::Never(Reach::Metadata);
    for answer in ["169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254"] {
        let everything = ["0.0.0.0/0:*", "[::]/0:*"];
        assert_eq!(rule(call(&[answer], &everything, "http").await), metadata);
        // One forbidden address spoils the answer.
        assert_eq!(
            rule(call(&["127.0.0.1", answer], &everything, "http").await),
            metadata
        );
    }
    assert_eq!(server.connections(), 0);
    // One that is merely not allowed is left out.
    assert!(
        call(&["10.0.0.1", "127.0.0.1"], &[&here], "http")
            .await
            .is_ok()
    );
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn each_port_and_scheme_is_judged_for_itself() {
    let (one, two) = (
        Server::start(ok("{}"), Then::Keep).await,
        Server::start(ok("{}"), Then::Keep).await,
    );
    let here = format!("127.0.0.1/32:{}", one.port());
    let mut config = OutboundConfig::new(rules(&[&here]));
    config.resolution = Names::answering(&[&["127.0.0.1"]]).resolution();
    let outbound = out(config);
    let call = async |port: u16| get(&outbound, &format!("http://idp.example:{port}/")).await;
    assert!(call(one.port()).await.is_ok());
    let refused = rule(call(two.port()).await);
    assert_eq!(refused, Rule::NotAllowed(Reach::Loopback));
    assert_eq!(two.connections(), 0);

    let mut config = OutboundConfig::new(rules(&[]));
    config.resolution = Names::answering(&[&[], &["1.1.1.1"]]).resolution();
    let outbound = out(config);
    let nobody = get(&outbound, "https://idp.example:8443/")
        .await
        .unwrap_err();
    assert!(
        matches!(nobody, OutboundError::Unreachable { .. }),
        "{nobody}"
    );
    let refused = rule(get(&outbound, "http://idp.example:8443/").await);
    assert_eq!(refused, Rule::PlainHttp);
}

#[tokio::test]
async fn a_metadata_service_is_refused_by_name_as_well() {
    let names = Names::answering(&[&["127.0.0.1"]]);
    let mut config = dev();
    config.resolution = names.resolution();
    let refused = rule(get(&out(config), "http://metadata.google.internal/").await);
    assert_eq!((refused, names.asked()), (Rule::MetadataName, 0));
}

/// Attack 74.
#[tokio::test]
async fn a_name_is_resolved_once_and_its_judged_address_is_called() {
    let server = Server::start(ok("{}"), Then::Close).await;
    let trap_address = SocketAddr::from((Ipv4Addr::new(127, 0, 0, 2), server.port()));
    let trap = Server::at(trap_address, ok("{}"), Then::Close).await;
    let names = Names::answering(&[&["127.0.0.1"], &["127.0.0.2"], &["169.254.169.254"]]);
    let mut config = OutboundConfig::new(rules(&["127.0.0.1/32:*"]));
    config.resolution = names.resolution();
    let outbound = out(config);
    let target = format!("http://rebinding.example:{}/", server.port());
    assert_eq!(get(&outbound, &target).await.unwrap().status, 200);
    assert_eq!((names.asked(), server.connections()), (1, 1));
    // The next connection is judged anew.
    let refused = rule(get(&outbound, &target).await);
    assert_eq!(refused, Rule::NotAllowed(Reach::Loopback));
    let refused = rule(post(&outbound, &target).await);
    assert_eq!(refused, Rule::Never(Reach::Metadata));
    assert_eq!(
        (names.asked(), server.connections(), trap.connections()),
        (3, 1, 0)
    );
}

/// Attack 75.
#[tokio::test]
async fn no_redirect_is_followed() {
    let target = Server::start(ok("{}"), Then::Keep).await;
    let lengthy = format!("Location: {}\r\n", target.url());
    for status in [
        "301 Moved",
        "302 Found",
        "303 See",
        "307 Temporary",
        "308 Permanent",
    ] {
        for location in [lengthy.as_str(), "Location: http://idp.example/\r\n", ""] {
            let server = Server::start(with_headers(status, location, ""), Then::Keep).await;
            for outcome in [
                get(&out(dev()), &server.url()).await,
                post(&out(dev()), &server.url()).await,
            ] {
                let error = outcome.unwrap_err();
                assert!(
                    matches!(error, OutboundError::Redirected { .. }),
                    "{status} {error}"
                );
            }
        }
    }
    assert_eq!(target.connections(), 0);
}

#[tokio::test]
async fn dev_does_not_call_its_own_ports() {
    let server = Server::start(ok("{}"), Then::Keep).await;
    let mut config = OutboundConfig::new(Rules::dev(vec![], [server.port()]));
    config.resolution = Names::answering(&[&["127.0.0.1"]]).resolution();
    let outbound = out(config);
    assert_eq!(rule(get(&outbound, &server.url()).await), Rule::OwnPort);
    let named = format!("http://localhost:{}/", server.port());
    assert_eq!(rule(get(&outbound, &named).await), Rule::OwnPort);
    assert_eq!(server.connections(), 0);
    let other = Server::start(ok("{}"), Then::Keep).await;
    assert!(get(&outbound, &other.url()).await.is_ok());
}

/// Run by the next test as well, with a proxy in its environment.
#[tokio::test]
async fn a_call_goes_where_it_was_sent_and_the_guard_applies() {
    let server = Server::start(ok("{}"), Then::Keep).await;
    let mut config = dev();
    config.resolution = Names::answering(&[&["127.0.0.1"]]).resolution();
    let outbound = out(config);
    let named = format!("http://idp.example:{}/", server.port());
    assert!(get(&outbound, &named).await.is_ok());
    assert!(get(&outbound, &server.url()).await.is_ok());
    assert_eq!(server.connections(), 2);
    let refused = rule(get(&outbound, "http://169.254.169.254/").await);
    assert_eq!(refused, Rule::Never(Reach::Metadata));
}

/// Attack 77.
#[test]
fn no_proxy_is_taken_from_the_environment() {
    let trap = TcpListener::bind("127.0.0.1:0").unwrap();
    trap.set_nonblocking(true).unwrap();
    let proxy = format!("http://{}", trap.local_addr().unwrap());
    let mut child = Command::new(std::env::current_exe().unwrap());
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        child.env(name, &proxy).env(name.to_lowercase(), &proxy);
    }
    child
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .env_remove("REQUEST_METHOD");
    let name = "a_call_goes_where_it_was_sent_and_the_guard_applies";
    let name = format!("outbound::tests::guard::{name}");
    let ended = child.args(["--exact", &name]).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(
        ended.status.success() && said.contains("1 passed"),
        "{said}"
    );
    let nobody = trap.accept().unwrap_err();
    assert_eq!(nobody.kind(), ErrorKind::WouldBlock);
}

#[tokio::test]
async fn a_refusal_is_the_callers_and_names_the_host_alone() {
    let error = get(
        &out(OutboundConfig::new(rules(&[]))),
        "https://10.1.2.3/hook?secret=q",
    )
    .await;
    let error = Error::from(error.unwrap_err());
    assert_eq!(error.kind(), Kind::Caller);
    assert_eq!(
        error.public(),
        "10.1.2.3 is at a private address; if you mean it, the operator adds its network and port \
         to [outbound] allow"
    );
}
