//! A token of one kind is not taken for another.

use super::super::jwt::ForbiddenUse;
use super::*;

fn typed(typ: &str) -> Result<(), JoseError> {
    let header = json!({ "typ": typ }).as_object().cloned().unwrap();
    let text = es256()
        .sign(&header, honest().to_string().as_bytes())
        .unwrap();
    verify(&text).map(drop)
}

#[test]
fn a_user_token_is_an_access_token_or_an_id_token() {
    assert!(verify(&token(&honest())).is_ok(), "without typ");
    for typ in [
        "JWT",
        "jwt",
        "at+jwt",
        "AT+JWT",
        "application/at+jwt",
        "Application/AT+jwt",
        "application/jwt",
    ] {
        assert_eq!(typed(typ), Ok(()), "{typ}");
    }
}

#[test]
fn a_verified_token_says_its_type_in_one_spelling() {
    for (typ, said) in [
        ("AT+JWT", "at+jwt"),
        ("application/at+jwt", "at+jwt"),
        ("JWT", "jwt"),
    ] {
        let header = json!({ "typ": typ }).as_object().cloned().unwrap();
        let text = es256()
            .sign(&header, honest().to_string().as_bytes())
            .unwrap();
        assert_eq!(verify(&text).unwrap().typ(), Some(said));
    }
    assert_eq!(verify(&token(&honest())).unwrap().typ(), None);
}

#[test]
fn every_other_type_is_refused_known_or_not() {
    for typ in [
        "logout+jwt",
        "secevent+jwt",
        "dpop+jwt",
        "oauth-id-jag+jwt",
        "client-authentication+jwt",
        "token-introspection+jwt",
        "txntoken+jwt",
        "kb+jwt",
        "dc+sd-jwt",
        "vc+jwt",
        "wit+jwt",
        "entity-statement+jwt",
        "oauth-authz-req+jwt",
        "oauth-client-attestation+jwt",
        "rt+jwt",
        "JOSE",
        "JOSE+JSON",
        "",
        " JWT",
        "JWT;x=y",
        "text/at+jwt",
        "application/x/jwt",
        "application/application/jwt",
        "application/",
    ] {
        let variants = [
            typ.to_owned(),
            format!("application/{typ}"),
            typ.to_uppercase(),
        ];
        for typ in variants.iter().filter(|typ| *typ != "application/jwt") {
            assert_eq!(
                typed(typ),
                Err(JoseError::WrongType(ForbiddenUse::Typ)),
                "{typ}"
            );
        }
    }
}

#[test]
fn a_kind_without_a_type_is_known_by_its_claims() {
    let logout = json!({ "http://schemas.openid.net/event/backchannel-logout": {} });
    for value in [logout, json!({}), Value::Null, json!(7)] {
        let error = refused(&token(&with("events", Some(value))));
        assert_eq!(error, JoseError::WrongType(ForbiddenUse::SecurityEvent));
    }
}

#[test]
fn a_bound_token_is_no_bearer_token() {
    for value in [
        json!({ "jkt": "x" }),
        json!({ "x5t#S256": "x" }),
        json!({}),
        Value::Null,
    ] {
        let error = refused(&token(&with("cnf", Some(value))));
        assert_eq!(error, JoseError::WrongType(ForbiddenUse::SenderConstrained));
        assert!(error.to_string().contains("bound to its sender's key"));
    }
}
