//! The names of the files of a journal in its directory.

use std::path::{Path, PathBuf};

/// `number` counts from 1.
pub(crate) fn journal_path(directory: &Path, number: u32) -> PathBuf {
    match number {
        1 => directory.join("journal.jsonl"),
        _ => directory.join(format!("journal.{number}.jsonl")),
    }
}

/// `number` counts from 1.
pub(crate) fn texts_path(directory: &Path, number: u32) -> PathBuf {
    match number {
        1 => directory.join("disclosures.jsonl"),
        _ => directory.join(format!("disclosures.{number}.jsonl")),
    }
}
