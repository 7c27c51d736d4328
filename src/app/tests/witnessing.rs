//! Several programs see the same: it stands in the journal once, and what is old proves nothing.

use super::*;
use crate::incident::entry::{AlertSeen, SourceBack, SourceLost};
use crate::incident::program;

fn others(bench: &mut Bench, event: Event) {
    let id = bench.model.current.clone().unwrap();
    bench.recorded_elsewhere(id, &[Draft::new(&program(), event)]);
}

fn count(bench: &Bench, kind: &str) -> usize {
    bench.kinds().iter().filter(|found| *found == kind).count()
}

fn last(bench: &Bench) -> u64 {
    let sources = &bench.incident().sources;
    sources
        .get(&slug("prometheus"))
        .map_or(0, crate::incident::fold::SourceFacts::last)
}

#[test]
fn an_answer_from_before_a_loss_that_another_program_found_is_no_return() {
    let mut bench = Bench::new();
    bench.firing();
    bench.rules(true);
    bench.in_contact();
    bench.pass(3);
    let lost = SourceLost {
        source: slug("prometheus"),
        last: None,
        at: bench.model.now,
        after: Some(0),
    };
    others(&mut bench, Event::SourceLost(lost));
    bench.pass(4);
    assert_eq!(count(&bench, "source-back"), 0);
    bench.rules(true);
    bench.in_contact();
    bench.pass(2);
    assert_eq!(count(&bench, "source-back"), 1, "an answer since then is");
}

#[test]
fn the_contact_of_another_program_is_contact() {
    let mut bench = Bench::new();
    bench.firing();
    bench.rules(true);
    bench.in_contact();
    bench.prometheus_is_down();
    bench.pass(20);
    assert_eq!(count(&bench, "source-lost"), 1);
    let back = SourceBack {
        source: slug("prometheus"),
        at: bench.model.now,
        after: Some(last(&bench)),
    };
    others(&mut bench, Event::SourceBack(back));
    bench.pass(5);
    assert_eq!(count(&bench, "source-lost"), 1, "it was there just now");
    bench.pass(60);
    assert_eq!(
        count(&bench, "source-lost"),
        1,
        "nor does whoever cannot reach it say so for ever"
    );
    bench.pass(600);
    assert_eq!(count(&bench, "source-lost"), 2);
}

#[test]
fn what_two_programs_see_at_once_stands_once() {
    let mut bench = Bench::new();
    bench.firing();
    bench.rules(true);
    bench.in_contact();
    bench.pass(1);
    let before = count(&bench, "alert-seen");
    let (key, known) = bench.incident().alerts.iter().next().unwrap();
    let theirs = AlertSeen {
        alert: key.clone(),
        state: AlertState::Suppressed,
        starts_at: start(),
        start: None,
        left_out: None,
        at: bench.model.now,
        source: slug("alertmanager"),
        after: Some(known.last),
    };
    bench.disk_works = false;
    bench.alert(&["PaymentSuccessRateLow"], AlertState::Suppressed, start());
    others(&mut bench, Event::AlertSeen(theirs));
    bench.disk_works = true;
    for effect in std::mem::take(&mut bench.waiting) {
        bench.perform(effect);
    }
    bench.pass(2);
    assert_eq!(count(&bench, "alert-seen"), before + 1);
}
