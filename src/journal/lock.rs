//! The lock that processes share: held for one append; a timeout reports its holder.

use super::disk::{Disk, LockFile};
use super::error::{At as _, JournalError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Wait before the holder is reported.
const TIMEOUT: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(3);

pub(crate) struct Lock {
    path: PathBuf,
    file: Box<dyn LockFile>,
}

pub(crate) struct LockGuard<'l>(&'l dyn LockFile);

impl Drop for LockGuard<'_> {
    fn drop(&mut self) {
        self.0.unlock();
    }
}

impl Lock {
    pub(crate) fn open(disk: &dyn Disk, directory: &Path) -> Result<Self, JournalError> {
        let path = directory.join("lock");
        let file = disk.lock(&path).at("open", &path)?;
        Ok(Self { path, file })
    }

    /// Reports the holder after two seconds.
    pub(crate) fn hold(&self) -> Result<LockGuard<'_>, JournalError> {
        let start = Instant::now();
        loop {
            match self.file.try_lock() {
                Ok(true) => break,
                Ok(false) if start.elapsed() < TIMEOUT => std::thread::sleep(PAUSE),
                Ok(false) => {
                    return Err(JournalError::Locked {
                        path: self.path.clone(),
                        holder: self.holder(),
                    });
                }
                Err(error) => return Err(JournalError::io("lock", &self.path)(error)),
            }
        }
        // Advisory: other processes report it as the holder.
        self.file
            .sign(&format!("process {:<12}\n", std::process::id()));
        Ok(LockGuard(self.file.as_ref()))
    }

    fn holder(&self) -> String {
        let text = self.file.signature().unwrap_or_default();
        let text = crate::text::sanitize::line(text.trim());
        // A holder that wrote nothing leaves no name: this is the last known holder.
        if text.is_empty() {
            "another process".into()
        } else {
            format!("another process (the last to write was {text})")
        }
    }
}
