//! A database and a data directory for one test.

use std::path::{Path, PathBuf};

use ::postgres::{Client, NoTls};
use procura_core::entropy::{OsEntropy, random_bytes};
use procura_store::{Config, Engine, PostgresConfig, SqliteConfig};

/// Connections that write; as many read. Many tests share one server.
const POSTGRES_CONNECTIONS: usize = 2;

/// Removed when the test ends.
pub(crate) struct Database {
    directory: PathBuf,
    server: Option<Server>,
}

struct Server {
    url: String,
    name: String,
    /// Another node's, who removes it.
    is_shared: bool,
}

impl Database {
    /// Empty; none when the engine is absent.
    pub(crate) fn create(engine: Engine) -> Option<Self> {
        let unique = u128::from_be_bytes(random_bytes(&mut OsEntropy));
        let name = format!("procura_test_{unique:032x}");
        let server = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => {
                let url = server_url()?;
                execute(&url, &format!("CREATE DATABASE {name} TEMPLATE template0"));
                Some(Server {
                    url,
                    name: name.clone(),
                    is_shared: false,
                })
            }
        };
        let directory = std::env::temp_dir().join(name);
        std::fs::create_dir(&directory).unwrap();
        Some(Self { directory, server })
    }

    /// The same database for another node, with a data directory of its own and the same root key;
    /// none where a database has one node.
    pub(crate) fn shared(&self) -> Option<Self> {
        let Server { url, name, .. } = self.server.as_ref()?;
        let unique = u128::from_be_bytes(random_bytes(&mut OsEntropy));
        let directory = std::env::temp_dir().join(format!("procura_test_{unique:032x}"));
        std::fs::create_dir(&directory).unwrap();
        std::fs::copy(self.directory.join("root.key"), directory.join("root.key")).unwrap();
        let server = Server {
            url: url.clone(),
            name: name.clone(),
            is_shared: true,
        };
        Some(Self {
            directory,
            server: Some(server),
        })
    }

    /// Where the root key, the checkpoints and perhaps the database are.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The socket of the operator: beside the data directory, so that all that is in it are files.
    pub(crate) fn admin_socket(&self) -> PathBuf {
        self.directory.with_extension("sock")
    }

    /// Runs this beside the service, as somebody with the database in hand; only PostgreSQL can.
    pub(crate) fn tamper(&self, statement: &str) {
        let Server { url, name, .. } = self.server.as_ref().unwrap();
        execute(&with_database(url, name), statement);
    }

    pub(crate) fn config(&self) -> Config {
        match &self.server {
            None => Config::Sqlite(SqliteConfig {
                path: self.directory.join("procura.db"),
            }),
            Some(Server { url, name, .. }) => Config::Postgres(PostgresConfig {
                url: with_database(url, name),
                connections: POSTGRES_CONNECTIONS,
            }),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let _removed = std::fs::remove_dir_all(&self.directory);
        let _removed = std::fs::remove_file(self.admin_socket());
        if let Some(Server {
            url,
            name,
            is_shared: false,
        }) = &self.server
        {
            execute(url, &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "xtask gives tests their server by this variable"
)]
fn server_url() -> Option<String> {
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

/// The client may not be used on a thread of tokio's.
fn execute(url: &str, statement: &str) {
    let body = || {
        Client::connect(url, NoTls)
            .unwrap()
            .batch_execute(statement)
            .unwrap();
    };
    std::thread::scope(|scope| scope.spawn(body).join().unwrap());
}
