//! The files of a bundle by name: valid names, and where their bytes are.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// A bundle with more files is refused.
pub(super) const MAX_MEMBERS: usize = 20_000;

/// Longest name in a bundle, in bytes.
const MAX_NAME: usize = 200;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(super) file: PathBuf,
    pub(crate) from: u64,
    pub(crate) length: u64,
}

impl Member {
    pub(crate) fn open(&self) -> io::Result<File> {
        let mut file = crate::files::open_unlinked(&self.file)?;
        file.seek(SeekFrom::Start(self.from))?;
        Ok(file)
    }

    pub(crate) fn bytes(&self, max: u64) -> Option<Vec<u8>> {
        if self.length > max {
            return None;
        }
        let mut bytes = Vec::new();
        let read = self.open().ok()?.take(self.length).read_to_end(&mut bytes);
        (read.ok()? as u64 == self.length).then_some(bytes)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) members: BTreeMap<String, Member>,
    pub(crate) faults: Vec<String>,
}

/// Relative, at most two parts, plain characters, at most 200 of them.
pub(crate) fn is_name(name: &str) -> bool {
    let part = |part: &str| {
        !matches!(part, "" | "." | "..")
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    let mut parts = name.split('/');
    name.len() <= MAX_NAME && parts.by_ref().take(2).all(part) && parts.next().is_none()
}

pub(super) fn shown(name: &str) -> String {
    crate::text::sanitize::bound(crate::text::sanitize::line(name), 120)
}

impl Contents {
    pub(super) fn fault(&mut self, what: String) {
        if self.faults.len() < 50 {
            self.faults.push(what);
        }
    }

    pub(super) fn directory(&mut self, path: &Path, prefix: &str) -> io::Result<()> {
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
