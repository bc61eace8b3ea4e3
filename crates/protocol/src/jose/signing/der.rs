//! The one DER structure that is read here: `RSAPublicKey` (RFC 8017 A.1.1), of our own library.

/// Modulus and exponent, big-endian, without leading zeros.
pub(super) fn rsa_public_key(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (sequence, rest) = value(der, 0x30)?;
    let (n, integers) = value(sequence, 0x02)?;
    let (e, end) = value(integers, 0x02)?;
    (rest.is_empty() && end.is_empty()).then_some((unsigned(n), unsigned(e)))
}

/// The content of the first value, which has this tag, and what follows it.
fn value(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (length, rest) = der.strip_prefix(&[tag])?.split_first()?;
    if *length < 0x80 {
        return rest.split_at_checked(usize::from(*length));
    }
    let (digits, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
    // Two digits are enough for 8192 bits.
    let length = match digits {
        [one] => usize::from(*one),
        [high, low] => usize::from(u16::from_be_bytes([*high, *low])),
        _ => return None,
    };
    rest.split_at_checked(length)
}

/// Without the zero that keeps a number from being negative.
fn unsigned(integer: &[u8]) -> &[u8] {
    integer.strip_prefix(&[0]).unwrap_or(integer)
}
