//! What is known about who asks and what is asked for, as entities of the policy language.
//!
//! INVARIANT: each function gives the type that the schema declares exactly its attributes and its
//! ancestors. Requests are therefore not validated against the schema one by one (5 µs each, by
//! measurement); the test `every_entity_conforms_to_the_schema` holds it. Ancestors are given flat:
//! the places themselves have no attributes and are not sent along.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;

use cedar_policy::{Entity, EntityId, EntityTypeName, EntityUid, RestrictedExpression};
use procura_core::account::AccountId;
use procura_core::name::VaultName;
use procura_core::user::OnBehalfOf;

use crate::policies::InvalidPolicies;
use crate::request::{AgentOf, Caller, ProviderOf, Target, Whom};
use crate::table::Who;

/// The names of the types, parsed once.
pub(crate) struct Vocabulary {
    account: EntityTypeName,
    action: EntityTypeName,
    agent: EntityTypeName,
    agent_caller: EntityTypeName,
    agent_state: EntityTypeName,
    caller: EntityTypeName,
    deployment: EntityTypeName,
    directory: EntityTypeName,
    no_user: EntityTypeName,
    operator: EntityTypeName,
    provider: EntityTypeName,
    provider_kind: EntityTypeName,
    role: EntityTypeName,
    user: EntityTypeName,
    user_kind: EntityTypeName,
    vault: EntityTypeName,
}

/// An entity, or why there is none: then the answer is no.
type Built = Result<Entity, String>;

impl Vocabulary {
    pub(crate) fn new() -> Result<Self, InvalidPolicies> {
        let name = |basename: &str| {
            EntityTypeName::from_str(&format!("Procura::{basename}")).map_err(|error| {
                InvalidPolicies::Schema {
                    reason: error.to_string(),
                }
            })
        };
        Ok(Self {
            account: name("Account")?,
            action: name("Action")?,
            agent: name("Agent")?,
            agent_caller: name("AgentCaller")?,
            agent_state: name("AgentState")?,
            caller: name("Caller")?,
            deployment: name("Deployment")?,
            directory: name("Directory")?,
            no_user: name("NoUser")?,
            operator: name("Operator")?,
            provider: name("Provider")?,
            provider_kind: name("ProviderKind")?,
            role: name("Role")?,
            user: name("User")?,
            user_kind: name("UserKind")?,
            vault: name("Vault")?,
        })
    }

    /// The uid of an action or of a group of actions.
    pub(crate) fn action(&self, name: &str) -> EntityUid {
        uid(&self.action, name)
    }

    pub(crate) fn caller(&self, caller: &Caller) -> Built {
        match caller {
            Caller::AccessKey { id, account, roles } => {
                let roles = roles.iter().map(|role| uid(&self.role, role.as_str()));
                entity(
                    uid(&self.caller, id.as_str()),
                    [self.account_of(*account)],
                    roles,
                )
            }
            // In policies it is the role, whoever put it on.
            Caller::Session {
                account,
                role,
                roles,
                ..
            } => {
                let roles = roles.iter().map(|role| uid(&self.role, role.as_str()));
                entity(
                    uid(&self.caller, &role.to_string()),
                    [self.account_of(*account)],
                    roles,
                )
            }
            Caller::Agent {
                key,
                account,
                agent,
            } => {
                let agent = reference(uid(&self.agent, &agent.to_string()));
                entity(
                    uid(&self.agent_caller, key.as_str()),
                    [self.account_of(*account), ("agent", agent)],
                    [],
                )
            }
            Caller::Operator => {
                let name = Who::Operator.as_str();
                entity(uid(&self.operator, name), [], [uid(&self.role, name)])
            }
        }
    }

    pub(crate) fn agent(
        &self,
        AgentOf {
            account,
            agent,
            now,
        }: AgentOf<'_>,
    ) -> Built {
        let attributes = [
            self.account_of(account),
            ("name", text(agent.name.as_str())),
            (
                "state",
                reference(uid(&self.agent_state, agent.standing(now).as_str())),
            ),
        ];
        let parents = [self.directory_uid(account), self.account_uid(account)];
        entity(uid(&self.agent, &agent.id.to_string()), attributes, parents)
    }

    pub(crate) fn whom(
        &self,
        Whom {
            account,
            on_behalf_of,
        }: Whom,
    ) -> Built {
        match on_behalf_of {
            OnBehalfOf::NoUser => entity(
                uid(&self.no_user, account.as_str()),
                [self.account_of(account)],
                [],
            ),
            OnBehalfOf::User(user) => {
                let kind = reference(uid(&self.user_kind, user.kind.as_str()));
                let attributes = [self.account_of(account), ("kind", kind)];
                entity(uid(&self.user, &user.id.to_string()), attributes, [])
            }
        }
    }

    pub(crate) fn provider(&self, ProviderOf { account, provider }: ProviderOf<'_>) -> Built {
        let attributes = [
            self.account_of(account),
            ("vault", text(provider.vault.as_str())),
            (
                "kind",
                reference(uid(&self.provider_kind, provider.kind.as_str())),
            ),
            ("name", text(provider.name.as_str())),
        ];
        let parents = [
            self.vault_uid(account, &provider.vault),
            self.account_uid(account),
        ];
        entity(
            uid(&self.provider, &provider.id.to_string()),
            attributes,
            parents,
        )
    }

    pub(crate) fn target(&self, target: Target<'_>) -> Built {
        match target {
            Target::Deployment => entity(uid(&self.deployment, "deployment"), [], []),
            Target::Account(account) => entity(self.account_uid(account), [], []),
            Target::Directory(account) => {
                entity(self.directory_uid(account), [], [self.account_uid(account)])
            }
            Target::Vault { account, vault } => entity(
                self.vault_uid(account, vault),
                [],
                [self.account_uid(account)],
            ),
            Target::Agent(agent) => self.agent(agent),
            Target::Provider(provider) => self.provider(provider),
        }
    }

    fn account_of(&self, account: AccountId) -> (&'static str, RestrictedExpression) {
        ("account", reference(self.account_uid(account)))
    }

    /// The type of holders of keys and of roles.
    pub(crate) const fn caller_type(&self) -> &EntityTypeName {
        &self.caller
    }

    pub(crate) fn account_uid(&self, account: AccountId) -> EntityUid {
        uid(&self.account, account.as_str())
    }

    fn directory_uid(&self, account: AccountId) -> EntityUid {
        uid(&self.directory, account.as_str())
    }

    /// A slash is in neither alphabet, so that no two vaults have one uid.
    fn vault_uid(&self, account: AccountId, vault: &VaultName) -> EntityUid {
        uid(&self.vault, &format!("{account}/{vault}"))
    }
}

/// An id goes in as it is: it is never parsed as policy text, so it can hold no syntax.
fn uid(of: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(of.clone(), EntityId::new(id))
}

fn text(value: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(value.to_owned())
}

fn reference(to: EntityUid) -> RestrictedExpression {
    RestrictedExpression::new_entity_uid(to)
}

fn entity<const N: usize>(
    uid: EntityUid,
    attributes: [(&str, RestrictedExpression); N],
    parents: impl IntoIterator<Item = EntityUid>,
) -> Built {
    let attributes: HashMap<_, _> = attributes
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let parents: HashSet<_> = parents.into_iter().collect();
    Entity::new(uid, attributes, parents).map_err(|error| error.to_string())
}
