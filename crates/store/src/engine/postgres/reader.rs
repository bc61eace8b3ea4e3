//! A thread that reads: each closure on one snapshot, in a transaction that cannot write.

use std::sync::Arc;

use procura_core::error::Error;

use crate::driver::postgres::{PostgresSession, Server};
use crate::driver::{Failure, Session};
use crate::engine::{Shared, answer, busy, went_on};
use crate::job::{Job, run_caught};
use crate::queue::Popped;
use crate::tx::Tx;

/// How often a closure is run at most: connections are lost and snapshots collide.
const RUNS_MAX: usize = 3;
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

pub(super) struct Reader {
    shared: Arc<Shared>,
    server: Server,
    session: Option<PostgresSession>,
    /// Whether the last try to connect failed.
    away: bool,
}

impl Reader {
    pub(super) fn new(shared: Arc<Shared>, server: Server) -> Self {
        Self {
            shared,
            server,
            session: None,
            away: false,
        }
    }

    pub(super) fn run(mut self) {
        while let Popped::Job(mut job) = self.shared.reads.pop(0) {
            let read = self.read(job.as_mut());
            let away_for_all = self.away && self.shared.readers_away.is_total();
            answer(&self.shared.reads, job, read, away_for_all);
        }
    }

    fn read(&mut self, job: &mut dyn Job) -> Result<(), Error> {
        let mut last = busy();
        for _ in 0..RUNS_MAX {
            match self.once(job) {
                Ok(()) => return Ok(()),
                Err((error, None | Some(Failure::Statement))) => return Err(error),
                Err((error, Some(_))) => last = error,
            }
        }
        Err(last)
    }

    /// One run; with an error, what went wrong in the database, if it was that.
    fn once(&mut self, job: &mut dyn Job) -> Result<(), (Error, Option<Failure>)> {
        let session = match &mut self.session {
            Some(session) => session,
            none => {
                let connected = PostgresSession::connect_durable(&self.server);
                let absence = &self.shared.readers_away;
                absence.note(&mut self.away, connected.is_err());
                // A server that is away is not tried again for the same caller.
                none.insert(connected.map_err(|error| (Error::internal_source(error), None))?)
            }
        };
        let ran = match session.batch(BEGIN) {
            Ok(()) => run_caught(
                job,
                &mut Tx {
                    session: Session::Postgres(session),
                },
            ),
            Err(error) => Err(session.failed(error)),
        };
        let failure = session.take_failure();
        let ended = session.batch("ROLLBACK");
        if failure == Some(Failure::Lost) || ended.is_err() {
            self.session = None;
        }
        match (ran, failure) {
            (Ok(_), None) => Ok(()),
            (Ok(_), Some(failure)) => Err((went_on(job.name()), Some(failure))),
            (Err(error), failure) => Err((error, failure)),
        }
    }
}
