//! Operating-system commands of the terminal: OSC 52 puts text on the clipboard, OSC 9 shows a notice. Both work over
//! ssh. What stands between gets them in each form that it may pass on.

use crate::text::Safe;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Longest notice, in characters: a line on a lock screen.
const MAX_NOTICE: usize = 120;

/// What stands between this program and the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Between {
    /// Nothing that is known.
    Nothing,
    /// tmux. From 3.3 on it drops what is wrapped for the terminal, unless `allow-passthrough` is on, and keeps a
    /// plain OSC 52 where `set-clipboard` is on; older ones pass on what is wrapped alone.
    Tmux,
    /// GNU screen, which passes on what is wrapped.
    Screen,
}

/// What the terminal's surroundings allow.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surroundings {
    pub(super) between: Between,
    /// Whether such commands are understood, or at least swallowed: the Linux console of older kernels writes them out.
    pub(super) commands: bool,
}

impl Surroundings {
    pub(super) fn of_environment() -> Self {
        let set = |name| std::env::var_os(name).is_some();
        let term = std::env::var("TERM").unwrap_or_default();
        Self::of(&term, set("TMUX"), set("STY"))
    }

    /// `tmux` as the terminal's name without its variable is tmux at the other end of an ssh connection.
    fn of(term: &str, tmux: bool, screen: bool) -> Self {
        let between = match (tmux || term.starts_with("tmux"), screen) {
            (true, _) => Between::Tmux,
            (false, true) => Between::Screen,
            (false, false) => Between::Nothing,
        };
        Self {
            between,
            commands: between != Between::Nothing || !matches!(term, "" | "dumb" | "linux"),
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
    if !around.commands {
        return "\x07".into();
    }
    let words = words.as_str().chars().filter(|c| !c.is_control());
    let words: String = words.take(MAX_NOTICE).collect();
    let notice = passed_on(&format!("\x1b]9;warroom: {words}\x07"), around);
    format!("\x07{notice}")
}

/// A command in each form that what stands between may pass on.
fn passed_on(sequence: &str, around: Surroundings) -> String {
    match around.between {
        Between::Nothing => sequence.to_string(),
        Between::Tmux => {
            let wrapped = sequence.replace('\x1b', "\x1b\x1b");
            format!("{sequence}\x1bPtmux;{wrapped}\x1b\\")
        }
        Between::Screen => format!("\x1bP{sequence}\x1b\\"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const PLAIN: Surroundings = Surroundings {
        between: Between::Nothing,
        commands: true,
    };

    #[rstest]
    #[case::plain("xterm-256color", false, false, Between::Nothing, true)]
    #[case::console("linux", false, false, Between::Nothing, false)]
    #[case::tmux("screen-256color", true, false, Between::Tmux, true)]
    #[case::tmux_on_the_console("linux", true, false, Between::Tmux, true)]
    #[case::tmux_beyond_ssh("tmux-256color", false, false, Between::Tmux, true)]
    #[case::screen("screen", false, true, Between::Screen, true)]
    fn the_environment_shows_the_multiplexer(
        #[case] term: &str,
        #[case] tmux: bool,
        #[case] screen: bool,
        #[case] between: Between,
        #[case] commands: bool,
    ) {
        let around = Surroundings::of(term, tmux, screen);
        assert_eq!((around.between, around.commands), (between, commands));
    }

    #[test]
    fn copied_text_cannot_leave_its_sequence() {
        let text = "\x1b]0;evil\x07";
        assert_eq!(clipboard(text, PLAIN).matches('\x1b').count(), 1);
    }

    #[test]
    fn tmux_gets_commands_plain_and_wrapped() {
        let tmux = Surroundings {
            between: Between::Tmux,
            ..PLAIN
        };
        let copied = clipboard("x", tmux);
        let (plain, wrapped) = copied.split_once("\x1bPtmux;").unwrap();
        assert_eq!(plain, "\x1b]52;c;eA==\x07");
        assert_eq!(wrapped, "\x1b\x1b]52;c;eA==\x07\x1b\\");
        let notice = ring(&Safe::line("Confirm fails"), tmux);
        assert!(
            notice.starts_with("\x07\x1b]9;warroom: Confirm fails\x07\x1bPtmux;"),
            "{notice:?}"
        );
    }

    #[test]
    fn a_notice_gives_its_reason_and_hostile_text_cannot_leave_it() {
        let words = Safe::line("Confirm fails\x07\x1b]52;c;ZXZpbA==\x07: on-call is paged");
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
            commands: false,
            ..PLAIN
        };
        assert_eq!(ring(&Safe::line("x"), bare), "\x07");
    }
}
