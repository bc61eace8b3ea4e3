//! Flows in which users let agents act: who they are for, how they stand, and what they need, sealed.

use procura_core::account::AccountId;
use procura_core::authorization_session::{AuthorizationSession, SessionUri, State};
use procura_core::digest::Sha256;
use procura_core::error::Error;
use procura_core::id::{AgentId, ProviderId, SessionId, UserId};
use procura_core::sabotage::defect;
use procura_core::scope::{ScopeSeparator, Scopes};
use procura_core::sealing::Sealed;
use procura_core::secret::kind::{AuthorizationCode, CodeVerifier, FlowSecret};
use procura_core::time::Timestamp;
use procura_core::user::{User, UserKind};

use crate::driver::Value;
use crate::row::{Row, count, time};
use crate::tx::{AccountTx, Tx};

const TABLE: &str = "authorization_session";

/// What one opening of a session's link made.
#[derive(Debug, Clone)]
pub struct Opening {
    /// What proves at the token endpoint that we sent the user away, sealed for the number of the
    /// opening.
    pub code_verifier: Sealed<CodeVerifier>,
    /// By what the callback finds the session.
    pub state_hash: Sha256,
}

/// A session with what it needs, sealed.
#[derive(Debug, Clone)]
pub struct SealedSession {
    /// The session.
    pub session: AuthorizationSession,
    /// What was asked for, sealed for version 1.
    pub flow: Sealed<FlowSecret>,
    /// What the last opening made, sealed for its number.
    pub code_verifier: Option<Sealed<CodeVerifier>>,
    /// The code, sealed for the number of the opening that it came from.
    pub code: Option<Sealed<AuthorizationCode>>,
}

impl Tx<'_> {
    /// The session that `uri` opens, in whatever account it is.
    pub fn authorization_session_of_uri(
        &mut self,
        uri: &SessionUri,
    ) -> Result<Option<(AccountId, SealedSession)>, Error> {
        self.session_where(
            "SELECT account, id, agent, \"user\", user_kind, provider, destination, scopes,
                    return_url, state, openings, cookie_hash, created_at, expires_at, version,
                    flow, code_verifier, code
             FROM authorization_session WHERE uri_hash = $1",
            &uri.hash(),
        )
    }

    /// The session whose last opening made a state of this hash, in whatever account it is.
    pub fn authorization_session_of_state(
        &mut self,
        state_hash: &Sha256,
    ) -> Result<Option<(AccountId, SealedSession)>, Error> {
        self.session_where(
            "SELECT account, id, agent, \"user\", user_kind, provider, destination, scopes,
                    return_url, state, openings, cookie_hash, created_at, expires_at, version,
                    flow, code_verifier, code
             FROM authorization_session WHERE state_hash = $1",
            state_hash,
        )
    }

    fn session_where(
        &mut self,
        sql: &'static str,
        hash: &Sha256,
    ) -> Result<Option<(AccountId, SealedSession)>, Error> {
        let row = self.session.row(TABLE, sql, &[Value::Blob(hash)])?;
        row.map(|mut row| Ok((row.parsed("account")?, read(&mut row)?)))
            .transpose()
    }

    /// Deletes sessions that were over before `before`; how many. At most `limit`, so that nobody
    /// waits long.
    pub fn sweep_authorization_sessions(
        &mut self,
        before: Timestamp,
        limit: u32,
    ) -> Result<u64, Error> {
        self.session.execute(
            "DELETE FROM authorization_session WHERE (account, id) IN
             (SELECT account, id FROM authorization_session
              WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
            &[time(before), Value::Int(limit.into())],
        )
    }
}

impl AccountTx<'_> {
    /// The session of this id.
    pub fn authorization_session(&mut self, id: SessionId) -> Result<Option<SealedSession>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id, agent, \"user\", user_kind, provider, destination, scopes, return_url,
                    state, openings, cookie_hash, created_at, expires_at, version,
                    flow, code_verifier, code
             FROM authorization_session WHERE account = $1 AND id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
            ],
        )?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// Adds a session that was just made; what it was asked for is sealed for version 1.
    pub fn insert_authorization_session(
        &mut self,
        session: &AuthorizationSession,
        uri_hash: &Sha256,
        flow: &Sealed<FlowSecret>,
    ) -> Result<(), Error> {
        let scopes = session.scopes.to_string();
        self.session.execute(
            "INSERT INTO authorization_session
             (account, id, uri_hash, agent, \"user\", user_kind, provider, destination, scopes,
              return_url, flow, state, openings, created_at, expires_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(session.id.as_bytes()),
                Value::Blob(uri_hash),
                Value::Blob(session.agent.as_bytes()),
                Value::Blob(session.user.id.as_bytes()),
                Value::Text(session.user.kind.as_str()),
                Value::Blob(session.provider.as_bytes()),
                Value::Blob(&session.destination),
                Value::Text(&scopes),
                Value::Text(&session.return_url),
                Value::Blob(flow.as_bytes()),
                Value::Text(session.state.as_str()),
                count(session.openings)?,
                time(session.created_at),
                time(session.expires_at),
                count(session.version)?,
            ],
        )?;
        Ok(())
    }

    /// How many sessions of a user are under way at `now`, and how many of these at `provider`.
    pub fn open_authorization_sessions(
        &mut self,
        user: UserId,
        provider: ProviderId,
        now: Timestamp,
    ) -> Result<(u64, u64), Error> {
        let row = self.session.row(
            TABLE,
            "SELECT COUNT(*), COUNT(CASE WHEN provider = $4 THEN 1 END)
             FROM authorization_session
             WHERE account = $1 AND \"user\" = $2 AND expires_at > $3
               AND state IN ('created', 'called_back', 'exchanging')",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(user.as_bytes()),
                time(now),
                Value::Blob(provider.as_bytes()),
            ],
        )?;
        let counts = |mut row: Row| Ok((row.count("count")?, row.count("provider")?));
        row.map_or(Ok((0, 0)), counts)
    }

    /// Keeps what an opening made of `session`, which is at its new version; false when another
    /// was faster.
    pub fn open_authorization_session(
        &mut self,
        session: &AuthorizationSession,
        opening: &Opening,
    ) -> Result<bool, Error> {
        let cookie = session.cookie.as_ref();
        let written = self.session.execute(
            "UPDATE authorization_session SET openings = $3, code_verifier = $4, state_hash = $5,
                    cookie_hash = $6, state = $7, version = $8
             WHERE account = $1 AND id = $2 AND version + 1 = $8",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(session.id.as_bytes()),
                count(session.openings)?,
                Value::Blob(opening.code_verifier.as_bytes()),
                Value::Blob(&opening.state_hash),
                cookie.map_or(Value::Null, |hash| Value::Blob(hash)),
                Value::Text(session.state.as_str()),
                count(session.version)?,
            ],
        )?;
        Ok(written == 1)
    }

    /// Keeps the code with which the user came back; `session` is at its new version. False when
    /// another was faster.
    pub fn keep_authorization_code(
        &mut self,
        session: &AuthorizationSession,
        code: &Sealed<AuthorizationCode>,
    ) -> Result<bool, Error> {
        self.forget_version(session)?;
        let written = self.session.execute(
            "UPDATE authorization_session SET code = $3, state = $4, version = $5
             WHERE account = $1 AND id = $2 AND version + 1 = $5",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(session.id.as_bytes()),
                Value::Blob(code.as_bytes()),
                Value::Text(session.state.as_str()),
                count(session.version)?,
            ],
        )?;
        Ok(written == 1)
    }

    /// Writes where `session` is, which is at its new version; false when another was faster. What
    /// is over keeps neither its code nor what went to the provider.
    pub fn move_authorization_session(
        &mut self,
        session: &AuthorizationSession,
    ) -> Result<bool, Error> {
        self.forget_version(session)?;
        let is_over = matches!(session.state, State::Done | State::Failed(_));
        let sql = if is_over {
            "UPDATE authorization_session SET state = $3, version = $4,
                    code = NULL, code_verifier = NULL
             WHERE account = $1 AND id = $2 AND version + 1 = $4"
        } else {
            "UPDATE authorization_session SET state = $3, version = $4
             WHERE account = $1 AND id = $2 AND version + 1 = $4"
        };
        let written = self.session.execute(
            sql,
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(session.id.as_bytes()),
                Value::Text(session.state.as_str()),
                count(session.version)?,
            ],
        )?;
        Ok(written == 1)
    }

    /// Nothing, but for a defect that proofs find out: the version that is there counts for nothing.
    fn forget_version(&mut self, session: &AuthorizationSession) -> Result<(), Error> {
        if defect("session-version-ignored") {
            self.session.execute(
                "UPDATE authorization_session SET version = $3 WHERE account = $1 AND id = $2",
                &[
                    Value::Text(self.account.as_str()),
                    Value::Blob(session.id.as_bytes()),
                    count(session.version.saturating_sub(1))?,
                ],
            )?;
        }
        Ok(())
    }
}

fn read(row: &mut Row) -> Result<SealedSession, Error> {
    let session = AuthorizationSession {
        id: row.id("id", SessionId::from_slice)?,
        agent: row.id("agent", AgentId::from_slice)?,
        user: User {
            id: row.id("user", UserId::from_slice)?,
            kind: row.word("user_kind", UserKind::from_stored)?,
        },
        provider: row.id("provider", ProviderId::from_slice)?,
        destination: row.hash("destination")?,
        scopes: scopes(row, "scopes")?,
        return_url: row.text("return_url")?,
        state: row.word("state", State::from_stored)?,
        openings: row.count("openings")?,
        cookie: row.optional_hash("cookie_hash")?,
        created_at: row.timestamp("created_at")?,
        expires_at: row.timestamp("expires_at")?,
        version: row.count("version")?,
    };
    Ok(SealedSession {
        session,
        flow: row.sealed("flow")?,
        code_verifier: row.optional_sealed("code_verifier")?,
        code: row.optional_sealed("code")?,
    })
}

fn scopes(row: &mut Row, column: &'static str) -> Result<Scopes, Error> {
    let text = row.text(column)?;
    Scopes::from_text(&text, ScopeSeparator::Space).map_err(|_| Error::inconsistent(TABLE, column))
}
