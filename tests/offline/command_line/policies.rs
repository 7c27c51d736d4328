//! Policies, schedules and signals: what a script asks, and what is refused.

use super::opened;
use crate::support::outcome::assert_contains;
use crate::support::program::{Home, Place};
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
    let place = Place::new();
    let url = empty_prometheus();
    let gate = |more: &str| place.line(&format!("--prometheus {url} gate {more}"));
    // Nothing is known, and not known is not healthy.
    gate("").prints(1, &["cautious", "does NOT ship"]);
    // What is undone in seconds may ship with caution.
    gate("--risk low").succeeds();
    opened(&place);
    gate("--risk low").prints(1, &["frozen", "not classified"]);
    gate("--override --reason x").fails(2, &["--approver"]);
    let own = gate("--override --reason fix --approver Tester");
    own.fails(2, &["another person must approve"]);
    let overridden = gate("--override --reason 'the fix itself' --approver mina");
    overridden.prints(0, &["OVERRIDDEN, approved by mina"]);
    let ledger = place.run(&["ledger"]);
    ledger.prints(
        0,
        &["the change gate, frozen for confirm", "the fix itself"],
    );
    gate("--path nowhere").fails(2, &["nowhere"]);
}

#[test]
fn unknown_signals_are_reported_and_are_no_success() {
    let place = Place::new();
    let url = empty_prometheus();
    let signals = place.run(&["--prometheus", &url, "signals"]);
    signals.prints(1, &["unknown", "no data", "budget left not known"]);
    assert!(!signals.out.contains("100.00 %"), "{}", signals.out);
}

#[test]
fn the_simulation_prints_who_is_contacted_when_and_refuses_a_time_without_a_zone() {
    let place = Place::new();
    let simulate = "escalation simulate --at 2026-11-22T03:00:00";
    let levels = |more: &str| -> Vec<String> {
        let calls = place.line_json(&format!("{simulate}+01:00 {more}"))["calls"].clone();
        let calls = calls.as_array().unwrap().iter();
        let outside = calls.filter(|call| call["channel"] == "webhook");
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_string();
        let row = |call: &serde_json::Value| text(&call["at"]) + " " + &text(&call["level"]);
        outside.map(row).collect()
    };
    let all = [
        "2026-11-22T02:00:00Z on-call",
        "2026-11-22T02:15:00Z engineering-lead",
        "2026-11-22T02:30:00Z cto",
    ];
    assert_eq!(levels(""), all);
    assert_eq!(levels("--ack +10m"), [all[0], all[2]]);
    let classified = levels("--severity +5m=1,transaction-integrity --resolved +20m");
    let compliance = "2026-11-22T02:05:00Z compliance";
    assert_eq!(classified, [all[0], compliance, all[1]]);
    place.line(simulate).fails(2, &["has no zone"]);
}

#[test]
fn schedules_that_cannot_work_are_refused_with_their_file_and_a_gap_fails_the_check() {
    let home = Home::new();
    home.write("warroom.yaml", "schedules: s.yaml\n");
    let check = |schedule: &str| {
        home.write("s.yaml", format!("schedules:\n  - {schedule}\n"));
        home.run(&["escalation", "check"])
    };
    let turn = "rotation: {people: [dana], starts: '2026-01-01T00:00', every: 1w}";
    check(&format!("{{schedule: on-call, zone: UTC, {turn}}}")).prints(0, &["dana is on call now"]);
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
        check(&schedule).fails(3, &[says, "s.yaml"]);
    }
    let days = "{schedule: on-call, zone: UTC, shifts: [{who: dana, days: [mon-fri], from: '09:00', until: '17:00'}]}";
    check(days).prints(1, &["names nobody from"]);
}

/// Every file reads well, and somebody would not be reached all the same.
#[test]
fn configurations_that_would_page_nobody_are_named_by_the_check_and_by_doctor() {
    let home = Home::new();
    let check = |what: &str, policy: &str, config: &str, schedules: &str| {
        home.write(
            "escalation.yaml",
            format!("policy: p\nversion: 1\n{policy}"),
        );
        home.write("schedules.yaml", schedules);
        let config = format!("policies: {{escalation: escalation.yaml}}\n{config}");
        let config = match schedules.is_empty() {
            true => config,
            false => format!("{config}schedules: schedules.yaml\n"),
        };
        home.write("warroom.yaml", config);
        for verb in [&["escalation", "check"][..], &["doctor"]] {
            let outcome = home.run(verb);
            assert_eq!(outcome.code, 1, "{verb:?}: {outcome:?}");
            assert_contains(&outcome.text(), &[what]);
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
    check("pages nobody", &policy, mail, "");
    let rota = "schedules:\n  - {schedule: on-cal, zone: Europe/Berlin, rotation: {people: [dana], starts: '2026-01-05T09:00', every: 7d}}\n";
    check("belongs to no target", &level(""), mail, rota);
}
