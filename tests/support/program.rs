//! The program as other programs run it: one command, or a writer behind a pipe that can be killed.

use super::outcome::{Outcome, wait_until};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub(crate) const WARROOM: &str = env!("CARGO_BIN_EXE_warroom");

/// A process that ends with the test.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        Self(command.stdin(Stdio::null()).spawn().unwrap())
    }

    /// Without its output.
    pub(crate) fn quietly(command: &mut Command) -> Self {
        Self::start(command.stdout(Stdio::null()).stderr(Stdio::null()))
    }

    pub(crate) fn kill(self) {}

    /// Whether it ends in good order.
    pub(crate) fn terminate(mut self) -> bool {
        kill_process(Pid::from_child(&self.0), Signal::TERM).unwrap();
        self.0.wait().unwrap().success()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port of this machine on which nobody listens.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Waits until somebody listens.
pub(crate) fn listens(port: u16, what: &str) {
    let connect = || TcpStream::connect(("127.0.0.1", port)).is_ok();
    wait_until(60, || format!("{what} does not listen"), connect);
}

/// A data directory and what its user remembers of it.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub data: PathBuf,
    pub state: PathBuf,
    /// Removed with the place.
    _directory: Option<Arc<TempDir>>,
}

impl Place {
    /// A directory of its own.
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let place = Self::at(directory.path());
        Self {
            _directory: Some(Arc::new(directory)),
            ..place
        }
    }

    /// With what is remembered of it beside the incidents.
    pub(crate) fn at(data: &Path) -> Self {
        Self::of(data.to_path_buf(), data.join(".state"))
    }

    pub(crate) fn within(directory: &Path) -> Self {
        Self::of(directory.join("data"), directory.join("state"))
    }

    pub(crate) fn of(data: PathBuf, state: PathBuf) -> Self {
        Self {
            data,
            state,
            _directory: None,
        }
    }

    /// A file beside the incidents.
    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.data.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_string()
    }

    /// The environment of every process that works here.
    pub(crate) fn dressed(&self, command: &mut Command, user: &str) {
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", "/nonexistent")
            .env("TZ", "UTC")
            .env("USER", user)
            .env("WARROOM_STATE_DIR", &self.state)
            .current_dir("/");
    }

    pub(crate) fn command(&self, user: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(WARROOM);
        self.dressed(&mut command, user);
        command.arg("--data-dir").arg(&self.data).args(arguments);
        command
    }

    pub(crate) fn run_as(&self, user: &str, arguments: &[&str]) -> Outcome {
        let mut command = self.command(user, arguments);
        command.stdin(Stdio::null()).output().unwrap().into()
    }

    /// With this on its standard input.
    pub(crate) fn fed(&self, arguments: &[&str], input: &[u8]) -> Outcome {
        let mut command = self.command("tester", arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        // It may end without having read it.
        let _ = child.stdin.take().unwrap().write_all(input);
        child.wait_with_output().unwrap().into()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        self.run_as("tester", arguments)
    }

    pub(crate) fn line(&self, line: &str) -> Outcome {
        self.run(&words(line))
    }

    /// The result of a line as JSON.
    pub(crate) fn line_json(&self, line: &str) -> serde_json::Value {
        self.line(&format!("--output json {line}")).json()
    }

    /// Runs what must succeed.
    pub(crate) fn must(&self, user: &str, arguments: &[&str]) -> String {
        self.run_as(user, arguments).succeeds()
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        self.run(&[&["--output", "json"], arguments].concat())
            .json()
    }

    /// Opens an incident and gives its id.
    pub(crate) fn opened(&self) -> String {
        let opened = self.json(&["incident", "open", "Payments fail under test"]);
        opened["incident"].as_str().unwrap().to_string()
    }

    pub(crate) fn directory_of(&self, id: &str) -> PathBuf {
        self.data.join("incidents").join(id)
    }

    /// A writer that takes notes from a pipe.
    pub(crate) fn writer(&self, id: &str, name: &str) -> Writer {
        Writer::start(self.command("tester", &["incident", "note", id, "-"]), name)
    }
}

/// The words of a line; one with spaces stands between apostrophes.
pub(crate) fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for (at, part) in line.split('\'').enumerate() {
        match at % 2 {
            0 => words.extend(part.split_whitespace()),
            _ => words.push(part),
        }
    }
    words
}

/// A directory with a configuration, `warroom.yaml`, beside data and state.
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.at(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.at(name)).unwrap_or_default()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(WARROOM);
        command
            .arg("--config")
            .arg(self.at("warroom.yaml"))
            .arg("--data-dir")
            .arg(self.at("data"))
            .args(arguments)
            .env("WARROOM_STATE_DIR", self.at("state"))
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        self.command(arguments).output().unwrap().into()
    }

    /// A process whose output is added to a file of this name.
    pub(crate) fn logged(&self, command: &mut Command, name: &str) -> Running {
        let mut options = std::fs::File::options();
        let log = options
            .create(true)
            .append(true)
            .open(self.at(name))
            .unwrap();
        Running::start(command.stdout(log.try_clone().unwrap()).stderr(log))
    }
}

/// The number in "recorded as #7 (head …)".
pub(crate) fn recorded(line: &str) -> Option<u64> {
    let rest = line.split("recorded as #").nth(1)?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// A process that records what is written into its pipe, and acknowledges each over another.
pub(crate) struct Writer {
    pub child: Child,
    input: Option<ChildStdin>,
    name: String,
    /// The notes given to it, in order.
    given: Vec<String>,
    answers: Arc<Mutex<Vec<u64>>>,
    reader: Option<std::thread::JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(mut command: Command, name: &str) -> Self {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let answers = Arc::new(Mutex::new(Vec::new()));
        let behind = Arc::clone(&answers);
        let reader = std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let number = recorded(&line).unwrap();
                behind.lock().unwrap().push(number);
            }
        });
        Self {
            input: child.stdin.take(),
            child,
            name: name.to_string(),
            given: Vec::new(),
            answers,
            reader: Some(reader),
        }
    }

    /// Gives it so many notes at once, each with a text of its own. It may be dead already.
    pub(crate) fn give(&mut self, notes: usize) {
        let from = self.given.len();
        let fresh = (from..from + notes).map(|n| format!("{} writes {n}.", self.name));
        self.given.extend(fresh);
        let text: String = self.given[from..]
            .iter()
            .map(|n| format!("{n}\n"))
            .collect();
        if let Some(input) = &mut self.input {
            let _ = input.write_all(text.as_bytes());
        }
    }

    /// What it has acknowledged so far: number and text.
    pub(crate) fn acknowledged(&self) -> Vec<(u64, String)> {
        let answers = self.answers.lock().unwrap();
        answers
            .iter()
            .copied()
            .zip(self.given.iter().cloned())
            .collect()
    }

    /// What was given and not acknowledged.
    pub(crate) fn open_notes(&self) -> Vec<String> {
        self.given[self.answers.lock().unwrap().len()..].to_vec()
    }

    /// Waits for its first acknowledgement, or its end.
    pub(crate) fn until_it_writes(&mut self) {
        let start = Instant::now();
        while self.answers.lock().unwrap().is_empty() {
            if self.child.try_wait().unwrap().is_some() {
                return;
            }
            let late = start.elapsed() > Duration::from_secs(60);
            assert!(!late, "{} acknowledges nothing", self.name);
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Kills it as `kill -9` does, and reads what it had acknowledged until then.
    pub(crate) fn kill(&mut self) {
        kill(self.child.id());
        self.child.wait().unwrap();
        self.settle();
    }

    /// Ends its input and waits for its end.
    pub(crate) fn finish(&mut self) -> Outcome {
        self.input = None;
        let status = self.child.wait().unwrap();
        self.settle();
        let mut err = String::new();
        let stderr = self.child.stderr.take();
        if let Some(mut stderr) = stderr {
            std::io::Read::read_to_string(&mut stderr, &mut err).unwrap();
        }
        Outcome {
            code: status.code().unwrap_or(-1),
            out: String::new(),
            err,
        }
    }

    fn settle(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `kill -9`.
pub(crate) fn kill(process: u32) {
    let _ = kill_process(Pid::from_raw(process as i32).unwrap(), Signal::KILL);
}

/// Copies a tree of files, with its modes.
pub(crate) fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    let mode = std::fs::metadata(from).unwrap().permissions();
    std::fs::set_permissions(to, mode).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
