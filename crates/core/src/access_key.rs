//! Access keys: who signs requests.

use std::fmt;
use std::str::FromStr;

use rand_core::CryptoRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::account::AccountId;
use crate::entropy::random_bytes;
use crate::secret::{Plain, kind::AccessKeySecret};
use crate::time::Timestamp;

/// What the id of an access key begins with. Never change it: secret scanners know it.
pub const ACCESS_KEY_PREFIX: &str = "PRCA";
/// What the id of a temporary access key begins with. Never change it: secret scanners know it.
pub const TEMPORARY_KEY_PREFIX: &str = "PRCS";

/// The public half of an access key: `PRCA`, or `PRCS` for a temporary one, and 16 of `A-Z2-7`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccessKeyId([u8; 20]);

impl AccessKeyId {
    /// A new id with 80 random bits.
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        Self::drawn(*b"PRCA................", rng)
    }

    /// A new id of a temporary key, with 80 random bits.
    pub fn generate_temporary(rng: &mut dyn CryptoRng) -> Self {
        Self::drawn(*b"PRCS................", rng)
    }

    /// Whether it is of a temporary key, which is good with its session token and for a while.
    pub fn is_temporary(&self) -> bool {
        self.0.starts_with(TEMPORARY_KEY_PREFIX.as_bytes())
    }

    fn drawn(mut id: [u8; 20], rng: &mut dyn CryptoRng) -> Self {
        const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let random: [u8; 16] = random_bytes(rng);
        for (to, byte) in id.iter_mut().skip(ACCESS_KEY_PREFIX.len()).zip(random) {
            *to = ALPHABET
                .get(usize::from(byte & 31))
                .copied()
                .unwrap_or(b'A');
        }
        Self(id)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for AccessKeyId {
    type Err = InvalidAccessKeyId;

    fn from_str(text: &str) -> Result<Self, InvalidAccessKeyId> {
        let bytes: [u8; 20] = text.as_bytes().try_into().map_err(|_| InvalidAccessKeyId)?;
        let has_prefix =
            text.starts_with(ACCESS_KEY_PREFIX) || text.starts_with(TEMPORARY_KEY_PREFIX);
        let well_formed =
            has_prefix && bytes.iter().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7'));
        if well_formed {
            Ok(Self(bytes))
        } else {
            Err(InvalidAccessKeyId)
        }
    }
}

impl fmt::Display for AccessKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for AccessKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for AccessKeyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for AccessKeyId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// The text cannot be an access key id of ours.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not an access key id: expected PRCA or PRCS and 16 of A-Z2-7")]
pub struct InvalidAccessKeyId;

/// A new secret half: 40 characters of base64url, 240 random bits.
pub fn generate_secret(rng: &mut dyn CryptoRng) -> Plain<AccessKeySecret> {
    use base64::Engine as _;
    let random = zeroize::Zeroizing::new(random_bytes::<30>(rng));
    Plain::new(
        base64::engine::general_purpose::URL_SAFE_NO_PAD
            .encode(*random)
            .into_bytes(),
    )
}

/// What the holder of a key is. The baseline policies say what each role may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Manages agents, providers, grants. Gets no credential.
    Admin,
    /// Runs agents: mints their tokens and gets what they may have.
    AgentHost,
    /// Completes authorization sessions, and nothing else.
    Binding,
    /// Reads the records.
    Auditor,
    /// Manages user pools, and nothing else.
    PoolAdmin,
    /// Reads user pools, and nothing else.
    PoolReader,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [
        Self::Admin,
        Self::AgentHost,
        Self::Binding,
        Self::Auditor,
        Self::PoolAdmin,
        Self::PoolReader,
    ];

    /// The word for it, on the command line and in policies.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::AgentHost => "agent-host",
            Self::Binding => "binding",
            Self::Auditor => "auditor",
            Self::PoolAdmin => "pool-admin",
            Self::PoolReader => "pool-reader",
        }
    }

    /// Whether who has this role may everything that one with `other` may, under every set of rules
    /// of ours: then it may hand `other` on. `procura-authority` holds that against the policies.
    pub const fn covers(self, other: Self) -> bool {
        match other {
            Self::Admin => matches!(self, Self::Admin),
            Self::AgentHost => matches!(self, Self::AgentHost),
            Self::Binding => matches!(self, Self::Binding),
            Self::Auditor => matches!(self, Self::Auditor),
            Self::PoolAdmin => matches!(self, Self::PoolAdmin | Self::Admin),
            Self::PoolReader => {
                matches!(
                    self,
                    Self::PoolReader | Self::PoolAdmin | Self::Admin | Self::Auditor
                )
            }
        }
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(UnknownRole)
    }
}

/// The word is not a role.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the roles are admin, agent-host, binding, auditor, pool-admin and pool-reader")]
pub struct UnknownRole;

/// An access key without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKey {
    /// Its id.
    pub id: AccessKeyId,
    /// Whose it is.
    pub account: AccountId,
    /// What its holder is: at least one role.
    pub roles: Vec<Role>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
    /// How often the row was written; the secret is sealed for one version.
    pub version: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;

    #[test]
    fn a_generated_id_parses_and_a_foreign_one_does_not() {
        let id = AccessKeyId::generate(&mut OsEntropy);
        assert_eq!(id.as_str().parse(), Ok(id));
        assert!(!id.is_temporary());
        let id = AccessKeyId::generate_temporary(&mut OsEntropy);
        assert_eq!(id.as_str().parse(), Ok(id));
        assert!(id.is_temporary());
        assert!("AKIAIOSFODNN7EXAMPLE".parse::<AccessKeyId>().is_err());
        assert!("PRCAaaaaaaaaaaaaaaaa".parse::<AccessKeyId>().is_err());
    }

    #[test]
    fn a_secret_has_forty_characters_and_does_not_print() {
        let secret = generate_secret(&mut OsEntropy);
        assert_eq!(secret.expose_secret().len(), 40);
        assert_eq!(format!("{secret:?}"), "Plain([secret])");
    }
}
