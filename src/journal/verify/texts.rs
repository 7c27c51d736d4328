//! Matches texts and commitments in any order.

use super::super::digest::{ByDigest, Digest, digest_of};
use super::super::grammar::{MAX_TEXT_LINE, field_of_text};
use super::blocks::{Blocks, Stretch, lines_of};
use rayon::prelude::*;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::io;

/// For each mark its commitments without a text yet; below zero, texts without a commitment. A balanced mark is
/// removed, so that few remain.
type Open = HashMap<Digest, i64, ByDigest>;

/// Field and commitment as one value: a text matches only a commitment of its own field.
pub(super) fn mark(field: &str, mut commitment: Digest) -> Digest {
    thread_local! {
        /// The last field and its digest: nearly all texts have the same few fields.
        static LAST: RefCell<(String, Digest)> = RefCell::new((String::new(), digest_of(b"")));
    }
    LAST.with_borrow_mut(|(last, digest)| {
        if last != field {
            field.clone_into(last);
            *digest = digest_of(field.as_bytes());
        }
        for (byte, other) in commitment.iter_mut().zip(digest) {
            *byte ^= *other;
        }
    });
    commitment
}

#[derive(Debug, Default)]
pub(super) struct Marks {
    texts: Vec<Digest>,
    /// Invalid lines.
    odd: u64,
}

pub(super) struct Texts {
    blocks: Blocks,
    open: Open,
    seen: u64,
    odd: u64,
}

impl Texts {
    pub(super) fn new(stretches: Vec<Stretch>) -> Self {
        Self {
            blocks: Blocks::new(stretches),
            open: Open::default(),
            seen: 0,
            odd: 0,
        }
    }

    pub(super) fn total(&self) -> u64 {
        self.blocks.total
    }

    pub(super) fn read(&mut self, count: usize) -> io::Result<Vec<Vec<u8>>> {
        self.blocks.round(count)
    }

    pub(super) fn marks(blocks: &[Vec<u8>]) -> Vec<Marks> {
        let marks = |block: &Vec<u8>| {
            let mut marks = Marks::default();
            for line in lines_of(block) {
                let line = line.strip_suffix(b"\n").unwrap_or(line);
                let field = field_of_text(line).filter(|_| line.len() <= MAX_TEXT_LINE);
                match field {
                    Some(field) => marks.texts.push(mark(field, digest_of(line))),
                    None => marks.odd += 1,
                }
            }
            marks
        };
        blocks.par_iter().map(marks).collect()
    }

    pub(super) fn take(&mut self, all: Vec<Marks>) {
        for marks in all {
            self.odd += marks.odd;
            self.seen += marks.texts.len() as u64;
            for mark in marks.texts {
                self.count(mark, -1);
            }
        }
    }

    pub(super) fn committed(&mut self, commitments: Vec<Digest>) {
        commitments.into_iter().for_each(|mark| self.count(mark, 1));
    }

    fn count(&mut self, mark: Digest, one: i64) {
        use std::collections::hash_map::Entry;
        match self.open.entry(mark) {
            Entry::Vacant(vacant) => drop(vacant.insert(one)),
            Entry::Occupied(mut occupied) => {
                *occupied.get_mut() += one;
                if *occupied.get() == 0 {
                    occupied.remove();
                }
            }
        }
    }

    pub(super) fn missing(&self) -> u64 {
        let open = self.open.values().filter(|open| **open > 0);
        open.map(|open| open.unsigned_abs()).sum()
    }

    pub(super) fn missing_of(&self, marks: &BTreeSet<Digest>) -> u64 {
        let open = marks.iter().filter_map(|mark| self.open.get(mark));
        let open = open.filter(|open| **open > 0);
        open.map(|open| open.unsigned_abs()).sum()
    }

    fn without_commitment(&self) -> u64 {
        let open = self.open.values().filter(|open| **open < 0);
        open.map(|open| open.unsigned_abs()).sum()
    }

    pub(super) fn stray(&self) -> u64 {
        self.without_commitment() + self.odd
    }

    pub(super) fn disclosed(&self) -> u64 {
        self.seen - self.without_commitment()
    }
}
