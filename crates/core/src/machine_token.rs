//! Access tokens that a provider's client got for itself (RFC 6749 §4.4), kept until they end.

use std::collections::BTreeMap;

use crate::digest::{Sha256, sha256_of_fields};
use crate::scope::Scopes;
use crate::time::Timestamp;

/// How long a token is kept whose provider does not say how long it lives, in seconds.
pub const UNSTATED_LIFETIME_S: i64 = 300;
/// The longest that a token is kept, in seconds.
pub const LIFETIME_S_MAX: i64 = 86_400;
/// How long before its end a token is not given out any more, in milliseconds; of a short-lived
/// token a tenth. Who gets one can use it for a moment, and its clock may be ahead.
const RESERVE_MS: i64 = 60_000;

/// What an agent asks of an authorization server in its client's name.
#[derive(Debug, Default)]
pub struct TokenRequest {
    /// What it shall be good for; none leaves it to the provider.
    pub scopes: Scopes,
    /// RFC 8707.
    pub resources: Vec<String>,
    /// The `audience` parameter of several vendors.
    pub audiences: Vec<String>,
    /// Parameters that only this provider knows.
    pub parameters: BTreeMap<String, String>,
}

impl TokenRequest {
    /// Which requests a token answers: those with the same digest, at the same provider.
    pub fn digest(&self) -> Sha256 {
        let scopes = self.scopes.to_string();
        // An item may be anything, so what ends a list is its length, said before it.
        let lengths = [self.resources.len(), self.audiences.len()].map(|len| len.to_string());
        let mut fields: Vec<&[u8]> = vec![scopes.as_bytes()];
        for (list, length) in [&self.resources, &self.audiences].into_iter().zip(&lengths) {
            fields.push(length.as_bytes());
            fields.extend(list.iter().map(String::as_bytes));
        }
        for (name, value) in &self.parameters {
            fields.push(name.as_bytes());
            fields.push(value.as_bytes());
        }
        sha256_of_fields(&fields)
    }
}

/// How long a token is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// When it was answered; its life counts from here.
    pub fetched_at: Timestamp,
    /// The first moment at which it is over.
    pub expires_at: Timestamp,
}

impl Lifetime {
    /// The life of a token that was answered at `now` and is said to live `expires_in_s` seconds.
    pub fn starting(now: Timestamp, expires_in_s: Option<i64>) -> Self {
        let stated = expires_in_s.unwrap_or(UNSTATED_LIFETIME_S);
        Self {
            fetched_at: now,
            expires_at: now.plus_seconds(stated.clamp(0, LIFETIME_S_MAX)),
        }
    }

    /// Whether somebody who asks at `now` can still do something with it.
    pub fn is_worth_giving(self, now: Timestamp) -> bool {
        let life = self.expires_at.millis() - self.fetched_at.millis();
        let reserve = RESERVE_MS.min(life / 10);
        now.millis() < self.expires_at.millis() - reserve
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::ScopeSeparator;

    const NOW: Timestamp = Timestamp::from_millis(1_763_000_000_000);

    fn asks(scopes: &str, resources: &[&str], audiences: &[&str]) -> TokenRequest {
        let own = |list: &[&str]| list.iter().map(|&item| item.to_owned()).collect();
        TokenRequest {
            scopes: Scopes::from_text(scopes, ScopeSeparator::Space).unwrap(),
            resources: own(resources),
            audiences: own(audiences),
            parameters: BTreeMap::new(),
        }
    }

    #[test]
    fn requests_are_alike_only_when_they_ask_for_the_same() {
        let all = [
            asks("a b", &[], &[]),
            asks("a", &[], &[]),
            asks("", &["a"], &[]),
            asks("", &[], &["a"]),
            asks("", &["a", "b"], &[]),
            asks("", &["b", "a"], &[]),
        ];
        for (at, one) in all.iter().enumerate() {
            for other in all.iter().skip(at + 1) {
                assert_ne!(one.digest(), other.digest());
            }
        }
        assert_eq!(
            asks("b a", &[], &[]).digest(),
            asks("a b", &[], &[]).digest()
        );
    }

    #[test]
    fn an_empty_item_moves_nothing_from_one_list_to_another() {
        let with_parameter = TokenRequest {
            parameters: BTreeMap::from([("x".to_owned(), String::new())]),
            ..asks("", &[], &[])
        };
        assert_ne!(with_parameter.digest(), asks("", &[""], &["x"]).digest());
    }

    #[test]
    fn a_token_is_not_given_out_in_its_last_minute_or_its_last_tenth() {
        let hour = Lifetime::starting(NOW, Some(3600));
        assert!(hour.is_worth_giving(NOW.plus_seconds(3539)));
        assert!(!hour.is_worth_giving(NOW.plus_seconds(3540)));
        let short = Lifetime::starting(NOW, Some(10));
        assert!(short.is_worth_giving(NOW.plus_seconds(8)));
        assert!(!short.is_worth_giving(NOW.plus_seconds(9)));
        assert!(!Lifetime::starting(NOW, Some(0)).is_worth_giving(NOW));
        let endless = Lifetime::starting(NOW, Some(i64::MAX));
        assert!(!endless.is_worth_giving(NOW.plus_seconds(LIFETIME_S_MAX)));
    }
}
