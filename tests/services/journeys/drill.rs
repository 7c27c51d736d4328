//! A newcomer: presses only what the screen says is next, and takes the first choice of every list.

use super::command::{json, only_incident};
use crate::support::terminal::Terminal;
use chrono::{DateTime, TimeDelta, Utc};
use std::time::{Duration, Instant};

#[test]
fn a_newcomer_finishes_the_drill_with_what_the_screen_says() {
    let data = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(data.path(), &["drill", "--rate", "60"], &[]);
    terminal.until("EXERCISE");
    let start = Instant::now();
    let mut last = String::new();
    while !terminal.screen().contains("closed: no clock runs") {
        assert!(
            start.elapsed() < Duration::from_secs(120),
            "the newcomer is stuck:\n{}",
            terminal.screen()
        );
        let screen = terminal.screen();
        if let Some(keys) = advice(&screen) {
            let situation = format!("{keys} {}", step_of(&screen));
            // The same advice at once again means that the last key is still being recorded.
            if situation == last {
                std::thread::sleep(Duration::from_millis(250));
            }
            last = situation;
            terminal.keys(&keys);
        }
        std::thread::sleep(Duration::from_millis(150));
    }
    terminal.until("EXERCISE");
    // What is added by the command line meanwhile bears the time of the exercise.
    let id = only_incident(data.path());
    let note = json(data.path(), &["incident", "note", &id, "from outside"]);
    let at: DateTime<Utc> = note["at"].as_str().unwrap().parse().unwrap();
    assert!(at - Utc::now() > TimeDelta::seconds(60), "{at}");
    terminal.keys("q");
    assert_eq!(terminal.end(), 0);
    // The bell said what it rang for, in a notice of the terminal.
    let notice: &[u8] = b"\x1b]9;warroom: ";
    let stream = terminal.raw();
    assert!(stream.windows(notice.len()).any(|bytes| bytes == notice));

    assert!(id.starts_with("DRILL-"));
    let record = json(data.path(), &["record", &id]);
    assert_eq!(
        (&record["exercise"], &record["status"]),
        (&true.into(), &"closed".into())
    );
    let timeline = record["timeline"].to_string();
    for fact in [
        "acknowledged",
        "classified SEV",
        "passed, measured 0.99",
        "next step: ",
        "status: mitigated",
        "exercise, nothing sent",
    ] {
        assert!(timeline.contains(fact), "{fact} is not in the record");
    }
    assert_eq!(json(data.path(), &["verify", &id])["intact"], true);
}

/// The keys that the screen asks for.
fn advice(screen: &str) -> Option<String> {
    let hint = screen.lines().last()?;
    if hint.contains("y yes") {
        return Some("y".into());
    }
    if screen.contains("a few words are needed") {
        return Some("we look into it⏎".into());
    }
    if hint.contains("enter answer")
        || hint.contains("enter choose")
        || hint.contains("enter record")
    {
        return Some("⏎".into());
    }
    let line = screen.lines().find(|line| line.contains("next: press "))?;
    let key = line.split("next: press ").nth(1)?.split(':').next()?;
    Some(if key == "enter" {
        "⏎".into()
    } else {
        key.to_string()
    })
}

/// What tells one situation from the next one.
fn step_of(screen: &str) -> String {
    screen.lines().skip(5).take(16).collect()
}
