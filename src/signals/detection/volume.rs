//! Volume drops: payments that do not arrive. A success rate does not show them.

use super::super::tally::RatioSeries;
use super::baseline::Baseline;
use super::statistics::shortfall;
use super::windows::LONGEST;
use chrono::{DateTime, Utc};

/// In minutes.
const WINDOWS: [i64; 4] = [3, 5, 10, 20];
const THRESHOLD: f64 = 14.0;
/// Below this share of the normal volume payments have almost stopped. Holidays and closed shops stay above it.
const STOPPED: f64 = 0.1;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VolumeDrop {
    /// Payments a minute.
    pub now: f64,
    /// Payments a minute at this hour, from earlier weeks.
    pub normal: f64,
    /// At most six hours ago.
    pub since: DateTime<Utc>,
}

/// At the end of the minute before `end`. A minute without a measurement is not empty: a window with such a minute
/// proves nothing.
pub fn find(track: &RatioSeries, baseline: &Baseline, end: DateTime<Utc>) -> Option<VolumeDrop> {
    let last = end.timestamp().div_euclid(60) - 1;
    WINDOWS.iter().find_map(|minutes| {
        let (mut count, mut normal) = (0.0, 0.0);
        for minute in last + 1 - minutes..=last {
            count += track.minute(minute)?.total;
            normal += baseline.volume(minute)?;
        }
        // The variance of volume grows with volume: besides the evidence, a share of the normal volume is required.
        let low = count < normal * STOPPED.min(baseline.volume_spread() / 2.0);
        (low && shortfall(count, normal) > THRESHOLD).then(|| VolumeDrop {
            now: count / *minutes as f64,
            normal: normal / *minutes as f64,
            since: begin(track, baseline, last, *minutes).unwrap_or(end),
        })
    })
}

/// The first minute of the unbroken low volume before the window.
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
    let oldest = last - LONGEST;
    let before = (oldest..=last - window).rev().take_while(low).last();
    DateTime::from_timestamp(before.unwrap_or(last + 1 - window) * 60, 0)
}
