//! A thread that reads: each closure on one snapshot, on a connection that cannot write.

use std::sync::Arc;

use procura_core::error::Error;

use crate::driver::Session;
use crate::driver::sqlite::SqliteSession;
use crate::engine::{Shared, went_on};
use crate::job::{Job, run_caught};
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
            let read = self.read(job.as_mut());
            job.answer(read);
        }
    }

    fn read(&mut self, job: &mut dyn Job) -> Result<(), Error> {
        // The snapshot is that of the first statement.
        self.session
            .control("BEGIN")
            .map_err(Error::internal_source)?;
        let ran = run_caught(
            job,
            &mut Tx {
                session: Session::Sqlite(&mut self.session),
            },
        );
        let failed = self.session.take_failure().is_some();
        if !self.session.is_autocommit() {
            self.session
                .control("ROLLBACK")
                .map_err(Error::internal_source)?;
        }
        match ran {
            Ok(_) if failed => Err(went_on(job.name())),
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
