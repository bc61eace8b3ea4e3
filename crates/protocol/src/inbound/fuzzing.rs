//! For fuzzing only. No stability is promised.

use super::authorizer::JwtAuthorizer;
use super::challenge::{Challenge, Fault};
use super::issuer_profile::IssuerProfile;
use crate::oauth::issuer::Issuer;

/// Reads an authorizer, and a text as an issuer. No challenge breaks out of its quotes.
pub fn authorizer(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(issuer) = Issuer::parse(text)
    {
        let _ = IssuerProfile::of(&issuer);
    }
    let Ok(authorizer) = JwtAuthorizer::parse(bytes) else {
        return;
    };
    let challenge = Challenge::new(&authorizer, Fault::InsufficientScope, None).to_string();
    assert!(challenge.bytes().all(|byte| matches!(byte, 0x20..=0x7e)));
    let scopes = authorizer.advertised_scopes();
    let parameters = if scopes.is_empty() || !challenge.contains("scope=") {
        1
    } else {
        2
    };
    assert!(
        challenge.matches('"').count() <= parameters * 2,
        "broke out"
    );
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = authorizer.discovery_url(text);
    }
}
