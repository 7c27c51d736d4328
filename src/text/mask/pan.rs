//! Card numbers: 13 to 19 digits, separators allowed, Luhn check and issuer range both required.

use super::{Hit, Kind};

/// Most separator characters between two digits that still read as one number.
const MAX_GAP: usize = 5;

/// Issuer ranges: first six digits from..=to, and the lengths the network issues.
/// Sources: ISO/IEC 7812 and the networks' published ranges as of 2026.
const ISSUERS: &[(u32, u32, std::ops::RangeInclusive<usize>)] = &[
    (222_100, 272_099, 16..=16), // Mastercard, 2-series
    (220_000, 220_499, 16..=19), // Mir
    (300_000, 305_999, 14..=19), // Diners Club
    (309_500, 309_599, 14..=19), // Diners Club
    (360_000, 369_999, 14..=19), // Diners Club
    (380_000, 399_999, 14..=19), // Diners Club
    (340_000, 349_999, 15..=15), // American Express
    (370_000, 379_999, 15..=15), // American Express
    (352_800, 358_999, 16..=19), // JCB
    (400_000, 499_999, 13..=13), // Visa
    (400_000, 499_999, 16..=16), // Visa
    (400_000, 499_999, 19..=19), // Visa
    (500_000, 509_999, 13..=19), // Maestro, Elo, Verve
    (510_000, 559_999, 16..=16), // Mastercard
    (560_000, 589_999, 13..=19), // Maestro
    (600_000, 600_099, 16..=16), // regional
    (601_100, 601_199, 16..=19), // Discover
    (606_282, 606_282, 16..=16), // Hipercard
    (608_000, 608_999, 16..=16), // RuPay
    (620_000, 629_999, 16..=19), // UnionPay
    (630_000, 639_999, 13..=19), // Maestro, InstaPayment
    (644_000, 659_999, 16..=19), // Discover, RuPay, Elo
    (670_000, 679_999, 13..=19), // Maestro
    (810_000, 817_199, 16..=19), // UnionPay, RuPay
    (817_200, 829_999, 16..=16), // RuPay
    (979_200, 979_289, 16..=16), // Troy
];

#[derive(Clone, Copy)]
struct Digit {
    value: u8,
    start: usize,
    end: usize,
    /// Whether the digit before stands right before it, without a separator.
    joined: bool,
}

/// Every card number in `text`, with its middle digits starred.
pub(super) fn find(text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    for run in runs(text) {
        scan(text, &run, &mut hits);
    }
    hits
}

/// Runs of digits that are joined or have at most [`MAX_GAP`] separators between them.
fn runs(text: &str) -> Vec<Vec<Digit>> {
    let mut runs = Vec::new();
    let mut run: Vec<Digit> = Vec::new();
    let mut gap = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if let Some(value) = digit(c) {
            run.push(Digit {
                value,
                start,
                end: start + c.len_utf8(),
                joined: gap == 0,
            });
            gap = 0;
        } else if is_separator(c) && gap < MAX_GAP && !run.is_empty() {
            gap += 1;
        } else if c == '\\' && gap < MAX_GAP && !run.is_empty() {
            // An escaped break inside JSON or a log line: `\n`, `\r`, `\t`, or `\u00a0` and its like.
            gap += 1;
            match chars.peek() {
                Some((_, 'n' | 'r' | 't' | '\\' | '/')) => drop(chars.next()),
                Some((_, 'u')) => drop(chars.nth(4)),
                _ => {}
            }
        } else if let Some(word) = ["%20", "&nbsp;", "&#160;"]
            .iter()
            .find(|word| text[start..].starts_with(**word))
            && gap < MAX_GAP
            && !run.is_empty()
        {
            gap += 1;
            chars.nth(word.len() - 2);
        } else {
            flush(&mut run, &mut runs);
            gap = 0;
        }
    }
    flush(&mut run, &mut runs);
    runs
}

fn flush(run: &mut Vec<Digit>, runs: &mut Vec<Vec<Digit>>) {
    if run.len() >= 13 {
        runs.push(std::mem::take(run));
    } else {
        run.clear();
    }
}

/// Tries each window that begins and ends at the border of a group of joined digits.
fn scan(text: &str, run: &[Digit], hits: &mut Vec<Hit>) {
    let mut from = 0;
    while from < run.len() {
        if from > 0 && run[from].joined {
            from += 1;
            continue;
        }
        let end = (13..=19).rev().map(|length| from + length).find(|&to| {
            to <= run.len()
                && run.get(to).is_none_or(|next| !next.joined)
                && is_card(&run[from..to])
                && !inside_identifier(text, run[from].start, run[to - 1].end)
        });
        match end {
            Some(to) => {
                hits.push(starred(text, &run[from..to]));
                from = to;
            }
            None => from += 1,
        }
    }
}

fn is_card(digits: &[Digit]) -> bool {
    let bin = digits
        .iter()
        .take(6)
        .fold(0, |bin, digit| bin * 10 + u32::from(digit.value));
    ISSUERS
        .iter()
        .any(|(from, to, lengths)| (*from..=*to).contains(&bin) && lengths.contains(&digits.len()))
        && luhn(digits)
}

fn luhn(digits: &[Digit]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(digit.value)) {
            (0, value) => value,
            (_, value) if value > 4 => value * 2 - 9,
            (_, value) => value * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether the digits are part of a longer hexadecimal identifier (trace id, digest, UUID) or of a decimal
/// fraction, none of which is a card number.
fn inside_identifier(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start]
        .chars()
        .rev()
        .take_while(|c| c.is_ascii_hexdigit() || *c == '-');
    let after = text[end..]
        .chars()
        .take_while(|c| c.is_ascii_hexdigit() || *c == '-');
    let word: String = before
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect::<String>()
        + &text[start..end]
        + &after.collect::<String>();
    is_uuid(&word) || is_hex_id(text, start, end) || is_fraction(text, start, end)
}

fn is_uuid(word: &str) -> bool {
    let groups: Vec<usize> = word.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12]
}

/// A run of at least 16 hexadecimal digits that has a letter in it, with the candidate unbroken inside.
fn is_hex_id(text: &str, start: usize, end: usize) -> bool {
    if !text[start..end].bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let left = text[..start]
        .bytes()
        .rev()
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    let right = text[end..]
        .bytes()
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    let word = &text[start - left..end + right];
    (left + right > 0)
        && word.bytes().all(|b| b.is_ascii_hexdigit())
        && (word.len() == 16 || word.len() >= 20)
}

/// `0.4111111111111111`: digits right after a decimal point that itself follows a single short integer part.
fn is_fraction(text: &str, start: usize, end: usize) -> bool {
    let unbroken = text[start..end].bytes().all(|b| b.is_ascii_digit());
    let mut before = text[..start].bytes().rev();
    unbroken && before.next() == Some(b'.') && before.next().is_some_and(|b| b.is_ascii_digit())
}

fn starred(text: &str, digits: &[Digit]) -> Hit {
    let range = digits[0].start..digits[digits.len() - 1].end;
    let plain = |part: &[Digit]| -> String {
        part.iter()
            .map(|digit| char::from(b'0' + digit.value))
            .collect()
    };
    let (head, rest) = digits.split_at(6);
    let (middle, tail) = rest.split_at(rest.len() - 4);
    debug_assert!(text.is_char_boundary(range.end));
    let instead = format!("{}{}{}", plain(head), "*".repeat(middle.len()), plain(tail));
    Hit {
        range,
        kind: Kind::Pan,
        instead,
    }
}

/// Decimal digits of the scripts that keyboards and copied pages produce.
fn digit(c: char) -> Option<u8> {
    const ZEROS: [char; 6] = [
        '0', '\u{FF10}', '\u{0660}', '\u{06F0}', '\u{0966}', '\u{09E6}',
    ];
    ZEROS.iter().find_map(|zero| {
        let value = u32::from(c).checked_sub(u32::from(*zero))?;
        (value < 10).then_some(value as u8)
    })
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '.' | '/' | '_' | '+' | '~' | ';' | '\'' | '(' | ')' | ',' | '*' | '|' | '·' | '\u{2010}'..='\u{2015}' | '\u{2212}'
            | '\u{FF0D}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{00AD}' | '\u{FEFF}' | '\u{FFFD}')
}
