//! Which questions to ask about a signal.

use super::query::{Selector, parse};
use crate::signals::map::{ServiceMap, SignalSpec, scrapes, window_of};
use crate::signals::monitor::interval_of;
use crate::signals::series::LabelledSample;
use crate::text::{Slug, SourceId};
use chrono::TimeDelta;

#[derive(Debug, Clone)]
pub struct SignalPlan {
    pub signal: Slug,
    pub source: Option<SourceId>,
    pub parts: Vec<PartPlan>,
    pub bound: Option<BoundPlan>,
    /// Whose samples show the scrape interval and the retention.
    pub counter: Option<CounterPlan>,
    pub(super) window: TimeDelta,
}

impl SignalPlan {
    /// Of the error budget.
    pub fn window(&self) -> TimeDelta {
        self.window
    }
}

/// One query of the map.
#[derive(Debug, Clone)]
pub struct PartPlan {
    /// Its key in the map.
    pub key: &'static str,
    /// Evaluated now.
    pub query: String,
    /// It must give one series.
    pub single: bool,
    /// A selector that is rated here: it must select counters.
    pub counter: Option<Selector>,
    /// Empty where the text cannot be parsed here.
    pub selectors: Vec<Selector>,
    pub counts: Counted,
    /// It gives a number between 0 and 1.
    pub is_share: bool,
}

/// What a query without series may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// It is not measured.
    Events,
    /// No failure has happened yet, or it is not measured.
    Failures,
    /// By the map, no failures.
    NoneIsZero,
}

#[derive(Debug, Clone)]
pub struct BoundPlan {
    /// Base name.
    pub histogram: String,
    /// The buckets, without the bound.
    pub buckets: String,
    /// The native histogram.
    pub whole: String,
    pub seconds: f64,
    pub native: bool,
}

#[derive(Debug, Clone)]
pub struct CounterPlan {
    pub selector: String,
    pub by: Vec<String>,
}

/// In the order of the map, with its scrape interval.
pub fn plan(map: &ServiceMap) -> Vec<SignalPlan> {
    let each = |_: &Slug| map.scrape_seconds;
    plan_with(map, &each)
}

/// One signal with its own interval: a range holds two scrapes.
pub fn plan_of(map: &ServiceMap, signal: &Slug, interval: TimeDelta) -> Option<SignalPlan> {
    let seconds = u32::try_from(interval.num_seconds()).ok()?;
    let mut all = plan_with(map, &|_| seconds).into_iter();
    all.find(|plan| plan.signal == *signal)
}

fn range(scrape: u32) -> String {
    let bucket = TimeDelta::seconds(i64::from(scrape)).max(TimeDelta::minutes(5));
    window_of(bucket, scrape)
}

fn plan_with(map: &ServiceMap, scrape_of: &dyn Fn(&Slug) -> u32) -> Vec<SignalPlan> {
    let mut all = Vec::new();
    for (_, path) in map.paths() {
        for spec in &path.signals {
            let window = range(scrape_of(&spec.signal));
            let mut plan = of(map, spec, &window);
            let is_first = path.signals.iter().find(|one| one.objective().is_some());
            if is_first.is_some_and(|first| first.signal == spec.signal) {
                let money = path.money.iter();
                let counters = money.flat_map(|money| {
                    [("unknown", &money.unknown), ("amount", &money.amount)]
                        .into_iter()
                        .filter_map(|(key, counter)| Some((key, counter.as_ref()?)))
                });
                plan.parts.extend(counters.map(|(key, counter)| {
                    let query = crate::signals::map::counter_rate(counter, &window);
                    let mut part = rated(key, counter, query);
                    part.counts = Counted::Failures;
                    part
                }));
            }
            all.push(plan);
        }
    }
    all
}

fn of(map: &ServiceMap, spec: &SignalSpec, range: &str) -> SignalPlan {
    let window = spec
        .window_days
        .map_or(map.window(), |days| TimeDelta::days(i64::from(days)));
    let (mut parts, mut bound, mut counter) = (Vec::new(), None, None);
    if let Some(ratio) = &spec.ratio {
        let queries = ratio.queries(range, None);
        let (key, text) = match (&ratio.good, &ratio.bad) {
            (Some(good), _) => ("good", good.as_str()),
            (None, bad) => ("bad", bad.as_deref().unwrap_or_default()),
        };
        // The bad counter itself, without a total in its place.
        let own = crate::signals::map::counter_rate(text, range);
        let mut part = rated(key, text, own);
        part.counts = match (&ratio.good, ratio.absent_bad_is_zero) {
            (Some(_), _) => Counted::Events,
            (None, true) => Counted::NoneIsZero,
            (None, false) => Counted::Failures,
        };
        parts.extend([part, rated("total", &ratio.total, queries.total)]);
        counter = parts[1].counter.as_ref().map(|selector| CounterPlan {
            selector: selector.text(),
            by: ratio.by.clone(),
        });
    } else if let Some(latency) = &spec.latency {
        let queries = latency.queries(range, None);
        let part = |key, query: String| PartPlan {
            selectors: selectors(&query),
            ..plain(key, &query, true)
        };
        parts.extend([part("within", queries.part), part("all", queries.total)]);
        let texts = latency.selectors();
        bound = Some(BoundPlan {
            histogram: latency.histogram.trim().to_string(),
            buckets: texts.buckets,
            whole: texts.whole,
            seconds: latency.seconds(),
            native: latency.native,
        });
        counter = Some(CounterPlan {
            selector: texts.count,
            by: Vec::new(),
        });
    } else {
        parts.extend(numbers(spec));
    }
    SignalPlan {
        signal: spec.signal.clone(),
        source: spec.source.clone(),
        parts,
        bound,
        counter,
        window,
    }
}

fn numbers(spec: &SignalSpec) -> Vec<PartPlan> {
    let mut parts = Vec::new();
    let query = |text: &String| plain("query", text, true);
    parts.extend(spec.rate.iter().map(|rate| PartPlan {
        is_share: true,
        ..query(&rate.query)
    }));
    if let Some(correctness) = &spec.correctness {
        parts.push(query(&correctness.query));
        let more = [("amount", &correctness.amount), ("age", &correctness.age)];
        let more = more.into_iter();
        parts.extend(more.filter_map(|(key, text)| Some(plain(key, text.as_ref()?, true))));
    }
    parts.extend(spec.level.iter().map(|level| query(&level.query)));
    parts.extend(spec.deadline.iter().map(|deadline| query(&deadline.query)));
    let version = spec.version.iter();
    parts.extend(version.map(|version| plain("query", &version.query, false)));
    parts
}

fn selectors(query: &str) -> Vec<Selector> {
    parse(query)
        .map(|parsed| parsed.selectors)
        .unwrap_or_default()
}

fn plain(key: &'static str, query: &str, single: bool) -> PartPlan {
    PartPlan {
        key,
        query: query.to_string(),
        single,
        counter: None,
        selectors: selectors(query),
        counts: Counted::Events,
        is_share: false,
    }
}

/// A counter of the map: a selector, or an expression with `$window`.
fn rated(key: &'static str, text: &str, query: String) -> PartPlan {
    let counter = parse(text).ok();
    let counter = counter.filter(|parsed| parsed.shape == super::query::QueryShape::Selector);
    let counter = counter.and_then(|parsed| parsed.selectors.into_iter().next());
    PartPlan {
        counter,
        ..plain(key, &query, true)
    }
}

/// Seconds since the last sample of the last day. Its steps are as long as a sample counts as current.
pub fn last_seen(selector: &str) -> String {
    format!("time() - max(max_over_time(timestamp({selector})[1d:5m]))")
}

/// Samples in some spans, for [`interval`].
pub fn scrape_counts(selector: &str) -> String {
    scrapes::counts(selector)
}

/// Between two scrapes, by an answer to [`scrape_counts`].
pub fn interval(series: &[LabelledSample]) -> Option<TimeDelta> {
    interval_of(series).map(TimeDelta::seconds)
}

/// Falls over samples: a counter falls when its process restarts.
pub fn behaviour(selector: &str) -> String {
    format!("sum(resets({selector}[1h])) / sum(count_over_time({selector}[1h]))")
}
