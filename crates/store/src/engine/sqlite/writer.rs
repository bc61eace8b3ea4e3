//! The thread that writes: closures one after another, each undone alone if it fails, committed
//! together.
//!
//! The window of a batch is the time that the previous commit took: whoever came meanwhile is in
//! the next one. No answer is given before the commit, not even that of a closure that failed: it
//! may have failed on something that another closure of the batch wrote and that is undone later.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use procura_core::audit::chain::ChainHead;
use procura_core::error::Error;
use rusqlite::ErrorCode;

use crate::chain;
use crate::driver::Session;
use crate::driver::sqlite::{Access, SqliteSession, read_clock};
use crate::engine::{Shared, Start, busy, not_started, unknown, went_on};
use crate::job::{Effect, Job, acknowledges_early, run_caught};
use crate::queue::Popped;
use crate::tx::Tx;

/// How many closures are committed together at most.
const BATCH_MAX: usize = 256;
/// How long a batch is filled at most, in milliseconds.
const BATCH_MAX_MS: i64 = 5;

pub(super) struct Writer {
    shared: Arc<Shared>,
    path: PathBuf,
    session: SqliteSession,
    /// The chain after the last commit; none before the start.
    chain: Option<ChainHead>,
    /// Whether connection and chain must be read anew: a commit failed.
    stale: bool,
}

/// A closure that has run, not yet committed.
struct Ran {
    job: Box<dyn Job>,
    /// Its own failure: its effects are undone already.
    result: Result<(), Error>,
}

/// How a closure ended inside of its batch.
enum End {
    /// Nothing is left to undo.
    Settled(Result<(), Error>),
    /// The whole transaction is given up, by the engine or because nothing less can be undone.
    Broken(Error),
}

/// What became of a commit that failed.
enum Became {
    Committed,
    Undone,
    Unknown,
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>, path: PathBuf, session: SqliteSession) -> Self {
        Self {
            shared,
            path,
            session,
            chain: None,
            stale: false,
        }
    }

    pub(super) fn run(mut self) {
        loop {
            match self.shared.writes.pop(0) {
                Popped::Command(start) => {
                    let started = self.start(&start);
                    let _gone = start.reply.send(started);
                }
                Popped::Job(job) => self.batch(job),
                Popped::Drained => {
                    if let Err(error) = self.close() {
                        tracing::error!(?error, "the audit chain could not be closed");
                        self.shared.unclosed(error);
                    }
                    return;
                }
                Popped::Abandoned => return,
            }
        }
    }

    fn start(&mut self, start: &Start) -> Result<(), Error> {
        let now = self.session.now();
        let head = self.transact(|tx| {
            if start.leftovers {
                chain::close_leftovers(tx, start.node, now)?;
            }
            chain::open(tx, start.node, now)
        })?;
        self.shared.published.publish(&head);
        self.chain = Some(head);
        Ok(())
    }

    fn close(&mut self) -> Result<(), Error> {
        self.recover()?;
        let Some(mut head) = self.chain.take() else {
            return Ok(());
        };
        let now = self.session.now();
        self.transact(|tx| chain::close(tx, &mut head, "drained".to_owned(), now))?;
        self.shared.published.forget(head.chain());
        Ok(())
    }

    /// A transaction of our own, outside of batches.
    fn transact<T>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.begin()?;
        let worked = work(&mut self.tx()).and_then(|value| {
            self.session
                .control("COMMIT")
                .map_err(Error::internal_source)
                .map(|()| value)
        });
        if worked.is_err() {
            self.session.take_failure();
            self.roll_back();
        }
        worked
    }

    fn tx(&mut self) -> Tx<'_> {
        Tx {
            session: Session::Sqlite(&mut self.session),
        }
    }

    fn begin(&self) -> Result<(), Error> {
        self.session
            .control("BEGIN IMMEDIATE")
            .map_err(|error| match error.sqlite_error_code() {
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => busy(),
                _ => Error::internal_source(error),
            })
    }

    /// Ends whatever transaction is open. What cannot be rolled back is not committed either; the
    /// connection is then replaced.
    fn roll_back(&mut self) {
        if !self.session.is_autocommit() && self.session.control("ROLLBACK").is_err() {
            self.stale = true;
        }
    }

    /// Runs `first` and whoever waits behind it, and commits them together.
    fn batch(&mut self, first: Box<dyn Job>) {
        let mut first = first;
        if let Err(error) = self.recover().and_then(|()| self.begin()) {
            first.answer(Err(error));
            return;
        }
        let mut head = self.chain.clone();
        let began = read_clock(&self.shared.clock);
        let mut batch: Vec<Ran> = Vec::new();
        let mut next = Some(first);
        while let Some(mut job) = next.take() {
            match self.one(&mut head, job.as_mut()) {
                End::Settled(result) => batch.push(Ran { job, result }),
                End::Broken(error) => {
                    tracing::warn!(
                        closure = job.name(),
                        ?error,
                        "a batch broke; running it singly"
                    );
                    batch.push(Ran {
                        job,
                        result: Ok(()),
                    });
                    self.roll_back();
                    return self.singly(batch);
                }
            }
            let spent_ms = read_clock(&self.shared.clock).millis_since(began);
            if batch.len() < BATCH_MAX && (0..BATCH_MAX_MS).contains(&spent_ms) {
                next = self.shared.writes.pop_waiting();
            }
        }
        self.commit(batch, head);
    }

    /// Runs one closure, in a savepoint from its first write on, and appends its record.
    fn one(&mut self, head: &mut Option<ChainHead>, job: &mut dyn Job) -> End {
        let before = head.clone();
        self.session.begin_effect();
        let ran = run_caught(job, &mut self.tx());
        let is_saved = self.session.end_effect();
        let failure = self.session.take_failure();
        if self.session.is_autocommit() {
            // Nothing may be appended now: it would be a transaction of its own.
            return End::Broken(ran.err().unwrap_or_else(|| went_on(job.name())));
        }
        let result = match (ran, failure) {
            (Ok(_), Some(_)) => Err(went_on(job.name())),
            (Ok(effect), None) => self.record(head, effect, is_saved),
            (Err(error), _) => Err(error),
        };
        if result.is_err() {
            *head = before;
        }
        let unwritten = self.session.take_failure();
        if !is_saved {
            return match result {
                // The record that was not written whole goes with all.
                Err(error) if unwritten.is_some() => End::Broken(error),
                // Of a closure that has only read, nothing is left.
                result => End::Settled(result),
            };
        }
        let ended = match &result {
            Ok(()) => self.session.keep_effect(),
            Err(_) => self
                .session
                .undo_effect()
                .and_then(|()| self.session.keep_effect()),
        };
        match ended {
            Ok(()) => End::Settled(result),
            // Also when the record's own statement has lost the transaction: no savepoint is left.
            Err(error) => End::Broken(Error::internal_source(error)),
        }
    }

    fn record(
        &mut self,
        head: &mut Option<ChainHead>,
        effect: Effect,
        is_saved: bool,
    ) -> Result<(), Error> {
        let entry = match effect {
            Effect::Unrecorded => return Ok(()),
            Effect::Done(entry) => entry,
            Effect::Refused(entry) => {
                if is_saved {
                    self.session.undo_effect().map_err(Error::internal_source)?;
                }
                entry
            }
        };
        let head = head.as_mut().ok_or_else(not_started)?;
        chain::append(&mut self.tx(), head, entry)
    }

    fn commit(&mut self, mut batch: Vec<Ran>, head: Option<ChainHead>) {
        if batch.iter().any(|ran| acknowledges_early(ran.job.name())) {
            answer(&mut batch);
            self.shared
                .writes
                .wait_or_abandoned(Duration::from_millis(50));
        }
        match self.session.control("COMMIT") {
            Ok(()) => self.committed(batch, head),
            Err(error) => {
                tracing::error!(?error, "a commit failed; finding out what became of it");
                self.resolve(batch, head);
            }
        }
    }

    fn committed(&mut self, mut batch: Vec<Ran>, head: Option<ChainHead>) {
        self.shared.counters.committed(batch.len());
        if let Some(head) = &head {
            self.shared.published.publish(head);
        }
        self.chain = head;
        answer(&mut batch);
    }

    /// After a failed commit, the transaction is either still open, and then nothing of it is
    /// committed, or nobody knows what is in the log. A new connection reads it, and the chain
    /// tells: it ends with this batch, or with the one before.
    fn resolve(&mut self, batch: Vec<Ran>, head: Option<ChainHead>) {
        match self.became(head.as_ref()) {
            Became::Committed => self.committed(batch, head),
            // Frames of the failed commit may still lie in the log until the next commit overwrites
            // them, so the closures run now and not only if their callers come again.
            Became::Undone => self.singly(batch),
            Became::Unknown => give_up(batch),
        }
    }

    fn became(&mut self, head: Option<&ChainHead>) -> Became {
        if !self.session.is_autocommit() {
            self.roll_back();
            return Became::Undone;
        }
        let before = self.chain.clone();
        self.stale = true;
        if let Err(error) = self.recover() {
            tracing::error!(?error, "the database cannot be read after a failed commit");
            return Became::Unknown;
        }
        if head == before.as_ref() {
            // Housekeeping only: it has left no trace that could be looked for.
            Became::Unknown
        } else if self.chain.as_ref() == head {
            Became::Committed
        } else if self.chain == before {
            Became::Undone
        } else {
            Became::Unknown
        }
    }

    /// Runs each closure of a broken batch in a transaction of its own, so that the one that broke
    /// it harms nobody else.
    fn singly(&mut self, batch: Vec<Ran>) {
        for mut ran in batch {
            let single = self.single(ran.job.as_mut());
            ran.job.answer(single);
        }
    }

    fn single(&mut self, job: &mut dyn Job) -> Result<(), Error> {
        self.recover()?;
        self.begin()?;
        let mut head = self.chain.clone();
        let result = match self.one(&mut head, job) {
            End::Settled(result) => result,
            End::Broken(error) => {
                self.roll_back();
                return Err(error);
            }
        };
        if let Err(error) = self.session.control("COMMIT") {
            tracing::error!(?error, closure = job.name(), "a commit failed");
            match self.became(head.as_ref()) {
                Became::Committed => {}
                Became::Undone => return Err(Error::internal_source(error)),
                Became::Unknown => return Err(unknown(job.name())),
            }
        }
        self.shared.counters.committed(1);
        if let Some(head) = &head {
            self.shared.published.publish(head);
        }
        self.chain = head;
        result
    }

    /// After a failed commit: a new connection, and the chain as the database has it.
    fn recover(&mut self) -> Result<(), Error> {
        if !self.stale {
            return Ok(());
        }
        self.session = SqliteSession::open(&self.path, Access::Write, &self.shared.clock)
            .map_err(Error::internal_source)?;
        if let Some(chain) = self.chain.as_ref().map(ChainHead::chain) {
            let loaded = chain::load_open(&mut self.tx(), chain)?;
            self.chain = Some(loaded.ok_or_else(|| Error::inconsistent("audit_chain", "id"))?);
        }
        self.stale = false;
        Ok(())
    }
}

fn answer(batch: &mut [Ran]) {
    for ran in batch {
        let result = std::mem::replace(&mut ran.result, Ok(()));
        ran.job.answer(result);
    }
}

fn give_up(batch: Vec<Ran>) {
    for mut ran in batch {
        let error = unknown(ran.job.name());
        ran.job.answer(Err(error));
    }
}

#[cfg(test)]
mod tests;
