//! Public keys as an issuer publishes them (RFC 7517), each bound to what it may verify.
//!
//! A key set is read as a whole or not at all where its JSON is ambiguous or too large. A single key
//! that cannot be used is left out and told ([`KeySet::skipped`]): issuers publish keys for
//! encryption and of kinds that we do not know beside those that we need.
//!
//! **One name, one key.** RFC 7517 §4.5 lets keys of different kinds share a `kid`. Two different
//! keys that share a `kid` *and* an algorithm are ambiguous: which of them proved a token could not
//! be said, so neither is used ([`SkipReason::KeyIdAmbiguous`]). A key that is published twice is
//! one key. A provider that gives an old name to a new key is seen as
//! [`super::JoseError::BadSignature`] until its set is fetched again; what names a key for good is
//! its [`VerificationKey::thumbprint`].

mod material;
mod rsa;

use std::fmt;

use serde_json::{Map, Value};

use self::material::Material;
use super::{Algorithm, JoseError};
use crate::strict_json::{self, Limits, StrictJsonError};

/// Longest key set, in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 256 * 1024;
/// Most keys in a set.
pub const KEYS_MAX: usize = 100;
/// Longest `kid`, in bytes.
pub const KEY_ID_BYTES_MAX: usize = super::jws::HEADER_TEXT_BYTES_MAX;
/// Most keys that are tried for a token without `kid`.
pub const KEYS_TRIED_MAX: usize = 4;

const LIMITS: Limits = Limits {
    depth_max: 8,
    keys_max: 4_000,
    key_bytes_max: 512,
    string_bytes_max: usize::MAX,
    nul_in_strings: false,
    object_only: true,
};

/// Members that only a private or a shared key has (RFC 7518 §6.2.2, §6.3.2, §6.4.1).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The keys of one issuer.
#[derive(Debug, Default)]
pub struct KeySet {
    keys: Vec<VerificationKey>,
    skipped: Vec<Skipped>,
}

impl KeySet {
    /// Reads a JWK Set (RFC 7517 §5).
    ///
    /// # Errors
    /// [`KeySetError`], when the document as a whole cannot be read.
    pub fn parse(json: &[u8]) -> Result<Self, KeySetError> {
        let mut document = object(json)?;
        let Some(Value::Array(members)) = document.remove("keys") else {
            return Err(KeySetError::NoKeys);
        };
        if members.len() > KEYS_MAX {
            return Err(KeySetError::TooManyKeys);
        }
        let mut set = Self::default();
        for (index, member) in members.iter().enumerate() {
            let key = match member {
                Value::Object(members) => VerificationKey::from_members(members),
                _ => Err(SkipReason::Malformed),
            };
            match key {
                Ok(key) => set.keys.push(key),
                Err(reason) => set.skipped.push(Skipped {
                    index: Some(index),
                    reason,
                }),
            }
        }
        set.settle_names();
        Ok(set)
    }

    /// A set of one key, given as a JWK (RFC 7517 §4).
    ///
    /// # Errors
    /// [`KeySetError`]; a key that cannot be used gives an empty set that says why.
    pub fn parse_key(json: &[u8]) -> Result<Self, KeySetError> {
        Ok(match VerificationKey::from_members(&object(json)?) {
            Ok(key) => Self {
                keys: vec![key],
                skipped: Vec::new(),
            },
            Err(reason) => Self {
                keys: Vec::new(),
                skipped: vec![Skipped {
                    index: Some(0),
                    reason,
                }],
            },
        })
    }

    /// The keys that can be used.
    pub fn keys(&self) -> &[VerificationKey] {
        &self.keys
    }

    /// What was left out, and why. For an operator who misses a key.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// The keys that could have made a signature, [`KEYS_TRIED_MAX`] at most.
    pub(crate) fn candidates(
        &self,
        algorithm: Algorithm,
        key_id: Option<&str>,
    ) -> Result<Vec<&VerificationKey>, JoseError> {
        let fits = |key: &&VerificationKey| {
            // A key without a name is not asked for by name.
            key.is_for(algorithm) && key_id.is_none_or(|id| key.key_id() == Some(id))
        };
        let keys: Vec<_> = self.keys.iter().filter(fits).collect();
        match keys.len() {
            0 => Err(JoseError::UnknownKey),
            // SECURITY: the work for one token is bounded, however many keys its issuer has.
            1..=KEYS_TRIED_MAX => Ok(keys),
            _ => Err(JoseError::AmbiguousKey),
        }
    }

    /// Makes one of what is published twice, and none of what is ambiguous.
    fn settle_names(&mut self) {
        let mut settled: Vec<VerificationKey> = Vec::with_capacity(self.keys.len());
        for key in std::mem::take(&mut self.keys) {
            if !settled.iter().any(|other| other.is_same_as(&key)) {
                settled.push(key);
            }
        }
        let ambiguous: Vec<bool> = settled
            .iter()
            .map(|key| settled.iter().any(|other| key.is_ambiguous_with(other)))
            .collect();
        for (key, is_ambiguous) in settled.into_iter().zip(ambiguous) {
            if is_ambiguous {
                let reason = SkipReason::KeyIdAmbiguous;
                self.skipped.push(Skipped {
                    index: None,
                    reason,
                });
            } else {
                self.keys.push(key);
            }
        }
    }
}

/// One public key: its name, and the algorithms that it verifies.
pub struct VerificationKey {
    key_id: Option<String>,
    thumbprint: String,
    material: Material,
}

impl VerificationKey {
    fn from_members(members: &Map<String, Value>) -> Result<Self, SkipReason> {
        // SECURITY: a private key that is published is everybody's.
        if PRIVATE_MEMBERS
            .iter()
            .any(|name| members.contains_key(*name))
        {
            return Err(SkipReason::PrivateKeyPublished);
        }
        let key_id = optional_text(members, "kid")?;
        if key_id.is_some_and(|id| id.len() > KEY_ID_BYTES_MAX) {
            return Err(SkipReason::Malformed);
        }
        if optional_text(members, "use")?.is_some_and(|usage| usage != "sig") {
            return Err(SkipReason::NotForSignatures);
        }
        if !may_verify(members)? {
            return Err(SkipReason::NotForSignatures);
        }
        let only = match optional_text(members, "alg")? {
            None => None,
            Some(name) => Some(name.parse().map_err(|_| SkipReason::AlgorithmUnsupported)?),
        };
        let material = Material::parse(members, only)?;
        Ok(Self {
            key_id: key_id.map(str::to_owned),
            thumbprint: material.thumbprint(),
            material,
        })
    }

    /// `kid`.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The SHA-256 of the key itself, base64url (RFC 7638): names it whatever its `kid` says.
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// What it verifies: bound to its kind and curve and, where it has one, to its `alg`.
    pub fn algorithms(&self) -> impl Iterator<Item = Algorithm> {
        self.material.algorithms()
    }

    /// Whether it verifies this algorithm.
    pub fn is_for(&self, algorithm: Algorithm) -> bool {
        self.algorithms().any(|own| own == algorithm)
    }

    /// Whether this key made `signature` over `message` with `algorithm`. An ECDSA signature is
    /// `r ‖ s` of fixed length (RFC 7518 §3.4), never DER.
    pub fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        self.material.verify(algorithm, message, signature)
    }

    fn is_same_as(&self, other: &Self) -> bool {
        self.thumbprint == other.thumbprint
            && self.key_id == other.key_id
            && self.algorithms().eq(other.algorithms())
    }

    /// Another key of the same name for a common algorithm.
    fn is_ambiguous_with(&self, other: &Self) -> bool {
        self.key_id.is_some()
            && self.key_id == other.key_id
            && self.thumbprint != other.thumbprint
            && self.algorithms().any(|algorithm| other.is_for(algorithm))
    }
}

impl fmt::Debug for VerificationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerificationKey({})", self.thumbprint)
    }
}

/// A key that was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skipped {
    /// Its place in `keys`, from 0. `None` where the reason is its name beside another's.
    pub index: Option<usize>,
    /// Why.
    pub reason: SkipReason,
}

/// Why a key is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[non_exhaustive]
pub enum SkipReason {
    /// A member is absent, of another type, too long, or not canonical base64url.
    #[error("a member of the key is absent or malformed")]
    Malformed,
    /// Another `kty` than `EC`, `OKP` and `RSA`, or another `crv` than P-256, P-384, P-521, Ed25519.
    #[error("the kind of the key is not supported")]
    KindUnsupported,
    /// `alg` is not a signature algorithm that we verify, or not one of this kind of key.
    #[error("the algorithm of the key is not supported, or not for a key of this kind")]
    AlgorithmUnsupported,
    /// `use` is not `sig`, or `key_ops` does not have `verify`.
    #[error("the key is not for verifying signatures")]
    NotForSignatures,
    /// Private or shared key material stands in the set: the key is no longer a secret.
    #[error("the key was published with its private part: have the issuer replace it")]
    PrivateKeyPublished,
    /// An RSA modulus of less than 2048 or more than 8192 bits.
    #[error("the modulus must have 2048 to 8192 bits")]
    ModulusSize,
    /// An even modulus, or one with the fingerprint of CVE-2017-15361 (ROCA).
    #[error("the modulus is known to be weak: have the issuer replace the key")]
    ModulusWeak,
    /// An RSA exponent that is even, below 65537 or above 33 bits.
    #[error("the exponent must be odd, at least 65537 and at most 33 bits long")]
    Exponent,
    /// A coordinate of another length than its curve's, or a point off the curve.
    #[error("the coordinates are no point of the curve")]
    Point,
    /// Another key of the set has the same `kid` and algorithm.
    #[error("two different keys have the same `kid`: have the issuer give each its own")]
    KeyIdAmbiguous,
}

/// Why a document is no key set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeySetError {
    /// [`DOCUMENT_BYTES_MAX`].
    #[error("the key set is larger than {DOCUMENT_BYTES_MAX} bytes")]
    TooLong,
    /// [`KEYS_MAX`].
    #[error("the key set has more than {KEYS_MAX} keys")]
    TooManyKeys,
    /// Not an unambiguous JSON object.
    #[error("the key set is not one unambiguous JSON object: {0}")]
    Json(StrictJsonError),
    /// `keys` is absent or not an array.
    #[error("the key set has no array `keys`")]
    NoKeys,
}

fn object(json: &[u8]) -> Result<Map<String, Value>, KeySetError> {
    if json.len() > DOCUMENT_BYTES_MAX {
        return Err(KeySetError::TooLong);
    }
    strict_json::check(json, &LIMITS).map_err(KeySetError::Json)?;
    serde_json::from_slice(json).map_err(|_| KeySetError::NoKeys)
}

fn optional_text<'m>(
    members: &'m Map<String, Value>,
    name: &str,
) -> Result<Option<&'m str>, SkipReason> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(SkipReason::Malformed),
    }
}

/// Whether `key_ops`, if it is there, has `verify` (RFC 7517 §4.3).
fn may_verify(members: &Map<String, Value>) -> Result<bool, SkipReason> {
    match members.get("key_ops") {
        None => Ok(true),
        Some(Value::Array(operations)) => Ok(operations.iter().any(|name| name == "verify")),
        Some(_) => Err(SkipReason::Malformed),
    }
}
