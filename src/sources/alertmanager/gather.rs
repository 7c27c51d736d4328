//! Reads the alerts of an answer one by one while it arrives: makes them safe, merges duplicates, and reuses unchanged
//! alerts of the last poll. A malformed alert keeps what can be read of it; an unreadable one is counted.

use super::super::items::{self, ItemTooLarge, ListError};
use super::super::lenient::salvage;
use super::builder::{AlertBuilder, INHIBITED};
use super::priority::AlertPriority;
use super::wire::Wire;
use crate::alerts::intake::Intake;
use crate::alerts::{Alert, AlertStart};
use crate::alerts::{SourceAlerts, UnreadItems, rank};
use crate::text::{Problem, Safe, Slug};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io::Read;
use std::sync::Arc;

/// Of one poll.
const MAX_ALERTS: usize = if cfg!(test) { 600 } else { 60_000 };

#[derive(Debug, Default)]
pub(super) struct PollMemory {
    hasher: RandomState,
    /// By a digest of everything that an alert is made from.
    alerts: HashMap<u64, Arc<Alert>>,
    /// When alerts without a start were first seen.
    first_seen: HashMap<Slug, (DateTime<Utc>, AlertStart)>,
    /// An earlier answer was read to its end.
    has_whole_answer: bool,
}

pub(super) fn gather(
    body: &mut dyn Read,
    memory: &mut PollMemory,
    builder: AlertBuilder,
    priority: &AlertPriority,
) -> (SourceAlerts, Option<ListError>) {
    let mut collector = AlertCollector {
        builder,
        memory,
        priority,
        next: HashMap::new(),
        first_seen: HashMap::new(),
        places: HashMap::new(),
        names: HashMap::new(),
        lesser: None,
        gathered: SourceAlerts::default(),
    };
    let mut unread = UnreadItems::default();
    let broken = each_wire(body, &mut unread, &mut |wire| collector.add(wire));
    let AlertCollector {
        memory,
        next,
        first_seen,
        mut gathered,
        names,
        ..
    } = collector;
    name_inhibitors(&mut gathered.alerts, &names);
    // An alert that did not arrive is not resolved: its start is kept.
    if broken.is_some() || unread.count > 0 {
        memory.alerts.extend(next);
        memory.first_seen.extend(first_seen);
    } else {
        (memory.alerts, memory.first_seen) = (next, first_seen);
        memory.has_whole_answer = true;
    }
    gathered.gaps.unread = unread;
    gathered.ignored = Arc::clone(&priority.ignored);
    (gathered, broken)
}

/// Alertmanager's `api/v2/alerts`, without silences or earlier polls.
pub fn read_alerts(mut body: &[u8], now: DateTime<Utc>, intake: &Intake) -> SourceAlerts {
    let priority = AlertPriority::by(intake);
    let builder = AlertBuilder::new(&[], now, false, &priority);
    let (mut gathered, broken) = gather(&mut body, &mut PollMemory::default(), builder, &priority);
    gathered.gaps.broken = broken.map(|broken| Problem::new(format!("{broken:?}"), ""));
    gathered
}

pub(super) fn each(
    body: &mut dyn Read,
    mut builder: AlertBuilder,
    priority: &AlertPriority,
    sink: &mut dyn FnMut(Alert),
) -> (SourceAlerts, Option<ListError>) {
    let mut gathered = SourceAlerts::default();
    let (mut unread, mut taken) = (UnreadItems::default(), 0);
    let broken = each_wire(body, &mut unread, &mut |wire| {
        let alert = builder.make(wire);
        // Beyond the limit, alerts that matter have as much space again.
        let space = match priority.matters(&alert) {
            true => 2 * MAX_ALERTS,
            false => MAX_ALERTS,
        };
        if taken < space {
            taken += 1;
            sink(alert);
        } else {
            gathered.gaps.dropped += 1;
        }
    });
    gathered.gaps.unread = unread;
    (gathered, broken)
}

fn each_wire(
    body: &mut dyn Read,
    unread: &mut UnreadItems,
    on_alert: &mut dyn FnMut(Wire),
) -> Option<ListError> {
    items::each(body, &mut |item| match item {
        Err(ItemTooLarge) => unread.add("it is larger than 4 MB"),
        Ok(bytes) if !bytes.starts_with(b"{") => {
            let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]);
            unread.add(&format!("{shown} instead of an alert"));
        }
        Ok(bytes) => match salvage(bytes) {
            Ok(wire) => on_alert(wire),
            Err(error) => unread.add(&error.to_string()),
        },
    })
}

struct AlertCollector<'m> {
    builder: AlertBuilder,
    memory: &'m mut PollMemory,
    priority: &'m AlertPriority,
    next: HashMap<u64, Arc<Alert>>,
    first_seen: HashMap<Slug, (DateTime<Utc>, AlertStart)>,
    places: HashMap<Slug, usize>,
    /// By fingerprint: an inhibition names its alert by the fingerprint.
    names: HashMap<String, Safe>,
    /// Beyond the limit: the places of alerts that give way to more important ones.
    lesser: Option<Vec<usize>>,
    gathered: SourceAlerts,
}

/// Replaces the fingerprints of inhibiting alerts by their names if those were read.
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

impl AlertCollector<'_> {
    fn add(&mut self, mut wire: Wire) {
        let fingerprint = std::mem::take(&mut wire.fingerprint).text;
        let silences = self.builder.silences_over(&wire);
        let digest = self.memory.hasher.hash_one((&wire, silences));
        let known = self.next.get(&digest);
        let alert = match known.or_else(|| self.memory.alerts.get(&digest)) {
            Some(known) => Arc::clone(known),
            None => {
                let mut made = self.builder.make(wire);
                self.settle_start(&mut made);
                Arc::new(made)
            }
        };
        if alert.start != AlertStart::Stated {
            let first_seen = (alert.starts_at, alert.start);
            self.first_seen.insert(alert.key.clone(), first_seen);
        }
        if !fingerprint.is_empty() {
            self.names.insert(fingerprint, alert.name.clone());
        }
        // Two alerts that differ only in masked or ignored labels are one here.
        if let Some(place) = self.places.get(&alert.key) {
            Arc::make_mut(&mut self.gathered.alerts[*place]).join(&alert);
            self.next.insert(digest, alert);
        } else if self.place(&alert) {
            self.next.insert(digest, alert);
        }
    }

    /// An alert without a credible start began when it was first seen.
    fn settle_start(&self, alert: &mut Alert) {
        if alert.start == AlertStart::Stated {
            return;
        }
        if let Some(known) = self.memory.first_seen.get(&alert.key) {
            (alert.starts_at, alert.start) = *known;
        } else if !self.memory.has_whole_answer {
            alert.start = AlertStart::Unknown;
        }
    }

    /// Beyond the limit, the place of a less important alert. `false` if there is none.
    fn place(&mut self, alert: &Arc<Alert>) -> bool {
        let alerts = &mut self.gathered.alerts;
        if alerts.len() < MAX_ALERTS {
            self.places.insert(alert.key.clone(), alerts.len());
            alerts.push(Arc::clone(alert));
            return true;
        }
        self.gathered.gaps.dropped += 1;
        if !self.priority.matters(alert) {
            return false;
        }
        let priority = self.priority;
        let lesser = self.lesser.get_or_insert_with(|| {
            let places = alerts.iter().enumerate();
            let mut lesser: Vec<usize> = places
                .filter(|(_, alert)| !priority.matters(alert))
                .map(|(place, _)| place)
                .collect();
            lesser.sort_by_key(|place| rank(&alerts[*place]));
            lesser
        });
        let Some(place) = lesser.pop() else {
            return false;
        };
        self.places.remove(&alerts[place].key);
        self.places.insert(alert.key.clone(), place);
        alerts[place] = Arc::clone(alert);
        true
    }
}

#[cfg(test)]
mod tests;
