//! When a live value is recorded: on change, at decisions, every five minutes.

use crate::signals::impact::{Impact, ImpactBasis};
use crate::signals::{Cause, Reading, Sample, meets};

pub const CADENCE_SECONDS: i64 = 300;
/// A success ratio that moved by this much (one percentage point) has changed.
const CHANGE: f64 = 0.01;

/// Times the standard error of a value: two independent values differ by more once in 370 times.
const BEYOND_NOISE: f64 = 3.0 * std::f64::consts::SQRT_2;

/// `None` if the sample is not recorded. `noise` is the standard error of its value: a smaller difference is no change,
/// also where it crosses the objective.
pub fn worth_recording(
    last: Option<Sample>,
    now: Sample,
    objective: f64,
    noise: f64,
) -> Option<Cause> {
    let Some(last) = last else {
        return Some(Cause::Change);
    };
    if now.at <= last.at {
        return None;
    }
    let crosses = meets(last.reading, objective) != meets(now.reading, objective);
    let changed = match (last.reading, now.reading) {
        (Reading::Value(before), Reading::Value(after)) => {
            let (moved, noise) = ((before - after).abs(), noise * BEYOND_NOISE);
            moved >= CHANGE.max(noise) || crosses && moved >= noise
        }
        (before, after) => before != after,
    };
    if changed {
        return Some(Cause::Change);
    }
    ((now.at - last.at).num_seconds() >= CADENCE_SECONDS).then_some(Cause::Cadence)
}

/// Why a number with a bound is to be recorded now: the first one, when it crosses its bound, when it changes from or
/// to no number, and every five minutes while it is beyond the bound.
pub fn worth_recording_number(
    last: Option<Sample>,
    now: Sample,
    fine: impl Fn(Reading) -> Option<bool>,
) -> Option<Cause> {
    let Some(last) = last else {
        return Some(Cause::Change);
    };
    if now.at <= last.at {
        return None;
    }
    let stands = fine(now.reading);
    if fine(last.reading) != stands {
        return Some(Cause::Change);
    }
    let due = (now.at - last.at).num_seconds() >= CADENCE_SECONDS;
    (due && stands == Some(false)).then_some(Cause::Cadence)
}

/// Why an impact is to be recorded now: a span begins or ends, and every five minutes while it lasts. Without a drop it
/// is recorded at decisions alone.
pub fn worth_recording_impact(last: Option<&Impact>, now: &Impact) -> Option<Cause> {
    if now.basis == ImpactBasis::Incident || now.measured == 0 {
        return None;
    }
    let Some(last) = last.filter(|last| !last.ended || last.from == now.from) else {
        return Some(Cause::Change);
    };
    if last.ended != now.ended {
        return Some(Cause::Change);
    }
    let due = (now.to - last.to).num_seconds() >= CADENCE_SECONDS;
    (due && !now.ended).then_some(Cause::Cadence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::noise::noise;
    use crate::signals::tally::Tally;
    use chrono::DateTime;
    use rstest::rstest;

    fn sample(seconds: i64, reading: Reading) -> Sample {
        Sample {
            at: DateTime::from_timestamp(seconds, 0).unwrap(),
            reading,
        }
    }

    #[rstest]
    #[case::first(None, 0.0, 0, Some(Cause::Change))]
    #[case::still_fine(Some(0.0), 0.0, 600, None)]
    #[case::crosses(Some(0.0), 14.0, 10, Some(Cause::Change))]
    #[case::grows(Some(14.0), 20.0, 60, None)]
    #[case::stays_wrong(Some(14.0), 20.0, 300, Some(Cause::Cadence))]
    #[case::is_right_again(Some(14.0), 0.0, 10, Some(Cause::Change))]
    fn a_number_is_recorded_when_it_crosses_its_bound_and_while_it_is_beyond(
        #[case] last: Option<f64>,
        #[case] now: f64,
        #[case] seconds: i64,
        #[case] cause: Option<Cause>,
    ) {
        let last = last.map(|value| sample(0, Reading::Value(value)));
        let fine = |reading: Reading| reading.value().map(|value| value <= 0.0);
        assert_eq!(
            worth_recording_number(last, sample(seconds, Reading::Value(now)), fine),
            cause
        );
    }

    #[rstest]
    #[case::first(None, Reading::NoData, 0, Some(Cause::Change))]
    #[case::same(Some(0.95), Reading::Value(0.951), 60, None)]
    #[case::one_point(Some(0.95), Reading::Value(0.93), 60, Some(Cause::Change))]
    #[case::crosses_objective(Some(0.9991), Reading::Value(0.9989), 60, Some(Cause::Change))]
    #[case::data_ends(Some(0.95), Reading::NoData, 60, Some(Cause::Change))]
    #[case::five_minutes(Some(0.95), Reading::Value(0.95), 300, Some(Cause::Cadence))]
    #[case::not_newer(Some(0.95), Reading::Value(0.5), 0, None)]
    fn a_reading_is_recorded_on_change_and_every_five_minutes(
        #[case] last: Option<f64>,
        #[case] now: Reading,
        #[case] seconds: i64,
        #[case] cause: Option<Cause>,
    ) {
        let last = last.map(|value| sample(0, Reading::Value(value)));
        assert_eq!(
            worth_recording(last, sample(seconds, now), 0.999, 0.0),
            cause
        );
    }

    /// The value of the last five minutes at each of the polls, ten seconds apart, and what is recorded.
    fn recorded(minutes: &[Tally]) -> Vec<(i64, Sample)> {
        let (mut last, mut all) = (None, Vec::new());
        for end in 20..minutes.len() {
            let window = &minutes[end - 5..end];
            let sum = |part: fn(&Tally) -> f64| window.iter().map(part).sum::<f64>();
            let ratio = sum(|tally| tally.good) / sum(|tally| tally.total);
            let noise = noise(&minutes[end - 20..end], 5);
            for poll in 0..6 {
                let now = sample(end as i64 * 60 + poll * 10, Reading::Value(ratio));
                if worth_recording(last, now, 0.999, noise).is_some() {
                    last = Some(now);
                    all.push((end as i64, now));
                }
            }
        }
        all
    }

    /// Between 81 and 88 % in a minute, and between 84 and 85.5 % in most windows of five.
    fn noisy(level: impl Fn(usize) -> f64, seed: u64) -> Vec<Tally> {
        let mut state = seed;
        let mut random = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) as f64 / f64::from(u32::MAX >> 1)
        };
        let mut minute = |minute| {
            let spread = (0..3).map(|_| random()).sum::<f64>() / 3.0 - 0.5;
            let total = 1000.0;
            let good = total * (level(minute) + spread * 0.07);
            Tally { good, total }
        };
        (0..200).map(&mut minute).collect()
    }

    #[test]
    fn three_hours_of_noise_give_the_readings_of_the_cadence() {
        for seed in 1..40 {
            let entries = recorded(&noisy(|_| 0.847, seed)).len();
            assert!((36..=40).contains(&entries), "{entries} with seed {seed}");
        }
    }

    #[test]
    fn a_step_within_noise_is_recorded_within_five_minutes_and_a_fall_at_once() {
        for (after, within) in [(0.827, 6), (0.2, 1)] {
            let minutes = noisy(|minute| if minute < 103 { 0.847 } else { after }, 7);
            let all = recorded(&minutes);
            let low = |(end, _): &&(i64, Sample)| *end > 103;
            let (end, first) = all.iter().find(low).unwrap();
            assert!(end - 103 <= within, "{} minutes after", end - 103);
            let last = all.iter().rfind(|(end, _)| end - 103 <= 10).unwrap();
            let value = last.1.reading.value().unwrap();
            assert!((value - after).abs() < 0.015, "{value}, first {first:?}");
        }
    }

    #[test]
    fn crossing_the_objective_counts_beyond_noise_only() {
        let (last, now) = (
            sample(0, Reading::Value(0.9992)),
            sample(60, Reading::Value(0.9989)),
        );
        let cause = |noise| worth_recording(Some(last), now, 0.999, noise);
        assert_eq!(cause(0.0001), None);
        assert_eq!(cause(0.000_05), Some(Cause::Change));
    }
}
