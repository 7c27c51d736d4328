//! Whole incidents played through `update`, time passed and not slept.

mod adopting;
mod afterwards;
mod amending;
mod classifying;
mod clocks;
mod commanding;
mod continuing;
mod ending;
mod entering;
mod harness;
mod impact;
mod keys;
mod odd;
mod overflowing;
mod owners;
mod paging;
mod restarting;
mod seeing;
mod silencing;
mod simulation;
mod stepping;
mod witnessing;
mod writing;

use super::dialog::{Dialog, Form};
use super::effect::JournalTask;
use super::message::JournalNews;
use super::*;
use crate::alerts::{Alert, AlertIndex, AlertState, SourceAlerts};
use crate::incident::entry::{Event, PageOutcome, StatusChanged, StepOutcome, field};
use crate::incident::severity::Severity;
use crate::incident::{ActorId, Boot, Draft, Entry, Incident, IncidentId, Role, Slug, Status};
use crate::keymap::{Action, Edit, Key, Screen};
use crate::outbox::Delivery;
use crate::signals::{Reading, Sample};
use crate::sources::{RuleSet, RuleState, alert_from_labels};
use crate::testing::{actor_id, bench_setup, report, slug, stamp, start};
use crate::text::{Problem, Safe};
use chrono::{DateTime, TimeDelta, Utc};
use harness::{Harness, MEASURED, alert, delivery, levels_paged, loaded};
use rstest::rstest;
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
    let recorded = harness.incident().alerts.len();
    assert_eq!(recorded, 300, "what is recorded of a storm is bounded");
    assert_eq!(levels_paged(&harness), ["on-call"], "not one per alert");
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
    assert!(harness.notice().contains("read-only"));
}

#[test]
fn an_alert_that_goes_on_after_closing_opens_no_second_incident_and_a_new_firing_does() {
    let mut harness = Harness::acknowledged();
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
fn an_alert_that_is_not_reported_while_its_rule_is_evaluated_has_cleared() {
    let mut harness = Harness::new();
    harness.rules(true);
    harness.firing();
    harness.rules(false);
    harness.alert(&[], AlertState::Firing, start());
    assert_eq!(harness.first_alert(), AlertState::Cleared);
}

#[test]
fn an_alert_that_is_not_reported_while_prometheus_does_not_answer_is_no_recovery() {
    let mut harness = Harness::new();
    harness.rules(true);
    harness.reading(Reading::Value(0.8));
    harness.firing();
    harness.prometheus_is_down();
    harness.pass(60);
    harness.prometheus_is_down();
    harness.pass(1);
    assert!(harness.kinds().contains(&"source-lost"));
    harness.alert(&[], AlertState::Firing, start());
    assert_eq!(harness.first_alert(), AlertState::Vanished);
    assert_eq!(harness.incident().status, Status::Investigating);
    harness.reading(Reading::Value(0.8));
    harness.rules(false);
    harness.pass(1);
    assert!(harness.kinds().contains(&"source-back"));
    let state = harness.first_alert();
    assert_eq!(state, AlertState::Cleared, "later evidence counts");
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
    assert_eq!(harness.count("signal-seen"), 1, "no small changes");
    harness.set_status(Status::Identified, "");
    assert_eq!(
        harness.count("signal-seen"),
        2,
        "what a decision was based on"
    );
    harness.pass(301);
    harness.reading(Reading::Value(0.952));
    assert_eq!(harness.count("signal-seen"), 3, "and every five minutes");
}

#[test]
fn classification_takes_a_measurement_over_and_marks_it() {
    let mut harness = Harness::acknowledged();
    harness.reading(Reading::Value(0.95));
    harness.classify(&["right"]);
    // The proposal stays although the reading changes: nothing moves under the cursor.
    harness.reading(Reading::Value(0.40));
    harness.enter().answer("none");
    let verdict = harness.incident().classification().unwrap();
    let found = (verdict.severity.level(), verdict.rule.as_str());
    assert_eq!(found, (2, "availability-degraded"));
    let mut answers = verdict.answers.iter();
    let completion = answers.find(|it| it.question.as_str() == "completion");
    assert_eq!(completion.unwrap().reading, Some(Reading::Value(0.95)));
    harness.classify(&["unknown"]).yes();
    let all = &harness.incident().classifications;
    assert_eq!(all.len(), 2, "the earlier one stays");
}

#[test]
fn a_stale_reading_is_not_taken_over() {
    let mut harness = Harness::with_incident();
    harness.reading(Reading::Value(0.95));
    harness.pass(200);
    harness.classify(&["right"]);
    assert_eq!(harness.model.ui.answers.proposal, None);
}

#[test]
fn leaving_a_classification_records_nothing() {
    let mut harness = Harness::with_incident();
    harness.classify(&["right"]).act(Action::Back);
    assert!(harness.incident().classifications.is_empty());
    assert!(!harness.model.ui.answers.active);
}

#[test]
fn what_the_disk_has_not_confirmed_is_not_shown_as_done() {
    let mut harness = Harness::with_incident();
    harness.disk_works = false;
    harness.act(Action::Acknowledge);
    assert!(harness.incident().acknowledged().is_none());
    assert_eq!(harness.view().pending.len(), 1);
    harness.say(JournalNews::NotRecorded {
        incident: harness.id(),
        why: Problem::new("no space", "free some"),
    });
    assert!(harness.view().problem.is_some());
    harness.resume_disk();
    assert!(harness.incident().acknowledged().is_some());
    assert!(harness.view().problem.is_none());
}

#[test]
fn typing_triggers_no_action_and_a_paste_is_text() {
    let mut harness = Harness::with_incident();
    harness.act(Action::Note);
    harness.say(Msg::Insert("quit q a s u5\n".into()));
    harness.write("qasu");
    assert!(harness.incident().acknowledged().is_none() && !harness.model.quitting);
    harness.enter();
    let note = harness.last_entry();
    assert_eq!(note.text(field::TEXT), Some("quit q a s u5 qasu"));
}

#[test]
fn nothing_dangerous_happens_without_a_yes() {
    let mut harness = Harness::with_incident();
    harness.act(Action::Quit).enter();
    assert!(!harness.model.quitting, "No is the default");
    harness.set_status(Status::Closed, "").enter();
    assert_ne!(harness.incident().status, Status::Closed);
    harness.act(Action::Back);
    harness.act(Action::Quit).yes();
    assert!(harness.model.quitting);
}

#[test]
fn the_selection_stays_on_its_entry_while_others_arrive() {
    let mut harness = Harness::with_incident();
    harness.act(Action::Show(Screen::Timeline));
    harness.act(Action::Up);
    let selected = harness.model.ui.selected.clone().unwrap();
    harness.act(Action::Note).fill(&["look at this"]);
    assert_eq!(harness.model.ui.selected.unwrap(), selected);
}

#[test]
fn another_persons_entries_arrive_and_carry_nothing_out() {
    let mut harness = Harness::with_incident();
    let acknowledged = crate::incident::entry::Acknowledged::default();
    harness.others_record(&[Draft::new(&actor_id("a-9"), acknowledged)]);
    harness.pass(16 * 60);
    assert_eq!(levels_paged(&harness), ["on-call"], "it stops the chain");
}

#[test]
fn alertmanagers_that_disagree_do_not_fill_the_journal() {
    let mut harness = Harness::with_incident();
    let quiet = alert("PaymentSuccessRateLow", AlertState::Suppressed, start());
    for _ in 0..5 {
        harness.gather("alertmanager-2", vec![quiet.clone()]);
        harness.firing();
    }
    assert_eq!(harness.count("alert-seen"), 1);
}

#[test]
fn an_alert_absent_from_one_source_while_another_is_silent_proves_nothing() {
    let mut harness = Harness::new();
    harness.rules(true);
    harness.firing();
    harness.gather("alertmanager-2", Vec::new());
    harness.say(Msg::Alerts {
        source: slug("alertmanager-2"),
        result: Err(Problem::new("cannot connect", "check")),
    });
    harness.pass(60);
    harness.rules(false);
    harness.alert(&[], AlertState::Firing, start());
    assert_eq!(harness.first_alert(), AlertState::Firing);
}

#[test]
fn a_status_that_the_numbers_contradict_is_confirmed_first() {
    let mut harness = Harness::with_incident();
    harness.reading(Reading::Value(0.78));
    harness.set_status(Status::Mitigated, "").enter();
    assert_eq!(
        harness.incident().status,
        Status::Investigating,
        "No is the default"
    );
    // The form with its words is still there.
    harness.enter().yes();
    assert_eq!(harness.incident().status, Status::Mitigated);
}

#[test]
fn an_alert_without_a_rule_that_anybody_evaluates_never_counts_as_cleared() {
    let mut harness = Harness::new();
    harness.rules(false);
    harness.alert(&["PostedByAnotherProgram"], AlertState::Firing, start());
    harness.rules(false);
    harness.alert(&[], AlertState::Firing, start());
    assert_eq!(harness.first_alert(), AlertState::Vanished);
}
