//! A data directory with incidents in it, sources that answer, and ways to run the program on a copy of it.

use super::table::Call;
use crate::support::needs::faketime;
use crate::support::outcome::Outcome;
use crate::support::program::copy_tree;
use crate::support::server::serve_json;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What the sources answer, by a part of the request's first line.
/// `NOW` and `LATER` are times of the day: a silence is extended by at most 30 days from its start.
const ANSWERS: [(&str, &str); 7] = [
    (
        "POST /api/v2/silences",
        r#"{"silenceID":"5a0e2f1c-0000-4000-8000-000000000001"}"#,
    ),
    ("DELETE /api/v2/silence/", "{}"),
    (
        "GET /api/v2/silence/",
        r#"{"id":"5a0e2f1c-0000-4000-8000-000000000001","status":{"state":"active"},"createdBy":"lee","comment":"known","startsAt":"NOW","endsAt":"LATER","updatedAt":"NOW","matchers":[{"name":"alertname","value":"A","isRegex":false,"isEqual":true}]}"#,
    ),
    (
        "/api/v2/silences",
        r#"[{"id":"5a0e2f1c-0000-4000-8000-000000000001","status":{"state":"active"},"createdBy":"lee","comment":"known","startsAt":"2026-11-22T00:00:00Z","endsAt":"2036-11-22T00:00:00Z","updatedAt":"2026-11-22T00:00:00Z","matchers":[{"name":"alertname","value":"A","isRegex":false,"isEqual":true}]}]"#,
    ),
    ("/api/v2/alerts", "[]"),
    (
        "/api/v1/rules",
        r#"{"status":"success","data":{"groups":[]}}"#,
    ),
    (
        "/api/v1/",
        r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#,
    ),
];

/// A prepared place; every run works on a copy of its data directory.
pub(crate) struct Office {
    place: tempfile::TempDir,
    /// An incident that goes on.
    pub(crate) id: String,
    /// A closed one, and a sealed one.
    closed: String,
    sealed: String,
    /// Open work of the first.
    work: String,
    url: String,
}

impl Office {
    pub(crate) fn prepared() -> Self {
        let place = tempfile::tempdir().unwrap();
        let key = place.path().join("key");
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-C", "dana", "-f"])
            .arg(&key)
            .status()
            .unwrap();
        assert!(made.success());
        let config = format!(
            "name: dana\nservices: services.yaml\nsigning: {{key: {}}}\n",
            key.display()
        );
        std::fs::write(place.path().join("config.yaml"), config).unwrap();
        let map = include_str!("../../../assets/services.yaml").replace(
            "peak_events: []",
            "  - service: payouts\n    owner: them\n    paths:\n      - path: payouts\n        signals:\n          - signal: payouts-success\n            ratio: {good: a, total: b, objective: 0.99}\npeak_events: []",
        );
        std::fs::write(place.path().join("services.yaml"), map).unwrap();
        let mut office = Self {
            place,
            id: String::new(),
            closed: String::new(),
            sealed: String::new(),
            work: String::new(),
            url: serve(),
        };
        office.sealed = office.opened();
        office.done(&["incident", "close", &office.sealed]);
        office.done(&["incident", "seal", &office.sealed]);
        office.closed = office.opened();
        office.done(&["incident", "close", &office.closed]);
        office.id = office.opened();
        let work = office.done(&["incident", "follow-up", &office.id, "action", "look"]);
        office.work = work["seq"].to_string();
        office.done(&["playbook", "start", &office.id, "payment-success-drop"]);
        office
    }

    fn opened(&self) -> String {
        let opened = self.done(&["incident", "open", "Payments fail"]);
        opened["incident"].as_str().unwrap().to_string()
    }

    /// Runs a command of the preparation.
    fn done(&self, arguments: &[&str]) -> serde_json::Value {
        let arguments = [&["--output", "json"], arguments].concat();
        self.there(&strings(&arguments)).json()
    }

    /// Runs a call of the table on a fresh copy.
    pub(crate) fn run(&self, call: &Call, form: &[&str], out: Stdio) -> Outcome {
        let arguments = [strings(form), self.filled(call)].concat();
        let mut command = self.command(&self.copy(), &arguments);
        if call.words.iter().any(|word| word == "SEALED") {
            // Its retention has ended by then.
            command
                .envs(faketime().map(|library| ("LD_PRELOAD", library)))
                .env("FAKETIME", "+4000d");
        }
        run(&mut command, out, Stdio::piped())
    }

    /// Runs these arguments on a fresh copy.
    pub(crate) fn plain(&self, arguments: &[String], out: Stdio, err: Stdio) -> Outcome {
        run(&mut self.command(&self.copy(), arguments), out, err)
    }

    /// Runs these arguments on the prepared directory itself.
    pub(crate) fn there(&self, arguments: &[String]) -> Outcome {
        let data = self.place.path().join("data");
        run(
            &mut self.command(&data, arguments),
            Stdio::piped(),
            Stdio::piped(),
        )
    }

    /// Starts the paging service on the prepared directory itself.
    pub(crate) fn watch(&self, out: Stdio) -> std::process::Child {
        let data = self.place.path().join("data");
        self.command(&data, &strings(&["watch"]))
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn copy(&self) -> PathBuf {
        let copy = self.place.path().join("copy");
        let _ = std::fs::remove_dir_all(&copy);
        copy_tree(&self.place.path().join("data"), &copy);
        copy
    }

    fn command(&self, data: &Path, arguments: &[String]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_warroom"));
        command
            .env("HOME", "/nonexistent")
            .env("WARROOM_CONFIG", self.place.path().join("config.yaml"))
            .env("WARROOM_DATA_DIR", data)
            .env("WARROOM_STATE_DIR", data.join(".state"))
            .current_dir(self.place.path())
            .args(arguments);
        command
    }

    fn filled(&self, call: &Call) -> Vec<String> {
        let new = self.place.path().join("copy/new");
        let word = |word: &String| match word.as_str() {
            "ID" => self.id.clone(),
            "CLOSED" => self.closed.clone(),
            "SEALED" => self.sealed.clone(),
            "WORK" => self.work.clone(),
            "NEW" => new.to_str().unwrap().to_string(),
            "AM" => format!("--alertmanager={}", self.url),
            "PROM" => format!("--prometheus={}", self.url),
            word => word.to_string(),
        };
        call.words.iter().map(word).collect()
    }
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

fn run(command: &mut Command, out: Stdio, err: Stdio) -> Outcome {
    let command = command.stdin(Stdio::null()).stdout(out).stderr(err);
    command.output().unwrap().into()
}

/// An Alertmanager and a Prometheus in one, at an address.
fn serve() -> String {
    serve_json(|first| {
        let found = ANSWERS.iter().find(|(part, _)| first.contains(part));
        let now = chrono::Utc::now();
        let later = now + chrono::TimeDelta::hours(1);
        let body = found.map_or("{}", |(_, body)| body);
        body.replace("NOW", &now.to_rfc3339())
            .replace("LATER", &later.to_rfc3339())
    })
}

/// A tmpfs that is full.
pub(crate) struct Small(tempfile::TempDir);

impl Small {
    pub(crate) fn full() -> Self {
        let place = tempfile::tempdir().unwrap();
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=64k,mode=0700", "tmpfs"])
            .arg(place.path())
            .status();
        assert!(mount.unwrap().success());
        let small = Self(place);
        std::fs::write(small.path().join("old.md"), "an earlier document\n").unwrap();
        let mut filler = File::create(small.path().join("filler")).unwrap();
        while filler.write_all(&[b'x'; 4096]).is_ok() {}
        small
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// A new file, for standard output.
    pub(crate) fn file(&self) -> File {
        let path: PathBuf = self.path().join("output");
        File::create(path).unwrap()
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}
