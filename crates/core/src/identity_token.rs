//! Tokens of ours that say to others who a caller is, and the keys of an account that sign them.

use crate::id::SigningKeyId;
use crate::time::Timestamp;

/// How long a token is good unless another time is asked for, in seconds.
pub const LIFETIME_S: i64 = 300;
/// The shortest time that may be asked for, in seconds.
pub const LIFETIME_MIN_S: i64 = 60;
/// The longest, in seconds.
pub const LIFETIME_MAX_S: i64 = 3600;

/// What such a token is signed with (RFC 7518 §3.1). An account has a key for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityTokenAlgorithm {
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
}

impl IdentityTokenAlgorithm {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Es384, Self::Rs256];

    /// Its registered name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es384 => "ES384",
            Self::Rs256 => "RS256",
        }
    }

    /// What a name means.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str() == text)
    }
}

/// A key that signs such tokens, without its private half.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityTokenKey {
    /// Its id.
    pub id: SigningKeyId,
    /// What it signs with.
    pub algorithm: IdentityTokenAlgorithm,
    /// The public half, as a JSON Web Key (RFC 7517).
    pub public_jwk: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Why a token of this life is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidLife {
    /// Shorter or longer than tokens are.
    OutOfRange,
    /// Beyond the end of what the caller signs with.
    Outlives,
}

/// When a token ends that is made `now`. It never outlives the key of the caller, which ends at
/// `ends_at`: what was asked for beyond that is refused, what was not asked for is cut short.
pub fn end_of(
    now: Timestamp,
    asked_s: Option<i64>,
    ends_at: Option<Timestamp>,
) -> Result<Timestamp, InvalidLife> {
    let life_s = asked_s.unwrap_or(LIFETIME_S);
    if !(LIFETIME_MIN_S..=LIFETIME_MAX_S).contains(&life_s) {
        return Err(InvalidLife::OutOfRange);
    }
    let end = now.plus_seconds(life_s);
    match ends_at {
        Some(last) if last < end && asked_s.is_some() => Err(InvalidLife::Outlives),
        Some(last) => Ok(end.min(last)),
        None => Ok(end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_ends_with_what_its_caller_signs_with() {
        let now = Timestamp::from_millis(1_763_000_000_000);
        let at = |seconds| now.plus_seconds(seconds);
        for (asked, last, end) in [
            (None, None, Ok(at(300))),
            (Some(60), None, Ok(at(60))),
            (Some(3600), None, Ok(at(3600))),
            (Some(59), None, Err(InvalidLife::OutOfRange)),
            (Some(3601), None, Err(InvalidLife::OutOfRange)),
            (None, Some(at(100)), Ok(at(100))),
            (None, Some(at(400)), Ok(at(300))),
            (Some(100), Some(at(100)), Ok(at(100))),
            (Some(101), Some(at(100)), Err(InvalidLife::Outlives)),
        ] {
            assert_eq!(end_of(now, asked, last), end, "{asked:?} {last:?}");
        }
    }
}
