//! Grants: what somebody allowed an agent to get from a provider.

use crate::id::{AgentId, GrantId, ProviderId};
use crate::time::Timestamp;
use crate::user::OnBehalfOf;

/// Whether a use under an administrator's grant needs a user behind the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithUser {
    /// Only for a user.
    Required,
    /// With or without one.
    Optional,
    /// Only without one.
    Never,
}

impl WithUser {
    /// The word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Optional => "optional",
            Self::Never => "never",
        }
    }

    /// What a stored word means.
    pub fn from_stored(text: &str) -> Option<Self> {
        match text {
            "required" => Some(Self::Required),
            "optional" => Some(Self::Optional),
            "never" => Some(Self::Never),
            _ => None,
        }
    }

    /// Whether a use on behalf of `whom` is of this kind.
    pub const fn admits(self, whom: OnBehalfOf) -> bool {
        matches!(
            (self, whom),
            (Self::Optional, _)
                | (Self::Required, OnBehalfOf::User(_))
                | (Self::Never, OnBehalfOf::NoUser)
        )
    }
}

/// An administrator's grant: agents may use a provider's own credential (an API key, later M2M).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdministratorGrant {
    /// Its id.
    pub id: GrantId,
    /// The agent, or every agent of the account.
    pub agent: Option<AgentId>,
    /// The provider.
    pub provider: ProviderId,
    /// Whether a user is needed.
    pub with_user: WithUser,
    /// When it was made.
    pub created_at: Timestamp,
}

impl AdministratorGrant {
    /// Whether this grant covers a use of `provider` by `agent` on behalf of `whom`.
    pub fn covers(&self, agent: AgentId, provider: ProviderId, whom: OnBehalfOf) -> bool {
        let names_agent = self.agent.is_none_or(|granted| granted == agent);
        names_agent && self.provider == provider && self.with_user.admits(whom)
    }
}
