//! The command line as scripts use it: results, exit codes, errors that say what and what to do.

mod incidents;
mod policies;

use crate::support::program::{Outcome, Place};
use serde_json::Value;
use std::path::Path;

fn json(data: &Path, arguments: &[&str]) -> Value {
    Place::at(data).json(arguments)
}

/// Exit code, standard output and standard error.
fn outcome(data: &Path, arguments: &[&str]) -> (i32, String, String) {
    let Outcome { code, out, err } = Place::at(data).run(arguments);
    (code, out, err)
}

fn opened(data: &Path) -> String {
    let opened = json(
        data,
        &[
            "incident",
            "open",
            "Payments fail",
            "--started",
            "2026-11-22T01:02:03Z",
        ],
    );
    opened["incident"].as_str().unwrap().to_string()
}

#[test]
fn what_is_wrong_is_said_with_a_hint_and_its_own_exit_code() {
    let data = tempfile::tempdir().unwrap();
    let id = opened(data.path());
    let config = data.path().join("bad.yaml");
    std::fs::write(&config, "poll_seconds: 5\nsignl: {}\n").unwrap();
    let config = config.to_str().unwrap();
    let playbook = data.path().join("dead-link.md");
    std::fs::write(&playbook, "---\nplaybook: dead-link\ntitle: T\nversion: 1\nsummary: S\n---\n\n## One\n\nNext: [Two](#two)\n").unwrap();
    let playbook = playbook.to_str().unwrap();
    let file = data.path().join("file");
    std::fs::write(&file, "").unwrap();
    let inside_file = file.join("data");
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
        (
            2,
            &[
                "incident",
                "decide",
                &id,
                "x",
                "--why",
                "y",
                "--at",
                "2999-01-01T00:00:00Z",
            ],
            &["is in the future", "due time"],
        ),
        (
            2,
            &["incident", "note", &id, "  "],
            &["no text", "few words"],
        ),
        (
            2,
            &["incident", "severity", &id, "correctness=perhaps"],
            &["perhaps", "wrong, right, unknown"],
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
        let (code, _, error) = outcome(data.path(), arguments);
        assert_eq!(code, wanted, "{arguments:?}: {error}");
        assert!(
            says.iter().all(|word| error.contains(word)),
            "{arguments:?}: {error}"
        );
    }
    let (code, said, _) = outcome(data.path(), &["playbook", "check", playbook]);
    assert!(
        code == 1
            && said.contains("dead-link.md:8")
            && said.contains("#two")
            && said.contains("remedy:"),
        "{said}"
    );
    let (code, _, error) = outcome(&inside_file, &["incident", "open", "x"]);
    assert!(
        code == 4 && error.contains("file") && error.contains("--data-dir"),
        "{code} {error}"
    );
}

#[test]
fn an_error_is_json_where_json_was_asked_for() {
    let data = tempfile::tempdir().unwrap();
    let (_, _, error) = outcome(data.path(), &["--output", "json", "alerts"]);
    let error: Value = serde_json::from_str(&error).unwrap();
    assert_eq!(error["error"]["kind"], "configuration");
}

#[test]
fn the_console_says_that_it_needs_a_terminal() {
    let data = tempfile::tempdir().unwrap();
    let (code, _, error) = outcome(data.path(), &[]);
    assert!(code == 2 && error.contains("terminal"), "{error}");
}

#[test]
fn read_only_writes_nothing() {
    let data = tempfile::tempdir().unwrap();
    let id = opened(data.path());
    let (code, _, error) = outcome(data.path(), &["--read-only", "incident", "note", &id, "x"]);
    assert!(code == 2 && error.contains("read-only"), "{error}");
}

#[test]
fn config_init_writes_the_sample_and_never_replaces_a_file() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("conf").join("warroom.yaml");
    let name = file.to_str().unwrap();
    json(data.path(), &["config", "init", name]);
    json(data.path(), &["--config", name, "config", "check"]);
    let (code, _, error) = outcome(data.path(), &["config", "init", name]);
    assert!(code == 3 && error.contains("never replaced"), "{error}");
}

#[test]
fn doctor_names_what_is_missing_and_what_to_do() {
    let data = tempfile::tempdir().unwrap();
    let (code, said, _) = outcome(
        data.path(),
        &["--prometheus", "http://127.0.0.1:1", "doctor"],
    );
    assert_eq!(code, 1);
    for word in [
        "NO  prometheus",
        "cannot connect",
        "NO  channels",
        "ok  data directory",
        "ok  journals",
    ] {
        assert!(said.contains(word), "{word}: {said}");
    }
}

#[test]
fn lists_checks_and_generated_texts_work() {
    let data = tempfile::tempdir().unwrap();
    assert_eq!(
        json(data.path(), &["playbook", "list"])
            .as_array()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(
        json(data.path(), &["playbook", "check"])["broken"],
        serde_json::json!([])
    );
    assert!(
        json(data.path(), &["playbook", "show", "ai-model-rollback"])["steps"]
            .as_array()
            .unwrap()
            .len()
            > 10
    );
    assert_eq!(
        json(data.path(), &["escalation", "check"])["channels"],
        serde_json::json!([])
    );
    assert_eq!(
        json(data.path(), &["drill", "list"])[0]["scenario"],
        "bad-deploy"
    );
    assert!(
        outcome(data.path(), &["completions", "bash"])
            .1
            .contains("warroom")
    );
    assert!(outcome(data.path(), &["man"]).1.contains(".TH"));
    assert!(outcome(data.path(), &["--help"]).1.contains("Exit codes"));
}

#[test]
fn a_playbook_is_followed_from_a_script() {
    let data = tempfile::tempdir().unwrap();
    let id = opened(data.path());
    let step = |step: &str, options: &[&str]| {
        let words = [&["playbook", "step", &id, step][..], options].concat();
        json(data.path(), &words)["what"].to_string()
    };
    let current = || json(data.path(), &["playbook", "step", &id]);
    json(
        data.path(),
        &["playbook", "start", &id, "payment-success-drop"],
    );
    assert_eq!(current()["items"].as_array().unwrap().len(), 5);
    let first = "take-the-first-look";
    for item in ["1", "2", "3"] {
        let said = step(first, &["--tick", item]);
        assert!(said.contains(&format!("item {item} ticked: ")), "{said}");
    }
    step(first, &["--untick", "2"]);
    let (items, unticked) = (current()["items"].clone(), serde_json::Value::Null);
    assert!(
        items[0]["ticked"].is_u64() && items[1]["ticked"] == unticked,
        "{items}"
    );
    for item in ["2", "4", "5"] {
        step(first, &["--tick", item]);
    }
    assert_eq!(
        current()["kind"],
        "check",
        "the last item completes the step"
    );
    let said = step(
        "are-the-metrics-alive",
        &["--skip", "the dashboards have data"],
    );
    assert!(said.contains("skipped; the dashboards have data"), "{said}");
    step("what-is-failing-and-since-when", &["--done"]);
    step("what-changed-first", &["--skip", "looked at before"]);
    assert_eq!(current()["choices"].as_array().unwrap().len(), 5);
    step(
        "where-does-the-cause-point",
        &["--choose", "route-around-the-provider"],
    );
    assert_eq!(current()["step"], "route-around-the-provider");
    let record = json(data.path(), &["record", &id]).to_string();
    assert!(
        record.contains("item 3 ticked") && record.contains("next step: route-around-the-provider"),
        "{record}"
    );
}

#[test]
fn what_a_playbook_does_not_take_from_a_script_is_named_with_its_own_exit_code() {
    let data = tempfile::tempdir().unwrap();
    let id = opened(data.path());
    let refused = |words: &[&str], code: i32, says: &str| {
        let words = [&["playbook", words[0], &id][..], &words[1..]].concat();
        let (ended, _, error) = outcome(data.path(), &words);
        assert!(
            ended == code && error.contains(says),
            "{words:?}: {ended} {error}"
        );
    };
    refused(&["step"], 1, "no playbook is in progress");
    refused(
        &["start", "payment-drop"],
        2,
        "did you mean \"payment-success-drop\"?",
    );
    json(
        data.path(),
        &["playbook", "start", &id, "payment-success-drop"],
    );
    refused(&["start", "payment-success-drop"], 1, "in progress");
    refused(&["step", "--done"], 2, "<STEP>");
    refused(
        &["step", "take-the-first-look", "--done"],
        1,
        "not ticked: 1, 2, 3, 4, 5",
    );
    refused(
        &["step", "take-the-first-lok", "--tick", "1"],
        2,
        "did you mean",
    );
    refused(&["step", "close-out", "--done"], 1, "the current step is");
    refused(
        &["step", "take-the-first-look", "--done", "--tick", "1"],
        2,
        "cannot be used with",
    );
    json(data.path(), &["incident", "close", &id, "--anyway"]);
    refused(
        &["step", "take-the-first-look", "--tick", "1"],
        1,
        "the incident is closed",
    );
}
