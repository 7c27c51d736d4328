//! Operating-system commands of the terminal: OSC 52 puts text on the clipboard, OSC 9 shows a notice. Both work over
//! ssh; tmux passes on what is wrapped for it.

use crate::text::Safe;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Longest notice, in characters: a line on a lock screen.
const MAX_NOTICE: usize = 120;

/// What the terminal's surroundings allow.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surroundings {
    /// Whether tmux stands between.
    tmux: bool,
    /// Whether notices are understood, or at least swallowed: the Linux console of older kernels writes them out.
    notices: bool,
}

impl Surroundings {
    /// From the environment.
    pub(super) fn of_environment() -> Self {
        let term = std::env::var("TERM").unwrap_or_default();
        Self {
            tmux: std::env::var_os("TMUX").is_some(),
            notices: !matches!(term.as_str(), "" | "dumb" | "linux"),
        }
    }
}

/// OSC 52: text for the clipboard.
pub(super) fn clipboard(text: &str, around: Surroundings) -> String {
    passed_on(&format!("\x1b]52;c;{}\x07", STANDARD.encode(text)), around)
}

/// The bell, and OSC 9 with what it rings for. The name stands first: a text that began with a digit would be taken
/// for a progress report.
pub(super) fn ring(words: &Safe, around: Surroundings) -> String {
    if !around.notices {
        return "\x07".into();
    }
    let words: String = words
        .as_str()
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_NOTICE)
        .collect();
    format!(
        "\x07{}",
        passed_on(&format!("\x1b]9;warroom: {words}\x07"), around)
    )
}

fn passed_on(sequence: &str, around: Surroundings) -> String {
    match around.tmux {
        true => format!("\x1bPtmux;{}\x1b\\", sequence.replace('\x1b', "\x1b\x1b")),
        false => sequence.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Surroundings = Surroundings {
        tmux: false,
        notices: true,
    };

    #[test]
    fn what_is_copied_cannot_leave_its_sequence() {
        let text = "\x1b]0;evil\x07";
        assert_eq!(clipboard(text, PLAIN).matches('\x1b').count(), 1);
        let tmux = Surroundings {
            tmux: true,
            ..PLAIN
        };
        assert!(clipboard("x", tmux).starts_with("\x1bPtmux;\x1b\x1b]52;c;"));
    }

    #[test]
    fn a_notice_says_what_it_rings_for_and_hostile_words_stay_inside() {
        let words = Safe::line("Confirm fails\x07\x1b]52;c;ZXZpbA==\x07: on-call is called");
        let ring = ring(&words, PLAIN);
        assert!(
            ring.starts_with("\x07\x1b]9;warroom: Confirm fails"),
            "{ring:?}"
        );
        assert_eq!(
            (ring.matches('\x1b').count(), ring.matches('\x07').count()),
            (1, 2)
        );
        assert!(ring.chars().count() < MAX_NOTICE + 20);
    }

    #[test]
    fn a_terminal_that_would_write_a_notice_out_gets_the_bell_alone() {
        let bare = Surroundings {
            notices: false,
            ..PLAIN
        };
        assert_eq!(ring(&Safe::line("x"), bare), "\x07");
    }
}
