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

/// Most alerts of one poll.
const MAX_ALERTS: usize = if cfg!(test) { 600 } else { 60_000 };

#[derive(Debug, Default)]
pub(super) struct PollMemory {
    hasher: RandomState,
    /// By a digest of everything that an alert is made from.
    alerts: HashMap<u64, Arc<Alert>>,
    /// First sight of alerts whose source gives no start.
    begun: HashMap<Slug, (DateTime<Utc>, AlertStart)>,
    /// Whether an earlier answer was read to its end.
    watched: bool,
}

pub(super) fn gather(
    body: &mut dyn Read,
    memory: &mut PollMemory,
    builder: AlertBuilder,
    deciding: &AlertPriority,
) -> (SourceAlerts, Option<ListError>) {
    let mut gatherer = AlertCollector {
        builder,
        memory,
        deciding,
        next: HashMap::new(),
        begun: HashMap::new(),
        places: HashMap::new(),
        names: HashMap::new(),
        lesser: None,
        gathered: SourceAlerts::default(),
    };
    let mut unread = UnreadItems::default();
    let broken = each_wire(body, &mut unread, &mut |wire| gatherer.take(wire));
    let AlertCollector {
        memory,
        next,
        begun,
        mut gathered,
        names,
        ..
    } = gatherer;
    name_inhibitors(&mut gathered.alerts, &names);
    // An alert that did not arrive is not resolved: its start is kept.
    if broken.is_some() || unread.count > 0 {
        memory.alerts.extend(next);
        memory.begun.extend(begun);
    } else {
        (memory.alerts, memory.begun) = (next, begun);
        memory.watched = true;
    }
    gathered.gaps.unread = unread;
    gathered.ignored = Arc::clone(&deciding.ignored);
    (gathered, broken)
}

/// Reads an answer of Alertmanager's `api/v2/alerts`, without silences or earlier polls.
pub fn read_alerts(mut body: &[u8], now: DateTime<Utc>, intake: &Intake) -> SourceAlerts {
    let deciding = AlertPriority::by(intake);
    let builder = AlertBuilder::new(&[], now, false, &deciding);
    let (mut gathered, broken) = gather(&mut body, &mut PollMemory::default(), builder, &deciding);
    gathered.gaps.broken = broken.map(|broken| Problem::new(format!("{broken:?}"), ""));
    gathered
}

pub(super) fn each(
    body: &mut dyn Read,
    mut builder: AlertBuilder,
    deciding: &AlertPriority,
    sink: &mut dyn FnMut(Alert),
) -> (SourceAlerts, Option<ListError>) {
    let mut gathered = SourceAlerts::default();
    let (mut unread, mut taken) = (UnreadItems::default(), 0);
    let broken = each_wire(body, &mut unread, &mut |wire| {
        let alert = builder.make(wire);
        // Beyond the limit, alerts that matter have as much space again.
        let space = match deciding.matters(&alert) {
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
    take: &mut dyn FnMut(Wire),
) -> Option<ListError> {
    items::each(body, &mut |item| match item {
        Err(ItemTooLarge) => unread.add("it is larger than 4 MB"),
        Ok(bytes) if !bytes.starts_with(b"{") => {
            let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]);
            unread.add(&format!("{shown} instead of an alert"));
        }
        Ok(bytes) => match salvage(bytes) {
            Ok(wire) => take(wire),
            Err(error) => unread.add(&error.to_string()),
        },
    })
}

struct AlertCollector<'m> {
    builder: AlertBuilder,
    memory: &'m mut PollMemory,
    deciding: &'m AlertPriority,
    next: HashMap<u64, Arc<Alert>>,
    begun: HashMap<Slug, (DateTime<Utc>, AlertStart)>,
    places: HashMap<Slug, usize>,
    /// Names by fingerprint: an inhibition names its alert by the fingerprint.
    names: HashMap<String, Safe>,
    /// Beyond the limit: the positions of alerts that give way to more important ones.
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
    fn take(&mut self, mut wire: Wire) {
        let fingerprint = std::mem::take(&mut wire.fingerprint).text;
        let digest = self
            .memory
            .hasher
            .hash_one((&wire, self.builder.told_of(&wire)));
        let known = self.next.get(&digest);
        let alert = match known.or_else(|| self.memory.alerts.get(&digest)) {
            Some(known) => Arc::clone(known),
            None => {
                let mut made = self.builder.make(wire);
                self.settle_start(&mut made);
                Arc::new(made)
            }
        };
        if alert.start != AlertStart::Told {
            let begun = (alert.starts_at, alert.start);
            self.begun.insert(alert.key.clone(), begun);
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

    /// An alert without a credible start began at its first sight.
    fn settle_start(&self, alert: &mut Alert) {
        if alert.start == AlertStart::Told {
            return;
        }
        if let Some(known) = self.memory.begun.get(&alert.key) {
            (alert.starts_at, alert.start) = *known;
        } else if !self.memory.watched {
            alert.start = AlertStart::Unknown;
        }
    }

    /// Finds a position for one more; beyond the limit, that of a less important one.
    fn place(&mut self, alert: &Arc<Alert>) -> bool {
        let alerts = &mut self.gathered.alerts;
        if alerts.len() < MAX_ALERTS {
            self.places.insert(alert.key.clone(), alerts.len());
            alerts.push(Arc::clone(alert));
            return true;
        }
        self.gathered.gaps.dropped += 1;
        if !self.deciding.matters(alert) {
            return false;
        }
        let deciding = self.deciding;
        let lesser = self.lesser.get_or_insert_with(|| {
            let places = alerts.iter().enumerate();
            let mut lesser: Vec<usize> = places
                .filter(|(_, alert)| !deciding.matters(alert))
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
