//! Counts of events in buckets of time, and sums over them. A bucket without a measurement stays a gap.

mod count;
mod gap;
mod lane;

pub use count::Tally;
pub use gap::{CountBounds, ScrapeGap};
pub use lane::Lane;

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct OpenCounts {
    pub good: f64,
    pub bad: f64,
}

/// With how much of the span was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TallySum {
    /// Of the buckets that were measured, and of the gaps inside the span as far as their counts are certain.
    pub tally: Tally,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    /// Seconds of which both counts are known.
    pub measured: i64,
    /// What may come on top, at most: counts of a gap that are not certain, or that may lie outside the span.
    pub open: OpenCounts,
}

impl TallySum {
    /// Seconds without a measurement.
    pub fn missing(&self) -> i64 {
        ((self.to - self.from).num_seconds() - self.measured).max(0)
    }

    /// Of failed events: at least, at most.
    pub fn bad_between(&self) -> (f64, f64) {
        let bad = self.tally.bad();
        (bad, bad + self.open.bad)
    }

    /// The share of failed events: at least, at most. `None` without events.
    pub fn failure_between(&self) -> Option<(f64, f64)> {
        let (good, bad) = (self.tally.good, self.tally.bad());
        let share = |bad: f64, good: f64| (bad + good > 0.0).then(|| bad / (bad + good));
        let low = share(bad, good + self.open.good);
        let high = share(bad + self.open.bad, good);
        Some((low.or(high)?, high.or(low)?))
    }
}

/// By minute for what happens now, by five minutes for the budget window.
#[derive(Debug, Clone, PartialEq)]
pub struct RatioSeries {
    minutes: [Lane; 2],
    fives: [Lane; 2],
    counts_bad: bool,
    /// By their first bucket.
    gaps: BTreeMap<i64, ScrapeGap>,
}

/// The longest window of drop detection, and the hour before.
pub(super) const MINUTES_KEPT: usize = 8 * 60;
/// Seconds in a long bucket. 30 days of these are 8,640 points, below the 11,000 that Prometheus answers at once.
pub const FIVE: i64 = 300;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RatioPart {
    /// Good events, or bad events in a series that counts those.
    Part,
    Total,
}

impl RatioSeries {
    /// For a window of this length, and at least four weeks: detection compares earlier weeks.
    pub fn new(window: TimeDelta) -> Self {
        let span = window.max(TimeDelta::days(29)) + TimeDelta::hours(2);
        let fives = (span.num_seconds() / FIVE) as usize;
        Self {
            minutes: [Lane::new(60, MINUTES_KEPT), Lane::new(60, MINUTES_KEPT)],
            fives: [Lane::new(FIVE, fives), Lane::new(FIVE, fives)],
            counts_bad: false,
            gaps: BTreeMap::new(),
        }
    }

    /// The part is the bad events; the rest is good.
    pub fn counting_bad(mut self, counts_bad: bool) -> Self {
        self.counts_bad = counts_bad;
        self
    }

    pub fn lane_mut(&mut self, part: RatioPart, step: i64) -> &mut Lane {
        let index = usize::from(part == RatioPart::Total);
        if step == FIVE {
            &mut self.fives[index]
        } else {
            &mut self.minutes[index]
        }
    }

    /// Both counts of a bucket.
    pub fn put(&mut self, step: i64, bucket: i64, part: f64, total: f64) {
        self.lane_mut(RatioPart::Part, step).put(bucket, part);
        self.lane_mut(RatioPart::Total, step).put(bucket, total);
    }

    pub fn lane(&self, part: RatioPart, step: i64) -> &Lane {
        let index = usize::from(part == RatioPart::Total);
        if step == FIVE {
            &self.fives[index]
        } else {
            &self.minutes[index]
        }
    }

    fn both(&self, lanes: &[Lane; 2], bucket: i64) -> Option<Tally> {
        let (part, total) = (lanes[0].get(bucket)?, lanes[1].get(bucket)?);
        let good = if self.counts_bad {
            (total - part).max(0.0)
        } else {
            part
        };
        Some(Tally { good, total })
    }

    /// By its number since 1970.
    pub fn minute(&self, minute: i64) -> Option<Tally> {
        self.both(&self.minutes, minute)
    }

    /// By its number since 1970.
    pub fn five(&self, five: i64) -> Option<Tally> {
        self.both(&self.fives, five)
    }

    /// Of the last minute in which both counts were measured.
    pub fn end(&self) -> Option<DateTime<Utc>> {
        let next = self.minutes[0].next().min(self.minutes[1].next());
        let oldest = next - MINUTES_KEPT as i64;
        let last = (oldest..next)
            .rev()
            .find(|minute| self.minute(*minute).is_some())?;
        Some(self.minutes[0].begin(last + 1))
    }

    pub fn counts_bad(&self) -> bool {
        self.counts_bad
    }

    /// Replaces the gaps that it touches.
    pub fn put_gap(&mut self, gap: ScrapeGap) {
        let oldest = self.fives[0].next().max(self.fives[1].next()) - self.fives[0].kept();
        self.gaps
            .retain(|_, known| known.next > oldest && !known.touches(&gap));
        self.gaps.insert(gap.first, gap);
    }

    pub fn gaps(&self) -> impl Iterator<Item = &ScrapeGap> {
        self.gaps.values()
    }

    /// Of whole buckets between two times: five-minute buckets that lie wholly inside, then minutes. Its span is what
    /// was summed.
    pub fn sum(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> TallySum {
        let to_minute = to.timestamp().div_euclid(60);
        let from_minute = -(-from.timestamp()).div_euclid(60);
        let kept_from = self.minutes[0].next().max(self.minutes[1].next()) - MINUTES_KEPT as i64;
        // Minutes only, if they reach back far enough.
        if from_minute >= kept_from {
            return self.add(from_minute, None, to_minute);
        }
        let first_five = -(-from.timestamp()).div_euclid(FIVE);
        let last_five = to.timestamp().div_euclid(FIVE);
        self.add(first_five * 5, Some((first_five, last_five)), to_minute)
    }

    fn add(&self, from_minute: i64, fives: Option<(i64, i64)>, to_minute: i64) -> TallySum {
        let mut sum = TallySum {
            tally: Tally::default(),
            from: self.minutes[0].begin(from_minute),
            to: self.minutes[0].begin(to_minute.max(from_minute)),
            measured: 0,
            open: OpenCounts::default(),
        };
        let (first, last) = fives.unwrap_or((0, 0));
        let in_gap = |five: i64| {
            let before = self.gaps.range(..=five).next_back();
            before.is_some_and(|(_, gap)| five < gap.next)
        };
        for five in (first..last).filter(|five| !in_gap(*five)) {
            sum.count(self.five(five), FIVE);
        }
        let minutes_from = fives.map_or(from_minute, |(_, last)| last * 5);
        for minute in minutes_from..to_minute {
            // A gap that was summed in long buckets may reach into the last minutes.
            let summed = fives.is_some() && in_gap(minute.div_euclid(5));
            sum.count(self.minute(minute).filter(|_| !summed), 60);
        }
        for gap in self.gaps.values() {
            match fives {
                Some(_) => sum.count_gap(gap.whole(), from_minute..to_minute),
                None => {
                    let rest = gap.rest(|minute| self.minute(minute));
                    sum.count_gap(rest, from_minute..to_minute);
                }
            }
        }
        sum
    }
}

impl TallySum {
    fn count(&mut self, found: Option<Tally>, seconds: i64) {
        if let Some(found) = found {
            self.tally.good += found.good;
            self.tally.total += found.total;
            self.measured += seconds;
        }
    }

    /// Its minutes, and what was counted in them. `span` is in minutes too.
    fn count_gap(
        &mut self,
        (minutes, counts): (std::ops::Range<i64>, CountBounds),
        span: std::ops::Range<i64>,
    ) {
        let inside = span.start <= minutes.start && minutes.end <= span.end;
        let outside = minutes.end <= span.start || span.end <= minutes.start;
        if outside || minutes.is_empty() {
            return;
        }
        if !inside {
            // It may lie inside or outside the span.
            self.open.good += counts.good.1;
            self.open.bad += counts.bad.1;
            return;
        }
        self.tally.good += counts.good.0;
        self.tally.total += counts.good.0 + counts.bad.0;
        self.open.good += counts.good.1 - counts.good.0;
        self.open.bad += counts.bad.1 - counts.bad.0;
        if counts.is_exact() {
            self.measured += (minutes.end - minutes.start) * 60;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_305_600 + seconds, 0).unwrap()
    }

    /// One payment a second, one in a hundred of them bad, in minutes and in five minutes.
    fn steady(minutes: i64, skip: std::ops::Range<i64>) -> RatioSeries {
        let mut track = RatioSeries::new(TimeDelta::days(30));
        let bucket = |seconds, step| at(seconds).timestamp().div_euclid(step);
        for minute in (0..minutes).filter(|minute| !skip.contains(minute)) {
            track.put(60, bucket(minute * 60, 60), 59.4, 60.0);
        }
        for five in (0..minutes / 5).filter(|five| !skip.contains(&(five * 5))) {
            track.put(FIVE, bucket(five * FIVE, FIVE), 297.0, 300.0);
        }
        track
    }

    #[test]
    fn a_gap_is_neither_success_nor_failure() {
        let track = steady(60, 10..20);
        let sum = track.sum(at(0), at(3600));
        assert!((sum.tally.total - 50.0 * 60.0).abs() < 1e-9);
        assert_eq!(sum.missing(), 600);
    }

    #[test]
    fn a_span_longer_than_the_minutes_kept_is_summed_from_five_minutes() {
        let track = steady(3 * 24 * 60, 0..0);
        let sum = track.sum(at(0), at(3 * 86_400));
        assert!((sum.tally.bad() - 0.01 * 3.0 * 86_400.0).abs() < 1e-6);
        assert_eq!(sum.missing(), 0);
    }

    #[test]
    fn nothing_measured_is_no_ratio() {
        assert_eq!(Tally::default().ratio(), None);
        assert_eq!(RatioSeries::new(TimeDelta::days(1)).end(), None);
    }

    /// 30 minutes of one payment a second before and after an hour without scrapes.
    fn with_gap(counts: CountBounds) -> RatioSeries {
        let mut track = steady(120, 30..90);
        track.put_gap(ScrapeGap {
            first: at(1800).timestamp() / FIVE,
            next: at(5400).timestamp() / FIVE,
            counts,
        });
        track
    }

    const OUTAGE: CountBounds = CountBounds {
        good: (1800.0, 1800.0),
        bad: (1800.0, 1800.0),
    };

    #[test]
    fn a_gap_inside_a_span_counts_whole() {
        let sum = with_gap(OUTAGE).sum(at(0), at(7200));
        assert!((sum.tally.total - 7200.0).abs() < 1e-9);
        assert!((sum.tally.bad() - 1836.0).abs() < 1e-9);
        assert_eq!((sum.missing(), sum.open), (0, OpenCounts::default()));
    }

    #[test]
    fn of_a_gap_that_a_span_cuts_the_failures_may_be_inside_or_not() {
        let sum = with_gap(OUTAGE).sum(at(3600), at(7200));
        let (low, high) = sum.bad_between();
        assert!((low - 18.0).abs() < 1e-9 && (high - 1818.0).abs() < 1e-9);
        let (low, high) = sum.failure_between().unwrap();
        assert!(low < 18.0 / 1800.0 && high > 0.5, "{low} to {high}");
        assert!(sum.missing() > 0);
        let after = with_gap(OUTAGE).sum(at(5400), at(7200));
        assert_eq!(after.open, OpenCounts::default());
    }

    #[test]
    fn minutes_measured_inside_a_gap_keep_their_time() {
        let mut track = with_gap(OUTAGE);
        for minute in 30..33 {
            track.put(60, at(minute * 60).timestamp() / 60, 0.0, 60.0);
        }
        let sum = track.sum(at(0), at(33 * 60));
        assert!((sum.tally.bad() - (18.0 + 180.0)).abs() < 1e-9);
        let whole = track.sum(at(0), at(7200));
        assert!((whole.tally.bad() - 1836.0).abs() < 1e-9);
    }

    proptest::proptest! {
        #[test]
        fn the_bounds_of_a_span_enclose_what_happened(begin in 30i64..80, length in 1i64..10, from in 0i64..119, minutes in 1i64..120) {
            // All failures of the gap happen in some of its minutes.
            let truth = |from: i64, to: i64| -> f64 {
                let hidden = (begin..begin + length).filter(|minute| (from..to).contains(minute)).count() as f64;
                let shown = (from..to).filter(|minute| !(30..90).contains(minute)).count() as f64;
                hidden * 60.0 + shown * 0.6
            };
            let bad = 60.0 * length as f64;
            let track = with_gap(CountBounds { good: (3600.0 - bad, 3600.0 - bad), bad: (bad, bad) });
            let to = (from + minutes).min(120);
            let sum = track.sum(at(from * 60), at(to * 60));
            let (low, high) = sum.bad_between();
            let truth = truth(from, to);
            proptest::prop_assert!(low - 1e-6 <= truth && truth <= high + 1e-6, "{low} {truth} {high}");
        }
    }
}
