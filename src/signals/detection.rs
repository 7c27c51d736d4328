//! Drop detection: is the success rate below what is normal at this hour, since when, and whose fault is it?
//!
//! The test is a scan over windows that end now. In each, the failures `b` are compared with the `E` that are
//! normal for these payments at this hour, by the log-likelihood ratio of a Poisson count,
//! `G = b ln(b/E) − (b − E)`, divided by the measured overdispersion. Under normal traffic a value of `h` is
//! exceeded about once in `e^h` independent trials (Kulldorff, "A spatial scan statistic", 1997; the window that
//! maximizes it is the change-point estimate of Page's CUSUM, 1954). A drop must also be large enough to matter
//! and not be over: the same ratio, of the drop's failure rate against the normal one, says when the last minutes
//! look like neither the drop nor its slow recovery any more.

mod attribution;
mod baseline;
mod onset;
mod statistics;
mod volume;

pub use attribution::{Culprit, LabelSplit, find_with_parts};
pub use baseline::{Baseline, NormalSource};
pub use onset::Onset;
pub use statistics::excess;
pub use volume::{VolumeDrop, find as find_slump};

use super::tally::{RatioSeries, Tally};
use chrono::{DateTime, TimeDelta, Utc};

/// Windows of the scan, in minutes.
pub const WINDOWS: [i64; 18] = [
    1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360,
];
/// Smallest drop that counts, in success ratio: a fifth of a point.
const SMALLEST: f64 = 0.002;
/// … and how many times the normal failure rate it must be: normal traffic drifts.
const FACTOR: f64 = 1.5;

/// The last minutes that must look normal before a drop counts as over: one that comes in bursts goes on.
const OVER_IN: i64 = 5;
/// What their evidence must exceed for that: a drop that goes on looks like that once in a thousand minutes.
const OVER: f64 = 7.0;

/// A drop.
#[derive(Debug, Clone, PartialEq)]
pub struct SuccessDrop {
    /// When it began: the start of the window that shows it best, to the minute.
    pub since: DateTime<Utc>,
    /// Whether it may have begun before that, where no minute is read any more.
    pub or_before: bool,
    /// Success ratio in that window.
    pub now: f64,
    /// What is normal for these payments at this hour.
    pub normal: f64,
    /// What is normal is known from earlier weeks; otherwise from the objective or the last day.
    pub from: NormalSource,
    /// Failures beyond the normal.
    pub excess: f64,
    /// The statistic.
    pub evidence: f64,
    /// The label value that has most of it, if one has.
    pub culprit: Option<Culprit>,
}

impl SuccessDrop {
    /// Points of success lost, in percentage points.
    pub fn points(&self) -> f64 {
        (self.normal - self.now) * 100.0
    }
}

/// A drop that is over: what came after it looks normal, over five minutes or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DropRecovery {
    /// When it began.
    pub began: DateTime<Utc>,
    /// When it ended: since then all is as is normal.
    pub ended: DateTime<Utc>,
}

/// What is found at one time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DropState {
    /// A drop that goes on.
    pub drop: Option<SuccessDrop>,
    /// Where none does: the last one, while the scan still sees it.
    pub recovery: Option<DropRecovery>,
}

/// Looks for a drop that is going on at the end of the minute before `end`.
pub fn find(track: &RatioSeries, baseline: &Baseline, end: DateTime<Utc>) -> Option<SuccessDrop> {
    scan(track, baseline, end, baseline.threshold(), &[]).drop
}

/// What a scan finds.
struct Scan {
    /// The drop that goes on.
    drop: Option<SuccessDrop>,
    /// Those that its windows still show and that have ended.
    over: Vec<Over>,
}

/// A drop that is over: how many minutes ago it began and ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Over {
    began: i64,
    ended: i64,
}

impl Over {
    /// In times, for a scan that ended at `end`.
    fn recovery(self, end: DateTime<Utc>) -> Option<DropRecovery> {
        let last = end.timestamp().div_euclid(60);
        let at = |back: i64| DateTime::from_timestamp((last - back) * 60, 0);
        Some(DropRecovery {
            began: at(self.began)?,
            ended: at(self.ended)?,
        })
    }

    /// Whether it covers a minute, or one beside it: nobody knows begin and end to the minute.
    fn covers(self, back: i64) -> bool {
        (self.ended - 1..=self.began).contains(&back)
    }
}

/// The scan of the last minutes, with a threshold of its own: one of many label values needs more evidence. Minutes of
/// drops that are `known` to be over are left out.
fn scan(
    track: &RatioSeries,
    baseline: &Baseline,
    end: DateTime<Utc>,
    threshold: f64,
    known: &[Over],
) -> Scan {
    let last = end.timestamp().div_euclid(60) - 1;
    let sums = backwards(track, baseline, last, known);
    let evidence = |minutes: i64| {
        let sums = sums[minutes as usize - 1];
        excess(sums.bad, sums.expected) / baseline.overdispersion()
    };
    let shows =
        |minutes: &i64| evidence(*minutes) > threshold && sums[*minutes as usize - 1].matters();
    let (mut going_on, mut over) = (Vec::new(), Vec::new());
    for minutes in WINDOWS.into_iter().filter(shows) {
        match over_in(&sums, minutes, baseline.overdispersion()) {
            None => going_on.push(minutes),
            Some(found) if over.contains(&found) => {}
            Some(found) => over.push(found),
        }
    }
    // Of equals the shortest: minutes that are left out, or without payments, show nothing.
    let strongest = |range: &mut dyn Iterator<Item = i64>| {
        range.max_by(|a, b| evidence(*a).total_cmp(&evidence(*b)).then(b.cmp(a)))
    };
    let drop = strongest(&mut going_on.into_iter()).and_then(|best| {
        // To the minute: between the windows beside it.
        let at = WINDOWS.iter().position(|minutes| *minutes == best)?;
        let shortest = at.checked_sub(1).map_or(1, |before| WINDOWS[before] + 1);
        let longest = WINDOWS.get(at + 1).map_or(best, |after| after - 1);
        let minutes = strongest(&mut (shortest..=longest))?;
        let found = sums[minutes as usize - 1];
        Some(SuccessDrop {
            since: DateTime::from_timestamp((last + 1 - minutes) * 60, 0)?,
            or_before: minutes == LONGEST,
            now: 1.0 - found.bad / found.total,
            normal: 1.0 - found.expected / found.total,
            from: baseline.normal(),
            excess: found.bad - found.expected,
            evidence: evidence(minutes),
            culprit: None,
        })
    });
    Scan { drop, over }
}

/// The longest window, in minutes.
const LONGEST: i64 = WINDOWS[WINDOWS.len() - 1];

/// What the last minute holds, the last two, and so on.
fn backwards(track: &RatioSeries, baseline: &Baseline, last: i64, known: &[Over]) -> Vec<Sums> {
    let mut sums = Sums::default();
    let minute = |back: i64| {
        let minute = last - back;
        let left_out = known.iter().any(|over| over.covers(back));
        if let Some(tally) = track.minute(minute).filter(|_| !left_out) {
            sums.add(tally, baseline.failure_rate(minute));
        }
        sums
    };
    (0..LONGEST).map(minute).collect()
}

/// The drop that a window shows, where it is over; `None` while it goes on. What came after the minutes
/// that show it best, five or more, must be explained better by what is normal than by the failure rate of those
/// minutes. Without payments nothing has ended.
fn over_in(sums: &[Sums], window: i64, overdispersion: f64) -> Option<Over> {
    let upto = |minutes: i64| match minutes {
        0 => Sums::default(),
        minutes => sums[minutes as usize - 1],
    };
    let shown = |after: i64, before: i64| upto(before).without(upto(after));
    let evidence = |after: i64, before: i64| {
        let shown = shown(after, before);
        excess(shown.bad, shown.expected)
    };
    let stronger = |a: &f64, b: &f64| a.total_cmp(b);
    // Its end, and then its begin: minutes before it would make it look slight.
    let after = (0..window)
        .max_by(|a, b| stronger(&evidence(*a, window), &evidence(*b, window)))
        .filter(|after| *after >= OVER_IN)?;
    let before =
        (after + 1..=window).max_by(|a, b| stronger(&evidence(after, *a), &evidence(after, *b)))?;
    let (shown, rest) = (shown(after, before), upto(after));
    let times = shown.bad / shown.expected.max(1e-3);
    let as_normal = (times - 1.0) * rest.expected - rest.bad * times.ln();
    (as_normal / overdispersion > OVER).then_some(Over {
        began: before,
        ended: after,
    })
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

    fn without(self, other: Self) -> Self {
        Self {
            bad: self.bad - other.bad,
            total: self.total - other.total,
            expected: self.expected - other.expected,
        }
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
    TimeDelta::minutes(LONGEST)
}
