//! SQLite: one thread writes, a few read, and who needs little reads for itself.

pub(crate) mod lookup;
mod reader;
mod writer;

use std::sync::{Arc, OnceLock};

use crate::config::{OpenError, SqliteConfig};
use crate::driver::Session;
use crate::driver::sqlite::{Access, SqliteSession};
use crate::engine::sqlite::reader::Reader;
use crate::engine::sqlite::writer::Writer;
use crate::engine::{Limits, Shared, spawn};
use crate::migration::{self, Migrated};

/// Opens every connection, then hands each to its thread.
pub(crate) fn open(
    config: &SqliteConfig,
    limits: Limits,
    shared: &Arc<Shared>,
) -> Result<(), OpenError> {
    if !config.path.exists() {
        return Err(OpenError::NotMigrated {
            pending: migration::all(),
        });
    }
    let mut session = SqliteSession::open(&config.path, Access::Write, &shared.clock)?;
    migration::require_current(&mut Session::Sqlite(&mut session))?;
    let readers: Vec<_> = (0..limits.readers)
        .map(|_| SqliteSession::open(&config.path, Access::Read, &shared.clock))
        .collect::<Result<_, _>>()?;
    shared.lookups.fill(|| {
        let session = SqliteSession::open(&config.path, Access::Read, &shared.clock)?;
        session.never_wait().map(|()| session)
    })?;

    let writer = Writer::new(Arc::clone(shared), config.path.clone(), session);
    spawn(shared, "store-writer".to_owned(), move || writer.run())?;
    for (number, session) in readers.into_iter().enumerate() {
        let reader = Reader::new(Arc::clone(shared), session);
        spawn(shared, format!("store-reader-{number}"), move || {
            reader.run();
        })?;
    }
    Ok(())
}

pub(crate) fn migrate(config: &SqliteConfig) -> Result<Migrated, OpenError> {
    let clock = Arc::new(OnceLock::new());
    let mut session = SqliteSession::open(&config.path, Access::Create, &clock)?;
    migration::migrate(&mut Session::Sqlite(&mut session))
}

pub(crate) fn plan(config: &SqliteConfig) -> Result<Vec<String>, OpenError> {
    if !config.path.exists() {
        return Ok(migration::all());
    }
    let clock = Arc::new(OnceLock::new());
    let mut session = SqliteSession::open(&config.path, Access::Write, &clock)?;
    migration::pending(&mut Session::Sqlite(&mut session))
}
