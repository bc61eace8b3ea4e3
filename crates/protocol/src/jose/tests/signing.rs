//! Our own keys: they come back from their stored form, and name themselves.

use super::super::base64url;
use super::super::signing::{RsaSize, SigningError};
use super::*;

#[test]
fn every_algorithm_that_we_sign_with_verifies_and_reads_back() {
    let mut keys: Vec<TokenSigningKey> = [
        Algorithm::Es256,
        Algorithm::Es384,
        Algorithm::EdDsa,
        Algorithm::Rs256,
        Algorithm::Ps256,
    ]
    .map(|algorithm| TokenSigningKey::generate(algorithm).unwrap())
    .into();
    keys.push(TokenSigningKey::generate_rsa(Algorithm::Ps256, RsaSize::Bits3072).unwrap());
    for key in keys {
        let stored = key.to_pkcs8().unwrap();
        let again = TokenSigningKey::from_pkcs8(key.algorithm(), &stored).unwrap();
        assert_eq!(again.public_jwk(), key.public_jwk());
        assert_eq!(again.key_id(), key.key_id());
        let set = set(&[key.public_jwk()]);
        assert_eq!(set.keys()[0].thumbprint(), key.key_id());
        let header = json!({ "typ": "at+jwt" }).as_object().cloned().unwrap();
        let text = again
            .sign(&header, honest().to_string().as_bytes())
            .unwrap();
        let token = Unverified::parse(&text, USER_TOKEN_BYTES_MAX).unwrap();
        let all = Expectation {
            algorithms: &Algorithm::ALL,
            ..expectation()
        };
        let verified = token.verify(&set, &all, NOW).unwrap();
        assert_eq!(verified.algorithm(), key.algorithm());
    }
}

#[test]
fn a_public_key_has_nothing_private_in_it() {
    for key in [es256(), rs256()] {
        let jwk = key.public_jwk();
        let members = jwk.as_object().unwrap();
        let mut names: Vec<&str> = members.keys().map(String::as_str).collect();
        names.sort_unstable();
        let expected = match key.algorithm() {
            Algorithm::Es256 => ["alg", "crv", "kid", "kty", "use", "x", "y"].as_slice(),
            _ => &["alg", "e", "kid", "kty", "n", "use"],
        };
        assert_eq!(names, expected);
    }
}

#[test]
fn a_key_sets_its_own_name_and_algorithm() {
    for name in ["alg", "kid"] {
        let header = json!({ name: "x" }).as_object().cloned().unwrap();
        assert_eq!(
            es256().sign(&header, b"{}"),
            Err(SigningError::HeaderParameter)
        );
    }
}

#[test]
fn what_is_no_key_of_the_algorithm_is_refused() {
    let stored = es256().to_pkcs8().unwrap();
    // A key of one curve is none of another.
    for algorithm in [Algorithm::Es384, Algorithm::EdDsa, Algorithm::Rs256] {
        let error = TokenSigningKey::from_pkcs8(algorithm, &stored).unwrap_err();
        assert_eq!(error, SigningError::KeyRejected);
    }
    for algorithm in [Algorithm::Es512, Algorithm::Rs512, Algorithm::Ed25519] {
        let error = TokenSigningKey::generate(algorithm).unwrap_err();
        assert_eq!(error, SigningError::AlgorithmUnsupported);
        let error = TokenSigningKey::from_pkcs8(algorithm, &stored).unwrap_err();
        assert_eq!(error, SigningError::AlgorithmUnsupported);
    }
    let shown = format!("{:?}", es256());
    assert!(shown.starts_with("TokenSigningKey(ES256, "), "{shown}");
}

/// RFC 6979 §A.2.6: the key on P-384, and its signature of "sample" with SHA-384.
#[test]
fn a_published_es384_signature_verifies_and_another_does_not() {
    let part = |text: &str| hex::decode(text).unwrap();
    let x = part(
        "ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64\
         def8f0ea9055866064a254515480bc13",
    );
    let y = part(
        "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1\
         288b231c3ae0d4fe7344fd2533264720",
    );
    let mut signature = part(
        "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c\
         81a648152e44acf96e36dd1e80fabe46\
         99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f\
         a329c145786e679e7b82c71a38628ac8",
    );
    let key = json!({
        "kty": "EC", "crv": "P-384",
        "x": base64url::encode(&x), "y": base64url::encode(&y),
    });
    let set = set(&[key]);
    let key = &set.keys()[0];
    assert!(key.verify(Algorithm::Es384, b"sample", &signature));
    assert!(!key.verify(Algorithm::Es256, b"sample", &signature));
    assert!(!key.verify(Algorithm::Es384, b"simple", &signature));
    signature[95] ^= 1;
    assert!(!key.verify(Algorithm::Es384, b"sample", &signature));
}
