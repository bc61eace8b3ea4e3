//! Codes and refresh tokens: what is sent, and what may not come back.

use procura_core::secret::kind::{AuthorizationCode, CodeVerifier, RefreshToken};

use super::*;
use crate::oauth::endpoint_url::EndpointUrl;
use crate::oauth::redaction;
use crate::oauth::token_reply::TOKEN_BYTES_MAX;

const CODE: &str = "4/0Adeu5B-code of the user";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const REFRESH: &str = "1//0g-refresh-token";
const SECRET: &str = "correct-horse-battery";

fn plain<K>(text: &str) -> Plain<K> {
    Plain::new(text.as_bytes().to_vec())
}

fn redeem(code: &str, verifier: &str, audience: &str) -> Result<TokenRequest, RequestError> {
    let resources = strings(&["https://api.example/v1"]);
    let audiences = strings(&[audience]);
    let (code, verifier): (Plain<AuthorizationCode>, Plain<CodeVerifier>) =
        (plain(code), plain(verifier));
    let secret = secret(SECRET);
    authorization_code(
        &CodeRedemption {
            code: &code,
            redirect_uri: &EndpointUrl::parse("https://procura.example/callback/1").unwrap(),
            code_verifier: &verifier,
            resources: &resources,
            audiences: &audiences,
        },
        &ClientAuthentication::SecretPost {
            client_id: "agent",
            client_secret: &secret,
        },
    )
}

fn refresh(token: &str, scopes: Option<&Scopes>) -> Result<TokenRequest, RequestError> {
    let token: Plain<RefreshToken> = plain(token);
    let secret = secret(SECRET);
    refresh_token(
        &TokenRefresh {
            refresh_token: &token,
            scopes,
            separator: ScopeSeparator::Comma,
            resources: &strings(&["urn:example:api"]),
        },
        &ClientAuthentication::SecretBasic {
            client_id: "agent",
            client_secret: &secret,
        },
    )
}

#[test]
fn a_code_is_redeemed_with_all_that_it_is_bound_to() {
    assert_eq!(
        &*redeem(CODE, VERIFIER, "orders").unwrap().form(),
        "grant_type=authorization_code&code=4%2F0Adeu5B-code+of+the+user\
         &redirect_uri=https%3A%2F%2Fprocura.example%2Fcallback%2F1\
         &code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk\
         &resource=https%3A%2F%2Fapi.example%2Fv1&audience=orders\
         &client_id=agent&client_secret=correct-horse-battery"
    );
    for (code, verifier, audience, error) in [
        ("", VERIFIER, "a", RequestError::Code),
        ("a\r\nb", VERIFIER, "a", RequestError::Code),
        ("\u{e9}", VERIFIER, "a", RequestError::Code),
        (&"a".repeat(4097), VERIFIER, "a", RequestError::Code),
        (CODE, "", "a", RequestError::CodeVerifier),
        (CODE, "short", "a", RequestError::CodeVerifier),
        (CODE, &"=".repeat(43), "a", RequestError::CodeVerifier),
        (CODE, VERIFIER, "", RequestError::Audience),
    ] {
        assert_eq!(redeem(code, verifier, audience).unwrap_err(), error);
    }
}

#[test]
fn a_refresh_asks_for_scopes_only_when_told() {
    let request = refresh(REFRESH, None).unwrap();
    assert_eq!(
        &*request.form(),
        "grant_type=refresh_token&refresh_token=1%2F%2F0g-refresh-token&resource=urn%3Aexample%3Aapi"
    );
    assert!(request.authorization().unwrap().starts_with("Basic "));
    let scopes = Scopes::from_text("write read", ScopeSeparator::Space).unwrap();
    let fewer = refresh(REFRESH, Some(&scopes)).unwrap();
    assert!(fewer.pairs().any(|pair| pair == ("scope", "read,write")));
    let none = refresh(REFRESH, Some(&Scopes::NONE)).unwrap();
    assert!(none.pairs().all(|(name, _)| name != "scope"));
    for token in ["", "a b", "a\n", "\u{e9}", &"a".repeat(TOKEN_BYTES_MAX + 1)] {
        let error = refresh(token, None).unwrap_err();
        assert_eq!(error, RequestError::RefreshToken);
    }
}

#[test]
fn what_is_redeemed_may_not_come_back() {
    let requests = [
        redeem(CODE, VERIFIER, "a").unwrap(),
        refresh(REFRESH, None).unwrap(),
    ];
    for (request, secrets) in requests
        .iter()
        .zip([&[CODE, VERIFIER, SECRET][..], &[REFRESH, SECRET]])
    {
        let shown = format!("{request:?}");
        for secret in secrets {
            assert!(!shown.contains(secret));
            let said = format!("no such thing as {secret} here");
            let kept = redaction::text(&said, &request.live_secrets()).unwrap();
            assert_eq!(kept, "no such thing as [redacted] here");
        }
    }
}
