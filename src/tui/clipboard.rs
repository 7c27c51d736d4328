//! Copying over ssh: OSC 52, through tmux and screen too; what is too long for a terminal goes to a file
//! whose path is shown.

use super::terminal::Screen;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fs::{DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// Longest text for OSC 52: several terminals cut sequences beyond 8 kB of base64.
const MAX: usize = 5000;

/// Copies text. Returns what to tell.
pub(super) fn copy(screen: &mut Screen, text: &str, directory: &Path) -> io::Result<String> {
    // A file in any case: whether a terminal honours OSC 52 cannot be known from here.
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)?;
    let path = directory.join("copied.txt");
    let mut file = File::options()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(&path)?;
    file.write_all(text.as_bytes())?;
    if text.len() > MAX {
        return Ok(format!("too long for the clipboard: {}", path.display()));
    }
    screen.write(sequence(text, std::env::var_os("TMUX").is_some()).as_bytes())?;
    Ok(format!("copied; also in {}", path.display()))
}

/// The OSC 52 sequence, wrapped for tmux, which passes it on to the outer terminal.
fn sequence(text: &str, tmux: bool) -> String {
    let plain = format!("\x1b]52;c;{}\x07", STANDARD.encode(text));
    if tmux {
        format!("\x1bPtmux;\x1b{plain}\x1b\\")
    } else {
        plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_cannot_leave_its_sequence() {
        let text = "\x1b]0;evil\x07";
        let sequence = sequence(text, false);
        assert_eq!(sequence.matches('\x1b').count(), 1);
        assert!(super::sequence("x", true).starts_with("\x1bPtmux;\x1b\x1b]52;c;"));
    }
}
