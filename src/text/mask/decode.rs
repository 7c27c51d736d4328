//! Removes one layer of encoding from a text (escapes, percent encoding, entities, tags, quoted-printable, terminal
//! commands, full-width and foreign digits) and keeps the positions: a match in the decoded text is masked in the
//! original text.
//!
//! Each call removes one layer only: `%25B5` is `%B5` to one reader and `µ` to another, and a number may be complete
//! in either. Detectors search every layer.

mod terminal;

use super::digits;
use std::ops::Range;

/// Layers that are removed; JSON in JSON in JSON has three.
pub(super) const MAX_LAYERS: usize = 4;

/// HTML entities of characters between or around digits and secrets. Source: the WHATWG list of named character
/// references.
const ENTITIES: &[(&str, char)] = &[
    ("nbsp", '\u{A0}'),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("hyphen", '\u{2010}'),
    ("ndash", '\u{2013}'),
    ("mdash", '\u{2014}'),
    ("minus", '\u{2212}'),
    ("middot", '\u{B7}'),
    ("shy", '\u{AD}'),
    ("zwnj", '\u{200C}'),
    ("zwj", '\u{200D}'),
    ("Tab", '\t'),
    ("NewLine", '\n'),
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("sol", '/'),
    ("bsol", '\\'),
    ("period", '.'),
    ("comma", ','),
    ("colon", ':'),
    ("semi", ';'),
    ("equals", '='),
    ("commat", '@'),
    ("lowbar", '_'),
];

/// Tags that format a number or break its line. Cells and fields are not included: two of them hold two values.
const TAGS: &[&str] = &[
    "br", "wbr", "nobr", "span", "b", "i", "em", "strong", "font", "mark", "code",
];

/// Longest tag that is recognized, with its attributes.
const MAX_TAG: usize = 80;

pub(super) struct Layer {
    pub(super) text: String,
    pieces: Vec<Piece>,
}

/// One decoded character, and its positions in the decoded and the original text.
struct Piece {
    at: usize,
    len: usize,
    source: Range<usize>,
}

impl Layer {
    /// In the original text, for a range of the decoded text.
    pub(super) fn source(&self, plain: Range<usize>) -> Range<usize> {
        let start = self.locate(plain.start).start;
        let end = self.locate(plain.end.saturating_sub(1)).end;
        start..end.max(start)
    }

    /// In the original text, for the byte at `at` of the decoded text.
    fn locate(&self, at: usize) -> Range<usize> {
        let before = self.pieces.partition_point(|piece| piece.at <= at);
        let Some(piece) = before.checked_sub(1).and_then(|last| self.pieces.get(last)) else {
            return at..at + 1;
        };
        match at.checked_sub(piece.at + piece.len) {
            Some(past) => piece.source.end + past..piece.source.end + past + 1,
            None => piece.source.clone(),
        }
    }
}

/// `None` if nothing is encoded.
pub(super) fn layer(text: &str) -> Option<Layer> {
    let bytes = text.as_bytes();
    let mut plain = String::new();
    let mut pieces = Vec::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(step) = bytes[at..].iter().position(|byte| is_marker(*byte)) {
        at += step;
        let Some((decoded, length)) = decode(text, at, follows(text, &pieces, at)) else {
            at += 1;
            continue;
        };
        if pieces.is_empty() {
            plain.reserve(text.len());
        }
        plain.push_str(&text[copied..at]);
        pieces.push(Piece {
            at: plain.len(),
            len: decoded.map_or(0, char::len_utf8),
            source: at..at + length,
        });
        plain.extend(decoded);
        at += length;
        copied = at;
    }
    if pieces.is_empty() {
        return None;
    }
    plain.push_str(&text[copied..]);
    Some(Layer {
        text: plain,
        pieces,
    })
}

fn is_marker(byte: u8) -> bool {
    matches!(
        byte,
        b'\\' | b'%' | b'&' | b'<' | b'=' | b'^' | b'[' | 0x1B | 0xC2..=0xF4
    )
}

/// Whether the octet before the character at `at` is quoted-printable too.
fn follows(text: &str, pieces: &[Piece], at: usize) -> bool {
    pieces
        .last()
        .is_some_and(|last| last.source.end == at && text[last.source.clone()].starts_with('='))
}

/// The text without terminal commands.
pub(super) fn without_commands(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        match terminal::command(&text[at..]) {
            Some(length) => at += length,
            None => {
                plain.push(c);
                at += c.len_utf8();
            }
        }
    }
    plain
}

/// The meaning of the encoded character at `at` (`None` for a line break of the encoding), and its length. `follows`:
/// an octet of quoted-printable stands directly before it.
fn decode(text: &str, at: usize, follows: bool) -> Option<(Option<char>, usize)> {
    let rest = &text[at..];
    let first = rest.as_bytes()[0];
    if matches!(first, b'^' | b'\\' | 0x1B | 0xC2 | 0xE2 | 0xEF)
        && let Some(length) = terminal::command(rest)
    {
        return Some((None, length));
    }
    match first {
        b'^' | 0x1B => None,
        b'[' => terminal::colour(rest).map(|length| (None, length)),
        0xC2.. => folded(rest),
        b'\\' => escape(rest).map(|(c, length)| (Some(c), length)),
        b'%' => percent(rest).map(|(c, length)| (Some(c), length)),
        b'&' => entity(rest).map(|(c, length)| (Some(c), length)),
        b'<' => tag(rest).map(|length| (Some(' '), length)),
        _ => quoted_printable(text, at, follows),
    }
}

/// A full-width character, or a digit of another script, as ASCII.
fn folded(rest: &str) -> Option<(Option<char>, usize)> {
    let c = rest.chars().next()?;
    let twin = match (c, digits::value(c)) {
        (_, Some(value)) => char::from(b'0' + value),
        ('\u{FF01}'..='\u{FF5E}', None) => char::from_u32(u32::from(c) - 0xFEE0)?,
        ('\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}', None) => ' ',
        _ => return None,
    };
    Some((Some(twin), c.len_utf8()))
}

/// `\n`, `\"`, `\x34`, `\u0034`, `\u{34}` and `\U00000034`, and surrogate pairs of `\u`.
fn escape(rest: &str) -> Option<(char, usize)> {
    let plain = |c| Some((c, 2));
    match rest.as_bytes().get(1)? {
        b'n' => plain('\n'),
        b'r' => plain('\r'),
        b't' => plain('\t'),
        b @ (b'"' | b'\'' | b'\\' | b'/') => plain(char::from(*b)),
        b'x' => Some((char::from_u32(hex(rest.get(2..4)?)?)?, 4)),
        b'U' => Some((char::from_u32(hex(rest.get(2..10)?)?)?, 10)),
        b'u' if rest.as_bytes().get(2) == Some(&b'{') => {
            let end = rest.bytes().take(12).position(|b| b == b'}')?;
            Some((char::from_u32(hex(rest.get(3..end)?)?)?, end + 1))
        }
        b'u' => utf16(rest),
        _ => None,
    }
}

fn utf16(rest: &str) -> Option<(char, usize)> {
    let high = hex(rest.get(2..6)?)?;
    if let Some(c) = char::from_u32(high) {
        return Some((c, 6));
    }
    let low = rest.get(6..12)?.strip_prefix("\\u").and_then(hex)?;
    let pair = [high as u16, low as u16];
    let c = char::decode_utf16(pair).next()?.ok()?;
    Some((c, 12))
}

/// `%34`, `%u0034`, and the bytes of one UTF-8 character: `%C2%A0`.
fn percent(rest: &str) -> Option<(char, usize)> {
    if let Some(code) = rest.get(1..6).and_then(|code| code.strip_prefix('u')) {
        return Some((char::from_u32(hex(code)?)?, 6));
    }
    octets(rest, '%')
}

/// One UTF-8 character written as up to four marked octets.
fn octets(rest: &str, mark: char) -> Option<(char, usize)> {
    let mut bytes = [0; 4];
    for length in 1..=4 {
        let octet = rest.get((length - 1) * 3..length * 3)?;
        bytes[length - 1] = hex(octet.strip_prefix(mark)?)? as u8;
        if let Ok(text) = std::str::from_utf8(&bytes[..length]) {
            return text.chars().next().map(|c| (c, length * 3));
        }
    }
    None
}

/// `&#52;`, `&#x34;` (the semicolon is optional) and the names of [`ENTITIES`].
fn entity(rest: &str) -> Option<(char, usize)> {
    if let Some(number) = rest.strip_prefix("&#") {
        let (skip, radix) = match number.as_bytes().first()? {
            b'x' | b'X' => (1, 16),
            _ => (0, 10),
        };
        let digits = &number[skip..];
        let length = digits
            .bytes()
            .take(8)
            .take_while(|b| char::from(*b).is_digit(radix))
            .count();
        let code = u32::from_str_radix(digits.get(..length)?, radix).ok()?;
        let closed = usize::from(digits.as_bytes().get(length) == Some(&b';'));
        return Some((char::from_u32(code)?, 2 + skip + length + closed));
    }
    let end = rest.bytes().take(10).position(|b| b == b';')?;
    let name = rest.get(1..end)?;
    ENTITIES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, c)| (*c, end + 1))
}

/// The length of a tag of [`TAGS`].
fn tag(rest: &str) -> Option<usize> {
    let end = rest.bytes().take(MAX_TAG).position(|b| b == b'>')?;
    let inside = rest.get(1..end)?.trim_start_matches('/');
    let name = inside
        .split(|c: char| !c.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default();
    TAGS.iter()
        .any(|known| known.eq_ignore_ascii_case(name))
        .then_some(end + 1)
}

/// A soft line break (RFC 2045, 6.7), or `=20`. An equals sign is part of every setting and ends base64, so a break
/// counts only between digits, and an octet only next to a digit or another octet: `pan=4111` stays.
fn quoted_printable(text: &str, at: usize, follows: bool) -> Option<(Option<char>, usize)> {
    let (rest, before) = (&text[at..], text[..at].bytes().next_back());
    let after_digit = before.is_some_and(|b| b.is_ascii_digit());
    let soft = ["=\r\n", "=\n"]
        .into_iter()
        .find(|soft| rest.starts_with(soft));
    if let Some(soft) = soft {
        let inside = after_digit || before.is_some_and(|b| b == b' ' || b == b'-');
        let goes_on = rest[soft.len()..].starts_with(|c: char| "0123456789 -%=".contains(c));
        return (inside && goes_on).then_some((None, soft.len()));
    }
    let (c, length) = octets(rest, '=')?;
    let before_octet = rest[length..].starts_with('=');
    (follows || after_digit || before_octet).then_some((Some(c), length))
}

fn hex(digits: &str) -> Option<u32> {
    let valid = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    valid.then(|| u32::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::escape("a\\u0034b\\n", "a4b\n")]
    #[case::surrogates("\\ud835\\udfd2", "\u{1D7D2}")]
    #[case::braces("\\u{34}\\x35", "45")]
    #[case::percent("4%20%C2%A05", "4 \u{A0}5")]
    #[case::one_layer_only("%2520", "%20")]
    #[case::entity("&#52;&#x35;&#54&nbsp;", "456\u{A0}")]
    #[case::tag("41<br/>11</span>", "41 11 ")]
    #[case::soft_break("4111=\r\n1111=201", "41111111 1")]
    fn one_layer_comes_off(#[case] encoded: &str, #[case] plain: &str) {
        assert_eq!(
            layer(encoded).map(|layer| layer.text).as_deref(),
            Some(plain)
        );
    }

    #[rstest]
    #[case("pan=4111 50% <td> \\6 &x; %zz %é \\u12é4")]
    #[case("nothing at all")]
    fn plain_text_has_no_layer(#[case] text: &str) {
        assert!(layer(text).is_none());
    }

    #[test]
    fn a_range_leads_back_to_what_was_written() {
        let layer = layer("9=\n%34a\\u0035z").unwrap_or_else(|| unreachable!());
        assert_eq!(layer.text, "94a5z");
        assert_eq!(layer.source(1..4), 3..13);
        assert_eq!(layer.source(0..1), 0..1);
        assert_eq!(layer.source(4..5), 13..14);
    }
}
