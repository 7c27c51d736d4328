//! Prints the service's log on a thread of its own: neither a reader that stops reading nor a full disk behind standard
//! output delays clocks and pages.

use super::super::output::Output;
use crate::files::{self, Durable};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

/// Lines that may wait for the reader; more are counted and left out. The journal has all of it.
const WAITING: usize = 1_000;
/// How long the last lines are waited for at the end.
const LAST: Duration = Duration::from_secs(1);

enum Line {
    Text(String),
    Warning(String),
}

/// Never blocks.
pub(super) struct Printer {
    lines: SyncSender<Line>,
    left_out: u64,
    lost: Arc<AtomicU64>,
    ended: Receiver<()>,
}

/// The file in the directory of diagnostics that says that the log cannot be written, for `warroom doctor`. Where the
/// disk is full it may be empty, and still be there.
pub(in crate::cli) fn marker(log_dir: &Path) -> PathBuf {
    log_dir.join("watch-output-lost")
}

/// Lines that standard output did not take.
struct Losses {
    output: Output,
    count: Arc<AtomicU64>,
    /// Of those, the lines since it last took one.
    since: u64,
    marker: PathBuf,
}

impl Losses {
    fn print(&mut self, text: &str) {
        match self.output.try_text(text) {
            Ok(()) => self.report_missing(),
            Err(error) => self.lost(&error),
        }
    }

    /// Standard output takes lines again: prints how many are missing.
    fn report_missing(&mut self) {
        let missing = std::mem::take(&mut self.since);
        if missing == 0 {
            return;
        }
        let _ = std::fs::remove_file(&self.marker);
        let text = format!(
            "the log is written to standard output again; {missing} lines are missing; recorded entries are in the journals"
        );
        tracing::warn!("{text}");
        self.output.warning(&text);
    }

    fn lost(&mut self, error: &std::io::Error) {
        self.since += 1;
        self.count.fetch_add(1, Ordering::Relaxed);
        if self.since > 1 {
            return;
        }
        let text = format!(
            "the log CANNOT BE WRITTEN to standard output: {error}; paging continues, and recorded entries are in the journals"
        );
        tracing::error!("{text}");
        let _ = files::replace(&self.marker, text.as_bytes(), Durable::No);
        self.output.warning(&text);
    }
}

impl Printer {
    pub(super) fn start(output: Output, log_dir: &Path) -> Self {
        let lost = Arc::new(AtomicU64::new(0));
        let mut losses = Losses {
            output: output.clone(),
            count: Arc::clone(&lost),
            since: 0,
            marker: marker(log_dir),
        };
        // An earlier process may have left one.
        let _ = std::fs::remove_file(&losses.marker);
        let (lines, inbox) = sync_channel(WAITING);
        let (ends, ended) = sync_channel(1);
        std::thread::spawn(move || {
            for line in inbox {
                match line {
                    Line::Text(text) => losses.print(&text),
                    Line::Warning(text) => output.warning(&text),
                }
            }
            let _ = ends.send(());
        });
        Self {
            lines,
            left_out: 0,
            lost,
            ended,
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.send(Line::Text(text.to_string()));
    }

    pub(super) fn warning(&mut self, text: &str) {
        self.send(Line::Warning(text.to_string()));
    }

    fn send(&mut self, line: Line) {
        if self.left_out > 0 {
            let notice = format!(
                "{} lines were not printed, because standard output was not read; recorded entries are in the journals",
                self.left_out
            );
            match self.lines.try_send(Line::Warning(notice)) {
                Ok(()) => self.left_out = 0,
                Err(_) => {
                    self.left_out += 1;
                    return;
                }
            }
        }
        if let Err(TrySendError::Full(_)) = self.lines.try_send(line) {
            self.left_out += 1;
        }
    }

    /// Waits a moment for the last lines. Gives how many were lost.
    pub(super) fn stop(self) -> u64 {
        drop(self.lines);
        let _ = self.ended.recv_timeout(LAST);
        self.lost.load(Ordering::Relaxed)
    }
}
