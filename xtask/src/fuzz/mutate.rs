//! Changes of bytes, the same for the same seed.

use crate::chance::Chance;

/// What hostile bytes are made of.
const WORDS: &[&[u8]] = &[
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b"\\u0000",
    b"\\ud800",
    b"null",
    b"true",
    b"-0",
    b"1e999",
    b"18446744073709551616",
    b"9223372036854775807",
    b"\0",
    b"\xff",
    b"\xc0\x80",
    b"\xef\xbb\xbf",
    b"\r\n",
    b"\n",
    b"\t",
    b" ",
    b"%00",
    b"%2F",
    b"%25",
    b"%",
    b"..",
    b"//",
    b"@",
    b"#",
    b"?",
    b"&",
    b"=",
    b";",
    b".",
    b"-",
    b"_",
    b"0",
    b"0x7f",
    b"[::1]",
    b"169.254.169.254",
    b"http://",
    b"https://",
    b"none",
    b"HS256",
    b"ES256",
    b"crit",
    b"secret-of-the-client",
];
/// An input does not grow over this, in bytes.
const BYTES_MAX: usize = 8 * 1024;
/// So many changes are made at once at most.
const CHANGES_MAX: usize = 6;

/// An endless source of changed seeds.
pub(super) struct Mutator {
    chance: Chance,
    seeds: Vec<Vec<u8>>,
}

impl Mutator {
    pub(super) fn new(seed: u64, seeds: Vec<Vec<u8>>) -> Self {
        Self {
            chance: Chance::new(seed),
            seeds,
        }
    }

    /// The next input.
    pub(super) fn next(&mut self) -> Vec<u8> {
        let mut bytes = self.seed();
        for _ in 0..=self.chance.below(CHANGES_MAX) {
            self.change(&mut bytes);
        }
        bytes.truncate(BYTES_MAX);
        bytes
    }

    fn seed(&mut self) -> Vec<u8> {
        let at = self.chance.below(self.seeds.len());
        self.seeds.get(at).cloned().unwrap_or_default()
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let (start, end) = self.range(bytes.len());
        match self.chance.below(8) {
            0 => {
                let bit = self.chance.below(8);
                if let Some(byte) = bytes.get_mut(start) {
                    *byte ^= 1 << bit;
                }
            }
            1 => {
                let [new, ..] = self.chance.random().to_be_bytes();
                if let Some(byte) = bytes.get_mut(start) {
                    *byte = new;
                }
            }
            2 => drop(bytes.drain(start..end)),
            3 => {
                let again = bytes.get(start..end).unwrap_or_default().to_vec();
                bytes.splice(end..end, again);
            }
            4 => bytes.truncate(start),
            5 => {
                // The end of another seed behind the beginning of this one.
                let other = self.seed();
                let from = self.chance.below(other.len() + 1);
                bytes.truncate(start);
                bytes.extend_from_slice(other.get(from..).unwrap_or_default());
            }
            _ => {
                let at = self.chance.below(WORDS.len());
                let word = WORDS.get(at).copied().unwrap_or_default();
                let end = if self.chance.below(2) == 0 {
                    start
                } else {
                    end
                };
                bytes.splice(start..end, word.iter().copied());
            }
        }
    }

    /// A short part of `length` bytes.
    fn range(&mut self, length: usize) -> (usize, usize) {
        let start = self.chance.below(length + 1);
        let long = if self.chance.below(4) == 0 {
            length
        } else {
            16
        };
        let end = (start + self.chance.below(long + 1)).min(length);
        (start, end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_a_run() {
        let inputs = |seed| {
            let mut mutator = Mutator::new(seed, vec![b"one seed".to_vec(), b"two".to_vec()]);
            (0..500).map(|_| mutator.next()).collect::<Vec<_>>()
        };
        assert_eq!(inputs(7), inputs(7));
        assert_ne!(inputs(7), inputs(8));
    }
}
