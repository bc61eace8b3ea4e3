//! Policies of an account: what an operator wrote beside the rules that are compiled in.

use crate::name::names;
use crate::time::Timestamp;

/// The longest policy, in bytes.
pub const POLICY_BYTES_MAX: usize = 10_240;
/// How many policies an account has at most.
pub const POLICIES_MAX: usize = 1_000;

names! {
    /// The id of a policy of an account.
    AccountPolicyId("a policy's id", 1..=64, "[a-z0-9-]");
}

/// What becomes of what a policy says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyMode {
    /// It counts.
    Active,
    /// It stands in the records, and changes nothing.
    LogOnly,
}

impl PolicyMode {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::LogOnly => "log-only",
        }
    }

    /// The mode of this word.
    pub fn from_stored(word: &str) -> Option<Self> {
        [Self::Active, Self::LogOnly]
            .into_iter()
            .find(|mode| mode.as_str() == word)
    }
}

/// A policy of an account, as it is now or was once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountPolicy {
    /// Its id.
    pub id: AccountPolicyId,
    /// How often it was written; numbers go on after it was deleted.
    pub version: u64,
    /// What becomes of what it says.
    pub mode: PolicyMode,
    /// What it says.
    pub text: String,
    /// When it was written like this.
    pub updated_at: Timestamp,
    /// Who wrote it like this.
    pub updated_by: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_short_and_plain() {
        for good in ["a", "no-payroll-at-night", "2", &"x".repeat(64)] {
            assert!(good.parse::<AccountPolicyId>().is_ok(), "{good}");
        }
        for bad in ["", "A", "a_b", "a/b", "a b", "ä", &"x".repeat(65)] {
            assert!(bad.parse::<AccountPolicyId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_mode_has_one_word() {
        for mode in [PolicyMode::Active, PolicyMode::LogOnly] {
            assert_eq!(PolicyMode::from_stored(mode.as_str()), Some(mode));
        }
        assert_eq!(PolicyMode::from_stored("off"), None);
    }
}
