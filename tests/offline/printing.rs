//! Every command of the command line with a standard output that takes nothing: a device that is full, a file on a full
//! file system, a pipe that nobody reads. The commands are those of the command line's own tree, so that a new one
//! cannot be forgotten.

mod office;
mod table;

use crate::support::needs::{Need, lacks};
use crate::support::outcome::{Outcome, wait_until};
use office::{Office, Small};
use std::fs::File;
use std::process::Stdio;
use table::calls;

/// The names of every command below this one, without the help that clap adds.
fn leaves(command: &clap::Command, before: &[String], all: &mut Vec<Vec<String>>) {
    for child in command
        .get_subcommands()
        .filter(|child| child.get_name() != "help")
    {
        let path = [before, &[child.get_name().to_string()]].concat();
        if child.get_subcommands().next().is_none() || !child.is_subcommand_required_set() {
            all.push(path.clone());
        }
        leaves(child, &path, all);
    }
}

/// Where standard output goes, and what the end must be.
enum Sink {
    Full,
    FullDisk(Small),
    Pipe,
}

impl Sink {
    fn open(&self) -> Stdio {
        match self {
            Self::Full => File::create("/dev/full").unwrap().into(),
            Self::FullDisk(small) => small.file().into(),
            Self::Pipe => {
                let (reader, writer) = std::io::pipe().unwrap();
                drop(reader);
                writer.into()
            }
        }
    }

    fn judge(&self, plain: &Outcome, run: &Outcome) -> Option<String> {
        let right = match self {
            Self::Full | Self::FullDisk(_) => {
                run.code == 4
                    && run.err.contains("cannot write to standard output")
                    && run.err.contains("No space left on device")
            }
            // Nobody reads: no reason is given, and the command ends as it would.
            Self::Pipe => {
                let unwanted = ["standard output", "panicked"];
                run.code == plain.code && !unwanted.iter().any(|text| run.err.contains(text))
            }
        };
        (!right).then(|| format!("ends with {} (else {}): {}", run.code, plain.code, run.err))
    }
}

fn hold(sink: &Sink) {
    let office = Office::prepared();
    let mut wrong = Vec::new();
    for call in calls() {
        let plain = office.run(&call, &[], Stdio::piped());
        if plain.out.is_empty() {
            wrong.push(format!(
                "{call:?} prints nothing, and ends with {}: {}",
                plain.code, plain.err
            ));
            continue;
        }
        for form in [&[][..], &["--output", "json"]] {
            let plain = office.run(&call, form, Stdio::piped());
            let run = office.run(&call, form, sink.open());
            let fault = sink.judge(&plain, &run);
            wrong.extend(fault.map(|fault| format!("{call:?} {form:?}: {fault}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_command_of_the_tree_has_a_call_that_prints() {
    let mut known = Vec::new();
    leaves(&warroom::harness::command(), &[], &mut known);
    assert!(known.len() > 40, "{} commands", known.len());
    let called: Vec<Vec<String>> = calls().iter().map(table::Call::path).collect();
    let missing: Vec<&Vec<String>> = known.iter().filter(|path| !called.contains(path)).collect();
    assert!(missing.is_empty(), "no call in the table: {missing:?}");
}

#[test]
fn a_full_device_ends_every_command_with_4_and_the_reason() {
    hold(&Sink::Full);
}

#[test]
fn a_full_file_system_ends_every_command_with_4_and_the_reason() {
    if lacks(&[Need::Tmpfs]) {
        return;
    }
    hold(&Sink::FullDisk(Small::full()));
}

#[test]
fn a_closed_pipe_ends_every_command_as_it_would_end_otherwise() {
    hold(&Sink::Pipe);
}

#[test]
fn help_and_version_of_every_command_end_with_4_where_nothing_can_be_printed() {
    let office = Office::prepared();
    let mut paths = vec![Vec::new()];
    leaves(&warroom::harness::command(), &[], &mut paths);
    let mut calls: Vec<Vec<String>> = paths
        .into_iter()
        .map(|path| [path, vec!["--help".to_string()]].concat())
        .collect();
    calls.extend([vec!["--version".to_string()], vec!["help".to_string()]]);
    for call in calls {
        let run = office.plain(&call, Sink::Full.open(), Stdio::piped());
        println!("{call:?}");
        run.fails(4, &["No space left on device"]);
        let run = office.plain(&call, Sink::Pipe.open(), Stdio::piped());
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{call:?}");
    }
}

#[test]
fn the_exit_code_tells_where_standard_error_is_full_too() {
    let office = Office::prepared();
    for call in [&["config", "paths"][..], &["--version"], &["man"]] {
        let call: Vec<String> = call.iter().map(ToString::to_string).collect();
        let run = office.plain(&call, Sink::Full.open(), Sink::Full.open());
        assert_eq!(run.code, 4, "{call:?}");
    }
}

/// The log of the paging service is not what people are called by.
#[test]
fn a_watch_whose_log_cannot_be_written_keeps_its_clocks_and_says_so_elsewhere() {
    let office = Office::prepared();
    let mut watch = office.watch(Sink::Full.open());
    let pages = || {
        let show = ["--output", "json", "record", &office.id];
        let show: Vec<String> = show.iter().map(ToString::to_string).collect();
        office.there(&show).out.contains("paging on-call through")
    };
    wait_until(60, || "nobody is paged".to_string(), pages);
    let doctor = office.there(&["doctor".to_string()]);
    assert!(doctor.out.contains("CANNOT BE WRITTEN"), "{}", doctor.out);
    let id = rustix::process::Pid::from_child(&watch);
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    assert_eq!(watch.wait().unwrap().code(), Some(4));
    let mut said = String::new();
    std::io::Read::read_to_string(&mut watch.stderr.take().unwrap(), &mut said).unwrap();
    assert_eq!(said.matches("CANNOT BE WRITTEN").count(), 1, "{said}");
    assert!(said.contains("did not take"), "{said}");
}

#[test]
fn a_document_on_a_full_file_system_ends_with_4_and_leaves_nothing_under_its_name() {
    if lacks(&[Need::Tmpfs]) {
        return;
    }
    let office = Office::prepared();
    let small = Small::full();
    let id = office.id.clone();
    let place = |name: &str| small.path().join(name).to_str().unwrap().to_string();
    let (old, new, tar) = (place("old.md"), place("new.md"), place("bundle.tar"));
    let chart = place("new.svg");
    let kept = std::fs::read(&old).unwrap();
    let calls = [
        vec!["postmortem", &id, "--to", &old],
        vec!["record", &id, "--to", &new],
        vec!["chart", &id, "--to", &chart],
        vec!["export", &id, "--to", &tar, "--for", "c", "--purpose", "e"],
        vec!["config", "init", &new],
    ];
    for call in calls {
        let call: Vec<String> = call.iter().map(ToString::to_string).collect();
        let run = office.plain(&call, Stdio::piped(), Stdio::piped());
        assert!(
            matches!(run.code, 3 | 4) && run.err.contains("No space left"),
            "{call:?}: {} {}",
            run.code,
            run.err
        );
    }
    assert_eq!(std::fs::read(&old).unwrap(), kept, "what was there stays");
    let mut names: Vec<String> = std::fs::read_dir(small.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with("output"))
        .collect();
    names.sort();
    assert_eq!(names, ["filler", "old.md"]);
}
