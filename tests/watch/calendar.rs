//! An on-call calendar that is at an address.

use super::server::{Does, Server, answer};
use super::stage::WARROOM;
use std::process::Command;

/// One shift a day from the day before yesterday, for so many hours.
fn calendar(hours: u32) -> String {
    let begin = chrono::Utc::now() - chrono::TimeDelta::days(2);
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n\
         DTSTART:{}T000000Z\r\nDURATION:PT{hours}H\r\nRRULE:FREQ=DAILY\r\nSUMMARY:dana\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        begin.format("%Y%m%d")
    )
}

/// What `escalation` says, with its exit code.
fn says(does: Does, arguments: &[&str]) -> (i32, String) {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(vec![does]);
    std::fs::write(
        home.path().join("s.yaml"),
        "schedules:\n  - {schedule: on-call, zone: UTC, calendar: {url: {env: CALENDAR}}}\n",
    )
    .unwrap();
    let file = home.path().join("warroom.yaml");
    std::fs::write(&file, "schedules: s.yaml\n").unwrap();
    let output = Command::new(WARROOM)
        .args(["--config", file.to_str().unwrap(), "--data-dir"])
        .arg(home.path().join("data"))
        .args(arguments)
        .env("WARROOM_STATE_DIR", home.path().join("state"))
        .env(
            "CALENDAR",
            format!("{}/hiddentoken4711/basic.ics", server.url()),
        )
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(!text.contains("hiddentoken4711"), "{text}");
    (output.status.code().unwrap(), text)
}

pub(crate) fn checked() {
    let check = ["escalation", "check"];
    let (code, text) = says(answer(200, &calendar(24)), &check);
    assert!(code == 0 && text.contains("dana is on call now"), "{text}");
    let (code, text) = says(answer(200, &calendar(20)), &check);
    assert!(code == 1 && text.contains("names nobody from"), "{text}");
    let (code, text) = says(answer(503, "later"), &check);
    assert!(
        code == 1 && text.contains("the calendar of on-call is not known"),
        "{text}"
    );
    let simulate = ["escalation", "simulate", "--at", "2h"];
    let (code, text) = says(answer(200, &calendar(24)), &simulate);
    assert!(code == 0 && text.contains("dana"), "{text}");
    let (code, text) = says(answer(503, "later"), &simulate);
    assert!(
        code == 0 && text.contains("the calendar of on-call is not known"),
        "{text}"
    );
}
