//! Workload identities: the agents.

use std::fmt;
use std::str::FromStr;

use crate::id::AgentId;
use crate::name::WorkloadName;
use crate::stated_reason::{StatedReason, is_printable};
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

    /// The state after a change to `to`; none from retired, from where there is no way back.
    pub const fn changed(self, to: Self) -> Option<Self> {
        match self {
            Self::Active | Self::Suspended => Some(to),
            Self::Retired => None,
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

/// Whether an agent may act at a moment: what was made of it, and whether its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentStanding {
    /// It may.
    Active,
    /// Its time is over; it can be given more.
    Expired,
    /// An operator stopped it.
    Suspended,
    /// Never again.
    Retired,
}

impl AgentStanding {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Active, Self::Expired, Self::Suspended, Self::Retired];

    /// The word for it, in policies and for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Suspended => "suspended",
            Self::Retired => "retired",
        }
    }

    /// The one of this word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|standing| standing.as_str() == word)
    }
}

/// The longest name of an owner, in characters.
const OWNER_CHARACTERS_MAX: usize = 128;

/// Why a text names no owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("name the owner in 1 to 128 characters of one line, without control characters")]
pub struct InvalidOwner;

/// Who answers for an agent: a person or a team, in the words of whoever says so. Nobody gets
/// anything by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentOwner(String);

impl AgentOwner {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AgentOwner {
    type Err = InvalidOwner;

    fn from_str(text: &str) -> Result<Self, InvalidOwner> {
        let has_ends = text.trim() != text;
        let is_bounded = (1..=OWNER_CHARACTERS_MAX).contains(&text.chars().count());
        if is_bounded && !has_ends && text.chars().all(is_printable) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidOwner)
        }
    }
}

impl fmt::Display for AgentOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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
    /// Why it has this state, if whoever gave it to it said so.
    pub state_reason: Option<StatedReason>,
    /// Who answers for it; not known of those that were made before owners were.
    pub owner: Option<AgentOwner>,
    /// From when on it gets nothing, if it has an end.
    pub expires_at: Option<Timestamp>,
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

impl WorkloadIdentity {
    /// Whether it may act at `now`. Every question whether an agent may is this one.
    pub fn standing(&self, now: Timestamp) -> AgentStanding {
        match self.state {
            AgentState::Retired => AgentStanding::Retired,
            AgentState::Suspended => AgentStanding::Suspended,
            AgentState::Active if self.expires_at.is_some_and(|end| end <= now) => {
                AgentStanding::Expired
            }
            AgentState::Active => AgentStanding::Active,
        }
    }

    /// The same as a yes or a no.
    pub fn may_act(&self, now: Timestamp) -> bool {
        self.standing(now) == AgentStanding::Active
    }
}

#[cfg(test)]
mod tests {
    use super::AgentOwner;
    use super::AgentState::{Active, Retired, Suspended};

    #[test]
    fn a_retired_agent_stays_retired() {
        assert_eq!(Active.changed(Suspended), Some(Suspended));
        assert_eq!(Suspended.changed(Active), Some(Active));
        assert_eq!(Retired.changed(Active), None);
        assert_eq!(Active.changed(Retired), Some(Retired));
        assert_eq!(Retired.changed(Retired), None);
    }

    #[test]
    fn an_owner_is_one_printable_line() {
        let team = "Team „Mail“ <mail@example.com>";
        assert_eq!(team.parse::<AgentOwner>().unwrap().as_str(), team);
        for bad in ["", " a", "a\nb", "a\u{202e}b"] {
            assert!(bad.parse::<AgentOwner>().is_err(), "{bad:?}");
        }
        assert!("x".repeat(129).parse::<AgentOwner>().is_err());
    }
}
