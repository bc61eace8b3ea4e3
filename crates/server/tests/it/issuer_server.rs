//! An issuer whose every answer a test decides: a small real server, and keys that sign.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use procura_app::task::Tasks;
use procura_core::time::Clock as _;
use procura_protocol::jose::Algorithm;
use procura_protocol::jose::signing::TokenSigningKey;
use procura_testkit::TestApp;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A server with a discovery document under every path, and one key set.
pub(crate) struct IssuerServer {
    pub(crate) key: TokenSigningKey,
    address: SocketAddr,
    shared: Arc<Shared>,
    _serving: Tasks,
}

#[derive(Default)]
struct Shared {
    address: Mutex<String>,
    /// What stands here is answered in the place of the usual, by path: head without its first
    /// line, and body.
    answers: Mutex<BTreeMap<String, (String, String)>>,
    /// The paths that were asked for.
    seen: watch::Sender<Vec<String>>,
    /// While this is set, the key set is not answered.
    closed: watch::Sender<bool>,
}

impl IssuerServer {
    pub(crate) async fn start() -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        *shared.address.lock().unwrap() = address.to_string();
        let key = TokenSigningKey::generate(Algorithm::Es256).unwrap();
        let (mut serving, of_server) = (Tasks::default(), Arc::clone(&shared));
        serving.spawn(|_| async move {
            let mut connections = Tasks::default();
            while let Ok((stream, _)) = socket.accept().await {
                let shared = Arc::clone(&of_server);
                connections.spawn(|_| async move { shared.serve(stream).await });
            }
        });
        let server = Self {
            key,
            address,
            shared,
            _serving: serving,
        };
        server.publish(&[&server.key]);
        server
    }

    /// Its name.
    pub(crate) fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where its keys are.
    pub(crate) fn jwks_uri(&self) -> String {
        format!("{}/jwks", self.issuer())
    }

    /// The key set is of these keys.
    pub(crate) fn publish(&self, keys: &[&TokenSigningKey]) {
        let keys: Vec<Value> = keys.iter().map(|key| key.public_jwk()).collect();
        self.answer("/jwks", "", &json!({ "keys": keys }).to_string());
    }

    /// What `path` is answered with: further headers, each with its line end, and the body.
    pub(crate) fn answer(&self, path: &str, headers: &str, body: &str) {
        let answer = (headers.to_owned(), body.to_owned());
        let mut answers = self.shared.answers.lock().unwrap();
        answers.insert(path.to_owned(), answer);
    }

    /// The key set is not answered until [`Self::open`].
    pub(crate) fn close(&self) {
        self.shared.closed.send_replace(true);
    }

    /// Whoever waits is answered.
    pub(crate) fn open(&self) {
        self.shared.closed.send_replace(false);
    }

    /// How often any path that ends so was asked for.
    pub(crate) fn requests(&self, end: &str) -> usize {
        let seen = self.shared.seen.borrow();
        seen.iter().filter(|path| path.ends_with(end)).count()
    }

    /// Waits until the key set was asked for so often.
    pub(crate) async fn key_set_requests_reach(&self, count: usize) {
        let mut seen = self.shared.seen.subscribe();
        let asked = |seen: &Vec<String>| seen.iter().filter(|path| *path == "/jwks").count();
        seen.wait_for(|seen| asked(seen) >= count).await.unwrap();
    }

    /// The claims of a good token of alice, with these in the place of their own; `null` removes one.
    pub(crate) fn claims(&self, app: &TestApp, changes: &Value) -> Value {
        let now_s = app.clock().now().millis().div_euclid(1000);
        let mut claims = json!({
            "iss": self.issuer(), "sub": "alice", "aud": "app", "client_id": "app",
            "iat": now_s, "exp": now_s + 3600,
        });
        for (name, value) in changes.as_object().unwrap() {
            let claims = claims.as_object_mut().unwrap();
            if value.is_null() {
                claims.remove(name);
            } else {
                claims.insert(name.clone(), value.clone());
            }
        }
        claims
    }

    /// A token of alice with these claims.
    pub(crate) fn token(&self, app: &TestApp, changes: &Value) -> String {
        let claims = self.claims(app, changes).to_string();
        self.signed(&json!({ "typ": "at+jwt" }), claims.as_bytes())
    }

    /// Whatever it is, signed as its own.
    pub(crate) fn signed(&self, header: &Value, payload: &[u8]) -> String {
        let header: Map<String, Value> = header.as_object().unwrap().clone();
        self.key.sign(&header, payload).unwrap()
    }
}

impl Shared {
    async fn serve(&self, mut stream: TcpStream) {
        let mut head = Vec::new();
        while let Ok(byte) = stream.read_u8().await {
            head.push(byte);
            if head.ends_with(b"\r\n\r\n") {
                let text = String::from_utf8_lossy(&head).into_owned();
                let path = text.split(' ').nth(1).unwrap_or_default();
                let answer = self.answered(path).await;
                if stream.write_all(answer.as_bytes()).await.is_err() {
                    return;
                }
                head.clear();
            }
        }
    }

    async fn answered(&self, path: &str) -> String {
        self.seen.send_modify(|seen| seen.push(path.to_owned()));
        if path == "/jwks" {
            let mut closed = self.closed.subscribe();
            let _ = closed.wait_for(|closed| !closed).await;
        }
        let special = self.answers.lock().unwrap().get(path).cloned();
        let (headers, body) = special.unwrap_or_else(|| (String::new(), self.document(path)));
        let length = body.len();
        format!("HTTP/1.1 200 OK\r\n{headers}content-length: {length}\r\n\r\n{body}")
    }

    fn document(&self, path: &str) -> String {
        let base = format!("http://{}", self.address.lock().unwrap());
        let tenant = path.strip_suffix("/.well-known/openid-configuration");
        let issuer = format!("{base}{}", tenant.unwrap_or_default());
        json!({ "issuer": issuer, "jwks_uri": format!("{base}/jwks") }).to_string()
    }
}
