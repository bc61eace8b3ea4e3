//! The server as a whole.

use procura_demo::{DEMO_API_KEY, DEMO_PASSWORD, DEMO_USERS};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::client::Served;

#[tokio::test]
async fn the_front_page_lists_what_there_is() {
    let served = Served::start().await;
    let page = served.get("/").await;
    assert_eq!(
        page.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    for part in [
        "/.well-known/openid-configuration",
        "/jwks",
        "/token",
        "/authorize",
        "/revoke",
        "/userinfo",
        "/users/NAME/token",
        "/api/user",
        DEMO_PASSWORD,
        "/api/whoami",
        "/api/repositories",
        "/api/weather",
        DEMO_API_KEY,
        DEMO_USERS[0],
    ] {
        assert!(page.body.contains(part), "{part}");
    }
    assert_eq!(served.get("/elsewhere").await.status, 404);
}

#[tokio::test]
async fn it_stops_with_idle_connections_and_can_be_served_again() {
    let mut served = Served::start().await;
    let mut idle = TcpStream::connect(served.address).await.unwrap();
    let request = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", served.address);
    idle.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(idle.read_u8().await.unwrap(), b'H');
    let token = served.access_token("read").await;
    served.stop().await.unwrap();
    let mut rest = Vec::new();
    idle.read_to_end(&mut rest).await.unwrap();

    // The same provider elsewhere: what it issued is still good.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    served.address = listener.local_addr().unwrap();
    let mut task = tokio::task::JoinSet::new();
    task.spawn(
        served
            .provider
            .clone()
            .serve(listener, std::future::pending()),
    );
    let header = format!("Bearer {token}");
    let reply = served
        .get_with("/api/whoami", &[("Authorization", &header)])
        .await;
    assert_eq!(reply.status, 200);
}
