//! Every system call of a command is made to fail, or to be the last one, by strace: no simulation, but the calls that
//! the program really makes.
//!
//! Calls before the first that names the data directory are left out: they load the program and read its
//! configuration, and nothing can have been written by then.

use super::syscalls_after;
use crate::support::dice::{Dice, hunt_is_full};
use crate::support::needs::{Need, lacks};
use crate::support::outcome::Outcome;
use crate::support::program::WARROOM;
use crate::support::program::{Place, copy_tree};
use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What is counted and made to fail. A call that this machine does not have is left out.
const CALLS: &[&str] = &[
    "openat",
    "write",
    "pwrite64",
    "fdatasync",
    "fsync",
    "link",
    "linkat",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "ftruncate",
    "mkdir",
    "mkdirat",
    "flock",
    "fstat",
    "newfstatat",
    "statx",
];
const FAULTS: &[&str] = &["error=EIO", "error=ENOSPC", "error=EINTR", "signal=KILL"];
/// In a short run every so many calls are tried, each with one of the faults.
const SAMPLE: usize = 5;

/// A command in a place that was prepared for it.
pub(crate) struct Scene {
    pub id: String,
    pub arguments: Vec<String>,
    pub input: &'static str,
}

/// One system call and what happens at it.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub call: String,
    /// Which of them, from 1.
    pub number: usize,
    pub fault: &'static str,
    /// Whether it writes to standard output or standard error.
    pub speaks: bool,
}

type After = fn(&Place, &Scene, &Outcome, &Case) -> Result<(), String>;

#[test]
fn a_system_call_that_fails_or_kills_during_notes_loses_no_acknowledged_one() {
    if lacks(&[Need::Strace]) {
        return;
    }
    hunt(
        "notes",
        |place| {
            let id = place.opened();
            place.must("tester", &["incident", "note", &id, "before."]);
            Scene {
                arguments: words(&["incident", "note", &id, "-"]),
                id,
                input: "one.\ntwo.\nthree.\n",
            }
        },
        syscalls_after::notes,
    );
}

#[test]
fn a_system_call_that_fails_or_kills_during_opening_leaves_an_incident_or_none() {
    if lacks(&[Need::Strace]) {
        return;
    }
    hunt(
        "opening",
        |place| {
            std::fs::create_dir_all(place.data.parent().unwrap()).unwrap();
            Scene {
                id: String::new(),
                arguments: words(&["incident", "open", "Payments fail under test"]),
                input: "",
            }
        },
        syscalls_after::opening,
    );
}

#[test]
fn a_system_call_that_fails_or_kills_during_an_erasure_leaves_it_done_or_not_begun() {
    if lacks(&[Need::Strace]) {
        return;
    }
    hunt(
        "erasure",
        |place| {
            let id = place.opened();
            place.must("tester", &["incident", "note", &id, syscalls_after::SECRET]);
            place.must("tester", &["incident", "note", &id, syscalls_after::OTHER]);
            let entry = syscalls_after::entry_of(place, &id, syscalls_after::SECRET).unwrap();
            syscalls_after::ask_and_approve(place, &id, entry);
            Scene {
                arguments: words(&syscalls_after::erase(&id, &entry.to_string())),
                id,
                input: "",
            }
        },
        syscalls_after::erasure,
    );
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

/// A place that is put back to how it was prepared before each case, under the same path.
struct Stage {
    directory: tempfile::TempDir,
    place: Place,
    scene: Scene,
}

impl Stage {
    fn new(prepare: fn(&Place) -> Scene) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let place = Place::within(&directory.path().join("here"));
        let scene = prepare(&place);
        copy_tree(
            &directory.path().join("here"),
            &directory.path().join("prepared"),
        );
        Self {
            directory,
            place,
            scene,
        }
    }

    fn put_back(&self) {
        let here = self.directory.path().join("here");
        std::fs::remove_dir_all(&here).unwrap();
        copy_tree(&self.directory.path().join("prepared"), &here);
    }

    fn traced(&self, log: &Path, expressions: &[&str]) -> Outcome {
        let mut command = Command::new("strace");
        self.place.dressed(&mut command, "tester");
        command.args(["-f", "-qq", "-o"]).arg(log);
        for expression in expressions {
            command.args(["-e", expression]);
        }
        command
            .args([WARROOM, "--data-dir"])
            .arg(&self.place.data)
            .args(&self.scene.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It may be gone already.
        let _ = child
            .stdin
            .take()
            .unwrap()
            .write_all(self.scene.input.as_bytes());
        child.wait_with_output().unwrap().into()
    }

    /// Every call after the first that names the data directory.
    fn cases(&self) -> Vec<Case> {
        self.put_back();
        let log = self.directory.path().join("log");
        let names: Vec<String> = CALLS.iter().map(|call| format!("?{call}")).collect();
        let outcome = self.traced(&log, &[&format!("trace={}", names.join(","))]);
        assert_eq!(outcome.code, 0, "{}", outcome.err);
        let text = String::from_utf8_lossy(&std::fs::read(&log).unwrap()).into_owned();
        let data = self.place.data.to_str().unwrap();
        let mut counts: HashMap<(&str, &str), usize> = HashMap::new();
        let (mut touched, mut cases) = (false, Vec::new());
        for line in text.lines() {
            let Some((thread, rest)) = line.split_once(char::is_whitespace) else {
                continue;
            };
            let Some((call, arguments)) = rest.trim_start().split_once('(') else {
                continue;
            };
            if !CALLS.contains(&call) {
                continue;
            }
            let number = counts.entry((thread, call)).or_default();
            *number += 1;
            touched |= arguments.contains(data);
            if touched {
                cases.extend(FAULTS.iter().map(|fault| Case {
                    call: call.to_string(),
                    number: *number,
                    fault,
                    speaks: call == "write"
                        && (arguments.starts_with("1,") || arguments.starts_with("2,")),
                }));
            }
        }
        cases
    }

    fn attempt(&self, case: &Case, after: After) -> Result<(), String> {
        self.put_back();
        let (call, number, fault) = (&case.call, case.number, case.fault);
        let outcome = self.traced(
            Path::new("/dev/null"),
            &[
                &format!("trace={call}"),
                &format!("inject={call}:{fault}:when={number}"),
            ],
        );
        says_what_went_wrong(&outcome, case, &self.place)
            .and_then(|()| after(&self.place, &self.scene, &outcome, case))
            .map_err(|what| {
                format!(
                    "{call} number {number}, {fault}: {what}\n    it said (exit {}): {}{}",
                    outcome.code, outcome.out, outcome.err
                )
            })
    }
}

/// A command that fails says so with its exit code, and names the file or what the system said.
fn says_what_went_wrong(outcome: &Outcome, case: &Case, place: &Place) -> Result<(), String> {
    if outcome.err.contains("panicked") || outcome.err.contains("RUST_BACKTRACE") {
        return Err("it panicked".into());
    }
    match outcome.code {
        0 | -1 => Ok(()),
        _ if case.speaks => Ok(()),
        1..=5 => {
            let reasons = ["Input/output error", "No space left", "Interrupted"];
            let reason = reasons.iter().any(|reason| outcome.err.contains(reason));
            let path = outcome.err.contains(place.data.to_str().unwrap());
            let named = (reason || path) && outcome.err.contains("hint:");
            named
                .then_some(())
                .ok_or_else(|| "it does not name what went wrong".into())
        }
        code => Err(format!("it ended with {code}")),
    }
}

/// Tries the cases on two places at once, and tells every one that did not hold.
fn hunt(name: &str, prepare: fn(&Place) -> Scene, after: After) {
    let mut dice = Dice::thrown(name);
    let offset = dice.below(SAMPLE as u64) as usize;
    let mut fault = dice.below(FAULTS.len() as u64) as usize;
    let stages = [Stage::new(prepare), Stage::new(prepare)];
    let cases = stages[0].cases();
    let all = cases.len();
    let mut chosen = Vec::new();
    for (at, faults) in cases.chunks(FAULTS.len()).enumerate() {
        if hunt_is_full() {
            chosen.extend(faults.iter().cloned());
        } else if at % SAMPLE == offset {
            fault = (fault + 1) % FAULTS.len();
            chosen.push(faults[fault].clone());
        }
    }
    let failures: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = stages
            .iter()
            .enumerate()
            .map(|(worker, stage)| {
                let share = chosen.iter().skip(worker).step_by(stages.len());
                scope.spawn(move || {
                    share
                        .filter_map(|case| stage.attempt(case, after).err())
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    });
    println!(
        "{name}: {} of {all} cases tried, {} did not hold",
        chosen.len(),
        failures.len()
    );
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
