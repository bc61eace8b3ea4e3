//! Agents are stopped and let go on: by an administrator of the account or by the local operator.

use procura_authority::{AgentOf, Target};
use procura_core::account::AccountId;
use procura_core::audit::record::Committed;
use procura_core::error::Error;
use procura_core::name::WorkloadName;
use procura_core::workload_identity::{AgentState, WorkloadIdentity};
use procura_store::Outcome;

use crate::App;
use crate::operation::OpCx;
use crate::workload_identity::{changed_meanwhile, not_found};

impl App {
    /// Suspends or resumes an agent. Its tokens stop or go on with it: every use reads its state in
    /// the transaction of the use.
    pub async fn set_agent_state(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        name: WorkloadName,
        to: AgentState,
    ) -> Result<Committed<WorkloadIdentity>, Error> {
        cx.about.account = Some(account);
        cx.about.resource = Some(format!("workload-identity/{name}"));
        let wanted = name.clone();
        let read =
            move |tx: &mut procura_store::Tx<'_>| tx.account(account).workload_identity(&wanted);
        let Some(mut agent) = self.store.run_read("workload_identity", read).await? else {
            self.authorize(cx, &Target::Directory(account))?;
            return Err(not_found(&name));
        };
        cx.about.agent = Some(agent.id);
        let target = AgentOf {
            account,
            agent: &agent,
        };
        self.authorize(cx, &Target::Agent(target))?;
        agent.state = agent
            .state
            .changed(to)
            .ok_or_else(|| Error::conflict("a retired agent stays retired; make a new one"))?;
        agent.updated_at = cx.now;
        agent.version += 1;
        let (done, now) = (self.allowed(cx, to.as_str()), cx.now);
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
