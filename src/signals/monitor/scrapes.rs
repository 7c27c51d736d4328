//! When the series of a signal were scraped: how often, and when last.

use super::super::map::{Needed, scrapes};
use super::super::series::{LabelledSample, QueryRole, SignalRequest};
use super::super::tally::FIVE;
use crate::text::Safe;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// In seconds: how often the interval is measured again.
const MEASURED_EVERY: i64 = 600;
/// In seconds.
pub(crate) const SLOWEST: i64 = 600;
/// What people configure, in seconds. A measurement close to one of them is that one.
const USUAL: [i64; 18] = [
    1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 150, 180, 240, 300, 360, 480, 600,
];
/// Multiples of five minutes that divide an hour.
const COARSE: [i64; 6] = [300, 600, 900, 1200, 1800, 3600];
const CLOSE: f64 = 0.08;
/// Above which a changed interval counts as another one.
const CHANGED: f64 = 0.2;

#[derive(Debug, Clone, Default)]
pub(crate) struct MonitoredScrapes {
    /// `None`: the query cannot be parsed, or names no series.
    needed: Option<Needed<String>>,
    guess: i64,
    measured: Option<i64>,
    /// Before which it is not measured again, in Unix seconds.
    next: i64,
    last: BTreeMap<String, DateTime<Utc>>,
    /// The last scrapes were asked for, and the source answered.
    is_known: bool,
}

impl MonitoredScrapes {
    /// `queries` hold the series that the signal needs.
    pub(super) fn new(queries: &[&str], guess: u32) -> Self {
        let mut needed: Vec<_> = queries.iter().filter_map(|text| Needed::of(text)).collect();
        Self {
            needed: match needed.len() {
                0 | 1 => needed.pop(),
                _ => Some(Needed::All(needed)),
            },
            guess: i64::from(guess),
            ..Self::default()
        }
    }

    pub(super) fn selectors(&self) -> Vec<&str> {
        let needed = self.needed.as_ref();
        needed.map(Needed::selectors).unwrap_or_default()
    }

    /// In seconds; that of the service map until it is measured.
    pub(super) fn interval(&self) -> i64 {
        self.measured.unwrap_or(self.guess).max(1)
    }

    pub(super) fn measured(&self) -> Option<TimeDelta> {
        self.measured.map(TimeDelta::seconds)
    }

    pub(super) fn is_too_slow(&self) -> bool {
        self.interval() > SLOWEST
    }

    /// In seconds: the length of a bucket that holds a scrape.
    pub(super) fn fine(&self) -> i64 {
        match self.interval() {
            ..=60 => 60,
            61..=120 => 120,
            121..=300 => 300,
            _ => 600,
        }
    }

    /// In seconds, for the past: a multiple of the interval where there is one. A rate is then the counters' own
    /// increase.
    pub(super) fn coarse(&self) -> i64 {
        let shortest = self.fine().max(FIVE);
        let fits = |step: &i64| *step >= shortest && step % self.interval() == 0;
        COARSE.into_iter().find(fits).unwrap_or(shortest)
    }

    /// Without a scrape for this long a value is out of date.
    pub(super) fn patience(&self) -> TimeDelta {
        TimeDelta::seconds(3 * self.interval() + 30)
    }

    pub(super) fn interval_query(&self, there: DateTime<Utc>) -> Option<SignalRequest> {
        let selectors = self.selectors();
        let first = selectors.first()?;
        (there.timestamp() >= self.next).then(|| SignalRequest {
            role: QueryRole::ScrapeCounts,
            query: scrapes::counts(first),
            at: Some(there),
            range: None,
        })
    }

    pub(super) fn last_query(&self, there: DateTime<Utc>) -> Option<SignalRequest> {
        let selectors = self.selectors();
        (!selectors.is_empty()).then(|| SignalRequest {
            role: QueryRole::LastScrapes,
            query: scrapes::last(&selectors, self.interval()),
            at: Some(there),
            range: None,
        })
    }

    /// Whether the interval is another one now.
    pub(super) fn set_counts(&mut self, series: &[LabelledSample], there: DateTime<Utc>) -> bool {
        self.next = there.timestamp() + MEASURED_EVERY;
        let Some(found) = interval_of(series) else {
            return false;
        };
        let before = self.interval() as f64;
        let is_new = (found as f64 - before).abs() > CHANGED * before;
        if is_new || self.measured.is_none() {
            self.measured = Some(found);
        }
        is_new
    }

    pub(super) fn set_last(&mut self, series: &[LabelledSample]) {
        self.is_known = true;
        let selectors: Vec<String> = self.selectors().into_iter().map(str::to_string).collect();
        for one in series {
            let key = one.labels.get(scrapes::KEY).map(Safe::as_str);
            let index = key.and_then(|key| key.parse::<usize>().ok());
            let selector = index.and_then(|index| selectors.get(index));
            let seconds = one.sample.reading.shown();
            let at = seconds
                .and_then(|seconds| DateTime::from_timestamp_millis((seconds * 1000.0) as i64));
            if let (Some(selector), Some(at)) = (selector, at) {
                self.last.insert(selector.clone(), at);
            }
        }
    }

    /// Of the series that was scraped longest ago, by the source's clock.
    pub(super) fn oldest(&self) -> Option<DateTime<Utc>> {
        let needed = self.needed.as_ref()?;
        needed.oldest(&|selector| self.last.get(selector).copied())
    }

    /// Whether every series was scraped recently; `None` if that is not known.
    pub(super) fn is_fresh(&self, there: DateTime<Utc>) -> Option<bool> {
        (self.is_known && self.needed.is_some()).then(|| {
            let oldest = self.oldest();
            oldest.is_some_and(|oldest| there - oldest <= self.patience())
        })
    }
}

/// In seconds, from an answer to [`scrapes::counts`]. `None`: too few samples.
pub(crate) fn interval_of(series: &[LabelledSample]) -> Option<i64> {
    let most = |span: i64| {
        let prefix = format!("{span}-");
        let of_span = series.iter().filter(|one| {
            let key = one.labels.get(scrapes::KEY);
            key.is_some_and(|key| key.as_str().starts_with(&prefix))
        });
        let counts = of_span.filter_map(|one| one.sample.reading.shown());
        counts.fold(0.0, f64::max)
    };
    let shortest = most(scrapes::SHORTEST_SPAN);
    let short = most(scrapes::SHORT_SPAN);
    let long = most(scrapes::LONG_SPAN);
    let found = match (short, long) {
        // Below that the short span counts too coarsely.
        (short, _) if short >= 12.0 => usual(scrapes::SHORT_SPAN as f64 / short),
        (_, long) if long >= 2.0 => usual(scrapes::LONG_SPAN as f64 / long),
        _ => return None,
    };
    // A series that is younger than a span fills a part of it: the shorter span then says how often at the most.
    Some(match shortest >= 2.0 {
        true => found.min(usual(scrapes::SHORTEST_SPAN as f64 / (shortest - 1.0))),
        false => found,
    })
}

fn usual(seconds: f64) -> i64 {
    let distance = |usual: &i64| (*usual as f64 - seconds).abs() / seconds;
    let nearest = USUAL
        .into_iter()
        .min_by(|a, b| distance(a).total_cmp(&distance(b)));
    match nearest.filter(|usual| distance(usual) <= CLOSE) {
        Some(usual) => usual,
        None => seconds.ceil() as i64,
    }
}
