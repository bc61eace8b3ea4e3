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
