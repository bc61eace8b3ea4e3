//! The journal of what was sent to token endpoints and cannot be sent twice: codes and refresh tokens.
//!
//! A row is there before anything is sent, gets the answer as it came before anything is made of
//! it, and goes with the transaction of what it came to. What a node leaves behind that dies in
//! between is found by the others.

use procura_core::account::AccountId;
use procura_core::error::Error;
use procura_core::id::{AgentId, ExchangeId, NodeId, ProviderId, SessionId, UserId};
use procura_core::sealing::Sealed;
use procura_core::secret::kind::RawTokenReply;
use procura_core::time::Timestamp;

use crate::connection::ConnectionKey;
use crate::driver::Value;
use crate::row::{Row, count, time};
use crate::tx::{AccountTx, Tx};

const TABLE: &str = "token_exchange";

/// Something that was sent, or is about to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenExchange {
    /// Its id.
    pub id: ExchangeId,
    /// The session whose code it is; none for a refresh token.
    pub session: Option<SessionId>,
    /// Who will act.
    pub agent: AgentId,
    /// For whom.
    pub user: UserId,
    /// Where.
    pub provider: ProviderId,
    /// The generation of the refresh token; 0 for a code.
    pub generation: u64,
    /// With which version of the client's secret.
    pub secret_version: u64,
    /// Who sends it.
    pub node: NodeId,
    /// When, by the database.
    pub started_at: Timestamp,
}

/// Something that did not come to its end.
#[derive(Debug, Clone)]
pub struct LeftBehind {
    /// Whose it is.
    pub account: AccountId,
    /// What was sent.
    pub exchange: TokenExchange,
    /// The answer, if it came.
    pub reply: Option<Sealed<RawTokenReply>>,
}

impl AccountTx<'_> {
    /// Adds what is about to be sent.
    pub fn insert_token_exchange(&mut self, exchange: &TokenExchange) -> Result<(), Error> {
        let session = exchange.session.as_ref();
        self.session.execute(
            "INSERT INTO token_exchange (account, id, session, agent, \"user\", provider,
                                         generation, secret_version, node, started_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(exchange.id.as_bytes()),
                session.map_or(Value::Null, |id| Value::Blob(id.as_bytes())),
                Value::Blob(exchange.agent.as_bytes()),
                Value::Blob(exchange.user.as_bytes()),
                Value::Blob(exchange.provider.as_bytes()),
                count(exchange.generation)?,
                count(exchange.secret_version)?,
                Value::Blob(exchange.node.as_bytes()),
                time(exchange.started_at),
            ],
        )?;
        Ok(())
    }

    /// Keeps the answer as it came, sealed for version 1; false when the row is gone.
    pub fn keep_token_reply(
        &mut self,
        id: ExchangeId,
        reply: &Sealed<RawTokenReply>,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let written = self.session.execute(
            "UPDATE token_exchange SET reply = $3, replied_at = $4
             WHERE account = $1 AND id = $2 AND reply IS NULL",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
                Value::Blob(reply.as_bytes()),
                time(now),
            ],
        )?;
        Ok(written == 1)
    }

    /// Takes an answer away that is of no use, so that what was sent counts as not answered.
    pub fn forget_token_reply(&mut self, id: ExchangeId) -> Result<(), Error> {
        self.session.execute(
            "UPDATE token_exchange SET reply = NULL, replied_at = NULL
             WHERE account = $1 AND id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
            ],
        )?;
        Ok(())
    }

    /// Whether what was sent to renew tokens of `key` and `generation` was answered, and the answer is
    /// not made use of yet.
    pub fn has_unread_reply(&mut self, key: ConnectionKey, generation: u64) -> Result<bool, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT COUNT(*) FROM token_exchange
             WHERE account = $1 AND agent = $2 AND \"user\" = $3 AND provider = $4
               AND session IS NULL AND reply IS NOT NULL AND generation = $5",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(key.agent.as_bytes()),
                Value::Blob(key.user.as_bytes()),
                Value::Blob(key.provider.as_bytes()),
                count(generation)?,
            ],
        )?;
        Ok(row.map_or(Ok(0), |mut row| row.count("count"))? > 0)
    }

    /// Whether what `own` sent was sent by another too, who may have the answer still: since `since`,
    /// or with an answer that is not made use of yet.
    pub fn is_sent_besides(
        &mut self,
        own: ExchangeId,
        key: ConnectionKey,
        generation: u64,
        since: Timestamp,
    ) -> Result<bool, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT COUNT(*) FROM token_exchange
             WHERE account = $1 AND agent = $2 AND \"user\" = $3 AND provider = $4
               AND session IS NULL AND generation = $5 AND id <> $6
               AND (reply IS NOT NULL OR started_at >= $7)",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(key.agent.as_bytes()),
                Value::Blob(key.user.as_bytes()),
                Value::Blob(key.provider.as_bytes()),
                count(generation)?,
                Value::Blob(own.as_bytes()),
                time(since),
            ],
        )?;
        Ok(row.map_or(Ok(0), |mut row| row.count("count"))? > 0)
    }

    /// Takes away what was sent to renew tokens of `key` before `generation` and was never answered:
    /// newer tokens are there.
    pub fn settle_token_exchanges(
        &mut self,
        key: ConnectionKey,
        generation: u64,
    ) -> Result<u64, Error> {
        self.session.execute(
            "DELETE FROM token_exchange
             WHERE account = $1 AND agent = $2 AND \"user\" = $3 AND provider = $4
               AND session IS NULL AND reply IS NULL AND generation < $5",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(key.agent.as_bytes()),
                Value::Blob(key.user.as_bytes()),
                Value::Blob(key.provider.as_bytes()),
                count(generation)?,
            ],
        )
    }

    /// Takes away what `node` is about to send once more, and what is settled by tokens of
    /// `generation`. What another node sent stays: the answer may lie beside that node's database.
    pub fn supersede_token_exchanges(
        &mut self,
        key: ConnectionKey,
        generation: u64,
        node: NodeId,
    ) -> Result<u64, Error> {
        let before = self.settle_token_exchanges(key, generation)?;
        let own = self.session.execute(
            "DELETE FROM token_exchange
             WHERE account = $1 AND agent = $2 AND \"user\" = $3 AND provider = $4
               AND session IS NULL AND reply IS NULL AND generation = $5 AND node = $6",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(key.agent.as_bytes()),
                Value::Blob(key.user.as_bytes()),
                Value::Blob(key.provider.as_bytes()),
                count(generation)?,
                Value::Blob(node.as_bytes()),
            ],
        )?;
        Ok(before.saturating_add(own))
    }

    /// Takes away what came to its end; false when somebody else brought it there.
    pub fn delete_token_exchange(&mut self, id: ExchangeId) -> Result<bool, Error> {
        let deleted = self.session.execute(
            "DELETE FROM token_exchange WHERE account = $1 AND id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
            ],
        )?;
        Ok(deleted == 1)
    }
}

impl Tx<'_> {
    /// What began before `begun_before`, or was answered before `answered_before`, and can be brought
    /// to its end, oldest first; at most `limit`. A refresh token that was never answered cannot.
    pub fn token_exchanges_left(
        &mut self,
        begun_before: Timestamp,
        answered_before: Timestamp,
        limit: u32,
    ) -> Result<Vec<LeftBehind>, Error> {
        let rows = self.session.rows(
            TABLE,
            "SELECT account, id, session, agent, \"user\", provider, generation, secret_version,
                    node, started_at, reply
             FROM token_exchange
             WHERE (session IS NOT NULL AND started_at < $1)
                OR (reply IS NOT NULL AND replied_at < $2)
             ORDER BY started_at LIMIT $3",
            &[
                time(begun_before),
                time(answered_before),
                Value::Int(limit.into()),
            ],
        )?;
        rows.into_iter()
            .map(|mut row| {
                Ok(LeftBehind {
                    account: row.parsed("account")?,
                    exchange: read(&mut row)?,
                    reply: row.optional_sealed("reply")?,
                })
            })
            .collect()
    }
}

fn read(row: &mut Row) -> Result<TokenExchange, Error> {
    Ok(TokenExchange {
        id: row.id("id", ExchangeId::from_slice)?,
        session: row.optional_id("session", SessionId::from_slice)?,
        agent: row.id("agent", AgentId::from_slice)?,
        user: row.id("user", UserId::from_slice)?,
        provider: row.id("provider", ProviderId::from_slice)?,
        generation: row.count("generation")?,
        secret_version: row.count("secret_version")?,
        node: row.id("node", NodeId::from_slice)?,
        started_at: row.timestamp("started_at")?,
    })
}
