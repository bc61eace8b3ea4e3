//! Workload identities: the agents.

use crate::id::AgentId;
use crate::name::WorkloadName;
use crate::tag::Tags;
use crate::time::Timestamp;

/// Whether an agent may act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentState {
    /// It may.
    Active,
    /// Not now: an operator stopped it.
    Suspended,
    /// Never again.
    Retired,
}

impl AgentState {
    /// The word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Retired => "retired",
        }
    }

    /// The state after a change to `to`, active or suspended; none if there is no way back.
    pub const fn changed(self, to: Self) -> Option<Self> {
        match (self, to) {
            (Self::Active | Self::Suspended, Self::Active | Self::Suspended) => Some(to),
            _ => None,
        }
    }

    /// The state that a stored word means.
    pub fn from_stored(text: &str) -> Option<Self> {
        match text {
            "active" => Some(Self::Active),
            "suspended" => Some(Self::Suspended),
            "retired" => Some(Self::Retired),
            _ => None,
        }
    }
}

/// An agent. A re-created name is a new agent with a new id, so nothing of the old one follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkloadIdentity {
    /// Its id.
    pub id: AgentId,
    /// Its name, unique in the account.
    pub name: WorkloadName,
    /// Whether it may act.
    pub state: AgentState,
    /// Where a browser may be sent after a three-legged flow.
    pub return_urls: Vec<String>,
    /// Its tags.
    pub tags: Tags,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// How often it was written; every change is a compare-and-set on it.
    pub version: u64,
}

#[cfg(test)]
mod tests {
    use super::AgentState::{Active, Retired, Suspended};

    #[test]
    fn a_retired_agent_stays_retired() {
        assert_eq!(Active.changed(Suspended), Some(Suspended));
        assert_eq!(Suspended.changed(Active), Some(Active));
        assert_eq!(Retired.changed(Active), None);
        assert_eq!(Active.changed(Retired), None);
    }
}
