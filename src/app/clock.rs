//! Steps of the wall clock: noticed at once and reported.

use crate::incident::Stamp;
use chrono::{DateTime, TimeDelta, Utc};

/// Differences below this are the time between reading one clock and the other.
const NOISE: TimeDelta = TimeDelta::milliseconds(10);
/// A larger step is reported.
const REPORTED: TimeDelta = TimeDelta::milliseconds(500);
/// How long a step is remembered, and shown in the header.
const REMEMBERED: TimeDelta = TimeDelta::days(1);
const SHOWN: TimeDelta = TimeDelta::minutes(15);
/// How many steps are remembered.
const MOST: usize = 32;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockStep {
    /// What the wall clock would have shown.
    pub from: DateTime<Utc>,
    /// What it showed instead.
    pub to: DateTime<Utc>,
    seen: Stamp,
}

impl ClockStep {
    pub fn by(&self) -> TimeDelta {
        self.to - self.from
    }

    fn age(&self, now: &Stamp) -> TimeDelta {
        let passed = now.since_boot.saturating_sub(self.seen.since_boot);
        TimeDelta::nanoseconds(i64::try_from(passed).unwrap_or(i64::MAX))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockSteps {
    shifted: Stamp,
    reported: Stamp,
    count: usize,
    last: Vec<ClockStep>,
}

impl ClockSteps {
    pub fn since(stamp: Stamp) -> Self {
        Self {
            shifted: stamp,
            reported: stamp,
            count: 0,
            last: Vec::new(),
        }
    }

    pub fn count(&self) -> usize {
        self.count
    }

    /// The steps after the first `known`, as far as they are remembered.
    pub fn after(&self, known: usize) -> &[ClockStep] {
        let new = self.count.saturating_sub(known).min(self.last.len());
        &self.last[self.last.len() - new..]
    }

    /// The last step, while the header shows it.
    pub fn recent(&self, now: &Stamp) -> Option<&ClockStep> {
        self.last.last().filter(|step| step.age(now) < SHOWN)
    }

    /// How far the clock was set forward within a day: a time from outside may go by the clock as it ran before.
    pub fn forward(&self, now: &Stamp) -> TimeDelta {
        let young = self.last.iter().filter(|step| step.age(now) < REMEMBERED);
        young.fold(TimeDelta::zero(), |sum, step| {
            (sum + step.by()).max(TimeDelta::zero())
        })
    }

    /// By how much the times in memory are to be shifted.
    pub(super) fn shift(&mut self, stamp: Stamp) -> Option<TimeDelta> {
        let step = stamp.step_since(&self.shifted);
        if step.is_some_and(|step| step.abs() < NOISE) {
            return None;
        }
        self.shifted = stamp;
        Some(step.unwrap_or_default())
    }

    /// Remembers and returns a step that is large enough to be reported.
    pub(super) fn step(&mut self, stamp: Stamp) -> Option<&ClockStep> {
        let step = stamp.step_since(&self.reported);
        if step.is_some_and(|step| step.abs() <= REPORTED) {
            return None;
        }
        self.reported = stamp;
        let step = step?;
        self.count += 1;
        self.last.push(ClockStep {
            from: stamp.wall.checked_sub_signed(step).unwrap_or(stamp.wall),
            to: stamp.wall,
            seen: stamp,
        });
        let over = self.last.len().saturating_sub(MOST);
        self.last.drain(..over);
        self.last.last()
    }
}
