//! Card numbers: 13 to 19 digits, separators allowed; both Luhn check and issuer range are required.
//!
//! A run of digits is divided into groups at its separators. A number must begin and end at the border of a group: a
//! card inside a longer reference number is none. Known ways to join other digits to a card are checked inside a
//! group.

use super::digits::{self, Digit, span};
use super::hit::{Hit, MaskKind};
use super::issuers::{LENGTHS, UATP, is_card};
use super::{glued, shapes};
use std::ops::Range;

/// Most separator characters between two digits of one number: a line break with the indentation or the quotation
/// marks of the next line.
const MAX_GAP: usize = 8;

/// Groups of cards and scans with different separators.
const LAYOUTS: &[&[usize]] = &[
    &[4, 6, 5],
    &[4, 6, 4],
    &[4, 5, 6],
    &[5, 5, 5],
    &[1, 4, 5, 5],
    &[8, 8],
    &[8, 8, 3],
    &[6, 10],
    &[6, 13],
    &[6, 2, 8],
];

/// The middle digits of each number become stars.
pub(super) fn find(text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut run: Vec<Digit> = Vec::new();
    for (start, c) in text.char_indices() {
        if let Some(value) = digits::value(c) {
            let gap = run.last().map_or("", |last| &text[last.end..start]);
            if !joins(gap) || is_field(text, gap, start) {
                scan(text, &run, &mut hits);
                run.clear();
            }
            run.push(Digit {
                value,
                start,
                end: start + c.len_utf8(),
                joined: gap.is_empty() && !run.is_empty(),
            });
        } else if !run.is_empty() && !digits::is_separator(c) {
            scan(text, &run, &mut hits);
            run.clear();
        }
    }
    scan(text, &run, &mut hits);
    hits
}

/// Two stars are a mask.
fn joins(gap: &str) -> bool {
    gap.is_empty() || (gap.chars().nth(MAX_GAP).is_none() && !gap.contains("**"))
}

/// `[038]` after or before a gap is the number of a field, and no part of a card.
fn is_field(text: &str, gap: &str, start: usize) -> bool {
    const PLACES: usize = 3;
    let numbered = |part: &str| part.len() == PLACES && part.bytes().all(|b| b.is_ascii_digit());
    if !gap.contains([' ', '\n', '\t']) {
        return false;
    }
    let next = text.get(start..start + PLACES).is_some_and(numbered)
        && text[start + PLACES..].starts_with(']');
    let head = &text[..start - gap.len()];
    let last = head
        .get(head.len().saturating_sub(PLACES)..)
        .is_some_and(numbered)
        && head[..head.len() - PLACES].ends_with('[');
    (gap.ends_with('[') && next) || (gap.starts_with(']') && last)
}

/// Finds the numbers of one run. Overlapping numbers become one hit with the middle digits of all of them starred:
/// any of them may be the card.
fn scan(text: &str, run: &[Digit], hits: &mut Vec<Hit>) {
    if run.len() < *LENGTHS.start() {
        return;
    }
    let mut numbers = windows(text, run);
    numbers.extend(glued::find(text, run));
    numbers.sort_by_key(|number| (number.start, number.end));
    let mut rest = numbers.as_slice();
    while let Some(first) = rest.first() {
        let mut end = first.end;
        let together = rest
            .iter()
            .take_while(|number| {
                let overlaps = number.start < end;
                end = if overlaps { end.max(number.end) } else { end };
                overlaps
            })
            .count();
        hits.push(starred(run, &rest[..together], first.start..end));
        rest = &rest[together..];
    }
}

/// That begin and end at the border of a group, as ranges of the run.
fn windows(text: &str, run: &[Digit]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for from in (0..run.len()).filter(|at| !run[*at].joined) {
        for length in LENGTHS {
            let to = from + length;
            let ends = to <= run.len() && run.get(to).is_none_or(|next| !next.joined);
            if ends && is_number(text, &run[from..to]) {
                found.push(from..to);
            }
        }
    }
    found
}

fn is_number(text: &str, number: &[Digit]) -> bool {
    is_card(number.iter().map(|digit| digit.value))
        && is_one_number(text, number)
        && !shapes::is_other(text, &span(number))
}

/// Whether the groups belong together: the same separator in every gap, or the groups of a card. Line breaks and
/// invisible characters do not count as separators: a number may be broken anywhere.
fn is_one_number(text: &str, number: &[Digit]) -> bool {
    let mut groups = vec![1];
    let mut first: Option<&str> = None;
    let mut same = true;
    for pair in number.windows(2) {
        let gap = &text[pair[0].end..pair[1].start];
        if gap.chars().all(digits::is_unseen) || gap.contains(['\n', '\r']) {
            if let Some(group) = groups.last_mut() {
                *group += 1;
            }
            continue;
        }
        groups.push(1);
        same &= *first.get_or_insert(gap) == gap;
    }
    let prefix = number.iter().take(1).all(|digit| digit.value == 1);
    let is_uatp = prefix && UATP.2.contains(&number.len());
    let one_by_one = groups.iter().all(|group| *group == 1);
    groups.len() == 1 || ((same || one_by_one) && !is_uatp) || is_layout(&groups)
}

/// Groups of four with a rest, or one of [`LAYOUTS`].
fn is_layout(groups: &[usize]) -> bool {
    let fours = groups
        .split_last()
        .is_some_and(|(last, fours)| *last <= 4 && fours.iter().all(|group| *group == 4));
    fours || LAYOUTS.contains(&groups)
}

/// The first six and last four digits of each number stay.
fn starred(run: &[Digit], numbers: &[Range<usize>], whole: Range<usize>) -> Hit {
    let mut shown: Vec<u8> = run[whole.clone()]
        .iter()
        .map(|digit| b'0' + digit.value)
        .collect();
    for number in numbers {
        shown[number.start + 6 - whole.start..number.end - 4 - whole.start].fill(b'*');
    }
    Hit {
        range: span(&run[whole]),
        kind: MaskKind::Pan,
        replacement: shown.into_iter().map(char::from).collect(),
    }
}
