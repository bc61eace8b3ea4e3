//! Migrations: forward only, each once, compiled in.

use procura_core::digest::{Sha256, sha256};
use procura_core::error::Error;

use crate::config::OpenError;
use crate::driver::{Session, Sql, Value, sql};
use crate::row::time;

/// From which schema version to which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migrated {
    /// The version before; 0 for an empty database.
    pub from: u32,
    /// The version now.
    pub to: u32,
}

struct Migration {
    version: u32,
    name: &'static str,
    sql: Sql,
}

macro_rules! migrations {
    ($($version:literal $name:literal)*) => {
        &[$(Migration {
            version: $version,
            name: $name,
            sql: sql! {
                sqlite: include_str!(concat!("../migrations/sqlite/", $name, ".sql")),
                postgres: include_str!(concat!("../migrations/postgres/", $name, ".sql")),
            },
        }),*]
    };
}

/// In order; a version is the place in this list, from 1. Never change one that was released.
const MIGRATIONS: &[Migration] = migrations! {
    1 "0001_foundation"
    2 "0002_oauth2"
    3 "0003_used_signature"
    4 "0004_user_delegation"
    5 "0005_expected_account"
    6 "0006_idle_connections"
    7 "0007_user_pools"
    8 "0008_iam_roles"
    9 "0009_trust_bindings"
    10 "0010_pool_openid"
    11 "0011_pool_groups"
    12 "0012_resource_servers"
    13 "0013_pool_keys"
    14 "0014_agent_use"
    15 "0015_task_use"
    16 "0016_consent"
    17 "0017_account_policies"
};

/// Two that migrate at once take turns.
const BEGIN: Sql = sql! {
    sqlite: "BEGIN IMMEDIATE",
    postgres: "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(7237117975334)",
};

const CREATE: Sql = sql! {
    sqlite: "CREATE TABLE IF NOT EXISTS schema_migration (
                 version INTEGER NOT NULL PRIMARY KEY,
                 name TEXT NOT NULL,
                 checksum BLOB NOT NULL,
                 applied_at INTEGER NOT NULL
             ) STRICT",
    postgres: "CREATE TABLE IF NOT EXISTS schema_migration (
                   version BIGINT NOT NULL PRIMARY KEY,
                   name TEXT COLLATE \"C\" NOT NULL,
                   checksum BYTEA NOT NULL,
                   applied_at BIGINT NOT NULL
               )",
};

const IS_THERE: Sql = sql! {
    sqlite: "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migration'",
    postgres: "SELECT COUNT(*) FROM information_schema.tables
               WHERE table_schema = current_schema() AND table_name = 'schema_migration'",
};

/// The version of a database that has all of them.
pub(crate) fn newest() -> u32 {
    MIGRATIONS.last().map_or(0, |newest| newest.version)
}

/// The names of the migrations that a database without any lacks.
pub(crate) fn all() -> Vec<String> {
    MIGRATIONS
        .iter()
        .map(|migration| migration.name.to_owned())
        .collect()
}

/// The names of the migrations that this database lacks.
pub(crate) fn pending(session: &mut Session<'_>) -> Result<Vec<String>, OpenError> {
    let version = version(session)?;
    let pending = MIGRATIONS
        .iter()
        .filter(|migration| migration.version > version);
    Ok(pending.map(|migration| migration.name.to_owned()).collect())
}

/// Refuses a database that is not at the version of this program.
pub(crate) fn require_current(session: &mut Session<'_>) -> Result<(), OpenError> {
    let pending = pending(session)?;
    if pending.is_empty() {
        Ok(())
    } else {
        Err(OpenError::NotMigrated { pending })
    }
}

/// Applies what is pending: all of it or nothing.
pub(crate) fn migrate(session: &mut Session<'_>) -> Result<Migrated, OpenError> {
    session.batch(BEGIN).map_err(OpenError::unreachable)?;
    let migrated = apply_pending(session);
    let end = if migrated.is_ok() {
        "COMMIT"
    } else {
        "ROLLBACK"
    };
    let ended = session.batch(end.into()).map_err(OpenError::unreachable);
    // What went wrong first is what matters.
    migrated.and_then(|migrated| ended.map(|()| migrated))
}

fn apply_pending(session: &mut Session<'_>) -> Result<Migrated, OpenError> {
    session.batch(CREATE).map_err(OpenError::unreachable)?;
    let from = version(session)?;
    let mut to = from;
    for migration in MIGRATIONS
        .iter()
        .filter(|migration| migration.version > from)
    {
        let failed = |reason| OpenError::Migration {
            name: migration.name.to_owned(),
            reason,
        };
        session.batch(migration.sql).map_err(failed)?;
        note(session, migration).map_err(unreadable)?;
        to = migration.version;
    }
    Ok(Migrated { from, to })
}

fn note(session: &mut Session<'_>, migration: &Migration) -> Result<(), Error> {
    let now = session.now()?;
    session.execute(
        "INSERT INTO schema_migration (version, name, checksum, applied_at)
         VALUES ($1, $2, $3, $4)",
        &[
            Value::Int(migration.version.into()),
            Value::Text(migration.name),
            Value::Blob(&checksum(session, migration)),
            time(now),
        ],
    )?;
    Ok(())
}

fn checksum(session: &Session<'_>, migration: &Migration) -> Sha256 {
    sha256(&[session.pick(migration.sql).as_bytes()])
}

/// The version of the database: 0 when it is empty. Each migration in it must be one of ours.
fn version(session: &mut Session<'_>) -> Result<u32, OpenError> {
    let applied = applied(session).map_err(unreadable)?;
    let known = newest();
    let mut version = 0;
    for (at, name, stored) in applied {
        let migration = MIGRATIONS
            .iter()
            .find(|migration| i64::from(migration.version) == at);
        let Some(migration) = migration else {
            let found = u32::try_from(at).unwrap_or(u32::MAX);
            return Err(OpenError::NewerSchema { found, known });
        };
        if checksum(session, migration).as_slice() != stored {
            return Err(OpenError::ChangedMigration { name });
        }
        version = migration.version;
    }
    Ok(version)
}

fn applied(session: &mut Session<'_>) -> Result<Vec<(i64, String, Vec<u8>)>, Error> {
    const TABLE: &str = "schema_migration";
    let there = session.row(TABLE, IS_THERE, &[])?;
    if there.map(|mut row| row.int("version")).transpose()? != Some(1) {
        return Ok(Vec::new());
    }
    let sql = "SELECT version, name, checksum FROM schema_migration ORDER BY version";
    let rows = session.rows(TABLE, sql, &[])?;
    rows.into_iter()
        .map(|mut row| {
            Ok((
                row.int("version")?,
                row.text("name")?,
                row.blob("checksum")?,
            ))
        })
        .collect()
}

/// The domain's error shows its inside through `Debug` only; whoever migrates is the operator.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn unreadable(error: Error) -> OpenError {
    OpenError::unreachable(format!(
        "the list of migrations cannot be read or written: {error:?}"
    ))
}
