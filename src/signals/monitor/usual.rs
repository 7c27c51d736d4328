//! What is shown beside the success: payments a minute that are normal, and the share of business declines.

use super::super::detection::Baseline;
use super::super::tally::{Lane, TallySum};
use chrono::{DateTime, Utc};

/// In the last whole minute before `end`; `None` without earlier weeks.
pub(super) fn usual_per_minute(baseline: Option<&Baseline>, end: DateTime<Utc>) -> Option<f64> {
    baseline?.typical_volume(end.timestamp().div_euclid(60) - 1)
}

/// Of all requests of the minutes in which both were measured. `among`: the total contains the declines.
pub(super) fn decline_share(declines: &Lane, sum: &TallySum, among: bool) -> Option<f64> {
    let minutes = declines.bucket(sum.from)..declines.bucket(sum.to);
    let known: Vec<f64> = minutes.filter_map(|minute| declines.get(minute)).collect();
    let declined: f64 = known.iter().sum();
    let all = if among {
        sum.tally.total
    } else {
        sum.tally.total + declined
    };
    (!known.is_empty() && sum.measured > 0 && all > 0.0).then(|| (declined / all).min(1.0))
}
