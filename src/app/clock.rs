//! Steps of the wall clock: seen at once, told, and taken out of every time that is kept in memory.

use super::incident_view::IncidentView;
use super::model::{Live, Model, SourceState};
use super::severity_trend::SeverityTrend;
use super::ui::Ui;
use crate::incident::Stamp;
use crate::incident::steady::step_in_words;
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

    /// What people are told.
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
}

impl Step {
    fn age(&self, now: &Stamp) -> TimeDelta {
        let passed = now.since_boot.saturating_sub(self.seen.since_boot);
        TimeDelta::nanoseconds(i64::try_from(passed).unwrap_or(i64::MAX))
    }
}

impl Model {
    /// Takes the time in. Every time in memory goes by the wall clock as it runs now: an age is then the time that has
    /// passed.
    pub(super) fn take_time(&mut self, stamp: Stamp) {
        self.now = stamp.wall;
        self.stamp = stamp;
        match stamp.step_since(&self.steps.kept) {
            Some(step) if step.abs() < NOISE => {}
            step => {
                self.shift(step.unwrap_or_default());
                self.steps.kept = stamp;
            }
        }
        match stamp.step_since(&self.steps.told) {
            Some(step) if step.abs() <= TOLD => {}
            None => self.steps.told = stamp,
            Some(step) => {
                self.steps.told = stamp;
                let step = Step {
                    from: stamp.wall.checked_sub_signed(step).unwrap_or(stamp.wall),
                    to: stamp.wall,
                    seen: stamp,
                };
                self.ui.warn(step.words());
                self.steps.count += 1;
                self.steps.last.push(step);
                let over = self.steps.last.len().saturating_sub(MOST);
                self.steps.last.drain(..over);
            }
        }
    }

    fn shift(&mut self, by: TimeDelta) {
        let mut each = |at: &mut DateTime<Utc>| {
            *at = at.checked_add_signed(by).unwrap_or(*at);
        };
        self.live.times(&mut each);
        self.views
            .values_mut()
            .for_each(|view| view.times(&mut each));
        self.ui.times(&mut each);
        self.rang.iter_mut().for_each(each);
    }
}

/// What is done to a time.
type Each<'e> = &'e mut dyn FnMut(&mut DateTime<Utc>);

impl Live {
    /// Every field is named, so that a new one is not forgotten.
    fn times(&mut self, each: Each<'_>) {
        let Self {
            // By the clocks of their sources, or without a time.
            index: _,
            found: _,
            odd: _,
            known: _,
            changes: _,
            signal_error: _,
            schedules: _,
            rules,
            trace,
            report,
            sources,
            peers,
            symptoms,
            absent,
            severity_trend,
        } = self;
        rules.values_mut().for_each(|(_, at)| each(at));
        trace.iter_mut().for_each(|sample| each(&mut sample.at));
        if let Some(report) = report {
            each(&mut report.at);
            let measured = report.signals.iter_mut();
            measured
                .filter_map(|signal| signal.measured.as_mut())
                .for_each(&mut *each);
        }
        for state in sources.values_mut() {
            let SourceState {
                answered,
                asked,
                error: _,
            } = state;
            answered.iter_mut().chain(asked).for_each(&mut *each);
        }
        peers.iter_mut().for_each(|peer| each(&mut peer.beat));
        symptoms.values_mut().for_each(&mut *each);
        absent.values_mut().for_each(&mut *each);
        severity_trend
            .values_mut()
            .for_each(|severity_trend: &mut SeverityTrend| severity_trend.times(each));
    }
}

impl IncidentView {
    fn times(&mut self, each: Each<'_>) {
        let Self {
            // The journal's own.
            entries: _,
            incident: _,
            problem: _,
            damage: _,
            written: _,
            fate: _,
            continued: _,
            pending,
            asking,
            continuing,
        } = self;
        continuing.iter_mut().for_each(&mut *each);
        pending.iter_mut().for_each(|batch| each(&mut batch.since));
        asking.iter_mut().for_each(|(_, since)| each(since));
    }
}

impl Ui {
    fn times(&mut self, each: Each<'_>) {
        let notice = self
            .notice
            .iter_mut()
            .filter_map(|notice| notice.since.as_mut());
        notice.for_each(&mut *each);
        self.answers.asked.iter_mut().for_each(each);
    }
}
