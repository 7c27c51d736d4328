//! Silences at a real Alertmanager, by the command line; reported as skipped where Debian's package is missing.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use chrono::{TimeDelta, Utc};
use libtest_mimic::{Arguments, Trial};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

fn main() {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let there =
        std::env::split_paths(&paths).any(|path| path.join("prometheus-alertmanager").is_file());
    let required = std::env::var_os("WARROOM_REQUIRE_SERVICES").is_some();
    let trial = Trial::test(
        "a_silence_is_made_seen_by_whom_and_until_when_and_ended",
        || {
            made_seen_and_ended();
            Ok(())
        },
    );
    libtest_mimic::run(
        &Arguments::from_args(),
        vec![trial.with_ignored_flag(!there && !required)],
    )
    .exit();
}

struct Alertmanager {
    child: Child,
    address: String,
    directory: tempfile::TempDir,
}

impl Drop for Alertmanager {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Alertmanager {
    fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);
        let config = directory.path().join("am.yml");
        std::fs::write(
            &config,
            "route: {receiver: none}\nreceivers: [{name: none}]\n",
        )
        .unwrap();
        let child = Command::new("prometheus-alertmanager")
            .arg(format!("--config.file={}", config.display()))
            .arg(format!(
                "--storage.path={}",
                directory.path().join("am").display()
            ))
            .arg(format!("--web.listen-address={address}"))
            .arg("--cluster.listen-address=")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        while TcpStream::connect(&address).is_err() {
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "it does not listen"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        Self {
            child,
            address,
            directory,
        }
    }

    fn fire(&self) {
        let (begin, end) = (
            Utc::now() - TimeDelta::minutes(5),
            Utc::now() + TimeDelta::hours(1),
        );
        let alert = |name: &str, pod: usize| {
            format!(
                "{{\"labels\":{{\"alertname\":\"{name}\",\"pod\":\"api-{pod}\"}},\"startsAt\":\"{}\",\"endsAt\":\"{}\"}}",
                begin.to_rfc3339(),
                end.to_rfc3339()
            )
        };
        let body = format!(
            "[{},{},{}]",
            alert("Lag", 1),
            alert("Lag", 2),
            alert("Down", 1)
        );
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "POST /api/v2/alerts HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            self.address,
            body.len()
        );
        stream
            .write_all(format!("{head}{body}").as_bytes())
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    fn warroom(&self, words: &[&str]) -> Output {
        let data: &Path = self.directory.path();
        Command::new(env!("CARGO_BIN_EXE_warroom"))
            .arg("--data-dir")
            .arg(data.join("data"))
            .args(["--alertmanager", &format!("http://{}", self.address)])
            .args(words)
            .env("WARROOM_STATE_DIR", data.join("state"))
            .env("HOME", "/nonexistent")
            .env("USER", "lee")
            .output()
            .unwrap()
    }

    fn json(&self, words: &[&str]) -> Value {
        let output = self.warroom(&[&["--output", "json"], words].concat());
        assert!(
            output.status.success(),
            "{words:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// How many alerts are in a state, once that is so many.
    fn settles(&self, state: &str, wanted: usize) -> Value {
        let begun = Instant::now();
        loop {
            let alerts = self.json(&["alerts"]);
            let found = alerts
                .as_array()
                .unwrap()
                .iter()
                .filter(|alert| alert["state"] == state)
                .count();
            if found == wanted {
                return alerts;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "{found} are {state} and not {wanted}: {alerts}"
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

fn made_seen_and_ended() {
    let alertmanager = Alertmanager::start();
    alertmanager.fire();
    alertmanager.settles("firing", 3);
    let refused = |words: &[&str], says: &str| {
        let output = alertmanager.warroom(words);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.code() == Some(2) && said.contains(says),
            "{said}"
        );
    };
    let silence = ["alerts", "silence", "--for", "2h", "--comment"];
    refused(
        &[&silence[..], &["x", "--matcher", "alertname=~.*"]].concat(),
        "every alert",
    );
    refused(
        &[&silence[..], &["", "--matcher", "alertname=Lag"]].concat(),
        "comment",
    );
    refused(
        &[
            &["--read-only"],
            &silence[..],
            &["x", "--matcher", "alertname=Lag"],
        ]
        .concat(),
        "read-only",
    );
    let made = alertmanager.json(
        &[
            &silence[..],
            &["planned work", "--matcher", "alertname=Lag"],
        ]
        .concat(),
    );
    assert_eq!(made["matching"], 2);
    let alerts = alertmanager.settles("suppressed", 2);
    let quiet = alerts
        .as_array()
        .unwrap()
        .iter()
        .find(|alert| alert["state"] == "suppressed")
        .unwrap();
    let by = quiet["suppressed_by"][0].as_str().unwrap();
    assert!(
        by.starts_with("silenced by lee until ") && by.ends_with("UTC: planned work"),
        "{by}"
    );
    let listed = alertmanager.json(&["alerts", "silences"]);
    assert_eq!(
        (listed[0]["by"].as_str(), listed[0]["matchers"].as_str()),
        (Some("lee"), Some("alertname=Lag"))
    );
    let id = made["silence"].as_str().unwrap();
    assert!(
        alertmanager.json(&["alerts", "expire", id])["expired"]
            .as_bool()
            .unwrap()
    );
    alertmanager.settles("firing", 3);
    assert_eq!(
        alertmanager
            .json(&["alerts", "silences"])
            .as_array()
            .unwrap()
            .len(),
        0
    );
}
