//! What a proof says to a node: one request on a connection of its own, signed or not, in each of the
//! languages that the service speaks.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, bail};
use procura_core::entropy::{OsEntropy, random_bytes};
use serde_json::Value;

use crate::prove::browser::Page;
use crate::prove::client::{Signer, TARGET, basic_time, hex};

/// How long an answer may take before it counts for none.
const TIMEOUT: Duration = Duration::from_mins(1);
const FORM: &str = "application/x-www-form-urlencoded";

/// An access key: one that lasts, or a temporary one with its session token.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) id: String,
    pub(super) secret: String,
    pub(super) token: Option<String>,
}

/// Where a node is, and for which region it is asked.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) address: String,
    pub(super) region: String,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) status: u16,
    pub(super) body: String,
    /// All of it.
    pub(super) heard: String,
}

/// Whom roles are asked of, and who puts them on.
#[derive(Debug, Clone, Copy)]
pub(super) enum Forms {
    Iam,
    Sts,
}

impl Node {
    /// An operation of agents.
    pub(super) fn agents(&self, key: &Key, operation: &str, body: &Value) -> anyhow::Result<Said> {
        let path = format!("/identities/{operation}");
        let kind = ("content-type", "application/json");
        let body = body.to_string();
        self.signed(key, "bedrock-agentcore", (&path, &body), kind, None)
    }

    /// An operation of user pools, signed if there is a key.
    pub(super) fn pools(
        &self,
        key: Option<&Key>,
        operation: &str,
        body: &Value,
    ) -> anyhow::Result<Said> {
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        let kind = ("content-type", "application/x-amz-json-1.1");
        let body = body.to_string();
        match key {
            Some(key) => self.signed(key, "cognito-idp", ("/", &body), kind, Some(&target)),
            None => self.send("POST", "/", &[kind, (TARGET, &target)], &body),
        }
    }

    /// An operation in a form, signed if there is a key.
    pub(super) fn form(
        &self,
        key: Option<&Key>,
        forms: Forms,
        action: &str,
        fields: &[(&str, &str)],
    ) -> anyhow::Result<Said> {
        let (service, version) = match forms {
            Forms::Iam => ("iam", "2010-05-08"),
            Forms::Sts => ("sts", "2011-06-15"),
        };
        let mut all = vec![("Action", action), ("Version", version)];
        all.extend(fields);
        let (body, kind) = (encoded(&all), ("content-type", FORM));
        match key {
            Some(key) => self.signed(key, service, ("/", &body), kind, None),
            None => self.send("POST", "/", &[kind], &body),
        }
    }

    /// What stands at a path, for who has this `Authorization`.
    pub(super) fn get(&self, path: &str, authorization: &str) -> anyhow::Result<Said> {
        self.send("GET", path, &[("authorization", authorization)], "")
    }

    /// A form, with this `Authorization` if there is one.
    pub(super) fn post(
        &self,
        path: &str,
        authorization: Option<&str>,
        fields: &[(&str, &str)],
    ) -> anyhow::Result<Said> {
        let mut headers = vec![("content-type", FORM)];
        headers.extend(authorization.map(|value| ("authorization", value)));
        self.send("POST", path, &headers, &encoded(fields))
    }

    fn signed(
        &self,
        key: &Key,
        service: &str,
        (path, body): (&str, &str),
        kind: (&str, &str),
        target: Option<&str>,
    ) -> anyhow::Result<Said> {
        let time = basic_time();
        // What is asked twice within a second is told apart by this.
        let invocation = hex(&random_bytes::<16>(&mut OsEntropy));
        let mut headers = vec![
            ("amz-sdk-invocation-id", invocation.as_str()),
            ("host", &self.address),
            ("x-amz-date", &time),
        ];
        headers.extend(
            key.token
                .as_deref()
                .map(|token| ("x-amz-security-token", token)),
        );
        headers.extend(target.map(|target| (TARGET, target)));
        let who = Signer {
            key: &key.id,
            secret: &key.secret,
            region: &self.region,
            service,
        };
        let authorization = who.authorization(("POST", path, ""), &headers, body.as_bytes());
        // The host is said by `send`.
        headers.retain(|(name, _)| *name != "host");
        headers.extend([kind, ("authorization", authorization.as_str())]);
        self.send("POST", path, &headers, body)
    }

    fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> anyhow::Result<Said> {
        let headers: Vec<String> = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\n{}content-length: {}\r\nconnection: close\r\n\
             \r\n{body}",
            self.address,
            headers.concat(),
            body.len()
        );
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.write_all(request.as_bytes())?;
        let mut reply = String::new();
        stream.read_to_string(&mut reply)?;
        let (head, body) = reply.split_once("\r\n\r\n").context("no answer")?;
        let status = head.split(' ').nth(1).context("no status line")?;
        Ok(Said {
            status: status.parse()?,
            body: body.to_owned(),
            heard: reply.clone(),
        })
    }
}

impl Said {
    /// What a browser got.
    pub(super) fn of_page(page: &Page) -> Self {
        Self {
            status: page.status,
            body: page.body.clone(),
            heard: String::from_utf8_lossy(&page.heard).into_owned(),
        }
    }

    /// The same where it says this; one that does not gives nothing.
    pub(super) fn only_with(self, text: &str) -> Self {
        if (200..300).contains(&self.status) && !self.body.contains(text) {
            return Self {
                status: 403,
                ..self
            };
        }
        self
    }

    /// This answer, if something was given.
    pub(super) fn given(self) -> anyhow::Result<Self> {
        if (200..300).contains(&self.status) {
            return Ok(self);
        }
        bail!("the service answered {}: {}", self.status, self.body);
    }

    /// A text of a JSON body.
    pub(super) fn text(&self, pointer: &str) -> anyhow::Result<String> {
        let body: Value = serde_json::from_str(&self.body)?;
        let text = body.pointer(pointer).and_then(Value::as_str);
        text.map(str::to_owned)
            .with_context(|| format!("no {pointer}: {body}"))
    }

    /// The first element of this name of an XML body: one of ids and tokens, without escapes.
    pub(super) fn element(&self, name: &str) -> anyhow::Result<String> {
        let (_, rest) = self
            .body
            .split_once(&format!("<{name}>"))
            .with_context(|| format!("no {name}: {}", self.body))?;
        let text = rest.split('<').next().unwrap_or_default();
        Ok(text.to_owned())
    }

    /// The temporary key that an answer of roles gives.
    pub(super) fn temporary_key(&self) -> anyhow::Result<Key> {
        Ok(Key {
            id: self.element("AccessKeyId")?,
            secret: self.element("SecretAccessKey")?,
            token: Some(self.element("SessionToken")?),
        })
    }
}

/// A form, or a query.
pub(super) fn encoded(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", escaped(value)))
        .collect();
    pairs.join("&")
}

fn escaped(value: &str) -> String {
    use std::fmt::Write as _;
    value.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}
