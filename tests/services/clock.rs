//! The whole program while somebody sets its wall clock (libfaketime): people are called when they have waited their time
//! by the boot clock, and the step is recorded and shown. The cases run beside each other; the longest takes 95 seconds.

use crate::support::needs::{Need, faketime, lacks};
use crate::support::program::{Running, WARROOM};
use Does::{Restarts, Sets};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::any::Any;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// When levels are due, in seconds from the start.
const LEVELS: [(&str, i64); 3] = [("on-call", 0), ("lead", 10), ("cto", 20)];
/// How late a call may be, in milliseconds: the program looks at the clock five times a second, on a machine that others
/// use too.
const LATE: i64 = 2_500;

/// What happens, by seconds from the start.
#[derive(Clone, Copy)]
enum Does {
    /// The wall clock is set to this offset.
    Sets(&'static str),
    /// The paging service is killed and started again.
    Restarts,
}

struct Machine {
    home: tempfile::TempDir,
}

impl Machine {
    fn new() -> Self {
        let machine = Self {
            home: tempfile::tempdir().unwrap(),
        };
        let level = |(name, after): &(&str, i64)| {
            format!(
                "  - {{level: {name}, target: {name}, after: {after}s, until: acknowledged, channels: [bell]}}\n"
            )
        };
        let levels: String = LEVELS.iter().map(level).collect();
        machine.write(
            "escalation.yaml",
            &format!("policy: p\nversion: 1\nlevels:\n{levels}"),
        );
        // No source answers there: the incident is opened by hand.
        machine.write(
            "warroom.yaml",
            "name: dana\npolicies: {escalation: escalation.yaml}\nsources: [{kind: prometheus, url: 'http://127.0.0.1:9/'}]\n",
        );
        machine.write("offset", "+0");
        machine
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Sets the wall clock. The library reads the file with every look at the clock: it is there whole or not at all.
    fn set(&self, offset: &str) {
        self.write("offset.new", offset);
        std::fs::rename(self.path("offset.new"), self.path("offset")).unwrap();
    }

    /// The program, under a clock that the test sets.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(WARROOM);
        command
            .args(["--config", "warroom.yaml", "--data-dir", "data"])
            .args(arguments)
            .current_dir(self.home.path())
            .env("WARROOM_STATE_DIR", self.path("state"))
            .env("LD_PRELOAD", faketime().unwrap())
            .env("FAKETIME_TIMESTAMP_FILE", self.path("offset"))
            .env("FAKETIME_NO_CACHE", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .stdin(Stdio::null());
        command
    }

    fn watch(&self) -> Running {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.path("watch.log"))
            .unwrap();
        let errors = log.try_clone().unwrap();
        let mut command = self.command(&["watch"]);
        Running::start(command.stdout(log).stderr(errors))
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.path("watch.log")).unwrap()
    }

    fn lines(&self) -> Vec<Value> {
        let mut incidents = std::fs::read_dir(self.path("data/incidents")).unwrap();
        let journal = incidents.next().unwrap().unwrap().path();
        let text = std::fs::read_to_string(journal.join("journal.jsonl")).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    fn of_type(&self, kind: &str) -> Vec<Value> {
        let mut lines = self.lines();
        lines.retain(|line| line["type"] == kind);
        lines
    }
}

/// Milliseconds of the boot clock at which a line was recorded.
fn boot_ms(line: &Value) -> i64 {
    let (_, since) = line["mono"].as_str().unwrap().split_once(':').unwrap();
    since.parse::<i64>().unwrap() / 1_000_000
}

/// Plays one incident: what happens when, and the steps that the journal must tell, in seconds.
fn play(script: &[(u64, Does)], steps: &[i64]) {
    let machine = Machine::new();
    let opened = machine.command(&["incident", "open", "clock"]).output();
    assert!(opened.unwrap().status.success());
    let begun = Instant::now();
    let mut watch = machine.watch();
    for (second, does) in script {
        let at = Duration::from_secs(*second);
        std::thread::sleep(at.saturating_sub(begun.elapsed()));
        match does {
            Does::Sets(offset) => machine.set(offset),
            Does::Restarts => {
                drop(watch);
                watch = machine.watch();
            }
        }
    }
    std::thread::sleep(Duration::from_secs(26).saturating_sub(begun.elapsed()));
    drop(watch);

    let opened = &machine.of_type("opened")[0];
    let time = |text: &Value| text.as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
    // It began a moment before it was recorded.
    let began = time(&opened["data"]["started"]);
    let start = boot_ms(opened) - (time(&opened["rec"]) - began).num_milliseconds();
    let called = |line: &Value| {
        let level = line["data"]["level"].as_str().unwrap().to_string();
        (level, boot_ms(line) - start)
    };
    let calls: Vec<(String, i64)> = machine
        .of_type("page-intended")
        .iter()
        .map(called)
        .collect();
    assert_eq!(
        calls.len(),
        LEVELS.len(),
        "each once: {calls:?}\n{}",
        machine.log()
    );
    for ((level, ms), (expected, after)) in calls.iter().zip(LEVELS) {
        // The first call waits for the paging service to start.
        let late = if after == 0 { 2 * LATE } else { LATE };
        let due = after * 1_000;
        assert_eq!(level, expected, "{calls:?}");
        assert!(
            (due..due + late).contains(ms),
            "{calls:?}\n{}",
            machine.log()
        );
    }
    // To a tenth of a second: the entry of a step is recorded a moment after it.
    let told = machine.of_type("clock-stepped");
    let told = told
        .iter()
        .map(|line| line["data"]["step_ms"].as_i64().unwrap());
    let told: Vec<i64> = told.map(|ms| (ms + ms.signum() * 50) / 100 * 100).collect();
    let expected: Vec<i64> = steps.iter().map(|step| step * 1_000).collect();
    assert_eq!(told, expected, "{}", machine.log());
}

/// The case as it was reported, in its own words.
fn reported() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/field/clock-back.sh");
    let output = Command::new("sh")
        .arg(script)
        .arg(WARROOM)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let lead = |line: &&str| line.contains("lead") && !line.contains("armed");
    assert_eq!(said.lines().filter(lead).count(), 1, "{said}");
}

/// The step is shown at once, in words, and every later reader of the record finds it.
fn shown() {
    let machine = Machine::new();
    let opened = machine.command(&["incident", "open", "clock"]).output();
    assert!(opened.unwrap().status.success());
    let watch = machine.watch();
    std::thread::sleep(Duration::from_secs(4));
    machine.set("-1h");
    std::thread::sleep(Duration::from_secs(3));
    let log = machine.log();
    drop(watch);
    for words in [
        "system clock was set back by 1 h 0 min at ",
        "waiting times are not affected",
    ] {
        assert!(log.contains(words), "{words}: {log}");
    }
    let incidents = machine.command(&["incident", "list"]).output().unwrap();
    let list = String::from_utf8_lossy(&incidents.stdout).into_owned();
    let id = list.split_whitespace().next().unwrap();
    let shown = machine.command(&["incident", "show", id]).output().unwrap();
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.contains("set back by 1 h 0 min"), "{shown}");
    let verified = machine.command(&["verify", id]).output().unwrap();
    assert!(verified.status.success());
}

/// A test for each case. The cases wait, and do not work: all of them wait at the same time, whichever test asks first.
macro_rules! cases {
    ($(fn $name:ident = $case:expr;)*) => {
        static PLAYED: LazyLock<BTreeMap<&str, Result<(), String>>> = LazyLock::new(|| {
            let cases: Vec<(&str, fn())> = vec![$((stringify!($name), $case)),*];
            let start = |(name, case)| (name, std::thread::spawn(case));
            let running: Vec<_> = cases.into_iter().map(start).collect();
            let end = |(name, case): (_, JoinHandle<()>)| (name, case.join().map_err(words));
            running.into_iter().map(end).collect()
        });

        $(
            #[test]
            fn $name() {
                if !lacks(&[Need::Faketime])
                    && let Err(what) = &PLAYED[stringify!($name)]
                {
                    panic!("{what}");
                }
            }
        )*
    };
}

fn words(panic: Box<dyn Any + Send>) -> String {
    let words = panic.downcast::<String>();
    words.map_or_else(
        |_| "see the output of the first test".to_string(),
        |words| *words,
    )
}

cases! {
    fn the_reported_case_pages_the_lead_after_a_minute = reported;
    fn a_step_is_shown_at_once_and_stands_in_the_record = shown;
    fn set_back_by_an_hour_while_a_level_waits = || play(&[(5, Sets("-1h"))], &[-3_600]);
    fn set_forward_by_a_day_while_a_level_waits = || play(&[(5, Sets("+1d"))], &[86_400]);
    fn set_back_by_a_day_after_a_level_was_paged = || play(&[(13, Sets("-1d"))], &[-86_400]);
    fn set_by_two_seconds_around_the_due_time = || play(&[(9, Sets("-2")), (12, Sets("+0"))], &[-2, 2]);
    fn set_before_the_paging_service_starts_to_wait = || play(&[(0, Sets("+1d"))], &[86_400]);
    fn set_back_and_then_the_paging_service_restarts = || play(&[(4, Sets("-1h")), (6, Restarts)], &[-3_600]);
    fn set_forward_while_no_paging_service_looks = || play(
        &[(4, Sets("+1h")), (4, Restarts), (14, Sets("+2h"))],
        &[3_600, 3_600],
    );
}
