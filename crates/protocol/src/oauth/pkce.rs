//! Proof Key for Code Exchange (RFC 7636): a code is of use only to who asked for it.
//!
//! Only `S256`. With `plain` the request itself would tell what proves its author (§7.2).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use procura_core::digest::sha256;
use procura_core::entropy::random_bytes;
use procura_core::secret::Plain;
use procura_core::secret::kind::CodeVerifier;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// The registered name of the only method that we use.
pub const METHOD: &str = "S256";
/// How long a verifier of ours is, and each challenge, in bytes.
pub const TEXT_BYTES: usize = 43;

/// A fresh verifier (§4.1): 32 random bytes as base64url.
pub fn code_verifier(rng: &mut dyn CryptoRng) -> Plain<CodeVerifier> {
    let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(random_bytes(rng));
    Plain::new(URL_SAFE_NO_PAD.encode(bytes.as_slice()).into_bytes())
}

/// Its challenge (§4.2), which may be seen by anybody.
pub fn challenge_s256(verifier: &Plain<CodeVerifier>) -> String {
    digest_text(&[verifier.expose_secret()])
}

/// A SHA-256 digest as base64url: of [`TEXT_BYTES`].
pub(super) fn digest_text(parts: &[&[u8]]) -> String {
    URL_SAFE_NO_PAD.encode(sha256(parts))
}

/// Whether a text can be a verifier of ours, or a challenge: [`TEXT_BYTES`] of base64url.
pub(super) fn has_form(text: &str) -> bool {
    text.len() == TEXT_BYTES
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use procura_core::entropy::OsEntropy;
    use rand_core::RngCore;

    use super::*;

    /// Says the octets of RFC 7636 appendix B.
    struct AppendixB;

    impl RngCore for AppendixB {
        fn next_u32(&mut self) -> u32 {
            0
        }

        fn next_u64(&mut self) -> u64 {
            0
        }

        fn fill_bytes(&mut self, destination: &mut [u8]) {
            destination.copy_from_slice(&[
                116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22,
                212, 37, 77, 105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
            ]);
        }
    }

    impl CryptoRng for AppendixB {}

    #[test]
    fn the_example_of_the_rfc_is_made() {
        let verifier = code_verifier(&mut AppendixB);
        assert_eq!(
            verifier.expose_secret_text().unwrap(),
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        );
        assert_eq!(
            challenge_s256(&verifier),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn a_verifier_has_the_form_and_is_never_the_same() {
        let (one, other) = (code_verifier(&mut OsEntropy), code_verifier(&mut OsEntropy));
        assert_ne!(one.expose_secret(), other.expose_secret());
        for verifier in [one, other] {
            assert!(has_form(verifier.expose_secret_text().unwrap()));
            assert!(has_form(&challenge_s256(&verifier)));
        }
        for text in ["", "a", &"a".repeat(42), &"a".repeat(44), &"=".repeat(43)] {
            assert!(!has_form(text));
        }
    }
}
