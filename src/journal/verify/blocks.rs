//! Files as blocks of whole lines, so that blocks can be checked on different cores.

use super::super::grammar::MAX_LINE;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// In bytes; a block extends to the end of its last line.
const BLOCK: usize = 1 << 19;

/// With their newlines.
pub(super) fn lines_of(block: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = memchr::memchr_iter(b'\n', block).map(|at| at + 1);
    let last = (block.last() != Some(&b'\n') && !block.is_empty()).then_some(block.len());
    ends.chain(last).scan(0, |from, to| {
        let line = &block[*from..to];
        *from = to;
        Some(line)
    })
}

#[derive(Debug)]
pub(super) struct Stretch {
    pub(super) file: File,
    pub(super) from: u64,
    pub(super) length: u64,
}

/// Reads stretches in order as one stream of blocks.
#[derive(Debug)]
pub(super) struct Blocks {
    rest: std::vec::IntoIter<Stretch>,
    current: Option<Stretch>,
    /// The beginning of an incomplete line.
    carry: Vec<u8>,
    /// In bytes.
    pub(super) total: u64,
}

impl Blocks {
    pub(super) fn new(stretches: Vec<Stretch>) -> Self {
        let total = stretches.iter().map(|stretch| stretch.length).sum();
        Self {
            rest: stretches.into_iter(),
            current: None,
            carry: Vec::new(),
            total,
        }
    }

    /// The next blocks, at most `count`.
    pub(super) fn round(&mut self, count: usize) -> io::Result<Vec<Vec<u8>>> {
        let blocks = std::iter::from_fn(|| self.next().transpose());
        blocks.take(count).collect()
    }

    /// Complete lines, or the rest at the end. Keeps one byte more than allowed of a line that is too long, so that the
    /// parser refuses it.
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut block = std::mem::take(&mut self.carry);
        loop {
            let had = block.len();
            if !self.fill(&mut block)? {
                return Ok((!block.is_empty()).then_some(block));
            }
            if let Some(end) = memchr::memrchr(b'\n', &block[had..]) {
                self.carry = block.split_off(had + end + 1);
                return Ok(Some(block));
            }
            block.truncate(MAX_LINE + 1);
        }
    }

    fn fill(&mut self, block: &mut Vec<u8>) -> io::Result<bool> {
        loop {
            let Some(stretch) = &mut self.current else {
                let Some(mut next) = self.rest.next() else {
                    return Ok(false);
                };
                next.file.seek(SeekFrom::Start(next.from))?;
                self.current = Some(next);
                continue;
            };
            let want = stretch.length.min(BLOCK as u64);
            let read = if want == 0 {
                0
            } else {
                block.reserve(want as usize);
                (&mut stretch.file).take(want).read_to_end(block)?
            };
            if read == 0 {
                self.current = None;
                continue;
            }
            stretch.length -= read as u64;
            return Ok(true);
        }
    }
}
