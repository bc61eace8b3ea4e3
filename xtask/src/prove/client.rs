//! A small client that signs for itself: proofs send thousands of requests and must know exactly
//! which of them were acknowledged.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, bail};
use procura_core::digest::{hmac_sha256, sha256};
use procura_core::entropy::{OsEntropy, random_bytes};
use procura_core::time::{Clock as _, SystemClock};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How long an answer may take before the proof fails.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long to wait after having asked too often: what a bucket of the service needs to refill.
const TOO_EARLY: Duration = Duration::from_millis(20);

/// The header that names an operation of user pools.
pub(super) const TARGET: &str = "x-amz-target";

/// Where a service is, and who calls.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Login {
    pub(super) address: String,
    pub(super) key: String,
    pub(super) secret: String,
    pub(super) region: String,
}

impl Login {
    /// The login that `procura env --format json` prints.
    pub(super) fn from_env(json: &[u8]) -> anyhow::Result<Self> {
        let env: Value = serde_json::from_slice(json)?;
        let text = |name: &str| {
            let value = env.get(name).and_then(Value::as_str);
            value.map(str::to_owned).context("procura env")
        };
        let address = text("AWS_ENDPOINT_URL_BEDROCK_AGENTCORE")?;
        Ok(Self {
            address: address.trim_start_matches("http://").to_owned(),
            key: text("AWS_ACCESS_KEY_ID")?,
            secret: text("AWS_SECRET_ACCESS_KEY")?,
            region: text("AWS_REGION")?,
        })
    }
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) record: Option<String>,
    /// The type of an error.
    pub(super) error: Option<String>,
    /// When to come again, in seconds.
    pub(super) retry_after_s: Option<u64>,
    pub(super) body: Value,
}

/// A request, before it is signed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) method: &'a str,
    /// With its escapes.
    pub(super) path: &'a str,
    /// With its escapes, its parameters in their order; empty if there is none.
    pub(super) query: &'a str,
    /// Headers that are not signed.
    pub(super) headers: &'a [(&'a str, &'a str)],
    pub(super) body: &'a [u8],
}

impl<'a> Call<'a> {
    /// A POST of `body` to `path`.
    pub(super) fn post(path: &'a str, body: &'a [u8]) -> Self {
        Self {
            method: "POST",
            path,
            query: "",
            headers: &[],
            body,
        }
    }
}

/// One connection.
pub(super) struct Client {
    login: Login,
    stream: BufReader<TcpStream>,
    /// The last answer, byte for byte.
    heard: Vec<u8>,
}

impl Client {
    pub(super) fn connect(login: Login) -> io::Result<Self> {
        let stream = TcpStream::connect(&login.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        Ok(Self {
            login,
            stream: BufReader::new(stream),
            heard: Vec::new(),
        })
    }

    /// Where the service is.
    pub(super) fn address(&self) -> &str {
        &self.login.address
    }

    /// Sends `body` to `path`, again when it came too early. An error means that nothing is known of
    /// the outcome.
    pub(super) fn post(&mut self, path: &str, body: &Value) -> io::Result<Answer> {
        let body = body.to_string();
        loop {
            let answer = self.call(&Call::post(path, body.as_bytes()))?;
            if answer.status != 429 {
                return Ok(answer);
            }
            pause(TOO_EARLY);
        }
    }

    /// Sends `call`. An error means that nothing is known of the outcome.
    pub(super) fn call(&mut self, call: &Call<'_>) -> io::Result<Answer> {
        self.heard.clear();
        let head = self.head(call);
        let stream = self.stream.get_mut();
        stream.write_all(head.as_bytes())?;
        stream.write_all(call.body)?;
        self.answer()
    }

    /// The last answer, byte for byte, as far as it came.
    pub(super) fn heard(&self) -> &[u8] {
        &self.heard
    }

    fn head(&self, call: &Call<'_>) -> String {
        let Login {
            address,
            key,
            secret,
            region,
        } = &self.login;
        let time = basic_time();
        // What is asked twice within a second is told apart by this.
        let invocation = hex(&random_bytes::<16>(&mut OsEntropy));
        let Call {
            method,
            path,
            query,
            headers,
            body,
        } = call;
        let target = headers.iter().find(|(name, _)| *name == TARGET);
        let service = match target {
            Some(_) => "cognito-idp",
            None => "bedrock-agentcore",
        };
        let who = Signer {
            key,
            secret,
            region,
            service,
        };
        let mut own = vec![
            ("amz-sdk-invocation-id", invocation.as_str()),
            ("host", address),
            ("x-amz-date", &time),
        ];
        own.extend(target);
        let authorization = who.authorization((method, path, query), &own, body);
        let mark = if query.is_empty() { "" } else { "?" };
        let more: Vec<String> = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let more = more.concat();
        format!(
            "{method} {path}{mark}{query} HTTP/1.1\r\nhost: {address}\r\nx-amz-date: {time}\r\n\
             amz-sdk-invocation-id: {invocation}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n{more}\
             authorization: {authorization}\r\n\r\n",
            body.len()
        )
    }

    fn answer(&mut self) -> io::Result<Answer> {
        let status = self.line()?;
        let status = status.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.ok_or_else(|| broken("no status line"))?;
        let (mut length, mut record, mut error, mut retry_after_s) = (0, None, None, None);
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(": ") else {
                break;
            };
            match name {
                "content-length" => length = value.parse().map_err(|_| broken("content-length"))?,
                "x-procura-record" => record = Some(value.to_owned()),
                "x-amzn-errortype" => error = Some(value.to_owned()),
                "retry-after" => retry_after_s = value.parse().ok(),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        self.heard.extend_from_slice(&body);
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Ok(Answer {
            status,
            record,
            error,
            retry_after_s,
            body,
        })
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(broken("the connection ended"));
        }
        self.heard.extend_from_slice(line.as_bytes());
        Ok(line.trim_end().to_owned())
    }
}

/// Who signs, and for which service.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signer<'a> {
    pub(super) key: &'a str,
    pub(super) secret: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
}

impl Signer<'_> {
    /// The header of a request: its method, its path with escapes and its query, the headers that are
    /// signed in the order of their names, the date among them, and its body.
    pub(super) fn authorization(
        &self,
        (method, path, query): (&str, &str, &str),
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> String {
        let date = headers.iter().find(|(name, _)| *name == "x-amz-date");
        let time = date.map(|(_, value)| *value).unwrap_or_default();
        let day = time.get(..8).unwrap_or_default();
        let lines: Vec<String> = headers
            .iter()
            .map(|(name, value)| format!("{name}:{value}\n"))
            .collect();
        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        // Every service but S3 has the path escaped once more.
        let canonical = format!(
            "{method}\n{}\n{query}\n{}\n{names}\n{}",
            path.replace('%', "%25"),
            lines.concat(),
            hex(&sha256(&[body]))
        );
        let scope = format!("{day}/{}/{}/aws4_request", self.region, self.service);
        let to_sign = format!(
            "AWS4-HMAC-SHA256\n{time}\n{scope}\n{}",
            hex(&sha256(&[canonical.as_bytes()]))
        );
        let secret = format!("AWS4{}", self.secret);
        let mut signing = hmac_sha256(secret.as_bytes(), day.as_bytes());
        for part in [self.region, self.service, "aws4_request"] {
            signing = hmac_sha256(&signing, part.as_bytes());
        }
        let signature = hex(&hmac_sha256(&signing, to_sign.as_bytes()));
        let key = self.key;
        format!(
            "AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={names}, \
             Signature={signature}"
        )
    }
}

impl Answer {
    /// A member of the body, as text.
    pub(super) fn text(&self, member: &str) -> Option<String> {
        self.body
            .get(member)
            .and_then(Value::as_str)
            .map(str::to_owned)
    }

    /// This answer, if it has one of these statuses.
    pub(super) fn expect(self, statuses: &[u16]) -> anyhow::Result<Self> {
        if statuses.contains(&self.status) {
            return Ok(self);
        }
        bail!("the service answered {}: {}", self.status, self.body);
    }
}

/// Waits for nothing.
pub(super) fn pause(time: Duration) {
    let (_kept, nothing) = std::sync::mpsc::channel::<()>();
    let _ = nothing.recv_timeout(time);
}

fn broken(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, text)
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The present as `20251122T062340Z`.
pub(super) fn basic_time() -> String {
    let now = SystemClock.now().to_string();
    let seconds = now.split('.').next().unwrap_or_default();
    let digits: String = seconds
        .chars()
        .filter(|c| !matches!(c, '-' | ':'))
        .collect();
    format!("{digits}Z")
}
