//! Programs that are killed and started again beside real servers: what they record is true of their sources.

use super::command::{json, only_incident};
use super::services::{NEEDED, Services};
use crate::support::needs::lacks;
use crate::support::program::Running;
use crate::support::terminal::Terminal;
use rstest::rstest;
use serde_json::Value;
use std::time::Duration;

/// Milliseconds that a program runs: before its first answers, between them, and after.
const LIVES: [u64; 7] = [50, 400, 900, 1500, 2500, 200, 4000];

fn live(terminal: &mut Terminal, milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
    terminal.child.kill().unwrap();
    terminal.child.wait().unwrap();
}

fn observations(services: &Services) -> Vec<String> {
    let record = json(
        services.data(),
        &["record", &only_incident(services.data())],
    );
    let rows = record["observations"].as_array().unwrap();
    let what = |row: &Value| row["what"].as_str().unwrap().to_string();
    rows.iter().map(what).collect()
}

#[rstest]
#[case::console_alone(false)]
#[case::console_and_paging_service(true)]
fn programs_that_are_restarted_record_nothing_that_is_not_true(#[case] with_watch: bool) {
    if lacks(&NEEDED) {
        return;
    }
    let services = Services::start();
    let mut terminal = services.console();
    terminal.until("confirm-success 100.00 % of 99.90 %");
    services.exporter.fail(true);
    terminal.until_within("SEV?", Duration::from_secs(60));
    terminal.press("a", "IC tester");
    terminal.until_within("1 firing", Duration::from_secs(20));
    live(&mut terminal, 2000);
    let mut watch: Option<Running> = None;
    for (round, milliseconds) in LIVES.into_iter().enumerate() {
        if with_watch && round % 2 == 0 {
            watch = Some(services.watch());
        }
        let mut terminal = services.console();
        if milliseconds >= 4000 {
            terminal.until_within("1 firing", Duration::from_secs(20));
            let alerts = terminal.screen().matches("PaymentSuccessRateLow ").count();
            assert_eq!(alerts, 1, "{}", terminal.screen());
        }
        live(&mut terminal, milliseconds);
        if round % 3 == 2 {
            watch.take().into_iter().for_each(Running::kill);
        }
    }
    drop(watch);
    let seen = observations(&services);
    println!("{seen:#?}");
    let untrue = [
        "no longer reported",
        "is resolved",
        "contact with",
        "not a measurement",
    ];
    let wrong: Vec<&String> = seen
        .iter()
        .filter(|what| untrue.iter().any(|word| what.contains(word)))
        .collect();
    assert_eq!(wrong, [] as [&String; 0]);
    let firing = seen.iter().filter(|what| what.contains("fires since"));
    assert_eq!(firing.count(), 1, "the alert fired once: {seen:#?}");
}
