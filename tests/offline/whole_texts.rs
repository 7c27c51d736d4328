//! What people write is recorded whole or refused, through the real program: long texts, lines that are not UTF-8, and
//! status updates that went out by other means.

use crate::support::program::{Outcome, Place, Running};
use crate::support::server::{Server, answer};
use serde_json::Value;
use std::path::Path;

const LATIN_1: &[u8] = include_bytes!("../cases/field/note-latin1.txt");

fn run(data: &Path, arguments: &[&str], input: &[u8]) -> Outcome {
    Place::at(data).fed(arguments, input)
}

fn opened(data: &Path) -> String {
    Place::at(data).opened()
}

/// The notes of the record, as they read.
fn notes(data: &Path, id: &str) -> Vec<String> {
    let record = run(data, &["--output", "json", "record", id], b"").out;
    let record: Value = serde_json::from_str(&record).unwrap();
    let mut notes = Vec::new();
    // The record tells some entries again in other parts.
    find(&record["timeline"], &mut notes);
    notes
}

fn find(value: &Value, notes: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let note = text.strip_prefix("note: ");
            notes.extend(note.map(str::to_string));
        }
        Value::Array(all) => all.iter().for_each(|value| find(value, notes)),
        Value::Object(all) => all.values().for_each(|value| find(value, notes)),
        _ => {}
    }
}

#[test]
fn a_line_that_is_not_utf_8_takes_no_line_behind_it_along() {
    let data = tempfile::tempdir().unwrap();
    let id = opened(data.path());
    let noted = run(data.path(), &["incident", "note", &id, "-"], LATIN_1);
    assert_eq!(
        (noted.code, noted.out.lines().count()),
        (0, 3),
        "{}",
        noted.err
    );
    assert!(noted.err.contains("line 2 is not UTF-8"), "{}", noted.err);
    let want = ["good line", "Geb\u{FFFD}hr charged twice", "last line"];
    assert_eq!(notes(data.path(), &id), want);
}

#[test]
fn a_line_beyond_the_limit_is_named_and_all_others_are_recorded() {
    let data = tempfile::tempdir().unwrap();
    let id = opened(data.path());
    let input = format!("first\r\n{}\nlast", "x".repeat(20_000));
    let noted = run(
        data.path(),
        &["incident", "note", &id, "-"],
        input.as_bytes(),
    );
    assert_eq!(noted.code, 2, "{}", noted.err);
    assert!(
        noted.err.contains("line 2 is too long") && noted.err.contains("16,384 bytes"),
        "{}",
        noted.err
    );
    assert_eq!(notes(data.path(), &id), ["first", "last"]);
}

#[test]
fn whatever_text_a_command_takes_is_refused_beyond_its_limit() {
    let data = tempfile::tempdir().unwrap();
    let id = opened(data.path());
    let (block, line) = ("word ".repeat(4_000), "x".repeat(1_100));
    let to = data.path().join("copy");
    let to = to.to_str().unwrap();
    let calls: [&[&str]; 16] = [
        &["incident", "note", &id, &block],
        &["incident", "decide", &id, &block, "--why", "w"],
        &["incident", "decide", &id, "what", "--why", &block],
        &[
            "incident",
            "decide",
            &id,
            "what",
            "--why",
            "w",
            "--instead",
            &block,
        ],
        &["incident", "status", &id, "identified", &block],
        &["incident", "update", &id, &block],
        &["incident", "update", &id, &block, "--preview"],
        &["incident", "correct", &id, "1", &block],
        &["incident", "follow-up", &id, "risk", &block],
        &[
            "incident",
            "follow-up",
            &id,
            "vendor-case",
            "what",
            "--number",
            &block,
        ],
        &["incident", "close", &id, &block, "--anyway"],
        &["incident", "hold", &id, "--why", &block],
        &["incident", "erase", &id, "2", "name", "--why", &block],
        &["incident", "open", &line, "--path", "confirm"],
        &["export", &id, "--to", to, "--for", &line, "--purpose", "p"],
        &["export", &id, "--to", to, "--for", "w", "--purpose", &line],
    ];
    let before = run(data.path(), &["verify", &id], b"").out;
    for call in calls {
        let refused = run(data.path(), call, b"");
        assert!(
            refused.code == 2 && refused.err.contains("is too long"),
            "{:?}: {} {}",
            &call[..3],
            refused.code,
            refused.err
        );
    }
    let after = run(data.path(), &["verify", &id], b"").out;
    assert_eq!(before, after, "nothing was recorded");
}

#[test]
fn an_update_that_went_out_earlier_is_sent_by_no_watch_not_even_after_a_restart() {
    let data = tempfile::tempdir().unwrap();
    let receiver = Server::start(vec![answer(200, "")]);
    let url = receiver.url();
    let config = data.path().join("warroom.yaml");
    std::fs::write(
        &config,
        format!(
            "webhook: {{url: '{url}', secret: {{env: HOOK}}, updates: [users, stakeholders]}}\n"
        ),
    )
    .unwrap();
    let config = config.to_str().unwrap();
    let id = opened(data.path());
    let told = run(
        data.path(),
        &["incident", "update", &id, "told by phone", "--at", "2m"],
        b"",
    );
    assert!(
        told.out.contains("sent elsewhere"),
        "{}{}",
        told.out,
        told.err
    );
    // The other one is sent, so that the watch is known to send.
    run(
        data.path(),
        &["incident", "update", &id, "told by the watch"],
        b"",
    );
    let had = |words: &str| {
        receiver
            .requests()
            .iter()
            .any(|request| request.body.contains(words))
    };
    for _ in 0..2 {
        let arguments = ["--config", config, "watch"];
        let mut command = Place::at(data.path()).command("tester", &arguments);
        command.env("HOOK", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let watch = Running::quietly(&mut command);
        let sent = || had("told by the watch");
        let begun = std::time::Instant::now();
        while !sent() && begun.elapsed().as_secs() < 60 {
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        assert!(sent(), "the watch sends nothing");
        std::thread::sleep(std::time::Duration::from_secs(2));
        watch.kill();
    }
    assert!(!had("told by phone"), "{:?}", receiver.requests());
}

#[test]
fn a_preview_shows_each_channel_and_records_nothing() {
    let data = tempfile::tempdir().unwrap();
    let config = data.path().join("warroom.yaml");
    std::fs::write(
        &config,
        "channels:\n  - {kind: statuspage, name: status, page: abc123, token: {env: KEY}, title: Payment processing, components: {payments: [8kbf7d35c070]}}\n",
    )
    .unwrap();
    let config = config.to_str().unwrap();
    let id = opened(data.path());
    let call = [
        "--config",
        config,
        "incident",
        "update",
        &id,
        "we know why",
        "--for",
        "users",
        "--preview",
    ];
    let mut shown = Place::at(data.path()).command("tester", &call);
    let shown = shown.env("KEY", "hidden-key-4711").output().unwrap();
    let out = String::from_utf8(shown.stdout).unwrap();
    for part in [
        "status to api.statuspage.io",
        "we know why",
        "\"8kbf7d35c070\": \"degraded_performance\"",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert!(!out.contains("hidden-key"));
    assert!(
        !run(data.path(), &["record", &id], b"")
            .out
            .contains("we know why")
    );
}
