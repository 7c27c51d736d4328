//! The command line as scripts use it: results, exit codes, errors that say what and what to do.

mod documents;
mod follow_ups;
mod incidents;
mod policies;
mod times;

use crate::support::outcome::assert_contains;
use crate::support::program::Place;
use serde_json::Value;

fn opened(place: &Place) -> String {
    let started = ["--started", "2026-11-22T01:02:03Z", "--live"];
    let opened = place.json(&[&["incident", "open", "Payments fail"][..], &started].concat());
    opened["incident"].as_str().unwrap().to_string()
}

#[test]
fn an_error_has_a_hint_and_its_own_exit_code() {
    let place = Place::new();
    let id = opened(&place);
    let config = &place.write("bad.yaml", "poll_seconds: 5\nsignl: {}\n");
    let playbook = &place.write("dead-link.md", "---\nplaybook: dead-link\ntitle: T\nversion: 1\nsummary: S\n---\n\n## One\n\nNext: [Two](#two)\n");
    let file = place.write("file", "");
    let future = ["--why", "y", "--at", "2099-01-01T00:00:00Z"];
    let decide = [&["incident", "decide", &id, "x"][..], &future].concat();
    let cases: [(i32, &[&str], &[&str]); 11] = [
        (
            2,
            &["incident", "note", "INC-20200101-0000", "x"],
            &["INC-20200101-0000", "incident list"],
        ),
        (
            2,
            &["incident", "note", &id, "x", "--at", "01:02"],
            &["has no zone", "02:40+01:00"],
        ),
        (2, &decide, &["is in the future", "due time"]),
        (
            2,
            &["incident", "note", &id, "  "],
            &["no text", "few words"],
        ),
        (
            2,
            &["incident", "severity", &id, "correctness=perhaps"],
            &["perhaps", "wrong, suspected, right, unknown"],
        ),
        (
            2,
            &["incident", "severity", &id, "correctness=right"],
            &["completion", "failing, degraded"],
        ),
        (
            2,
            &["incident", "correct", &id, "99", "x"],
            &["no entry #99", "1 to"],
        ),
        (
            3,
            &["--config", config, "doctor"],
            &["bad.yaml:2", "signl", "config init"],
        ),
        (
            5,
            &["--alertmanager", "http://127.0.0.1:1", "alerts"],
            &["127.0.0.1:1", "doctor"],
        ),
        (3, &["alerts"], &["no source", "--alertmanager"]),
        (2, &["drill", "no-such"], &["no-such", "drill list"]),
    ];
    for (wanted, arguments, says) in cases {
        println!("{arguments:?}");
        place.run(arguments).fails(wanted, says);
    }
    place
        .run(&["playbook", "check", playbook])
        .prints(1, &["dead-link.md:8", "#two", "remedy:"]);
    let inside_file = Place::within(file.as_ref());
    inside_file
        .line("incident open x")
        .fails(4, &["file", "--data-dir"]);
}

#[test]
fn an_error_is_json_where_json_was_asked_for() {
    let place = Place::new();
    let error = place.run(&["--output", "json", "alerts"]).err;
    let error: Value = serde_json::from_str(&error).unwrap();
    assert_eq!(error["error"]["kind"], "configuration");
}

#[test]
fn the_console_says_that_it_needs_a_terminal() {
    let place = Place::new();
    place.run(&[]).fails(2, &["terminal"]);
}

#[test]
fn read_only_writes_nothing() {
    let place = Place::new();
    let id = opened(&place);
    place
        .run(&["--read-only", "incident", "note", &id, "x"])
        .fails(2, &["read-only"]);
}

#[test]
fn config_init_writes_the_sample_and_never_replaces_a_file() {
    let place = Place::new();
    let file = place.data.join("conf").join("warroom.yaml");
    let name = file.to_str().unwrap();
    place.json(&["config", "init", name]);
    place.json(&["--config", name, "config", "check"]);
    place
        .run(&["config", "init", name])
        .fails(3, &["never replaced"]);
}

#[test]
fn doctor_names_what_is_missing_and_what_to_do() {
    let place = Place::new();
    let doctor = place.line("--prometheus http://127.0.0.1:1 doctor");
    doctor.prints(1, &["NO  prometheus", "cannot connect", "NO  channels"]);
    doctor.prints(1, &["ok  data directory", "ok  journals"]);
}

#[test]
fn lists_checks_and_generated_texts_work() {
    let place = Place::new();
    let count = |list: &Value| list.as_array().unwrap().len();
    assert_eq!(count(&place.line_json("playbook list")), 3);
    assert_eq!(count(&place.line_json("playbook check")["broken"]), 0);
    let playbook = place.line_json("playbook show ai-model-rollback");
    assert!(count(&playbook["steps"]) > 10);
    assert_eq!(count(&place.line_json("escalation check")["channels"]), 0);
    assert_eq!(place.line_json("drill list")[0]["scenario"], "bad-deploy");
    place.line("completions bash").prints(0, &["warroom"]);
    place.line("man").prints(0, &[".TH"]);
    place.line("--help").prints(0, &["Exit codes"]);
}

#[test]
fn a_playbook_is_followed_from_a_script() {
    let place = Place::new();
    let id = opened(&place);
    let step =
        |words: &str| place.line_json(&format!("playbook step {id} {words}"))["what"].to_string();
    let current = || place.line_json(&format!("playbook step {id}"));
    place.json(&["playbook", "start", &id, "payment-success-drop"]);
    assert_eq!(current()["items"].as_array().unwrap().len(), 5);
    let first = "take-the-first-look";
    for item in ["1", "2", "3"] {
        let what = step(&format!("{first} --tick {item}"));
        assert_contains(&what, &[&format!("item {item} ticked: ")]);
    }
    step(&format!("{first} --untick 2"));
    let items = current()["items"].clone();
    assert!(
        items[0]["ticked"].is_u64() && items[1]["ticked"].is_null(),
        "{items}"
    );
    for item in ["2", "4", "5"] {
        step(&format!("{first} --tick {item}"));
    }
    assert_eq!(
        current()["kind"],
        "check",
        "the last item completes the step"
    );
    let what = step("are-the-metrics-alive --skip 'the dashboards have data'");
    assert_contains(&what, &["skipped; the dashboards have data"]);
    step("what-is-failing-and-since-when --done");
    step("what-changed-first --skip 'looked at before'");
    assert_eq!(current()["choices"].as_array().unwrap().len(), 5);
    step("where-does-the-cause-point --choose route-around-the-provider");
    assert_eq!(current()["step"], "route-around-the-provider");
    let record = place.json(&["record", &id]).to_string();
    let parts = ["item 3 ticked", "next step: route-around-the-provider"];
    assert_contains(&record, &parts);
}

#[test]
fn a_playbook_command_that_is_refused_is_explained_with_its_own_exit_code() {
    let place = Place::new();
    let id = opened(&place);
    let start = |words: &str| place.line(&format!("playbook start {id} {words}"));
    let step = |words: &str| place.line(&format!("playbook step {id} {words}"));
    step("").fails(1, &["no playbook is in progress"]);
    start("payment-drop").fails(2, &["did you mean \"payment-success-drop\"?"]);
    start("payment-success-drop").succeeds();
    start("payment-success-drop").fails(1, &["in progress"]);
    step("--done").fails(2, &["<STEP>"]);
    step("take-the-first-look --done").fails(1, &["not ticked: 1, 2, 3, 4, 5"]);
    step("take-the-first-lok --tick 1").fails(2, &["did you mean"]);
    step("close-out --done").fails(1, &["the current step is"]);
    step("take-the-first-look --done --tick 1").fails(2, &["cannot be used with"]);
    place.json(&["incident", "close", &id, "--anyway"]);
    step("take-the-first-look --tick 1").fails(1, &["the incident is closed"]);
}
