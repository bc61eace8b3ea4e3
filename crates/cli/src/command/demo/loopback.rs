//! HTTP to servers of this machine, in the clear: what `procura demo` has to say to anybody.

use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::time::Duration;

use anyhow::{Context as _, bail};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper::header::{HOST, HeaderValue};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use procura_protocol::egress::{OutboundUrl, Scheme};
use tokio::net::TcpStream;

/// Longest time from the connection to the last byte of the answer.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The longest answer, in bytes.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// Sends `request` to where `url` leads, and follows no redirect.
pub(super) async fn send(
    url: &OutboundUrl,
    mut request: Request<Full<Bytes>>,
) -> anyhow::Result<Response<Bytes>> {
    let address = address(url)?;
    let (path, query) = (url.url().path(), url.url().query());
    let target = query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    *request.uri_mut() = target.parse()?;
    let host = HeaderValue::from_str(&host(url))?;
    request.headers_mut().insert(HOST, host);
    let sent = tokio::time::timeout(TIMEOUT, exchange(address, request)).await;
    let sent = sent.with_context(|| format!("{address} does not answer"))?;
    sent.with_context(|| format!("{address} cannot be asked"))
}

async fn exchange(
    address: SocketAddr,
    request: Request<Full<Bytes>>,
) -> anyhow::Result<Response<Bytes>> {
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let answered = async {
        let (parts, body) = sender.send_request(request).await?.into_parts();
        let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await;
        let body = body.map_err(anyhow::Error::from_boxed)?;
        anyhow::Ok(Response::from_parts(parts, body.to_bytes()))
    };
    let mut answered = pin!(answered);
    // The connection has to be driven while the answer is waited for. It may end with the answer's
    // last byte, before anybody has looked at that.
    tokio::select! {
        answered = &mut answered => answered,
        ended = connection => {
            ended?;
            answered.await
        }
    }
}

// SECURITY: an answer may redirect to anywhere, and a request may carry a password or a token; so
// whatever is asked for, only this machine is asked (test: only_this_machine_is_asked).
fn address(url: &OutboundUrl) -> anyhow::Result<SocketAddr> {
    let literal = match url.host() {
        "localhost" => Some((Ipv4Addr::LOCALHOST, url.port()).into()),
        _ => url.literal(),
    };
    match literal {
        Some(address) if url.scheme() == Scheme::Http && address.ip().is_loopback() => Ok(address),
        _ => bail!(
            "this would lead to {}; the demo stays on this machine",
            url.authority()
        ),
    }
}

/// What stands in `Host`: the port where it is not the scheme's own.
pub(super) fn host(url: &OutboundUrl) -> String {
    match url.url().port() {
        Some(port) => format!("{}:{port}", url.host()),
        None => url.host().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_asked() {
        let is_asked = |url: &str| address(&url.parse().unwrap()).is_ok();
        for url in [
            "http://127.0.0.1:9400/x",
            "http://[::1]:9400/",
            "http://localhost/",
        ] {
            assert!(is_asked(url), "{url}");
        }
        for url in [
            "https://127.0.0.1:9400/",
            "http://10.0.0.1/",
            "http://169.254.169.254/latest",
            "http://localhost.example/",
            "http://procura.example:9400/",
            "http://0.0.0.0:9400/",
        ] {
            assert!(!is_asked(url), "{url}");
        }
    }
}
