//! The header and the claims of a client assertion (RFC 7523 §3). Signing them is the caller's.

use std::collections::BTreeMap;

use procura_core::time::Timestamp;
use serde_json::{Map, Value};

use super::issuer::Issuer;
use super::token_request::{CLIENT_ID_BYTES_MAX, VALUE_BYTES_MAX};

/// How long an assertion is good for, in seconds.
pub const LIFETIME_S: i64 = 60;
/// Most additional claims of a header or of a payload.
pub const ADDITIONAL_MAX: usize = 10;
/// Longest name of an additional claim, in bytes.
pub const CLAIM_BYTES_MAX: usize = 128;
/// Longest `jti` or `kid`, in bytes.
pub const ID_BYTES_MAX: usize = 256;

/// What nobody but we may say, in a header or in a payload. `crit` and `b64` would change what the
/// signature means (RFC 7515 §4.1.11, RFC 7797 §3).
const RESERVED: &[&str] = &[
    "alg", "typ", "iss", "sub", "aud", "jti", "exp", "iat", "nbf", "kid", "crit", "b64",
];

/// Claims that an administrator adds, checked: at most ten, none of them ours, all of them text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdditionalClaims(BTreeMap<String, String>);

/// Why there is no assertion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AssertionError {
    /// More than [`ADDITIONAL_MAX`].
    #[error("add at most 10 claims")]
    TooMany,
    /// A claim of ours.
    #[error("leave {0} out of the additional claims: it is ours to say")]
    Reserved(&'static str),
    /// A name or a value is empty, too long or has control characters.
    #[error("use names of 1 to 128 and values of at most 2048 bytes without control characters")]
    Claim,
    /// The id of the client, of the assertion or of the key.
    #[error("use ids of 1 to 256 visible ASCII characters")]
    Id,
}

impl AdditionalClaims {
    /// Takes claims for a header or for a payload.
    ///
    /// # Errors
    /// They are too many, or one is not an administrator's to say.
    pub fn parse(claims: &BTreeMap<String, String>) -> Result<Self, AssertionError> {
        if claims.len() > ADDITIONAL_MAX {
            return Err(AssertionError::TooMany);
        }
        for (name, value) in claims {
            if let Some(reserved) = RESERVED.iter().find(|ours| ours.eq_ignore_ascii_case(name)) {
                return Err(AssertionError::Reserved(reserved));
            }
            let is_clean = |text: &str| !text.chars().any(char::is_control);
            if name.is_empty() || name.len() > CLAIM_BYTES_MAX || !is_clean(name) {
                return Err(AssertionError::Claim);
            }
            if value.len() > VALUE_BYTES_MAX || !is_clean(value) {
                return Err(AssertionError::Claim);
            }
        }
        Ok(Self(claims.clone()))
    }

    fn to_map(&self) -> Map<String, Value> {
        let text = |(name, value): (&String, &String)| (name.clone(), Value::from(value.clone()));
        self.0.iter().map(text).collect()
    }
}

/// The header, but for what the key that signs adds (`alg`, `kid`).
pub fn client_assertion_header(additional: &AdditionalClaims) -> Map<String, Value> {
    let mut header = additional.to_map();
    header.insert("typ".to_owned(), "JWT".into());
    header
}

/// The claims, as JSON: `iss` and `sub` are the client, `exp` is [`LIFETIME_S`] after `now`, and
/// `aud` is the issuer as a single string and nothing else. An endpoint as audience would let one
/// server obtain assertions for another by naming its issuer as its endpoint (attack 19 of the
/// catalogue; rfc7523bis). So the issuer is one that was validated or configured, by its type.
///
/// `jti` is random, by the caller; an assertion is used once.
///
/// # Errors
/// An id has not the form.
pub fn client_assertion_claims(
    audience: &Issuer,
    client_id: &str,
    jti: &str,
    now: Timestamp,
    additional: &AdditionalClaims,
) -> Result<Vec<u8>, AssertionError> {
    let client_id = id(client_id, CLIENT_ID_BYTES_MAX)?;
    let issued_s = now.millis().div_euclid(1000);
    let mut claims = additional.to_map();
    claims.insert("iss".to_owned(), client_id.into());
    claims.insert("sub".to_owned(), client_id.into());
    claims.insert("aud".to_owned(), audience.as_str().into());
    claims.insert("jti".to_owned(), id(jti, ID_BYTES_MAX)?.into());
    claims.insert("iat".to_owned(), issued_s.into());
    claims.insert("exp".to_owned(), issued_s.saturating_add(LIFETIME_S).into());
    Ok(Value::from(claims).to_string().into_bytes())
}

fn id(text: &str, bytes_max: usize) -> Result<&str, AssertionError> {
    let has_form = !text.is_empty()
        && text.len() <= bytes_max
        && text.bytes().all(|byte| byte.is_ascii_graphic());
    if has_form {
        Ok(text)
    } else {
        Err(AssertionError::Id)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn additional(pairs: &[(&str, &str)]) -> Result<AdditionalClaims, AssertionError> {
        let pairs = pairs
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()));
        AdditionalClaims::parse(&pairs.collect())
    }

    #[test]
    fn the_audience_is_the_issuer_alone() {
        let issuer = Issuer::parse("https://as.example/a").unwrap();
        let now = Timestamp::from_millis(1_763_000_000_999);
        let extra = additional(&[("tenant", "t")]).unwrap();
        let claims = client_assertion_claims(&issuer, "agent", "j-1", now, &extra).unwrap();
        assert_eq!(
            serde_json::from_slice::<Value>(&claims).unwrap(),
            json!({
                "iss": "agent", "sub": "agent", "aud": "https://as.example/a", "jti": "j-1",
                "iat": 1_763_000_000, "exp": 1_763_000_060, "tenant": "t"
            })
        );
    }

    #[test]
    fn a_header_says_that_it_is_a_jwt_and_what_was_added() {
        let extra = additional(&[("x5t", "abc")]).unwrap();
        let header = Value::from(client_assertion_header(&extra));
        assert_eq!(header, json!({"typ": "JWT", "x5t": "abc"}));
    }

    #[test]
    fn no_additional_claim_is_one_of_ours() {
        for name in [
            "alg", "typ", "iss", "sub", "aud", "jti", "exp", "iat", "nbf", "kid", "crit",
        ] {
            assert_eq!(
                additional(&[(name, "x")]),
                Err(AssertionError::Reserved(name))
            );
            let upper = name.to_uppercase();
            assert_eq!(
                additional(&[(&upper, "x")]),
                Err(AssertionError::Reserved(name))
            );
        }
        assert_eq!(additional(&[("", "x")]), Err(AssertionError::Claim));
        assert_eq!(additional(&[("a", "\n")]), Err(AssertionError::Claim));
        let names: Vec<String> = (0..11).map(|n| format!("c{n}")).collect();
        let pairs: Vec<_> = names.iter().map(|name| (name.as_str(), "x")).collect();
        assert_eq!(additional(&pairs), Err(AssertionError::TooMany));
        assert!(additional(&pairs[..10]).is_ok());
    }

    #[test]
    fn ids_are_visible_ascii() {
        let issuer = Issuer::parse("https://as.example").unwrap();
        let none = AdditionalClaims::default();
        for (client, jti) in [("", "j"), ("a b", "j"), ("a", ""), ("a", "\u{e9}")] {
            let made = client_assertion_claims(&issuer, client, jti, Timestamp::default(), &none);
            assert_eq!(made, Err(AssertionError::Id));
        }
    }
}
