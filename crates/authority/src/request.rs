//! What is asked about: who calls, what it calls on, and who is behind a use.
//!
//! Rows of an account do not carry its id (they are reachable only through it), so each comes with
//! the account that it was read from. SECURITY: take that account from the row's own transaction
//! or token, never from another part of the same request; the rule `across-accounts` compares them.

use std::sync::Arc;

use procura_core::access_key::{AccessKeyId, Role};
use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::connection::Consent;
use procura_core::credential_provider::CredentialProvider;
use procura_core::grant::AdministratorGrant;
use procura_core::id::{AgentId, RoleId};
use procura_core::name::VaultName;
use procura_core::sabotage::defect;
use procura_core::scope::Scopes;
use procura_core::task::Task;
use procura_core::time::Timestamp;
use procura_core::user::OnBehalfOf;
use procura_core::workload_identity::WorkloadIdentity;

use crate::inline::Inline;

/// Who makes an API call. There is no default and no anonymous caller: a request whose caller is
/// not known does not get this far (attack I21).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Who signed with an access key that is in force.
    AccessKey {
        /// The key.
        id: AccessKeyId,
        /// Whose it is.
        account: AccountId,
        /// What its holder is. With none, it may do nothing.
        roles: Vec<Role>,
    },
    /// An agent that said itself who it is, by a token of the issuer of its workload. It may act as
    /// this agent and as no other.
    Agent {
        /// The temporary key that it signs with.
        key: AccessKeyId,
        /// Whose it is.
        account: AccountId,
        /// The agent.
        agent: AgentId,
    },
    /// Who put a role on for a while.
    Session {
        /// The temporary key that it signs with.
        key: AccessKeyId,
        /// Whose it is.
        account: AccountId,
        /// The role.
        role: RoleId,
        /// What the role has of managed policies.
        roles: Vec<Role>,
        /// What is written into it.
        inline: Arc<Inline>,
    },
    /// Whoever could open the local socket (0600).
    Operator,
}

impl Caller {
    /// The account that the caller belongs to; the operator belongs to none.
    pub const fn account(&self) -> Option<AccountId> {
        match self {
            Self::AccessKey { account, .. }
            | Self::Agent { account, .. }
            | Self::Session { account, .. } => Some(*account),
            Self::Operator => None,
        }
    }

    /// What is written into the role that it has on.
    pub(crate) fn inline(&self) -> Option<&Inline> {
        match self {
            Self::Session { inline, .. } => {
                Some(inline.as_ref()).filter(|inline| !inline.is_empty())
            }
            Self::AccessKey { .. } | Self::Agent { .. } | Self::Operator => None,
        }
    }

    /// Whether something is forbidden to it that its role's managed policies may give.
    pub fn is_restricted(&self) -> bool {
        self.inline()
            .is_some_and(|inline| !inline.forbids().is_empty())
    }

    /// Whether the caller may act as `agent` as far as it is known who it is. The policies say what
    /// it may do then.
    pub fn may_be(&self, agent: AgentId) -> bool {
        match self {
            Self::AccessKey { .. } | Self::Session { .. } | Self::Operator => true,
            Self::Agent { agent: own, .. } => *own == agent,
        }
    }
}

/// An agent of an account.
#[derive(Debug, Clone, Copy)]
pub struct AgentOf<'a> {
    /// The account that it was read from.
    pub account: AccountId,
    /// The agent.
    pub agent: &'a WorkloadIdentity,
    /// When it is asked about: its time may be over.
    pub now: Timestamp,
}

/// A credential provider of an account.
#[derive(Debug, Clone, Copy)]
pub struct ProviderOf<'a> {
    /// The account that it was read from.
    pub account: AccountId,
    /// The provider.
    pub provider: &'a CredentialProvider,
}

/// Whom an agent acts for, by the token that it presented.
#[derive(Debug, Clone, Copy)]
pub struct Whom {
    /// The account of the token.
    pub account: AccountId,
    /// The user, or explicitly nobody.
    pub on_behalf_of: OnBehalfOf,
}

/// What an API call is about.
///
/// When the named agent or provider does not exist, ask about the place it would be in: a yes says
/// that the caller may learn that nothing is there. Minting and using have no such form; ask with
/// the action that reads the thing.
#[derive(Debug, Clone, Copy)]
pub enum Target<'a> {
    /// The installation.
    Deployment,
    /// An account: its access keys and its records.
    Account(AccountId),
    /// The agents of an account: to make one, to list them.
    Directory(AccountId),
    /// A token vault: to read it, to make a provider in it, to list its providers.
    Vault {
        /// Whose it is.
        account: AccountId,
        /// Its name.
        vault: &'a VaultName,
    },
    /// An agent.
    Agent(AgentOf<'a>),
    /// A credential provider.
    Provider(ProviderOf<'a>),
}

/// What of a provider is asked for.
#[derive(Debug, Clone, Copy)]
pub enum Credential<'a> {
    /// Its API key, whole.
    ApiKey,
    /// A token that its client gets for itself, for these scopes.
    MachineToken(&'a Scopes),
    /// A token that it gives for the user's own, for these scopes.
    ExchangedToken(&'a Scopes),
    /// A token that it gave for the user, for these scopes.
    UserToken {
        /// What is asked for.
        scopes: &'a Scopes,
        /// The user's consent, if there is one.
        consent: Option<&'a Consent>,
    },
}

impl<'a> Credential<'a> {
    /// The scopes, of a credential that has any.
    pub const fn scopes(self) -> Option<&'a Scopes> {
        match self {
            Self::ApiKey => None,
            Self::MachineToken(scopes)
            | Self::ExchangedToken(scopes)
            | Self::UserToken { scopes, .. } => Some(scopes),
        }
    }

    /// The call by which it is asked for, and what is then asked of the agent and of the user.
    pub(crate) const fn actions(self) -> (Action, Action) {
        match self {
            Self::ApiKey => (Action::GetResourceApiKey, Action::ReleaseApiKey),
            Self::MachineToken(_) => (Action::GetResourceOauth2Token, Action::ReleaseMachineToken),
            Self::ExchangedToken(_) => (
                Action::GetResourceOauth2Token,
                Action::ReleaseExchangedToken,
            ),
            Self::UserToken { .. } => (Action::GetResourceOauth2Token, Action::ReleaseUserToken),
        }
    }
}

/// An agent that another acts through: it handed on a token, or began.
#[derive(Debug, Clone, Copy)]
pub struct Through<'a> {
    /// The agent.
    pub agent: AgentOf<'a>,
    /// What the user lets it have of the provider, if anything.
    pub consent: Option<&'a Consent>,
}

/// A use of a credential of a provider: everything that the questions are asked about.
#[derive(Debug, Clone, Copy)]
pub struct Use<'a> {
    /// Who presented the agent's token.
    pub caller: &'a Caller,
    /// The agent that the token is of.
    pub agent: AgentOf<'a>,
    /// Whom it acts for.
    pub whom: Whom,
    /// The provider whose credential is asked for.
    pub provider: ProviderOf<'a>,
    /// Which credential of it.
    pub credential: Credential<'a>,
    /// The administrator's grants in force that may cover it; others do no harm. They never cover
    /// what is a user's to grant.
    pub grants: &'a [AdministratorGrant],
    /// The agents that the agent acts through, who began first. Each has to have the right that it has.
    pub through: &'a [Through<'a>],
    /// What the token is limited to.
    pub task: &'a Task,
    /// What the credential is good for that is let out, where that is known: it may be more than is
    /// asked for, and it is let out whole.
    pub good_for: Option<&'a Scopes>,
}

impl<'a> Use<'a> {
    /// The agents that it acts through, each with its number, from 1.
    pub(crate) fn through(&self) -> impl Iterator<Item = (u8, &'a Through<'a>)> + use<'a> {
        // What `cargo xtask prove narrowing` has to find.
        let through: &[_] = if defect("wide-chain") {
            &[]
        } else {
            self.through
        };
        (1..).zip(through)
    }

    /// What the task and the agents that are acted through have to cover: what is asked for, and what
    /// is let out with it.
    pub(crate) fn reach(&self) -> impl Iterator<Item = Option<&'a Scopes>> + use<'a> {
        let known = self.good_for.filter(|scopes| !scopes.is_empty());
        let asked = self.credential.scopes();
        // Who asked for nothing by name gets what there is, where that is known.
        let is_asked = known.is_none() || asked.is_some_and(|scopes| !scopes.is_empty());
        let asked = is_asked.then_some(asked);
        asked.into_iter().chain(known.map(Some))
    }
}
