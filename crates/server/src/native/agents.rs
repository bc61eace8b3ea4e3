//! Agents, as far as the operator stops them and lets them go on.

use procura_core::action::Action;
use procura_core::error::Error;
use procura_core::workload_identity::AgentState;
use serde::Serialize;

use super::keys::account_id;
use super::{Call, NativeAnswer, reply};

#[derive(Serialize)]
struct AgentView {
    id: String,
    name: String,
    state: &'static str,
    updated_at: String,
}

impl Call<'_> {
    pub(super) async fn set_agent_state(
        &mut self,
        account: &str,
        name: &str,
        to: AgentState,
    ) -> Result<NativeAnswer, Error> {
        self.cx.action = match to {
            AgentState::Active => Action::ResumeAgent,
            AgentState::Suspended | AgentState::Retired => Action::SuspendAgent,
        };
        let account = account_id(account)?;
        let name = name
            .parse()
            .map_err(|_| Error::field("agent", "not the name of a workload identity"))?;
        let agent = self
            .app
            .set_agent_state(&mut self.cx, account, name, to)
            .await?
            .value;
        let view = AgentView {
            id: agent.id.to_string(),
            name: agent.name.to_string(),
            state: agent.state.as_str(),
            updated_at: agent.updated_at.to_string(),
        };
        reply(200, &view, self.cx.request)
    }
}
