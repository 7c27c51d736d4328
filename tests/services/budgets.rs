//! Error budgets against a real Prometheus that holds thirty days of traffic: equal to a computation in Python from
//! the raw `OpenMetrics` files, scrape gaps included, and read once. Reported as skipped where Prometheus or Python is missing.

mod relay;
mod server;

use crate::support::needs::lacks;
use chrono::{DateTime, TimeDelta, Utc};
use relay::Relay;
use serde_json::Value;
use server::Loaded;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use warroom::harness::ServiceMap;
use warroom::harness::SignalMonitor;
use warroom::harness::SourceId;
use warroom::harness::SystemClock;
use warroom::harness::refresh;
use warroom::harness::{HttpSettings, Prometheus, Source};

/// What may differ: a hundredth of a percentage point.
const CLOSE: f64 = 0.0001;

const MAP: &str = r#"
scrape_seconds: 30
services:
  - service: payments
    owner: team
    paths:
      - path: confirm
        strict: true
        money: {currency: EUR, average: 32.50}
        signals:
          - signal: confirm-success
            ratio:
              good: payments_requests_total{path="confirm",outcome="success"}
              total: payments_requests_total{path="confirm",outcome=~"success|failed|late"}
              objective: 0.999
              by: [provider]
          - signal: confirm-in-time
            latency: {histogram: payments_confirm_seconds, within: 800ms, objective: 0.99}
"#;

#[test]
fn budgets_and_burn_equal_a_computation_from_the_raw_file() {
    if lacks(&server::NEEDED) {
        return;
    }
    let loaded = Loaded::start();
    equal_the_computation(&loaded);
    are_read_once(&loaded);
}

fn seconds(value: &Value) -> i64 {
    let at: DateTime<Utc> = value.as_str().unwrap().parse().unwrap();
    at.timestamp()
}

/// What the program shows, beside what Python finds in the files between the same two times.
fn equal_the_computation(loaded: &Loaded) {
    let shown = loaded.signals(MAP);
    let signals = shown["signals"].as_array().unwrap();
    let named = |name: &str| {
        &signals
            .iter()
            .find(|signal| signal["signal"] == name)
            .unwrap()["ratio"]
    };
    let ratio = named("confirm-success");
    let (from, to) = (
        seconds(&ratio["budget"]["from"]),
        seconds(&ratio["budget"]["to"]),
    );
    let truth = loaded.computed(from, to);
    let mut worst: f64 = 0.0;
    let mut compare = |what: &str, shown: &Value, truth: f64| {
        let shown = shown
            .as_f64()
            .unwrap_or_else(|| panic!("{what} is not shown: {shown}"));
        println!("{what}: shown {shown:.6}, computed {truth:.6}");
        worst = worst.max((shown - truth).abs());
        assert!(
            (shown - truth).abs() < CLOSE,
            "{what}: shown {shown}, computed {truth}"
        );
    };
    let number = |value: &Value| value.as_f64().unwrap();
    compare(
        "budget spent",
        &ratio["budget"]["spent"],
        number(&truth["spent"]),
    );
    compare(
        "budget left",
        &ratio["budget"]["left"],
        number(&truth["left"]),
    );
    let burns = ratio["burn"].as_array().unwrap();
    for (at, key, window) in [
        (0, "long_burn", "1h"),
        (0, "short_burn", "5m"),
        (1, "long_burn", "6h"),
        (1, "short_burn", "30m"),
        (2, "long_burn", "3d"),
    ] {
        // A burn is a multiple: its hundredth of a percentage point is that of the error rate behind it.
        let truth = number(&truth["burn"][window]);
        let shown = number(&burns[at][key]);
        let rate = |burn: f64| burn * 0.001;
        compare(
            &format!("error rate over {window}"),
            &rate(shown).into(),
            rate(truth),
        );
        assert!(
            (shown - truth).abs() / truth < 0.01,
            "burn over {window}: shown {shown}, computed {truth}"
        );
    }
    let latency = named("confirm-in-time");
    let within = number(&truth["latency"]["good"]) / number(&truth["latency"]["total"]);
    let shown = number(&latency["budget"]["good"]) / number(&latency["budget"]["total"]);
    compare("share within 800 ms", &shown.into(), within);
    println!("largest difference: {worst:.7}");
    // What the counters counted in 20 minutes and in 3 hours without a scrape is known.
    let missing = number(&ratio["budget"]["missing_seconds"]);
    assert!(missing < 900.0, "{missing} s are missing");
    assert_eq!(ratio["scrape_interval_seconds"], 60);
}

/// A first reading takes the thirty days; a refresh a minute later takes some minutes of them.
fn are_read_once(loaded: &Loaded) {
    let relay = Relay::start(&loaded.server.address);
    let source = Prometheus::new(HttpSettings::plain(
        SourceId::nearest("prometheus"),
        &relay.url(),
    ))
    .unwrap();
    let sources: Vec<Arc<dyn Source>> = vec![Arc::new(source)];
    let map = ServiceMap::parse(MAP).unwrap();
    let mut watch = SignalMonitor::new(Arc::new(map));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let counted = || {
        (
            relay.requests.load(Ordering::SeqCst),
            relay.bytes.load(Ordering::SeqCst),
        )
    };
    let told = |name: &str, before: (usize, usize)| {
        let now = counted();
        let (requests, bytes) = (now.0 - before.0, now.1 - before.1);
        println!("{name}: {requests} queries, {bytes} bytes");
        (requests, bytes)
    };
    let before = counted();
    runtime.block_on(refresh(&mut watch, &sources, &SystemClock::new()));
    let (first, first_bytes) = told("first reading", before);
    assert!(
        (7..=25).contains(&first) && first_bytes < 2_000_000,
        "{first} queries, {first_bytes} bytes"
    );
    // Later by the source's clock: five minutes on, every lane has something to ask; every ten minutes some ask more.
    let before = counted();
    runtime.block_on(async {
        for ask in watch.due_queries(Utc::now() + TimeDelta::minutes(6)) {
            match ask.request.range {
                Some(range) => drop(sources[0].range(&ask.request.query, range).await.unwrap()),
                None => drop(sources[0].vector(&ask.request.query, None).await.unwrap()),
            }
        }
    });
    let (next, next_bytes) = told("refresh six minutes later", before);
    assert!(
        (4..=25).contains(&next) && next_bytes < 20_000,
        "{next} queries, {next_bytes} bytes"
    );
}
