//! What a check found about one query of a signal.

use super::query::QueryFault;
use crate::text::{Safe, Slug};
use chrono::TimeDelta;

/// The gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingLevel {
    /// The signal cannot be measured so.
    Refused,
    Warning,
    Fine,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// `None`: about a source.
    pub signal: Option<Slug>,
    /// The key of the query in the service map, or the name of the source.
    pub part: String,
    pub reason: Reason,
    pub level: FindingLevel,
}

impl Finding {
    pub(super) fn new(signal: &Slug, part: &str, level: FindingLevel, reason: Reason) -> Self {
        Self {
            signal: Some(signal.clone()),
            part: part.to_string(),
            reason,
            level,
        }
    }

    /// It explains why the signal has no value.
    pub fn explains_absence(&self) -> bool {
        let needs_value = !matches!(
            self.reason,
            Reason::Retention { .. } | Reason::Skew(_) | Reason::Labels { .. }
        );
        self.level != FindingLevel::Fine && needs_value
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    Malformed(QueryFault),
    /// A counter with a fixed range or offset.
    Modified,
    /// An expression without `$window` in place of a counter.
    NoWindow,
    /// Already a rate or a ratio, by its name.
    RecordedRate(Safe),
    /// A dashboard's variable in a quoted text.
    Variable(Safe),
    /// This program's parser refuses it; the server's word is the last.
    Doubtful(Safe),
    /// The server refuses it.
    RefusedByServer(Safe),
    /// The source could not be asked.
    NotAsked(Safe),
    /// Complete and of one kind.
    Measured {
        series: usize,
        kind: Option<Safe>,
    },
    SeveralSeries(usize),
    NoMetric {
        metric: Safe,
        nearest: Option<Safe>,
    },
    NoLabel {
        label: Safe,
        nearest: Option<Safe>,
    },
    NoValue {
        matcher: Safe,
        nearest: Option<Safe>,
    },
    /// Each condition has series, and no series has all of them.
    NoCombination(Safe),
    /// The last sample is this old.
    Silent {
        metric: Safe,
        age: TimeDelta,
    },
    /// Series exist, and fewer than two samples lie in the range.
    TooFewSamples {
        metric: Safe,
        interval: Option<TimeDelta>,
    },
    /// No series, and the reason is not known.
    Empty,
    NoNumber,
    /// A success rate beyond 0 to 1.
    NoShare(f64),
    /// A rate is computed from a metric that is no counter.
    NotACounter {
        metric: Safe,
        kind: Safe,
    },
    /// Share of its samples that are lower than the one before.
    Falls {
        metric: Safe,
        share: f64,
    },
    /// In seconds, as the source writes them.
    NoBucket {
        wanted: f64,
        below: Option<f64>,
        above: Option<f64>,
    },
    /// The histogram is native, the map says classic.
    Native(Safe),
    /// The histogram is classic, the map says native.
    Classic(Safe),
    /// Between two scrapes.
    Interval(TimeDelta),
    Retention {
        kept: TimeDelta,
        window: TimeDelta,
        /// By the oldest sample; otherwise by the server's settings.
        by_sample: bool,
    },
    RetentionUnknown,
    /// How far the source's clock is ahead.
    Skew(TimeDelta),
    /// Values of a label in `by`; 0: no series has it.
    Labels {
        label: Safe,
        values: usize,
        nearest: Option<Safe>,
    },
    Partial(Safe),
}
