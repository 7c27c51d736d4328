//! What is done with a bad tail when a journal is opened, under its lock.
//!
//! A torn tail is what a crash leaves: it was never acknowledged, so it is set aside. Anything else that is
//! bad was complete once, so it is reported and left alone.

use super::directory;
use super::error::JournalError;
use super::line::{Position, hex_digest, link};
use super::reader::Follower;
use super::verify::{Finding, FindingKind};
use crate::incident::entry::Recovered;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Brings the tail of a journal in order. Returns what is to be recorded about it.
pub(super) fn settle(
    directory_path: &Path,
    follower: &Follower,
    finding: Option<Finding>,
) -> Result<Option<Recovered>, JournalError> {
    let path = follower.path();
    let tail = tail_of(path, follower.length)?;
    if tail.is_empty() {
        return Ok(None);
    }
    let ends = tail.ends_with(b"\n");
    let lines = tail.iter().filter(|b| **b == b'\n').count();
    if !ends && lines == 0 && follows(&tail, &follower.position) {
        let mut file = open_for_append(path)?;
        file.write_all(b"\n")
            .map_err(JournalError::io("complete", path))?;
        file.sync_data().map_err(JournalError::io("sync", path))?;
        return Ok(None);
    }
    let torn = (!ends && lines == 0) || (ends && lines == 1 && tail.contains(&0));
    if !torn {
        let finding = finding.unwrap_or(Finding {
            kind: FindingKind::Altered,
            line: follower.position.seq + 1,
            what: "it does not read, and complete lines follow".into(),
        });
        return Err(JournalError::NotIntact {
            path: path.to_path_buf(),
            finding,
        });
    }
    let recovered = Recovered {
        offset: follower.length,
        length: tail.len() as u64,
        sha256: hex_digest(&tail),
    };
    set_aside(directory_path, &recovered, &tail)?;
    let file = open_for_append(path)?;
    file.set_len(follower.length)
        .map_err(JournalError::io("truncate", path))?;
    file.sync_data().map_err(JournalError::io("sync", path))?;
    Ok(Some(recovered))
}

fn tail_of(path: &Path, from: u64) -> Result<Vec<u8>, JournalError> {
    let mut file = File::open(path).map_err(JournalError::io("read", path))?;
    file.seek(SeekFrom::Start(from))
        .map_err(JournalError::io("read", path))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)
        .map_err(JournalError::io("read", path))?;
    Ok(tail)
}

fn follows(tail: &[u8], position: &Position) -> bool {
    link(tail).is_ok_and(|link| link.prev == position.hash && link.seq == position.seq + 1)
        && super::line::parse(tail).is_ok()
}

fn set_aside(
    directory_path: &Path,
    recovered: &Recovered,
    tail: &[u8],
) -> Result<(), JournalError> {
    let torn = directory_path.join("torn");
    directory::create_private(&torn)?;
    let path = torn.join(format!("{}-{}", recovered.offset, &recovered.sha256[..12]));
    if !path.exists() {
        directory::create_durable(&path, tail)?;
    }
    directory::sync(directory_path)
}

pub(super) fn open_for_append(path: &Path) -> Result<File, JournalError> {
    File::options()
        .read(true)
        .append(true)
        .open(path)
        .map_err(JournalError::io("open", path))
}
