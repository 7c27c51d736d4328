//! What a source answers to a query: several series, each with its labels. Text in them is safe already.

use super::Sample;
use crate::text::{Safe, Slug};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// Labels of a series.
pub type SeriesLabels = BTreeMap<String, Safe>;

/// One series, now.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledSample {
    /// Its labels.
    pub labels: SeriesLabels,
    /// Its value.
    pub sample: Sample,
}

/// One series over time. What was not a finite number is left out.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledSeries {
    /// Its labels.
    pub labels: SeriesLabels,
    /// Time and value.
    pub values: Vec<(DateTime<Utc>, f64)>,
}

/// Times at which a query is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryRange {
    /// The first.
    pub from: DateTime<Utc>,
    /// The last.
    pub to: DateTime<Utc>,
    /// Seconds between two.
    pub step: i64,
}

impl QueryRange {
    /// The evaluations that give the buckets `first..next` of this length. Each is evaluated a millisecond before
    /// its end: a sample exactly on the border would otherwise count on both sides.
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

    /// How many evaluations that is.
    pub fn points(&self) -> i64 {
        (self.to - self.from).num_seconds() / self.step.max(1) + 1
    }
}

/// The bucket whose evaluation this is: the inverse of [`Range::of_buckets`].
pub fn bucket_of(at: DateTime<Utc>, step: i64) -> i64 {
    let millis = at.timestamp_millis() + 1;
    (millis as f64 / (step as f64 * 1000.0)).round() as i64 - 1
}

/// A question to a source.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalQuery {
    /// Names it in the answer.
    pub id: SignalQueryId,
    /// The source to ask; the first that answers queries, where none is named.
    pub source: Option<Slug>,
    /// The query.
    pub query: String,
    /// Over these times, or now.
    pub range: Option<QueryRange>,
}

/// What an answer is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalQueryId {
    /// Which signal.
    pub(super) signal: usize,
    /// Which of its numbers.
    pub(super) role: QueryRole,
}

/// Which number of a signal a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum QueryRole {
    /// Good events, or bad ones.
    Part,
    /// All events.
    Total,
    /// Good or bad ones by a label.
    PartBy(String),
    /// All events by a label.
    TotalBy(String),
    /// Payments of unknown outcome.
    Unknown,
    /// Amount of failed payments.
    Amount,
    /// The number itself, and its past.
    Value,
    /// Age of the oldest wrong thing.
    Age,
    /// The source's clock.
    Clock,
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub enum SignalAnswer {
    /// To a question about now.
    Vector(Vec<LabelledSample>),
    /// To a question about a range.
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
