//! Facts by the time at which they happened, and what a correction changes.

use crate::incident::entry::{Corrected, Draft, Entry, ResponseEvent};
use crate::incident::fold::testing::{draft, entries, entry, opened, tape, time};
use crate::incident::ids::ActorId;
use crate::incident::{Body, ClockHistory, Event, Incident, Status};
use chrono::DateTime;
use proptest::prelude::*;
use std::collections::BTreeMap;

const START: &str = "2019-07-10T16:35Z";
const WORDS: [&str; 8] = [
    "ack 2019-07-10T16:36Z",
    "ack 2019-07-10T16:40Z",
    "mitigated 2019-07-10T17:02Z",
    "investigating 2019-07-10T21:14Z",
    "decided 2019-07-10T21:30Z",
    "identified 2019-07-10T21:40Z",
    "decided 2019-07-10T22:00Z",
    "resolved 2019-07-10T22:47Z",
];

/// What the entries say, without their numbers.
fn facts(incident: &Incident) -> String {
    let statuses = incident.status_changes.iter().map(|it| (it.status, it.at));
    let acks = incident.acknowledgements.iter().map(|ack| ack.at);
    let windows = incident.windows().unwrap();
    let windows = windows
        .list
        .iter()
        .map(|it| (it.start.at, it.end.map(|end| end.at)));
    format!(
        "{:?} {:?} {:?} {:?} {:?}",
        incident.status,
        statuses.collect::<Vec<_>>(),
        acks.collect::<Vec<_>>(),
        windows.collect::<Vec<_>>(),
        incident.reached(Status::Resolved).map(|fact| fact.at)
    )
}

fn correction(entries: &[Entry], seq: u64, at: &str) -> Entry {
    let data = Corrected {
        seq,
        hash: format!("{seq:064}"),
        time: Some(time(at)),
        classified: None,
    };
    let number = entries.len() as u64 + 1;
    entry(number, Draft::new(&ActorId::nearest("a-1"), data))
}

/// Without what only says that something was corrected.
fn bare(mut incident: Incident) -> Incident {
    incident.corrections.clear();
    incident.amendments.clear();
    incident.replaced.clear();
    let (count, head) = (0, String::new());
    Incident {
        count,
        head,
        last_by_person: None,
        last_by_actor: BTreeMap::default(),
        clock: ClockHistory::default(),
        recorded_upto: DateTime::default(),
        ..incident
    }
}

proptest! {
    #[test]
    fn the_order_in_which_entries_are_recorded_changes_no_fact(
        order in Just((0..WORDS.len()).collect::<Vec<_>>()).prop_shuffle()
    ) {
        let shuffled: Vec<&str> = order.iter().map(|at| WORDS[*at]).collect();
        prop_assert_eq!(facts(&tape(START, &shuffled)), facts(&tape(START, &WORDS)));
    }

    /// The corrected journal says what one says that was right from the start: everything that depends on the time has
    /// changed, and nothing else.
    #[test]
    fn a_correction_changes_what_depends_on_the_corrected_time_and_nothing_else(
        at in 0..WORDS.len(),
        minute in 36..59u32,
    ) {
        let all = entries(START, &WORDS);
        let right = format!("2019-07-10T20:{minute}Z");
        let mut corrected = all.clone();
        corrected.push(correction(&all, at as u64 + 2, &right));
        let mut words = WORDS.map(str::to_string);
        let (what, _) = WORDS[at].split_once(' ').unwrap();
        words[at] = format!("{what} {right}");
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (found, wanted) = (Incident::from_entries(&corrected), tape(START, &words));
        prop_assert_eq!(bare(found), bare(wanted));
    }

    /// However the entries arrive, one by one or as a whole, the state is the same once it is folded again.
    #[test]
    fn a_correction_that_arrives_later_asks_for_another_fold(at in 0..WORDS.len()) {
        let mut all = entries(START, &WORDS);
        let mut incident = Incident::from_entries(&all);
        all.push(correction(&all, at as u64 + 2, "2019-07-10T20:00Z"));
        incident.apply(all.last().unwrap());
        prop_assert!(incident.is_stale);
        let again = Incident::from_entries(&all);
        prop_assert!(!again.is_stale);
        incident.is_stale = false;
        prop_assert_ne!(bare(again), bare(incident));
    }
}

#[test]
fn a_corrected_start_moves_the_first_window_and_is_remembered() {
    let mut all = entries(START, &["mitigated 2019-07-10T17:02Z"]);
    all.push(correction(&all, 1, "2019-07-10T16:36Z"));
    let incident = Incident::from_entries(&all);
    let windows = incident.windows().unwrap();
    assert_eq!(windows.total().unwrap().shown(), "26 min");
    assert_eq!(incident.started(), Some(time("2019-07-10T16:36Z").from()));
    let replaced = incident.replaced(1);
    assert_eq!(replaced.len(), 1);
    assert_eq!(replaced[0].by, 3);
}

#[test]
fn a_status_entered_late_does_not_reopen_a_resolved_incident() {
    let mut all = vec![entry(1, opened(time("2026-11-30T10:00Z"), false))];
    for (seq, words) in [(2, "resolved now"), (3, "identified 2026-11-30T11:00Z")] {
        all.push(entry(seq, draft(words)));
    }
    assert_eq!(Incident::from_entries(&all).status, Status::Resolved);
    // A status that is set when things happen counts, whatever the clock says.
    let mut back = entry(4, draft("investigating now"));
    back.recorded = all[0].recorded;
    all.push(back);
    assert_eq!(Incident::from_entries(&all).status, Status::Investigating);
}

#[test]
fn a_closed_incident_stays_closed_whatever_time_its_closing_states() {
    let incident = tape(
        START,
        &["closed 2019-07-10T17:00Z", "resolved 2019-07-10T18:00Z"],
    );
    assert_eq!(incident.status, Status::Closed);
}

#[test]
fn a_closing_with_an_earlier_time_closes() {
    let start = vec![entry(1, opened(time("2026-11-30T10:00Z"), false))];
    for before in ["mitigated now", "resolved now"] {
        let mut all = start.clone();
        all.push(entry(2, draft(before)));
        all.push(entry(3, draft("closed 2026-11-30T11:00Z")));
        assert_eq!(
            Incident::from_entries(&all).status,
            Status::Closed,
            "{before}"
        );
    }
}

#[test]
fn a_correction_of_another_entry_changes_nothing() {
    let mut all = entries(START, &["mitigated 2019-07-10T17:02Z"]);
    let mut forged = correction(&all, 2, "2019-07-10T20:00Z");
    let Body::Known(Event::Response(ResponseEvent::Corrected(data))) = &mut forged.body else {
        panic!("it is a correction");
    };
    data.hash = "0".repeat(64);
    let before = Incident::from_entries(&all).windows();
    all.push(forged);
    let incident = Incident::from_entries(&all);
    assert_eq!(incident.windows(), before);
    assert_eq!(incident.time_of(&all[1]).shown(), "2019-07-10T17:02Z");
    assert_eq!(incident.replaced(2), []);
}

#[test]
fn entries_of_old_journals_keep_the_order_of_recording() {
    let mut all = entries(
        START,
        &["resolved 2019-07-10T22:00Z", "identified 2019-07-10T21:00Z"],
    );
    for entry in &mut all {
        if let Some(occurred) = &mut entry.occurred {
            occurred.in_order = false;
        }
    }
    assert_eq!(Incident::from_entries(&all).status, Status::Identified);
}

#[test]
fn an_entry_that_was_corrected_keeps_its_own_words() {
    let mut all = entries(START, &["mitigated 2019-07-10T17:02Z"]);
    all.push(correction(&all, 2, "2019-07-10T17:05Z"));
    let is_status = |entry: &Entry| {
        matches!(
            entry.body,
            Body::Known(Event::Response(ResponseEvent::StatusChanged(_)))
        )
    };
    assert!(is_status(&all[1]));
    let incident = Incident::from_entries(&all);
    assert_eq!(incident.time_of(&all[1]).shown(), "2019-07-10T17:05Z");
    assert_eq!(all[1].when().shown(), "2019-07-10T17:02Z");
}
