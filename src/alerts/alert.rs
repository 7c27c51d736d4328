//! One alert: its content, its state, and whether its start is credible.

use super::raw::{LabelSet, RawLabels};
use crate::text::{Safe, Slug};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum AlertState {
    Firing,
    /// Firing, but silenced or inhibited.
    Suppressed,
    /// No longer reported, and its rule is known to be evaluated and not firing.
    Cleared,
    /// No longer reported, and nothing shows that its rule is evaluated: not confirmed as resolved.
    Vanished,
}

/// An alert as read from a source: sanitized, masked, bounded.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// Digest of the labels, 16 hexadecimal digits: of the masked labels, without the ignored ones. The source's own
    /// fingerprint covers unmasked labels and is therefore not kept.
    pub key: Slug,
    /// The label `alertname`.
    pub name: Safe,
    /// The annotation `summary`, `description` or `message`.
    pub summary: Safe,
    pub labels: BTreeMap<String, Safe>,
    /// The source's labels, if they differ from the kept ones.
    pub raw: RawLabels,
    pub state: AlertState,
    /// Silence ids and inhibiting alerts.
    pub suppressed_by: Vec<Safe>,
    /// Those of `suppressed_by` that are silences.
    pub silenced_by: Vec<Slug>,
    /// By the source's clock; the time of the first sight if that start is not credible.
    pub starts_at: DateTime<Utc>,
    pub start: AlertStart,
    pub odd: Vec<Safe>,
    /// Beyond the limit: part of the key, and not kept.
    pub left_out: u32,
    /// Runbook, dashboard and generator links, by name.
    pub links: Vec<(&'static str, Safe)>,
    pub condition: Condition,
}

impl Alert {
    pub fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", Safe::as_str)
    }

    pub fn label_sets(&self) -> impl Iterator<Item = LabelSet<'_>> {
        self.raw.sets(&self.labels)
    }

    /// The earlier start counts, and firing wins.
    pub fn join(&mut self, other: &Self) {
        if (other.start, other.starts_at) < (self.start, self.starts_at) {
            (self.start, self.starts_at) = (other.start, other.starts_at);
        }
        self.raw.join(&self.labels, &other.raw, &other.labels);
        match (self.state, other.state) {
            (AlertState::Suppressed, AlertState::Firing) => {
                self.state = AlertState::Firing;
                self.suppressed_by.clear();
                self.silenced_by.clear();
            }
            (AlertState::Suppressed, AlertState::Suppressed) => {
                let new = |id: &&Slug| !self.silenced_by.contains(id);
                let ids: Vec<Slug> = other.silenced_by.iter().filter(new).cloned().collect();
                self.silenced_by.extend(ids);
                let new = |by: &&Safe| !self.suppressed_by.contains(by);
                let by: Vec<Safe> = other.suppressed_by.iter().filter(new).cloned().collect();
                self.suppressed_by.extend(by);
            }
            _ => {}
        }
    }
}

/// What the start of an alert is based on; the better known comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlertStart {
    /// Its source states it.
    #[default]
    #[serde(rename = "told")]
    Stated,
    Seen,
    /// No credible time, and it fired at the first poll already: it may have begun at any earlier time.
    Unknown,
}

/// An older start counts for no clock: nobody is "a month late" for an alert that has fired for a month.
const OLDEST_START: TimeDelta = TimeDelta::days(30);
/// A start further in the future is not explained by clocks that differ.
const AHEAD: TimeDelta = TimeDelta::minutes(5);
/// A time before this (2001-09-09) is a program's zero: of the year 1, of 1970, of 1980.
const ZERO_TIMES: i64 = 1_000_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImplausibleTime {
    /// A program's zero: no time was given.
    Zero,
    Old,
    Ahead,
}

pub fn plausible_start(
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, ImplausibleTime> {
    if at.timestamp() < ZERO_TIMES {
        Err(ImplausibleTime::Zero)
    } else if at > now + AHEAD {
        Err(ImplausibleTime::Ahead)
    } else if at < now - OLDEST_START {
        Err(ImplausibleTime::Old)
    } else {
        Ok(at)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Condition {
    #[default]
    Met,
    /// Its query gave nothing: unknown, which is no breach.
    NoData,
    /// Its query failed: unknown too.
    Error,
}
