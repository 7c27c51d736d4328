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
