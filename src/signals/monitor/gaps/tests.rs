use super::super::super::series::SeriesLabels;
use super::*;
use crate::text::Safe;
use proptest::prelude::*;
use rstest::rstest;

/// Of scrapes at a fixed offset; those inside a gap are left out. Buckets of five minutes from 0.
fn samples(interval: i64, hours: i64, gaps: &[Range<i64>]) -> Lane {
    let step = GapFinder::bucket(interval, FIVE);
    let mut lane = Lane::new(step, 100_000);
    let mut at = 7;
    let mut counts = std::collections::BTreeMap::new();
    while at < hours * 3600 {
        if !gaps.iter().any(|gap| gap.contains(&at)) {
            *counts.entry(at / step).or_insert(0.0) += 1.0;
        }
        at += interval;
    }
    for (bucket, count) in counts {
        lane.put(bucket, count);
    }
    lane
}

#[rstest]
#[case::whole_hours(60, 20_000..30_000)]
#[case::four_minutes_in_a_bucket(60, 20_107..20_347)]
#[case::four_minutes_across_two(60, 20_300..20_540)]
#[case::four_minutes_of_fast_scrapes(15, 20_300..20_540)]
#[case::slow_scrapes(300, 20_000..24_000)]
#[case::ten_minutes(600, 20_000..25_000)]
fn a_gap_is_found_with_the_buckets_it_touches(#[case] interval: i64, #[case] gap: Range<i64>) {
    let step = GapFinder::bucket(interval, FIVE);
    let found = find(&samples(interval, 24, std::slice::from_ref(&gap)));
    assert_eq!(found.len(), 1, "{found:?}");
    let found = found[0].start * step..found[0].end * step;
    assert!(
        found.start <= gap.start && gap.end <= found.end,
        "{found:?}"
    );
    assert!(
        found.end - found.start <= gap.end - gap.start + 4 * step,
        "{found:?}"
    );
}

#[test]
fn a_gap_that_is_not_over_is_none() {
    let gap = 86_000..90_000;
    let lane = samples(60, 24, std::slice::from_ref(&gap));
    assert_eq!(find(&lane), Vec::new());
}

#[test]
fn a_slower_configuration_in_the_past_is_no_gap() {
    let mut lane = samples(60, 48, &[]);
    for bucket in 48 * 12..96 * 12 {
        lane.put(bucket, 20.0);
    }
    let found = find(&lane);
    assert!(
        found.iter().all(|gap| gap.end - gap.start < 150),
        "{found:?}"
    );
}

proptest! {
    #[test]
    fn regular_scrapes_have_no_gap(interval in prop::sample::select(vec![5i64, 10, 15, 20, 30, 40, 45, 60, 70, 90, 120, 150, 240, 300, 600])) {
        prop_assert_eq!(find(&samples(interval, 72, &[])), Vec::new());
    }

    #[test]
    fn an_outage_of_the_scrapes_of_more_than_three_is_found(interval in prop::sample::select(vec![10i64, 15, 30, 60, 120, 300]), from in 30_000i64..40_000, more in 0i64..7000) {
        let gap = from..from + 4 * interval.max(60) + more;
        let step = GapFinder::bucket(interval, FIVE);
        let found = find(&samples(interval, 24, std::slice::from_ref(&gap)));
        prop_assert!(found.iter().any(|found| found.start * step <= gap.start + interval && gap.end - interval <= found.end * step), "{:?}", found);
    }
}

fn answer(numbers: &[(&str, f64)]) -> Vec<LabelledSeries> {
    let series = |(key, value): &(&str, f64)| LabelledSeries {
        labels: SeriesLabels::from([(KEY.to_string(), Safe::line(key))]),
        values: vec![(DateTime::from_timestamp(0, 0).unwrap(), *value)],
    };
    numbers.iter().map(series).collect()
}

/// A month of 100 events in five minutes, none of them bad.
fn track(counts_bad: bool) -> RatioSeries {
    let mut track = RatioSeries::new(TimeDelta::days(30)).counting_bad(counts_bad);
    for five in 0..8640 {
        track.put(FIVE, five, if counts_bad { 0.0 } else { 100.0 }, 100.0);
    }
    track
}

#[rstest]
#[case::good(false, &[("part", 700.0), ("total", 1000.0)], (700.0, 700.0), (300.0, 300.0))]
#[case::bad(true, &[("part", 300.0), ("total", 1000.0)], (700.0, 700.0), (300.0, 300.0))]
#[case::no_failure_series(true, &[("total", 1000.0)], (1000.0, 1000.0), (0.0, 0.0))]
#[case::a_new_target(false, &[("part", 700.0), ("total", 800.0), ("new-part", 40.0), ("new-total", 50.0)], (700.0, 740.0), (100.0, 110.0))]
#[case::a_restart(false, &[("part", 150.0), ("total", 200.0), ("lost", 2.0)], (150.0, 950.0), (50.0, 850.0))]
fn an_answer_bounds_what_a_gap_counted(
    #[case] counts_bad: bool,
    #[case] numbers: &[(&str, f64)],
    #[case] good: (f64, f64),
    #[case] bad: (f64, f64),
) {
    let found = counts(&track(counts_bad), &(8000..8010), &answer(numbers)).unwrap();
    assert_eq!((found.counts.good, found.counts.bad), (good, bad));
}

#[test]
fn without_a_total_nothing_is_known_of_a_gap() {
    assert_eq!(
        counts(&track(false), &(8000..8010), &answer(&[("part", 1.0)])),
        None
    );
}
