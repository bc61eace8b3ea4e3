//! Agents: listed, shown, stopped, let go on, and who answers for them until when.

use std::collections::BTreeMap;

use hyper::Method;
use procura_app::agent_register::{AgentChange, AgentsOf, ListedAgent, ShownAgent};
use procura_app::page_token::Page;
use procura_app::web_identity::agent_role_arn;
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::error::Error;
use procura_core::name::WorkloadName;
use procura_core::time::Timestamp;
use procura_core::workload_identity::{
    AgentOwner, AgentStanding, AgentState, InvalidOwner, WorkloadIdentity,
};
use serde::{Deserialize, Serialize};

use super::connections::{Stated, reason};
use super::keys::account_id;
use super::trust_bindings::BindingView;
use super::{Call, NativeAnswer, no_such, reply};

/// How many agents a list gives that says no limit.
pub(super) const LIMIT: u32 = 50;

/// An agent, as lists have it.
#[derive(Serialize)]
pub(super) struct AgentView {
    id: String,
    name: String,
    /// Whether it may act now: [`AgentStanding::as_str`].
    state: &'static str,
    /// Why it was stopped or let go on, if whoever did it said so.
    reason: Option<String>,
    owner: Option<String>,
    /// From when on it gets nothing.
    expires_at: Option<String>,
    /// When it got a token or a credential last, to the minute. Left out where it never did, and in
    /// the answer of a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<String>,
    created_at: String,
    updated_at: String,
}

/// A page of them.
#[derive(Serialize)]
pub(super) struct ListView {
    agents: Vec<AgentView>,
    /// Where the list goes on, if it does.
    next: Option<String>,
}

/// An agent with what goes with it.
#[derive(Serialize)]
pub(super) struct ShownView {
    #[serde(flatten)]
    agent: AgentView,
    role_arn: String,
    return_urls: Vec<String>,
    tags: BTreeMap<String, String>,
    live_temporary_keys: u64,
    /// Left out where the caller may not list them.
    #[serde(skip_serializing_if = "Option::is_none")]
    trusted: Option<Vec<BindingView>>,
}

/// Who answers for an agent from now on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewOwner {
    owner: String,
}

/// Until when an agent acts; null for ever.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewExpiry {
    expires_at: serde_json::Value,
}

impl AgentView {
    pub(super) fn of(agent: &WorkloadIdentity, used: Option<Timestamp>, now: Timestamp) -> Self {
        let text = |at: Timestamp| at.to_string();
        Self {
            id: agent.id.to_string(),
            name: agent.name.to_string(),
            state: agent.standing(now).as_str(),
            reason: agent.state_reason.as_ref().map(ToString::to_string),
            owner: agent.owner.as_ref().map(ToString::to_string),
            expires_at: agent.expires_at.map(text),
            last_used_at: used.map(text),
            created_at: text(agent.created_at),
            updated_at: text(agent.updated_at),
        }
    }
}

impl ListView {
    pub(super) fn of(page: Page<ListedAgent>, now: Timestamp) -> Self {
        let view = |listed: &ListedAgent| AgentView::of(&listed.agent, listed.used_at, now);
        Self {
            agents: page.items.iter().map(view).collect(),
            next: page.next,
        }
    }
}

impl ShownView {
    pub(super) fn of(account: AccountId, shown: ShownAgent, now: Timestamp) -> Self {
        let ListedAgent { agent, used_at } = shown.listed;
        let trusted = shown.trusted.map(|bindings| {
            let view = |binding| BindingView::of(account, &agent.name, binding);
            bindings.into_iter().map(view).collect()
        });
        Self {
            agent: AgentView::of(&agent, used_at, now),
            role_arn: agent_role_arn(account, &agent.name),
            return_urls: agent.return_urls,
            tags: agent.tags.pairs().clone(),
            live_temporary_keys: shown.live_keys,
            trusted,
        }
    }
}

/// The action that brings an agent into a state.
pub(super) const fn action_to(to: AgentState) -> Action {
    match to {
        AgentState::Active => Action::ResumeAgent,
        AgentState::Suspended => Action::SuspendAgent,
        AgentState::Retired => Action::RetireAgent,
    }
}

pub(super) fn agent_name(text: &str) -> Result<WorkloadName, Error> {
    text.parse()
        .map_err(|_| Error::field("agent", "not the name of a workload identity"))
}

pub(super) fn standing(word: &str) -> Result<AgentStanding, Error> {
    AgentStanding::of(word).ok_or_else(|| {
        let text = "state is active, expired, suspended or retired";
        Error::field("state", text)
    })
}

pub(super) fn owner(text: &str) -> Result<AgentOwner, Error> {
    text.parse()
        .map_err(|error: InvalidOwner| Error::field("owner", error.to_string()))
}

/// The end that JSON says: a time, or null for none. What is left out is not null.
pub(super) fn expiry(value: &serde_json::Value) -> Result<Option<Timestamp>, Error> {
    let odd = || {
        let text = "expires_at is a time like 2027-01-31T23:59:00Z, or null for never";
        Error::field("expires_at", text)
    };
    if value.is_null() {
        return Ok(None);
    }
    let text = value.as_str().ok_or_else(odd)?;
    text.parse().map(Some).map_err(|_| odd())
}

impl Call<'_> {
    /// Everything below `/v1/accounts/{account}/agents`, but what is below `trusted`.
    pub(super) async fn route_agents(
        &mut self,
        method: &Method,
        account: &str,
        rest: &[&str],
        query: &str,
    ) -> Result<NativeAnswer, Error> {
        let account = account_id(account)?;
        match (method, rest) {
            (&Method::GET, []) => self.agents(account, query).await,
            (&Method::GET, [name]) => self.agent(account, name).await,
            (&Method::POST, [name, "suspend"]) => {
                self.set_agent_state(account, name, AgentState::Suspended)
                    .await
            }
            (&Method::POST, [name, "resume"]) => {
                self.set_agent_state(account, name, AgentState::Active)
                    .await
            }
            (&Method::POST, [name, "retire"]) => {
                self.set_agent_state(account, name, AgentState::Retired)
                    .await
            }
            (&Method::POST, [name, "owner"]) => {
                self.cx.action = Action::ChangeAgent;
                let change = owner(&self.body::<NewOwner>().await?.owner)?;
                self.change_agent(account, name, AgentChange::Owner(change))
                    .await
            }
            (&Method::POST, [name, "expiry"]) => {
                self.cx.action = Action::ChangeAgent;
                let end = expiry(&self.body::<NewExpiry>().await?.expires_at)?;
                self.change_agent(account, name, AgentChange::Expiry(end))
                    .await
            }
            _ => Err(no_such(method, "below agents")),
        }
    }

    async fn agents(&mut self, account: AccountId, query: &str) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::ListWorkloadIdentities;
        let (mut of, mut limit, mut after) = (AgentsOf::default(), LIMIT, None);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let no_number = |field| move |_| Error::field(field, "this is a number");
            match pair.split_once('=').unwrap_or((pair, "")) {
                ("state", value) => of.standing = Some(standing(value)?),
                ("unused_for_days", value) => {
                    let days = value.parse().map_err(no_number("unused_for_days"))?;
                    of.unused_days = Some(days);
                }
                ("limit", value) => limit = value.parse().map_err(no_number("limit"))?,
                ("next", value) => after = Some(agent_name(value)?),
                _ => {
                    let text = "the parameters are state, unused_for_days, limit and next";
                    return Err(Error::field("query", text));
                }
            }
        }
        let page = self
            .app
            .agents(&mut self.cx, account, of, after, limit)
            .await?;
        reply(200, &ListView::of(page, self.cx.now), self.cx.request)
    }

    async fn agent(&mut self, account: AccountId, name: &str) -> Result<NativeAnswer, Error> {
        self.cx.action = Action::GetWorkloadIdentity;
        let name = agent_name(name)?;
        let shown = self.app.agent_shown(&mut self.cx, account, name).await?;
        let view = ShownView::of(account, shown, self.cx.now);
        reply(200, &view, self.cx.request)
    }

    async fn set_agent_state(
        &mut self,
        account: AccountId,
        name: &str,
        to: AgentState,
    ) -> Result<NativeAnswer, Error> {
        self.cx.action = action_to(to);
        let name = agent_name(name)?;
        let reason = reason(self.body::<Stated>().await?.reason)?;
        let agent = self
            .app
            .set_agent_state(&mut self.cx, account, name, to, reason)
            .await?
            .value;
        let view = AgentView::of(&agent, None, self.cx.now);
        reply(200, &view, self.cx.request)
    }

    async fn change_agent(
        &mut self,
        account: AccountId,
        name: &str,
        change: AgentChange,
    ) -> Result<NativeAnswer, Error> {
        let name = agent_name(name)?;
        let agent = self
            .app
            .change_agent(&mut self.cx, account, name, change)
            .await?
            .value;
        let view = AgentView::of(&agent, None, self.cx.now);
        reply(200, &view, self.cx.request)
    }
}
