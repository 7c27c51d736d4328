//! Queries to a source and their answers. The text of an answer is safe already.

use super::Sample;
use crate::text::{Safe, SourceId};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

pub type SeriesLabels = BTreeMap<String, Safe>;

/// A source's answer. It may lack data: servers that gather from others answer with what they reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer<T> {
    pub value: T,
    /// The server's words about what is missing, or about why a number may be wrong; `None`: complete.
    pub partial: Option<Safe>,
}

impl<T> Answer<T> {
    pub fn whole(value: T) -> Self {
        let partial = None;
        Self { value, partial }
    }

    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Answer<U> {
        Answer {
            value: change(self.value),
            partial: self.partial,
        }
    }

    pub fn try_map<U, E>(self, change: impl FnOnce(T) -> Result<U, E>) -> Result<Answer<U>, E> {
        Ok(Answer {
            value: change(self.value)?,
            partial: self.partial,
        })
    }
}

impl Answer<Sample> {
    /// The sample, whose number is marked if the answer is partial.
    pub fn marked(self) -> Sample {
        let Sample { at, reading } = self.value;
        let reading = match self.partial {
            Some(_) => reading.as_partial(),
            None => reading,
        };
        Sample { at, reading }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct LabelledSample {
    pub labels: SeriesLabels,
    pub sample: Sample,
}

/// Values that are not finite are left out.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledSeries {
    pub labels: SeriesLabels,
    pub values: Vec<(DateTime<Utc>, f64)>,
}

/// At which a query is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryRange {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    /// Seconds between two evaluations.
    pub step: i64,
}

impl QueryRange {
    /// The buckets `first..next`. Each is evaluated one millisecond before its end: a sample exactly on the border
    /// would otherwise count on both sides.
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

/// The bucket whose evaluation this is: the inverse of [`QueryRange::of_buckets`].
pub fn bucket_of(at: DateTime<Utc>, step: i64) -> i64 {
    let millis = at.timestamp_millis() + 1;
    (millis as f64 / (step as f64 * 1000.0)).round() as i64 - 1
}

#[derive(Debug, Clone, PartialEq)]
pub struct SignalQuery {
    /// The index of the signal in its monitor.
    pub(super) signal: usize,
    /// `None`: the first source that answers queries.
    pub source: Option<SourceId>,
    pub request: SignalRequest,
}

#[derive(Debug, Clone, PartialEq)]
pub struct SignalRequest {
    pub(super) role: QueryRole,
    pub query: String,
    /// For a query without a range: when it is evaluated, by the source's clock. `None`: now.
    pub at: Option<DateTime<Utc>>,
    /// `None`: at one time.
    pub range: Option<QueryRange>,
}

/// The number of a signal that a query asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum QueryRole {
    /// Good or bad events.
    Part,
    Total,
    /// Good or bad events by a label.
    PartBy(String),
    TotalBy(String),
    /// Payments of unknown outcome.
    Unknown,
    /// Of failed payments.
    Amount,
    /// Of business declines.
    Declines,
    DeclinesBy(String),
    /// Good or bad events, and all events, by two labels.
    Pairs(String, String),
    /// Of a histogram; by a label.
    Buckets(Option<String>),
    /// With its past.
    Value,
    /// Of the oldest wrong item.
    Age,
    /// Of the source.
    Clock,
    /// Samples in some spans: how often the series are scraped.
    ScrapeCounts,
    /// When each series was last scraped.
    LastScrapes,
    /// Samples by bucket: where the series were not scraped.
    Samples,
    /// What was counted in a scrape gap, in buckets of five minutes.
    Gap(i64, i64),
}

#[derive(Debug, Clone, PartialEq)]
pub enum SignalAnswer {
    /// To a query without a range.
    Vector(Vec<LabelledSample>),
    /// To a query with a range.
    Matrix(Vec<LabelledSeries>),
}

impl Answer<SignalAnswer> {
    /// The answer, whose numbers at one time are marked if it is partial.
    pub(super) fn marked(self) -> SignalAnswer {
        match (self.value, self.partial) {
            (SignalAnswer::Vector(mut series), Some(_)) => {
                for one in &mut series {
                    one.sample.reading = one.sample.reading.as_partial();
                }
                SignalAnswer::Vector(series)
            }
            (answer, _) => answer,
        }
    }
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
