//! Secrets and card authentication data, each recognized by its form or by the word before it.

use super::Hit;
use super::patterns::{ROWS, Row, WORDS};
use regex::{Captures, Match, Regex, RegexSet};
use std::sync::{LazyLock, OnceLock};

/// Groups of an expression that hold the secret; a second and third for expressions with alternatives.
const GROUPS: [&str; 3] = ["s", "t", "u"];

/// Words that stand where a value was taken out, by this program or another.
const TAKEN_OUT: [&str; 6] = [
    "masked", "redacted", "filtered", "hidden", "removed", "secret",
];

struct Detector {
    row: &'static Row,
    /// Compiled when its hint is first seen: a program that starts has seen none.
    pattern: OnceLock<Option<Regex>>,
}

impl Detector {
    fn pattern(&self) -> Option<&Regex> {
        let compile = || Regex::new(&expression(self.row.find)).ok();
        self.pattern.get_or_init(compile).as_ref()
    }
}

static DETECTORS: LazyLock<Vec<Detector>> = LazyLock::new(|| {
    ROWS.iter()
        .copied()
        .flatten()
        .map(|row| Detector {
            row,
            pattern: OnceLock::new(),
        })
        .collect()
});

/// Whether a text has any hint in it: most have none, and one pass says so.
static ANY_HINT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let hints: Vec<String> = DETECTORS.iter().map(|known| hint(known.row.hint)).collect();
    Regex::new(&hints.join("|")).ok()
});

/// The hints one by one, in the order of the detectors.
static HINTS: LazyLock<Option<RegexSet>> =
    LazyLock::new(|| RegexSet::new(DETECTORS.iter().map(|known| hint(known.row.hint))).ok());

/// The expression of a row with its words written out, without regard to case and with word borders of ASCII.
fn expression(of_row: &str) -> String {
    let written = WORDS
        .iter()
        .fold(of_row.to_string(), |text, (word, meaning)| {
            text.replace(word, meaning)
        });
    format!("(?i:{})", written.replace(r"\b", r"(?-u:\b)"))
}

/// A hint without regard to case; of ASCII only where it can be, which keeps the one expression of all small.
fn hint(of_row: &str) -> String {
    let unicode = !of_row.is_ascii() || of_row.contains("[^") || of_row.contains(r"\s");
    let (flags, border) = if unicode {
        ("i", r"(?-u:\b)")
    } else {
        ("i-u", r"\b")
    };
    format!("(?{flags}:{})", of_row.replace(r"\b", border))
}

/// Every secret in `text`.
pub(super) fn find(text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    if ANY_HINT.as_ref().is_some_and(|any| !any.is_match(text)) {
        return hits;
    }
    let hinted = HINTS.as_ref().map(|hints| hints.matches(text));
    for (at, detector) in DETECTORS.iter().enumerate() {
        if hinted.as_ref().is_some_and(|hinted| !hinted.matched(at)) {
            continue;
        }
        let Some(pattern) = detector.pattern() else {
            continue;
        };
        for found in pattern.captures_iter(text) {
            if let Some(secret) = secret_of(&found).filter(|secret| !is_reference(secret.as_str()))
            {
                hits.push(Hit::new(secret.range(), detector.row.kind));
            }
        }
    }
    hits
}

fn secret_of<'t>(found: &Captures<'t>) -> Option<Match<'t>> {
    GROUPS
        .iter()
        .find_map(|group| found.name(group))
        .or_else(|| found.get(0))
}

/// `$TOKEN`, `${TOKEN}`, `<token>` and `{{ token }}` name a secret without giving it, and a mask hides it: masking
/// twice must change nothing.
fn is_reference(value: &str) -> bool {
    let bare = value.trim_matches(['"', '\'']);
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    let taken_out = bare
        .trim_start_matches(['[', '<', '(', '*'])
        .to_ascii_lowercase();
    bare.strip_prefix('$')
        .is_some_and(|name| name.starts_with(['{', '(']) || is_name(name))
        || (bare.starts_with('<') && bare.ends_with('>'))
        || bare.starts_with("{{")
        || bare.chars().all(|c| matches!(c, '*' | '•' | '.' | '…'))
        || (bare.starts_with(['[', '<', '('])
            && TAKEN_OUT.iter().any(|word| taken_out.starts_with(word)))
        || ["null", "none", "nil", "true", "false"]
            .iter()
            .any(|word| bare.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_and_hint_compiles() {
        assert_eq!(
            DETECTORS.len(),
            ROWS.iter().map(|rows| rows.len()).sum::<usize>()
        );
        for detector in DETECTORS.iter() {
            assert!(detector.pattern().is_some(), "{}", detector.row.find);
        }
        assert!(ANY_HINT.is_some() && HINTS.is_some());
    }
}
