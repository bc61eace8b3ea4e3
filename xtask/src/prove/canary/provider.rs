//! An authorization server that hands out recognisable tokens and repeats what it was sent.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use procura_core::time::{Clock as _, SystemClock};
use procura_protocol::jose::Algorithm;
use procura_protocol::jose::signing::TokenSigningKey;
use serde_json::{Map, Value, json};

use super::secrets::invent;

/// How a token endpoint answers.
pub(super) const BEHAVIOURS: [&str; 8] = [
    "grant", "refuse", "code", "fail", "disguise", "strange", "redirect", "vanish",
];

/// The server. Its threads end with the process.
pub(super) struct Provider {
    pub(super) issuer: String,
    key: Arc<TokenSigningKey>,
    said: Arc<Said>,
}

/// What became known on its side.
#[derive(Default)]
struct Said {
    tokens: Mutex<Vec<String>>,
    assertions: Mutex<Vec<String>>,
}

impl Provider {
    pub(super) fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let issuer = format!("http://{}", listener.local_addr()?);
        let key = Arc::new(TokenSigningKey::generate(Algorithm::Es256)?);
        let said = Arc::new(Said::default());
        let (name, jwk, heard) = (issuer.clone(), Arc::clone(&key), Arc::clone(&said));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // Who hangs up is no concern of the server.
                let _ = answer(&stream, &name, &jwk, &heard);
            }
        });
        Ok(Self { issuer, key, said })
    }

    /// The tokens that it gave out.
    pub(super) fn tokens(&self) -> Vec<String> {
        copy(&self.said.tokens)
    }

    /// The assertions that it got.
    pub(super) fn assertions(&self) -> Vec<String> {
        copy(&self.said.assertions)
    }

    /// A token of the user `subject` that it signed.
    pub(super) fn user_token(&self, subject: &str) -> anyhow::Result<String> {
        let now_s = SystemClock.now().millis() / 1000;
        let claims = json!({
            "iss": self.issuer, "sub": subject, "aud": "procura", "iat": now_s, "exp": now_s + 600,
        });
        Ok(self.key.sign(&Map::new(), claims.to_string().as_bytes())?)
    }
}

fn copy(list: &Mutex<Vec<String>>) -> Vec<String> {
    list.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn answer(
    stream: &TcpStream,
    issuer: &str,
    key: &TokenSigningKey,
    said: &Said,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let before = head.len();
        reader.read_line(&mut head)?;
        let line = head.get(before..).unwrap_or_default().trim_end();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or_default();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let assertion = body
        .split('&')
        .find_map(|pair| pair.strip_prefix("client_assertion="));
    let assertion = assertion.map(str::to_owned).into_iter();
    said.assertions
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .extend(assertion);
    let metadata = json!({
        "issuer": issuer, "jwks_uri": format!("{issuer}/jwks"),
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token/grant"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    });
    let echo = format!("{head}{body}");
    let (status, reply) = match path.strip_prefix("/token/") {
        Some(behaviour) => token(behaviour, &echo, said),
        None if path == "/jwks" => ("200 OK", json!({ "keys": [key.public_jwk()] })),
        None => ("200 OK", metadata),
    };
    if status.is_empty() {
        return Ok(());
    }
    let reply = reply.to_string();
    let location = format!("{issuer}/elsewhere");
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nlocation: {location}\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n{reply}",
        reply.len()
    )
}

/// The answer of a token endpoint; no status where it hangs up.
fn token(behaviour: &str, echo: &str, said: &Said) -> (&'static str, Value) {
    let token = format!("ghs_{}", invent().replace(['"', '&'], "."));
    said.tokens
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(token.clone());
    let refusal = json!({ "error": "invalid_client", "error_description": echo });
    match behaviour {
        "grant" => {
            let grant =
                json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3600 });
            ("200 OK", grant)
        }
        "refuse" => ("400 Bad Request", refusal),
        // The code itself, which is shown, is what was sent; beside it a token.
        "code" => {
            let word = echo.rsplit(['=', '&']).next().unwrap_or_default();
            let both = json!({ "error": word, "access_token": token, "error_uri": echo });
            ("401 Unauthorized", both)
        }
        "fail" => ("500 Internal Server Error", refusal),
        "disguise" => ("200 OK", refusal),
        "strange" => {
            let strange = json!({ "access_token": [token], "token_type": { token: echo } });
            ("200 OK", strange)
        }
        "redirect" => ("307 Temporary Redirect", refusal),
        _ => ("", Value::Null),
    }
}
