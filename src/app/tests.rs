//! Whole incidents played through `update`, time passed and not slept.

mod adopting;
mod bench;
mod classifying;
mod clocks;
mod commanding;
mod continuing;
mod ending;
mod odd;
mod overflowing;
mod paging;
mod seeing;
mod silencing;
mod simulation;
mod stepping;
mod witnessing;
mod writing;

use super::ui::{Edit, Overlay, Screen};
use super::*;
use crate::incident::alerts::{AlertIndex, Gathered};
use crate::incident::entry::{PageOutcome, StepOutcome, field};
use crate::incident::escalation::Call;
use crate::incident::observation::{Alert, AlertState};
use crate::incident::{Boot, Draft, Event, Incident, IncidentId, Role, Slug, Status};
use crate::outbox::Delivery;
use crate::signals::{Reading, Sample};
use crate::sources::{RuleSet, RuleState, alert_from_labels};
use crate::testing::{bench_setup, slug, start};
use crate::text::Safe;
use bench::{Bench, alert, levels_paged};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;

#[test]
fn a_critical_alert_opens_one_incident_and_a_storm_joins_it() {
    let mut bench = Bench::new();
    let names: Vec<String> = (0..400).map(|n| format!("Alert{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    bench.alert(&names, AlertState::Firing, start());
    bench.alert(&names, AlertState::Firing, start());
    assert_eq!(bench.model.boards.len(), 1);
    assert_eq!(
        bench.incident().alerts.len(),
        300,
        "what is recorded of a storm is bounded"
    );
    assert_eq!(
        levels_paged(&bench),
        ["on-call"],
        "one page per level, not per alert"
    );
}

#[test]
fn a_warning_or_a_silenced_alert_opens_nothing() {
    let mut bench = Bench::new();
    bench.alert(&["CheckoutErrors"], AlertState::Firing, start());
    bench.alert(&["PaymentSuccessRateLow"], AlertState::Suppressed, start());
    assert!(bench.model.boards.is_empty());
}

#[test]
fn nothing_opens_before_the_data_directory_is_known_or_in_a_read_only_console() {
    let mut bench = Bench::with(|setup| setup.read_only = true);
    bench.firing();
    assert!(bench.model.boards.is_empty());
    bench.keys("n");
    assert!(
        bench
            .model
            .ui
            .notice
            .as_ref()
            .unwrap()
            .text
            .contains("read-only")
    );
}

/// The console ends after the intent was recorded; another one opens the same journal.
#[test]
fn an_alert_that_goes_on_after_closing_opens_no_second_incident_and_a_new_firing_does() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("a");
    bench.keys("u5⏎");
    bench.keys("y");
    assert_eq!(bench.incident().status, Status::Closed);
    bench.firing();
    assert_eq!(bench.model.boards.len(), 1);
    bench.pass(60);
    let again = bench.model.now;
    bench.alert(&["PaymentSuccessRateLow"], AlertState::Firing, again);
    assert_eq!(bench.model.boards.len(), 2);
}

#[test]
fn an_alert_that_is_gone_while_its_rule_is_evaluated_has_cleared() {
    let mut bench = Bench::new();
    bench.rules(true);
    bench.firing();
    bench.rules(false);
    bench.alert(&[], AlertState::Firing, start());
    let state = bench.incident().alerts.values().next().unwrap().state;
    assert_eq!(state, AlertState::Cleared);
}

#[test]
fn an_alert_that_is_gone_while_prometheus_is_silent_is_no_recovery() {
    let mut bench = Bench::new();
    bench.rules(true);
    bench.reading(Reading::Value(0.8));
    bench.firing();
    bench.prometheus_is_down();
    bench.pass(60);
    bench.prometheus_is_down();
    bench.pass(1);
    assert!(bench.kinds().contains(&"source-lost".to_string()));
    bench.alert(&[], AlertState::Firing, start());
    let state = bench.incident().alerts.values().next().unwrap().state;
    assert_eq!(state, AlertState::Vanished);
    assert_eq!(bench.incident().status, Status::Investigating);
    bench.reading(Reading::Value(0.8));
    bench.rules(false);
    bench.pass(1);
    assert!(bench.kinds().contains(&"source-back".to_string()));
    let state = bench.incident().alerts.values().next().unwrap().state;
    assert_eq!(
        state,
        AlertState::Cleared,
        "evidence that comes later counts"
    );
}

#[test]
fn a_signal_is_recorded_on_change_and_at_decisions() {
    let mut bench = Bench::new();
    bench.reading(Reading::Value(0.95));
    bench.firing();
    bench.pass(5);
    bench.reading(Reading::Value(0.951));
    bench.pass(5);
    bench.reading(Reading::Value(0.952));
    let before = bench
        .kinds()
        .iter()
        .filter(|kind| *kind == "signal-seen")
        .count();
    assert_eq!(before, 1, "small changes are not recorded");
    bench.keys("u2⏎");
    let after = bench
        .kinds()
        .iter()
        .filter(|kind| *kind == "signal-seen")
        .count();
    assert_eq!(after, 2, "what was known at a decision is");
    bench.pass(301);
    bench.reading(Reading::Value(0.952));
    assert_eq!(
        bench
            .kinds()
            .iter()
            .filter(|kind| *kind == "signal-seen")
            .count(),
        3,
        "and every five minutes"
    );
}

#[test]
fn classification_takes_a_measurement_over_and_marks_it() {
    let mut bench = Bench::new();
    bench.firing();
    bench.reading(Reading::Value(0.95));
    bench.keys("asn");
    // The proposal stays although the reading moves on: nothing changes under the cursor.
    bench.reading(Reading::Value(0.40));
    bench.keys("⏎n");
    let verdict = bench.incident().classification().unwrap();
    assert_eq!(
        (verdict.severity.level(), verdict.rule.as_str()),
        (2, "availability-degraded")
    );
    let completion = verdict
        .answers
        .iter()
        .find(|a| a.question.as_str() == "completion")
        .unwrap();
    assert_eq!(completion.reading, Some(Reading::Value(0.95)));
    bench.keys("sxy");
    assert_eq!(
        bench.incident().classifications.len(),
        2,
        "the earlier one stays"
    );
}

#[test]
fn a_stale_reading_is_not_taken_over() {
    let mut bench = Bench::new();
    bench.firing();
    bench.reading(Reading::Value(0.95));
    bench.pass(60);
    bench.keys("sn");
    assert_eq!(bench.model.ui.answers.proposal, None);
}

#[test]
fn leaving_a_classification_records_nothing() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("sn⎋");
    assert!(bench.incident().classifications.is_empty());
    assert!(!bench.model.ui.answers.active);
}

#[test]
fn what_the_disk_has_not_confirmed_is_not_shown_as_done() {
    let mut bench = Bench::new();
    bench.firing();
    bench.disk_works = false;
    bench.keys("a");
    assert!(bench.incident().acknowledged().is_none());
    assert_eq!(bench.model.board().unwrap().pending.len(), 1);
    let Effect::Record {
        incident, token, ..
    } = bench.waiting[0].clone()
    else {
        panic!()
    };
    let why = ("no space".to_string(), "free some".to_string());
    bench.say(Msg::NotRecorded {
        incident,
        token,
        why,
        kept: true,
    });
    assert!(bench.model.board().unwrap().problem.is_some());
    bench.disk_works = true;
    for effect in std::mem::take(&mut bench.waiting) {
        bench.perform(effect);
    }
    assert!(bench.incident().acknowledged().is_some());
    assert!(bench.model.board().unwrap().problem.is_none());
}

#[test]
fn typing_triggers_no_action_and_a_paste_is_text() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("n");
    bench.say(Msg::Edit(Edit::Insert("quit q a s u5\n".into())));
    bench.keys("qasu");
    assert!(bench.incident().acknowledged().is_none() && !bench.model.quitting);
    bench.keys("⏎");
    let note = bench.model.board().unwrap().entries.last().unwrap();
    assert_eq!(note.text(field::TEXT), Some("quit q a s u5 qasu"));
}

#[test]
fn nothing_dangerous_happens_without_a_yes() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("q⏎");
    assert!(!bench.model.quitting, "the answer is No unless changed");
    bench.keys("u5⏎⏎");
    assert_ne!(bench.incident().status, Status::Closed);
    bench.keys("qy");
    assert!(bench.model.quitting);
}

#[test]
fn the_selection_stays_on_its_entry_while_others_arrive() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("6");
    bench.say(Msg::Act(Action::Up));
    let selected = bench.model.ui.selected.clone().unwrap();
    bench.keys("nlook at this⏎");
    assert_eq!(bench.model.ui.selected.unwrap(), selected);
}

#[test]
fn another_persons_entries_arrive_and_carry_nothing_out() {
    let mut bench = Bench::new();
    bench.firing();
    let id = bench.model.current.clone().unwrap();
    let draft = Draft::new(
        &slug("a-9"),
        Event::Acknowledged(crate::incident::entry::Acknowledged::default()),
    );
    bench.recorded_elsewhere(id, &[draft]);
    bench.pass(16 * 60);
    assert_eq!(
        levels_paged(&bench),
        ["on-call"],
        "somebody else's acknowledgement stops the chain here too"
    );
}

#[test]
fn alertmanagers_that_disagree_do_not_fill_the_journal() {
    let mut bench = Bench::new();
    bench.firing();
    let quiet = alert("PaymentSuccessRateLow", AlertState::Suppressed, start());
    for _ in 0..5 {
        bench.gather("alertmanager-2", vec![quiet.clone()]);
        bench.firing();
    }
    assert_eq!(
        bench
            .kinds()
            .iter()
            .filter(|kind| *kind == "alert-seen")
            .count(),
        1
    );
}

#[test]
fn an_alert_absent_from_one_source_while_another_is_silent_proves_nothing() {
    let mut bench = Bench::new();
    bench.rules(true);
    bench.firing();
    bench.gather("alertmanager-2", Vec::new());
    let told = ("cannot connect".to_string(), "check".to_string());
    bench.say(Msg::Alerts {
        source: slug("alertmanager-2"),
        result: Err(told),
    });
    bench.pass(60);
    bench.rules(false);
    bench.alert(&[], AlertState::Firing, start());
    assert_eq!(
        bench.incident().alerts.values().next().unwrap().state,
        AlertState::Firing
    );
}

#[test]
fn calling_it_mitigated_against_the_numbers_is_asked_back() {
    let mut bench = Bench::new();
    bench.firing();
    bench.reading(Reading::Value(0.78));
    bench.keys("u3⏎⏎");
    assert_eq!(
        bench.incident().status,
        Status::Investigating,
        "the answer is No unless changed"
    );
    bench.keys("u3⏎y");
    assert_eq!(bench.incident().status, Status::Mitigated);
}

#[test]
fn an_alert_without_a_rule_that_anybody_evaluates_never_counts_as_cleared() {
    let mut bench = Bench::new();
    bench.rules(false);
    bench.alert(&["PostedByAnotherProgram"], AlertState::Firing, start());
    bench.rules(false);
    bench.alert(&[], AlertState::Firing, start());
    let state = bench.incident().alerts.values().next().unwrap().state;
    assert_eq!(state, AlertState::Vanished);
}
