//! SHA-256 digests in binary: half as long as in hexadecimal, and suitable as keys.

use crate::text::hex;
use sha2::Digest as _;
use std::hash::{BuildHasherDefault, Hasher};

pub(super) type Digest = [u8; 32];
pub(super) type ByDigest = BuildHasherDefault<FirstBytes>;

pub(super) fn digest_of(bytes: &[u8]) -> Digest {
    sha2::Sha256::digest(bytes).into()
}

pub fn hex_digest(bytes: &[u8]) -> String {
    hex(&digest_of(bytes))
}

/// Does not allocate: a verifier writes one for every line.
pub(super) fn hex_into(digest: &[u8; 32], out: &mut [u8; 64]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (pair, byte) in out.chunks_exact_mut(2).zip(digest) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
}

/// Text that is not hexadecimal gives some other digest.
pub(super) fn from_hex(hex: &str) -> Digest {
    let mut digest = [0; 32];
    for (byte, pair) in digest.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
        *byte = value(pair[0]) << 4 | value(pair[1]);
    }
    digest
}

const fn value(digit: u8) -> u8 {
    // `0`…`9` end in their value; `a`…`f` end in 1…6.
    (digit & 15) + 9 * (digit >> 6)
}

/// Digests are uniformly distributed: their first bytes are a sufficient hash.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct FirstBytes(u64);

impl Hasher for FirstBytes {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(head) = bytes.first_chunk::<8>().filter(|_| bytes.len() == 32) {
            self.0 = u64::from_le_bytes(*head);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_and_binary_are_the_same_digest() {
        let digest = digest_of(b"warroom");
        let mut hex = [0; 64];
        hex_into(&digest, &mut hex);
        assert_eq!(from_hex(std::str::from_utf8(&hex).unwrap()), digest);
    }
}
