//! Diagnostics: a rotating file, masked line by line, never the terminal.

mod daily;

use crate::files;
use crate::text::Safe;
use daily::Daily;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Where diagnostics are written, in the data directory.
pub(super) const DIRECTORY: &str = "log";

/// Days of diagnostics kept.
const DAYS: usize = 7;

/// Bytes written within an hour: a hundred sources that do not answer would otherwise fill the disk that the journals
/// are on.
const AN_HOUR: u64 = 16 << 20;

/// Starts writing diagnostics. Where that is not possible the program goes on without them.
pub(super) fn start(data_dir: &Path) {
    let directory = files::directory(data_dir)
        .and_then(|()| files::directory_in(data_dir, Path::new(DIRECTORY)));
    let Ok(directory) = directory else { return };
    let filter =
        EnvFilter::try_from_env("WARROOM_LOG").unwrap_or_else(|_| EnvFilter::new("warroom=info"));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(Masked::new(Daily::new(&directory, DAYS)))
        .try_init();
}

/// Masks what passes, and lets no more than [`AN_HOUR`] pass.
struct Masked {
    daily: Mutex<Daily>,
    spent: Mutex<(Instant, u64)>,
}

impl Masked {
    fn new(daily: Daily) -> Self {
        let spent = Mutex::new((Instant::now(), 0));
        let daily = Mutex::new(daily);
        Self { daily, spent }
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
        let daily = self.masked.daily.lock();
        let mut daily = daily.unwrap_or_else(PoisonError::into_inner);
        daily.write(admitted.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_an_event_does_not_reach_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let masked = Masked::new(Daily::new(directory.path(), 1));
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(masked)
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            tracing::warn!("card 4111111111111111, Bearer abcdef0123456789abcdef");
        });
        let file = std::fs::read_dir(directory.path()).unwrap().next().unwrap();
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(
            text.contains("411111******1111") && !text.contains("abcdef0123456789"),
            "{text}"
        );
    }

    #[test]
    fn a_flood_of_events_fills_no_disk_and_says_that_it_was_cut() {
        let directory = tempfile::tempdir().unwrap();
        let masked = Masked::new(Daily::new(directory.path(), 1));
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
