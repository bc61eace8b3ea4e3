//! The keys of a user pool take turns: one is published before it signs, signs, and is published for
//! as long as what it signed may be good. Which is which follows from the time alone.

use crate::id::SigningKeyId;
use crate::signing_key::SigningKey;
use crate::time::Timestamp;

/// How long verifiers may keep what a pool publishes, in seconds: so long a new key is published
/// before it signs.
pub const KEY_SET_AGE_MAX_S: i64 = 300;
/// How long a key is published after another took over, in seconds: the longest life of a token, a
/// day, and what the clocks of nodes and verifiers may differ by.
pub const PUBLISHED_AFTER_S: i64 = 24 * 3600 + 300;

/// A key of a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolKey {
    /// The key.
    pub key: SigningKey,
    /// When it begins to sign.
    pub signs_from: Timestamp,
    /// When it is gone; set when another is to take over.
    pub published_until: Option<Timestamp>,
}

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolKeyState {
    /// It is published, and will sign.
    Published,
    /// It signs.
    Signing,
    /// It signs no more, and what it signed is good.
    Retired,
    /// It is gone.
    Over,
}

impl PoolKeyState {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Signing => "signing",
            Self::Retired => "retired",
            Self::Over => "over",
        }
    }
}

impl PoolKey {
    /// Whether it is published, and so verifies tokens.
    pub fn is_published(&self, now: Timestamp) -> bool {
        self.published_until.is_none_or(|until| now < until)
    }

    /// Until when it is published if another takes over at `then`.
    pub const fn end_after(then: Timestamp) -> Timestamp {
        then.plus_seconds(PUBLISHED_AFTER_S)
    }
}

/// The one of `keys`, oldest first, that signs: the newest that has begun to. A node whose clock is
/// behind may find that none has; then it is the oldest.
pub fn signing(keys: &[PoolKey], now: Timestamp) -> Option<&PoolKey> {
    let published = || keys.iter().filter(|key| key.is_published(now));
    let begun = published().rfind(|key| key.signs_from <= now);
    begun.or_else(|| published().next())
}

/// What a key of `keys`, oldest first, does.
pub fn state(keys: &[PoolKey], of: &PoolKey, now: Timestamp) -> PoolKeyState {
    let signs: Option<SigningKeyId> = signing(keys, now).map(|key| key.key.id);
    if !of.is_published(now) {
        PoolKeyState::Over
    } else if signs == Some(of.key.id) {
        PoolKeyState::Signing
    } else if of.published_until.is_none() {
        PoolKeyState::Published
    } else {
        PoolKeyState::Retired
    }
}

/// What is written when a key is taken back: what others become, and whether one is added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    /// The one that becomes something else.
    pub changed: Option<PoolKey>,
    /// Whether none is left to sign for good.
    pub needs_new: bool,
}

/// Who signs when the key `revoked` of `keys`, oldest first, is gone.
pub fn succession(keys: &[PoolKey], revoked: &PoolKey, now: Timestamp) -> Succession {
    let was = state(keys, revoked, now);
    let newest = keys.last().filter(|newest| newest.key.id != revoked.key.id);
    let before = keys.iter().rfind(|key| key.key.id != revoked.key.id);
    match (was, newest, before) {
        // The one that was to take over does so now.
        (PoolKeyState::Signing, Some(newest), _) => Succession {
            changed: Some(PoolKey {
                // Also for a node whose clock is behind.
                signs_from: Timestamp::default(),
                ..newest.clone()
            }),
            needs_new: false,
        },
        // SECURITY: one that another took over from does not come back.
        (PoolKeyState::Signing, None, _) | (PoolKeyState::Published, _, None) => Succession {
            changed: None,
            needs_new: true,
        },
        // The one that signs goes on.
        (PoolKeyState::Published, _, Some(before)) => Succession {
            changed: Some(PoolKey {
                published_until: None,
                ..before.clone()
            }),
            needs_new: false,
        },
        (PoolKeyState::Retired | PoolKeyState::Over, ..) => Succession {
            changed: None,
            needs_new: false,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing_key::SigningAlgorithm;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_763_000_000_000).plus_seconds(seconds)
    }

    fn key(id: u8, signs_from: i64, until: Option<i64>) -> PoolKey {
        PoolKey {
            key: SigningKey {
                id: SigningKeyId::from_bytes([id; 16]),
                algorithm: SigningAlgorithm::Es256,
                public_jwk: "{}".to_owned(),
                created_at: at(0),
            },
            signs_from: at(signs_from),
            published_until: until.map(at),
        }
    }

    #[test]
    fn keys_take_turns_by_the_clock() {
        use PoolKeyState::{Over, Published, Retired, Signing};
        let keys = [key(1, 0, Some(1000)), key(2, 300, None)];
        for (now, states) in [
            (0, [Signing, Published]),
            (299, [Signing, Published]),
            (300, [Retired, Signing]),
            (999, [Retired, Signing]),
            (1000, [Over, Signing]),
        ] {
            let found = [0, 1].map(|index| state(&keys, &keys[index], at(now)));
            assert_eq!(found, states, "{now}");
        }
    }

    /// A key that another overtook before it began never does.
    #[test]
    fn the_newest_that_has_begun_signs() {
        let keys = [
            key(1, 0, Some(1000)),
            key(2, 300, Some(900)),
            key(3, 100, None),
        ];
        for now in [100, 300, 899] {
            assert_eq!(signing(&keys, at(now)), Some(&keys[2]), "{now}");
            assert_eq!(
                state(&keys, &keys[1], at(now)),
                PoolKeyState::Retired,
                "{now}"
            );
        }
    }

    #[test]
    fn a_clock_that_is_behind_finds_a_key_as_well() {
        let keys = [key(1, 10, None)];
        assert_eq!(signing(&keys, at(9)), Some(&keys[0]));
        assert_eq!(signing(&[], at(9)), None);
    }

    #[test]
    fn whoever_is_taken_back_one_key_signs_for_good() {
        let keys = [
            key(1, 0, Some(900)),
            key(2, 100, Some(1000)),
            key(3, 500, None),
        ];
        for (now, revoked, needs_new, signs) in [
            // A retired one.
            (200, 0, false, 2),
            // The one that signs, and another is under way.
            (200, 1, false, 3),
            // That one.
            (200, 2, false, 2),
            // The one that signs, and none is under way.
            (600, 2, true, 0),
        ] {
            let next = succession(&keys, &keys[revoked], at(now));
            assert_eq!(next.needs_new, needs_new, "{now} {revoked}");
            let mut left = keys.to_vec();
            if let Some(changed) = next.changed {
                let id = changed.key.id;
                let of = left.iter_mut().find(|key| key.key.id == id);
                *of.unwrap() = changed;
            }
            left.remove(revoked);
            if !needs_new {
                let found = signing(&left, at(now)).unwrap();
                assert_eq!(found.key.id, SigningKeyId::from_bytes([signs; 16]));
                // And does not end.
                let last = signing(&left, at(100_000)).unwrap();
                assert_eq!(last.published_until, None);
            }
        }
    }
}
