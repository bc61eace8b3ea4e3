//! The signing key of one scope.

use std::fmt;

use aws_lc_rs::hmac;
use zeroize::Zeroizing;

/// The key that signs the requests of one access key on one day, in one region, for one service.
///
/// Deriving it costs four HMACs; a caller may keep it per (access key id, date, region, service)
/// for as long as it may keep the secret itself: whoever holds it can sign for that scope.
/// It is wiped when dropped.
pub struct SigningKey(Zeroizing<[u8; 32]>);

impl SigningKey {
    /// `HMAC(HMAC(HMAC(HMAC("AWS4" ‖ secret, date), region), service), "aws4_request")`, with
    /// `date` as `YYYYMMDD` (AWS "Create a signed AWS API request", step 4).
    pub fn derive(secret: &[u8], date: &str, region: &str, service: &str) -> Self {
        // Reserved at once, so that no reallocation leaves a copy of the secret behind.
        let mut first = Zeroizing::new(Vec::with_capacity(secret.len().saturating_add(4)));
        first.extend_from_slice(b"AWS4");
        first.extend_from_slice(secret);
        let mut key = hmac_sha256(&first, date.as_bytes());
        for part in [region, service, "aws4_request"] {
            key = hmac_sha256(&*key, part.as_bytes());
        }
        Self(key)
    }

    pub(crate) fn sign(&self, text: &[u8]) -> Zeroizing<[u8; 32]> {
        hmac_sha256(&*self.0, text)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey([secret])")
    }
}

fn hmac_sha256(key: &[u8], message: &[u8]) -> Zeroizing<[u8; 32]> {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message);
    let mut out = Zeroizing::new([0; 32]);
    // The tag of HMAC-SHA256 has 32 bytes, so nothing is left over. `hmac::Tag` itself is not
    // wiped by the library: a copy may stay on the stack until it is overwritten.
    for (to, from) in out.iter_mut().zip(tag.as_ref()) {
        *to = *from;
    }
    out
}
