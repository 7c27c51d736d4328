//! The alerts of an answer, read one by one while it arrives: made safe, each once, and not made anew where nothing
//! has changed since the last poll.

use super::super::normalize::{Masker, alert_of, is_web};
use super::super::silence::Silence;
use crate::incident::alerts::Gathered;
use crate::incident::observation::{Alert, AlertState, Condition};
use crate::text::{Safe, Slug};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash, RandomState};
use std::io::{BufReader, Read};
use std::sync::Arc;

/// Most alerts taken from one poll.
const MAX_ALERTS: usize = 60_000;
/// Most reasons kept for which an alert is suppressed.
const MAX_REASONS: usize = 8;

/// An alert as Alertmanager writes it. Every field may be absent in some version.
#[derive(Deserialize, Hash)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
    starts_at: Option<DateTime<Utc>>,
    #[serde(default, rename = "generatorURL")]
    generator: Option<String>,
    #[serde(default)]
    status: WireStatus,
}

#[derive(Deserialize, Default, Hash)]
#[serde(rename_all = "camelCase", default)]
struct WireStatus {
    state: String,
    silenced_by: Vec<String>,
    inhibited_by: Vec<String>,
    muted_by: Vec<String>,
}

/// What the last poll brought, by a digest of all that an alert is made from.
#[derive(Debug, Default)]
pub(super) struct Memory {
    hasher: RandomState,
    alerts: HashMap<u64, Arc<Alert>>,
}

/// Reads an answer.
pub(super) fn read(
    body: &mut dyn Read,
    memory: &mut Memory,
    silences: &[Silence],
    now: DateTime<Utc>,
    grafana: bool,
) -> Result<Gathered, serde_json::Error> {
    let reader = Reader {
        told: silences
            .iter()
            .map(|silence| (silence.id.to_string(), Safe::line(&silence.words(now))))
            .collect(),
        masker: Masker::default(),
        memory,
        next: HashMap::new(),
        places: HashMap::new(),
        gathered: Gathered::default(),
        now,
        grafana,
    };
    let mut deserializer =
        serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 16, body));
    let gathered = reader.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(gathered)
}

struct Reader<'m> {
    told: HashMap<String, Safe>,
    masker: Masker,
    memory: &'m mut Memory,
    next: HashMap<u64, Arc<Alert>>,
    places: HashMap<Slug, usize>,
    gathered: Gathered,
    now: DateTime<Utc>,
    grafana: bool,
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Gathered;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Gathered, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Gathered;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of alerts")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut alerts: A) -> Result<Gathered, A::Error> {
        while let Some(wire) = alerts.next_element::<Wire>()? {
            if self.gathered.alerts.len() >= MAX_ALERTS {
                self.gathered.dropped += 1;
                continue;
            }
            self.take(wire);
        }
        self.memory.alerts = self.next;
        Ok(self.gathered)
    }
}

impl Reader<'_> {
    fn take(&mut self, wire: Wire) {
        let told: Vec<&Safe> = wire
            .status
            .silenced_by
            .iter()
            .filter_map(|id| self.told.get(id))
            .collect();
        let digest = self.memory.hasher.hash_one((
            &wire,
            told.iter().map(|text| text.as_str()).collect::<Vec<_>>(),
        ));
        let alert = match self.memory.alerts.get(&digest) {
            Some(known) => Arc::clone(known),
            None => Arc::new(self.make(wire)),
        };
        self.next.insert(digest, Arc::clone(&alert));
        // Two alerts that differ only in what was masked are one here: the earlier start counts, firing wins.
        match self.places.get(&alert.key) {
            None => {
                self.places
                    .insert(alert.key.clone(), self.gathered.alerts.len());
                self.gathered.alerts.push(alert);
            }
            Some(place) => {
                let known = Arc::make_mut(&mut self.gathered.alerts[*place]);
                known.starts_at = known.starts_at.min(alert.starts_at);
                if alert.state == AlertState::Firing {
                    known.state = AlertState::Firing;
                }
            }
        }
    }

    fn make(&mut self, wire: Wire) -> Alert {
        let state = match wire.status.state.as_str() {
            "suppressed" => AlertState::Suppressed,
            // "unprocessed" is on its way to "active"; a state of a newer version is not hidden.
            _ => AlertState::Firing,
        };
        let starts_at = wire.starts_at.unwrap_or(self.now);
        let mut alert = alert_of(
            &wire.labels,
            &wire.annotations,
            state,
            starts_at,
            &mut self.masker,
        );
        let mut reasons = Vec::new();
        for id in wire.status.silenced_by.iter().take(MAX_REASONS) {
            alert.silenced_by.push(Slug::nearest(id));
            let told = self.told.get(id).cloned();
            reasons.push(told.unwrap_or_else(|| Safe::line(&format!("silence {id}"))));
        }
        let others = [
            ("inhibited by", &wire.status.inhibited_by),
            ("muted in", &wire.status.muted_by),
        ];
        for (prefix, ids) in others {
            reasons.extend(
                ids.iter()
                    .take(MAX_REASONS)
                    .map(|id| Safe::line(&format!("{prefix} {id}"))),
            );
        }
        reasons.truncate(MAX_REASONS);
        alert.suppressed_by = reasons;
        let generator = wire.generator.filter(|url| is_web(url));
        alert
            .links
            .extend(generator.map(|url| ("query", Safe::line(&url))));
        if self.grafana {
            alert.condition = condition(&wire.labels, &wire.annotations);
        }
        alert
    }
}

/// Grafana fires for a rule without data and for one that fails, under names of its own; the annotation
/// `grafana_state_reason` tells the same where the rule is told to keep its name.
fn condition(
    labels: &BTreeMap<String, String>,
    annotations: &BTreeMap<String, String>,
) -> Condition {
    let reason = annotations.get("grafana_state_reason").map(String::as_str);
    match (labels.get("alertname").map(String::as_str), reason) {
        (Some("DatasourceNoData"), _) | (_, Some("NoData")) => Condition::NoData,
        (Some("DatasourceError"), _) | (_, Some("Error")) => Condition::Error,
        _ => Condition::Met,
    }
}
