//! Steps of the wall clock: seen at once and told.
use crate::incident::{Stamp, step_in_words};
use chrono::{DateTime, TimeDelta, Utc};

/// Differences below this are the time between reading one clock and the other.
const NOISE: TimeDelta = TimeDelta::milliseconds(10);
/// From this on a step is told.
const TOLD: TimeDelta = TimeDelta::milliseconds(500);
/// For how long a step is remembered and shown in the header.
const REMEMBERED: TimeDelta = TimeDelta::days(1);
const SHOWN: TimeDelta = TimeDelta::minutes(15);
/// How many steps are remembered.
const MOST: usize = 32;

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What the wall clock would have shown.
    pub from: DateTime<Utc>,
    /// What it showed instead.
    pub to: DateTime<Utc>,
    /// When it was seen.
    seen: Stamp,
}

impl Step {
    /// By how much.
    pub fn by(&self) -> TimeDelta {
        self.to - self.from
    }

    pub fn words(&self) -> String {
        format!(
            "system clock was {} at {} (now {}); waiting times are not affected",
            step_in_words(self.by()),
            self.from.format("%H:%M:%SZ"),
            self.to.format("%H:%M:%SZ"),
        )
    }
}

/// The last steps of the wall clock that this program has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    /// What the times in memory go by.
    kept: Stamp,
    /// What was told last goes by.
    told: Stamp,
    /// How many there were in all.
    count: usize,
    last: Vec<Step>,
}

impl Steps {
    /// None yet.
    pub fn since(stamp: Stamp) -> Self {
        Self {
            kept: stamp,
            told: stamp,
            count: 0,
            last: Vec::new(),
        }
    }

    /// How many there were in all.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Those after the first `known`, as far as they are remembered.
    pub fn after(&self, known: usize) -> &[Step] {
        let new = self.count.saturating_sub(known).min(self.last.len());
        &self.last[self.last.len() - new..]
    }

    /// The last one, while it is news.
    pub fn news(&self, now: &Stamp) -> Option<&Step> {
        self.last.last().filter(|step| step.age(now) < SHOWN)
    }

    /// By how much the clock was set forward within a day: a time from outside may go by the clock as it ran before.
    pub fn forward(&self, now: &Stamp) -> TimeDelta {
        let young = self.last.iter().filter(|step| step.age(now) < REMEMBERED);
        young.fold(TimeDelta::zero(), |sum, step| {
            (sum + step.by()).max(TimeDelta::zero())
        })
    }

    /// By how much the times in memory are to be shifted, where the clock was set since they were.
    pub(super) fn shift(&mut self, stamp: Stamp) -> Option<TimeDelta> {
        let step = stamp.step_since(&self.kept);
        if step.is_some_and(|step| step.abs() < NOISE) {
            return None;
        }
        self.kept = stamp;
        Some(step.unwrap_or_default())
    }

    /// A step that is to be told, remembered.
    pub(super) fn step(&mut self, stamp: Stamp) -> Option<&Step> {
        let step = stamp.step_since(&self.told);
        if step.is_some_and(|step| step.abs() <= TOLD) {
            return None;
        }
        self.told = stamp;
        let step = step?;
        self.count += 1;
        self.last.push(Step {
            from: stamp.wall.checked_sub_signed(step).unwrap_or(stamp.wall),
            to: stamp.wall,
            seen: stamp,
        });
        let over = self.last.len().saturating_sub(MOST);
        self.last.drain(..over);
        self.last.last()
    }
}

impl Step {
    fn age(&self, now: &Stamp) -> TimeDelta {
        let passed = now.since_boot.saturating_sub(self.seen.since_boot);
        TimeDelta::nanoseconds(i64::try_from(passed).unwrap_or(i64::MAX))
    }
}
