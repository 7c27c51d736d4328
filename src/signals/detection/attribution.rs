//! Attribution of a drop: the label value with most of the failures beyond the normal number.

use super::super::tally::RatioSeries;
use super::baseline::Baseline;
use super::drop::{Culprit, DropState, SuccessDrop};
use super::scan::{FoundDrop, scan};
use chrono::{DateTime, Utc};
use std::cmp::{Ordering, Reverse};

pub struct LabelSplit<'a> {
    pub label: &'a str,
    pub value: &'a str,
    pub track: &'a RatioSeries,
    pub baseline: &'a Baseline,
}

/// A value with a smaller share does not explain a drop.
const MIN_SHARE: f64 = 0.7;
/// Largest share of the failures, relative to its volume, that the other values may have: in a drop that hits all
/// alike, the value with most payments has most failures.
const MAX_REST: f64 = 0.35;
/// Odds against chance, for each value: a few failures fall on one value by chance, and a wrong name misleads people.
const ODDS: f64 = 100.0;

/// The drop of a path, or else the strongest drop of one of its parts, with the value that explains it.
///
/// A part among many needs a higher threshold, by the logarithm of their number (Bonferroni correction).
pub fn find_with_parts(
    track: &RatioSeries,
    baseline: &Baseline,
    parts: &[LabelSplit<'_>],
    end: DateTime<Utc>,
) -> DropState {
    let whole = scan(track, baseline, end, baseline.threshold(), &[]);
    // A drop of the whole that is over is over for its parts too: their few payments show it later. Failures of a
    // part alone show in the minutes before and after.
    let many = (parts.len().max(1) as f64).ln();
    let found = parts.iter().filter_map(|part| {
        let threshold = part.baseline.threshold() + many;
        let drop = scan(part.track, part.baseline, end, threshold, &whole.over).drop;
        drop.map(|drop| (part, drop))
    });
    let mut of_parts: Vec<(&LabelSplit<'_>, FoundDrop)> = found.collect();
    of_parts.sort_by(|a, b| b.1.drop.evidence.total_cmp(&a.1.drop.evidence));
    let drop = match (whole.drop, of_parts.first()) {
        (Some(mut found), _) => {
            found.drop.culprit = explain(&found, track, parts, end);
            begin_with_culprit(&mut found.drop, (track, baseline), &of_parts);
            Some(found.drop)
        }
        (None, Some((part, found))) => {
            let mut drop = found.drop.clone();
            drop.culprit = Some(culprit(part, 1.0, drop.now));
            Some(drop)
        }
        (None, None) => None,
    };
    // The last one to end; short windows show only a part of it.
    let last = whole.over.iter();
    let last = last.min_by_key(|over| (over.ended, Reverse(over.began)));
    let recovery = last.filter(|_| drop.is_none());
    DropState {
        recovery: recovery.and_then(|over| over.recovery(end)),
        drop,
    }
}

/// The culprit alone may have shown the drop before the whole did: its begin counts.
fn begin_with_culprit(
    drop: &mut SuccessDrop,
    (track, baseline): (&RatioSeries, &Baseline),
    parts: &[(&LabelSplit<'_>, FoundDrop)],
) {
    let Some(culprit) = &drop.culprit else {
        return;
    };
    let is_culprit =
        |part: &LabelSplit<'_>| culprit.label == part.label && culprit.value == part.value;
    let mut own = parts.iter().filter(|(part, _)| is_culprit(part));
    let Some((_, own)) = own.find(|(_, own)| own.drop.since < drop.since) else {
        return;
    };
    let minute = |at: DateTime<Utc>| at.timestamp().div_euclid(60);
    let earlier = (minute(own.drop.since)..minute(drop.since)).filter_map(|minute| {
        let tally = track.minute(minute)?;
        Some(tally.bad() - tally.total * baseline.failure_rate(minute))
    });
    drop.excess += earlier.sum::<f64>().max(0.0);
    (drop.since, drop.or_before) = (own.drop.since, own.drop.or_before);
}

fn culprit(part: &LabelSplit<'_>, share: f64, now: f64) -> Culprit {
    Culprit {
        label: part.label.to_string(),
        value: part.value.to_string(),
        and: None,
        share: share.min(1.0),
        now,
    }
}

/// Divergence of a share of the failures from the share of the payments, in nats per failure (Kullback and Leibler).
/// Failures in proportion to payments have the share `q` or more with probability at most `exp(−n D)`.
fn divergence(share: f64, of_volume: f64) -> f64 {
    let (p, q) = (share.clamp(0.001, 0.999), of_volume.clamp(0.001, 0.999));
    p * (p / q).ln() + (1.0 - p) * ((1.0 - p) / (1.0 - q)).ln()
}

/// The value with the largest share of the excess in the window with the most evidence. If several have all of it: the one with the
/// highest failure rate (the provider with one region, not the region with three providers).
fn explain(
    found: &FoundDrop,
    track: &RatioSeries,
    parts: &[LabelSplit<'_>],
    end: DateTime<Utc>,
) -> Option<Culprit> {
    let next = end.timestamp().div_euclid(60);
    let minutes = next - found.window..next;
    let measured = minutes.clone().filter_map(|minute| track.minute(minute));
    let volume: f64 = measured.map(|tally| tally.total).sum();
    let needed = (ODDS * parts.len().max(1) as f64).ln();
    let weigh = |part: &LabelSplit<'_>| {
        let (mut bad, mut total, mut expected) = (0.0, 0.0, 0.0);
        for minute in minutes.clone() {
            if let Some(tally) = part.track.minute(minute) {
                bad += tally.bad();
                total += tally.total;
                expected += tally.total * part.baseline.failure_rate(minute);
            }
        }
        let share = (bad - expected) / found.excess.max(f64::MIN_POSITIVE);
        let of_volume = total / volume.max(f64::MIN_POSITIVE);
        let rest_is_well = (1.0 - share).max(0.0) <= MAX_REST * (1.0 - of_volume);
        let clear = found.excess * divergence(share, of_volume) >= needed;
        (total > 0.0 && share >= MIN_SHARE && rest_is_well && clear)
            .then(|| (culprit(part, share, 1.0 - bad / total), bad / total))
    };
    let mut all: Vec<(Culprit, f64)> = parts.iter().filter_map(weigh).collect();
    // Shares are compared in tenths: 0.97 and 1.0 both mean all of it.
    let key = |found: &(Culprit, f64)| ((found.0.share * 10.0).round(), found.1);
    all.sort_by(|a, b| key(b).partial_cmp(&key(a)).unwrap_or(Ordering::Equal));
    all.into_iter().next().map(|(culprit, _)| culprit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::closing::ClosingDays;
    use crate::signals::tally::FIVE;
    use crate::testing::start;
    use chrono::TimeDelta;

    /// Payments by the minute; normally one in a hundred fails, `failing` gives the failing share at a number of
    /// minutes ago.
    fn track(per_minute: f64, failing: impl Fn(i64) -> Option<f64>) -> RatioSeries {
        let mut track = RatioSeries::new(TimeDelta::days(30));
        let now = start().timestamp();
        for (step, reach) in [(60, 8 * 3600), (FIVE, 21 * 86_400)] {
            for back in 0..reach / step {
                let total = per_minute * step as f64 / 60.0;
                // The five-minute buckets hold the normal rate.
                let bad = failing(back).filter(|_| step == 60).unwrap_or(0.01);
                let bucket = now.div_euclid(step) - 1 - back;
                track.put(step, bucket, total * (1.0 - bad), total);
            }
        }
        track
    }

    fn found(whole: &RatioSeries, part: &RatioSeries) -> Option<(i64, String)> {
        let (end, objective) = (start(), 0.98);
        let baseline = Baseline::around(whole, objective, end, &ClosingDays::default());
        let of_part = Baseline::around(part, objective, end, &ClosingDays::default());
        let split = LabelSplit {
            label: "provider",
            value: "acme",
            track: part,
            baseline: &of_part,
        };
        let drop = find_with_parts(whole, &baseline, &[split], end).drop?;
        let culprit = drop.culprit.map_or(String::new(), |culprit| culprit.value);
        Some(((end - drop.since).num_minutes(), culprit))
    }

    #[test]
    fn a_short_drop_of_the_whole_hides_no_part_that_goes_on_failing() {
        for ended in [6, 8, 12, 20, 40] {
            let blip = ended..ended + 2;
            let whole = track(600.0, |back| blip.contains(&back).then_some(0.5));
            let part = track(6.0, |back| {
                let own = (back < 240).then_some(0.15);
                blip.contains(&back).then_some(0.5).or(own)
            });
            let found = found(&whole, &part);
            let (since, who) = found.unwrap_or_else(|| panic!("hidden {ended} minutes after"));
            assert_eq!(who, "acme");
            assert!((235..=245).contains(&since), "since {since} minutes");
        }
    }

    #[test]
    fn what_a_part_fails_with_after_a_drop_of_the_whole_begins_after_it() {
        for ended in [10, 11, 13, 15] {
            let outage = ended..ended + 20;
            let whole = track(600.0, |back| outage.contains(&back).then_some(0.9));
            let part = track(60.0, |back| {
                let own = (back < 9).then_some(0.15);
                outage.contains(&back).then_some(0.9).or(own)
            });
            let (since, who) = found(&whole, &part).unwrap();
            assert_eq!((since, who.as_str()), (9, "acme"), "{ended}");
        }
    }

    #[test]
    fn what_is_over_is_told_with_its_begin_and_its_end() {
        for ended in [5, 8, 30, 90] {
            let outage = ended..ended + 12;
            let whole = track(600.0, |back| outage.contains(&back).then_some(0.3));
            let end = start();
            let baseline = Baseline::around(&whole, 0.999, end, &ClosingDays::default());
            let found = find_with_parts(&whole, &baseline, &[], end);
            let recovery = found.recovery.unwrap();
            assert_eq!(found.drop, None);
            assert_eq!((end - recovery.ended).num_minutes(), ended);
            assert_eq!((end - recovery.began).num_minutes(), ended + 12);
        }
        // With a minute less, it may be a drop in bursts.
        let whole = track(600.0, |back| (4..16).contains(&back).then_some(0.3));
        let baseline = Baseline::around(&whole, 0.999, start(), &ClosingDays::default());
        let found = find_with_parts(&whole, &baseline, &[], start());
        assert!(found.drop.is_some() && found.recovery.is_none());
    }

    #[test]
    fn a_part_is_over_once_the_whole_is() {
        for ended in [6, 10, 30] {
            let outage = ended..ended + 60;
            let failing = |back: i64| outage.contains(&back).then_some(0.04);
            assert_eq!(found(&track(600.0, failing), &track(6.0, failing)), None);
        }
    }
}
