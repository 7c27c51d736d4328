//! Several programs see the same: it stands in the journal once, and what is old proves nothing.

use super::*;
use crate::incident::entry::{AlertSeen, SourceBack, SourceLost};
use crate::incident::program;

fn last(harness: &Harness) -> u64 {
    let source = harness.incident().sources.get(&slug("prometheus"));
    source.map_or(0, crate::incident::fold::SourceFacts::last)
}

#[test]
fn an_answer_from_before_a_loss_that_another_program_found_is_no_return() {
    let mut harness = Harness::with_incident();
    harness.rules(true);
    harness.in_contact();
    harness.pass(3);
    let lost = SourceLost {
        source: slug("prometheus"),
        last: None,
        at: harness.model.now,
        supersedes: Some(0),
    };
    harness.others_record(&[Draft::new(&program(), lost)]);
    harness.pass(4);
    assert_eq!(harness.count("source-back"), 0);
    harness.rules(true);
    harness.in_contact();
    harness.pass(2);
    assert_eq!(harness.count("source-back"), 1, "an answer since then is");
}

#[test]
fn the_contact_of_another_program_is_contact() {
    let mut harness = Harness::with_incident();
    harness.rules(true);
    harness.in_contact();
    harness.prometheus_is_down();
    harness.pass(20);
    assert_eq!(harness.count("source-lost"), 1);
    let back = SourceBack {
        source: slug("prometheus"),
        at: harness.model.now,
        supersedes: Some(last(&harness)),
    };
    harness.others_record(&[Draft::new(&program(), back)]);
    harness.pass(5);
    assert_eq!(harness.count("source-lost"), 1, "it was there just now");
    harness.pass(60);
    assert_eq!(harness.count("source-lost"), 1, "nor a minute later");
    harness.pass(600);
    assert_eq!(harness.count("source-lost"), 2);
}

#[test]
fn what_two_programs_see_at_once_stands_once() {
    let mut harness = Harness::with_incident();
    harness.rules(true);
    harness.in_contact();
    harness.pass(1);
    let before = harness.count("alert-seen");
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
    harness.others_record(&[Draft::new(&program(), theirs)]);
    harness.resume_disk();
    harness.pass(2);
    assert_eq!(harness.count("alert-seen"), before + 1);
}
