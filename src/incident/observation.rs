//! When a live value is recorded: on change, at decisions, every five minutes.

use crate::signals::impact::{Impact, ImpactBasis};
use crate::signals::{Cause, Reading, Sample, meets};

pub const CADENCE_SECONDS: i64 = 300;
/// A success ratio that moved by this much (one percentage point) has changed.
const CHANGE: f64 = 0.01;

/// `None` if the sample is not recorded.
pub fn worth_recording(last: Option<Sample>, now: Sample, objective: f64) -> Option<Cause> {
    let Some(last) = last else {
        return Some(Cause::Change);
    };
    if now.at <= last.at {
        return None;
    }
    let changed = match (last.reading, now.reading) {
        (Reading::Value(before), Reading::Value(after)) => (before - after).abs() >= CHANGE,
        (before, after) => before != after,
    };
    if changed || meets(last.reading, objective) != meets(now.reading, objective) {
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
        assert_eq!(worth_recording(last, sample(seconds, now), 0.999), cause);
    }
}
