//! Agents are stopped, let go on, and stopped for good: by an administrator of the account or by the
//! local operator.

use procura_core::account::AccountId;
use procura_core::audit::record::Committed;
use procura_core::error::Error;
use procura_core::name::WorkloadName;
use procura_core::stated_reason::StatedReason;
use procura_core::workload_identity::{AgentState, WorkloadIdentity};
use procura_store::Outcome;

use crate::App;
use crate::connections::because;
use crate::operation::OpCx;
use crate::workload_identity::changed_meanwhile;

impl App {
    /// Suspends, resumes or retires an agent. Its tokens stop or go on with it: every use reads its
    /// state in the transaction of the use.
    pub async fn set_agent_state(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        name: WorkloadName,
        to: AgentState,
        reason: Option<StatedReason>,
    ) -> Result<Committed<WorkloadIdentity>, Error> {
        let mut agent = self.agent_to_manage(cx, account, &name).await?;
        agent.state = agent
            .state
            .changed(to)
            .ok_or_else(|| Error::conflict("a retired agent stays retired; make a new one"))?;
        let said = format!("{}{}", to.as_str(), because(reason.as_ref()));
        agent.state_reason = reason;
        agent.updated_at = cx.now;
        agent.version += 1;
        let (done, now) = (self.allowed(cx, said), cx.now);
        let refused = self.refusal(cx, &changed_meanwhile());
        self.store
            .run_tx("set_agent_state", move |tx| {
                if !tx.account(account).update_workload_identity(&agent)? {
                    return Ok(Outcome::Refused(changed_meanwhile(), refused.clone()));
                }
                if agent.state != AgentState::Active {
                    tx.cut("agent", agent.id.as_bytes(), now)?;
                }
                Ok(Outcome::Done(agent.clone(), done.clone()))
            })
            .await
    }
}
