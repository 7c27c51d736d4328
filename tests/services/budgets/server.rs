//! A real Prometheus over thirty days of generated traffic.

use crate::support::needs::Need;
use chrono::Utc;
use serde_json::Value;
use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub(crate) const NEEDED: [Need; 3] = [
    Need::Tool("prometheus"),
    Need::Tool("promtool"),
    Need::Tool("python3"),
];
const REFERENCE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/services/budgets/reference.py"
);

pub(crate) struct Loaded {
    directory: tempfile::TempDir,
    pub(crate) address: String,
    server: Child,
}

impl Drop for Loaded {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
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
        let data = directory.path().join("data");
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
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);
        let config = directory.path().join("prometheus.yml");
        std::fs::write(&config, "global: {scrape_interval: 1m}\n").unwrap();
        let log = std::fs::File::create(directory.path().join("prometheus.log")).unwrap();
        let server = Command::new("prometheus")
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.tsdb.path={}", data.display()))
            .arg("--storage.tsdb.retention.time=90d")
            .arg(format!("--web.listen-address={address}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let loaded = Self {
            directory,
            address,
            server,
        };
        loaded.wait();
        loaded
    }

    fn wait(&self) {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(60) {
            if self.ready() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let log = std::fs::read_to_string(self.directory.path().join("prometheus.log"));
        panic!("Prometheus is not ready: {}", log.unwrap());
    }

    fn ready(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(&self.address) else {
            return false;
        };
        let request = b"GET /-/ready HTTP/1.0\r\n\r\n";
        let mut answer = String::new();
        std::io::Write::write_all(&mut stream, request).is_ok()
            && stream.read_to_string(&mut answer).is_ok()
            && answer.contains(" 200 ")
    }

    /// What `warroom signals` shows with this map.
    pub(crate) fn signals(&self, map: &str) -> Value {
        let directory = self.directory.path();
        std::fs::write(directory.join("services.yaml"), map).unwrap();
        let text = format!(
            "services: services.yaml\nsources: [{{kind: prometheus, url: \"http://{}\"}}]\n",
            self.address
        );
        std::fs::write(directory.join("warroom.yaml"), text).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_warroom"))
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
