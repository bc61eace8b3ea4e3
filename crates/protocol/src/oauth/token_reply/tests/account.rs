//! Whose token it is.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use procura_core::vendor::Vendor;

use super::super::account::{AccountError, ProviderAccount};
use super::*;
use crate::oauth::issuer::Issuer;

const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

fn id_token(claims: &Value) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let (header, payload) = (part(r#"{"alg":"HS256"}"#), part(&claims.to_string()));
    format!("{header}.{payload}.c2ln")
}

fn claims() -> Value {
    json!({"iss": "https://as.example", "sub": "1234", "aud": "agent", "exp": 1})
}

fn account_of(
    token: &str,
    issuer: Option<&str>,
    vendor: Vendor,
) -> Result<ProviderAccount, AccountError> {
    let reply = ok(&with("id_token", json!(token)));
    let issuer = issuer.map(|issuer| Issuer::parse(issuer).unwrap());
    let id_token = reply.id_token.unwrap();
    assert_eq!(format!("{id_token:?}"), "IdToken([personal])");
    id_token.account("agent", issuer.as_ref(), vendor)
}

fn account(claims: &Value) -> Result<ProviderAccount, AccountError> {
    account_of(
        &id_token(claims),
        Some("https://as.example"),
        Vendor::Custom,
    )
}

fn changed(claim: &str, value: Value) -> Result<ProviderAccount, AccountError> {
    let mut claims = claims();
    claims[claim] = value;
    account(&claims)
}

#[test]
fn an_id_token_of_another_request_is_not_ours() {
    let said = |nonce: Value| {
        let mut claims = claims();
        claims["nonce"] = nonce;
        let reply = ok(&with("id_token", json!(id_token(&claims))));
        reply.id_token.unwrap().check_nonce("n-1")
    };
    assert_eq!(said(json!("n-1")), Ok(()));
    assert_eq!(said(json!("n-2")), Err(AccountError::Nonce));
    for no_text in [json!(""), json!(1), json!(["n-1"])] {
        assert!(said(no_text).is_err());
    }
    // Some servers say none.
    let reply = ok(&with("id_token", json!(id_token(&claims()))));
    assert_eq!(reply.id_token.unwrap().check_nonce("n-1"), Ok(()));
}

#[test]
fn an_account_is_that_of_our_client_at_its_issuer() {
    let expected = ProviderAccount {
        issuer: Some("https://as.example".to_owned()),
        subject: "1234".to_owned(),
    };
    assert_eq!(account(&claims()), Ok(expected.clone()));
    for (claim, value) in [
        ("aud", json!(["other", "agent"])),
        ("azp", json!("agent")),
        ("nonce", json!("n")),
    ] {
        assert_eq!(changed(claim, value), Ok(expected.clone()));
    }
    for (claim, value, error) in [
        ("iss", json!("https://as.example/"), AccountError::Issuer),
        ("iss", json!("https://evil.example"), AccountError::Issuer),
        ("aud", json!("Agent"), AccountError::Audience),
        ("aud", json!(["other"]), AccountError::Audience),
        ("azp", json!("other"), AccountError::Audience),
        ("sub", json!("\u{e9}"), AccountError::Subject),
    ] {
        assert_eq!(changed(claim, value), Err(error), "{claim}");
    }
    for (claim, value) in [
        ("sub", json!("")),
        ("sub", json!(7)),
        ("sub", json!("a\nb")),
        ("sub", json!("a".repeat(256))),
        ("iss", json!(7)),
        ("aud", json!({})),
    ] {
        let error = changed(claim, value).unwrap_err();
        assert!(matches!(error, AccountError::Claims(_)), "{claim}");
    }
    let elsewhere = account_of(&id_token(&claims()), None, Vendor::Custom);
    assert_eq!(elsewhere, Ok(expected));
}

#[test]
fn what_is_no_token_has_no_account_and_costs_no_access_token() {
    let payload = URL_SAFE_NO_PAD.encode(claims().to_string());
    for token in [
        "x",
        "x.y",
        "a.b.c.d",
        "a.!.c",
        "a.b.c.d.e",
        &format!("a.{payload}.c.d"),
    ] {
        let error = account_of(token, None, Vendor::Custom).unwrap_err();
        assert_eq!(error, AccountError::Form, "{token}");
    }
    assert!(account_of(&format!(".{payload}."), None, Vendor::Custom).is_ok());
    assert!(ok(&with("id_token", json!(""))).id_token.is_none());
    assert!(ok(&with("id_token", Value::Null)).id_token.is_none());
}

#[test]
fn a_vendors_other_spelling_is_its_issuer_and_nobody_elses() {
    let mut claims = claims();
    claims["iss"] = json!("accounts.google.com");
    let token = id_token(&claims);
    let google = Some("https://accounts.google.com");
    assert!(account_of(&token, google, Vendor::Google).is_ok());
    for (issuer, vendor) in [
        (google, Vendor::Custom),
        (Some("https://as.example"), Vendor::Google),
    ] {
        let error = account_of(&token, issuer, vendor).unwrap_err();
        assert_eq!(error, AccountError::Issuer);
    }
}

#[test]
fn a_shared_issuer_of_microsoft_is_that_of_the_tokens_tenant() {
    let at = |tenant: &str| format!("https://login.microsoftonline.com/{tenant}/v2.0");
    let with = |issuer: &str, tid: &str, expected: &str| {
        let mut claims = claims();
        claims["iss"] = json!(at(issuer));
        claims["tid"] = json!(tid);
        account_of(&id_token(&claims), Some(&at(expected)), Vendor::Microsoft)
    };
    let other = "11111111-2222-3333-4444-555555555555";
    for shared in ["common", "organizations", "consumers", "contoso.example"] {
        assert!(with(TENANT, TENANT, shared).is_ok(), "{shared}");
        for (issuer, tid) in [
            (TENANT, other),
            (TENANT, ""),
            ("common", "common"),
            ("x", "x"),
        ] {
            let result = with(issuer, tid, shared);
            // Without an id in its place, only the same text is the same issuer.
            assert_eq!(result.is_ok(), issuer == shared, "{shared} {issuer} {tid}");
        }
    }
    assert!(with(TENANT, TENANT, TENANT).is_ok());
    assert_eq!(
        with(other, other, TENANT).unwrap_err(),
        AccountError::Issuer
    );
    let mut claims = claims();
    claims["iss"] = json!(at(TENANT));
    claims["tid"] = json!(TENANT);
    let token = id_token(&claims);
    let error = account_of(&token, Some(&at("common")), Vendor::Custom).unwrap_err();
    assert_eq!(error, AccountError::Issuer);
}
