//! Card numbers that networks issue: ranges, lengths, and the check digit.

use std::ops::RangeInclusive;

/// Shortest and longest card number (ISO/IEC 7812-1).
pub(super) const LENGTHS: RangeInclusive<usize> = 13..=19;

/// Issuer ranges: first six digits from..=to, and the lengths the network issues.
/// Sources: ISO/IEC 7812 and the networks' published ranges as of 2026.
pub(super) const ISSUERS: &[(u32, u32, RangeInclusive<usize>)] = &[
    UATP,
    (220_000, 220_499, 16..=19), // Mir
    (222_100, 272_099, 16..=16), // Mastercard, 2-series
    (300_000, 305_999, 14..=19), // Diners Club
    (309_500, 309_599, 14..=19), // Diners Club
    (340_000, 349_999, 15..=15), // American Express
    (352_800, 358_999, 16..=19), // JCB
    (360_000, 369_999, 14..=19), // Diners Club
    (370_000, 379_999, 15..=15), // American Express
    (380_000, 399_999, 14..=19), // Diners Club
    (400_000, 499_999, 13..=13), // Visa
    (400_000, 499_999, 16..=16), // Visa
    (400_000, 499_999, 19..=19), // Visa
    (500_000, 509_999, 13..=19), // Maestro, Elo, Verve, Dankort, RuPay
    (510_000, 559_999, 16..=16), // Mastercard
    (560_000, 589_999, 13..=19), // Maestro
    (600_000, 609_999, 16..=16), // RuPay, Hipercard, regional
    (601_100, 601_199, 16..=19), // Discover
    (620_000, 629_999, 16..=19), // UnionPay
    (630_000, 639_999, 13..=19), // Maestro, InstaPayment, InterPayment, Elo
    (644_000, 659_999, 16..=19), // Discover, RuPay, Elo, Verve
    (670_000, 679_999, 13..=19), // Maestro
    (690_000, 699_999, 13..=19), // Maestro
    (810_000, 817_199, 16..=19), // UnionPay, RuPay
    (817_200, 829_999, 16..=16), // RuPay
    (979_200, 979_289, 16..=16), // Troy
];

/// UATP cards. Counters and times begin with 1, so these numbers are masked only if they are unbroken or in the
/// groups of a card.
pub(super) const UATP: (u32, u32, RangeInclusive<usize>) = (100_000, 199_999, 15..=15);

/// Checks range, length and check digit.
pub(super) fn is_card(
    digits: impl DoubleEndedIterator<Item = u8> + ExactSizeIterator + Clone,
) -> bool {
    let length = digits.len();
    let prefix = digits
        .clone()
        .take(6)
        .fold(0, |prefix, digit| prefix * 10 + u32::from(digit));
    ISSUERS
        .iter()
        .any(|(from, to, lengths)| (*from..=*to).contains(&prefix) && lengths.contains(&length))
        && luhn(digits)
}

fn luhn(digits: impl DoubleEndedIterator<Item = u8>) -> bool {
    let sum: u32 = digits
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(digit)) {
            (0, value) => value,
            (_, value) if value > 4 => value * 2 - 9,
            (_, value) => value * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}
