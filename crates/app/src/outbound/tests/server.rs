//! A server that says what it is told to say.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What it does when it has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// Waits for the next request.
    Keep,
    /// Closes.
    Close,
    /// Stays silent.
    Hang,
    /// Closes by a reset.
    Reset,
    /// Goes on with one byte each 50 ms.
    Drip,
    /// Goes on with 64 MiB.
    Flood,
}

#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) connections: usize,
    pub(super) requests: Vec<String>,
    pub(super) flooded_bytes: usize,
}

/// A server on loopback; it ends when dropped.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    requests: watch::Receiver<usize>,
    _task: JoinSet<()>,
}

impl Server {
    /// On 127.0.0.1, at a port that is free.
    pub(super) async fn start(reply: impl Into<String>, then: Then) -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), reply, then).await
    }

    pub(super) async fn at(address: SocketAddr, reply: impl Into<String>, then: Then) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, reply) = (Arc::<Mutex<Seen>>::default(), Arc::new(reply.into()));
        let (count, requests) = watch::channel(0);
        let mut task = JoinSet::new();
        let shared = seen.clone();
        task.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().unwrap().connections += 1;
                let (seen, reply, count) = (shared.clone(), reply.clone(), count.clone());
                connections.spawn(serve(stream, seen, reply, then, count));
            }
        });
        Self {
            address,
            seen,
            requests,
            _task: task,
        }
    }

    /// `http://127.0.0.1:port/path?secret=q`
    pub(super) fn url(&self) -> String {
        format!("http://{}/path?secret=q", self.address)
    }

    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(super) fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }

    pub(super) fn flooded_bytes(&self) -> usize {
        self.seen.lock().unwrap().flooded_bytes
    }

    pub(super) fn request(&self, nth: usize) -> String {
        self.seen.lock().unwrap().requests.get(nth).unwrap().clone()
    }

    /// Waits until so many requests have arrived.
    pub(super) async fn requests(&self, count: usize) {
        let mut requests = self.requests.clone();
        requests.wait_for(|seen| *seen >= count).await.unwrap();
    }
}

/// A whole reply with `body`.
pub(super) fn ok(body: &str) -> String {
    with_headers("200 OK", "Content-Type: application/json\r\n", body)
}

pub(super) fn with_headers(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
}

async fn serve(
    mut stream: TcpStream,
    seen: Arc<Mutex<Seen>>,
    reply: Arc<String>,
    then: Then,
    count: watch::Sender<usize>,
) {
    while let Some(request) = read_request(&mut stream).await {
        seen.lock().unwrap().requests.push(request);
        count.send_modify(|count| *count += 1);
        if stream.write_all(reply.as_bytes()).await.is_err() {
            return;
        }
        match then {
            Then::Keep => {}
            Then::Close => return,
            Then::Hang => std::future::pending().await,
            Then::Reset => return stream.set_zero_linger().unwrap(),
            Then::Drip => drip(&mut stream).await,
            Then::Flood => flood(&mut stream, &seen).await,
        }
    }
}

/// Head and body, or `None` at the end of the connection.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| line.split_once(": "))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(Ok(0), |(_, length)| length.parse());
            if body.len() >= length.ok()? {
                return Some(text);
            }
        }
    }
}

async fn drip(stream: &mut TcpStream) {
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    while stream.write_all(b"x").await.is_ok() {
        tick.tick().await;
    }
}

async fn flood(stream: &mut TcpStream, seen: &Mutex<Seen>) {
    let part = format!("10000\r\n{}\r\n", "x".repeat(0x1_0000));
    for _ in 0..1_024 {
        if stream.write_all(part.as_bytes()).await.is_err() {
            return;
        }
        seen.lock().unwrap().flooded_bytes += 0x1_0000;
    }
}
