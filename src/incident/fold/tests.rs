mod times;

use super::*;
use crate::incident::entry::{
    Classified, Corrected, Event, ItemTicked, Noted, PlaybookStarted, ResponseEvent, RoleAssigned,
    StatusChanged, StepOutcome, StepRecorded,
};
use crate::incident::ids::{ActorId, PlaybookId, Slug, StepId};
use crate::incident::roles::Role;
use crate::incident::severity::Severity;
use crate::incident::status::Status;
use chrono::{DateTime, TimeDelta};
use std::collections::BTreeMap;

fn entry(seq: u64, event: Event) -> Entry {
    Entry {
        seq,
        id: String::new(),
        hash: format!("{seq:064}"),
        recorded: DateTime::UNIX_EPOCH + TimeDelta::minutes(seq as i64),
        mono: None,
        by: ActorId::nearest("a-1"),
        occurred: None,
        against: Vec::new(),
        masked: Vec::new(),
        body: Body::Known(event),
        texts: BTreeMap::new(),
    }
}

fn fold(events: Vec<Event>) -> Incident {
    let entries: Vec<Entry> = events
        .into_iter()
        .enumerate()
        .map(|(at, event)| entry(at as u64 + 1, event))
        .collect();
    Incident::from_entries(&entries)
}

fn classified(level: u8, flag: Option<&str>) -> Event {
    Event::from(Classified {
        matched: Vec::new(),
        severity: Severity::new(level).unwrap(),
        rule: Slug::nearest("r"),
        policy: String::new(),
        answers: Vec::new(),
        flags: flag.map(Slug::nearest).into_iter().collect(),
    })
}

fn status(status: Status) -> Event {
    Event::from(StatusChanged { status })
}

#[test]
fn a_new_classification_keeps_the_earlier_one_visible() {
    let incident = fold(vec![
        classified(2, None),
        classified(1, Some("transaction-integrity")),
    ]);
    assert_eq!(incident.severity(), Severity::new(1));
    assert_eq!(incident.classifications.len(), 2);
    assert!(
        incident
            .flags
            .contains(&Slug::nearest("transaction-integrity"))
    );
}

#[test]
fn an_incident_may_go_back_and_then_the_later_recovery_counts() {
    let incident = fold(vec![
        status(Status::Mitigated),
        status(Status::Investigating),
        status(Status::Mitigated),
        status(Status::Resolved),
    ]);
    assert_eq!(incident.status, Status::Resolved);
    assert_eq!(incident.reached(Status::Mitigated).unwrap().seq, 3);
    assert_eq!(incident.reached(Status::Closed), None);
}

#[test]
fn a_correction_leaves_what_it_corrects_in_place() {
    let corrected = Corrected {
        time: None,
        classified: None,
        seq: 1,
        hash: format!("{:064}", 1),
    };
    let incident = fold(vec![
        Event::from(Noted {}),
        Event::Response(ResponseEvent::Corrected(corrected)),
    ]);
    assert_eq!(incident.notes, [1]);
    assert_eq!(incident.corrections[&1], [2]);
}

#[test]
fn a_role_can_be_given_and_taken() {
    let role = |actor: Option<&str>| {
        let actor = actor.map(ActorId::nearest);
        Event::from(RoleAssigned {
            supersedes: None,
            role: Role::IncidentCommander,
            actor,
        })
    };
    assert_eq!(
        fold(vec![role(Some("a-1"))]).roles_of(&ActorId::nearest("a-1")),
        [Role::IncidentCommander]
    );
    assert!(fold(vec![role(Some("a-1")), role(None)]).roles.is_empty());
}

#[test]
fn an_unknown_entry_is_kept_and_changes_nothing_else() {
    let mut unknown = entry(1, Event::from(Noted {}));
    unknown.body = Body::Unknown("from-the-future".into());
    let incident = Incident::from_entries(&[unknown]);
    assert_eq!(incident.unknown, [1]);
    assert_eq!(
        Incident {
            unknown: Vec::new(),
            ..incident.clone()
        }
        .notes,
        [] as [u64; 0]
    );
}

fn started() -> Event {
    Event::from(PlaybookStarted {
        playbook: PlaybookId::nearest("demo"),
        digest: "v1".into(),
        steps: 5,
        goes_on: false,
    })
}

fn tick(digest: &str, ticked: bool, supersedes: u64) -> Event {
    Event::from(ItemTicked {
        playbook: PlaybookId::nearest("demo"),
        digest: digest.into(),
        step: StepId::nearest("go-left"),
        item: 2,
        ticked,
        supersedes,
    })
}

fn step_done() -> Event {
    Event::from(StepRecorded {
        playbook: PlaybookId::nearest("demo"),
        step: StepId::nearest("go-left"),
        number: 4,
        outcome: StepOutcome::Done,
        choice: None,
        reading: None,
        expected: None,
        at: None,
    })
}

/// The entry by which the item is ticked in this version of the file, and the one that its next tick follows.
fn item(events: Vec<Event>, digest: &str) -> (Option<u64>, u64) {
    let (incident, step) = (fold(events), StepId::nearest("go-left"));
    let run = &incident.playbooks[&PlaybookId::nearest("demo")];
    let tick = run.tick(digest, &step, 2);
    (tick.map(|tick| tick.seq), run.last_change(digest, &step, 2))
}

#[test]
fn a_tick_counts_until_it_is_taken_back_the_step_has_its_result_or_the_playbook_starts_again() {
    let ticked = vec![started(), tick("v1", true, 1)];
    let and = |more: Event| [ticked.clone(), vec![more]].concat();
    assert_eq!(item(ticked.clone(), "v1"), (Some(2), 2));
    assert_eq!(item(and(tick("v1", false, 2)), "v1"), (None, 3));
    assert_eq!(item(and(step_done()), "v1"), (None, 2));
    assert_eq!(item(and(started()), "v1"), (None, 3));
}

#[test]
fn a_tick_never_counts_for_another_version_of_the_file() {
    let ticked = vec![started(), tick("v1", true, 1)];
    assert_eq!(item(ticked.clone(), "v2"), (None, 1));
    let both = [ticked, vec![tick("v2", true, 1)]].concat();
    assert_eq!(item(both.clone(), "v1"), (Some(2), 2));
    assert_eq!(item(both, "v2"), (Some(3), 3));
    assert_ne!(
        tick("v1", true, 1).dedup_key(),
        tick("v2", true, 1).dedup_key()
    );
}
