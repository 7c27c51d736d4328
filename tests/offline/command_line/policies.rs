//! Policies, schedules and signals: what a script asks, and what is refused.

use super::{json, opened, outcome};
use crate::support::server::serve_json;

/// A Prometheus that knows nothing: it answers, and has no series.
fn empty_prometheus() -> String {
    serve_json(|first| {
        let kind = match first.contains("query_range") {
            true => "matrix",
            false => "vector",
        };
        format!("{{\"status\":\"success\",\"data\":{{\"resultType\":\"{kind}\",\"result\":[]}}}}")
    })
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
