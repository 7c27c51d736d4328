//! Set-ups of Prometheus that are common and go wrong without a word: what the check says about each.

mod mock;
mod traffic;

use crate::support::needs::lacks;
use crate::support::outcome::Outcome;
use crate::support::program::WARROOM;
use mock::{Kind, Mock};
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use traffic::Loaded;

const MAP: &str = r"
scrape_seconds: 30
services:
  - service: payments
    owner: team
    paths:
      - path: confirm
        strict: true
        signals:
";

/// Runs the check with this map over one source.
fn check(directory: &Path, source: &str, signals: &[&str], options: &[&str]) -> Outcome {
    let signals: Vec<String> = signals
        .iter()
        .map(|signal| format!("          - {signal}\n"))
        .collect();
    let map = format!("{MAP}{}", signals.concat());
    std::fs::write(directory.join("services.yaml"), map).unwrap();
    let text = format!("services: services.yaml\nsources: [{source}]\n");
    let file = directory.join("warroom.yaml");
    std::fs::write(&file, text).unwrap();
    let output = Command::new(WARROOM)
        .arg("--config")
        .arg(&file)
        .arg("--data-dir")
        .arg(directory.join("incidents"))
        .env("WARROOM_STATE_DIR", directory.join("state"))
        .args(["config", "check"])
        .args(options)
        .output()
        .unwrap();
    output.into()
}

/// Each finding as `signal part: what (level)`.
fn online(directory: &Path, source: &str, signals: &[&str]) -> Vec<String> {
    let outcome = check(
        directory,
        source,
        signals,
        &["--online", "--output", "json"],
    );
    let json: Value = serde_json::from_str(&outcome.out).unwrap_or_else(|_| panic!("{outcome:?}"));
    let found = json["signals"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or("source").to_string();
    let lines = found.map(|one| {
        let (signal, part) = (text(&one["signal"]), text(&one["part"]));
        format!(
            "{signal} {part}: {} ({})",
            text(&one["what"]),
            text(&one["level"])
        )
    });
    let lines: Vec<String> = lines.collect();
    println!("{}", lines.join("\n"));
    lines
}

#[track_caller]
fn says(found: &[String], line: &str) {
    assert!(found.iter().any(|one| one == line), "{line}\n{found:#?}");
}

/// No finding that is not fine is about this signal, but for the short past of the data.
#[track_caller]
fn is_fine(found: &[String], signal: &str) {
    let mut of_signal = found
        .iter()
        .filter(|line| line.starts_with(&format!("{signal} ")));
    let bad = of_signal.find(|line| !line.ends_with("(fine)") && !line.contains("oldest sample"));
    assert_eq!(bad, None);
}

fn ratio(name: &str, good: &str, total: &str, more: &str) -> String {
    format!(
        "{{signal: {name}, ratio: {{good: '{good}', total: '{total}', objective: 0.999{more}}}}}"
    )
}

fn set_ups() -> Vec<String> {
    let good = "payments_total{outcome=\"success\"}";
    vec![
        ratio("fine", good, "payments_total", ", by: [provider]"),
        ratio("typo-metric", "payment_total{outcome=\"success\"}", "payments_total", ""),
        ratio("typo-value", "payments_total{outcome=\"succes\"}", "payments_total", ""),
        ratio("typo-label", "payments_total{outcom=\"success\"}", "payments_total", ""),
        ratio("typo-by", good, "payments_total", ", by: [provdier]"),
        ratio("no-overlap", "payments_total{outcome=\"failed\",provider=\"south\"}", "payments_total", ""),
        ratio("recorded", "job:payments_good:rate5m", "payments_total", ""),
        ratio("recorded-right", "sum(avg_over_time(job:payments_good:rate5m[$window]))", "payments_total", ""),
        "{signal: recorded-ratio, rate: {query: 'job:success:ratio', objective: 0.999}}".to_string(),
        ratio("gauge", "payments_per_second", "payments_total", ""),
        ratio("slow", "slow_total{outcome=\"success\"}", "slow_total", ""),
        ratio("stale", "stale_total{outcome=\"success\"}", "stale_total", ""),
        "{signal: two-series, level: {query: 'settlement_lag_seconds', expect: \"<= 60\"}}".to_string(),
        "{signal: written-otherwise, latency: {histogram: confirm_seconds, within: 800ms, objective: 0.99}}".to_string(),
        "{signal: no-bucket, latency: {histogram: confirm_seconds, within: 700ms, objective: 0.99}}".to_string(),
        "{signal: not-native, latency: {histogram: confirm_seconds, within: 1s, native: true, objective: 0.99}}".to_string(),
        "{signal: utf8, level: {query: 'max({\"http.server.lag\"})', expect: \"<= 60\"}}".to_string(),
        "{signal: long-window, window_days: 90, rate: {query: 'job:success:ratio', objective: 0.999}}".to_string(),
    ]
}

#[test]
fn a_real_prometheus_is_asked_and_each_set_up_has_its_words() {
    if lacks(&traffic::NEEDED) {
        return;
    }
    let loaded = Loaded::start();
    let signals = set_ups();
    let signals: Vec<&str> = signals.iter().map(String::as_str).collect();
    let source = format!("{{kind: prometheus, url: \"{}\"}}", loaded.server.url());
    let found = online(loaded.directory.path(), &source, &signals);

    is_fine(&found, "fine");
    says(&found, "fine by: provider: 2 values (fine)");
    says(
        &found,
        "typo-metric good: no metric payment_total; nearest: payments_total (refused)",
    );
    says(
        &found,
        "typo-value good: no series with outcome=\"succes\"; nearest: success (refused)",
    );
    says(
        &found,
        "typo-label good: no label outcom; nearest: outcome (refused)",
    );
    says(
        &found,
        "typo-by by: no series has the label provdier; nearest: provider (refused)",
    );
    says(
        &found,
        "no-overlap good: no series with all of {__name__=\"payments_total\",outcome=\"failed\",provider=\"south\"} (refused)",
    );
    says(
        &found,
        "recorded good: job:payments_good:rate5m is already a rate or a ratio (refused)",
    );
    is_fine(&found, "recorded-right");
    is_fine(&found, "recorded-ratio");
    says(
        &found,
        "gauge good: payments_per_second falls at 49 % of its samples (warning)",
    );
    says(&found, "slow total: scraped every 10 min (fine)");
    is_fine(&found, "slow");
    says(
        &found,
        "stale good: no sample for 40 min: stale_total (warning)",
    );
    says(
        &found,
        "two-series query: the query gives 2 series; it must give one (refused)",
    );
    is_fine(&found, "written-otherwise");
    says(
        &found,
        "no-bucket within: 0.7 is no bucket; 0.5 and 0.8 are (refused)",
    );
    says(
        &found,
        "not-native within: confirm_seconds is a classic histogram (refused)",
    );
    let refused = found
        .iter()
        .find(|line| line.starts_with("utf8 query: the server refuses the query:"));
    assert!(
        refused.unwrap().contains("from version 3 on"),
        "{refused:?}"
    );
    says(
        &found,
        "source prometheus: keeps 60 days, the window is 90 days (warning)",
    );
}

#[test]
fn without_a_server_a_foreign_placeholder_is_refused_with_its_remedy() {
    let directory = tempfile::tempdir().unwrap();
    let source = "{kind: prometheus, url: \"http://127.0.0.1:9\"}";
    let signal = ratio(
        "grafana",
        "sum(rate(good_total[$__rate_interval]))",
        "all_total",
        "",
    );
    let outcome = check(directory.path(), source, &[&signal], &[]);
    assert_eq!(outcome.code, 3, "{outcome:?}");
    let says = "signal \"grafana\": good: $__rate_interval is a variable of another tool";
    assert!(outcome.err.contains(says), "{outcome:?}");
    assert!(outcome.err.contains("hint: write $window"), "{outcome:?}");
    let signal = ratio("fine", "good_total", "all_total", "");
    check(directory.path(), source, &[&signal], &[]).succeeds();
    let outcome = check(directory.path(), source, &[&signal], &["--online"]);
    assert_eq!(outcome.code, 5, "{outcome:?}");
    assert!(
        outcome.text().contains("not everything was checked"),
        "{outcome:?}"
    );
}

#[test]
fn a_mimir_is_asked_below_its_prefix_and_with_its_tenant() {
    let directory = tempfile::tempdir().unwrap();
    let mimir = Mock::start(Kind::Mimir);
    let signal = ratio("fine", "good_total", "all_total", "");
    let url = format!("url: \"{}/prometheus\"", mimir.url());
    let source =
        format!("{{kind: prometheus, {url}, http_headers: {{X-Scope-OrgID: {{values: [team]}}}}}}");
    let found = online(directory.path(), &source, &[&signal]);
    is_fine(&found, "fine");
    says(
        &found,
        "source prometheus: how long it keeps samples is not known (fine)",
    );

    let found = online(
        directory.path(),
        &format!("{{kind: prometheus, {url}}}"),
        &[&signal],
    );
    assert!(
        found[0].contains("not checked") && found[0].contains("no org id"),
        "{found:#?}"
    );
}

#[test]
fn a_partial_answer_is_named_for_each_kind_of_server() {
    for (kind, words) in [
        (
            Kind::Thanos,
            "receive series from Addr: store-2:10901: rpc error: Unavailable",
        ),
        (
            Kind::VictoriaMetrics,
            "the server marks the answer as partial",
        ),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let server = Mock::start(kind);
        let signal = ratio("fine", "good_total", "all_total", "");
        let source = format!("{{kind: prometheus, url: \"{}\"}}", server.url());
        let found = online(directory.path(), &source, &[&signal]);
        says(
            &found,
            &format!("fine good: the answer is partial: {words} (warning)"),
        );
    }
}

#[test]
fn a_clock_that_is_behind_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let server = Mock::start(Kind::Late);
    let signal = ratio("fine", "good_total", "all_total", "");
    let source = format!("{{kind: prometheus, url: \"{}\"}}", server.url());
    let found = online(directory.path(), &source, &[&signal]);
    let skew = found
        .iter()
        .find(|line| line.starts_with("source prometheus: its clock is 4"));
    assert!(
        skew.unwrap().contains("behind this machine's (warning)"),
        "{found:#?}"
    );
}
