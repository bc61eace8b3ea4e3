//! Which issuer is whose.

use super::super::trusted_issuer::is_guid;
use super::*;

const TENANT: &str = "5b1d7c1e-0c4f-4d0b-9a52-0e3c0c1f7a11";

fn of(issuer: &str) -> IssuerProfile {
    IssuerProfile::of(&Issuer::parse(issuer).unwrap())
}

#[test]
fn an_issuer_is_known_by_its_host_and_path() {
    let tenant = |start: &str, end: &str| format!("{start}{TENANT}{end}");
    let cases = [
        (
            tenant("https://login.microsoftonline.com/", "/v2.0"),
            IssuerProfile::EntraIdV2,
        ),
        (
            tenant("https://login.microsoftonline.us/", "/v2.0"),
            IssuerProfile::EntraIdV2,
        ),
        (
            tenant("https://sts.windows.net/", "/"),
            IssuerProfile::EntraIdV1,
        ),
        ("https://acme.okta.com".to_owned(), IssuerProfile::OktaOrg),
        (
            "https://acme.okta.com/oauth2/default".to_owned(),
            IssuerProfile::OktaCustom,
        ),
        (
            "https://acme.oktapreview.com/oauth2/aus1a2b3".to_owned(),
            IssuerProfile::OktaCustom,
        ),
        (
            "https://acme.eu.auth0.com/".to_owned(),
            IssuerProfile::Auth0,
        ),
        (
            "https://accounts.google.com".to_owned(),
            IssuerProfile::Google,
        ),
        (
            "https://sso.example.com/realms/agents".to_owned(),
            IssuerProfile::Keycloak,
        ),
        (
            "http://localhost:8080/auth/realms/agents".to_owned(),
            IssuerProfile::Keycloak,
        ),
        (
            "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC123xyz".to_owned(),
            IssuerProfile::Cognito,
        ),
        ("https://id.example.com".to_owned(), IssuerProfile::Generic),
    ];
    for (issuer, profile) in cases {
        assert_eq!(of(&issuer), profile, "{issuer}");
    }
}

#[test]
fn what_only_looks_like_a_vendor_is_generic() {
    for issuer in [
        "https://evil-login.microsoftonline.com.evil.example/5b1d7c1e-0c4f-4d0b-9a52-0e3c0c1f7a11/v2.0",
        "https://evil-login.microsoftonline.com/5b1d7c1e-0c4f-4d0b-9a52-0e3c0c1f7a11/v2.0",
        "https://login.microsoftonline.com:8443/5b1d7c1e-0c4f-4d0b-9a52-0e3c0c1f7a11/v2.0",
        "http://login.microsoftonline.com/5b1d7c1e-0c4f-4d0b-9a52-0e3c0c1f7a11/v2.0",
        "https://login.microsoftonline.com/contoso.example/v2.0",
        "https://login.microsoftonline.com/a/5b1d7c1e-0c4f-4d0b-9a52-0e3c0c1f7a11/v2.0",
        "https://login.microsoftonline.com/5b1d7c1e-0c4f-4d0b-9a52-0e3c0c1f7a11/v2.0/x",
        "https://sts.windows.net.evil.example/5b1d7c1e-0c4f-4d0b-9a52-0e3c0c1f7a11/",
        "https://acme.okta.com.evil.example/oauth2/default",
        "https://acmeokta.com/oauth2/default",
        "https://okta.com/oauth2/default",
        "https://acme.okta.com/oauth2/default/x",
        "https://acme.okta.com/oauth2//",
        "https://evilauth0.com/",
        "https://auth0.com/",
        "https://acme.auth0.com/x",
        "https://accounts.google.com.evil.example",
        "https://evil.example/accounts.google.com",
        "https://accounts.google.com/x",
        "https://sso.example.com/realms",
        "https://sso.example.com/realms/",
        "https://sso.example.com/realms/a/b",
        "https://sso.example.com/xrealms/a",
        "https://cognito-idp.eu-central-1.amazonaws.com/us-east-1_AbC123xyz",
        "https://cognito-idp.eu-central-1.amazonaws.com.evil.example/eu-central-1_AbC123xyz",
        "https://cognito-idp.eu.evil.amazonaws.com/eu.evil_AbC123xyz",
        "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_",
        "https://cognito-idp..amazonaws.com/_AbC",
    ] {
        // What is no issuer at all is nobody's.
        if let Ok(parsed) = Issuer::parse(issuer) {
            assert_eq!(
                IssuerProfile::of(&parsed),
                IssuerProfile::Generic,
                "{issuer}"
            );
        }
    }
}

#[test]
fn a_guid_is_written_in_one_way() {
    assert!(is_guid(TENANT));
    for text in [
        "",
        "5b1d7c1e0c4f4d0b9a520e3c0c1f7a11",
        "5B1D7C1E-0C4F-4D0B-9A52-0E3C0C1F7A11",
        "{5b1d7c1e-0c4f-4d0b-9a52-0e3c0c1f7a11}",
        "5b1d7c1e-0c4f-4d0b-9a52-0e3c0c1f7a11-",
        "5b1d7c1e-0c4f-4d0b-9a52-0e3c0c1f7a1g",
        "5b1d7c1e-0c4f-4d0b-9a520-e3c0c1f7a11",
    ] {
        assert!(!is_guid(text), "{text}");
    }
}

#[test]
fn every_profile_says_how_its_tokens_are_read() {
    for profile in IssuerProfile::ALL {
        let reading = profile.reading();
        assert!(!reading.client_claims.is_empty(), "{profile:?}");
        // Only Google's tokens have no scopes, and only its issuer has a second name.
        let is_google = profile == IssuerProfile::Google;
        assert_eq!(reading.scope_claims.is_empty(), is_google, "{profile:?}");
        assert_eq!(profile.alias().is_some(), is_google, "{profile:?}");
    }
}
