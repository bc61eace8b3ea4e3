//! The one place where the engines differ: how a statement is run and how a cell is read.
//!
//! Every statement is one text for both engines with `$N` parameters; where that is impossible,
//! [`sql!`] gives one text each.

pub(crate) mod postgres;
pub(crate) mod sqlite;

use procura_core::error::Error;
use procura_core::time::Timestamp;

use crate::driver::postgres::PostgresSession;
use crate::driver::sqlite::SqliteSession;
use crate::row::Row;

/// A parameter.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    Int(i64),
    Text(&'a str),
    Blob(&'a [u8]),
    Null,
}

/// A cell of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
    Null,
}

/// The text of a statement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sql {
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Self {
        Self {
            sqlite: text,
            postgres: text,
        }
    }
}

/// One text per engine, where one for both is impossible.
macro_rules! sql {
    { sqlite: $sqlite:expr, postgres: $postgres:expr $(,)? } => {
        $crate::driver::Sql { sqlite: $sqlite, postgres: $postgres }
    };
}
pub(crate) use sql;

/// What went wrong with a statement, as far as whoever runs closures must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Another transaction was faster: run the closure again.
    Conflict,
    /// Somebody else has written to our chain: it is ours no more.
    ChainTaken,
    /// The connection is gone.
    Lost,
    /// The statement itself.
    Statement,
}

/// A connection of either engine, lent to a closure.
pub(crate) enum Session<'t> {
    Sqlite(&'t mut SqliteSession),
    Postgres(&'t mut PostgresSession),
}

impl Session<'_> {
    /// The same connection, lent on.
    pub(crate) fn reborrow(&mut self) -> Session<'_> {
        match self {
            Self::Sqlite(session) => Session::Sqlite(session),
            Self::Postgres(session) => Session::Postgres(session),
        }
    }

    /// The text of `sql` for this engine.
    pub(crate) fn pick(&self, sql: Sql) -> &'static str {
        match self {
            Self::Sqlite(_) => sql.sqlite,
            Self::Postgres(_) => sql.postgres,
        }
    }

    /// Runs a statement: how many rows it touched.
    pub(crate) fn execute(
        &mut self,
        sql: impl Into<Sql>,
        parameters: &[Value<'_>],
    ) -> Result<u64, Error> {
        let sql = sql.into();
        match self {
            Self::Sqlite(session) => session.execute(sql.sqlite, parameters),
            Self::Postgres(session) => session.execute(sql.postgres, parameters),
        }
    }

    /// The rows of a query of `table`, which is named in errors.
    pub(crate) fn rows(
        &mut self,
        table: &'static str,
        sql: impl Into<Sql>,
        parameters: &[Value<'_>],
    ) -> Result<Vec<Row>, Error> {
        let sql = sql.into();
        let cells = match self {
            Self::Sqlite(session) => session.query(sql.sqlite, parameters),
            Self::Postgres(session) => session.query(sql.postgres, parameters),
        }?;
        Ok(cells
            .into_iter()
            .map(|cells| Row::new(table, cells))
            .collect())
    }

    /// The cells of a query whose text was put together from the names of tables and columns.
    /// Dangerous: no part of the text may be anything else.
    pub(crate) fn dangerous_query(
        &mut self,
        sql: &str,
        parameters: &[Value<'_>],
    ) -> Result<Vec<Vec<Cell>>, Error> {
        match self {
            Self::Sqlite(session) => session.query(sql, parameters),
            Self::Postgres(session) => session.query(sql, parameters),
        }
    }

    /// A statement put together like that of [`Session::dangerous_query`]: how many rows it touched.
    pub(crate) fn dangerous_execute(
        &mut self,
        sql: &str,
        parameters: &[Value<'_>],
    ) -> Result<u64, Error> {
        match self {
            Self::Sqlite(session) => session.execute(sql, parameters),
            Self::Postgres(session) => session.execute(sql, parameters),
        }
    }

    /// The only row of a query by a unique key.
    pub(crate) fn row(
        &mut self,
        table: &'static str,
        sql: impl Into<Sql>,
        parameters: &[Value<'_>],
    ) -> Result<Option<Row>, Error> {
        let mut rows = self.rows(table, sql, parameters)?;
        let last = rows.pop();
        // More than one row of a unique key is a schema that is not ours.
        if rows.is_empty() {
            Ok(last)
        } else {
            Err(Error::inconsistent(table, "unique key"))
        }
    }

    /// Runs statements without parameters, as migrations are; an error is the engine's words.
    pub(crate) fn batch(&mut self, sql: Sql) -> Result<(), String> {
        match self {
            Self::Sqlite(session) => session
                .batch(sql.sqlite)
                .map_err(|error| sqlite::told(&error)),
            Self::Postgres(session) => session
                .batch(sql.postgres)
                .map_err(|error| postgres::describe(&error)),
        }
    }

    /// The time by the database: on PostgreSQL the server's, one for the transaction; on SQLite,
    /// which has no other process, the clock of this one.
    pub(crate) fn now(&mut self) -> Result<Timestamp, Error> {
        match self {
            Self::Sqlite(session) => Ok(session.now()),
            Self::Postgres(session) => session.now(),
        }
    }

    /// Wakes whoever listens, at commit. SQLite has no other process to wake.
    pub(crate) fn notify(&mut self, channel: &str, payload: &str) -> Result<(), Error> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(session) => session.notify(channel, payload),
        }
    }
}
