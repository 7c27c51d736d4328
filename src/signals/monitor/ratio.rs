//! A monitored ratio: its counts, its parts by label, its money and its normal values.

use super::super::Sample;
use super::super::closing::ClosingDays;
use super::super::detection::{
    Baseline, DropState, Onset, VolumeDrop, find_volume_drop, find_with_parts,
};
use super::super::latency::Quantiles;
use super::super::map::{Pricing, ServiceMap, SignalSpec, is_among};
use super::super::series::{
    LabelledSeries, QueryRole, SeriesLabels, SignalAnswer, SignalRequest, bucket_of,
};
use super::super::tally::{Lane, RatioPart, RatioSeries};
use super::gaps::{self, GapFinder};
use super::number::one;
use super::pairs::MonitoredPairs;
use super::parts::{DECLINES_KEPT, HOUR, MonitoredParts, fill, fill_past, spread, value_of};
use super::scrapes::MonitoredScrapes;
use crate::signals::map::scrapes as queries;
use crate::text::{PathId, Problem};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;

mod due;

/// Seconds after which buckets of a partial answer are read again.
const PARTIAL_AGAIN: i64 = 60;

#[derive(Debug, Clone)]
pub(crate) struct MonitoredRatio {
    window: TimeDelta,
    objective: f64,
    by: Vec<String>,
    pub(super) track: Arc<RatioSeries>,
    /// Minutes from partial answers: shown, and nothing rests on them.
    pub(super) partial: RatioSeries,
    pub(super) pricing: Option<Pricing>,
    pub(super) unknown: Option<Arc<RatioSeries>>,
    pub(super) amount: Option<Arc<RatioSeries>>,
    pub(super) unknown_is_failed: Option<bool>,
    pub(super) parts: MonitoredParts,
    pub(super) scrapes: MonitoredScrapes,
    pub(super) gaps: GapFinder,
    /// The bucket after the last one read, by role and bucket length.
    read: BTreeMap<(String, i64), i64>,
    /// Not before this time, in Unix seconds, by role and bucket length.
    held: BTreeMap<(String, i64), i64>,
    /// Whether the latest answer had a series: of good or bad events, of all.
    has_series: [Option<bool>; 2],
    /// By minute.
    pub(super) declines: Option<Lane>,
    pub(super) declines_among: bool,
    /// Of all, and by label and value.
    pub(super) quantiles: BTreeMap<Option<(String, String)>, Quantiles>,
    pub(super) sla: Option<f64>,
    pub(super) pairs: MonitoredPairs,
    baseline: Option<(i64, Baseline)>,
    onset: Onset,
    closing: ClosingDays,
    /// Whether events are counted; else seconds are.
    pub(super) has_volume: bool,
    /// Of a rate without a volume: its last value.
    pub(super) value: Option<Sample>,
}

impl MonitoredRatio {
    pub(super) fn new(
        map: &ServiceMap,
        path: &PathId,
        spec: &SignalSpec,
        money: Option<Pricing>,
    ) -> Self {
        let window = spec
            .window_days
            .map_or(map.window(), |days| TimeDelta::days(i64::from(days)));
        let ratio = spec.ratio.as_ref();
        let counts_bad = ratio.is_some_and(|ratio| ratio.good.is_none());
        let counted = |wanted: bool| wanted.then(|| Arc::new(RatioSeries::new(window)));
        let declines = ratio.and_then(|ratio| ratio.declines.as_deref());
        let latency = spec.latency.as_ref();
        let by = ratio.map(|ratio| &ratio.by);
        let by = by.or(latency.map(|latency| &latency.by));
        let counter = match &spec.rate {
            Some(rate) => rate.query.clone(),
            None => spec.total_counter(),
        };
        let counter = spec.alive.clone().unwrap_or(counter);
        Self {
            window,
            objective: spec.objective().unwrap_or_default(),
            by: by.cloned().unwrap_or_default(),
            track: Arc::new(RatioSeries::new(window).counting_bad(counts_bad)),
            partial: RatioSeries::new(TimeDelta::days(1)).counting_bad(counts_bad),
            unknown: counted(money.as_ref().is_some_and(|money| money.unknown.is_some())),
            amount: counted(money.as_ref().is_some_and(|money| money.amount.is_some())),
            unknown_is_failed: money.as_ref().and_then(|money| {
                spec.fails_with(money.unknown.as_deref()?, money.unknown_in_total)
            }),
            pricing: money,
            parts: MonitoredParts::new(window, counts_bad),
            scrapes: MonitoredScrapes::new(&[&counter], map.scrape_seconds),
            gaps: GapFinder::default(),
            read: BTreeMap::new(),
            held: BTreeMap::new(),
            has_series: [None; 2],
            declines: declines.map(|_| Lane::new(60, DECLINES_KEPT)),
            declines_among: declines
                .is_some_and(|declines| is_among(declines, &spec.total_counter()) == Some(true)),
            quantiles: BTreeMap::new(),
            sla: spec.sla(),
            pairs: MonitoredPairs::default(),
            baseline: None,
            onset: Onset::default(),
            closing: map.closing_days(path),
            has_volume: spec.rate.is_none(),
            value: None,
        }
    }

    pub(super) fn is_answered(&self) -> bool {
        match self.has_volume {
            true => self.has_series.iter().all(Option::is_some),
            false => self.value.is_some(),
        }
    }

    pub(super) fn baseline(&self) -> Option<&Baseline> {
        self.baseline.as_ref().map(|(_, baseline)| baseline)
    }

    pub(super) fn objective(&self) -> f64 {
        self.objective
    }

    pub(super) fn window(&self) -> TimeDelta {
        self.window
    }

    /// Over which the current value is measured: five minutes, or one scrape.
    pub(super) fn current_span(&self) -> TimeDelta {
        TimeDelta::minutes(5).max(TimeDelta::seconds(self.scrapes.fine()))
    }

    fn set_quantiles(&mut self, label: Option<&String>, series: &[LabelledSeries]) {
        // By part; of the whole without one.
        type Buckets = Vec<(f64, f64)>;
        let mut found: BTreeMap<Option<(String, String)>, Buckets> = BTreeMap::new();
        for one in series {
            let part = label.map(|label| (label.clone(), value_of(one, label)));
            let name = |name: &str| {
                one.labels
                    .get(name)
                    .and_then(|text| text.as_str().parse().ok())
            };
            let key: Option<f64> = name("le").or(name(queries::KEY));
            let value = one.values.last().map(|(_, value)| *value);
            if let (Some(key), Some(value)) = (key, value) {
                found.entry(part).or_default().push((key, value));
            }
        }
        let is_native = series
            .iter()
            .any(|one| one.labels.contains_key(queries::KEY));
        self.quantiles.retain(|part, _| match (part, label) {
            (None, None) => false,
            (Some((known, _)), Some(label)) => known != label,
            _ => true,
        });
        for (part, numbers) in found {
            let quantiles = match is_native {
                true => Quantiles::of_shares(&numbers),
                false => Quantiles::of_buckets(numbers),
            };
            self.quantiles.extend(quantiles.map(|found| (part, found)));
        }
    }

    /// Whether the interval is measured: all buckets are read again with another one.
    pub(super) fn set_counts(&mut self, answer: SignalAnswer, there: DateTime<Utc>) {
        if let SignalAnswer::Vector(series) = answer
            && self.scrapes.set_counts(&series, there)
        {
            self.read.clear();
        }
    }

    pub(super) fn answer(
        &mut self,
        request: &SignalRequest,
        answer: SignalAnswer,
        there: DateTime<Utc>,
        is_partial: bool,
    ) -> Result<(), Problem> {
        let (role, range) = (&request.role, request.range);
        match (role, &answer) {
            (QueryRole::LastScrapes, SignalAnswer::Vector(series)) => {
                self.scrapes.set_last(series);
                return Ok(());
            }
            (QueryRole::Value, SignalAnswer::Vector(series)) => {
                self.value = Some(one(series, there));
                return Ok(());
            }
            _ => {}
        }
        let (Some(range), SignalAnswer::Matrix(series)) = (range, answer) else {
            return Err(Problem::new(
                "the answer is not a range of values",
                "check that the source is a Prometheus",
            ));
        };
        let key = (format!("{role:?}"), range.step);
        let next = bucket_of(range.to, range.step) + 1;
        if is_partial {
            self.held.insert(key, there.timestamp() + PARTIAL_AGAIN);
            return self.show_partial(role, range.step, series);
        }
        match role {
            // Counts of minutes, not buckets: they are asked for again while the drop lasts.
            QueryRole::Pairs(label, other) => {
                let labels = [label.as_str(), other.as_str()];
                self.pairs.set(labels, self.track.counts_bad(), &series);
                return Ok(());
            }
            QueryRole::PartBy(label) => self.parts.add(RatioPart::Part, label, range.step, series),
            QueryRole::TotalBy(label) => {
                self.parts.add(RatioPart::Total, label, range.step, series)
            }
            QueryRole::Buckets(label) => self.set_quantiles(label.as_ref(), &series),
            QueryRole::DeclinesBy(label) => self.parts.add_declines(label, range.step, series),
            QueryRole::Declines => {
                if let (Some(lane), Some(one)) = (&mut self.declines, single(series)?) {
                    spread(lane, range.step, &one);
                }
            }
            QueryRole::Samples => self.gaps.set_samples(range.step, self.window, &series),
            QueryRole::Gap(first, next) => return self.add_gap(&(*first..*next), &series),
            _ => self.add_whole(role, range.step, series)?,
        }
        self.held.remove(&key);
        let read = self.read.entry(key).or_insert(next);
        *read = (*read).max(next);
        Ok(())
    }

    fn add_gap(
        &mut self,
        gap: &std::ops::Range<i64>,
        series: &[LabelledSeries],
    ) -> Result<(), Problem> {
        if let Some(found) = gaps::counts(&self.track, gap, series) {
            Arc::make_mut(&mut self.track).put_gap(found);
        }
        self.gaps.answered(gap);
        Ok(())
    }

    fn show_partial(
        &mut self,
        role: &QueryRole,
        step: i64,
        series: Vec<LabelledSeries>,
    ) -> Result<(), Problem> {
        let part = match role {
            QueryRole::Part => RatioPart::Part,
            QueryRole::Total => RatioPart::Total,
            _ => return Ok(()),
        };
        if let Some(one) = single(series)?.filter(|_| step == self.scrapes.fine()) {
            fill(&mut self.partial, part, step, &one);
        }
        Ok(())
    }

    fn add_whole(
        &mut self,
        role: &QueryRole,
        step: i64,
        series: Vec<LabelledSeries>,
    ) -> Result<(), Problem> {
        let found = single(series)?;
        let (fine, coarse) = (self.scrapes.fine(), self.scrapes.coarse());
        if step == fine {
            match role {
                QueryRole::Part => self.has_series[0] = Some(found.is_some()),
                QueryRole::Total => self.has_series[1] = Some(found.is_some()),
                _ => {}
            }
        }
        let Some(one) = found else {
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
        let mut put = |part: RatioPart, one: &LabelledSeries| {
            if step == fine {
                fill(track, part, step, one);
            }
            if step == coarse {
                fill_past(track, part, step, one);
            }
        };
        put(part, &one);
        if matches!(role, QueryRole::Unknown | QueryRole::Amount) {
            // Nothing of it is good, so the sum over this series is the count itself.
            let none_good = one.values.iter().map(|(at, _)| (*at, 0.0)).collect();
            let none_good = LabelledSeries {
                labels: SeriesLabels::new(),
                values: none_good,
            };
            put(RatioPart::Part, &none_good);
        }
        self.baseline = self.baseline.take().filter(|_| step != coarse);
        Ok(())
    }

    /// Why there is no ratio, if one of its halves has no series.
    pub(super) fn reason(&self, spec: &SignalSpec) -> Option<Problem> {
        if self.scrapes.is_too_slow() {
            let interval = crate::text::write_duration(TimeDelta::seconds(self.scrapes.interval()));
            return Some(Problem::new(
                format!("its series are scraped every {interval}; at most 10m is supported"),
                "scrape them more often, or measure this path by alerts",
            ));
        }
        let [part, total] = self.has_series;
        let name = match (&spec.ratio, &spec.latency) {
            (Some(ratio), _) if ratio.good.is_none() => "bad",
            (Some(_), _) => "good",
            (None, _) => "the bucket of the bound",
        };
        match (part?, total?) {
            (true, true) => None,
            (_, false) => Some(Problem::new(
                "the total has no series",
                "check the name and the labels of the total in the service map",
            )),
            (false, true) if name == "bad" => Some(Problem::new(
                "`bad` has no series; that is not known to mean zero",
                "set `absent_bad_is_zero: true` if the counter appears with the first failure",
            )),
            (false, true) => Some(Problem::new(
                format!("{name} has no series, the total has"),
                "check its labels and their values in the service map",
            )),
        }
    }

    /// A drop of the success ratio, and one of the volume.
    pub(super) fn drop_at(&mut self, end: DateTime<Utc>) -> (DropState, Option<VolumeDrop>) {
        let hour = end.timestamp().div_euclid(HOUR);
        if self
            .baseline
            .as_ref()
            .is_none_or(|(known, _)| *known != hour)
        {
            let baseline = Baseline::around(&self.track, self.objective, end, &self.closing);
            self.baseline = Some((hour, baseline));
            self.parts.forget_baselines();
        }
        self.parts
            .make_baselines(self.objective, end, &self.closing);
        let Some((_, baseline)) = &self.baseline else {
            return (DropState::default(), None);
        };
        let splits = self.parts.splits();
        let mut found = find_with_parts(&self.track, baseline, &splits, end);
        found.drop = self.onset.follow(found.drop);
        if let Some(drop) = &mut found.drop
            && let Some(culprit) = self.pairs.explain(drop)
        {
            drop.culprit = Some(culprit);
        }
        let volume_drop = || find_volume_drop(&self.track, baseline, &splits, end);
        (found, self.has_volume.then(volume_drop).flatten())
    }
}

/// The one series of an answer; `None` if it is empty.
fn single(mut series: Vec<LabelledSeries>) -> Result<Option<LabelledSeries>, Problem> {
    match series.len() {
        0 | 1 => Ok(series.pop()),
        many => Err(Problem::new(
            format!("the query gives {many} series; it must give one"),
            "sum over them, or name a selector instead of an expression",
        )),
    }
}
