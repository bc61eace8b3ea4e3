//! The accept loop: limits, timeouts, and a drain that finishes what is in flight.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use procura_app::App;
use procura_app::rate_limit::RateLimits;
use procura_app::task::Stop;
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use crate::metrics;
use crate::request;
use crate::service::{Peer, Service};

/// What one node takes on at most.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at once; further ones wait in the kernel's queue.
    pub connections: usize,
    /// Connections at once of one peer: an IPv4 address or an IPv6 /64. Further ones are closed.
    pub connections_per_peer: usize,
    /// Bytes of request heads, per connection.
    pub head_bytes: usize,
    /// Headers of a request.
    pub headers: usize,
    /// Bytes of bodies that are held before their signature is checked, over all connections.
    pub unproved_body_bytes: usize,
    /// How long a connection may take to send a whole head; an idle one is closed after it.
    pub head_timeout: Duration,
    /// How long a request may take to send its body.
    pub body_timeout: Duration,
    /// How long a client may take nothing of what is sent to it.
    pub write_timeout: Duration,
    /// How long requests in flight get to finish when the node stops.
    pub drain_timeout: Duration,
    /// How often callers, accounts and addresses may ask.
    pub rates: RateLimits,
}

/// Connections of monitoring systems at once.
const METRICS_CONNECTIONS: usize = 16;

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            connections_per_peer: 256,
            head_bytes: 64 * 1024,
            headers: 100,
            unproved_body_bytes: 64 * 1024 * 1024,
            head_timeout: Duration::from_secs(30),
            body_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(30),
            drain_timeout: Duration::from_secs(20),
            rates: RateLimits::default(),
        }
    }
}

/// Serves an [`App`] on sockets.
#[derive(Debug, Clone)]
pub struct Listener {
    service: Arc<Service>,
    limits: Limits,
    connections: Arc<Semaphore>,
}

impl Listener {
    /// A listener whose limits hold over all of its sockets together.
    pub fn new(app: Arc<App>, limits: Limits) -> Self {
        Self {
            service: Arc::new(Service::new(app, limits)),
            limits,
            connections: Arc::new(Semaphore::new(limits.connections)),
        }
    }

    /// Accepts connections of clients until `stop`, then finishes those that are there.
    pub async fn serve(self, socket: TcpListener, stop: Stop) {
        let places = Arc::clone(&self.connections);
        accept(socket, &places, stop, |stream, address, stop| {
            // SECURITY: one peer cannot hold all places (test: a_peer_has_so_many_connections).
            let Some(held) = self.service.connections.open(address.ip().into()) else {
                self.service.metrics.connection_refused();
                return None;
            };
            let this = self.clone();
            Some(async move {
                this.connection(stream, address, stop).await;
                drop(held);
            })
        })
        .await;
    }

    /// Accepts connections of local commands until `stop`.
    pub async fn serve_local(self, socket: UnixListener, mut stop: Stop) {
        let mut open = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                accepted = socket.accept() => accepted,
                () = stop.requested() => break,
            };
            let stream = match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    pause_after(&error).await;
                    continue;
                }
            };
            let (this, stop) = (self.clone(), stop.clone());
            open.spawn(async move {
                let service = Arc::clone(&this.service);
                let service = service_fn(move |request: Request<Incoming>| {
                    let service = Arc::clone(&service);
                    async move {
                        if request.uri().path() == "/metrics" {
                            return Ok(metrics::answer(&service, request.method(), "/metrics"));
                        }
                        crate::native::answer(&service.app, request).await
                    }
                });
                let builder = this.limits.builder();
                let connection = builder.serve_connection(TokioIo::new(stream), service);
                finish(connection, stop, this.limits.drain_timeout).await;
            });
            while open.try_join_next().is_some() {}
        }
        while open.join_next().await.is_some() {}
    }

    /// Gives the metrics, and nothing else, to whoever connects, until `stop`. They are not for
    /// clients: this is another socket than theirs.
    pub async fn serve_metrics(self, socket: TcpListener, stop: Stop) {
        let places = Arc::new(Semaphore::new(METRICS_CONNECTIONS));
        accept(socket, &places, stop, |stream, _, stop| {
            let this = self.clone();
            Some(async move { this.metrics_connection(stream, stop).await })
        })
        .await;
    }

    async fn metrics_connection(&self, stream: TcpStream, stop: Stop) {
        if self.limits.limit_writes(&stream).is_err() {
            return;
        }
        let service = Arc::clone(&self.service);
        let answer = service_fn(move |request: Request<Incoming>| {
            let path = request.uri().path();
            let answer = metrics::answer(&service, request.method(), path);
            async move { Ok::<_, Infallible>(answer) }
        });
        let connection = self
            .limits
            .builder()
            .serve_connection(TokioIo::new(stream), answer);
        finish(connection, stop, self.limits.drain_timeout).await;
    }

    async fn connection(&self, stream: TcpStream, address: SocketAddr, stop: Stop) {
        if stream.set_nodelay(true).is_err() || self.limits.limit_writes(&stream).is_err() {
            return;
        }
        let service = Arc::clone(&self.service);
        let answer = service_fn(move |incoming| {
            let service = Arc::clone(&service);
            async move { request::answer(&service, Peer(address.ip()), incoming).await }
        });
        let connection = self
            .limits
            .builder()
            .serve_connection(TokioIo::new(stream), answer);
        finish(connection, stop, self.limits.drain_timeout).await;
    }
}

impl Limits {
    // SECURITY: hyper has no timeout of its own for a client that asks and does not read (test:
    // a_client_that_does_not_read_ends_its_connection). The kernel's counts for what it still has
    // to deliver after we have closed, too.
    pub(crate) fn limit_writes(&self, stream: &TcpStream) -> io::Result<()> {
        // Zero would mean the kernel's own, and the kernel's type has a sign.
        let millis = self.write_timeout.as_millis().clamp(1, 0x7fff_ffff);
        let millis = u32::try_from(millis).map_err(io::Error::other)?;
        Ok(rustix::net::sockopt::set_tcp_user_timeout(stream, millis)?)
    }

    pub(crate) fn builder(&self) -> http1::Builder {
        let mut builder = http1::Builder::new();
        builder
            // SECURITY: without a timer hyper's timeouts do nothing (tests: slow_head).
            .timer(TokioTimer::new())
            .header_read_timeout(self.head_timeout)
            .max_buf_size(self.head_bytes)
            .max_headers(self.headers)
            .keep_alive(true)
            .half_close(false);
        builder
    }
}

/// Accepts connections until `stop`, as many at once as there are `places`, then waits for those
/// that are open. `serve` makes of one what is done with it, or nothing, and then it is closed.
pub(crate) async fn accept<F>(
    socket: TcpListener,
    places: &Arc<Semaphore>,
    mut stop: Stop,
    serve: impl Fn(TcpStream, SocketAddr, Stop) -> Option<F>,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let mut open = JoinSet::new();
    while let Some(permit) = place(places, &mut stop).await {
        let accepted = tokio::select! {
            accepted = socket.accept() => accepted,
            () = stop.requested() => break,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                pause_after(&error).await;
                continue;
            }
        };
        let Some(served) = serve(stream, address, stop.clone()) else {
            continue;
        };
        open.spawn(async move {
            served.await;
            drop(permit);
        });
        while open.try_join_next().is_some() {}
    }
    drop(socket);
    while open.join_next().await.is_some() {}
}

/// A place for another connection; none when the node stops.
async fn place(places: &Arc<Semaphore>, stop: &mut Stop) -> Option<OwnedSemaphorePermit> {
    tokio::select! {
        permit = Arc::clone(places).acquire_owned() => permit.ok(),
        () = stop.requested() => None,
    }
}

/// Runs a connection to its end; after `stop`, to the end of the request that it serves.
pub(crate) async fn finish<I, S>(
    connection: http1::Connection<I, S>,
    mut stop: Stop,
    drain_timeout: Duration,
) where
    S: hyper::service::HttpService<Incoming>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    I: hyper::rt::Read + hyper::rt::Write + Unpin,
    <S as hyper::service::HttpService<Incoming>>::ResBody: 'static,
    <<S as hyper::service::HttpService<Incoming>>::ResBody as hyper::body::Body>::Error:
        Into<Box<dyn std::error::Error + Send + Sync>>,
{
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.requested() => {
            connection.as_mut().graceful_shutdown();
            match tokio::time::timeout(drain_timeout, connection.as_mut()).await {
                Ok(ended) => ended,
                Err(_) => return,
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Out of file descriptors or memory: give them time to come back instead of spinning.
async fn pause_after(error: &io::Error) {
    tracing::warn!(%error, "a connection could not be accepted");
    tokio::time::sleep(Duration::from_millis(50)).await;
}
