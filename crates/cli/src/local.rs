//! Calls of the running server over its local socket.

use anyhow::{Context as _, bail};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::UnixStream;

use crate::data_dir::DataDir;

/// The server of a data directory.
#[derive(Debug)]
pub(crate) struct Local<'a>(pub(crate) &'a DataDir);

impl Local<'_> {
    /// Reads `path`.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        parse(&self.call(Method::GET, path, Bytes::new()).await?)
    }

    /// Reads `path` as bytes.
    pub(crate) async fn get_bytes(&self, path: &str) -> anyhow::Result<Bytes> {
        self.call(Method::GET, path, Bytes::new()).await
    }

    /// Sends `body` to `path`.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> anyhow::Result<T> {
        let body = Bytes::from(serde_json::to_vec(body)?);
        parse(&self.call(Method::POST, path, body).await?)
    }

    /// Puts `body` at `path`: in the place of the version `instead_of`, if one is named; 0 is none.
    pub(crate) async fn put<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        instead_of: Option<u64>,
    ) -> anyhow::Result<T> {
        let body = Bytes::from(serde_json::to_vec(body)?);
        let condition = match instead_of {
            None => None,
            Some(0) => Some(("if-none-match", "*".to_owned())),
            Some(version) => Some(("if-match", format!("\"{version}\""))),
        };
        parse(&self.ask(Method::PUT, path, body, condition).await?)
    }

    /// Deletes `path`.
    pub(crate) async fn delete(&self, path: &str) -> anyhow::Result<()> {
        self.call(Method::DELETE, path, Bytes::new())
            .await
            .map(drop)
    }

    async fn call(&self, method: Method, path: &str, body: Bytes) -> anyhow::Result<Bytes> {
        self.ask(method, path, body, None).await
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
        condition: Option<(&'static str, String)>,
    ) -> anyhow::Result<Bytes> {
        let socket = self.0.socket();
        let stream = UnixStream::connect(&socket).await.with_context(|| {
            format!(
                "no server runs on {}; start one with `procura dev --data-dir {}`",
                self.0.path().display(),
                self.0.path().display()
            )
        })?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "local");
        if let Some((name, value)) = condition {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(body))?;
        let exchange = async {
            let response = sender.send_request(request).await?;
            let status = response.status();
            let bytes = response.into_body().collect().await?.to_bytes();
            Ok::<_, hyper::Error>((status, bytes))
        };
        // The connection has to be driven while the exchange waits for it. One that ends together with
        // the last byte of the answer leaves the answer to be read.
        let mut exchange = std::pin::pin!(exchange);
        let (status, bytes) = tokio::select! {
            done = &mut exchange => done?,
            ended = connection => {
                ended?;
                exchange.await.context("the server closed the connection")?
            }
        };
        if status.is_success() {
            return Ok(bytes);
        }
        match serde_json::from_slice::<Problem>(&bytes) {
            Ok(problem) => bail!("{}", problem.detail),
            Err(_) => bail!("the server answered {status}"),
        }
    }
}

/// What the server says of a failure (RFC 9457).
#[derive(serde::Deserialize)]
struct Problem {
    detail: String,
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> anyhow::Result<T> {
    serde_json::from_slice(bytes).context("the server gave an answer that this version cannot read")
}
