//! Requests: what is asked, and what of it goes over the wire.

use std::fmt::Write as _;

use procura_wire::query::Service;
use procura_wire::{Operation, cognito};
use serde_json::Value;

/// What is asked, before it is signed.
#[derive(Debug, Clone)]
pub struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// A request without a body.
    pub fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: String::new(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// A call of an operation whose path has no labels.
    pub fn of(operation: Operation) -> Self {
        Self::new(operation.method(), operation.uri_template())
    }

    /// A call of an operation on the tags of `arn`.
    pub fn of_tags(operation: Operation, arn: &str) -> Self {
        Self::new(
            operation.method(),
            &format!("/tags/{}", percent_encoded(arn)),
        )
    }

    /// A call of an operation of user pools.
    pub fn of_user_pools(operation: cognito::Operation, body: &Value) -> Self {
        Self::of_target(&operation.target(), body)
    }

    /// A request of JSON 1.1.
    pub fn of_target(target: &str, body: &Value) -> Self {
        let mut request = Self::new("POST", "/").header(cognito::TARGET, target);
        request.body = body.to_string().into_bytes();
        request.header("content-type", cognito::CONTENT_TYPE)
    }

    /// A form for the operation of this name, of roles or of putting them on.
    pub fn of_form(service: &Service, action: &str, fields: &[(&str, &str)]) -> Self {
        let head = [("Action", action), ("Version", service.version)];
        let fields: Vec<String> = head
            .iter()
            .chain(fields)
            .map(|(name, value)| format!("{name}={}", percent_encoded(value)))
            .collect();
        let mut request = Self::new("POST", "/");
        request.body = fields.join("&").into_bytes();
        request.header(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        )
    }

    /// With a query, as it is sent.
    pub fn query(mut self, query: &str) -> Self {
        query.clone_into(&mut self.query);
        self
    }

    /// With another header, which is signed.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a body of JSON.
    pub fn json(self, body: &Value) -> Self {
        self.body(body.to_string().as_bytes())
    }

    /// With any body, in place of the one that it has.
    pub fn body(mut self, body: &[u8]) -> Self {
        self.body = body.to_vec();
        self.headers.retain(|(name, _)| name != "content-type");
        self.header("content-type", "application/json")
    }
}

/// What goes over the wire: every part can still be changed.
#[derive(Debug, Clone)]
pub struct Message {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// In their order.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Message {
    /// With another value of a header, or with it.
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.add(name, value)
    }

    /// With a header more.
    pub fn add(mut self, name: &str, value: &str) -> Self {
        self.headers
            .push((name.to_owned(), value.as_bytes().to_vec()));
        self
    }

    /// Without a header.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(header, _)| header != name);
        self
    }

    /// With another body, of which the headers say nothing.
    pub fn with_body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    /// With the body in chunks.
    pub fn in_chunks(self) -> Self {
        let body = chunked(&self.body);
        self.without("content-length")
            .add("transfer-encoding", "chunked")
            .with_body(body)
    }

    /// A header as text.
    pub fn value(&self, name: &str) -> String {
        let found = self.headers.iter().find(|(header, _)| header == name);
        String::from_utf8(found.unwrap().1.clone()).unwrap()
    }

    /// Request line, headers and the empty line.
    pub fn head(&self) -> Vec<u8> {
        let mut bytes = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes
    }

    /// All of it.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.head();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// A body in chunks (RFC 9112 §7.1), with the last one.
pub fn chunked(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for chunk in body.chunks(1000) {
        out.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        out.extend_from_slice(chunk);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"0\r\n\r\n");
    out
}

/// As AWS clients write a label: all but unreserved characters in escapes, slashes too.
pub(crate) fn percent_encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").unwrap();
        }
    }
    out
}
