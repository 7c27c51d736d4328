//! Remembers the documents that this program wrote to files, by digest: a file with other content was changed by hand.

use crate::files::{self, Durable};
use crate::journal::hex_digest;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Below the data directory, one digest a line.
const DIRECTORY: &str = "documents";
const FILE: &str = "written";
/// Bytes; a line has 65.
const LARGEST: u64 = 2_000 * 65;
const KEPT: u64 = LARGEST / 2;

pub(super) struct WrittenDigests {
    root: PathBuf,
    known: String,
}

impl WrittenDigests {
    /// None where the file cannot be read: then every file counts as changed by hand.
    pub(super) fn read(root: &Path) -> Self {
        let known = files::tail(&root.join(DIRECTORY).join(FILE), LARGEST);
        let known = known.map_or(Vec::new(), |(known, _)| known);
        Self {
            root: root.to_path_buf(),
            known: String::from_utf8(known).unwrap_or_default(),
        }
    }

    pub(super) fn has(&self, content: &[u8]) -> bool {
        let digest = hex_digest(content);
        self.known.lines().any(|line| line == digest)
    }

    /// Before the document is written: one that is written and not remembered counts as changed by hand.
    pub(super) fn remember(&self, sha256: &str) -> io::Result<()> {
        if self.known.lines().any(|line| line == sha256) {
            return Ok(());
        }
        let directory = files::directory_in(&self.root, Path::new(DIRECTORY))?;
        let path = directory.join(FILE);
        if self.known.len() as u64 + 65 > LARGEST {
            let (last, _) = files::tail(&path, KEPT)?;
            files::replace(&path, &last, Durable::No)?;
        }
        let mut file = files::append_or_create(&path)?;
        file.write_all(format!("{sha256}\n").as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_known_and_the_list_stays_short() {
        let home = tempfile::tempdir().unwrap();
        let text = |number: u32| format!("document {number}");
        for number in 0..2_100 {
            for _ in 0..2 {
                let digests = WrittenDigests::read(home.path());
                let digest = hex_digest(text(number).as_bytes());
                digests.remember(&digest).unwrap();
            }
        }
        let digests = WrittenDigests::read(home.path());
        assert!(digests.has(text(2_099).as_bytes()) && digests.has(text(1_200).as_bytes()));
        assert!(!digests.has(text(0).as_bytes()) && !digests.has(b"by hand"));
        let size = std::fs::metadata(home.path().join("documents/written"))
            .unwrap()
            .len();
        assert!(size <= LARGEST, "{size}");
    }

    #[test]
    fn nothing_is_known_where_nothing_can_be_read() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(home.path().join("documents/written")).unwrap();
        let digests = WrittenDigests::read(home.path());
        assert!(!digests.has(b"x") && digests.remember("ab").is_err());
    }
}
