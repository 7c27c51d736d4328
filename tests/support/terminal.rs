//! A pseudo-terminal with an emulator behind it.

use super::outcome::wait_for;
use super::program::WARROOM;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub(crate) struct Terminal {
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    pub child: Box<dyn Child + Send + Sync>,
    seen: Arc<Mutex<Seen>>,
}

struct Seen {
    parser: vt100::Parser,
    raw: Vec<u8>,
}

impl Terminal {
    /// Starts the program in a terminal of 80 × 24, with an environment of the test's own.
    pub(crate) fn start(data: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = CommandBuilder::new(WARROOM);
        command.arg("--data-dir");
        command.arg(data);
        command.args(arguments);
        let state = data.join(".state");
        let mut all = vec![("WARROOM_STATE_DIR", state.to_str().unwrap())];
        all.extend_from_slice(environment);
        Self::run(command, &all)
    }

    pub(crate) fn run(mut command: CommandBuilder, environment: &[(&str, &str)]) -> Self {
        let size = PtySize {
            rows: 24,
            cols: 80,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        command.env_clear();
        command.cwd("/");
        for (name, value) in [
            ("TERM", "xterm-256color"),
            ("LANG", "C.UTF-8"),
            ("USER", "tester"),
            ("TZ", "UTC"),
            ("HOME", "/nonexistent"),
        ] {
            command.env(name, value);
        }
        for (name, value) in environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let rows = |n| NonZeroU16::new(n).unwrap();
        let seen = Seen {
            parser: vt100::Parser::new(rows(24), rows(80), 0),
            raw: Vec::new(),
        };
        let seen = Arc::new(Mutex::new(seen));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let behind = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut buffer = [0; 16 * 1024];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                let mut seen = behind.lock().unwrap();
                seen.raw.extend_from_slice(&buffer[..count]);
                seen.parser.process(&buffer[..count]);
            }
        });
        let writer = pair.master.take_writer().unwrap();
        Self {
            master: pair.master,
            writer,
            child,
            seen,
        }
    }

    pub(crate) fn screen(&self) -> String {
        self.seen.lock().unwrap().parser.screen().contents()
    }

    pub(crate) fn row(&self, wanted: &str) -> Option<String> {
        self.screen()
            .lines()
            .find(|row| row.contains(wanted))
            .map(str::to_string)
    }

    pub(crate) fn raw(&self) -> Vec<u8> {
        self.seen.lock().unwrap().raw.clone()
    }

    pub(crate) fn is_on_alternate_screen(&self) -> bool {
        self.seen.lock().unwrap().parser.screen().alternate_screen()
    }

    pub(crate) fn keys(&mut self, keys: &str) {
        let bytes = keys.replace('⏎', "\r").replace('⎋', "\x1b");
        self.writer.write_all(bytes.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    pub(crate) fn resize(&self, cols: u16, rows: u16) {
        self.master
            .resize(PtySize {
                rows,
                cols,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
        let size = |n| NonZeroU16::new(n).unwrap();
        self.seen
            .lock()
            .unwrap()
            .parser
            .screen_mut()
            .set_size(size(rows), size(cols));
    }

    /// Waits until the screen shows a text.
    pub(crate) fn until(&self, text: &str) {
        self.until_within(text, Duration::from_secs(30));
    }

    pub(crate) fn until_within(&self, text: &str, limit: Duration) {
        self.until_screen(&format!("\"{text}\""), limit, |screen| {
            screen.contains(text)
        });
    }

    pub(crate) fn until_screen(&self, what: &str, limit: Duration, holds: impl Fn(&str) -> bool) {
        let start = Instant::now();
        while !holds(&self.screen()) {
            assert!(
                start.elapsed() < limit,
                "the screen never showed {what}:\n{}",
                self.screen()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Presses keys and waits until the screen shows a text.
    pub(crate) fn press(&mut self, keys: &str, then: &str) {
        self.keys(keys);
        self.until(then);
    }

    /// Waits for the program's end.
    pub(crate) fn end(&mut self) -> u32 {
        let Self { child, seen, .. } = self;
        let screen = || seen.lock().unwrap().parser.screen().contents();
        let description = || format!("it does not end:\n{}", screen());
        let status = wait_for(15, description, || child.try_wait().unwrap());
        std::thread::sleep(Duration::from_millis(50));
        status.exit_code()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
