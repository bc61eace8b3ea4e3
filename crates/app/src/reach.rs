//! What an agent, a user or a provider reaches now: everything that could be released, and by whom.
//!
//! All is read in one snapshot, and the questions about agent and user are asked of the rules in
//! force, as a use would ask them. What a provider then still grants, nobody knows before it is asked.

use procura_authority::{
    AgentOf, Caller, Credential, Decision, ProviderOf, Target, Use, Verdict, Whom,
};
use procura_core::access_key::AccessKey;
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::connection::Consent;
use procura_core::consent::ConsentStanding;
use procura_core::credential_provider::{CredentialProvider, ProviderKind};
use procura_core::error::Error;
use procura_core::grant::{AdministratorGrant, WithUser};
use procura_core::id::{AgentId, ProviderId, UserId};
use procura_core::name::{ProviderName, WorkloadName};
use procura_core::scope::Scopes;
use procura_core::task::Task;
use procura_core::time::Timestamp;
use procura_core::user::{OnBehalfOf, User, UserKind};
use procura_core::workload_identity::WorkloadIdentity;
use procura_store::{ConnectionFilter, ListedConnection, Tx};

use crate::App;
use crate::answers::keys_of;
use crate::operation::OpCx;
use crate::record_search::Which;

/// How many connections and agents an answer looks at; more is said to be more.
pub const LOOKED_AT_MAX: u32 = 10_000;

/// Whose reach.
#[derive(Debug, Clone, Default)]
pub struct ReachOf {
    /// An agent's.
    pub agent: Option<Which<AgentId, WorkloadName>>,
    /// A user's: what agents have for the user.
    pub user: Option<UserId>,
    /// What reaches a provider.
    pub provider: Option<Which<ProviderId, ProviderName>>,
}

/// That an administrator's grant gives an agent a provider's own credential.
#[derive(Debug)]
pub struct Granted {
    /// The agent.
    pub agent: WorkloadIdentity,
    /// The provider.
    pub provider: CredentialProvider,
    /// The grant.
    pub grant: AdministratorGrant,
    /// Why the rules in force say no all the same, if they do.
    pub refused: Option<String>,
}

/// That a user's consent gives an agent what a provider gave for the user.
#[derive(Debug)]
pub struct Consented {
    /// The connection.
    pub connection: ListedConnection,
    /// Why the rules in force say no all the same, if they do.
    pub refused: Option<String>,
}

/// What is reached.
#[derive(Debug)]
pub struct Reach {
    /// By administrators' grants.
    pub granted: Vec<Granted>,
    /// By users' consents.
    pub consented: Vec<Consented>,
    /// The access keys that get tokens for these agents.
    pub keys: Vec<AccessKey>,
    /// How many workloads are the agent, and get tokens without a key, if one agent is meant.
    pub workloads: Option<u64>,
    /// Whether there is more than was looked at.
    pub is_cut_off: bool,
}

/// What was read.
struct Snapshot {
    agents: Vec<WorkloadIdentity>,
    providers: Vec<CredentialProvider>,
    grants: Vec<AdministratorGrant>,
    connections: Vec<ListedConnection>,
    keys: Vec<AccessKey>,
    workloads: Option<u64>,
    is_cut_off: bool,
}

impl App {
    /// What an agent, a user or a provider reaches now.
    pub async fn reach(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        of: &ReachOf,
    ) -> Result<Reach, Error> {
        cx.about.account = Some(account);
        self.authorize(cx, &Target::Account(account))?;
        let agent = match &of.agent {
            None => None,
            Some(Which::Id(id)) => Some(*id),
            Some(Which::Name(name)) => Some(self.agent_named(account, name).await?),
        };
        let providers = match &of.provider {
            None => None,
            Some(Which::Id(id)) => Some(vec![*id]),
            Some(Which::Name(name)) => Some(self.providers_named(account, name).await?),
        };
        let (user, wanted) = (of.user, providers.clone());
        let known = self.held_policies.clone();
        let read = move |tx: &mut Tx<'_>| {
            let epoch = tx.epoch()?;
            let policies = known.find(tx, account, epoch)?;
            let found = snapshot(tx, account, agent, user, wanted.as_deref())?;
            Ok((found, policies, epoch))
        };
        let (found, policies, epoch) = self.store.run_read("reach", read).await?;
        let policies = self.policies_ready(account, epoch, policies).await?;
        let decision = self.authority.beside(policies.as_deref());
        Ok(self.reached(decision, (account, cx.now), of.user, found))
    }

    fn reached(
        &self,
        decision: Decision<'_>,
        (account, now): (AccountId, Timestamp),
        user: Option<UserId>,
        found: Snapshot,
    ) -> Reach {
        let Snapshot {
            agents,
            providers,
            grants,
            connections,
            keys,
            workloads,
            is_cut_off,
        } = found;
        let mut granted = Vec::new();
        // An administrator's grant names no user: it is not what one user is behind.
        for grant in grants.iter().filter(|_| user.is_none()) {
            let Some(provider) = providers.iter().find(|own| own.id == grant.provider) else {
                continue;
            };
            for agent in &agents {
                if grant.agent.is_none_or(|named| named == agent.id) {
                    granted.push(Granted {
                        refused: refuses(
                            decision,
                            (account, now),
                            agent,
                            provider,
                            (whom_of(grant), false),
                        ),
                        agent: agent.clone(),
                        provider: provider.clone(),
                        grant: grant.clone(),
                    });
                }
            }
        }
        let consented = connections.into_iter().map(|connection| {
            let consent = &connection.connection.consent;
            let agent = agents.iter().find(|own| own.id == consent.agent);
            let provider = providers.iter().find(|own| own.id == consent.provider);
            let refused = match (agent, provider) {
                (Some(agent), Some(provider)) => {
                    let whom = OnBehalfOf::User(connection.user);
                    let by_rules = refuses(decision, (account, now), agent, provider, (whom, true));
                    by_rules.or_else(|| not_in_force(consent, agent, now))
                }
                _ => Some("agent or provider were not looked at".to_owned()),
            };
            Consented {
                connection,
                refused,
            }
        });
        let mints = self.callers_of(Action::GetWorkloadAccessToken);
        Reach {
            granted,
            consented: consented.collect(),
            keys: keys_of(keys, mints.unwrap_or_default()),
            workloads,
            is_cut_off,
        }
    }
}

/// Why agent or user may not, as the rules and the policies in force are, whatever was granted.
fn refuses(
    decision: Decision<'_>,
    (account, now): (AccountId, Timestamp),
    agent: &WorkloadIdentity,
    provider: &CredentialProvider,
    (on_behalf_of, is_consented): (OnBehalfOf, bool),
) -> Option<String> {
    let no_scopes = Scopes::default();
    let credential = match provider.kind {
        ProviderKind::ApiKey => Credential::ApiKey,
        ProviderKind::Oauth2 if is_consented => Credential::UserToken {
            scopes: &no_scopes,
            consent: None,
        },
        ProviderKind::Oauth2 => Credential::MachineToken(&no_scopes),
    };
    let verdict = decision.may_connect(&Use {
        caller: &Caller::Operator,
        agent: AgentOf {
            account,
            agent,
            now,
        },
        whom: Whom {
            account,
            on_behalf_of,
        },
        provider: ProviderOf { account, provider },
        credential,
        grants: &[],
        through: &[],
        task: &Task::default(),
        good_for: None,
    });
    match verdict {
        Verdict::Yes(_) => None,
        Verdict::No(denial) => Some(denial.public()),
    }
}

/// Why the user's consent covers nothing as it stands, if it does not.
fn not_in_force(consent: &Consent, agent: &WorkloadIdentity, now: Timestamp) -> Option<String> {
    let text = match consent.standing(agent, now) {
        ConsentStanding::InForce => return None,
        ConsentStanding::Paused => "the user paused the consent",
        ConsentStanding::Ended => "the consent is over",
        ConsentStanding::AgentChanged => "the agent changed since the user consented",
    };
    Some(text.to_owned())
}

/// For whom a grant is used at least: the one who makes the fewest refusals.
fn whom_of(grant: &AdministratorGrant) -> OnBehalfOf {
    match grant.with_user {
        WithUser::Never => OnBehalfOf::NoUser,
        // Somebody who is proved, whoever it is.
        WithUser::Required | WithUser::Optional => OnBehalfOf::User(User {
            id: UserId::from_bytes([0; 16]),
            kind: UserKind::Verified,
        }),
    }
}

fn snapshot(
    tx: &mut Tx<'_>,
    account: AccountId,
    agent: Option<AgentId>,
    user: Option<UserId>,
    wanted: Option<&[ProviderId]>,
) -> Result<Snapshot, Error> {
    let is_wanted = |id: ProviderId| wanted.is_none_or(|wanted| wanted.contains(&id));
    let mut own = tx.account(account);
    let agents: Vec<WorkloadIdentity> = match agent {
        Some(id) => own.workload_identity_by_id(id)?.into_iter().collect(),
        None => own.workload_identities(None, LOOKED_AT_MAX)?,
    };
    let mut grants = own.all_administrator_grants()?;
    grants.retain(|grant| is_wanted(grant.provider));
    let filter = ConnectionFilter {
        agent,
        user,
        provider: None,
    };
    let mut connections = own.connections(&filter, None, LOOKED_AT_MAX)?;
    let is_full = |read: usize| u32::try_from(read).is_ok_and(|read| read >= LOOKED_AT_MAX);
    let is_cut_off = is_full(agents.len()) || is_full(connections.len());
    connections.retain(|listed| is_wanted(listed.connection.consent.provider));
    let of_grants = grants.iter().map(|grant| grant.provider);
    let of_consents = connections.iter().map(|l| l.connection.consent.provider);
    let mut ids: Vec<ProviderId> = of_grants.chain(of_consents).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut providers = Vec::new();
    for id in ids {
        providers.extend(own.credential_provider_by_id(id)?);
    }
    let workloads = match agent {
        Some(agent) => u64::try_from(own.trust_bindings(agent)?.len()).ok(),
        None => None,
    };
    Ok(Snapshot {
        keys: own.access_keys()?,
        agents,
        providers,
        grants,
        connections,
        workloads,
        is_cut_off,
    })
}
