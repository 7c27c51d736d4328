//! The clock of a running exercise, published in the data directory: other programs that add to the exercise take their
//! times from the same clock.

use super::directory::DataDir;
use super::peers::{host, runs};
use crate::files::{self, Durable};
use crate::incident::Boot;
use crate::journal::{At as _, JournalError, Stamp, SystemClock};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const DIRECTORY: &str = "exercises";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockFile {
    host: String,
    pid: u32,
    boot: String,
    wall: DateTime<Utc>,
    /// Nanoseconds since boot.
    since_boot: u64,
    rate: u32,
}

/// The file is removed when the exercise of this process ends.
#[derive(Debug)]
pub struct PublishedClock(PathBuf);

impl DataDir {
    /// For an exercise that began at `origin`, by the machine's clocks.
    pub fn publish_exercise_clock(
        &self,
        origin: &Stamp,
        rate: u32,
    ) -> Result<PublishedClock, JournalError> {
        let pid = std::process::id();
        let file = ClockFile {
            host: host(),
            pid,
            boot: origin.boot.to_string(),
            wall: origin.wall,
            since_boot: origin.since_boot,
            rate,
        };
        let directory = self.root().join(DIRECTORY);
        let path = directory.join(format!("{pid}.json"));
        let write = || -> std::io::Result<()> {
            files::directory_in(self.root(), Path::new(DIRECTORY))?;
            files::replace(&path, &serde_json::to_vec(&file)?, Durable::No)
        };
        write().at("show the exercise's clock in", &directory)?;
        Ok(PublishedClock(path))
    }

    /// Origin and rate of the exercise that opened an incident at this time: the last one that had begun by then.
    /// Clocks of ended processes are ignored.
    pub fn exercise_clock(&self, opened: DateTime<Utc>) -> Option<(Stamp, u32)> {
        let (here, machine) = (host(), SystemClock::new());
        let read = |entry: std::fs::DirEntry| {
            let text = crate::files::text(&entry.path()).ok()?;
            let file: ClockFile = serde_json::from_str(&text).ok()?;
            let is_ours = file.host == here && file.boot == machine.boot().as_str();
            (is_ours && runs(file.pid)).then_some(file)
        };
        let entries = std::fs::read_dir(self.root().join(DIRECTORY)).ok()?;
        let played = entries.filter_map(|entry| read(entry.ok()?));
        let last = played
            .filter(|file| file.wall <= opened)
            .max_by_key(|file| file.wall)?;
        let origin = Stamp {
            wall: last.wall,
            boot: Boot::from(last.boot.as_str()),
            since_boot: last.since_boot,
        };
        Some((origin, last.rate))
    }
}

impl Drop for PublishedClock {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Clock;
    use std::sync::Arc;

    #[test]
    fn an_exercises_clock_is_shown_while_it_is_played() {
        let home = tempfile::tempdir().unwrap();
        let clock = Arc::new(SystemClock::new());
        let store = DataDir::new(home.path(), Arc::clone(&clock) as Arc<dyn Clock>);
        let later = clock.now().wall + chrono::TimeDelta::hours(1);
        assert_eq!(store.exercise_clock(later), None);
        let origin = clock.now();
        let shown = store.publish_exercise_clock(&origin, 60).unwrap();
        assert_eq!(store.exercise_clock(later), Some((origin, 60)));
        let before = origin.wall - chrono::TimeDelta::seconds(1);
        assert_eq!(
            store.exercise_clock(before),
            None,
            "an incident of an earlier exercise"
        );
        // What another boot left, or a process that is gone.
        let path = home.path().join(DIRECTORY).join("1.json");
        let text = std::fs::read_to_string(&shown.0).unwrap();
        for (from, to) in [
            (origin.boot.to_string(), "ffffffff".to_string()),
            (
                format!("\"pid\":{}", std::process::id()),
                "\"pid\":4194305".into(),
            ),
        ] {
            std::fs::write(&path, text.replace(&from, &to)).unwrap();
            drop(std::fs::remove_file(&shown.0));
            assert_eq!(store.exercise_clock(later), None, "{to}");
            std::fs::write(&shown.0, &text).unwrap();
        }
        drop(shown);
        assert_eq!(store.exercise_clock(later), None);
    }
}
