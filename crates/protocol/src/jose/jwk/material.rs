//! The key itself: what `kty`, `crv` and the coordinates say (RFC 7518 §6, RFC 8037 §2).

use aws_lc_rs::digest;
use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519,
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384,
    RSA_PSS_2048_8192_SHA512, RsaParameters, VerificationAlgorithm,
};
use serde_json::{Map, Value};

use super::{SkipReason, optional_text, rsa};
use crate::jose::{Algorithm, base64url};

/// The points of Ed25519 of small order, as little-endian hex without the bit of the sign. With such
/// a "key" some signatures hold for many messages, so it proves nothing.
const SMALL_ORDER: [&str; 7] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

/// A key, parsed once for each algorithm that it may verify.
pub(super) struct Material {
    canonical: String,
    parsed: Vec<(Algorithm, ParsedPublicKey)>,
}

impl Material {
    /// The key, for `only` or for all algorithms of its kind.
    pub(super) fn parse(
        members: &Map<String, Value>,
        only: Option<Algorithm>,
    ) -> Result<Self, SkipReason> {
        let kind = text(members, "kty")?;
        match kind {
            "EC" => Self::elliptic(members, only),
            "OKP" => Self::edwards(members, only),
            "RSA" => Self::rsa(members, only),
            _ => Err(SkipReason::KindUnsupported),
        }
    }

    fn elliptic(members: &Map<String, Value>, only: Option<Algorithm>) -> Result<Self, SkipReason> {
        let curve = text(members, "crv")?;
        let (algorithm, primitive, bytes): (_, &'static dyn VerificationAlgorithm, usize) =
            match curve {
                "P-256" => (Algorithm::Es256, &ECDSA_P256_SHA256_FIXED, 32),
                "P-384" => (Algorithm::Es384, &ECDSA_P384_SHA384_FIXED, 48),
                "P-521" => (Algorithm::Es512, &ECDSA_P521_SHA512_FIXED, 66),
                _ => return Err(SkipReason::KindUnsupported),
            };
        let (x, y) = (decoded(members, "x")?, decoded(members, "y")?);
        if x.len() != bytes || y.len() != bytes {
            return Err(SkipReason::Point);
        }
        let algorithms = bound(&[algorithm], only)?;
        // The uncompressed form (SEC 1 §2.3.3); parsing it checks that the point is on the curve.
        let point = [&[4], x.as_slice(), y.as_slice()].concat();
        let (x, y) = (base64url::encode(&x), base64url::encode(&y));
        Ok(Self {
            canonical: format!(r#"{{"crv":"{curve}","kty":"EC","x":"{x}","y":"{y}"}}"#),
            parsed: parse_each(&algorithms, |_| {
                ParsedPublicKey::new(primitive, &point).ok()
            })
            .ok_or(SkipReason::Point)?,
        })
    }

    fn edwards(members: &Map<String, Value>, only: Option<Algorithm>) -> Result<Self, SkipReason> {
        if text(members, "crv")? != "Ed25519" {
            return Err(SkipReason::KindUnsupported);
        }
        let x = decoded(members, "x")?;
        if x.len() != 32 || is_small_order(&x) {
            return Err(SkipReason::Point);
        }
        let algorithms = bound(&[Algorithm::EdDsa, Algorithm::Ed25519], only)?;
        let text = base64url::encode(&x);
        Ok(Self {
            canonical: format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{text}"}}"#),
            parsed: parse_each(&algorithms, |_| ParsedPublicKey::new(&ED25519, &x).ok())
                .ok_or(SkipReason::Point)?,
        })
    }

    fn rsa(members: &Map<String, Value>, only: Option<Algorithm>) -> Result<Self, SkipReason> {
        let (n, e) = (decoded(members, "n")?, decoded(members, "e")?);
        rsa::check(&n, &e)?;
        let algorithms = bound(
            &[
                Algorithm::Rs256,
                Algorithm::Rs384,
                Algorithm::Rs512,
                Algorithm::Ps256,
                Algorithm::Ps384,
                Algorithm::Ps512,
            ],
            only,
        )?;
        let components = PublicKeyComponents {
            n: n.as_slice(),
            e: e.as_slice(),
        };
        let (n, e) = (base64url::encode(&n), base64url::encode(&e));
        Ok(Self {
            canonical: format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#),
            parsed: parse_each(&algorithms, |algorithm| {
                components.to_parsed_public_key(parameters(algorithm)?).ok()
            })
            .ok_or(SkipReason::Malformed)?,
        })
    }

    /// RFC 7638 §3: SHA-256 over the required members in their order.
    pub(super) fn thumbprint(&self) -> String {
        let hash = digest::digest(&digest::SHA256, self.canonical.as_bytes());
        base64url::encode(hash.as_ref())
    }

    pub(super) fn algorithms(&self) -> impl Iterator<Item = Algorithm> {
        self.parsed.iter().map(|(algorithm, _)| *algorithm)
    }

    pub(super) fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        // SECURITY: the key was parsed for its own algorithms only; another is not even asked.
        let own = self.parsed.iter().find(|(own, _)| *own == algorithm);
        own.is_some_and(|(_, key)| key.verify_sig(message, signature).is_ok())
    }
}

/// The algorithms of a kind of key, or the one of them that its `alg` names.
fn bound(kind: &[Algorithm], only: Option<Algorithm>) -> Result<Vec<Algorithm>, SkipReason> {
    match only {
        None => Ok(kind.to_vec()),
        Some(only) if kind.contains(&only) => Ok(vec![only]),
        Some(_) => Err(SkipReason::AlgorithmUnsupported),
    }
}

fn parse_each(
    algorithms: &[Algorithm],
    parse: impl Fn(Algorithm) -> Option<ParsedPublicKey>,
) -> Option<Vec<(Algorithm, ParsedPublicKey)>> {
    algorithms
        .iter()
        .map(|algorithm| Some((*algorithm, parse(*algorithm)?)))
        .collect()
}

fn parameters(algorithm: Algorithm) -> Option<&'static RsaParameters> {
    match algorithm {
        Algorithm::Rs256 => Some(&RSA_PKCS1_2048_8192_SHA256),
        Algorithm::Rs384 => Some(&RSA_PKCS1_2048_8192_SHA384),
        Algorithm::Rs512 => Some(&RSA_PKCS1_2048_8192_SHA512),
        Algorithm::Ps256 => Some(&RSA_PSS_2048_8192_SHA256),
        Algorithm::Ps384 => Some(&RSA_PSS_2048_8192_SHA384),
        Algorithm::Ps512 => Some(&RSA_PSS_2048_8192_SHA512),
        Algorithm::Es256
        | Algorithm::Es384
        | Algorithm::Es512
        | Algorithm::EdDsa
        | Algorithm::Ed25519 => None,
    }
}

fn is_small_order(point: &[u8]) -> bool {
    let mut unsigned = point.to_vec();
    if let Some(last) = unsigned.last_mut() {
        *last &= 0x7f;
    }
    SMALL_ORDER.contains(&hex::encode(unsigned).as_str())
}

fn text<'m>(members: &'m Map<String, Value>, name: &str) -> Result<&'m str, SkipReason> {
    optional_text(members, name)?.ok_or(SkipReason::Malformed)
}

fn decoded(members: &Map<String, Value>, name: &str) -> Result<Vec<u8>, SkipReason> {
    base64url::decode(text(members, name)?).ok_or(SkipReason::Malformed)
}
