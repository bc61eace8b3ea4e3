//! Typed ids: a UUID of version 7 (RFC 9562 §5.7) under a printed prefix.
//!
//! The prefix tells a reader what an id is of, and a parser refuses one of another kind.

use std::fmt;
use std::str::FromStr;

use rand_core::CryptoRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

use crate::time::Timestamp;

/// Why a text is not an id of the expected kind.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not an id of this kind: expected `{prefix}_` and 32 hexadecimal digits")]
pub struct InvalidId {
    prefix: &'static str,
}

/// The latest moment that an id has room for, in milliseconds (48 bits).
const MILLIS_MAX: u64 = (1 << 48) - 1;

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// What a printed id of this kind begins with, before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// A new id, made at `now`.
            pub fn generate(now: Timestamp, rng: &mut dyn CryptoRng) -> Self {
                Self(version_7(now, rng))
            }

            /// The 16 bytes that are stored.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// The id that these 16 bytes are.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The bare UUID, where a name of the reference has one: `x-amzn-RequestId`, the end of
            /// a callback URL, the id of a key.
            pub fn as_uuid_text(&self) -> String {
                self.0.as_hyphenated().to_string()
            }

            /// The id that this bare UUID is, in the one spelling of `as_uuid_text`.
            pub fn from_uuid_text(text: &str) -> Option<Self> {
                let id = Uuid::try_parse(text).ok().map(Self)?;
                (id.as_uuid_text() == text).then_some(id)
            }

            /// When it was made, by the clock of who made it.
            pub fn made_at(&self) -> Timestamp {
                let [a, b, c, d, e, f, ..] = *self.as_bytes();
                Timestamp::from_millis(i64::from_be_bytes([0, 0, a, b, c, d, e, f]))
            }

            /// No id that is made at `at` or later comes before it.
            pub fn earliest(at: Timestamp) -> Self {
                let millis = u64::try_from(at.millis()).unwrap_or(0).min(MILLIS_MAX);
                let [_, _, a, b, c, d, e, f] = millis.to_be_bytes();
                Self::from_bytes([a, b, c, d, e, f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
            }

            /// The id of a stored column; `None` unless it has 16 bytes.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                Uuid::from_slice(bytes).ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.as_simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse($prefix, text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

typed_ids! {
    /// One installation: one database and its keys.
    DeploymentId = "dep";
    /// One data directory that runs a server.
    NodeId = "nod";
    /// An agent (workload identity). A re-created name has a new one.
    AgentId = "agt";
    /// Whom an agent trusts to be it.
    TrustBindingId = "tbd";
    /// A credential provider.
    ProviderId = "prv";
    /// Where an authorization server sends a user back to, one for each provider.
    CallbackId = "cbk";
    /// A key that signs client assertions.
    SigningKeyId = "sgk";
    /// The token by which a user was proved.
    SubjectTokenId = "sub";
    /// A user, verified or asserted.
    UserId = "usr";
    /// A user of a pool; the `sub` of its tokens is the bare UUID.
    PoolUserId = "pus";
    /// A sign-in of a user of a pool, and the refresh token that it gave.
    SignInId = "sgn";
    /// A role of the access management. A re-created name has a new one.
    RoleId = "rol";
    /// A grant: an administrator's, or a user's consent.
    GrantId = "gnt";
    /// A flow in which a user lets an agent act.
    SessionId = "ses";
    /// What a provider gave an agent for a user.
    ConnectionId = "con";
    /// Something sent to a token endpoint that cannot be sent twice.
    ExchangeId = "exc";
    /// A workload access token.
    TokenId = "wat";
    /// How many uses of a task are left.
    TaskUseId = "use";
    /// An encryption key: root, account, subject or token key.
    KeyId = "key";
    /// A chain of audit records, one per writer incarnation.
    ChainId = "chn";
    /// An audit record.
    RecordId = "rec";
    /// One request, as it is named in logs, records and `x-amzn-RequestId`.
    RequestId = "req";
}

fn version_7(now: Timestamp, rng: &mut dyn CryptoRng) -> Uuid {
    let mut random = [0; 10];
    rng.fill_bytes(&mut random);
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

fn parse(prefix: &'static str, text: &str) -> Result<Uuid, InvalidId> {
    let simple = text
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        // One spelling per id: what `Display` prints, and nothing that `Uuid` would also take.
        .filter(|rest| {
            rest.len() == 32 && rest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        })
        .ok_or(InvalidId { prefix })?;
    Uuid::try_parse(simple).map_err(|_| InvalidId { prefix })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;

    #[test]
    fn an_id_reads_back_as_printed_and_as_no_other_kind() {
        let id = AgentId::generate(Timestamp::from_millis(1_763_000_000_000), &mut OsEntropy);
        let text = id.to_string();
        assert!(text.starts_with("agt_019a7a"), "{text}");
        assert_eq!(text.parse(), Ok(id));
        assert!(text.parse::<ProviderId>().is_err());
        assert!(text.to_uppercase().parse::<AgentId>().is_err());
    }

    #[test]
    fn the_earliest_id_of_a_moment_parts_what_was_made_before_from_what_was_made_then() {
        let at = Timestamp::from_millis(2_000);
        let made = |millis| RecordId::generate(Timestamp::from_millis(millis), &mut OsEntropy);
        assert!(made(1_999) < RecordId::earliest(at));
        assert!(made(2_000) > RecordId::earliest(at));
        let before_all = RecordId::earliest(Timestamp::from_millis(-1));
        assert!(before_all < made(0));
    }

    #[test]
    fn later_ids_sort_after_earlier_ones() {
        let early = RecordId::generate(Timestamp::from_millis(1_000), &mut OsEntropy);
        let late = RecordId::generate(Timestamp::from_millis(2_000), &mut OsEntropy);
        assert!(early < late);
    }
}
