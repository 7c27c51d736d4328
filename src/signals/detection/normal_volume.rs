//! Normal volume: payments a minute at this hour of earlier weeks, without closing days.

use super::super::closing::ClosingDays;
use super::super::tally::{FIVE, RatioPart, RatioSeries};
use super::statistics::median;

const WEEKS: i64 = 4;
/// Five-minute buckets in an hour, a day and a week.
const HOUR: i64 = 3600 / FIVE;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;
/// Buckets before now that are not part of the normal values.
const RECENT: i64 = 3 * HOUR;
/// Of the volume of a day in earlier weeks: below it a part has moved away, and its silence is normal.
const MOVED_AWAY: f64 = 0.1;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct NormalVolume {
    /// For each bucket of five minutes: a low value, and the typical one.
    values: Vec<Option<(f64, f64)>>,
    /// Of `values`.
    first: i64,
    pub(super) spread: f64,
    pub(super) moved_away: bool,
}

impl NormalVolume {
    pub(super) fn of(
        track: &RatioSeries,
        (first, next): (i64, i64),
        now: i64,
        closing: &ClosingDays,
    ) -> Self {
        let past = PastVolume { track, closing };
        Self {
            values: (first..next).map(|five| past.normal(five)).collect(),
            first,
            spread: past.spread(now),
            moved_away: past.has_moved_away(now),
        }
    }

    /// By the number of the minute since 1970: the low value and the typical one, per minute. `None` without earlier
    /// weeks and on a closing day.
    pub(super) fn at(&self, minute: i64) -> Option<(f64, f64)> {
        let at = usize::try_from(minute.div_euclid(5) - self.first).ok()?;
        self.values.get(at).copied().flatten()
    }
}

struct PastVolume<'a> {
    track: &'a RatioSeries,
    closing: &'a ClosingDays,
}

impl PastVolume<'_> {
    /// Payments in five minutes; `None` if they were not measured, or on a closing day.
    fn total(&self, five: i64) -> Option<f64> {
        let open = !self.closing.covers(five * FIVE);
        let total = self.track.lane(RatioPart::Total, FIVE).get(five);
        total.filter(|_| open)
    }

    /// Payments, and how many buckets were measured.
    fn span(&self, from: i64, to: i64) -> Option<(f64, i64)> {
        let found = (from..to).filter_map(|five| self.total(five));
        let (sum, count) = found.fold((0.0, 0), |(sum, count), total| (sum + total, count + 1));
        (count > 0).then_some((sum, count))
    }

    /// In the median of at least two weeks. The low value is the smallest number around this time: it covers an hour and
    /// a quarter on either side, so that traffic that ends at one o'clock every day, or a change of daylight-saving
    /// time, is no volume drop. The typical one is the mean of an hour.
    fn normal(&self, five: i64) -> Option<(f64, f64)> {
        const AROUND: i64 = HOUR + HOUR / 4;
        if self.closing.covers(five * FIVE) {
            return None;
        }
        let (mut lows, mut means) = (Vec::new(), Vec::new());
        for week in 1..=WEEKS {
            let middle = five - week * WEEK;
            let around = (middle - AROUND..=middle + AROUND).filter_map(|five| self.total(five));
            let Some(low) = around.min_by(f64::total_cmp) else {
                continue;
            };
            lows.push(low / 5.0);
            let mean = self.span(middle - HOUR / 2, middle + HOUR / 2 + 1);
            means.extend(mean.map(|(sum, count)| sum / count as f64 / 5.0));
        }
        let known = lows.len() >= 2;
        known.then(|| Some((median(&mut lows)?, median(&mut means)?)))?
    }

    /// The lowest volume of whole hours of the last week, relative to the same hours of the weeks before; 0 to 1.
    fn spread(&self, now: i64) -> f64 {
        let mean = |to: i64| {
            self.span(to - HOUR, to)
                .map(|(sum, count)| sum / count as f64)
        };
        let share = |hour: i64| {
            let to = now - RECENT - hour * HOUR;
            let mut before: Vec<f64> = (1..WEEKS)
                .filter_map(|week| mean(to - week * WEEK))
                .collect();
            let before = median(&mut before).filter(|before| *before > 0.0)?;
            let this = mean(to).filter(|this| *this > 0.0)?;
            Some((this / before).min(1.0))
        };
        let mut shares: Vec<f64> = (0..7 * 24).filter_map(share).collect();
        shares.sort_by(f64::total_cmp);
        // The second percentile: one outage in the last week is not typical.
        shares.get(shares.len() / 50).copied().unwrap_or(0.0)
    }

    /// Almost nothing in the last day, unlike the same hours of earlier weeks.
    fn has_moved_away(&self, now: i64) -> bool {
        let to = now - RECENT;
        let day = |to: i64| self.span(to - DAY, to).map(|(sum, _)| sum);
        let mut before: Vec<f64> = (1..=WEEKS)
            .filter_map(|week| day(to - week * WEEK))
            .collect();
        let last = day(to).unwrap_or(0.0);
        median(&mut before).is_some_and(|before| last < before * MOVED_AWAY)
    }
}
