//! Which workloads are an agent.

use hyper::Method;
use procura_app::web_identity::agent_role_arn;
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::error::Error;
use procura_core::name::WorkloadName;
use procura_core::trust_binding::{TrustBinding, TrustedWorkload};
use serde::Serialize;

use super::keys::account_id;
use super::{Call, NativeAnswer, no_such, reply};

#[derive(Serialize)]
pub(super) struct BindingView {
    id: String,
    /// What the workload's SDK is told: `AWS_ROLE_ARN`.
    role_arn: String,
    workload: TrustedWorkload,
    created_at: String,
}

impl BindingView {
    pub(super) fn of(account: AccountId, agent: &WorkloadName, binding: TrustBinding) -> Self {
        Self {
            id: binding.id.to_string(),
            role_arn: agent_role_arn(account, agent),
            workload: binding.workload,
            created_at: binding.created_at.to_string(),
        }
    }
}

impl Call<'_> {
    pub(super) async fn route_trusted(
        &mut self,
        method: &Method,
        account: &str,
        name: &str,
        rest: &[&str],
    ) -> Result<NativeAnswer, Error> {
        let account = account_id(account)?;
        let agent: WorkloadName = name
            .parse()
            .map_err(|_| Error::field("agent", "not the name of a workload identity"))?;
        match (method, rest) {
            (&Method::GET, []) => self.trusted_workloads(account, agent).await,
            (&Method::POST, []) => self.trust_workload(account, agent).await,
            (&Method::DELETE, [id]) => self.distrust_workload(account, agent, id).await,
            _ => Err(no_such(method, "below trusted")),
        }
    }

    async fn trusted_workloads(
        &mut self,
        account: AccountId,
        agent: WorkloadName,
    ) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::ListTrustedWorkloads;
        let bindings = self
            .app
            .trusted_workloads(&mut self.cx, account, agent.clone())
            .await?;
        let views: Vec<BindingView> = bindings
            .into_iter()
            .map(|binding| BindingView::of(account, &agent, binding))
            .collect();
        reply(200, &views, self.cx.request)
    }

    async fn trust_workload(
        &mut self,
        account: AccountId,
        agent: WorkloadName,
    ) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::TrustWorkload;
        let workload: TrustedWorkload = self.body().await?;
        let binding = self
            .app
            .trust_workload(&mut self.cx, account, agent.clone(), workload)
            .await?;
        let view = BindingView::of(account, &agent, binding.value);
        reply(201, &view, self.cx.request)
    }

    async fn distrust_workload(
        &mut self,
        account: AccountId,
        agent: WorkloadName,
        id: &str,
    ) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::DistrustWorkload;
        let id = id
            .parse()
            .map_err(|_| Error::field("binding", "not the id of a trust binding"))?;
        self.app
            .distrust_workload(&mut self.cx, account, agent, id)
            .await?;
        let removed = serde_json::json!({ "removed": true });
        reply(200, &removed, self.cx.request)
    }
}
