//! The state of all signals at one time, for the screen, the command line and the gate.

use super::super::budget::Budget;
use super::super::detection::{DropRecovery, SuccessDrop, VolumeDrop};
use super::super::latency::Quantiles;
use super::super::map::{LevelGroup, Pricing};
use super::super::tally::RatioSeries;
use super::super::{Expectation, Reading, Sample};
use super::current::CurrentRatio;
use crate::text::{PathId, Problem, Safe, Slug, SourceId};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq)]
pub struct MonitorReport {
    pub at: DateTime<Utc>,
    /// In the order of the map.
    pub signals: Vec<SignalReport>,
    /// Sources whose clock differs, and how far it is ahead of this machine's.
    pub skew: Vec<(Option<SourceId>, TimeDelta)>,
    /// Each source that was asked in the last round: whether it answered, or why not.
    pub contacts: Vec<(SourceId, Result<(), Problem>)>,
}

/// The worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SignalStanding {
    /// A correctness fault beyond its tolerance. It outranks any outage (rule M2).
    CorrectnessFault,
    /// Beyond its bound, or burning fast.
    Breach,
    /// Close to its bound.
    AtRisk,
    Unknown,
    Fine,
}

#[derive(Debug, Clone, PartialEq)]
pub struct SignalReport {
    pub signal: Slug,
    pub path: PathId,
    /// Its path is the strict path.
    pub strict: bool,
    pub standing: SignalStanding,
    /// The source answered its query in this process: without that, nothing is known, not even that there are no data.
    pub answered: bool,
    pub measured: Option<DateTime<Utc>>,
    /// The last scrape of its series, by this machine's clock; `None` if that is not known.
    pub scraped: Option<DateTime<Utc>>,
    /// `None`: the map names no source.
    pub source: Option<SourceId>,
    pub error: Option<Problem>,
    /// The source's words about data that its last answers lack.
    pub partial: Option<Safe>,
    pub detail: SignalDetail,
}

#[derive(Debug, Clone, PartialEq)]
pub enum SignalDetail {
    Ratio(Box<RatioReport>),
    Correctness {
        count: Reading,
        tolerance: f64,
        unit: String,
        /// As far as its past is known.
        since: Option<DateTime<Utc>>,
        /// Of the oldest wrong item, in seconds.
        age: Option<Reading>,
        /// With its currency.
        amount: Option<(Reading, String)>,
    },
    Level {
        reading: Reading,
        expect: Expectation,
        unit: String,
        group: LevelGroup,
        since: Option<DateTime<Utc>>,
    },
    Versions {
        /// Replicas by version, the largest count first.
        versions: Vec<(Safe, f64)>,
        replicas: Option<u32>,
    },
    Deadline {
        at: Option<DateTime<Utc>>,
        /// How long before the deadline it counts as near.
        warn: TimeDelta,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct RatioReport {
    pub current: CurrentRatio,
    /// Payments, over the window of `current`.
    pub per_minute: Option<f64>,
    pub budget: Budget,
    pub drop: Option<SuccessDrop>,
    /// The last drop, if it is over.
    pub recovery: Option<DropRecovery>,
    pub volume_drop: Option<VolumeDrop>,
    pub track: Arc<RatioSeries>,
    /// Set on the first ratio of a path: money is counted once.
    pub pricing: Option<Pricing>,
    pub unknown: Option<Arc<RatioSeries>>,
    pub amount: Option<Arc<RatioSeries>>,
    /// Whether the failed payments of `track` contain those of unknown outcome; `None` if that is not known.
    pub unknown_is_failed: Option<bool>,
    /// Between two scrapes; `None` until it is measured.
    pub interval: Option<TimeDelta>,
    /// Scrape gaps whose counts were not read.
    pub gaps_unread: usize,
    /// Payments a minute at this time of earlier weeks.
    pub normal_per_minute: Option<f64>,
    /// The share of business declines, over the window of `current`; `None` if the map names no counter of them.
    pub declines: Option<f64>,
    pub latency: Option<Quantiles>,
    /// Contract beside objective.
    pub sla: Option<SlaReport>,
    /// By label, the values with the most payments first.
    pub parts: Vec<PartReport>,
    /// Label values that are not monitored.
    pub dropped_parts: usize,
    /// Whether events are counted; without them there are no counts and no cost, and the budget is one of time.
    pub has_volume: bool,
}

/// How a promise by contract stands over the window of the budget.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SlaReport {
    /// 0 – 1.
    pub promised: f64,
    /// Of the failures that it allows: at least, at most. `None` without events.
    pub spent_between: Option<(f64, f64)>,
}

/// A ratio by one label value, such as one provider, over the window of the whole.
#[derive(Debug, Clone, PartialEq)]
pub struct PartReport {
    pub label: String,
    pub value: String,
    /// `None`: no payments, or no measurement.
    pub ratio: Option<f64>,
    /// Payments; `None` without a measurement.
    pub per_minute: Option<f64>,
    /// At this time of earlier weeks.
    pub normal_per_minute: Option<f64>,
    /// The share of business declines.
    pub declines: Option<f64>,
    pub latency: Option<Quantiles>,
}

impl RatioReport {
    /// Without drops, money and parts.
    pub fn new(track: Arc<RatioSeries>, current: CurrentRatio, budget: Budget) -> Self {
        Self {
            per_minute: current.per_minute(),
            current,
            budget,
            drop: None,
            recovery: None,
            volume_drop: None,
            track,
            pricing: None,
            unknown: None,
            amount: None,
            unknown_is_failed: None,
            interval: None,
            gaps_unread: 0,
            normal_per_minute: None,
            declines: None,
            latency: None,
            sla: None,
            parts: Vec::new(),
            dropped_parts: 0,
            has_volume: true,
        }
    }

    /// How much older than a minute a reading is by design, where scrapes are further apart.
    pub fn scrape_delay(&self) -> TimeDelta {
        let interval = self.interval.filter(|it| *it > TimeDelta::minutes(1));
        interval.map_or(TimeDelta::zero(), |interval| interval * 2)
    }

    /// The current success ratio. Every other number of this report ends at the same time.
    pub fn now(&self) -> Option<f64> {
        self.current.reading.value()
    }
}

impl SignalReport {
    pub fn ratio(&self) -> Option<&RatioReport> {
        match &self.detail {
            SignalDetail::Ratio(ratio) => Some(ratio),
            SignalDetail::Correctness { .. }
            | SignalDetail::Level { .. }
            | SignalDetail::Versions { .. }
            | SignalDetail::Deadline { .. } => None,
        }
    }

    /// Under which payments a minute are recorded: they are no reading of the ratio.
    pub fn volume_name(&self) -> Slug {
        let name = Slug::new(&format!("{}-volume", self.signal));
        name.unwrap_or_else(|| self.signal.clone())
    }

    /// For a signal that is not a ratio: its value, its unit, and whether a value is within bounds.
    #[expect(
        clippy::type_complexity,
        reason = "a sample, its unit and a predicate are one thing only here"
    )]
    pub fn number(&self) -> Option<(Sample, Slug, Box<dyn Fn(Reading) -> Option<bool>>)> {
        let at = self.measured?;
        match &self.detail {
            SignalDetail::Correctness {
                count: reading,
                tolerance,
                unit,
                ..
            } => {
                let (reading, tolerance) = (*reading, *tolerance);
                let fine = move |reading: Reading| reading.value().map(|value| value <= tolerance);
                let unit = unit_slug(unit, "wrong");
                Some((Sample { at, reading }, unit, Box::new(fine)))
            }
            SignalDetail::Level {
                reading,
                expect,
                unit,
                ..
            } => {
                let (reading, expect) = (*reading, *expect);
                let fine = move |reading| expect.holds(reading);
                let unit = unit_slug(unit, "units");
                Some((Sample { at, reading }, unit, Box::new(fine)))
            }
            SignalDetail::Ratio(_)
            | SignalDetail::Versions { .. }
            | SignalDetail::Deadline { .. } => None,
        }
    }
}

fn unit_slug(unit: &str, otherwise: &str) -> Slug {
    Slug::nearest(if unit.trim().is_empty() {
        otherwise
    } else {
        unit
    })
}

impl MonitorReport {
    /// For the top of the screen: the first ratio of the strict path.
    pub fn headline(&self) -> Option<(&SignalReport, &RatioReport)> {
        let strict = self.ratios().find(|(signal, _)| signal.strict);
        strict.or_else(|| self.ratios().next())
    }

    /// In the order of the map.
    pub fn ratios(&self) -> impl Iterator<Item = (&SignalReport, &RatioReport)> {
        let signals = self.signals.iter();
        signals.filter_map(|signal| Some((signal, signal.ratio()?)))
    }

    /// Of one path, in the order of the map.
    pub fn ratios_of<'r>(
        &'r self,
        path: &PathId,
    ) -> impl Iterator<Item = (&'r SignalReport, &'r RatioReport)> {
        self.ratios()
            .filter(move |(signal, _)| signal.path == *path)
    }

    /// The worst first; equal ones in the order of the map.
    pub fn ranked(&self) -> Vec<&SignalReport> {
        let mut all: Vec<&SignalReport> = self.signals.iter().collect();
        all.sort_by_key(|signal| signal.standing);
        all
    }

    /// The map has a correctness signal, and all of them are known.
    pub fn watches_correctness(&self) -> bool {
        let of = |signal: &&SignalReport| matches!(signal.detail, SignalDetail::Correctness { .. });
        let mut all = self.signals.iter().filter(of).peekable();
        all.peek().is_some() && all.all(|signal| signal.standing != SignalStanding::Unknown)
    }

    pub fn correctness_faults(&self) -> impl Iterator<Item = &SignalReport> {
        self.signals
            .iter()
            .filter(|signal| signal.standing == SignalStanding::CorrectnessFault)
    }
}
