//! Directories and new files that survive a crash: synced themselves, and their parents too.

use super::error::JournalError;
use std::fs::{DirBuilder, File};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// Creates a directory, and those above it, readable by this user only.
pub(super) fn create_private(path: &Path) -> Result<(), JournalError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(JournalError::io("create the directory", path))
}

/// Makes the names in a directory durable.
pub(super) fn sync(path: &Path) -> Result<(), JournalError> {
    let sync = |path: &Path| File::open(path).and_then(|directory| directory.sync_all());
    sync(path).map_err(JournalError::io("sync the directory", path))
}

/// Refuses what is not a plain file: opening a pipe would wait for ever, and a link leads elsewhere. A missing
/// file is for the caller to judge.
pub(super) fn must_be_plain(path: &Path) -> Result<(), JournalError> {
    match std::fs::symlink_metadata(path) {
        Ok(meta) if !meta.is_file() => {
            let error =
                std::io::Error::new(std::io::ErrorKind::InvalidInput, "it is not a plain file");
            Err(JournalError::io("use", path)(error))
        }
        _ => Ok(()),
    }
}

/// Writes a new file whole, or not at all: temporary file, sync, link that replaces nothing, sync of the
/// directory.
pub(super) fn create_durable(path: &Path, bytes: &[u8]) -> Result<(), JournalError> {
    let directory = path.parent().unwrap_or(path);
    let temporary = path.with_extension(format!("new-{}", std::process::id()));
    let _ = std::fs::remove_file(&temporary);
    let mut file = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&temporary)
        .map_err(JournalError::io("create", &temporary))?;
    let written = file.write_all(bytes).and_then(|()| file.sync_data());
    let linked = written.and_then(|()| std::fs::hard_link(&temporary, path));
    let _ = std::fs::remove_file(&temporary);
    linked.map_err(JournalError::io("create", path))?;
    sync(directory)
}
