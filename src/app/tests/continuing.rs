//! Damage to a live journal: the response continues in an incident that names the damaged one.

use super::*;
use crate::app::message::DamageOutcome;
use crate::incident::entry::{Classified, Corrected};
use crate::signals::Cause;

fn damaged(harness: &mut Harness, outcome: DamageOutcome) -> IncidentId {
    let id = harness.id();
    harness.say(damage(&id, outcome));
    id
}

fn damage(id: &IncidentId, outcome: DamageOutcome) -> JournalNews {
    JournalNews::Damaged {
        incident: id.clone(),
        why: Problem::new("line 4 is altered", "see it"),
        outcome,
    }
}

fn continuations(harness: &Harness) -> usize {
    harness.model.views.len() - 1
}

#[test]
fn the_response_continues_at_once_and_pages_at_the_times_that_were_due() {
    let mut harness = Harness::with_incident();
    harness.pass(60);
    let old = damaged(&mut harness, DamageOutcome::Continues);
    let new = harness.id();
    assert_ne!(old, new, "the screen follows the response");
    let opened = harness.incident().opened.clone().unwrap();
    let before = harness.model.views[&old].incident.clone();
    let follows = opened.data.follows.unwrap();
    assert_eq!((&follows.incident, follows.upto), (&old, before.count));
    assert_eq!(follows.head, before.head);
    assert_eq!(opened.data.started, before.started().unwrap());
    assert!(harness.view().title().ends_with("(continued)"));
    let hint = harness.model.views[&old].damage.clone().unwrap().hint;
    assert!(hint.contains(&format!("continued in {new}")), "{hint}");
    harness.pass(14 * 60);
    let pages = harness.sent.iter();
    let pages = pages.map(|page| (page.level.as_str(), &page.about.incident));
    let expected = [
        ("on-call", &old),
        ("on-call", &new),
        ("engineering-lead", &new),
    ];
    assert_eq!(
        pages.collect::<Vec<_>>(),
        expected,
        "none for the damaged one"
    );
}

#[test]
fn who_is_at_work_and_how_bad_it_is_is_carried_over() {
    let mut harness = Harness::acknowledged();
    harness.act(Action::Classify).answer("unknown").yes();
    harness.pass(2);
    let old = damaged(&mut harness, DamageOutcome::Continues);
    let incident = harness.incident();
    assert_eq!(incident.severity(), Severity::new(1));
    assert!(incident.roles.contains_key(&Role::IncidentCommander));
    let ack = incident.acknowledged().unwrap();
    let text = harness.view().acknowledged_by(ack);
    assert!(text.contains(&format!("of {old}")), "{text}");
    harness.pass(20 * 60);
    let new = harness.id();
    let pages = harness.sent.iter();
    let pages = pages.filter(|page| page.about.incident == new);
    let paged: Vec<&str> = pages.map(|page| page.level.as_str()).collect();
    // The person who acknowledged is at work.
    assert!(!paged.contains(&"on-call"), "{paged:?}");
    assert!(paged.contains(&"compliance"), "{paged:?}");
}

#[test]
fn the_severity_that_is_carried_over_is_the_last_by_its_time_as_corrected() {
    let verdict = |level: u8| Classified {
        matched: Vec::new(),
        severity: Severity::new(level).unwrap(),
        rule: slug("by-hand"),
        policy: "00".into(),
        answers: Vec::new(),
        flags: Vec::new(),
    };
    let person = actor_id("a-7f3c21aa");
    let mut harness = Harness::acknowledged();
    harness.pass(60);
    harness.others_record(&[Draft::new(&person, verdict(1))]);
    let Entry { seq, hash, .. } = harness.view().entries.last().unwrap().clone();
    harness.pass(60);
    let before: crate::times::StatedTime = (start() + TimeDelta::seconds(10)).into();
    let earlier = Draft::new(&person, verdict(4)).occurred(before, Cause::Said);
    let corrected = Corrected {
        seq,
        hash,
        time: None,
        classified: Some(Box::new(verdict(3))),
    };
    harness.others_record(&[earlier, Draft::new(&person, corrected)]);
    assert_eq!(harness.incident().severity(), Severity::new(3));
    let old = damaged(&mut harness, DamageOutcome::Continues);
    assert_ne!(harness.id(), old);
    assert_eq!(harness.incident().severity(), Severity::new(3));
}

#[test]
fn what_has_ended_or_may_pass_opens_nothing() {
    for outcome in [DamageOutcome::Ended, DamageOutcome::Unsure] {
        let mut harness = Harness::with_incident();
        damaged(&mut harness, outcome);
        harness.pass(30);
        assert_eq!(continuations(&harness), 0, "{outcome:?}");
    }
    let mut harness = Harness::with(|setup| setup.read_only = true);
    let id = IncidentId::compose(false, start().date_naive(), 1);
    harness.model.views.entry(id.clone()).or_default();
    harness.model.current = Some(id);
    damaged(&mut harness, DamageOutcome::Continues);
    harness.pass(30);
    assert_eq!(continuations(&harness), 0, "a console that writes nothing");
}

#[test]
fn damage_that_is_reported_again_or_found_by_another_program_opens_no_second() {
    let mut harness = Harness::with_incident();
    let old = damaged(&mut harness, DamageOutcome::Continues);
    harness.model.current = Some(old.clone());
    damaged(&mut harness, DamageOutcome::Continues);
    harness.pass(30);
    assert_eq!(continuations(&harness), 1);
    // A program that could still write follows the others.
    let mut other = Harness::with_incident();
    let old = other.id();
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
    other.say(loaded(new.clone(), entries));
    assert_eq!(other.model.current, Some(new.clone()));
    let service = other.view().service().unwrap();
    assert_eq!(
        other.model.active_incident(service),
        Some(&new),
        "alerts join it"
    );
    other.pass(16 * 60);
    let late = other.sent.iter();
    let late = late.filter(|page| page.level.as_str() == "engineering-lead");
    let late: Vec<&IncidentId> = late.map(|page| &page.about.incident).collect();
    assert_eq!(late, [&new]);
}

#[test]
fn a_continuation_that_cannot_be_opened_is_requested_again() {
    let mut harness = Harness::with_incident();
    let now = harness.model.now;
    let tick = |seconds| Msg::Tick(stamp(now + TimeDelta::seconds(seconds)));
    let damaged = damage(&harness.id(), DamageOutcome::Continues);
    let mut requested = |msg: Msg| {
        let effects = update(&mut harness.model, msg);
        let continues = |it: &&Effect| matches!(it, Effect::Journal(JournalTask::Continue { .. }));
        effects.iter().filter(continues).count()
    };
    assert_eq!(requested(damaged.into()), 1);
    assert_eq!(requested(tick(1)), 0);
    assert_eq!(requested(tick(6)), 1);
}

#[test]
fn a_journal_of_which_nothing_can_be_read_pages_for_the_strict_path() {
    let mut harness = Harness::new();
    let id = IncidentId::compose(false, start().date_naive(), 7);
    harness.say(damage(&id, DamageOutcome::Continues));
    let opened = harness.incident().opened.clone().unwrap();
    let strict = harness.model.setup.map.strict_place().0;
    assert_eq!(opened.data.service, strict);
    assert_eq!(opened.data.follows.unwrap().incident, id);
    harness.pass(2);
    assert_eq!(levels_paged(&harness), ["on-call"]);
}
