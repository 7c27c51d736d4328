//! Makes hostile text safe to draw, to write and to print: no control character, no escape sequence, no change of
//! direction.

mod joiner;

use std::borrow::Cow;
use std::fmt::Write as _;

/// Replaces a removed character. It is visible on purpose: a silent removal would hide an attack.
pub const REPLACEMENT: char = '\u{FFFD}';

/// Combining marks kept in a row; more of them cover neighbouring lines ("zalgo").
const MAX_COMBINING: usize = 3;

/// One line: line breaks and tabs become a space, everything unsafe becomes [`REPLACEMENT`].
pub fn line(raw: &str) -> String {
    clean(raw, false)
}

/// Several lines: line breaks stay, a carriage return before one goes, everything else as in [`line`].
pub fn block(raw: &str) -> String {
    clean(raw, true)
}

/// Text for a terminal: as [`block`], but tabs stay.
pub fn printed(raw: &str) -> Cow<'_, str> {
    let plain = |byte: u8| (0x20..0x7F).contains(&byte) || matches!(byte, b'\n' | b'\t');
    if raw.bytes().all(plain) {
        return Cow::Borrowed(raw);
    }
    let parts: Vec<String> = raw.split('\t').map(block).collect();
    Cow::Owned(parts.join("\t"))
}

/// JSON for a terminal: unsafe characters become JSON escapes, so that the value does not change.
pub fn printed_json(json: &str) -> Cow<'_, str> {
    if json.bytes().all(|byte| (0x20..0x7F).contains(&byte)) {
        return Cow::Borrowed(json);
    }
    let acts = |c: char| {
        c == '\u{7F}' || (!c.is_ascii() && line(c.encode_utf8(&mut [0; 4])).contains(REPLACEMENT))
    };
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_alphanumeric() || !acts(c) || c == REPLACEMENT {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    Cow::Owned(out)
}

// As `str::floor_char_boundary` and `str::ceil_char_boundary`, which need Rust 1.91.
pub(super) fn floor_char_boundary(text: &str, at: usize) -> usize {
    let most = at.min(text.len());
    let boundary = (0..=most).rev().find(|at| text.is_char_boundary(*at));
    boundary.unwrap_or(0)
}

pub(super) fn ceil_char_boundary(text: &str, at: usize) -> usize {
    let boundary = (at..text.len()).find(|at| text.is_char_boundary(*at));
    boundary.unwrap_or(text.len())
}

/// Cuts at a character boundary to at most `max` bytes, including `…` where text was cut.
pub fn bound(mut text: String, max: usize) -> String {
    if text.len() <= max {
        return text;
    }
    text.truncate(floor_char_boundary(
        &text,
        max.saturating_sub('…'.len_utf8()),
    ));
    text.push('…');
    text
}

/// Cuts to at most `max` bytes; a cut text ends with the number of missing characters, including `beyond` characters
/// that the caller removed. Returns that number; 0 if nothing is missing.
pub fn cut(text: String, max: usize, beyond: usize) -> (String, usize) {
    if text.len() <= max && beyond == 0 {
        return (text, 0);
    }
    let most = text.chars().count() + beyond;
    let left = max.saturating_sub(more(most).len());
    let end = floor_char_boundary(&text, left);
    let missing = text[end..].chars().count() + beyond;
    (format!("{}{}", &text[..end], more(missing)), missing)
}

fn more(missing: usize) -> String {
    format!("… ({} characters more)", grouped(missing))
}

/// A number as people read it: `1,234`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn clean(raw: &str, keep_breaks: bool) -> String {
    // Most texts are plain: one check, and they are copied whole.
    let plain = |byte: u8| (0x20..0x7F).contains(&byte) || (keep_breaks && byte == b'\n');
    if raw.bytes().all(plain) {
        return raw.to_string();
    }
    let chars: Vec<char> = raw.chars().collect();
    let mut out = String::with_capacity(raw.len());
    let mut combining = 0;
    for (at, c) in chars.iter().copied().enumerate() {
        combining = if is_combining(c) { combining + 1 } else { 0 };
        match c {
            '\r' if chars.get(at + 1) == Some(&'\n') => {}
            '\n' | '\u{2028}' | '\u{2029}' => out.push(if keep_breaks { '\n' } else { ' ' }),
            '\t' => out.push(' '),
            _ if combining > MAX_COMBINING => {}
            _ if joiner::may_belong(c) && joiner::belongs(&chars, at) => out.push(c),
            _ if is_unsafe(c) => out.push(REPLACEMENT),
            _ => out.push(c),
        }
    }
    out
}

/// Invisible characters that may stand inside a word.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// Characters that control a terminal or the reading order.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{00AD}' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}'
            | '\u{E0000}'..='\u{E0FFF}' | '\u{E000}'..='\u{F8FF}')
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::ansi_colour("\u{1b}[31mred", "\u{FFFD}[31mred")]
    #[case::osc_title("\u{1b}]0;x\u{7}y", "\u{FFFD}]0;x\u{FFFD}y")]
    #[case::eight_bit_csi("\u{9b}2J", "\u{FFFD}2J")]
    #[case::direction_override("a\u{202E}b", "a\u{FFFD}b")]
    #[case::zero_width("a\u{200B}b", "a\u{FFFD}b")]
    #[case::line_break("a\nb\tc", "a b c")]
    #[case::plain("Zahlung fällt aus — 支付", "Zahlung fällt aus — 支付")]
    fn a_line_keeps_words_and_loses_commands(#[case] raw: &str, #[case] clean: &str) {
        assert_eq!(line(raw), clean);
    }

    #[test]
    fn a_block_keeps_its_line_breaks() {
        assert_eq!(block("a\r\nb\n\u{1b}c"), "a\nb\n\u{FFFD}c");
    }

    #[rstest]
    #[case::plain("a\tb\n", "a\tb\n")]
    #[case::tabs_stay("ä\tb\u{1b}[2J", "ä\tb\u{FFFD}[2J")]
    #[case::returns_go("a\rb\u{202E}c\u{9b}d", "a\u{FFFD}b\u{FFFD}c\u{FFFD}d")]
    fn what_is_printed_keeps_lines_and_tabs(#[case] raw: &str, #[case] want: &str) {
        assert_eq!(printed(raw), want);
    }

    #[test]
    fn stacked_marks_are_cut() {
        let zalgo = format!("e{}", "\u{0301}".repeat(40));
        assert_eq!(line(&zalgo).chars().count(), 1 + MAX_COMBINING);
    }

    #[test]
    fn bounding_cuts_between_characters_and_says_so() {
        assert_eq!(bound("ééééé".to_string(), 8), "éé…");
        assert_eq!(bound("short".to_string(), 8), "short");
    }

    #[rstest]
    #[case("0", 0)]
    #[case("999", 999)]
    #[case("1,234", 1_234)]
    #[case("12,345,678", 12_345_678)]
    fn numbers_are_grouped(#[case] want: &str, #[case] number: usize) {
        assert_eq!(grouped(number), want);
    }

    proptest! {
        #[test]
        fn a_cut_text_fits_and_counts_all_that_is_missing(raw in "\\PC{0,200}", max in 40_usize..120, beyond in 0_usize..2_000) {
            let all = raw.chars().count() + beyond;
            let (text, missing) = cut(raw.clone(), max, beyond);
            prop_assert!(text.len() <= max);
            let mark = more(missing);
            let kept = text.strip_suffix(&mark).filter(|_| missing > 0).unwrap_or(&text);
            prop_assert!(raw.starts_with(kept));
            prop_assert_eq!(kept.chars().count() + missing, all);
        }

        #[test]
        fn nothing_that_acts_survives(raw in "\\PC*|.*") {
            for text in [line(&raw), block(&raw)] {
                let chars: Vec<char> = text.chars().collect();
                let belongs = |at: usize| joiner::may_belong(chars[at]) && joiner::belongs(&chars, at);
                prop_assert!((0..chars.len()).all(|at| chars[at] == '\n' || !is_unsafe(chars[at]) || belongs(at)));
            }
        }

        #[test]
        fn printed_json_is_the_same_value_and_acts_on_no_terminal(raw in "(\\PC|[\u{7f}-\u{9f}\u{200b}-\u{202e}\u{e0001}\n\u{1b}])*") {
            let json = serde_json::to_string(&raw).unwrap();
            let printed = printed_json(&json);
            prop_assert!(!printed.chars().any(is_unsafe), "{printed:?}");
            let back: String = serde_json::from_str(&printed).unwrap();
            prop_assert_eq!(back, raw);
        }

        #[test]
        fn cleaning_twice_changes_nothing(raw in "(.|[\u{200c}\u{200d}\u{e0061}-\u{e007f}\u{94d}\u{915}\u{6cc}\u{1f469}\u{1f3f4}\u{fe0f}\u{301}])*") {
            let once = block(&raw);
            prop_assert_eq!(block(&once), once);
        }
    }
}
