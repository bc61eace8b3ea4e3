//! PostgreSQL: some threads write, each with a connection and an audit chain of its own, and as
//! many read.

mod reader;
mod writer;

use std::sync::Arc;

use crate::config::{OpenError, PostgresConfig};
use crate::driver::Session;
use crate::driver::postgres::{PostgresSession, Server};
use crate::engine::postgres::reader::Reader;
use crate::engine::postgres::writer::Writer;
use crate::engine::{Limits, Shared, spawn};
use crate::migration::{self, Migrated};

/// Connects once to see that the server is there and durable; the threads connect on their own.
pub(crate) fn open(
    config: &PostgresConfig,
    limits: Limits,
    shared: &Arc<Shared>,
) -> Result<(), OpenError> {
    let server = Server::new(config)?;
    on_own_thread(&server, |session| {
        session.assert_durable()?;
        migration::require_current(&mut Session::Postgres(session))
    })?;
    for number in 0..limits.writers {
        let writer = Writer::new(Arc::clone(shared), server.clone(), number);
        spawn(shared, format!("store-writer-{number}"), move || {
            writer.run();
        })?;
    }
    for number in 0..limits.readers {
        let reader = Reader::new(Arc::clone(shared), server.clone());
        spawn(shared, format!("store-reader-{number}"), move || {
            reader.run();
        })?;
    }
    Ok(())
}

pub(crate) fn migrate(config: &PostgresConfig) -> Result<Migrated, OpenError> {
    let server = Server::new(config)?;
    on_own_thread(&server, |session| {
        migration::migrate(&mut Session::Postgres(session))
    })
}

pub(crate) fn plan(config: &PostgresConfig) -> Result<Vec<String>, OpenError> {
    let server = Server::new(config)?;
    on_own_thread(&server, |session| {
        migration::pending(&mut Session::Postgres(session))
    })
}

/// The client brings a runtime of its own, which panics inside of another: it may be called from
/// one, so the work is done on a thread that has none.
fn on_own_thread<T: Send>(
    server: &Server,
    work: impl FnOnce(&mut PostgresSession) -> Result<T, OpenError> + Send,
) -> Result<T, OpenError> {
    let body = || work(&mut PostgresSession::connect(server)?);
    std::thread::scope(|scope| {
        scope.spawn(body).join().unwrap_or_else(|_| {
            Err(OpenError::unreachable(
                "the client of the database panicked",
            ))
        })
    })
}
