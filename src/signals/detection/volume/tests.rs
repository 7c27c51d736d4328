use super::*;
use crate::signals::closing::ClosingDays;
use crate::signals::tally::FIVE;
use crate::testing::start;
use chrono::TimeDelta;
use rstest::rstest;

/// The same number of payments in every minute of four weeks; of the last six hours as `minute` has them, by minutes
/// ago.
fn track(per_minute: f64, minute: impl Fn(i64) -> Option<f64>) -> RatioSeries {
    let mut track = RatioSeries::new(TimeDelta::days(30));
    let now = start().timestamp();
    for back in 0..6 * 60 {
        if let Some(count) = minute(back) {
            track.put(60, now.div_euclid(60) - 1 - back, count, count);
        }
    }
    for back in 72..29 * 288 {
        let five = now.div_euclid(FIVE) - back;
        track.put(FIVE, five, per_minute * 5.0, per_minute * 5.0);
    }
    track
}

fn baseline(track: &RatioSeries) -> Baseline {
    Baseline::around(track, 0.999, start(), &ClosingDays::default())
}

fn found(track: &RatioSeries) -> Option<VolumeDrop> {
    find(track, &baseline(track), &[], start())
}

fn ago(drop: &VolumeDrop) -> i64 {
    (start() - drop.since).num_minutes()
}

/// Two providers, of which the second has a fifth of the payments.
fn of_parts(globex: &RatioSeries, acme: &RatioSeries, whole: &RatioSeries) -> Option<VolumeDrop> {
    let (of_globex, of_acme) = (baseline(globex), baseline(acme));
    let part = |value, track, baseline| LabelSplit {
        label: "provider",
        value,
        track,
        baseline,
    };
    let parts = [
        part("globex", globex, &of_globex),
        part("acme", acme, &of_acme),
    ];
    find(whole, &baseline(whole), &parts, start())
}

#[rstest]
#[case::none(0.0, 3)]
#[case::a_twentieth(0.05, 3)]
#[case::a_third(0.3, 15)]
fn payments_that_do_not_arrive_are_found_with_their_begin(
    #[case] share: f64,
    #[case] minutes: i64,
) {
    let since = |minutes: i64| {
        track(100.0, move |back| {
            Some(if back < minutes { 100.0 * share } else { 100.0 })
        })
    };
    let drop = found(&since(minutes)).unwrap();
    assert_eq!((ago(&drop), drop.culprit.clone()), (minutes, None));
    assert!(
        (drop.share() - share).abs() < 0.5,
        "of the last five minutes"
    );
    assert_eq!(found(&since(minutes / 2)), None, "too early");
    let later = found(&since(90)).unwrap();
    assert_eq!((ago(&later), later.normal), (90, 100.0));
    assert!((later.share() - share).abs() < 1e-9);
}

#[test]
fn a_volume_drop_is_over_after_five_normal_minutes_and_not_with_the_first_payment() {
    let recovered = |minutes: i64, count: f64| {
        track(100.0, move |back| {
            Some(if back < minutes {
                count
            } else if back < 40 {
                0.0
            } else {
                100.0
            })
        })
    };
    for minutes in 0..5 {
        let drop = found(&recovered(minutes, 100.0)).unwrap();
        assert_eq!(ago(&drop), 40, "{minutes} normal minutes");
    }
    assert_eq!(found(&recovered(5, 100.0)), None);
    assert!(found(&recovered(10, 1.0)).is_some(), "a payment a minute");
}

#[test]
fn a_minute_that_was_not_measured_is_not_empty() {
    let gap = track(100.0, |back| (back >= 20).then_some(100.0));
    assert_eq!(found(&gap), None);
}

#[test]
fn what_is_shown_as_normal_is_the_median_of_earlier_weeks() {
    let mut track = track(100.0, |back| Some(if back < 10 { 0.0 } else { 100.0 }));
    // Half an hour before, fewer arrive every week: the verdict is careful, the number is not.
    for week in 1..=4 {
        let five = start().timestamp().div_euclid(FIVE) - week * 7 * 288 - 12;
        track.put(FIVE, five, 200.0, 200.0);
    }
    assert!((found(&track).unwrap().normal - 100.0).abs() < 1e-9);
}

#[test]
fn on_a_closing_day_volume_is_not_judged_and_it_is_no_part_of_later_weeks() {
    let empty = track(100.0, |_| Some(0.0));
    let days = |back: i64| [(start() - TimeDelta::days(back)).date_naive()];
    let today = ClosingDays::of(days(0).iter(), chrono_tz::UTC);
    let baseline = Baseline::around(&empty, 0.999, start(), &today);
    assert_eq!(find(&empty, &baseline, &[], start()), None);
    // In two of three known weeks nothing arrived at this hour: on closing days.
    let mut short = track(100.0, |_| Some(0.0));
    for week in [1, 2] {
        let five = start().timestamp().div_euclid(FIVE) - week * 7 * 288;
        (five - 20..five + 20).for_each(|five| short.put(FIVE, five, 0.0, 0.0));
    }
    let normal = |days: &ClosingDays| {
        let baseline = Baseline::around(&short, 0.999, start(), days);
        find(&short, &baseline, &[], start()).map(|drop| drop.normal)
    };
    let dates = [days(7), days(14)].concat();
    let closed = ClosingDays::of(dates.iter(), chrono_tz::UTC);
    assert_eq!(normal(&closed), Some(100.0));
    assert_eq!(normal(&ClosingDays::default()), Some(50.0));
}

#[test]
fn a_part_that_falls_silent_is_named_with_its_own_numbers() {
    let globex = track(20.0, |back| Some(if back < 9 { 0.0 } else { 20.0 }));
    let acme = track(80.0, |_| Some(80.0));
    let whole = track(100.0, |back| Some(if back < 9 { 80.0 } else { 100.0 }));
    let drop = of_parts(&globex, &acme, &whole).unwrap();
    let part = drop.culprit.clone().unwrap();
    assert_eq!(
        (part.label.as_str(), part.value.as_str()),
        ("provider", "globex")
    );
    assert_eq!((drop.now, drop.normal, ago(&drop)), (0.0, 20.0, 9));
}

#[test]
fn a_part_without_series_has_no_payments_only_if_the_others_add_up_to_the_whole() {
    let absent = track(20.0, |back| (back >= 9).then_some(20.0));
    let acme = track(80.0, |_| Some(80.0));
    let whole = |last: f64| track(100.0, move |back| Some(if back < 9 { last } else { 100.0 }));
    let drop = of_parts(&absent, &acme, &whole(80.0)).unwrap();
    assert_eq!(drop.culprit.unwrap().value, "globex");
    assert_eq!(of_parts(&absent, &acme, &whole(100.0)), None, "unknown");
}

#[test]
fn a_part_with_few_payments_gives_no_verdict() {
    let globex = track(0.5, |back| Some(if back < 9 { 0.0 } else { 0.5 }));
    let acme = track(80.0, |_| Some(80.0));
    let whole = track(80.5, |back| Some(if back < 9 { 80.0 } else { 80.5 }));
    assert_eq!(of_parts(&globex, &acme, &whole), None);
}

#[test]
fn while_almost_nothing_arrives_the_whole_counts_and_else_the_part_that_explains_it() {
    let part = |normal: f64, now: f64| {
        track(normal, move |back| {
            Some(if back < 70 { now } else { normal })
        })
    };
    let (globex, acme) = (part(80.0, 0.0), part(20.0, 20.0));
    let drop = of_parts(&globex, &acme, &part(100.0, 20.0)).unwrap();
    assert_eq!(drop.culprit.unwrap().value, "globex");
    let (globex, acme) = (part(98.0, 0.0), part(2.0, 2.0));
    let drop = of_parts(&globex, &acme, &part(100.0, 2.0)).unwrap();
    assert_eq!((drop.culprit, drop.normal), (None, 100.0));
}
