//! A file of diagnostics for each day (UTC), its owner's alone; only the newest are kept.

use crate::files;
use chrono::{NaiveDate, Utc};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const PREFIX: &str = "warroom.";
const SUFFIX: &str = ".log";

/// Writes to the file of the day.
pub(super) struct Daily {
    directory: PathBuf,
    days: usize,
    open: Option<(NaiveDate, File)>,
}

impl Daily {
    /// Keeps the files of so many days.
    pub(super) fn new(directory: &Path, days: usize) -> Self {
        Self {
            directory: directory.to_path_buf(),
            days,
            open: None,
        }
    }

    /// Writes a line. One that cannot be written is lost: there is no place to say so.
    pub(super) fn write(&mut self, bytes: &[u8]) {
        let _ = self.try_write(Utc::now().date_naive(), bytes);
    }

    fn try_write(&mut self, day: NaiveDate, bytes: &[u8]) -> io::Result<()> {
        if self.open.as_ref().is_none_or(|(open, _)| *open != day) {
            let path = self.directory.join(format!("{PREFIX}{day}{SUFFIX}"));
            self.open = Some((day, files::append_or_create(&path)?));
            self.remove_old();
        }
        match &mut self.open {
            Some((_, file)) => file.write_all(bytes),
            None => Ok(()),
        }
    }

    fn remove_old(&self) {
        let Ok(names) = std::fs::read_dir(&self.directory) else {
            return;
        };
        let day = |name: &str| {
            let day = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
            day.parse::<NaiveDate>().ok()
        };
        let mut kept: Vec<(NaiveDate, PathBuf)> = names
            .filter_map(Result::ok)
            .filter_map(|entry| Some((day(entry.file_name().to_str()?)?, entry.path())))
            .collect();
        kept.sort();
        let old = kept.len().saturating_sub(self.days);
        for (_, path) in &kept[..old] {
            let _ = std::fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt;

    #[test]
    fn each_day_has_a_file_of_its_owner_and_only_the_newest_stay() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("warroom.notes.log"), "not ours").unwrap();
        let mut daily = Daily::new(home.path(), 3);
        let first: NaiveDate = "2026-11-28".parse().unwrap();
        for day in first.iter_days().take(5) {
            daily.try_write(day, b"a\n").unwrap();
            daily.try_write(day, b"b\n").unwrap();
        }
        let names = std::fs::read_dir(home.path()).unwrap();
        let mut names: Vec<String> = names
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        let wanted =
            ["2026-11-30", "2026-12-01", "2026-12-02"].map(|day| format!("warroom.{day}.log"));
        assert_eq!(names[..3], wanted);
        assert_eq!(names[3..], ["warroom.notes.log"]);
        let newest = home.path().join(&names[2]);
        assert_eq!(std::fs::read_to_string(&newest).unwrap(), "a\nb\n");
        assert_eq!(std::fs::metadata(&newest).unwrap().mode() & 0o777, 0o600);
    }
}
