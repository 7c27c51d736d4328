//! Recovery of a damaged tail, under the lock.
//!
//! A crash leaves a torn tail, which was never acknowledged: it is set aside. Any other damage was complete once: it is
//! reported and not changed.

use super::digest::hex_digest;
use super::disk::{Disk, OpenMode, write_all};
use super::durable;
use super::error::{At as _, JournalError};
use super::finding::{Finding, FindingKind};
use super::reader::Follower;
use crate::incident::entry::Recovered;
use std::path::Path;

/// Settles the tail of the file that `follower` has read, and returns the draft to record about it.
pub(super) fn settle(
    disk: &dyn Disk,
    directory_path: &Path,
    follower: &mut Follower,
    finding: Option<Finding>,
) -> Result<Option<Recovered>, JournalError> {
    let path = follower.path();
    let mut file = disk.open(&path, OpenMode::Append).at("open", &path)?;
    let tail = file.read_from(follower.length).at("read", &path)?;
    if tail.is_empty() {
        return finding.map_or(Ok(None), |finding| Err(follower.not_intact(finding)));
    }
    let ends = tail.ends_with(b"\n");
    let lines = tail.iter().filter(|b| **b == b'\n').count();
    if !ends && lines == 0 && follower.would_take(&tail) {
        write_all(file.as_mut(), b"\n").at("complete", &path)?;
        file.sync().at("sync", &path)?;
        return Ok(None);
    }
    let torn = (!ends && lines == 0) || (ends && lines == 1 && tail.contains(&0));
    if !torn {
        let finding = finding.unwrap_or_else(|| {
            follower.finding(
                FindingKind::Altered,
                "it does not read, and complete lines follow",
            )
        });
        return Err(follower.not_intact(finding));
    }
    // A tail with entries known to be recorded is not a torn tail.
    if follower
        .known()
        .is_some_and(|known| known.seq > follower.position.seq)
    {
        let what = "it is damaged: an entry that was recorded does not read any more";
        return Err(follower.not_intact(follower.finding(FindingKind::Altered, what)));
    }
    let recovered = Recovered {
        offset: follower.length,
        length: tail.len() as u64,
        sha256: hex_digest(&tail),
    };
    set_aside(disk, directory_path, recovered.offset, &tail)?;
    file.truncate(follower.length).at("truncate", &path)?;
    file.sync().at("sync", &path)?;
    Ok(Some(recovered))
}

pub(super) fn set_aside(
    disk: &dyn Disk,
    directory_path: &Path,
    offset: u64,
    tail: &[u8],
) -> Result<(), JournalError> {
    let torn = directory_path.join("torn");
    durable::create_private(disk, &torn)?;
    let path = torn.join(format!("{offset}-{}", &hex_digest(tail)[..12]));
    if disk.stat(&path).is_err() {
        durable::create_durable(disk, &path, tail)?;
    }
    durable::sync(disk, directory_path)
}
