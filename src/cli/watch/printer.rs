//! Prints the service's log on a thread of its own: a reader that stops reading holds up neither clocks nor pages.

use super::super::output::Output;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

/// Lines that wait for their reader; what comes beyond is counted and left out. The journal has all of it.
const WAITING: usize = 1_000;
/// How long the last lines are waited for at the end.
const LAST: Duration = Duration::from_secs(1);

enum Line {
    Text(String),
    Warning(String),
}

/// Takes lines and never waits.
pub(super) struct Printer {
    lines: SyncSender<Line>,
    left_out: u64,
    ended: Receiver<()>,
}

impl Printer {
    pub(super) fn start(output: Output) -> Self {
        let (lines, inbox) = sync_channel(WAITING);
        let (ends, ended) = sync_channel(1);
        std::thread::spawn(move || {
            for line in inbox {
                match line {
                    Line::Text(text) => output.text(&text),
                    Line::Warning(text) => output.warning(&text),
                }
            }
            let _ = ends.send(());
        });
        Self {
            lines,
            left_out: 0,
            ended,
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.take(Line::Text(text.to_string()));
    }

    pub(super) fn warning(&mut self, text: &str) {
        self.take(Line::Warning(text.to_string()));
    }

    fn take(&mut self, line: Line) {
        if self.left_out > 0 {
            let told = format!(
                "{} lines were not printed, because nobody read them; the journals have what was recorded",
                self.left_out
            );
            match self.lines.try_send(Line::Warning(told)) {
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

    /// Waits a moment for the last lines.
    pub(super) fn stop(self) {
        drop(self.lines);
        let _ = self.ended.recv_timeout(LAST);
    }
}
