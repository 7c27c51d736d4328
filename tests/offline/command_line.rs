//! The command line as scripts use it: results, exit codes, errors that say what and what to do.

use assert_cmd::Command;
use serde_json::Value;
use std::path::Path;

fn warroom(data: &Path) -> Command {
    let mut command = Command::cargo_bin("warroom").unwrap();
    command
        .env_remove("WARROOM_CONFIG")
        .env("HOME", "/nonexistent")
        .env("WARROOM_STATE_DIR", data.join(".state"))
        .env("USER", "tester");
    command.arg("--data-dir").arg(data);
    command
}

fn json(data: &Path, arguments: &[&str]) -> Value {
    let output = warroom(data)
        .args(["--output", "json"])
        .args(arguments)
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {error}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Exit code, standard output and standard error.
fn outcome(data: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = warroom(data).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
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
        let output = warroom(data.path())
            .args([kind, &id])
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
            &["has not come yet", "due time"],
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
    let output = warroom(data.path())
        .args(["--output", "json", "alerts"])
        .output()
        .unwrap();
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
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

/// A Prometheus that knows nothing: it answers, and has no series.
fn empty_prometheus() -> String {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 8192];
            let asked = stream.read(&mut request).unwrap_or(0);
            let range = String::from_utf8_lossy(&request[..asked]).contains("query_range");
            let kind = if range { "matrix" } else { "vector" };
            let body = format!(
                "{{\"status\":\"success\",\"data\":{{\"resultType\":\"{kind}\",\"result\":[]}}}}"
            );
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream
                .write_all(head.as_bytes())
                .and_then(|()| stream.write_all(body.as_bytes()));
        }
    });
    url
}

#[test]
fn the_gate_answers_and_an_override_is_recorded() {
    let data = tempfile::tempdir().unwrap();
    let url = empty_prometheus();
    let gate = |more: &[&str]| {
        let arguments = [&["--prometheus", &url, "gate"][..], more].concat();
        outcome(data.path(), &arguments)
    };
    // Nothing is known, and not known is not healthy.
    let (code, text, _) = gate(&[]);
    assert!(
        code == 1 && text.contains("cautious") && text.contains("does NOT ship"),
        "{text}"
    );
    assert_eq!(
        gate(&["--risk", "low"]).0,
        0,
        "what is undone in seconds may ship with caution"
    );
    opened(data.path());
    let (code, text, _) = gate(&["--risk", "low"]);
    assert!(
        code == 1 && text.contains("frozen") && text.contains("not classified"),
        "{text}"
    );
    assert_eq!(
        gate(&["--override", "--reason", "x"]).0,
        2,
        "an override needs an approver"
    );
    let (code, _, error) = gate(&["--override", "--reason", "fix", "--approver", "Tester"]);
    assert!(
        code == 2 && error.contains("whoever asks cannot approve"),
        "{error}"
    );
    let (code, text, error) = gate(&[
        "--override",
        "--reason",
        "the fix itself",
        "--approver",
        "mina",
    ]);
    assert!(
        code == 0 && text.contains("OVERRIDDEN, approved by mina"),
        "{text}{error}"
    );
    let ledger = outcome(data.path(), &["ledger"]).1;
    assert!(
        ledger.contains("the change gate, frozen for confirm") && ledger.contains("the fix itself"),
        "{ledger}"
    );
    let (code, _, _) = gate(&["--path", "nowhere"]);
    assert_eq!(code, 2);
}

#[test]
fn signals_that_are_not_known_are_said_to_be_and_are_no_success() {
    let data = tempfile::tempdir().unwrap();
    let url = empty_prometheus();
    let (code, text, _) = outcome(data.path(), &["--prometheus", &url, "signals"]);
    assert!(
        code == 1 && text.contains("unknown") && text.contains("no data"),
        "{text}"
    );
    assert!(
        !text.contains("100.00 %") && text.contains("budget left not known"),
        "{text}"
    );
}

#[test]
fn the_simulation_prints_who_is_contacted_when_and_refuses_a_time_without_a_zone() {
    let data = tempfile::tempdir().unwrap();
    let simulate = |more: &[&str]| {
        let mut all = vec![
            "escalation",
            "simulate",
            "--at",
            "2026-11-22T03:00:00+01:00",
        ];
        all.extend(more);
        json(data.path(), &all)["calls"].clone()
    };
    let levels = |calls: &serde_json::Value| -> Vec<String> {
        let outside = calls
            .as_array()
            .unwrap()
            .iter()
            .filter(|call| call["channel"] == "webhook");
        outside
            .map(|call| {
                format!(
                    "{} {}",
                    call["at"].as_str().unwrap(),
                    call["level"].as_str().unwrap()
                )
            })
            .collect()
    };
    let all = [
        "2026-11-22T02:00:00Z on-call",
        "2026-11-22T02:15:00Z engineering-lead",
        "2026-11-22T02:30:00Z cto",
    ];
    assert_eq!(levels(&simulate(&[])), all);
    assert_eq!(levels(&simulate(&["--ack", "+10m"])), [all[0], all[2]]);
    let with = simulate(&[
        "--severity",
        "+5m=1,transaction-integrity",
        "--resolved",
        "+20m",
    ]);
    assert_eq!(
        levels(&with),
        [all[0], "2026-11-22T02:05:00Z compliance", all[1]]
    );
    let (code, _, error) = outcome(
        data.path(),
        &["escalation", "simulate", "--at", "2026-11-22T03:00:00"],
    );
    assert!(
        code == 2 && error.contains("nor a time with a zone"),
        "{error}"
    );
}

#[test]
fn schedules_that_cannot_work_are_refused_with_their_file_and_a_gap_fails_the_check() {
    let home = tempfile::tempdir().unwrap();
    let check = |schedule: &str| {
        std::fs::write(
            home.path().join("s.yaml"),
            format!("schedules:\n  - {schedule}\n"),
        )
        .unwrap();
        let file = home.path().join("warroom.yaml");
        std::fs::write(&file, "schedules: s.yaml\n").unwrap();
        outcome(
            home.path(),
            &["--config", file.to_str().unwrap(), "escalation", "check"],
        )
    };
    let turn = "rotation: {people: [dana], starts: '2026-01-01T00:00', every: 1w}";
    let (code, said, _) = check(&format!("{{schedule: on-call, zone: UTC, {turn}}}"));
    assert!(code == 0 && said.contains("dana is on call now"), "{said}");
    for (schedule, says) in [
        (
            format!("{{schedule: on-call, zone: Mars/Base, {turn}}}"),
            "no time zone",
        ),
        (
            format!(
                "{{schedule: on-call, zone: UTC, {turn}, overrides: [{{who: a, from: 2026-12-24T09:00:00Z, until: 2026-12-26T09:00:00Z}}, {{who: b, from: 2026-12-25T09:00:00Z, until: 2026-12-27T09:00:00Z}}]}}"
            ),
            "both on call",
        ),
        (
            "{schedule: on-call, zone: UTC}".to_string(),
            "exactly one of",
        ),
    ] {
        let (code, _, error) = check(&schedule);
        assert!(
            code == 3 && error.contains(says) && error.contains("s.yaml"),
            "{code} {error}"
        );
    }
    let days = "{schedule: on-call, zone: UTC, shifts: [{who: dana, days: [mon-fri], from: '09:00', until: '17:00'}]}";
    let (code, said, _) = check(days);
    assert!(code == 1 && said.contains("names nobody from"), "{said}");
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

/// Every file reads well, and somebody would not be reached all the same.
#[test]
fn setups_that_reach_nobody_are_named_by_the_check_and_by_doctor() {
    let home = tempfile::tempdir().unwrap();
    let place = |name: &str| home.path().join(name);
    let check = |what: &str, policy: &str, config: &str, schedules: &str| {
        let head = format!("policy: p\nversion: 1\n{policy}");
        std::fs::write(place("escalation.yaml"), head).unwrap();
        std::fs::write(place("schedules.yaml"), schedules).unwrap();
        let config = format!("policies: {{escalation: escalation.yaml}}\n{config}");
        let config = match schedules.is_empty() {
            true => config,
            false => format!("{config}schedules: schedules.yaml\n"),
        };
        std::fs::write(place("warroom.yaml"), config).unwrap();
        let file = place("warroom.yaml");
        let data = place("data");
        for verb in [&["escalation", "check"][..], &["doctor"]] {
            let arguments = [&["--config", file.to_str().unwrap()], verb].concat();
            let (code, text, error) = outcome(&data, &arguments);
            assert!(
                code == 1 && format!("{text}{error}").contains(what),
                "{verb:?} {what}: {code} {text}{error}"
            );
        }
    };
    let level = |more: &str| {
        format!(
            "levels:\n  - {{level: a, target: on-call, after: 0m, until: acknowledged, channels: [pager]{more}}}\n"
        )
    };
    let hook = "channels:\n  - {kind: webhook, name: pager, url: 'http://127.0.0.1:1/x', secret: {env: NO_SUCH_VARIABLE}}\n";
    check("NO_SUCH_VARIABLE is not set", &level(""), hook, "");
    let mail = "channels:\n  - {kind: smtp, name: pager, host: mail.example, from: a@b.example, to: {cto: [c@b.example]}}\n";
    check("no address for target \"on-call\"", &level(""), mail, "");
    let hours = "hours: {zone: Europe/Berlin, days: [mon, tue, wed, thu, fri], from: '09:00', until: '17:00'}\n";
    let policy = format!("{hours}{}", level(", during: working-hours"));
    check("calls nobody", &policy, mail, "");
    let rota = "schedules:\n  - {schedule: on-cal, zone: Europe/Berlin, rotation: {people: [dana], starts: '2026-01-05T09:00', every: 7d}}\n";
    check("belongs to no target", &level(""), mail, rota);
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
