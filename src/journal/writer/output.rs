//! The files of an open journal: their order of writes, and the effects of a failure.
//!
//! A short write is undone and may be tried again. A failed sync closes its file for good: the content on disk is
//! unknown, and a later successful sync would prove nothing.

use super::super::disk::{Disk, DiskFile, OpenMode, write_all};
use super::super::durable;
use super::super::error::{At as _, JournalError};
use super::super::layout::{journal_path, texts_path};
use super::super::reader::Follower;
use super::super::recovery::set_aside;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, Clone, Copy)]
struct Failure {
    file: u32,
    /// Its length when this process released it.
    left_at: u64,
}

pub(super) struct Files {
    disk: Arc<dyn Disk>,
    directory: PathBuf,
    /// The chain's file and its number.
    chain: Option<(u32, Box<dyn DiskFile>)>,
    /// The number of the file that takes texts.
    texts: u32,
    failure: Option<Failure>,
}

impl Files {
    pub(super) fn new(disk: Arc<dyn Disk>, directory: &Path) -> Self {
        let mut texts = 1;
        while disk.stat(&texts_path(directory, texts + 1)).is_ok() {
            texts += 1;
        }
        Self {
            disk,
            directory: directory.to_path_buf(),
            chain: None,
            texts,
            failure: None,
        }
    }

    pub(super) fn failed(&self) -> bool {
        self.failure.is_some()
    }

    pub(super) fn forget_failure(&mut self) {
        self.failure = None;
    }

    /// The failed file is as this process left it, without a next one. If another process has added to it, its
    /// acknowledgements count, and the file is read like any other.
    pub(super) fn untouched_since_failure(
        &self,
        follower: &Follower,
    ) -> Result<bool, JournalError> {
        let Some(failure) = self.failure else {
            return Ok(false);
        };
        let next = journal_path(&self.directory, failure.file + 1);
        if failure.file != follower.file || self.disk.stat(&next).is_ok() {
            return Ok(false);
        }
        let path = follower.path();
        let stat = self.disk.stat(&path).at("look at", &path)?;
        Ok(stat.len <= failure.left_at)
    }

    fn chain(&mut self, follower: &Follower) -> Result<&mut dyn DiskFile, JournalError> {
        let (path, number) = (follower.path(), follower.file);
        let open = match self.chain.take().filter(|(open, _)| *open == number) {
            Some(open) => open,
            None => {
                let file = self.disk.open(&path, OpenMode::Append).at("open", &path)?;
                (number, file)
            }
        };
        Ok(self.chain.insert(open).1.as_mut())
    }

    pub(super) fn write_line(
        &mut self,
        follower: &Follower,
        line: &[u8],
    ) -> Result<(), JournalError> {
        let path = follower.path();
        let before = follower.length;
        let file = self.chain(follower)?;
        write_or_undo(file, before, &[line], &path)?;
        match file.sync() {
            Ok(()) => Ok(()),
            Err(error) => Err(self.fail(follower, line.len(), &error)),
        }
    }

    /// Syncs the bytes of an earlier attempt.
    pub(super) fn sync(&mut self, follower: &Follower) -> Result<(), JournalError> {
        let result = self.chain(follower)?.sync();
        result.map_err(|error| self.fail(follower, 0, &error))
    }

    fn fail(
        &mut self,
        follower: &Follower,
        written: usize,
        error: &std::io::Error,
    ) -> JournalError {
        self.failure = Some(Failure {
            file: follower.file,
            left_at: follower.length + written as u64,
        });
        JournalError::SyncFailed {
            path: follower.path(),
            reason: error.to_string(),
        }
    }

    /// Texts go to their own file, opened each time because an erasure replaces it. After a failed sync the next texts
    /// go to the next file: their order has no meaning.
    pub(super) fn write_texts<'t>(
        &mut self,
        texts: impl Iterator<Item = &'t String>,
    ) -> Result<(), JournalError> {
        let texts: String = texts.map(|line| format!("{line}\n")).collect();
        if texts.is_empty() {
            return Ok(());
        }
        loop {
            let path = texts_path(&self.directory, self.texts);
            let mut file = self
                .disk
                .open(&path, OpenMode::AppendOrCreate)
                .at("open", &path)?;
            let length = file.stat().at("look at", &path)?.len;
            if length == 0 {
                // It may have been created just now: its name must last too.
                durable::sync(self.disk.as_ref(), &self.directory)?;
            }
            // A crash may have left half a line: the next one begins on a line of its own.
            let half = length > 0 && file.read_from(length - 1).at("read", &path)? != b"\n";
            let break_first: &[u8] = if half { b"\n" } else { b"" };
            write_or_undo(
                file.as_mut(),
                length,
                &[break_first, texts.as_bytes()],
                &path,
            )?;
            match file.sync() {
                Ok(()) => return Ok(()),
                Err(error) if self.texts > 64 => {
                    return Err(JournalError::io("sync", &path)(error));
                }
                Err(error) => {
                    tracing::error!(%error, path = %path.display(), "texts go to the next file");
                    self.texts += 1;
                    let next = texts_path(&self.directory, self.texts);
                    if self.disk.stat(&next).is_err() {
                        durable::create_durable(self.disk.as_ref(), &next, b"")?;
                    }
                }
            }
        }
    }

    /// Creates the next file with its first line. Sets aside what the failed file holds beyond its acknowledged length
    /// and cuts it off where the disk allows it: readers go only as far as the new line says.
    pub(super) fn continue_in_next(
        &mut self,
        follower: &Follower,
        line: &[u8],
    ) -> Result<(), JournalError> {
        let next = journal_path(&self.directory, follower.file + 1);
        durable::create_durable(self.disk.as_ref(), &next, line)?;
        self.failure = None;
        self.chain = None;
        if let Err(error) = self.quarantine(follower) {
            tracing::warn!(%error, "the end of the failed file stays where it is");
        }
        Ok(())
    }

    fn quarantine(&self, follower: &Follower) -> Result<(), JournalError> {
        let path = follower.path();
        let mut file = self.disk.open(&path, OpenMode::Append).at("open", &path)?;
        let tail = file.read_from(follower.length).at("read", &path)?;
        if !tail.is_empty() {
            set_aside(self.disk.as_ref(), &self.directory, follower.length, &tail)?;
            file.truncate(follower.length).at("truncate", &path)?;
        }
        Ok(())
    }
}

/// One `write` per line; a failure cuts the file back, so that others read only acknowledged lines.
fn write_or_undo(
    file: &mut dyn DiskFile,
    before: u64,
    parts: &[&[u8]],
    path: &Path,
) -> Result<(), JournalError> {
    for part in parts {
        if let Err(error) = write_all(file, part) {
            if let Err(error) = file.truncate(before) {
                tracing::warn!(%error, path = %path.display(), "cannot take a short write back");
            }
            return Err(JournalError::io("write to", path)(error));
        }
    }
    Ok(())
}
