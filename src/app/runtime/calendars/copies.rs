//! The last good copy of each fetched calendar, in the data directory: the people on call stay known over a restart,
//! with the age of the copy. A copy does not contain the address.

use crate::files::{self, Durable};
use crate::incident::Slug;
use crate::oncall::MAX_CALENDAR;
use chrono::{DateTime, SecondsFormat, Utc};
use std::path::{Path, PathBuf};

const DIRECTORY: &str = "calendars";

/// What the first line of a copy begins with. It stands before the calendar, where readers of calendars skip it.
const HEAD: &str = "X-WARROOM-COPY:";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarCopy {
    pub bytes: Vec<u8>,
    /// When it was fetched.
    pub at: DateTime<Utc>,
}

#[derive(Debug, Clone)]
pub struct Copies {
    data: PathBuf,
    is_read_only: bool,
}

impl Copies {
    pub fn new(data: &Path, is_read_only: bool) -> Self {
        Self {
            data: data.to_path_buf(),
            is_read_only,
        }
    }

    fn path(&self, schedule: &Slug) -> PathBuf {
        self.data.join(DIRECTORY).join(format!("{schedule}.ics"))
    }

    pub fn read(&self, schedule: &Slug) -> Option<CalendarCopy> {
        let most = MAX_CALENDAR as u64 + 200;
        let mut bytes = files::trusted_bytes(&self.path(schedule), most).ok()?;
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let head = std::str::from_utf8(&bytes[..end])
            .ok()?
            .strip_prefix(HEAD)?;
        let at = DateTime::parse_from_rfc3339(head.trim()).ok()?.to_utc();
        bytes.drain(..=end);
        Some(CalendarCopy { bytes, at })
    }

    /// The previous copy stays until the new one is complete.
    pub fn keep(&self, schedule: &Slug, copy: &CalendarCopy) -> std::io::Result<()> {
        if self.is_read_only {
            return Ok(());
        }
        files::directory(&self.data)?;
        files::directory_in(&self.data, Path::new(DIRECTORY))?;
        let at = copy.at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let mut bytes = format!("{HEAD}{at}\r\n").into_bytes();
        bytes.extend_from_slice(&copy.bytes);
        files::replace(&self.path(schedule), &bytes, Durable::Yes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn slug() -> Slug {
        Slug::nearest("on-call")
    }

    fn copy(text: &str) -> CalendarCopy {
        CalendarCopy {
            bytes: text.into(),
            at: "2026-11-30T02:10:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn a_copy_comes_back_with_its_time_and_is_its_owners_alone() {
        let home = tempfile::tempdir().unwrap();
        let copies = Copies::new(home.path(), false);
        assert_eq!(copies.read(&slug()), None);
        for text in ["BEGIN:VCALENDAR\r\n", "second"] {
            copies.keep(&slug(), &copy(text)).unwrap();
            assert_eq!(copies.read(&slug()), Some(copy(text)));
        }
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&copies.path(&slug())), 0o600);
        assert_eq!(mode(&copies.data.join(DIRECTORY)), 0o700);
        assert_eq!(
            std::fs::read_dir(copies.data.join(DIRECTORY))
                .unwrap()
                .count(),
            1
        );
    }

    #[test]
    fn a_copy_that_is_none_is_not_used() {
        let home = tempfile::tempdir().unwrap();
        let copies = Copies::new(home.path(), false);
        copies.keep(&slug(), &copy("x")).unwrap();
        for bytes in [
            &b""[..],
            b"BEGIN:VCALENDAR\n",
            b"X-WARROOM-COPY:soon\nx",
            b"\xff\xff\n",
        ] {
            std::fs::write(copies.path(&slug()), bytes).unwrap();
            assert_eq!(copies.read(&slug()), None, "{bytes:?}");
        }
        std::fs::write(copies.path(&slug()), vec![b'\n'; MAX_CALENDAR + 300]).unwrap();
        assert_eq!(copies.read(&slug()), None);
    }

    #[test]
    fn a_read_only_program_keeps_none() {
        let home = tempfile::tempdir().unwrap();
        Copies::new(home.path(), true)
            .keep(&slug(), &copy("x"))
            .unwrap();
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    }
}
