//! How a signal stands, from what was measured of it.

use super::super::Reading;
use super::super::budget::{Budget, Burn};
use super::super::detection::DropState;
use super::super::map::{CorrectnessSpec, DeadlineSpec, LevelSpec, SignalSpec, VersionSpec};
use super::current::CurrentRatio;
use super::number::MonitoredNumber;
use super::rate;
use super::ratio::MonitoredRatio;
use super::report::{RatioReport, SignalDetail, SignalReport, SignalStanding, SlaReport};
use super::scrapes::MonitoredScrapes;
use super::state::{MonitoredSignal, SignalState};
use super::usual::{decline_share, usual_per_minute};
use crate::text::{Problem, write_duration};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;

/// A ratio without a complete bucket for this long is unknown.
const STALE: TimeDelta = TimeDelta::minutes(5);

pub(super) fn of(
    signal: &mut MonitoredSignal,
    now: DateTime<Utc>,
    ahead: TimeDelta,
) -> SignalReport {
    let there = now + ahead;
    let error = signal.errors.first().map(|(_, problem)| problem.clone());
    let partial = signal.partial.first().map(|(_, said)| said.clone());
    let reason = match &signal.state {
        SignalState::Ratio(ratio) if !ratio.has_volume => out_of_date(&ratio.scrapes, there),
        SignalState::Ratio(ratio) => ratio.reason(&signal.spec),
        SignalState::Number(number) => out_of_date(&number.scrapes, there),
    };
    let scraped = match &signal.state {
        SignalState::Ratio(ratio) => ratio.scrapes.oldest(),
        SignalState::Number(number) => number.scrapes.oldest(),
    };
    let answered = match &signal.state {
        SignalState::Ratio(ratio) => ratio.is_answered(),
        SignalState::Number(number) => number.sample.is_some(),
    };
    let (standing, measured, detail) = match &mut signal.state {
        SignalState::Ratio(ratio) => of_ratio(ratio, there, partial.is_some()),
        SignalState::Number(number) => of_number(&signal.spec, number, there),
    };
    SignalReport {
        signal: signal.spec.signal.clone(),
        path: signal.path.clone(),
        strict: signal.strict,
        standing,
        answered,
        measured: measured.map(|at| at - ahead),
        scraped: scraped.map(|at| at - ahead),
        source: signal.spec.source.clone(),
        error: error.or(reason),
        partial,
        detail,
    }
}

fn of_ratio(
    ratio: &mut MonitoredRatio,
    there: DateTime<Utc>,
    is_partial: bool,
) -> (SignalStanding, Option<DateTime<Utc>>, SignalDetail) {
    if !ratio.has_volume {
        return rate::standing(ratio, there);
    }
    let end = ratio.track.end();
    let to = end.unwrap_or(there);
    let stale = STALE.max(ratio.scrapes.patience());
    let is_old = |end: Option<DateTime<Utc>>| end.is_none_or(|end| there - end >= stale);
    let fresh = !is_old(end) && !is_partial && !ratio.scrapes.is_too_slow();
    let span = ratio.current_span();
    let mut current = CurrentRatio::over(&ratio.track, span, to, fresh);
    if is_partial {
        let end = ratio.partial.end();
        let shown = CurrentRatio::over(&ratio.partial, span, end.unwrap_or(to), !is_old(end));
        current = shown.as_partial();
    }
    let (found, volume_drop) = if fresh {
        ratio.drop_at(to)
    } else {
        (DropState::default(), None)
    };
    let (objective, window) = (ratio.objective(), ratio.window());
    let budget = Budget::with_shortest(&ratio.track, objective, window, to, span);
    let standing = match current.reading.value() {
        _ if !fresh => SignalStanding::Unknown,
        _ if found.drop.is_some() || volume_drop.is_some() => SignalStanding::Breach,
        _ if budget.burns[..2].iter().any(Burn::exceeds) => SignalStanding::Breach,
        None => SignalStanding::Unknown,
        Some(now) if now < objective => SignalStanding::AtRisk,
        Some(_) if budget.left_at_least().is_some_and(|left| left < 0.0) => SignalStanding::AtRisk,
        Some(_) => SignalStanding::Fine,
    };
    let mut parts = match fresh {
        true => ratio.parts.reports(&current, ratio.declines_among),
        false => Vec::new(),
    };
    for part in &mut parts {
        let key = Some((part.label.clone(), part.value.clone()));
        part.latency = ratio.quantiles.get(&key).copied();
    }
    let declines = ratio.declines.as_ref().filter(|_| fresh);
    let declines = declines
        .and_then(|declines| decline_share(declines, &current.window, ratio.declines_among));
    let report = RatioReport {
        normal_per_minute: usual_per_minute(ratio.baseline(), to),
        declines,
        latency: ratio.quantiles.get(&None).copied().filter(|_| fresh),
        sla: ratio.sla.map(|promised| SlaReport {
            promised,
            spent_between: budget
                .sum
                .failure_between()
                .map(|(low, high)| (low / (1.0 - promised), high / (1.0 - promised))),
        }),
        parts,
        drop: found.drop,
        recovery: found.recovery,
        volume_drop,
        pricing: ratio.pricing.clone(),
        unknown: ratio.unknown.clone(),
        amount: ratio.amount.clone(),
        unknown_is_failed: ratio.unknown_is_failed,
        interval: ratio.scrapes.measured(),
        gaps_unread: ratio.gaps.unread,
        dropped_parts: ratio.parts.left_out(),
        ..RatioReport::new(Arc::clone(&ratio.track), current, budget)
    };
    (standing, end, SignalDetail::Ratio(Box::new(report)))
}

fn of_number(
    spec: &SignalSpec,
    number: &MonitoredNumber,
    there: DateTime<Utc>,
) -> (SignalStanding, Option<DateTime<Utc>>, SignalDetail) {
    let sample = number.sample;
    let is_old = number.scrapes.is_fresh(there) == Some(false);
    let reading = match sample {
        Some(sample) if !is_old => sample.reading,
        _ => Reading::NoData,
    };
    // A query may give a value long after the last scrape: its age is that of the scrape.
    let scraped = number.scrapes.oldest();
    let measured = sample.filter(|_| reading.value().is_some());
    let measured = measured.map(|sample| scraped.unwrap_or(sample.at));
    let (standing, detail) = if let Some(spec) = &spec.correctness {
        of_correctness(spec, number, reading)
    } else if let Some(spec) = &spec.level {
        of_level(spec, number, reading)
    } else if let Some(spec) = &spec.version {
        of_versions(spec, number, is_old)
    } else {
        of_deadline(spec.deadline.as_ref(), reading, there)
    };
    (standing, measured, detail)
}

/// Why a number has no value although its query may give one.
fn out_of_date(scrapes: &MonitoredScrapes, there: DateTime<Utc>) -> Option<Problem> {
    if scrapes.is_fresh(there) != Some(false) {
        return None;
    }
    let what = match scrapes.oldest() {
        Some(at) => format!(
            "no scrape of its series for {}",
            write_duration(TimeDelta::minutes((there - at).num_minutes()))
        ),
        None => "no recent scrape of its series".to_string(),
    };
    let hint = "check its exporter; if the series appears with the first event, name one that is always there as `alive`";
    Some(Problem::new(what, hint))
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

fn of_versions(
    spec: &VersionSpec,
    number: &MonitoredNumber,
    is_old: bool,
) -> (SignalStanding, SignalDetail) {
    let total: f64 = number.versions.iter().map(|(_, count)| count).sum();
    let wanted = spec.replicas.map(f64::from);
    let complete = wanted.is_none_or(|replicas| total >= replicas);
    let fine = match number.versions.len() {
        _ if is_old => None,
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
