//! How everything stands: what the screen, the command line and the gate read.

use super::super::budget::Budget;
use super::super::detection::{Drop, Found, Recovery, VolumeDrop};
use super::super::map::{Group, Pricing};
use super::super::tally::RatioSeries;
use super::super::{Expectation, Reading, Sample};
use super::number::Number;
use super::ratio::Ratio;
use super::{State, Told, Watched};
use crate::text::{Safe, Slug};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;

/// The success ratio "now" is that of so many minutes.
const NOW_MINUTES: i64 = 5;
/// Without a complete bucket for this long, a ratio is not known any more.
const STALE: TimeDelta = TimeDelta::minutes(5);

/// All signals at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// When.
    pub at: DateTime<Utc>,
    /// The signals, in the map's order.
    pub signals: Vec<SignalReport>,
    /// Sources whose clock is off, and how far it is ahead of ours.
    pub skew: Vec<(Option<Slug>, TimeDelta)>,
}

/// How bad a signal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
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

impl Standing {
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
    pub standing: Standing,
    /// When it was measured last.
    pub measured: Option<DateTime<Utc>>,
    /// The source that it is read from, where the map names one.
    pub source: Option<Slug>,
    /// What its questions fail with, and what to do.
    pub error: Option<Told>,
    /// Its numbers.
    pub detail: Detail,
}

/// The numbers of a signal.
#[derive(Debug, Clone, PartialEq)]
pub enum Detail {
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
        group: Group,
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
    pub drop: Option<Drop>,
    /// The drop before, once it is over.
    pub recovery: Option<Recovery>,
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

pub(super) fn of(signal: &mut Watched, now: DateTime<Utc>, ahead: TimeDelta) -> SignalReport {
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

fn of_ratio(ratio: &mut Ratio, there: DateTime<Utc>) -> (Standing, Option<DateTime<Utc>>, Detail) {
    let end = ratio.track.end();
    let to = end.unwrap_or(there);
    let recent = ratio.track.sum(to - TimeDelta::minutes(NOW_MINUTES), to);
    let fresh = end.is_some_and(|end| there - end < STALE);
    let (found, volume_drop) = if fresh {
        ratio.drop_at(to)
    } else {
        (Found::default(), None)
    };
    let budget = Budget::at(&ratio.track, ratio.objective(), ratio.window(), to);
    let now = recent.tally.ratio().filter(|_| fresh);
    let standing = match now {
        _ if !fresh => Standing::Unknown,
        _ if found.drop.is_some() || volume_drop.is_some() => Standing::Breach,
        _ if budget.burns[..2]
            .iter()
            .any(super::super::budget::Burn::exceeds) =>
        {
            Standing::Breach
        }
        None => Standing::Unknown,
        Some(now) if now < ratio.objective() => Standing::Watch,
        Some(_) if budget.left().is_some_and(|left| left < 0.0) => Standing::Watch,
        Some(_) => Standing::Fine,
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
    (standing, end, Detail::Ratio(Box::new(report)))
}

fn of_number(
    spec: &super::SignalSpec,
    number: &Number,
    there: DateTime<Utc>,
) -> (Standing, Option<DateTime<Utc>>, Detail) {
    let reading = number
        .sample
        .map_or(Reading::NoData, |sample| sample.reading);
    let measured = number
        .sample
        .filter(|_| reading.value().is_some())
        .map(|sample| sample.at);
    let standing_of = |fine: Option<bool>, bad: Standing| match fine {
        None => Standing::Unknown,
        Some(true) => Standing::Fine,
        Some(false) => bad,
    };
    let (standing, detail) = if let Some(spec) = &spec.correctness {
        let fine = |value: f64| value <= spec.tolerance;
        let standing = standing_of(reading.value().map(fine), Standing::Quiet);
        let currency = spec.currency.clone().unwrap_or_default();
        let detail = Detail::Correctness {
            count: reading,
            tolerance: spec.tolerance,
            unit: spec.unit.clone(),
            since: number.since(fine).filter(|_| standing == Standing::Quiet),
            age: number.age,
            amount: number.amount.map(|amount| (amount, currency)),
        };
        (standing, detail)
    } else if let Some(spec) = &spec.level {
        let fine = spec.expect.holds(reading);
        let since = number.since(|value| spec.expect.holds(Reading::Value(value)) == Some(true));
        let detail = Detail::Level {
            reading,
            expect: spec.expect,
            unit: spec.unit.clone(),
            group: spec.group,
            since: since.filter(|_| fine == Some(false)),
        };
        (standing_of(fine, Standing::Watch), detail)
    } else if let Some(spec) = &spec.version {
        let total: f64 = number.versions.iter().map(|(_, count)| count).sum();
        let complete = spec
            .replicas
            .is_none_or(|replicas| total >= f64::from(replicas));
        let agree = number.versions.len() == 1;
        let fine = (!number.versions.is_empty()).then_some(agree && complete);
        let detail = Detail::Versions {
            versions: number.versions.clone(),
            replicas: spec.replicas,
        };
        (standing_of(fine, Standing::Watch), detail)
    } else {
        let warn = spec
            .deadline
            .as_ref()
            .map_or(TimeDelta::zero(), |spec| spec.warn.0);
        let at = reading
            .value()
            .and_then(|seconds| DateTime::from_timestamp(seconds as i64, 0));
        let standing = match at.map(|at| at - there) {
            None => Standing::Unknown,
            Some(left) if left <= TimeDelta::zero() => Standing::Breach,
            Some(left) if left <= warn => Standing::Watch,
            Some(_) => Standing::Fine,
        };
        (standing, Detail::Deadline { at, warn })
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
            Detail::Correctness {
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
            Detail::Level {
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
            Detail::Ratio(_) | Detail::Versions { .. } | Detail::Deadline { .. } => None,
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

impl Report {
    /// The signal at the top of the screen: the first ratio of the strict path.
    pub fn headline(&self) -> Option<(&SignalReport, &RatioReport)> {
        let ratio = |signal: &'_ &SignalReport| matches!(signal.detail, Detail::Ratio(_));
        let strict = self
            .signals
            .iter()
            .find(|signal| signal.strict && ratio(signal));
        let signal = strict.or_else(|| self.signals.iter().find(ratio))?;
        match &signal.detail {
            Detail::Ratio(report) => Some((signal, report)),
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
        let of = |signal: &&SignalReport| matches!(signal.detail, Detail::Correctness { .. });
        let mut all = self.signals.iter().filter(of).peekable();
        all.peek().is_some() && all.all(|signal| signal.standing != Standing::Unknown)
    }

    /// Correctness faults beyond their tolerance.
    pub fn quiet(&self) -> impl Iterator<Item = &SignalReport> {
        self.signals
            .iter()
            .filter(|signal| signal.standing == Standing::Quiet)
    }
}
