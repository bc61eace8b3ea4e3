//! A PostgreSQL connection: TLS, settings, statements, cells.

mod transport;
mod value;

use std::collections::HashMap;
use std::error::Error as _;
use std::time::Duration;

use postgres::error::SqlState;
use postgres::{Client, Statement};
use procura_core::error::Error;
use procura_core::time::Timestamp;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::config::{OpenError, PostgresConfig};
use crate::driver::{Cell, Failure, Value};

/// How long a server may be silent before it counts as gone.
const SILENCE: Duration = Duration::from_secs(10);
/// A closure has no network call in it: a transaction that idles has lost its client, and a chain
/// that it has written to can be closed only when it is gone.
const LIMITS: &str = "SET idle_in_transaction_session_timeout = '10s';
                      SET lock_timeout = '15s'; SET statement_timeout = '30s'";

/// The constraint that only one writer of a chain can satisfy.
const PLACE: &str = "audit_record_place";
/// The constraint that two revocations at once can collide on.
const EPOCH: &str = "revocation_epoch";

/// How to reach the server.
#[derive(Clone)]
pub(crate) struct Server {
    config: postgres::Config,
    tls: MakeRustlsConnect,
}

impl Server {
    /// Reads the URL; connects to nothing yet.
    pub(crate) fn new(config: &PostgresConfig) -> Result<Self, OpenError> {
        // The parser's error may repeat the text, and the text holds a password.
        let (url, roots) = transport::without_roots(&config.url);
        let mut parsed: postgres::Config = url.parse().map_err(|_| OpenError::Url)?;
        parsed.ssl_mode(transport::mode(&parsed, roots.is_some()));
        if parsed.get_application_name().is_none() {
            parsed.application_name("procura");
        }
        // A server that vanished without a word must not hold a thread for hours.
        if parsed.get_connect_timeout().is_none() {
            parsed.connect_timeout(SILENCE);
        }
        if parsed.get_tcp_user_timeout().is_none() {
            parsed.tcp_user_timeout(SILENCE);
        }
        parsed.keepalives_idle(SILENCE);
        Ok(Self {
            config: parsed,
            tls: transport::tls(roots.as_deref())?,
        })
    }
}

/// One connection. It must live on a thread without a tokio runtime: the client brings its own.
pub(crate) struct PostgresSession {
    client: Client,
    statements: HashMap<String, Statement>,
    failure: Option<Failure>,
}

impl PostgresSession {
    /// Connects.
    pub(crate) fn connect(server: &Server) -> Result<Self, OpenError> {
        let client = server
            .config
            .connect(server.tls.clone())
            .map_err(|error| refused(&error))?;
        Ok(Self {
            client,
            statements: HashMap::new(),
            failure: None,
        })
    }

    /// Connects for closures: limits set, durability asserted.
    pub(crate) fn connect_durable(server: &Server) -> Result<Self, OpenError> {
        let mut session = Self::connect(server)?;
        session.assert_durable()?;
        session
            .batch(LIMITS)
            .map_err(|error| OpenError::unreachable(describe(&error)))?;
        Ok(session)
    }

    /// Refuses a server that would lose a commit that it has acknowledged.
    pub(crate) fn assert_durable(&mut self) -> Result<(), OpenError> {
        self.assert_setting("synchronous_commit", "on", &["on", "remote_apply"])?;
        self.assert_setting("fsync", "on", &["on"])?;
        self.assert_setting("full_page_writes", "on", &["on"])
    }

    fn assert_setting(
        &mut self,
        name: &'static str,
        wanted: &'static str,
        good: &[&str],
    ) -> Result<(), OpenError> {
        let row = self
            .client
            .query_one("SELECT current_setting($1)", &[&name])
            .map_err(|error| OpenError::unreachable(describe(&error)))?;
        let found: String = row.get(0);
        if good.contains(&found.as_str()) {
            Ok(())
        } else {
            Err(OpenError::Setting {
                name,
                found,
                wanted,
            })
        }
    }

    pub(crate) fn take_failure(&mut self) -> Option<Failure> {
        self.failure.take()
    }

    /// Statements without parameters: transaction control and migrations.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), postgres::Error> {
        self.client.batch_execute(sql)
    }

    pub(crate) fn execute(&mut self, sql: &str, parameters: &[Value<'_>]) -> Result<u64, Error> {
        self.run(sql, |client, statement| {
            client.execute(statement, &value::all(parameters))
        })
    }

    pub(crate) fn query(
        &mut self,
        sql: &str,
        parameters: &[Value<'_>],
    ) -> Result<Vec<Vec<Cell>>, Error> {
        let rows = self.run(sql, |client, statement| {
            client.query(statement, &value::all(parameters))
        })?;
        rows.iter()
            .map(|row| (0..row.len()).map(|at| row.try_get(at)).collect())
            .collect::<Result<_, postgres::Error>>()
            .map_err(|error| self.failed(error))
    }

    fn run<T>(
        &mut self,
        sql: &str,
        with: impl FnOnce(&mut Client, &Statement) -> Result<T, postgres::Error>,
    ) -> Result<T, Error> {
        let result = match self.statements.get(sql) {
            Some(statement) => with(&mut self.client, statement),
            None => self.client.prepare(sql).and_then(|statement| {
                let result = with(&mut self.client, &statement);
                self.statements.insert(sql.to_owned(), statement);
                result
            }),
        };
        result.map_err(|error| self.failed(error))
    }

    pub(crate) fn now(&mut self) -> Result<Timestamp, Error> {
        let sql = "SELECT CAST(floor(EXTRACT(EPOCH FROM now()) * 1000) AS BIGINT)";
        match self.query(sql, &[])?.pop().and_then(|mut row| row.pop()) {
            Some(Cell::Int(millis)) => Ok(Timestamp::from_millis(millis)),
            _ => Err(Error::internal("the database does not tell the time")),
        }
    }

    pub(crate) fn notify(&mut self, channel: &str, payload: &str) -> Result<(), Error> {
        let parameters = [Value::Text(channel), Value::Text(payload)];
        // The function answers with a void column, which is none of our types.
        self.execute("SELECT pg_notify($1, $2)", &parameters)
            .map(|_| ())
    }

    /// Notes what `error` means for the closure that runs.
    pub(crate) fn failed(&mut self, error: postgres::Error) -> Error {
        self.failure.get_or_insert(classify(&error));
        Error::internal_source(error)
    }
}

/// What an error of the driver means for whoever runs closures.
pub(crate) fn classify(error: &postgres::Error) -> Failure {
    let Some(database) = error.as_db_error() else {
        return Failure::Lost;
    };
    let code = database.code();
    let violated = database
        .constraint()
        .filter(|_| *code == SqlState::UNIQUE_VIOLATION);
    let collided = [
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::LOCK_NOT_AVAILABLE,
    ];
    if collided.contains(code) || violated == Some(EPOCH) {
        Failure::Conflict
    } else if violated == Some(PLACE) {
        Failure::ChainTaken
    } else if is_end_of_session(code) {
        Failure::Lost
    } else {
        Failure::Statement
    }
}

/// The server goes down or ends this session: 57P01 to 57P05, 08xxx, 25P03, 25P04.
fn is_end_of_session(code: &SqlState) -> bool {
    ["57P", "08", "25P03", "25P04"]
        .iter()
        .any(|prefix| code.code().starts_with(prefix))
}

/// Why there is no connection. The driver tells a failure of TLS apart in words only.
fn refused(error: &postgres::Error) -> OpenError {
    let reason = describe(error);
    if reason.starts_with("error performing TLS handshake") {
        OpenError::Tls { reason }
    } else {
        OpenError::Unreachable { reason }
    }
}

/// The error in words that hold neither parameters nor rows.
pub(crate) fn describe(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(database) => format!("{} ({})", database.message(), database.code().code()),
        None => match error.source() {
            Some(cause) => format!("{error}: {cause}"),
            None => error.to_string(),
        },
    }
}
