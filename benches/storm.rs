//! An alert storm on the screen: time from keystroke to filter result and to the first frame, in one pseudo-terminal of
//! 80 × 24, compared with `fzf` and `less` on the same lines; and the cost of each poll and each alert.
//! `cargo bench --bench storm [-- ALERTS]`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark prints its results"
)]

#[path = "../tests/support/mod.rs"]
#[expect(dead_code, reason = "the tests use the rest of it")]
mod support;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::num::NonZeroU16;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// A burst of output has ended after this time without output; the time is not counted.
const QUIET: Duration = Duration::from_millis(40);
/// Rows and columns of the terminal.
const ROWS: NonZeroU16 = NonZeroU16::new(24).unwrap();
const COLUMNS: NonZeroU16 = NonZeroU16::new(80).unwrap();
/// The words that are typed letter by letter, and then deleted.
const ROUNDS: usize = 4;
const WORDS: [&str; 4] = ["latency", "ns12", "0012b", "eu"];

fn alerts(count: usize) -> String {
    let names = [
        "PaymentSuccessRateLow",
        "KubePodCrashLooping",
        "NodeDiskFull",
        "LatencyHigh",
        "QueueDepth",
        "ReplicaLag",
    ];
    let each = (0..count).map(|i| {
        let (name, severity) = (names[i % names.len()], if i % 3 == 0 { "warning" } else { "info" });
        format!(
            "{{\"labels\":{{\"alertname\":\"{name}\",\"severity\":\"{severity}\",\"instance\":\"10.0.{}.{}:9100\",\"job\":\"node\",\"region\":\"{}\",\"namespace\":\"ns{}\",\"pod\":\"api-{i:06x}\",\"service\":\"svc{}\"}},\"annotations\":{{\"summary\":\"{name} on api-{i:06x}\",\"description\":\"more than five minutes\"}},\"startsAt\":\"2026-11-22T00:{:02}:00Z\",\"endsAt\":\"2036-11-22T00:00:00Z\",\"status\":{{\"state\":\"active\",\"silencedBy\":[],\"inhibitedBy\":[]}}}}",
            i / 256 % 256, i % 256, ["eu", "us", "apac"][i % 3], i % 50, i % 40, i % 60
        )
    });
    format!("[{}]", each.collect::<Vec<_>>().join(","))
}

/// Answers like an Alertmanager: the storm, and no silences.
fn serve(body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let body = Arc::new(body);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let body = Arc::clone(&body);
            std::thread::spawn(move || answer(stream, &body));
        }
    });
    url
}

fn answer(mut stream: TcpStream, body: &str) {
    let mut request = [0; 4096];
    while let Ok(read) = stream.read(&mut request) {
        let text = String::from_utf8_lossy(&request[..read]);
        let body = if text.contains("/alerts") { body } else { "[]" };
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        if read == 0
            || stream
                .write_all(head.as_bytes())
                .and_then(|()| stream.write_all(body.as_bytes()))
                .is_err()
        {
            return;
        }
    }
}

struct Session {
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    output: Receiver<(Instant, Vec<u8>)>,
    screen: vt100::Parser,
    _master: Box<dyn MasterPty + Send>,
}

impl Session {
    fn start(program: &str, words: &[&str], state: &Path) -> Self {
        let size = PtySize {
            rows: 24,
            cols: 80,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pty = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(words);
        command.env("TERM", "xterm-256color");
        command.env("WARROOM_STATE_DIR", state);
        let child = pty.slave.spawn_command(command).unwrap();
        let mut reader = pty.master.try_clone_reader().unwrap();
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            while let Ok(read) = reader.read(&mut buffer) {
                if read == 0
                    || sender
                        .send((Instant::now(), buffer[..read].to_vec()))
                        .is_err()
                {
                    return;
                }
            }
        });
        let writer = pty.master.take_writer().unwrap();
        Self {
            child,
            writer,
            output,
            screen: vt100::Parser::new(ROWS, COLUMNS, 0),
            _master: pty.master,
        }
    }

    /// Reads until the output pauses; returns the time of the last byte.
    fn burst(&mut self, limit: Duration) -> Option<Instant> {
        let mut last = None;
        let mut wait = limit;
        while let Ok((at, bytes)) = self.output.recv_timeout(wait) {
            self.screen.process(&bytes);
            (last, wait) = (Some(at), QUIET);
        }
        last
    }

    fn until(&mut self, text: &str) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(60) {
            if self.screen.screen().contents().contains(text) {
                return true;
            }
            self.burst(Duration::from_millis(500));
        }
        false
    }

    fn press(&mut self, key: &str) -> Duration {
        let begun = Instant::now();
        self.writer.write_all(key.as_bytes()).unwrap();
        self.writer.flush().unwrap();
        self.burst(Duration::from_secs(2))
            .map_or(Duration::from_secs(2), |last| last - begun)
    }

    /// Types and deletes each word; returns the time of each key.
    fn typing(&mut self) -> Vec<Duration> {
        let mut all = Vec::new();
        // Long enough that several polls of the whole storm arrive in between.
        for word in WORDS.into_iter().cycle().take(ROUNDS * WORDS.len()) {
            for letter in word.chars() {
                all.push(self.press(&letter.to_string()));
                std::thread::sleep(Duration::from_millis(60));
            }
            for _ in word.chars() {
                all.push(self.press("\u{7f}"));
                std::thread::sleep(Duration::from_millis(60));
            }
        }
        all
    }

    fn memory(&self) -> f64 {
        let id = self.child.process_id().unwrap();
        let text = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let line = text
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .unwrap_or_default();
        line.split_whitespace()
            .nth(1)
            .and_then(|kb| kb.parse::<f64>().ok())
            .unwrap_or(0.0)
            / 1024.0
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn told(name: &str, mut times: Vec<Duration>) -> (f64, f64) {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{name:<28} median {:6.1} ms   p99 {:6.1} ms   of {}",
        at(0.5),
        at(0.99),
        times.len()
    );
    (at(0.5), at(0.99))
}

/// From starting a program to the end of its first burst of output.
fn first_frames(program: &str, words: &[&str], state: &Path) -> Vec<Duration> {
    (0..10)
        .map(|_| {
            let begun = Instant::now();
            let mut session = Session::start(program, words, state);
            session
                .burst(Duration::from_secs(10))
                .map_or(Duration::from_secs(10), |last| last - begun)
        })
        .collect()
}

fn main() {
    let count = std::env::args()
        .find_map(|word| word.parse().ok())
        .unwrap_or(50_000);
    let directory = tempfile::tempdir().unwrap();
    let warroom = env!("CARGO_BIN_EXE_warroom");
    let data = directory.path().join("data").display().to_string();
    let url = serve(alerts(count));
    let listed = Command::new(warroom)
        .args(["--data-dir", &data, "--alertmanager", &url, "alerts"])
        .output()
        .unwrap();
    let lines = directory.path().join("lines");
    std::fs::write(&lines, &listed.stdout).unwrap();
    println!(
        "{} lines",
        listed.stdout.iter().filter(|byte| **byte == b'\n').count()
    );
    let console = ["--read-only", "--data-dir", &data, "--alertmanager", &url];

    let mut session = Session::start(warroom, &console, directory.path());
    assert!(
        session.until(&format!("{count} firing")),
        "the storm is not on the screen"
    );
    let full = session.memory();
    session.press("/");
    let ours = told("warroom, key to painted", session.typing());
    drop(session);
    let mut empty = Session::start(
        warroom,
        &[
            "--read-only",
            "--data-dir",
            &data,
            "--alertmanager",
            &serve("[]".into()),
        ],
        directory.path(),
    );
    empty.until("none fires");
    let per = (full - empty.memory()) / count as f64 * 10_000.0;
    println!(
        "memory                       {full:.0} MB with {count} alerts, {:.0} MB with none: {per:.1} MB per 10,000",
        empty.memory()
    );
    drop(empty);
    let fzf = format!("fzf < {}", lines.display());
    if there("fzf") {
        let mut session = Session::start("sh", &["-c", &fzf], directory.path());
        assert!(
            session.until(&format!("{count}/{count}")),
            "fzf does not show the lines"
        );
        let theirs = told("fzf, key to painted", session.typing());
        println!(
            "ratio to fzf                 median {:.2}   p99 {:.2}",
            ours.0 / theirs.0,
            ours.1 / theirs.1
        );
    }
    let lines = lines.display().to_string();
    let first = told(
        "warroom, first frame",
        first_frames(warroom, &console, directory.path()),
    );
    let others: [(&str, &str, &[&str]); 2] =
        [("fzf", "sh", &["-c", &fzf]), ("less", "less", &[&lines])];
    for (name, program, words) in others.into_iter().filter(|other| there(other.0)) {
        let frames = first_frames(program, words, directory.path());
        let theirs = told(&format!("{name}, first frame"), frames);
        println!(
            "ratio of first frames        to {name} {:.2}",
            first.0 / theirs.0
        );
    }
}

/// Whether a program to compare with is installed; reports a missing one.
fn there(program: &str) -> bool {
    let found = support::needs::find(program).is_some();
    if !found {
        println!("{program} is missing: no comparison with it");
    }
    found
}
