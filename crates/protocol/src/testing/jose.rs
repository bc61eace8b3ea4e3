//! Tokens that no signer of ours would make.

use crate::jose::base64url;
use crate::jose::signing::{SigningError, TokenSigningKey};

/// Base64url without padding.
pub fn base64url(bytes: &[u8]) -> String {
    base64url::encode(bytes)
}

/// The bytes of canonical base64url.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    base64url::decode(text)
}

/// The compact form of any header and any payload, with the signature that `sign` makes.
pub fn compact(header: &str, payload: &[u8], sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let header = base64url::encode(header.as_bytes());
    let signing_input = format!("{header}.{}", base64url::encode(payload));
    let signature = sign(signing_input.as_bytes());
    format!("{signing_input}.{}", base64url::encode(&signature))
}

/// A signature over any bytes.
///
/// # Errors
/// Those of [`TokenSigningKey::sign`].
pub fn signature(key: &TokenSigningKey, message: &[u8]) -> Result<Vec<u8>, SigningError> {
    key.signature(message)
}
