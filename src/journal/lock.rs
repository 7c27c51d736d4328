//! The lock that several processes share: held for one append, named when it is held too long.

use super::error::JournalError;
use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long to wait before the holder is named.
const PATIENCE: Duration = Duration::from_secs(2);
/// Pause between tries.
const PAUSE: Duration = Duration::from_millis(3);

/// The lock file of a directory.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    file: File,
}

/// Holds the lock until it is dropped.
#[derive(Debug)]
pub(super) struct Held<'l>(&'l File);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

impl Lock {
    pub(super) fn open(directory: &Path) -> Result<Self, JournalError> {
        let path = directory.join("lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(JournalError::io("open", &path))?;
        Ok(Self { path, file })
    }

    /// Takes the lock, or names who holds it after two seconds.
    pub(super) fn hold(&self) -> Result<Held<'_>, JournalError> {
        let start = Instant::now();
        loop {
            match self.file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE => {
                    std::thread::sleep(PAUSE)
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(JournalError::Locked {
                        path: self.path.clone(),
                        holder: self.holder(),
                    });
                }
                Err(TryLockError::Error(error)) => {
                    return Err(JournalError::io("lock", &self.path)(error));
                }
            }
        }
        self.sign();
        Ok(Held(&self.file))
    }

    /// Leaves this process's number, so that others can name it. Only advice: nothing depends on it.
    fn sign(&self) {
        let mut file = &self.file;
        let text = format!("process {:<12}\n", std::process::id());
        let _ = file
            .seek(SeekFrom::Start(0))
            .and_then(|_| file.write_all(text.as_bytes()));
    }

    fn holder(&self) -> String {
        let mut text = String::new();
        let mut file = &self.file;
        let read = file
            .seek(SeekFrom::Start(0))
            .and_then(|_| file.take(64).read_to_string(&mut text));
        let text = crate::text::sanitize::line(text.trim());
        // Whoever took the lock without writing leaves no name, so this is the last one known.
        if read.is_ok() && !text.is_empty() {
            format!("another process (the last to write was {text})")
        } else {
            "another process".into()
        }
    }
}
