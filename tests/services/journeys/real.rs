//! A real incident: real Prometheus, real Alertmanager, the screen, a pager.

use super::command::{json, only_incident};
use super::listener::is_signed;
use super::services::{NEEDED, Services};
use crate::support::needs::lacks;
use std::time::Duration;

#[test]
fn a_real_incident_from_alert_to_documents() {
    if lacks(&NEEDED) {
        return;
    }
    let services = Services::start();
    let mut terminal = services.console();

    terminal.until("confirm-success 100.00 % of 99.90 %");
    terminal.until("none fires");
    services.exporter.fail(true);
    terminal.until_within("PaymentSuccessRateLow", Duration::from_secs(60));
    terminal.until("SEV?");
    terminal.press("4", "called");
    terminal.until(": accepted");
    terminal.press("1a", "IC tester");

    // While the rate still falls, the measured answer may be another one at each reading.
    terminal.until_within("confirm-success 80.", Duration::from_secs(30));
    terminal.press("s", "Are transactions being processed wrongly");
    terminal.press("n", "Can users complete payments?");
    terminal.until("measured confirm-success");
    terminal.press("⏎", "Has customer data been seen");
    terminal.press("n", "said");
    let completion = terminal.row("completion").unwrap();
    assert!(completion.contains("measured"), "{completion}");
    terminal.until_screen("a severity", Duration::from_secs(10), |screen| {
        screen.starts_with(" SEV1 ") || screen.starts_with(" SEV2 ")
    });

    terminal.press("p", "Which playbook?");
    terminal.press("1", "step 1 of 16");
    for _ in 0..5 {
        terminal.keys("⏎");
    }
    terminal.press("", "Are the metrics alive?");
    terminal.until("step 2 of 16");
    terminal.press("⏎", "step 3 of 16");
    assert!(
        terminal
            .row("Are the metrics alive?")
            .unwrap()
            .contains("passed"),
        "{}",
        terminal.screen()
    );

    terminal.press("nwe see one provider failing⏎", "recorded as #");
    terminal.press("w", "documents written");
    terminal.until("record-json    written");
    let recorded = terminal.row("postmortem").unwrap();
    assert!(recorded.contains("written"), "{recorded}");
    terminal.press("q", "Sure?");
    terminal.keys("y");
    assert_eq!(terminal.end(), 0);

    let id = only_incident(services.data());
    let report = json(services.data(), &["verify", &id]);
    assert_eq!(
        (&report["intact"], &report["withheld"]),
        (&true.into(), &0.into()),
        "{report}"
    );
    let pages = services.pager.requests();
    assert!(!pages.is_empty() && pages.iter().all(is_signed));
    assert!(pages[0].body.contains(&id), "{}", pages[0].body);
    let documents = std::fs::read_dir(services.data().join("documents").join(&id)).unwrap();
    let texts: Vec<String> = documents
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    assert_eq!(texts.len(), 4);
    let (charts, written): (Vec<&String>, Vec<&String>) =
        texts.iter().partition(|text| text.starts_with("<svg"));
    assert!(
        charts.len() == 1 && charts[0].contains("objective 99.90 %"),
        "{charts:?}"
    );
    assert!(
        written
            .iter()
            .all(|text| text.contains("we see one provider failing"))
    );
    assert!(
        texts
            .iter()
            .any(|text| text.starts_with("# Postmortem draft") && !text.contains("tester"))
    );
    let passed = json(services.data(), &["record", &id])["timeline"].to_string();
    assert!(
        passed.contains("passed, measured 1 at"),
        "the check's measured value is in the record"
    );
}

#[test]
fn lost_contact_is_no_recovery() {
    if lacks(&NEEDED) {
        return;
    }
    let mut services = Services::start();
    services.exporter.fail(true);
    let mut terminal = services.console();
    terminal.until_within("SEV?", Duration::from_secs(60));
    terminal.press("a", "IC tester");
    services.stop_prometheus();
    terminal.until("contact lost");
    // Alertmanager forgets the alert by itself some seconds later.
    terminal.until_within("not reported ", Duration::from_secs(60));
    terminal.until("not confirmed as resolved");
    for screen in ["1", "2", "3", "4", "5", "6", "7"] {
        terminal.keys(screen);
        terminal.until("contact lost");
        std::thread::sleep(Duration::from_millis(300));
        // The playbook list that screen 3 may offer is closed again.
        terminal.keys("⎋");
        std::thread::sleep(Duration::from_millis(300));
        let shown = terminal.screen();
        let other = shown.replace("not confirmed as resolved", "");
        assert!(
            !other.to_lowercase().contains("resolved"),
            "screen {screen}:\n{shown}"
        );
        let age = shown.lines().nth(1).unwrap();
        assert!(age.contains(" old"), "{age}");
    }
    terminal.press("qy", "");
    assert_eq!(terminal.end(), 0);
    let id = only_incident(services.data());
    let record = json(services.data(), &["record", &id]);
    assert_eq!(record["status"], "investigating");
    let timeline = record["timeline"].to_string();
    assert!(
        timeline.contains("contact with prometheus lost")
            && timeline.contains("not confirmed as resolved"),
        "{timeline}"
    );
    assert!(!timeline.contains("is resolved"));
}
