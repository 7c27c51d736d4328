//! From a signal's description to `PromQL`.
//!
//! Each bucket of a series is read as `rate(…[bucket + scrape interval])` and multiplied by the bucket's length.
//! A range of exactly one bucket would lose the increase between its last sample and the next bucket's first;
//! one scrape interval more makes neighbouring buckets meet in one sample, so that their sum is the counters'
//! own increase.

use super::promql::{label_name, rated, selector, window_of};
use super::scrapes::{is_selector, keyed};
use super::selectors::is_among;
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
        self.objective()?;
        let queries = self.queries(&window, None);
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
        Some(self.total_counter()).filter(|total| !total.is_empty() && is_selector(total))
    }

    /// Of all events: a selector, or an expression with `$window`. Empty if the signal is not a ratio.
    pub(crate) fn total_counter(&self) -> String {
        match (&self.ratio, &self.latency) {
            (Some(ratio), _) => ratio.total.trim().to_string(),
            (None, Some(latency)) => latency.all(),
            (None, None) => String::new(),
        }
    }

    /// Of good or bad events, and of all; `None` if one is not a selector of a counter.
    pub(crate) fn counters(&self) -> Option<(String, String)> {
        let part = match (&self.ratio, &self.latency) {
            (Some(ratio), _) => ratio.good.clone().or(ratio.bad.clone())?,
            (None, Some(latency)) => latency.within_bound()?,
            (None, None) => return None,
        };
        let total = self.total_counter();
        (is_selector(&part) && is_selector(&total)).then(|| (part.trim().to_string(), total))
    }

    /// A signal that is not a ratio has none.
    pub(crate) fn queries(&self, window: &str, by: Option<&str>) -> RatioQueries {
        match (&self.ratio, &self.rate, &self.latency) {
            (Some(ratio), _, _) => ratio.queries(window, by),
            (None, Some(rate), _) => rate.queries(),
            (None, None, Some(latency)) => latency.queries(window, by),
            (None, None, None) => RatioQueries {
                part: String::new(),
                part_is_bad: false,
                total: String::new(),
            },
        }
    }
}

impl SignalSpec {
    /// Whether payments of unknown outcome count as failed in this ratio; `None` if that is not known. With a `good`
    /// counter everything in the total that is not good counts as failed.
    pub(crate) fn fails_with(&self, unknown: &str, in_total: Option<bool>) -> Option<bool> {
        let ratio = self.ratio.as_ref()?;
        let among = |counter: &str| is_among(unknown, counter);
        let in_total = in_total.or_else(|| among(&ratio.total));
        match (&ratio.good, &ratio.bad) {
            (Some(good), _) if in_total == Some(true) => Some(among(good) != Some(true)),
            (Some(_), _) => in_total,
            (None, bad) => among(bad.as_deref()?).or(in_total.filter(|in_total| !in_total)),
        }
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

    /// Of events within the bound; a native histogram has no such series.
    fn within_bound(&self) -> Option<String> {
        let seconds = self.seconds();
        let (name, matchers) = self.parts();
        let comma = if matchers.is_empty() { "" } else { "," };
        // Version 3 writes a whole bound as "1.0", version 2 as "1"; some exporters write "0.80".
        let bound = seconds.to_string().replace('.', "\\\\.");
        let bound = match seconds.fract() == 0.0 {
            true => format!("{bound}(\\\\.0+)?"),
            false => format!("{bound}0*"),
        };
        let within = format!("{matchers}{comma}le=~\"{bound}\"");
        (!self.native).then(|| selector(&format!("{name}_bucket"), &within))
    }

    /// Events up to each bound, of all or by one label; quantiles of a native histogram, by their key.
    pub(crate) fn buckets(&self, window: &str, by: Option<&str>) -> String {
        if self.native {
            let all = rated(&self.all(), window, by);
            let quantile = |percent: u32| {
                let share = f64::from(percent) / 100.0;
                (percent, format!("histogram_quantile({share}, {all})"))
            };
            return keyed([50, 95, 99].map(quantile));
        }
        let (name, matchers) = self.parts();
        let buckets = selector(&format!("{name}_bucket"), matchers);
        let label = by.map_or(String::new(), |label| format!(", {}", label_name(label)));
        format!("sum by (le{label}) (rate({buckets}[{window}]))")
    }

    fn parts(&self) -> (&str, &str) {
        let matchers = self.matchers.trim().trim_end_matches(',');
        (self.histogram.trim(), matchers)
    }

    /// Of events within the bound, and of all events; of all, or by one label.
    pub fn queries(&self, window: &str, by: Option<&str>) -> RatioQueries {
        let total = rated(&self.all(), window, by);
        let (part, total) = match self.within_bound() {
            Some(within) => (rated(&within, window, by), total),
            None => {
                let seconds = self.seconds();
                (
                    format!("histogram_fraction(0, {seconds}, {total}) * histogram_count({total})"),
                    format!("histogram_count({total})"),
                )
            }
        };
        RatioQueries {
            part,
            part_is_bad: false,
            total,
        }
    }
}
