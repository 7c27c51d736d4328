//! A span that was not scraped: what the counters counted in it is known, when it happened is not.

use super::count::Tally;
use std::ops::Range;

/// At least, at most.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CountBounds {
    pub good: (f64, f64),
    pub bad: (f64, f64),
}

impl CountBounds {
    pub fn is_exact(&self) -> bool {
        self.good.0 >= self.good.1 && self.bad.0 >= self.bad.1
    }

    fn without(self, measured: Tally) -> Self {
        let less =
            |(low, high): (f64, f64), count: f64| ((low - count).max(0.0), (high - count).max(0.0));
        Self {
            good: less(self.good, measured.good),
            bad: less(self.bad, measured.bad()),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScrapeGap {
    /// Buckets of five minutes: from the first to the one before `next`.
    pub first: i64,
    pub next: i64,
    pub counts: CountBounds,
}

impl ScrapeGap {
    pub fn touches(&self, other: &Self) -> bool {
        self.first < other.next && other.first < self.next
    }

    /// In minutes.
    pub(super) fn whole(&self) -> (Range<i64>, CountBounds) {
        (self.first * 5..self.next * 5, self.counts)
    }

    /// The minutes that were not measured, and what was counted in them.
    pub(super) fn rest(&self, minute: impl Fn(i64) -> Option<Tally>) -> (Range<i64>, CountBounds) {
        let minutes = self.first * 5..self.next * 5;
        let mut measured = Tally::default();
        let mut unmeasured = minutes.end..minutes.start;
        for at in minutes {
            match minute(at) {
                Some(tally) => {
                    measured.good += tally.good;
                    measured.total += tally.total;
                }
                None => {
                    unmeasured = unmeasured.start.min(at)..unmeasured.end.max(at + 1);
                }
            }
        }
        (unmeasured, self.counts.without(measured))
    }
}
