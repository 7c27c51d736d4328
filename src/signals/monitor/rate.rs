//! A success rate that is computed elsewhere: its value is its own, and its budget is one of time.

use super::super::budget::{Budget, Burn};
use super::current::CurrentRatio;
use super::ratio::MonitoredRatio;
use super::report::{RatioReport, SignalDetail, SignalStanding};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;

pub(super) fn standing(
    ratio: &MonitoredRatio,
    there: DateTime<Utc>,
) -> (SignalStanding, Option<DateTime<Utc>>, SignalDetail) {
    let to = ratio.track.end().unwrap_or(there);
    let window = ratio.track.sum(to - TimeDelta::minutes(5), to);
    let is_old = ratio.scrapes.is_fresh(there) == Some(false);
    let current = CurrentRatio::of_value(ratio.value.filter(|_| !is_old), window);
    let objective = ratio.objective();
    let mut budget = Budget::at(&ratio.track, objective, ratio.window(), to);
    let now = current.reading.value();
    // Of the window that the query has, so that it agrees with the rate beside it.
    budget.burns[0].short = now.map(|now| (1.0 - now) / (1.0 - objective));
    let is_spent = budget.left().is_some_and(|left| left < 0.0);
    let standing = match now {
        None => SignalStanding::Unknown,
        Some(_) if budget.burns[..2].iter().any(Burn::exceeds) => SignalStanding::Breach,
        Some(now) if now < objective || is_spent => SignalStanding::AtRisk,
        Some(_) => SignalStanding::Fine,
    };
    let measured = ratio.value.map(|value| value.at).filter(|_| now.is_some());
    let report = RatioReport {
        per_minute: None,
        interval: ratio.scrapes.measured(),
        has_volume: false,
        ..RatioReport::new(Arc::clone(&ratio.track), current, budget)
    };
    (standing, measured, SignalDetail::Ratio(Box::new(report)))
}
