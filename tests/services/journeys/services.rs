//! The real Prometheus and Alertmanager, on loopback, with short intervals.

use super::listener::Exporter;
use crate::support::needs::Need;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub(crate) const NEEDED: [Need; 2] = [
    Need::Tool("prometheus"),
    Need::Tool("prometheus-alertmanager"),
];

/// A server that ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) struct Services {
    prometheus: Option<Server>,
    _alertmanager: Server,
    pub alertmanager_address: String,
    pub prometheus_url: String,
    pub alertmanager_url: String,
}

/// The signal over ten seconds, so that a test need not wait for minutes.
pub(crate) const QUERY: &str = "sum(rate(payments_requests_total{path=\"confirm\",outcome=\"success\"}[10s])) / sum(rate(payments_requests_total{path=\"confirm\"}[10s]))";

impl Services {
    pub(crate) fn start(directory: &Path, exporter: &Exporter) -> Self {
        let (prometheus, alertmanager) = (free_address(), free_address());
        write(
            directory,
            "rules.yml",
            &format!(
                "groups:\n- name: payments\n  rules:\n  - alert: PaymentSuccessRateLow\n    expr: {QUERY} < 0.97\n    labels: {{severity: critical, team: payments}}\n    annotations: {{summary: \"confirm success {{{{ $value | humanizePercentage }}}}\"}}\n"
            ),
        );
        write(
            directory,
            "prometheus.yml",
            &format!(
                "global: {{scrape_interval: 1s, evaluation_interval: 1s}}\nrule_files: [rules.yml]\nalerting:\n  alertmanagers:\n  - static_configs: [{{targets: [\"{alertmanager}\"]}}]\nscrape_configs:\n- job_name: payments\n  static_configs: [{{targets: [\"{}\"]}}]\n",
                exporter.address
            ),
        );
        write(
            directory,
            "alertmanager.yml",
            "route: {receiver: none, group_wait: 1s}\nreceivers: [{name: none}]\n",
        );
        let log = |name: &str| std::fs::File::create(directory.join(name)).unwrap();
        let am = Command::new("prometheus-alertmanager")
            .arg(format!(
                "--config.file={}",
                directory.join("alertmanager.yml").display()
            ))
            .arg(format!("--storage.path={}", directory.join("am").display()))
            .arg(format!("--web.listen-address={alertmanager}"))
            .arg("--cluster.listen-address=")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log("alertmanager.log"))
            .spawn()
            .unwrap();
        let prom = Command::new("prometheus")
            .arg(format!(
                "--config.file={}",
                directory.join("prometheus.yml").display()
            ))
            .arg(format!(
                "--storage.tsdb.path={}",
                directory.join("tsdb").display()
            ))
            .arg(format!("--web.listen-address={prometheus}"))
            .arg("--rules.alert.resend-delay=1s")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log("prometheus.log"))
            .spawn()
            .unwrap();
        let services = Self {
            prometheus: Some(Server(prom)),
            _alertmanager: Server(am),
            prometheus_url: format!("http://{prometheus}"),
            alertmanager_url: format!("http://{alertmanager}"),
            alertmanager_address: alertmanager.clone(),
        };
        ready(&prometheus);
        ready(&alertmanager);
        services
    }

    pub(crate) fn stop_prometheus(&mut self) {
        self.prometheus = None;
    }

    /// Posts alerts to the Alertmanager, as any program in the network can.
    pub(crate) fn post_alerts(&self, body: &str) {
        let mut stream = TcpStream::connect(&self.alertmanager_address).unwrap();
        write!(
            stream,
            "POST /api/v2/alerts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// A configuration file for these services and a pager.
    pub(crate) fn configuration(&self, directory: &Path, pager: &str) -> String {
        let path = directory.join("warroom.yaml");
        let text = format!(
            "poll_seconds: 1\nsources:\n- {{kind: alertmanager, url: \"{}\"}}\n- {{kind: prometheus, url: \"{}\"}}\nsignal:\n  query: >-\n    {QUERY}\nwebhook: {{url: \"{pager}\", secret: {{env: PAGER_SECRET}}}}\n",
            self.alertmanager_url, self.prometheus_url
        );
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_string()
    }
}

fn write(directory: &Path, name: &str, text: &str) {
    std::fs::write(directory.join(name), text).unwrap();
}

fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .to_string()
}

fn ready(address: &str) {
    let start = Instant::now();
    loop {
        if let Ok(mut stream) = TcpStream::connect(address) {
            let mut answer = String::new();
            let _ = write!(
                stream,
                "GET /-/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            );
            let _ = stream.read_to_string(&mut answer);
            if answer.starts_with("HTTP/1.1 200") {
                return;
            }
        }
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "{address} does not become ready"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
}
