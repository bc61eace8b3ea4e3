//! Everything that an agent, a user or a provider has is taken back at once: here in one transaction,
//! so that every node stops within a second, and then at the providers.

use procura_authority::Target;
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::error::Error;
use procura_core::id::{ConnectionId, RecordId, UserId};
use procura_core::name::{ProviderName, WorkloadName};
use procura_core::stated_reason::StatedReason;
use procura_core::time::Timestamp;
use procura_core::workload_identity::{AgentState, WorkloadIdentity};
pub use procura_store::CutOff;
use procura_store::{ConnectionFilter, ListedConnection, Outcome, Tx};

use crate::App;
use crate::basis::busy;
use crate::connections::{CONNECTIONS_MAX, ConnectionsOf, REVOKED_MAX, Taker, because};
use crate::operation::OpCx;
use crate::revocation::{Answer, Cut};

/// Whose everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// An agent's, which is suspended with it.
    Agent(WorkloadName),
    /// A user's.
    User(UserId),
    /// What a provider gave.
    Provider(ProviderName),
}

/// What was cut, or would be.
#[derive(Debug)]
pub struct CutReport {
    /// Whether the agent that is named is suspended by it, and was not before.
    pub suspends: bool,
    /// How many of what.
    pub counts: CutOff,
    /// The connections that would be; none where they were.
    pub to_cut: Vec<ListedConnection>,
    /// The connections that were, with what their providers said.
    pub revoked: Vec<Answer>,
    /// Those that could not be told of to their providers, and why. They are good for nothing here.
    pub left: Vec<(ConnectionId, String)>,
    /// Whether there are more than one call takes back: ask again.
    pub more: bool,
    /// The record of the cut; none where nothing was to be cut.
    pub record: Option<RecordId>,
}

/// How often the cut is decided on anew that an agent is changed under.
const DECISIONS_MAX: u32 = 8;

impl App {
    /// Cuts everything off, or with `is_dry` says what that would be and changes nothing. Doing it twice
    /// is doing it once. It goes on when the caller is gone.
    pub async fn cut_off(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        whose: &Whose,
        (is_dry, reason): (bool, Option<StatedReason>),
    ) -> Result<CutReport, Error> {
        cx.about.account = Some(account);
        let of = ConnectionsOf {
            agent: match whose {
                Whose::Agent(name) => Some(name.clone()),
                Whose::User(_) | Whose::Provider(_) => None,
            },
            user: match whose {
                Whose::User(user) => Some(*user),
                Whose::Agent(_) | Whose::Provider(_) => None,
            },
            provider: match whose {
                Whose::Provider(name) => Some(name.clone()),
                Whose::Agent(_) | Whose::User(_) => None,
            },
        };
        self.authorize_action(cx, Action::RevokeConnection, &Target::Account(account))?;
        if let Some(name) = &of.agent {
            // Whoever may not stop an agent does not stop it by taking back what it has.
            cx.action = Action::SuspendAgent;
            self.agent_to_manage(cx, account, name).await?;
        }
        let filter = self.connection_filter(account, &of).await?;
        cx.about.agent = filter.agent;
        cx.about.provider = filter.provider;
        if let Whose::User(user) = whose {
            cx.about.resource = Some(format!("user/{user}"));
        }
        if is_dry {
            return self.would_cut_off(cx, account, filter).await;
        }
        let mut own = cx.clone();
        self.carry_through(move |app| async move {
            let mut report = app
                .cut_off_here(&mut own, account, filter, reason.as_ref())
                .await?;
            own.action = Action::RevokeConnection;
            let cuts = app.cut_each(&own, account, filter, &mut report).await?;
            report.more = cuts.len() >= REVOKED_MAX;
            report.revoked = app.tell_all(cuts).await?;
            Ok(report)
        })
        .await
    }

    async fn would_cut_off(
        &self,
        cx: &OpCx,
        account: AccountId,
        filter: ConnectionFilter,
    ) -> Result<CutReport, Error> {
        let now = cx.now;
        let most = u32::try_from(REVOKED_MAX).unwrap_or(u32::MAX);
        let read = move |tx: &mut Tx<'_>| {
            let mut own = tx.account(account);
            let agent = match filter.agent {
                Some(id) => own.workload_identity_by_id(id)?,
                None => None,
            };
            let counts = own.to_cut_off(&filter, now)?;
            Ok((agent, counts, own.connections(&filter, None, most)?))
        };
        let (agent, counts, to_cut) = self.store.run_read("to_cut_off", read).await?;
        Ok(CutReport {
            suspends: agent.is_some_and(|agent| agent.state == AgentState::Active),
            counts,
            more: to_cut.len() >= REVOKED_MAX,
            to_cut,
            revoked: Vec::new(),
            left: Vec::new(),
            record: None,
        })
    }

    /// The cut: one transaction, after which nothing of it is good on any node.
    async fn cut_off_here(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        filter: ConnectionFilter,
        reason: Option<&StatedReason>,
    ) -> Result<CutReport, Error> {
        let (entry, now) = (self.allowed(cx, ""), cx.now);
        let (because, stated) = (because(reason), reason.cloned());
        for _ in 0..DECISIONS_MAX {
            let (entry, because, stated) = (entry.clone(), because.clone(), stated.clone());
            let committed = self
                .store
                .run_tx("cut_off", move |tx| {
                    let mut own = tx.account(account);
                    let mut suspends = false;
                    if let Some(id) = filter.agent
                        && let Some(agent) = own.workload_identity_by_id(id)?
                        && agent.state == AgentState::Active
                    {
                        let stopped = suspended(agent, now, stated.clone());
                        if !own.update_workload_identity(&stopped)? {
                            return Ok(Outcome::Unrecorded(None));
                        }
                        suspends = true;
                    }
                    let counts = own.cut_off(&filter, now)?;
                    if let Some(agent) = filter.agent {
                        tx.cut("agent", agent.as_bytes(), now)?;
                        tx.cut_agent_tokens(agent, now)?;
                    }
                    if let Some(user) = filter.user {
                        tx.cut_user(user, now)?;
                    }
                    if let Some(provider) = filter.provider {
                        tx.cut("provider", provider.as_bytes(), now)?;
                    }
                    let mut entry = entry.clone();
                    entry.reason = format!("{}{because}", said(counts, suspends)).into();
                    Ok(Outcome::Done(Some((counts, suspends)), entry))
                })
                .await?;
            if let Some((counts, suspends)) = committed.value {
                return Ok(CutReport {
                    suspends,
                    counts,
                    to_cut: Vec::new(),
                    revoked: Vec::new(),
                    left: Vec::new(),
                    more: false,
                    record: committed.record,
                });
            }
        }
        Err(busy())
    }

    /// Takes the connections back one after another; what fails is in nobody's way.
    async fn cut_each(
        &self,
        cx: &OpCx,
        account: AccountId,
        filter: ConnectionFilter,
        report: &mut CutReport,
    ) -> Result<Vec<Cut>, Error> {
        let (mut cuts, mut after) = (Vec::new(), None);
        while cuts.len() < REVOKED_MAX {
            let read = move |tx: &mut Tx<'_>| {
                let mut own = tx.account(account);
                own.connections(&filter, after, CONNECTIONS_MAX)
            };
            let found = self.store.run_read("connections", read).await?;
            if found.is_empty() {
                break;
            }
            for listed in found {
                let id = listed.connection.id;
                after = Some(id);
                let mut own = cx.clone();
                own.about.resource = Some(format!("connection/{id}"));
                let mut taker = Taker::Caller(Box::new(own));
                match self.cut(&mut taker, account, id, None).await {
                    Ok(cut) => cuts.extend(cut),
                    Err(error) => {
                        tracing::error!(connection = %id, cause = ?error.cause(), "is left");
                        report.left.push((id, error.public().to_owned()));
                    }
                }
            }
        }
        Ok(cuts)
    }
}

fn suspended(
    agent: WorkloadIdentity,
    now: Timestamp,
    reason: Option<StatedReason>,
) -> WorkloadIdentity {
    WorkloadIdentity {
        state: AgentState::Suspended,
        state_reason: reason,
        updated_at: now,
        version: agent.version.saturating_add(1),
        ..agent
    }
}

/// What the record of a cut says.
fn said(counts: CutOff, suspends: bool) -> String {
    let CutOff {
        connections,
        flows,
        temporary_keys,
        sign_ins,
        user_tokens,
        machine_tokens,
    } = counts;
    let stopped = if suspends { "; suspended" } else { "" };
    format!(
        "everything is revoked{stopped}: {connections} connections, {flows} flows under way, \
         {temporary_keys} temporary keys, {sign_ins} sign-ins, {user_tokens} tokens of the user, \
         {machine_tokens} tokens of the client"
    )
}
