//! Two accounts, and one of everything in each.

use procura_core::access_key::Role;
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::credential_provider::{CredentialProvider, ProviderKind};
use procura_core::grant::{AdministratorGrant, Covered, WithUser};
use procura_core::id::{AgentId, GrantId, ProviderId, UserId};
use procura_core::name::VaultName;
use procura_core::tag::Tags;
use procura_core::task::Task;
use procura_core::time::Timestamp;
use procura_core::user::{OnBehalfOf, User, UserKind};
use procura_core::workload_identity::{AgentState, WorkloadIdentity};

use crate::{
    AgentOf, Authority, Caller, Credential, ProviderOf, Rules, Target, Use, Verdict, Who, Whom,
};

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_763_000_000_000);

pub(crate) fn own() -> AccountId {
    "111111111111".parse().unwrap()
}

pub(crate) fn foreign() -> AccountId {
    "999999999999".parse().unwrap()
}

pub(crate) fn key(account: AccountId, roles: &[Role]) -> Caller {
    let id = "PRCAAAAAAAAAAAAAAAAA".parse().unwrap();
    Caller::AccessKey {
        id,
        account,
        roles: roles.to_vec(),
    }
}

pub(crate) fn caller(who: Who) -> Caller {
    match who {
        Who::Role(role) => key(own(), &[role]),
        Who::Agent => signing_agent(1),
        Who::Operator => Caller::Operator,
    }
}

/// An agent that proved itself.
pub(crate) fn signing_agent(number: u8) -> Caller {
    Caller::Agent {
        key: "PRCSAAAAAAAAAAAAAAAA".parse().unwrap(),
        account: own(),
        agent: AgentId::from_bytes([number; 16]),
    }
}

pub(crate) fn agent(number: u8, state: AgentState) -> WorkloadIdentity {
    WorkloadIdentity {
        id: AgentId::from_bytes([number; 16]),
        name: format!("secret-agent-{number}").parse().unwrap(),
        state,
        state_reason: None,
        owner: None,
        expires_at: None,
        return_urls: Vec::new(),
        tags: Tags::default(),
        created_at: NOW,
        updated_at: NOW,
        version: 1,
    }
}

pub(crate) fn provider(number: u8) -> CredentialProvider {
    CredentialProvider {
        id: ProviderId::from_bytes([number; 16]),
        vault: VaultName::default_vault(),
        kind: ProviderKind::ApiKey,
        name: format!("secret-provider-{number}").parse().unwrap(),
        secret_suffix: "abcdef".to_owned(),
        tags: Tags::default(),
        created_at: NOW,
        updated_at: NOW,
        version: 1,
        secret_version: 1,
    }
}

pub(crate) fn user(number: u8, kind: UserKind) -> OnBehalfOf {
    OnBehalfOf::User(User {
        id: UserId::from_bytes([number; 16]),
        kind,
    })
}

pub(crate) fn grant(agent: Option<u8>, provider: u8, with_user: WithUser) -> AdministratorGrant {
    AdministratorGrant {
        id: GrantId::from_bytes([7; 16]),
        agent: agent.map(|number| AgentId::from_bytes([number; 16])),
        provider: ProviderId::from_bytes([provider; 16]),
        scopes: Covered::Every,
        with_user,
        created_at: NOW,
    }
}

/// Everything of a use, owned, so that a test changes one thing of an honest flow.
#[derive(Clone, Debug)]
pub(crate) struct Flow {
    pub(crate) caller: Caller,
    pub(crate) agent: (AccountId, WorkloadIdentity),
    pub(crate) whom: (AccountId, OnBehalfOf),
    pub(crate) provider: (AccountId, CredentialProvider),
    pub(crate) grants: Vec<AdministratorGrant>,
    pub(crate) task: Task,
}

impl Flow {
    /// Agent 1 gets the key of provider 1 for verified user 1, by a grant for exactly that.
    pub(crate) fn honest() -> Self {
        Self {
            caller: key(own(), &[Role::AgentHost]),
            agent: (own(), agent(1, AgentState::Active)),
            whom: (own(), user(1, UserKind::Verified)),
            provider: (own(), provider(1)),
            grants: vec![grant(Some(1), 1, WithUser::Optional)],
            task: Task::default(),
        }
    }

    pub(crate) fn by(self, caller: Caller) -> Self {
        Self { caller, ..self }
    }

    pub(crate) fn with(self, account: AccountId, number: u8, state: AgentState) -> Self {
        Self {
            agent: (account, agent(number, state)),
            ..self
        }
    }

    pub(crate) fn on_behalf_of(self, account: AccountId, whom: OnBehalfOf) -> Self {
        Self {
            whom: (account, whom),
            ..self
        }
    }

    pub(crate) fn to(self, account: AccountId, number: u8) -> Self {
        Self {
            provider: (account, provider(number)),
            ..self
        }
    }

    pub(crate) fn granted(self, grants: &[(Option<u8>, u8, WithUser)]) -> Self {
        let grants = grants
            .iter()
            .map(|(agent, to, with_user)| grant(*agent, *to, *with_user));
        Self {
            grants: grants.collect(),
            ..self
        }
    }

    pub(crate) fn asked_of(&self, authority: &Authority) -> Verdict {
        authority.may_release(&self.asking_for(Credential::ApiKey))
    }

    /// The use of another credential by the same.
    pub(crate) fn asking_for<'a>(&'a self, credential: Credential<'a>) -> Use<'a> {
        Use {
            caller: &self.caller,
            agent: AgentOf {
                account: self.agent.0,
                agent: &self.agent.1,
                now: NOW,
            },
            whom: Whom {
                account: self.whom.0,
                on_behalf_of: self.whom.1,
            },
            provider: ProviderOf {
                account: self.provider.0,
                provider: &self.provider.1,
            },
            credential,
            grants: &self.grants,
            through: &[],
            task: &self.task,
            good_for: None,
        }
    }

    /// The question that says no, if one does.
    pub(crate) fn no_of(&self, authority: &Authority) -> Option<&'static str> {
        self.asked_of(authority)
            .denial()
            .map(|denial| denial.question.as_str())
    }
}

/// Everything that a call can be about, with a name for it.
pub(crate) struct Place {
    account: AccountId,
    vault: VaultName,
    agents: [WorkloadIdentity; 3],
    provider: CredentialProvider,
}

impl Place {
    pub(crate) fn of(account: AccountId) -> Self {
        let agents = [
            AgentState::Active,
            AgentState::Suspended,
            AgentState::Retired,
        ];
        Self {
            account,
            vault: VaultName::default_vault(),
            agents: agents.map(|state| agent(1, state)),
            provider: provider(1),
        }
    }

    pub(crate) fn targets(&self) -> [(&'static str, Target<'_>); 8] {
        let account = self.account;
        let agent = |agent| {
            Target::Agent(AgentOf {
                account,
                agent,
                now: NOW,
            })
        };
        let [active, suspended, retired] = &self.agents;
        [
            ("deployment", Target::Deployment),
            ("account", Target::Account(account)),
            ("directory", Target::Directory(account)),
            (
                "vault",
                Target::Vault {
                    account,
                    vault: &self.vault,
                },
            ),
            ("agent", agent(active)),
            ("suspended agent", agent(suspended)),
            ("retired agent", agent(retired)),
            (
                "provider",
                Target::Provider(ProviderOf {
                    account,
                    provider: &self.provider,
                }),
            ),
        ]
    }
}

pub(crate) fn baseline() -> Authority {
    Authority::new(Rules::Baseline).unwrap()
}

pub(crate) fn strict() -> Authority {
    Authority::new(Rules::Strict).unwrap()
}

/// Somebody's own policies: one that permits everything.
pub(crate) fn permit_everything() -> Authority {
    let text = r#"@id("everything") permit (principal, action, resource);"#;
    Authority::from_text(crate::SCHEMA, text).unwrap()
}

/// The baseline with somebody's own policies.
pub(crate) fn baseline_and(policies: &str) -> Authority {
    Authority::from_text(crate::SCHEMA, &(Rules::Baseline.text() + policies)).unwrap()
}

/// Every call that can be formed: by everyone and by a key without a role, on everything of both
/// accounts.
pub(crate) fn every_call(mut each: impl FnMut(&Caller, Action, &Target<'_>)) {
    let callers = Who::ALL
        .map(caller)
        .into_iter()
        .chain([key(own(), &[]), key(own(), &Role::ALL)]);
    for caller in callers {
        for place in [Place::of(own()), Place::of(foreign())] {
            for (_, target) in place.targets() {
                for action in Action::ALL {
                    each(&caller, action, &target);
                }
            }
        }
    }
}

/// The text is that of the reviewed file; `UPDATE_GOLDEN=1` rewrites the file.
#[expect(
    clippy::disallowed_methods,
    reason = "a developer's switch, read in tests alone"
)]
pub(crate) fn assert_golden(name: &str, text: &str) {
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let reviewed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(reviewed == text, "{path} differs; now it would be:\n{text}");
}
