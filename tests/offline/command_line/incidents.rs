//! A whole incident from a script.

use super::{json, opened, outcome};
use crate::support::program::Place;

#[test]
fn an_incident_can_be_told_from_a_script() {
    let data = tempfile::tempdir().unwrap();
    let id = opened(data.path());
    for arguments in [
        &["incident", "ack", &id][..],
        &[
            "incident",
            "severity",
            &id,
            "correctness=right",
            "completion=degraded",
            "exposure=none",
            "model=right",
            "peak=outside",
        ],
        &["incident", "role", &id, "operations"],
        &[
            "incident",
            "note",
            &id,
            "card 4111111111111111 was seen",
            "--at",
            "2026-11-22T02:03:04+01:00",
        ],
        &[
            "incident",
            "decide",
            &id,
            "roll back",
            "--why",
            "it began with the release",
        ],
        &["incident", "correct", &id, "7", "it was another card"],
        &["incident", "status", &id, "mitigated", "rolled back"],
        &["incident", "close", &id, "done"],
    ] {
        assert!(
            json(data.path(), arguments)["seq"].is_u64(),
            "{arguments:?}"
        );
    }
    let shown = json(data.path(), &["incident", "show", &id]);
    assert_eq!(
        (&shown["severity"], &shown["status"]),
        // It has been degraded since a day that is long gone: that weighs more than a loss of minutes.
        (&1.into(), &"closed".into())
    );
    assert!(shown.to_string().contains("411111******1111"));
    let list = json(data.path(), &["incident", "list"]);
    assert_eq!(list[0]["incident"], id.as_str());
    assert_eq!(json(data.path(), &["verify", &id])["intact"], true);
    let record = json(data.path(), &["record", &id]);
    assert!(
        record.to_string().contains("2026-11-22T01:03:04Z"),
        "the note's own time, in UTC"
    );
    let told = record.to_string();
    for answer in [
        "completion = degraded (said)",
        "lasting = long (measured",
        "model = right (said)",
        "peak = outside (said)",
    ] {
        assert!(told.contains(answer), "{answer}: {told}");
    }
    let draft = json(data.path(), &["postmortem", &id]);
    assert!(
        draft["markdown"]
            .as_str()
            .unwrap()
            .starts_with("# Postmortem draft")
    );
}

#[test]
fn a_document_does_not_depend_on_time_zone_or_locale() {
    let data = tempfile::tempdir().unwrap();
    let id = opened(data.path());
    json(data.path(), &["incident", "note", &id, "Zahlung fällt aus"]);
    let made = |zone: &str, locale: &str, kind: &str| {
        let output = Place::at(data.path())
            .command("tester", &[kind, &id])
            .env("TZ", zone)
            .env("LC_ALL", locale)
            .output()
            .unwrap();
        assert!(output.status.success());
        output.stdout
    };
    for kind in ["record", "postmortem"] {
        assert_eq!(
            made("UTC", "C", kind),
            made("Asia/Tokyo", "de_DE.UTF-8", kind)
        );
    }
    let upto = json(data.path(), &["record", &id])["upto"].to_string();
    let then = outcome(data.path(), &["record", &id, "--upto", &upto]).1;
    json(data.path(), &["incident", "note", &id, "later"]);
    assert_eq!(
        outcome(data.path(), &["record", &id, "--upto", &upto]).1,
        then
    );
}

#[test]
fn a_second_incident_of_a_service_is_refused_while_one_is_open() {
    let data = tempfile::tempdir().unwrap();
    let id = opened(data.path());
    let (code, _, error) = outcome(data.path(), &["incident", "open", "again"]);
    assert!(
        code == 1 && error.contains(&id) && error.contains("hint:"),
        "{code} {error}"
    );
}

#[test]
fn an_altered_journal_is_found_with_exit_one_and_its_line() {
    let data = tempfile::tempdir().unwrap();
    let id = opened(data.path());
    json(data.path(), &["incident", "note", &id, "x"]);
    let path = data
        .path()
        .join("incidents")
        .join(&id)
        .join("journal.jsonl");
    let text = std::fs::read_to_string(&path).unwrap().replacen(
        "\"type\":\"opened\"",
        "\"type\":\"Opened\"",
        1,
    );
    std::fs::write(&path, text).unwrap();
    let (code, said, _) = outcome(data.path(), &["verify", &id]);
    assert!(
        code == 1 && said.contains("NOT INTACT") && said.contains("line 3: altered"),
        "{code} {said}"
    );
    let (code, _, error) = outcome(data.path(), &["incident", "note", &id, "y"]);
    assert!(code == 4 && error.contains("line 3"), "{code} {error}");
    let (code, _, error) = outcome(data.path(), &["record", &id]);
    assert!(code == 4 && error.contains("verify"), "{code} {error}");
}

#[test]
fn a_role_is_handed_to_somebody_who_has_not_come_yet_only_where_that_is_said() {
    let data = tempfile::tempdir().unwrap();
    let id = opened(data.path());
    let say = |arguments: &[&str]| {
        let words = [&["incident"], arguments].concat();
        outcome(data.path(), &words)
    };
    say(&["ack", &id]);
    let over = [
        "hand-over",
        &id,
        "incident-commander",
        "nina",
        "the day is yours",
    ];
    let (code, _, error) = say(&over);
    assert!(code == 2 && error.contains("--new"), "{error}");
    let (code, _, error) = say(&[&over[..], &["--new"]].concat());
    assert_eq!(code, 0, "{error}");
    let (_, shown, _) = say(&["show", &id]);
    assert!(shown.contains("incident commander: nina"), "{shown}");
}

#[test]
fn work_updates_and_hand_overs_can_be_told_from_a_script() {
    let data = tempfile::tempdir().unwrap();
    let id = json(data.path(), &["incident", "open", "cards fail"])["incident"]
        .as_str()
        .unwrap()
        .to_string();
    let (code, _, error) = outcome(
        data.path(),
        &["incident", "follow-up", &id, "vendor-case", "gateway down"],
    );
    assert!(code == 2 && error.contains("number"), "{error}");
    let words = [
        "incident",
        "follow-up",
        &id,
        "vendor-case",
        "gateway down",
        "--number",
        "CASE-7",
        "--due",
        "30m",
    ];
    let seq = json(data.path(), &words)["seq"]
        .as_u64()
        .unwrap()
        .to_string();
    let (code, _, error) = outcome(
        data.path(),
        &[
            "incident",
            "follow-up",
            &id,
            "action",
            "x",
            "--due",
            "12:00",
        ],
    );
    assert!(code == 2 && error.contains("zone"), "{error}");
    json(
        data.path(),
        &["incident", "update", &id, "we are on it", "--for", "users"],
    );
    json(
        data.path(),
        &["incident", "done", &id, &seq, "they are back"],
    );
    let (code, _, error) = outcome(data.path(), &["incident", "done", &id, &seq]);
    assert!(code == 1 && error.contains("already"), "{error}");
    // Closing says what is open, and does it all the same only where that is meant.
    json(
        data.path(),
        &["incident", "follow-up", &id, "action", "look again"],
    );
    let (code, _, error) = outcome(data.path(), &["incident", "close", &id]);
    assert!(
        code == 1 && error.contains("still open: action #"),
        "{error}"
    );
    let (code, _, error) = outcome(
        data.path(),
        &[
            "incident",
            "hand-over",
            &id,
            "incident-commander",
            "nobody-here",
        ],
    );
    assert!(code == 2 && error.contains("taken part"), "{error}");
    let (_, record, _) = outcome(data.path(), &["record", &id]);
    for words in [
        "vendor case: gateway down number: CASE-7",
        "update for users: we are on it",
        "is done: they are back",
    ] {
        assert!(record.contains(words), "{words}: {record}");
    }
}

#[test]
fn what_was_understood_is_said_back_and_show_says_how_it_stands() {
    let data = tempfile::tempdir().unwrap();
    let id = opened(data.path());
    let say = |arguments: &[&str]| {
        let words = [&["incident"], arguments].concat();
        outcome(data.path(), &words)
    };
    let (code, _, error) = say(&["ack", &id, "--as", "nobody"]);
    assert!(code == 2 && error.contains("targets are: "), "{error}");
    let (code, _, error) = say(&["ack", &id, "--as", "oncall"]);
    assert!(
        code == 2 && error.contains("did you mean on-call?"),
        "{error}"
    );
    say(&["ack", &id]);
    let answers = [
        "correctness=right",
        "completion=degraded",
        "exposure=none",
        "model=right",
        "peak=outside",
    ];
    let (_, text, _) = say(&[&["severity", id.as_str()], &answers[..]].concat());
    assert!(
        text.contains("classified SEV1 by rule degraded-for-long"),
        "{text}"
    );
    let (_, text, _) = say(&["note", &id, "asked acme", "--at", "2026-11-22T01:10Z"]);
    assert!(
        text.contains("2026-11-22 01:10:00 UTC  note: asked acme"),
        "{text}"
    );
    let (code, _, error) = say(&["note", &id, "x", "--at", "-10m"]);
    assert!(code == 2 && error.contains("write 10m"), "{error}");
    let (code, _, error) = say(&["role", &id, "scribe", "--none"]);
    assert!(code == 1 && error.contains("nobody holds"), "{error}");
    let follow = [
        "follow-up",
        &id,
        "action",
        "ask acme again",
        "--owner",
        "tester",
    ];
    let seq = json(data.path(), &[&["incident"], &follow[..]].concat())["seq"].clone();
    let (_, text, _) = say(&["done", &id, &format!("#{seq}"), "later", "--due", "45m"]);
    assert!(text.contains("is open, due "), "{text}");
    let (_, shown, _) = say(&["show", &id]);
    for words in [
        "SEV1, investigating",
        "incident commander: tester",
        "status update",
        "open #",
        "ask acme again (tester sees to it)",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let shown = json(data.path(), &["incident", "show", &id]);
    assert_eq!(shown["roles"][0]["role"], "incident-commander");
    assert_eq!(shown["open_work"][0]["kind"], "action");
    let clocks = shown["clocks"].as_array().unwrap();
    assert!(
        clocks.iter().any(|clock| clock["clock"] == "update"),
        "{shown}"
    );
    let (code, _, error) = say(&["open", "receipts fail", "--path", "nowhere"]);
    assert!(code == 2 && error.contains("has no path"), "{error}");
}
