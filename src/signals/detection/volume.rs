//! Payments that do not arrive: a success rate says nothing about them.

use super::super::tally::Track;
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
pub struct Slump {
    /// Payments a minute.
    pub now: f64,
    /// What is normal at this hour of earlier weeks.
    pub normal: f64,
    /// Begin of the window that shows it.
    pub since: DateTime<Utc>,
}

/// Looks for a slump that ends with the minute before `end`. Minutes that were not measured are not empty: with
/// one in the window nothing is concluded from it.
pub fn find(track: &Track, baseline: &Baseline, end: DateTime<Utc>) -> Option<Slump> {
    let last = end.timestamp().div_euclid(60) - 1;
    WINDOWS.iter().find_map(|minutes| {
        let (mut count, mut normal) = (0.0, 0.0);
        for minute in last + 1 - minutes..=last {
            count += track.minute(minute)?.total;
            normal += baseline.volume(minute)?;
        }
        // Scatter of volume grows with volume: a share of the normal is asked for, beside the evidence.
        let low = count < normal * STOPPED.min(baseline.volume_spread() / 2.0);
        (low && shortfall(count, normal) > THRESHOLD).then(|| Slump {
            now: count / *minutes as f64,
            normal: normal / *minutes as f64,
            since: DateTime::from_timestamp((last + 1 - minutes) * 60, 0).unwrap_or(end),
        })
    })
}
