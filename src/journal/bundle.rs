//! A bundle as a thing to read: a directory or a `.tar`, nothing of which is trusted.

pub(super) mod archive;

use super::error::JournalError;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Files in a bundle; one with more is refused.
const MAX_MEMBERS: usize = 20_000;

/// Longest name in a bundle, in bytes.
const MAX_NAME: usize = 200;

/// A plain file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    file: PathBuf,
    pub(super) from: u64,
    pub(super) length: u64,
}

impl Member {
    /// Opened, at its first byte.
    pub(super) fn open(&self) -> io::Result<File> {
        let mut file = crate::files::open_unlinked(&self.file)?;
        file.seek(SeekFrom::Start(self.from))?;
        Ok(file)
    }

    /// Its bytes, where it has no more than `max`.
    pub(super) fn bytes(&self, max: u64) -> Option<Vec<u8>> {
        if self.length > max {
            return None;
        }
        let mut bytes = Vec::new();
        let read = self.open().ok()?.take(self.length).read_to_end(&mut bytes);
        (read.ok()? as u64 == self.length).then_some(bytes)
    }
}

/// The files of a bundle, and what is wrong with its names and entries.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) members: BTreeMap<String, Member>,
    pub(super) faults: Vec<String>,
}

/// Whether a name may stand in a bundle: relative, at most two parts, plain characters, at most 200 of them.
pub(super) fn is_name(name: &str) -> bool {
    let part = |part: &str| {
        !matches!(part, "" | "." | "..")
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    let mut parts = name.split('/');
    name.len() <= MAX_NAME && parts.by_ref().take(2).all(part) && parts.next().is_none()
}

fn shown(name: &str) -> String {
    crate::text::sanitize::bound(crate::text::sanitize::line(name), 120)
}

impl Contents {
    fn fault(&mut self, what: String) {
        if self.faults.len() < 50 {
            self.faults.push(what);
        }
    }

    /// Looks at a bundle without taking anything out of it.
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

    fn directory(&mut self, path: &Path, prefix: &str) -> io::Result<()> {
        let mut names: Vec<_> = std::fs::read_dir(path)?.collect::<Result<_, _>>()?;
        names.sort_by_key(std::fs::DirEntry::file_name);
        for entry in names {
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let meta = std::fs::symlink_metadata(entry.path())?;
            if !is_name(&name) {
                self.fault(format!("\"{}\" is no name for a bundle", shown(&name)));
            } else if meta.is_dir() && prefix.is_empty() {
                self.directory(&entry.path(), &format!("{name}/"))?;
            } else if meta.is_file() && self.members.len() < MAX_MEMBERS {
                let member = Member {
                    file: entry.path(),
                    from: 0,
                    length: meta.len(),
                };
                self.members.insert(name, member);
            } else {
                self.fault(format!("\"{}\" is not a plain file", shown(&name)));
            }
        }
        Ok(())
    }

    /// Reads the names of an archive. What is wrong with it becomes a fault, never a failure.
    pub(super) fn tar<R: Read + Seek>(input: R, length: u64, path: &Path) -> Self {
        let mut contents = Self::default();
        archive::Reader::new(&mut contents, input, length).read(path);
        contents
    }
}

/// The names that an archive's bytes give a bundle, each with where its file is; what is wrong is left out.
pub fn names_in_archive(bytes: &[u8]) -> Vec<(String, std::ops::Range<u64>)> {
    let contents = Contents::tar(io::Cursor::new(bytes), bytes.len() as u64, Path::new(""));
    let place = |member: Member| member.from..member.from + member.length;
    let members = contents.members.into_iter();
    members
        .map(|(name, member)| (name, place(member)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("journal.jsonl", true)]
    #[case("signatures/12.sig", true)]
    #[case("../evil", false)]
    #[case("signatures/..", false)]
    #[case("/etc/passwd", false)]
    #[case("a/b/c", false)]
    #[case("a//b", false)]
    #[case("", false)]
    #[case("a b", false)]
    #[case(&"n".repeat(200), true)]
    #[case(&"n".repeat(201), false)]
    #[case("...", true)]
    #[case("a\\b", false)]
    fn a_name_in_a_bundle_is_plain_and_relative(#[case] name: &str, #[case] fits: bool) {
        assert_eq!(is_name(name), fits);
    }
}
