//! A wire to PostgreSQL that can be cut: at once, or after the server has committed and before the
//! client hears of it.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// `COMMIT` as a simple query is sent.
const COMMIT: &[u8] = b"COMMIT\0";

#[derive(Default)]
struct Wire {
    /// Cut when the server answers the next COMMIT.
    swallow_commit: AtomicBool,
    /// Cut when the client asks for the next COMMIT; the server hears it.
    cut_at_commit: AtomicBool,
    /// Connections end as soon as they are made.
    refuse: AtomicBool,
    connections: Mutex<Vec<TcpStream>>,
}

/// Listens on loopback for as long as the process lives.
pub(super) struct Proxy {
    port: u16,
    wire: Arc<Wire>,
}

impl Proxy {
    pub(super) fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let wire = Arc::new(Wire::default());
        let accepting = Arc::clone(&wire);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if accepting.refuse.load(Ordering::SeqCst) {
                    continue;
                }
                let server = TcpStream::connect(&server).unwrap();
                join(client, server, &accepting);
            }
        });
        Self { port, wire }
    }

    /// `url` through the proxy.
    pub(super) fn url(&self, url: &str) -> String {
        let (before, after) = url.split_once("127.0.0.1:").unwrap();
        let (_, path) = after.split_once('/').unwrap();
        format!("{before}127.0.0.1:{}/{path}", self.port)
    }

    pub(super) fn swallow_next_commit(&self) {
        self.wire.swallow_commit.store(true, Ordering::SeqCst);
    }

    pub(super) fn cut_at_next_commit(&self) {
        self.wire.cut_at_commit.store(true, Ordering::SeqCst);
    }

    /// Cuts every connection and makes no more.
    pub(super) fn refuse(&self, refuse: bool) {
        self.wire.refuse.store(refuse, Ordering::SeqCst);
        for connection in self.wire.connections.lock().unwrap().drain(..) {
            let _gone = connection.shutdown(Shutdown::Both);
        }
    }
}

fn join(client: TcpStream, server: TcpStream, wire: &Arc<Wire>) {
    wire.connections
        .lock()
        .unwrap()
        .push(client.try_clone().unwrap());
    let committing = Arc::new(AtomicBool::new(false));
    let (mut from_client, mut to_server) =
        (client.try_clone().unwrap(), server.try_clone().unwrap());
    let (watched, wire) = (Arc::clone(&committing), Arc::clone(wire));
    std::thread::spawn(move || {
        let mut buffer = [0; 8_192];
        while let Ok(read @ 1..) = from_client.read(&mut buffer) {
            let bytes = &buffer[..read];
            let commits = bytes.windows(COMMIT.len()).any(|window| window == COMMIT);
            if commits && wire.swallow_commit.swap(false, Ordering::SeqCst) {
                watched.store(true, Ordering::SeqCst);
            }
            if to_server.write_all(bytes).is_err() {
                break;
            }
            if commits && wire.cut_at_commit.swap(false, Ordering::SeqCst) {
                // The server's end stays open: it must not notice before it has committed.
                let _gone = from_client.shutdown(Shutdown::Both);
                return;
            }
        }
        let _gone = to_server.shutdown(Shutdown::Both);
    });
    let (mut from_server, mut to_client) = (server, client);
    std::thread::spawn(move || {
        let mut buffer = [0; 8_192];
        while let Ok(read @ 1..) = from_server.read(&mut buffer) {
            if committing.load(Ordering::SeqCst) || to_client.write_all(&buffer[..read]).is_err() {
                break;
            }
        }
        let _gone = (
            to_client.shutdown(Shutdown::Both),
            from_server.shutdown(Shutdown::Both),
        );
    });
}
