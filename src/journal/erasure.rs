//! Removes texts from the files of a journal. Their commitments stay in the chain.

use super::digest::hex_digest;
use super::disk::Disk;
use super::durable;
use super::error::{At as _, JournalError};
use super::layout::texts_path;
use std::collections::BTreeSet;
use std::path::Path;

/// Rewrites each file of texts without those of these commitments: temporary file, sync, rename.
pub(super) fn strike(
    disk: &dyn Disk,
    directory: &Path,
    commitments: &BTreeSet<String>,
) -> Result<(), JournalError> {
    remove_leftovers(disk, directory)?;
    for number in 1.. {
        let path = texts_path(directory, number);
        let Some(mut file) = durable::open_if_there(disk, &path)? else {
            match number {
                1 => continue,
                _ => break,
            }
        };
        let bytes = file.read_from(0).at("read", &path)?;
        let kept: Vec<u8> = bytes
            .split_inclusive(|b| *b == b'\n')
            .filter(|line| {
                let line = line.strip_suffix(b"\n").unwrap_or(line);
                !commitments.contains(&hex_digest(line))
            })
            .flatten()
            .copied()
            .collect();
        if kept.len() < bytes.len() {
            durable::replace_durable(disk, &path, &kept)?;
        }
    }
    Ok(())
}

/// Removes the temporary copy of an interrupted erasure: a later erasure would not look at it. Runs first, so that an
/// erasure interrupted here is finished later.
fn remove_leftovers(disk: &dyn Disk, directory: &Path) -> Result<(), JournalError> {
    for name in disk.names(directory).unwrap_or_default() {
        if name.starts_with("disclosures.") && name.contains(".new-") {
            let path = directory.join(&name);
            disk.remove(&path).at("remove", &path)?;
        }
    }
    Ok(())
}
