//! An on-call calendar that is at an address.

use super::stage::{Stage, taken};
use crate::support::program::WARROOM;
use crate::support::server::{Does, Server, answer};
use std::os::unix::fs::PermissionsExt;
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

/// A home with one schedule whose calendar is at an address.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let schedules =
            "schedules:\n  - {schedule: on-call, zone: UTC, calendar: {url: {env: CALENDAR}}}\n";
        std::fs::write(home.path().join("s.yaml"), schedules).unwrap();
        std::fs::write(home.path().join("warroom.yaml"), "schedules: s.yaml\n").unwrap();
        Self(home)
    }

    /// What the program says, with its exit code, while the calendar's server does this.
    fn says(&self, does: Does, arguments: &[&str]) -> (i32, String) {
        let server = Server::start(vec![does]);
        let output = Command::new(WARROOM)
            .arg("--config")
            .arg(self.0.path().join("warroom.yaml"))
            .arg("--data-dir")
            .arg(self.0.path().join("data"))
            .args(arguments)
            .env("WARROOM_STATE_DIR", self.0.path().join("state"))
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
}

/// What `escalation` says, with its exit code.
fn says(does: Does, arguments: &[&str]) -> (i32, String) {
    Home::new().says(does, arguments)
}

#[test]
fn a_calendar_at_an_address_is_read_by_the_check_and_a_gap_in_it_is_found() {
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

const CHECK: [&str; 2] = ["escalation", "check"];

/// An event without a length beside the good ones.
fn with_an_odd_one(good: &str) -> String {
    let odd = "BEGIN:VEVENT\r\nUID:odd@test\r\nDTSTART:20261105T090000Z\r\nSUMMARY:swap the phone\r\nEND:VEVENT\r\nEND:VCALENDAR";
    good.replace("END:VCALENDAR", odd)
}

#[test]
fn an_odd_event_is_named_by_the_check_and_the_doctor_and_the_rest_is_used() {
    let calendar = with_an_odd_one(&calendar(24));
    let (code, text) = says(answer(200, &calendar), &CHECK);
    assert!(code == 0 && text.contains("dana is on call now"), "{text}");
    assert!(
        text.contains("WARNING  calendar of on-call: event \"swap the phone\"")
            && text.contains("no length"),
        "{text}"
    );
    let (_, text) = says(answer(200, &calendar), &["doctor"]);
    assert!(text.contains("WARNING event \"swap the phone\""), "{text}");
}

#[test]
fn the_last_good_copy_of_a_calendar_is_in_force_with_its_age_while_there_is_no_newer_one() {
    let home = Home::new();
    let (code, text) = home.says(answer(200, &calendar(24)), &CHECK);
    assert_eq!(code, 0, "{text}");
    let copy = home.0.path().join("data/calendars/on-call.ics");
    let kept = std::fs::read_to_string(&copy).unwrap();
    assert!(
        !kept.contains("hiddentoken4711") && kept.contains("SUMMARY:dana"),
        "{kept}"
    );
    let mode = std::fs::metadata(&copy).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // Three hours later.
    let three_hours = chrono::Utc::now() - chrono::TimeDelta::hours(3);
    let aged = three_hours.format("X-WARROOM-COPY:%Y-%m-%dT%H:%M:%SZ");
    let (_, rest) = kept.split_once('\n').unwrap();
    std::fs::write(&copy, format!("{aged}\r\n{rest}")).unwrap();
    for does in [
        answer(503, "later"),
        answer(200, "<html>log in</html>"),
        Does::Reset,
    ] {
        let (code, text) = home.says(does, &CHECK);
        assert!(
            code == 1
                && text.contains("dana is on call now")
                && text.contains("calendar of on-call: copy of ")
                && text.contains(", 3h old, cannot be fetched: "),
            "{text}"
        );
    }
    assert!(
        std::fs::read_to_string(&copy)
            .unwrap()
            .starts_with(&aged.to_string())
    );
}

/// A stage with these schedules and a calendar in a file.
fn stage(schedules: &str, calendar: &str) -> Stage {
    let levels = "  - {level: on-call, target: on-call, after: 0m, until: acknowledged, channels: [pager]}\n";
    let stage = Stage::new(levels, taken(), "schedules: s.yaml\n");
    std::fs::write(stage.home.path().join("s.yaml"), schedules).unwrap();
    std::fs::write(stage.home.path().join("c.ics"), calendar).unwrap();
    stage
}

fn paged(stage: &Stage) -> serde_json::Value {
    stage.until("the page goes out", 20, || {
        !stage.hook.requests().is_empty()
    });
    stage.hook.requests()[0].json()
}

const IN_A_FILE: &str = "schedules:\n  - {schedule: on-call, zone: UTC, calendar: {file: c.ics}}\n";

#[test]
fn two_people_who_are_on_call_at_once_are_both_named_on_the_page() {
    let two = calendar(24).replace(
        "END:VCALENDAR",
        &calendar(24)
            .replace("UID:1", "UID:2")
            .replace("dana", "lee")[calendar(24).find("BEGIN:VEVENT").unwrap()..],
    );
    let stage = stage(IN_A_FILE, &two);
    let said = stage.run(&CHECK);
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(
        said.contains("dana and lee are on call now; all are paged")
            && said.contains("dana and lee are on call at the same time from"),
        "{said}"
    );
    let watch = stage.watch();
    assert_eq!(paged(&stage)["data"]["on_call"], "dana and lee");
    assert!(watch.terminate());
}

#[test]
fn the_log_of_the_paging_service_names_an_odd_event() {
    let stage = stage(IN_A_FILE, &with_an_odd_one(&calendar(24)));
    let watch = stage.watch();
    assert_eq!(paged(&stage)["data"]["on_call"], "dana");
    stage.until("the odd event is named", 5, || {
        stage.log().contains("event \"swap the phone\"")
    });
    assert!(watch.terminate());
}

/// Schedules that cannot be used: the check refuses them; every other command, and the paging service, go on.
#[test]
fn schedules_that_cannot_be_used_stop_no_other_command_and_no_page() {
    let good = "{schedule: lead, zone: UTC, rotation: {people: [nina], starts: '2026-01-05T09:00', every: 1w}}";
    let on_call = [
        (
            "{schedule: on-call, zone: Mars/Base, otherwise: lee, calendar: {file: c.ics}}",
            Some("lee"),
        ),
        (
            "{schedule: on-call, zone: UTC, otherwise: lee}",
            Some("lee"),
        ),
        (
            "{schedule: on-call, zone: UTC, shifts: [{who: dana, days: [someday], from: '09:00', until: '17:00'}]}",
            None,
        ),
        (
            "{schedule: on-call, zone: UTC, rotation: {people: [], starts: '2026-01-05T09:00', every: 1w}}",
            None,
        ),
        (
            "{schedule: on-call, zone: UTC, calendar: {file: nowhere.ics}, otherwise: lee}",
            Some("lee"),
        ),
        ("7", None),
    ];
    for (schedule, who) in on_call {
        let stage = stage(&format!("schedules:\n  - {good}\n  - {schedule}\n"), "");
        let check = stage.run(&CHECK);
        assert!(!check.status.success(), "{schedule}");
        for command in [&["incident", "list"][..], &["config", "paths"]] {
            let done = stage.run(command);
            assert!(done.status.success(), "{schedule}: {command:?} {done:?}");
        }
        let watch = stage.watch();
        let page = paged(&stage);
        assert_eq!(page["data"]["on_call"].as_str(), who, "{schedule}");
        stage.until("the schedule is named", 5, || {
            let log = stage.log();
            log.contains("s.yaml") || log.contains("the calendar of on-call is not known")
        });
        assert!(watch.terminate());
    }
}
