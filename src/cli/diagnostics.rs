//! Diagnostics: a rotating file, masked line by line, never the terminal.

use crate::text::Safe;
use std::fs::DirBuilder;
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Days of diagnostics kept.
const DAYS: usize = 7;

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
        .with_writer(Masked(appender))
        .try_init();
}

/// Masks what passes.
struct Masked(RollingFileAppender);

/// One event being written; it is masked as a whole.
struct Line<'a> {
    appender: &'a RollingFileAppender,
    bytes: Vec<u8>,
}

impl<'a> MakeWriter<'a> for Masked {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line {
            appender: &self.0,
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
        let _ = self
            .appender
            .make_writer()
            .write_all(text.as_str().as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_an_event_does_not_reach_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let appender = RollingFileAppender::new(Rotation::NEVER, directory.path(), "log");
        let masked = Masked(appender);
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
}
