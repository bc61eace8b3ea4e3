//! Users: two namespaces that never meet.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::UserId;

/// How a user became known. A verified subject and an asserted string of the same letters are two
/// users: the kind is part of the natural key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserKind {
    /// Proved by a token of its issuer: (issuer, subject).
    Verified,
    /// Named by the caller (`userId`), unproved.
    Asserted,
}

impl UserKind {
    /// The word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Asserted => "asserted",
        }
    }

    /// The kind that a stored word means.
    pub fn from_stored(text: &str) -> Option<Self> {
        match text {
            "verified" => Some(Self::Verified),
            "asserted" => Some(Self::Asserted),
            _ => None,
        }
    }
}

/// A user, as tokens and records name one: by id, never by readable identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// How it became known.
    pub kind: UserKind,
}

/// Whom an agent acts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnBehalfOf {
    /// Nobody: the explicit principal `NoUser`.
    NoUser,
    /// This user.
    User(User),
}

impl OnBehalfOf {
    /// The user, if there is one.
    pub const fn user(self) -> Option<User> {
        match self {
            Self::NoUser => None,
            Self::User(user) => Some(user),
        }
    }
}

/// A user id as a caller asserts it: 1 to 128 characters without NUL.
#[derive(Clone, PartialEq, Eq)]
pub struct AssertedUserId(String);

impl AssertedUserId {
    /// The id, if it can be one.
    pub fn new(text: String) -> Option<Self> {
        let characters = text.chars().count();
        ((1..=128).contains(&characters) && !text.contains('\0')).then_some(Self(text))
    }

    /// What the caller wrote.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AssertedUserId {
    /// A readable identity stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AssertedUserId([personal])")
    }
}
