//! Whole incidents played through `update`, time passed and not slept.

mod adopting;
mod classifying;
mod clocks;
mod commanding;
mod continuing;
mod ending;
mod harness;
mod keys;
mod odd;
mod overflowing;
mod paging;
mod seeing;
mod silencing;
mod simulation;
mod stepping;
mod witnessing;
mod writing;

use super::dialog::{Dialog, Form};
use super::*;
use crate::alerts::{Alert, AlertState};
use crate::alerts::{AlertIndex, SourceAlerts};
use crate::incident::entry::{PageOutcome, StepOutcome, field};
use crate::incident::escalation::Call;
use crate::incident::{Boot, Draft, Incident, IncidentId, Role, Status};
use crate::keymap::{Action, Edit, Key, Screen};
use crate::outbox::Delivery;
use crate::signals::{Reading, Sample};
use crate::sources::{RuleSet, RuleState, alert_from_labels};
use crate::testing::{actor_id, bench_setup, slug, start};
use crate::text::{Problem, Safe};
use chrono::{DateTime, TimeDelta, Utc};
use harness::{Harness, alert, levels_paged};
use std::collections::BTreeMap;
use std::sync::Arc;

#[test]
fn a_critical_alert_opens_one_incident_and_a_storm_joins_it() {
    let mut harness = Harness::new();
    let names: Vec<String> = (0..400).map(|n| format!("Alert{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    harness.alert(&names, AlertState::Firing, start());
    harness.alert(&names, AlertState::Firing, start());
    assert_eq!(harness.model.views.len(), 1);
    assert_eq!(
        harness.incident().alerts.len(),
        300,
        "what is recorded of a storm is bounded"
    );
    assert_eq!(
        levels_paged(&harness),
        ["on-call"],
        "one page per level, not per alert"
    );
}

#[test]
fn a_warning_or_a_silenced_alert_opens_nothing() {
    let mut harness = Harness::new();
    harness.alert(&["CheckoutErrors"], AlertState::Firing, start());
    harness.alert(&["PaymentSuccessRateLow"], AlertState::Suppressed, start());
    assert!(harness.model.views.is_empty());
}

#[test]
fn nothing_opens_before_the_data_directory_is_known_or_in_a_read_only_console() {
    let mut harness = Harness::with(|setup| setup.read_only = true);
    harness.firing();
    assert!(harness.model.views.is_empty());
    harness.act(Action::Note);
    assert!(
        harness
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
    let mut harness = Harness::new();
    harness.firing();
    harness.act(Action::Acknowledge);
    harness.set_status(Status::Closed, "");
    harness.yes();
    assert_eq!(harness.incident().status, Status::Closed);
    harness.firing();
    assert_eq!(harness.model.views.len(), 1);
    harness.pass(60);
    let again = harness.model.now;
    harness.alert(&["PaymentSuccessRateLow"], AlertState::Firing, again);
    assert_eq!(harness.model.views.len(), 2);
}

#[test]
fn an_alert_that_is_gone_while_its_rule_is_evaluated_has_cleared() {
    let mut harness = Harness::new();
    harness.rules(true);
    harness.firing();
    harness.rules(false);
    harness.alert(&[], AlertState::Firing, start());
    let state = harness.incident().alerts.values().next().unwrap().state;
    assert_eq!(state, AlertState::Cleared);
}

#[test]
fn an_alert_that_is_gone_while_prometheus_is_silent_is_no_recovery() {
    let mut harness = Harness::new();
    harness.rules(true);
    harness.reading(Reading::Value(0.8));
    harness.firing();
    harness.prometheus_is_down();
    harness.pass(60);
    harness.prometheus_is_down();
    harness.pass(1);
    assert!(harness.kinds().contains(&"source-lost".to_string()));
    harness.alert(&[], AlertState::Firing, start());
    let state = harness.incident().alerts.values().next().unwrap().state;
    assert_eq!(state, AlertState::Vanished);
    assert_eq!(harness.incident().status, Status::Investigating);
    harness.reading(Reading::Value(0.8));
    harness.rules(false);
    harness.pass(1);
    assert!(harness.kinds().contains(&"source-back".to_string()));
    let state = harness.incident().alerts.values().next().unwrap().state;
    assert_eq!(
        state,
        AlertState::Cleared,
        "evidence that comes later counts"
    );
}

#[test]
fn a_signal_is_recorded_on_change_and_at_decisions() {
    let mut harness = Harness::new();
    harness.reading(Reading::Value(0.95));
    harness.firing();
    harness.pass(5);
    harness.reading(Reading::Value(0.951));
    harness.pass(5);
    harness.reading(Reading::Value(0.952));
    let before = harness
        .kinds()
        .iter()
        .filter(|kind| *kind == "signal-seen")
        .count();
    assert_eq!(before, 1, "small changes are not recorded");
    harness.set_status(Status::Identified, "");
    let after = harness
        .kinds()
        .iter()
        .filter(|kind| *kind == "signal-seen")
        .count();
    assert_eq!(after, 2, "what was known at a decision is");
    harness.pass(301);
    harness.reading(Reading::Value(0.952));
    assert_eq!(
        harness
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
    let mut harness = Harness::new();
    harness.firing();
    harness.reading(Reading::Value(0.95));
    harness
        .act(Action::Acknowledge)
        .act(Action::Classify)
        .answer("right");
    // The proposal stays although the reading moves on: nothing changes under the cursor.
    harness.reading(Reading::Value(0.40));
    harness.enter().answer("none");
    let verdict = harness.incident().classification().unwrap();
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
    harness.act(Action::Classify).answer("unknown").yes();
    assert_eq!(
        harness.incident().classifications.len(),
        2,
        "the earlier one stays"
    );
}

#[test]
fn a_stale_reading_is_not_taken_over() {
    let mut harness = Harness::new();
    harness.firing();
    harness.reading(Reading::Value(0.95));
    harness.pass(60);
    harness.act(Action::Classify).answer("right");
    assert_eq!(harness.model.ui.answers.proposal, None);
}

#[test]
fn leaving_a_classification_records_nothing() {
    let mut harness = Harness::new();
    harness.firing();
    harness
        .act(Action::Classify)
        .answer("right")
        .act(Action::Back);
    assert!(harness.incident().classifications.is_empty());
    assert!(!harness.model.ui.answers.active);
}

#[test]
fn what_the_disk_has_not_confirmed_is_not_shown_as_done() {
    let mut harness = Harness::new();
    harness.firing();
    harness.disk_works = false;
    harness.act(Action::Acknowledge);
    assert!(harness.incident().acknowledged().is_none());
    assert_eq!(harness.model.view().unwrap().pending.len(), 1);
    let Effect::Record {
        incident, token, ..
    } = harness.waiting[0].clone()
    else {
        panic!()
    };
    let why = Problem::new("no space", "free some");
    harness.say(Msg::NotRecorded {
        incident,
        token,
        why,
        kept: true,
    });
    assert!(harness.model.view().unwrap().problem.is_some());
    harness.disk_works = true;
    for effect in std::mem::take(&mut harness.waiting) {
        harness.perform(effect);
    }
    assert!(harness.incident().acknowledged().is_some());
    assert!(harness.model.view().unwrap().problem.is_none());
}

#[test]
fn typing_triggers_no_action_and_a_paste_is_text() {
    let mut harness = Harness::new();
    harness.firing();
    harness.act(Action::Note);
    harness.say(Msg::Insert("quit q a s u5\n".into()));
    harness.write("qasu");
    assert!(harness.incident().acknowledged().is_none() && !harness.model.quitting);
    harness.enter();
    let note = harness.model.view().unwrap().entries.last().unwrap();
    assert_eq!(note.text(field::TEXT), Some("quit q a s u5 qasu"));
}

#[test]
fn nothing_dangerous_happens_without_a_yes() {
    let mut harness = Harness::new();
    harness.firing();
    harness.act(Action::Quit).enter();
    assert!(!harness.model.quitting, "the answer is No unless changed");
    harness.set_status(Status::Closed, "").enter();
    assert_ne!(harness.incident().status, Status::Closed);
    harness.act(Action::Quit).yes();
    assert!(harness.model.quitting);
}

#[test]
fn the_selection_stays_on_its_entry_while_others_arrive() {
    let mut harness = Harness::new();
    harness.firing();
    harness.act(Action::Show(Screen::Timeline));
    harness.act(Action::Up);
    let selected = harness.model.ui.selected.clone().unwrap();
    harness.act(Action::Note).fill(&["look at this"]);
    assert_eq!(harness.model.ui.selected.unwrap(), selected);
}

#[test]
fn another_persons_entries_arrive_and_carry_nothing_out() {
    let mut harness = Harness::new();
    harness.firing();
    let id = harness.model.current.clone().unwrap();
    let draft = Draft::new(
        &actor_id("a-9"),
        crate::incident::entry::Acknowledged::default(),
    );
    harness.recorded_elsewhere(id, &[draft]);
    harness.pass(16 * 60);
    assert_eq!(
        levels_paged(&harness),
        ["on-call"],
        "somebody else's acknowledgement stops the chain here too"
    );
}

#[test]
fn alertmanagers_that_disagree_do_not_fill_the_journal() {
    let mut harness = Harness::new();
    harness.firing();
    let quiet = alert("PaymentSuccessRateLow", AlertState::Suppressed, start());
    for _ in 0..5 {
        harness.gather("alertmanager-2", vec![quiet.clone()]);
        harness.firing();
    }
    assert_eq!(
        harness
            .kinds()
            .iter()
            .filter(|kind| *kind == "alert-seen")
            .count(),
        1
    );
}

#[test]
fn an_alert_absent_from_one_source_while_another_is_silent_proves_nothing() {
    let mut harness = Harness::new();
    harness.rules(true);
    harness.firing();
    harness.gather("alertmanager-2", Vec::new());
    let told = Problem::new("cannot connect", "check");
    harness.say(Msg::Alerts {
        source: slug("alertmanager-2"),
        result: Err(told),
    });
    harness.pass(60);
    harness.rules(false);
    harness.alert(&[], AlertState::Firing, start());
    assert_eq!(
        harness.incident().alerts.values().next().unwrap().state,
        AlertState::Firing
    );
}

#[test]
fn calling_it_mitigated_against_the_numbers_is_asked_back() {
    let mut harness = Harness::new();
    harness.firing();
    harness.reading(Reading::Value(0.78));
    harness.set_status(Status::Mitigated, "").enter();
    assert_eq!(
        harness.incident().status,
        Status::Investigating,
        "the answer is No unless changed"
    );
    harness.set_status(Status::Mitigated, "").yes();
    assert_eq!(harness.incident().status, Status::Mitigated);
}

#[test]
fn an_alert_without_a_rule_that_anybody_evaluates_never_counts_as_cleared() {
    let mut harness = Harness::new();
    harness.rules(false);
    harness.alert(&["PostedByAnotherProgram"], AlertState::Firing, start());
    harness.rules(false);
    harness.alert(&[], AlertState::Firing, start());
    let state = harness.incident().alerts.values().next().unwrap().state;
    assert_eq!(state, AlertState::Vanished);
}
