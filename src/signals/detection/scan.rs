//! The scan for a drop of the success ratio.

use super::super::tally::{RatioSeries, Tally};
use super::baseline::Baseline;
use super::drop::{DropRecovery, SuccessDrop};
use super::statistics::excess;
use super::windows::{LONGEST, WINDOWS};
use chrono::{DateTime, Utc};

/// Smallest drop of the success ratio that counts: 0.2 percentage points.
const SMALLEST: f64 = 0.002;
/// Smallest multiple of the normal failure rate that counts: normal traffic drifts.
const FACTOR: f64 = 1.5;

/// That must look normal before a drop counts as over: a drop may come in bursts.
const OVER_MINUTES: i64 = 5;
/// That these minutes need: a drop that goes on gives it once in a thousand minutes.
const OVER_EVIDENCE: f64 = 7.0;

pub(super) struct Scan {
    pub(super) drop: Option<SuccessDrop>,
    /// Over, and still visible in a window.
    pub(super) over: Vec<EndedDrop>,
}

/// In minutes before the end of the scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EndedDrop {
    pub(super) began: i64,
    pub(super) ended: i64,
}

impl EndedDrop {
    /// For a scan that ended at `end`.
    pub(super) fn recovery(self, end: DateTime<Utc>) -> Option<DropRecovery> {
        let last = end.timestamp().div_euclid(60);
        let at = |back: i64| DateTime::from_timestamp((last - back) * 60, 0);
        Some(DropRecovery {
            began: at(self.began)?,
            ended: at(self.ended)?,
        })
    }

    /// A minute or one next to it: begin and end are not exact to the minute.
    fn covers(self, back: i64) -> bool {
        (self.ended - 1..=self.began).contains(&back)
    }
}

/// One of many label values needs a higher threshold. Leaves out the minutes of drops that are `known` to be over.
pub(super) fn scan(
    track: &RatioSeries,
    baseline: &Baseline,
    end: DateTime<Utc>,
    threshold: f64,
    known: &[EndedDrop],
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
    // Of equal windows the shortest: left-out minutes and minutes without payments show nothing.
    let strongest = |range: &mut dyn Iterator<Item = i64>| {
        range.max_by(|a, b| evidence(*a).total_cmp(&evidence(*b)).then(b.cmp(a)))
    };
    let drop = strongest(&mut going_on.into_iter()).and_then(|best| {
        // To the minute: between the neighbouring windows.
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

/// Of the last minute, the last two minutes, and so on.
fn backwards(
    track: &RatioSeries,
    baseline: &Baseline,
    last: i64,
    known: &[EndedDrop],
) -> Vec<Sums> {
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

/// The drop of a window, if it is over; `None` while it goes on. The normal rate must explain the minutes after its
/// best ones (at least five) better than the failure rate of the drop. Without payments nothing is over.
fn over_in(sums: &[Sums], window: i64, overdispersion: f64) -> Option<EndedDrop> {
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
    // First the end, then the begin: earlier minutes would make the drop look smaller.
    let after = (0..window)
        .max_by(|a, b| stronger(&evidence(*a, window), &evidence(*b, window)))
        .filter(|after| *after >= OVER_MINUTES)?;
    let before =
        (after + 1..=window).max_by(|a, b| stronger(&evidence(after, *a), &evidence(after, *b)))?;
    let (shown, rest) = (shown(after, before), upto(after));
    let times = shown.bad / shown.expected.max(1e-3);
    let as_normal = (times - 1.0) * rest.expected - rest.bad * times.ln();
    (as_normal / overdispersion > OVER_EVIDENCE).then_some(EndedDrop {
        began: before,
        ended: after,
    })
}

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

    /// Of the success ratio, against the normal one.
    fn lost(&self) -> f64 {
        (self.bad - self.expected) / self.total.max(f64::MIN_POSITIVE)
    }

    fn matters(&self) -> bool {
        self.total > 0.0 && self.lost() > SMALLEST && self.bad > FACTOR * self.expected
    }
}
