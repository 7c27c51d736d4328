//! What a test needs of the machine, and what of it is missing.

use std::path::Path;
use std::process::{Command, Stdio};

#[derive(Debug, Clone, Copy)]
pub(crate) enum Need {
    /// strace, and the right to trace.
    Strace,
    /// `/dev/fuse`, and the right to mount.
    Fuse,
    /// The right to mount a tmpfs.
    Tmpfs,
    /// To be root.
    Root,
    /// A program on the PATH.
    Tool(&'static str),
}

/// What is missing, in words.
pub(crate) fn missing(needs: &[Need]) -> Vec<String> {
    needs.iter().copied().filter_map(lacks).collect()
}

fn lacks(need: Need) -> Option<String> {
    let (there, words) = match need {
        Need::Strace => (
            works("strace", &["-f", "-o", "/dev/null", "true"]),
            "strace with the right to trace",
        ),
        Need::Fuse => (
            is_root() && Path::new("/dev/fuse").exists(),
            "/dev/fuse and root",
        ),
        Need::Tmpfs => (is_root() && mounts(), "the right to mount a tmpfs"),
        Need::Root => (is_root(), "root"),
        Need::Tool(name) => (works(name, &["--version"]), name),
    };
    (!there).then(|| words.to_string())
}

fn works(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn is_root() -> bool {
    rustix::process::getuid().is_root()
}

fn mounts() -> bool {
    let Ok(place) = tempfile::tempdir() else {
        return false;
    };
    let Some(path) = place.path().to_str() else {
        return false;
    };
    works("mount", &["-t", "tmpfs", "tmpfs", path]) && works("umount", &[path])
}

/// Whether everything is to be tried, and not a sample.
pub(crate) fn hunt_is_full() -> bool {
    std::env::var("WARROOM_HUNT").is_ok_and(|hunt| hunt == "full")
}

/// A number from the environment.
pub(crate) fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Small random numbers that a seed repeats (xorshift64*).
pub(crate) struct Dice(u64);

impl Dice {
    /// From `WARROOM_SEED`, or from the clock; the seed is printed.
    pub(crate) fn thrown(test: &str) -> Self {
        let now = || {
            let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
            since.subsec_nanos().into()
        };
        let seed = number("WARROOM_SEED").unwrap_or_else(now);
        println!("{test}: WARROOM_SEED={seed}");
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % end.max(1)
    }

    pub(crate) fn microseconds(&mut self, end: u64) -> std::time::Duration {
        std::time::Duration::from_micros(self.below(end))
    }
}
