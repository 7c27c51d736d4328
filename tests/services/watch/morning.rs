//! Alone at three in the morning.

use super::stage::{Stage, taken};
use crate::support::program::Running;
use std::collections::BTreeSet;
use std::time::Duration;

#[test]
fn the_paging_service_pages_at_night_and_the_engineer_takes_over_with_one_key() {
    let levels = "  - {level: on-call, target: on-call, after: 0m, until: acknowledged, channels: [bell, pager]}\n  \
                  - {level: lead, target: engineering-lead, after: 25s, until: acknowledged, channels: [pager]}\n";
    let stage = Stage::new(levels, taken(), "");
    let watch = stage.watch();
    // Nobody sits there: the alert opens the incident, and the paging service pages.
    stage.until("the page goes out", 15, || {
        !stage.hook.requests().is_empty()
    });
    let page = stage.hook.requests()[0].json();
    assert_eq!(page["data"]["target"], "on-call");
    assert_eq!(stage.incidents().len(), 1);

    // The engineer comes over ssh, and takes over with one key.
    let mut terminal = stage.console();
    terminal.until("PaymentSuccessRateLow");
    terminal.until("not acknowledged");
    terminal.keys("a");
    terminal.until("acknowledged, recorded as");
    terminal.until("IC dana");
    // The lead, due a few seconds later, is not called any more by either program.
    std::thread::sleep(Duration::from_secs(27));
    let targets: BTreeSet<String> = stage
        .hook
        .requests()
        .iter()
        .map(|request| request.json()["data"]["target"].to_string())
        .collect();
    assert_eq!(targets.len(), 1, "{targets:?}");
    // The paging service dies, and the console says so, and that it runs the clocks.
    watch.kill();
    terminal.until("lost contact with the paging service");
    stage.until("the loss is recorded", 10, || {
        stage.of_type("keeper-lost").len() == 1
    });
    terminal.keys("q");
    terminal.until("y");
    terminal.keys("y");
    let id = &stage.incidents()[0];
    assert!(stage.run(&["verify", id]).status.success());
}

/// A policy of seconds: the simulation, and what the paging service then did, entry by entry.
#[test]
fn the_running_program_does_what_the_simulation_predicts() {
    let levels = "  - {level: on-call, targets: [on-call, network], after: 0s, until: acknowledged, channels: [pager]}\n  \
                  - {level: lead, target: lead, after: 8s, until: acknowledged, channels: [pager]}\n  \
                  - {level: cto, target: cto, after: 12s, until: resolved, channels: [pager]}\n  \
                  - {level: never, target: board, after: 20s, until: acknowledged, channels: [pager]}\n";
    let stage = Stage::new(levels, taken(), "");
    let watch = stage.watch();
    stage.until("the cto is paged", 40, || {
        stage.of_type("page-intended").len() >= 4
    });
    let id = stage.incidents()[0].clone();
    assert!(stage.run(&["incident", "ack", &id]).status.success());
    let acknowledged = chrono::Utc::now();
    std::thread::sleep(Duration::from_secs(10));
    assert!(watch.terminate(), "it ends in good order");
    let left = std::fs::read_dir(stage.data().join("keepers")).unwrap();
    assert_eq!(left.count(), 0, "and nobody takes that for a loss");
    let started = stage.of_type("opened")[0]["data"]["started"]
        .as_str()
        .unwrap()
        .to_string();
    let ack = acknowledged.to_rfc3339();
    let said = stage.json(&[
        "escalation",
        "simulate",
        "--at",
        &started,
        "--lasts",
        "30s",
        "--ack",
        &ack,
    ]);
    let row = |at: &serde_json::Value, of: &serde_json::Value| {
        let at: chrono::DateTime<chrono::Utc> = at.as_str().unwrap().parse().unwrap();
        let words = ["level", "target", "channel", "repeat"].map(|name| of[name].to_string());
        (at, words)
    };
    let foretold: Vec<_> = said["calls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| row(&call["at"], call))
        .collect();
    let mut done: Vec<_> = stage
        .of_type("page-intended")
        .iter()
        .map(|entry| row(&entry["data"]["due"], &entry["data"]))
        .collect();
    done.sort();
    assert_eq!(done, foretold);
    assert_eq!(
        done.len(),
        4,
        "who was due after the acknowledgement was not called"
    );
    // Each was carried out within a second and a half of its due time, once the alert was known.
    for entry in stage.of_type("page-intended").iter().skip(2) {
        let time = |value: &serde_json::Value| {
            value
                .as_str()
                .unwrap()
                .parse::<chrono::DateTime<chrono::Utc>>()
                .unwrap()
        };
        let late = time(&entry["rec"]) - time(&entry["data"]["due"]);
        assert!(late < chrono::TimeDelta::milliseconds(1_500), "{late}");
    }
}

/// What systemd sees: that it is ready, that it lives, that it stops.
#[test]
fn the_service_manager_is_notified() {
    let levels = "  - {level: on-call, target: on-call, after: 0m, until: acknowledged, channels: [pager]}\n";
    let stage = Stage::new(levels, taken(), "");
    let path = stage.home.path().join("notify");
    let socket = std::os::unix::net::UnixDatagram::bind(&path).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_millis(200)))
        .unwrap();
    let mut child = stage.command(&["watch"]);
    child
        .env("NOTIFY_SOCKET", &path)
        .env("WATCHDOG_USEC", "1500000");
    child
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    let watch = Running(child.spawn().unwrap());
    let mut said = String::new();
    let hear = |said: &mut String| {
        let mut buffer = [0; 4096];
        if let Ok(count) = socket.recv(&mut buffer) {
            *said += &String::from_utf8_lossy(&buffer[..count]);
            *said += "\n";
        }
    };
    let begun = std::time::Instant::now();
    while said.matches("WATCHDOG=1").count() < 3 {
        hear(&mut said);
        assert!(begun.elapsed() < Duration::from_secs(15), "{said}");
    }
    assert!(said.contains("READY=1"), "{said}");
    assert!(watch.terminate());
    for _ in 0..10 {
        hear(&mut said);
    }
    assert!(said.contains("STOPPING=1"), "{said}");
    let unit = stage.run(&["watch", "--unit"]);
    let unit = String::from_utf8_lossy(&unit.stdout).into_owned();
    assert!(
        unit.contains("Type=notify") && unit.contains("WatchdogSec="),
        "{unit}"
    );
}
