//! The begin of a drop: that of the window that showed it first. A scan that ends later sees the same minutes and gives
//! the same begin, in this process or in another one.

use super::past::{Past, Sums};
use super::statistics::excess;

/// Minutes without a sign of the drop within one drop: it may come in bursts, or recover for a while.
const GAP: i64 = 15;
/// Of the threshold: a drop that was found goes on with less evidence.
const GOES_ON: f64 = 0.6;
/// Minutes after the first one that give the failure rate of the drop.
const FIRST_MINUTES: i64 = 5;
/// Failures of a whole minute of the drop that its first minute is compared with: with fewer, chance decides.
const COUNTABLE: f64 = 10.0;
/// That a minute before the begin needs to be a part of the drop: chance gives it once in 150 minutes.
const PARTIAL_EVIDENCE: f64 = 5.0;

pub(super) struct Begin {
    /// Whole minutes before the end of the scan.
    pub(super) back: i64,
    /// From the begin of that minute; negative: in the minute before.
    pub(super) seconds: i64,
    /// No earlier minute was measured.
    pub(super) or_before: bool,
}

/// For a drop that shows at the end of the scan.
pub(super) fn begin(past: &Past, threshold: f64) -> Begin {
    let (mut first, mut quiet) = (0, 0);
    for after in 1..past.measured {
        if past.goes_on(after, threshold * GOES_ON) {
            quiet = 0;
            if past.goes_on(after, threshold) {
                first = after;
            }
        } else {
            quiet += 1;
            if quiet > GAP {
                break;
            }
        }
    }
    let window = past.strongest(first, threshold).unwrap_or(1);
    let back = first + window;
    Begin {
        back,
        seconds: seconds(past, back),
        or_before: back >= past.measured,
    }
}

/// By the share of the first minute that fails like the minutes after it: of `n` payments `n (f p₁ + (1 − f) p₀)` fail.
fn seconds(past: &Past, back: i64) -> i64 {
    let after = past.between((back - 1 - FIRST_MINUTES).max(0), back - 1);
    let (first, before) = (past.between(back - 1, back), past.between(back, back + 1));
    let share = |minute: Sums| -> Option<f64> {
        let countable = |sums: &Sums| sums.total > 0.0;
        let (minute, after) = (
            Some(minute).filter(countable)?,
            Some(after).filter(countable)?,
        );
        let beyond = after.bad / after.total - minute.expected / minute.total;
        let whole = minute.total * beyond;
        (whole >= COUNTABLE).then(|| (minute.excess() / whole).clamp(0.0, 1.0))
    };
    let in_seconds = |share: f64| (share * 60.0).round() as i64;
    if excess(before.bad, before.expected) > PARTIAL_EVIDENCE
        && let Some(share) = share(before)
    {
        return -in_seconds(share);
    }
    // Chance moves the count of a minute by its square root.
    let clear = |share: &f64| {
        let whole = first.excess() / share.max(1e-9);
        (1.0 - share) * whole > 3.0 * first.bad.max(1.0).sqrt()
    };
    share(first)
        .filter(clear)
        .map_or(0, |share| 60 - in_seconds(share))
}

#[cfg(test)]
mod tests {
    use crate::signals::closing::ClosingDays;
    use crate::signals::detection::{Baseline, find_with_parts};
    use crate::signals::tally::{FIVE, RatioSeries};
    use crate::testing::start;
    use chrono::{DateTime, TimeDelta, Utc};
    use rstest::rstest;

    /// Payments of which normally one in a hundred fails, and from `onset` on one in three.
    fn track(per_minute: f64, onset: DateTime<Utc>) -> RatioSeries {
        let mut track = RatioSeries::new(TimeDelta::days(30));
        let now = start().timestamp();
        for back in 1..=8 * 60 {
            let minute = now.div_euclid(60) - back;
            let share = (minute * 60 + 60 - onset.timestamp()).clamp(0, 60) as f64 / 60.0;
            let bad = (share / 3.0 + (1.0 - share) / 100.0) * per_minute;
            track.put(60, minute, per_minute - bad.round(), per_minute);
        }
        for back in 36..29 * 288 {
            let five = now.div_euclid(FIVE) - back;
            track.put(FIVE, five, per_minute * 4.95, per_minute * 5.0);
        }
        track
    }

    fn since(track: &RatioSeries, end: DateTime<Utc>) -> DateTime<Utc> {
        let baseline = Baseline::around(track, 0.98, end, &ClosingDays::default());
        find_with_parts(track, &baseline, &[], end)
            .drop
            .unwrap()
            .since
    }

    #[rstest]
    #[case::at_the_minute(0, 6000.0)]
    #[case::early_in_it(15, 6000.0)]
    #[case::in_the_middle(30, 6000.0)]
    #[case::late_in_it(50, 6000.0)]
    #[case::too_late_to_be_found_by_it(50, 100.0)]
    fn with_many_payments_a_drop_begins_at_its_second(#[case] second: i64, #[case] payments: f64) {
        let onset = start() - TimeDelta::minutes(40) + TimeDelta::seconds(second);
        let track = track(payments, onset);
        for end in [start(), start() - TimeDelta::minutes(20)] {
            let off = (since(&track, end) - onset).num_seconds();
            assert!(off.abs() <= 2, "{off} s at {end}");
        }
    }

    #[rstest]
    #[case(30, 20)]
    #[case(0, 20)]
    fn with_few_payments_a_drop_begins_with_a_whole_minute(
        #[case] second: i64,
        #[case] payments: i64,
    ) {
        let onset = start() - TimeDelta::minutes(40) + TimeDelta::seconds(second);
        let begin = since(&track(payments as f64, onset), start());
        assert_eq!(begin.timestamp() % 60, 0);
        assert!((begin - onset).num_seconds().abs() <= 60);
    }

    #[test]
    fn a_drop_that_is_older_than_the_minutes_that_are_known_says_so() {
        let track = track(600.0, start() - TimeDelta::hours(20));
        let baseline = Baseline::around(&track, 0.98, start(), &ClosingDays::default());
        let drop = find_with_parts(&track, &baseline, &[], start())
            .drop
            .unwrap();
        assert!(drop.or_before);
    }
}
