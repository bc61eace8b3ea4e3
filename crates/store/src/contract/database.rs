//! A database for one test.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use procura_core::audit::chain::ChainHead;
use procura_core::audit::note::ChainState;
use procura_core::audit::record::Record;
use procura_core::entropy::{OsEntropy, random_bytes};
use procura_core::error::Error;
use procura_core::id::{ChainId, NodeId};
use procura_core::time::{Clock, Timestamp};

use crate::config::{Config, PostgresConfig, SqliteConfig};
use crate::contract::samples::{NODE, NOW};
use crate::engine::Limits;
use crate::store::{Engine, Store};
use crate::tx::{Outcome, Tx};

/// How long any list in a test is at most.
const ALL: u32 = 100_000;

/// Removed when the test ends.
pub(super) struct Database {
    pub(super) engine: Engine,
    pub(super) config: Config,
    /// SQLite: the directory. PostgreSQL: the server's URL and the database's name.
    place: Place,
}

enum Place {
    Directory(PathBuf),
    Server { url: String, name: String },
}

/// A clock that stands still until it is moved.
#[derive(Default)]
pub(super) struct StandingClock(AtomicI64);

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        NOW.plus_seconds(self.0.load(Ordering::Relaxed))
    }
}

impl Database {
    /// An empty database; none when its engine is absent.
    pub(super) fn create(engine: Engine) -> Option<Self> {
        let name = format!(
            "procura_{:032x}",
            u128::from_be_bytes(random_bytes(&mut OsEntropy))
        );
        match engine {
            Engine::Sqlite => {
                let directory = std::env::temp_dir().join(name);
                std::fs::create_dir(&directory).unwrap();
                let config = SqliteConfig {
                    path: directory.join("procura.db"),
                };
                let place = Place::Directory(directory);
                Some(Self {
                    engine,
                    config: Config::Sqlite(config),
                    place,
                })
            }
            Engine::Postgres => {
                let url = server_url()?;
                sql(&url, &format!("CREATE DATABASE {name} TEMPLATE template0"));
                let config = PostgresConfig {
                    url: with_database(&url, &name),
                    connections: 2,
                };
                let place = Place::Server { url, name };
                Some(Self {
                    engine,
                    config: Config::Postgres(config),
                    place,
                })
            }
        }
    }

    /// Migrated, opened and started.
    pub(super) fn store(&self) -> Store {
        let store = self.opened();
        store
            .start(NODE, Arc::new(StandingClock::default()))
            .unwrap();
        store
    }

    /// Another node on the same database.
    pub(super) fn store_of(&self, node: NodeId) -> Store {
        let store = self.opened();
        store
            .start(node, Arc::new(StandingClock::default()))
            .unwrap();
        store
    }

    /// Migrated and opened.
    pub(super) fn opened(&self) -> Store {
        Store::migrate(&self.config).unwrap();
        Store::open(self.config.clone()).unwrap()
    }

    /// With one thread that writes, one that reads, and room for this many to wait.
    pub(super) fn narrow(&self, jobs_max: usize) -> Store {
        Store::migrate(&self.config).unwrap();
        let limits = Limits {
            writers: 1,
            readers: 1,
            lookups: 1,
            jobs_max,
        };
        let store = Store::open_with(&self.config, limits).unwrap();
        store
            .start(NODE, Arc::new(StandingClock::default()))
            .unwrap();
        store
    }

    /// Statements of the operator's, beside the store.
    pub(super) fn admin(&self, statements: &str) {
        match &self.config {
            Config::Sqlite(config) => {
                let connection = rusqlite::Connection::open(&config.path).unwrap();
                connection.execute_batch(statements).unwrap();
            }
            Config::Postgres(config) => sql(&config.url, statements),
        }
    }

    /// A column of text, as the operator reads it.
    pub(super) fn column(&self, query: &str) -> Vec<String> {
        match &self.config {
            Config::Sqlite(config) => {
                let connection = rusqlite::Connection::open(&config.path).unwrap();
                let mut statement = connection.prepare(query).unwrap();
                let rows = statement.query_map([], |row| row.get(0)).unwrap();
                rows.map(Result::unwrap).collect()
            }
            Config::Postgres(config) => with_client(&config.url, |client| {
                client
                    .query(query, &[])
                    .unwrap()
                    .iter()
                    .map(|row| row.get(0))
                    .collect()
            }),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        match &self.place {
            Place::Directory(directory) => {
                let _removed = std::fs::remove_dir_all(directory);
            }
            Place::Server { url, name } => {
                sql(url, &format!("DROP DATABASE {name} WITH (FORCE)"));
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "xtask gives tests their server by this variable"
)]
pub(super) fn server_url() -> Option<String> {
    std::env::var("PROCURA_TEST_POSTGRES").ok()
}

/// `url` with another database in it.
fn with_database(url: &str, name: &str) -> String {
    let (before, options) = url
        .split_once('?')
        .map_or((url, ""), |(url, rest)| (url, rest));
    let (server, _) = before.rsplit_once('/').unwrap();
    format!("{server}/{name}?{options}")
}

fn sql(url: &str, statements: &str) {
    with_client(url, |client| client.batch_execute(statements).unwrap());
}

/// The client may not be used on a thread of tokio's.
fn with_client<T: Send>(url: &str, work: impl FnOnce(&mut postgres::Client) -> T + Send) -> T {
    let body = || work(&mut postgres::Client::connect(url, postgres::NoTls).unwrap());
    std::thread::scope(|scope| scope.spawn(body).join().unwrap())
}

/// Shorthands of tests.
impl Store {
    /// Writes without a record.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        closure: impl Fn(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> T {
        let closure = move |tx: &mut Tx<'_>| closure(tx).map(Outcome::Unrecorded);
        self.run_tx("test", closure).await.unwrap().value
    }

    /// Reads.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        closure: impl Fn(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> T {
        self.run_read("test", closure).await.unwrap()
    }

    /// Reads every chain from its first record, as a verifier does: every record follows, and what
    /// the database says of closed chains is so.
    pub(super) async fn verified_chains(&self) -> Vec<(ChainId, bool, ChainState, Vec<Record>)> {
        self.read(|tx| {
            let mut chains = Vec::new();
            for row in tx.chains()? {
                let mut head = ChainHead::new(row.chain);
                let mut records = Vec::new();
                for line in tx.chain_lines(row.chain, 0, ALL)? {
                    records.push(head.follow(&line).unwrap());
                }
                let state = ChainState::from(&head);
                assert_eq!(row.closed.unwrap_or(state), state);
                chains.push((row.chain, row.closed.is_some(), state, records));
            }
            Ok(chains)
        })
        .await
    }

    /// The operations of all records, chain after chain.
    pub(super) async fn recorded(&self) -> Vec<String> {
        let chains = self.verified_chains().await;
        chains
            .into_iter()
            .flat_map(|(_, _, _, records)| records)
            .map(|record| record.entry.operation.into_owned())
            .collect()
    }
}
