//! Temporary access keys: what somebody signs with for a while who showed otherwise who they are.

use crate::access_key::AccessKeyId;
use crate::account::AccountId;
use crate::id::{AgentId, RoleId, TrustBindingId};
use crate::time::Timestamp;

/// What the token of every temporary key begins with. Never change it: secret scanners know it.
pub const SESSION_TOKEN_PREFIX: &str = "procura_sst_";
/// The longest text that can be one, in bytes.
pub const SESSION_TOKEN_BYTES_MAX: usize = 128;
/// How long a key is good unless another time is asked for, in seconds.
pub const LIFETIME_S: i64 = 3600;
/// The shortest time that may be asked for, in seconds.
pub const LIFETIME_MIN_S: i64 = 900;
/// The longest time of an agent's key, in seconds.
pub const AGENT_LIFETIME_MAX_S: i64 = 3600;

/// Who signs with a temporary key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// An agent, by what its binding says. It is this agent and may act for no other.
    Agent {
        /// The agent.
        agent: AgentId,
        /// Why it is believed. The key ends with it.
        binding: TrustBindingId,
    },
    /// Somebody who put a role on.
    Role {
        /// The role. The key has what the role has at each use, and ends with it.
        role: RoleId,
        /// How. The key ends with that, too.
        by: AssumedBy,
    },
}

/// How a role was put on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssumedBy {
    /// With this lasting access key.
    AccessKey(AccessKeyId),
    /// By a token of this issuer, which is registered in the account.
    Issuer(String),
}

/// A temporary access key without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemporaryKey {
    /// Its id.
    pub id: AccessKeyId,
    /// Whose it is.
    pub account: AccountId,
    /// Who signs with it.
    pub holder: Holder,
    /// What its holder calls this use of it (`RoleSessionName`).
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// The first moment at which it is no longer good.
    pub expires_at: Timestamp,
}

/// The life that was asked for, if it is one that may be: in seconds.
pub const fn lifetime_s(asked: Option<i64>, most: i64) -> Option<i64> {
    match asked {
        None => Some(if LIFETIME_S < most { LIFETIME_S } else { most }),
        Some(asked) if asked >= LIFETIME_MIN_S && asked <= most => Some(asked),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_has_bounds() {
        assert_eq!(lifetime_s(None, 3600), Some(3600));
        assert_eq!(lifetime_s(None, 43_200), Some(3600));
        assert_eq!(lifetime_s(Some(900), 3600), Some(900));
        assert_eq!(lifetime_s(Some(899), 3600), None);
        assert_eq!(lifetime_s(Some(3601), 3600), None);
    }
}
