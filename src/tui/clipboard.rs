//! Copying, over ssh too; what is too long for a terminal goes to a file whose path is shown.

use super::osc::{self, Between, Surroundings};
use super::terminal::Screen;
use crate::files::{self, Durable};
use crate::process::{ProcessLimits, TerminalUse, run};
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Longest text for OSC 52: several terminals cut sequences beyond 8 kB of base64.
const MAX: usize = 5000;

/// tmux answers at once; a screen does not wait for one that does not.
const WITHIN: ProcessLimits = ProcessLimits {
    time: Duration::from_millis(500),
    bytes: 1024,
};

/// Copies text. Returns what to tell.
pub(super) fn copy(screen: &mut Screen, text: &str, data_dir: &Path) -> io::Result<String> {
    // A file in any case: whether a terminal honours OSC 52 cannot be known from here.
    files::directory(data_dir)?;
    let path = files::directory_in(data_dir, Path::new("tmp"))?.join("copied.txt");
    files::replace(&path, text.as_bytes(), Durable::No)?;
    let (around, path) = (Surroundings::of_environment(), path.display());
    let in_tmux = around.between == Between::Tmux && into_tmux(text);
    if !around.commands || text.len() > MAX {
        return Ok(match (in_tmux, around.commands) {
            (true, _) => format!("copied to tmux's buffer; also in {path}"),
            (false, true) => format!("too long for the clipboard; written to {path}"),
            (false, false) => format!("this terminal has no clipboard; written to {path}"),
        });
    }
    screen.write(osc::clipboard(text, around).as_bytes())?;
    Ok(match (in_tmux, around.between) {
        (true, _) => format!("copied to tmux's buffer; also in {path}"),
        (false, Between::Nothing) => format!("copied, if this terminal allows it; also in {path}"),
        (false, Between::Tmux | Between::Screen) => {
            format!("copied, if the multiplexer and the terminal allow it; also in {path}")
        }
    })
}

/// Puts a text into tmux's paste buffer, and by `-w` on the terminal's clipboard where tmux may (`set-clipboard`): it alone
/// says whether it did.
fn into_tmux(text: &str) -> bool {
    if std::env::var_os("TMUX").is_none() {
        return false;
    }
    let mut command = Command::new("tmux");
    command.args(["load-buffer", "-w", "-"]);
    let ended = run(&mut command, text.as_bytes(), WITHIN, TerminalUse::Apart);
    ended.is_ok_and(|ended| ended.status.success())
}
