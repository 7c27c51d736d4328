//! One shape played through the detection minute by minute, beside the plain burn-rate alerts on the same counts.

use super::shapes::{DAY, LABELS, MINUTES, Series, Shape, WEEK, generate};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use std::collections::BTreeMap;
use warroom::harness::{
    Baseline, ClosingDays, LabelSplit, Onset, find_volume_drop, find_with_parts,
};
use warroom::harness::{FIVE, RatioSeries};
use warroom::harness::{WINDOWS, burn_over};

/// The objective of every shape.
const OBJECTIVE: f64 = 0.999;
/// A Monday, 00:00 UTC.
const BEGIN: i64 = 1_793_577_600;

/// What became of a shape.
#[derive(Default)]
pub(crate) struct Outcome {
    /// Minutes from the onset to the first alarm.
    pub(crate) found: Option<i64>,
    /// Who was blamed at that time or within the next ten minutes.
    pub(crate) blamed: Option<(String, String)>,
    /// Alarms outside the fault in week five.
    pub(crate) false_alarms: usize,
    /// Where the begin was shown, in minutes after the onset: the earliest and the latest from ten minutes after the
    /// first alarm to the end of the fault.
    pub(crate) began: Option<(i64, i64)>,
    /// Where scans without a memory saw the begin, in seconds after the onset: the earliest and the latest in the
    /// ninety minutes from the first alarm, while the fault lasted.
    pub(crate) scanned: Option<(i64, i64)>,
    /// For how many minutes after the fault a drop was still shown.
    pub(crate) lingered: i64,
    /// The same of the burn-rate alerts.
    pub(crate) burn_found: Option<i64>,
    pub(crate) burn_false: usize,
}

impl Outcome {
    /// A scan without a memory sees the begin so many seconds off the onset.
    fn scanned(&mut self, off: i64, since: i64, lasts: i64) {
        let from = *self.found.get_or_insert(since);
        if since <= lasts && since <= from + 90 {
            let (earliest, latest) = self.scanned.unwrap_or((off, off));
            self.scanned = Some((earliest.min(off), latest.max(off)));
        }
    }

    /// A drop is shown, with its begin so far off the onset, so long since the onset.
    fn shown(&mut self, off: i64, since: i64, lasts: i64, inside: bool) {
        let settled = self.found.is_some_and(|found| since >= found + 10);
        if settled && since <= lasts {
            let (earliest, latest) = self.began.unwrap_or((off, off));
            self.began = Some((earliest.min(off), latest.max(off)));
        } else if inside && since > lasts {
            self.lingered = since - lasts;
        }
    }
}

fn time(minute: usize) -> DateTime<Utc> {
    DateTime::from_timestamp(BEGIN + minute as i64 * 60, 0).unwrap()
}

/// Counters to counts a minute, as a rate over two scrapes gives them: across a gap nothing, after a reset what there
/// is.
fn counts(scrapes: &Series) -> Vec<Option<(f64, f64)>> {
    let grown = |before: f64, after: f64| {
        if after >= before {
            after - before
        } else {
            after
        }
    };
    let mut all = vec![None];
    all.extend(scrapes.scrapes.windows(2).map(|pair| {
        let (before, after) = (pair[0]?, pair[1]?);
        Some((
            grown(before.good, after.good),
            grown(before.total, after.total),
        ))
    }));
    all
}

fn sum(series: &[&Vec<Option<(f64, f64)>>]) -> Vec<Option<(f64, f64)>> {
    (0..MINUTES)
        .map(|minute| {
            let known = series.iter().filter_map(|one| one[minute]);
            known.reduce(|a, b| (a.0 + b.0, a.1 + b.1))
        })
        .collect()
}

struct Played {
    counts: Vec<Option<(f64, f64)>>,
    track: RatioSeries,
    baseline: Option<Baseline>,
}

impl Played {
    fn new(counts: Vec<Option<(f64, f64)>>) -> Self {
        Self {
            counts,
            track: RatioSeries::new(TimeDelta::days(30)),
            baseline: None,
        }
    }

    fn put(&mut self, step: i64, bucket: i64, (good, total): (f64, f64)) {
        self.track.put(step, bucket, good, total);
    }

    /// The minute that has just ended, and the five minutes that end with it.
    fn minute(&mut self, minute: usize) {
        let bucket = BEGIN / 60 + minute as i64;
        if let Some(count) = self.counts[minute] {
            self.put(60, bucket, count);
        }
        if minute % 5 == 4 {
            let five: Vec<(f64, f64)> = self.counts[minute - 4..=minute]
                .iter()
                .flatten()
                .copied()
                .collect();
            if !five.is_empty() {
                let all = five.iter().fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
                self.put(FIVE, bucket.div_euclid(5), all);
            }
        }
    }
}

fn closing_days(shape: &Shape) -> ClosingDays {
    let date = |day: &usize| time(4 * WEEK + day * DAY).date_naive();
    let dates: Vec<NaiveDate> = shape.closed.iter().map(date).collect();
    ClosingDays::of(dates.iter(), chrono_tz::UTC)
}

type Counts = Vec<Option<(f64, f64)>>;

fn played_parts<'s>(series: &'s [Series], each: &[Counts]) -> BTreeMap<(&'s str, &'s str), Played> {
    let mut parts = BTreeMap::new();
    for (index, label) in LABELS.iter().enumerate() {
        let mut values: Vec<&str> = series.iter().map(|one| one.labels[index]).collect();
        values.sort_unstable();
        values.dedup();
        for value in values {
            let of = series.iter().zip(each);
            let of = of.filter(|(one, _)| one.labels[index] == value);
            let of: Vec<&Counts> = of.map(|(_, counts)| counts).collect();
            parts.insert((*label, value), Played::new(sum(&of)));
        }
    }
    parts
}

/// Plays week five of a shape. Parts are looked at as well, by each label.
pub(crate) fn play(shape: &Shape, seed: u64, with_parts: bool) -> Outcome {
    let series = generate(shape, seed);
    let each: Vec<Counts> = series.iter().map(counts).collect();
    let mut whole = Played::new(sum(&each.iter().collect::<Vec<_>>()));
    let mut parts = match with_parts {
        true => played_parts(&series, &each),
        false => BTreeMap::new(),
    };
    let closing = closing_days(shape);
    let mut outcome = Outcome::default();
    let (mut alarmed, mut burning, mut onset) = (false, false, Onset::default());
    for minute in 0..MINUTES {
        whole.minute(minute);
        parts.values_mut().for_each(|part| part.minute(minute));
        if minute < 4 * WEEK {
            continue;
        }
        let end = time(minute + 1);
        if whole.baseline.is_none() || minute % 60 == 0 {
            whole.baseline = Some(Baseline::around(&whole.track, OBJECTIVE, end, &closing));
        }
        if minute % 60 == 0 {
            for part in parts.values_mut() {
                part.baseline = Some(Baseline::around(&part.track, OBJECTIVE, end, &closing));
            }
        }
        let baseline = whole.baseline.as_ref().unwrap();
        let splits: Vec<LabelSplit<'_>> = parts
            .iter()
            .map(|((label, value), part)| LabelSplit {
                label,
                value,
                track: &part.track,
                baseline: part.baseline.as_ref().unwrap(),
            })
            .collect();
        let drop = find_with_parts(&whole.track, baseline, &splits, end).drop;
        let since = shape.onset.map(|onset| minute as i64 + 1 - onset as i64);
        let inside = since.is_some_and(|since| since > 0 && since <= shape.lasts as i64 + 360);
        if let (Some(drop), Some(begin), Some(since), true) = (&drop, shape.onset, since, inside) {
            let off = (drop.since - time(begin)).num_seconds();
            outcome.scanned(off, since, shape.lasts as i64);
        }
        let drop = onset.follow(drop);
        let volume_drop = find_volume_drop(&whole.track, baseline, &splits, end);
        if let (Some(drop), Some(begin), Some(since)) = (&drop, shape.onset, since) {
            let off = (drop.since - time(begin)).num_minutes();
            outcome.shown(off, since, shape.lasts as i64, inside);
        }
        if let (Some(_), Some(since), true) = (&volume_drop, since, inside)
            && since > shape.lasts as i64
        {
            outcome.lingered = since - shape.lasts as i64;
        }
        let alarm = drop.is_some() || volume_drop.is_some();
        if alarm && inside {
            outcome.found = outcome.found.or(since);
            let late = outcome
                .found
                .zip(since)
                .is_some_and(|(found, since)| since <= found + 10);
            let of_drop = drop.as_ref().and_then(|drop| drop.culprit.as_ref());
            let of_drop = of_drop.map(|found| (found.label.clone(), found.value.clone()));
            let of_volume = volume_drop.as_ref().and_then(|drop| drop.culprit.as_ref());
            let of_volume = of_volume.map(|found| (found.label.clone(), found.value.clone()));
            if let Some(culprit) = of_drop.or(of_volume).filter(|_| late) {
                outcome.blamed.get_or_insert(culprit);
            }
        } else if alarm && !alarmed {
            outcome.false_alarms += 1;
            if std::env::var_os("TELL").is_some() {
                println!(
                    "{}: minute {} {drop:?} {volume_drop:?}",
                    shape.name,
                    minute - 4 * WEEK
                );
            }
        }
        alarmed = alarm;
        let burns = WINDOWS[..2].iter().any(|pair| {
            let over = |window| {
                burn_over(&whole.track, OBJECTIVE, window, end)
                    .is_some_and(|burn| burn > pair.threshold)
            };
            over(pair.long) && over(pair.short)
        });
        if burns && inside {
            outcome.burn_found = outcome.burn_found.or(since);
        } else if burns && !burning {
            outcome.burn_false += 1;
        }
        burning = burns;
    }
    outcome
}
