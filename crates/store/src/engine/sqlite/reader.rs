//! A thread that reads: each closure on one snapshot, on a connection that cannot write.

use std::sync::Arc;

use procura_core::error::Error;

use crate::driver::sqlite::SqliteSession;
use crate::driver::{Failure, Session};
use crate::engine::{Shared, went_on};
use crate::job::caught;
use crate::queue::Popped;
use crate::tx::Tx;

pub(super) struct Reader {
    shared: Arc<Shared>,
    session: SqliteSession,
}

impl Reader {
    pub(super) fn new(shared: Arc<Shared>, session: SqliteSession) -> Self {
        Self { shared, session }
    }

    pub(super) fn run(mut self) {
        while let Popped::Job(mut job) = self.shared.reads.pop(0) {
            let name = job.name();
            let (read, _) = snapshot(&mut self.session, name, |tx| job.run(tx).map(|_| ()));
            job.answer(read);
        }
    }
}

/// Runs `closure` on the snapshot of its first statement, and survives it. Also, whether it was the
/// engine that failed.
pub(super) fn snapshot<T>(
    session: &mut SqliteSession,
    name: &'static str,
    closure: impl FnOnce(&mut Tx<'_>) -> Result<T, Error>,
) -> (Result<T, Error>, Option<Failure>) {
    let refused =
        |error: rusqlite::Error| (Err(Error::internal_source(error)), Some(Failure::Statement));
    if let Err(error) = session.control("BEGIN") {
        return refused(error);
    }
    let mut tx = Tx {
        session: Session::Sqlite(session),
    };
    let ran = caught(name, || closure(&mut tx));
    let failure = session.take_failure();
    if !session.is_autocommit()
        && let Err(error) = session.control("ROLLBACK")
    {
        return refused(error);
    }
    match ran {
        Ok(_) if failure.is_some() => (Err(went_on(name)), failure),
        ran => (ran, failure),
    }
}
