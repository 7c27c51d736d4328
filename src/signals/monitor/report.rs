//! How everything stands: what the screen, the command line and the gate read.

use super::super::budget::Budget;
use super::super::detection::{SuccessDrop, DropState, DropRecovery, VolumeDrop};
use super::super::map::{LevelGroup, Pricing};
use super::super::tally::RatioSeries;
use super::super::{Expectation, Reading, Sample};
use super::number::MonitoredNumber;
use super::ratio::MonitoredRatio;
use super::{State, Told, MonitoredSignal};
use crate::text::{Safe, Slug};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;

/// The success ratio "now" is that of so many minutes.
const NOW_MINUTES: i64 = 5;
/// Without a complete bucket for this long, a ratio is not known any more.
const STALE: TimeDelta = TimeDelta::minutes(5);

/// All signals at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct MonitorReport {
    /// When.
    pub at: DateTime<Utc>,
    /// The signals, in the map's order.
    pub signals: Vec<SignalReport>,
    /// Sources whose clock is off, and how far it is ahead of ours.
    pub skew: Vec<(Option<Slug>, TimeDelta)>,
}

/// How bad a signal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SignalStanding {
    /// A correctness fault beyond its tolerance: it outranks any outage (rule M2).
    Quiet,
    /// Beyond its bound or burning fast.
    Breach,
    /// On its way there.
    Watch,
    /// Not known.
    Unknown,
    /// As it should be.
    Fine,
}

impl SignalStanding {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Quiet => "wrong",
            Self::Breach => "breach",
            Self::Watch => "watch",
            Self::Unknown => "unknown",
            Self::Fine => "fine",
        }
    }
}

/// One signal.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalReport {
    /// Its name.
    pub signal: Slug,
    /// Its path.
    pub path: Slug,
    /// Whether that is the strict path.
    pub strict: bool,
    /// How bad it is.
    pub standing: SignalStanding,
    /// When it was measured last.
    pub measured: Option<DateTime<Utc>>,
    /// The source that it is read from, where the map names one.
    pub source: Option<Slug>,
    /// What its questions fail with, and what to do.
    pub error: Option<Told>,
    /// Its numbers.
    pub detail: SignalDetail,
}

/// The numbers of a signal.
#[derive(Debug, Clone, PartialEq)]
pub enum SignalDetail {
    /// A ratio with an error budget.
    Ratio(Box<RatioReport>),
    /// A count of wrong things.
    Correctness {
        /// How many.
        count: Reading,
        /// How many may be.
        tolerance: f64,
        /// What is counted.
        unit: String,
        /// Since when, as far as its past is known.
        since: Option<DateTime<Utc>>,
        /// Age of the oldest, in seconds.
        age: Option<Reading>,
        /// Amount concerned, and its currency.
        amount: Option<(Reading, String)>,
    },
    /// A number with a bound.
    Level {
        /// The number.
        reading: Reading,
        /// What is expected.
        expect: Expectation,
        /// Its unit.
        unit: String,
        /// What it belongs to.
        group: LevelGroup,
        /// Since when it is not as expected.
        since: Option<DateTime<Utc>>,
    },
    /// Replicas by version.
    Versions {
        /// Counts, the largest first.
        versions: Vec<(Safe, f64)>,
        /// How many replicas there should be.
        replicas: Option<u32>,
    },
    /// A time to come.
    Deadline {
        /// When; `None` where it is not known.
        at: Option<DateTime<Utc>>,
        /// How long before it counts as near.
        warn: TimeDelta,
    },
}

/// The numbers of a ratio.
#[derive(Debug, Clone, PartialEq)]
pub struct RatioReport {
    /// Success ratio over the last five measured minutes.
    pub now: Option<f64>,
    /// Payments a minute in them.
    pub per_minute: Option<f64>,
    /// The error budget.
    pub budget: Budget,
    /// A drop that is going on.
    pub drop: Option<SuccessDrop>,
    /// The drop before, once it is over.
    pub recovery: Option<DropRecovery>,
    /// Payments that do not arrive.
    pub volume_drop: Option<VolumeDrop>,
    /// The counts behind it.
    pub track: Arc<RatioSeries>,
    /// What failures cost, on the ratio that carries a path's money.
    pub pricing: Option<Pricing>,
    /// Payments of unknown outcome.
    pub unknown: Option<Arc<RatioSeries>>,
    /// Amounts of failed payments.
    pub amount: Option<Arc<RatioSeries>>,
    /// Values of labels beyond those told apart.
    pub dropped_parts: usize,
}

pub(super) fn of(signal: &mut MonitoredSignal, now: DateTime<Utc>, ahead: TimeDelta) -> SignalReport {
    let there = now + ahead;
    let error = signal.errors.first().map(|(_, told)| told.clone());
    let (standing, measured, detail) = match &mut signal.state {
        State::Ratio(ratio) => of_ratio(ratio, there),
        State::Number(number) => of_number(&signal.spec, number, there),
    };
    SignalReport {
        signal: signal.spec.signal.clone(),
        path: signal.path.clone(),
        strict: signal.strict,
        standing,
        measured: measured.map(|at| at - ahead),
        source: signal.spec.source.clone(),
        error,
        detail,
    }
}

fn of_ratio(ratio: &mut MonitoredRatio, there: DateTime<Utc>) -> (SignalStanding, Option<DateTime<Utc>>, SignalDetail) {
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
        _ if budget.burns[..2]
            .iter()
            .any(super::super::budget::Burn::exceeds) =>
        {
            SignalStanding::Breach
        }
        None => SignalStanding::Unknown,
        Some(now) if now < ratio.objective() => SignalStanding::Watch,
        Some(_) if budget.left().is_some_and(|left| left < 0.0) => SignalStanding::Watch,
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
    spec: &super::SignalSpec,
    number: &MonitoredNumber,
    there: DateTime<Utc>,
) -> (SignalStanding, Option<DateTime<Utc>>, SignalDetail) {
    let reading = number
        .sample
        .map_or(Reading::NoData, |sample| sample.reading);
    let measured = number
        .sample
        .filter(|_| reading.value().is_some())
        .map(|sample| sample.at);
    let standing_of = |fine: Option<bool>, bad: SignalStanding| match fine {
        None => SignalStanding::Unknown,
        Some(true) => SignalStanding::Fine,
        Some(false) => bad,
    };
    let (standing, detail) = if let Some(spec) = &spec.correctness {
        let fine = |value: f64| value <= spec.tolerance;
        let standing = standing_of(reading.value().map(fine), SignalStanding::Quiet);
        let currency = spec.currency.clone().unwrap_or_default();
        let detail = SignalDetail::Correctness {
            count: reading,
            tolerance: spec.tolerance,
            unit: spec.unit.clone(),
            since: number.since(fine).filter(|_| standing == SignalStanding::Quiet),
            age: number.age,
            amount: number.amount.map(|amount| (amount, currency)),
        };
        (standing, detail)
    } else if let Some(spec) = &spec.level {
        let fine = spec.expect.holds(reading);
        let since = number.since(|value| spec.expect.holds(Reading::Value(value)) == Some(true));
        let detail = SignalDetail::Level {
            reading,
            expect: spec.expect,
            unit: spec.unit.clone(),
            group: spec.group,
            since: since.filter(|_| fine == Some(false)),
        };
        (standing_of(fine, SignalStanding::Watch), detail)
    } else if let Some(spec) = &spec.version {
        let total: f64 = number.versions.iter().map(|(_, count)| count).sum();
        let complete = spec
            .replicas
            .is_none_or(|replicas| total >= f64::from(replicas));
        let agree = number.versions.len() == 1;
        let fine = (!number.versions.is_empty()).then_some(agree && complete);
        let detail = SignalDetail::Versions {
            versions: number.versions.clone(),
            replicas: spec.replicas,
        };
        (standing_of(fine, SignalStanding::Watch), detail)
    } else {
        let warn = spec
            .deadline
            .as_ref()
            .map_or(TimeDelta::zero(), |spec| spec.warn.0);
        let at = reading
            .value()
            .and_then(|seconds| DateTime::from_timestamp(seconds as i64, 0));
        let standing = match at.map(|at| at - there) {
            None => SignalStanding::Unknown,
            Some(left) if left <= TimeDelta::zero() => SignalStanding::Breach,
            Some(left) if left <= warn => SignalStanding::Watch,
            Some(_) => SignalStanding::Fine,
        };
        (standing, SignalDetail::Deadline { at, warn })
    };
    (standing, measured, detail)
}

impl SignalReport {
    /// The number of a signal that has one beside ratios, with its unit, and what of it is fine.
    #[expect(
        clippy::type_complexity,
        reason = "a sample, its unit and a predicate are one thing only here"
    )]
    pub fn number(&self) -> Option<(Sample, Slug, Box<dyn Fn(Reading) -> Option<bool>>)> {
        let at = self.measured?;
        match &self.detail {
            SignalDetail::Correctness {
                count,
                tolerance,
                unit,
                ..
            } => {
                let (tolerance, unit) = (*tolerance, unit_slug(unit, "wrong"));
                let fine = move |reading: Reading| reading.value().map(|value| value <= tolerance);
                Some((
                    Sample {
                        at,
                        reading: *count,
                    },
                    unit,
                    Box::new(fine),
                ))
            }
            SignalDetail::Level {
                reading,
                expect,
                unit,
                ..
            } => {
                let expect = *expect;
                let sample = Sample {
                    at,
                    reading: *reading,
                };
                Some((
                    sample,
                    unit_slug(unit, "units"),
                    Box::new(move |reading| expect.holds(reading)),
                ))
            }
            SignalDetail::Ratio(_) | SignalDetail::Versions { .. } | SignalDetail::Deadline { .. } => None,
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
    /// The signal at the top of the screen: the first ratio of the strict path.
    pub fn headline(&self) -> Option<(&SignalReport, &RatioReport)> {
        let ratio = |signal: &'_ &SignalReport| matches!(signal.detail, SignalDetail::Ratio(_));
        let strict = self
            .signals
            .iter()
            .find(|signal| signal.strict && ratio(signal));
        let signal = strict.or_else(|| self.signals.iter().find(ratio))?;
        match &signal.detail {
            SignalDetail::Ratio(report) => Some((signal, report)),
            _ => None,
        }
    }

    /// The signals, the worst first; equal ones in the map's order.
    pub fn ranked(&self) -> Vec<&SignalReport> {
        let mut all: Vec<&SignalReport> = self.signals.iter().collect();
        all.sort_by_key(|signal| signal.standing);
        all
    }

    /// Whether any correctness signal is watched, and all of them are known.
    pub fn watches_correctness(&self) -> bool {
        let of = |signal: &&SignalReport| matches!(signal.detail, SignalDetail::Correctness { .. });
        let mut all = self.signals.iter().filter(of).peekable();
        all.peek().is_some() && all.all(|signal| signal.standing != SignalStanding::Unknown)
    }

    /// Correctness faults beyond their tolerance.
    pub fn quiet(&self) -> impl Iterator<Item = &SignalReport> {
        self.signals
            .iter()
            .filter(|signal| signal.standing == SignalStanding::Quiet)
    }
}
