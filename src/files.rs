//! Reads the files that people configure: plain files only, bounded, so that no device, pipe or endless file stops the
//! program. Journals have readers of their own.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Largest file read as configuration, policy, playbook or template, in bytes.
pub const MAX_TEXT: u64 = 4 << 20;

/// Opens a plain file for reading. A FIFO without a writer would block for ever: `O_NONBLOCK` makes that open return,
/// and what is not a plain file is refused.
pub fn open(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(rustix::fs::OFlags::NONBLOCK.bits() as i32)
        .open(path)?;
    let kind = file.metadata()?.file_type();
    match kind.is_file() {
        true => Ok(file),
        false if kind.is_dir() => Err(refused("it is a directory, not a file")),
        false => Err(refused("it is a device, pipe or socket, not a plain file")),
    }
}

/// The bytes of a plain file of at most `max` bytes.
pub fn bytes(path: &Path, max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(max + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > max {
        true => Err(refused(format!("it is larger than {} kB", max >> 10))),
        false => Ok(bytes),
    }
}

/// The text of a plain file of at most [`MAX_TEXT`] bytes.
pub fn text(path: &Path) -> io::Result<String> {
    let mut bytes = bytes(path, MAX_TEXT)?;
    // Editors on Windows put a byte order mark before the text; it is none of it.
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        refused(format!("line {line} is not UTF-8"))
    })
}

/// The last `max` bytes of a plain file, and whether there was more before them.
pub fn tail(path: &Path, max: u64) -> io::Result<(Vec<u8>, bool)> {
    let mut file = open(path)?;
    let skipped = file.metadata()?.len().saturating_sub(max);
    file.seek(SeekFrom::Start(skipped))?;
    let mut bytes = Vec::new();
    file.take(max).read_to_end(&mut bytes)?;
    Ok((bytes, skipped > 0))
}

/// Puts a file in place, whole or not at all: on a full disk nothing is left under this name but what was there before.
/// A device or a pipe, such as `/dev/stdout`, is written to instead of being replaced.
pub fn put(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    // A link stays, and what it names is replaced.
    let place = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    if place
        .metadata()
        .is_ok_and(|there| !there.is_file() && !there.is_dir())
    {
        return OpenOptions::new()
            .write(true)
            .open(&place)?
            .write_all(bytes);
    }
    let name = place
        .file_name()
        .ok_or_else(|| refused("it names no file"))?;
    let new = format!(".{}.new-{}", name.to_string_lossy(), std::process::id());
    let new = place.with_file_name(new);
    let written = write_whole(&new, bytes, mode).and_then(|()| std::fs::rename(&new, &place));
    written.inspect_err(|_| drop(std::fs::remove_file(&new)))
}

fn write_whole(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true).mode(mode);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn refused(why: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::time::{Duration, Instant};

    #[rstest]
    #[case::fifo("fifo", "pipe")]
    #[case::directory("directory", "directory")]
    #[case::too_large("large", "larger than 4096 kB")]
    #[case::latin_1("latin", "line 2 is not UTF-8")]
    #[case::missing("missing", "No such file")]
    fn what_is_no_bounded_plain_text_is_refused_at_once(#[case] name: &str, #[case] says: &str) {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join(name);
        match name {
            "fifo" => rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RUSR).unwrap(),
            "directory" => std::fs::create_dir(&path).unwrap(),
            "large" => std::fs::write(&path, vec![b' '; MAX_TEXT as usize + 1]).unwrap(),
            "latin" => std::fs::write(&path, b"one\ntwo \xe9\n").unwrap(),
            _ => {}
        }
        let begun = Instant::now();
        let error = text(&path).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
        assert!(begun.elapsed() < Duration::from_secs(2));
    }

    #[test]
    fn an_endless_device_is_refused_also_behind_a_link() {
        let home = tempfile::tempdir().unwrap();
        let link = home.path().join("policy.yaml");
        std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
        assert!(text(&link).unwrap_err().to_string().contains("device"));
        assert!(tail(Path::new("/dev/zero"), 10).is_err());
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "\u{FEFF}one\n").unwrap();
        assert_eq!(text(file.path()).unwrap(), "one\n");
    }

    #[test]
    fn a_file_is_replaced_whole_or_stays_and_a_device_stays_a_device() {
        let home = tempfile::tempdir().unwrap();
        let (path, link) = (home.path().join("record.md"), home.path().join("link"));
        put(&path, b"one", 0o600).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        put(&link, b"two", 0o600).unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        let full = home.path().join("full");
        std::os::unix::fs::symlink("/dev/full", &full).unwrap();
        let error = put(&full, b"three", 0o600).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert!(put(home.path(), b"four", 0o600).is_err());
        let left = std::fs::read_dir(home.path()).unwrap().count();
        assert_eq!(left, 3, "nothing is left of what failed");
    }

    #[test]
    fn a_tail_says_whether_more_came_before() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "one\ntwo\n").unwrap();
        assert_eq!(tail(file.path(), 4).unwrap(), (b"two\n".to_vec(), true));
        assert_eq!(
            tail(file.path(), 8).unwrap(),
            (b"one\ntwo\n".to_vec(), false)
        );
    }
}
