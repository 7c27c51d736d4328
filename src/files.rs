//! Plain files, read within limits, so that no device, pipe or endless file stops the program; checked for write
//! access of others if they decide what the program does; created with the documented mode.

mod creating;
mod document;
mod opening;
mod rights;

pub use creating::{
    Durable, append_or_create, create_new, directory, directory_in, open_or_create, open_to_append,
    replace, set_mode,
};
pub use document::{Placed, write_document};
pub use opening::{open, open_unlinked};
pub use rights::{Exposed, Writers, directory_is_ours, shared_above};

use creating::refused;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Largest configuration, policy, playbook or template, in bytes.
pub const MAX_TEXT: u64 = 4 << 20;

pub fn open_directory(path: &Path) -> io::Result<File> {
    File::open(path)
}

pub fn bytes(path: &Path, max: u64) -> io::Result<Vec<u8>> {
    bounded(open(path)?, max)
}

/// Refuses a file that others can change.
pub fn trusted_bytes(path: &Path, max: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    rights::only_ours(path, &file)?;
    bounded(file, max)
}

/// Refuses a file that others can read or change.
pub fn private_bytes(path: &Path, max: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let meta = rights::only_ours(path, &file)?;
    rights::private(path, &meta)?;
    bounded(file, max)
}

fn bounded(file: File, max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(max + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > max {
        true => Err(refused(format!("it is larger than {} kB", max >> 10))),
        false => Ok(bytes),
    }
}

/// At most [`MAX_TEXT`] bytes.
pub fn text(path: &Path) -> io::Result<String> {
    utf8(bytes(path, MAX_TEXT)?)
}

/// As [`text`], of a file that others cannot change.
pub fn trusted_text(path: &Path) -> io::Result<String> {
    utf8(trusted_bytes(path, MAX_TEXT)?)
}

fn utf8(mut bytes: Vec<u8>) -> io::Result<String> {
    // Editors on Windows write a byte order mark; it is not part of the text.
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        refused(format!("line {line} is not UTF-8"))
    })
}

/// The last `max` bytes, and whether more precede them.
pub fn tail(path: &Path, max: u64) -> io::Result<(Vec<u8>, bool)> {
    let mut file = open(path)?;
    let skipped = file.metadata()?.len().saturating_sub(max);
    file.seek(SeekFrom::Start(skipped))?;
    let mut bytes = Vec::new();
    file.take(max).read_to_end(&mut bytes)?;
    Ok((bytes, skipped > 0))
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
