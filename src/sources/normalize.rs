//! Labels and annotations from outside become an [`Alert`]: bounded, sanitized, masked.

use crate::incident::Slug;
use crate::incident::observation::{Alert, AlertState, Condition};
use crate::text::Safe;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};

/// Most labels kept of one alert.
const MAX_LABELS: usize = 64;
/// Annotations that may hold a summary, the best first.
const SUMMARIES: [&str; 4] = ["summary", "message", "description", "title"];
/// Annotations that hold links, and what the screen calls them.
const LINKS: [(&str, &str); 5] = [
    ("runbook_url", "runbook"),
    ("runbook", "runbook"),
    ("dashboard_url", "dashboard"),
    ("dashboard", "dashboard"),
    ("__dashboardUid__", "dashboard"),
];

/// Makes lines safe, and remembers those that it has made: in a storm the same values come thousands of times.
#[derive(Debug, Default)]
pub(super) struct Masker {
    known: HashMap<String, Safe>,
}

/// Most values remembered, and the longest one.
const MAX_KNOWN: usize = 20_000;
const LONGEST_KNOWN: usize = 128;

impl Masker {
    /// [`Safe::line`], made once for each text.
    pub(super) fn line(&mut self, raw: &str) -> Safe {
        if let Some(known) = self.known.get(raw) {
            return known.clone();
        }
        let safe = Safe::line(raw);
        if raw.len() <= LONGEST_KNOWN && self.known.len() < MAX_KNOWN {
            self.known.insert(raw.to_string(), safe.clone());
        }
        safe
    }

    fn labels(&mut self, raw: &BTreeMap<String, String>) -> BTreeMap<String, Safe> {
        raw.iter()
            .take(MAX_LABELS)
            .map(|(name, value)| (self.line(name).to_string(), self.line(value)))
            .collect()
    }
}

/// Labels made safe.
pub(super) fn labels(raw: &BTreeMap<String, String>) -> BTreeMap<String, Safe> {
    Masker::default().labels(raw)
}

/// An alert from its labels and annotations.
pub fn alert_from_labels(
    raw_labels: &BTreeMap<String, String>,
    annotations: &BTreeMap<String, String>,
    state: AlertState,
    starts_at: DateTime<Utc>,
) -> Alert {
    alert_of(
        raw_labels,
        annotations,
        state,
        starts_at,
        &mut Masker::default(),
    )
}

/// The same, with values that were made safe before.
pub(super) fn alert_of(
    raw_labels: &BTreeMap<String, String>,
    annotations: &BTreeMap<String, String>,
    state: AlertState,
    starts_at: DateTime<Utc>,
    masker: &mut Masker,
) -> Alert {
    let labels = masker.labels(raw_labels);
    let name = labels
        .get("alertname")
        .cloned()
        .unwrap_or_else(|| Safe::line("(no alertname)"));
    let summary = SUMMARIES.iter().find_map(|key| annotations.get(*key));
    let mut links: Vec<(&'static str, Safe)> = Vec::new();
    for (key, title) in LINKS {
        if let Some(url) = annotations.get(key).filter(|url| is_web(url)) {
            links.push((title, masker.line(url)));
        }
    }
    Alert {
        key: key_of(&labels),
        name,
        summary: summary.map(|text| masker.line(text)).unwrap_or_default(),
        labels,
        state,
        suppressed_by: Vec::new(),
        silenced_by: Vec::new(),
        starts_at,
        links,
        condition: Condition::Met,
    }
}

/// Whether a link may be offered to open: only web addresses, never `file:` or a program's own scheme.
pub(super) fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// A digest of the masked labels: it says nothing about what was masked.
fn key_of(labels: &BTreeMap<String, Safe>) -> Slug {
    let mut hash = Sha256::new();
    for (name, value) in labels {
        hash.update(name.as_bytes());
        hash.update([0]);
        hash.update(value.as_str().as_bytes());
        hash.update([0]);
    }
    let digest = hash.finalize();
    let hex: String = digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Slug::nearest(&hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> BTreeMap<String, String> {
        list.iter()
            .map(|(k, v)| ((*k).to_string(), (*v).to_string()))
            .collect()
    }

    fn alert(labels: &[(&str, &str)], annotations: &[(&str, &str)], state: AlertState) -> Alert {
        alert_from_labels(
            &pairs(labels),
            &pairs(annotations),
            state,
            DateTime::UNIX_EPOCH,
        )
    }

    #[test]
    fn hostile_labels_are_safe_before_anybody_sees_them() {
        let labels = [
            ("alertname", "\u{1b}[2JPay\u{202E}ments"),
            ("pan", "4111 1111 1111 1111"),
        ];
        let alert = alert(
            &labels,
            &[("summary", "Bearer abcdef0123456789")],
            AlertState::Firing,
        );
        let text = format!("{alert:?}");
        assert!(
            !text.contains('\u{1b}') && !text.contains("\\u{1b}") && !text.contains("1111 1111")
        );
        assert!(!text.contains("abcdef0123456789"));
    }

    #[test]
    fn the_key_does_not_depend_on_what_was_masked() {
        let one = alert(&[("pan", "4111111111111111")], &[], AlertState::Suppressed);
        let two = alert(&[("pan", "4111110000001111")], &[], AlertState::Firing);
        assert_eq!(one.key == two.key, one.labels == two.labels);
    }

    #[test]
    fn only_web_links_are_offered() {
        let links = [
            ("runbook_url", "https://runbooks.example/x"),
            ("dashboard", "file:///etc/passwd"),
        ];
        assert_eq!(alert(&[], &links, AlertState::Firing).links.len(), 1);
    }
}
