//! A connection that a handler can have dripped or cut: what a reply alone cannot do.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Sleep, sleep};

const FLOWS: u8 = 0;
const DRIPS: u8 = 1;
const CUT: u8 = 2;
const SPEAKS: u8 = 3;
const END_OF_HEAD: &[u8] = b"\r\n\r\n";
const PACE: Duration = Duration::from_secs(1);

/// The handler's end of its connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line(Arc<Orders>);

#[derive(Debug, Default)]
struct Orders {
    state: AtomicU8,
    speech: OnceLock<Speech>,
}

/// Bytes in the place of a reply.
#[derive(Debug)]
struct Speech {
    first: Vec<u8>,
    /// Again and again.
    forever: Vec<u8>,
}

impl Line {
    /// From now on: the head of the reply at once, then one byte a second.
    pub(crate) fn drip(&self) {
        self.0.state.store(DRIPS, Ordering::SeqCst);
    }

    /// Nothing leaves any more: the connection is closed at the first byte that would.
    pub(crate) fn cut(&self) {
        self.0.state.store(CUT, Ordering::SeqCst);
    }

    /// From now on: `first` in the place of the reply, then `forever` until the other side goes; or
    /// the end of the connection where that is empty.
    pub(crate) fn speak(&self, first: &str, forever: &str) {
        let speech = Speech {
            first: first.as_bytes().to_vec(),
            forever: forever.as_bytes().to_vec(),
        };
        if self.0.speech.set(speech).is_ok() {
            self.0.state.store(SPEAKS, Ordering::SeqCst);
        } else {
            self.cut();
        }
    }

    fn state(&self) -> u8 {
        self.0.state.load(Ordering::SeqCst)
    }
}

/// Accepts connections, each with its [`Line`].
#[derive(Debug)]
pub(crate) struct Lines(pub(crate) TcpListener);

impl Listener for Lines {
    type Io = LineIo;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (LineIo, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        if let Err(error) = stream.set_nodelay(true) {
            // It only makes the server slower.
            tracing::debug!(%error, "a connection keeps its delay");
        }
        let io = LineIo {
            stream,
            line: Line::default(),
            head_is_out: false,
            pause: None,
            spoken: 0,
            has_spoken_first: false,
        };
        (io, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Lines>> for Line {
    fn connect_info(stream: IncomingStream<'_, Lines>) -> Self {
        stream.io().line.clone()
    }
}

/// The server's end.
pub(crate) struct LineIo {
    stream: TcpStream,
    line: Line,
    head_is_out: bool,
    pause: Option<Pin<Box<Sleep>>>,
    /// How much of the part of the speech is out that is being sent.
    spoken: usize,
    has_spoken_first: bool,
}

impl LineIo {
    fn drip(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if !self.head_is_out {
            let at = bytes
                .windows(END_OF_HEAD.len())
                .position(|window| window == END_OF_HEAD);
            let end = at.map_or(bytes.len(), |at| at + END_OF_HEAD.len());
            let head = bytes.get(..end).unwrap_or(bytes);
            let written = ready!(Pin::new(&mut self.stream).poll_write(cx, head))?;
            self.head_is_out = at.is_some() && written == end;
            return Poll::Ready(Ok(written));
        }
        let pause = self.pause.get_or_insert_with(|| Box::pin(sleep(PACE)));
        ready!(pause.as_mut().poll(cx));
        let byte = bytes.get(..1).unwrap_or(bytes);
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, byte))?;
        self.pause = None;
        Poll::Ready(Ok(written))
    }
}

impl LineIo {
    /// Sends what the handler wants in the place of a reply, and ends with an error: nothing of the
    /// reply itself leaves.
    fn speak(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let orders = Arc::clone(&self.line.0);
        let over = || Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        let Some(speech) = orders.speech.get() else {
            return over();
        };
        loop {
            let part = if self.has_spoken_first {
                &speech.forever
            } else {
                &speech.first
            };
            match part.get(self.spoken..) {
                Some(rest) if !rest.is_empty() => {
                    let written = ready!(Pin::new(&mut self.stream).poll_write(cx, rest))?;
                    self.spoken = self.spoken.saturating_add(written);
                }
                _ if self.has_spoken_first && part.is_empty() => return over(),
                _ => (self.has_spoken_first, self.spoken) = (true, 0),
            }
        }
    }
}

impl AsyncRead for LineIo {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for LineIo {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        match this.line.state() {
            FLOWS => Pin::new(&mut this.stream).poll_write(cx, bytes),
            DRIPS => this.drip(cx, bytes),
            SPEAKS => this.speak(cx),
            _ => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
