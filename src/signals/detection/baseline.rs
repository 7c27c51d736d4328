//! Normal values: the failure rate of earlier weeks at this hour, smoothed with that of whole days.

use super::super::closing::ClosingDays;
use super::super::tally::{FIVE, MINUTES_KEPT, RatioSeries, Tally};
use super::normal_volume::NormalVolume;
use super::statistics::{median, trimmed_mean};
use chrono::{DateTime, Utc};

/// Where a normal value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NormalSource {
    EarlierWeeks,
    /// Less than a week of history.
    LastDays,
    /// No history.
    Objective,
}

const WEEKS: i64 = 4;
/// Five-minute buckets in an hour, a day and a week.
const HOUR: i64 = 3600 / FIVE;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;
/// Payments at which an hour's own rate counts fully: with fewer, whole days count more.
const STEADY: f64 = 3000.0;
/// Buckets before now that are not part of the normal values.
const RECENT: i64 = 3 * HOUR;

#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    /// Of `rates`.
    first: i64,
    /// For each bucket of five minutes.
    rates: Vec<f64>,
    pub(super) volume: NormalVolume,
    overdispersion: f64,
    normal: NormalSource,
    failures_a_week: f64,
}

/// Minutes in a week: detection runs at most once a minute.
const MINUTES_A_WEEK: f64 = 7.0 * 1440.0;
/// Expected weeks between two false alarms. The overlapping windows of the scan count as a few trials; the rest is a
/// margin for variance that no week has shown yet.
const ODDS: f64 = 1000.0;
/// Of the evidence: 1 in 1.2 million.
const HIGHEST: f64 = 14.0;

impl Baseline {
    pub fn around(
        track: &RatioSeries,
        objective: f64,
        at: DateTime<Utc>,
        closing: &ClosingDays,
    ) -> Self {
        let now = at.timestamp().div_euclid(FIVE);
        let first = now - MINUTES_KEPT as i64 / 5 - HOUR;
        let next = now + 2 * HOUR + 1;
        let (overall, normal) = overall(track, now, objective);
        let recent = recent(track, now);
        let rates = (first..next)
            .map(|five| {
                let earlier = hour_of_earlier_weeks(track, five, overall);
                // Slow drift is normal too, up to twice the earlier rate; a fault must not become normal.
                recent.map_or(earlier, |recent| earlier.max(recent.min(2.0 * earlier)))
            })
            .collect();
        Self {
            first,
            rates,
            volume: NormalVolume::of(track, (first, next), now, closing),
            overdispersion: overdispersion(track, now, overall),
            normal,
            failures_a_week: match normal {
                NormalSource::EarlierWeeks => overall * span(track, now - WEEK, now).total,
                NormalSource::LastDays | NormalSource::Objective => MINUTES_A_WEEK,
            },
        }
    }

    /// The evidence that a drop needs. The chances for a false alarm in a week are the normal failures, at most one a
    /// minute.
    pub fn threshold(&self) -> f64 {
        let chances = self.failures_a_week.clamp(10.0, MINUTES_A_WEEK);
        (ODDS * chances).ln().min(HIGHEST)
    }

    /// By the number of the minute since 1970.
    pub fn failure_rate(&self, minute: i64) -> f64 {
        let at = (minute.div_euclid(5) - self.first).clamp(0, self.rates.len() as i64 - 1);
        self.rates[at as usize]
    }

    /// Payments a minute that are normal at this time: in the median of earlier weeks.
    pub fn typical_volume(&self, minute: i64) -> Option<f64> {
        self.volume.at(minute).map(|(_, typical)| typical)
    }

    /// How much wider than Poisson the failures vary; at least 1.
    pub fn overdispersion(&self) -> f64 {
        self.overdispersion
    }

    pub fn normal(&self) -> NormalSource {
        self.normal
    }
}

fn span(track: &RatioSeries, from: i64, to: i64) -> Tally {
    let mut all = Tally::default();
    for five in from..to {
        if let Some(tally) = track.five(five) {
            all.good += tally.good;
            all.total += tally.total;
        }
    }
    all
}

/// Of whole days: the median over days, so that an outage of one day does not count.
fn overall(track: &RatioSeries, now: i64, objective: f64) -> (f64, NormalSource) {
    let mut days = Vec::new();
    let mut all = Tally::default();
    for day in 0..WEEKS * 7 {
        let to = now - RECENT - day * DAY;
        let tally = span(track, to - DAY, to);
        if let Some(ratio) = tally.ratio() {
            days.push(1.0 - ratio);
            all.good += tally.good;
            all.total += tally.total;
        }
    }
    let known = days.len();
    let Some(middle) = median(&mut days) else {
        return (1.0 - objective, NormalSource::Objective);
    };
    // At a few payments a day most days have no failure: the failures of all days together then count.
    let pooled = (all.bad() + 0.5) / (all.total + 0.5 / (1.0 - objective));
    let rare = all.total / (known as f64) * middle.max(pooled) < 5.0;
    let rate = if rare { pooled } else { middle };
    let normal = match known {
        7.. => NormalSource::EarlierWeeks,
        _ => NormalSource::LastDays,
    };
    (rate.max(1e-6), normal)
}

/// The rate of this hour in earlier weeks: the median week, pulled towards the overall rate if it has few payments.
fn hour_of_earlier_weeks(track: &RatioSeries, five: i64, overall: f64) -> f64 {
    let mut rates = Vec::new();
    let mut payments = 0.0;
    for week in 1..=WEEKS {
        let middle = five - week * WEEK;
        let tally = span(track, middle - HOUR, middle + HOUR);
        if let Some(ratio) = tally.ratio() {
            rates.push(1.0 - ratio);
            payments += tally.total;
        }
    }
    let Some(rate) = median(&mut rates) else {
        return overall;
    };
    (rate * payments + overall * STEADY) / (payments + STEADY)
}

/// Of the last day, without the last hours.
fn recent(track: &RatioSeries, now: i64) -> Option<f64> {
    let tally = span(track, now - RECENT - DAY, now - RECENT);
    (tally.total >= STEADY).then(|| tally.ratio().map(|ratio| 1.0 - ratio))?
}

/// Variance of the failures in five minutes over their mean, against the normal rate of their hour. The largest 2 %
/// are left out as outages.
fn overdispersion(track: &RatioSeries, now: i64, overall: f64) -> f64 {
    let mut scores = Vec::new();
    for hour in 1..=(7 * 24) {
        let to = now - RECENT - (hour - 1) * HOUR;
        let around = span(track, to - 2 * HOUR, to + HOUR);
        let Some(ratio) = around.ratio() else {
            continue;
        };
        let rate = ((1.0 - ratio) * around.total + overall * STEADY) / (around.total + STEADY);
        for five in to - HOUR..to {
            if let Some(tally) = track.five(five).filter(|tally| tally.total > 0.0) {
                let expected = (tally.total * rate).max(1e-9);
                scores.push((tally.bad() - expected).powi(2) / expected);
            }
        }
    }
    trimmed_mean(&mut scores, 0.02).unwrap_or(1.0).max(1.0)
}
