//! A bit that flips in the middle of a live journal: people are called all the same, in one incident that goes on.

use super::stage::{Stage, taken};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

/// The lead is due long enough after the on-call for the damage to be found before.
const LEVELS: &str = "  - {level: on-call, target: on-call, after: 0s, until: acknowledged, channels: [pager]}\n  - {level: lead, target: lead, after: 25s, until: acknowledged, channels: [pager]}\n";

fn journal(stage: &Stage, id: &str) -> PathBuf {
    stage
        .data()
        .join("incidents")
        .join(id)
        .join("journal.jsonl")
}

/// Changes a letter of a line, from 1.
fn flip(stage: &Stage, id: &str, line: usize) {
    let path = journal(stage, id);
    let mut bytes = std::fs::read(&path).unwrap();
    let breaks: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] == b'\n').collect();
    bytes[breaks[line - 2] + 40] ^= 1;
    // In place, as a disk does it: whoever has the file open has it open still.
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.write_all_at(
        &bytes[breaks[line - 2] + 40..=breaks[line - 2] + 40],
        breaks[line - 2] as u64 + 40,
    )
    .unwrap();
}

fn continuation(stage: &Stage, old: &str) -> Option<String> {
    stage.incidents().into_iter().find(|id| id != old)
}

fn called(stage: &Stage, id: &str, target: &str) -> usize {
    let requests = stage.hook.requests();
    let ours = requests.iter().filter(|request| {
        let body = request.json();
        body["data"]["incident"] == id && body["data"]["target"] == target
    });
    ours.count()
}

#[test]
fn a_live_journal_that_is_damaged_goes_on_in_one_incident_and_the_next_level_is_called() {
    let stage = Stage::new(LEVELS, taken(), "");
    let first = stage.watch();
    stage.until("nobody is paged", 20, || stage.wrote("page-resulted"));
    let second = stage.watch();
    let old = stage.incidents().remove(0);
    flip(&stage, &old, 3);
    stage.until("the response does not go on", 20, || {
        continuation(&stage, &old).is_some()
    });
    let new = continuation(&stage, &old).unwrap();
    stage.until("the lead is not called", 40, || {
        called(&stage, &new, "lead") > 0
    });
    assert_eq!(called(&stage, &old, "lead"), 0, "{}", stage.log());
    assert_eq!(called(&stage, &new, "lead"), 1);
    assert_eq!(
        stage.incidents().len(),
        2,
        "two programs open one: {}",
        stage.log()
    );
    assert!(
        stage
            .log()
            .contains(&format!("{old} is DAMAGED: continued in {new}")),
        "{}",
        stage.log()
    );
    let shown = stage.run(&["incident", "show", &new]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains(&old));
    first.kill();
    second.kill();
    // A restart finds what there is.
    let again = stage.watch();
    std::thread::sleep(std::time::Duration::from_secs(6));
    assert_eq!(stage.incidents().len(), 2, "{}", stage.log());
    again.kill();
}

#[test]
fn a_journal_that_was_damaged_while_nobody_watched_goes_on_with_the_next_start() {
    let stage = Stage::new(LEVELS, taken(), "");
    let watch = stage.watch();
    stage.until("nobody is paged", 20, || stage.wrote("page-resulted"));
    watch.kill();
    let old = stage.incidents().remove(0);
    flip(&stage, &old, 3);
    let _watch = stage.watch();
    stage.until("the response does not go on", 20, || {
        continuation(&stage, &old).is_some()
    });
    let new = continuation(&stage, &old).unwrap();
    stage.until("the lead is not called", 40, || {
        called(&stage, &new, "lead") > 0
    });
}

#[test]
fn a_damaged_journal_of_a_closed_incident_opens_none() {
    let stage = Stage::new(LEVELS, taken(), "");
    let watch = stage.watch();
    stage.until("nobody is paged", 20, || stage.wrote("page-resulted"));
    let old = stage.incidents().remove(0);
    for words in [
        &["incident", "ack", &old][..],
        &["incident", "status", &old, "resolved", "--anyway"],
        &["incident", "close", &old, "--anyway"],
    ] {
        let output = stage.run(words);
        assert!(
            output.status.success(),
            "{words:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    watch.kill();
    // Behind the alert: whether one that still fires belongs to it can be read. Where it cannot, the alert opens a new
    // incident of its own, because people are called in doubt.
    flip(&stage, &old, 4);
    let _watch = stage.watch();
    std::thread::sleep(std::time::Duration::from_secs(7));
    assert_eq!(stage.incidents().len(), 1, "{}", stage.log());
}
