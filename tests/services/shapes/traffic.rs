//! A shape of traffic on a real Prometheus, and its truth.

use crate::support::monitoring::{Monitoring, PROMETHEUS};
use crate::support::needs::Need;
use crate::support::program::{Running, WARROOM};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

pub(crate) const NEEDED: [Need; 3] = [PROMETHEUS, Need::Tool("promtool"), Need::Tool("python3")];
const TRAFFIC: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/services/shapes/traffic.py"
);
const EXPECTED: &str = include_str!("expected.json");

pub(crate) const MAP: &str = r#"
scrape_seconds: 60
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
              total: payments_requests_total{path="confirm",outcome=~"success|failed|timeout"}
              objective: 0.999
              by: [provider, method]
          - signal: duplicate-captures
            correctness: {query: 'sum(increase(duplicate_captures_total{path="confirm"}[6h]))', tolerance: 0, unit: captures}
"#;

/// The symptoms of the shipped policy, without their waiting times.
const INTAKE: &str = "policy: test\nversion: 1\nrules:\n  - {rule: none, when: {alertname: none}, action: show}\nsignals:\n  - {rule: wrong, when: wrong, on: every, held: 1s}\n  - {rule: drop, when: drop, on: strict, held: 1s}\n  - {rule: volume, when: volume-drop, on: strict, held: 1s}\n";

pub(crate) struct Played {
    place: tempfile::TempDir,
    server: Monitoring,
    shape: String,
    pub(crate) end: DateTime<Utc>,
}

#[derive(Debug)]
pub(crate) struct Truth {
    pub(crate) spent: f64,
}

pub(crate) fn expected(shape: &str) -> Value {
    let all: Vec<Value> = serde_json::from_str(EXPECTED).unwrap();
    all.into_iter().find(|one| one["shape"] == shape).unwrap()
}

pub(crate) fn signal<'v>(shown: &'v Value, name: &str) -> &'v Value {
    let mut all = shown["signals"].as_array().unwrap().iter();
    all.find(|signal| signal["signal"] == name).unwrap()
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

impl Played {
    pub(crate) fn start(shape: &str) -> Self {
        let place = tempfile::tempdir().unwrap();
        let end = Utc::now().timestamp() / 60 * 60;
        let data = place.path().join("prometheus-data");
        run(Command::new("python3")
            .args([TRAFFIC, "generate", shape])
            .arg(place.path().join("traffic"))
            .args([
                "--end",
                &end.to_string(),
                "--no-histogram",
                "--discard",
                "--load",
            ])
            .arg(&data));
        // The blocks reach into the future: the server's own samples are older than the newest of them.
        let text =
            "global: {scrape_interval: 1m}\nstorage: {tsdb: {out_of_order_time_window: 1h}}\n";
        let server =
            Monitoring::prometheus(place.path(), text, &["--storage.tsdb.retention.time=60d"]);
        let played = Self {
            server,
            shape: shape.to_string(),
            end: DateTime::from_timestamp(end, 0).unwrap(),
            place,
        };
        played.write("services.yaml", MAP);
        played.write("intake.yaml", INTAKE);
        let config = format!(
            "poll_seconds: 1\nservices: services.yaml\npolicies: {{intake: intake.yaml}}\nsources: [{{kind: prometheus, url: \"{}\"}}]\n",
            played.url()
        );
        played.write("warroom.yaml", &config);
        played
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    pub(crate) fn warroom(&self, data: &Path) -> Command {
        let mut command = Command::new(WARROOM);
        command
            .arg("--config")
            .arg(self.path("warroom.yaml"))
            .arg("--data-dir")
            .arg(data)
            .env("WARROOM_STATE_DIR", self.path("state"));
        command
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let mut command = self.warroom(&self.path("incidents"));
        let output = command
            .args(["--output", "json"])
            .args(arguments)
            .output()
            .unwrap();
        assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// A configuration that counts declined payments too.
    pub(crate) fn planted(&self) -> PathBuf {
        self.write(
            "other.yaml",
            &MAP.replace("|timeout\"", "|timeout|declined\""),
        );
        let config = std::fs::read_to_string(self.path("warroom.yaml")).unwrap();
        self.write(
            "planted.yaml",
            &config.replace("services.yaml", "other.yaml"),
        );
        self.path("planted.yaml")
    }

    pub(crate) fn signals(&self) -> Value {
        self.json(&["signals"])
    }

    pub(crate) fn gate(&self) -> Value {
        self.json(&["gate", "--risk", "normal"])
    }

    /// The incidents that the paging service opens within seconds.
    pub(crate) fn incidents(&self) -> Vec<String> {
        let data = self.path("watched");
        let log = std::fs::File::create(self.path("watch.log")).unwrap();
        let mut command = self.warroom(&data);
        command
            .arg("watch")
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        let _watch = Running::start(&mut command);
        let begun = Instant::now();
        let opened = || std::fs::read_dir(data.join("incidents"));
        // Long enough for a second one that must not open.
        while begun.elapsed() < Duration::from_secs(12) {
            std::thread::sleep(Duration::from_millis(200));
        }
        opened().map_or(Vec::new(), |all| {
            let names = all
                .flatten()
                .map(|one| one.file_name().to_string_lossy().into_owned());
            names.filter(|name| name.starts_with("INC-")).collect()
        })
    }

    /// What the counters can tell at the last scrapes before these times.
    pub(crate) fn truth(&self, from: &Value, to: &Value) -> Truth {
        let seconds = |at: &Value| {
            let at: DateTime<Utc> = at.as_str().unwrap().parse().unwrap();
            at.timestamp().to_string()
        };
        let end = self.end.timestamp().to_string();
        let text = run(Command::new("python3")
            .args([TRAFFIC, "truth", &self.shape, "--end", &end])
            .args(["--from", &seconds(from), "--to", &seconds(to)]));
        let truth: Value = serde_json::from_str(&text).unwrap();
        let spent = truth["at_scrapes"]["spent"].as_f64();
        let spent = spent.unwrap_or_else(|| panic!("no truth: {truth}"));
        Truth { spent }
    }
}
