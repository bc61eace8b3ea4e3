//! Workload access tokens that are handed on: to an agent that is called, or narrower to the same.
//!
//! The new token is made of the old one. It is for the same user, it ends no later, it ends with
//! everything that the old one ends with, and what it is good for is decided on for every agent of the
//! chain. Whoever hands on can take away and never add.

use std::collections::BTreeSet;

use procura_authority::{AgentOf, Target};
use procura_core::action::Action;
use procura_core::audit::record::Committed;
use procura_core::credential_provider::ProviderKind;
use procura_core::encryption_key::KeyPurpose;
use procura_core::error::{Error, Kind};
use procura_core::id::{ProviderId, TaskUseId, TokenId};
use procura_core::name::{ProviderName, ToolName, VaultName, WorkloadName};
use procura_core::scope::Scopes;
use procura_core::stated_reason::StatedReason;
use procura_core::task::{Member, Task, TaskError};
use procura_core::time::Timestamp;
use procura_core::workload_access_token::{self, Claims, HandedOn, LIFETIME_S};
use procura_core::workload_identity::WorkloadIdentity;
use procura_store::{Outcome, Tx};

use crate::App;
use crate::basis::{CHAIN_BROKEN, ISSUER_REVOKED, PROOF_CUT, is_revoked};
use crate::operation::OpCx;
use crate::workload_access_token::{cut_meanwhile, not_active, tell_of};

/// Most uses that a token can be good for.
pub const USES_MAX: u32 = 10_000;
/// How many providers a task can name.
const PROVIDERS_MAX: usize = 32;

/// What a token shall become.
#[derive(Debug, Default)]
pub struct Delegation {
    /// The agent of the new token; the same where none is named.
    pub to: Option<WorkloadName>,
    /// What it is to be limited to.
    pub task: TaskAsked,
}

/// The limits of a new token. What is not said is as it was.
#[derive(Debug, Default)]
pub struct TaskAsked {
    /// Which providers.
    pub providers: Option<Vec<ProviderName>>,
    /// Which scopes.
    pub scopes: Option<Scopes>,
    /// Which tools.
    pub tools: Option<BTreeSet<ToolName>>,
    /// What for.
    pub purpose: Option<StatedReason>,
    /// For how long, in seconds. It ends with the old token at the latest.
    pub expires_in_s: Option<u32>,
    /// For how many uses: releases of a credential.
    pub uses: Option<u32>,
}

/// A token that was handed on.
pub struct Delegated {
    /// The token.
    pub token: String,
    /// The first moment at which it is over.
    pub expires_at: Timestamp,
    /// How many agents act through each other with it.
    pub depth: usize,
    /// What it is limited to.
    pub task: Task,
    /// The names of the task's providers, of those that are there.
    pub providers: Option<BTreeSet<ProviderName>>,
    /// How many uses are left of it.
    pub uses: Option<u64>,
}

impl std::fmt::Debug for Delegated {
    /// Without the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Delegated([secret], until {})", self.expires_at)
    }
}

/// What a token rests on that is not there any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lost {
    /// What the caller signed with.
    Caller,
    /// An access key by which the old token was had, or one that it was made of.
    Issuer,
    /// What proved the user.
    Proof,
    /// An agent of the chain is gone.
    Agent,
    /// An agent of the chain was stopped, or its time is over: which, from 1.
    Stopped(usize),
    /// No use of the old token is left.
    Uses,
    /// It has fewer uses left than are asked for.
    MoreUses,
}

impl Lost {
    fn error(self) -> Error {
        match self {
            Self::Caller => cut_meanwhile(),
            Self::Issuer => Error::new(Kind::Unproved, ISSUER_REVOKED),
            Self::Proof => Error::new(Kind::Unproved, PROOF_CUT),
            Self::Agent => Error::new(Kind::Unproved, CHAIN_BROKEN),
            Self::Stopped(number) => Error::denied(format!(
                "agent {number} of those that act through each other with this token is suspended, \
                 expired or retired; an administrator can resume it or give it more time"
            )),
            Self::Uses => used_up(),
            Self::MoreUses => member(TaskError::Widened(Member::Uses)),
        }
    }
}

/// The answer to who presents a token of which no use is left.
pub(crate) fn used_up() -> Error {
    Error::denied(
        "this workload access token was good for a number of uses, and none is left; get another \
         from who handed it on",
    )
}

fn member(error: TaskError) -> Error {
    let member = error.member();
    Error::field(member, format!("{member} {error}"))
}

impl App {
    /// A token made of the one that `parent` is: for the agent that is named, acting through those
    /// that it acts through already, or for the same agent, narrower.
    pub async fn delegate_token(
        &self,
        cx: &mut OpCx,
        parent: &str,
        asked: Delegation,
    ) -> Result<Committed<Delegated>, Error> {
        let parent = self.open_token(cx, parent).await?;
        let agent = self.agent_to_delegate_to(cx, &parent, asked.to).await?;
        if !agent.may_act(cx.now) {
            return Err(not_active(&agent, cx.now));
        }
        let TaskAsked {
            providers,
            scopes,
            tools,
            purpose,
            expires_in_s,
            uses,
        } = asked.task;
        if uses.is_some_and(|uses| !(1..=USES_MAX).contains(&uses)) {
            return Err(Error::field(
                "task.uses",
                "task.uses is a number from 1 to 10000",
            ));
        }
        let until = until(cx.now, expires_in_s)?;
        let providers = self.providers_of_task(cx, &parent, providers).await?;
        let limits = Task::new(providers, scopes, tools, purpose).map_err(member)?;
        let task = parent.task.narrowed(limits).map_err(member)?;
        let counted = uses.map(|uses| {
            let id = self.with_rng(|rng| TaskUseId::generate(cx.now, rng));
            (id, u64::from(uses))
        });
        let to = HandedOn {
            jti: self.with_rng(|rng| TokenId::generate(cx.now, rng)),
            agent: agent.id,
            issued_by: cx.access_key()?,
            task,
            until,
            uses: counted.map(|(id, _)| id),
            now: cx.now,
        };
        let claims = parent.handed_on(to);
        let claims = claims.map_err(|error| Error::denied(error.to_string()))?;
        tell_of(cx, &claims);
        self.mint_delegated(cx, &parent, claims, counted).await
    }

    /// The agent of the new token, if the caller may have one for it.
    async fn agent_to_delegate_to(
        &self,
        cx: &mut OpCx,
        parent: &Claims,
        name: Option<WorkloadName>,
    ) -> Result<WorkloadIdentity, Error> {
        let account = parent.account;
        let agent = if let Some(name) = name {
            self.workload_identity(cx, name).await?
        } else {
            let id = parent.agent;
            let read = move |tx: &mut Tx<'_>| tx.account(account).workload_identity_by_id(id);
            let found = self.store.look_up("workload_identity", read).await?;
            found.ok_or_else(|| Error::new(Kind::Unproved, CHAIN_BROKEN))?
        };
        cx.about.resource = Some(format!("workload-identity/{}", agent.name));
        let target = Target::Agent(AgentOf {
            account,
            agent: &agent,
            now: cx.now,
        });
        self.authorize_action(cx, Action::DelegateToken, &target)?;
        // A token without a user is an action of its own, also where it is made of another.
        if parent.user.is_none() {
            self.authorize_action(cx, Action::GetWorkloadAccessToken, &target)?;
        }
        // SECURITY: who signs as an agent gets tokens of that agent alone, whatever the policies say.
        // Held by `an_agent_that_signs_itself_takes_a_token_on_for_itself_alone`.
        if !cx.caller.may_be(agent.id) {
            return Err(Error::denied(
                "the key that signs this request is another agent's; an agent takes tokens on for \
                 itself alone",
            ));
        }
        Ok(agent)
    }

    /// The providers that are named. SECURITY: of a token of some providers they are looked for among
    /// those, so that it does not tell which others there are.
    async fn providers_of_task(
        &self,
        cx: &mut OpCx,
        parent: &Claims,
        named: Option<Vec<ProviderName>>,
    ) -> Result<Option<BTreeSet<ProviderId>>, Error> {
        let Some(named) = named else {
            return Ok(None);
        };
        let named: BTreeSet<ProviderName> = named.into_iter().collect();
        // So many ids fit into no token, and each is looked for.
        if named.len() > PROVIDERS_MAX {
            return Err(member(TaskError::TooLong));
        }
        let (account, vault) = (parent.account, VaultName::default_vault());
        let among = parent.task.providers().cloned();
        let is_limited = among.is_some();
        let wanted = named.clone();
        let read = move |tx: &mut Tx<'_>| {
            let mut own = tx.account(account);
            let mut found = Vec::with_capacity(wanted.len());
            for name in &wanted {
                let mut ids = Vec::new();
                for kind in [ProviderKind::ApiKey, ProviderKind::Oauth2] {
                    let provider = own.credential_provider(&vault, kind, name)?;
                    ids.extend(provider.map(|provider| provider.id));
                }
                ids.retain(|id| among.as_ref().is_none_or(|among| among.contains(id)));
                found.push(ids);
            }
            Ok(found)
        };
        let found = self.store.run_read("providers_of_task", read).await?;
        if found.iter().any(Vec::is_empty) {
            if is_limited {
                return Err(member(TaskError::Widened(Member::Providers)));
            }
            let kind = ProviderKind::ApiKey;
            self.authorize_absent_provider(cx, kind, &VaultName::default_vault())?;
            let absent = "task.providers names a credential provider that does not exist here";
            return Err(Error::field(Member::Providers.as_str(), absent));
        }
        Ok(Some(found.into_iter().flatten().collect()))
    }

    async fn mint_delegated(
        &self,
        cx: &mut OpCx,
        parent: &Claims,
        claims: Claims,
        counted: Option<(TaskUseId, u64)>,
    ) -> Result<Committed<Delegated>, Error> {
        let key = self.newest_key(None, KeyPurpose::Token).await?;
        let token = self
            .with_rng(|rng| workload_access_token::mint(rng, &key, self.deployment, &claims))
            .map_err(Error::internal_source)?;
        let (jti, of, exp) = (claims.jti, parent.jti, claims.exp);
        let done = self.allowed(cx, format!("minted {jti} of {of} until {exp}"));
        let rests = RestsOn {
            epoch: cx.epoch,
            caller: cx.access_key()?,
            parent: parent.clone(),
            claims: claims.clone(),
            now: cx.now,
        };
        let committed = self
            .store
            .run_tx("delegate_token", move |tx| {
                let left = match rests.check(tx, counted.map(|(_, uses)| uses))? {
                    Ok(left) => left,
                    // Nothing was written.
                    Err(lost) => return Ok(Outcome::Unrecorded(Err(lost))),
                };
                let mut own = tx.account(rests.claims.account);
                if let Some((id, uses)) = counted {
                    own.insert_task_use(id, uses, exp)?;
                }
                let mut names = None;
                if let Some(ids) = rests.claims.task.providers() {
                    let mut found = BTreeSet::new();
                    for id in ids {
                        let provider = own.credential_provider_by_id(*id)?;
                        found.extend(provider.map(|provider| provider.name));
                    }
                    names = Some(found);
                }
                Ok(Outcome::Done(Ok((left, names)), done.clone()))
            })
            .await?;
        let (left, providers) = committed.value.map_err(Lost::error)?;
        self.agent_uses.note(claims.account, claims.agent, cx.now);
        Ok(Committed {
            value: Delegated {
                token,
                expires_at: claims.exp,
                depth: claims.depth(),
                task: claims.task,
                providers,
                uses: left,
            },
            record: committed.record,
        })
    }
}

/// Everything that a new token rests on.
struct RestsOn {
    epoch: u64,
    caller: procura_core::access_key::AccessKeyId,
    parent: Claims,
    claims: Claims,
    now: Timestamp,
}

impl RestsOn {
    /// Whether it is all there, read again in the transaction of the record; how many uses the new
    /// token has then, if they are counted. SECURITY: who was cut since the decision, or since the old
    /// token was made, hands nothing on. Held by
    /// `what_cuts_a_token_cuts_what_was_made_of_it_and_ends_the_making`.
    fn check(
        &self,
        tx: &mut Tx<'_>,
        asked_uses: Option<u64>,
    ) -> Result<Result<Option<u64>, Lost>, Error> {
        let (account, parent) = (self.parent.account, &self.parent);
        let now_epoch = tx.epoch()?;
        let is_later = now_epoch != self.epoch;
        if is_later
            && (is_revoked(tx, self.caller)? || tx.policies_were_cut(account, self.epoch)?)
        {
            return Ok(Err(Lost::Caller));
        }
        for key in parent.all_keys() {
            if is_revoked(tx, key)? {
                return Ok(Err(Lost::Issuer));
            }
        }
        if now_epoch != parent.epoch {
            let mut proof_cut =
                parent.subject_token.is_some() && tx.issuer_was_cut(account, parent.epoch)?;
            if let Some(user) = parent.user {
                proof_cut |= tx.user_was_cut(user.id, parent.epoch)?;
            }
            for agent in parent.chain.iter().chain([&parent.agent]) {
                proof_cut |= tx.agent_tokens_were_cut(*agent, parent.epoch)?;
            }
            if proof_cut {
                return Ok(Err(Lost::Proof));
            }
        }
        let mut own = tx.account(account);
        let members = parent
            .chain
            .iter()
            .chain([&parent.agent, &self.claims.agent]);
        for (number, id) in (1..).zip(members) {
            match own.workload_identity_by_id(*id)? {
                Some(agent) if agent.may_act(self.now) => {}
                Some(_) => return Ok(Err(Lost::Stopped(number))),
                None => return Ok(Err(Lost::Agent)),
            }
        }
        let mut left = None;
        for id in &parent.uses {
            let of_this = own.task_uses_left(*id)?;
            left = Some(left.map_or(of_this, |left: u64| left.min(of_this)));
        }
        Ok(match (left, asked_uses) {
            (Some(0), _) => Err(Lost::Uses),
            (Some(left), Some(asked)) if asked > left => Err(Lost::MoreUses),
            (left, asked) => Ok(asked.or(left)),
        })
    }
}

/// Until when a token is to be good that is asked for so many seconds.
fn until(now: Timestamp, asked_s: Option<u32>) -> Result<Timestamp, Error> {
    let lifetime_s = asked_s.map_or(LIFETIME_S, i64::from);
    if (1..=LIFETIME_S).contains(&lifetime_s) {
        Ok(now.plus_seconds(lifetime_s))
    } else {
        let text = "task.expires_in is a number of seconds from 1 to 900: a token lives for 15 minutes at \
                    most";
        Err(Error::field("task.expires_in", text))
    }
}
