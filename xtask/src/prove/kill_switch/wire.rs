//! A wire to PostgreSQL that can be cut.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;

/// The open connections, or nothing once it is cut.
type Open = Arc<Mutex<Option<Vec<TcpStream>>>>;

/// Listens on loopback for as long as the process lives.
pub(super) struct Wire {
    /// The database, through the wire.
    pub(super) url: String,
    open: Open,
}

impl Wire {
    /// A wire to the database at `url`.
    pub(super) fn to(url: &str) -> anyhow::Result<Self> {
        let (before, rest) = url.rsplit_once('@').context("a URL without user")?;
        let (server, database) = rest.split_once('/').context("a URL without database")?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let own = listener.local_addr()?;
        let open: Open = Arc::new(Mutex::new(Some(Vec::new())));
        let (accepting, server) = (Arc::clone(&open), server.to_owned());
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                // A connection that cannot be made ends, as one does when the wire is cut.
                let _ = join(&client, &server, &accepting);
            }
        });
        Ok(Self {
            url: format!("{before}@{own}/{database}"),
            open,
        })
    }

    /// Ends every connection and makes no more.
    pub(super) fn cut(&self) {
        let open = self
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        for connection in open.into_iter().flatten() {
            let _gone = connection.shutdown(Shutdown::Both);
        }
    }
}

fn join(client: &TcpStream, server: &str, open: &Open) -> anyhow::Result<()> {
    let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(open) = open.as_mut() else {
        return Ok(());
    };
    let server = TcpStream::connect(server)?;
    open.extend([client.try_clone()?, server.try_clone()?]);
    carry(client.try_clone()?, server.try_clone()?);
    carry(server, client.try_clone()?);
    Ok(())
}

/// Carries bytes until one end is gone.
fn carry(mut from: TcpStream, mut to: TcpStream) {
    std::thread::spawn(move || {
        let mut buffer = [0; 8_192];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            let bytes = buffer.get(..read).unwrap_or_default();
            if to.write_all(bytes).is_err() {
                break;
            }
        }
        let _gone = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
    });
}
