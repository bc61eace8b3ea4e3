//! A connection on which anything can be sent.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::response::Response;

/// An event that does not happen by then does not happen.
const DEADLINE: Duration = Duration::from_secs(20);

/// A connection on which anything can be sent.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    /// Received and not read yet.
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Self {
        let stream = timeout(DEADLINE, TcpStream::connect(address))
            .await
            .unwrap()
            .unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            buffer: Vec::new(),
        }
    }

    /// Sends. A server that has closed already is no failure: what it said can still be read.
    pub async fn send(&mut self, bytes: &[u8]) {
        let sent = timeout(DEADLINE, self.stream.write_all(bytes))
            .await
            .unwrap();
        let _closed_already = sent.is_err();
    }

    /// The next response; none when the server closes the connection instead. An interim response
    /// (`100 Continue`) is one too.
    pub async fn response(&mut self) -> Option<Response> {
        let head_end = loop {
            if let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at;
            }
            if !self.receive().await {
                return None;
            }
        };
        let head: Vec<u8> = self.buffer.drain(..head_end + 4).take(head_end).collect();
        let mut response = Response::parse_head(&head);
        let length = match response.header("content-length") {
            Some(length) => length.parse().unwrap(),
            None => 0,
        };
        while self.buffer.len() < length {
            assert!(self.receive().await, "the body ends early: {response:?}");
        }
        response.body = self.buffer.drain(..length).collect();
        Some(response)
    }

    /// Sends, and reads the response to it.
    pub async fn exchange(&mut self, bytes: &[u8]) -> Response {
        self.send(bytes).await;
        self.response().await.unwrap()
    }

    /// Everything until the server closes the connection.
    pub async fn read_to_end(&mut self) -> Vec<u8> {
        while self.receive().await {}
        std::mem::take(&mut self.buffer)
    }

    /// Whether the server has sent nothing yet.
    pub fn is_silent(&mut self) -> bool {
        let mut one = [0];
        let read = self.stream.try_read(&mut one);
        self.buffer.is_empty() && read.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }

    /// Waits for more; false at the end.
    async fn receive(&mut self) -> bool {
        let read = timeout(DEADLINE, self.stream.read_buf(&mut self.buffer)).await;
        match read.unwrap_or_else(|_| panic!("no event within {DEADLINE:?}")) {
            Ok(bytes) => bytes > 0,
            // A reset is the end as well: the server had bytes of ours that it did not read.
            Err(_) => false,
        }
    }
}
