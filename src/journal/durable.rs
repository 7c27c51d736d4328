//! Directories and new files that survive a crash: they and their parents are synced.

use super::disk::{Disk, DiskFile, OpenMode, write_all};
use super::error::{At as _, JournalError};
use std::io;
use std::path::Path;

/// Creates a directory and its parents for this user only; the new names are durable when it returns.
pub(crate) fn create_private(disk: &dyn Disk, path: &Path) -> Result<(), JournalError> {
    let missing = |path: &&Path| {
        let stat = disk.stat(path);
        let named = !path.as_os_str().is_empty();
        named && stat.is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
    };
    let made: Vec<&Path> = path.ancestors().take_while(missing).collect();
    disk.create_directory(path)
        .at("create the directory", path)?;
    must_be_own(disk, path)?;
    made.iter()
        .rev()
        .try_for_each(|made| sync(disk, above(made)))
}

/// Refuses a symbolic link or a file in place of the journal's own directory: others may write to its target. The
/// caller handles a missing one.
pub(crate) fn must_be_own(disk: &dyn Disk, path: &Path) -> Result<(), JournalError> {
    match disk.stat(path) {
        Ok(stat) if !stat.directory => {
            let what = "it is a symbolic link or a file, not a directory of warroom's own";
            let error = io::Error::new(io::ErrorKind::InvalidInput, what);
            Err(JournalError::io("use", path)(error))
        }
        _ => Ok(()),
    }
}

pub(crate) fn above(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => path,
    }
}

pub(crate) fn sync(disk: &dyn Disk, path: &Path) -> Result<(), JournalError> {
    disk.sync_directory(path).at("sync the directory", path)
}

/// Opens a file for reading; `None` for a missing one.
pub(crate) fn open_if_there(
    disk: &dyn Disk,
    path: &Path,
) -> Result<Option<Box<dyn DiskFile>>, JournalError> {
    match disk.open(path, OpenMode::Read) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some).at("read", path),
    }
}

/// Refuses anything but a plain file: opening a pipe would block, and a link leads elsewhere. The caller handles a
/// missing one.
pub(crate) fn must_be_plain(disk: &dyn Disk, path: &Path) -> Result<(), JournalError> {
    match disk.stat(path) {
        Ok(stat) if !stat.plain => {
            let error = io::Error::new(io::ErrorKind::InvalidInput, "it is not a plain file");
            Err(JournalError::io("use", path)(error))
        }
        _ => Ok(()),
    }
}

/// Atomic: temporary file, sync, link that replaces nothing, sync of the directory.
pub(crate) fn create_durable(
    disk: &dyn Disk,
    path: &Path,
    bytes: &[u8],
) -> Result<(), JournalError> {
    let temporary = written_aside(disk, path, bytes)?;
    let linked = disk.link_new(&temporary, path);
    let _ = disk.remove(&temporary);
    linked.at("create", path)?;
    sync(disk, path.parent().unwrap_or(path))
}

pub(crate) fn replace_durable(
    disk: &dyn Disk,
    path: &Path,
    bytes: &[u8],
) -> Result<(), JournalError> {
    let temporary = written_aside(disk, path, bytes)?;
    if let Err(error) = disk.rename(&temporary, path) {
        let _ = disk.remove(&temporary);
        return Err(JournalError::io("replace", path)(error));
    }
    sync(disk, path.parent().unwrap_or(path))
}

fn written_aside(
    disk: &dyn Disk,
    path: &Path,
    bytes: &[u8],
) -> Result<std::path::PathBuf, JournalError> {
    let temporary = path.with_extension(format!("new-{}", std::process::id()));
    let _ = disk.remove(&temporary);
    let written = disk
        .open(&temporary, OpenMode::CreateNew)
        .and_then(|mut file| {
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
