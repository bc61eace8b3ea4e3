//! A demo provider that is served, and a client of HTTP/1.1 that shows what came back.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use procura_core::time::{Clock, Timestamp};
use procura_demo::{DemoProvider, Settings};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// A clock that a test moves.
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// A provider on loopback; it ends when dropped.
pub(crate) struct Served {
    pub(crate) provider: DemoProvider,
    pub(crate) address: SocketAddr,
    pub(crate) clock: Arc<TestClock>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinSet<std::io::Result<()>>,
}

#[expect(clippy::unwrap_used, reason = "a test's own server")]
impl Served {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(1_763_000_000_000)));
        let mut settings = Settings::new(clock.clone());
        change(&mut settings);
        let provider = DemoProvider::new(address, settings).unwrap();
        let (stop, stopped) = oneshot::channel();
        let mut task = JoinSet::new();
        task.spawn(provider.clone().serve(listener, async move {
            let _ = stopped.await;
        }));
        Self {
            provider,
            address,
            clock,
            stop: Some(stop),
            task,
        }
    }

    /// Stops, and waits until it has.
    pub(crate) async fn stop(&mut self) -> std::io::Result<()> {
        drop(self.stop.take());
        self.task.join_next().await.unwrap().unwrap()
    }

    /// The provider's present, in seconds.
    pub(crate) fn now_s(&self) -> i64 {
        self.clock.now().millis() / 1000
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.get_with(path, &[]).await
    }

    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.send("GET", path, headers, "").await.unwrap()
    }

    /// A token request with these headers and this form.
    pub(crate) async fn token(&self, headers: &[(&str, &str)], form: &[(&str, &str)]) -> Reply {
        self.try_token(headers, form).await.unwrap()
    }

    pub(crate) async fn try_token(
        &self,
        headers: &[(&str, &str)],
        form: &[(&str, &str)],
    ) -> Option<Reply> {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let mut all = vec![("Content-Type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        self.send("POST", "/token", &all, &body).await
    }

    /// A token of `demo-client`, with these scopes.
    pub(crate) async fn access_token(&self, scope: &str) -> String {
        let form = [("grant_type", "client_credentials"), ("scope", scope)];
        let reply = self.token(&[("Authorization", &demo_basic())], &form).await;
        let token = reply.json().get("access_token").cloned().unwrap();
        token.as_str().unwrap().to_owned()
    }

    /// `None` where the server closed without a whole reply.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Option<Reply> {
        let mut stream = self.open(method, path, headers, body).await;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.ok()?;
        Reply::read(&bytes)
    }

    /// Sends a request and leaves the reply to the caller.
    pub(crate) async fn open(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> TcpStream {
        let own_host = ("Host", &*self.address.to_string());
        let has_host = headers.iter().any(|(name, _)| *name == "Host");
        let host = (!has_host).then_some(&own_host);
        let length = ("Content-Length", &*body.len().to_string());
        let close = ("Connection", "close");
        let lines: String = [&length, &close]
            .into_iter()
            .chain(host)
            .chain(headers)
            .flat_map(|(name, value)| [*name, ": ", *value, "\r\n"])
            .collect();
        let request = format!("{method} {path} HTTP/1.1\r\n{lines}\r\n{body}");
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // A server that refuses early may close before it has read everything.
        let _ = stream.write_all(request.as_bytes()).await;
        stream
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Reply {
    #[expect(clippy::unwrap_used, reason = "a test's own client")]
    fn read(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().unwrap();
        let headers = lines.map(|line| line.split_once(": ").unwrap());
        Some(Self {
            status,
            headers: headers
                .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
                .collect(),
            body: body.to_owned(),
        })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    #[expect(clippy::unwrap_used, reason = "a test's own client")]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Status and `error`.
    pub(crate) fn refusal(&self) -> (u16, String) {
        let error = self.json().get("error").cloned().unwrap_or_default();
        (self.status, error.as_str().unwrap_or_default().to_owned())
    }
}

/// The header of a client that sends id and secret as they are.
pub(crate) fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

pub(crate) fn demo_basic() -> String {
    basic("demo-client", "demo-secret")
}
