//! Texts against commitments: each is looked for in the other, in whatever order they come.

use super::super::disclosures::MAX_TEXT_LINE;
use super::blocks::{Blocks, Stretch};
use super::chain::Hash;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};
use std::io;

/// Digests are random already: their first bytes are as good a hash as any.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct First(u64);

impl Hasher for First {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let head = bytes.first_chunk::<8>();
        self.0 ^= head.map_or(bytes.len() as u64, |head| u64::from_le_bytes(*head));
    }
}

type Set = HashSet<Hash, BuildHasherDefault<First>>;

/// The texts of a journal.
pub(super) struct Texts {
    blocks: Blocks,
    /// Commitments whose text has not come yet.
    missing: Set,
    /// Texts whose commitment has not come yet.
    waiting: Set,
}

impl Texts {
    pub(super) fn new(stretches: Vec<Stretch>) -> Self {
        Self {
            blocks: Blocks::new(stretches),
            missing: Set::default(),
            waiting: Set::default(),
        }
    }

    pub(super) fn total(&self) -> u64 {
        self.blocks.total
    }

    pub(super) fn read(&mut self, count: usize) -> io::Result<Vec<Vec<u8>>> {
        let mut round = Vec::new();
        while round.len() < count {
            match self.blocks.next()? {
                Some(block) => round.push(block),
                None => break,
            }
        }
        Ok(round)
    }

    /// The digests of all lines.
    pub(super) fn digests(blocks: &[Vec<u8>]) -> Vec<Vec<Hash>> {
        let lines = |block: &Vec<u8>| {
            block
                .split(|b| *b == b'\n')
                .filter(|line| !line.is_empty() && line.len() <= MAX_TEXT_LINE)
                .map(|line| Sha256::digest(line).into())
                .collect()
        };
        blocks.par_iter().map(lines).collect()
    }

    pub(super) fn take(&mut self, digests: Vec<Vec<Hash>>) {
        for digest in digests.into_iter().flatten() {
            if !self.missing.remove(&digest) {
                self.waiting.insert(digest);
            }
        }
    }

    pub(super) fn committed(&mut self, commitments: Vec<Hash>) {
        for digest in commitments {
            if !self.waiting.remove(&digest) {
                self.missing.insert(digest);
            }
        }
    }

    pub(super) fn missing(&self) -> u64 {
        self.missing.len() as u64
    }

    pub(super) fn stray(&self) -> u64 {
        self.waiting.len() as u64
    }

    pub(super) fn lacks(&self, digest: &Hash) -> bool {
        self.missing.contains(digest)
    }
}
