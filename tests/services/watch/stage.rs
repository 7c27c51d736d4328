//! What a watch works with in these tests: an alert, a receiver, a policy of seconds, a data directory.

use crate::support::program::{Running, WARROOM};
use crate::support::server::{Does, JSON, Server, answer};
use crate::support::terminal::Terminal;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

pub(crate) struct Stage {
    pub(crate) home: tempfile::TempDir,
    pub(crate) hook: Server,
}

impl Stage {
    /// An alert that fires from now on, and a receiver that does these.
    pub(crate) fn new(levels: &str, hook: Vec<Does>, more: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let began = chrono::Utc::now();
        let at = began.to_rfc3339();
        let ends = (began + chrono::TimeDelta::hours(1)).to_rfc3339();
        let alert = format!(
            r#"[{{"labels":{{"alertname":"PaymentSuccessRateLow","severity":"critical"}},"annotations":{{"summary":"confirm success 84 %"}},
               "startsAt":"{at}","endsAt":"{ends}","updatedAt":"{at}","fingerprint":"00112233445566aa","generatorURL":"",
               "receivers":[{{"name":"x"}}],"status":{{"state":"active","silencedBy":[],"inhibitedBy":[]}}}}]"#
        );
        let alerts = Server::start(vec![Does::Answer(200, JSON, alert)]);
        let hook = Server::start(hook);
        std::fs::write(
            home.path().join("escalation.yaml"),
            format!("policy: short\nversion: 1\nlevels:\n{levels}"),
        )
        .unwrap();
        let configuration = format!(
            "name: dana\npoll_seconds: 1\nsources:\n  - {{kind: alertmanager, url: '{}'}}\nchannels:\n  - {{kind: webhook, name: pager, url: '{}', secret: {{env: SECRET}}}}\npolicies: {{escalation: escalation.yaml}}\n{more}",
            alerts.url(),
            hook.url()
        );
        std::fs::write(home.path().join("warroom.yaml"), configuration).unwrap();
        Self { home, hook }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        vec![
            (
                "WARROOM_STATE_DIR".into(),
                self.home.path().join("state").display().to_string(),
            ),
            (
                "SECRET".into(),
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into(),
            ),
            ("TOKEN".into(), "hiddentoken4711".into()),
            ("USER".into(), "dana".into()),
        ]
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(WARROOM);
        command
            .arg("--config")
            .arg(self.home.path().join("warroom.yaml"))
            .arg("--data-dir")
            .arg(self.data())
            .args(arguments)
            .envs(self.environment())
            .env_remove("TMUX")
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let mut all = vec!["--output", "json"];
        all.extend(arguments);
        let output = self.run(&all);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
            panic!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr))
        })
    }

    pub(crate) fn watch(&self) -> Running {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.home.path().join("watch.log"))
            .unwrap();
        let mut command = self.command(&["watch"]);
        Running::start(command.stdout(log.try_clone().unwrap()).stderr(log))
    }

    /// A console in a terminal of its own.
    pub(crate) fn console(&self) -> Terminal {
        let config = self.home.path().join("warroom.yaml");
        let environment = self.environment();
        let environment: Vec<(&str, &str)> = environment
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let arguments = ["--config", config.to_str().unwrap()];
        Terminal::start(&self.data(), &arguments, &environment)
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.home.path().join("watch.log")).unwrap_or_default()
    }

    /// The ids of the incidents. A journal that was killed before its `opened` is none: it is left behind, and the
    /// next watch opens another.
    pub(crate) fn incidents(&self) -> Vec<String> {
        let Ok(found) = std::fs::read_dir(self.data().join("incidents")) else {
            return Vec::new();
        };
        let whole = |path: &Path| {
            let text = std::fs::read_to_string(path.join("journal.jsonl")).unwrap_or_default();
            text.lines().any(|line| line.contains(r#""type":"opened""#))
        };
        let mut ids: Vec<String> = found
            .filter_map(Result::ok)
            .filter(|entry| whole(&entry.path()))
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| name.starts_with("INC-"))
            .collect();
        ids.sort();
        ids
    }

    /// Whether a journal holds an entry of this type; cheaper than reading it.
    pub(crate) fn wrote(&self, kind: &str) -> bool {
        let Ok(found) = std::fs::read_dir(self.data().join("incidents")) else {
            return false;
        };
        let wanted = format!("\"type\":\"{kind}\"");
        found.filter_map(Result::ok).any(|entry| {
            let text = std::fs::read_to_string(entry.path().join("journal.jsonl"));
            text.is_ok_and(|text| text.contains(&wanted))
        })
    }

    /// The lines of the first incident's journal.
    pub(crate) fn entries(&self) -> Vec<serde_json::Value> {
        let ids = self.incidents();
        let Some(id) = ids.first() else {
            return Vec::new();
        };
        let path = self.data().join("incidents").join(id).join("journal.jsonl");
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }

    pub(crate) fn of_type(&self, kind: &str) -> Vec<serde_json::Value> {
        self.entries()
            .into_iter()
            .filter(|entry| entry["type"] == kind)
            .collect()
    }

    pub(crate) fn until(&self, what: &str, seconds: u64, holds: impl Fn() -> bool) {
        let begun = Instant::now();
        while !holds() {
            assert!(
                begun.elapsed() < Duration::from_secs(seconds),
                "{what}; log:\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

pub(crate) fn taken() -> Vec<Does> {
    vec![answer(202, "")]
}
