//! The signatures of a journal: files named by their digest.

use super::digest::hex_digest;
use super::disk::{Disk, OpenMode};
use super::durable;
use super::error::JournalError;
use super::grammar::is_hash;
use super::signer::{MAX_SIGNATURE, Signature};
use std::path::Path;

/// Durable when it returns.
pub(crate) fn keep_signature(
    disk: &dyn Disk,
    directory: &Path,
    signature: &Signature,
) -> Result<(), JournalError> {
    let blobs = directory.join("blobs");
    durable::create_private(disk, &blobs)?;
    let path = blobs.join(signature.digest());
    if disk.stat(&path).is_err() {
        durable::create_durable(disk, &path, signature.armored.as_bytes())?;
    }
    durable::sync(disk, directory)
}

/// Only a plain file whose digest is its name.
pub(crate) fn kept_signature(disk: &dyn Disk, directory: &Path, digest: &str) -> Option<String> {
    is_hash(digest).then_some(())?;
    let path = directory.join("blobs").join(digest);
    let read = disk.open(&path, OpenMode::Read);
    let bytes = read.and_then(|mut file| file.read_some(0, MAX_SIGNATURE));
    let text = String::from_utf8(bytes.ok()?).ok()?;
    (hex_digest(text.as_bytes()) == digest).then_some(text)
}
