//! More services fail than get an incident of their own.

use super::*;

#[test]
fn an_intake_policy_that_would_open_an_incident_per_alert_opens_ten_and_one_for_the_rest() {
    let (mut harness, names) = one_rule_per_alert();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    harness.alert(&names, AlertState::Firing, start());
    harness.alert(&names, AlertState::Firing, start());
    assert_eq!(harness.model.views.len(), 11);
    let told = harness.model.ui.notice.as_ref().unwrap();
    assert!(
        told.bad && told.text.contains("does the intake policy open too many?"),
        "{}",
        told.text
    );
    // A service without an incident of its own is told of all the same: people are called.
    let titles: Vec<&str> = harness
        .model
        .views
        .values()
        .map(crate::app::IncidentView::title)
        .collect();
    let shared = titles
        .iter()
        .filter(|title| title.starts_with("More than 10 incidents go on"));
    assert_eq!(shared.count(), 1, "{titles:?}");
    assert!(harness.sent.len() >= 11, "{} pages", harness.sent.len());
    // … and each of the others is named there once.
    harness.alert(&names, AlertState::Firing, start());
    let mut views = harness.model.views.values();
    let shared = views
        .find(|view| view.title().starts_with("More than"))
        .unwrap();
    assert_eq!(shared.incident.notes.len(), 30 - 10);
}

#[test]
fn what_comes_after_the_incident_that_stands_for_others_was_acknowledged_calls_people_again() {
    let (mut harness, names) = one_rule_per_alert();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let standing = |harness: &Harness| {
        let views = harness.model.views.iter();
        let shared = views.filter(|(_, view)| view.title().starts_with("More than"));
        shared.map(|(id, _)| id.clone()).collect::<Vec<_>>()
    };
    harness.alert(&names[..15], AlertState::Firing, start());
    let first = standing(&harness)[0].clone();
    harness.model.go_to(first);
    harness.act(Action::Acknowledge);
    let paged = harness.sent.len();
    // What it stands for already calls nobody a second time …
    harness.alert(&names[..15], AlertState::Firing, start());
    assert_eq!((standing(&harness).len(), harness.sent.len()), (1, paged));
    // … what is new does, once for all of it.
    harness.alert(&names[..16], AlertState::Firing, start());
    assert_eq!(standing(&harness).len(), 2);
    assert!(harness.sent.len() > paged);
    harness.alert(&names, AlertState::Firing, start());
    assert_eq!(standing(&harness).len(), 2);
}

#[test]
fn where_not_all_get_an_incident_of_their_own_the_gravest_do() {
    let (mut harness, _) = one_rule_per_alert();
    let alert = |n: u32| {
        let severity = if n < 20 { "warning" } else { "Critical" };
        let mut alert = alert(&format!("A{n}"), AlertState::Firing, start());
        alert.labels.insert("severity".into(), Safe::line(severity));
        alert
    };
    harness.gather("alertmanager", (0..30).map(alert).collect());
    harness.say(Msg::Tick(harness.model.stamp));
    let services: Vec<String> = harness
        .model
        .views
        .values()
        .filter_map(|view| view.incident.opened.as_ref())
        .map(|opened| opened.data.service.to_string())
        .collect();
    for n in 20..30 {
        assert!(services.contains(&format!("s{n}")), "{services:?}");
    }
}

/// Thirty alerts, each with a rule and a service of its own.
pub(super) fn one_rule_per_alert() -> (Harness, Vec<String>) {
    let rules: String = (0..30)
        .map(|n| format!("  - {{rule: r{n}, when: {{alertname: A{n}}}, action: open, service: s{n}, path: confirm}}\n"))
        .collect();
    let policy = format!("policy: each\nversion: 1\nrules:\n{rules}");
    let policy: crate::alerts::intake::IntakePolicy = serde_saphyr::from_str(&policy).unwrap();
    let intake = crate::alerts::intake::Intake::new(&policy).unwrap();
    let harness = Harness::with(|setup| setup.intake = (intake, "00".into()));
    (harness, (0..30).map(|n| format!("A{n}")).collect())
}
