use super::*;
use crate::incident::fold::testing::{said, statuses, tape};
use chrono::TimeDelta;
use proptest::prelude::*;
use rstest::rstest;

fn seconds(text: &str) -> DateTime<Utc> {
    crate::times::read_time(text, None, "2026-11-30T12:00:00Z".parse().unwrap())
        .unwrap()
        .from()
}

#[rstest]
#[case::two_windows_in_one_day(
    "2019-07-10T16:35Z",
    &["ended 2019-07-10T17:02Z", "began 2019-07-10T21:14Z", "ended 2019-07-10T22:47Z"],
    &["27 min", "1 h 33 min"],
    Some("2 h 0 min")
)]
#[case::by_status(
    "2019-07-10T16:35Z",
    &["mitigated 2019-07-10T17:02Z", "investigating 2019-07-10T21:14Z", "resolved 2019-07-10T22:47Z", "closed 2019-07-11T09:00Z"],
    &["27 min", "1 h 33 min"],
    Some("2 h 0 min")
)]
#[case::the_impact_ends_before_its_mitigation(
    "2022-05-26T09:05Z",
    &["ended 2022-05-26T09:30Z", "mitigated 2022-05-26T09:34Z", "began 2022-05-26T09:44Z", "ended 2022-05-26T09:48Z"],
    &["25 min", "4 min"],
    Some("29 min")
)]
#[case::recorded_out_of_order(
    "2019-07-10T16:35Z",
    &["ended 2019-07-10T22:47Z", "began 2019-07-10T21:14Z", "ended 2019-07-10T17:02Z"],
    &["27 min", "1 h 33 min"],
    Some("2 h 0 min")
)]
#[case::an_end_by_day("2021-12-25T09:00Z", &["resolved 2021-12-26 UTC"], &["14 h 59 min to 1 d 15 h"], Some("14 h 59 min to 1 d 15 h"))]
#[case::a_first_status_after_the_end_begins_nothing(
    "2019-07-10T16:35Z",
    &["ended 2019-07-10T17:02Z", "identified 2019-07-10T17:30Z"],
    &["27 min"],
    Some("27 min")
)]
#[case::a_status_that_goes_back_begins_again(
    "2019-07-10T16:35Z",
    &["ended 2019-07-10T17:02Z", "mitigated 2019-07-10T17:02Z", "identified 2019-07-10T17:30Z"],
    &["27 min", "open"],
    None
)]
#[case::a_person_stands_above_a_status(
    "2021-03-01T10:00Z",
    &["mitigated 2021-03-01T10:30Z", "ended 2021-03-01T11:30Z", "resolved 2021-03-01T12:00Z"],
    &["1 h 30 min"],
    Some("1 h 30 min")
)]
#[case::a_day_between_two_windows(
    "2021-03-01T10:00Z",
    &["ended 2021-03-01 UTC", "began 2021-03-01T15:00Z", "ended 2021-03-01T16:00Z"],
    &["at most 14 h 0 min", "1 h 0 min"],
    Some("59 min to 6 h 1 min")
)]
#[case::it_begins_again_when_it_ends(
    "2021-03-01T10:00Z",
    &["began 2021-03-01T12:00Z", "ended 2021-03-01T12:00Z", "ended 2021-03-01T13:00Z"],
    &["2 h 0 min", "1 h 0 min"],
    Some("3 h 0 min")
)]
#[case::half_a_minute("2021-03-01T10:00:30Z", &["ended 2021-03-01T10:01Z"], &["at most 2 min"], Some("at most 2 min"))]
#[case::no_end("2021-12-25 Europe/London", &[], &["open"], None)]
#[case::an_end_before_the_start_ends_nothing("2019-07-10T16:35Z", &["resolved 2019-07-10T15:00Z"], &["open"], None)]
#[case::seconds("2019-07-10T16:35:00Z", &["ended 2019-07-10T16:39:12Z"], &["4 min 12 s"], Some("4 min 12 s"))]
fn the_duration_of_the_impact_is_the_sum_of_its_windows(
    #[case] start: &str,
    #[case] turns: &[&str],
    #[case] each: &[&str],
    #[case] total: Option<&str>,
) {
    let windows = tape(start, turns).windows().unwrap();
    let shown = windows.list.iter().map(|window| {
        let lasted = window.lasted();
        lasted.map_or("open".into(), |lasted| lasted.shown())
    });
    assert_eq!(shown.collect::<Vec<String>>(), each);
    let sum = windows.total().map(|lasted| lasted.shown());
    assert_eq!(sum.as_deref(), total);
}

#[test]
fn an_open_window_of_a_live_incident_goes_on_until_now() {
    let windows = tape(
        "2019-07-10T16:35Z",
        &[
            "mitigated 2019-07-10T17:02Z",
            "identified 2019-07-10T21:14Z",
        ],
    )
    .windows()
    .unwrap();
    let now = seconds("2019-07-10T22:00:00Z");
    assert_eq!(
        windows.total_until(now).unwrap().strictest(),
        TimeDelta::minutes(27 + 46)
    );
    assert_eq!(windows.total(), None);
}

#[test]
fn reopening_keeps_the_windows_that_were() {
    let before = tape("2019-07-10T16:35Z", &["resolved 2019-07-10T17:02Z"]);
    let after = tape(
        "2019-07-10T16:35Z",
        &[
            "resolved 2019-07-10T17:02Z",
            "investigating 2019-07-10T18:00Z",
        ],
    );
    let (before, after) = (before.windows().unwrap(), after.windows().unwrap());
    assert_eq!(after.list[0], before.list[0]);
    assert!(after.is_open());
}

/// Minutes after the start, and the width of what is known, for each turn.
fn turns() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((1..2_000i64, 0..300i64), 0..8)
}

proptest! {
    #[test]
    fn the_sum_of_windows_encloses_every_sum_that_their_ends_allow(
        turns in turns(),
        shares in prop::collection::vec(0.0..1.0f64, 9),
        start in 0..60i64,
    ) {
        let mut turns = turns;
        turns.sort_unstable();
        let incident = said(start, &turns);
        let windows = incident.windows().unwrap();
        let Some(total) = windows.total() else { return Ok(()) };
        let edges = windows.list.iter().flat_map(|window| [window.start.at, window.end.unwrap().at]);
        // Any instants that the edges can mean, in their order.
        let mut actual: Vec<DateTime<Utc>> = Vec::new();
        for (edge, share) in edges.zip(&shares) {
            let width = (edge.until() - edge.from()).num_seconds() as f64;
            let at = edge.from() + TimeDelta::seconds((width * share) as i64);
            let last = actual.last().copied().unwrap_or(at);
            actual.push(at.max(last));
            prop_assume!(actual.last() <= Some(&edge.until()));
        }
        let sum: TimeDelta = actual.chunks(2).map(|pair| pair[1] - pair[0]).sum();
        prop_assert!(total.least <= sum && sum <= total.most, "{total:?} {sum}");
        let span = Lasted::of_window(&windows.list[0].start.at, &windows.list.last().unwrap().end.unwrap().at);
        prop_assert!(total.most <= span.most);
        prop_assert!(total.least <= span.most);
    }

    #[test]
    fn the_order_of_recording_changes_no_window(order in Just((0..6usize).collect::<Vec<_>>()).prop_shuffle()) {
        let turns = ["mitigated 2019-07-10T17:02Z", "investigating 2019-07-10T18:00Z", "ended 2019-07-10T19:00Z",
            "began 2019-07-10T20:00Z", "resolved 2019-07-10T21:00Z", "closed 2019-07-10T22:00Z"];
        let shuffled: Vec<&str> = order.iter().map(|at| turns[*at]).collect();
        let times = |turns: &[&str]| {
            let windows = tape("2019-07-10T16:35Z", turns).windows().unwrap();
            let edges = |window: &Window| (window.start.at, window.end.map(|end| end.at));
            windows.list.iter().map(edges).collect::<Vec<_>>()
        };
        prop_assert_eq!(times(&shuffled), times(&turns));
    }
}

#[test]
fn what_a_status_says_counts_only_where_nobody_said_more() {
    let by_status = statuses(&["2019-07-10T17:02Z"]);
    assert_eq!(by_status.windows().unwrap().basis, WindowBasis::Status);
}
