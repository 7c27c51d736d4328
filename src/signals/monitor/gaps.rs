//! Finds scrape gaps, and what the counters counted across them.

use super::super::series::{LabelledSeries, QueryRange};
use super::super::tally::{CountBounds, FIVE, Lane, RatioSeries, ScrapeGap};
use crate::signals::map::scrapes::KEY;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;
use std::ops::Range;

/// Gaps that are asked for; the largest first.
const MOST: usize = 40;
/// Six hours of buckets on either side say how many samples a bucket has.
const AROUND: usize = 72;
/// Samples in a bucket, at least: a missing one must be visible.
const SAMPLES: i64 = 3;

#[derive(Debug, Clone, Default)]
pub(crate) struct GapFinder {
    /// Samples in a bucket.
    samples: Option<Lane>,
    /// In buckets of five minutes: answered.
    answered: BTreeSet<(i64, i64)>,
    /// Found, not yet asked for.
    due: Vec<Range<i64>>,
    pub(super) unread: usize,
}

impl GapFinder {
    /// In seconds: a multiple of the buckets of the past.
    pub(super) fn bucket(interval: i64, coarse: i64) -> i64 {
        coarse * (SAMPLES * interval + coarse - 1).div_euclid(coarse).max(1)
    }

    pub(super) fn set_samples(&mut self, step: i64, span: TimeDelta, series: &[LabelledSeries]) {
        let keep = (span.num_seconds() / step).max(1) as usize;
        let known = self.samples.take().filter(|lane| lane.step() == step);
        let mut lane = known.unwrap_or_else(|| Lane::new(step, keep));
        for (at, count) in series.iter().flat_map(|one| &one.values) {
            lane.put(super::super::series::bucket_of(*at, step), *count);
        }
        let per = step / FIVE;
        let mut found: Vec<Range<i64>> = find(&lane)
            .into_iter()
            .map(|gap| gap.start * per..gap.end * per)
            .filter(|gap| !self.answered.contains(&(gap.start, gap.end)))
            .collect();
        self.samples = Some(lane);
        found.sort_by_key(|gap| gap.start - gap.end);
        let free = MOST.saturating_sub(self.answered.len());
        self.unread = found.len().saturating_sub(free);
        found.truncate(free);
        self.due = found;
    }

    /// Each is asked for once in a round of samples.
    pub(super) fn take_due(&mut self) -> Vec<Range<i64>> {
        std::mem::take(&mut self.due)
    }

    pub(super) fn answered(&mut self, gap: &Range<i64>) {
        self.answered
            .retain(|(first, next)| *next <= gap.start || gap.end <= *first);
        self.answered.insert((gap.start, gap.end));
    }
}

/// At the end of the gap, one millisecond before its border, as buckets are.
pub(super) fn evaluation(gap: &Range<i64>) -> QueryRange {
    let end = DateTime::from_timestamp(gap.end * FIVE, 0).unwrap_or_default();
    let at: DateTime<Utc> = end - TimeDelta::milliseconds(1);
    QueryRange {
        from: at,
        to: at,
        step: FIVE,
    }
}

/// Buckets with fewer samples than those around them, and one bucket after them, whose scrapes show the counters
/// again. A gap that is not over yet is none.
fn find(samples: &Lane) -> Vec<Range<i64>> {
    let (first, next) = (samples.first(), samples.next());
    let usual = usual(samples);
    let usual_at = |bucket: i64| usual[((bucket - first) as usize) / AROUND];
    let missing = |bucket: i64| usual_at(bucket) - samples.get(bucket).unwrap_or(0.0);
    let mut found: Vec<Range<i64>> = Vec::new();
    let mut bucket = first;
    while bucket < next {
        if missing(bucket) < 1.0 {
            bucket += 1;
            continue;
        }
        let from = bucket;
        while bucket < next && missing(bucket) >= 1.0 {
            bucket += 1;
        }
        let lost: f64 = (from..bucket).map(missing).sum();
        let is_gap = lost >= 2.0 || (from..bucket).any(|bucket| usual_at(bucket) < 4.0);
        // Before the first bucket nothing is known to compare with.
        if !is_gap || from == first || bucket >= next {
            continue;
        }
        match found.last_mut() {
            Some(last) if last.end >= from => last.end = bucket + 1,
            _ => found.push(from..bucket + 1),
        }
    }
    found
}

/// The median of measured buckets, by six hours and their neighbours. A scrape more or less in a bucket is usual: the
/// borders do not meet the scrapes.
fn usual(samples: &Lane) -> Vec<f64> {
    let (first, next) = (samples.first(), samples.next());
    let blocks = ((next - first) as usize).div_ceil(AROUND).max(1);
    let of_block = |block: usize| {
        let from = first + (block.saturating_sub(1) * AROUND) as i64;
        let to = (first + ((block + 2) * AROUND) as i64).min(next);
        let mut known: Vec<f64> = (from..to).filter_map(|at| samples.get(at)).collect();
        known.sort_by(f64::total_cmp);
        known.get(known.len() / 2).map(|middle| middle.floor())
    };
    let known: Vec<Option<f64>> = (0..blocks).map(of_block).collect();
    let any = known.iter().flatten().copied().fold(0.0, f64::max);
    known
        .into_iter()
        .map(|usual| usual.unwrap_or(any))
        .collect()
}

/// What an answer says about a gap; `None` if the total has no value.
pub(super) fn counts(
    track: &RatioSeries,
    gap: &Range<i64>,
    series: &[LabelledSeries],
) -> Option<ScrapeGap> {
    let number = |key: &str| {
        let mut named = series.iter().filter(|one| {
            let found = one.labels.get(KEY);
            found.is_some_and(|found| found.as_str() == key)
        });
        named
            .next()
            .and_then(|one| one.values.last())
            .map(|(_, value)| value.max(0.0))
    };
    let total = number("total")?;
    let part = number("part").unwrap_or(0.0);
    let (new_part, new_total) = (
        number("new-part").unwrap_or(0.0),
        number("new-total").unwrap_or(0.0),
    );
    let split = |part: f64, total: f64| {
        let part = part.min(total);
        match track.counts_bad() {
            true => (total - part, part),
            false => (part, total - part),
        }
    };
    let (good, bad) = split(part, total);
    let (new_good, new_bad) = split(new_part, new_total);
    // Counts that a restart lost: at most the usual volume, and all of it may have failed.
    let lost = match number("lost").unwrap_or(0.0) > 0.0 {
        true => (usual_volume(track, gap) - total).max(0.0),
        false => 0.0,
    };
    Some(ScrapeGap {
        first: gap.start,
        next: gap.end,
        counts: CountBounds {
            good: (good, good + new_good + lost),
            bad: (bad, bad + new_bad + lost),
        },
    })
}

/// The largest of earlier weeks at this time; without one, the mean of what is known.
fn usual_volume(track: &RatioSeries, gap: &Range<i64>) -> f64 {
    const WEEK: i64 = 7 * 86_400 / FIVE;
    let week = |weeks: i64| {
        let mut buckets = gap.clone().map(|five| track.five(five - weeks * WEEK));
        buckets.try_fold(0.0, |sum, tally| Some(sum + tally?.total))
    };
    let weeks = (1..=4).filter_map(week).reduce(f64::max);
    weeks.unwrap_or_else(|| {
        let known = |five| track.five(five).map(|tally| tally.total);
        let day = 86_400 / FIVE;
        let around: Vec<f64> = (gap.start - day..gap.end + day).filter_map(known).collect();
        let mean = around.iter().sum::<f64>() / around.len().max(1) as f64;
        mean * (gap.end - gap.start) as f64
    })
}

#[cfg(test)]
mod tests;
