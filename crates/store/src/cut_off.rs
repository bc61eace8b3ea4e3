//! What an agent, a user or a provider has beside its connections, counted and ended at one moment.

use procura_core::error::Error;
use procura_core::id::{AgentId, PoolUserId, ProviderId, UserId};
use procura_core::time::Timestamp;

use crate::connection::ConnectionFilter;
use crate::driver::Value;
use crate::row::time;
use crate::tx::AccountTx;

/// By how much the end of a consent is put back that is ended at once, in seconds: on a node whose clock
/// is slow it is over as well.
const ENDED_BEFORE_S: i64 = 60;

/// How many there are, or were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CutOff {
    /// Connections.
    pub connections: u64,
    /// Flows that are under way.
    pub flows: u64,
    /// Temporary keys of an agent.
    pub temporary_keys: u64,
    /// Sign-ins of a user at pools of the account.
    pub sign_ins: u64,
    /// Tokens of a user's own that are kept for exchanges on the user's behalf.
    pub user_tokens: u64,
    /// Tokens that a provider's client got for itself.
    pub machine_tokens: u64,
}

impl AccountTx<'_> {
    /// What is there of a filter.
    pub fn to_cut_off(&mut self, of: &ConnectionFilter, now: Timestamp) -> Result<CutOff, Error> {
        let mut found = CutOff {
            connections: self.count_of(
                of,
                "SELECT COUNT(*) FROM connection
                 WHERE account = $1
                   AND (agent = $2 OR $2 IS NULL)
                   AND (\"user\" = $3 OR $3 IS NULL)
                   AND (provider = $4 OR $4 IS NULL)",
            )?,
            flows: self.count_of(
                of,
                "SELECT COUNT(*) FROM authorization_session
                 WHERE account = $1 AND state IN ('created', 'called_back', 'exchanging')
                   AND (agent = $2 OR $2 IS NULL)
                   AND (\"user\" = $3 OR $3 IS NULL)
                   AND (provider = $4 OR $4 IS NULL)",
            )?,
            ..CutOff::default()
        };
        if let Some(agent) = of.agent {
            found.temporary_keys = self.temporary_keys_of_agent(agent, now)?;
        }
        if let Some(user) = of.user {
            found.user_tokens = self.count_by(
                "SELECT COUNT(*) FROM subject_token
                 WHERE account = $1 AND \"user\" = $2 AND expires_at > $3",
                user.as_bytes(),
                now,
            )?;
            found.sign_ins = self.count_by(
                "SELECT COUNT(*) FROM pool_sign_in s
                 JOIN pool_user p ON p.account = s.account AND p.id = s.pool_user
                 WHERE s.account = $1 AND p.\"user\" = $2 AND s.expires_at > $3",
                user.as_bytes(),
                now,
            )?;
        }
        if let Some(provider) = of.provider {
            found.machine_tokens = self.count_by(
                "SELECT COUNT(*) FROM machine_token
                 WHERE account = $1 AND provider = $2 AND expires_at > $3",
                provider.as_bytes(),
                now,
            )?;
        }
        Ok(found)
    }

    /// Ends it. Connections stay, so that their providers can be told, and are good for nothing.
    /// Whoever calls this cuts the agent, the user or the provider too.
    pub fn cut_off(&mut self, of: &ConnectionFilter, now: Timestamp) -> Result<CutOff, Error> {
        let found = self.to_cut_off(of, now)?;
        self.end_flows(of)?;
        self.end_connections(of, now)?;
        if let Some(agent) = of.agent {
            self.delete_by(
                "DELETE FROM temporary_key WHERE account = $1 AND agent = $2",
                agent.as_bytes(),
            )?;
        }
        if let Some(user) = of.user {
            self.delete_by(
                "DELETE FROM subject_token WHERE account = $1 AND \"user\" = $2",
                user.as_bytes(),
            )?;
            for user in self.pool_users_of(user)? {
                self.delete_pool_sign_ins(user)?;
            }
        }
        if let Some(provider) = of.provider {
            self.delete_by(
                "DELETE FROM machine_token WHERE account = $1 AND provider = $2",
                provider.as_bytes(),
            )?;
        }
        Ok(found)
    }

    /// SECURITY: what the user agreed to ends with it, for a renewal that is under way writes how it went
    /// over the health.
    fn end_connections(&mut self, of: &ConnectionFilter, now: Timestamp) -> Result<u64, Error> {
        self.session.execute(
            "UPDATE connection SET health = 'ended', consent_ends_at = $5,
                 consent_version = consent_version + 1
             WHERE account = $1
               AND (agent = $2 OR $2 IS NULL)
               AND (\"user\" = $3 OR $3 IS NULL)
               AND (provider = $4 OR $4 IS NULL)",
            &[
                Value::Text(self.account.as_str()),
                id(of.agent.as_ref().map(AgentId::as_bytes)),
                id(of.user.as_ref().map(UserId::as_bytes)),
                id(of.provider.as_ref().map(ProviderId::as_bytes)),
                time(now.plus_seconds(-ENDED_BEFORE_S)),
            ],
        )
    }

    /// Whom a user of the account is in its pools.
    fn pool_users_of(&mut self, user: UserId) -> Result<Vec<PoolUserId>, Error> {
        let rows = self.session.rows(
            "pool_user",
            "SELECT id FROM pool_user WHERE account = $1 AND \"user\" = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(user.as_bytes()),
            ],
        )?;
        let id = |mut row: crate::row::Row| row.id("id", PoolUserId::from_slice);
        rows.into_iter().map(id).collect()
    }

    fn count_of(&mut self, of: &ConnectionFilter, sql: &'static str) -> Result<u64, Error> {
        let row = self.session.row(
            "connection",
            sql,
            &[
                Value::Text(self.account.as_str()),
                id(of.agent.as_ref().map(AgentId::as_bytes)),
                id(of.user.as_ref().map(UserId::as_bytes)),
                id(of.provider.as_ref().map(ProviderId::as_bytes)),
            ],
        )?;
        row.map_or(Ok(0), |mut row| row.count("count"))
    }

    fn count_by(&mut self, sql: &'static str, of: &[u8; 16], now: Timestamp) -> Result<u64, Error> {
        let row = self.session.row(
            "connection",
            sql,
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(of),
                time(now),
            ],
        )?;
        row.map_or(Ok(0), |mut row| row.count("count"))
    }

    fn delete_by(&mut self, sql: &'static str, of: &[u8; 16]) -> Result<u64, Error> {
        let own = [Value::Text(self.account.as_str()), Value::Blob(of)];
        self.session.execute(sql, &own)
    }
}

fn id(id: Option<&[u8; 16]>) -> Value<'_> {
    id.map_or(Value::Null, |bytes| Value::Blob(bytes))
}
