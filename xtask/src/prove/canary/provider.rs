//! An authorization server that hands out recognisable secrets and repeats what it was sent.
//!
//! Below `/as/EXCHANGE/RENEWAL/REVOCATION` there is one for each way to answer each of the three; at
//! the root there is one that signs users in. Of `/token/BEHAVIOUR` nobody asks for a user.

mod token;

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use procura_core::time::{Clock as _, SystemClock};
use procura_protocol::jose::Algorithm;
use procura_protocol::jose::signing::TokenSigningKey;
use serde_json::{Map, Value, json};

use super::encoding::escaped;
use super::kind::Kind;
use super::secrets::invent;
use crate::prove::browser::parameter;

/// How a token endpoint answers.
pub(super) const BEHAVIOURS: [&str; 9] = [
    "grant", "refuse", "end", "code", "fail", "disguise", "strange", "redirect", "vanish",
];

/// How long a user's token lives, in seconds: long enough to be given out once.
pub(super) const LIFETIME_S: u64 = 2;

/// The client of the session-binding service.
pub(super) const LOGIN_CLIENT: &str = "canary-login";
/// The client of credential providers.
pub(super) const CLIENT: &str = "canary-client";

/// The server. Its threads end with the process.
pub(super) struct Provider {
    pub(super) issuer: String,
    shared: Arc<Shared>,
}

struct Shared {
    issuer: String,
    key: TokenSigningKey,
    known: Mutex<Known>,
}

/// What became known on its side, and what it was told to do.
#[derive(Default)]
struct Known {
    secrets: Vec<(Kind, String)>,
    /// What was asked for, by the code that it was answered with.
    codes: HashMap<String, Asked>,
    /// Who signs in next.
    user: String,
    /// How the sign-in is answered; empty grants it.
    login: &'static str,
}

/// Of an authorization request, what its end needs.
#[derive(Clone, Default)]
struct Asked {
    nonce: Option<String>,
    user: String,
}

/// What came.
struct Request {
    head: String,
    body: String,
}

impl Request {
    fn read(stream: &TcpStream) -> std::io::Result<Self> {
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
        Ok(Self { head, body })
    }

    fn target(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    /// All of it.
    fn echo(&self) -> String {
        format!("{}{}", self.head, self.body)
    }
}

/// What is answered; no status where it hangs up.
struct Reply {
    status: &'static str,
    location: Option<String>,
    body: Value,
}

impl Reply {
    fn new(status: &'static str, body: Value) -> Self {
        Self {
            status,
            location: None,
            body,
        }
    }
}

impl Provider {
    pub(super) fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let issuer = format!("http://{}", listener.local_addr()?);
        let shared = Arc::new(Shared {
            issuer: issuer.clone(),
            key: TokenSigningKey::generate(Algorithm::Es256)?,
            known: Mutex::default(),
        });
        let own = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // Who hangs up is no concern of the server.
                let _ = own.serve(&stream);
            }
        });
        Ok(Self { issuer, shared })
    }

    /// Every secret that it gave out or was given.
    pub(super) fn secrets(&self) -> Vec<(Kind, String)> {
        self.shared.known().secrets.clone()
    }

    /// A token of the user `subject` that it signed.
    pub(super) fn user_token(&self, subject: &str) -> anyhow::Result<String> {
        self.token_of(&self.issuer, subject)
    }

    /// An issuer of its own, of which nobody but the holders of its tokens knows.
    pub(super) fn issuer_named(&self, name: &str) -> String {
        format!("{}/as/grant/grant/{name}", self.issuer)
    }

    /// What an issuer says of `subject`.
    pub(super) fn token_of(&self, issuer: &str, subject: &str) -> anyhow::Result<String> {
        let claims = json!({ "iss": issuer, "sub": subject, "aud": "procura" });
        self.shared.signed(claims)
    }

    /// From now on `subject` signs in, and is answered by this behaviour.
    pub(super) fn signs_in(&self, subject: &str, behaviour: &'static str) {
        let mut known = self.shared.known();
        subject.clone_into(&mut known.user);
        known.login = behaviour;
    }
}

impl Shared {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn learn(&self, kind: Kind, secret: &str) {
        self.known().secrets.push((kind, secret.to_owned()));
    }

    fn signed(&self, mut claims: Value) -> anyhow::Result<String> {
        let now_s = SystemClock.now().millis() / 1000;
        if let Some(claims) = claims.as_object_mut() {
            claims.insert("iat".to_owned(), now_s.into());
            claims.insert("exp".to_owned(), (now_s + 600).into());
        }
        Ok(self.key.sign(&Map::new(), claims.to_string().as_bytes())?)
    }

    fn serve(&self, stream: &TcpStream) -> std::io::Result<()> {
        let request = Request::read(stream)?;
        let Reply {
            status,
            location,
            body,
        } = self.answer(&request);
        if status.is_empty() {
            return Ok(());
        }
        let body = body.to_string();
        let location = location.unwrap_or_else(|| format!("{}/elsewhere", self.issuer));
        let mut stream = stream;
        write!(
            stream,
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nlocation: {location}\r\n\
             connection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    fn answer(&self, request: &Request) -> Reply {
        for (name, kind) in [
            ("client_assertion", Kind::ClientAssertion),
            ("code_verifier", Kind::CodeVerifier),
        ] {
            if let Some(secret) = parameter(&request.body, name) {
                self.learn(kind, &secret);
            }
        }
        let path = request.target().split('?').next().unwrap_or_default();
        if let Some(behaviour) = path.strip_prefix("/token/") {
            return self.token(behaviour, &self.issuer, request);
        }
        // An issuer of its own, and how it exchanges, renews and takes back.
        let (issuer, ways, rest) = match path.strip_prefix("/as/") {
            Some(own) => {
                let parts: Vec<&str> = own.splitn(4, '/').collect();
                let ways = parts.get(..3).unwrap_or_default().to_vec();
                let issuer = format!("{}/as/{}", self.issuer, ways.join("/"));
                (issuer, ways, parts.get(3).copied().unwrap_or_default())
            }
            None => (
                self.issuer.clone(),
                Vec::new(),
                path.trim_start_matches('/'),
            ),
        };
        let way = |at: usize| ways.get(at).copied().unwrap_or("grant");
        match rest {
            "jwks" => Reply::new("200 OK", json!({ "keys": [self.key.public_jwk()] })),
            "authorize" => self.authorize(request),
            "token" if ways.is_empty() => {
                let login = self.known().login;
                self.token(login, &issuer, request)
            }
            "token" if request.body.contains("grant_type=refresh_token") => {
                self.token(way(1), &issuer, request)
            }
            "token" => self.token(way(0), &issuer, request),
            "revoke" if way(2) == "grant" => Reply::new("200 OK", json!({})),
            "revoke" => self.token(way(2), &issuer, request),
            _ => Reply::new("200 OK", self.metadata(&issuer)),
        }
    }

    fn metadata(&self, issuer: &str) -> Value {
        json!({
            "issuer": issuer, "jwks_uri": format!("{}/jwks", self.issuer),
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "revocation_endpoint": format!("{issuer}/revoke"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        })
    }

    /// The user, who says yes to everything, is sent back with a code.
    fn authorize(&self, request: &Request) -> Reply {
        let of = |name| parameter(request.target(), name).unwrap_or_default();
        let code = invent();
        let nonce = parameter(request.target(), "nonce");
        self.learn(Kind::AuthorizationCode, &code);
        let mut known = self.known();
        let user = known.user.clone();
        known.codes.insert(code.clone(), Asked { nonce, user });
        let (back, code, state) = (of("redirect_uri"), escaped(&code), escaped(&of("state")));
        Reply {
            location: Some(format!("{back}?code={code}&state={state}")),
            ..Reply::new("302 Found", json!({}))
        }
    }
}
