//! What a test needs of the machine. A test for which something is missing is named as skipped, and fails where
//! `WARROOM_REQUIRE_SERVICES` is set.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A Python with `recurring_ical_events`: `python3 -m venv target/oracle && target/oracle/bin/pip install
/// recurring-ical-events==3.8.2`.
pub(crate) const ORACLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/oracle/bin/python");

#[derive(Debug, Clone, Copy)]
pub(crate) enum Need {
    /// strace, and the right to trace.
    Strace,
    /// `/dev/fuse`, and the right to mount.
    Fuse,
    /// The right to mount a tmpfs.
    Tmpfs,
    Root,
    /// The library that sets the wall clock of a program.
    Faketime,
    /// The other implementation of calendars.
    Oracle,
    /// A program on the PATH, or where Debian puts servers.
    Tool(&'static str),
}

/// Whether something is missing; the test that asks is then named as skipped.
#[must_use]
pub(crate) fn lacks(needs: &[Need]) -> bool {
    let missing: Vec<&str> = needs.iter().copied().filter_map(missing).collect();
    if missing.is_empty() {
        return false;
    }
    let missing = missing.join(", ");
    let required = std::env::var_os("WARROOM_REQUIRE_SERVICES").is_some();
    assert!(!required, "needs {missing}");
    // Past the capture of output, which shows nothing of a test that passes.
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    let _ = writeln!(std::io::stderr(), "skipped: {test} needs {missing}");
    true
}

fn missing(need: Need) -> Option<&'static str> {
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
        Need::Faketime => (faketime().is_some(), "libfaketime"),
        Need::Oracle => (
            works(ORACLE, &["-c", "import recurring_ical_events"]),
            "recurring_ical_events in target/oracle",
        ),
        Need::Tool(name) => (find(name).is_some(), name),
    };
    (!there).then_some(words)
}

pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let all = std::env::split_paths(&paths).chain(["/usr/sbin".into(), "/usr/bin".into()]);
    all.map(|path: PathBuf| path.join(program))
        .find(|path| path.is_file())
}

pub(crate) fn faketime() -> Option<PathBuf> {
    let places = ["x86_64-linux-gnu", "aarch64-linux-gnu"];
    let path =
        |place: &&str| PathBuf::from(format!("/usr/lib/{place}/faketime/libfaketimeMT.so.1"));
    places.iter().map(path).find(|path| path.exists())
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
    tempfile::tempdir().is_ok_and(|place| {
        let path = place.path().to_str().unwrap_or_default();
        works("mount", &["-t", "tmpfs", "tmpfs", path]) && works("umount", &[path])
    })
}
