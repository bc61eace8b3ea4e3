//! Key sets: what is used, what is left out and told, and which key a token may name.

use std::slice::from_ref;

use super::super::jwk::{DOCUMENT_BYTES_MAX, KEYS_TRIED_MAX, KeySetError, SkipReason};
use super::*;

/// A JWK with members changed, added, or (null) left out.
fn changed(jwk: &Value, members: &Value) -> Value {
    let mut jwk = jwk.clone();
    for (name, value) in members.as_object().unwrap() {
        if value.is_null() {
            jwk.as_object_mut().unwrap().remove(name);
        } else {
            jwk[name] = value.clone();
        }
    }
    jwk
}

#[track_caller]
fn skipped(jwk: &Value) -> SkipReason {
    let set = set(&[jwk.clone(), es256().public_jwk()]);
    // The key beside it stays usable.
    assert_eq!(set.keys().len(), 1, "{jwk}");
    assert_eq!(set.skipped().len(), 1);
    assert_eq!(set.skipped()[0].index, Some(0));
    set.skipped()[0].reason
}

#[test]
fn a_key_that_cannot_be_used_is_left_out_and_told() {
    let (ec, rsa) = (es256().public_jwk(), rs256().public_jwk());
    let okp = TokenSigningKey::generate(Algorithm::EdDsa)
        .unwrap()
        .public_jwk();
    for (jwk, members, reason) in [
        (&ec, json!({ "kty": "oct" }), SkipReason::KindUnsupported),
        (&ec, json!({ "kty": "AKP" }), SkipReason::KindUnsupported),
        (&ec, json!({ "kty": null }), SkipReason::Malformed),
        (
            &ec,
            json!({ "crv": "secp256k1" }),
            SkipReason::KindUnsupported,
        ),
        (&okp, json!({ "crv": "Ed448" }), SkipReason::KindUnsupported),
        (&ec, json!({ "use": "enc" }), SkipReason::NotForSignatures),
        (&ec, json!({ "use": ["sig"] }), SkipReason::Malformed),
        (
            &ec,
            json!({ "key_ops": ["sign"] }),
            SkipReason::NotForSignatures,
        ),
        (&ec, json!({ "key_ops": "verify" }), SkipReason::Malformed),
        (&ec, json!({ "d": "AA" }), SkipReason::PrivateKeyPublished),
        (&rsa, json!({ "qi": 7 }), SkipReason::PrivateKeyPublished),
        (&rsa, json!({ "k": "AA" }), SkipReason::PrivateKeyPublished),
        (
            &ec,
            json!({ "alg": "ES384" }),
            SkipReason::AlgorithmUnsupported,
        ),
        (
            &rsa,
            json!({ "alg": "ES256" }),
            SkipReason::AlgorithmUnsupported,
        ),
        (
            &rsa,
            json!({ "alg": "HS256" }),
            SkipReason::AlgorithmUnsupported,
        ),
        (
            &rsa,
            json!({ "alg": "RSA-OAEP" }),
            SkipReason::AlgorithmUnsupported,
        ),
        (&ec, json!({ "kid": 7 }), SkipReason::Malformed),
        (
            &ec,
            json!({ "kid": "k".repeat(1025) }),
            SkipReason::Malformed,
        ),
        (&ec, json!({ "x": null }), SkipReason::Malformed),
        (&ec, json!({ "x": "AA==" }), SkipReason::Malformed),
        (&ec, json!({ "x": "AA" }), SkipReason::Point),
        (&ec, json!({ "x": ec["y"] }), SkipReason::Point),
        (
            &ec,
            json!({ "x": "A".repeat(43), "y": "A".repeat(43) }),
            SkipReason::Point,
        ),
        (&okp, json!({ "x": "AA" }), SkipReason::Point),
        (&okp, json!({ "x": "A".repeat(43) }), SkipReason::Point),
        (
            &okp,
            json!({ "x": format!("AQ{}", "A".repeat(41)) }),
            SkipReason::Point,
        ),
    ] {
        assert_eq!(skipped(&changed(jwk, &members)), reason, "{members}");
    }
    assert_eq!(skipped(&json!("key")), SkipReason::Malformed);
}

#[test]
fn a_weak_rsa_key_is_left_out() {
    let rsa = rs256().public_jwk();
    let n = forge::from_base64url(rsa["n"].as_str().unwrap()).unwrap();
    let modulus = |bytes: &[u8]| changed(&rsa, &json!({ "n": forge::base64url(bytes) }));
    let exponent = |bytes: &[u8]| changed(&rsa, &json!({ "e": forge::base64url(bytes) }));
    assert_eq!(skipped(&modulus(&n[192..])), SkipReason::ModulusSize);
    // One bit less than 2048.
    let mut short = n.clone();
    short[0] = 0x7f;
    assert_eq!(skipped(&modulus(&short)), SkipReason::ModulusSize);
    let long = [&[0xff; 1025 - 256], n.as_slice()].concat();
    assert_eq!(skipped(&modulus(&long)), SkipReason::ModulusSize);
    let mut even = n.clone();
    even[255] &= 0xfe;
    assert_eq!(skipped(&modulus(&even)), SkipReason::ModulusWeak);
    assert_eq!(
        skipped(&modulus(&[&[0], n.as_slice()].concat())),
        SkipReason::Malformed
    );
    assert_eq!(skipped(&modulus(&[])), SkipReason::Malformed);
    for e in [
        [1].as_slice(),
        &[3],
        &[17],
        &[1, 0, 0],
        &[1, 0, 2],
        &[0xff, 0xff],
        &[2, 0, 0, 0, 1],
        &[1, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    ] {
        assert_eq!(skipped(&exponent(e)), SkipReason::Exponent, "{e:?}");
    }
}

#[test]
fn a_document_has_limits() {
    let error = |text: &str| KeySet::parse(text.as_bytes()).unwrap_err();
    let json = |text: &str| matches!(error(text), KeySetError::Json(_));
    assert!(json("") && json("[]") && json("{\"keys\":[]}x"));
    assert!(
        json(r#"{"keys":[],"keys":[]}"#),
        "two readers would use two sets"
    );
    assert!(json(r#"{"keys":[{"kid":"a","kid":"b"}]}"#));
    assert_eq!(error("{}"), KeySetError::NoKeys);
    assert_eq!(error(r#"{"keys":{}}"#), KeySetError::NoKeys);
    let many = |count| json!({ "keys": vec![json!({}); count] }).to_string();
    assert_eq!(
        KeySet::parse(many(100).as_bytes()).unwrap().skipped().len(),
        100
    );
    assert_eq!(error(&many(101)), KeySetError::TooManyKeys);
    let padded = |bytes: usize| r#"{"keys":[]}"#.to_owned() + &" ".repeat(bytes - 11);
    assert!(KeySet::parse(padded(DOCUMENT_BYTES_MAX).as_bytes()).is_ok());
    assert_eq!(error(&padded(DOCUMENT_BYTES_MAX + 1)), KeySetError::TooLong);
}

#[test]
fn keys_change_and_names_stay() {
    let (old, new) = (
        es256().public_jwk(),
        TokenSigningKey::generate(Algorithm::Es256).unwrap(),
    );
    let payload = honest().to_string();
    let named = |key: &TokenSigningKey| signed(key, r#"{"alg":"ES256","kid":"a"}"#, &payload);
    let (by_old, by_new) = (named(es256()), named(&new));
    let (old, new) = (
        changed(&old, &json!({ "kid": "a" })),
        changed(&new.public_jwk(), &json!({ "kid": "a" })),
    );
    let outcome = |text: &str, keys: &[Value]| {
        let token = Unverified::parse(text, USER_TOKEN_BYTES_MAX).unwrap();
        token.verify(&set(keys), &expectation(), NOW).map(drop)
    };
    assert_eq!(outcome(&by_old, from_ref(&old)), Ok(()));
    // The new key under the old name: worth one look at the issuer, and then accepted.
    let error = outcome(&by_new, from_ref(&old)).unwrap_err();
    assert_eq!(error, JoseError::BadSignature);
    assert!(error.may_change_with_new_keys());
    assert_eq!(outcome(&by_new, from_ref(&new)), Ok(()));
    assert_eq!(
        outcome(&by_old, from_ref(&new)),
        Err(JoseError::BadSignature)
    );
    // A removed key.
    let error = outcome(&by_old, &[]).unwrap_err();
    assert_eq!(error, JoseError::UnknownKey);
    assert!(error.may_change_with_new_keys());
    assert!(!JoseError::Expired.may_change_with_new_keys());
    // Both at once are ambiguous, and neither is used; the same twice is one.
    let both = set(&[old.clone(), new.clone()]);
    assert!(both.keys().is_empty());
    assert_eq!(both.skipped().len(), 2);
    assert_eq!(both.skipped()[0].reason, SkipReason::KeyIdAmbiguous);
    assert_eq!(
        outcome(&by_old, &[old.clone(), new]),
        Err(JoseError::UnknownKey)
    );
    assert_eq!(set(&[old.clone(), old]).keys().len(), 1);
}

#[test]
fn keys_of_two_kinds_may_share_a_name() {
    let name = json!({ "kid": "a" });
    let (ec, rsa) = (es256().public_jwk(), rs256().public_jwk());
    let set = set(&[changed(&ec, &name), changed(&rsa, &name)]);
    assert_eq!(set.keys().len(), 2);
    for (key, alg) in [(es256(), "ES256"), (rs256(), "RS256")] {
        let header = format!(r#"{{"alg":"{alg}","kid":"a"}}"#);
        let text = signed(key, &header, &honest().to_string());
        let token = Unverified::parse(&text, USER_TOKEN_BYTES_MAX).unwrap();
        assert!(token.verify(&set, &expectation(), NOW).is_ok());
    }
}

#[test]
fn without_a_name_few_keys_are_tried_and_with_one_only_its_own() {
    let text = signed(es256(), r#"{"alg":"ES256"}"#, &honest().to_string());
    let token = Unverified::parse(&text, USER_TOKEN_BYTES_MAX).unwrap();
    let other = || {
        TokenSigningKey::generate(Algorithm::Es256)
            .unwrap()
            .public_jwk()
    };
    let mut keys: Vec<Value> = std::iter::repeat_with(other)
        .take(KEYS_TRIED_MAX - 1)
        .collect();
    keys.extend([es256().public_jwk(), rs256().public_jwk()]);
    assert!(token.verify(&set(&keys), &expectation(), NOW).is_ok());
    keys.insert(0, other());
    let error = token.verify(&set(&keys), &expectation(), NOW).unwrap_err();
    assert_eq!(error, JoseError::AmbiguousKey);
    assert_eq!(
        token.verify(&set(&[]), &expectation(), NOW).unwrap_err(),
        JoseError::UnknownKey
    );
    // The right key under another name is not asked.
    let misnamed = signed(
        es256(),
        r#"{"alg":"ES256","kid":"x"}"#,
        &honest().to_string(),
    );
    assert_eq!(refused(&misnamed), JoseError::UnknownKey);
    let nameless = changed(&es256().public_jwk(), &json!({ "kid": null }));
    let token = Unverified::parse(&misnamed, USER_TOKEN_BYTES_MAX).unwrap();
    let error = token
        .verify(&set(&[nameless]), &expectation(), NOW)
        .unwrap_err();
    assert_eq!(error, JoseError::UnknownKey);
}

#[test]
fn a_thumbprint_is_that_of_rfc_7638() {
    // RFC 7638 §3.1 and RFC 8037 A.3.
    let rsa = r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#;
    let okp = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    for (jwk, thumbprint) in [
        (rsa, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"),
        (okp, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"),
    ] {
        let set = KeySet::parse_key(jwk.as_bytes()).unwrap();
        assert_eq!(set.keys()[0].thumbprint(), thumbprint);
    }
}

#[test]
fn a_coordinate_has_the_length_of_its_curve() {
    let ec = es256().public_jwk();
    let coordinate = |name: &str| forge::from_base64url(ec[name].as_str().unwrap()).unwrap();
    let (x, y) = (coordinate("x"), coordinate("y"));
    // Put together, the bytes are those of the point; apart, they are two numbers of other lengths.
    let (x, last) = x.split_at(31);
    let moved = json!({
        "x": forge::base64url(x),
        "y": forge::base64url(&[last, y.as_slice()].concat()),
    });
    assert_eq!(skipped(&changed(&ec, &moved)), SkipReason::Point);
}

#[test]
fn keys_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<KeySet>();
    shared::<TokenSigningKey>();
    shared::<Verified>();
}
