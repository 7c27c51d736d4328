//! The parts of a ratio by label value, such as one provider: their counts and normal values.

use super::super::closing::ClosingDays;
use super::super::detection::{Baseline, LabelSplit};
use super::super::series::{LabelledSeries, bucket_of};
use super::super::tally::{FIVE, Lane, RatioPart, RatioSeries};
use super::current::CurrentRatio;
use super::report::PartReport;
use super::usual::{decline_share, usual_per_minute};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// Monitored values of one label, those with the most payments; the others count in the total only.
const MAX_PARTS: usize = 20;
/// In minutes.
pub(super) const DECLINES_KEPT: usize = 60;
/// In seconds: the buckets in which a part's past is read.
pub(super) const HOUR: i64 = 3600;

#[derive(Debug, Clone)]
pub(crate) struct MonitoredParts {
    window: TimeDelta,
    counts_bad: bool,
    /// By label and value.
    parts: BTreeMap<(String, String), PartOf>,
    /// Values that are not monitored, by label.
    left_out: BTreeMap<String, usize>,
}

#[derive(Debug, Clone)]
struct PartOf {
    track: RatioSeries,
    baseline: Option<Baseline>,
    /// Events of the last answer about the past.
    volume: f64,
    declines: Lane,
}

impl MonitoredParts {
    pub(super) fn new(window: TimeDelta, counts_bad: bool) -> Self {
        Self {
            window,
            counts_bad,
            parts: BTreeMap::new(),
            left_out: BTreeMap::new(),
        }
    }

    pub(super) fn left_out(&self) -> usize {
        self.left_out.values().sum()
    }

    /// `part`: good or bad events, or all events. The totals of the past come first: they decide which values are
    /// monitored.
    pub(super) fn add(
        &mut self,
        part: RatioPart,
        label: &str,
        step: i64,
        series: Vec<LabelledSeries>,
    ) {
        let mut named: Vec<(String, f64, LabelledSeries)> = series
            .into_iter()
            .map(|one| {
                let volume = one.values.iter().map(|(_, rate)| rate).sum();
                (value_of(&one, label), volume, one)
            })
            .collect();
        if part == RatioPart::Total {
            named.sort_by(|a, b| b.1.total_cmp(&a.1));
            let past = step == HOUR && named.iter().any(|(_, _, one)| one.values.len() > 2);
            let mut left_out = 0;
            for (value, volume, _) in &named {
                left_out += usize::from(!self.admits(label, value, *volume, past));
            }
            self.left_out.insert(label.to_string(), left_out);
        }
        for (value, _, one) in named {
            let Some(entry) = self.parts.get_mut(&(label.to_string(), value)) else {
                continue;
            };
            if step == HOUR {
                entry.baseline = None;
            }
            fill(&mut entry.track, part, step, &one);
        }
    }

    /// A value with more payments takes the place of the one with the fewest.
    fn admits(&mut self, label: &str, value: &str, volume: f64, past: bool) -> bool {
        let key = (label.to_string(), value.to_string());
        if let Some(known) = self.parts.get_mut(&key) {
            if past {
                known.volume = volume;
            }
            return true;
        }
        let of_label = || self.parts.iter().filter(|((known, _), _)| known == label);
        if of_label().count() >= MAX_PARTS {
            let least = of_label().min_by(|a, b| a.1.volume.total_cmp(&b.1.volume));
            let least = least.map(|(key, part)| (key.clone(), part.volume));
            match least.filter(|(_, least)| past && *least < volume) {
                Some((least, _)) => self.parts.remove(&least),
                None => return false,
            };
        }
        let track = RatioSeries::new(self.window).counting_bad(self.counts_bad);
        let part = PartOf {
            track,
            baseline: None,
            volume: if past { volume } else { 0.0 },
            declines: Lane::new(60, DECLINES_KEPT),
        };
        self.parts.insert(key, part);
        true
    }

    pub(super) fn add_declines(&mut self, label: &str, step: i64, series: Vec<LabelledSeries>) {
        for one in series {
            let value = value_of(&one, label);
            if let Some(part) = self.parts.get_mut(&(label.to_string(), value)) {
                spread(&mut part.declines, step, &one);
            }
        }
    }

    /// Over the window of the whole. `declines_among`: the total contains the declines.
    pub(super) fn reports(&self, whole: &CurrentRatio, declines_among: bool) -> Vec<PartReport> {
        let (from, to) = (whole.window.from, whole.window.to);
        let report = |((label, value), part): (&(String, String), &PartOf)| {
            let sum = part.track.sum(from, to);
            let minutes = sum.measured as f64 / 60.0;
            PartReport {
                label: label.clone(),
                value: value.clone(),
                ratio: sum.tally.ratio(),
                per_minute: (sum.measured > 0).then(|| sum.tally.total / minutes),
                normal_per_minute: usual_per_minute(part.baseline.as_ref(), to),
                declines: decline_share(&part.declines, &sum, declines_among),
                latency: None,
            }
        };
        let mut all: Vec<PartReport> = self.parts.iter().map(report).collect();
        all.sort_by(|a, b| {
            let volume = |part: &PartReport| part.normal_per_minute.or(part.per_minute);
            let volume = |part: &PartReport| volume(part).unwrap_or_default();
            (a.label.cmp(&b.label)).then(volume(b).total_cmp(&volume(a)))
        });
        all
    }

    #[cfg(test)]
    pub(super) fn values(&self, label: &str) -> impl Iterator<Item = &str> {
        let of_label = self.parts.keys().filter(move |(known, _)| known == label);
        of_label.map(|(_, value)| value.as_str())
    }

    pub(super) fn forget_baselines(&mut self) {
        let parts = self.parts.values_mut();
        parts.for_each(|part| part.baseline = None);
    }

    pub(super) fn make_baselines(
        &mut self,
        objective: f64,
        end: DateTime<Utc>,
        closing: &ClosingDays,
    ) {
        for part in self.parts.values_mut() {
            let make = || Baseline::around(&part.track, objective, end, closing);
            part.baseline.get_or_insert_with(make);
        }
    }

    pub(super) fn splits(&self) -> Vec<LabelSplit<'_>> {
        let mut splits = Vec::new();
        for ((label, value), part) in &self.parts {
            let Some(baseline) = &part.baseline else {
                continue;
            };
            splits.push(LabelSplit {
                label,
                value,
                track: &part.track,
                baseline,
            });
        }
        splits
    }
}

pub(super) fn value_of(series: &LabelledSeries, label: &str) -> String {
    let value = series.labels.get(label).map_or("", |value| value.as_str());
    let value = if value.is_empty() { "(none)" } else { value };
    value.to_string()
}

/// Turns rates into counts. A bucket longer than a minute, or than five minutes, is spread over its minutes or its
/// five minutes.
pub(super) fn fill(track: &mut RatioSeries, part: RatioPart, step: i64, series: &LabelledSeries) {
    let lane = track.lane_mut(part, if step >= HOUR { FIVE } else { 60 });
    spread(lane, step, series);
}

/// The same into the buckets of five minutes.
pub(super) fn fill_past(
    track: &mut RatioSeries,
    part: RatioPart,
    step: i64,
    series: &LabelledSeries,
) {
    spread(track.lane_mut(part, FIVE), step, series);
}

pub(super) fn spread(lane: &mut Lane, step: i64, series: &LabelledSeries) {
    let each = lane.step();
    let per = (step / each).max(1);
    for (at, rate) in &series.values {
        let first = bucket_of(*at, step) * per;
        for bucket in first..first + per {
            lane.put(bucket, rate * each as f64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Reading;
    use super::*;
    use crate::text::Safe;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_305_600 + minute * 60, 0).unwrap()
    }

    fn series(rates: &[(i64, f64)]) -> Vec<LabelledSeries> {
        let end = |minute: i64| at(minute + 1) - TimeDelta::milliseconds(1);
        vec![LabelledSeries {
            labels: [("provider".to_string(), Safe::line("acme"))].into(),
            values: rates.iter().map(|(at, rate)| (end(*at), *rate)).collect(),
        }]
    }

    #[test]
    fn a_part_has_its_own_volume_declines_and_ratio() {
        let mut parts = MonitoredParts::new(TimeDelta::days(30), false);
        let steady = |rate: f64| (0..5).map(|minute| (minute, rate)).collect::<Vec<_>>();
        parts.add(RatioPart::Total, "provider", 60, series(&steady(2.0)));
        parts.add(RatioPart::Part, "provider", 60, series(&steady(1.5)));
        parts.add_declines("provider", 60, series(&steady(0.5)));
        let mut whole = RatioSeries::new(TimeDelta::days(30));
        for minute in 0..5 {
            whole.put(60, at(minute).timestamp() / 60, 90.0, 120.0);
        }
        let current = CurrentRatio::of(&whole, at(5), true);
        assert_eq!(current.reading, Reading::Value(0.75));
        let found = &parts.reports(&current, false)[0];
        assert_eq!((found.ratio, found.per_minute), (Some(0.75), Some(120.0)));
        assert_eq!((found.declines, found.normal_per_minute), (Some(0.2), None));
    }
}
