//! Keys of our own, and tokens signed with them.
//!
//! Randomness: aws-lc takes it from its own generator, both for new keys and for the nonces and
//! salts of signatures. It cannot be handed down; so signatures by ES256, ES384 and PS256 differ
//! each time.

mod der;

use std::fmt;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaEncoding,
};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::jwk::KeySet;
use super::{Algorithm, base64url};

/// The size of a new RSA key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RsaSize {
    /// 2048 bits.
    Bits2048,
    /// 3072 bits.
    Bits3072,
}

/// A private key that signs tokens: ES256, ES384, `EdDSA`, RS256 or PS256.
pub struct TokenSigningKey {
    algorithm: Algorithm,
    pair: Pair,
    public_jwk: Map<String, Value>,
    key_id: String,
}

enum Pair {
    Ecdsa(Curve, EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(rsa::KeyPair),
}

/// The curve of an ECDSA key (RFC 7518 §3.4).
#[derive(Clone, Copy)]
enum Curve {
    P256,
    P384,
}

impl Curve {
    /// The curve of an algorithm, if it has one that we sign with.
    const fn of(algorithm: Algorithm) -> Option<Self> {
        match algorithm {
            Algorithm::Es256 => Some(Self::P256),
            Algorithm::Es384 => Some(Self::P384),
            _ => None,
        }
    }

    const fn signing(self) -> &'static EcdsaSigningAlgorithm {
        match self {
            Self::P256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
            Self::P384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        }
    }

    /// Its name, and how long a coordinate is, in bytes.
    const fn shape(self) -> (&'static str, usize) {
        match self {
            Self::P256 => ("P-256", 32),
            Self::P384 => ("P-384", 48),
        }
    }
}

/// Why a key cannot be made, read or used. Says nothing of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SigningError {
    /// We sign with ES256, ES384, `EdDSA`, RS256 and PS256 alone.
    #[error("sign with ES256, ES384, EdDSA, RS256 or PS256")]
    AlgorithmUnsupported,
    /// Not the PKCS#8 form of a key of this algorithm, or of a key that our verifier would refuse.
    #[error("the stored key is not a PKCS#8 key of its algorithm: make a new one")]
    KeyRejected,
    /// `alg` or `kid` among the parameters of the caller.
    #[error("`alg` and `kid` are set by the key")]
    HeaderParameter,
    /// The library failed, as when the machine has no randomness.
    #[error("the key cannot be used: check the machine's source of randomness")]
    Library,
}

impl TokenSigningKey {
    /// A new key; an RSA key has 2048 bits.
    ///
    /// # Errors
    /// [`SigningError::AlgorithmUnsupported`], [`SigningError::Library`].
    pub fn generate(algorithm: Algorithm) -> Result<Self, SigningError> {
        let pair = match (Curve::of(algorithm), algorithm) {
            (Some(curve), _) => EcdsaKeyPair::generate(curve.signing())
                .map(|pair| Pair::Ecdsa(curve, pair))
                .map_err(|_| SigningError::Library)?,
            (None, Algorithm::EdDsa) => Ed25519KeyPair::generate()
                .map(Pair::Ed25519)
                .map_err(|_| SigningError::Library)?,
            (None, _) => return Self::generate_rsa(algorithm, RsaSize::Bits2048),
        };
        Self::new(algorithm, pair)
    }

    /// A new RSA key of this size, for RS256 or PS256.
    ///
    /// # Errors
    /// [`SigningError::AlgorithmUnsupported`], [`SigningError::Library`].
    pub fn generate_rsa(algorithm: Algorithm, size: RsaSize) -> Result<Self, SigningError> {
        encoding(algorithm)?;
        let size = match size {
            RsaSize::Bits2048 => KeySize::Rsa2048,
            RsaSize::Bits3072 => KeySize::Rsa3072,
        };
        let pair = rsa::KeyPair::generate(size).map_err(|_| SigningError::Library)?;
        Self::new(algorithm, Pair::Rsa(pair))
    }

    /// A key that [`Self::to_pkcs8`] wrote.
    ///
    /// # Errors
    /// [`SigningError::AlgorithmUnsupported`], [`SigningError::KeyRejected`].
    pub fn from_pkcs8(algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self, SigningError> {
        let pair = match (Curve::of(algorithm), algorithm) {
            (Some(curve), _) => EcdsaKeyPair::from_pkcs8(curve.signing(), pkcs8)
                .map(|pair| Pair::Ecdsa(curve, pair)),
            (None, Algorithm::EdDsa) => Ed25519KeyPair::from_pkcs8(pkcs8).map(Pair::Ed25519),
            (None, _) => {
                encoding(algorithm)?;
                rsa::KeyPair::from_pkcs8(pkcs8).map(Pair::Rsa)
            }
        };
        Self::new(algorithm, pair.map_err(|_| SigningError::KeyRejected)?)
    }

    fn new(algorithm: Algorithm, pair: Pair) -> Result<Self, SigningError> {
        let mut public_jwk = pair.public_members().ok_or(SigningError::KeyRejected)?;
        public_jwk.insert("alg".to_owned(), json!(algorithm.name()));
        public_jwk.insert("use".to_owned(), json!("sig"));
        // What our own verifier would refuse is not signed with.
        let text = Value::Object(public_jwk.clone()).to_string();
        let set = KeySet::parse_key(text.as_bytes()).map_err(|_| SigningError::KeyRejected)?;
        let key = set.keys().first().ok_or(SigningError::KeyRejected)?;
        let key_id = key.thumbprint().to_owned();
        public_jwk.insert("kid".to_owned(), json!(key_id));
        Ok(Self {
            algorithm,
            pair,
            public_jwk,
            key_id,
        })
    }

    /// The private key as PKCS#8 (RFC 5958). Each use is a place to review: it goes nowhere but
    /// under a seal.
    ///
    /// # Errors
    /// [`SigningError::Library`].
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, SigningError> {
        let failed = |_| SigningError::Library;
        // The library's own buffers are wiped when they are dropped.
        Ok(Zeroizing::new(match &self.pair {
            Pair::Ecdsa(_, pair) => pair.to_pkcs8v1().map_err(failed)?.as_ref().to_vec(),
            Pair::Ed25519(pair) => pair.to_pkcs8().map_err(failed)?.as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let der: Pkcs8V1Der<'_> = pair.as_der().map_err(failed)?;
                der.as_ref().to_vec()
            }
        }))
    }

    /// What it signs with.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Its `kid`: the thumbprint of the public key (RFC 7638).
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The public key as a JWK with `alg`, `kid` and `use`.
    pub fn public_jwk(&self) -> Value {
        Value::Object(self.public_jwk.clone())
    }

    /// The compact form over `payload`. `header` has `typ` and what else the kind of token needs;
    /// `alg` and `kid` are the key's.
    ///
    /// # Errors
    /// [`SigningError::HeaderParameter`], [`SigningError::Library`].
    pub fn sign(
        &self,
        header: &Map<String, Value>,
        payload: &[u8],
    ) -> Result<String, SigningError> {
        let mut header = header.clone();
        for (name, value) in [("alg", self.algorithm.name()), ("kid", &self.key_id)] {
            if header.insert(name.to_owned(), json!(value)).is_some() {
                return Err(SigningError::HeaderParameter);
            }
        }
        let header = Value::Object(header).to_string();
        let header = base64url::encode(header.as_bytes());
        let signing_input = format!("{header}.{}", base64url::encode(payload));
        let signature = self.signature(signing_input.as_bytes())?;
        Ok(format!("{signing_input}.{}", base64url::encode(&signature)))
    }

    /// The signature alone.
    pub(crate) fn signature(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        #[expect(
            clippy::disallowed_methods,
            reason = "an argument that aws-lc ignores: it takes its own randomness"
        )]
        let unused = SystemRandom::new();
        let failed = |_| SigningError::Library;
        match &self.pair {
            Pair::Ecdsa(_, pair) => {
                let signature = pair.sign(&unused, message).map_err(failed)?;
                Ok(signature.as_ref().to_vec())
            }
            Pair::Ed25519(pair) => {
                let signature = pair.try_sign(message).map_err(failed)?;
                Ok(signature.as_ref().to_vec())
            }
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(encoding(self.algorithm)?, &unused, message, &mut signature)
                    .map_err(failed)?;
                Ok(signature)
            }
        }
    }
}

impl fmt::Debug for TokenSigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenSigningKey({}, {})", self.algorithm, self.key_id)
    }
}

impl Pair {
    /// `kty` and what follows from it.
    fn public_members(&self) -> Option<Map<String, Value>> {
        let text = |bytes: &[u8]| json!(base64url::encode(bytes));
        let members = match self {
            Self::Ecdsa(curve, pair) => {
                let (name, length) = curve.shape();
                // The uncompressed form: 4, x, y.
                let point = pair.public_key().as_ref().strip_prefix(&[4])?;
                let (x, y) = point.split_at_checked(length)?;
                vec![
                    ("kty", json!("EC")),
                    ("crv", json!(name)),
                    ("x", text(x)),
                    ("y", text(y)),
                ]
            }
            Self::Ed25519(pair) => {
                let x = text(pair.public_key().as_ref());
                vec![("kty", json!("OKP")), ("crv", json!("Ed25519")), ("x", x)]
            }
            Self::Rsa(pair) => {
                let (n, e) = der::rsa_public_key(pair.public_key().as_ref())?;
                vec![("kty", json!("RSA")), ("n", text(n)), ("e", text(e))]
            }
        };
        let members = members.into_iter();
        Some(
            members
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    }
}

fn encoding(algorithm: Algorithm) -> Result<&'static dyn RsaEncoding, SigningError> {
    match algorithm {
        Algorithm::Rs256 => Ok(&RSA_PKCS1_SHA256),
        Algorithm::Ps256 => Ok(&RSA_PSS_SHA256),
        _ => Err(SigningError::AlgorithmUnsupported),
    }
}
