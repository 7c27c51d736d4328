//! A monitored ratio: its counts, its parts by label, its money and its normal values.

use super::super::Sample;
use super::super::detection::{
    Baseline, DropState, LabelSplit, Onset, VolumeDrop, find_volume_drop, find_with_parts,
};
use super::super::map::{Pricing, RatioQueries, ServiceMap, SignalSpec, counter_rate, window_of};
use super::super::series::{
    LabelledSeries, QueryRange, QueryRole, SeriesLabels, SignalAnswer, SignalRequest, bucket_of,
};
use super::super::tally::{FIVE, MINUTES_KEPT, RatioPart, RatioSeries};
use super::number::one;
use crate::text::Problem;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Prometheus refuses more than 11,000 points of one query.
const MAX_POINTS: i64 = 10_000;
/// Buckets read again at each refresh, because scrapes and their storage take time.
const READ_AGAIN: i64 = 2;
/// Seconds after the end of a bucket at which it is first read.
const SETTLE: i64 = 5;
/// Monitored values of one label; the others count in the total only.
const MAX_PARTS: usize = 20;
/// How far back parts are read: the same hour of four earlier weeks.
const PART_HOURS: i64 = 29 * 24;
/// How far back minutes of a part are read at the start.
const PART_MINUTES: i64 = 6 * 60;
/// In seconds: the buckets in which a part's past is read.
const HOUR: i64 = 3600;

#[derive(Debug, Clone)]
pub(crate) struct MonitoredRatio {
    window: TimeDelta,
    scrape: u32,
    objective: f64,
    counts_bad: bool,
    by: Vec<String>,
    pub(super) track: Arc<RatioSeries>,
    pub(super) pricing: Option<Pricing>,
    pub(super) unknown: Option<Arc<RatioSeries>>,
    pub(super) amount: Option<Arc<RatioSeries>>,
    parts: BTreeMap<(String, String), PartOf>,
    /// The bucket after the last one read, by role and bucket length.
    read: BTreeMap<(String, i64), i64>,
    baseline: Option<(i64, Baseline)>,
    onset: Onset,
    pub(super) dropped_parts: usize,
    /// Whether events are counted; else seconds are.
    pub(super) has_volume: bool,
    /// Of a rate without a volume: its last value.
    pub(super) value: Option<Sample>,
}

#[derive(Debug, Clone)]
struct PartOf {
    track: RatioSeries,
    baseline: Option<Baseline>,
}

impl MonitoredRatio {
    pub(super) fn new(map: &ServiceMap, spec: &SignalSpec, money: Option<Pricing>) -> Self {
        let window = spec
            .window_days
            .map_or(map.window(), |days| TimeDelta::days(i64::from(days)));
        let ratio = spec.ratio.as_ref();
        let counts_bad = ratio.is_some_and(|ratio| ratio.good.is_none());
        let counted = |wanted: bool| wanted.then(|| Arc::new(RatioSeries::new(window)));
        Self {
            window,
            scrape: map.scrape_seconds,
            objective: spec.objective().unwrap_or_default(),
            by: ratio.map(|ratio| ratio.by.clone()).unwrap_or_default(),
            track: Arc::new(RatioSeries::new(window).counting_bad(counts_bad)),
            counts_bad,
            unknown: counted(money.as_ref().is_some_and(|money| money.unknown.is_some())),
            amount: counted(money.as_ref().is_some_and(|money| money.amount.is_some())),
            pricing: money,
            parts: BTreeMap::new(),
            read: BTreeMap::new(),
            baseline: None,
            onset: Onset::default(),
            dropped_parts: 0,
            has_volume: spec.rate.is_none(),
            value: None,
        }
    }

    pub(super) fn objective(&self) -> f64 {
        self.objective
    }

    pub(super) fn window(&self) -> TimeDelta {
        self.window
    }

    /// At this time of the source's clock.
    pub(super) fn due_queries(
        &self,
        spec: &SignalSpec,
        there: DateTime<Utc>,
    ) -> Vec<SignalRequest> {
        let mut due = Vec::new();
        due.extend(spec.rate.as_ref().map(|rate| SignalRequest {
            role: QueryRole::Value,
            query: rate.query.clone(),
            at: Some(there),
            range: None,
        }));
        let settled = there.timestamp() - SETTLE;
        let span = self.track_span();
        for (step, back) in [(60, MINUTES_KEPT as i64), (FIVE, span)] {
            let next = settled.div_euclid(step);
            let queries = self.queries(spec, step, None);
            for (role, query) in [
                (QueryRole::Part, queries.part),
                (QueryRole::Total, queries.total),
            ] {
                self.add_due(&mut due, role, query, (step, next, back));
            }
            let window = window_of(TimeDelta::seconds(step), self.scrape);
            let money = self.pricing.as_ref();
            let unknown = money.and_then(|money| money.unknown.as_ref());
            let amount = money.and_then(|money| money.amount.as_ref());
            for (role, counter) in [(QueryRole::Unknown, unknown), (QueryRole::Amount, amount)] {
                if let Some(counter) = counter {
                    // The cost of a day is read, not that of a month.
                    let back = back.min(86_400 / step);
                    let query = counter_rate(counter, &window);
                    self.add_due(&mut due, role, query, (step, next, back));
                }
            }
        }
        for label in &self.by {
            for (step, back) in [(60, PART_MINUTES), (HOUR, PART_HOURS)] {
                let next = settled.div_euclid(step);
                let queries = self.queries(spec, step, Some(label));
                let roles = [
                    (QueryRole::PartBy(label.clone()), queries.part),
                    (QueryRole::TotalBy(label.clone()), queries.total),
                ];
                for (role, query) in roles {
                    self.add_due(&mut due, role, query, (step, next, back));
                }
            }
        }
        due
    }

    fn track_span(&self) -> i64 {
        self.window.max(TimeDelta::days(29)).num_seconds() / FIVE
    }

    fn queries(&self, spec: &SignalSpec, step: i64, by: Option<&str>) -> RatioQueries {
        let window = window_of(TimeDelta::seconds(step), self.scrape);
        match (&spec.ratio, &spec.rate, &spec.latency) {
            (Some(ratio), _, _) => ratio.queries(&window, by),
            (None, Some(rate), _) => rate.queries(),
            (None, None, Some(latency)) => latency.queries(&window),
            // A ratio is made only for a signal that has one of the three.
            (None, None, None) => RatioQueries {
                part: String::new(),
                part_is_bad: false,
                total: String::new(),
            },
        }
    }

    /// The unread buckets before `next`, and the last two again.
    fn add_due(
        &self,
        due: &mut Vec<SignalRequest>,
        role: QueryRole,
        query: String,
        (step, next, back): (i64, i64, i64),
    ) {
        let oldest = next - back;
        let known = self.read.get(&(format!("{role:?}"), step)).copied();
        if known.is_some_and(|known| known >= next) {
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

    pub(super) fn answer(
        &mut self,
        role: &QueryRole,
        range: Option<QueryRange>,
        answer: SignalAnswer,
        there: DateTime<Utc>,
    ) -> Result<(), Problem> {
        if let (QueryRole::Value, SignalAnswer::Vector(series)) = (role, &answer) {
            self.value = Some(one(series, there));
            return Ok(());
        }
        let (Some(range), SignalAnswer::Matrix(series)) = (range, answer) else {
            return Err(Problem::new(
                "the answer is not a range of values",
                "check that the source is a Prometheus",
            ));
        };
        match role {
            QueryRole::PartBy(label) | QueryRole::TotalBy(label) => {
                self.add_parts(role, label, range.step, series)?
            }
            _ => self.add_whole(role, range.step, series)?,
        }
        let next = bucket_of(range.to, range.step) + 1;
        let key = (format!("{role:?}"), range.step);
        let read = self.read.entry(key).or_insert(next);
        *read = (*read).max(next);
        Ok(())
    }

    fn add_whole(
        &mut self,
        role: &QueryRole,
        step: i64,
        mut series: Vec<LabelledSeries>,
    ) -> Result<(), Problem> {
        if series.len() > 1 {
            return Err(Problem::new(
                format!("the query gives {} series; it must give one", series.len()),
                "sum over them, or name a selector instead of an expression",
            ));
        }
        let Some(one) = series.pop() else {
            return Ok(());
        };
        let track = match role {
            QueryRole::Unknown => self.unknown.as_mut(),
            QueryRole::Amount => self.amount.as_mut(),
            _ => Some(&mut self.track),
        };
        let Some(track) = track.map(Arc::make_mut) else {
            return Ok(());
        };
        let part = match role {
            QueryRole::Part => RatioPart::Part,
            _ => RatioPart::Total,
        };
        fill(track, part, step, &one);
        if matches!(role, QueryRole::Unknown | QueryRole::Amount) {
            // Nothing of it is good, so the sum over this series is the count itself.
            let none_good = one.values.iter().map(|(at, _)| (*at, 0.0)).collect();
            let none_good = LabelledSeries {
                labels: SeriesLabels::new(),
                values: none_good,
            };
            fill(track, RatioPart::Part, step, &none_good);
        }
        self.baseline = self.baseline.take().filter(|_| step != FIVE);
        Ok(())
    }

    fn add_parts(
        &mut self,
        role: &QueryRole,
        label: &str,
        step: i64,
        series: Vec<LabelledSeries>,
    ) -> Result<(), Problem> {
        let part = match role {
            QueryRole::PartBy(_) => RatioPart::Part,
            _ => RatioPart::Total,
        };
        for one in series {
            let value = one.labels.get(label).map_or("", |value| value.as_str());
            let value = if value.is_empty() { "(none)" } else { value };
            let key = (label.to_string(), value.to_string());
            let of_label = self.parts.keys().filter(|(known, _)| known == label);
            let is_full = of_label.count() >= MAX_PARTS;
            if is_full && !self.parts.contains_key(&key) {
                self.dropped_parts += 1;
                continue;
            }
            let (window, counts_bad) = (self.window, self.counts_bad);
            let entry = self.parts.entry(key).or_insert_with(|| PartOf {
                track: RatioSeries::new(window).counting_bad(counts_bad),
                baseline: None,
            });
            if step == HOUR {
                spread(&mut entry.track, part, &one);
                entry.baseline = None;
            } else {
                fill(&mut entry.track, part, step, &one);
            }
        }
        Ok(())
    }

    /// A drop of the success ratio, and one of the volume.
    pub(super) fn drop_at(&mut self, end: DateTime<Utc>) -> (DropState, Option<VolumeDrop>) {
        let hour = end.timestamp().div_euclid(HOUR);
        if self
            .baseline
            .as_ref()
            .is_none_or(|(known, _)| *known != hour)
        {
            self.baseline = Some((hour, Baseline::around(&self.track, self.objective, end)));
            self.parts
                .values_mut()
                .for_each(|part| part.baseline = None);
        }
        for part in self.parts.values_mut() {
            let make = || Baseline::around(&part.track, self.objective, end);
            part.baseline.get_or_insert_with(make);
        }
        let Some((_, baseline)) = &self.baseline else {
            return (DropState::default(), None);
        };
        let splits: Vec<LabelSplit<'_>> = self
            .parts
            .iter()
            .filter_map(|((label, value), part)| {
                Some(LabelSplit {
                    label,
                    value,
                    track: &part.track,
                    baseline: part.baseline.as_ref()?,
                })
            })
            .collect();
        let mut found = find_with_parts(&self.track, baseline, &splits, end);
        found.drop = self.onset.follow(found.drop);
        (found, find_volume_drop(&self.track, baseline, end))
    }
}

/// Turns rates into counts.
fn fill(track: &mut RatioSeries, part: RatioPart, step: i64, series: &LabelledSeries) {
    let lane = track.lane_mut(part, step);
    for (at, rate) in &series.values {
        lane.put(bucket_of(*at, step), rate * step as f64);
    }
}

/// Spreads an hour's rate over its twelve buckets of five minutes: precise enough for normal values.
fn spread(track: &mut RatioSeries, part: RatioPart, series: &LabelledSeries) {
    let lane = track.lane_mut(part, FIVE);
    for (at, rate) in &series.values {
        let first = bucket_of(*at, HOUR) * (HOUR / FIVE);
        for five in first..first + HOUR / FIVE {
            lane.put(five, rate * FIVE as f64);
        }
    }
}
