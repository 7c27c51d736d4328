//! What the console makes of signals, changes and a storm of alerts.

use super::overflowing::{numbered_alerts_fire, one_rule_per_alert};
use super::*;
use crate::incident::entry::ChangeSeen;
use crate::signals::change::{Change, ChangeKind, ChangeSet};
use crate::signals::monitor::{MonitorReport, SignalReport, SignalStanding};
use crate::testing::{correctness, elsewhere};

fn change(at: DateTime<Utc>, what: &str) -> Change {
    Change {
        at,
        kind: ChangeKind::Deployment,
        what: Safe::line(what),
        who: Safe::line("ci-prod"),
        outcome: Safe::default(),
        path: None,
        source: slug("deployments"),
    }
}

fn deployments(changes: Vec<Change>) -> Msg {
    Msg::Changes {
        source: slug("deployments"),
        result: Ok(ChangeSet {
            changes,
            ..ChangeSet::default()
        }),
    }
}

fn signals(harness: &mut Harness, signals: Vec<SignalReport>) {
    let report = report(harness.model.now, signals);
    harness.say(Msg::Signals(Box::new(report)));
}

#[test]
fn a_correctness_fault_answers_the_first_question_as_measured_and_is_sev1_whatever_the_success_rate()
 {
    let mut harness = Harness::with_incident();
    harness.reading(Reading::Value(0.9999));
    let now = harness.model.now;
    signals(&mut harness, vec![correctness(now, Reading::Value(14.0))]);
    harness.act(Action::Acknowledge).act(Action::Classify);
    let proposal = harness.model.ui.answers.proposal.as_ref().unwrap();
    assert_eq!(proposal.signal.as_str(), "duplicate-captures");
    harness.enter();
    // The compliance officer is paged: that is confirmed first.
    harness.yes();
    let verdict = harness.incident().classification().unwrap();
    let found = (verdict.severity.level(), verdict.rule.as_str());
    assert_eq!(found, (1, "correctness-suspected"));
    let answer = &verdict.answers[0];
    assert_eq!(answer.reading, Some(Reading::Value(14.0)));
    assert_eq!(answer.unit, Some(slug("captures")));
}

#[test]
fn a_correctness_count_is_recorded_when_it_crosses_its_tolerance_and_not_at_every_poll() {
    let mut harness = Harness::with_incident();
    for (seconds, value) in [(0, 0.0), (10, 0.0), (10, 14.0), (10, 15.0), (10, 0.0)] {
        harness.pass(seconds);
        let now = harness.model.now;
        signals(&mut harness, vec![correctness(now, Reading::Value(value))]);
    }
    // First seen, beyond, within again.
    assert_eq!(harness.count("signal-seen"), 3);
}

#[test]
fn a_change_shortly_before_the_incident_is_recorded_once_with_who_made_it() {
    let mut harness = Harness::with_incident();
    let near = change(start() - TimeDelta::minutes(4), "gateway v42");
    let old = change(start() - TimeDelta::hours(9), "gateway v41");
    for _ in 0..3 {
        harness.say(deployments(vec![near.clone(), old.clone()]));
    }
    assert_eq!(harness.count("change-seen"), 1);
    let mut entries = harness.view().entries.iter();
    let seen = entries.find(|entry| entry.is::<ChangeSeen>()).unwrap();
    assert_eq!(seen.text(field::TEXT), Some("gateway v42"));
    assert_eq!(seen.text(field::WHO), Some("ci-prod"));
    let suspects = harness.model.changes();
    assert_eq!(suspects[0].what.as_str(), "gateway v42");
}

#[test]
fn a_planned_change_is_no_suspect_until_its_time_has_come() {
    let mut harness = Harness::with_incident();
    let soon = change(harness.model.now + TimeDelta::minutes(10), "gateway v43");
    let old = change(start() - TimeDelta::hours(9), "gateway v41");
    harness.say(deployments(vec![soon.clone(), old.clone()]));
    assert_eq!(harness.count("change-seen"), 0);
    let first = |harness: &Harness| harness.model.changes()[0].what.to_string();
    assert_eq!(first(&harness), "gateway v41");
    harness.pass(11 * 60);
    harness.say(deployments(vec![soon, old]));
    assert_eq!(
        harness.count("change-seen"),
        1,
        "it was made during the incident"
    );
}

#[test]
fn a_source_of_changes_that_falls_silent_leaves_what_was_known() {
    let mut harness = Harness::new();
    harness.say(deployments(vec![change(start(), "gateway v42")]));
    harness.say(Msg::Changes {
        source: slug("deployments"),
        result: Err(Problem::new("cannot read", "check")),
    });
    assert_eq!(harness.model.changes().len(), 1);
    assert!(harness.model.live.changes[&slug("deployments")].1.is_some());
}

#[test]
fn the_cursor_stays_on_its_group_when_others_come_before_it() {
    let mut harness = Harness::new();
    let lag = [other("Lag", "warning", 1), other("Lag", "warning", 2)];
    harness.gather("alertmanager", lag.to_vec());
    harness.act(Action::Down);
    let held = harness.model.ui.alert.clone();
    let [one, two] = lag;
    let more = vec![
        other("Down", "info", 1),
        one,
        two,
        other("Disk", "warning", 0),
    ];
    harness.gather("alertmanager", more);
    assert!(held.is_some());
    assert_eq!(harness.model.ui.alert, held);
    assert!(crate::app::selectors::alert_list::cursor(&harness.model).is_some());
    harness.act(Action::Enter);
    assert_eq!(
        harness.model.live.found.positions.len(),
        2,
        "its alerts alone"
    );
    harness.act(Action::Back);
    assert!(harness.model.live.found.words.is_empty());
}

fn other(name: &str, severity: &str, instance: usize) -> Alert {
    let labels = [
        ("alertname", name.to_string()),
        ("severity", severity.to_string()),
        ("instance", format!("host-{instance}")),
    ];
    let labels = labels.map(|(k, v)| (k.to_string(), v)).into();
    alert_from_labels(&labels, &BTreeMap::new(), AlertState::Firing, start())
}

#[test]
fn a_filter_is_narrowed_letter_by_letter_and_follows_the_polls() {
    let mut harness = Harness::new();
    let alerts = |count| (0..count).map(|at| other("Lag", "warning", at)).collect();
    harness.gather("alertmanager", alerts(30));
    harness.act(Action::Filter).write("host-1");
    assert_eq!(harness.model.live.found.positions.len(), 11);
    harness.write("9");
    assert_eq!(harness.model.live.found.positions.len(), 1);
    harness.gather("alertmanager", alerts(10));
    assert_eq!(harness.model.live.found.positions.len(), 0);
}

#[test]
fn an_alert_without_data_opens_no_incident() {
    let mut harness = Harness::new();
    let mut unknown = alert("PaymentSuccessRateLow", AlertState::Firing, start());
    unknown.condition = crate::alerts::Condition::NoData;
    harness.gather("grafana", vec![unknown]);
    assert!(harness.model.incident().is_none());
}

#[test]
fn incidents_that_are_resolved_and_left_open_keep_no_other_one_from_opening() {
    let mut harness = one_rule_per_alert();
    numbered_alerts_fire(&mut harness, 0..10);
    assert_eq!(harness.model.views.len(), 10);
    let status = Status::Resolved;
    for id in harness.model.open_ids() {
        let resolved = Draft::new(&actor_id("a-1"), StatusChanged { status });
        harness.recorded_elsewhere(id, &[resolved]);
    }
    numbered_alerts_fire(&mut harness, 10..12);
    assert_eq!(harness.model.views.len(), 12);
}

#[test]
fn a_service_cannot_be_a_template_of_a_label() {
    let policy = "policy: p\nversion: 1\nrules:\n  - {rule: r, action: open, service: '{{ instance }}', path: confirm}\n";
    let error = serde_saphyr::from_str::<crate::alerts::intake::IntakePolicy>(policy)
        .unwrap_err()
        .to_string();
    assert!(error.contains("is not a name"), "{error}");
}

fn hear(harness: &mut Harness, minutes: i64, signal: &dyn Fn(DateTime<Utc>) -> SignalReport) {
    for _ in 0..minutes * 4 {
        let at = harness.model.now;
        let report = MonitorReport {
            at,
            signals: vec![signal(at)],
            skew: Vec::new(),
            contacts: Vec::new(),
        };
        harness.say(Msg::Signals(Box::new(report)));
        harness.pass(15);
    }
}

fn dropping(now: DateTime<Utc>) -> SignalReport {
    elsewhere(now, "confirm", SignalStanding::Breach)
}

fn fine(now: DateTime<Utc>) -> SignalReport {
    elsewhere(now, "confirm", SignalStanding::Fine)
}

fn closed(harness: &mut Harness) {
    harness
        .act(Action::Acknowledge)
        .set_status(Status::Closed, "")
        .yes();
    harness.alert(&[], AlertState::Firing, start());
    assert_eq!(harness.incident().status, Status::Closed);
}

#[test]
fn a_drop_that_trips_no_alert_opens_an_incident_once_it_has_held() {
    let mut harness = Harness::new();
    hear(&mut harness, 2, &dropping);
    assert!(
        harness.model.incident().is_none(),
        "an alert may come first"
    );
    hear(&mut harness, 2, &dropping);
    let facts = harness.incident().opened.clone().unwrap();
    let from = harness.incident().escalation.from;
    assert_eq!(from, Some(facts.at), "nobody was late before it was found");
    let opened = facts.data;
    assert_eq!(opened.rule.unwrap().as_str(), "success-drop");
    assert_eq!(opened.started_from, crate::signals::Cause::Measured);
    assert_eq!(opened.service, slug("payments"));
    assert_eq!(opened.path, slug("confirm"));
    let title = harness.view().title();
    assert!(title.starts_with("confirm-success 85.00 %"), "{title}");
    assert!(!harness.sent.is_empty(), "the on-call engineer is paged");
    hear(&mut harness, 5, &dropping);
    assert_eq!(harness.model.views.len(), 1);
}

#[test]
fn a_correctness_fault_opens_an_incident_though_every_payment_succeeds() {
    let mut harness = Harness::new();
    let wrong = |now| correctness(now, Reading::Value(14.0));
    hear(&mut harness, 2, &wrong);
    let opened = harness.incident().opened.clone().unwrap().data;
    assert_eq!(opened.rule.unwrap().as_str(), "processed-wrongly");
    assert_eq!(harness.count("signal-seen"), 1, "with what was counted");
}

#[test]
fn a_drop_that_ends_soon_or_is_not_known_any_more_opens_nothing() {
    let mut harness = Harness::new();
    for _ in 0..5 {
        hear(&mut harness, 2, &dropping);
        hear(&mut harness, 1, &fine);
    }
    assert!(harness.model.incident().is_none());
    let unknown = |now| elsewhere(now, "confirm", SignalStanding::Unknown);
    hear(&mut harness, 2, &dropping);
    hear(&mut harness, 30, &unknown);
    assert!(harness.model.incident().is_none(), "not known is no drop");
    // Nor did it end: it has held since it was first seen.
    hear(&mut harness, 1, &dropping);
    assert!(harness.model.incident().is_some());
}

#[test]
fn a_drop_joins_the_incident_of_an_alert_and_after_closing_opens_no_second_one() {
    let mut harness = Harness::with_incident();
    hear(&mut harness, 10, &dropping);
    assert_eq!(harness.model.views.len(), 1);
    closed(&mut harness);
    hear(&mut harness, 10, &dropping);
    assert_eq!(harness.model.views.len(), 1, "the closed one");
    hear(&mut harness, 1, &fine);
    harness.pass(600);
    hear(&mut harness, 5, &dropping);
    assert_eq!(harness.model.views.len(), 2, "a new drop is a new incident");
}

/// The scan may see both outages as one.
#[test]
fn an_outage_soon_after_another_one_was_closed_is_a_new_incident() {
    let mut harness = Harness::with_incident();
    hear(&mut harness, 4, &dropping);
    closed(&mut harness);
    hear(&mut harness, 1, &fine);
    hear(&mut harness, 4, &dropping);
    assert_eq!(harness.model.views.len(), 2);
    let opened = harness.model.views.values().next_back().unwrap();
    let opened = opened.incident.opened.clone().unwrap();
    assert!(opened.data.started > opened.at - TimeDelta::minutes(5));
}

#[test]
fn a_read_only_console_opens_nothing_by_a_drop() {
    let mut harness = Harness::with(|setup| setup.read_only = true);
    hear(&mut harness, 10, &dropping);
    assert!(harness.model.views.is_empty());
}
