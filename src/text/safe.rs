//! Text that is safe to record, to show and to send.

use super::mask::{self, MaskKind, MaskedSpot};
use super::sanitize;
use std::borrow::Cow;
use std::sync::Arc;

/// Longest free text of one field, in bytes. A journal line contains commitments only, so this bounds
/// `disclosures.jsonl` and the screen, not the chain.
pub const MAX_BLOCK: usize = 16 * 1024;
/// Longest single-line text (titles, labels, summaries), in bytes.
pub const MAX_LINE: usize = 1024;
/// Raw bytes read per field; the rest is cut first.
const MAX_RAW: usize = 4 * MAX_BLOCK;

/// Text that is masked, free of terminal commands, and bounded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Safe {
    /// Shared: labels repeat thousands of times in a storm.
    text: Arc<str>,
    /// Boxed: most texts have none, and it is larger than the text.
    removed: Option<Box<Removed>>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Removed {
    found: Vec<MaskedSpot>,
    /// Characters beyond the limit.
    missing: usize,
}

impl Safe {
    /// One line of at most [`MAX_LINE`] bytes; ends with the number of characters that were cut.
    pub fn line(raw: &str) -> Self {
        Self::make(raw, sanitize::line, MAX_LINE)
    }

    /// Several lines of at most [`MAX_BLOCK`] bytes; ends with the number of characters that were cut.
    pub fn block(raw: &str) -> Self {
        Self::make(raw, sanitize::block, MAX_BLOCK)
    }

    /// The value of a label or field, in one line. A sensitive name masks the whole value (rule S1).
    pub fn field(name: &str, raw: &str) -> Self {
        Self::field_by(name, raw, mask::SensitiveNames::chosen())
    }

    pub fn field_by(name: &str, raw: &str, names: &mask::SensitiveNames) -> Self {
        match names.kind_of_field(name) {
            Some(kind) if !mask::is_taken_out(raw) => Self::hidden(kind, raw),
            _ => Self::line(raw),
        }
    }

    pub fn is_sensitive(name: &str) -> bool {
        mask::SensitiveNames::chosen().kind_of_field(name).is_some()
    }

    /// A value that is masked completely; the first and last digits of a card number may stay.
    fn hidden(kind: MaskKind, raw: &str) -> Self {
        let line = Self::line(raw);
        if kind == MaskKind::Pan && line.found().iter().any(|found| found.kind == kind) {
            return line;
        }
        Self {
            text: format!("[masked {}]", kind.word()).into(),
            removed: Some(Box::new(Removed {
                found: vec![MaskedSpot { kind, at: 0 }],
                missing: 0,
            })),
        }
    }

    fn make(raw: &str, clean: fn(&str) -> String, max: usize) -> Self {
        let (raw, beyond) = head(raw);
        let raw = &*raw;
        // Masked before sanitizing: a zero-width character between digits would otherwise become a visible break that
        // hides the number. Masked again after it: removed characters may join digits.
        let first = mask::mask(raw);
        // An invisible character inside a word hides it from the detectors: if the text without such characters shows
        // more, it replaces the text.
        let first = without_unseen(raw)
            .map(|seen| mask::mask(&seen))
            .filter(|other| other.found.len() > first.found.len())
            .unwrap_or(first);
        let cleaned = clean(&first.text);
        // A masked text that did not change contains nothing more.
        let second = (cleaned != first.text).then(|| mask::mask(&cleaned));
        let mut found = first.found;
        let text = second.map_or(cleaned, |second| {
            found.extend(second.found);
            second.text
        });
        let (text, missing) = sanitize::cut(text, max, beyond);
        let whole = found.is_empty() && missing == 0;
        Self {
            text: text.into(),
            removed: (!whole).then(|| Box::new(Removed { found, missing })),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn found(&self) -> &[MaskedSpot] {
        self.removed
            .as_ref()
            .map_or(&[], |removed| removed.found.as_slice())
    }

    /// Characters beyond the limit. The text ends with this number; text of people is refused instead of recorded in
    /// part.
    pub fn missing(&self) -> usize {
        self.removed.as_ref().map_or(0, |removed| removed.missing)
    }

    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }
}

impl std::fmt::Display for Safe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl serde::Serialize for Safe {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// `None` if it has no invisible character.
fn without_unseen(raw: &str) -> Option<String> {
    let has_unseen = !raw.is_ascii() && raw.chars().any(sanitize::is_invisible);
    has_unseen.then(|| {
        raw.chars()
            .filter(|c| !sanitize::is_invisible(*c))
            .collect()
    })
}

/// The first [`MAX_RAW`] bytes, and the number of characters after them. Cuts after a letter: half a number would not
/// be recognized.
fn head(raw: &str) -> (Cow<'_, str>, usize) {
    if raw.len() <= MAX_RAW {
        return (raw.into(), 0);
    }
    let end = sanitize::floor_char_boundary(raw, MAX_RAW);
    let kept = raw[..end].trim_end_matches(|c: char| !c.is_alphabetic());
    (kept.into(), raw[kept.len()..].chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_hidden_by_zero_width_characters_is_masked() {
        let safe = Safe::line("pan 4111\u{200B}1111\u{200B}1111\u{200B}1111 end");
        assert!(!safe.as_str().contains("1111\u{FFFD}1111"), "{safe}");
        assert!(safe.as_str().starts_with("pan 411111"), "{safe}");
        assert_eq!(safe.found().len(), 1);
    }

    #[test]
    fn a_secret_hidden_by_an_invisible_character_is_masked() {
        for hidden in [
            "AKIA\u{200B}IOSFODNN7EXAMPLE",
            "pass\u{AD}word=hunter2",
            "cv\u{200B}v: 123",
        ] {
            assert_eq!(Safe::line(hidden).found().len(), 1, "{hidden}");
        }
    }

    #[test]
    fn a_value_under_a_sensitive_name_is_masked_whatever_it_looks_like() {
        for (name, value, shown) in [
            ("db_password", "north", "[masked password]"),
            ("X-Api-Key", "a b c", "[masked secret]"),
            ("cvv", "not given", "[masked cvv]"),
            ("pan", "4111111111111111", "411111******1111"),
            ("pan", "4111111111111112", "[masked pan]"),
            ("pan", "411111******1111", "411111******1111"),
            ("password", "", ""),
            ("password", "[masked secret]", "[masked secret]"),
            ("severity", "critical", "critical"),
        ] {
            assert_eq!(Safe::field(name, value).as_str(), shown, "{name}");
        }
        let names =
            mask::SensitiveNames::new(&["merchant_ref".into()], &["token".into()], []).unwrap();
        assert_eq!(
            Safe::field_by("merchant_ref", "north", &names).as_str(),
            "[masked secret]"
        );
        assert_eq!(Safe::field_by("token", "north", &names).as_str(), "north");
    }

    #[test]
    fn a_cut_never_leaves_half_a_masked_number_in_clear() {
        let raw = format!("{}4111111111111111", "x".repeat(MAX_LINE - 8));
        assert!(!Safe::line(&raw).as_str().contains("41111111"));
    }

    #[test]
    fn a_cut_of_raw_text_never_leaves_half_a_number_in_clear() {
        for at in 1..16 {
            let marks = "\u{301}".repeat((MAX_RAW - 4 - at) / 2);
            let pad = "x".repeat(MAX_RAW - 4 - at - marks.len());
            let safe = Safe::block(&format!("ref{pad}{marks} 4111111111111111"));
            assert!(!safe.as_str().contains("4111"), "{at}: {safe}");
            assert!(safe.as_str().ends_with(" more)"), "{at}: {safe}");
        }
    }

    #[test]
    fn cards_written_one_behind_the_other_are_masked_however_many() {
        for count in [2, 15, 16, 200] {
            let safe = Safe::block(&"4111111111111111".repeat(count));
            assert!(!safe.as_str().contains("411111111"), "{count}: {safe}");
        }
    }

    #[test]
    fn an_enormous_label_is_bounded_and_says_how_much_is_missing() {
        let safe = Safe::block(&"a".repeat(50_000_000));
        assert!(safe.as_str().len() <= MAX_BLOCK);
        let kept = safe.as_str().chars().filter(|c| *c == 'a').count();
        // The word "characters" has two of them.
        assert_eq!(kept - 2 + safe.missing(), 50_000_000);
        let said = sanitize::grouped(safe.missing());
        assert!(
            safe.as_str()
                .ends_with(&format!("… ({said} characters more)"))
        );
    }

    #[test]
    fn what_is_within_the_limit_misses_nothing() {
        for text in ["", "short", &"é".repeat(MAX_LINE / 2)] {
            assert_eq!(Safe::line(text).missing(), 0);
        }
        let line = Safe::line(&"é".repeat(MAX_LINE / 2 + 1));
        assert!(line.missing() > 0 && line.as_str().len() <= MAX_LINE);
        // Read again, it is the same text, and the number does not change.
        assert_eq!(Safe::line(line.as_str()).as_str(), line.as_str());
    }
}
