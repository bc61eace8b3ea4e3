//! Who runs closures: the threads of an engine and what they share.

pub(crate) mod postgres;
pub(crate) mod sqlite;

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use procura_core::error::{Error, Kind};
use procura_core::id::NodeId;
use tokio::sync::watch;

use crate::checkpoint::{Published, SharedPublished};
use crate::config::OpenError;
use crate::counters::Counters;
use crate::driver::sqlite::SharedClock;
use crate::engine::sqlite::lookup::Lookups;
use crate::job::Job;
use crate::queue::Queue;

/// A command to open the audit chain of this incarnation.
pub(crate) struct Start {
    /// The node.
    pub(crate) node: NodeId,
    /// Whether to close what a crash has left, first.
    pub(crate) leftovers: bool,
    /// Where to say that it is done.
    pub(crate) reply: SyncSender<Result<(), Error>>,
}

/// How many of what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Threads that write.
    pub(crate) writers: usize,
    /// Threads that read.
    pub(crate) readers: usize,
    /// Reads that may run on the threads of who asks.
    pub(crate) lookups: usize,
    /// Closures that may wait for either; one more is refused.
    pub(crate) jobs_max: usize,
}

/// What the threads and the handles share.
pub(crate) struct Shared {
    pub(crate) writes: Queue<Box<dyn Job>, Start>,
    pub(crate) reads: Queue<Box<dyn Job>, Infallible>,
    pub(crate) lookups: Lookups,
    pub(crate) counters: Arc<Counters>,
    pub(crate) clock: SharedClock,
    pub(crate) published: SharedPublished,
    pub(crate) writers_away: Absence,
    pub(crate) readers_away: Absence,
    /// How many threads have ended.
    ended: watch::Sender<usize>,
    threads: usize,
    /// The first chain that could not be closed.
    unclosed: Mutex<Option<Error>>,
}

impl Shared {
    pub(crate) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self {
            writes: Queue::new(limits.writers, limits.jobs_max),
            reads: Queue::new(limits.readers, limits.jobs_max),
            lookups: Lookups::places(limits.lookups),
            counters: Arc::new(Counters::default()),
            clock: Arc::new(OnceLock::new()),
            published: Arc::new(Published::default()),
            writers_away: Absence::of(limits.writers),
            readers_away: Absence::of(limits.readers),
            ended: watch::Sender::new(0),
            threads: limits.writers + limits.readers,
            unclosed: Mutex::new(None),
        })
    }

    /// Notes that a chain could not be closed; whoever closes the store is told.
    pub(crate) fn unclosed(&self, error: Error) {
        let mut first = self.unclosed.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(error);
    }

    /// Waits until every thread has ended and let go of its connection.
    pub(crate) async fn wait_for_end(&self) -> Result<(), Error> {
        self.wait_for(self.threads).await
    }

    /// Waits until so many threads have ended.
    pub(crate) async fn wait_for(&self, threads: usize) -> Result<(), Error> {
        let mut ended = self.ended.subscribe();
        ended
            .wait_for(|ended| *ended >= threads)
            .await
            .map_err(Error::internal_source)?;
        let mut first = self.unclosed.lock().unwrap_or_else(PoisonError::into_inner);
        first.take().map_or(Ok(()), Err)
    }

    pub(crate) fn abandon(&self) {
        self.writes.abandon();
        self.reads.abandon();
        self.lookups.close();
    }
}

/// How many threads of a kind have lost the server.
pub(crate) struct Absence {
    away: AtomicUsize,
    threads: usize,
}

impl Absence {
    fn of(threads: usize) -> Self {
        Self {
            away: AtomicUsize::new(0),
            threads,
        }
    }

    /// One thread finds the server `away` or back; `was` is what it found before.
    pub(crate) fn note(&self, was: &mut bool, away: bool) {
        if away && !*was {
            self.away.fetch_add(1, Ordering::Relaxed);
        } else if !away && *was {
            self.away.fetch_sub(1, Ordering::Relaxed);
        }
        *was = away;
    }

    /// Whether no thread has a connection, so that nobody else will do what waits.
    pub(crate) fn is_total(&self) -> bool {
        self.away.load(Ordering::Relaxed) >= self.threads
    }
}

/// Answers `job`, and when the server is away for all threads, everything that waits behind it,
/// too. What waits is taken before anyone is answered: whoever comes after an answer is tried anew.
pub(crate) fn answer<C>(
    queue: &Queue<Box<dyn Job>, C>,
    mut job: Box<dyn Job>,
    durable: Result<(), Error>,
    away_for_all: bool,
) {
    let mut waiting = Vec::new();
    if away_for_all {
        waiting.extend(std::iter::from_fn(|| queue.pop_waiting()));
    }
    job.answer(durable);
    for mut job in waiting {
        job.answer(Err(Error::internal("the database cannot be reached")));
    }
}

/// Says that a thread has ended, however it did.
struct Ending(Arc<Shared>);

impl Drop for Ending {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // A bug of ours; closures are caught. Nobody would ever answer what waits.
            tracing::error!("a thread of the store panicked; the store refuses from here on");
            self.0.abandon();
        }
        self.0.ended.send_modify(|ended| *ended += 1);
    }
}

/// Runs `body` on a thread of its own.
pub(crate) fn spawn(
    shared: &Arc<Shared>,
    name: String,
    body: impl FnOnce() + Send + 'static,
) -> Result<(), OpenError> {
    let shared = Arc::clone(shared);
    std::thread::Builder::new().name(name).spawn(move || {
        // Declared first, dropped last: the body's connection is closed before anyone hears.
        let _ending = Ending(shared);
        body();
    })?;
    Ok(())
}

/// The database is there and has no time for us.
pub(crate) fn busy() -> Error {
    Error::new(
        Kind::Throttled,
        "the database is busy; try again in a moment",
    )
}

/// A closure that swallowed the error of a statement has seen less than it thinks.
pub(crate) fn went_on(name: &str) -> Error {
    Error::internal(format!(
        "the closure {name} went on after a failed statement"
    ))
}

/// Recorded closures need a chain to be recorded in.
pub(crate) fn not_started() -> Error {
    Error::internal("the store is not started: nothing can be recorded yet")
}

/// A commit of which nobody knows whether it happened.
pub(crate) fn unknown(name: &str) -> Error {
    Error::internal(format!(
        "the outcome of {name} is unknown: its commit failed half-way"
    ))
}
