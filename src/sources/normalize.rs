//! Labels and annotations from outside become an [`Alert`]: bounded, sanitized, masked.

use crate::alerts::RawLabels;
use crate::alerts::{Alert, AlertStart, AlertState, Condition};
use crate::incident::Slug;
use crate::text::{MAX_LINE, Safe, hex};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Of one alert.
const MAX_LABELS: usize = 64;
/// Labels that decide the handling of an alert or distinguish it on the screen: they are left out last. The intake
/// policy adds more.
pub const DECIDING: [&str; 14] = [
    "alertname",
    "severity",
    "service",
    "path",
    "job",
    "region",
    "cluster",
    "environment",
    "env",
    "namespace",
    "team",
    "instance",
    "rulename",
    "grafana_folder",
];
/// Annotations that may contain a summary, the best first.
const SUMMARIES: [&str; 4] = ["summary", "message", "description", "title"];
/// Annotations with links, and the names of the links on the screen.
const LINKS: [(&str, &str); 5] = [
    ("runbook_url", "runbook"),
    ("runbook", "runbook"),
    ("dashboard_url", "dashboard"),
    ("dashboard", "dashboard"),
    ("__dashboardUid__", "dashboard"),
];

/// Labels that only name one of several equal servers: by default they are ignored when alerts are counted.
pub const IGNORED: [&str; 6] = [
    "replica",
    "prometheus_replica",
    "__replica__",
    "rule_replica",
    "ruler_replica",
    "thanos_ruler_replica",
];

pub(super) fn ignored_by_default() -> Arc<BTreeSet<String>> {
    Arc::new(IGNORED.map(str::to_string).into())
}

/// Caches safe lines: in a storm the same values come thousands of times.
#[derive(Debug)]
pub(super) struct Masker {
    known: HashMap<String, Safe>,
    deciding: Arc<BTreeSet<String>>,
    ignored: Arc<BTreeSet<String>>,
}

impl Default for Masker {
    fn default() -> Self {
        Self::new(Arc::default(), ignored_by_default())
    }
}

/// Of the cache, and of one value in it.
const MAX_KNOWN: usize = 20_000;
const LONGEST_KNOWN: usize = 128;

pub(super) struct SafeLabels {
    pub(super) kept: BTreeMap<String, Safe>,
    /// Beyond the limit.
    left_out: u32,
    /// The first half of a digest of all labels, left-out ones included: which are kept may change with the policy.
    key: Slug,
}

impl Masker {
    pub(super) fn new(deciding: Arc<BTreeSet<String>>, ignored: Arc<BTreeSet<String>>) -> Self {
        Self {
            known: HashMap::new(),
            deciding,
            ignored,
        }
    }

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

    /// [`Safe::field`] with the cache. The value of a sensitive name is not read.
    pub(super) fn field(&mut self, name: &str, raw: &str) -> Safe {
        match Safe::is_sensitive(name) {
            true => Safe::field(name, raw),
            false => self.line(raw),
        }
    }

    fn decides(&self, name: &str) -> bool {
        DECIDING.contains(&name) || self.deciding.contains(name)
    }

    pub(super) fn labels(&mut self, raw: &BTreeMap<String, String>) -> SafeLabels {
        let mut hash = Sha256::new();
        let mut add = |text: &str| {
            hash.update(text.as_bytes());
            hash.update([0]);
        };
        let mut space =
            MAX_LABELS.saturating_sub(raw.keys().filter(|name| self.decides(name)).count());
        let mut kept = BTreeMap::new();
        let mut left_out = 0;
        for (raw_name, raw_value) in raw {
            let (name, value) = (self.line(raw_name), self.field(raw_name, raw_value));
            if !self.ignored.contains(raw_name) {
                add(name.as_str());
                add(value.as_str());
                // A value that is cut on the screen still distinguishes two alerts.
                let is_shown = !Safe::is_sensitive(raw_name);
                let whole =
                    (raw_value.len() > MAX_LINE && is_shown).then(|| Safe::block(raw_value));
                whole.iter().for_each(|whole| add(whole.as_str()));
                // So does a replaced value; a masked one does not.
                for (safe, raw) in [
                    (&name, raw_name),
                    (whole.as_ref().unwrap_or(&value), raw_value),
                ] {
                    if safe.as_str() != raw && safe.found().is_empty() {
                        add(raw);
                    }
                }
            }
            let decides = self.decides(raw_name);
            if decides || space > 0 {
                space = space.saturating_sub(usize::from(!decides));
                kept.insert(name.to_string(), value);
            } else {
                left_out += 1;
            }
        }
        SafeLabels {
            kept,
            left_out,
            key: Slug::nearest(&hex(&hash.finalize()[..8])),
        }
    }
}

pub(super) fn labels(raw: &BTreeMap<String, String>) -> BTreeMap<String, Safe> {
    Masker::default().labels(raw).kept
}

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

pub(super) fn alert_of(
    raw_labels: &BTreeMap<String, String>,
    annotations: &BTreeMap<String, String>,
    state: AlertState,
    starts_at: DateTime<Utc>,
    masker: &mut Masker,
) -> Alert {
    let labels = masker.labels(raw_labels);
    let name = labels
        .kept
        .get("alertname")
        .cloned()
        .unwrap_or_else(|| Safe::line("(no alertname)"));
    let summary = SUMMARIES
        .iter()
        .find_map(|key| Some((*key, annotations.get(*key)?)));
    let mut links: Vec<(&'static str, Safe)> = Vec::new();
    for (key, title) in LINKS {
        if let Some(url) = annotations.get(key).filter(|url| is_web(url)) {
            links.push((title, masker.field(key, url)));
        }
    }
    let mut odd = Vec::new();
    if labels.left_out > 0 {
        let all = raw_labels.len();
        odd.push(Safe::line(&format!(
            "{} of {all} labels left out",
            labels.left_out
        )));
    }
    Alert {
        key: labels.key,
        name,
        summary: summary
            .map(|(key, text)| masker.field(key, text))
            .unwrap_or_default(),
        raw: RawLabels::of(raw_labels, &labels.kept),
        labels: labels.kept,
        state,
        suppressed_by: Vec::new(),
        silenced_by: Vec::new(),
        starts_at,
        start: AlertStart::Stated,
        odd,
        left_out: labels.left_out,
        links,
        condition: Condition::Met,
    }
}

/// A link that may be offered to open: never `file:` or a program's own scheme.
pub(super) fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
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
    fn a_label_of_a_sensitive_name_is_masked_whatever_its_value_looks_like() {
        let one = alert(
            &[
                ("alertname", "Down"),
                ("db_password", "north"),
                ("api_token", "1"),
            ],
            &[],
            AlertState::Firing,
        );
        assert_eq!(one.labels["db_password"].as_str(), "[masked password]");
        assert_eq!(one.labels["api_token"].as_str(), "[masked secret]");
        assert_eq!(one.name.as_str(), "Down");
        let other = alert(
            &[
                ("alertname", "Down"),
                ("db_password", "south"),
                ("api_token", "2"),
            ],
            &[],
            AlertState::Firing,
        );
        // The key covers masked labels: it discloses nothing that was masked.
        assert_eq!(one.key, other.key);
    }

    #[test]
    fn labels_that_decide_are_never_sensitive_by_default() {
        for name in DECIDING.iter().chain(&SUMMARIES) {
            assert!(!Safe::is_sensitive(name), "{name}");
        }
    }

    #[test]
    fn the_key_does_not_depend_on_what_was_masked() {
        let one = alert(&[("pan", "4111111111111111")], &[], AlertState::Suppressed);
        let two = alert(&[("pan", "4111111000071111")], &[], AlertState::Firing);
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
