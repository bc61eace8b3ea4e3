//! Base64url as RFC 7515 §2 has it: no padding, no whitespace, and one text for each value.
//!
//! RFC 4648 §3.5 leaves unused bits of the last character open. Here they are zero, or one token
//! would have several texts, and a cache or a denial by text would know only one of them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The bytes that the text stands for.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// The text of the bytes.
pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_value_is_one() {
        assert_eq!(decode("Zm9v").unwrap(), b"foo");
        assert_eq!(decode("Zg").unwrap(), b"f");
        assert_eq!(decode("-_8").unwrap(), b"\xfb\xff");
        assert_eq!(decode("").unwrap(), b"");
        for text in [
            "Zg==", "Zh", "Zm8=", "Zm9", "Z", "Zm9v\n", " Zm9v", "Zm 9v", "+/8", "Zm9v.", "Zmé",
        ] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
