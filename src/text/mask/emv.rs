//! Card data in the tags of chip transactions (EMV Book 3, annex A; BER-TLV as in ISO/IEC 8825-1): hexadecimal digits
//! of a tag, a length and the data, unbroken or byte by byte.
//!
//! A tag may begin anywhere in a run: traces begin in the middle of a message. The other conditions (length, padding,
//! issuer range, check digit) make a chance hit rarer than in plain digits.

use super::hit::{Hit, MaskKind};
use super::issuers::is_card;

/// Shortest run that can contain a card: a tag, a length and seven bytes.
const SHORTEST: usize = 18;
/// Digits of a track before its separator.
const NUMBER: std::ops::RangeInclusive<usize> = 12..=19;
const FEWEST: usize = 4;

#[derive(Clone, Copy)]
enum Holds {
    /// Decimal digits, padded with `F`.
    Number,
    /// A number, `D`, and the other fields of the track.
    Track,
    /// A track as characters.
    Characters,
    /// A date of six digits: masked if the same run contains a number.
    Expiry,
}

/// Tags with their lengths in bytes.
const TAGS: &[(&str, std::ops::RangeInclusive<usize>, Holds)] = &[
    ("5A", 6..=10, Holds::Number),
    ("57", 8..=19, Holds::Track),
    ("9F6B", 8..=19, Holds::Track),
    ("9F20", 4..=19, Holds::Track),
    ("56", 20..=76, Holds::Characters),
    ("5F24", 3..=3, Holds::Expiry),
];

struct Nibble {
    sign: u8,
    at: usize,
}

pub(super) fn find(text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut run: Vec<Nibble> = Vec::new();
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        if byte.is_ascii_hexdigit() {
            let sign = byte.to_ascii_uppercase();
            run.push(Nibble { sign, at });
        } else if !joins(bytes, at, &run) {
            scan(&run, &mut hits);
            run.clear();
        }
    }
    scan(&run, &mut hits);
    hits
}

/// Whether one character between two bytes of a dump can be inside one run.
fn joins(bytes: &[u8], at: usize, run: &[Nibble]) -> bool {
    matches!(bytes[at], b' ' | b':' | b'-' | b'\n' | b'|')
        && run.last().is_some_and(|last| last.at + 1 == at)
        && bytes.get(at + 1).is_some_and(u8::is_ascii_hexdigit)
        && bytes.get(at + 2).is_some_and(u8::is_ascii_hexdigit)
}

fn scan(run: &[Nibble], hits: &mut Vec<Hit>) {
    if run.len() < SHORTEST {
        return;
    }
    let before = hits.len();
    let mut expiries = Vec::new();
    for (at, nibble) in run.iter().enumerate() {
        if !matches!(nibble.sign, b'5' | b'9') {
            continue;
        }
        for (tag, lengths, holds) in TAGS {
            let Some(data) = data_of(run, at, tag, lengths) else {
                continue;
            };
            match holds {
                Holds::Number => hits.extend(number(data)),
                Holds::Track => hits.extend(track(data)),
                Holds::Characters => hits.extend(characters(data)),
                Holds::Expiry => expiries.extend(expiry(data)),
            }
        }
    }
    if hits.len() > before {
        hits.extend(expiries);
    }
    hits.extend(digits_as_characters(run));
}

/// After a tag and its length.
fn data_of<'r>(
    run: &'r [Nibble],
    at: usize,
    tag: &str,
    lengths: &std::ops::RangeInclusive<usize>,
) -> Option<&'r [Nibble]> {
    let rest = run.get(at..)?;
    let is_tag = tag
        .bytes()
        .zip(rest)
        .all(|(wanted, nibble)| wanted == nibble.sign);
    let (length, data) = rest
        .get(tag.len()..)
        .filter(|_| is_tag)?
        .split_at_checked(2)?;
    let length = value(&length[0]) * 16 + value(&length[1]);
    lengths.contains(&length).then_some(())?;
    data.get(..length * 2)
}

fn value(nibble: &Nibble) -> usize {
    char::from(nibble.sign).to_digit(16).unwrap_or(0) as usize
}

fn decimal(nibbles: &[Nibble]) -> impl Iterator<Item = u8> + '_ {
    nibbles
        .iter()
        .map(|nibble| nibble.sign)
        .take_while(u8::is_ascii_digit)
        .map(|sign| sign - b'0')
}

fn number(data: &[Nibble]) -> Option<Hit> {
    let digits: Vec<u8> = decimal(data).collect();
    let padded = data[digits.len()..]
        .iter()
        .all(|nibble| nibble.sign == b'F');
    // A number may have leading zeros.
    let zeros = digits.iter().take_while(|digit| **digit == 0).count();
    let card = &digits[zeros..];
    (padded && is_card(card.iter().copied())).then_some(())?;
    let shown: String = card
        .iter()
        .enumerate()
        .map(|(at, digit)| match at < 6 || at + 4 >= card.len() {
            true => char::from(b'0' + digit),
            false => '*',
        })
        .collect();
    let mut hit = hit(&data[zeros..digits.len()], MaskKind::Pan)?;
    hit.replacement = shown;
    Some(hit)
}

fn track(data: &[Nibble]) -> Option<Hit> {
    let digits: Vec<u8> = decimal(data).collect();
    let rest = data.get(digits.len() + 1..)?;
    let separated = data[digits.len()].sign == b'D' && decimal(rest).count() >= FEWEST;
    (separated && NUMBER.contains(&digits.len()) && is_card(digits.into_iter()))
        .then(|| hit(data, MaskKind::Track))?
}

/// `B`, digits and `^` as bytes of ASCII.
fn characters(data: &[Nibble]) -> Option<Hit> {
    let bytes: Vec<usize> = data
        .chunks_exact(2)
        .map(|pair| value(&pair[0]) * 16 + value(&pair[1]))
        .collect();
    let of_digit = |byte: &usize| (0x30..0x3A).contains(byte);
    let start = usize::from(bytes.first() == Some(&0x42));
    let digits = bytes[start..]
        .iter()
        .take_while(|byte| of_digit(byte))
        .count();
    (digits >= *NUMBER.start() && bytes.get(start + digits) == Some(&0x5E))
        .then(|| hit(data, MaskKind::Track))?
}

fn expiry(data: &[Nibble]) -> Option<Hit> {
    let digits: Vec<u8> = decimal(data).collect();
    let month = digits.get(2)? * 10 + digits.get(3)?;
    (digits.len() == 6 && (1..=12).contains(&month)).then(|| hit(data, MaskKind::Secret))?
}

/// A card number whose digits are written as the bytes of their characters: `34313131…`.
fn digits_as_characters(run: &[Nibble]) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut at = 0;
    while at + 1 < run.len() {
        if run[at].sign != b'3' {
            at += 1;
            continue;
        }
        let pairs = run[at..]
            .chunks_exact(2)
            .take_while(|pair| pair[0].sign == b'3' && pair[1].sign.is_ascii_digit())
            .count();
        let digits = run[at..at + pairs * 2]
            .chunks_exact(2)
            .map(|pair| pair[1].sign - b'0');
        let known = super::issuers::LENGTHS.contains(&pairs) && is_card(digits);
        if known {
            hits.extend(hit(&run[at..at + pairs * 2], MaskKind::Pan));
        }
        at += if pairs > 0 { pairs * 2 } else { 1 };
    }
    hits
}

fn hit(data: &[Nibble], kind: MaskKind) -> Option<Hit> {
    Some(Hit::new(data.first()?.at..data.last()?.at + 1, kind))
}

#[cfg(test)]
mod tests {
    use super::super::mask;
    use rstest::rstest;

    #[rstest]
    #[case::run_together(
        "820219805A0841111111111111119F3602",
        "820219805A08411111******11119F3602"
    )]
    #[case::padded("5A0A4000000000000000006FDF", "5A0A400000*********0006FDF")]
    #[case::amex("5A08378282246310005F9F", "5A08378282*****0005F9F")]
    #[case::bytes("5A 08 41 11 11 11 11 11 11 11 9F", "5A 08 411111******1111 9F")]
    #[case::track("57114111111111111111D28122010000012345F rc", "5711[masked track]F rc")]
    #[case::expiry(
        "5A0841111111111111115F2403281231",
        "5A08411111******11115F2403[masked secret]"
    )]
    #[case::characters("x34313131313131313131313131313131y", "x[masked pan]y")]
    fn card_data_in_tags_are_masked(#[case] text: &str, #[case] masked: &str) {
        assert_eq!(mask(text).text, masked);
        assert_eq!(mask(masked).text, masked);
    }

    #[rstest]
    #[case::wrong_check_digit("5A084111111111111112")]
    #[case::an_expiry_alone("9F02060000000012505F2403281231")]
    #[case::a_digest("9fceb02d0ae598e95dc970b74767f19372d61af8")]
    fn other_tags_stay(#[case] text: &str) {
        assert_eq!(mask(text).text, text);
    }
}
