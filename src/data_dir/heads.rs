//! The highest head of each journal that this user has seen recorded. A chain alone does not show that its end was cut
//! off or that it was rewritten; a remembered head does.
//!
//! Heads are kept outside the data directory: write access to a journal then gives no access to what its readers
//! remember.

use crate::files::{self, Durable, Exposed, Writers};
use crate::incident::IncidentId;
use crate::journal::{Head, JournalName, hex_digest, is_hash};
use crate::text::shown_path;
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Default)]
pub struct Heads {
    directory: Option<PathBuf>,
    /// Nothing is written; remembered heads still count.
    read_only: bool,
}

impl Heads {
    pub fn new(state: &Path, root: &Path, read_only: bool) -> Self {
        let root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
        let name = hex_digest(root.as_os_str().as_encoded_bytes());
        Self {
            directory: Some(state.join("heads").join(&name[..16])),
            read_only,
        }
    }

    fn path(&self, name: &JournalName) -> Option<PathBuf> {
        self.directory
            .as_ref()
            .map(|directory| directory.join(name.as_str()))
    }

    pub fn of(&self, name: &JournalName) -> Option<Head> {
        let text = crate::files::text(&self.path(name)?).ok()?;
        let (seq, hash) = text.trim().split_once(' ')?;
        is_hash(hash).then_some(())?;
        Some(Head {
            seq: seq.parse().ok()?,
            hash: hash.to_string(),
        })
    }

    /// Remembers a head unless a higher one is remembered.
    pub(super) fn remember(&self, name: &JournalName, head: &Head) {
        let higher = self.of(name).is_some_and(|known| known.seq >= head.seq);
        if self.read_only || head.seq == 0 || higher {
            return;
        }
        if let Err(error) = self.write(name, head) {
            tracing::warn!(%error, "the head cannot be remembered");
        }
    }

    fn write(&self, name: &JournalName, head: &Head) -> io::Result<()> {
        let Some(path) = self.path(name) else {
            return Ok(());
        };
        if let Some(directory) = path.parent() {
            files::directory(directory)?;
        }
        let text = format!("{} {}\n", head.seq, head.hash);
        files::replace(&path, text.as_bytes(), Durable::No)
    }

    /// The reason why heads cannot be remembered: a truncated or restored journal then goes unnoticed.
    pub fn problem(&self) -> Option<String> {
        let Some(directory) = &self.directory else {
            return Some("no home directory is known".into());
        };
        if self.read_only {
            return None;
        }
        let access = rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK;
        let tried = files::directory(directory)
            .and_then(|()| rustix::fs::access(directory, access).map_err(io::Error::from))
            // Write access there means control over the remembered heads.
            .and_then(|()| files::directory_is_ours(directory, Writers::Owner));
        let error = tried.err()?;
        Some(match Exposed::of(&error) {
            Some(exposed) => exposed.to_string(),
            None => format!("{} cannot be written: {error}", shown_path(directory)),
        })
    }

    pub fn directory(&self) -> Option<&Path> {
        self.directory.as_deref()
    }

    pub fn incidents(&self) -> Vec<IncidentId> {
        let names = self
            .directory
            .as_ref()
            .and_then(|path| std::fs::read_dir(path).ok());
        let id = |entry: std::fs::DirEntry| IncidentId::new(entry.file_name().to_str()?);
        let mut ids: Vec<IncidentId> = names
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
            .filter_map(id)
            .collect();
        ids.sort();
        ids
    }

    pub(super) fn forget(&self, name: &JournalName) {
        if let Some(path) = self.path(name) {
            let _ = std::fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_head_is_remembered_and_a_lower_one_changes_nothing() {
        let state = tempfile::tempdir().unwrap();
        let heads = Heads::new(state.path(), Path::new("/data"), false);
        let id = (&IncidentId::new("INC-1").unwrap()).into();
        let head = |seq: u64, digit: &str| Head {
            seq,
            hash: digit.repeat(64),
        };
        assert_eq!(heads.of(&id), None);
        heads.remember(&id, &head(7, "a"));
        heads.remember(&id, &head(3, "b"));
        assert_eq!(heads.of(&id), Some(head(7, "a")));
        let other = Heads::new(state.path(), Path::new("/elsewhere"), false);
        assert_eq!(
            other.of(&id),
            None,
            "another data directory is another story"
        );
    }
}
