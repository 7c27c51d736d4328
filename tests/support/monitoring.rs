//! The real Prometheus and Alertmanager, on loopback.

use super::needs::Need;
use super::outcome::wait_for;
use super::program::{Running, free_port};
use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

pub(crate) const ALERTMANAGER: Need = Need::Tool("prometheus-alertmanager");
pub(crate) const PROMETHEUS: Need = Need::Tool("prometheus");

/// A server with its files in a directory.
pub(crate) struct Monitoring {
    _server: Running,
    pub(crate) address: String,
}

impl Monitoring {
    /// Without a receiver; it learns of alerts after a second.
    pub(crate) fn alertmanager(directory: &Path) -> Self {
        let text = "route: {receiver: none, group_wait: 1s}\nreceivers: [{name: none}]\n";
        let mut command = Command::new("prometheus-alertmanager");
        command.arg("--cluster.listen-address=");
        Self::start(command, directory, "alertmanager", text)
    }

    pub(crate) fn prometheus(directory: &Path, text: &str, more: &[&str]) -> Self {
        let mut command = Command::new("prometheus");
        command.args(more);
        Self::start(command, directory, "prometheus", text)
    }

    fn start(mut command: Command, directory: &Path, name: &str, text: &str) -> Self {
        let at = |name: &str| directory.join(name);
        let address = format!("127.0.0.1:{}", free_port());
        let config = at(&format!("{name}.yml"));
        std::fs::write(&config, text).unwrap();
        let storage = match name {
            "prometheus" => "--storage.tsdb.path",
            _ => "--storage.path",
        };
        let log = at(&format!("{name}.log"));
        command
            .arg(format!("--config.file={}", config.display()))
            .arg(format!(
                "{storage}={}",
                at(&format!("{name}-data")).display()
            ))
            .arg(format!("--web.listen-address={address}"))
            .stdout(File::create(&log).unwrap())
            .stderr(File::options().append(true).open(&log).unwrap());
        let monitoring = Self {
            _server: Running::start(&mut command),
            address,
        };
        let log = || std::fs::read_to_string(&log).unwrap();
        wait_for(60, log, || monitoring.request("GET", "/-/ready", ""));
        monitoring
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Posts alerts, as any program in the network can.
    pub(crate) fn post_alerts(&self, alerts: &str) {
        self.request("POST", "/api/v2/alerts", alerts).unwrap();
    }

    /// The body of an answer with status 200.
    pub(crate) fn request(&self, method: &str, path: &str, body: &str) -> Option<String> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}",
            self.address
        )
        .ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        (head.split(' ').nth(1) == Some("200")).then(|| body.to_string())
    }
}
