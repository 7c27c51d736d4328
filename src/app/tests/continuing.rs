//! Damage to a live journal: the response goes on in an incident that names the damaged one.

use super::*;
use crate::app::message::Fate;
use crate::incident::severity::Severity;
use crate::testing::stamp;

fn damaged(bench: &mut Bench, fate: Fate) -> IncidentId {
    let id = bench.model.current.clone().unwrap();
    let why = ("line 4 is altered".to_string(), "see it".to_string());
    bench.say(Msg::Damaged {
        incident: id.clone(),
        why,
        fate,
    });
    id
}

fn continuations(bench: &Bench) -> usize {
    bench.model.boards.len() - 1
}

#[test]
fn the_response_goes_on_at_once_and_calls_at_the_times_that_were_due() {
    let mut bench = Bench::new();
    bench.firing();
    bench.pass(60);
    let old = damaged(&mut bench, Fate::GoesOn);
    let new = bench.model.current.clone().unwrap();
    assert_ne!(old, new, "the screen goes where the response goes on");
    let opened = bench.incident().opened.clone().unwrap();
    let before = bench.model.boards[&old].incident.clone();
    let follows = opened.data.follows.unwrap();
    assert_eq!(
        (follows.incident, follows.upto),
        (old.clone(), before.count)
    );
    assert_eq!(follows.head, before.head);
    assert_eq!(opened.data.started, before.started().unwrap());
    assert!(
        bench
            .model
            .board()
            .unwrap()
            .title()
            .ends_with("(continued)")
    );
    let (_, hint) = bench.model.boards[&old].damage.clone().unwrap();
    assert!(hint.contains(&format!("continued in {new}")), "{hint}");
    bench.pass(14 * 60);
    let calls: Vec<(&str, &IncidentId)> = bench
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
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("asxy");
    bench.pass(2);
    let old = damaged(&mut bench, Fate::GoesOn);
    let incident = bench.incident();
    assert_eq!(incident.severity(), Severity::new(1));
    assert!(incident.roles.contains_key(&Role::IncidentCommander));
    let ack = incident.acknowledged().unwrap();
    let text = bench.model.board().unwrap().answered_by(ack);
    assert!(text.contains(&format!("of {old}")), "{text}");
    bench.pass(20 * 60);
    let new = bench.model.current.clone().unwrap();
    let called = bench.sent.iter().filter(|page| page.about.incident == new);
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
        let mut bench = Bench::new();
        bench.firing();
        damaged(&mut bench, fate);
        bench.pass(30);
        assert_eq!(continuations(&bench), 0, "{fate:?}");
    }
    let mut bench = Bench::with(|setup| setup.read_only = true);
    bench
        .model
        .boards
        .entry(IncidentId::compose(false, start().date_naive(), 1))
        .or_default();
    bench.model.current = Some(IncidentId::compose(false, start().date_naive(), 1));
    damaged(&mut bench, Fate::GoesOn);
    bench.pass(30);
    assert_eq!(continuations(&bench), 0, "a console that writes nothing");
}

#[test]
fn damage_that_is_told_again_or_found_by_another_program_opens_no_second() {
    let mut bench = Bench::new();
    bench.firing();
    let old = damaged(&mut bench, Fate::GoesOn);
    bench.model.current = Some(old.clone());
    damaged(&mut bench, Fate::GoesOn);
    bench.pass(30);
    assert_eq!(continuations(&bench), 1);
    // A program that still could write goes where the others are.
    let mut other = Bench::new();
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
    let draft = Draft::new(&crate::incident::program(), Event::Opened(data));
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
    let mut bench = Bench::new();
    bench.firing();
    let id = bench.model.current.clone().unwrap();
    let why = ("line 4 is altered".to_string(), "see it".to_string());
    let ask = |bench: &mut Bench, msg: Msg| {
        let effects = update(&mut bench.model, msg);
        let asked = |effect: &&Effect| matches!(effect, Effect::Continue { .. });
        effects.iter().filter(asked).count()
    };
    let damaged = Msg::Damaged {
        incident: id,
        why,
        fate: Fate::GoesOn,
    };
    assert_eq!(ask(&mut bench, damaged), 1);
    let now = bench.model.now;
    assert_eq!(
        ask(&mut bench, Msg::Tick(stamp(now + TimeDelta::seconds(1)))),
        0
    );
    assert_eq!(
        ask(&mut bench, Msg::Tick(stamp(now + TimeDelta::seconds(6)))),
        1
    );
}

#[test]
fn a_journal_of_which_nothing_can_be_read_calls_people_for_the_strict_path() {
    let mut bench = Bench::new();
    let id = IncidentId::compose(false, start().date_naive(), 7);
    bench.say(Msg::Damaged {
        incident: id.clone(),
        why: ("line 1 is altered".into(), "see it".into()),
        fate: Fate::GoesOn,
    });
    let opened = bench.incident().opened.clone().unwrap();
    assert_eq!(opened.data.service, bench.model.setup.map.strict_place().0);
    assert_eq!(opened.data.follows.unwrap().incident, id);
    bench.pass(2);
    assert_eq!(levels_paged(&bench), ["on-call"]);
}
