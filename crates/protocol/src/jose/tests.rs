//! Everything here signs with this crate's own keys, except `vectors`, which holds the verifier to
//! published suites, and `cargo xtask prove jwt`, which holds it to another signer too.

mod claims;
mod keys;
mod kinds;
mod properties;
mod signatures;
mod signing;
mod times;
mod vectors;

use std::sync::OnceLock;

use procura_core::time::Timestamp;
use serde_json::{Map, Value, json};

use super::jwk::KeySet;
use super::jwt::{
    AudiencePolicy, Expectation, Purpose, USER_TOKEN_BYTES_MAX, Unverified, Verified,
};
use super::signing::TokenSigningKey;
use super::{Algorithm, JoseError, Malformed, Part};
use crate::testing::jose as forge;

const ISSUER: &str = "https://id.example.com/realm";
/// In seconds.
const NOW_S: i64 = 1_790_000_000;
const NOW: Timestamp = Timestamp::from_millis(NOW_S * 1000);

fn es256() -> &'static TokenSigningKey {
    static KEY: OnceLock<TokenSigningKey> = OnceLock::new();
    KEY.get_or_init(|| TokenSigningKey::generate(Algorithm::Es256).unwrap())
}

fn rs256() -> &'static TokenSigningKey {
    static KEY: OnceLock<TokenSigningKey> = OnceLock::new();
    KEY.get_or_init(|| TokenSigningKey::generate(Algorithm::Rs256).unwrap())
}

/// A key set of these JWKs.
fn set(keys: &[Value]) -> KeySet {
    KeySet::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

fn own_set() -> KeySet {
    set(&[es256().public_jwk(), rs256().public_jwk()])
}

fn expectation() -> Expectation<'static> {
    Expectation {
        purpose: Purpose::UserToken,
        issuer: ISSUER,
        algorithms: &[Algorithm::Es256, Algorithm::Rs256],
        audience: AudiencePolicy::Unchecked,
    }
}

/// What an honest issuer says.
fn honest() -> Value {
    json!({ "iss": ISSUER, "sub": "alice", "aud": "procura", "exp": NOW_S + 300, "iat": NOW_S })
}

/// The honest claims with one changed, added, or (`None`) left out.
fn with(claim: &str, value: Option<Value>) -> Value {
    let mut claims = honest();
    let members = claims.as_object_mut().unwrap();
    match value {
        Some(value) => members.insert(claim.to_owned(), value),
        None => members.remove(claim),
    };
    claims
}

/// The compact form of any header and claims, signed by `key`.
fn signed(key: &TokenSigningKey, header: &str, payload: &str) -> String {
    forge::compact(header, payload.as_bytes(), |input| {
        key.signature(input).unwrap()
    })
}

/// A token of an honest header and these claims.
fn token(claims: &Value) -> String {
    es256()
        .sign(&Map::new(), claims.to_string().as_bytes())
        .unwrap()
}

fn verify(token: &str) -> Result<Verified, JoseError> {
    Unverified::parse(token, USER_TOKEN_BYTES_MAX)?.verify(&own_set(), &expectation(), NOW)
}

#[track_caller]
fn refused(token: &str) -> JoseError {
    verify(token).expect_err("this token must be refused")
}

#[test]
fn an_honest_token_says_who_its_user_is() {
    let verified = verify(&token(&honest())).unwrap();
    assert_eq!(verified.algorithm(), Algorithm::Es256);
    assert_eq!(verified.key_thumbprint(), es256().key_id());
    let claims = verified.into_claims();
    assert_eq!(
        (claims.issuer.as_str(), claims.subject.as_str()),
        (ISSUER, "alice")
    );
    assert_eq!(claims.audiences, ["procura"]);
    assert_eq!(claims.times.expires_at, NOW.plus_seconds(300));
}

#[test]
fn nothing_that_is_printed_has_a_claim_in_it() {
    let text = token(&with("sub", Some(json!("canary-subject"))));
    let unverified = Unverified::parse(&text, USER_TOKEN_BYTES_MAX).unwrap();
    let verified = verify(&text).unwrap();
    let shown = format!(
        "{unverified:?} {verified:?} {:?} {:?}",
        verified.claims(),
        own_set()
    );
    assert!(
        !shown.contains("canary") && !shown.contains("example.com"),
        "{shown}"
    );
}
