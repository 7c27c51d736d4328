//! From a signal's description to `PromQL`.
//!
//! Each bucket of a series is read as `rate(…[bucket + scrape interval])` and multiplied by the bucket's length.
//! A range of exactly one bucket would lose the increase between its last sample and the next bucket's first;
//! one scrape interval more makes neighbouring buckets meet in one sample, so that their sum is the counters'
//! own increase.

use super::promql::{WINDOW, rated, selector, window_of};
use super::spec::{LatencySpec, RateSpec, RatioSpec, SignalSpec};
use chrono::TimeDelta;

/// For one bucket length. Values are events per second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatioQueries {
    /// Good or bad events.
    pub part: String,
    pub part_is_bad: bool,
    pub total: String,
}

impl SignalSpec {
    /// The success ratio of the last five minutes; `None` if the signal is not a ratio. It has no value if nothing was
    /// scraped for five intervals: a rate would otherwise continue for its whole range.
    pub fn headline(&self, scrape_seconds: u32) -> Option<String> {
        if let Some(rate) = &self.rate {
            return Some(rate.query.clone());
        }
        let window = window_of(TimeDelta::minutes(5), scrape_seconds);
        let queries = match (&self.ratio, &self.latency) {
            (Some(ratio), _) => ratio.queries(&window, None),
            (None, Some(latency)) => latency.queries(&window),
            (None, None) => return None,
        };
        let RatioQueries { part, total, .. } = &queries;
        let ratio = match queries.part_is_bad {
            false => format!("({part}) / ({total})"),
            true => format!("1 - ({part}) / ({total})"),
        };
        let fresh = self.total_series().map(|counter| {
            let recent = i64::from(scrape_seconds) * 5;
            format!(" and on () (sum(count_over_time({counter}[{recent}s])) > 0)")
        });
        Some(match fresh {
            Some(fresh) => format!("({ratio}{fresh})"),
            None => ratio,
        })
    }

    /// Of all events; `None` if it is part of an expression.
    fn total_series(&self) -> Option<String> {
        let total = match (&self.ratio, &self.latency) {
            (Some(ratio), _) => ratio.total.trim().to_string(),
            (None, Some(latency)) => latency.all(),
            (None, None) => return None,
        };
        (!total.contains(WINDOW)).then_some(total)
    }
}

impl RateSpec {
    /// Seconds, and those of success among them.
    pub fn queries(&self) -> RatioQueries {
        let rate = self.query.trim();
        RatioQueries {
            part: format!("({rate})"),
            part_is_bad: false,
            total: format!("({rate}) * 0 + 1"),
        }
    }
}

impl RatioSpec {
    /// Of all events, or by one label.
    pub fn queries(&self, window: &str, by: Option<&str>) -> RatioQueries {
        let total = rated(&self.total, window, by);
        let (part, part_is_bad) = match (&self.good, &self.bad) {
            (Some(good), _) => (rated(good, window, by), false),
            (None, bad) => (rated(bad.as_deref().unwrap_or_default(), window, by), true),
        };
        let part = if part_is_bad && self.absent_bad_is_zero {
            format!("{part} or 0 * {total}")
        } else {
            part
        };
        RatioQueries {
            part,
            part_is_bad,
            total,
        }
    }
}

/// Selectors of a histogram.
pub struct HistogramSelectors {
    /// The buckets of every bound.
    pub buckets: String,
    /// The counter of a classic histogram, or the native histogram.
    pub count: String,
    /// The native histogram.
    pub whole: String,
}

impl LatencySpec {
    pub fn seconds(&self) -> f64 {
        self.within.0.num_milliseconds() as f64 / 1000.0
    }

    pub fn selectors(&self) -> HistogramSelectors {
        let matchers = self.matchers.trim().trim_end_matches(',');
        let name = self.histogram.trim();
        HistogramSelectors {
            buckets: selector(&format!("{name}_bucket"), matchers),
            count: self.all(),
            whole: selector(name, matchers),
        }
    }

    /// Of all events.
    fn all(&self) -> String {
        let matchers = self.matchers.trim().trim_end_matches(',');
        let suffix = if self.native { "" } else { "_count" };
        selector(&format!("{}{suffix}", self.histogram.trim()), matchers)
    }

    /// Of events within the bound, and of all events.
    pub fn queries(&self, window: &str) -> RatioQueries {
        let seconds = self.seconds();
        let (name, matchers) = (
            self.histogram.trim(),
            self.matchers.trim().trim_end_matches(','),
        );
        let (part, total) = if self.native {
            let all = format!("sum(rate({}[{window}]))", selector(name, matchers));
            (
                format!("histogram_fraction(0, {seconds}, {all}) * histogram_count({all})"),
                format!("histogram_count({all})"),
            )
        } else {
            let comma = if matchers.is_empty() { "" } else { "," };
            // Version 3 writes a whole bound as "1.0", version 2 as "1"; other libraries write "0.80".
            let bound = seconds.to_string().replace('.', "\\\\.");
            let bound = if seconds.fract() == 0.0 {
                format!("{bound}(\\\\.0+)?")
            } else {
                format!("{bound}0*")
            };
            let within = format!("{matchers}{comma}le=~\"{bound}\"");
            let within = selector(&format!("{name}_bucket"), &within);
            let all = selector(&format!("{name}_count"), matchers);
            (
                format!("sum(rate({within}[{window}]))"),
                format!("sum(rate({all}[{window}]))"),
            )
        };
        RatioQueries {
            part,
            part_is_bad: false,
            total,
        }
    }
}
