//! The state of all signals at one time, for the screen, the command line and the gate.

use super::super::budget::{Budget, Burn};
use super::super::detection::{DropRecovery, DropState, SuccessDrop, VolumeDrop};
use super::super::map::{
    CorrectnessSpec, DeadlineSpec, LevelGroup, LevelSpec, Pricing, SignalSpec, VersionSpec,
};
use super::super::tally::RatioSeries;
use super::super::{Expectation, Reading, Sample};
use super::number::MonitoredNumber;
use super::ratio::MonitoredRatio;
use super::state::{MonitoredSignal, SignalState};
use crate::text::{PathId, Problem, Safe, Slug, SourceId};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;

/// Over which the current success ratio is measured.
const NOW_MINUTES: i64 = 5;
/// A ratio without a complete bucket for this long is unknown.
const STALE: TimeDelta = TimeDelta::minutes(5);

#[derive(Debug, Clone, PartialEq)]
pub struct MonitorReport {
    pub at: DateTime<Utc>,
    /// In the order of the map.
    pub signals: Vec<SignalReport>,
    /// Sources whose clock differs, and how far it is ahead of this machine's.
    pub skew: Vec<(Option<SourceId>, TimeDelta)>,
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
    pub measured: Option<DateTime<Utc>>,
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
    /// Over the last five measured minutes.
    pub now: Option<f64>,
    /// Payments, over the same minutes.
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
    /// Label values that are not monitored.
    pub dropped_parts: usize,
}

pub(super) fn of(
    signal: &mut MonitoredSignal,
    now: DateTime<Utc>,
    ahead: TimeDelta,
) -> SignalReport {
    let there = now + ahead;
    let error = signal.errors.first().map(|(_, problem)| problem.clone());
    let partial = signal.partial.first().map(|(_, said)| said.clone());
    let (standing, measured, detail) = match &mut signal.state {
        SignalState::Ratio(ratio) => of_ratio(ratio, there),
        SignalState::Number(number) => of_number(&signal.spec, number, there),
    };
    SignalReport {
        signal: signal.spec.signal.clone(),
        path: signal.path.clone(),
        strict: signal.strict,
        standing,
        measured: measured.map(|at| at - ahead),
        source: signal.spec.source.clone(),
        error,
        partial,
        detail,
    }
}

fn of_ratio(
    ratio: &mut MonitoredRatio,
    there: DateTime<Utc>,
) -> (SignalStanding, Option<DateTime<Utc>>, SignalDetail) {
    let end = ratio.track.end();
    let to = end.unwrap_or(there);
    let recent = ratio.track.sum(to - TimeDelta::minutes(NOW_MINUTES), to);
    let fresh = end.is_some_and(|end| there - end < STALE);
    let (found, volume_drop) = if fresh {
        ratio.drop_at(to)
    } else {
        (DropState::default(), None)
    };
    let budget = Budget::at(&ratio.track, ratio.objective(), ratio.window(), to);
    let now = recent.tally.ratio().filter(|_| fresh);
    let standing = match now {
        _ if !fresh => SignalStanding::Unknown,
        _ if found.drop.is_some() || volume_drop.is_some() => SignalStanding::Breach,
        _ if budget.burns[..2].iter().any(Burn::exceeds) => SignalStanding::Breach,
        None => SignalStanding::Unknown,
        Some(now) if now < ratio.objective() => SignalStanding::AtRisk,
        Some(_) if budget.left().is_some_and(|left| left < 0.0) => SignalStanding::AtRisk,
        Some(_) => SignalStanding::Fine,
    };
    let minutes = recent.measured as f64 / 60.0;
    let report = RatioReport {
        now,
        per_minute: (fresh && minutes > 0.0).then(|| recent.tally.total / minutes),
        budget,
        drop: found.drop,
        recovery: found.recovery,
        volume_drop,
        track: Arc::clone(&ratio.track),
        pricing: ratio.pricing.clone(),
        unknown: ratio.unknown.clone(),
        amount: ratio.amount.clone(),
        dropped_parts: ratio.dropped_parts,
    };
    (standing, end, SignalDetail::Ratio(Box::new(report)))
}

fn of_number(
    spec: &SignalSpec,
    number: &MonitoredNumber,
    there: DateTime<Utc>,
) -> (SignalStanding, Option<DateTime<Utc>>, SignalDetail) {
    let sample = number.sample;
    let reading = sample.map_or(Reading::NoData, |sample| sample.reading);
    let measured = sample.filter(|_| reading.value().is_some());
    let (standing, detail) = if let Some(spec) = &spec.correctness {
        of_correctness(spec, number, reading)
    } else if let Some(spec) = &spec.level {
        of_level(spec, number, reading)
    } else if let Some(spec) = &spec.version {
        of_versions(spec, number)
    } else {
        of_deadline(spec.deadline.as_ref(), reading, there)
    };
    (standing, measured.map(|sample| sample.at), detail)
}

fn standing_of(fine: Option<bool>, bad: SignalStanding) -> SignalStanding {
    match fine {
        None => SignalStanding::Unknown,
        Some(true) => SignalStanding::Fine,
        Some(false) => bad,
    }
}

fn of_correctness(
    spec: &CorrectnessSpec,
    number: &MonitoredNumber,
    reading: Reading,
) -> (SignalStanding, SignalDetail) {
    let fine = |value: f64| value <= spec.tolerance;
    let is_fine = reading.value().map(fine);
    let currency = spec.currency.clone().unwrap_or_default();
    let detail = SignalDetail::Correctness {
        count: reading,
        tolerance: spec.tolerance,
        unit: spec.unit.clone(),
        since: number.since(fine).filter(|_| is_fine == Some(false)),
        age: number.age,
        amount: number.amount.map(|amount| (amount, currency)),
    };
    let standing = standing_of(is_fine, SignalStanding::CorrectnessFault);
    (standing, detail)
}

fn of_level(
    spec: &LevelSpec,
    number: &MonitoredNumber,
    reading: Reading,
) -> (SignalStanding, SignalDetail) {
    let fine = spec.expect.holds(reading);
    let since = number.since(|value| spec.expect.holds(Reading::Value(value)) == Some(true));
    let detail = SignalDetail::Level {
        reading,
        expect: spec.expect,
        unit: spec.unit.clone(),
        group: spec.group,
        since: since.filter(|_| fine == Some(false)),
    };
    (standing_of(fine, SignalStanding::AtRisk), detail)
}

fn of_versions(spec: &VersionSpec, number: &MonitoredNumber) -> (SignalStanding, SignalDetail) {
    let total: f64 = number.versions.iter().map(|(_, count)| count).sum();
    let wanted = spec.replicas.map(f64::from);
    let complete = wanted.is_none_or(|replicas| total >= replicas);
    let fine = match number.versions.len() {
        0 => None,
        versions => Some(versions == 1 && complete),
    };
    let detail = SignalDetail::Versions {
        versions: number.versions.clone(),
        replicas: spec.replicas,
    };
    (standing_of(fine, SignalStanding::AtRisk), detail)
}

fn of_deadline(
    spec: Option<&DeadlineSpec>,
    reading: Reading,
    there: DateTime<Utc>,
) -> (SignalStanding, SignalDetail) {
    let warn = spec.map_or(TimeDelta::zero(), |spec| spec.warn.0);
    let seconds = reading.value();
    let at = seconds.and_then(|seconds| DateTime::from_timestamp(seconds as i64, 0));
    let standing = match at.map(|at| at - there) {
        None => SignalStanding::Unknown,
        Some(left) if left <= TimeDelta::zero() => SignalStanding::Breach,
        Some(left) if left <= warn => SignalStanding::AtRisk,
        Some(_) => SignalStanding::Fine,
    };
    (standing, SignalDetail::Deadline { at, warn })
}

impl SignalReport {
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
        let ratio = |signal: &'_ &SignalReport| matches!(signal.detail, SignalDetail::Ratio(_));
        let mut signals = self.signals.iter();
        let strict = signals.find(|signal| signal.strict && ratio(signal));
        let signal = strict.or_else(|| self.signals.iter().find(ratio))?;
        match &signal.detail {
            SignalDetail::Ratio(report) => Some((signal, report)),
            _ => None,
        }
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
