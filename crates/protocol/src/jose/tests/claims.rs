//! Every claim is of its own type or the token is refused; and for whom a token is.

use super::*;
use crate::strict_json::Rule;

#[test]
fn a_claim_of_another_type_is_refused_and_never_absent() {
    let absent = [
        Value::Null,
        json!({}),
        json!([]),
        json!(true),
        json!(7),
        json!([7]),
    ];
    for claim in [
        "iss",
        "sub",
        "azp",
        "client_id",
        "scope",
        "token_use",
        "nonce",
        "jti",
        "aud",
    ] {
        for value in &absent {
            let error = refused(&token(&with(claim, Some(value.clone()))));
            let is_ours = |name| name == claim;
            assert!(
                matches!(error, JoseError::ClaimInvalid { claim, .. } if is_ours(claim)),
                "{claim} {value}: {error:?}"
            );
        }
    }
    for claim in ["exp", "nbf", "iat"] {
        for value in [
            Value::Null,
            json!("1790000300"),
            json!("9e9"),
            json!("99999999999"),
            json!(-1),
            json!(-0.5),
            json!(253_402_300_800_i64),
            json!(1e300),
            json!(u64::MAX),
            json!(true),
            json!([1]),
            json!({}),
        ] {
            let error = refused(&token(&with(claim, Some(value.clone()))));
            let is_ours = |name| name == claim;
            assert!(
                matches!(error, JoseError::ClaimInvalid { claim, .. } if is_ours(claim)),
                "{claim} {value}: {error:?}"
            );
        }
    }
}

#[test]
fn who_issued_it_about_whom_and_until_when_must_be_said() {
    for claim in ["iss", "sub", "exp"] {
        assert_eq!(
            refused(&token(&with(claim, None))),
            JoseError::ClaimMissing(claim)
        );
    }
    for claim in ["aud", "iat"] {
        assert!(verify(&token(&with(claim, None))).is_ok());
    }
}

#[test]
fn names_are_bounded_and_printable() {
    let subject = |text: String| verify(&token(&with("sub", Some(json!(text)))));
    assert!(subject("s".repeat(255)).is_ok());
    assert!(subject("s".repeat(256)).is_err());
    assert!(subject(String::new()).is_err());
    for text in ["a\u{7}", "a\nb", "a\u{85}"] {
        assert!(subject(text.to_owned()).is_err(), "{text:?}");
    }
    for claim in ["iss", "azp", "jti"] {
        let long = |bytes| verify(&token(&with(claim, Some(json!("i".repeat(bytes))))));
        let error = long(2049).unwrap_err();
        assert!(
            matches!(error, JoseError::ClaimInvalid { .. }),
            "{claim}: {error:?}"
        );
        assert!(!matches!(long(2048), Err(JoseError::ClaimInvalid { .. })));
    }
    assert!(verify(&token(&with("scope", Some(json!("read\nwrite"))))).is_err());
    let audiences = |count| verify(&token(&with("aud", Some(json!(vec!["a"; count])))));
    assert!(audiences(100).is_ok() && audiences(101).is_err());
}

#[test]
fn claims_are_one_unambiguous_object() {
    let rule = |payload: &str| match refused(&signed(es256(), r#"{"alg":"ES256"}"#, payload)) {
        JoseError::Malformed(Malformed::Json {
            part: Part::Payload,
            error,
        }) => error.rule,
        other => panic!("{payload}: {other:?}"),
    };
    let honest = honest().to_string();
    let (_, members) = honest.split_once('{').unwrap();
    assert_eq!(
        rule(&format!(r#"{{"sub":"bob",{members}"#)),
        Rule::DuplicateKey
    );
    assert_eq!(
        rule(&format!(r#"{{"s\u0075b":"bob",{members}"#)),
        Rule::DuplicateKey
    );
    assert_eq!(
        rule(&format!(r#"{{"sub\u0000":"bob",{members}"#)),
        Rule::NulInKey
    );
    assert_eq!(
        rule(&format!(r#"{{"nbf":1e400,{members}"#)),
        Rule::NumberOutOfRange
    );
    assert_eq!(rule(&format!("{honest} x")), Rule::Syntax);
    assert_eq!(rule(&format!("\u{feff}{honest}")), Rule::ByteOrderMark);
    assert_eq!(rule("foo"), Rule::Syntax);
    assert_eq!(rule("[]"), Rule::NotAnObject);
}

#[test]
fn claims_are_neither_deep_nor_many() {
    let deep = |depth: usize| {
        let nested = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        honest()
            .to_string()
            .replacen('{', &format!("{{\"x\":{nested},"), 1)
    };
    let header = r#"{"alg":"ES256"}"#;
    assert!(verify(&signed(es256(), header, &deep(15))).is_ok());
    let error = refused(&signed(es256(), header, &deep(16)));
    assert!(
        matches!(error, JoseError::Malformed(Malformed::Json { .. })),
        "{error:?}"
    );
    let many = |count: usize| {
        let mut claims = honest();
        for number in claims.as_object().unwrap().len()..count {
            claims[format!("{number}")] = json!(0);
        }
        verify(&token(&claims))
    };
    assert!(many(1000).is_ok());
    assert!(many(1001).is_err());
}

#[test]
fn what_we_do_not_know_is_kept_as_it_is() {
    let mut claims = honest();
    claims["groups"] = json!(["a", { "b": 1 }]);
    claims["scope"] = json!("read write");
    let claims = verify(&token(&claims)).unwrap().into_claims();
    assert_eq!(claims.other("groups"), Some(&json!(["a", { "b": 1 }])));
    assert_eq!(
        claims.others().count(),
        1,
        "those with a field stand there alone"
    );
    assert_eq!(claims.scope.as_deref(), Some("read write"));
}

#[test]
fn the_issuer_is_compared_byte_for_byte() {
    for issuer in [
        format!("{ISSUER}/"),
        ISSUER.to_uppercase(),
        ISSUER.replace("https", "http"),
        format!("{ISSUER}?"),
        "https://id.example.com".into(),
    ] {
        let text = token(&with("iss", Some(json!(issuer))));
        let unverified = Unverified::parse(&text, USER_TOKEN_BYTES_MAX).unwrap();
        assert_eq!(unverified.claimed_issuer(), issuer);
        assert_eq!(refused(&text), JoseError::IssuerMismatch);
    }
}

/// The outcome for a token with this `aud` and these clients.
fn audience(members: &Value, audiences: &[&str], clients: &[&str]) -> Result<(), JoseError> {
    let mut claims = with("aud", None);
    for (name, value) in members.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let owned = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    let (audiences, clients) = (owned(audiences), owned(clients));
    let audience = AudiencePolicy::Registered {
        audiences: &audiences,
        clients: &clients,
    };
    let text = token(&claims);
    let token = Unverified::parse(&text, USER_TOKEN_BYTES_MAX)?;
    token
        .verify(
            &own_set(),
            &Expectation {
                audience,
                ..expectation()
            },
            NOW,
        )
        .map(drop)
}

#[test]
fn a_token_is_for_the_audience_that_it_names() {
    let us = ["us"];
    assert_eq!(audience(&json!({ "aud": "us" }), &us, &[]), Ok(()));
    assert_eq!(audience(&json!({ "aud": ["us"] }), &us, &[]), Ok(()));
    for other in [
        json!({}),
        json!({ "aud": "b" }),
        json!({ "aud": "US" }),
        json!({ "aud": "us/" }),
    ] {
        assert_eq!(
            audience(&other, &us, &[]),
            Err(JoseError::AudienceMismatch),
            "{other}"
        );
    }
    // Also for somebody else: only from a client that is known.
    let both = json!({ "aud": ["us", "b"] });
    assert_eq!(audience(&both, &us, &[]), Err(JoseError::SeveralAudiences));
    assert_eq!(audience(&both, &["us", "b"], &[]), Ok(()));
    assert_eq!(
        audience(&both, &us, &["app"]),
        Err(JoseError::ClientMismatch)
    );
    let by = |azp: &str| json!({ "aud": ["us", "b"], "azp": azp });
    assert_eq!(audience(&by("app"), &us, &["app"]), Ok(()));
    assert_eq!(
        audience(&by("b"), &us, &["app"]),
        Err(JoseError::ClientMismatch)
    );
    assert_eq!(
        audience(&json!({ "aud": "us" }), &[], &[]),
        Err(JoseError::AudienceMismatch)
    );
}

#[test]
fn a_client_is_known_by_each_claim_that_names_it() {
    let clients = ["app"];
    assert_eq!(
        audience(&json!({ "client_id": "app" }), &[], &clients),
        Ok(())
    );
    let two = json!({ "client_id": "app", "azp": "evil" });
    assert_eq!(
        audience(&two, &[], &clients),
        Err(JoseError::ClientMismatch)
    );
    assert_eq!(
        audience(&json!({}), &[], &clients),
        Err(JoseError::ClientMismatch)
    );
}
