//! The yardstick of `cargo xtask bench`: hyper alone, as the service uses it, that says "Hello".
//!
//! One file, nothing of ours: what this machine can serve over HTTP/1.1 on the cores that it has at
//! that moment. It prints its address and serves until it is killed.

use std::convert::Infallible;
use std::io::Write as _;

use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

fn main() -> std::io::Result<()> {
    // As in the binary: a worker for each core.
    tokio::runtime::Runtime::new()?.block_on(serve())
}

async fn serve() -> std::io::Result<()> {
    let socket = TcpListener::bind("127.0.0.1:0").await?;
    writeln!(std::io::stdout(), "{}", socket.local_addr()?)?;
    let mut open = JoinSet::new();
    loop {
        let (stream, _) = socket.accept().await?;
        stream.set_nodelay(true)?;
        open.spawn(async move {
            let hello = service_fn(|_| async {
                Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"Hello"))))
            });
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), hello);
            // A client that went away is none of our business.
            let _ended = connection.await;
        });
        while open.try_join_next().is_some() {}
    }
}
