//! What must be true after a system call of a command has failed, or was its last.

use super::promises::{Promises, timeline};
use super::syscalls::{Case, Scene};
use crate::support::outcome::Outcome;
use crate::support::program::{Place, recorded};
use std::path::Path;
use warroom::harness::{VerificationContext, verify};

pub(crate) const SECRET: &str = "the customer is Erika Mustermann.";
pub(crate) const OTHER: &str = "her street is Lindenweg.";

/// Notes from a pipe: those acknowledged are there once, the others once or not at all.
pub(crate) fn notes(
    place: &Place,
    scene: &Scene,
    outcome: &Outcome,
    case: &Case,
) -> Result<(), String> {
    let given: Vec<String> = scene.input.lines().map(str::to_string).collect();
    let numbers: Vec<u64> = outcome.out.lines().filter_map(recorded).collect();
    let mut promises = Promises::default();
    // An answer that could not be written leaves a gap, so the others cannot be told apart by their order.
    if case.speaks {
        promises.maybe(given);
    } else {
        promises.acknowledged(numbers.iter().copied().zip(given.clone()).collect());
        promises.maybe(given[numbers.len()..].to_vec());
        if outcome.code == 0 && numbers.len() < given.len() {
            return Err("it succeeded without recording everything".into());
        }
    }
    promises.hold_quickly(place, &scene.id, "after")
}

/// An incident is opened: it is there whole, or what is left of it stands in nobody's way.
pub(crate) fn opening(
    place: &Place,
    _scene: &Scene,
    outcome: &Outcome,
    case: &Case,
) -> Result<(), String> {
    let acknowledged = outcome
        .out
        .split_once(" opened;")
        .map(|(id, _)| id.to_string());
    let listed = place.run(&["incident", "list"]);
    if listed.code != 0 || listed.out.contains("NOT INTACT") {
        return Err(format!("the list says: {}{}", listed.out, listed.err));
    }
    if let Some(id) = &acknowledged
        && !listed.out.contains(id.as_str())
    {
        return Err(format!("{id} was acknowledged and is not there"));
    }
    if outcome.code == 0 && acknowledged.is_none() && !case.speaks {
        return Err("it succeeded without saying so".into());
    }
    let again = place.run(&["incident", "open", "Payments fail again"]);
    let one_is_open = again.code == 1 && again.err.contains("is open");
    if again.code != 0 && !one_is_open {
        return Err(format!("no incident can be opened: {}", again.err));
    }
    if acknowledged.is_some() && !one_is_open {
        return Err("the acknowledged incident does not count as open".into());
    }
    for entry in std::fs::read_dir(place.data.join("incidents")).map_err(|e| e.to_string())? {
        let directory = entry.map_err(|e| e.to_string())?.path();
        if directory.join("journal.jsonl").exists() {
            let id = directory
                .file_name()
                .unwrap()
                .to_string_lossy()
                .into_owned();
            let noted = place.run(&["incident", "note", &id, "after."]);
            if noted.code != 0 && noted.code != 2 {
                return Err(format!("{id} cannot be written: {}", noted.err));
            }
            intact(&directory)?;
        }
    }
    Ok(())
}

fn intact(directory: &Path) -> Result<(), String> {
    let report =
        verify(directory, &VerificationContext::default()).map_err(|error| error.to_string())?;
    if report.intact && report.withheld == 0 {
        Ok(())
    } else {
        Err(format!("not intact: {report:?}"))
    }
}

/// A text is erased: once its entry stands, the next opening for writing leaves the text nowhere; without the entry
/// the text is still there, and the erasure can be carried out.
pub(crate) fn erasure(
    place: &Place,
    scene: &Scene,
    outcome: &Outcome,
    _case: &Case,
) -> Result<(), String> {
    let id = &scene.id;
    let directory = place.directory_of(id);
    let acknowledged = outcome.out.contains("is erased");
    if acknowledged && holds(&directory, SECRET) {
        return Err("it was acknowledged and the text is still there".into());
    }
    let noted = place.run(&["incident", "note", id, "after."]);
    if noted.code != 0 {
        return Err(format!("it cannot go on: {}", noted.err));
    }
    intact(&directory)?;
    let erased = has_erasure(&directory);
    match (erased, holds(&directory, SECRET)) {
        (true, true) => return Err("the entry says erased, and the text is still there".into()),
        (false, false) => return Err("the text is gone without an entry that says so".into()),
        (false, true) if acknowledged => return Err("its entry is lost".into()),
        _ => {}
    }
    if !erased {
        let entry = entry_of(place, id, SECRET).ok_or("the note is gone")?;
        let again = place.run(&erase(id, &entry.to_string()));
        if again.code != 0 || holds(&directory, SECRET) || !has_erasure(&directory) {
            return Err(format!("it cannot be carried out any more: {}", again.err));
        }
        intact(&directory)?;
    }
    // What a crash leaves beside the texts must not keep one that is erased later.
    let leftovers = files_with(&directory, OTHER);
    if leftovers.len() != 1 {
        let entry = entry_of(place, id, OTHER).ok_or("another text is gone")?;
        ask_and_approve(place, id, entry);
        place.must("tester", &erase(id, &entry.to_string()));
        let left = files_with(&directory, OTHER);
        if !left.is_empty() {
            return Err(format!("a text that was erased later is still in {left:?}"));
        }
    }
    Ok(())
}

fn has_erasure(directory: &Path) -> bool {
    let journal = directory.join("journal.jsonl");
    [journal, directory.join("journal.2.jsonl")]
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .any(|text| text.contains("\"type\":\"erased\""))
}

fn holds(directory: &Path, text: &str) -> bool {
    !files_with(directory, text).is_empty()
}

/// The files in which a text stands.
fn files_with(directory: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if String::from_utf8_lossy(&std::fs::read(&path).unwrap()).contains(text) {
            found.push(path.display().to_string());
        }
    }
    found
}

/// The number of the note with this text.
pub(crate) fn entry_of(place: &Place, id: &str, text: &str) -> Option<u64> {
    let note = format!("note: {text}");
    let rows = timeline(place, id).ok()?;
    let row = rows.iter().find(|row| row["what"] == note.as_str())?;
    row["seq"].as_u64()
}

pub(crate) fn erase<'a>(id: &'a str, entry: &'a str) -> [&'a str; 7] {
    [
        "incident",
        "erase",
        id,
        entry,
        "text",
        "--why",
        "on request",
    ]
}

/// One person asks for an erasure, another approves it.
pub(crate) fn ask_and_approve(place: &Place, id: &str, entry: u64) {
    let asked = place.json(&erase(id, &entry.to_string()));
    let request = asked["request"].as_str().unwrap();
    place.must("omar", &["incident", "approve", id, request]);
}
