//! What is normal: the failure rate of earlier weeks at this hour, steadied by that of whole days.

use super::super::tally::{FIVE, RatioSeries, Tally};
use super::statistics::{median, trimmed_mean};
use chrono::{DateTime, Utc};

/// Where what is normal comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NormalSource {
    /// The same hour of earlier weeks.
    EarlierWeeks,
    /// The last days: there is no week of history.
    LastDays,
    /// The objective: there is no history.
    Objective,
}

impl NormalSource {
    /// As said on the screen.
    pub fn words(self) -> &'static str {
        match self {
            Self::EarlierWeeks => "at this hour of earlier weeks",
            Self::LastDays => "in the last days",
            Self::Objective => "by its objective; no history is known",
        }
    }
}

/// Weeks looked back.
const WEEKS: i64 = 4;
/// Five-minute buckets in an hour, a day and a week.
const HOUR: i64 = 3600 / FIVE;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;
/// Payments that an hour's own rate must weigh up to: with fewer, whole days say more.
const STEADY: f64 = 3000.0;
/// How many hours back what happens now is kept out of what is normal.
const RECENT: i64 = 3 * HOUR;

/// What is normal around a time. Made anew when the hour changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    /// First five minutes that the rates are for.
    first: i64,
    /// Failure rates for each following five minutes.
    rates: Vec<f64>,
    /// Events per minute that are normal, likewise.
    volumes: Vec<Option<f64>>,
    overdispersion: f64,
    volume_spread: f64,
    normal: NormalSource,
    /// Failures that are normal in a week.
    failures_a_week: f64,
}

/// Minutes in a week: more often than once a minute nothing is looked at.
const MINUTES_A_WEEK: f64 = 7.0 * 1440.0;
/// How many times a week's chances must be against it. The windows of the scan overlap and count as a few; the rest is
/// for payments that scatter in ways that no week has shown yet.
const ODDS: f64 = 1000.0;
/// … and never more than this: 1 in 1.2 million.
const HIGHEST: f64 = 14.0;

impl Baseline {
    /// For detections that end in the hour that begins at or before `at`.
    pub fn around(track: &RatioSeries, objective: f64, at: DateTime<Utc>) -> Self {
        let now = at.timestamp().div_euclid(FIVE);
        let reach = super::reach().num_seconds() / FIVE;
        let first = now - reach - HOUR;
        let (overall, normal) = overall(track, now, objective);
        let recent = recent(track, now);
        let rates = (first..=now + 2 * HOUR)
            .map(|five| {
                let earlier = hour_of_earlier_weeks(track, five, overall);
                // What drifts slowly is normal too, up to twice what it was; a fault must not become normal.
                recent.map_or(earlier, |recent| earlier.max(recent.min(2.0 * earlier)))
            })
            .collect();
        let volumes = (first..=now + 2 * HOUR)
            .map(|five| volume(track, five))
            .collect();
        Self {
            first,
            rates,
            volumes,
            overdispersion: overdispersion(track, now, overall),
            volume_spread: volume_spread(track, now),
            normal,
            failures_a_week: match normal {
                NormalSource::EarlierWeeks => overall * span(track, now - WEEK, now).total,
                NormalSource::LastDays | NormalSource::Objective => MINUTES_A_WEEK,
            },
        }
    }

    /// What the evidence must exceed. A week has as many chances for a false alarm as it has normal failures, for
    /// without one nothing changes for the worse, and at most one a minute: where little fails, less evidence is as
    /// rare.
    pub fn threshold(&self) -> f64 {
        let chances = self.failures_a_week.clamp(10.0, MINUTES_A_WEEK);
        (ODDS * chances).ln().min(HIGHEST)
    }

    /// The normal failure rate in a minute, by its number since 1970.
    pub fn failure_rate(&self, minute: i64) -> f64 {
        let at = (minute.div_euclid(5) - self.first).clamp(0, self.rates.len() as i64 - 1);
        self.rates[at as usize]
    }

    /// The normal number of events in a minute; `None` without earlier weeks.
    pub fn volume(&self, minute: i64) -> Option<f64> {
        let at = usize::try_from(minute.div_euclid(5) - self.first).ok()?;
        self.volumes.get(at).copied().flatten()
    }

    /// How many times wider than Poisson failures scatter; at least 1.
    pub fn overdispersion(&self) -> f64 {
        self.overdispersion
    }

    /// The smallest volume that earlier weeks had at their hours, relative to their median; between 0 and 1.
    pub fn volume_spread(&self) -> f64 {
        self.volume_spread
    }

    /// Where it comes from.
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

/// The failure rate of whole days: the median over days, so that an outage of one does not count.
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
    // At a few payments a day most days have no failure at all: what all of them have together then counts.
    let pooled = (all.bad() + 0.5) / (all.total + 0.5 / (1.0 - objective));
    let rare = all.total / (known as f64) * middle.max(pooled) < 5.0;
    let rate = if rare { pooled } else { middle };
    let normal = if known >= 7 {
        NormalSource::EarlierWeeks
    } else {
        NormalSource::LastDays
    };
    (rate.max(1e-6), normal)
}

/// The rate of this hour in earlier weeks: the median week, drawn to the overall rate as far as it has few payments.
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

/// The rate of the last day, without the last hours.
fn recent(track: &RatioSeries, now: i64) -> Option<f64> {
    let tally = span(track, now - RECENT - DAY, now - RECENT);
    (tally.total >= STEADY).then(|| tally.ratio().map(|ratio| 1.0 - ratio))?
}

/// Variance of failures in five minutes over their mean, against what was normal in their hour; the largest two in
/// a hundred left out, as outages.
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

/// The fewest events per minute around this time in earlier weeks, in the median week of at least two. The fewest of
/// an hour and a quarter on either side: where traffic ends at one o'clock by habit, or clocks change, nothing volume_drops.
fn volume(track: &RatioSeries, five: i64) -> Option<f64> {
    const AROUND: i64 = HOUR + HOUR / 4;
    let mut volumes: Vec<f64> = (1..=WEEKS)
        .filter_map(|week| {
            let middle = five - week * WEEK;
            let measured = (middle - AROUND..=middle + AROUND).filter_map(|five| track.five(five));
            let fewest = measured.map(|tally| tally.total).min_by(f64::total_cmp)?;
            Some(fewest / 5.0)
        })
        .collect();
    (volumes.len() >= 2).then(|| median(&mut volumes))?
}

/// How low whole hours of the last week fell against the same hours of the week before.
fn volume_spread(track: &RatioSeries, now: i64) -> f64 {
    let mut shares: Vec<f64> = (0..7 * 24)
        .filter_map(|hour| {
            let to = now - RECENT - hour * HOUR;
            let (this, before) = (
                span(track, to - HOUR, to),
                span(track, to - HOUR - WEEK, to - WEEK),
            );
            (this.total > 0.0 && before.total > 0.0).then(|| (this.total / before.total).min(1.0))
        })
        .collect();
    shares.sort_by(f64::total_cmp);
    // The second percentile: one outage in the past week is not a habit.
    shares.get(shares.len() / 50).copied().unwrap_or(0.0)
}
