//! Reads a bundle, a directory or a `.tar`, and trusts nothing in it.

pub(super) mod archive;
pub(super) mod contents;

use super::error::JournalError;
use contents::{Contents, Member};
use std::io::{self, Read, Seek};
use std::path::Path;

impl Contents {
    pub(super) fn open(path: &Path) -> Result<Self, JournalError> {
        let failed = |error| JournalError::io("read", path)(error);
        if path.is_dir() {
            let mut contents = Self::default();
            contents.directory(path, "").map_err(failed)?;
            return Ok(contents);
        }
        let file = crate::files::open(path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        Ok(Self::tar(file, length, path))
    }

    /// Problems of the archive become faults, never an error.
    pub(super) fn tar<R: Read + Seek>(input: R, length: u64, path: &Path) -> Self {
        let mut contents = Self::default();
        archive::Reader::new(&mut contents, input, length).read(path);
        contents
    }
}

/// The valid names in an archive's bytes, each with its file's range; invalid entries are left out.
pub fn names_in_archive(bytes: &[u8]) -> Vec<(String, std::ops::Range<u64>)> {
    let contents = Contents::tar(io::Cursor::new(bytes), bytes.len() as u64, Path::new(""));
    let place = |member: Member| member.from..member.from + member.length;
    let members = contents.members.into_iter();
    members
        .map(|(name, member)| (name, place(member)))
        .collect()
}
