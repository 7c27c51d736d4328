//! What failing payments cost: when it is recorded, and which number is shown.

use super::*;
use crate::app::selectors::impact::shown;
use crate::incident::entry::ImpactMeasured;
use crate::signals::Cause;
use crate::signals::impact::ImpactBasis;
use crate::testing::reports;

fn at(minutes: i64) -> DateTime<Utc> {
    start() + TimeDelta::minutes(minutes)
}

/// A report of the next minute: a drop since `since`, ended or not.
fn minute(harness: &mut Harness, since: DateTime<Utc>, ended: Option<DateTime<Utc>>) {
    let report = reports::drop(harness.model.now, since, ended);
    harness.say(Msg::Signals(Box::new(report)));
    harness.pass(60);
}

fn recorded(harness: &Harness) -> Vec<(Cause, ImpactMeasured)> {
    let entries = harness.view().entries.iter();
    let found = entries.filter_map(|entry| entry.data::<ImpactMeasured>());
    found.map(|data| (data.cause, data.clone())).collect()
}

#[test]
fn an_impact_is_recorded_when_it_begins_every_five_minutes_and_when_it_ends() {
    let mut harness = Harness::with_incident();
    for _ in 0..12 {
        minute(&mut harness, at(-7), None);
    }
    for _ in 0..3 {
        minute(&mut harness, at(-7), Some(at(8)));
    }
    let recorded = recorded(&harness);
    let causes: Vec<Cause> = recorded.iter().map(|(cause, _)| *cause).collect();
    assert_eq!(
        causes,
        [Cause::Change, Cause::Cadence, Cause::Cadence, Cause::Change]
    );
    let last = &recorded[3].1.impact;
    assert!(last.ended && last.basis == ImpactBasis::Drop);
    // Fifteen minutes at 180 failures, from the measured start and not from the alert.
    assert_eq!((last.from, last.to, last.failed), (at(-7), at(8), 2700));
    let amount = last.amount.as_ref().unwrap();
    assert_eq!((amount.at_least, amount.average), (87_750, Some(32.5)));
}

#[test]
fn a_later_estimate_of_the_start_never_shrinks_what_is_recorded() {
    let mut harness = Harness::with_incident();
    minute(&mut harness, at(-60), None);
    // Another process, with another estimate of the same drop.
    for _ in 0..8 {
        minute(&mut harness, at(-4), None);
    }
    let recorded = recorded(&harness);
    assert!(recorded.iter().all(|(_, it)| it.impact.from == at(-60)));
    minute(&mut harness, at(-75), None);
    let incident = harness.incident();
    let now = shown(&harness.model, incident).unwrap();
    assert_eq!(now.impact.from, at(-75), "an earlier one counts");
}

#[test]
fn a_second_drop_is_a_second_span_and_the_total_has_both() {
    let mut harness = Harness::with_incident();
    for _ in 0..3 {
        minute(&mut harness, at(-3), None);
    }
    minute(&mut harness, at(-3), Some(at(0)));
    harness.pass(30 * 60);
    for _ in 0..3 {
        minute(&mut harness, at(30), None);
    }
    let signals = &harness.incident().signals;
    let spans = &signals[&harness.model.setup.signal].impacts;
    assert_eq!(spans.len(), 2);
    let total = shown(&harness.model, harness.incident()).unwrap().total();
    let each = spans.iter().map(|span| span.last.data.impact.failed);
    assert!(total.failed >= each.sum::<u64>() && total.from == at(-3));
}

#[test]
fn lost_contact_ends_no_impact_and_the_recorded_one_is_shown_with_its_age() {
    let mut harness = Harness::with_incident();
    minute(&mut harness, at(-7), None);
    let before = recorded(&harness).len();
    for _ in 0..20 {
        harness.prometheus_is_down();
        harness.pass(60);
    }
    assert_eq!(recorded(&harness).len(), before);
    let now = shown(&harness.model, harness.incident()).unwrap();
    assert!(!now.impact.ended && now.recorded.is_some());
}

#[test]
fn a_decision_records_what_was_known_of_the_impact() {
    let mut harness = Harness::acknowledged();
    minute(&mut harness, at(-7), None);
    minute(&mut harness, at(-7), None);
    harness.set_status(Status::Identified, "the release of acme");
    if harness.question().is_some() {
        harness.yes();
    }
    let recorded = recorded(&harness);
    let (cause, last) = recorded.last().unwrap();
    assert_eq!(*cause, Cause::Decision);
    assert!(last.impact.failed > recorded[0].1.impact.failed);
}

#[test]
fn without_a_drop_the_count_since_the_start_is_shown_as_that_and_not_recorded_by_itself() {
    let mut harness = Harness::with_incident();
    for _ in 0..8 {
        harness.reading(Reading::Value(0.998));
        harness.pass(60);
    }
    assert_eq!(recorded(&harness), []);
    let now = shown(&harness.model, harness.incident()).unwrap();
    assert_eq!(now.impact.basis, ImpactBasis::Incident);
}
