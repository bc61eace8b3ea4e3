//! The store as its users hold it.

use std::sync::Arc;

use procura_core::audit::record::Committed;
use procura_core::error::{Error, Kind};
use procura_core::id::NodeId;
use procura_core::time::{Clock, Stopwatch};

use crate::chain;
use crate::checkpoint::CheckpointView;
use crate::config::{Config, OpenError};
use crate::counters::{Ended, StoreCounts};
use crate::engine::{self, Limits, Shared, Start};
use crate::job::job;
use crate::migration::Migrated;
use crate::queue::Refused;
use crate::tx::{Outcome, Tx};

/// How many closures may wait for a thread.
const JOBS_MAX: usize = 4_096;
/// SQLite's readers share the processor with everything else.
const SQLITE_READERS: usize = 4;
/// Reads at once on the threads of who asks; of one more, a reader does it.
const SQLITE_LOOKUPS: usize = 4;

/// Which engine holds the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file of this machine.
    Sqlite,
    /// A server.
    Postgres,
}

/// The database. Clones are handles on the same one; when the last is dropped without
/// [`Store::close`], threads end where they are and the chains stay open, as after a crash.
#[derive(Clone)]
pub struct Store {
    handle: Arc<Handle>,
}

struct Handle {
    engine: Engine,
    writers: usize,
    shared: Arc<Shared>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.abandon();
    }
}

impl Store {
    /// Opens a migrated database and makes sure that its commits are durable.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the URL should not live on elsewhere"
    )]
    pub fn open(config: Config) -> Result<Self, OpenError> {
        let limits = match &config {
            Config::Sqlite(_) => Limits {
                writers: 1,
                readers: SQLITE_READERS,
                lookups: SQLITE_LOOKUPS,
                jobs_max: JOBS_MAX,
            },
            Config::Postgres(postgres) => {
                let connections = postgres.connections.max(1);
                Limits {
                    writers: connections,
                    readers: connections,
                    lookups: 0,
                    jobs_max: JOBS_MAX,
                }
            }
        };
        Self::open_with(&config, limits)
    }

    pub(crate) fn open_with(config: &Config, limits: Limits) -> Result<Self, OpenError> {
        let shared = Shared::new(limits);
        let (engine, opened) = match config {
            Config::Sqlite(config) => (
                Engine::Sqlite,
                engine::sqlite::open(config, limits, &shared),
            ),
            Config::Postgres(config) => (
                Engine::Postgres,
                engine::postgres::open(config, limits, &shared),
            ),
        };
        // Dropped on the way out when it did not open, so that no thread stays.
        let handle = Handle {
            engine,
            writers: limits.writers,
            shared,
        };
        opened.map(|()| Self {
            handle: Arc::new(handle),
        })
    }

    /// Applies the migrations that the database lacks; makes a SQLite file where there is none.
    pub fn migrate(config: &Config) -> Result<Migrated, OpenError> {
        match config {
            Config::Sqlite(config) => engine::sqlite::migrate(config),
            Config::Postgres(config) => engine::postgres::migrate(config),
        }
    }

    /// The names of the migrations that the database lacks.
    pub fn plan(config: &Config) -> Result<Vec<String>, OpenError> {
        match config {
            Config::Sqlite(config) => engine::sqlite::plan(config),
            Config::Postgres(config) => engine::postgres::plan(config),
        }
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        self.handle.engine
    }

    /// Opens the audit chains of this incarnation of `node`, after those that a crash of it has
    /// left open are closed. Waits for the database; nothing can be recorded before.
    pub fn start(&self, node: NodeId, clock: Arc<dyn Clock>) -> Result<(), Error> {
        let shared = &self.handle.shared;
        if shared.clock.set(clock).is_err() {
            return Err(Error::internal("the store was started before"));
        }
        for writer in 0..self.handle.writers {
            let (reply, done) = std::sync::mpsc::sync_channel(1);
            if !shared.writes.command(
                writer,
                Start {
                    node,
                    leftovers: writer == 0,
                    reply,
                },
            ) {
                return Err(closed());
            }
            done.recv().map_err(|_| closed())??;
        }
        Ok(())
    }

    /// Runs `closure` in a transaction: the only way to write. It may run more than once, so it has
    /// no network call and no clock in it, and ids and times come in with it. The answer comes
    /// after the commit is durable.
    pub async fn run_tx<T, F>(&self, name: &'static str, closure: F) -> Result<Committed<T>, Error>
    where
        F: Fn(&mut Tx<'_>) -> Result<Outcome<T>, Error> + Send + 'static,
        T: Send + 'static,
    {
        let counters = &self.handle.shared.counters;
        let (job, answer) = job(name, counters, closure);
        let pushed = self.handle.shared.writes.push(job);
        pushed.map_err(|why| self.not_taken(name, why))?;
        answer.await.map_err(|_| closed())?
    }

    /// Runs `closure` on one snapshot, read-only. It may run more than once.
    pub async fn run_read<T, F>(&self, name: &'static str, closure: F) -> Result<T, Error>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
        T: Send + 'static,
    {
        let counters = &self.handle.shared.counters;
        let (job, answer) = job(name, counters, move |tx: &mut Tx<'_>| {
            closure(tx).map(Outcome::Unrecorded)
        });
        let pushed = self.handle.shared.reads.push(job);
        pushed.map_err(|why| self.not_taken(name, why))?;
        Ok(answer.await.map_err(|_| closed())??.value)
    }

    /// [`Store::run_read`] for a few rows that are found by their keys, never for a list or a scan:
    /// on SQLite it runs on the thread that polls this, if it can at once.
    pub async fn look_up<T, F>(&self, name: &'static str, closure: F) -> Result<T, Error>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
        T: Send + 'static,
    {
        let shared = &self.handle.shared;
        let asked = Stopwatch::start();
        if let Some(read) = shared.lookups.run(name, &closure) {
            shared
                .counters
                .ended(name, Ended::of(&read), asked.micros());
            return read;
        }
        self.run_read(name, closure).await
    }

    /// What the store tells of itself.
    pub fn counts(&self) -> StoreCounts {
        let shared = &self.handle.shared;
        shared
            .counters
            .view(shared.writes.waiting(), shared.reads.waiting())
    }

    fn not_taken(&self, name: &'static str, why: Refused) -> Error {
        let ended = match why {
            Refused::Full => Ended::Busy,
            Refused::Closed => Ended::Failed,
        };
        self.handle.shared.counters.ended(name, ended, 0);
        refused(why)
    }

    /// How far every chain is: what is signed once a second.
    pub async fn checkpoint_view(&self) -> Result<CheckpointView, Error> {
        let published = Arc::clone(&self.handle.shared.published);
        // Before the snapshot is taken: see `Published::view`.
        let own = published.heads();
        self.run_read("checkpoint_view", move |tx| published.view(tx, &own))
            .await
    }

    /// Stores how far our own chains are, so that a start after a crash reads only what came after.
    pub async fn save_frontiers(&self) -> Result<(), Error> {
        let heads = self.handle.shared.published.heads();
        let save = move |tx: &mut Tx<'_>| {
            heads
                .values()
                .try_for_each(|head| chain::save_frontier(tx, head))?;
            Ok(Outcome::Unrecorded(()))
        };
        self.run_tx("save_frontiers", save).await.map(|_| ())
    }

    /// Finishes the writes that wait and writes the last record of each chain; later writes are
    /// refused. Reads go on, so that the end can be signed.
    pub async fn close_chains(&self) -> Result<(), Error> {
        self.handle.shared.writes.drain();
        self.handle.shared.wait_for(self.handle.writers).await
    }

    /// Finishes what waits, writes the last record of each chain and lets go of the database. What
    /// comes later is refused. A second call waits like the first.
    pub async fn close(&self) -> Result<(), Error> {
        self.handle.shared.writes.drain();
        self.handle.shared.reads.drain();
        self.handle.shared.lookups.close();
        self.handle.shared.wait_for_end().await
    }
}

fn refused(refused: Refused) -> Error {
    match refused {
        Refused::Full => Error::new(
            Kind::Throttled,
            "the store is busy: too many wait; try again in a moment",
        ),
        Refused::Closed => closed(),
    }
}

fn closed() -> Error {
    Error::internal("the store is closed")
}

#[cfg(test)]
impl Store {
    /// Ends as a crash does: no record, nothing finished; returns when the threads are gone.
    pub(crate) async fn crash(&self) {
        self.handle.shared.abandon();
        self.handle.shared.wait_for_end().await.unwrap();
    }
}
