//! What the console makes of signals, changes and a storm of alerts.

use super::overflowing::one_rule_per_alert;
use super::*;
use crate::app::action::Action;
use crate::signals::change::{Change, ChangeKind, ChangeSet};
use crate::signals::watch::{Report, SignalReport, Standing};
use crate::testing::{correctness, elsewhere, report};

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

fn count(bench: &Bench, kind: &str) -> usize {
    bench.kinds().iter().filter(|known| *known == kind).count()
}

#[test]
fn a_quiet_fault_answers_the_first_question_as_measured_and_is_sev1_whatever_the_success_rate() {
    let mut bench = Bench::new();
    bench.firing();
    bench.reading(Reading::Value(0.9999));
    let wrong = correctness(bench.model.now, Reading::Value(14.0));
    bench.say(Msg::Signals(Box::new(report(bench.model.now, vec![wrong]))));
    bench.keys("as");
    assert_eq!(
        bench
            .model
            .ui
            .answers
            .proposal
            .as_ref()
            .unwrap()
            .signal
            .as_str(),
        "duplicate-captures"
    );
    bench.keys("⏎");
    // The compliance officer is called: that is confirmed first.
    bench.keys("y");
    let verdict = bench.incident().classification().unwrap();
    assert_eq!(
        (verdict.severity.level(), verdict.rule.as_str()),
        (1, "correctness-wrong")
    );
    let answer = &verdict.answers[0];
    assert_eq!(
        (answer.reading, answer.unit.as_ref().unwrap().as_str()),
        (Some(Reading::Value(14.0)), "captures")
    );
}

#[test]
fn a_correctness_count_is_recorded_when_it_crosses_its_tolerance_and_not_at_every_poll() {
    let mut bench = Bench::new();
    bench.firing();
    for (seconds, value) in [(0, 0.0), (10, 0.0), (10, 14.0), (10, 15.0), (10, 0.0)] {
        bench.pass(seconds);
        let now = bench.model.now;
        let signal = correctness(now, Reading::Value(value));
        bench.say(Msg::Signals(Box::new(report(now, vec![signal]))));
    }
    assert_eq!(
        count(&bench, "signal-seen"),
        3,
        "first seen, beyond, within again"
    );
}

#[test]
fn a_change_shortly_before_the_incident_is_recorded_once_with_who_made_it() {
    let mut bench = Bench::new();
    bench.firing();
    let near = change(start() - TimeDelta::minutes(4), "gateway v42");
    let old = change(start() - TimeDelta::hours(9), "gateway v41");
    let set = ChangeSet {
        changes: vec![near, old],
        unread: None,
        ..ChangeSet::default()
    };
    for _ in 0..3 {
        bench.say(Msg::Changes {
            source: slug("deployments"),
            result: Ok(set.clone()),
        });
    }
    assert_eq!(count(&bench, "change-seen"), 1);
    let entries = &bench.model.board().unwrap().entries;
    let seen = entries
        .iter()
        .find(|entry| matches!(entry.event(), Some(Event::ChangeSeen(_))))
        .unwrap();
    assert_eq!(
        (seen.text(field::TEXT), seen.text(field::WHO)),
        (Some("gateway v42"), Some("ci-prod"))
    );
    assert_eq!(
        bench.model.changes()[0].what.as_str(),
        "gateway v42",
        "and suspected first"
    );
}

#[test]
fn a_source_of_changes_that_falls_silent_leaves_what_was_known() {
    let mut bench = Bench::new();
    let set = ChangeSet {
        changes: vec![change(start(), "gateway v42")],
        unread: None,
        ..ChangeSet::default()
    };
    bench.say(Msg::Changes {
        source: slug("deployments"),
        result: Ok(set),
    });
    let told = ("cannot read".to_string(), "check".to_string());
    bench.say(Msg::Changes {
        source: slug("deployments"),
        result: Err(told),
    });
    assert_eq!(bench.model.changes().len(), 1);
    assert!(bench.model.live.changes[&slug("deployments")].1.is_some());
}

#[test]
fn the_cursor_stays_on_its_group_when_others_come_before_it() {
    let mut bench = Bench::new();
    bench.gather(
        "alertmanager",
        vec![other("Lag", "warning", 1), other("Lag", "warning", 2)],
    );
    bench.say(Msg::Act(Action::Down));
    let held = bench.model.ui.alert.clone().unwrap();
    bench.gather(
        "alertmanager",
        vec![
            other("Down", "info", 1),
            other("Lag", "warning", 1),
            other("Lag", "warning", 2),
            other("Disk", "warning", 0),
        ],
    );
    assert_eq!(bench.model.ui.alert.as_deref(), Some(held.as_str()));
    assert!(crate::app::update::alert_cursor(&bench.model).is_some());
    bench.say(Msg::Act(Action::Enter));
    assert_eq!(
        bench.model.live.found.positions.len(),
        2,
        "into the group: its alerts alone"
    );
    bench.say(Msg::Act(Action::Back));
    assert!(bench.model.live.found.words.is_empty());
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
    let mut bench = Bench::new();
    let alerts = |count: usize| {
        (0..count)
            .map(|at| other("Lag", "warning", at))
            .collect::<Vec<_>>()
    };
    bench.gather("alertmanager", alerts(30));
    bench.keys("/host-1");
    assert_eq!(bench.model.live.found.positions.len(), 11);
    bench.keys("9");
    assert_eq!(bench.model.live.found.positions.len(), 1);
    bench.gather("alertmanager", alerts(10));
    assert_eq!(bench.model.live.found.positions.len(), 0);
}

#[test]
fn an_alert_without_data_opens_no_incident() {
    let mut bench = Bench::new();
    let mut unknown = alert("PaymentSuccessRateLow", AlertState::Firing, start());
    unknown.condition = crate::incident::observation::Condition::NoData;
    bench.gather("grafana", vec![unknown]);
    assert!(bench.model.incident().is_none());
}

/// One service for each kind of alert: a policy that would open an incident for each alert.
#[test]
fn incidents_that_are_resolved_and_left_open_keep_no_other_one_from_opening() {
    let (mut bench, names) = one_rule_per_alert();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    bench.alert(&names[..10], AlertState::Firing, start());
    assert_eq!(bench.model.boards.len(), 10);
    let ids: Vec<IncidentId> = bench.model.boards.keys().cloned().collect();
    for id in ids {
        let data = crate::incident::entry::StatusChanged {
            status: Status::Resolved,
        };
        let resolved = Draft::new(&slug("a-1"), Event::StatusChanged(data));
        bench.recorded_elsewhere(id, &[resolved]);
    }
    bench.alert(&names[10..12], AlertState::Firing, start());
    assert_eq!(bench.model.boards.len(), 12);
}

/// A service that is named after a label is no name: there is no incident for each value of it.
#[test]
fn a_service_cannot_be_a_template_of_a_label() {
    let policy = "policy: p\nversion: 1\nrules:\n  - {rule: r, action: open, service: '{{ instance }}', path: confirm}\n";
    let error = serde_saphyr::from_str::<crate::incident::intake::Policy>(policy)
        .unwrap_err()
        .to_string();
    assert!(error.contains("is not a name"), "{error}");
}

fn hear(bench: &mut Bench, minutes: i64, signals: &dyn Fn(DateTime<Utc>) -> Vec<SignalReport>) {
    for _ in 0..minutes * 4 {
        let now = bench.model.now;
        let report = Report {
            at: now,
            signals: signals(now),
            skew: Vec::new(),
        };
        bench.say(Msg::Signals(Box::new(report)));
        bench.pass(15);
    }
}

fn dropping(now: DateTime<Utc>) -> Vec<SignalReport> {
    vec![elsewhere(now, "confirm", Standing::Breach)]
}

fn fine(now: DateTime<Utc>) -> Vec<SignalReport> {
    vec![elsewhere(now, "confirm", Standing::Fine)]
}

#[test]
fn a_drop_that_trips_no_alert_opens_an_incident_once_it_has_held() {
    let mut bench = Bench::new();
    hear(&mut bench, 2, &dropping);
    assert!(bench.model.incident().is_none(), "an alert may come first");
    hear(&mut bench, 2, &dropping);
    let opened = bench.incident().opened.clone().unwrap().data;
    assert_eq!(opened.rule.unwrap().as_str(), "success-drop");
    assert_eq!(
        opened.started_from,
        crate::incident::observation::Cause::Measured
    );
    assert_eq!(
        (opened.service.as_str(), opened.path.as_str()),
        ("payments", "confirm")
    );
    let title = bench.model.board().unwrap().title().to_string();
    assert!(title.starts_with("confirm-success 85.00 %"), "{title}");
    assert!(!bench.sent.is_empty(), "the on-call engineer is called");
    hear(&mut bench, 5, &dropping);
    assert_eq!(bench.model.boards.len(), 1);
}

#[test]
fn a_quiet_fault_opens_an_incident_though_every_payment_succeeds() {
    let mut bench = Bench::new();
    hear(&mut bench, 2, &|now| {
        vec![correctness(now, Reading::Value(14.0))]
    });
    let opened = bench.incident().opened.clone().unwrap().data;
    assert_eq!(opened.rule.unwrap().as_str(), "processed-wrongly");
    assert_eq!(count(&bench, "signal-seen"), 1, "with what was counted");
}

#[test]
fn a_drop_that_ends_soon_or_is_not_known_any_more_opens_nothing() {
    let mut bench = Bench::new();
    for _ in 0..5 {
        hear(&mut bench, 2, &dropping);
        hear(&mut bench, 1, &fine);
    }
    assert!(bench.model.incident().is_none());
    let unknown = |now| vec![elsewhere(now, "confirm", Standing::Unknown)];
    hear(&mut bench, 2, &dropping);
    hear(&mut bench, 30, &unknown);
    assert!(bench.model.incident().is_none(), "not known is no drop");
    // Nor was it its end: it has held since it was seen first.
    hear(&mut bench, 1, &dropping);
    assert!(bench.model.incident().is_some());
}

#[test]
fn a_drop_joins_the_incident_of_an_alert_and_after_closing_opens_no_second_one() {
    let mut bench = Bench::new();
    bench.firing();
    hear(&mut bench, 10, &dropping);
    assert_eq!(bench.model.boards.len(), 1);
    bench.keys("au5⏎y");
    bench.alert(&[], AlertState::Firing, start());
    assert_eq!(bench.incident().status, Status::Closed);
    hear(&mut bench, 10, &dropping);
    assert_eq!(bench.model.boards.len(), 1, "it is the one that was closed");
    hear(&mut bench, 1, &fine);
    bench.pass(600);
    hear(&mut bench, 5, &dropping);
    assert_eq!(bench.model.boards.len(), 2, "a new drop is a new incident");
}

/// The scan may see both outages as one: that there was none in between is known here.
#[test]
fn an_outage_soon_after_another_one_was_closed_is_a_new_incident() {
    let mut bench = Bench::new();
    bench.firing();
    hear(&mut bench, 4, &dropping);
    bench.keys("au5⏎y");
    bench.alert(&[], AlertState::Firing, start());
    hear(&mut bench, 1, &fine);
    hear(&mut bench, 4, &dropping);
    assert_eq!(bench.model.boards.len(), 2);
    let opened = bench.model.boards.values().next_back().unwrap();
    let opened = opened.incident.opened.clone().unwrap();
    assert!(opened.data.started > opened.at - TimeDelta::minutes(5));
}

#[test]
fn a_read_only_console_opens_nothing_by_a_drop() {
    let mut bench = Bench::with(|setup| setup.read_only = true);
    hear(&mut bench, 10, &dropping);
    assert!(bench.model.boards.is_empty());
}
