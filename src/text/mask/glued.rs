//! Card numbers inside a longer group of digits, in forms that systems write: card after card, an expiry date before
//! or after it, a length before it, leading zeros.

use super::digits::{Digit, span};
use super::issuers::{LENGTHS, is_card};
use super::shapes;
use std::ops::Range;

const EXPIRY: usize = 4;
/// With a code of three or four digits.
const EXPIRY_AND_CODE: std::ops::RangeInclusive<usize> = 7..=8;
/// Years of expiry dates, narrow on purpose: other digits after a number make it a longer reference number.
const YEARS: std::ops::RangeInclusive<u32> = 20..=33;
/// Seconds from 2020-01-01 to 2036-01-01: a long number that begins with such a time is a time.
const EPOCHS: Range<u64> = 1_577_836_800..2_082_758_400;

pub(super) fn find(text: &str, run: &[Digit]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < run.len() {
        let length = 1 + run[start + 1..]
            .iter()
            .take_while(|digit| digit.joined)
            .count();
        let group = &run[start..start + length];
        if length > *LENGTHS.start() && !is_time(group) && !shapes::is_other(text, &span(group)) {
            for part in parts(group) {
                found.push(start + part.start..start + part.end);
            }
        }
        start += length;
    }
    found
}

/// The ranges of a group that are a card, if the other digits have a known meaning.
fn parts(group: &[Digit]) -> Vec<Range<usize>> {
    let length = group.len();
    let mut parts = chain(group);
    let zeros = group.iter().take_while(|digit| digit.value == 0).count();
    let candidates = [
        (zeros > 0).then_some(zeros..length),
        LENGTHS
            .contains(&(length.saturating_sub(2)))
            .then_some(2..length)
            .filter(|card| number(&group[..2]) as usize == card.len()),
        length
            .checked_sub(EXPIRY)
            .filter(|end| is_expiry(&group[*end..]))
            .map(|end| 0..end),
        is_expiry(&group[..EXPIRY]).then_some(EXPIRY..length),
    ];
    let with_code = EXPIRY_AND_CODE.filter_map(|tail| {
        let end = length.checked_sub(tail)?;
        is_expiry(&group[end..end + EXPIRY]).then_some(0..end)
    });
    // With a year of four digits.
    let with_long_date = (9..=10).filter_map(|tail| {
        let end = length.checked_sub(tail)?;
        let date = &group[end..end + 6];
        let (month, year) = (number(&date[..2]), number(&date[2..]));
        ((1..=12).contains(&month) && (2020..=2033).contains(&year)).then_some(0..end)
    });
    parts.extend(
        candidates
            .into_iter()
            .flatten()
            .chain(with_code)
            .chain(with_long_date)
            .filter(|part| is_card_at(group, part)),
    );
    parts
}

/// The cards of every division of the whole group into cards.
fn chain(group: &[Digit]) -> Vec<Range<usize>> {
    let length = group.len();
    if length < 2 * LENGTHS.start() {
        return Vec::new();
    }
    // Positions reachable from the front, and positions from which the end is reachable.
    let mut ahead = vec![false; length + 1];
    let mut behind = vec![false; length + 1];
    (ahead[0], behind[length]) = (true, true);
    let cards: Vec<Range<usize>> = (0..length)
        .flat_map(|from| LENGTHS.map(move |cut| from..from + cut))
        .filter(|card| card.end <= length && is_card_at(group, card))
        .collect();
    for card in &cards {
        ahead[card.end] |= ahead[card.start];
    }
    for card in cards.iter().rev() {
        behind[card.start] |= behind[card.end];
    }
    cards
        .into_iter()
        .filter(|card| ahead[card.start] && behind[card.end])
        .collect()
}

fn is_card_at(group: &[Digit], part: &Range<usize>) -> bool {
    is_card(group[part.clone()].iter().map(|digit| digit.value))
}

/// `MMYY` or `YYMM`.
fn is_expiry(digits: &[Digit]) -> bool {
    let (left, right) = digits.split_at(2);
    let date = |month: u32, year: u32| (1..=12).contains(&month) && YEARS.contains(&year);
    let (left, right) = (number(left) as u32, number(right) as u32);
    date(left, right) || date(right, left)
}

/// Milliseconds, microseconds or nanoseconds of current years.
fn is_time(group: &[Digit]) -> bool {
    matches!(group.len(), 13 | 16 | 19) && EPOCHS.contains(&number(&group[..10]))
}

fn number(digits: &[Digit]) -> u64 {
    digits
        .iter()
        .fold(0, |number, digit| number * 10 + u64::from(digit.value))
}
