//! The texts that the chain commits to: `["<salt>","<field>","<value>"]`, one line each.

use super::digest::{ByDigest, Digest, digest_of, from_hex};
use super::disk::{Disk, How};
use super::error::JournalError;
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
        for number in 1.. {
            let path = texts_path(&self.directory, number);
            super::durable::must_be_plain(self.disk.as_ref(), &path)?;
            let mut file = match self.disk.open(&path, How::Read) {
                Ok(file) => file,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    let at = number as usize - 1;
                    if self.files.get(at).is_some_and(|read| read.bytes > 0) {
                        self.forget();
                        return self.refresh();
                    }
                    if number > 1 {
                        return Ok(());
                    }
                    // The first may have been taken away while later ones stand.
                    self.files
                        .resize_with(self.files.len().max(1), Read::default);
                    continue;
                }
                Err(error) => return Err(JournalError::io("read", &path)(error)),
            };
            let stat = file.stat().map_err(JournalError::io("look at", &path))?;
            let at = number as usize - 1;
            if let Some(read) = self.files.get(at)
                && read.bytes > 0
                && (read.inode != stat.inode || stat.len < read.bytes)
            {
                self.forget();
                return self.refresh();
            }
            if self.files.len() <= at {
                self.files.resize_with(at + 1, Read::default);
            }
            let from = self.files[at].bytes;
            if stat.len > from {
                let bytes = file
                    .read_from(from)
                    .map_err(JournalError::io("read", &path))?;
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

    fn forget(&mut self) {
        self.files.clear();
        self.texts.clear();
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
