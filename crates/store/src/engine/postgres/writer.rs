//! A thread that writes: each closure in a serializable transaction on the thread's connection.
//!
//! The thread is one writer incarnation. When its connection is lost, it connects again, closes the
//! chain that it had at the size that the server shows, and opens a new one; a commit that was
//! under way is then looked for by its record. Closing the old chain is what makes the answer
//! final: its last record takes the place that the lost commit would need.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use procura_core::audit::chain::ChainHead;
use procura_core::error::Error;
use procura_core::id::{ChainId, NodeId, RecordId};

use crate::chain;
use crate::driver::postgres::{PostgresSession, Server, classify};
use crate::driver::sqlite::read_clock;
use crate::driver::{Failure, Session};
use crate::engine::{Shared, Start, answer, busy, not_started, unknown, went_on};
use crate::job::{Effect, Job, acknowledges_early, run_caught};
use crate::queue::Popped;
use crate::tx::Tx;

/// How often a closure is run at most before its caller hears that the database is busy.
const RUNS_MAX: u32 = 10;
/// From this run on, a closure that collides has the database to itself, as far as this node goes.
const RUNS_ALONE: u32 = 2;
/// The pause after a closure that was alone collided still, which is with another node's; it doubles
/// from run to run. All of them are half a second.
const PAUSE_COLLIDED: Duration = Duration::from_millis(4);
/// How often a lost server is tried again before callers are told.
const CONNECTS_MAX: u32 = 5;
/// The pause before the second try; it doubles from try to try.
const PAUSE: Duration = Duration::from_millis(50);
/// The pause between tries of a thread whose work others do meanwhile.
const PAUSE_AWAY: Duration = Duration::from_secs(1);

const BEGIN: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE; SAVEPOINT effect";

/// Closures run side by side and hold this to read. One that collided holds it to write: whatever
/// else runs ends first, so that it cannot collide again with a writer of this node.
static TURNS: RwLock<()> = RwLock::new(());

/// A closure's turn.
#[expect(dead_code, reason = "a guard is there to be dropped")]
enum Turn {
    Together(RwLockReadGuard<'static, ()>),
    Alone(RwLockWriteGuard<'static, ()>),
}

impl Turn {
    fn together() -> Self {
        Self::Together(TURNS.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn alone() -> Self {
        Self::Alone(TURNS.write().unwrap_or_else(PoisonError::into_inner))
    }
}

pub(super) struct Writer {
    shared: Arc<Shared>,
    server: Server,
    number: usize,
    session: Option<PostgresSession>,
    /// Whose chains this thread writes; none before the start.
    node: Option<NodeId>,
    /// The chain after the last commit.
    chain: Option<ChainHead>,
    /// Chains of ours that are to be closed when the server is back.
    left: Vec<ChainId>,
    /// Whether the last caller was told that the server is away: the next one is told at once.
    away: bool,
}

/// How one run of a closure ended.
enum Run {
    /// Durable.
    Committed,
    /// Undone, with its own error.
    Failed(Error),
    /// Undone; it may be run again.
    Again,
    /// The commit was asked for and not answered.
    Unknown(Option<RecordId>),
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>, server: Server, number: usize) -> Self {
        Self {
            shared,
            server,
            number,
            session: None,
            node: None,
            chain: None,
            left: Vec::new(),
            away: false,
        }
    }

    pub(super) fn run(mut self) {
        loop {
            if self.leaves_it_to_others() {
                continue;
            }
            match self.shared.writes.pop(self.number) {
                Popped::Command(start) => {
                    let started = self.start(&start);
                    let _gone = start.reply.send(started);
                }
                Popped::Job(mut job) => {
                    let durable = self.durable(job.as_mut());
                    let away_for_all = self.away && self.shared.writers_away.is_total();
                    answer(&self.shared.writes, job, durable, away_for_all);
                }
                Popped::Drained => {
                    if let Err(error) = self.close() {
                        tracing::error!(?error, "an audit chain could not be closed");
                        self.shared.unclosed(error);
                    }
                    return;
                }
                Popped::Abandoned => return,
            }
        }
    }

    /// While this thread has no server and another one has, it tries again and takes nothing.
    fn leaves_it_to_others(&mut self) -> bool {
        let others = !self.shared.writers_away.is_total() && self.shared.writes.is_open();
        if !self.away || !others || self.connect().is_ok() {
            return false;
        }
        !self.shared.writes.wait_or_abandoned(PAUSE_AWAY)
    }

    fn start(&mut self, start: &Start) -> Result<(), Error> {
        self.node = Some(start.node);
        if start.leftovers {
            self.connect()?;
            let now = read_clock(&self.shared.clock);
            self.transact(|tx, _| chain::close_leftovers(tx, start.node, now))?;
        }
        self.ready()
    }

    fn close(&mut self) -> Result<(), Error> {
        if self.chain.is_none() && self.left.is_empty() {
            return Ok(());
        }
        self.ready()?;
        let now = read_clock(&self.shared.clock);
        // All writers of a node end at the same moment, and their small transactions collide.
        let _turn = Turn::alone();
        let closed = self.transact(|tx, head| match head {
            Some(head) => chain::close(tx, head, "drained".to_owned(), now),
            None => Ok(false),
        });
        self.leave();
        closed.map(|_| ())
    }

    /// Runs `job` until it is durable or failed.
    fn durable(&mut self, job: &mut dyn Job) -> Result<(), Error> {
        // The record of a commit that was not answered.
        let mut sought: Option<RecordId> = None;
        for run in 0..RUNS_MAX {
            if let Err(error) = self.ready() {
                return Err(sought.map_or(error, |_| unknown(job.name())));
            }
            if let Some(record) = sought {
                match self.transact(|tx, _| chain::has_record(tx, record)) {
                    Ok(true) => return Ok(()),
                    Ok(false) => sought = None,
                    Err(_) => continue,
                }
            }
            // Taken when there is a connection: nobody waits for one that holds the turn.
            let turn = if run < RUNS_ALONE {
                Turn::together()
            } else {
                Turn::alone()
            };
            let ran = self.once(job);
            drop(turn);
            match ran {
                Run::Committed => return Ok(()),
                Run::Failed(error) => return Err(error),
                Run::Again => self.give_way(run),
                Run::Unknown(record) => {
                    tracing::warn!(closure = job.name(), "a commit was not answered");
                    self.lose();
                    sought = Some(record.ok_or_else(|| unknown(job.name()))?);
                }
            }
        }
        tracing::warn!(closure = job.name(), "a closure was run too often");
        Err(sought.map_or_else(busy, |_| unknown(job.name())))
    }

    /// Lets another node's transaction end. Runs that follow one another at once all collide with
    /// the same one, and are over in two milliseconds.
    fn give_way(&self, run: u32) {
        if let Some(doublings) = run.checked_sub(RUNS_ALONE) {
            let pause = PAUSE_COLLIDED.saturating_mul(1 << doublings.min(7));
            self.shared.writes.wait_or_abandoned(pause);
        }
    }

    /// One run of `job` in a transaction.
    fn once(&mut self, job: &mut dyn Job) -> Run {
        let Some(session) = &mut self.session else {
            return Run::Again;
        };
        let mut head = self.chain.clone();
        let mut record = None;
        let result = match session.batch(BEGIN) {
            Err(error) => Err(session.failed(error)),
            Ok(()) => run_caught(
                job,
                &mut Tx {
                    session: Session::Postgres(session),
                },
            )
            .and_then(|effect| {
                record = effect.record();
                append(session, &mut head, effect)
            }),
        };
        match (result, session.take_failure()) {
            (Ok(()), None) => self.commit(job, head, record),
            (Ok(()), Some(failure)) => self.undo(went_on(job.name()), Some(failure)),
            (Err(error), failure) => self.undo(error, failure),
        }
    }

    fn commit(
        &mut self,
        job: &mut dyn Job,
        head: Option<ChainHead>,
        record: Option<RecordId>,
    ) -> Run {
        if acknowledges_early(job.name()) {
            job.answer(Ok(()));
            self.shared
                .writes
                .wait_or_abandoned(Duration::from_millis(50));
        }
        let Some(session) = &mut self.session else {
            return Run::Again;
        };
        let Err(error) = session.batch("COMMIT") else {
            if let Some(head) = &head {
                self.shared.published.publish(head);
            }
            self.chain = head;
            self.shared.counters.committed(1);
            return Run::Committed;
        };
        match classify(&error) {
            Failure::Lost => Run::Unknown(record),
            // The server has answered: nothing was committed.
            failure => self.undo(Error::internal_source(error), Some(failure)),
        }
    }

    /// Rolls back, and says what `failure` means for the closure.
    fn undo(&mut self, error: Error, failure: Option<Failure>) -> Run {
        let rolled_back = match &mut self.session {
            Some(session) if failure != Some(Failure::Lost) => session.batch("ROLLBACK").is_ok(),
            _ => false,
        };
        if !rolled_back {
            self.lose();
        } else if failure == Some(Failure::ChainTaken) {
            self.leave();
        }
        match failure {
            None | Some(Failure::Statement) => Run::Failed(error),
            Some(failure) => {
                tracing::debug!(?error, ?failure, "a transaction is run again");
                Run::Again
            }
        }
    }

    /// Gives the connection up, and with it the chain.
    fn lose(&mut self) {
        self.session = None;
        self.leave();
    }

    /// Gives the chain up; it is closed when the server is next reached.
    fn leave(&mut self) {
        if let Some(head) = self.chain.take() {
            self.shared.published.forget(head.chain());
            self.left.push(head.chain());
        }
    }

    /// Makes sure of a connection, of an end for every chain that was left, and of a chain.
    fn ready(&mut self) -> Result<(), Error> {
        let nothing_to_do = self.session.is_some()
            && self.left.is_empty()
            && (self.chain.is_some() || self.node.is_none());
        if nothing_to_do {
            return Ok(());
        }
        self.connect()?;
        let now = read_clock(&self.shared.clock);
        while let Some(chain) = self.left.last().copied() {
            let reason = "its writer lost the connection or the chain";
            self.transact(|tx, _| chain::close_left(tx, chain, reason, now))?;
            self.left.pop();
        }
        if let (Some(node), None) = (self.node, &self.chain) {
            let mut opened = None;
            let done = self.transact(|tx, _| {
                let head = chain::open(tx, node, now)?;
                opened = Some(head);
                Ok(())
            });
            if let Err(error) = done {
                // It may be there, if only the answer to the commit was lost.
                self.left.extend(opened.map(|head| head.chain()));
                return Err(error);
            }
            if let Some(head) = &opened {
                self.shared.published.publish(head);
            }
            self.chain = opened;
        }
        Ok(())
    }

    fn connect(&mut self) -> Result<(), Error> {
        let failures_max = if self.away { 1 } else { CONNECTS_MAX };
        let mut pause = PAUSE;
        let mut failures = 0;
        while self.session.is_none() {
            match PostgresSession::connect_durable(&self.server) {
                Ok(session) => self.session = Some(session),
                Err(error) => {
                    failures += 1;
                    tracing::warn!(%error, failures, "the database cannot be reached");
                    if failures >= failures_max || self.shared.writes.wait_or_abandoned(pause) {
                        self.shared.writers_away.note(&mut self.away, true);
                        return Err(Error::internal_source(error));
                    }
                    pause *= 2;
                }
            }
        }
        self.shared.writers_away.note(&mut self.away, false);
        Ok(())
    }

    /// A transaction of our own, outside of closures. It may write to the chain, whose new head
    /// counts when the commit is answered.
    fn transact<T>(
        &mut self,
        mut work: impl FnMut(&mut Tx<'_>, Option<&mut ChainHead>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut last = busy();
        for run in 0..RUNS_MAX {
            if run > 0 {
                self.give_way(run);
            }
            let Some(session) = &mut self.session else {
                return Err(last);
            };
            let mut head = self.chain.clone();
            let worked = if let Err(error) = session.batch(BEGIN) {
                Err(session.failed(error))
            } else {
                let mut tx = Tx {
                    session: Session::Postgres(session),
                };
                work(&mut tx, head.as_mut())
            };
            let worked = worked.and_then(|value| match session.batch("COMMIT") {
                Ok(()) => Ok(value),
                Err(error) => Err(session.failed(error)),
            });
            let failure = session.take_failure();
            let error = match worked {
                Ok(value) => {
                    self.chain = head;
                    return Ok(value);
                }
                Err(error) => error,
            };
            if failure == Some(Failure::Lost) || session.batch("ROLLBACK").is_err() {
                self.lose();
                return Err(error);
            }
            if matches!(failure, None | Some(Failure::Statement)) {
                return Err(error);
            }
            last = error;
        }
        Err(last)
    }
}

/// Appends what `effect` says; a refusal undoes what the closure wrote, first.
fn append(
    session: &mut PostgresSession,
    head: &mut Option<ChainHead>,
    effect: Effect,
) -> Result<(), Error> {
    let entry = match effect {
        Effect::Unrecorded => return Ok(()),
        Effect::Done(entry) => entry,
        Effect::Refused(entry) => {
            // A closure that hid a failed statement is not saved by its refusal.
            if let Err(error) = session.batch("ROLLBACK TO SAVEPOINT effect") {
                return Err(session.failed(error));
            }
            entry
        }
    };
    let head = head.as_mut().ok_or_else(not_started)?;
    chain::append(
        &mut Tx {
            session: Session::Postgres(session),
        },
        head,
        entry,
    )
}
