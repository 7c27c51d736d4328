//! Damage to a live journal: the response goes on in an incident that names the damaged one.

use super::*;
use crate::app::message::Fate;
use crate::incident::severity::Severity;
use crate::testing::stamp;
use crate::text::Problem;

fn damaged(harness: &mut Harness, fate: Fate) -> IncidentId {
    let id = harness.model.current.clone().unwrap();
    let why = Problem::new("line 4 is altered", "see it");
    harness.say(Msg::Damaged {
        incident: id.clone(),
        why,
        fate,
    });
    id
}

fn continuations(harness: &Harness) -> usize {
    harness.model.views.len() - 1
}

#[test]
fn the_response_goes_on_at_once_and_calls_at_the_times_that_were_due() {
    let mut harness = Harness::new();
    harness.firing();
    harness.pass(60);
    let old = damaged(&mut harness, Fate::GoesOn);
    let new = harness.model.current.clone().unwrap();
    assert_ne!(old, new, "the screen goes where the response goes on");
    let opened = harness.incident().opened.clone().unwrap();
    let before = harness.model.views[&old].incident.clone();
    let follows = opened.data.follows.unwrap();
    assert_eq!(
        (follows.incident, follows.upto),
        (old.clone(), before.count)
    );
    assert_eq!(follows.head, before.head);
    assert_eq!(opened.data.started, before.started().unwrap());
    assert!(
        harness
            .model
            .view()
            .unwrap()
            .title()
            .ends_with("(continued)")
    );
    let hint = harness.model.views[&old].damage.clone().unwrap().hint;
    assert!(hint.contains(&format!("continued in {new}")), "{hint}");
    harness.pass(14 * 60);
    let calls: Vec<(&str, &IncidentId)> = harness
        .sent
        .iter()
        .map(|page| (page.level.as_str(), &page.about.incident))
        .collect();
    assert_eq!(
        calls,
        [
            ("on-call", &old),
            ("on-call", &new),
            ("engineering-lead", &new)
        ],
        "the damaged one calls nobody any more"
    );
}

#[test]
fn who_is_at_work_and_how_bad_it_is_is_carried_over() {
    let mut harness = Harness::new();
    harness.firing();
    harness
        .act(Action::Acknowledge)
        .act(Action::Classify)
        .answer("unknown")
        .yes();
    harness.pass(2);
    let old = damaged(&mut harness, Fate::GoesOn);
    let incident = harness.incident();
    assert_eq!(incident.severity(), Severity::new(1));
    assert!(incident.roles.contains_key(&Role::IncidentCommander));
    let ack = incident.acknowledged().unwrap();
    let text = harness.model.view().unwrap().answered_by(ack);
    assert!(text.contains(&format!("of {old}")), "{text}");
    harness.pass(20 * 60);
    let new = harness.model.current.clone().unwrap();
    let called = harness
        .sent
        .iter()
        .filter(|page| page.about.incident == new);
    let called: Vec<&str> = called.map(|page| page.level.as_str()).collect();
    assert!(
        !called.contains(&"on-call"),
        "the person who acknowledged is at work: {called:?}"
    );
    assert!(called.contains(&"compliance"), "{called:?}");
}

#[test]
fn what_has_ended_or_may_pass_opens_nothing() {
    for fate in [Fate::Over, Fate::Unsure] {
        let mut harness = Harness::new();
        harness.firing();
        damaged(&mut harness, fate);
        harness.pass(30);
        assert_eq!(continuations(&harness), 0, "{fate:?}");
    }
    let mut harness = Harness::with(|setup| setup.read_only = true);
    harness
        .model
        .views
        .entry(IncidentId::compose(false, start().date_naive(), 1))
        .or_default();
    harness.model.current = Some(IncidentId::compose(false, start().date_naive(), 1));
    damaged(&mut harness, Fate::GoesOn);
    harness.pass(30);
    assert_eq!(continuations(&harness), 0, "a console that writes nothing");
}

#[test]
fn damage_that_is_told_again_or_found_by_another_program_opens_no_second() {
    let mut harness = Harness::new();
    harness.firing();
    let old = damaged(&mut harness, Fate::GoesOn);
    harness.model.current = Some(old.clone());
    damaged(&mut harness, Fate::GoesOn);
    harness.pass(30);
    assert_eq!(continuations(&harness), 1);
    // A program that still could write goes where the others are.
    let mut other = Harness::new();
    other.firing();
    let old = other.model.current.clone().unwrap();
    let new = IncidentId::compose(false, start().date_naive(), 99);
    let mut tape = crate::testing::Tape::default();
    let mut data = other.incident().opened.clone().unwrap().data;
    data.follows = Some(crate::incident::entry::Follows {
        incident: old.clone(),
        upto: 3,
        head: "0".repeat(64),
    });
    let draft = Draft::new(&crate::incident::program(), data);
    let (entries, _) = tape.append(&[draft], other.model.now);
    other.stories.insert(new.clone(), tape);
    let state = Box::new(Incident::from_entries(&entries));
    other.say(Msg::Loaded {
        incident: new.clone(),
        entries,
        state,
    });
    assert_eq!(other.model.current, Some(new.clone()));
    let service = other.incident().opened.clone().unwrap().data.service;
    assert_eq!(
        other.model.going_on(&service),
        Some(&new),
        "alerts join the new one"
    );
    other.pass(16 * 60);
    let late = other
        .sent
        .iter()
        .filter(|page| page.level.as_str() == "engineering-lead");
    let late: Vec<&IncidentId> = late.map(|page| &page.about.incident).collect();
    assert_eq!(late, [&new]);
}

#[test]
fn a_continuation_that_cannot_be_opened_is_asked_for_again() {
    let mut harness = Harness::new();
    harness.firing();
    let id = harness.model.current.clone().unwrap();
    let why = Problem::new("line 4 is altered", "see it");
    let ask = |harness: &mut Harness, msg: Msg| {
        let effects = update(&mut harness.model, msg);
        let asked = |effect: &&Effect| matches!(effect, Effect::Continue { .. });
        effects.iter().filter(asked).count()
    };
    let damaged = Msg::Damaged {
        incident: id,
        why,
        fate: Fate::GoesOn,
    };
    assert_eq!(ask(&mut harness, damaged), 1);
    let now = harness.model.now;
    assert_eq!(
        ask(&mut harness, Msg::Tick(stamp(now + TimeDelta::seconds(1)))),
        0
    );
    assert_eq!(
        ask(&mut harness, Msg::Tick(stamp(now + TimeDelta::seconds(6)))),
        1
    );
}

#[test]
fn a_journal_of_which_nothing_can_be_read_calls_people_for_the_strict_path() {
    let mut harness = Harness::new();
    let id = IncidentId::compose(false, start().date_naive(), 7);
    harness.say(Msg::Damaged {
        incident: id.clone(),
        why: Problem::new("line 1 is altered", "see it"),
        fate: Fate::GoesOn,
    });
    let opened = harness.incident().opened.clone().unwrap();
    assert_eq!(
        opened.data.service,
        harness.model.setup.map.strict_place().0
    );
    assert_eq!(opened.data.follows.unwrap().incident, id);
    harness.pass(2);
    assert_eq!(levels_paged(&harness), ["on-call"]);
}
