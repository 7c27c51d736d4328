//! A real Prometheus over thirty days of generated traffic.

use crate::support::monitoring::{Monitoring, PROMETHEUS};
use crate::support::needs::Need;
use crate::support::program::WARROOM;
use chrono::Utc;
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

pub(crate) const NEEDED: [Need; 3] = [PROMETHEUS, Need::Tool("promtool"), Need::Tool("python3")];
const REFERENCE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/services/budgets/reference.py"
);

pub(crate) struct Loaded {
    directory: tempfile::TempDir,
    pub(crate) server: Monitoring,
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

impl Loaded {
    pub(crate) fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let traffic = directory.path().join("traffic");
        let end = Utc::now().timestamp() / 60 * 60;
        run(Command::new("python3")
            .arg(REFERENCE)
            .arg("generate")
            .arg(&traffic)
            .args(["--end", &end.to_string()]));
        let data = directory.path().join("prometheus-data");
        let mut days: Vec<PathBuf> = std::fs::read_dir(&traffic)
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect();
        days.sort();
        for day in days {
            run(Command::new("promtool")
                .args(["tsdb", "create-blocks-from", "openmetrics", "-q"])
                .arg(day)
                .arg(&data));
        }
        let server = Monitoring::prometheus(
            directory.path(),
            "global: {scrape_interval: 1m}\n",
            &["--storage.tsdb.retention.time=90d"],
        );
        Self { directory, server }
    }

    /// What `warroom signals` shows with this map.
    pub(crate) fn signals(&self, map: &str) -> Value {
        let directory = self.directory.path();
        std::fs::write(directory.join("services.yaml"), map).unwrap();
        let text = format!(
            "services: services.yaml\nsources: [{{kind: prometheus, url: \"{}\"}}]\n",
            self.server.url()
        );
        std::fs::write(directory.join("warroom.yaml"), text).unwrap();
        let output = Command::new(WARROOM)
            .arg("--config")
            .arg(directory.join("warroom.yaml"))
            .arg("--data-dir")
            .arg(directory.join("incidents"))
            .env("WARROOM_STATE_DIR", directory.join("state"))
            .args(["--output", "json", "signals"])
            .output()
            .unwrap();
        assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// What Python finds in the files.
    pub(crate) fn computed(&self, from: i64, to: i64) -> Value {
        let mut command = Command::new("python3");
        command
            .arg(REFERENCE)
            .arg("compute")
            .arg(self.directory.path().join("traffic"));
        command.args(["--from", &from.to_string(), "--to", &to.to_string()]);
        serde_json::from_str(&run(&mut command)).unwrap()
    }
}
