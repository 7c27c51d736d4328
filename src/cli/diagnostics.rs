//! Diagnostics: a rotating file, masked line by line, never the terminal.

use crate::text::Safe;
use std::fs::DirBuilder;
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Days of diagnostics kept.
const DAYS: usize = 7;

/// Bytes written within an hour: a hundred sources that do not answer would otherwise fill the disk that the journals
/// are on.
const AN_HOUR: u64 = 16 << 20;

/// Starts writing diagnostics. Where that is not possible the program goes on without them.
pub(super) fn start(directory: &Path) {
    // Otherwise the appender complains on the terminal that the directory is missing.
    if DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .is_err()
    {
        return;
    }
    let appender = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("warroom")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(directory);
    let Ok(appender) = appender else { return };
    let filter =
        EnvFilter::try_from_env("WARROOM_LOG").unwrap_or_else(|_| EnvFilter::new("warroom=info"));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(Masked::new(appender))
        .try_init();
}

/// Masks what passes, and lets no more than [`AN_HOUR`] pass.
struct Masked {
    appender: RollingFileAppender,
    spent: Mutex<(Instant, u64)>,
}

impl Masked {
    fn new(appender: RollingFileAppender) -> Self {
        let spent = Mutex::new((Instant::now(), 0));
        Self { appender, spent }
    }

    /// What is to be written of a line: all of it, nothing, or that nothing follows.
    fn admitted<'t>(&self, text: &'t str) -> &'t str {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.0.elapsed() >= Duration::from_secs(3600) {
            *spent = (Instant::now(), 0);
        }
        let before = spent.1;
        spent.1 += text.len() as u64;
        match (before < AN_HOUR, spent.1 < AN_HOUR) {
            (true, true) => text,
            (true, false) => "too many diagnostics: those of the rest of this hour are left out\n",
            (false, _) => "",
        }
    }
}

/// One event being written; it is masked as a whole.
struct Line<'a> {
    masked: &'a Masked,
    bytes: Vec<u8>,
}

impl<'a> MakeWriter<'a> for Masked {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line {
            masked: self,
            bytes: Vec::new(),
        }
    }
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        let text = Safe::block(&String::from_utf8_lossy(&self.bytes));
        let admitted = self.masked.admitted(text.as_str());
        let mut file = self.masked.appender.make_writer();
        let _ = file.write_all(admitted.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_an_event_does_not_reach_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let appender = RollingFileAppender::new(Rotation::NEVER, directory.path(), "log");
        let masked = Masked::new(appender);
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(masked)
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            tracing::warn!("card 4111111111111111, Bearer abcdef0123456789abcdef");
        });
        let text = std::fs::read_to_string(directory.path().join("log")).unwrap();
        assert!(
            text.contains("411111******1111") && !text.contains("abcdef0123456789"),
            "{text}"
        );
    }

    #[test]
    fn a_flood_of_events_fills_no_disk_and_says_that_it_was_cut() {
        let directory = tempfile::tempdir().unwrap();
        let appender = RollingFileAppender::new(Rotation::NEVER, directory.path(), "log");
        let masked = Masked::new(appender);
        let line = "x".repeat(1 << 20);
        let written: Vec<&str> = (0..40).map(|_| masked.admitted(&line)).collect();
        let whole = written
            .iter()
            .filter(|text| text.len() == line.len())
            .count();
        assert_eq!(whole, 15);
        let told = written.iter().filter(|text| text.contains("left out"));
        assert_eq!(told.count(), 1);
    }
}
