use super::*;
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    input: String,
    kinds: Vec<Kind>,
    gone: Vec<String>,
    kept: Vec<String>,
}

const CASES: &str = include_str!("../../../tests/cases/masking.yaml");

#[test]
fn every_row_of_the_table_holds() {
    let cases: Vec<Case> = serde_saphyr::from_str(CASES).unwrap();
    assert!(cases.len() >= 100, "the table has {} rows", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let masked = mask(&case.input);
        let mut kinds: Vec<Kind> = masked.found.iter().map(|found| found.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let mut wanted = case.kinds.clone();
        wanted.sort_unstable();
        wanted.dedup();
        let leaked: Vec<_> = case
            .gone
            .iter()
            .filter(|gone| masked.text.contains(*gone))
            .collect();
        let lost: Vec<_> = case
            .kept
            .iter()
            .filter(|kept| !masked.text.contains(*kept))
            .collect();
        if !agree(&kinds, &wanted) || !leaked.is_empty() || !lost.is_empty() {
            wrong.push(format!(
                "{}\n    in   {:?}\n    out  {:?}\n    kinds {kinds:?}, wanted {wanted:?}; leaked {leaked:?}; lost {lost:?}",
                case.name, case.input, masked.text
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} rows:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

/// Nothing where nothing is wanted; otherwise every wanted kind, where the line between a password, a key and
/// another secret is a matter of taste.
fn agree(kinds: &[Kind], wanted: &[Kind]) -> bool {
    let class = |kind: &Kind| match kind {
        Kind::Password | Kind::Secret | Kind::CloudKey | Kind::Bearer | Kind::Jwt => Kind::Secret,
        Kind::Track => Kind::Pan,
        other => *other,
    };
    let found: Vec<Kind> = kinds.iter().map(class).collect();
    wanted.is_empty() == kinds.is_empty() && wanted.iter().all(|kind| found.contains(&class(kind)))
}

proptest! {
    #[test]
    fn masking_twice_changes_nothing(text in "(password|cvv|pin|Bearer|token)?[=: ]{0,2}[0-9a-zA-Z =:-]{0,40}") {
        let once = mask(&text).text;
        prop_assert_eq!(mask(&once).text, once.clone());
    }

    #[test]
    fn no_valid_card_number_survives_whatever_stands_around_it(
        before in "[ ,a-z]{0,8}[ ,;:=]", body in prop::collection::vec(0u8..10, 9),
        gap in "[ -]?", after in "[ ,;]?[a-z ]{0,8}",
    ) {
        let mut digits: Vec<u8> = [4, 1, 1, 1, 1, 1].into_iter().chain(body).collect();
        let sum: u32 = digits.iter().rev().enumerate().map(|(place, d)| {
            let d = u32::from(*d);
            if place % 2 == 0 { if d > 4 { d * 2 - 9 } else { d * 2 } } else { d }
        }).sum();
        digits.push(((10 - sum % 10) % 10) as u8);
        let number: String = digits.chunks(4)
            .map(|group| group.iter().map(|d| char::from(b'0' + d)).collect::<String>())
            .collect::<Vec<_>>().join(&gap);
        let text = format!("{before}{number}{after}");
        prop_assert!(!mask(&text).text.contains(&number), "{}", text);
    }
}
