//! Makes one alert from its JSON, with a list of what is wrong with it.

use super::super::lenient::{List, Pairs, Text};
use super::super::normalize::{Masker, alert_of, is_web};
use super::super::time::{TimeError, read_time};
use super::priority::AlertPriority;
use super::wire::{Wire, WireStatus};
use crate::alerts::Silence;
use crate::alerts::{Alert, AlertStart, AlertState, Condition, ImplausibleTime, plausible_start};
use crate::text::{Safe, Slug};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::sync::Arc;

/// Of the reasons for which an alert is suppressed.
const MAX_REASONS: usize = 8;
/// Of one alert, by id.
const MAX_SILENCES: usize = 64;
/// Reported of one alert.
const MAX_FAULTS: usize = 8;
/// Precedes the fingerprint of the inhibiting alert.
pub(super) const INHIBITED: &str = "inhibited by ";

pub(super) struct AlertBuilder {
    /// In words, by id.
    silences: HashMap<String, Safe>,
    masker: Masker,
    now: DateTime<Utc>,
    grafana: bool,
}

impl AlertBuilder {
    pub(super) fn new(
        silences: &[Silence],
        now: DateTime<Utc>,
        grafana: bool,
        priority: &AlertPriority,
    ) -> Self {
        let in_words =
            |silence: &Silence| (silence.id.to_string(), Safe::line(&silence.words(now)));
        Self {
            silences: silences.iter().map(in_words).collect(),
            masker: Masker::new(Arc::clone(&priority.labels), Arc::clone(&priority.ignored)),
            now,
            grafana,
        }
    }

    /// In words: part of the digest that finds changes.
    pub(super) fn silences_over(&self, wire: &Wire) -> Vec<&str> {
        let Ok(status) = &wire.status.0 else {
            return Vec::new();
        };
        let in_words = |id: &Text| self.silences.get(&id.text).map(Safe::as_str);
        let ids = status.silenced_by.items.iter();
        ids.filter_map(in_words).collect()
    }

    pub(super) fn make(&mut self, wire: Wire) -> Alert {
        let mut odd: Vec<String> = wire.labels.faults("labels").collect();
        let labels_are_odd = !odd.is_empty();
        odd.extend(wire.annotations.faults("annotations"));
        let (starts_at, start, fault) = self.start_of(&wire.starts_at);
        odd.extend(fault);
        odd.extend(wire.generator.fault("generatorURL"));
        let status = wire.status.0.unwrap_or_else(|kind| {
            odd.push(format!("status: {}, read as firing", kind.words()));
            WireStatus::default()
        });
        odd.extend(status.state.fault("state"));
        let state = match status.state.text.as_str() {
            "suppressed" => AlertState::Suppressed,
            // "unprocessed" precedes "active"; a state of a newer version is not hidden.
            _ => AlertState::Firing,
        };
        let condition = match self.grafana {
            true => condition(&wire.labels, &wire.annotations),
            false => Condition::Met,
        };
        let (labels, annotations) = (wire.labels.into_texts(), wire.annotations.into_texts());
        let mut alert = alert_of(&labels, &annotations, state, starts_at, &mut self.masker);
        (alert.start, alert.condition) = (start, condition);
        if labels_are_odd {
            alert.raw.set_incomplete();
        }
        self.suppressed(&mut alert, &status, &mut odd);
        if wire.generator.odd.is_none() && is_web(&wire.generator.text) {
            let query = self.masker.line(&wire.generator.text);
            alert.links.push(("query", query));
        }
        let more = odd.len().saturating_sub(MAX_FAULTS);
        odd.truncate(MAX_FAULTS);
        odd.extend((more > 0).then(|| format!("and {more} more faults")));
        alert.odd.extend(odd.iter().map(|what| Safe::line(what)));
        alert
    }

    /// The start, its basis, and what is wrong with it.
    fn start_of(&self, raw: &Text) -> (DateTime<Utc>, AlertStart, Option<String>) {
        const INSTEAD: &str = "counts from when it was first seen";
        let seen = |start: AlertStart, why: String| {
            (self.now, start, Some(format!("start: {why}; {INSTEAD}")))
        };
        if let Some(odd) = raw.odd {
            return seen(AlertStart::Seen, format!("{} and not a time", odd.words()));
        }
        let at = match read_time(&raw.text) {
            Ok(at) => at,
            Err(TimeError::Empty) => return seen(AlertStart::Seen, "none is given".into()),
            Err(why) => return seen(AlertStart::Seen, format!("{} {}", raw.text, why.words())),
        };
        match plausible_start(at, self.now) {
            Ok(at) => (at.min(self.now), AlertStart::Stated, None),
            // It has fired for long, whatever the first sight was.
            Err(why @ ImplausibleTime::Old) => seen(
                AlertStart::Unknown,
                format!("{} is {}", raw.text, why.word()),
            ),
            Err(why) => seen(AlertStart::Seen, format!("{} is {}", raw.text, why.word())),
        }
    }

    fn suppressed(&self, alert: &mut Alert, status: &WireStatus, odd: &mut Vec<String>) {
        let mut reasons = Vec::new();
        for id in read(&status.silenced_by, "silencedBy", odd) {
            alert.silenced_by.push(Slug::nearest(id));
            let in_words = self.silences.get(id).cloned();
            reasons.push(in_words.unwrap_or_else(|| Safe::line(&format!("silence {id}"))));
        }
        let others = [
            (INHIBITED.trim_end(), "inhibitedBy", &status.inhibited_by),
            ("muted in", "mutedBy", &status.muted_by),
        ];
        for (prefix, name, ids) in others {
            let all = read(ids, name, odd);
            reasons.extend(all.map(|id| Safe::line(&format!("{prefix} {id}"))));
        }
        let more = reasons.len().saturating_sub(MAX_REASONS);
        if more > 0 {
            reasons.truncate(MAX_REASONS);
            reasons.push(Safe::line(&format!("and {more} more")));
        }
        alert.silenced_by.truncate(MAX_SILENCES);
        alert.suppressed_by = reasons;
    }
}

/// Reports malformed items.
fn read<'l>(
    list: &'l List<Text>,
    name: &str,
    odd: &mut Vec<String>,
) -> impl Iterator<Item = &'l str> {
    odd.extend(list.odd.map(|kind| format!("{name}: {}", kind.words())));
    odd.extend(list.items.iter().filter_map(|id| id.fault(name)));
    let texts = list.items.iter().filter(|id| id.has_text());
    texts.map(|id| id.text.as_str())
}

/// Grafana fires for a rule without data and for one that fails, under its own alert names; the annotation
/// `grafana_state_reason` has the same if the rule keeps its name.
fn condition(labels: &Pairs, annotations: &Pairs) -> Condition {
    match (
        labels.get("alertname"),
        annotations.get("grafana_state_reason"),
    ) {
        (Some("DatasourceNoData"), _) | (_, Some("NoData")) => Condition::NoData,
        (Some("DatasourceError"), _) | (_, Some("Error")) => Condition::Error,
        _ => Condition::Met,
    }
}
