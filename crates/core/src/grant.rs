//! Grants: what somebody allowed an agent to get from a provider.

use crate::id::{AgentId, GrantId, ProviderId};
use crate::sabotage::defect;
use crate::scope::Scopes;
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

/// Which scopes a grant covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Covered {
    /// Whatever the provider lets its client have.
    Every,
    /// These and no other.
    Only(Scopes),
}

impl Covered {
    /// Whether each scope that is `asked` for is covered. Who asks for none leaves the choice to
    /// the provider: only a grant of every scope covers that, because the choice is not known
    /// before the token is there.
    pub fn covers(&self, asked: &Scopes) -> bool {
        match self {
            Self::Every => true,
            Self::Only(scopes) => !asked.is_empty() && asked.is_subset(scopes),
        }
    }
}

/// An administrator's grant: agents may use a provider's own credential (an API key, a token that
/// the provider's client gets for itself).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdministratorGrant {
    /// Its id.
    pub id: GrantId,
    /// The agent, or every agent of the account.
    pub agent: Option<AgentId>,
    /// The provider.
    pub provider: ProviderId,
    /// What of the provider.
    pub scopes: Covered,
    /// Whether a user is needed.
    pub with_user: WithUser,
    /// When it was made.
    pub created_at: Timestamp,
}

impl AdministratorGrant {
    /// Whether this grant covers a use of `provider` by `agent` on behalf of `whom`; of its
    /// scopes, if the credential has any (an API key has none).
    pub fn covers(
        &self,
        agent: AgentId,
        provider: ProviderId,
        whom: OnBehalfOf,
        scopes: Option<&Scopes>,
    ) -> bool {
        let names_agent =
            self.agent.is_none_or(|granted| granted == agent) || defect("grant-of-any-agent");
        let in_scope = scopes.is_none_or(|asked| self.scopes.covers(asked));
        names_agent && self.provider == provider && self.with_user.admits(whom) && in_scope
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::ScopeSeparator;

    #[test]
    fn a_grant_of_some_scopes_covers_no_other_and_no_unnamed_ones() {
        let scopes = |text| Scopes::from_text(text, ScopeSeparator::Space).unwrap();
        let some = Covered::Only(scopes("read list"));
        assert!(some.covers(&scopes("read")));
        assert!(!some.covers(&scopes("read write")));
        assert!(!some.covers(&scopes("")));
        assert!(Covered::Every.covers(&scopes("")));
    }
}
