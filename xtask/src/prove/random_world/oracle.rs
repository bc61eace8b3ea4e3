//! What was granted, and who may have what by that: written from the rule, not from the service.

/// How much there is. Resources are API keys, and scopes of machine tokens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) accounts: usize,
    pub(super) users: usize,
    pub(super) agents: usize,
    /// Providers of API keys in an account.
    pub(super) keys: usize,
    /// Providers of tokens in an account.
    pub(super) clients: usize,
}

/// The scopes that each provider of tokens has.
pub(super) const SCOPES: [&str; 3] = ["read", "repo", "write"];

impl Size {
    pub(super) const fn resources(self) -> usize {
        self.keys + self.clients * SCOPES.len()
    }
}

/// A set of [`SCOPES`], by their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ScopeSet(pub(super) [bool; 3]);

impl ScopeSet {
    pub(super) fn names(self) -> Vec<&'static str> {
        let all = SCOPES.iter().zip(self.0);
        all.filter_map(|(name, is_in)| is_in.then_some(*name))
            .collect()
    }

    fn is_within(self, other: Self) -> bool {
        let mut pairs = self.0.iter().zip(other.0);
        pairs.all(|(own, others)| !own || others)
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resource {
    /// The key of the API-key provider of this number.
    Key(usize),
    /// A token of the provider of this number, for these scopes.
    Token(usize, ScopeSet),
}

/// Whether somebody must be behind the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Behind {
    Required,
    Optional,
    Never,
}

impl Behind {
    pub(super) const ALL: [Self; 3] = [Self::Required, Self::Optional, Self::Never];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Optional => "optional",
            Self::Never => "never",
        }
    }
}

/// Something is granted.
#[derive(Debug, Clone)]
pub(super) struct Granted {
    /// As the service calls it.
    pub(super) id: String,
    /// To the agent of this number; none is all.
    pub(super) agent: Option<usize>,
    /// A key; or a provider's tokens, for scopes among these.
    pub(super) resource: Resource,
    pub(super) behind: Behind,
}

impl Granted {
    fn covers(&self, agent: usize, has_user: bool, asked: Resource) -> bool {
        let is_granted_to = self.agent.is_none_or(|own| own == agent);
        let is_so = match self.behind {
            Behind::Required => has_user,
            Behind::Never => !has_user,
            Behind::Optional => true,
        };
        let is_of = match (self.resource, asked) {
            (Resource::Key(own), Resource::Key(other)) => own == other,
            (Resource::Token(own, granted), Resource::Token(other, scopes)) => {
                own == other && scopes.is_within(granted)
            }
            (Resource::Key(_), Resource::Token(..)) | (Resource::Token(..), Resource::Key(_)) => {
                false
            }
        };
        is_granted_to && is_so && is_of
    }
}

/// An account, as far as it says who may have what.
#[derive(Debug, Default)]
pub(super) struct Rights {
    pub(super) grants: Vec<Granted>,
    /// Whether the agent of each number may act.
    pub(super) is_active: Vec<bool>,
}

impl Rights {
    /// Whether an agent gets this, for a user or for itself.
    pub(super) fn may(&self, agent: usize, has_user: bool, asked: Resource) -> bool {
        let is_active = self.is_active.get(agent).copied().unwrap_or_default();
        let mut grants = self.grants.iter();
        is_active && grants.any(|grant| grant.covers(agent, has_user, asked))
    }
}
