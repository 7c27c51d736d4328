//! The texts that the chain commits to: `["<salt>","<field>","<value>"]`, one line each.

use super::digest::{ByDigest, Digest, digest_of, from_hex};
use super::disk::Disk;
use super::error::{At as _, JournalError};
use super::grammar::{MAX_TEXT_LINE, value_of};
use super::layout::texts_path;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, Default)]
struct Read {
    inode: u64,
    bytes: u64,
}

pub(super) struct Disclosures {
    disk: Arc<dyn Disk>,
    directory: PathBuf,
    files: Vec<Read>,
    texts: HashMap<Digest, (String, String), ByDigest>,
}

impl Disclosures {
    pub(super) fn new(disk: Arc<dyn Disk>, directory: &Path) -> Self {
        Self {
            disk,
            directory: directory.to_path_buf(),
            files: Vec::new(),
            texts: HashMap::default(),
        }
    }

    /// Reads what was added since the last call; reads all again where an erasure replaced a file. The texts of a
    /// missing file are withheld.
    pub(super) fn refresh(&mut self) -> Result<(), JournalError> {
        for at in 0_usize.. {
            if self.files.len() == at {
                self.files.push(Read::default());
            }
            let path = texts_path(&self.directory, at as u32 + 1);
            super::durable::must_be_plain(self.disk.as_ref(), &path)?;
            let Read { inode, bytes: from } = self.files[at];
            let Some(mut file) = super::durable::open_if_there(self.disk.as_ref(), &path)? else {
                match at {
                    _ if from > 0 => return self.read_all_again(),
                    // The first may have been removed while later ones are there.
                    0 => continue,
                    _ => break,
                }
            };
            let stat = file.stat().at("look at", &path)?;
            if from > 0 && (inode != stat.inode || stat.len < from) {
                return self.read_all_again();
            }
            if stat.len > from {
                let bytes = file.read_from(from).at("read", &path)?;
                let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
                bytes[..whole]
                    .split(|b| *b == b'\n')
                    .for_each(|line| self.learn(line));
                self.files[at].bytes = from + whole as u64;
            }
            self.files[at].inode = stat.inode;
        }
        Ok(())
    }

    fn read_all_again(&mut self) -> Result<(), JournalError> {
        self.files.clear();
        self.texts.clear();
        self.refresh()
    }

    fn learn(&mut self, line: &[u8]) {
        if line.is_empty() || line.len() > MAX_TEXT_LINE {
            return;
        }
        let text = std::str::from_utf8(line).ok().and_then(value_of);
        if let Some(text) = text {
            self.texts.insert(digest_of(line), text);
        }
    }

    pub(super) fn get(&self, commitment: &str) -> Option<(&str, &str)> {
        let (field, value) = self.texts.get(&from_hex(commitment))?;
        Some((field, value))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}
