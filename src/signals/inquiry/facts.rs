//! What a source answered. `None` anywhere: not known.

use crate::signals::Reading;
use crate::text::Safe;
use chrono::TimeDelta;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The server refuses the query, in its own words.
    Query(Safe),
    /// It did not answer, or refused for another reason.
    Source(Safe),
}

#[derive(Debug, Clone, PartialEq)]
pub struct PartAnswer {
    pub series: usize,
    /// Of the first series.
    pub reading: Option<Reading>,
    pub partial: Option<Safe>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct PartFacts {
    pub answer: Result<PartAnswer, Refusal>,
    /// In the order of the plan; gathered for a query without series.
    pub selectors: Vec<SelectorFacts>,
    /// Gathered for a counter.
    pub counter: Option<CounterFacts>,
}

/// Why a selector has no series.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SelectorFacts {
    /// Now.
    pub series: Option<usize>,
    /// Of the metric with any labels, over the last day.
    pub metric_series: Option<usize>,
    /// Since its last sample of the last day.
    pub age: Option<TimeDelta>,
    /// All metrics of the source, if the metric has no series.
    pub metrics: Option<Vec<Safe>>,
    /// In the order of its matchers.
    pub labels: Vec<LabelFacts>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct LabelFacts {
    /// Of the label, on the metric.
    pub values: Option<Vec<Safe>>,
    /// All labels of the metric.
    pub names: Option<Vec<Safe>>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct CounterFacts {
    /// As its exporter declares it.
    pub kind: Option<Safe>,
    pub series: Option<usize>,
    /// Falls over samples, in the last hour.
    pub falls: Option<f64>,
}

/// The bounds of a histogram.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BoundFacts {
    /// Values of `le`.
    pub buckets: Option<Vec<Safe>>,
    /// Series of the native histogram, now.
    pub native: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct SignalFacts {
    /// In the order of the plan.
    pub parts: Vec<PartFacts>,
    pub bound: Option<BoundFacts>,
    /// Between two scrapes of the counter.
    pub interval: Option<TimeDelta>,
    /// Values of each label in `by`.
    pub by: Vec<(String, Option<usize>)>,
    /// Labels of the counter.
    pub labels: Option<Vec<Safe>>,
    /// Before now.
    pub oldest: Option<TimeDelta>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct SourceFacts {
    /// How far its clock is ahead.
    pub skew: Option<TimeDelta>,
    pub retention: Option<TimeDelta>,
}
