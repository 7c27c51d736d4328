//! A whole incident from a script.

use super::opened;
use crate::support::outcome::{Outcome, assert_contains};
use crate::support::program::Place;

const ANSWERS: &str =
    "correctness=right completion=degraded exposure=none model=right peak=outside";

#[test]
fn an_incident_can_be_run_from_a_script() {
    let place = Place::new();
    let id = opened(&place);
    for line in [
        format!("ack {id}"),
        format!("severity {id} {ANSWERS}"),
        format!("role {id} operations"),
        format!("note {id} 'card 4111111111111111 was seen' --at 2026-11-22T02:03:04+01:00"),
        format!("decide {id} 'roll back' --why 'it began with the release'"),
        format!("correct {id} 7 'it was another card'"),
        format!("status {id} mitigated 'rolled back'"),
        format!("close {id} done"),
    ] {
        let result = place.line_json(&format!("incident {line}"));
        assert!(result["seq"].is_u64(), "{line}");
    }
    let shown = place.json(&["incident", "show", &id]);
    assert_eq!(
        (&shown["severity"], &shown["status"]),
        // It has been degraded since a day that is long gone: that weighs more than a loss of minutes.
        (&1.into(), &"closed".into())
    );
    assert!(shown.to_string().contains("411111******1111"));
    let list = place.json(&["incident", "list"]);
    assert_eq!(list[0]["incident"], id.as_str());
    assert_eq!(place.json(&["verify", &id])["intact"], true);
    let record = place.json(&["record", &id]).to_string();
    let time_of_the_note = "2026-11-22T01:03:04Z";
    assert_contains(&record, &[time_of_the_note, "completion = degraded (said)"]);
    assert_contains(
        &record,
        &["lasting = long (measured", "model = right (said)"],
    );
    assert_contains(&record, &["peak = outside (said)"]);
    let draft = place.json(&["postmortem", &id]);
    let text = draft["markdown"].as_str().unwrap();
    assert!(text.starts_with("# Postmortem draft"), "{text}");
}

#[test]
fn a_document_does_not_depend_on_time_zone_or_locale() {
    let place = Place::new();
    let id = opened(&place);
    place.json(&["incident", "note", &id, "Zahlung fällt aus"]);
    let made = |zone: &str, locale: &str, kind: &str| {
        let mut command = place.command("tester", &[kind, &id]);
        let output = command.env("TZ", zone).env("LC_ALL", locale).output();
        Outcome::from(output.unwrap()).succeeds()
    };
    for kind in ["record", "postmortem"] {
        let elsewhere = made("Asia/Tokyo", "de_DE.UTF-8", kind);
        assert_eq!(made("UTC", "C", kind), elsewhere);
    }
    let upto = place.json(&["record", &id])["upto"].to_string();
    let then = place.run(&["record", &id, "--upto", &upto]).out;
    place.json(&["incident", "note", &id, "later"]);
    assert_eq!(place.run(&["record", &id, "--upto", &upto]).out, then);
}

#[test]
fn a_second_incident_of_a_service_is_refused_while_one_is_open() {
    let place = Place::new();
    let id = opened(&place);
    place
        .run(&["incident", "open", "again"])
        .fails(1, &[&id, "hint:"]);
}

#[test]
fn an_altered_journal_is_found_with_exit_one_and_its_line() {
    let place = Place::new();
    let id = opened(&place);
    place.json(&["incident", "note", &id, "x"]);
    let path = place.directory_of(&id).join("journal.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.replacen("\"type\":\"opened\"", "\"type\":\"Opened\"", 1);
    std::fs::write(&path, text).unwrap();
    place
        .run(&["verify", &id])
        .prints(1, &["NOT INTACT", "line 3: altered"]);
    place
        .run(&["incident", "note", &id, "y"])
        .fails(4, &["line 3"]);
    place.run(&["record", &id]).fails(4, &["verify"]);
}

#[test]
fn a_role_is_handed_to_an_unknown_person_only_with_the_option_new() {
    let place = Place::new();
    let id = opened(&place);
    place.run(&["incident", "ack", &id]);
    let hand_over = format!("incident hand-over {id} incident-commander nina 'the day is yours'");
    place.line(&hand_over).fails(2, &["--new"]);
    place.line(&format!("{hand_over} --new")).succeeds();
    let shown = place.run(&["incident", "show", &id]);
    shown.prints(0, &["incident commander: nina"]);
}

#[test]
fn follow_ups_updates_and_hand_overs_can_be_run_from_a_script() {
    let place = Place::new();
    let id = place.opened();
    let run = |line: String| place.line(&format!("incident {line}"));
    let json = |line: String| place.line_json(&format!("incident {line}"));
    let vendor_case = format!("follow-up {id} vendor-case 'gateway down'");
    run(vendor_case.clone()).fails(2, &["number"]);
    let seq = json(vendor_case + " --number CASE-7 --due 30m")["seq"].clone();
    run(format!("follow-up {id} action x --due 12:00")).fails(2, &["zone"]);
    json(format!("update {id} 'we are on it' --for users"));
    json(format!("done {id} {seq} 'they are back'"));
    run(format!("done {id} {seq}")).fails(1, &["already"]);
    // Closing names what is open, and needs `--anyway` then.
    json(format!("follow-up {id} action 'look again'"));
    run(format!("close {id}")).fails(1, &["still open: action #"]);
    run(format!("hand-over {id} incident-commander nobody-here")).fails(2, &["taken part"]);
    let record = place.run(&["record", &id]);
    record.prints(0, &["vendor case: gateway down number: CASE-7"]);
    record.prints(
        0,
        &["update for users: we are on it", "is done: they are back"],
    );
}

#[test]
fn a_command_repeats_what_it_understood_and_show_gives_the_state() {
    let place = Place::new();
    let id = opened(&place);
    let run = |line: String| place.line(&format!("incident {line}"));
    run(format!("ack {id} --as nobody")).fails(2, &["targets are: "]);
    run(format!("ack {id} --as oncall")).fails(2, &["did you mean on-call?"]);
    run(format!("ack {id}"));
    let severity = run(format!("severity {id} {ANSWERS}"));
    severity.prints(0, &["classified SEV1 by rule degraded-for-long"]);
    let note = run(format!("note {id} 'asked acme' --at 2026-11-22T01:10Z"));
    note.prints(0, &["2026-11-22T01:10Z  note: asked acme"]);
    run(format!("note {id} x --at -10m")).fails(2, &["write 10m"]);
    run(format!("role {id} scribe --none")).fails(1, &["is unassigned"]);
    let follow_up = format!("incident follow-up {id} action 'ask acme again' --owner tester");
    let seq = place.line_json(&follow_up)["seq"].clone();
    run(format!("done {id} #{seq} later --due 45m")).prints(0, &["is open, due "]);
    let shown = run(format!("show {id}"));
    shown.prints(0, &["SEV1, investigating", "incident commander: tester"]);
    shown.prints(
        0,
        &["status update", "open #", "ask acme again (owner: tester)"],
    );
    let shown = place.json(&["incident", "show", &id]);
    assert_eq!(shown["roles"][0]["role"], "incident-commander");
    assert_eq!(shown["open_work"][0]["kind"], "action");
    let clocks = shown["clocks"].as_array().unwrap();
    assert!(
        clocks.iter().any(|clock| clock["clock"] == "update"),
        "{shown}"
    );
    run("open 'receipts fail' --path nowhere".into()).fails(2, &["has no path"]);
}
