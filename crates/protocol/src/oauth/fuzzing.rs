//! For fuzzing only: each reader of hostile bytes as a function of bytes. No stability is promised.

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
