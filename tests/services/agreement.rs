//! One moment of one incident: every screen, command and document has the same numbers.

use crate::shapes::traffic::{self, Played};
use crate::support::needs::lacks;
use crate::support::program::Running;
use crate::support::terminal::Terminal;
use chrono::{Timelike, Utc};
use serde_json::Value;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

/// What a screen says of the success signal, without the ages, which differ by seconds.
fn facts(screen: &str) -> Vec<String> {
    let rows = screen.lines().map(|row| {
        let words: Vec<&str> = row.split_whitespace().collect();
        words.join(" ")
    });
    let of_signal = |row: &String| {
        let title = row.starts_with("SEV");
        row.starts_with("since ") || row.contains("confirm-success") && !title
    };
    rows.filter(of_signal)
        .map(|row| without_ages(&row))
        .collect()
}

/// Cuts `12 s ago`, `3 min ago` and the trace of levels.
fn without_ages(row: &str) -> String {
    let words: Vec<&str> = row.split(' ').collect();
    let mut kept = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let is_age = words
            .get(at + 2)
            .is_some_and(|word| word.starts_with("ago"))
            && words[at].parse::<u32>().is_ok();
        let is_trace = words[at]
            .chars()
            .any(|c| ('\u{2581}'..='\u{2588}').contains(&c));
        match (is_age, is_trace) {
            (true, _) => at += 3,
            (false, true) => at += 1,
            (false, false) => {
                kept.push(words[at]);
                at += 1;
            }
        }
    }
    kept.join(" ")
}

fn disagreements(screens: &[(&str, Vec<String>)]) -> Vec<String> {
    let (first, rest) = screens.split_first().unwrap();
    let differs = |other: &&(&str, Vec<String>)| other.1 != first.1;
    let words = |other: &(&str, Vec<String>)| {
        format!(
            "{} {:#?}\nbeside {} {:#?}",
            first.0, first.1, other.0, other.1
        )
    };
    rest.iter().filter(differs).map(words).collect()
}

/// In the middle of a minute: no report changes while the screens are read.
fn until_the_middle_of_a_minute() {
    while !(20..40).contains(&Utc::now().second()) {
        std::thread::sleep(Duration::from_millis(500));
    }
}

/// What a number of the report is on the screen.
fn percent(ratio: &Value) -> String {
    let ratio = ratio.as_f64().unwrap();
    format!("{:.2} %", (ratio * 10_000.0 + 1e-7).floor() / 100.0)
}

fn watch(played: &Played, data: &Path) -> Running {
    let mut watch = played.warroom(data);
    let null = Stdio::null;
    watch.arg("watch").stdout(null()).stderr(null());
    Running::start(&mut watch)
}

fn console(data: &Path, arguments: &[&str], cost: &str) -> Terminal {
    let terminal = Terminal::start(data, arguments, &[]);
    let minute = Duration::from_secs(60);
    terminal.until_screen("the incident and its cost", minute, |screen| {
        screen.contains("SEV?") && screen.contains(" failed") && screen.contains(cost)
    });
    terminal
}

#[test]
fn screens_commands_and_documents_show_the_same_numbers() {
    if lacks(&traffic::NEEDED) {
        return;
    }
    let played = Played::start("slow-decline");
    let data = played.path("data");
    let _watch = watch(&played, &data);
    let config = played.path("warroom.yaml");
    let own = ["--config", config.to_str().unwrap()];
    let read_only = [own[0], own[1], "--read-only"];
    let names = ["console", "second console", "read-only console"];
    let consoles = [&own[..], &own[..], &read_only[..]].map(|it| console(&data, it, "burn "));
    // A second computation: declined payments count as well.
    let planted = played.planted();
    let other = console(&data, &["--config", planted.to_str().unwrap()], "burn ");
    // Without a source: what is recorded.
    let blind = console(&data, &["--read-only"], "recorded ");

    until_the_middle_of_a_minute();
    let screens: Vec<String> = consoles.iter().map(Terminal::screen).collect();
    let (planted, blind) = (other.screen(), blind.screen());
    let (shown, gate) = (played.signals(), played.gate());
    let mut all: Vec<(&str, Vec<String>)> = Vec::new();
    all.extend(
        names
            .into_iter()
            .zip(screens.iter().map(|screen| facts(screen))),
    );
    assert!(all[0].1.len() >= 4, "{}", screens[0]);
    println!("{:#?}", all[0].1);
    assert_eq!(disagreements(&all), [] as [String; 0]);
    the_commands_agree(&all[0].1.join("\n"), &shown, &gate);
    the_record_agrees(&played, &data, &blind);
    all.push(("planted", facts(&planted)));
    assert_eq!(disagreements(&all).len(), 1, "a second computation is seen");
}

fn the_commands_agree(screen: &str, shown: &Value, gate: &Value) {
    let ratio = &traffic::signal(shown, "confirm-success")["ratio"];
    let short = ratio["burn"][0]["short_burn"].as_f64().unwrap();
    let burn = match short {
        burn if burn >= 9.95 => format!("burn {burn:.0}x"),
        burn => format!("burn {burn:.1}x"),
    };
    let failed = ratio["loss"]["failed"].as_f64().unwrap();
    let left = ratio["budget"]["left"].as_f64().unwrap() * 100.0;
    for words in [
        format!("confirm-success {} of 99.90 %", percent(&ratio["now"])),
        burn,
        format!("{} since", percent(&ratio["drop"]["now"])),
        format!("normal {}", percent(&ratio["drop"]["normal"])),
        format!("{failed:.0} failed"),
        format!("{:.0} %", left.floor()),
    ] {
        assert!(screen.contains(&words), "{words} is not on\n{screen}");
    }
    let reasons = gate["paths"][0]["reasons"].to_string();
    let words = format!("{:.0} % of its budget is left", left.floor());
    assert!(reasons.contains(&words), "{words}: {reasons}");
}

/// A console without a source has the numbers that the record has.
fn the_record_agrees(played: &Played, data: &Path, blind: &str) {
    let id = std::fs::read_dir(data.join("incidents")).unwrap();
    let id = id.flatten().next().unwrap().file_name();
    let id = id.to_str().unwrap();
    let output = played
        .warroom(data)
        .args(["--output", "json", "record", id])
        .output()
        .unwrap();
    let record: Value = serde_json::from_slice(&output.stdout).unwrap();
    let statements = record["impact"]["statements"].as_array().unwrap();
    let damage = statements[0]["text"].as_str().unwrap();
    let (before, _) = damage.split_once(" payments failed").unwrap();
    let failed = before.rsplit(' ').next().unwrap();
    let banner = facts(blind);
    let banner = banner.iter().find(|row| row.starts_with("since ")).unwrap();
    assert!(
        banner.contains(&format!("{failed} failed")),
        "{banner}: {damage}"
    );
    let last = record["observations"].to_string();
    let header = blind.lines().nth(1).unwrap();
    let rate = header.split_whitespace().nth(1).unwrap();
    assert!(
        last.contains(&format!("confirm-success {rate} %")),
        "{header}"
    );
}
