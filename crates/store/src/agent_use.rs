//! When agents got something last, and agents as they are listed with it.

use procura_core::error::Error;
use procura_core::id::{AgentId, RoleId};
use procura_core::name::WorkloadName;
use procura_core::time::Timestamp;
use procura_core::workload_identity::{AgentStanding, WorkloadIdentity};

use crate::driver::Value;
use crate::row::time;
use crate::tx::AccountTx;
use crate::workload_identity::read_columns;

const TABLE: &str = "agent_use";

/// An agent, and when it got a token or a credential last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedAgent {
    /// The agent.
    pub agent: WorkloadIdentity,
    /// When, if ever.
    pub used_at: Option<Timestamp>,
}

/// Which agents are meant: those of which everything that is named is true.
#[derive(Debug, Clone, Copy)]
pub struct AgentFilter {
    /// How they stand at `now`.
    pub standing: Option<AgentStanding>,
    /// Those that got nothing since this moment, and were made before.
    pub unused_since: Option<Timestamp>,
    /// The present moment.
    pub now: Timestamp,
}

impl AccountTx<'_> {
    /// The agents that are meant after the one named `after`, in the order of the bytes of their
    /// names.
    pub fn listed_agents(
        &mut self,
        filter: AgentFilter,
        after: Option<&WorkloadName>,
        limit: u32,
    ) -> Result<Vec<ListedAgent>, Error> {
        let rows = self.session.rows(
            TABLE,
            "SELECT w.id, w.name, w.state, w.state_reason, w.owner, w.expires_at, w.return_urls,
                 w.tags, w.created_at, w.updated_at, w.version, u.used_at
             FROM workload_identity w
             LEFT JOIN agent_use u ON u.account = w.account AND u.agent = w.id
             WHERE w.account = $1 AND w.name > $2
             AND ($3 = '' OR $3 = CASE WHEN w.state = 'active' AND w.expires_at <= $4
                                       THEN 'expired' ELSE w.state END)
             AND COALESCE(u.used_at, w.created_at) < $5
             ORDER BY w.name LIMIT $6",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(after.map_or("", WorkloadName::as_str)),
                Value::Text(filter.standing.map_or("", AgentStanding::as_str)),
                time(filter.now),
                // Every use was before the end of time.
                filter.unused_since.map_or(Value::Int(i64::MAX), time),
                Value::Int(limit.into()),
            ],
        )?;
        let read = |mut row: crate::row::Row| {
            Ok(ListedAgent {
                agent: read_columns(&mut row)?,
                used_at: row.optional_timestamp("used_at")?,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// The agent of this name, with its last use.
    pub fn listed_agent(&mut self, name: &WorkloadName) -> Result<Option<ListedAgent>, Error> {
        let Some(agent) = self.workload_identity(name)? else {
            return Ok(None);
        };
        let row = self.session.row(
            TABLE,
            "SELECT used_at FROM agent_use WHERE account = $1 AND agent = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(agent.id.as_bytes()),
            ],
        )?;
        let used_at = row.map(|mut row| row.timestamp("used_at")).transpose()?;
        Ok(Some(ListedAgent { agent, used_at }))
    }

    /// Writes that an agent was used at `at`, if it is there and none knows of a later use.
    pub fn note_agent_use(&mut self, agent: AgentId, at: Timestamp) -> Result<(), Error> {
        self.session.execute(
            "INSERT INTO agent_use (account, agent, used_at)
             SELECT account, id, CAST($3 AS BIGINT) FROM workload_identity
             WHERE account = $1 AND id = $2
             ON CONFLICT (account, agent) DO UPDATE SET used_at = excluded.used_at
             WHERE agent_use.used_at < excluded.used_at",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(agent.as_bytes()),
                time(at),
            ],
        )?;
        Ok(())
    }

    /// How many temporary keys of an agent are good at `now`.
    pub fn temporary_keys_of_agent(
        &mut self,
        agent: AgentId,
        now: Timestamp,
    ) -> Result<u64, Error> {
        let row = self.session.row(
            "temporary_key",
            "SELECT COUNT(*) FROM temporary_key
             WHERE account = $1 AND agent = $2 AND expires_at > $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(agent.as_bytes()),
                time(now),
            ],
        )?;
        row.map_or(Ok(0), |mut row| row.count("count"))
    }

    /// How many temporary keys of a role are good at `now`.
    pub fn temporary_keys_of_role(&mut self, role: RoleId, now: Timestamp) -> Result<u64, Error> {
        let row = self.session.row(
            "temporary_key",
            "SELECT COUNT(*) FROM temporary_key
             WHERE account = $1 AND role = $2 AND expires_at > $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(role.as_bytes()),
                time(now),
            ],
        )?;
        row.map_or(Ok(0), |mut row| row.count("count"))
    }
}
