//! The minutes before the end of a scan, as sums: every window of them is one subtraction.

use super::super::tally::{MINUTES_KEPT, RatioSeries, Tally};
use super::baseline::Baseline;
use super::drop::DropRecovery;
use super::statistics::excess;
use super::windows::WINDOWS;
use chrono::{DateTime, Utc};

/// Smallest drop of the success ratio that counts: 0.2 percentage points.
const SMALLEST: f64 = 0.002;
/// Smallest multiple of the normal failure rate that counts: normal traffic drifts.
const FACTOR: f64 = 1.5;

/// That must look normal before a drop counts as over: a drop may come in bursts.
const OVER_MINUTES: i64 = 5;
/// That these minutes need: a drop that goes on gives it once in a thousand minutes.
const OVER_EVIDENCE: f64 = 7.0;

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
    pub(super) fn covers(self, back: i64) -> bool {
        (self.ended - 1..=self.began).contains(&back)
    }
}

/// Minutes are counted backwards from the end of the scan: `(after, before]`.
pub(super) struct Past {
    /// Of the last 0, 1, 2 … minutes.
    sums: Vec<Sums>,
    overdispersion: f64,
    /// Minutes between the first measured one and the end.
    pub(super) measured: i64,
}

impl Past {
    pub(super) fn read(
        track: &RatioSeries,
        baseline: &Baseline,
        last: i64,
        known: &[EndedDrop],
    ) -> Self {
        let mut sums = vec![Sums::default()];
        let (mut sum, mut measured) = (Sums::default(), 0);
        for back in 0..MINUTES_KEPT as i64 {
            let minute = last - back;
            let left_out = known.iter().any(|over| over.covers(back));
            if let Some(tally) = track.minute(minute) {
                measured = back + 1;
                if !left_out {
                    sum.add(tally, baseline.failure_rate(minute));
                }
            }
            sums.push(sum);
        }
        Self {
            sums,
            overdispersion: baseline.overdispersion(),
            measured,
        }
    }

    pub(super) fn between(&self, after: i64, before: i64) -> Sums {
        let upto = |minutes: i64| {
            let at = (minutes.max(0) as usize).min(self.sums.len() - 1);
            self.sums[at]
        };
        upto(before).without(upto(after))
    }

    pub(super) fn evidence(&self, after: i64, before: i64) -> f64 {
        let shown = self.between(after, before);
        excess(shown.bad, shown.expected) / self.overdispersion
    }

    /// Whether a window that ends `after` minutes ago shows a drop.
    pub(super) fn shows(&self, after: i64, window: i64, threshold: f64) -> bool {
        self.evidence(after, after + window) > threshold
            && self.between(after, after + window).matters()
    }

    /// The windows that end `after` minutes ago and show a drop that went on then.
    fn going_on(&self, after: i64, threshold: f64) -> impl Iterator<Item = i64> {
        let shows = move |window: &i64| self.shows(after, *window, threshold);
        let shown = WINDOWS.into_iter().filter(shows);
        shown.filter(move |window| self.over_in(after, *window).is_none())
    }

    pub(super) fn goes_on(&self, after: i64, threshold: f64) -> bool {
        self.going_on(after, threshold).next().is_some()
    }

    /// The window with the most evidence, to the minute: between its neighbours.
    pub(super) fn strongest(&self, after: i64, threshold: f64) -> Option<i64> {
        // Of equal windows the shortest: left-out minutes and minutes without payments show nothing.
        let strongest = |range: &mut dyn Iterator<Item = i64>| {
            let evidence = |window: i64| self.evidence(after, after + window);
            range.max_by(|a, b| evidence(*a).total_cmp(&evidence(*b)).then(b.cmp(a)))
        };
        let best = strongest(&mut self.going_on(after, threshold))?;
        let at = WINDOWS.iter().position(|window| *window == best)?;
        let shortest = at.checked_sub(1).map_or(1, |before| WINDOWS[before] + 1);
        let longest = WINDOWS.get(at + 1).map_or(best, |next| next - 1);
        strongest(&mut (shortest..=longest))
    }

    /// The drop of a window, if it is over; `None` while it goes on. The normal rate must explain the minutes after its
    /// best ones (at least five) better than the failure rate of the drop. Without payments nothing is over.
    pub(super) fn over_in(&self, end: i64, window: i64) -> Option<EndedDrop> {
        let evidence = |after: i64, before: i64| {
            let shown = self.between(after, before);
            excess(shown.bad, shown.expected)
        };
        let stronger = |a: &f64, b: &f64| a.total_cmp(b);
        let begin = end + window;
        // First the end, then the begin: earlier minutes would make the drop look smaller.
        let after = (end..begin)
            .max_by(|a, b| stronger(&evidence(*a, begin), &evidence(*b, begin)))
            .filter(|after| *after - end >= OVER_MINUTES)?;
        let before = (after + 1..=begin)
            .max_by(|a, b| stronger(&evidence(after, *a), &evidence(after, *b)))?;
        let (shown, rest) = (self.between(after, before), self.between(end, after));
        let times = shown.bad / shown.expected.max(1e-3);
        let as_normal = (times - 1.0) * rest.expected - rest.bad * times.ln();
        (as_normal / self.overdispersion > OVER_EVIDENCE).then_some(EndedDrop {
            began: before,
            ended: after,
        })
    }
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    pub(super) bad: f64,
    pub(super) total: f64,
    pub(super) expected: f64,
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

    /// Failures beyond the normal number.
    pub(super) fn excess(self) -> f64 {
        self.bad - self.expected
    }

    /// Of the success ratio, against the normal one.
    fn lost(self) -> f64 {
        self.excess() / self.total.max(f64::MIN_POSITIVE)
    }

    fn matters(self) -> bool {
        self.total > 0.0 && self.lost() > SMALLEST && self.bad > FACTOR * self.expected
    }
}
