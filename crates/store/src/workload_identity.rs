//! Workload identities.

use procura_core::error::Error;
use procura_core::id::AgentId;
use procura_core::name::WorkloadName;
use procura_core::stated_reason::StatedReason;
use procura_core::time::Timestamp;
use procura_core::workload_identity::{AgentOwner, AgentState, WorkloadIdentity};

use crate::driver::Value;
use crate::row::{Row, before, count, json, time};
use crate::tx::AccountTx;

const TABLE: &str = "workload_identity";

impl AccountTx<'_> {
    /// The agent of this name.
    pub fn workload_identity(
        &mut self,
        name: &WorkloadName,
    ) -> Result<Option<WorkloadIdentity>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id, name, state, state_reason, owner, expires_at, return_urls, tags,
                 created_at, updated_at, version
             FROM workload_identity WHERE account = $1 AND name = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(name.as_str()),
            ],
        )?;
        row.map(read).transpose()
    }

    /// The agent of this id.
    pub fn workload_identity_by_id(
        &mut self,
        id: AgentId,
    ) -> Result<Option<WorkloadIdentity>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id, name, state, state_reason, owner, expires_at, return_urls, tags,
                 created_at, updated_at, version
             FROM workload_identity WHERE account = $1 AND id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
            ],
        )?;
        row.map(read).transpose()
    }

    /// The agents after the one named `after`, in the order of the bytes of their names.
    pub fn workload_identities(
        &mut self,
        after: Option<&WorkloadName>,
        limit: u32,
    ) -> Result<Vec<WorkloadIdentity>, Error> {
        let rows = self.session.rows(
            TABLE,
            "SELECT id, name, state, state_reason, owner, expires_at, return_urls, tags,
                 created_at, updated_at, version
             FROM workload_identity WHERE account = $1 AND name > $2 ORDER BY name LIMIT $3",
            &[
                Value::Text(self.account.as_str()),
                // No name is empty, so every name is after the empty one.
                Value::Text(after.map_or("", WorkloadName::as_str)),
                Value::Int(limit.into()),
            ],
        )?;
        rows.into_iter().map(read).collect()
    }

    /// Adds an agent; false when the name is taken.
    pub fn insert_workload_identity(&mut self, agent: &WorkloadIdentity) -> Result<bool, Error> {
        let inserted = self.session.execute(
            "INSERT INTO workload_identity
             (account, id, name, state, state_reason, owner, expires_at, return_urls, tags,
              created_at, updated_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             ON CONFLICT (account, name) DO NOTHING",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(agent.id.as_bytes()),
                Value::Text(agent.name.as_str()),
                Value::Text(agent.state.as_str()),
                words(agent.state_reason.as_ref().map(StatedReason::as_str)),
                words(agent.owner.as_ref().map(AgentOwner::as_str)),
                optional_time(agent.expires_at),
                Value::Text(&json(&agent.return_urls)?),
                Value::Text(&json(agent.tags.pairs())?),
                time(agent.created_at),
                time(agent.updated_at),
                count(agent.version)?,
            ],
        )?;
        Ok(inserted == 1)
    }

    /// Writes the version after the stored one; false when another was faster, or none is there.
    /// Id, name and time of making never change.
    pub fn update_workload_identity(&mut self, new: &WorkloadIdentity) -> Result<bool, Error> {
        let updated = self.session.execute(
            "UPDATE workload_identity
             SET state = $3, return_urls = $4, tags = $5, updated_at = $6, version = $7,
                 state_reason = $9, owner = $10, expires_at = $11
             WHERE account = $1 AND id = $2 AND version = $8",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(new.id.as_bytes()),
                Value::Text(new.state.as_str()),
                Value::Text(&json(&new.return_urls)?),
                Value::Text(&json(new.tags.pairs())?),
                time(new.updated_at),
                count(new.version)?,
                before(new.version)?,
                words(new.state_reason.as_ref().map(StatedReason::as_str)),
                words(new.owner.as_ref().map(AgentOwner::as_str)),
                optional_time(new.expires_at),
            ],
        )?;
        Ok(updated == 1)
    }

    /// Deletes an agent at this version, and the grants that name it.
    pub fn delete_workload_identity(&mut self, id: AgentId, version: u64) -> Result<bool, Error> {
        let deleted = self.session.execute(
            "DELETE FROM workload_identity WHERE account = $1 AND id = $2 AND version = $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
                count(version)?,
            ],
        )?;
        Ok(deleted == 1)
    }
}

fn words(text: Option<&str>) -> Value<'_> {
    text.map_or(Value::Null, Value::Text)
}

fn optional_time<'a>(at: Option<Timestamp>) -> Value<'a> {
    at.map_or(Value::Null, time)
}

fn read(mut row: Row) -> Result<WorkloadIdentity, Error> {
    read_columns(&mut row)
}

/// An agent, from the next columns of a row.
pub(crate) fn read_columns(row: &mut Row) -> Result<WorkloadIdentity, Error> {
    let odd = |column| move |_| Error::inconsistent(TABLE, column);
    Ok(WorkloadIdentity {
        id: row.id("id", AgentId::from_slice)?,
        name: row.parsed("name")?,
        state: row.word("state", AgentState::from_stored)?,
        state_reason: row
            .optional_text("state_reason")?
            .map(|text| StatedReason::new(&text).map_err(odd("state_reason")))
            .transpose()?,
        owner: row
            .optional_text("owner")?
            .map(|text| text.parse::<AgentOwner>())
            .transpose()
            .map_err(|_| Error::inconsistent(TABLE, "owner"))?,
        expires_at: row.optional_timestamp("expires_at")?,
        return_urls: row.json("return_urls")?,
        tags: row.tags("tags")?,
        created_at: row.timestamp("created_at")?,
        updated_at: row.timestamp("updated_at")?,
        version: row.count("version")?,
    })
}
