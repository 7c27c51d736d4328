//! Counts of events in buckets of time, and sums over them. A bucket without a measurement stays a gap.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::VecDeque;

/// In buckets of one length, named by their number since 1970. A bucket that was never measured is absent, not zero.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    step: i64,
    keep: usize,
    first: i64,
    values: VecDeque<f64>,
}

impl Lane {
    /// Keeps the last `keep` buckets of `step` seconds.
    pub fn new(step: i64, keep: usize) -> Self {
        Self {
            step: step.max(1),
            keep: keep.max(1),
            first: 0,
            values: VecDeque::new(),
        }
    }

    /// In seconds.
    pub fn step(&self) -> i64 {
        self.step
    }

    /// Ignores a bucket that is too old to be kept, and a count that is negative or not finite.
    pub fn put(&mut self, bucket: i64, count: f64) {
        if !count.is_finite() || count < 0.0 {
            return;
        }
        if self.values.is_empty() || bucket - self.next() > self.keep as i64 {
            self.values.clear();
            self.first = bucket;
        }
        if bucket < self.first {
            // Older than all kept buckets: stored only if it fits before them.
            let missing = (self.first - bucket) as usize;
            if missing + self.values.len() > self.keep {
                return;
            }
            for _ in 0..missing {
                self.values.push_front(f64::NAN);
            }
            self.first = bucket;
        }
        while self.next() <= bucket {
            self.values.push_back(f64::NAN);
        }
        let at = (bucket - self.first) as usize;
        if let Some(slot) = self.values.get_mut(at) {
            *slot = count;
        }
        while self.values.len() > self.keep {
            self.values.pop_front();
            self.first += 1;
        }
    }

    pub fn next(&self) -> i64 {
        self.first + self.values.len() as i64
    }

    /// `None`: not measured.
    pub fn get(&self, bucket: i64) -> Option<f64> {
        let at = usize::try_from(bucket - self.first).ok()?;
        self.values.get(at).copied().filter(|count| !count.is_nan())
    }

    pub fn bucket(&self, at: DateTime<Utc>) -> i64 {
        at.timestamp().div_euclid(self.step)
    }

    pub fn begin(&self, bucket: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(bucket * self.step, 0).unwrap_or_default()
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tally {
    pub good: f64,
    pub total: f64,
}

impl Tally {
    pub fn bad(self) -> f64 {
        (self.total - self.good).max(0.0)
    }

    /// `None` without events.
    pub fn ratio(self) -> Option<f64> {
        (self.total > 0.0).then(|| (self.good / self.total).clamp(0.0, 1.0))
    }
}

/// With how much of the span was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TallySum {
    pub tally: Tally,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    /// Seconds in which both counts were measured.
    pub measured: i64,
}

impl TallySum {
    /// Seconds without a measurement.
    pub fn missing(&self) -> i64 {
        ((self.to - self.from).num_seconds() - self.measured).max(0)
    }
}

/// By minute for what happens now, by five minutes for the budget window.
#[derive(Debug, Clone, PartialEq)]
pub struct RatioSeries {
    minutes: [Lane; 2],
    fives: [Lane; 2],
    counts_bad: bool,
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
        let mut tally = Tally::default();
        let mut measured = 0;
        let mut count = |found: Option<Tally>, seconds: i64| {
            if let Some(found) = found {
                tally.good += found.good;
                tally.total += found.total;
                measured += seconds;
            }
        };
        let (first, last) = fives.unwrap_or((0, 0));
        for five in first..last {
            count(self.five(five), FIVE);
        }
        let minutes_from = fives.map_or(from_minute, |(_, last)| last * 5);
        for minute in minutes_from..to_minute {
            count(self.minute(minute), 60);
        }
        TallySum {
            tally,
            from: self.minutes[0].begin(from_minute),
            to: self.minutes[0].begin(to_minute.max(from_minute)),
            measured,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn what_was_put_last_into_a_bucket_is_what_it_holds(puts in proptest::collection::vec((0i64..40, 0f64..9.0), 1..60)) {
            let mut lane = Lane::new(60, 16);
            let mut last = std::collections::BTreeMap::new();
            for (bucket, count) in &puts {
                lane.put(*bucket, *count);
                last.insert(*bucket, *count);
            }
            for bucket in 0..40 {
                if let Some(count) = lane.get(bucket) {
                    prop_assert_eq!(Some(&count), last.get(&bucket));
                }
            }
            prop_assert!(lane.next() - 16 <= lane.first);
        }
    }
}
