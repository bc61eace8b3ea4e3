//! Connections for reads of a few rows, which run on the thread of whoever asks: handing such a
//! read to another thread and being woken costs more than the read itself.

use std::sync::{Mutex, PoisonError, TryLockError};

use procura_core::error::Error;

use crate::driver::sqlite::SqliteSession;
use crate::engine::sqlite::reader::snapshot;
use crate::tx::Tx;

/// One lock each, held as long as its read takes.
#[derive(Default)]
pub(crate) struct Lookups(Vec<Mutex<Option<SqliteSession>>>);

impl Lookups {
    /// Places for this many connections.
    pub(crate) fn places(places: usize) -> Self {
        Self((0..places).map(|_| Mutex::new(None)).collect())
    }

    /// Puts a connection into each place.
    pub(super) fn fill<E>(
        &self,
        mut open: impl FnMut() -> Result<SqliteSession, E>,
    ) -> Result<(), E> {
        for place in &self.0 {
            let session = open()?;
            *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(session);
        }
        Ok(())
    }

    /// Runs `closure` on one snapshot, at once. `None`: it was not run, or the engine refused it; a
    /// thread has to. Nobody waits here, for a place or for a lock of the engine, so that a caller
    /// keeps its thread from others for no longer than it reads.
    pub(crate) fn run<T>(
        &self,
        name: &'static str,
        closure: impl FnOnce(&mut Tx<'_>) -> Result<T, Error>,
    ) -> Option<Result<T, Error>> {
        let mut place = self.0.iter().find_map(|place| match place.try_lock() {
            Ok(place) => place.is_some().then_some(place),
            Err(TryLockError::Poisoned(place)) => Some(place.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        })?;
        let session = place.as_mut()?;
        let (read, failure) = snapshot(session, name, closure);
        if !session.is_autocommit() {
            // It would begin no other. The threads have connections of their own.
            *place = None;
        }
        failure.is_none().then_some(read)
    }

    /// Lets go of every connection, each after its read; what comes later is not run.
    pub(crate) fn close(&self) {
        for place in &self.0 {
            *place.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, OnceLock};

    use procura_core::entropy::{OsEntropy, random_bytes};

    use super::*;
    use crate::config::{OpenError, SqliteConfig};
    use crate::driver::sqlite::Access;
    use crate::engine::sqlite;

    #[test]
    fn nobody_waits_for_a_place_and_after_the_close_there_is_none() {
        let unique = u128::from_be_bytes(random_bytes(&mut OsEntropy));
        let directory = std::env::temp_dir().join(format!("procura_{unique:032x}"));
        std::fs::create_dir(&directory).unwrap();
        let path = directory.join("procura.db");
        sqlite::migrate(&SqliteConfig { path: path.clone() }).unwrap();
        let clock = Arc::new(OnceLock::new());
        let lookups = Lookups::places(2);
        let run = |within: &dyn Fn() -> bool| {
            let read = lookups.run("test", |tx| tx.accounts().map(|_| within()));
            read.is_some_and(|read| read.unwrap())
        };
        assert!(!run(&|| true), "before there is a connection");
        let open = || SqliteSession::open(&path, Access::Read, &clock);
        lookups.fill::<OpenError>(open).unwrap();
        assert!(run(&|| run(&|| true)));
        assert!(!run(&|| run(&|| run(&|| true))));
        lookups.close();
        assert!(!run(&|| true));
        std::fs::remove_dir_all(directory).unwrap();
    }
}
