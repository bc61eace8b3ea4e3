//! SHA-256 and HMAC-SHA-256, the two digests of the system.

use aws_lc_rs::{digest, hmac};

/// A SHA-256 value.
pub type Sha256 = [u8; 32];

/// SHA-256 over the concatenation of `parts`.
pub fn sha256(parts: &[&[u8]]) -> Sha256 {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(part);
    }
    array(context.finish().as_ref())
}

/// SHA-256 over bytes that come piece by piece.
#[derive(Clone)]
pub struct Sha256Stream(digest::Context);

impl Sha256Stream {
    /// Before the first byte.
    pub fn new() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The value over everything so far.
    pub fn value(&self) -> Sha256 {
        array(self.0.clone().finish().as_ref())
    }
}

impl Default for Sha256Stream {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Sha256Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sha256Stream")
    }
}

/// SHA-256 over `parts`, each preceded by its length (4 bytes, big endian), so that no two lists
/// of parts have the same input.
pub fn sha256_of_fields(parts: &[&[u8]]) -> Sha256 {
    sha256(&[&length_prefixed(parts)])
}

/// HMAC-SHA-256 of `message`.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> Sha256 {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    array(hmac::sign(&key, message).as_ref())
}

/// Each part preceded by its length (4 bytes, big endian). Injective: the encoding of one list is
/// never that of another. A part of 4 GiB cannot occur (bodies are capped at 1 MiB).
pub fn length_prefixed(parts: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::with_capacity(parts.iter().map(|p| p.len() + 4).sum());
    for part in parts {
        let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(part);
    }
    out
}

/// Compares in time that depends on the length only.
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(a, b).is_ok()
}

fn array(bytes: &[u8]) -> Sha256 {
    let mut out = [0; 32];
    for (to, from) in out.iter_mut().zip(bytes) {
        *to = *from;
    }
    out
}
