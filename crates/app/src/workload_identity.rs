//! Agents: create, read, change, delete, list.

use procura_authority::{AgentOf, Target};
use procura_core::audit::record::Committed;
use procura_core::error::Error;
use procura_core::id::AgentId;
use procura_core::name::WorkloadName;
use procura_core::tag::Tags;
use procura_core::workload_identity::{AgentOwner, AgentState, WorkloadIdentity};
use procura_store::Outcome;

use crate::App;
use crate::operation::OpCx;
use crate::page_token::{Page, PageRequest};

/// What a new agent is made of.
#[derive(Debug, Clone)]
pub struct NewWorkloadIdentity {
    /// Its name.
    pub name: WorkloadName,
    /// Where a browser may be sent after a three-legged flow.
    pub return_urls: Vec<String>,
    /// Its tags.
    pub tags: Tags,
}

/// The text for a name that no agent has.
pub(crate) fn not_found(name: &WorkloadName) -> Error {
    Error::not_found(format!(
        "workload identity {name} does not exist in this account; create it with \
         CreateWorkloadIdentity"
    ))
}

/// The tag by which whoever makes an agent says who answers for it.
const OWNER_TAG: &str = "owner";

/// Who answers for a new agent: whom its tag says, if that can be an owner, or else the key that made
/// it. A tag that says so later changes nothing: tags are others' to use.
fn owner_at_creation(cx: &OpCx, tags: &Tags) -> Option<AgentOwner> {
    let said = tags.pairs().get(OWNER_TAG);
    said.and_then(|owner| owner.trim().parse().ok())
        .or_else(|| cx.caller_name().parse().ok())
}

pub(crate) fn changed_meanwhile() -> Error {
    Error::conflict("the workload identity was changed by another request; read it and try again")
}

impl App {
    /// Makes an agent. A name that was used before makes a new agent with a new id.
    pub async fn create_workload_identity(
        &self,
        cx: &mut OpCx,
        new: NewWorkloadIdentity,
    ) -> Result<Committed<WorkloadIdentity>, Error> {
        let account = cx.account()?;
        cx.about.resource = Some(format!("workload-identity/{}", new.name));
        self.authorize(cx, &Target::Directory(account))?;
        let agent = WorkloadIdentity {
            id: self.with_rng(|rng| AgentId::generate(cx.now, rng)),
            name: new.name,
            state: AgentState::Active,
            state_reason: None,
            owner: owner_at_creation(cx, &new.tags),
            expires_at: None,
            return_urls: new.return_urls,
            tags: new.tags,
            created_at: cx.now,
            updated_at: cx.now,
            version: 1,
        };
        cx.about.agent = Some(agent.id);
        let done = self.allowed(cx, "created");
        cx.about.agent = None;
        let refused = self.refusal(cx, &taken(&agent.name));
        self.store
            .run_tx("create_workload_identity", move |tx| {
                if tx.account(account).insert_workload_identity(&agent)? {
                    Ok(Outcome::Done(agent.clone(), done.clone()))
                } else {
                    Ok(Outcome::Refused(taken(&agent.name), refused.clone()))
                }
            })
            .await
    }

    /// Reads an agent.
    pub async fn workload_identity(
        &self,
        cx: &mut OpCx,
        name: WorkloadName,
    ) -> Result<WorkloadIdentity, Error> {
        let account = cx.account()?;
        cx.about.resource = Some(format!("workload-identity/{name}"));
        let wanted = name.clone();
        let found = self
            .store
            .look_up("workload_identity", move |tx| {
                tx.account(account).workload_identity(&wanted)
            })
            .await?;
        self.authorized_agent(cx, &name, found)
    }

    /// `found`, if the caller may know of it: whether a name exists is told only to who may ask.
    fn authorized_agent(
        &self,
        cx: &mut OpCx,
        name: &WorkloadName,
        found: Option<WorkloadIdentity>,
    ) -> Result<WorkloadIdentity, Error> {
        let account = cx.account()?;
        let Some(agent) = found else {
            self.authorize_absent_agent(cx)?;
            return Err(not_found(name));
        };
        cx.about.agent = Some(agent.id);
        self.authorize(
            cx,
            &Target::Agent(AgentOf {
                account,
                agent: &agent,
                now: cx.now,
            }),
        )?;
        Ok(agent)
    }

    /// Replaces an agent's return URLs.
    pub async fn update_workload_identity(
        &self,
        cx: &mut OpCx,
        name: WorkloadName,
        return_urls: Vec<String>,
    ) -> Result<Committed<WorkloadIdentity>, Error> {
        let account = cx.account()?;
        let mut agent = self.workload_identity(cx, name).await?;
        agent.return_urls = return_urls;
        agent.updated_at = cx.now;
        agent.version += 1;
        let done = self.allowed(cx, "return URLs replaced");
        let refused = self.refusal(cx, &changed_meanwhile());
        self.store
            .run_tx("update_workload_identity", move |tx| {
                if tx.account(account).update_workload_identity(&agent)? {
                    Ok(Outcome::Done(agent.clone(), done.clone()))
                } else {
                    Ok(Outcome::Refused(changed_meanwhile(), refused.clone()))
                }
            })
            .await
    }

    /// Deletes an agent. Its tokens stop at once: every use reads the agent by its id.
    pub async fn delete_workload_identity(
        &self,
        cx: &mut OpCx,
        name: WorkloadName,
    ) -> Result<Committed<()>, Error> {
        let account = cx.account()?;
        let agent = self.workload_identity(cx, name.clone()).await?;
        let (done, now) = (self.allowed(cx, "deleted"), cx.now);
        let refused = self.refusal(cx, &not_found(&name));
        self.store
            .run_tx("delete_workload_identity", move |tx| {
                // Whatever changed since it was read, it is this agent (by id) that goes.
                let current = tx.account(account).workload_identity_by_id(agent.id)?;
                let gone = match current {
                    Some(current) => tx
                        .account(account)
                        .delete_workload_identity(current.id, current.version)?,
                    None => false,
                };
                if gone {
                    tx.cut("agent", agent.id.as_bytes(), now)?;
                    Ok(Outcome::Done((), done.clone()))
                } else {
                    Ok(Outcome::Refused(not_found(&name), refused.clone()))
                }
            })
            .await
    }

    /// Lists agents by name.
    pub async fn workload_identities(
        &self,
        cx: &mut OpCx,
        page: PageRequest,
    ) -> Result<Page<WorkloadIdentity>, Error> {
        let account = cx.account()?;
        self.authorize(cx, &Target::Directory(account))?;
        let after = self
            .page_start::<WorkloadName>(cx, b"", page.token.as_deref())
            .await?;
        let limit = page.limit.saturating_add(1);
        let found = self
            .store
            .run_read("workload_identities", move |tx| {
                tx.account(account)
                    .workload_identities(after.as_ref(), limit)
            })
            .await?;
        self.page(cx, b"", found, page.limit, |agent| agent.name.as_str())
            .await
    }
}

fn taken(name: &WorkloadName) -> Error {
    Error::conflict(format!(
        "workload identity {name} already exists in this account; use UpdateWorkloadIdentity to \
         change it"
    ))
}
