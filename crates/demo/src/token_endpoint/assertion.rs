//! Client assertions (RFC 7523 §3): signed by the client's key, for this issuer, once.

use std::collections::BTreeMap;

use procura_core::time::Timestamp;
use procura_protocol::jose::jwk::KeySet;
use procura_protocol::jose::{jws, jwt};
use procura_protocol::oauth::token_request::ASSERTION_BYTES_MAX;
use procura_protocol::strict_json::{self, Limits};
use serde::Deserialize;

use super::ASSERTION_ALGORITHMS;
use super::refusal::Refusal;
use crate::provider::DemoProvider;

/// How far ahead `exp` may lie, in seconds: so long a used assertion is remembered.
const LIFETIME_S_MAX: i64 = 600;
/// How far ahead of ours the clock of a client may be, in seconds.
const LEEWAY_S: i64 = 60;
/// Values of `typ` that an assertion may have, beside none.
const TYPES: [&str; 2] = ["JWT", "client-authentication+jwt"];
/// Most used assertions that are remembered.
const USED_MAX: usize = 10_000;

/// What an assertion says, each claim of its own type. `aud` is the issuer alone, as one string
/// (draft-ietf-oauth-rfc7523bis).
#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: String,
    exp: i64,
    nbf: Option<i64>,
    iat: Option<i64>,
    jti: String,
}

/// Assertions that were used, until they expire.
#[derive(Default)]
pub(crate) struct UsedAssertions(BTreeMap<(String, String), i64>);

impl UsedAssertions {
    /// Whether this is the first use. Where nothing more can be remembered, nothing is new.
    fn is_first_use(&mut self, client_id: &str, jti: &str, exp_s: i64, now_s: i64) -> bool {
        let key = (client_id.to_owned(), jti.to_owned());
        if self.0.contains_key(&key) {
            return false;
        }
        if self.0.len() >= USED_MAX {
            self.0.retain(|_, exp_s| *exp_s > now_s);
        }
        self.0.len() < USED_MAX && self.0.insert(key, exp_s).is_none()
    }
}

/// The client that an assertion claims to be of: good for finding its keys, and for nothing else.
/// Empty names and ids are refused here.
pub(super) fn claimed_client(assertion: &str) -> Option<String> {
    let token = jwt::Unverified::parse(assertion, ASSERTION_BYTES_MAX).ok()?;
    Some(token.claimed_issuer().to_owned())
}

/// Whether the client signed this assertion, for us, for now, for the first time.
///
/// # Errors
/// What of it does not hold.
pub(super) fn verify(
    provider: &DemoProvider,
    client_id: &str,
    jwks: &str,
    assertion: &str,
) -> Result<(), Refusal> {
    let keys = KeySet::parse(jwks.as_bytes())
        .map_err(|_| Refusal::InvalidClient("register the client with a JWK Set"))?;
    let token = jws::Unverified::parse(assertion, ASSERTION_BYTES_MAX)
        .map_err(|_| Refusal::InvalidClient("send the assertion in compact form"))?;
    let verified = token.verify(&keys, &ASSERTION_ALGORITHMS).map_err(|_| {
        Refusal::InvalidClient("sign the assertion with a key that is registered for the client")
    })?;
    if verified.typ().is_some_and(|typ| !TYPES.contains(&typ)) {
        return Err(Refusal::InvalidClient("say JWT in typ"));
    }
    let claims = strict_json::check(verified.payload(), &Limits::default())
        .ok()
        .and_then(|()| serde_json::from_slice(verified.payload()).ok())
        .ok_or(Refusal::InvalidClient(
            "send iss, sub, aud, exp and jti, each once, aud as one string",
        ))?;
    check(&claims, client_id, &provider.issuer(), provider.now())?;
    let now_s = seconds(provider.now());
    let mut used = provider.used_assertions();
    if used.is_first_use(client_id, &claims.jti, claims.exp, now_s) {
        Ok(())
    } else {
        Err(Refusal::InvalidClient("send each assertion once"))
    }
}

fn check(claims: &Claims, client_id: &str, issuer: &str, now: Timestamp) -> Result<(), Refusal> {
    let now_s = seconds(now);
    let begins = [claims.nbf, claims.iat].into_iter().flatten();
    let hint = if claims.iss != client_id || claims.sub != client_id {
        "name the client in iss and sub"
    } else if claims.aud != issuer {
        "name the issuer, and it alone, in aud"
    } else if claims.exp <= now_s || claims.exp > now_s.saturating_add(LIFETIME_S_MAX) {
        "let exp be at most ten minutes ahead"
    } else if begins
        .max()
        .is_some_and(|begin| begin > now_s.saturating_add(LEEWAY_S))
    {
        "let nbf and iat be past"
    } else {
        return Ok(());
    };
    Err(Refusal::InvalidClient(hint))
}

fn seconds(now: Timestamp) -> i64 {
    now.millis().div_euclid(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_remembered_is_not_taken_until_something_expires() {
        let mut used = UsedAssertions::default();
        for number in 0..USED_MAX {
            assert!(used.is_first_use("c", &number.to_string(), 60, 0));
        }
        assert!(!used.is_first_use("c", "one more", 60, 59));
        assert!(used.is_first_use("c", "one more", 120, 60));
        assert_eq!(used.0.len(), 1);
    }
}
