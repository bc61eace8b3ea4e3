//! Percent-encoding as Signature Version 4 defines it (RFC 3986 §2.1, §2.3; upper-case digits).

const DIGITS: &[u8; 16] = b"0123456789ABCDEF";

/// Appends `bytes` with everything but the unreserved characters encoded, and `/` too unless
/// `keep_slash`. Distinct inputs have distinct outputs.
pub(crate) fn encode_into(out: &mut Vec<u8>, bytes: &[u8], keep_slash: bool) {
    for byte in bytes {
        let plain = byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'.' | b'_' | b'~')
            || (keep_slash && *byte == b'/');
        if plain {
            out.push(*byte);
        } else {
            out.extend([b'%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
}

/// The bytes that `text` stands for. A `+` is a plus, and a `%` without two digits is itself.
pub(crate) fn decode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        if let Some((decoded, after)) = escape(rest) {
            out.push(decoded);
            rest = after;
        } else {
            out.push(*byte);
            rest = after;
        }
    }
    out
}

/// Whether every `%` is followed by two hexadecimal digits.
pub(crate) fn escapes_are_complete(text: &[u8]) -> bool {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        let (_, from_percent) = rest.split_at(at);
        match escape(from_percent) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

/// The byte of an escape that stands at the front, and what follows it.
fn escape(text: &[u8]) -> Option<(u8, &[u8])> {
    let [b'%', high, low, after @ ..] = text else {
        return None;
    };
    let (high, low) = (
        char::from(*high).to_digit(16)?,
        char::from(*low).to_digit(16)?,
    );
    Some((u8::try_from(high * 16 + low).ok()?, after))
}

fn digit(nibble: u8) -> u8 {
    DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0')
}
