//! Which way the measurements of an incident lean: since when they have given a severity as grave as this one, or as
//! slight as that one. Swings between two graver severities are still graver than what is in force.

use crate::incident::Slug;
use crate::incident::severity::Severity;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// How long a number that spoke may be missing before what it said is forgotten.
const GAP: TimeDelta = TimeDelta::minutes(1);

/// What has been measured since a classification.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leaning {
    /// The entry of the classification: the next one begins anew.
    against: u64,
    /// Since when what is measured has been as grave as this, or graver.
    grave: BTreeMap<Severity, DateTime<Utc>>,
    /// Since when it has been as slight as this, or slighter.
    slight: BTreeMap<Severity, DateTime<Utc>>,
    /// The questions that something else was measured about, and when that was so last.
    spoke: Option<(Vec<Slug>, DateTime<Utc>)>,
    /// All of them since the classification.
    ever: BTreeSet<Slug>,
    /// Whether one of those is not measured now.
    dark: bool,
}

impl Leaning {
    /// Whether a number that spoke is missing, for less than a minute: then nothing is known, and nothing forgotten.
    pub fn waits_for(&self, missing: &[Slug], against: u64, now: DateTime<Utc>) -> bool {
        let spoke = self.spoke.as_ref().filter(|_| self.against == against);
        spoke.is_some_and(|(questions, at)| {
            now - *at < GAP && questions.iter().any(|question| missing.contains(question))
        })
    }

    /// Follows what is measured now, the questions that it answers otherwise than the classification, and those that
    /// nothing measures now.
    pub fn follow(
        &mut self,
        (against, now): (u64, DateTime<Utc>),
        measured: Severity,
        by: Vec<Slug>,
        missing: &[Slug],
    ) {
        if self.against != against {
            *self = Self {
                against,
                ..Self::default()
            };
        }
        self.ever.extend(by.iter().cloned());
        self.dark = missing.iter().any(|question| self.ever.contains(question));
        self.spoke = (!by.is_empty()).then_some((by, now));
        for level in Severity::all() {
            keep(&mut self.grave, level, measured <= level, now);
            keep(&mut self.slight, level, measured >= level, now);
        }
    }

    /// Whether what was proposed still stands against the severity in force: what is measured says so, or what said so
    /// is not measured any more.
    pub fn stands(&self, proposed: Severity, in_force: Severity) -> bool {
        let side = if proposed < in_force {
            &self.grave
        } else {
            &self.slight
        };
        self.dark || side.contains_key(&proposed)
    }

    /// How long it has been as grave as this, or graver.
    pub fn as_grave_for(&self, severity: Severity, now: DateTime<Utc>) -> TimeDelta {
        self.grave
            .get(&severity)
            .map_or(TimeDelta::zero(), |since| now - *since)
    }

    /// How long it has been as slight as this, or slighter.
    pub fn as_slight_for(&self, severity: Severity, now: DateTime<Utc>) -> TimeDelta {
        self.slight
            .get(&severity)
            .map_or(TimeDelta::zero(), |since| now - *since)
    }
}

fn keep(
    since: &mut BTreeMap<Severity, DateTime<Utc>>,
    level: Severity,
    holds: bool,
    now: DateTime<Utc>,
) {
    if holds {
        since.entry(level).or_insert(now);
    } else {
        since.remove(&level);
    }
}
