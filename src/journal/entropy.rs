//! Randomness for ids and salts, injected so that exercises and tests repeat.

use super::clock::Stamp;
use super::error::JournalError;
#[cfg(test)]
use sha2::{Digest, Sha256};

pub trait Entropy: Send {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), JournalError>;
}

#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), JournalError> {
        getrandom::fill(buffer).map_err(|error| JournalError::Entropy(error.to_string()))
    }
}

/// A version 7 UUID.
pub fn fresh_entry_id(
    stamp: &Stamp,
    entropy: &mut dyn Entropy,
) -> Result<uuid::Uuid, JournalError> {
    let mut random = [0; 10];
    entropy.fill(&mut random)?;
    let millis = stamp.wall.timestamp_millis().max(0) as u64;
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

#[cfg(test)]
#[derive(Debug, Clone)]
pub struct SeededEntropy {
    seed: u64,
    drawn: u64,
}

#[cfg(test)]
impl SeededEntropy {
    pub fn new(seed: u64) -> Self {
        Self { seed, drawn: 0 }
    }
}

#[cfg(test)]
impl Entropy for SeededEntropy {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), JournalError> {
        for chunk in buffer.chunks_mut(32) {
            let mut hash = Sha256::new();
            hash.update(self.seed.to_le_bytes());
            hash.update(self.drawn.to_le_bytes());
            self.drawn += 1;
            let block = hash.finalize();
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
        Ok(())
    }
}
