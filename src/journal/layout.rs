//! The names of the files of a journal in its directory.

use std::path::{Path, PathBuf};

/// The path of the n-th file of the chain, from 1.
pub(crate) fn journal_path(directory: &Path, number: u32) -> PathBuf {
    match number {
        1 => directory.join("journal.jsonl"),
        _ => directory.join(format!("journal.{number}.jsonl")),
    }
}

/// The path of the n-th file of texts, from 1.
pub(crate) fn texts_path(directory: &Path, number: u32) -> PathBuf {
    match number {
        1 => directory.join("disclosures.jsonl"),
        _ => directory.join(format!("disclosures.{number}.jsonl")),
    }
}
