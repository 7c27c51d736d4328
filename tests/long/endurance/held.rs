//! A journal whose lock somebody holds and does not give back.

use crate::support::needs::{Need, lacks};
use crate::support::outcome::{Outcome, wait_until};
use crate::support::program::Place;
use rustix::process::{Pid, Signal, kill_process_group};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A process group that is ended with the test, stopped or not.
struct Group(Child);

impl Group {
    fn pid(&self) -> Pid {
        Pid::from_raw(self.0.id() as i32).unwrap()
    }

    fn signal(&self, signal: Signal) {
        kill_process_group(self.pid(), signal).unwrap();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = kill_process_group(self.pid(), Signal::KILL);
        let _ = self.0.wait();
    }
}

fn is_locked(path: &Path) -> bool {
    let file = std::fs::File::open(path).unwrap();
    file.try_lock().is_err()
}

fn until(what: &str, holds: impl Fn() -> bool) {
    wait_until(30, || format!("never: {what}"), holds);
}

fn timed(run: impl FnOnce() -> Outcome) -> (Duration, Outcome) {
    let start = Instant::now();
    let outcome = run();
    (start.elapsed(), outcome)
}

/// Reading works at once; writing fails after its patience with these words, and once the lock is free it works.
fn blocked(place: &Place, id: &str, words: &[&str]) {
    // How long a command takes anyway on this machine.
    let (usual, _) = timed(|| place.run(&["incident", "list"]));
    for reading in [&["incident", "show", id][..], &["verify", id]] {
        let (time, outcome) = timed(|| place.run(reading));
        assert_eq!(outcome.code, 0, "{reading:?}: {}", outcome.err);
        assert!(
            time < usual + Duration::from_millis(1900),
            "{reading:?} took {time:?}"
        );
    }
    let (time, outcome) = timed(|| place.run(&["incident", "note", id, "x"]));
    outcome.fails(4, words);
    let patience = Duration::from_secs(2);
    let limit = patience + usual * 3 + Duration::from_secs(3);
    assert!(time >= patience && time < limit, "it took {time:?}");
}

#[test]
fn a_stopped_process_that_holds_the_lock_is_named_and_reading_goes_on() {
    if lacks(&[Need::Tool("flock")]) {
        return;
    }
    let place = Place::new();
    let id = place.opened();
    let mut writer = place.writer(&id, "w");
    writer.give(1);
    writer.until_it_writes();
    let lock = place.directory_of(&id).join("lock");
    let mut command = Command::new("flock");
    command.arg(&lock).args(["sleep", "600"]).process_group(0);
    let holder = Group(command.spawn().unwrap());
    until("the lock is held", || is_locked(&lock));
    holder.signal(Signal::STOP);
    let last = format!("process {}", writer.child.id());
    let words = [
        "is locked by another process",
        &last,
        "hint:",
        "continue or end it",
    ];
    blocked(&place, &id, &words);
    holder.signal(Signal::KILL);
    drop(holder);
    writer.give(1);
    assert_eq!(writer.finish().code, 0);
    assert_eq!(writer.acknowledged().len(), 2);
    place.must("tester", &["incident", "note", &id, "after."]);
    place.must("tester", &["verify", &id]);
}

/// The process that holds the lock is a writer of the program's own, stopped before it has synced its line.
#[test]
fn a_writer_stopped_within_an_append_is_named_by_its_number() {
    if lacks(&[Need::Strace]) {
        return;
    }
    let place = Place::new();
    let id = place.opened();
    let mut command = Command::new("strace");
    place.dressed(&mut command, "tester");
    command
        .args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync"])
        .args(["-e", "inject=fdatasync:signal=STOP:when=2"])
        .arg(crate::support::program::WARROOM)
        .arg("--data-dir")
        .arg(&place.data)
        .args(["incident", "note", &id, "from the stopped one."])
        .process_group(0)
        .stdout(Stdio::null());
    let holder = Group(command.spawn().unwrap());
    let journal = place.directory_of(&id).join("journal.jsonl");
    let entries = || std::fs::read_to_string(&journal).unwrap().lines().count();
    let before = entries();
    until("the line is written", || entries() > before);
    // Its own number, not that of strace.
    let signature = std::fs::read_to_string(place.directory_of(&id).join("lock")).unwrap();
    let name = signature.trim().to_string();
    assert!(name.starts_with("process "), "{name}");
    blocked(&place, &id, &[&name, "hint:"]);
    holder.signal(Signal::CONT);
    let mut holder = holder;
    holder.0.wait().unwrap();
    place.must("tester", &["incident", "note", &id, "after."]);
    place.must("tester", &["verify", &id]);
    let rows = super::promises::timeline(&place, &id).unwrap();
    let noted = |text: &str| rows.iter().filter(|row| row["what"] == text).count();
    assert_eq!(noted("note: from the stopped one."), 1);
    assert_eq!(noted("note: after."), 1);
}
