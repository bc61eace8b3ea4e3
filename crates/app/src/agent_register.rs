//! Which agents there are: who answers for each, until when it acts, and when it was used last.

use procura_authority::{AgentOf, Target};
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::audit::record::Committed;
use procura_core::error::Error;
use procura_core::name::WorkloadName;
use procura_core::time::Timestamp;
use procura_core::trust_binding::TrustBinding;
use procura_core::workload_identity::{AgentOwner, AgentStanding, WorkloadIdentity};
pub use procura_store::ListedAgent;
use procura_store::{AgentFilter, Outcome, Tx};

use crate::App;
use crate::operation::OpCx;
use crate::page_token::Page;
use crate::workload_identity::{changed_meanwhile, not_found};

/// The most agents that one list gives.
pub const AGENTS_MAX: u32 = 100;

/// Which agents are meant.
#[derive(Debug, Clone, Copy, Default)]
pub struct AgentsOf {
    /// How they stand.
    pub standing: Option<AgentStanding>,
    /// Those that got nothing for so many days, and were made before.
    pub unused_days: Option<u32>,
}

/// An agent with what goes with it.
#[derive(Debug)]
pub struct ShownAgent {
    /// The agent.
    pub listed: ListedAgent,
    /// How many temporary keys of it are good now.
    pub live_keys: u64,
    /// Which workloads it is; none where the caller may not know.
    pub trusted: Option<Vec<TrustBinding>>,
}

/// What of an agent is changed.
#[derive(Debug, Clone)]
pub enum AgentChange {
    /// Who answers for it.
    Owner(AgentOwner),
    /// From when on it gets nothing; none for never.
    Expiry(Option<Timestamp>),
}

impl AgentChange {
    fn said(&self) -> String {
        match self {
            Self::Owner(owner) => format!("owner is {owner}"),
            Self::Expiry(Some(at)) => format!("expires at {at}"),
            Self::Expiry(None) => "never expires".to_owned(),
        }
    }

    /// Makes it; whether the agent may less now.
    fn make(self, agent: &mut WorkloadIdentity) -> bool {
        match self {
            Self::Owner(owner) => {
                agent.owner = Some(owner);
                false
            }
            Self::Expiry(end) => {
                let before = std::mem::replace(&mut agent.expires_at, end);
                end.is_some_and(|end| before.is_none_or(|before| end < before))
            }
        }
    }
}

impl App {
    /// Lists agents by name, at most `limit` after `after`. A page may have fewer where agents were
    /// used a moment ago.
    pub async fn agents(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        of: AgentsOf,
        after: Option<WorkloadName>,
        limit: u32,
    ) -> Result<Page<ListedAgent>, Error> {
        cx.about.account = Some(account);
        self.authorize(cx, &Target::Directory(account))?;
        let limit = limit.clamp(1, AGENTS_MAX);
        let since = |days: u32| cx.now.plus_seconds(-i64::from(days).saturating_mul(86_400));
        let filter = AgentFilter {
            standing: of.standing,
            unused_since: of.unused_days.map(since),
            now: cx.now,
        };
        let read = move |tx: &mut Tx<'_>| {
            let more = limit.saturating_add(1);
            tx.account(account)
                .listed_agents(filter, after.as_ref(), more)
        };
        let mut items = self.store.run_read("agents", read).await?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let goes_on = items.len() > limit;
        items.truncate(limit);
        let last = items.last().filter(|_| goes_on);
        let next = last.map(|last| last.agent.name.to_string());
        for item in &mut items {
            item.used_at = self.agent_uses.last(account, item.agent.id, item.used_at);
        }
        if let Some(since) = filter.unused_since {
            items.retain(|item| item.used_at.is_none_or(|used| used < since));
        }
        Ok(Page { items, next })
    }

    /// Shows an agent with what goes with it; which workloads it is only to who may list these.
    pub async fn agent_shown(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        name: WorkloadName,
    ) -> Result<ShownAgent, Error> {
        let agent = self.agent_to_manage(cx, account, &name).await?;
        let target = Target::Agent(AgentOf {
            account,
            agent: &agent,
            now: cx.now,
        });
        let may_list = self
            .decision(cx)
            .may_call(&cx.caller, Action::ListTrustedWorkloads, &target)
            .is_yes();
        let (id, now) = (agent.id, cx.now);
        let read = move |tx: &mut Tx<'_>| {
            let mut own = tx.account(account);
            // A name that was given anew meanwhile is another agent.
            let listed = own.listed_agent(&agent.name)?;
            let Some(listed) = listed.filter(|listed| listed.agent.id == id) else {
                return Ok(None);
            };
            let trusted = may_list.then(|| own.trust_bindings(id)).transpose()?;
            Ok(Some(ShownAgent {
                live_keys: own.temporary_keys_of_agent(id, now)?,
                listed,
                trusted,
            }))
        };
        let found = self.store.run_read("agent_shown", read).await?;
        let mut shown = found.ok_or_else(|| not_found(&name))?;
        shown.listed.used_at = self.agent_uses.last(account, id, shown.listed.used_at);
        Ok(shown)
    }

    /// Changes who answers for an agent or until when it acts. Every use reads it: what is given for a
    /// shorter time ends at its end on every node.
    pub async fn change_agent(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        name: WorkloadName,
        change: AgentChange,
    ) -> Result<Committed<WorkloadIdentity>, Error> {
        let mut agent = self.agent_to_manage(cx, account, &name).await?;
        let (done, now) = (self.allowed(cx, change.said()), cx.now);
        let has_less = change.make(&mut agent);
        agent.updated_at = cx.now;
        agent.version += 1;
        let refused = self.refusal(cx, &changed_meanwhile());
        self.store
            .run_tx("change_agent", move |tx| {
                if !tx.account(account).update_workload_identity(&agent)? {
                    return Ok(Outcome::Refused(changed_meanwhile(), refused.clone()));
                }
                if has_less {
                    tx.cut("agent", agent.id.as_bytes(), now)?;
                }
                Ok(Outcome::Done(agent.clone(), done.clone()))
            })
            .await
    }

    /// The agent that the action of `cx` is about, if the caller may do it; whether a name exists is
    /// told only to who may ask.
    pub(crate) async fn agent_to_manage(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        name: &WorkloadName,
    ) -> Result<WorkloadIdentity, Error> {
        cx.about.account = Some(account);
        cx.about.resource = Some(format!("workload-identity/{name}"));
        let wanted = name.clone();
        let read = move |tx: &mut Tx<'_>| tx.account(account).workload_identity(&wanted);
        let Some(agent) = self.store.run_read("workload_identity", read).await? else {
            self.authorize(cx, &Target::Directory(account))?;
            return Err(not_found(name));
        };
        cx.about.agent = Some(agent.id);
        let target = AgentOf {
            account,
            agent: &agent,
            now: cx.now,
        };
        self.authorize(cx, &Target::Agent(target))?;
        Ok(agent)
    }
}
