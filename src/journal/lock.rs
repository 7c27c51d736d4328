//! The lock that several processes share: held for one append, named when it is held too long.

use super::disk::{Disk, LockFile};
use super::error::JournalError;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Wait before the holder is reported.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(3);

pub(crate) struct Lock {
    path: PathBuf,
    file: Box<dyn LockFile>,
}

pub(crate) struct Held<'l>(&'l dyn LockFile);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.unlock();
    }
}

impl Lock {
    pub(crate) fn open(disk: &dyn Disk, directory: &Path) -> Result<Self, JournalError> {
        let path = directory.join("lock");
        let file = disk.lock(&path).map_err(JournalError::io("open", &path))?;
        Ok(Self { path, file })
    }

    /// Reports the holder after two seconds.
    pub(crate) fn hold(&self) -> Result<Held<'_>, JournalError> {
        let start = Instant::now();
        loop {
            match self.file.try_lock() {
                Ok(true) => break,
                Ok(false) if start.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
                Ok(false) => {
                    return Err(JournalError::Locked {
                        path: self.path.clone(),
                        holder: self.holder(),
                    });
                }
                Err(error) => return Err(JournalError::io("lock", &self.path)(error)),
            }
        }
        // Only advice, so that others can name this process: nothing depends on it.
        self.file
            .sign(&format!("process {:<12}\n", std::process::id()));
        Ok(Held(self.file.as_ref()))
    }

    fn holder(&self) -> String {
        let text = self.file.signature().unwrap_or_default();
        let text = crate::text::sanitize::line(text.trim());
        // Whoever took the lock without writing leaves no name, so this is the last one known.
        if text.is_empty() {
            "another process".into()
        } else {
            format!("another process (the last to write was {text})")
        }
    }
}
