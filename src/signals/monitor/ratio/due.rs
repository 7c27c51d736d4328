//! The queries of a ratio that are due.

use super::MonitoredRatio;
use crate::signals::map::scrapes as queries;
use crate::signals::map::{
    RatioQueries, SignalSpec, counter_rate, counter_rate_by, label_name, window_of,
};
use crate::signals::monitor::gaps::{self, GapFinder};
use crate::signals::monitor::parts::HOUR;
use crate::signals::series::{QueryRange, QueryRole, SignalRequest};
use crate::signals::tally::{FIVE, MINUTES_KEPT};
use chrono::{DateTime, TimeDelta, Utc};

/// Prometheus refuses more than 11,000 points of one query.
const MAX_POINTS: i64 = 10_000;
/// Buckets read again at each refresh, because scrapes and their storage take time.
const READ_AGAIN: i64 = 2;
/// Seconds after the end of a bucket at which it is first read.
const SETTLE: i64 = 5;
/// How far back parts are read, in hours: the same hour of four earlier weeks.
const PART_HOURS: i64 = 29 * 24;
/// How far back minutes of a part are read at the start.
const PART_MINUTES: i64 = 6 * 60;

impl MonitoredRatio {
    /// At this time of the source's clock.
    pub(in super::super) fn due_queries(
        &self,
        spec: &SignalSpec,
        there: DateTime<Utc>,
    ) -> Vec<SignalRequest> {
        let mut due = Vec::new();
        if self.scrapes.is_too_slow() {
            return due;
        }
        due.extend(spec.rate.as_ref().map(|rate| SignalRequest {
            role: QueryRole::Value,
            query: rate.query.clone(),
            at: Some(there),
            range: None,
        }));
        let settled = there.timestamp() - SETTLE;
        let (fine, coarse) = (self.scrapes.fine(), self.scrapes.coarse());
        let minutes = MINUTES_KEPT as i64 * 60;
        let spans = match fine == coarse {
            true => vec![(coarse, self.span())],
            false => vec![(fine, minutes), (coarse, self.span())],
        };
        for (step, back) in spans {
            let queries = self.queries(spec, step, None);
            for (role, query) in [
                (QueryRole::Part, queries.part),
                (QueryRole::Total, queries.total),
            ] {
                self.add_due(&mut due, role, query, (step, settled, back / step));
            }
            let window = self.window_of(step);
            let money = self.pricing.as_ref();
            let unknown = money.and_then(|money| money.unknown.as_ref());
            let amount = money.and_then(|money| money.amount.as_ref());
            for (role, counter) in [(QueryRole::Unknown, unknown), (QueryRole::Amount, amount)] {
                if let Some(counter) = counter {
                    // The cost of a day is read, not that of a month.
                    let back = back.min(86_400) / step;
                    let query = counter_rate(counter, &window);
                    self.add_due(&mut due, role, query, (step, settled, back));
                }
            }
        }
        for label in &self.by {
            // The past comes first: it decides which values are monitored.
            for (step, back) in [(HOUR, PART_HOURS), (fine, PART_MINUTES * 60 / fine)] {
                let queries = self.queries(spec, step, Some(label));
                let roles = [
                    (QueryRole::TotalBy(label.clone()), queries.total),
                    (QueryRole::PartBy(label.clone()), queries.part),
                ];
                for (role, query) in roles {
                    self.add_due(&mut due, role, query, (step, settled, back));
                }
            }
        }
        self.add_views(&mut due, spec, settled);
        if let Some(counter) = self.scrapes.selectors().first()
            && self.has_volume
        {
            let step = GapFinder::bucket(self.scrapes.interval(), coarse);
            let back = self.window.num_seconds() / step;
            let query = queries::samples(counter, step);
            self.add_due(&mut due, QueryRole::Samples, query, (step, settled, back));
        }
        if !self.has_volume || due.iter().any(|due| due.role == QueryRole::Total) {
            due.extend(self.scrapes.last_query(there));
        }
        due
    }

    /// What is shown of the present only: declines and quantiles.
    fn add_views(&self, due: &mut Vec<SignalRequest>, spec: &SignalSpec, settled: i64) {
        let fine = self.scrapes.fine();
        let labels = || std::iter::once(None).chain(self.by.iter().map(Some));
        let declines = spec
            .ratio
            .as_ref()
            .and_then(|ratio| ratio.declines.as_ref());
        if let Some(counter) = declines {
            for label in labels() {
                let role = match label {
                    None => QueryRole::Declines,
                    Some(label) => QueryRole::DeclinesBy(label.clone()),
                };
                let window = self.window_of(fine);
                let query = counter_rate_by(counter, &window, label.map(String::as_str));
                self.add_due(due, role, query, (fine, settled, 1800 / fine));
            }
        }
        if let Some(latency) = &spec.latency {
            let window = self.window_of(self.current_span().num_seconds());
            for label in labels() {
                let query = latency.buckets(&window, label.map(String::as_str));
                let role = QueryRole::Buckets(label.cloned());
                self.add_due(due, role, query, (fine, settled, 1));
            }
        }
    }

    /// In seconds.
    fn span(&self) -> i64 {
        self.window.max(TimeDelta::days(29)).num_seconds()
    }

    fn window_of(&self, step: i64) -> String {
        let interval = u32::try_from(self.scrapes.interval()).unwrap_or(u32::MAX);
        window_of(TimeDelta::seconds(step), interval)
    }

    fn queries(&self, spec: &SignalSpec, step: i64, by: Option<&str>) -> RatioQueries {
        spec.queries(&self.window_of(step), by)
    }

    /// What the counters counted in the scrape gaps that were found, and the pair of labels behind a drop.
    pub(in super::super) fn follow_up_queries(&mut self, spec: &SignalSpec) -> Vec<SignalRequest> {
        let mut due = self.gap_queries(spec);
        let end = self.track.end();
        if let Some(end) = end.filter(|_| self.by.len() > 1)
            && let Some(drop) = self.drop_at(end).0.drop
        {
            let interval = self.scrapes.interval();
            let query = |labels: [&str; 2], seconds: i64| {
                let (part, total) = spec.counters()?;
                let window = format!("{}s", seconds + interval);
                Some(queries::pairs(
                    (&part, &total),
                    labels.map(label_name),
                    &window,
                ))
            };
            let by = self.by.clone();
            due.extend(self.pairs.due(&drop, end, &by, query));
        }
        due
    }

    fn gap_queries(&mut self, spec: &SignalSpec) -> Vec<SignalRequest> {
        let interval = self.scrapes.interval();
        let query = |seconds: i64, ratio: &Self| match spec.counters() {
            Some((part, total)) => queries::across(&part, &total, seconds, interval),
            None => {
                let found = ratio.queries(spec, seconds, None);
                let selectors = ratio.scrapes.selectors();
                let window = (seconds, ratio.window_of(seconds));
                let window = (window.0, window.1.as_str());
                queries::across_expressions(&found.part, &found.total, &selectors, window)
            }
        };
        let due = self.gaps.take_due().into_iter();
        due.map(|gap| SignalRequest {
            role: QueryRole::Gap(gap.start, gap.end),
            query: query((gap.end - gap.start) * FIVE, self),
            at: None,
            range: Some(gaps::evaluation(&gap)),
        })
        .collect()
    }

    /// The unread buckets before `next`, and the last two again.
    fn add_due(
        &self,
        due: &mut Vec<SignalRequest>,
        role: QueryRole,
        query: String,
        (step, settled, back): (i64, i64, i64),
    ) {
        let next = settled.div_euclid(step);
        let oldest = next - back;
        let key = (format!("{role:?}"), step);
        let known = self.read.get(&key).copied();
        let held = self.held.get(&key);
        if known.is_some_and(|known| known >= next) || held.is_some_and(|until| settled < *until) {
            return;
        }
        let mut first = known.map_or(oldest, |known| known - READ_AGAIN).max(oldest);
        while first < next {
            let to = next.min(first + MAX_POINTS);
            due.push(SignalRequest {
                role: role.clone(),
                query: query.clone(),
                at: None,
                range: Some(QueryRange::of_buckets(step, first, to)),
            });
            first = to;
        }
    }
}
