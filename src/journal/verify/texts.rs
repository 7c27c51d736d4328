//! Texts against commitments: each is looked for in the other, in whatever order they come.

use super::super::digest::{ByDigest, Digest, digest_of};
use super::super::disclosures::MAX_TEXT_LINE;
use super::blocks::{Blocks, Stretch, lines_of};
use rayon::prelude::*;
use std::collections::HashSet;
use std::io;

type Set = HashSet<Digest, ByDigest>;

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
    pub(super) fn digests(blocks: &[Vec<u8>]) -> Vec<Vec<Digest>> {
        let lines = |block: &Vec<u8>| {
            lines_of(block)
                .map(|line| line.strip_suffix(b"\n").unwrap_or(line))
                .filter(|line| !line.is_empty() && line.len() <= MAX_TEXT_LINE)
                .map(digest_of)
                .collect()
        };
        blocks.par_iter().map(lines).collect()
    }

    pub(super) fn take(&mut self, digests: Vec<Vec<Digest>>) {
        for digest in digests.into_iter().flatten() {
            if !self.missing.remove(&digest) {
                self.waiting.insert(digest);
            }
        }
    }

    pub(super) fn committed(&mut self, commitments: Vec<Digest>) {
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

    pub(super) fn lacks(&self, digest: &Digest) -> bool {
        self.missing.contains(digest)
    }
}
