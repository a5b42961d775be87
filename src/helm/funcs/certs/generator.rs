//! The random numbers keys are made of.
//!
//! Key generation asks for many numbers and has no way to hear that there are none, so 32 bytes are taken from the
//! world first and stretched: block n is SHA-256 of the seed and n.

use std::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};
use sha2::{Digest as _, Sha256};

/// A stream of random bytes from one seed.
pub(super) struct Generator {
    seed: [u8; 32],
    blocks: u64,
    left: Vec<u8>,
}

impl Generator {
    /// The stream of a seed, which must have been drawn at random.
    pub(super) fn new(seed: [u8; 32]) -> Generator {
        Generator { seed, blocks: 0, left: Vec::new() }
    }

    /// The next bytes.
    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for byte in &mut bytes {
            *byte = self.next_byte();
        }
        bytes
    }

    fn next_byte(&mut self) -> u8 {
        loop {
            if let Some(byte) = self.left.pop() {
                return byte;
            }
            let block = Sha256::new().chain_update(self.seed).chain_update(self.blocks.to_be_bytes()).finalize();
            self.blocks += 1;
            self.left.extend_from_slice(&block);
        }
    }
}

impl TryRng for Generator {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.bytes()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.bytes()))
    }

    fn try_fill_bytes(&mut self, buffer: &mut [u8]) -> Result<(), Infallible> {
        buffer.iter_mut().for_each(|byte| *byte = self.next_byte());
        Ok(())
    }
}

impl TryCryptoRng for Generator {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ() {
        let first: [u8; 100] = Generator::new([1; 32]).bytes();
        assert_eq!(first, Generator::new([1; 32]).bytes());
        assert_ne!(first, Generator::new([2; 32]).bytes());
        assert_ne!(first[..32], first[32..64]);
    }
}
