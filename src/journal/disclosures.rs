//! The texts that the chain commits to: `["<salt>","<field>","<value>"]`, one line each.

use super::error::JournalError;
use super::line::hex_digest;
use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Longest line read; a field is bounded far below it when written.
const MAX_LINE: usize = 256 * 1024;

/// The disclosures of one journal, by commitment.
#[derive(Debug, Default)]
pub(super) struct Disclosures {
    path: PathBuf,
    inode: u64,
    read: u64,
    texts: HashMap<String, (String, String)>,
}

/// Field and value of a disclosure line; `None` where it is not one.
pub(super) fn value_of(line: &str) -> Option<(String, String)> {
    let (salt, field, value): (String, String, String) = serde_json::from_str(line).ok()?;
    (salt.len() == 32).then_some((field, value))
}

impl Disclosures {
    pub(super) fn new(directory: &Path) -> Self {
        Self {
            path: directory.join("disclosures.jsonl"),
            ..Self::default()
        }
    }

    /// Takes in what was added since the last call; everything anew where the file was replaced. A missing
    /// file means that every text is withheld.
    pub(super) fn refresh(&mut self) -> Result<(), JournalError> {
        super::directory::must_be_plain(&self.path)?;
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                self.texts.clear();
                self.read = 0;
                return Ok(());
            }
            Err(error) => return Err(JournalError::io("read", &self.path)(error)),
        };
        let meta = file
            .metadata()
            .map_err(JournalError::io("look at", &self.path))?;
        if meta.ino() != self.inode || meta.len() < self.read {
            self.texts.clear();
            self.read = 0;
            self.inode = meta.ino();
        }
        if meta.len() == self.read {
            return Ok(());
        }
        file.seek(SeekFrom::Start(self.read))
            .map_err(JournalError::io("read", &self.path))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)
            .map_err(JournalError::io("read", &self.path))?;
        let whole = bytes
            .iter()
            .rposition(|b| *b == b'\n')
            .map_or(0, |at| at + 1);
        for line in bytes[..whole].split(|b| *b == b'\n') {
            self.learn(line);
        }
        self.read += whole as u64;
        Ok(())
    }

    fn learn(&mut self, line: &[u8]) {
        if line.is_empty() || line.len() > MAX_LINE {
            return;
        }
        let text = std::str::from_utf8(line).ok().and_then(value_of);
        if let Some(text) = text {
            self.texts.insert(hex_digest(line), text);
        }
    }

    /// Field and value behind a commitment.
    pub(super) fn get(&self, commitment: &str) -> Option<(String, String)> {
        self.texts.get(commitment).cloned()
    }

    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn contains(&self, commitment: &str) -> bool {
        self.texts.contains_key(commitment)
    }

    pub(super) fn commitments(&self) -> impl Iterator<Item = &String> {
        self.texts.keys()
    }
}
