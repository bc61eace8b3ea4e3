//! For fuzzing only: each reader of hostile bytes as a function of bytes. No stability is promised.

use super::authorization_response::{self, AuthorizationResponse};
use super::issuer::DiscoveryUrl;
use super::redaction::LiveSecrets;
use super::token_reply::{self, RawReply, ReplyError};
use super::vendor_table::Dialect;

/// Reads a discovery document.
pub fn metadata(bytes: &[u8]) {
    if let Ok(from) = DiscoveryUrl::parse("https://h/.well-known/openid-configuration") {
        let _ = super::metadata::parse(&from, bytes);
    }
}

/// Reads the query of a callback, as this crate and as an ordinary reader. What is taken has no
/// other reading, and a refusal that is kept has only what may be shown.
pub fn authorization_response(bytes: &[u8]) {
    let Ok(query) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(response) = authorization_response::parse(query) else {
        return;
    };
    let only = |name: &str| {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        let mut values = pairs.filter_map(|(other, value)| (other == name).then_some(value));
        let value = values.next().filter(|value| !value.is_empty());
        assert!(values.next().is_none(), "{name} stands twice");
        value
    };
    assert_eq!(only("state").as_deref(), Some(response.state()));
    assert_eq!(only("iss").as_deref(), response.iss());
    match response {
        AuthorizationResponse::Code { code, .. } => {
            assert_eq!(only("code").as_deref(), code.expose_secret_text());
            assert_eq!(only("error"), None);
        }
        AuthorizationResponse::Refused {
            error, description, ..
        } => {
            assert_eq!(only("code"), None);
            let error = error.map(str::to_owned);
            for kept in [error, description].into_iter().flatten() {
                assert!(kept.len() <= 200 && kept.bytes().all(|b| matches!(b, 0x20..=0x7e)));
            }
        }
    }
}

/// Reads the reply of a token endpoint. The first byte chooses between success and refusal; what is
/// kept of a refusal must not have the secret in it.
pub fn token_reply(bytes: &[u8]) {
    const SECRET: &str = "secret-of-the-client";
    let (status, body) = match bytes.split_first() {
        Some((first, body)) if first % 2 == 1 => (400, body),
        Some((_, body)) => (200, body),
        None => (200, bytes),
    };
    let mut secrets = LiveSecrets::default();
    secrets.push(SECRET);
    let reply = RawReply {
        status,
        retry_after: None,
        body,
    };
    if let Err(ReplyError::Refused(refusal)) =
        token_reply::parse(&reply, &Dialect::STANDARD, &secrets)
    {
        assert!(!refusal.to_string().contains(SECRET));
    }
}
