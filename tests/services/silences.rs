//! Silences at a real Alertmanager, by the command line; reported as skipped where Debian's package is missing.

mod rows;

use crate::support::monitoring::{ALERTMANAGER, Monitoring};
use crate::support::needs::{Need, lacks};
use crate::support::program::WARROOM;
use chrono::{TimeDelta, Utc};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

const NEEDED: [Need; 1] = [ALERTMANAGER];

struct Alertmanager {
    server: Monitoring,
    directory: tempfile::TempDir,
}

impl Alertmanager {
    fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self {
            server: Monitoring::alertmanager(directory.path()),
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
        self.server.post_alerts(&body);
    }

    fn warroom(&self, words: &[&str]) -> Output {
        let data: &Path = self.directory.path();
        Command::new(WARROOM)
            .arg("--data-dir")
            .arg(data.join("data"))
            .args(["--alertmanager", &self.server.url()])
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

#[test]
fn a_silence_is_made_seen_by_whom_and_until_when_and_ended() {
    if lacks(&NEEDED) {
        return;
    }
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
    assert_eq!(
        (&made["matching"], &made["suppressed"]),
        (&2.into(), &2.into()),
        "{made}"
    );
    assert_eq!(
        (&made["state"], &made["as_sent"]),
        (&"active".into(), &true.into())
    );
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

#[test]
fn a_silence_is_extended_while_it_is_in_force() {
    if lacks(&NEEDED) {
        return;
    }
    let alertmanager = Alertmanager::start();
    alertmanager.fire();
    let odd = "{pod=~\"api-.\",alertname!=\"Do\\nwn\"}";
    let made = alertmanager.json(&[
        "alerts",
        "silence",
        "--lasts",
        "1h",
        "--comment",
        "x",
        "--matcher",
        odd,
    ]);
    assert_eq!(
        (&made["matching"], &made["suppressed"]),
        (&3.into(), &3.into()),
        "{made}"
    );
    let id = made["silence"].as_str().unwrap();
    let extended = alertmanager.json(&["alerts", "extend", id, "--lasts", "3h"]);
    assert_eq!(extended["silence"], id, "it stays the same silence");
    assert_eq!(
        (&extended["suppressed"], &extended["as_sent"]),
        (&3.into(), &true.into())
    );
    let listed = alertmanager.json(&["alerts", "silences"]);
    assert_eq!(listed.as_array().unwrap().len(), 1);
    let until: chrono::DateTime<Utc> = listed[0]["until"].as_str().unwrap().parse().unwrap();
    assert!((until - Utc::now() - TimeDelta::hours(3)).abs() < TimeDelta::minutes(1));
    let refused = |lasts: &str, says: &str| {
        let output = alertmanager.warroom(&["alerts", "extend", id, "--lasts", lasts]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.code() == Some(2) && said.contains(says),
            "{said}"
        );
    };
    refused("2h", "until then already");
    refused("31d", "30 days at most");
    alertmanager.json(&["alerts", "expire", id]);
    refused("4h", "an expired silence cannot be extended");
}

#[test]
fn a_masked_value_is_sent_as_it_is_and_kept_nowhere() {
    const PAN: &str = "4111111111111111";
    if lacks(&NEEDED) {
        return;
    }
    let alertmanager = Alertmanager::start();
    let labels = [("alertname", "Card"), ("pan", PAN), ("note", "a\n")];
    let labels = labels.map(|(name, value)| (name.to_string(), value.to_string()));
    alertmanager.post_alerts(&[labels.into()]);
    let opened = alertmanager.json(&["incident", "open", "cards"]);
    let id = opened["incident"].as_str().unwrap();
    let matcher = format!("{{pan=\"{PAN}\",note=\"a\\n\"}}");
    let silence = [
        "alerts",
        "silence",
        "--for",
        "1h",
        "--comment",
        "known",
        "--matcher",
    ];
    let made = alertmanager.json(&[&silence[..], &[&matcher, "--incident", id]].concat());
    assert_eq!(
        (&made["matching"], &made["suppressed"]),
        (&1.into(), &1.into())
    );
    assert!(!made.to_string().contains(PAN), "{made}");
    let raw = alertmanager
        .server
        .request("GET", "/api/v2/silences", "")
        .unwrap();
    assert!(raw.contains(PAN) && raw.contains("a\\n"), "{raw}");
    let listed = alertmanager.json(&["alerts", "silences"]).to_string();
    assert!(!listed.contains(PAN), "{listed}");
    let silence = made["silence"].as_str().unwrap();
    let extend = [
        "alerts",
        "extend",
        silence,
        "--lasts",
        "2h",
        "--incident",
        id,
    ];
    assert!(!alertmanager.json(&extend).to_string().contains(PAN));
    let record = alertmanager.warroom(&["record", id]);
    let record = String::from_utf8_lossy(&record.stdout).into_owned();
    for said in [
        "silenced pan=",
        "1 alert is silenced by it now; read back: active until",
        "extended silence",
    ] {
        assert!(record.contains(said), "{said}: {record}");
    }
    let kept = files(alertmanager.directory.path());
    let kept: Vec<_> = kept
        .iter()
        .filter(|path| !path.starts_with(alertmanager.directory.path().join("alertmanager-data")))
        .collect();
    assert!(kept.len() > 3, "{kept:?}");
    for path in kept {
        let bytes = std::fs::read(path).unwrap();
        let found = bytes
            .windows(PAN.len())
            .any(|window| window == PAN.as_bytes());
        assert!(!found, "{} holds the card number", path.display());
    }
}

fn files(directory: &Path) -> Vec<std::path::PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => all.extend(files(&path)),
            false => all.push(path),
        }
    }
    all
}
