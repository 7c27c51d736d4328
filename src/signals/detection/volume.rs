//! Payments that do not arrive: a success rate says nothing about them.

use super::super::tally::RatioSeries;
use super::baseline::Baseline;
use super::statistics::shortfall;
use chrono::{DateTime, Utc};

/// Windows, in minutes.
const WINDOWS: [i64; 4] = [3, 5, 10, 20];
/// What the shortfall's evidence must exceed.
const THRESHOLD: f64 = 14.0;
/// Below this share of the normal volume, payments have all but stopped. Holidays and closed shops stay above it.
const STOPPED: f64 = 0.1;

/// Far fewer payments than normal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VolumeDrop {
    /// Payments a minute.
    pub now: f64,
    /// What is normal at this hour of earlier weeks.
    pub normal: f64,
    /// Its first minute, six hours ago at the earliest.
    pub since: DateTime<Utc>,
}

/// Looks for a volume_drop that ends with the minute before `end`. Minutes that were not measured are not empty: with
/// one in the window nothing is concluded from it.
pub fn find(track: &RatioSeries, baseline: &Baseline, end: DateTime<Utc>) -> Option<VolumeDrop> {
    let last = end.timestamp().div_euclid(60) - 1;
    WINDOWS.iter().find_map(|minutes| {
        let (mut count, mut normal) = (0.0, 0.0);
        for minute in last + 1 - minutes..=last {
            count += track.minute(minute)?.total;
            normal += baseline.volume(minute)?;
        }
        // Scatter of volume grows with volume: a share of the normal is asked for, beside the evidence.
        let low = count < normal * STOPPED.min(baseline.volume_spread() / 2.0);
        (low && shortfall(count, normal) > THRESHOLD).then(|| VolumeDrop {
            now: count / *minutes as f64,
            normal: normal / *minutes as f64,
            since: begin(track, baseline, last, *minutes).unwrap_or(end),
        })
    })
}

/// The first of the minutes without a break that are as low, beyond the window that shows it.
fn begin(
    track: &RatioSeries,
    baseline: &Baseline,
    last: i64,
    window: i64,
) -> Option<DateTime<Utc>> {
    let low = |minute: &i64| {
        let (tally, normal) = (track.minute(*minute), baseline.volume(*minute));
        let share = STOPPED.min(baseline.volume_spread() / 2.0);
        tally
            .zip(normal)
            .is_some_and(|(tally, normal)| tally.total < normal * share)
    };
    let oldest = last - super::LONGEST;
    let before = (oldest..=last - window).rev().take_while(low).last();
    DateTime::from_timestamp(before.unwrap_or(last + 1 - window) * 60, 0)
}
