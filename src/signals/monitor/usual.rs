//! Volume now against earlier weeks, and the share of business declines.

use super::super::tally::{FIVE, Lane, RatioSeries, TallySum};
use chrono::{DateTime, Utc};

const WEEK: i64 = 7 * 86_400 / FIVE;
/// Buckets on either side: half an hour.
const AROUND: i64 = 6;

/// The median of four earlier weeks; `None` with fewer than two.
pub(super) fn usual_per_minute(track: &RatioSeries, at: DateTime<Utc>) -> Option<f64> {
    let now = at.timestamp().div_euclid(FIVE);
    let mut weeks: Vec<f64> = (1..=4)
        .filter_map(|week| {
            let middle = now - week * WEEK;
            let known = (middle - AROUND..middle + AROUND).filter_map(|five| track.five(five));
            let (sum, count) = known.fold((0.0, 0), |(sum, count), tally| {
                (sum + tally.total, count + 1)
            });
            (count > 0).then(|| sum / f64::from(count) / (FIVE as f64 / 60.0))
        })
        .collect();
    weeks.sort_by(f64::total_cmp);
    let middle = weeks.len() / 2;
    match weeks.len() {
        0 | 1 => None,
        even if even.is_multiple_of(2) => Some((weeks[middle - 1] + weeks[middle]) / 2.0),
        _ => Some(weeks[middle]),
    }
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
