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
    #[serde(default)]
    fingerprint: String,
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

/// Reads an answer into a list.
pub(super) fn gather(
    body: &mut dyn Read,
    memory: &mut Memory,
    maker: Maker,
) -> Result<Gathered, serde_json::Error> {
    let mut gatherer = Gatherer {
        maker,
        memory,
        next: HashMap::new(),
        places: HashMap::new(),
        names: HashMap::new(),
        gathered: Gathered::default(),
    };
    let dropped = each_wire(body, &mut |wire| gatherer.take(wire))?;
    let Gatherer {
        memory,
        next,
        mut gathered,
        names,
        ..
    } = gatherer;
    name_inhibitors(&mut gathered.alerts, &names);
    memory.alerts = next;
    gathered.dropped = dropped;
    Ok(gathered)
}

/// Hands each alert of an answer on, and keeps none. Gives how many were beyond the limit.
pub(super) fn each(
    body: &mut dyn Read,
    mut maker: Maker,
    sink: &mut dyn FnMut(Alert),
) -> Result<usize, serde_json::Error> {
    each_wire(body, &mut |wire| sink(maker.make(wire)))
}

fn each_wire(body: &mut dyn Read, take: &mut dyn FnMut(Wire)) -> Result<usize, serde_json::Error> {
    let mut deserializer =
        serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 16, body));
    let dropped = Elements(take).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(dropped)
}

/// Goes through the list one by one.
struct Elements<'t>(&'t mut dyn FnMut(Wire));

impl<'de> DeserializeSeed<'de> for Elements<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of alerts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut alerts: A) -> Result<usize, A::Error> {
        let (mut taken, mut dropped) = (0, 0);
        while taken < MAX_ALERTS
            && let Some(wire) = alerts.next_element::<Wire>()?
        {
            (self.0)(wire);
            taken += 1;
        }
        while alerts.next_element::<serde::de::IgnoredAny>()?.is_some() {
            dropped += 1;
        }
        Ok(dropped)
    }
}

struct Gatherer<'m> {
    maker: Maker,
    memory: &'m mut Memory,
    next: HashMap<u64, Arc<Alert>>,
    places: HashMap<Slug, usize>,
    /// Names by fingerprint: an inhibition names the alert behind it by that.
    names: HashMap<String, Safe>,
    gathered: Gathered,
}

/// Before the fingerprint of the alert that inhibits.
const INHIBITED: &str = "inhibited by ";

/// Says by which alert others are inhibited, where its name was read.
fn name_inhibitors(alerts: &mut [Arc<Alert>], names: &HashMap<String, Safe>) {
    let name = |by: &Safe| names.get(by.as_str().strip_prefix(INHIBITED)?).cloned();
    for alert in alerts {
        if alert.suppressed_by.iter().all(|by| name(by).is_none()) {
            continue;
        }
        for by in &mut Arc::make_mut(alert).suppressed_by {
            if let Some(name) = name(by) {
                *by = Safe::line(&format!("{INHIBITED}{name}"));
            }
        }
    }
}

impl Gatherer<'_> {
    fn take(&mut self, mut wire: Wire) {
        let fingerprint = std::mem::take(&mut wire.fingerprint);
        let digest = self
            .memory
            .hasher
            .hash_one((&wire, self.maker.told_of(&wire)));
        let alert = match self.memory.alerts.get(&digest) {
            Some(known) => Arc::clone(known),
            None => Arc::new(self.maker.make(wire)),
        };
        self.next.insert(digest, Arc::clone(&alert));
        if !fingerprint.is_empty() {
            self.names.insert(fingerprint, alert.name.clone());
        }
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
}

/// Makes an alert from what was read.
pub(super) struct Maker {
    told: HashMap<String, Safe>,
    masker: Masker,
    now: DateTime<Utc>,
    grafana: bool,
}

impl Maker {
    /// With what is known of silences.
    pub(super) fn new(silences: &[Silence], now: DateTime<Utc>, grafana: bool) -> Self {
        let told = |silence: &Silence| (silence.id.to_string(), Safe::line(&silence.words(now)));
        Self {
            told: silences.iter().map(told).collect(),
            masker: Masker::default(),
            now,
            grafana,
        }
    }

    /// What is said of the silences over an alert: it changes with them.
    fn told_of(&self, wire: &Wire) -> Vec<&str> {
        let told = |id: &String| self.told.get(id).map(Safe::as_str);
        wire.status.silenced_by.iter().filter_map(told).collect()
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
            (INHIBITED.trim_end(), &wire.status.inhibited_by),
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
            .extend(generator.map(|url| ("query", self.masker.line(&url))));
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
