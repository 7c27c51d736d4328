//! Directories and new files that survive a crash: synced themselves, and their parents too.

use super::disk::{Disk, How, write_all};
use super::error::JournalError;
use std::io;
use std::path::Path;

/// Creates a directory, and those above it, readable by this user only.
pub(super) fn create_private(disk: &dyn Disk, path: &Path) -> Result<(), JournalError> {
    disk.create_directory(path)
        .map_err(JournalError::io("create the directory", path))
}

/// Makes the names in a directory durable.
pub(super) fn sync(disk: &dyn Disk, path: &Path) -> Result<(), JournalError> {
    disk.sync_directory(path)
        .map_err(JournalError::io("sync the directory", path))
}

/// Refuses what is not a plain file: opening a pipe would wait for ever, and a link leads elsewhere. A missing
/// file is for the caller to judge.
pub(super) fn must_be_plain(disk: &dyn Disk, path: &Path) -> Result<(), JournalError> {
    match disk.stat(path) {
        Ok(stat) if !stat.plain => {
            let error = io::Error::new(io::ErrorKind::InvalidInput, "it is not a plain file");
            Err(JournalError::io("use", path)(error))
        }
        _ => Ok(()),
    }
}

/// Writes a new file whole, or not at all: temporary file, sync, link that replaces nothing, sync of the
/// directory.
pub(super) fn create_durable(
    disk: &dyn Disk,
    path: &Path,
    bytes: &[u8],
) -> Result<(), JournalError> {
    let temporary = written_aside(disk, path, bytes)?;
    let linked = disk.link_new(&temporary, path);
    let _ = disk.remove(&temporary);
    linked.map_err(JournalError::io("create", path))?;
    sync(disk, path.parent().unwrap_or(path))
}

/// Replaces a file whole, or not at all.
pub(super) fn replace_durable(
    disk: &dyn Disk,
    path: &Path,
    bytes: &[u8],
) -> Result<(), JournalError> {
    let temporary = written_aside(disk, path, bytes)?;
    disk.rename(&temporary, path)
        .map_err(JournalError::io("replace", path))?;
    sync(disk, path.parent().unwrap_or(path))
}

fn written_aside(
    disk: &dyn Disk,
    path: &Path,
    bytes: &[u8],
) -> Result<std::path::PathBuf, JournalError> {
    let temporary = path.with_extension(format!("new-{}", std::process::id()));
    let _ = disk.remove(&temporary);
    let written = disk.open(&temporary, How::CreateNew).and_then(|mut file| {
        write_all(file.as_mut(), bytes)?;
        file.sync()
    });
    match written {
        Ok(()) => Ok(temporary),
        Err(error) => {
            let _ = disk.remove(&temporary);
            Err(JournalError::io("create", &temporary)(error))
        }
    }
}
