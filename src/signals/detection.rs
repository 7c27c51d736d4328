//! Drop detection: is the success rate below what is normal at this hour, since when, and whose fault is it?
//!
//! The test is a scan over windows that end now. In each, the failures `b` are compared with the `E` that are
//! normal for these payments at this hour, by the log-likelihood ratio of a Poisson count,
//! `G = b ln(b/E) − (b − E)`, divided by the measured overdispersion. Under normal traffic a value of `h` is
//! exceeded about once in `e^h` independent trials (Kulldorff, "A spatial scan statistic", 1997; the window that
//! maximizes it is the change-point estimate of Page's CUSUM, 1954). A drop must also be large enough to matter
//! and still be going on.

mod attribution;
mod baseline;
mod statistics;
mod volume;

pub use attribution::{Culprit, Split, find_with_parts};
pub use baseline::{Baseline, Normal};
pub use statistics::excess;
pub use volume::{Slump, find as find_slump};

use super::tally::{Tally, Track};
use chrono::{DateTime, TimeDelta, Utc};

/// Windows of the scan, in minutes.
pub const WINDOWS: [i64; 18] = [
    1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360,
];
/// Smallest drop that counts, in success ratio: a fifth of a point.
const SMALLEST: f64 = 0.002;
/// … and how many times the normal failure rate it must be: normal traffic drifts.
const FACTOR: f64 = 1.5;

/// A drop.
#[derive(Debug, Clone, PartialEq)]
pub struct Drop {
    /// When it began: the start of the window that shows it best.
    pub since: DateTime<Utc>,
    /// Success ratio in that window.
    pub now: f64,
    /// What is normal for these payments at this hour.
    pub normal: f64,
    /// What is normal is known from earlier weeks; otherwise from the objective or the last day.
    pub from: Normal,
    /// Failures beyond the normal.
    pub excess: f64,
    /// The statistic.
    pub evidence: f64,
    /// The label value that has most of it, if one has.
    pub culprit: Option<Culprit>,
}

impl Drop {
    /// Points of success lost, in percentage points.
    pub fn points(&self) -> f64 {
        (self.normal - self.now) * 100.0
    }
}

/// Looks for a drop that is going on at the end of the minute before `end`.
pub fn find(track: &Track, baseline: &Baseline, end: DateTime<Utc>) -> Option<Drop> {
    scan(track, baseline, end, baseline.threshold())
}

/// The scan, with a threshold of its own: one of many label values needs more evidence.
fn scan(track: &Track, baseline: &Baseline, end: DateTime<Utc>, threshold: f64) -> Option<Drop> {
    let last = end.timestamp().div_euclid(60) - 1;
    let mut sums = Sums::default();
    let mut best: Option<(i64, f64, Sums)> = None;
    let mut recent = [Sums::default(); WINDOWS.len()];
    let mut window = WINDOWS.iter().enumerate();
    let mut next = window.next();
    for back in 0..WINDOWS[WINDOWS.len() - 1] {
        let minute = last - back;
        if let Some(tally) = track.minute(minute) {
            sums.add(tally, baseline.failure_rate(minute));
        }
        let Some((index, minutes)) = next else { break };
        if back + 1 < *minutes {
            continue;
        }
        next = window.next();
        recent[index] = sums;
        let evidence = excess(sums.bad, sums.expected) / baseline.overdispersion();
        let strong = evidence > threshold && sums.matters() && still(&recent, index, &sums);
        if strong && best.as_ref().is_none_or(|(_, known, _)| evidence > *known) {
            best = Some((*minutes, evidence, sums));
        }
    }
    let (minutes, evidence, sums) = best?;
    Some(Drop {
        since: DateTime::from_timestamp((last + 1 - minutes) * 60, 0)?,
        now: 1.0 - sums.bad / sums.total,
        normal: 1.0 - sums.expected / sums.total,
        from: baseline.normal(),
        excess: sums.bad - sums.expected,
        evidence,
        culprit: None,
    })
}

/// Whether the failures go on: in a twelfth of the window (as burn alerts have it), and at least in the last five
/// minutes, at half the excess.
fn still(recent: &[Sums; WINDOWS.len()], index: usize, whole: &Sums) -> bool {
    let wanted = (WINDOWS[index] / 12).max(5);
    let short = WINDOWS
        .iter()
        .position(|minutes| *minutes >= wanted)
        .unwrap_or(0);
    if short >= index {
        return true;
    }
    let short = &recent[short];
    // No payment in the short window: the last failures are the last thing that is known.
    short.total <= 0.0 || short.lost() > whole.lost() / 2.0
}

/// What a window holds.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    bad: f64,
    total: f64,
    expected: f64,
}

impl Sums {
    fn add(&mut self, tally: Tally, failure_rate: f64) {
        self.bad += tally.bad();
        self.total += tally.total;
        self.expected += tally.total * failure_rate;
    }

    /// Success ratio lost against the normal.
    fn lost(&self) -> f64 {
        (self.bad - self.expected) / self.total.max(f64::MIN_POSITIVE)
    }

    fn matters(&self) -> bool {
        self.total > 0.0 && self.lost() > SMALLEST && self.bad > FACTOR * self.expected
    }
}

/// How far back a detection reads minutes.
pub fn reach() -> TimeDelta {
    TimeDelta::minutes(WINDOWS[WINDOWS.len() - 1])
}
