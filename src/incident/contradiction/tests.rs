use super::*;
use crate::incident::fold::testing::{entries, tape};
use rstest::rstest;

fn kinds(incident: &Incident) -> Vec<ContradictionKind> {
    contradictions(incident).iter().map(|it| it.kind).collect()
}

const START: &str = "2019-07-10T16:35Z";

#[rstest]
#[case::resolved_before_the_start(&["resolved 2019-07-10T15:00Z"], &[ContradictionKind::BeforeStart])]
#[case::ended_before_the_start(&["ended 2019-07-10T15:00Z"], &[ContradictionKind::BeforeStart])]
#[case::the_same_minute(&["resolved 2019-07-10T16:35Z"], &[])]
#[case::a_day_that_contains_the_start(&["resolved 2019-07-10 UTC"], &[])]
#[case::the_day_before(&["resolved 2019-07-09 UTC"], &[ContradictionKind::BeforeStart])]
#[case::about(&["resolved ~2019-07-10T16:25Z"], &[])]
#[case::acknowledged_before_the_start(&["ack 2019-07-10T16:32Z"], &[ContradictionKind::DetectedBeforeStart])]
#[case::begins_while_on(&["began 2019-07-10T16:50Z", "ended 2019-07-10T17:02Z"], &[ContradictionKind::BeginsWhileOn])]
#[case::two_ends(&["ended 2019-07-10T17:00Z", "ended 2019-07-10T18:00Z"], &[ContradictionKind::EndedTwice])]
#[case::resolved_before_the_end(&["resolved 2019-07-10T17:00Z", "ended 2019-07-10T17:45Z"], &[ContradictionKind::ResolvedBeforeEnded])]
#[case::a_day_may_end_before_it_begins_again(&["ended 2019-07-10 UTC", "began 2019-07-10T19:00Z"], &[])]
#[case::began_before_the_start(&["began 2019-07-10T15:00Z"], &[ContradictionKind::BeganBeforeStart])]
#[case::ended_before_its_mitigation(&["ended 2019-07-10T17:00Z", "mitigated 2019-07-10T17:04Z"], &[ContradictionKind::EndedBeforeMitigated])]
#[case::ended_with_its_mitigation(&["ended 2019-07-10T17:00Z", "mitigated 2019-07-10T17:00Z"], &[])]
#[case::mitigated_in_the_second_window(&["ended 2019-07-10T17:00Z", "began 2019-07-10T18:00Z", "mitigated 2019-07-10T18:04Z"], &[])]
#[case::a_status_set_later_says_nothing_of_the_end(&["ended 2019-07-10T17:00Z", "mitigated now"], &[])]
#[case::resolved_before_mitigated(&["resolved 2019-07-10T17:00Z", "mitigated 2019-07-10T17:04Z"], &[ContradictionKind::ResolvedBeforeMitigated])]
#[case::closed_before_resolved(&["closed 2019-07-10T17:00Z", "resolved 2019-07-10T17:04Z"], &[ContradictionKind::ClosedBeforeResolved])]
#[case::two_windows(&["mitigated 2019-07-10T17:02Z", "investigating 2019-07-10T21:14Z", "resolved 2019-07-10T22:47Z"], &[])]
#[case::what_a_later_entry_removes(&["began 2019-07-10T21:14Z", "ended 2019-07-10T17:02Z"], &[])]
fn what_times_contradict_is_found_and_nothing_else(
    #[case] words: &[&str],
    #[case] found: &[ContradictionKind],
) {
    assert_eq!(kinds(&tape(START, words)), found);
    // In any order of recording.
    let backwards: Vec<&str> = words.iter().rev().copied().collect();
    assert_eq!(kinds(&tape(START, &backwards)), found);
}

#[test]
fn a_reopening_before_the_end_is_one_where_a_person_confirmed_it() {
    let mut all = entries(
        START,
        &[
            "resolved 2019-07-10T17:00Z",
            "investigating 2019-07-10T16:50Z",
        ],
    );
    assert_eq!(kinds(&Incident::from_entries(&all)), []);
    all[2].against = vec![2];
    let incident = Incident::from_entries(&all);
    assert_eq!(kinds(&incident), [ContradictionKind::ReopenedBeforeEnded]);
    assert_eq!(incident.status, Status::Resolved);
}

#[test]
fn impact_that_begins_twice_is_on_since_it_began_last() {
    let words = [
        "ended 2019-07-10T17:00Z",
        "began 2019-07-10T18:00Z",
        "began 2019-07-10T19:00Z",
    ];
    let incident = tape(START, &words);
    let found = contradictions(&incident);
    assert_eq!(found.len(), 1);
    assert!(
        found[0]
            .sentence(&incident)
            .contains("since 2019-07-10T18:00Z (#3), for 1 h 0 min")
    );
}

#[test]
fn a_contradiction_names_both_times_and_how_far_apart_they_are() {
    let rows = [
        (
            "resolved 2019-07-10T15:00Z",
            "status resolved at 2019-07-10T15:00Z (#2) is 1 h 35 min before the start at 2019-07-10T16:35Z (#1)",
        ),
        (
            "ack 2019-07-10T16:32Z",
            "acknowledgement at 2019-07-10T16:32Z (#2) is 3 min before the start at 2019-07-10T16:35Z (#1)",
        ),
        (
            "began 2019-07-10T16:50Z",
            "impact begins again at 2019-07-10T16:50Z (#2), while it has been on since 2019-07-10T16:35Z (#1), for 15 min",
        ),
    ];
    for (words, sentence) in rows {
        let incident = tape(START, &[words]);
        assert_eq!(contradictions(&incident)[0].sentence(&incident), sentence);
    }
}
