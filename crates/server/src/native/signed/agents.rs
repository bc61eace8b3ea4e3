//! Agents, for administrators and auditors of the account that signs.

use procura_app::App;
use procura_app::agent_register::{AgentChange, AgentsOf};
use procura_app::operation::OpCx;
use procura_core::audit::record::Committed;
use procura_core::error::Error;
use procura_core::workload_identity::{AgentState, WorkloadIdentity};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::native::agents::{
    AgentView, LIMIT, ListView, ShownView, agent_name, expiry, owner, standing,
};
use crate::native::connections::reason;
use crate::ops::Rendered;

/// Which agents.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listed {
    state: Option<String>,
    unused_for_days: Option<u32>,
    limit: Option<u32>,
    next: Option<String>,
}

/// Which agent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    agent: String,
}

/// Which agent, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stopped {
    agent: String,
    reason: Option<String>,
}

/// Who answers for which agent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Owned {
    agent: String,
    owner: String,
}

/// Until when which agent acts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bounded {
    agent: String,
    expires_at: Value,
}

/// `POST /v1/agents/list`
pub(super) async fn list(app: &App, cx: &mut OpCx, input: Listed) -> Result<Rendered, Error> {
    let of = AgentsOf {
        standing: input.state.as_deref().map(standing).transpose()?,
        unused_days: input.unused_for_days,
    };
    let after = input.next.as_deref().map(agent_name).transpose()?;
    let account = cx.account()?;
    let limit = input.limit.unwrap_or(LIMIT);
    let page = app.agents(cx, account, of, after, limit).await?;
    read(&ListView::of(page, cx.now))
}

/// `POST /v1/agents/show`
pub(super) async fn show(app: &App, cx: &mut OpCx, input: Named) -> Result<Rendered, Error> {
    let (account, name) = (cx.account()?, agent_name(&input.agent)?);
    let shown = app.agent_shown(cx, account, name).await?;
    read(&ShownView::of(account, shown, cx.now))
}

/// `POST /v1/agents/suspend`, `resume` and `retire`
pub(super) async fn set_state(
    app: &App,
    cx: &mut OpCx,
    to: AgentState,
    input: Stopped,
) -> Result<Rendered, Error> {
    let (account, name) = (cx.account()?, agent_name(&input.agent)?);
    let reason = reason(input.reason)?;
    let done = app.set_agent_state(cx, account, name, to, reason).await?;
    changed(cx, &done)
}

/// `POST /v1/agents/set-owner`
pub(super) async fn set_owner(app: &App, cx: &mut OpCx, input: Owned) -> Result<Rendered, Error> {
    let change = AgentChange::Owner(owner(&input.owner)?);
    change_agent(app, cx, &input.agent, change).await
}

/// `POST /v1/agents/expire`
pub(super) async fn expire(app: &App, cx: &mut OpCx, input: Bounded) -> Result<Rendered, Error> {
    let change = AgentChange::Expiry(expiry(&input.expires_at)?);
    change_agent(app, cx, &input.agent, change).await
}

async fn change_agent(
    app: &App,
    cx: &mut OpCx,
    name: &str,
    change: AgentChange,
) -> Result<Rendered, Error> {
    let (account, name) = (cx.account()?, agent_name(name)?);
    let done = app.change_agent(cx, account, name, change).await?;
    changed(cx, &done)
}

fn read<T: Serialize>(view: &T) -> Result<Rendered, Error> {
    Ok(Rendered {
        body: serde_json::to_vec(view).map_err(Error::internal_source)?,
        record: None,
    })
}

fn changed(cx: &OpCx, done: &Committed<WorkloadIdentity>) -> Result<Rendered, Error> {
    let view = AgentView::of(&done.value, None, cx.now);
    Ok(Rendered {
        body: serde_json::to_vec(&view).map_err(Error::internal_source)?,
        record: done.record,
    })
}
