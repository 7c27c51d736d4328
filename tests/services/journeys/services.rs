//! A console beside the real Prometheus and Alertmanager with short intervals, an exporter of payments and a pager.

use super::listener::{Exporter, SECRET};
use crate::support::monitoring::{ALERTMANAGER, Monitoring, PROMETHEUS};
use crate::support::needs::Need;
use crate::support::program::{Running, WARROOM};
use crate::support::server::{Server, answer};
use crate::support::terminal::Terminal;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

pub(crate) const NEEDED: [Need; 2] = [PROMETHEUS, ALERTMANAGER];

/// The signal over ten seconds, so that a test need not wait for minutes.
const QUERY: &str = "sum(rate(payments_requests_total{path=\"confirm\",outcome=\"success\"}[10s])) / sum(rate(payments_requests_total{path=\"confirm\"}[10s]))";

pub(crate) struct Services {
    place: TempDir,
    data: TempDir,
    prometheus: Option<Monitoring>,
    pub(crate) alertmanager: Monitoring,
    pub(crate) exporter: Exporter,
    pub(crate) pager: Server,
}

impl Services {
    pub(crate) fn start() -> Self {
        let place = tempfile::tempdir().unwrap();
        let exporter = Exporter::start();
        let alertmanager = Monitoring::alertmanager(place.path());
        let rules = format!(
            "groups:\n- name: payments\n  rules:\n  - alert: PaymentSuccessRateLow\n    expr: {QUERY} < 0.97\n    labels: {{severity: critical, team: payments}}\n    annotations: {{summary: \"confirm success {{{{ $value | humanizePercentage }}}}\"}}\n"
        );
        std::fs::write(place.path().join("rules.yml"), rules).unwrap();
        let text = format!(
            "global: {{scrape_interval: 1s, evaluation_interval: 1s}}\nrule_files: [rules.yml]\nalerting:\n  alertmanagers:\n  - static_configs: [{{targets: [\"{}\"]}}]\nscrape_configs:\n- job_name: payments\n  static_configs: [{{targets: [\"{}\"]}}]\n",
            alertmanager.address, exporter.address
        );
        let prometheus =
            Monitoring::prometheus(place.path(), &text, &["--rules.alert.resend-delay=1s"]);
        Self {
            data: tempfile::tempdir().unwrap(),
            prometheus: Some(prometheus),
            alertmanager,
            exporter,
            pager: Server::start(vec![answer(202, "")]),
            place,
        }
    }

    pub(crate) fn stop_prometheus(&mut self) {
        self.prometheus = None;
    }

    pub(crate) fn data(&self) -> &Path {
        self.data.path()
    }

    /// A console for these services and the pager.
    pub(crate) fn console(&self) -> Terminal {
        let path = self.config();
        let arguments = ["--config", path.to_str().unwrap()];
        Terminal::start(self.data(), &arguments, &[("PAGER_SECRET", SECRET)])
    }

    /// The paging service for them, with the same configuration.
    pub(crate) fn watch(&self) -> Running {
        let mut watch = Command::new(WARROOM);
        watch
            .arg("--config")
            .arg(self.config())
            .arg("--data-dir")
            .arg(self.data())
            .arg("watch")
            .env("WARROOM_STATE_DIR", self.data().join(".state"))
            .env("PAGER_SECRET", SECRET)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Running::start(&mut watch)
    }

    fn config(&self) -> PathBuf {
        let path = self.place.path().join("warroom.yaml");
        let prometheus = self.prometheus.as_ref().map(Monitoring::url);
        let text = format!(
            "poll_seconds: 1\nsources:\n- {{kind: alertmanager, url: \"{}\"}}\n- {{kind: prometheus, url: \"{}\"}}\nsignal:\n  query: >-\n    {QUERY}\nwebhook: {{url: \"{}/hook\", secret: {{env: PAGER_SECRET}}}}\n",
            self.alertmanager.url(),
            prometheus.unwrap_or_default(),
            self.pager.url()
        );
        std::fs::write(&path, text).unwrap();
        path
    }
}
