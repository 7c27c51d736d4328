//! Counts in buckets of one length.

use chrono::{DateTime, Utc};
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

    /// Buckets, at most.
    pub fn kept(&self) -> i64 {
        self.keep as i64
    }

    pub fn first(&self) -> i64 {
        self.first
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
