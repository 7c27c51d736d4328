//! The end of a value, and whether it is a secret.

use super::super::reference::is_reference;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

/// In bytes.
pub(super) const LONGEST_NAME: usize = 96;
/// Longest value that may be a reference or a state. Longer values are masked without a further check: each place is
/// then passed once.
pub(super) const LONGEST_WORD: usize = 256;
/// In bytes.
const LONGEST_PHRASE: usize = 96;

/// Words after a colon that describe a secret.
pub(super) static STATES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    "expired invalid missing required unknown wrong incorrect valid ok not no yes set unset empty present \
    absent rotated revoked denied refused failed failure failing error passed changed unchanged optional is \
    are was in at on for from to the a an see use must cannot could too only all any stored redacted hidden \
    masked disabled enabled found permission check mismatch rejected accepted unauthorized forbidden \
    timeout with by has will when if none null undefined abgelaufen ungültig falsch fehlt expiré caducado \
    scaduto n/a no-check nocheck string object number"
    .split(' ')
    .collect()
});

/// Units after a number that is no secret.
const UNITS: &str = " byte| char| bits| of | day| hour| min| s | sec| %|%| time| entr| item| transactions| operations\
    | requests| errors| failures| failed| payments| orders| cards| tills| terminals| rows| cases| declines\
    | users| calls| retries| attempts| accounts| customers| op/s| tps| ms| events| alerts| pods| Fälle\
    | operaciones| transacciones| Vorgänge| Kunden| fois";

/// `12 bytes` describes a secret.
pub(crate) fn is_amount(text: &str, value: &Range<usize>) -> bool {
    let rest = &text[value.end..];
    text[value.clone()].bytes().all(|b| b.is_ascii_digit())
        && UNITS.split('|').any(|unit| rest.starts_with(unit))
}

/// Whether the word after a colon and a space describes a secret: `token: expired`.
pub(crate) fn is_said(before: &str, value: &str) -> bool {
    // `pass: 12 fail: 0`.
    let counted = value.bytes().all(|b| b.is_ascii_digit())
        && before
            .trim_end_matches([':', ' '])
            .to_ascii_lowercase()
            .ends_with("pass");
    let said = value.len() <= LONGEST_WORD
        && before.ends_with(' ')
        && before.contains([':', '='])
        && STATES.contains(
            value
                .trim_end_matches(['.', ',', '!', '?'])
                .to_lowercase()
                .as_str(),
        );
    counted || said
}

/// Whether the value is a secret and no reference to one.
pub(super) fn is_given(value: &str) -> bool {
    value.len() > LONGEST_WORD || !is_reference(value)
}

/// The range of the value after a sign.
pub(super) fn value_at(text: &str, from: usize, colon: bool) -> Option<Range<usize>> {
    let rest = &text[from..];
    let start = from + rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let rest = &text[start..];
    let escaped = rest.bytes().take_while(|b| *b == b'\\').count();
    let mark = rest[escaped..].chars().next()?;
    if matches!(mark, '"' | '\'') {
        let open = start + escaped + 1;
        let end = quoted(&text[open..], mark, escaped > 0);
        return (end > 0).then(|| open..open + end);
    }
    if matches!(mark, '|' | '>') && colon {
        return block(text, start);
    }
    // The first value of a list.
    let listed = rest
        .strip_prefix('[')
        .map(|list| list.trim_start_matches(' '));
    if let Some(list) = listed.filter(|list| list.starts_with(['"', '\''])) {
        return value_at(text, start + rest.len() - list.len(), colon);
    }
    // `{Fels;9}` of a connection string; `{noop}…` names the form of a stored password; anything else is a structure.
    if mark == '{' {
        let short = rest.bytes().take(64);
        let plain = |b: &u8| !matches!(b, b'}' | b'{' | b':' | b'"' | b'\n' | b',');
        let inside = short.skip(1).take_while(plain).count();
        let after = rest.get(inside + 1..)?.strip_prefix('}')?;
        if !colon && (after.is_empty() || after.starts_with([';', ' ', '\n'])) {
            return (inside > 0).then(|| start + 1..start + 1 + inside);
        }
    } else if mark == '[' {
        return None;
    }
    let end = rest
        .find(|c: char| {
            c.is_whitespace()
                || matches!(
                    c,
                    '"' | '\'' | ',' | ';' | '&' | '}' | ']' | ')' | '<' | '\\'
                )
        })
        .unwrap_or(rest.len());
    let end = match phrase(rest, end) {
        Some(end) if colon => end,
        _ => end,
    };
    (end > 0).then(|| start..start + end)
}

/// Several plain words that end their line: a passphrase.
fn phrase(rest: &str, first: usize) -> Option<usize> {
    let near = rest.bytes().take(LONGEST_PHRASE).position(|b| b == b'\n');
    let line = near.or_else(|| (rest.len() < LONGEST_PHRASE).then_some(rest.len()))?;
    let (words, plain) = (rest[..line].trim_end(), |word: &str| {
        word.len() > 2 && word.chars().all(char::is_lowercase)
    });
    let count = words.split(' ').count();
    (first < words.len() && (3..=8).contains(&count) && words.split(' ').all(plain))
        .then_some(words.len())
        .filter(|_| !words.split(' ').any(|word| STATES.contains(word)))
}

/// The length of a quoted value: to its closing mark, or to the end of the line.
pub(super) fn quoted(inside: &str, mark: char, escaped: bool) -> usize {
    let mut skip = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if skip => skip = false,
            '\\' if escaped && inside[at..].trim_start_matches('\\').starts_with(mark) => {
                return at;
            }
            '\\' => skip = true,
            c if c == mark => return at,
            '\n' => return at,
            _ => {}
        }
    }
    inside.len()
}

/// The lines of a YAML block: those with more indentation than the line of the name.
fn block(text: &str, sign: usize) -> Option<Range<usize>> {
    // `|`, `>-`, `|2+`.
    let header = text[sign..].bytes().take(5).position(|b| b == b'\n')?;
    let line = text[..sign].rfind('\n').map_or(0, |before| before + 1);
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let own = indent(&text[line..sign]);
    let first = sign + header + 1;
    let lines = text[first..].split_inclusive('\n');
    let deeper = lines.take_while(|line| line.trim().is_empty() || indent(line) > own);
    let end = first + deeper.map(str::len).sum::<usize>();
    let body = &text[first..end];
    let start = first + body.len() - body.trim_start().len();
    let end = first + body.trim_end().len();
    (start < end).then_some(start..end)
}
