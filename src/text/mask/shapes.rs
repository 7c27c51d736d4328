//! Numbers with the digits of a card and the shape of something else: UUIDs, digests, fractions, bank accounts,
//! marketplace orders.

use super::super::sanitize::floor_char_boundary;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// Lengths of hexadecimal digests and trace ids: MD5 and W3C trace ids, SHA-1, and the SHA-2 family. Shorter lengths
/// are left out: a card between two letters is as likely as such an id.
const HEX_LENGTHS: [usize; 7] = [32, 40, 48, 56, 64, 96, 128];

/// How far a shape extends on either side of a number: one character more than the longest digest.
const MAX_SHAPE: usize = 129;

/// Most significant digits that a double-precision number prints.
const FLOAT_DIGITS: usize = 17;

/// Country and length of an IBAN. Source: the SWIFT IBAN registry.
const IBANS: &str = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 \
    EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 \
    IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 \
    NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 \
    SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30";

/// The start of an IBAN; the order number of a large marketplace: three, seven and seven digits.
static IBAN_HEAD: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b[A-Z]{2}[0-9]{2}[ ]?[A-Z0-9]{4}").ok());
static ORDER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[0-9]{3}-[0-9]{7}-[0-9]{7}$").ok());

/// Whether the shape of the number in `range` is an identifier or a fraction.
pub(super) fn is_other(text: &str, range: &Range<usize>) -> bool {
    is_float(text, range)
        || in_digest(text, range)
        || in_uuid(text, range)
        || ORDER
            .as_ref()
            .is_some_and(|order| order.is_match(&text[range.clone()]))
        || in_iban(text, range)
}

/// `0.4111111111111111` and `63.54625457781994`: one point, a short whole part, and no more digits than a double has.
/// More digits are no measurement: `12.4111111111111111` is the twelfth line of a list.
fn is_float(text: &str, range: &Range<usize>) -> bool {
    let inside = &text[range.clone()];
    let (whole, fraction) = if let Some(parts) = inside.split_once('.') {
        parts
    } else {
        let before = text[..range.start].strip_suffix('.').unwrap_or_default();
        (trailing(before, u8::is_ascii_digit), inside)
    };
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let significant = whole.trim_start_matches('0').len() + fraction.len();
    (1..=4).contains(&whole.len())
        && fraction.len() >= 9
        && significant <= FLOAT_DIGITS
        && digits(whole)
        && digits(fraction)
}

/// A hexadecimal word with a letter in it, as long as a digest.
fn in_digest(text: &str, range: &Range<usize>) -> bool {
    let left = trailing(&text[..range.start], u8::is_ascii_alphanumeric).len();
    let right = leading(&text[range.end..], u8::is_ascii_alphanumeric).len();
    let word = &text[range.start - left..range.end + right];
    left + right > 0
        && HEX_LENGTHS.contains(&word.len())
        && word.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Groups of 8, 4, 4, 4 and 12 hexadecimal digits, with dashes.
fn in_uuid(text: &str, range: &Range<usize>) -> bool {
    const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];
    let of_uuid = |b: &u8| b.is_ascii_hexdigit() || *b == b'-';
    if !text[range.clone()].bytes().all(|b| of_uuid(&b)) {
        return false;
    }
    let start = range.start - trailing(&text[..range.start], of_uuid).len();
    let end = range.end + leading(&text[range.end..], of_uuid).len();
    let groups: Vec<&str> = text[start..end].split('-').collect();
    groups
        .windows(GROUPS.len())
        .any(|five| five.iter().map(|group| group.len()).eq(GROUPS))
}

/// An account number of a country with IBANs, of the right length, with valid check digits (ISO 13616).
fn in_iban(text: &str, range: &Range<usize>) -> bool {
    let Some(head) = IBAN_HEAD.as_ref() else {
        return false;
    };
    let from = floor_char_boundary(text, range.start.saturating_sub(64));
    head.find_iter(&text[from..range.end])
        .map(|found| from + found.start())
        .filter_map(|start| Some(start..start + iban_length(&text[start..])?))
        .any(|iban| iban.start <= range.start && range.end <= iban.end)
}

/// The length in bytes of the IBAN at the start of the text.
fn iban_length(text: &str) -> Option<usize> {
    let country = text.get(..2)?;
    let mut lengths = IBANS.split(' ').filter_map(|row| row.strip_prefix(country));
    let wanted: usize = lengths.next()?.parse().ok()?;
    let signs: Vec<(usize, u8)> = text
        .bytes()
        .enumerate()
        .take_while(|(_, b)| b.is_ascii_digit() || b.is_ascii_uppercase() || *b == b' ')
        .filter(|(_, b)| *b != b' ')
        .take(wanted)
        .collect();
    let end = signs.last()?.0 + 1;
    let closed = !text[end..].starts_with(|c: char| c.is_ascii_alphanumeric());
    let (head, account) = signs.split_at_checked(4)?;
    let rest = account
        .iter()
        .chain(head)
        .fold(0, |rest: u32, (_, sign)| match sign {
            b'0'..=b'9' => (rest * 10 + u32::from(sign - b'0')) % 97,
            _ => (rest * 100 + u32::from(sign - b'A') + 10) % 97,
        });
    (signs.len() == wanted && closed && rest == 1).then_some(end)
}

/// The end of `text` that `wanted` accepts, within [`MAX_SHAPE`].
fn trailing(text: &str, wanted: impl Fn(&u8) -> bool) -> &str {
    let reach = text.bytes().rev().take(MAX_SHAPE);
    let length = reach.take_while(|b| wanted(b)).count();
    &text[text.len() - length..]
}

/// The start of `text` that `wanted` accepts, within [`MAX_SHAPE`].
fn leading(text: &str, wanted: impl Fn(&u8) -> bool) -> &str {
    let reach = text.bytes().take(MAX_SHAPE);
    &text[..reach.take_while(|b| wanted(b)).count()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::fraction("0.4111111111111111", "4111111111111111", true)]
    #[case::ticket_average("63.54625457781994", "63.54625457781994", true)]
    #[case::list_number("12.4111111111111111", "4111111111111111", false)]
    #[case::sentence("It was. 4111111111111111", "4111111111111111", false)]
    #[case::short_iban("to DK19 5666 9725 8942 09 posted", "5666 9725 8942 09", true)]
    #[case::wrong_check_digits("to DK18 5666 9725 8942 09 posted", "5666 9725 8942 09", false)]
    #[case::iban("to DE89 3704 0044 0532 0130 00.", "3704 0044 0532 0130", true)]
    #[case::card_after_letters("to DE89 4111 1111 1111 1111", "4111 1111 1111 1111", false)]
    #[case::order("719-6284829-8146598", "719-6284829-8146598", true)]
    #[case::uuid("x-40000566-5566-5556-8e15-7c0d2f4b6a98", "40000566-5566-5556", true)]
    fn shapes(#[case] text: &str, #[case] number: &str, #[case] other: bool) {
        let start = text.find(number).unwrap_or_default();
        assert_eq!(is_other(text, &(start..start + number.len())), other);
    }
}
