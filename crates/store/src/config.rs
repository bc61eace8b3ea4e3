//! Where the database is, and why it cannot be used.

use std::fmt;
use std::path::PathBuf;

/// Where the database is.
#[derive(Debug, Clone)]
pub enum Config {
    /// In a file.
    Sqlite(SqliteConfig),
    /// On a server.
    Postgres(PostgresConfig),
}

/// A SQLite database.
#[derive(Debug, Clone)]
pub struct SqliteConfig {
    /// The database file. `-wal` and `-shm` lie beside it.
    pub path: PathBuf,
}

/// A PostgreSQL database.
#[derive(Clone)]
pub struct PostgresConfig {
    /// `postgres://user:password@host:port/database?sslmode=…&sslrootcert=…`. A secret: it is never
    /// printed. TLS is demanded of a server on another machine, unless `sslmode` is `disable`;
    /// `sslrootcert` names a PEM file of the authorities to believe instead of the public ones.
    pub url: String,
    /// How many connections write; as many again read. At least 1.
    pub connections: usize,
}

impl fmt::Debug for PostgresConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresConfig")
            .field("url", &"[secret]")
            .field("connections", &self.connections)
            .finish()
    }
}

/// Why the database cannot be used, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The text is not a PostgreSQL URL. It is not repeated here: it may hold a password.
    #[error(
        "the database URL cannot be read; write postgres://user:password@host:port/database, \
         with special characters percent-encoded"
    )]
    Url,
    /// It does not open or does not answer.
    #[error("the database does not open: {reason}; check that it exists, runs and lets you in")]
    Unreachable {
        /// What the driver says.
        reason: String,
    },
    /// It is on another machine and offers no TLS that can be trusted.
    #[error(
        "the database does not open: {reason}; give the server a certificate of a public \
         authority, or name the authority of its certificate with sslrootcert=FILE in the URL; \
         only where nobody else is on the network between, write sslmode=disable"
    )]
    Tls {
        /// What the driver says.
        reason: String,
    },
    /// The file that `sslrootcert` names cannot be used.
    #[error("sslrootcert {file} cannot be used: {reason}; name a file of certificates in PEM form")]
    Roots {
        /// The file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It lacks migrations.
    #[error("the database lacks {} migration(s) ({}); run `procura migrate`", .pending.len(), .pending.join(", "))]
    NotMigrated {
        /// Their names.
        pending: Vec<String>,
    },
    /// A newer program has migrated it.
    #[error(
        "the database has schema version {found} and this program knows {known}; \
         run the newer procura that migrated it"
    )]
    NewerSchema {
        /// The version of the database.
        found: u32,
        /// The newest version of this program.
        known: u32,
    },
    /// A migration that was applied is not the one that this program has.
    #[error(
        "migration {name} was applied to the database with another content than this program has; \
         run the build that applied it, or restore a backup"
    )]
    ChangedMigration {
        /// Its name.
        name: String,
    },
    /// A migration fails; nothing of it stays.
    #[error("migration {name} fails and was undone: {reason}; report this with the text above")]
    Migration {
        /// Its name.
        name: String,
        /// What the engine says.
        reason: String,
    },
    /// The database is set to forget.
    #[error("the database has {name} = {found}, and durable commits need {wanted}; set it so")]
    Setting {
        /// The setting.
        name: &'static str,
        /// Its value.
        found: String,
        /// What it must be.
        wanted: &'static str,
    },
    /// The operating system refuses a thread or a file.
    #[error("the operating system refuses: {0}; check limits and permissions")]
    System(#[from] std::io::Error),
}

impl OpenError {
    pub(crate) fn unreachable(reason: impl fmt::Display) -> Self {
        Self::Unreachable {
            reason: reason.to_string(),
        }
    }
}
