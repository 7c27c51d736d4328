//! Drop detection on some of the shapes of traffic; `cargo bench --bench detection` plays them all.

mod shapes;
mod trial;

use rstest::rstest;

fn shape(name: &str) -> shapes::Shape {
    shapes::shapes()
        .into_iter()
        .find(|shape| shape.name == name)
        .unwrap()
}

#[rstest]
#[case("2 points at once, 100/min", 10)]
#[case("total outage at night, 3/min", 5)]
#[case("traffic vanishes at noon", 5)]
#[case("wallet at 5/min fails by half", 5)]
fn a_fault_is_found_in_time_and_not_later_than_by_the_burn_rate_alerts(
    #[case] name: &str,
    #[case] within: i64,
) {
    let outcome = trial::play(&shape(name), 1, false);
    let found = outcome.found.unwrap();
    assert!(found <= within, "found after {found} minutes");
    assert!(
        outcome.burn_found.is_none_or(|burn| found <= burn),
        "burn-rate alerts were sooner: {:?}",
        outcome.burn_found
    );
    assert_eq!(outcome.false_alarms, 0);
}

#[rstest]
#[case("a provider falls silent", 5)]
#[case("a provider restarts and counts nothing", 5)]
#[case("a method of 5 % falls silent", 15)]
fn a_part_that_falls_silent_is_found_and_named(#[case] name: &str, #[case] within: i64) {
    let shape = shape(name);
    let outcome = trial::play(&shape, 2, true);
    assert!(outcome.found.unwrap() <= within, "{:?}", outcome.found);
    let blamed = outcome.blamed.unwrap();
    assert_eq!(Some((blamed.0.as_str(), blamed.1.as_str())), shape.culprit);
    assert!(outcome.lingered <= 6, "for {} minutes", outcome.lingered);
}

#[test]
fn a_fall_to_a_third_is_found_in_a_quarter_of_an_hour() {
    let outcome = trial::play(&shape("traffic falls to 30 %, 100/min"), 1, false);
    assert!(outcome.found.unwrap() <= 15, "{:?}", outcome.found);
}

/// Nights, weekends, pay days and growth are learned.
#[rstest]
#[case("a shop closed at weekends")]
#[case("deep night trough")]
#[case("holiday, a third of the volume")]
#[case("payday, six times, a week ago")]
#[case("volume grows by 30 % in a month")]
#[case("volume varies by a fifth from hour to hour")]
#[case("a day that closed a week ago")]
fn volume_that_varies_as_usual_raises_no_alarm(#[case] name: &str) {
    assert_eq!(trial::play(&shape(name), 2, false).false_alarms, 0);
}

#[test]
fn the_usual_variation_of_a_part_raises_no_alarm() {
    let shape = shape("a provider's share varies from hour to hour");
    assert_eq!(trial::play(&shape, 2, true).false_alarms, 0);
}

#[test]
fn a_drop_is_blamed_on_the_provider_that_has_it_and_on_nobody_where_all_have_it() {
    let acme = shape("2 points, all of it acme");
    let blamed = trial::play(&acme, 1, true).blamed.unwrap();
    assert_eq!(Some((blamed.0.as_str(), blamed.1.as_str())), acme.culprit);
    assert_eq!(
        trial::play(&shape("2 points at once, 100/min"), 2, true).blamed,
        None
    );
}

/// With its parts, of which each alone has few payments and says late that it is well again.
#[test]
fn a_drop_keeps_its_begin_and_is_gone_within_ten_minutes_of_its_end() {
    let outcome = trial::play(&shape("2 points at once, 100/min"), 1, true);
    assert_eq!(outcome.began, Some((0, 0)));
    assert!(outcome.lingered <= 10, "for {} minutes", outcome.lingered);
}

/// Each minute's scan is one without a memory, as a new process makes it.
#[rstest]
#[case("2 points at once, 100/min", 60)]
#[case("1 point, and 30 points after 40 minutes", 60)]
#[case("30 points, and 1 point after 20 minutes", 60)]
#[case("10 points with a pause of 10 minutes", 60)]
#[case("bursts of 3 in 14 minutes, 1,000/min", 60)]
#[case("2 points in noise", 60)]
#[case("5 points at 10/min", 300)]
#[case("slow decline of 2 points in an hour", 1200)]
#[case("late confirmations creep to 5 %", 1200)]
fn every_scan_sees_the_same_begin(#[case] name: &str, #[case] off: i64) {
    for seed in [2, 3] {
        sees_one_begin(name, (seed, false), off);
    }
}

#[rstest]
#[case("2 points, all of it acme", 60)]
#[case("wallet at 5/min fails by half", 120)]
fn every_scan_sees_the_same_begin_of_a_drop_of_one_part(#[case] name: &str, #[case] off: i64) {
    sees_one_begin(name, (2, true), off);
}

fn sees_one_begin(name: &str, (seed, with_parts): (u64, bool), off: i64) {
    let outcome = trial::play(&shape(name), seed, with_parts);
    let (earliest, latest) = outcome.scanned.unwrap();
    let seen = format!("{earliest} s to {latest} s with seed {seed}");
    assert!(latest - earliest <= 60, "{seen}");
    assert!(earliest >= -off && latest <= off, "{seen}");
}

#[rstest]
#[case("ordinary week, 5/min")]
#[case("low volume, 0.5/min")]
#[case("no traffic at night")]
#[case("clocks change by an hour")]
fn healthy_traffic_raises_no_alarm(#[case] name: &str) {
    assert_eq!(trial::play(&shape(name), 3, false).false_alarms, 0);
}

#[test]
fn there_are_shapes_enough_and_each_has_a_name_of_its_own() {
    let mut names: Vec<&str> = shapes::shapes().iter().map(|shape| shape.name).collect();
    assert!(names.len() >= 25);
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), shapes::shapes().len());
}

#[test]
fn the_same_seed_gives_the_same_traffic_and_counters_only_fall_when_they_reset() {
    let steady = shape("ordinary week, 100/min");
    let (one, two) = (shapes::generate(&steady, 5), shapes::generate(&steady, 5));
    for (a, b) in one.iter().zip(&two) {
        let totals = |series: &shapes::Series| {
            series
                .scrapes
                .iter()
                .flatten()
                .map(|scrape| scrape.total)
                .collect::<Vec<_>>()
        };
        assert_eq!(totals(a), totals(b));
        assert!(totals(a).windows(2).all(|pair| pair[0] <= pair[1]));
    }
}
