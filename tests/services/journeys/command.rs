//! The command line beside a console.

use crate::support::terminal::WARROOM;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs a command with JSON output and gives its result.
pub(crate) fn json(data: &Path, arguments: &[&str]) -> serde_json::Value {
    let output = Command::new(WARROOM)
        .args(["--output", "json", "--data-dir"])
        .arg(data)
        .args(arguments)
        .env("USER", "scripter")
        .env_remove("WARROOM_CONFIG")
        .env("HOME", "/nonexistent")
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {error}");
    serde_json::from_slice(&output.stdout).unwrap()
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
