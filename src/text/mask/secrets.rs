//! Secrets and card authentication data, recognized by their form or by the word before them.

use super::hit::Hit;
use super::patterns::{GROUPS, Pattern, ROWS, WORDS};
use super::reference::is_reference;
use super::{decode, fields};
use regex::{Captures, Match, Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use std::sync::{LazyLock, OnceLock};

/// Cache size for the states of the hints, in bytes.
const CACHE: usize = 16 << 20;

struct Detector {
    row: &'static Pattern,
    /// Compiled at the first match of its hint: a start compiles none.
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

/// Whether a text contains any hint: most contain none, and one pass shows it.
static ANY_HINT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let hints: Vec<String> = DETECTORS.iter().map(|known| hint(known.row.hint)).collect();
    RegexBuilder::new(&hints.join("|"))
        .dfa_size_limit(CACHE)
        .build()
        .ok()
});

/// The hints one by one, in the order of the detectors.
static HINTS: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    RegexSetBuilder::new(DETECTORS.iter().map(|known| hint(known.row.hint)))
        .dfa_size_limit(CACHE)
        .build()
        .ok()
});

/// The expression of a row with its words replaced, case ignored, and ASCII word boundaries.
fn expression(of_row: &str) -> String {
    let written = WORDS
        .iter()
        .fold(of_row.to_string(), |text, (word, meaning)| {
            text.replace(word, meaning)
        });
    // ASCII letters only: a repeated class of all Unicode letters makes an expression too large.
    let ascii = written
        .replace(r"[\w", "[A-Za-z0-9_")
        .replace(r"\w", "[A-Za-z0-9_]");
    format!("(?i:{})", ascii.replace(r"\b", r"(?-u:\b)"))
}

/// A hint with case ignored; ASCII only if possible, which keeps the combined expression small.
fn hint(of_row: &str) -> String {
    let unicode = !of_row.is_ascii() || of_row.contains("[^") || of_row.contains(r"\s");
    let (flags, border) = if unicode {
        ("i", r"(?-u:\b)")
    } else {
        ("i-u", r"\b")
    };
    format!("(?{flags}:{})", of_row.replace(r"\b", border))
}

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
            let start = found.get(0).map_or(0, |whole| whole.start());
            for secret in secrets_of(&found) {
                let (before, value) = (&text[start..secret.start()], secret.as_str());
                let plain = decode::without_commands(value);
                // `…:secret:name` is the name of a resource.
                let resource = before.ends_with(':') && text[..start].ends_with(':');
                let is_secret = !resource
                    && !is_reference(value)
                    && !fields::is_said(before, value)
                    && (detector.row.looks)(before, &plain)
                    && !fields::is_amount(text, &secret.range());
                if is_secret {
                    hits.push(Hit::new(secret.range(), detector.row.kind));
                }
            }
        }
    }
    hits
}

/// The marked groups of a match; without marks, the whole match.
fn secrets_of<'t>(found: &Captures<'t>) -> Vec<Match<'t>> {
    let marked: Vec<Match<'t>> = GROUPS
        .iter()
        .filter_map(|group| found.name(group))
        .collect();
    match marked.is_empty() {
        true => found.get(0).into_iter().collect(),
        false => marked,
    }
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
