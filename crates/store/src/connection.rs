//! Connections: what a provider gave for a user to an agent, sealed under the user's key.

use procura_core::connection::{Connection, Consent, Health};
use procura_core::consent::{AgentFace, ConsentState, Terms};
use procura_core::error::Error;
use procura_core::id::{AgentId, ConnectionId, GrantId, ProviderId, UserId};
use procura_core::permit::{Permit, of};
use procura_core::scope::{ScopeSeparator, Scopes};
use procura_core::sealing::Sealed;
use procura_core::secret::kind::{AccessToken, RefreshToken, UserIdentity};
use procura_core::time::Timestamp;

use crate::driver::Value;
use crate::row::{Row, count, time};
use crate::tx::AccountTx;

mod administration;
mod consent;
mod idle;
mod renewal;

pub use self::administration::{
    ConnectionFilter, ListedConnection, RevokedConnection, SealedConnection,
};
pub use self::consent::consent_subject;
pub use self::idle::{IdleConnection, IdleFilter};
pub use self::renewal::{AfterRenewal, Renewable};

const TABLE: &str = "connection";

/// Whose connection, and where: there is one for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConnectionKey {
    /// Who acts.
    pub agent: AgentId,
    /// For whom.
    pub user: UserId,
    /// Where.
    pub provider: ProviderId,
}

impl From<&Connection> for ConnectionKey {
    fn from(connection: &Connection) -> Self {
        let Consent {
            agent,
            user,
            provider,
            ..
        } = connection.consent;
        Self {
            agent,
            user,
            provider,
        }
    }
}

/// Tokens to keep, sealed for the generation of `connection`.
#[derive(Debug, Clone)]
pub struct NewTokens {
    /// What the connection is from now on.
    pub connection: Connection,
    /// The access token.
    pub access_token: Sealed<AccessToken>,
    /// The refresh token, if a new one came.
    pub refresh_token: Option<Sealed<RefreshToken>>,
    /// Who the user is at the provider, if it said.
    pub provider_account: Option<Sealed<UserIdentity>>,
    /// Whether these are known to be of the same account at the provider as those before, so that
    /// what is not replaced stays.
    pub same_account: bool,
}

/// A sealed access token that a permit has given out.
#[derive(Debug, Clone)]
pub struct RevealedConnection {
    /// The connection.
    pub connection: Connection,
    /// Its access token, to be opened after the commit.
    pub sealed: Sealed<AccessToken>,
    /// When a use of it was last written down, if ever ([`AccountTx::note_use`]).
    pub used_at: Option<Timestamp>,
}

/// The question for the connection of an agent and a user at a provider, for [`read`] and what else
/// is named.
macro_rules! of_provider {
    ($columns:literal) => {
        concat!(
            "SELECT p.id, p.version,
                    c.id, c.consent, c.agent, c.\"user\", c.provider, c.consented, c.consent_state,
                    c.consent_ends_at, c.narrowed_at, c.agent_face, c.consent_version, c.generation,
                    c.destination, c.health, c.granted,
                    CAST(CASE WHEN c.refresh_token IS NULL THEN 0 ELSE 1 END AS BIGINT),
                    c.fetched_at, c.expires_at, c.created_at, c.consented_at, ",
            $columns,
            " FROM credential_provider p
             JOIN connection c ON c.account = p.account AND c.provider = p.id
             WHERE p.account = $1 AND c.agent = $2 AND c.\"user\" = $3 AND p.id = $4"
        )
    };
}
use of_provider;

impl AccountTx<'_> {
    /// The connection of this key.
    pub fn connection(&mut self, key: ConnectionKey) -> Result<Option<Connection>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id, consent, agent, \"user\", provider, consented, consent_state,
                    consent_ends_at, narrowed_at, agent_face, consent_version, generation, destination,
                    health, granted,
                    CAST(CASE WHEN refresh_token IS NULL THEN 0 ELSE 1 END AS BIGINT),
                    fetched_at, expires_at, created_at, consented_at
             FROM connection
             WHERE account = $1 AND agent = $2 AND \"user\" = $3 AND provider = $4",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(key.agent.as_bytes()),
                Value::Blob(key.user.as_bytes()),
                Value::Blob(key.provider.as_bytes()),
            ],
        )?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// Who the user of the connection of this key is at the provider, if it said.
    pub fn provider_account(
        &mut self,
        key: ConnectionKey,
    ) -> Result<Option<Sealed<UserIdentity>>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT provider_account FROM connection
             WHERE account = $1 AND agent = $2 AND \"user\" = $3 AND provider = $4",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(key.agent.as_bytes()),
                Value::Blob(key.user.as_bytes()),
                Value::Blob(key.provider.as_bytes()),
            ],
        )?;
        row.map_or(Ok(None), |mut row| row.optional_sealed("provider_account"))
    }

    /// The access token of the connection of `agent` and `user` at the provider that `permit` names,
    /// if the provider is still at the version that was decided on.
    pub fn reveal_connection(
        &mut self,
        permit: &Permit<of::RevealConnection>,
        agent: AgentId,
        user: UserId,
    ) -> Result<Option<RevealedConnection>, Error> {
        let sql = of_provider!("c.access_token, c.used_at");
        let Some(mut row) = self.row_under(permit, sql, agent, user)? else {
            return Ok(None);
        };
        let connection = read(&mut row)?;
        Ok(Some(RevealedConnection {
            connection,
            sealed: row.sealed("access_token")?,
            used_at: row.optional_timestamp("used_at")?,
        }))
    }

    /// The answer to [`of_provider`], if the provider that `permit` names is still at the version that
    /// was decided on.
    fn row_under<A>(
        &mut self,
        permit: &Permit<A>,
        sql: &'static str,
        agent: AgentId,
        user: UserId,
    ) -> Result<Option<Row>, Error> {
        let row = self.session.row(
            TABLE,
            sql,
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(agent.as_bytes()),
                Value::Blob(user.as_bytes()),
                Value::Blob(permit.resource()),
            ],
        )?;
        let Some(mut row) = row else { return Ok(None) };
        let id = row.id("id", ProviderId::from_slice)?;
        let is_covered = permit.covers(id.as_bytes(), row.count("version")?);
        Ok(is_covered.then_some(row))
    }

    /// Keeps new tokens in place of those of the generation before; false when another was faster. The
    /// refresh token stays until it is replaced, if the new tokens are known to be of the same account:
    /// many providers give one only once (RFC 6749 §6).
    pub fn put_connection(&mut self, new: &NewTokens) -> Result<bool, Error> {
        let connection = &new.connection;
        let consent = &connection.consent;
        // SECURITY: only a first consent makes a row. Tokens that take the place of others need
        // those to be there still: what was revoked meanwhile does not come back. Held by
        // `what_was_revoked_is_not_put_back`.
        if connection.generation > 1 && !self.is_kept(connection.id)? {
            return Ok(false);
        }
        let (consented, granted) = (consent.scopes.to_string(), connection.granted.to_string());
        let (refresh, account) = (new.refresh_token.as_ref(), new.provider_account.as_ref());
        let face = consent.terms.face.as_ref().map(AgentFace::to_bytes);
        // SECURITY: tokens that are renewed are of the same consent, and what the user says of it
        // meanwhile stays. Held by `a_renewal_leaves_what_the_user_said_meanwhile`.
        let written = self.session.execute(
            "INSERT INTO connection
             (account, id, agent, \"user\", provider, consent, consented, granted, generation,
              destination, health, access_token, refresh_token, fetched_at, expires_at,
              created_at, consented_at, refresh_version, provider_account, failures, retry_at,
              consent_ends_at, agent_face)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                     $18, $19, 0, 0, $21, $22)
             ON CONFLICT (account, agent, \"user\", provider) DO UPDATE SET
                consented = CASE WHEN connection.consent = $6 THEN connection.consented ELSE $7 END,
                consent_state = CASE WHEN connection.consent = $6
                                THEN connection.consent_state ELSE 'active' END,
                consent_ends_at = CASE WHEN connection.consent = $6
                                  THEN connection.consent_ends_at ELSE $21 END,
                narrowed_at = CASE WHEN connection.consent = $6 OR $13 IS NULL
                              THEN connection.narrowed_at END,
                agent_face = CASE WHEN connection.consent = $6
                             THEN connection.agent_face ELSE $22 END,
                consent_version = CASE WHEN connection.consent = $6
                                  THEN connection.consent_version ELSE 1 END,
                consent = $6, granted = $8, generation = $9, destination = $10,
                health = $11, access_token = $12, fetched_at = $14, expires_at = $15,
                consented_at = $17, lease_node = NULL, lease_until = NULL, failures = 0,
                retry_at = 0,
                provider_account = COALESCE($19, CASE WHEN CAST($20 AS BIGINT) = 1
                                                 THEN connection.provider_account END),
                refresh_token = COALESCE($13, CASE WHEN connection.destination = $10
                                                   AND CAST($20 AS BIGINT) = 1
                                              THEN connection.refresh_token END),
                refresh_version = CASE WHEN $18 > 0 THEN $18 ELSE connection.refresh_version END
             WHERE connection.generation = $9 - 1 AND connection.id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(connection.id.as_bytes()),
                Value::Blob(consent.agent.as_bytes()),
                Value::Blob(consent.user.as_bytes()),
                Value::Blob(consent.provider.as_bytes()),
                Value::Blob(consent.id.as_bytes()),
                Value::Text(&consented),
                Value::Text(&granted),
                count(connection.generation)?,
                Value::Blob(&connection.destination),
                Value::Text(connection.health.as_str()),
                Value::Blob(new.access_token.as_bytes()),
                refresh.map_or(Value::Null, |sealed| Value::Blob(sealed.as_bytes())),
                time(connection.fetched_at),
                time(connection.expires_at),
                time(connection.created_at),
                time(connection.consented_at),
                refresh.map_or(Ok(Value::Int(0)), |_| count(connection.generation))?,
                account.map_or(Value::Null, |sealed| Value::Blob(sealed.as_bytes())),
                Value::Int(i64::from(new.same_account)),
                consent.terms.ends_at.map_or(Value::Null, time),
                face.as_ref().map_or(Value::Null, |face| Value::Blob(face)),
            ],
        )?;
        Ok(written == 1)
    }
}

fn read(row: &mut Row) -> Result<Connection, Error> {
    Ok(Connection {
        id: row.id("id", ConnectionId::from_slice)?,
        consent: Consent {
            id: row.id("consent", GrantId::from_slice)?,
            agent: row.id("agent", AgentId::from_slice)?,
            user: row.id("user", UserId::from_slice)?,
            provider: row.id("provider", ProviderId::from_slice)?,
            scopes: scopes(row, "consented")?,
            terms: Terms {
                state: row.word("consent_state", ConsentState::from_stored)?,
                ends_at: row.optional_timestamp("consent_ends_at")?,
                narrowed_at: row.optional_timestamp("narrowed_at")?,
                face: face(row)?,
                version: row.count("consent_version")?,
            },
        },
        generation: row.count("generation")?,
        destination: row.hash("destination")?,
        health: row.word("health", Health::from_stored)?,
        granted: scopes(row, "granted")?,
        refreshable: row.flag("refresh_token")?,
        fetched_at: row.timestamp("fetched_at")?,
        expires_at: row.timestamp("expires_at")?,
        created_at: row.timestamp("created_at")?,
        consented_at: row.timestamp("consented_at")?,
    })
}

fn face(row: &mut Row) -> Result<Option<AgentFace>, Error> {
    const COLUMN: &str = "agent_face";
    let bytes = row.optional_blob(COLUMN)?;
    let face = |bytes: Vec<u8>| AgentFace::from_stored(&bytes);
    let odd = || Error::inconsistent(TABLE, COLUMN);
    bytes.map(|bytes| face(bytes).ok_or_else(odd)).transpose()
}

fn scopes(row: &mut Row, column: &'static str) -> Result<Scopes, Error> {
    let text = row.text(column)?;
    Scopes::from_text(&text, ScopeSeparator::Space).map_err(|_| Error::inconsistent(TABLE, column))
}
