//! What the operator says to a server, over its local socket: one request on a connection of its own.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::server::Setup;

/// Whoever can open the socket.
pub(super) struct Operator(PathBuf);

impl Operator {
    pub(super) fn of(setup: &Setup) -> Self {
        Self(setup.directory.join("admin.sock"))
    }

    pub(super) fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.send("GET", path, "")
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.send("POST", path, &body.to_string())
    }

    pub(super) fn delete(&self, path: &str) -> anyhow::Result<()> {
        self.send("DELETE", path, "").map(drop)
    }

    fn send(&self, method: &str, path: &str, body: &str) -> anyhow::Result<Value> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: local\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        let mut socket = UnixStream::connect(&self.0)?;
        socket.write_all(request.as_bytes())?;
        let mut reply = String::new();
        socket.read_to_string(&mut reply)?;
        let (head, body) = reply.split_once("\r\n\r\n").context("no answer")?;
        if !head.starts_with("HTTP/1.1 2") {
            bail!("{method} {path}: {reply}");
        }
        Ok(serde_json::from_str(body).unwrap_or_default())
    }
}
