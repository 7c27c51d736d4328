//! Since when measurements give a severity at least, or at most, as grave as each level. Swings between two graver
//! severities are still graver than what is in force.

use crate::incident::Slug;
use crate::incident::severity::Severity;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// How long a number may be missing before what it said is forgotten.
const GAP: TimeDelta = TimeDelta::minutes(1);

/// What the measurements give now, compared with the classification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured<'m> {
    pub severity: Severity,
    /// Questions that are answered differently than in the classification.
    pub otherwise: Vec<Slug>,
    /// Questions that nothing measures now.
    pub missing: &'m [Slug],
}

/// Since when the measurements have been at least as grave, or at most as grave, as each severity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeverityTrend {
    /// The entry of the classification; the next one starts again.
    against: u64,
    grave: BTreeMap<Severity, DateTime<Utc>>,
    slight: BTreeMap<Severity, DateTime<Utc>>,
    /// The questions answered differently, and when last.
    spoke: Option<(Vec<Slug>, DateTime<Utc>)>,
    missing: Vec<Slug>,
}

impl SeverityTrend {
    /// False while a number that spoke has been missing for less than a minute: nothing is known then, and nothing is
    /// forgotten.
    pub fn follow(&mut self, against: u64, now: DateTime<Utc>, measured: &Measured<'_>) -> bool {
        if self.against != against {
            *self = Self {
                against,
                ..Self::default()
            };
        }
        let spoke = self.spoke.as_ref();
        if spoke.is_some_and(|(questions, at)| {
            let lost = |question| measured.missing.contains(question);
            now - *at < GAP && questions.iter().any(lost)
        }) {
            return false;
        }
        let otherwise = &measured.otherwise;
        self.spoke = (!otherwise.is_empty()).then(|| (otherwise.clone(), now));
        self.missing = measured.missing.to_vec();
        for level in Severity::all() {
            keep(&mut self.grave, level, measured.severity <= level, now);
            keep(&mut self.slight, level, measured.severity >= level, now);
        }
        true
    }

    pub(super) fn times(&mut self, each: &mut dyn FnMut(&mut DateTime<Utc>)) {
        let kept = self.grave.values_mut().chain(self.slight.values_mut());
        kept.for_each(&mut *each);
        self.spoke.iter_mut().for_each(|(_, at)| each(at));
    }

    /// Whether a proposal still stands: the measurements still differ in its direction, or one of its numbers is
    /// missing. Lost contact is no recovery.
    pub fn stands(&self, proposed: Severity, in_force: Severity, rests_on: &[Slug]) -> bool {
        let differs = if proposed < in_force {
            self.grave.keys().any(|level| *level < in_force)
        } else {
            self.slight.keys().any(|level| *level > in_force)
        };
        differs
            || rests_on
                .iter()
                .any(|question| self.missing.contains(question))
    }

    pub fn as_grave_for(&self, severity: Severity, now: DateTime<Utc>) -> TimeDelta {
        lasts(&self.grave, severity, now)
    }

    pub fn as_slight_for(&self, severity: Severity, now: DateTime<Utc>) -> TimeDelta {
        lasts(&self.slight, severity, now)
    }
}

fn lasts(
    since: &BTreeMap<Severity, DateTime<Utc>>,
    severity: Severity,
    now: DateTime<Utc>,
) -> TimeDelta {
    since
        .get(&severity)
        .map_or(TimeDelta::zero(), |since| now - *since)
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
