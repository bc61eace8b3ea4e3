//! The issuers of a proof, on loopback, each below a path of its own: whoever asks one for its keys gets
//! them, registered or not.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use procura_core::time::{Clock as _, SystemClock};
use procura_protocol::jose::Algorithm;
use procura_protocol::jose::signing::TokenSigningKey;
use serde_json::{Map, Value, json};

/// For whom their tokens are.
pub(super) const AUDIENCE: &str = "procura";
/// How long these live, in seconds.
const LIFE_S: i64 = 3600;

/// All of them, which sign with one key. They serve for as long as the process lives.
pub(super) struct Issuers {
    origin: String,
    key: Arc<TokenSigningKey>,
}

impl Issuers {
    pub(super) fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let origin = format!("http://{}", listener.local_addr()?);
        let key = Arc::new(TokenSigningKey::generate(Algorithm::Es256)?);
        let (own, name) = (Arc::clone(&key), origin.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // Who hangs up is no concern of the server.
                let _ = serve(&stream, &name, &own);
            }
        });
        Ok(Self { origin, key })
    }

    /// The issuer of this name.
    pub(super) fn named(&self, name: &str) -> String {
        format!("{}/{name}", self.origin)
    }

    /// Where the keys of all are.
    pub(super) fn keys(&self) -> String {
        format!("{}/jwks", self.origin)
    }

    /// What an issuer says of `subject`.
    pub(super) fn token(&self, issuer: &str, subject: &str) -> anyhow::Result<String> {
        let now_s = SystemClock.now().millis() / 1000;
        let claims = json!({
            "iss": issuer, "sub": subject, "aud": AUDIENCE, "iat": now_s, "exp": now_s + LIFE_S,
        });
        let mut header = Map::new();
        header.insert("typ".to_owned(), "JWT".into());
        Ok(self.key.sign(&header, claims.to_string().as_bytes())?)
    }
}

fn serve(stream: &TcpStream, origin: &str, key: &TokenSigningKey) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut target = String::new();
    reader.read_line(&mut target)?;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 0 && !line.trim_end().is_empty() {
        line.clear();
    }
    let path = target.split(' ').nth(1).unwrap_or_default();
    let body = answer(path, origin, key).to_string();
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn answer(path: &str, origin: &str, key: &TokenSigningKey) -> Value {
    let name = path.strip_suffix("/.well-known/openid-configuration");
    match name {
        Some(name) => {
            json!({ "issuer": format!("{origin}{name}"), "jwks_uri": format!("{origin}/jwks") })
        }
        None => json!({ "keys": [key.public_jwk()] }),
    }
}
