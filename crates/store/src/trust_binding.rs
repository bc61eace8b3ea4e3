//! Trust bindings: which workloads are an agent.

use procura_core::error::Error;
use procura_core::id::{AgentId, TrustBindingId};
use procura_core::trust_binding::{TrustBinding, TrustedWorkload};

use crate::driver::Value;
use crate::row::{Row, json, time};
use crate::tx::AccountTx;

const TABLE: &str = "trust_binding";

impl AccountTx<'_> {
    /// The bindings of an agent, oldest first.
    pub fn trust_bindings(&mut self, agent: AgentId) -> Result<Vec<TrustBinding>, Error> {
        let rows = self.session.rows(
            TABLE,
            "SELECT id, agent, workload, created_at FROM trust_binding
             WHERE account = $1 AND agent = $2 ORDER BY id",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(agent.as_bytes()),
            ],
        )?;
        rows.into_iter().map(|mut row| read(&mut row)).collect()
    }

    /// A binding, if it is there still.
    pub fn trust_binding(&mut self, id: TrustBindingId) -> Result<Option<TrustBinding>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id, agent, workload, created_at FROM trust_binding
             WHERE account = $1 AND id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
            ],
        )?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// Adds a binding to an agent of the account.
    pub fn insert_trust_binding(&mut self, binding: &TrustBinding) -> Result<(), Error> {
        self.session.execute(
            "INSERT INTO trust_binding (account, id, agent, workload, created_at)
             VALUES ($1, $2, $3, $4, $5)",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(binding.id.as_bytes()),
                Value::Blob(binding.agent.as_bytes()),
                Value::Text(&json(&binding.workload)?),
                time(binding.created_at),
            ],
        )?;
        Ok(())
    }

    /// Deletes a binding, and the temporary keys that rest on it; false when there is none.
    pub fn delete_trust_binding(
        &mut self,
        agent: AgentId,
        id: TrustBindingId,
    ) -> Result<bool, Error> {
        let deleted = self.session.execute(
            "DELETE FROM trust_binding WHERE account = $1 AND agent = $2 AND id = $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(agent.as_bytes()),
                Value::Blob(id.as_bytes()),
            ],
        )?;
        Ok(deleted == 1)
    }
}

fn read(row: &mut Row) -> Result<TrustBinding, Error> {
    Ok(TrustBinding {
        id: row.id("id", TrustBindingId::from_slice)?,
        agent: row.id("agent", AgentId::from_slice)?,
        workload: row.json::<TrustedWorkload>("workload")?,
        created_at: row.timestamp("created_at")?,
    })
}
