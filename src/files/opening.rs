//! Opens plain files for reading, and nothing else.

use super::creating::refused;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Refuses anything but a plain file. `O_NONBLOCK`: opening a FIFO without a writer would block for ever.
pub fn open(path: &Path) -> io::Result<File> {
    open_with(path, rustix::fs::OFlags::NONBLOCK)
}

/// Refuses a symbolic link too: for files of a directory that is checked as a whole.
pub fn open_unlinked(path: &Path) -> io::Result<File> {
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOFOLLOW;
    open_with(path, flags)
}

fn open_with(path: &Path, flags: rustix::fs::OFlags) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let options = options.read(true).custom_flags(flags.bits() as i32);
    let file = options.open(path)?;
    let kind = file.metadata()?.file_type();
    match kind.is_file() {
        true => Ok(file),
        false if kind.is_dir() => Err(refused("it is a directory, not a file")),
        false => Err(refused("it is a device, pipe or socket, not a plain file")),
    }
}
