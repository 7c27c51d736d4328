//! Answers of a source to a query: series with labels. Their text is safe already.

use super::Sample;
use crate::text::{Safe, SourceId};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

pub type SeriesLabels = BTreeMap<String, Safe>;

/// One series at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledSample {
    pub labels: SeriesLabels,
    pub sample: Sample,
}

/// One series over time. Values that are not finite are left out.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledSeries {
    pub labels: SeriesLabels,
    pub values: Vec<(DateTime<Utc>, f64)>,
}

/// The times at which a query is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryRange {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    /// Seconds between two evaluations.
    pub step: i64,
}

impl QueryRange {
    /// The evaluations that give the buckets `first..next` of length `step`. Each is evaluated one millisecond before
    /// the end of its bucket: a sample exactly on the border would otherwise count on both sides.
    pub fn of_buckets(step: i64, first: i64, next: i64) -> Self {
        let end = |bucket: i64| {
            let end = DateTime::from_timestamp((bucket + 1) * step, 0).unwrap_or_default();
            end - TimeDelta::milliseconds(1)
        };
        Self {
            from: end(first),
            to: end(next - 1),
            step,
        }
    }

    pub fn points(&self) -> i64 {
        (self.to - self.from).num_seconds() / self.step.max(1) + 1
    }
}

/// The bucket whose evaluation this is: the inverse of [`Range::of_buckets`].
pub fn bucket_of(at: DateTime<Utc>, step: i64) -> i64 {
    let millis = at.timestamp_millis() + 1;
    (millis as f64 / (step as f64 * 1000.0)).round() as i64 - 1
}

#[derive(Debug, Clone, PartialEq)]
pub struct SignalQuery {
    pub id: SignalQueryId,
    /// `None`: the first source that answers queries.
    pub source: Option<SourceId>,
    pub query: String,
    /// `None`: now.
    pub range: Option<QueryRange>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalQueryId {
    pub(super) signal: usize,
    pub(super) role: QueryRole,
}

/// Which number of a signal a query asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum QueryRole {
    /// Good or bad events.
    Part,
    /// All events.
    Total,
    /// Good or bad events by a label.
    PartBy(String),
    /// All events by a label.
    TotalBy(String),
    /// Payments of unknown outcome.
    Unknown,
    /// Amount of failed payments.
    Amount,
    /// The value and its past.
    Value,
    /// Age of the oldest wrong item.
    Age,
    /// The source's clock.
    Clock,
}

#[derive(Debug, Clone, PartialEq)]
pub enum SignalAnswer {
    /// To a query without a range.
    Vector(Vec<LabelledSample>),
    /// To a query with a range.
    Matrix(Vec<LabelledSeries>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_evaluation_belongs_to_the_bucket_it_was_asked_for(step in prop::sample::select(vec![60i64, 300, 3600]), first in 400_000i64..500_000, count in 1i64..50) {
            let range = QueryRange::of_buckets(step, first, first + count);
            prop_assert_eq!(range.points(), count);
            for index in 0..count {
                let at = range.from + TimeDelta::seconds(index * step);
                prop_assert_eq!(bucket_of(at, step), first + index);
            }
        }
    }
}
