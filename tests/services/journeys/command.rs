//! The command line beside a console.

use crate::support::program::Place;
use std::path::{Path, PathBuf};

/// Runs a command of another person with JSON output and gives its result.
pub(crate) fn json(data: &Path, arguments: &[&str]) -> serde_json::Value {
    let all = [&["--output", "json"], arguments].concat();
    serde_json::from_str(&Place::at(data).must("scripter", &all)).unwrap()
}

/// The only incident of a data directory.
pub(crate) fn only_incident(data: &Path) -> String {
    let names: Vec<String> = std::fs::read_dir(data.join("incidents"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_str().unwrap().to_string())
        .collect();
    assert_eq!(names.len(), 1, "{names:?}");
    names[0].clone()
}

/// Every file below a directory.
pub(crate) fn files(directory: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path);
        }
    }
    all
}
