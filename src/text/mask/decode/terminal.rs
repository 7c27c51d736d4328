//! Terminal commands inside a text: real ones, and those that logs, pagers and programming languages write out.
//! Sources: ECMA-48 (CSI), and xterm's control sequences (OSC).

/// Written forms of the escape character.
const WRITTEN: &[&str] = &[
    "^[", "\\x1b", "\\x1B", "\\u001b", "\\u001B", "\\u{1b}", "\\u{1B}", "\\033", "\\e", "\u{241B}",
    "\u{FFFD}", "\u{1B}",
];
/// Written forms of the end of an operating system command.
const ENDS: &[&str] = &[
    "\u{7}", "^G", "\\x07", "\\u0007", "\\007", "\\a", "\u{2407}", "\u{FFFD}",
];
/// Longest command that is recognized: a link.
const MAX_COMMAND: usize = 512;

/// The length of the command at the start of the text.
pub(super) fn command(rest: &str) -> Option<usize> {
    if let Some(body) = rest.strip_prefix('\u{9B}') {
        return csi(body).map(|length| length + '\u{9B}'.len_utf8());
    }
    let escape = WRITTEN.iter().find(|written| rest.starts_with(**written))?;
    let body = &rest[escape.len()..];
    let length = match body.as_bytes().first()? {
        b'[' => 1 + csi(&body[1..])?,
        b']' => 1 + osc(&body[1..])?,
        // A string terminator, or the choice of a character set: only after the real character.
        b'\\' if *escape == "\u{1B}" => 1,
        b'(' | b')' if body.len() > 1 && body.is_char_boundary(2) => 2,
        _ => return None,
    };
    Some(escape.len() + length)
}

/// A colour without its escape character: `[31m`. `[5m]` and `[5m:]` are ranges of a query.
pub(super) fn colour(rest: &str) -> Option<usize> {
    let body = rest.strip_prefix('[')?;
    let parameters = body
        .bytes()
        .take(12)
        .take_while(|b| b.is_ascii_digit() || *b == b';')
        .count();
    let after = body[parameters..].strip_prefix('m')?;
    (parameters > 0 && !after.starts_with([']', ':'])).then_some(parameters + 2)
}

/// Parameters, then one letter.
fn csi(body: &str) -> Option<usize> {
    let of_parameter = |byte: &u8| (0x20..0x40).contains(byte);
    let parameters = body.bytes().take(32).take_while(of_parameter).count();
    let last = *body.as_bytes().get(parameters)?;
    (0x40..0x7F).contains(&last).then_some(parameters + 1)
}

/// Up to its end, on one line.
fn osc(body: &str) -> Option<usize> {
    for (at, _) in body
        .char_indices()
        .take_while(|(at, c)| *at < MAX_COMMAND && *c != '\n')
    {
        let rest = &body[at..];
        if let Some(end) = ENDS.iter().find(|end| rest.starts_with(**end)) {
            return Some(at + end.len());
        }
        if let Some(escape) = WRITTEN.iter().find(|written| rest.starts_with(**written)) {
            // A string terminator. Another command means that this one has no end.
            return rest[escape.len()..]
                .starts_with('\\')
                .then_some(at + escape.len() + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::colour("\u{1b}[01;31m5", 8)]
    #[case::caret("^[[31m4", 6)]
    #[case::hexadecimal("\\x1b[0m", 7)]
    #[case::octal("\\033[1;32mok", 10)]
    #[case::cleaned("\u{FFFD}[31mx", 7)]
    #[case::eight_bit("\u{9b}2Jx", 4)]
    #[case::link("\u{1b}]8;;https://x.example\u{7}text", 23)]
    #[case::link_with_terminator("\u{1b}]8;;\u{1b}\\text", 7)]
    fn a_command_is_measured(#[case] text: &str, #[case] length: usize) {
        assert_eq!(command(text), Some(length));
    }

    #[rstest]
    #[case("^[ and more")]
    #[case("\\end")]
    #[case("\u{1b}]8;;never ends")]
    #[case("^[[")]
    fn what_is_no_command_stays(#[case] text: &str) {
        assert_eq!(command(text), None);
    }
}
