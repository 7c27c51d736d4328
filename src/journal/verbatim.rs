//! A journal as bytes, for a copy: the chain verbatim, and its texts one by one.

use super::digest::hex_digest;
use super::disk::Disk;
use super::durable::open_if_there;
use super::error::{At as _, JournalError};
use super::finding::{Finding, FindingKind};
use super::layout::{journal_path, texts_path};
use super::line::{Head, continuation, parse};
use crate::incident::Entry;
use std::collections::HashMap;
use std::path::Path;

#[derive(Debug, Default)]
pub struct Verbatim {
    /// The files of the chain, joined where one continues in the next.
    pub chain: Vec<u8>,
    /// Without texts.
    pub entries: Vec<Entry>,
    /// Entry, field and commitment of each text.
    pub commitments: Vec<(u64, String, String)>,
    /// Lines by commitment.
    pub texts: HashMap<String, String>,
}

impl Verbatim {
    /// Drops later entries: a copy ends with the signature that covers it.
    pub fn cut(&mut self, upto: u64) {
        let keep = usize::try_from(upto).unwrap_or(usize::MAX);
        let mut ends = memchr::memchr_iter(b'\n', &self.chain).map(|at| at + 1);
        if let Some(end) = keep.checked_sub(1).and_then(|last| ends.nth(last)) {
            self.chain.truncate(end);
        }
        self.entries.truncate(keep);
        self.commitments.retain(|(seq, ..)| *seq <= upto);
    }

    pub fn commitment(&self, seq: u64, field: &str) -> Option<&str> {
        let found = self
            .commitments
            .iter()
            .find(|(number, name, _)| *number == seq && name == field)?;
        Some(&found.2)
    }

    /// Refuses a journal that is not intact.
    pub(crate) fn read(disk: &dyn Disk, directory: &Path) -> Result<Self, JournalError> {
        let mut files = Vec::new();
        for number in 1.. {
            match read(disk, &journal_path(directory, number))? {
                Some(bytes) => files.push(bytes),
                None => break,
            }
        }
        if files.is_empty() {
            return Err(JournalError::missing(directory));
        }
        let mut copy = Self::default();
        let mut position = Head::start();
        // Bytes beyond the place where the next file continues were never acknowledged.
        let goes_on_at = |next: &Vec<u8>| continuation(next).map(|said| said.length);
        let ends: Vec<Option<u64>> = files.iter().skip(1).map(goes_on_at).collect();
        for (number, bytes) in files.iter().enumerate() {
            let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
            let cut = ends.get(number).copied().flatten();
            let end = cut.map_or(whole, |cut| whole.min(cut as usize));
            for line in bytes[..end].split_inclusive(|b| *b == b'\n') {
                copy.take(line, &mut position).map_err(|what| {
                    let line = position.seq + 1;
                    let kind = FindingKind::Altered;
                    JournalError::NotIntact {
                        path: journal_path(directory, number as u32 + 1),
                        finding: Finding { kind, line, what },
                    }
                })?;
            }
        }
        copy.read_texts(disk, directory)?;
        Ok(copy)
    }

    pub(super) fn take(&mut self, line: &[u8], position: &mut Head) -> Result<(), String> {
        let bare = line.strip_suffix(b"\n").unwrap_or(line);
        let parsed = parse(bare).map_err(|fault| fault.to_string())?;
        if !parsed.follows(position) {
            return Err("it does not follow the line before".into());
        }
        parsed.advance(position);
        for (field, digest) in parsed.commitments() {
            let owned = (position.seq, field.to_string(), digest.to_string());
            self.commitments.push(owned);
        }
        self.entries.push(parsed.entry(|_| None));
        self.chain.extend_from_slice(line);
        Ok(())
    }

    fn read_texts(&mut self, disk: &dyn Disk, directory: &Path) -> Result<(), JournalError> {
        for number in 1.. {
            let Some(bytes) = read(disk, &texts_path(directory, number))? else {
                match number {
                    1 => continue,
                    _ => break,
                }
            };
            for line in bytes.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
                if let Ok(text) = std::str::from_utf8(line) {
                    self.texts.insert(hex_digest(line), text.to_string());
                }
            }
        }
        Ok(())
    }
}

fn read(disk: &dyn Disk, path: &Path) -> Result<Option<Vec<u8>>, JournalError> {
    let file = open_if_there(disk, path)?;
    file.map(|mut file| file.read_from(0).at("read", path))
        .transpose()
}
