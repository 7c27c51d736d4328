//! A company of people with keys on one data directory, and a shell with nothing of ours on its path.

use super::outcome::Outcome;
use super::program::WARROOM;
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Three people with keys and one without, on one data directory.
pub(crate) struct Company {
    place: tempfile::TempDir,
}

impl Company {
    pub(crate) fn new() -> Self {
        let company = Self {
            place: tempfile::tempdir().unwrap(),
        };
        let mut allowed = String::new();
        for name in ["dana", "omar", "mallory"] {
            let key = company.path(name);
            let made = Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"])
                .arg(&key)
                .status()
                .unwrap();
            assert!(made.success());
            let public = fs::read_to_string(key.with_extension("pub")).unwrap();
            if name != "mallory" {
                let words: Vec<&str> = public.split_whitespace().take(2).collect();
                allowed += &format!("{name} {}\n", words.join(" "));
            }
            company.configure(
                name,
                &format!(
                    "signing: {{key: {}, allowed_signers: {}}}",
                    key.display(),
                    company.path("allowed").display()
                ),
            );
        }
        fs::write(company.path("allowed"), allowed).unwrap();
        company.configure("nokey", "retention: {keep_days: 90}");
        company
    }

    pub(crate) fn configure(&self, name: &str, more: &str) {
        let text = format!(
            "name: {name}\ndata_dir: {}\nstate_dir: {}\n{more}\n",
            self.path("data").display(),
            self.path(&format!("state-{name}")).display()
        );
        fs::write(self.path(&format!("{name}.yaml")), text).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    pub(crate) fn run(&self, who: &str, arguments: &[&str]) -> Outcome {
        self.command(who, arguments).output().unwrap().into()
    }

    pub(crate) fn command(&self, who: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(WARROOM);
        command
            .env_remove("WARROOM_CONFIG")
            .env_remove("WARROOM_STATE_DIR")
            .env("HOME", "/nonexistent")
            .arg("--config")
            .arg(self.path(&format!("{who}.yaml")))
            .args(arguments);
        command
    }

    /// A process that records so many notes.
    pub(crate) fn noting(&self, who: &str, id: &str, notes: usize) -> Child {
        let mut command = self.command(who, &["incident", "note", id, "-"]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let notes: String = (0..notes).map(|n| format!("note {n}\n")).collect();
        let mut input = child.stdin.take().unwrap();
        input.write_all(notes.as_bytes()).unwrap();
        child
    }

    /// A copy of an incident for a recipient, "court".
    pub(crate) fn export(&self, who: &str, id: &str, to: &Path, more: &[&str]) -> Outcome {
        let to = to.to_str().unwrap();
        let words = ["--output", "json", "export", id, "--to", to];
        let words = [&words[..], &["--for", "court", "--purpose", "order"], more].concat();
        self.run(who, &words)
    }

    pub(crate) fn json(&self, who: &str, arguments: &[&str]) -> Value {
        self.run(who, &[&["--output", "json"], arguments].concat())
            .json()
    }

    pub(crate) fn open(&self, who: &str) -> String {
        let opened = self.json(who, &["incident", "open", "Payments fail"]);
        opened["incident"].as_str().unwrap().to_string()
    }

    pub(crate) fn directory(&self, id: &str) -> PathBuf {
        self.path("data/incidents").join(id)
    }

    pub(crate) fn request(&self, id: &str) -> String {
        let waiting = self.json("dana", &["incident", "approve", id]);
        waiting[0]["request"].as_str().unwrap().to_string()
    }

    pub(crate) fn verified(&self, path: &Path) -> Value {
        let words = ["--output", "json", "verify", path.to_str().unwrap()];
        serde_json::from_str(&self.run("dana", &words).out).unwrap()
    }
}

/// Runs a shell with coreutils, ssh-keygen and python3, and nothing of ours, on its path.
pub(crate) fn shell(directory: &Path, script: &str) -> (bool, String) {
    let output = Command::new("/bin/sh")
        .arg("-c")
        .arg(script)
        .env_clear()
        .env("PATH", python_and_usual_path())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(directory)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

/// The usual places, and where this machine's python3 really is, which may be elsewhere.
fn python_and_usual_path() -> String {
    let asked = Command::new("python3")
        .args(["-c", "import sys; print(sys.exec_prefix)"])
        .output()
        .unwrap();
    let prefix = String::from_utf8(asked.stdout).unwrap();
    format!("/usr/bin:/bin:{}/bin", prefix.trim())
}

/// The commands of a section of VERIFY.txt: its indented lines.
pub(crate) fn commands(text: &str, section: char) -> String {
    let from = text
        .lines()
        .skip_while(|line| !line.starts_with(&format!("{section}. ")))
        .skip(1);
    from.take_while(|line| !line.starts_with(|c: char| c.is_ascii_digit()))
        .filter(|line| line.starts_with("    "))
        .take_while(|line| !line.contains("for each checkpoint"))
        .map(|line| format!("{line}\n"))
        .collect()
}
