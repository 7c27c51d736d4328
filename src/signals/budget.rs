//! Error budgets: how much may fail, how much has failed, how fast, and when the budget ends.
//!
//! Burn windows and thresholds: SRE workbook, chapter 5, "multiwindow, multi-burn-rate alerts". Everything is
//! weighted by volume: a failed payment counts the same at noon and at night.

use super::tally::{RatioSeries, TallySum};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BurnUrgency {
    Page,
    /// A person looks at it on the next working day.
    Ticket,
}

/// Both must exceed the burn rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BurnWindows {
    pub urgency: BurnUrgency,
    pub long: TimeDelta,
    /// Shows that the budget still burns.
    pub short: TimeDelta,
    /// How many times faster than the budget allows.
    pub threshold: f64,
}

/// The fastest first.
pub const WINDOWS: [BurnWindows; 3] = [
    BurnWindows {
        urgency: BurnUrgency::Page,
        long: TimeDelta::hours(1),
        short: TimeDelta::minutes(5),
        threshold: 14.4,
    },
    BurnWindows {
        urgency: BurnUrgency::Page,
        long: TimeDelta::hours(6),
        short: TimeDelta::minutes(30),
        threshold: 6.0,
    },
    BurnWindows {
        urgency: BurnUrgency::Ticket,
        long: TimeDelta::days(3),
        short: TimeDelta::hours(6),
        threshold: 1.0,
    },
];

/// `None` if nothing was measured. If a window contains a part of a scrape gap, the failures of the gap may have
/// happened inside or outside: the burn rate is then an interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Burn {
    pub windows: BurnWindows,
    /// At least.
    pub long: Option<f64>,
    pub short: Option<f64>,
    pub long_at_most: Option<f64>,
    pub short_at_most: Option<f64>,
}

impl Burn {
    /// Nobody is paged for failures that may be over.
    pub fn exceeds(&self) -> bool {
        let over = |burn: Option<f64>| burn.is_some_and(|burn| burn > self.windows.threshold);
        over(self.long) && over(self.short)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Budget {
    /// 0 – 1.
    pub objective: f64,
    /// Over the budget window.
    pub sum: TallySum,
    /// Spent share of the budget: 1 is all, more is overdrawn. `None` without events, and if it is not exact.
    pub spent: Option<f64>,
    /// At least, at most: scrape gaps may leave an interval. Equal if it is exact; `None` without events.
    pub spent_between: Option<(f64, f64)>,
    pub burns: [Burn; 3],
    /// Time until the budget is spent at the burn rate of the last hour; `None` if it does not burn or is unknown.
    pub exhausted_in: Option<TimeDelta>,
}

/// A share of the budget. A gap that leaves less than this open leaves the budget exact.
const EXACT: f64 = 0.0005;

impl Budget {
    /// Of the window that ends at `to`.
    pub fn at(track: &RatioSeries, objective: f64, window: TimeDelta, to: DateTime<Utc>) -> Self {
        Self::with_shortest(track, objective, window, to, WINDOWS[0].short)
    }

    /// `shortest` is the window of the current ratio: no burn window is shorter.
    pub fn with_shortest(
        track: &RatioSeries,
        objective: f64,
        window: TimeDelta,
        to: DateTime<Utc>,
        shortest: TimeDelta,
    ) -> Self {
        let sum = track.sum(to - window, to);
        let allowed = 1.0 - objective;
        let share =
            |share: Option<(f64, f64)>| share.map(|(low, high)| (low / allowed, high / allowed));
        let spent_between = share(sum.failure_between());
        let exact = spent_between.filter(|(low, high)| high - low < EXACT);
        let spent = exact.map(|(low, _)| low);
        let burns = WINDOWS.map(|windows| {
            let over = |window: TimeDelta| {
                let window = window.max(shortest);
                share(track.sum(to - window, to).failure_between())
            };
            let (long, short) = (over(windows.long), over(windows.short));
            Burn {
                windows,
                long: long.map(|(low, _)| low),
                short: short.map(|(low, _)| low),
                long_at_most: long.map(|(_, high)| high),
                short_at_most: short.map(|(_, high)| high),
            }
        });
        let exhausted_in = exhaustion(spent, burns[0].long, window);
        Self {
            objective,
            sum,
            spent,
            spent_between,
            burns,
            exhausted_in,
        }
    }

    /// Of the budget, at worst: what is not certain counts as failed.
    pub fn left_at_least(&self) -> Option<f64> {
        self.spent_between.map(|(_, high)| 1.0 - high)
    }

    /// At best.
    pub fn left_at_most(&self) -> Option<f64> {
        self.spent_between.map(|(low, _)| 1.0 - low)
    }

    /// Negative if overdrawn.
    pub fn left(&self) -> Option<f64> {
        self.spent.map(|spent| 1.0 - spent)
    }

    /// The fastest that is exceeded.
    pub fn burning(&self) -> Option<&Burn> {
        self.burns.iter().find(|burn| burn.exceeds())
    }

    /// As a share of the window.
    pub fn measured(&self) -> f64 {
        let all = (self.sum.to - self.sum.from).num_seconds().max(1);
        self.sum.measured as f64 / all as f64
    }
}

/// Of the window that ends at `to`: error rate ÷ (1 − objective).
pub fn burn_over(
    track: &RatioSeries,
    objective: f64,
    window: TimeDelta,
    to: DateTime<Utc>,
) -> Option<f64> {
    let ratio = track.sum(to - window, to).tally.ratio()?;
    Some((1.0 - ratio) / (1.0 - objective))
}

/// Remaining ÷ burn rate: at a burn rate of 1 the budget lasts exactly one window.
fn exhaustion(spent: Option<f64>, burn: Option<f64>, window: TimeDelta) -> Option<TimeDelta> {
    let (left, burn) = (1.0 - spent?, burn?);
    if left <= 0.0 {
        return Some(TimeDelta::zero());
    }
    let share = (burn > 0.0).then(|| left / burn)?;
    // After a whole window today's failures no longer count: the budget then never ends.
    (share < 1.0).then(|| TimeDelta::seconds((window.num_seconds() as f64 * share) as i64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::tally::FIVE;

    const NOW: i64 = 1_795_305_600;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(NOW + seconds, 0).unwrap()
    }

    /// 30 days, 100 events a minute; `bad` gives how many of the hundred fail at a number of seconds before now.
    fn track(bad: impl Fn(i64) -> f64) -> RatioSeries {
        let mut track = RatioSeries::new(TimeDelta::days(30));
        for (step, from) in [(60, -8 * 3600), (FIVE, -30 * 86_400)] {
            let mut second = from;
            while second < 0 {
                let total = 100.0 * step as f64 / 60.0;
                let good = total * (1.0 - bad(-second) / 100.0);
                track.put(step, (NOW + second).div_euclid(step), good, total);
                second += step;
            }
        }
        track
    }

    #[test]
    fn a_budget_spent_evenly_is_all_spent_at_the_end_of_its_window() {
        let budget = Budget::at(&track(|_| 0.1), 0.999, TimeDelta::days(30), at(0));
        assert!((budget.spent.unwrap() - 1.0).abs() < 1e-9);
        assert!((budget.burns[0].long.unwrap() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn ten_minutes_of_outage_burn_and_page() {
        let budget = Budget::at(
            &track(|ago| if ago <= 600 { 100.0 } else { 0.0 }),
            0.999,
            TimeDelta::days(30),
            at(0),
        );
        // 1,000 failures of 4,320 allowed.
        assert!((budget.spent.unwrap() - 1000.0 / 4320.0).abs() < 1e-9);
        assert!((budget.burns[0].long.unwrap() - 1000.0 / 6000.0 / 0.001).abs() < 1e-6);
        assert_eq!(budget.burning().unwrap().windows.urgency, BurnUrgency::Page);
        // (1 − 0.2315) ÷ 166.7 of 30 days.
        assert_eq!(budget.exhausted_in.unwrap().num_minutes(), 199);
    }

    #[test]
    fn a_burn_that_is_over_pages_nobody() {
        let past = track(|ago| {
            if (600..3000).contains(&ago) {
                100.0
            } else {
                0.0
            }
        });
        let budget = Budget::at(&past, 0.999, TimeDelta::days(30), at(0));
        assert!(!budget.burns[0].exceeds());
    }

    #[test]
    fn without_traffic_nothing_is_known_of_a_budget() {
        let empty = RatioSeries::new(TimeDelta::days(30));
        let budget = Budget::at(&empty, 0.999, TimeDelta::days(30), at(0));
        assert_eq!((budget.spent, budget.exhausted_in), (None, None));
        assert!(budget.measured() <= 0.0);
        assert!(budget.burning().is_none());
    }

    #[test]
    fn an_overdrawn_budget_is_exhausted_now() {
        let budget = Budget::at(&track(|_| 0.3), 0.999, TimeDelta::days(30), at(0));
        assert!(budget.left().unwrap() < 0.0);
        assert_eq!(budget.exhausted_in, Some(TimeDelta::zero()));
    }

    /// An outage of half an hour within a gap of fifty minutes, ten days ago or just now.
    fn with_gap(ago: i64, lost: f64) -> RatioSeries {
        let mut track = track(|_| 0.0);
        let first = (NOW - ago) / FIVE;
        track.put_gap(crate::signals::tally::ScrapeGap {
            first,
            next: first + 10,
            counts: crate::signals::tally::CountBounds {
                good: (2000.0, 2000.0 + lost),
                bad: (3000.0, 3000.0 + lost),
            },
        });
        track
    }

    #[test]
    fn an_outage_inside_a_scrape_gap_is_spent() {
        let budget = Budget::at(&with_gap(864_000, 0.0), 0.999, TimeDelta::days(30), at(0));
        assert!((budget.spent.unwrap() - 3000.0 / 4320.0).abs() < 1e-9);
        assert!(budget.burning().is_none());
    }

    #[test]
    fn a_restart_inside_a_gap_leaves_an_interval() {
        let budget = Budget::at(
            &with_gap(864_000, 1000.0),
            0.999,
            TimeDelta::days(30),
            at(0),
        );
        assert_eq!((budget.spent, budget.left()), (None, None));
        let (low, high) = budget.spent_between.unwrap();
        assert!((low - 3000.0 / 4321.0).abs() < 1e-3 && (high - 4000.0 / 4321.0).abs() < 1e-3);
        assert!((budget.left_at_least().unwrap() - (1.0 - high)).abs() < 1e-9);
    }

    #[test]
    fn nobody_is_paged_for_failures_of_a_gap_that_may_be_over() {
        // Half of the gap is within the last hour; no other minute of it failed.
        let mut track = RatioSeries::new(TimeDelta::days(30));
        for minute in (1..480).filter(|ago| !(40..90).contains(ago)) {
            track.put(60, NOW / 60 - minute, 100.0, 100.0);
        }
        track.put_gap(with_gap(90 * 60, 0.0).gaps().next().copied().unwrap());
        let budget = Budget::at(&track, 0.999, TimeDelta::days(1), at(0));
        let burn = budget.burns[0];
        assert!(burn.long.unwrap() < 1e-9 && burn.long_at_most.unwrap() > 300.0);
        assert!(!burn.exceeds());
    }
}
