//! `warroom alerts` compared with `amtool alert query` and `curl` on the same real Alertmanager: wall time and peak memory,
//! as ratios. `cargo bench --bench alerts [-- ALERTS]`; needs Debian's `prometheus-alertmanager` and `curl`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark prints its results"
)]

#[path = "../tests/support/mod.rs"]
#[expect(dead_code, reason = "the tests use the rest of it")]
mod support;

use chrono::{TimeDelta, Utc};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::monitoring::Monitoring;

/// Runs of each; the fastest counts.
const RUNS: usize = 5;

fn load(server: &Monitoring, count: usize) {
    let names = [
        "PaymentSuccessRateLow",
        "KubePodCrashLooping",
        "NodeDiskFull",
        "LatencyHigh",
        "QueueDepth",
        "ReplicaLag",
    ];
    let (begin, end) = (
        Utc::now() - TimeDelta::hours(1),
        Utc::now() + TimeDelta::hours(6),
    );
    let each: Vec<String> = (0..count)
        .map(|i| {
            let name = names[i % names.len()];
            format!(
                "{{\"labels\":{{\"alertname\":\"{name}\",\"severity\":\"{}\",\"instance\":\"10.{}.{}.{}:9100\",\"job\":\"node\",\"region\":\"{}\",\"cluster\":\"c{}\",\"namespace\":\"ns{}\",\"pod\":\"api-{i:06x}\",\"service\":\"svc{}\",\"team\":\"team{}\"}},\"annotations\":{{\"summary\":\"{name} on pod api-{i:06x}\",\"description\":\"The value is {} for more than five minutes on this instance.\",\"runbook_url\":\"https://runbooks.example/{name}\"}},\"startsAt\":\"{}\",\"endsAt\":\"{}\"}}",
                if i % 3 == 0 { "warning" } else { "info" }, i / 65_536, i / 256 % 256, i % 256, ["eu", "us", "apac"][i % 3], i % 20, i % 50, i % 40, i % 9, i % 100,
                begin.to_rfc3339(), end.to_rfc3339()
            )
        })
        .collect();
    each.chunks(1000)
        .for_each(|batch| server.post_alerts(&format!("[{}]", batch.join(","))));
}

/// Seconds and peak megabytes of a command, the fastest of several runs.
fn measured(name: &str, program: &str, words: &[&str], state: &Path) -> (f64, f64) {
    let one = || {
        let begun = Instant::now();
        let mut child = Command::new(program)
            .args(words)
            .env("WARROOM_STATE_DIR", state)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let status = format!("/proc/{}/status", child.id());
        let mut peak: f64 = 0.0;
        // The high-water mark only grows: its last reading before the end covers all but the last milliseconds.
        while child.try_wait().unwrap().is_none() {
            let text = std::fs::read_to_string(&status).unwrap_or_default();
            let line = text
                .lines()
                .find(|line| line.starts_with("VmHWM:"))
                .unwrap_or_default();
            let now = line
                .split_whitespace()
                .nth(1)
                .and_then(|kb| kb.parse::<f64>().ok())
                .unwrap_or(0.0);
            peak = peak.max(now / 1024.0);
            std::thread::sleep(Duration::from_millis(1));
        }
        (begun.elapsed().as_secs_f64(), peak)
    };
    let runs: Vec<(f64, f64)> = (0..RUNS).map(|_| one()).collect();
    let best = runs
        .iter()
        .copied()
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .unwrap();
    println!("{name:<24} {:6.3} s   {:6.1} MB", best.0, best.1);
    best
}

fn main() {
    let asked: Option<usize> = std::env::args().find_map(|word| word.parse().ok());
    for count in asked.map_or(vec![10_000, 50_000], |count| vec![count]) {
        let directory = tempfile::tempdir().unwrap();
        let server = Monitoring::alertmanager(directory.path());
        load(&server, count);
        let url = server.url();
        let all = format!("{url}/api/v2/alerts");
        let data = directory.path().join("data").display().to_string();
        println!("{count} alerts");
        let curl = measured(
            "curl",
            "curl",
            &["-s", &all, "-o", "/dev/null"],
            directory.path(),
        );
        let amtool = measured(
            "amtool alert query",
            "amtool",
            &["--alertmanager.url", &url, "alert", "query"],
            directory.path(),
        );
        let ours = measured(
            "warroom alerts",
            env!("CARGO_BIN_EXE_warroom"),
            &["--data-dir", &data, "--alertmanager", &url, "alerts"],
            directory.path(),
        );
        println!(
            "ratios                   to amtool {:.2} in time, {:.2} in memory; to curl {:.2} in time",
            ours.0 / amtool.0,
            ours.1 / amtool.1,
            ours.0 / curl.0
        );
    }
}
