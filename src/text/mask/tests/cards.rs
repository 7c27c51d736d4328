//! Every number that a network issues is masked in every form.

use super::*;
use crate::text::mask::issuers::{ISSUERS, UATP};

/// Separators of people, forms, documents, mail, code, and of copied text.
const SEPARATORS: [&str; 38] = [
    " ", "  ", "-", " - ", ".", "/", "\\", "_", "+", "~", ":", ";", ",", ", ", "|", "'", "*", "·",
    "\t", "\n", "\r\n", "\n> ", "\u{A0}", "\u{2009}", "\u{202F}", "\u{3000}", "\u{2010}",
    "\u{2011}", "–", "—", "\u{2212}", "\u{200B}", "\u{AD}", "\u{FEFF}", "%20", "&nbsp;", "\\u00a0",
    "<br>",
];

fn check_digit(digits: &[u8]) -> u8 {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(*digit)) {
            (0, digit) if digit > 4 => digit * 2 - 9,
            (0, digit) => digit * 2,
            (_, digit) => digit,
        })
        .sum();
    ((10 - sum % 10) % 10) as u8
}

/// A number of any range and length, with random digits after the prefix.
fn card() -> impl Strategy<Value = String> {
    (0..ISSUERS.len())
        .prop_flat_map(|at| {
            let (from, to, lengths) = ISSUERS[at].clone();
            (from..=to, lengths, prop::collection::vec(0u8..10, 13))
        })
        .prop_map(|(prefix, length, body)| {
            let mut digits: Vec<u8> = prefix.to_string().bytes().map(|b| b - b'0').collect();
            digits.extend(body);
            digits.truncate(length - 1);
            digits.push(check_digit(&digits));
            digits
                .iter()
                .map(|digit| char::from(b'0' + digit))
                .collect()
        })
}

/// The number in groups of one to eight digits. A UATP number stays unbroken: it is masked only in the groups of a
/// card.
fn grouped(card: &str, cuts: &[usize], separator: &str) -> String {
    let is_uatp = card.len() == *UATP.2.start() && card.starts_with('1');
    let mut groups = Vec::new();
    let mut rest = card;
    for cut in cuts.iter().cycle() {
        if is_uatp || rest.len() <= *cut {
            break;
        }
        let (group, more) = rest.split_at(*cut);
        groups.push(group);
        rest = more;
    }
    groups.push(rest);
    groups.join(separator)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, max_shrink_iters: 100, ..ProptestConfig::default() })]

    #[test]
    fn no_valid_card_number_survives_whatever_separates_its_groups(
        card in card(),
        cuts in prop::collection::vec(1usize..9, 1..6),
        separator in prop::sample::select(SEPARATORS.as_slice()),
        before in prop::sample::select(vec!["", "card ", "pan=", "{\"pan\":\"", "pan", "Karte: ", "卡号", "(", "#", "x_"]),
        after in prop::sample::select(vec!["", " declined", "\"}", ", then a timeout", ". It", "x", "被拒绝", ")", "&a=b", "_y"]),
    ) {
        let written = grouped(&card, &cuts, separator);
        // One point after a short whole part is a fraction.
        prop_assume!(!(separator == "." && written.matches('.').count() == 1 && written.find('.').unwrap_or(9) <= 4));
        // Three, seven and seven digits are an order number.
        prop_assume!(!(separator == "-" && written.split('-').map(str::len).eq([3, 7, 7])));
        let text = format!("{before}{written}{after}");
        let masked = mask(&text);
        let shown: String = masked.text.chars().filter(|c| c.is_ascii_digit() || *c == '*').collect();
        let middle = &card[6..card.len() - 4];
        prop_assert!(masked.found.iter().any(|found| found.kind == MaskKind::Pan), "{:?}", text);
        prop_assert!(!masked.text.contains(&written) || written.len() < 13, "{:?} gave {:?}", text, masked.text);
        prop_assert!(shown.contains(&"*".repeat(middle.len())), "{:?} gave {:?}", text, masked.text);
        prop_assert_eq!(mask(&masked.text).text, masked.text);
    }

    #[test]
    fn two_cards_glued_together_both_lose_their_middle(first in card(), second in card()) {
        let masked = mask(&format!("glued {first}{second} by the export")).text;
        prop_assert!(masked.starts_with("glued ") && masked.ends_with(" by the export"));
        prop_assert!(masked.matches('*').count() >= first.len() + second.len() - 20, "{}", masked);
    }
}
