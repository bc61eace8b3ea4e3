//! Percent-decoding of a path segment or a query part: once, and strictly.

/// What `+` stands for: itself in a path, a space in a query.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plus {
    Itself,
    Space,
}

/// Decodes `raw` once. A malformed escape, text that is not UTF-8 and a null character are refused.
pub(crate) fn decode(raw: &str, plus: Plus) -> Result<String, &'static str> {
    let mut bytes = raw.bytes();
    let mut decoded = Vec::with_capacity(raw.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let high = bytes.next().and_then(hex_digit);
                let low = bytes.next().and_then(hex_digit);
                let (Some(high), Some(low)) = (high, low) else {
                    return Err("a percent escape is malformed");
                };
                high << 4 | low
            }
            b'+' if plus == Plus::Space => b' ',
            byte => byte,
        });
    }
    if decoded.contains(&0) {
        return Err("a null character is not allowed");
    }
    String::from_utf8(decoded).map_err(|_| "the decoded text is not UTF-8")
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::{Plus, decode};

    #[test]
    fn decoding_happens_once() {
        assert_eq!(
            decode("a%3Ab%2fc+d", Plus::Itself).as_deref(),
            Ok("a:b/c+d")
        );
        assert_eq!(decode("a+b%2Bc", Plus::Space).as_deref(), Ok("a b+c"));
        assert_eq!(decode("%253A", Plus::Itself).as_deref(), Ok("%3A"));
        assert_eq!(decode("%C3%A9", Plus::Itself).as_deref(), Ok("é"));
    }

    #[test]
    fn malformed_text_is_refused() {
        for raw in ["%", "%4", "a%zz", "%+1", "%00", "%ff", "%C3"] {
            assert!(decode(raw, Plus::Itself).is_err(), "{raw}");
        }
    }
}
