//! `warroom alerts` beside `amtool alert query` and `curl` on the same real Alertmanager: wall time and peak memory, as
//! ratios. `cargo bench --bench alerts [-- ALERTS]`; needs Debian's `prometheus-alertmanager` and `curl`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark says what it finds"
)]

use chrono::{TimeDelta, Utc};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Runs of each; the fastest counts.
const RUNS: usize = 5;

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(directory: &Path) -> (Server, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let config = directory.join("am.yml");
    std::fs::write(
        &config,
        "route: {receiver: none, group_wait: 1h}\nreceivers: [{name: none}]\n",
    )
    .unwrap();
    let child = Command::new("prometheus-alertmanager")
        .arg(format!("--config.file={}", config.display()))
        .arg(format!("--storage.path={}", directory.join("am").display()))
        .arg(format!("--web.listen-address={address}"))
        .arg("--cluster.listen-address=")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while TcpStream::connect(&address).is_err() {
        std::thread::sleep(Duration::from_millis(50));
    }
    (Server(child), address)
}

fn post(address: &str, body: &str) {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /api/v2/alerts HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

fn load(address: &str, count: usize) {
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
        .for_each(|batch| post(address, &format!("[{}]", batch.join(","))));
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
        // The high-water mark only grows: its last reading before the end is that of the whole run, but for milliseconds.
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
        let (_server, address) = start(directory.path());
        load(&address, count);
        let url = format!("http://{address}");
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
