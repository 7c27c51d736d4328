//! Taking texts out of the files of a journal. Their commitments stay in the chain.

use super::digest::hex_digest;
use super::disk::{Disk, How};
use super::durable;
use super::error::JournalError;
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
        let mut file = match disk.open(&path, How::Read) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && number == 1 => {
                continue;
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => break,
            Err(error) => return Err(JournalError::io("read", &path)(error)),
        };
        let bytes = file.read_from(0).map_err(JournalError::io("read", &path))?;
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
            disk.remove(&path)
                .map_err(JournalError::io("remove", &path))?;
        }
    }
    Ok(())
}
