//! More services fail than get an incident of their own.

use super::*;
use crate::config::Digested;
use crate::text::ServiceId;

#[test]
fn an_intake_policy_that_would_open_an_incident_per_alert_opens_ten_and_one_for_the_rest() {
    let mut harness = one_rule_per_alert();
    numbered_alerts_fire(&mut harness, 0..30);
    numbered_alerts_fire(&mut harness, 0..30);
    assert_eq!(harness.model.views.len(), 11);
    let notice = harness.model.ui.notice.clone().unwrap();
    assert!(notice.bad, "{}", notice.text);
    assert!(
        notice
            .text
            .contains("does the intake policy open too many?")
    );
    // People are paged for a service without an incident of its own, too.
    let views = harness.model.views.values();
    let titles: Vec<&str> = views.map(IncidentView::title).collect();
    let shared = titles
        .iter()
        .filter(|title| title.starts_with("More than 10 incidents are active"));
    assert_eq!(shared.count(), 1, "{titles:?}");
    assert!(harness.sent.len() >= 11, "{} pages", harness.sent.len());
    // Each of the others is named there once.
    numbered_alerts_fire(&mut harness, 0..30);
    let shared = &harness.model.views[&shared_incidents(&harness)[0]];
    assert_eq!(shared.incident.notes.len(), 30 - 10);
}

#[test]
fn what_comes_after_the_incident_that_stands_for_others_was_acknowledged_is_paged_again() {
    let mut harness = one_rule_per_alert();
    numbered_alerts_fire(&mut harness, 0..15);
    let first = shared_incidents(&harness)[0].clone();
    harness.model.go_to(first);
    harness.act(Action::Acknowledge);
    let paged = harness.sent.len();
    // A service that it stands for already is not paged twice.
    numbered_alerts_fire(&mut harness, 0..15);
    assert_eq!(
        (shared_incidents(&harness).len(), harness.sent.len()),
        (1, paged)
    );
    // New services are, once for all of them.
    numbered_alerts_fire(&mut harness, 0..16);
    assert_eq!(shared_incidents(&harness).len(), 2);
    assert!(harness.sent.len() > paged);
    numbered_alerts_fire(&mut harness, 0..30);
    assert_eq!(shared_incidents(&harness).len(), 2);
}

#[test]
fn where_not_all_get_an_incident_of_their_own_the_gravest_do() {
    let mut harness = one_rule_per_alert();
    let alert = |n: u32| {
        let severity = if n < 20 { "warning" } else { "Critical" };
        let mut alert = alert(&format!("A{n}"), AlertState::Firing, start());
        alert.labels.insert("severity".into(), Safe::line(severity));
        alert
    };
    harness.gather("alertmanager", (0..30).map(alert).collect());
    harness.say(Msg::Tick(harness.model.stamp));
    let views = harness.model.views.values();
    let services: Vec<&ServiceId> = views.filter_map(IncidentView::service).collect();
    for n in 20..30 {
        assert!(services.contains(&&slug(&format!("s{n}"))), "{services:?}");
    }
}

/// Thirty alerts, each with a rule and a service of its own.
pub(super) fn one_rule_per_alert() -> Harness {
    use crate::alerts::intake::{Intake, IntakePolicy};
    let rules: String = (0..30)
        .map(|n| format!("  - {{rule: r{n}, when: {{alertname: A{n}}}, action: open, service: s{n}, path: confirm}}\n"))
        .collect();
    let policy = format!("policy: each\nversion: 1\nrules:\n{rules}");
    let policy: IntakePolicy = serde_saphyr::from_str(&policy).unwrap();
    let intake = Intake::new(&policy).unwrap();
    Harness::with(|setup| setup.intake = Digested::new(intake, "00"))
}

pub(super) fn numbered_alerts_fire(harness: &mut Harness, numbers: std::ops::Range<u32>) {
    let names: Vec<String> = numbers.map(|n| format!("A{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    harness.alert(&names, AlertState::Firing, start());
}

fn shared_incidents(harness: &Harness) -> Vec<IncidentId> {
    let views = harness.model.views.iter();
    let shared = views.filter(|(_, view)| view.title().starts_with("More than"));
    shared.map(|(id, _)| id.clone()).collect()
}
