//! The alerts of all sources as one list: each once, sorted, grouped, judged by the intake policy, and searchable. The
//! list is made when a poll arrives, which may take a while; using it does not.

use super::alert::{Alert, AlertState};
use super::answer::{AnswerGaps, SourceAlerts};
use super::intake::Intake;
use crate::text::{Safe, Slug, SourceId};
use chrono::{DateTime, Utc};
use memchr::memmem::Finder;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq)]
pub struct AlertGroup {
    /// Name, severity and state: a cursor stays on its group by this key.
    pub key: String,
    pub name: Safe,
    pub members: Vec<u32>,
    pub oldest: DateTime<Utc>,
    /// What all members share of the `COARSE` labels.
    pub shared: Vec<(&'static str, Safe)>,
    /// Number of members that were not read completely.
    pub odd: usize,
}

/// Labels that divide alerts, the coarsest first.
const COARSE: [&str; 4] = ["path", "service", "job", "region"];

#[derive(Debug, Clone, PartialEq, Default)]
pub struct AlertIndex {
    alerts: Vec<Arc<Alert>>,
    from: Vec<u16>,
    sources: Vec<(SourceId, AnswerGaps)>,
    /// Further sources of an alert that several have.
    also: BTreeMap<u32, Vec<u16>>,
    ignored: BTreeSet<String>,
    /// Lower-cased text of each alert; a filter searches it.
    haystacks: Vec<Box<str>>,
    by_key: Vec<u32>,
    taken: BTreeMap<usize, Vec<u32>>,
    groups: Vec<AlertGroup>,
    suppressed: usize,
    heartbeats: usize,
    odd: BTreeMap<SourceId, (usize, String)>,
}

/// Order of severities as labels name them; unknown names come last.
pub fn rank(alert: &Alert) -> u8 {
    match &*alert.label("severity").to_ascii_lowercase() {
        "critical" | "page" | "emergency" | "sev1" | "crit" | "fatal" | "p1" => 0,
        "error" | "high" | "major" | "sev2" | "p2" => 1,
        "warning" | "warn" | "medium" => 2,
        "info" | "low" | "notice" => 3,
        _ => 4,
    }
}

/// A heartbeat alert fires all the time to show that alerting works: `Watchdog` in many rule sets.
fn is_heartbeat(alert: &Alert) -> bool {
    let named = ["Watchdog", "DeadMansSwitch", "DeadMansSnitch"].contains(&alert.name.as_str());
    let harmless = ["", "none"].contains(&alert.label("severity"));
    named && harmless && alert.state != AlertState::Suppressed
}

impl AlertIndex {
    /// Where sources disagree about an alert, firing counts.
    pub fn new(gathered: &BTreeMap<SourceId, SourceAlerts>, intake: &Intake) -> Self {
        let mut found: HashMap<&Slug, (u16, &Arc<Alert>)> = HashMap::new();
        let mut several: HashMap<&Slug, Several<'_>> = HashMap::new();
        for (source, (_, set)) in gathered.iter().enumerate() {
            for alert in &set.alerts {
                let known = found.entry(&alert.key).or_insert((source as u16, alert));
                if known.0 != source as u16 {
                    let several = several.entry(&alert.key).or_default();
                    several.sources.extend([known.0, source as u16]);
                    several.take(known.1, alert);
                }
                if known.1.state != AlertState::Firing && alert.state == AlertState::Firing {
                    *known = (source as u16, alert);
                }
            }
        }
        let found = found.into_values();
        let mut all: Vec<(u8, u16, &Arc<Alert>)> = found
            .map(|(source, alert)| (rank(alert), source, alert))
            .collect();
        all.sort_unstable_by(|(a_rank, _, a), (b_rank, _, b)| {
            (a.state, a_rank, a.starts_at, &a.key).cmp(&(b.state, b_rank, b.starts_at, &b.key))
        });
        let mut alerts: Vec<Arc<Alert>> =
            all.iter().map(|(_, _, alert)| Arc::clone(alert)).collect();
        let mut also = BTreeMap::new();
        for (at, alert) in alerts.iter_mut().enumerate() {
            if let Some(several) = several.remove(&alert.key) {
                also.insert(at as u32, several.sources.into_iter().collect());
                for other in several.others {
                    let Alert { raw, labels, .. } = Arc::make_mut(alert);
                    raw.join(labels, &other.raw, &other.labels);
                }
            }
        }
        let mut by_key: Vec<u32> = (0..alerts.len() as u32).collect();
        by_key.sort_unstable_by(|a, b| alerts[*a as usize].key.cmp(&alerts[*b as usize].key));
        let sources = gathered
            .iter()
            .map(|(name, set)| (name.clone(), set.gaps.clone()));
        let ignored = gathered
            .values()
            .flat_map(|set| set.ignored.iter().cloned());
        let count = |counts: fn(&Alert) -> bool| alerts.iter().filter(|it| counts(it)).count();
        Self {
            from: all.iter().map(|(_, source, _)| *source).collect(),
            sources: sources.collect(),
            also,
            ignored: ignored.collect(),
            haystacks: alerts.iter().map(|alert| haystack(alert)).collect(),
            by_key,
            taken: judged(&alerts, intake),
            groups: grouped(&alerts),
            suppressed: count(|alert| alert.state == AlertState::Suppressed),
            heartbeats: count(is_heartbeat),
            odd: faults(gathered),
            alerts,
        }
    }

    /// Firing alerts first, then by severity and start.
    pub fn alerts(&self) -> &[Arc<Alert>] {
        &self.alerts
    }

    /// Firing groups first, then by severity and oldest start.
    pub fn groups(&self) -> &[AlertGroup] {
        &self.groups
    }

    pub fn firing(&self) -> usize {
        self.alerts.len() - self.suppressed
    }

    pub fn heartbeats(&self) -> usize {
        self.heartbeats
    }

    pub fn suppressed(&self) -> usize {
        self.suppressed
    }

    pub fn dropped(&self) -> usize {
        self.sources.iter().map(|(_, gaps)| gaps.dropped).sum()
    }

    pub fn gaps(&self) -> impl Iterator<Item = (&SourceId, &AnswerGaps)> {
        let all = self.sources.iter().map(|(name, gaps)| (name, gaps));
        all.filter(|(_, gaps)| gaps.any())
    }

    pub fn odd(&self, source: &SourceId) -> Option<(usize, &str)> {
        let (count, first) = self.odd.get(source)?;
        Some((*count, first))
    }

    pub fn sources(&self) -> impl Iterator<Item = &SourceId> {
        self.sources.iter().map(|(name, _)| name)
    }

    pub fn source(&self, at: u32) -> Option<&SourceId> {
        let source = *self.from.get(at as usize)?;
        self.sources.get(source as usize).map(|(name, _)| name)
    }

    pub fn is_at(&self, source: &SourceId, at: u32) -> bool {
        let named = |number: &u16| {
            let known = self.sources.get(*number as usize);
            known.is_some_and(|(name, _)| name == source)
        };
        let also = self.also.get(&at).into_iter().flatten();
        self.from
            .get(at as usize)
            .into_iter()
            .chain(also)
            .any(named)
    }

    pub fn ignored(&self) -> &BTreeSet<String> {
        &self.ignored
    }

    pub fn get(&self, key: &Slug) -> Option<(u32, &Arc<Alert>)> {
        let by_key = |at: &u32| self.alerts[*at as usize].key.cmp(key);
        let at = *self
            .by_key
            .get(self.by_key.binary_search_by(by_key).ok()?)?;
        Some((at, self.alerts.get(at as usize)?))
    }

    /// Positions that each intake rule takes, by the rule's number in the policy.
    pub fn taken(&self) -> impl Iterator<Item = (usize, &[u32])> {
        let taken = self.taken.iter();
        taken.map(|(rule, positions)| (*rule, positions.as_slice()))
    }

    /// Positions whose text contains all of these lower-case words; among `within` if that is given.
    pub fn search(&self, words: &[String], within: Option<&[u32]>) -> Vec<u32> {
        let finders = words.iter().map(|word| Finder::new(word.as_bytes()));
        let finders: Vec<Finder<'_>> = finders.collect();
        let has = |at: &u32| {
            let text = self.haystacks[*at as usize].as_bytes();
            finders.iter().all(|finder| finder.find(text).is_some())
        };
        match within {
            Some(within) => within.iter().copied().filter(has).collect(),
            None => (0..self.alerts.len() as u32).filter(has).collect(),
        }
    }
}

#[derive(Default)]
struct Several<'a> {
    sources: BTreeSet<u16>,
    /// Those with other raw labels.
    others: Vec<&'a Alert>,
}

impl<'a> Several<'a> {
    fn take(&mut self, known: &'a Alert, other: &'a Alert) {
        if known.raw != other.raw || known.labels != other.labels {
            self.others.extend([known, other]);
        }
    }
}

fn faults(gathered: &BTreeMap<SourceId, SourceAlerts>) -> BTreeMap<SourceId, (usize, String)> {
    let mut all = BTreeMap::new();
    for (source, set) in gathered {
        for alert in &set.alerts {
            if let Some(fault) = alert.odd.first() {
                let first = || (0, format!("{}: {fault}", alert.name));
                all.entry(source.clone()).or_insert_with(first).0 += 1;
            }
        }
    }
    all
}

/// Everything that a person may search for: name, summary, labels, silences and inhibitions.
fn haystack(alert: &Alert) -> Box<str> {
    let mut text = String::with_capacity(256);
    let mut add = |part: &str| {
        text.push_str(part);
        text.push(' ');
    };
    add(alert.name.as_str());
    add(alert.summary.as_str());
    for by in &alert.suppressed_by {
        add(by.as_str());
    }
    for (name, value) in &alert.labels {
        text.push_str(name);
        text.push('=');
        text.push_str(value.as_str());
        text.push(' ');
    }
    if text.is_ascii() {
        text.make_ascii_lowercase();
        text.into_boxed_str()
    } else {
        text.to_lowercase().into_boxed_str()
    }
}

fn judged(alerts: &[Arc<Alert>], intake: &Intake) -> BTreeMap<usize, Vec<u32>> {
    let mut taken: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
    for (at, alert) in alerts.iter().enumerate() {
        if let Some(rule) = intake.rule_number(alert) {
            taken.entry(rule).or_default().push(at as u32);
        }
    }
    taken
}

fn grouped(alerts: &[Arc<Alert>]) -> Vec<AlertGroup> {
    let mut places: HashMap<(AlertState, u8, &str), usize> = HashMap::new();
    let mut groups: Vec<(AlertState, u8, AlertGroup)> = Vec::new();
    for (at, alert) in alerts.iter().enumerate() {
        let (state, rank) = (alert.state, rank(alert));
        let place = *places
            .entry((state, rank, alert.name.as_str()))
            .or_insert_with(|| {
                let group = AlertGroup {
                    key: format!("{state:?} {rank} {}", alert.name),
                    name: alert.name.clone(),
                    members: Vec::new(),
                    oldest: alert.starts_at,
                    shared: COARSE
                        .iter()
                        .filter_map(|label| Some((*label, alert.labels.get(*label)?.clone())))
                        .collect(),
                    odd: 0,
                };
                groups.push((state, rank, group));
                groups.len() - 1
            });
        let (_, _, group) = &mut groups[place];
        group.members.push(at as u32);
        group.oldest = group.oldest.min(alert.starts_at);
        group.odd += usize::from(!alert.odd.is_empty());
        let same = |(label, value): &(&str, Safe)| alert.labels.get(*label) == Some(value);
        group.shared.retain(same);
    }
    // The alerts are in this order already; only the oldest start of a group may differ from its first member's.
    groups.sort_by(|(a_state, a_rank, a), (b_state, b_rank, b)| {
        (a_state, a_rank, a.oldest, &a.key).cmp(&(b_state, b_rank, b.oldest, &b.key))
    });
    groups.into_iter().map(|(_, _, group)| group).collect()
}

#[cfg(test)]
mod tests;
