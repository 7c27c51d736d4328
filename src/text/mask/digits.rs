//! Digits of every script, and separators between digits of one number.

use super::super::sanitize::is_invisible;
use std::ops::Range;

/// The zero of each run of ten decimal digits (Unicode 14, general category Nd), in order.
const ZEROS: [u32; 66] = [
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66,
    0xDE6, 0xE50, 0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
    0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
    0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650,
    0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0, 0x16B50,
    0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0,
];

/// Punctuation that people, forms, mail quotes and code put between the digits of one number.
const PUNCTUATION: &str = "-./\\_+~:;'\"`()[]{},*|>#·‘’“”•\u{2212}\u{FF0D}\u{FFFD}";

/// The value of a decimal digit of any script.
pub(super) fn value(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.is_ascii_digit().then(|| c as u8 - b'0');
    }
    let code = u32::from(c);
    let after = ZEROS.partition_point(|zero| *zero <= code);
    let value = code - ZEROS.get(after.checked_sub(1)?)?;
    (value < 10).then_some(value as u8)
}

/// Whether the character may stand between two digits of one number.
pub(super) fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{2010}'..='\u{2015}')
        || PUNCTUATION.contains(c)
        || is_unseen(c)
}

/// Invisible characters, and those that turn a digit into a keycap.
pub(super) fn is_unseen(c: char) -> bool {
    is_invisible(c) || matches!(c, '\u{FE0E}' | '\u{FE0F}' | '\u{20E3}' | '\u{FFFD}')
}

/// A cheap check whether a text can contain that many digits. Each digit, plain or encoded, contains a byte that is
/// an ASCII digit or begins a multi-byte character.
pub(super) fn may_hold(text: &str, digits: usize) -> bool {
    text.len() >= digits
        && text
            .bytes()
            .filter(|byte| byte.is_ascii_digit() || *byte >= 0xC0)
            .count()
            >= digits
}

/// One digit of a run, and its place.
#[derive(Clone, Copy)]
pub(super) struct Digit {
    pub(super) value: u8,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether the previous digit stands directly before it.
    pub(super) joined: bool,
}

pub(super) fn span(number: &[Digit]) -> Range<usize> {
    match (number.first(), number.last()) {
        (Some(first), Some(last)) => first.start..last.end,
        _ => 0..0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_every_script_have_their_value() {
        for (c, wanted) in [('7', 7), ('٤', 4), ('９', 9), ('๐', 0), ('𝟗', 9), ('𝟶', 0)] {
            assert_eq!(value(c), Some(wanted), "{c}");
        }
        for c in ['a', '/', ':', '½', '²', '中', '\u{10FFFF}'] {
            assert_eq!(value(c), None, "{c}");
        }
        assert!(ZEROS.is_sorted());
    }
}
