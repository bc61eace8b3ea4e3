//! Encryption keys at rest: each wrapped by the one above it.

use crate::account::AccountId;
use crate::id::KeyId;
use crate::sealing::{Sealed, Subject};
use crate::secret::kind;
use crate::time::Timestamp;

/// What a wrapped key is for. Together with the account it is the natural key of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyPurpose {
    /// Wraps the subject keys of an account; wrapped by the root key.
    Account,
    /// Seals the secrets of a subject. Wrapped by the account key, and by the root key when the
    /// subject is the deployment.
    Subject(Subject),
    /// Keys the index by which an account's users are found; wrapped by the account key and never
    /// replaced, for every index value would change with it.
    UserIndex,
    /// Seals workload access tokens and page tokens; wrapped by the root key.
    Token,
}

impl KeyPurpose {
    /// Whether the root key wraps it; otherwise the key of its account does.
    pub const fn is_under_root(&self) -> bool {
        match self {
            Self::Account | Self::Token | Self::Subject(Subject::Deployment) => true,
            Self::UserIndex | Self::Subject(Subject::Account | Subject::User(_)) => false,
        }
    }
}

/// A row of keys.
#[derive(Debug, Clone)]
pub struct EncryptionKey {
    /// Its id: one for all versions of one purpose.
    pub id: KeyId,
    /// Its version, from 1.
    pub version: u32,
    /// The tenant; none for keys of the deployment.
    pub account: Option<AccountId>,
    /// What it is for.
    pub purpose: KeyPurpose,
    /// The key itself, sealed under the key above it.
    pub wrapped: Sealed<kind::WrappedKey>,
    /// When it was made.
    pub created_at: Timestamp,
}
