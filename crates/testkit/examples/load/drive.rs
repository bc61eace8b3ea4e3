//! Connections that ask again as soon as they are answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::Outcome;

/// How many connections there are.
pub(crate) const CONNECTIONS: usize = 64;
/// A round that lasts so much longer than it should has hung.
const HUNG: Duration = Duration::from_mins(2);
/// Room for an answer, in bytes; it grows.
const ANSWER_BYTES: usize = 16 * 1024;

/// What is sent, to whom, and what must come back.
pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    pub(crate) requests: Vec<Vec<u8>>,
    /// The status of every answer.
    pub(crate) expected: u16,
    /// Whether a request is sent only once; the round ends when there are no more.
    pub(crate) is_once: bool,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: Vec<u8>,
    pub(crate) body: Vec<u8>,
}

/// A connection, and what was received on it.
struct Line {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Load {
    /// Requests that are repeated, one for each connection.
    pub(crate) fn again(address: SocketAddr, requests: Vec<Vec<u8>>) -> Self {
        Self {
            address,
            requests,
            expected: 200,
            is_once: false,
        }
    }

    /// Requests that are sent once.
    pub(crate) fn once(address: SocketAddr, requests: Vec<Vec<u8>>, expected: u16) -> Self {
        Self {
            address,
            requests,
            expected,
            is_once: true,
        }
    }

    /// The request after the `sent` ones that connection `at` has sent.
    fn next(&self, at: usize, taken: &AtomicUsize) -> Option<&[u8]> {
        let index = if self.is_once {
            taken.fetch_add(1, Ordering::Relaxed)
        } else {
            at.checked_rem(self.requests.len())?
        };
        self.requests.get(index).map(Vec::as_slice)
    }
}

impl Answer {
    pub(crate) fn head(&self) -> String {
        String::from_utf8_lossy(&self.head).into_owned()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Runs for `seconds`, or until everything is sent: requests, seconds, and of their latencies the
/// 50th and 99th of a hundred, in microseconds.
pub(crate) async fn run(load: Load, seconds: Option<f64>) -> Outcome<Value> {
    let mut lines = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        lines.push(Line::open(load.address).await?);
    }
    let (load, taken) = (Arc::new(load), Arc::new(AtomicUsize::new(0)));
    let begin = now();
    let end = seconds.map(|seconds| begin + Duration::from_secs_f64(seconds));
    let mut asking = JoinSet::new();
    for (at, line) in lines.into_iter().enumerate() {
        asking.spawn(ask(line, Arc::clone(&load), at, Arc::clone(&taken), end));
    }
    let all = timeout(HUNG, async {
        let mut all = Vec::new();
        while let Some(latencies) = asking.join_next().await {
            all.extend(latencies??);
        }
        Outcome::Ok(all)
    });
    let mut all = all.await.map_err(|_| "the round hangs")??;
    let seconds = now().duration_since(begin).as_secs_f64();
    all.sort_unstable();
    let at_percent = |percent: usize| all.get(all.len() * percent / 100).copied();
    Ok(json!({
        "requests": all.len(),
        "seconds": seconds,
        "p50_us": at_percent(50),
        "p99_us": at_percent(99),
    }))
}

/// One request on a connection of its own.
pub(crate) async fn exchange_once(address: SocketAddr, request: &[u8]) -> Outcome<Answer> {
    let mut line = Line::open(address).await?;
    let status = line.exchange(request).await?;
    let head_end = head_end(&line.buffer).unwrap_or(line.buffer.len());
    let body = line.buffer.split_off(head_end);
    Ok(Answer {
        status,
        head: line.buffer,
        body,
    })
}

/// Asks until the end; the latency of each request, in microseconds.
async fn ask(
    mut line: Line,
    load: Arc<Load>,
    at: usize,
    taken: Arc<AtomicUsize>,
    end: Option<Instant>,
) -> Outcome<Vec<u32>> {
    let mut latencies = Vec::new();
    let mut sent_at = now();
    while end.is_none_or(|end| sent_at < end)
        && let Some(request) = load.next(at, &taken)
    {
        let status = line.exchange(request).await?;
        if status != load.expected {
            let text = String::from_utf8_lossy(&line.buffer);
            return Err(format!("answered {status}: {text}").into());
        }
        let answered_at = now();
        let latency = answered_at.duration_since(sent_at).as_micros();
        latencies.push(u32::try_from(latency).unwrap_or(u32::MAX));
        sent_at = answered_at;
    }
    Ok(latencies)
}

impl Line {
    async fn open(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(ANSWER_BYTES),
        })
    }

    /// Sends a request and reads the whole answer; its status.
    async fn exchange(&mut self, request: &[u8]) -> Outcome<u16> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed the connection".into());
            }
            let Some(head) = head_end(&self.buffer).and_then(|end| self.buffer.get(..end)) else {
                continue;
            };
            if self.buffer.len() >= head.len() + content_length(head)? {
                return status(head);
            }
        }
    }
}

/// Where the body begins.
fn head_end(bytes: &[u8]) -> Option<usize> {
    let at = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some(at + 4)
}

fn status(head: &[u8]) -> Outcome<u16> {
    let digits = head.get(9..12).ok_or("no status line")?;
    Ok(std::str::from_utf8(digits)?.parse()?)
}

/// Zero where the answer has none.
fn content_length(head: &[u8]) -> Outcome<usize> {
    const NAME: &[u8] = b"content-length: ";
    let mut parts = head.windows(NAME.len());
    let Some(at) = parts.position(|part| part.eq_ignore_ascii_case(NAME)) else {
        return Ok(0);
    };
    let value = head.get(at + NAME.len()..).unwrap_or_default();
    let end = value.iter().position(|byte| *byte == b'\r');
    let digits = end.and_then(|end| value.get(..end)).unwrap_or_default();
    Ok(std::str::from_utf8(digits)?.parse()?)
}

#[expect(
    clippy::disallowed_methods,
    reason = "this measures; nothing that it calls is told the time"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}
