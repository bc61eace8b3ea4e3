//! JWS in compact form (RFC 7515 §7.1): three parts, one signature.

use std::fmt;

use serde_json::{Map, Value};

use super::jwk::{KeySet, VerificationKey};
use super::{Algorithm, JoseError, Malformed, Part, base64url};
use crate::strict_json::{self, Limits};

/// Longest `kid` and `typ`, in bytes.
pub const HEADER_TEXT_BYTES_MAX: usize = 1024;

/// A chain of certificates (`x5c`) is the largest that a header honestly has; it is not looked at.
const HEADER_LIMITS: Limits = Limits {
    depth_max: 4,
    keys_max: 64,
    key_bytes_max: 128,
    string_bytes_max: usize::MAX,
    nul_in_strings: false,
    object_only: true,
};

/// A token that says who signed it. **Nothing of it is verified yet.**
pub struct Unverified<'t> {
    header: Header,
    signing_input: &'t [u8],
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'t> Unverified<'t> {
    /// Takes the compact form apart, at most `bytes_max` long.
    ///
    /// # Errors
    /// [`JoseError::Malformed`], [`JoseError::Encrypted`], [`JoseError::AlgorithmUnsupported`],
    /// [`JoseError::ExtensionUnsupported`].
    pub fn parse(token: &'t str, bytes_max: usize) -> Result<Self, JoseError> {
        if token.len() > bytes_max {
            return Err(Malformed::TooLong { bytes_max }.into());
        }
        let (signing_input, header, payload, signature) = split(token)?;
        let header = Header::parse(&decode(header, Part::Header)?)?;
        Ok(Self {
            header,
            signing_input: signing_input.as_bytes(),
            payload: decode(payload, Part::Payload)?,
            signature: decode(signature, Part::Signature)?,
        })
    }

    /// The header, of which nothing is proved.
    pub(crate) const fn claimed_header(&self) -> &Header {
        &self.header
    }

    /// The payload, of which nothing is proved.
    pub(crate) fn claimed_payload(&self) -> &[u8] {
        &self.payload
    }

    /// Whether a key of the set made the signature, with an algorithm that is allowed.
    ///
    /// With `kid`, the key is the one of that name; without, every key that is for this algorithm is
    /// tried, at most [`super::jwk::KEYS_TRIED_MAX`].
    ///
    /// # Errors
    /// [`JoseError::AlgorithmNotAllowed`], [`JoseError::UnknownKey`], [`JoseError::AmbiguousKey`],
    /// [`JoseError::BadSignature`].
    pub fn verify<'k>(
        &self,
        keys: &'k KeySet,
        allowed: &[Algorithm],
    ) -> Result<Verified<'_, 'k>, JoseError> {
        let algorithm = self.header.algorithm;
        // SECURITY: the token names the algorithm, the caller and the key decide it; held by
        // `an_algorithm_that_is_not_allowed_is_refused`.
        if !allowed.contains(&algorithm) {
            return Err(JoseError::AlgorithmNotAllowed);
        }
        let candidates = keys.candidates(algorithm, self.header.key_id.as_deref())?;
        let key = candidates
            .into_iter()
            .find(|key| key.verify(algorithm, self.signing_input, &self.signature))
            .ok_or(JoseError::BadSignature)?;
        Ok(Verified {
            header: &self.header,
            payload: &self.payload,
            key,
        })
    }
}

impl fmt::Debug for Unverified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unverified({})", self.header.algorithm)
    }
}

/// A token of which a given key set made the signature.
pub struct Verified<'t, 'k> {
    header: &'t Header,
    payload: &'t [u8],
    key: &'k VerificationKey,
}

impl<'t, 'k> Verified<'t, 'k> {
    /// What was signed.
    pub const fn payload(&self) -> &'t [u8] {
        self.payload
    }

    /// How.
    pub const fn algorithm(&self) -> Algorithm {
        self.header.algorithm
    }

    /// `typ`, as it stands.
    pub fn typ(&self) -> Option<&'t str> {
        self.header.typ.as_deref()
    }

    /// The key that made the signature.
    pub const fn key(&self) -> &'k VerificationKey {
        self.key
    }
}

impl fmt::Debug for Verified<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verified({})", self.header.algorithm)
    }
}

/// The parameters that mean something to us.
#[derive(Clone)]
pub(crate) struct Header {
    pub(crate) algorithm: Algorithm,
    pub(crate) key_id: Option<String>,
    pub(crate) typ: Option<String>,
}

impl Header {
    pub(crate) fn parse(json: &[u8]) -> Result<Self, JoseError> {
        let parameters = object(json, Part::Header, &HEADER_LIMITS)?;
        // Before `alg`, so that an encrypted token is called one.
        if parameters.contains_key("enc") || parameters.contains_key("zip") {
            return Err(JoseError::Encrypted);
        }
        let algorithm = text(&parameters, "alg")?.ok_or(Malformed::HeaderParameter("alg"))?;
        let algorithm = algorithm
            .parse()
            .map_err(|_| JoseError::AlgorithmUnsupported)?;
        // SECURITY: what must be understood is not ignored (RFC 7515 §4.1.11), whatever its value.
        if parameters.contains_key("crit") || parameters.contains_key("b64") {
            return Err(JoseError::ExtensionUnsupported);
        }
        // SECURITY: `jwk`, `jku`, `x5u`, `x5c`, `x5t` are not read: a key that comes with the token
        // proves nothing. Held by `a_key_in_the_header_is_never_used`.
        Ok(Self {
            algorithm,
            key_id: text(&parameters, "kid")?.map(str::to_owned),
            typ: text(&parameters, "typ")?.map(str::to_owned),
        })
    }
}

/// A parameter that, where it stands, is a string.
fn text<'p>(
    parameters: &'p Map<String, Value>,
    name: &'static str,
) -> Result<Option<&'p str>, Malformed> {
    match parameters.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if text.len() <= HEADER_TEXT_BYTES_MAX => Ok(Some(text)),
        Some(_) => Err(Malformed::HeaderParameter(name)),
    }
}

/// One unambiguous JSON object.
pub(crate) fn object(
    json: &[u8],
    part: Part,
    limits: &Limits,
) -> Result<Map<String, Value>, Malformed> {
    strict_json::check(json, limits).map_err(|error| Malformed::Json { part, error })?;
    // What passed the check reads as an object; were it not so, it is still no object to us.
    serde_json::from_slice(json).map_err(|error| Malformed::Json {
        part,
        error: strict_json::StrictJsonError {
            rule: strict_json::Rule::Syntax,
            line: error.line(),
            column: error.column(),
        },
    })
}

fn split(token: &str) -> Result<(&str, &str, &str, &str), JoseError> {
    let dots = token.bytes().filter(|byte| *byte == b'.').count();
    if dots == 4 {
        return Err(JoseError::Encrypted);
    }
    let parts = || {
        let (signing_input, signature) = token.rsplit_once('.')?;
        let (header, payload) = signing_input.split_once('.')?;
        Some((signing_input, header, payload, signature))
    };
    let parts = (dots == 2).then(parts).flatten();
    Ok(parts.ok_or(Malformed::Parts)?)
}

fn decode(text: &str, part: Part) -> Result<Vec<u8>, Malformed> {
    base64url::decode(text).ok_or(Malformed::Base64url(part))
}
