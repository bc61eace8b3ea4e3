//! The compact form, its header, and which key with which algorithm.

use aws_lc_rs::hmac;

use super::*;
use crate::strict_json::Rule;

fn header(json: &str) -> JoseError {
    refused(&signed(es256(), json, &honest().to_string()))
}

fn own(extra: &str) -> String {
    format!(r#"{{"alg":"ES256","kid":"{}"{extra}}}"#, es256().key_id())
}

#[test]
fn no_spelling_of_none_is_an_algorithm() {
    let payload = honest().to_string();
    for name in ["none", "None", "nOnE", "NONE", "", "null"] {
        let token = forge::compact(
            &format!(r#"{{"alg":"{name}"}}"#),
            payload.as_bytes(),
            |_| Vec::new(),
        );
        assert_eq!(refused(&token), JoseError::AlgorithmUnsupported, "{name}");
    }
    let unsigned = forge::compact(&own(""), payload.as_bytes(), |_| Vec::new());
    assert_eq!(refused(&unsigned), JoseError::BadSignature);
}

#[test]
fn a_public_key_is_no_shared_secret() {
    let jwk = rs256().public_jwk();
    let bytes = forge::from_base64url(jwk["n"].as_str().unwrap()).unwrap();
    for secret in [jwk.to_string().into_bytes(), bytes] {
        let mac = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let sign = |input: &[u8]| hmac::sign(&mac, input).as_ref().to_vec();
        for name in ["HS256", "RS256"] {
            let header = format!(r#"{{"alg":"{name}","kid":"{}"}}"#, rs256().key_id());
            let outcome = refused(&forge::compact(
                &header,
                honest().to_string().as_bytes(),
                sign,
            ));
            assert!(
                matches!(
                    outcome,
                    JoseError::AlgorithmUnsupported | JoseError::BadSignature
                ),
                "{outcome:?}"
            );
        }
    }
}

#[test]
fn an_algorithm_that_is_not_allowed_is_refused() {
    let text = token(&honest());
    let token = Unverified::parse(&text, USER_TOKEN_BYTES_MAX).unwrap();
    let only_rsa = Expectation {
        algorithms: &[Algorithm::Rs256],
        ..expectation()
    };
    assert_eq!(
        token.check(&only_rsa, NOW),
        Err(JoseError::AlgorithmNotAllowed)
    );
    let error = token.verify(&own_set(), &only_rsa, NOW).unwrap_err();
    assert_eq!(error, JoseError::AlgorithmNotAllowed);
    // The same, one layer down.
    let jws = super::super::jws::Unverified::parse(&text, USER_TOKEN_BYTES_MAX).unwrap();
    let error = jws.verify(&own_set(), &[Algorithm::Rs256]).unwrap_err();
    assert_eq!(error, JoseError::AlgorithmNotAllowed);
    assert!(jws.verify(&own_set(), &[Algorithm::Es256]).is_ok());
}

#[test]
fn a_key_with_an_algorithm_does_not_verify_another() {
    let header = format!(r#"{{"alg":"PS256","kid":"{}"}}"#, rs256().key_id());
    let text = signed(rs256(), &header, &honest().to_string());
    let token = Unverified::parse(&text, USER_TOKEN_BYTES_MAX).unwrap();
    let all = Expectation {
        algorithms: &Algorithm::ALL,
        ..expectation()
    };
    let error = token.verify(&own_set(), &all, NOW).unwrap_err();
    assert_eq!(error, JoseError::UnknownKey);
}

#[test]
fn a_key_in_the_header_is_never_used() {
    let stranger = TokenSigningKey::generate(Algorithm::Es256).unwrap();
    let jwk = stranger.public_jwk();
    for extra in [
        format!(r#","jwk":{jwk}"#),
        r#","jku":"https://evil.example/jwks""#.to_owned(),
        r#","x5u":"https://evil.example/x","x5c":["MIIB"],"x5t":"AA""#.to_owned(),
    ] {
        let payload = honest().to_string();
        assert_eq!(
            refused(&signed(&stranger, &own(&extra), &payload)),
            JoseError::BadSignature
        );
        let unnamed = format!(r#"{{"alg":"ES256"{extra}}}"#);
        assert_eq!(
            refused(&signed(&stranger, &unnamed, &payload)),
            JoseError::BadSignature
        );
        // Beside an honest signature they do no harm.
        assert!(verify(&signed(es256(), &own(&extra), &payload)).is_ok());
    }
}

#[test]
fn what_must_be_understood_is_refused() {
    for extra in [
        r#","crit":["b64"],"b64":false"#,
        r#","crit":["exp"],"exp":1"#,
        r#","crit":[]"#,
        r#","crit":null"#,
        r#","b64":false"#,
        r#","b64":true"#,
    ] {
        assert_eq!(
            header(&own(extra)),
            JoseError::ExtensionUnsupported,
            "{extra}"
        );
    }
}

#[test]
fn an_encrypted_token_is_called_one() {
    assert_eq!(header(&own(r#","zip":"DEF""#)), JoseError::Encrypted);
    let jwe = r#"{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":2147483647}"#;
    assert_eq!(header(jwe), JoseError::Encrypted);
    let five = format!("{}.AA.AA.AA.AA", forge::base64url(jwe.as_bytes()));
    assert_eq!(refused(&five), JoseError::Encrypted);
}

#[test]
fn a_header_is_one_unambiguous_object() {
    let json = |error| match error {
        JoseError::Malformed(Malformed::Json {
            part: Part::Header,
            error,
        }) => error.rule,
        other => panic!("{other:?}"),
    };
    for (text, rule) in [
        (r#"{"alg":"ES256","alg":"none"}"#, Rule::DuplicateKey),
        (r#"{"alg":"ES256","\u0061lg":"none"}"#, Rule::DuplicateKey),
        ("\u{feff}{\"alg\":\"ES256\"}", Rule::ByteOrderMark),
        (r#"{"alg":"ES256"}x"#, Rule::Syntax),
        (r#"["ES256"]"#, Rule::NotAnObject),
        (r#"{"alg":"ES256","kid":"a\u0000"}"#, Rule::NulInString),
        (r#"{"alg":"ES256","x":[[[[]]]]}"#, Rule::TooDeep),
        ("", Rule::Syntax),
    ] {
        assert_eq!(json(header(text)), rule, "{text}");
    }
    for (text, name) in [
        (r"{}", "alg"),
        (r#"{"alg":null}"#, "alg"),
        (r#"{"alg":["ES256"]}"#, "alg"),
        (r#"{"alg":"ES256","kid":7}"#, "kid"),
        (r#"{"alg":"ES256","kid":null}"#, "kid"),
        (r#"{"alg":"ES256","typ":{}}"#, "typ"),
    ] {
        assert_eq!(
            header(text),
            Malformed::HeaderParameter(name).into(),
            "{text}"
        );
    }
    let long = format!(r#"{{"alg":"ES256","kid":"{}"}}"#, "k".repeat(1025));
    assert_eq!(header(&long), Malformed::HeaderParameter("kid").into());
}

#[test]
fn a_token_has_three_parts_and_one_text() {
    let text = token(&honest());
    let (signing_input, signature) = text.rsplit_once('.').unwrap();
    for wrong in [
        String::new(),
        "a".into(),
        signing_input.to_owned(),
        format!("{text}."),
        format!(".{text}"),
        format!("{text}.{signature}.x.y"),
        honest().to_string().replace('.', ""),
    ] {
        assert_eq!(refused(&wrong), Malformed::Parts.into(), "{wrong}");
    }
    for padded in [format!("{text}="), format!("{text}\n"), format!("{text} ")] {
        assert_eq!(
            refused(&padded),
            Malformed::Base64url(Part::Signature).into()
        );
    }
    // 64 bytes leave four bits of the last character unused.
    let last = text.as_bytes()[text.len() - 1];
    let mut twin = text.clone();
    twin.pop();
    twin.push(if last == b'A' {
        'B'
    } else {
        char::from(last + 1)
    });
    assert!(verify(&twin).is_err());

    let exact = Unverified::parse(&text, text.len());
    assert!(exact.is_ok());
    let error = Unverified::parse(&text, text.len() - 1).unwrap_err();
    assert_eq!(
        error,
        Malformed::TooLong {
            bytes_max: text.len() - 1
        }
        .into()
    );
}

#[test]
fn an_ecdsa_signature_is_not_der() {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
    let pkcs8 = es256().to_pkcs8().unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &pkcs8).unwrap();
    #[expect(clippy::disallowed_methods, reason = "an argument that aws-lc ignores")]
    let unused = aws_lc_rs::rand::SystemRandom::new();
    let der = forge::compact(&own(""), honest().to_string().as_bytes(), |input| {
        pair.sign(&unused, input).unwrap().as_ref().to_vec()
    });
    assert_eq!(refused(&der), JoseError::BadSignature);
    for zero in [vec![0; 64], vec![0xff; 64], vec![0; 63], vec![0; 65]] {
        let zero = forge::compact(&own(""), honest().to_string().as_bytes(), |_| zero);
        assert_eq!(refused(&zero), JoseError::BadSignature);
    }
}
