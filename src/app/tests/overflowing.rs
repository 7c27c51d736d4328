//! More services fail than get an incident of their own.

use super::*;

#[test]
fn an_intake_policy_that_would_open_an_incident_per_alert_opens_ten_and_one_for_the_rest() {
    let (mut bench, names) = one_rule_per_alert();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    bench.alert(&names, AlertState::Firing, start());
    bench.alert(&names, AlertState::Firing, start());
    assert_eq!(bench.model.boards.len(), 11);
    let told = bench.model.ui.notice.as_ref().unwrap();
    assert!(
        told.bad && told.text.contains("does the intake policy open too many?"),
        "{}",
        told.text
    );
    // A service without an incident of its own is told of all the same: people are called.
    let titles: Vec<&str> = bench
        .model
        .boards
        .values()
        .map(crate::app::Board::title)
        .collect();
    let shared = titles
        .iter()
        .filter(|title| title.starts_with("More than 10 incidents go on"));
    assert_eq!(shared.count(), 1, "{titles:?}");
    assert!(bench.sent.len() >= 11, "{} pages", bench.sent.len());
    // … and each of the others is named there once.
    bench.alert(&names, AlertState::Firing, start());
    let mut boards = bench.model.boards.values();
    let shared = boards
        .find(|board| board.title().starts_with("More than"))
        .unwrap();
    assert_eq!(shared.incident.notes.len(), 30 - 10);
}

#[test]
fn what_comes_after_the_incident_that_stands_for_others_was_acknowledged_calls_people_again() {
    let (mut bench, names) = one_rule_per_alert();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let standing = |bench: &Bench| {
        let boards = bench.model.boards.iter();
        let shared = boards.filter(|(_, board)| board.title().starts_with("More than"));
        shared.map(|(id, _)| id.clone()).collect::<Vec<_>>()
    };
    bench.alert(&names[..15], AlertState::Firing, start());
    let first = standing(&bench)[0].clone();
    bench.model.go_to(first);
    bench.keys("a");
    let paged = bench.sent.len();
    // What it stands for already calls nobody a second time …
    bench.alert(&names[..15], AlertState::Firing, start());
    assert_eq!((standing(&bench).len(), bench.sent.len()), (1, paged));
    // … what is new does, once for all of it.
    bench.alert(&names[..16], AlertState::Firing, start());
    assert_eq!(standing(&bench).len(), 2);
    assert!(bench.sent.len() > paged);
    bench.alert(&names, AlertState::Firing, start());
    assert_eq!(standing(&bench).len(), 2);
}

#[test]
fn where_not_all_get_an_incident_of_their_own_the_gravest_do() {
    let (mut bench, _) = one_rule_per_alert();
    let alert = |n: u32| {
        let severity = if n < 20 { "warning" } else { "Critical" };
        let mut alert = alert(&format!("A{n}"), AlertState::Firing, start());
        alert.labels.insert("severity".into(), Safe::line(severity));
        alert
    };
    bench.gather("alertmanager", (0..30).map(alert).collect());
    bench.say(Msg::Tick(bench.model.stamp));
    let services: Vec<String> = bench
        .model
        .boards
        .values()
        .filter_map(|board| board.incident.opened.as_ref())
        .map(|opened| opened.data.service.to_string())
        .collect();
    for n in 20..30 {
        assert!(services.contains(&format!("s{n}")), "{services:?}");
    }
}

/// Thirty alerts, each with a rule and a service of its own.
pub(super) fn one_rule_per_alert() -> (Bench, Vec<String>) {
    let rules: String = (0..30)
        .map(|n| format!("  - {{rule: r{n}, when: {{alertname: A{n}}}, action: open, service: s{n}, path: confirm}}\n"))
        .collect();
    let policy = format!("policy: each\nversion: 1\nrules:\n{rules}");
    let policy: crate::incident::intake::Policy = serde_saphyr::from_str(&policy).unwrap();
    let intake = crate::incident::intake::Intake::new(&policy).unwrap();
    let bench = Bench::with(|setup| setup.intake = (intake, "00".into()));
    (bench, (0..30).map(|n| format!("A{n}")).collect())
}
