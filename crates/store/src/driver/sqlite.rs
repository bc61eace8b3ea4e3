//! A SQLite connection: settings, statements, cells.

use std::borrow::Cow;
use std::fs::{OpenOptions, Permissions};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use procura_core::error::Error;
use procura_core::time::{Clock, SystemClock, Timestamp};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, Statement, ToSql};

use crate::config::OpenError;
use crate::driver::{Cell, Failure, Value};

/// How long a statement waits for the lock of another connection (a backup, a second migration).
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How often the mode of the journal is set while others set it.
const WAL_TRIES_MAX: u32 = 100;
const STATEMENTS_CACHED: usize = 128;

/// The clock of this process, once it is known.
pub(crate) type SharedClock = Arc<OnceLock<Arc<dyn Clock>>>;

/// Reads `clock`; before one is given, the machine's.
pub(crate) fn read_clock(clock: &SharedClock) -> Timestamp {
    clock
        .get()
        .map_or_else(|| SystemClock.now(), |clock| clock.now())
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Makes the file where there is none.
    Create,
    /// The one writer.
    Write,
    /// A reader.
    Read,
}

/// One connection.
pub(crate) struct SqliteSession {
    connection: Connection,
    clock: SharedClock,
    failure: Option<Failure>,
    undo: Undo,
}

/// How what a closure does can be undone without the rest of its transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Undo {
    /// It cannot: the transaction is not shared, or the closure has ended.
    WithAll,
    /// The closure has written nothing yet. Its first write opens the savepoint.
    Nothing,
    /// To the savepoint.
    Savepoint,
}

impl SqliteSession {
    /// Opens the file and makes sure that a commit is durable.
    pub(crate) fn open(
        path: &Path,
        access: Access,
        clock: &SharedClock,
    ) -> Result<Self, OpenError> {
        let mode = match access {
            Access::Create => {
                create_private(path)?;
                OpenFlags::SQLITE_OPEN_READ_WRITE
            }
            Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
            Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        };
        let flags = mode | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(unusable)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(unusable)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
        // A plan that may depend on the values of its parameters is made anew at each use. Ours never
        // do: there are no statistics to look them up in.
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
            .map_err(OpenError::unreachable)?;
        if access != Access::Read {
            wait_for_wal(&connection)?;
            require(&connection, "journal_mode", "wal")?;
            require(&connection, "secure_delete", "1")?;
        }
        // 2 is FULL: each commit waits until the write-ahead log is on the disk.
        require(&connection, "synchronous", "2")?;
        require(&connection, "foreign_keys", "1")?;
        make_private(path)?;
        Ok(Self {
            connection,
            clock: Arc::clone(clock),
            failure: None,
            undo: Undo::WithAll,
        })
    }

    /// From now on a lock of another connection is an error at once.
    pub(crate) fn never_wait(&self) -> Result<(), OpenError> {
        self.connection
            .busy_timeout(Duration::ZERO)
            .map_err(unusable)
    }

    pub(crate) fn now(&self) -> Timestamp {
        read_clock(&self.clock)
    }

    /// Whether no transaction is open. After an error this says whether the engine has rolled back
    /// more than the statement.
    pub(crate) fn is_autocommit(&self) -> bool {
        self.connection.is_autocommit()
    }

    pub(crate) fn take_failure(&mut self) -> Option<Failure> {
        self.failure.take()
    }

    /// Statements without parameters and without a place in a closure's failures.
    pub(crate) fn batch(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.execute_batch(sql)
    }

    /// One statement of transaction control, prepared once.
    pub(crate) fn control(&self, sql: &'static str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.execute([]).map(|_| ())
    }

    /// A closure begins. What it writes can be undone with [`SqliteSession::undo_effect`]; most of
    /// those that are recorded write nothing but their record, and a savepoint has the engine copy
    /// every page that is changed under it.
    pub(crate) fn begin_effect(&mut self) {
        self.undo = Undo::Nothing;
    }

    /// The closure has ended: whether it may have written, and so has a savepoint.
    pub(crate) fn end_effect(&mut self) -> bool {
        let is_saved = self.undo == Undo::Savepoint;
        self.undo = Undo::WithAll;
        is_saved
    }

    /// Undoes what was written since the savepoint, which stays.
    pub(crate) fn undo_effect(&self) -> rusqlite::Result<()> {
        self.control("ROLLBACK TO effect")
    }

    /// Ends the savepoint; what was written since is part of the transaction.
    pub(crate) fn keep_effect(&self) -> rusqlite::Result<()> {
        self.control("RELEASE effect")
    }

    pub(crate) fn execute(&mut self, sql: &str, parameters: &[Value<'_>]) -> Result<u64, Error> {
        self.require_whole()?;
        let touched = self
            .write(sql, parameters)
            .map_err(|error| self.failed(error))?;
        u64::try_from(touched).map_err(Error::internal_source)
    }

    fn write(&mut self, sql: &str, parameters: &[Value<'_>]) -> rusqlite::Result<usize> {
        let mut statement = self.connection.prepare_cached(&numbered(sql))?;
        save(&self.connection, &mut self.undo, &statement)?;
        statement.execute(rusqlite::params_from_iter(parameters))
    }

    pub(crate) fn query(
        &mut self,
        sql: &str,
        parameters: &[Value<'_>],
    ) -> Result<Vec<Vec<Cell>>, Error> {
        self.require_whole()?;
        self.read(sql, parameters)
            .map_err(|error| self.failed(error))
    }

    /// After a failed statement no other is run, as on PostgreSQL. The engine may have rolled back
    /// the transaction, and then the next statement would be one of its own.
    fn require_whole(&self) -> Result<(), Error> {
        match self.failure {
            None => Ok(()),
            Some(_) => Err(Error::internal("a statement after one that failed")),
        }
    }

    fn read(&mut self, sql: &str, parameters: &[Value<'_>]) -> rusqlite::Result<Vec<Vec<Cell>>> {
        let mut statement = self.connection.prepare_cached(&numbered(sql))?;
        // It may be a write that returns something.
        save(&self.connection, &mut self.undo, &statement)?;
        let columns = statement.column_count();
        let mut rows = statement.query(rusqlite::params_from_iter(parameters))?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(
                (0..columns)
                    .map(|at| cell(row.get_ref(at)?))
                    .collect::<Result<_, _>>()?,
            );
        }
        Ok(all)
    }

    fn failed(&mut self, error: rusqlite::Error) -> Error {
        self.failure.get_or_insert(Failure::Statement);
        Error::internal_source(error)
    }
}

/// Before the first statement of a closure that writes: the savepoint to undo it to. SQLite itself
/// knows which ones write, so that none can be forgotten.
fn save(
    connection: &Connection,
    undo: &mut Undo,
    statement: &Statement<'_>,
) -> rusqlite::Result<()> {
    if *undo == Undo::Nothing && !statement.readonly() {
        connection.prepare_cached("SAVEPOINT effect")?.execute([])?;
        *undo = Undo::Savepoint;
    }
    Ok(())
}

/// `$N` as SQLite numbers it: it takes `$2` for the first parameter when it stands first in the
/// text, and `?2` for the second wherever it stands.
fn numbered(sql: &str) -> Cow<'_, str> {
    if sql.contains('$') {
        Cow::Owned(sql.replace('$', "?"))
    } else {
        Cow::Borrowed(sql)
    }
}

fn cell(value: ValueRef<'_>) -> rusqlite::Result<Cell> {
    match value {
        ValueRef::Null => Ok(Cell::Null),
        ValueRef::Integer(value) => Ok(Cell::Int(value)),
        ValueRef::Text(bytes) => {
            let text = std::str::from_utf8(bytes).map_err(|error| {
                rusqlite::Error::FromSqlConversionFailure(0, value.data_type(), error.into())
            })?;
            Ok(Cell::Text(text.to_owned()))
        }
        ValueRef::Blob(bytes) => Ok(Cell::Blob(bytes.to_vec())),
        // No column of ours is REAL.
        ValueRef::Real(_) => Err(rusqlite::Error::InvalidColumnType(
            0,
            String::new(),
            value.data_type(),
        )),
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
            Self::Null => ValueRef::Null,
        }))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn unusable(error: rusqlite::Error) -> OpenError {
    OpenError::unreachable(told(&error))
}

/// What SQLite says. A disk without room shows itself by more errors than the one of that name.
pub(crate) fn told(error: &rusqlite::Error) -> String {
    match error.sqlite_error_code() {
        Some(ErrorCode::SystemIoFailure) => format!("{error} (has its disk no space left?)"),
        _ => error.to_string(),
    }
}

/// Sets the mode of the journal, also when others do so at the same moment: SQLite does not wait for
/// them there, whatever the timeout is. Beginning a transaction does wait. Held by
/// `two_that_migrate_at_once_take_turns`.
fn wait_for_wal(connection: &Connection) -> Result<(), OpenError> {
    for _ in 0..WAL_TRIES_MAX {
        let set = connection.query_row("PRAGMA journal_mode = wal", [], |_| Ok(()));
        match set {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                let waits = connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK");
                waits.map_err(unusable)?;
            }
            // What else is wrong is told when the mode is read back.
            Ok(()) | Err(_) => return Ok(()),
        }
    }
    Ok(())
}

/// Sets a pragma and reads it back: SQLite ignores what it does not like.
fn require(
    connection: &Connection,
    name: &'static str,
    wanted: &'static str,
) -> Result<(), OpenError> {
    let ask = |sql: &str| {
        connection.query_row(sql, [], |row| match row.get_ref(0)? {
            ValueRef::Integer(value) => Ok(value.to_string()),
            _ => row.get::<_, String>(0),
        })
    };
    // Some pragmas answer when they are set and some do not; the reading counts.
    match ask(&format!("PRAGMA {name} = {wanted}")) {
        Ok(_) | Err(rusqlite::Error::QueryReturnedNoRows) => {}
        Err(error) => return Err(unusable(error)),
    }
    let found = ask(&format!("PRAGMA {name}")).map_err(unusable)?;
    if found == wanted {
        Ok(())
    } else {
        Err(OpenError::Setting {
            name,
            found,
            wanted,
        })
    }
}

/// Makes the file for its owner alone, before SQLite would make it for everybody; the log and the
/// index beside it inherit its permissions.
fn create_private(path: &Path) -> Result<(), OpenError> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    options.open(path)?;
    Ok(())
}

fn make_private(path: &Path) -> Result<(), OpenError> {
    use std::os::unix::fs::PermissionsExt as _;
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match std::fs::set_permissions(PathBuf::from(name), Permissions::from_mode(0o600)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    /// A database of a test's own, with a table `thing`.
    fn with_session(name: &str, test: impl FnOnce(&mut SqliteSession)) {
        let name = format!("procura-{name}-{}.db", std::process::id());
        let path = std::env::temp_dir().join(name);
        let session = SqliteSession::open(&path, Access::Create, &SharedClock::default());
        let mut session = session.unwrap_or_else(|_| panic!("{} cannot be made", path.display()));
        let schema = "CREATE TABLE thing (a TEXT, id BLOB, b BLOB, PRIMARY KEY (a, id)) STRICT;
                      CREATE INDEX thing_by_b ON thing (a, b)";
        session.batch(schema).unwrap();
        test(&mut session);
        drop(session);
        for suffix in ["", "-wal", "-shm"] {
            // The engine has removed what it no longer needs.
            let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
        }
    }

    #[test]
    fn a_statement_is_prepared_once_whatever_its_parameters_are() {
        with_session("plans", |session| {
            let sql = "SELECT id FROM thing WHERE a = $1 AND b = $2 ORDER BY id";
            for text in ["one", "two", "three"] {
                let parameters = [Value::Text(text), Value::Blob(text.as_bytes())];
                assert!(session.read(sql, &parameters).unwrap().is_empty());
            }
            let statement = session.connection.prepare_cached(&numbered(sql)).unwrap();
            assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
        });
    }

    #[test]
    fn whatever_writes_first_opens_the_savepoint_and_what_reads_does_not() {
        with_session("effects", |session| {
            session.control("BEGIN").unwrap();
            session.begin_effect();
            let count = "SELECT a FROM thing";
            session.query(count, &[]).unwrap();
            assert!(!session.end_effect());
            let inserts = "INSERT INTO thing VALUES ('a', x'00', x'00')";
            session.execute(inserts, &[]).unwrap();
            assert!(!session.end_effect(), "of no closure");
            for sql in [
                "INSERT INTO thing VALUES ('a', x'01', x'01') RETURNING a",
                "UPDATE thing SET b = x'02'",
                "DELETE FROM thing",
            ] {
                session.begin_effect();
                session.query(sql, &[]).unwrap();
                assert!(session.end_effect(), "{sql}");
                session.undo_effect().unwrap();
                session.keep_effect().unwrap();
                assert_eq!(session.query(count, &[]).unwrap().len(), 1, "{sql}");
            }
        });
    }
}
