//! Whether an RSA public key is one that anybody should trust.

use super::SkipReason;

/// NIST SP 800-131A: no less. aws-lc verifies no more.
const MODULUS_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;
/// NIST SP 800-56B asks for more than 2^16.
const EXPONENT_MIN: u64 = 65_537;
/// aws-lc verifies no longer ones.
const EXPONENT_BITS_MAX: usize = 33;

/// The primes of the fingerprint of CVE-2017-15361 ("The Return of Coppersmith's Attack", 2017).
/// The broken generator makes factors that are powers of 65537 modulo each; so is their product.
const ROCA_PRIMES: [u32; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
    101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/// Whether modulus and exponent, big-endian, are acceptable.
pub(super) fn check(n: &[u8], e: &[u8]) -> Result<(), SkipReason> {
    // Base64urlUInt has no leading zeros (RFC 7518 §2).
    if n.first().is_none_or(|first| *first == 0) || e.first().is_none_or(|first| *first == 0) {
        return Err(SkipReason::Malformed);
    }
    if !MODULUS_BITS.contains(&bits(n)) {
        return Err(SkipReason::ModulusSize);
    }
    if is_even(n) || has_roca_fingerprint(n) {
        return Err(SkipReason::ModulusWeak);
    }
    let value = e
        .iter()
        .fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    if bits(e) > EXPONENT_BITS_MAX || is_even(e) || value < EXPONENT_MIN {
        return Err(SkipReason::Exponent);
    }
    Ok(())
}

/// Of a number without leading zero bytes.
fn bits(number: &[u8]) -> usize {
    let unused = number.first().map_or(0, |first| first.leading_zeros());
    (number.len() * 8).saturating_sub(usize::try_from(unused).unwrap_or(0))
}

fn is_even(number: &[u8]) -> bool {
    number.last().is_none_or(|last| last & 1 == 0)
}

fn has_roca_fingerprint(n: &[u8]) -> bool {
    ROCA_PRIMES.iter().all(|prime| {
        let residue = n
            .iter()
            .fold(0_u32, |rest, byte| (rest << 8 | u32::from(*byte)) % prime);
        is_power_of_65537(residue, *prime)
    })
}

/// Whether `residue` is a power of 65537 modulo a small prime.
fn is_power_of_65537(residue: u32, prime: u32) -> bool {
    let mut power = 1;
    for _ in 0..prime {
        if power == residue {
            return true;
        }
        power = power * (65_537 % prime) % prime;
    }
    false
}
