//! One alert: what it says, how it stands, and whether its start can be believed.

use super::raw::{LabelSet, RawLabels};
use crate::text::{Safe, Slug};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How an alert stands, with what may be concluded from its absence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum AlertState {
    /// Firing.
    Firing,
    /// Firing, but silenced or inhibited.
    Suppressed,
    /// Gone, and the rule is known to be evaluated and not firing.
    Cleared,
    /// Gone, and nothing shows that the rule is still evaluated: not a recovery.
    Vanished,
}

impl AlertState {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Suppressed => "suppressed",
            Self::Cleared => "no longer firing",
            Self::Vanished => "out of sight",
        }
    }
}

/// An alert as read from a source: sanitized, masked, bounded.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// Digest of the labels, 16 hexadecimal digits: masked ones as they are masked, and without those that are ignored
    /// when alerts are counted. The source's own fingerprint covers unmasked labels and is therefore not kept.
    pub key: Slug,
    /// The label `alertname`.
    pub name: Safe,
    /// The annotation `summary`, `description` or `message`.
    pub summary: Safe,
    /// Labels.
    pub labels: BTreeMap<String, Safe>,
    /// The labels of the source, where these are not the same.
    pub raw: RawLabels,
    /// Firing or suppressed.
    pub state: AlertState,
    /// Who or what suppresses it: silence ids, inhibiting alerts.
    pub suppressed_by: Vec<Safe>,
    /// The silences among them, by id.
    pub silenced_by: Vec<Slug>,
    /// When it began, by its source's clock; where that cannot be believed, when it was first seen.
    pub starts_at: DateTime<Utc>,
    /// What that start rests on.
    pub start: Start,
    /// What could not be read of it as it should be, for people.
    pub odd: Vec<Safe>,
    /// Labels beyond the limit: they are part of the key, and not kept.
    pub left_out: u32,
    /// Runbook, dashboard and generator links, by name.
    pub links: Vec<(&'static str, Safe)>,
    /// What it says is the matter.
    pub condition: Condition,
}

impl Alert {
    /// A label's value, or nothing.
    pub fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", Safe::as_str)
    }

    /// The raw labels of the alerts of its source that are one here.
    pub fn label_sets(&self) -> impl Iterator<Item = LabelSet<'_>> {
        self.raw.sets(&self.labels)
    }

    /// Takes in the same alert of another answer, or one that differs in nothing that is shown: the earlier start
    /// counts, and firing wins.
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

/// What the start of an alert rests on; what is known better comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// Its source says so.
    #[default]
    Told,
    /// Its source gives no time that can be believed; it was seen to come.
    Seen,
    /// Likewise, and it was there when the source was first read: it may have begun at any time before.
    Unknown,
}

/// Older than this, a start is not believed for a clock: the longest silence is as long, and what has fired for a month
/// is not "a month late" for the people who are paged now.
const OLDEST_START: TimeDelta = TimeDelta::days(30);
/// Further ahead than this, a start is no matter of clocks that differ.
const AHEAD: TimeDelta = TimeDelta::minutes(5);
/// Before this (2001-09-09) a time is a zero of some program: of the year 1, of 1970, of 1980.
const ZERO_TIMES: i64 = 1_000_000_000;

/// Why a time from outside is not taken as the start of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unbelievable {
    /// A program's zero: no time was given.
    Zero,
    /// Longer ago than any clock counts.
    Old,
    /// Yet to come.
    Ahead,
}

impl Unbelievable {
    /// For people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Zero => "a zero of its program",
            Self::Old => "more than 30 days ago",
            Self::Ahead => "in the future",
        }
    }
}

/// Whether a time from outside can be the start that clocks count from.
pub fn believed(at: DateTime<Utc>, now: DateTime<Utc>) -> Result<DateTime<Utc>, Unbelievable> {
    if at.timestamp() < ZERO_TIMES {
        Err(Unbelievable::Zero)
    } else if at > now + AHEAD {
        Err(Unbelievable::Ahead)
    } else if at < now - OLDEST_START {
        Err(Unbelievable::Old)
    } else {
        Ok(at)
    }
}

/// What an alert says is the matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Condition {
    /// Its condition holds.
    #[default]
    Met,
    /// Its query gave nothing: not known, which is no breach.
    NoData,
    /// Its query failed: not known either.
    Error,
}
