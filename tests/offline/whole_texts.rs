//! What people write is recorded whole or refused, through the real program: long texts, lines that are not UTF-8, and
//! status updates that went out by other means.

use crate::support::outcome::{Outcome, assert_contains, wait_until};
use crate::support::program::{Place, Running};
use crate::support::server::{Server, answer};
use serde_json::Value;

const LATIN_1: &[u8] = include_bytes!("../cases/field/note-latin1.txt");

/// The notes of the record, as they read.
fn notes(place: &Place, id: &str) -> Vec<String> {
    let record = place.json(&["record", id]);
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
fn the_lines_behind_one_that_is_not_utf_8_are_recorded() {
    let place = Place::new();
    let id = place.opened();
    let noted = place.fed(&["incident", "note", &id, "-"], LATIN_1);
    noted.fails(0, &["line 2 is not UTF-8"]);
    assert_eq!(noted.out.lines().count(), 3, "{noted:?}");
    let want = ["good line", "Geb\u{FFFD}hr charged twice", "last line"];
    assert_eq!(notes(&place, &id), want);
}

#[test]
fn a_line_beyond_the_limit_is_named_and_all_others_are_recorded() {
    let place = Place::new();
    let id = place.opened();
    let input = format!("first\r\n{}\nlast", "x".repeat(20_000));
    let noted = place.fed(&["incident", "note", &id, "-"], input.as_bytes());
    noted.fails(2, &["line 2 is too long", "16,384 bytes"]);
    assert_eq!(notes(&place, &id), ["first", "last"]);
}

#[test]
fn every_text_of_a_command_is_refused_beyond_its_limit() {
    let place = Place::new();
    let id = place.opened();
    let (block, line) = ("word ".repeat(4_000), "x".repeat(1_100));
    let to = place.data.join("copy");
    let export = format!("export {id} --to {}", to.display());
    let before = place.run(&["verify", &id]).out;
    for line in [
        format!("incident note {id} '{block}'"),
        format!("incident decide {id} '{block}' --why w"),
        format!("incident decide {id} what --why '{block}'"),
        format!("incident decide {id} what --why w --instead '{block}'"),
        format!("incident status {id} identified '{block}'"),
        format!("incident update {id} '{block}'"),
        format!("incident update {id} '{block}' --preview"),
        format!("incident correct {id} 1 '{block}'"),
        format!("incident follow-up {id} risk '{block}'"),
        format!("incident follow-up {id} vendor-case what --number '{block}'"),
        format!("incident close {id} '{block}' --anyway"),
        format!("incident hold {id} --why '{block}'"),
        format!("incident erase {id} 2 name --why '{block}'"),
        format!("incident open '{line}' --path confirm"),
        format!("{export} --for '{line}' --purpose p"),
        format!("{export} --for w --purpose '{line}'"),
    ] {
        place.line(&line).fails(2, &["is too long"]);
    }
    let after = place.run(&["verify", &id]).out;
    assert_eq!(before, after, "nothing was recorded");
}

#[test]
fn an_update_that_went_out_earlier_is_sent_by_no_paging_service_even_after_a_restart() {
    let place = Place::new();
    let receiver = Server::start(vec![answer(200, "")]);
    let url = receiver.url();
    let config = format!(
        "webhook: {{url: '{url}', secret: {{env: HOOK}}, updates: [users, stakeholders]}}\n"
    );
    let config = place.write("warroom.yaml", &config);
    let id = place.opened();
    let earlier = place.line(&format!("incident update {id} 'sent by phone' --at 2m"));
    earlier.prints(0, &["sent elsewhere"]);
    // The other one is sent, so that the paging service is known to send.
    place.line(&format!("incident update {id} 'sent by the service'"));
    let received = |words: &str| {
        let requests = receiver.requests();
        requests.iter().any(|request| request.body.contains(words))
    };
    for _ in 0..2 {
        let mut command = place.command("tester", &["--config", &config, "watch"]);
        command.env("HOOK", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let watch = Running::quietly(&mut command);
        let description = || "the paging service sends nothing".to_string();
        wait_until(60, description, || received("sent by the service"));
        std::thread::sleep(std::time::Duration::from_secs(2));
        watch.kill();
    }
    assert!(!received("sent by phone"), "{:?}", receiver.requests());
}

#[test]
fn a_preview_shows_each_channel_and_records_nothing() {
    let place = Place::new();
    let config = place.write(
        "warroom.yaml",
        "channels:\n  - {kind: statuspage, name: status, page: abc123, token: {env: KEY}, title: Payment processing, components: {payments: [8kbf7d35c070]}}\n",
    );
    let id = place.opened();
    let update = ["incident", "update", &id, "we know why", "--for", "users"];
    let call = [&["--config", &config], &update[..], &["--preview"]].concat();
    let mut shown = place.command("tester", &call);
    let shown = shown.env("KEY", "hidden-key-4711").output().unwrap();
    let out = Outcome::from(shown).succeeds();
    let component = "\"8kbf7d35c070\": \"degraded_performance\"";
    assert_contains(
        &out,
        &["status to api.statuspage.io", "we know why", component],
    );
    assert!(!out.contains("hidden-key"));
    let record = place.run(&["record", &id]).out;
    assert!(!record.contains("we know why"), "{record}");
}
