use super::*;
use proptest::prelude::*;
use rstest::rstest;
use serde::Deserialize;

mod cards;
mod innocent;
mod linear;
mod realistic;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    input: String,
    kinds: Vec<MaskKind>,
    gone: Vec<String>,
    kept: Vec<String>,
}

#[rstest]
#[case::first(include_str!("../../../tests/cases/masking.yaml"), 170)]
#[case::trust(include_str!("../../../tests/cases/masking-trust.yaml"), 760)]
#[case::kinds(include_str!("../../../tests/cases/masking-kinds.yaml"), 2560)]
fn every_row_of_the_table_holds(#[case] table: &str, #[case] at_least: usize) {
    let cases: Vec<Case> = serde_saphyr::from_str(table).unwrap();
    assert!(
        cases.len() >= at_least,
        "the table has {} rows",
        cases.len()
    );
    let wrong: Vec<String> = cases.iter().filter_map(judge).collect();
    assert!(
        wrong.is_empty(),
        "{} of {} rows:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

/// The problem of a row.
fn judge(case: &Case) -> Option<String> {
    let masked = mask(&case.input);
    let sorted = |kinds: Vec<MaskKind>| {
        let mut kinds = kinds;
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    };
    let kinds = sorted(masked.found.iter().map(|found| found.kind).collect());
    let wanted = sorted(case.kinds.clone());
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
    let holds = agree(&kinds, &wanted) && leaked.is_empty() && lost.is_empty();
    (!holds).then(|| {
        format!(
            "{}\n    in   {:?}\n    out  {:?}\n    kinds {kinds:?}, wanted {wanted:?}; leaked {leaked:?}; lost {lost:?}",
            case.name, case.input, masked.text
        )
    })
}

/// An empty `wanted` allows no mask; otherwise every wanted kind must be found. Passwords, keys and other secrets
/// count as one kind.
fn agree(kinds: &[MaskKind], wanted: &[MaskKind]) -> bool {
    let class = |kind: &MaskKind| match kind {
        MaskKind::Password
        | MaskKind::Secret
        | MaskKind::CloudKey
        | MaskKind::Bearer
        | MaskKind::Jwt
        | MaskKind::Pem => MaskKind::Secret,
        MaskKind::Track => MaskKind::Pan,
        other => *other,
    };
    let found: Vec<MaskKind> = kinds.iter().map(class).collect();
    wanted.is_empty() == kinds.is_empty() && wanted.iter().all(|kind| found.contains(&class(kind)))
}

/// Words that lead to a value or stand beside one.
const LEADS: [&str; 24] = [
    "the token is ",
    "Passwort lautet ",
    "creds: ops / ",
    "OTP ",
    "your code is ",
    "cvv ",
    "pin: ",
    "exp 11/29 ",
    "ZMK=",
    "{\"kty\":\"oct\",\"k\":\"",
    "<Password>",
    "--api-key ",
    "Authorization: Bearer ",
    "411111******1111 ",
    "]",
    "\"}",
    "'",
    ",",
    "\u{e9}",
    "９",
    " [masked secret]",
    "é=",
    "密码:",
    "\u{1b}[1m",
];

proptest! {
    #[test]
    fn masking_mixed_text_twice_changes_nothing_and_never_fails(
        parts in prop::collection::vec(
            prop_oneof![
                prop::sample::select(LEADS.as_slice()).prop_map(str::to_string),
                prop::sample::select(linear::HOSTILE.as_slice()).prop_map(str::to_string),
                "[a-zA-Z0-9]{1,24}",
                "[0-9]{3,16}",
                "\\PC{1,6}",
            ],
            1..8,
        )
    ) {
        let text = parts.concat();
        let once = mask(&text).text;
        prop_assert_eq!(mask(&once).text, once.clone(), "{:?}", text);
    }
}

proptest! {
    #[test]
    fn masking_twice_changes_nothing(text in "(password|cvv|pin|Bearer|token)?[=: ]{0,2}[0-9a-zA-Z =:-]{0,40}") {
        let once = mask(&text).text;
        prop_assert_eq!(mask(&once).text, once.clone());
    }
}
