//! The one source of randomness; everything else takes `&mut dyn CryptoRng`.

use rand_core::{CryptoRng, RngCore};

/// The operating system's generator, through aws-lc.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl RngCore for OsEntropy {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.fill_bytes(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill_bytes(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one source of randomness"
    )]
    fn fill_bytes(&mut self, destination: &mut [u8]) {
        if aws_lc_rs::rand::fill(destination).is_err() {
            // SECURITY: a key made without randomness is worse than no service; nothing can be
            // answered from here, so the process stops.
            std::process::abort();
        }
    }
}

impl CryptoRng for OsEntropy {}

/// `N` fresh random bytes.
pub fn random_bytes<const N: usize>(rng: &mut dyn CryptoRng) -> [u8; N] {
    let mut bytes = [0; N];
    rng.fill_bytes(&mut bytes);
    bytes
}
