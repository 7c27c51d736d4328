//! Several programs see the same: it stands in the journal once, and what is old proves nothing.

use super::*;
use crate::incident::entry::{AlertSeen, Event, SourceBack, SourceLost};
use crate::incident::program;

fn others(harness: &mut Harness, event: Event) {
    let id = harness.model.current.clone().unwrap();
    harness.recorded_elsewhere(id, &[Draft::new(&program(), event)]);
}

fn count(harness: &Harness, kind: &str) -> usize {
    harness
        .kinds()
        .iter()
        .filter(|found| *found == kind)
        .count()
}

fn last(harness: &Harness) -> u64 {
    let sources = &harness.incident().sources;
    sources
        .get(&slug("prometheus"))
        .map_or(0, crate::incident::fold::SourceFacts::last)
}

#[test]
fn an_answer_from_before_a_loss_that_another_program_found_is_no_return() {
    let mut harness = Harness::new();
    harness.firing();
    harness.rules(true);
    harness.in_contact();
    harness.pass(3);
    let lost = SourceLost {
        source: slug("prometheus"),
        last: None,
        at: harness.model.now,
        supersedes: Some(0),
    };
    others(&mut harness, Event::from(lost));
    harness.pass(4);
    assert_eq!(count(&harness, "source-back"), 0);
    harness.rules(true);
    harness.in_contact();
    harness.pass(2);
    assert_eq!(count(&harness, "source-back"), 1, "an answer since then is");
}

#[test]
fn the_contact_of_another_program_is_contact() {
    let mut harness = Harness::new();
    harness.firing();
    harness.rules(true);
    harness.in_contact();
    harness.prometheus_is_down();
    harness.pass(20);
    assert_eq!(count(&harness, "source-lost"), 1);
    let back = SourceBack {
        source: slug("prometheus"),
        at: harness.model.now,
        supersedes: Some(last(&harness)),
    };
    others(&mut harness, Event::from(back));
    harness.pass(5);
    assert_eq!(count(&harness, "source-lost"), 1, "it was there just now");
    harness.pass(60);
    assert_eq!(
        count(&harness, "source-lost"),
        1,
        "nor is its loss recorded for ever"
    );
    harness.pass(600);
    assert_eq!(count(&harness, "source-lost"), 2);
}

#[test]
fn what_two_programs_see_at_once_stands_once() {
    let mut harness = Harness::new();
    harness.firing();
    harness.rules(true);
    harness.in_contact();
    harness.pass(1);
    let before = count(&harness, "alert-seen");
    let (key, known) = harness.incident().alerts.iter().next().unwrap();
    let theirs = AlertSeen {
        alert: key.clone(),
        state: AlertState::Suppressed,
        starts_at: start(),
        start: None,
        left_out: None,
        at: harness.model.now,
        source: slug("alertmanager"),
        supersedes: Some(known.last),
    };
    harness.disk_works = false;
    harness.alert(&["PaymentSuccessRateLow"], AlertState::Suppressed, start());
    others(&mut harness, Event::from(theirs));
    harness.disk_works = true;
    for effect in std::mem::take(&mut harness.waiting) {
        harness.perform(effect);
    }
    harness.pass(2);
    assert_eq!(count(&harness, "alert-seen"), before + 1);
}
