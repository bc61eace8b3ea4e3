//! The published suites of Wycheproof (C2SP/wycheproof, `testvectors_v1`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::*;
use crate::jose::jwk::SkipReason;
use crate::jose::jws;

const NOT_RUN: &str = "not run: vectors absent";

#[expect(
    clippy::disallowed_methods,
    reason = "where the vectors lie is asked of the tests alone"
)]
fn directory() -> PathBuf {
    let shared = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    std::env::var_os("PROCURA_VECTORS")
        .map_or_else(shared, PathBuf::from)
        .join("wycheproof")
}

fn suite(name: &str) -> Option<Value> {
    let Ok(text) = std::fs::read(directory().join(name)) else {
        println!("{NOT_RUN}");
        return None;
    };
    Some(serde_json::from_slice(&text).unwrap())
}

/// The keys of a group: what it publishes, or where it publishes nothing what it has.
fn keys(group: &Value) -> KeySet {
    let published = group.get("public").unwrap_or(&group["private"]);
    let text = published.to_string();
    if published.get("keys").is_some() {
        KeySet::parse(text.as_bytes()).unwrap()
    } else {
        KeySet::parse_key(text.as_bytes()).unwrap()
    }
}

/// Why a vector that the suite calls valid is refused here.
fn listed(group: &Value, id: &Value, error: &JoseError) -> &'static str {
    match error {
        JoseError::Malformed(Malformed::Base64url(_)) if [372, 373].iter().any(|odd| id == odd) => {
            "a `?` within base64url, which the suite lets pass"
        }
        JoseError::AlgorithmUnsupported => "a shared secret (HS256, HS384, HS512)",
        JoseError::UnknownKey if group["public"]["alg"] == "PS256" => {
            "RFC 7520 figure 20: PS384 by a key whose alg is PS256"
        }
        JoseError::UnknownKey if group["public"]["alg"] == "ES521" => {
            "RFC 7520 figure 27: a key whose alg is ES521, which does not exist"
        }
        _ => "?",
    }
}

fn run(name: &str) -> Option<(usize, usize, BTreeMap<&'static str, usize>)> {
    let suite = suite(name)?;
    let (mut accepted, mut refused, mut others) = (0, 0, BTreeMap::new());
    for group in suite["testGroups"].as_array().unwrap() {
        let keys = keys(group);
        for test in group["tests"].as_array().unwrap() {
            let text = test.get("jws").or(test.get("jwe")).unwrap();
            // The JSON serialization stands in one file as an object.
            let text = text
                .as_str()
                .map_or_else(|| text.to_string(), str::to_owned);
            let outcome = jws::Unverified::parse(&text, 64 * 1024)
                .and_then(|token| token.verify(&keys, &Algorithm::ALL).map(drop));
            let valid = test["result"] == "valid";
            match outcome {
                Ok(()) => {
                    assert!(
                        valid,
                        "{name} {}: an invalid one was accepted",
                        test["tcId"]
                    );
                    accepted += 1;
                }
                Err(JoseError::Encrypted) if valid => {
                    *others.entry("encrypted (RFC 7516)").or_default() += 1;
                }
                Err(error) if valid => {
                    let reason = listed(group, &test["tcId"], &error);
                    assert_ne!(reason, "?", "{name} {}: {error:?}", test["tcId"]);
                    *others.entry(reason).or_default() += 1;
                }
                Err(_) => refused += 1,
            }
        }
    }
    println!("{name}: accepted {accepted}, refused {refused}, listed {others:?}");
    Some((accepted, refused, others))
}

#[test]
fn signatures_are_judged_as_the_suite_judges_them() {
    if let Some((accepted, refused, others)) = run("json_web_signature_test.json") {
        assert_eq!((accepted, refused), (32, 355));
        assert_eq!(others.values().sum::<usize>(), 14);
    }
}

#[test]
fn keys_are_judged_as_the_suite_judges_them() {
    if let Some((accepted, refused, others)) = run("json_web_key_test.json") {
        assert_eq!((accepted, refused), (1, 21));
        assert_eq!(others.values().sum::<usize>(), 4);
    }
}

#[test]
fn tokens_are_judged_as_the_suite_judges_them() {
    if let Some((accepted, refused, others)) = run("json_web_crypto_test.json") {
        assert_eq!((accepted, refused), (2, 77));
        assert_eq!(others.values().sum::<usize>(), 4);
    }
}

/// `parameter` of a group as a JWK, and the algorithm of the file.
fn primitive(name: &str, algorithm: Algorithm, jwk: impl Fn(&Value) -> Value) {
    let Some(suite) = suite(name) else { return };
    let bytes = |hexadecimal: &Value| hex::decode(hexadecimal.as_str().unwrap()).unwrap();
    let mut outcomes = BTreeMap::<(&str, bool), usize>::new();
    for group in suite["testGroups"].as_array().unwrap() {
        let set = KeySet::parse_key(jwk(group).to_string().as_bytes()).unwrap();
        for test in group["tests"].as_array().unwrap() {
            let verified = set
                .keys()
                .iter()
                .any(|key| key.verify(algorithm, &bytes(&test["msg"]), &bytes(&test["sig"])));
            let result = test["result"].as_str().unwrap();
            let id = &test["tcId"];
            if set.keys().is_empty() {
                // The two valid signatures of keys whose exponent is 3.
                assert_eq!(set.skipped()[0].reason, SkipReason::Exponent, "{name} {id}");
                *outcomes.entry(("small exponent", false)).or_default() += 1;
                continue;
            }
            assert!(
                result == "acceptable" || verified == (result == "valid"),
                "{name} {id}"
            );
            *outcomes.entry((result, verified)).or_default() += 1;
        }
    }
    println!("{name}: {outcomes:?}");
}

#[test]
fn the_edges_of_ecdsa_are_those_of_the_suite() {
    primitive(
        "ecdsa_secp256r1_sha256_p1363_test.json",
        Algorithm::Es256,
        |group| {
            let coordinate = |name: &str| {
                let number = group["publicKey"][name].as_str().unwrap();
                let number = number.trim_start_matches('0');
                forge::base64url(&hex::decode(format!("{number:0>64}")).unwrap())
            };
            json!({ "kty": "EC", "crv": "P-256", "x": coordinate("wx"), "y": coordinate("wy") })
        },
    );
}

#[test]
fn the_edges_of_ed25519_are_those_of_the_suite() {
    primitive("ed25519_test.json", Algorithm::EdDsa, |group| {
        let x = hex::decode(group["publicKey"]["pk"].as_str().unwrap()).unwrap();
        json!({ "kty": "OKP", "crv": "Ed25519", "x": forge::base64url(&x) })
    });
}

#[test]
fn the_edges_of_rsa_are_those_of_the_suite() {
    let jwk = |group: &Value| {
        let number = |name: &str| {
            let digits = group["publicKey"][name].as_str().unwrap();
            let bytes = hex::decode(format!("{:0>1$}", digits, digits.len().next_multiple_of(2)));
            let bytes = bytes.unwrap();
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            forge::base64url(&bytes[zeros..])
        };
        json!({ "kty": "RSA", "n": number("modulus"), "e": number("publicExponent") })
    };
    primitive("rsa_signature_2048_sha256_test.json", Algorithm::Rs256, jwk);
    primitive(
        "rsa_pss_2048_sha256_mgf1_32_test.json",
        Algorithm::Ps256,
        jwk,
    );
}
