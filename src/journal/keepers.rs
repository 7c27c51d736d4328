//! Who keeps the clocks: each console and each watch shows in the data directory that it is alive, so that the others
//! notice when one is gone.

use super::error::JournalError;
use super::store::Store;
use crate::incident::Slug;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// How often a sign of life is given, in seconds.
pub const BEAT: u64 = 5;
/// After this long without a sign of life a keeper counts as gone.
const GONE: TimeDelta = TimeDelta::seconds(20);
/// A keeper that has been gone for this long is forgotten.
const FORGOTTEN: TimeDelta = TimeDelta::hours(24);

/// What keeps the clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeeperKind {
    /// `warroom watch`.
    Watch,
    /// A console.
    Console,
}

impl KeeperKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Watch => "watch",
            Self::Console => "console",
        }
    }
}

/// A sign of life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keeper {
    /// What it is.
    pub keeper: KeeperKind,
    /// Its name: kind, host, process number, and when it began.
    pub process: Slug,
    /// The machine.
    pub host: String,
    /// Its number there.
    pub pid: u32,
    /// The last sign of life.
    pub beat: DateTime<Utc>,
    /// Whether it is alive; found when it is read, never written.
    #[serde(skip)]
    pub alive: bool,
}

/// The sign of life of this process. It is taken away when the process ends in good order.
pub struct Beacon {
    directory: PathBuf,
    keeper: Keeper,
}

impl Store {
    fn keepers_directory(&self) -> PathBuf {
        self.root().join("keepers")
    }

    /// The sign of life of this process, not given yet.
    pub fn beacon(&self, kind: KeeperKind) -> Beacon {
        let (host, pid, now) = (host(), std::process::id(), self.clock().now().wall);
        let process = format!("{}-{host}-{pid}-{}", kind.word(), now.timestamp());
        Beacon {
            directory: self.keepers_directory(),
            keeper: Keeper {
                keeper: kind,
                process: Slug::nearest(&process),
                host,
                pid,
                beat: now,
                alive: true,
            },
        }
    }

    /// All keepers that have shown themselves within a day. A directory that cannot be read shows none.
    pub fn keepers(&self) -> Vec<Keeper> {
        let now = self.clock().now().wall;
        let Ok(entries) = std::fs::read_dir(self.keepers_directory()) else {
            return Vec::new();
        };
        let here = host();
        let read = |entry: std::fs::DirEntry| {
            let path = entry.path();
            // Names of temporary files begin with a dot.
            let ours = path.extension().is_some_and(|end| end == "json");
            let text = crate::files::text(&path).ok().filter(|_| ours)?;
            let mut keeper: Keeper = serde_json::from_str(&text).ok()?;
            if now - keeper.beat > FORGOTTEN {
                let _ = std::fs::remove_file(&path);
                return None;
            }
            let runs = keeper.host != here || runs(keeper.pid);
            keeper.alive = runs && now - keeper.beat < GONE;
            Some(keeper)
        };
        let mut keepers: Vec<Keeper> = entries.filter_map(|entry| read(entry.ok()?)).collect();
        keepers.sort_by(|a, b| a.process.cmp(&b.process));
        keepers
    }
}

impl Beacon {
    /// Its name.
    pub fn process(&self) -> &Slug {
        &self.keeper.process
    }

    /// Gives a sign of life.
    pub fn beat(&mut self, now: DateTime<Utc>) -> Result<(), JournalError> {
        self.keeper.beat = now;
        let write = || -> std::io::Result<()> {
            std::fs::create_dir_all(&self.directory)?;
            let text = serde_json::to_string(&self.keeper)?;
            let hidden = self.directory.join(format!(".{}", self.keeper.process));
            std::fs::write(&hidden, text)?;
            std::fs::rename(&hidden, self.path())
        };
        write().map_err(JournalError::io("show a sign of life in", &self.directory))
    }

    fn path(&self) -> PathBuf {
        self.directory.join(format!("{}.json", self.keeper.process))
    }
}

impl Drop for Beacon {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(self.path());
    }
}

/// Whether a process of this machine is there. In a container with a process space of its own the numbers of others
/// mean nothing: their signs of life then count alone.
pub(super) fn runs(pid: u32) -> bool {
    !Path::new("/proc/self").exists() || Path::new(&format!("/proc/{pid}")).exists()
}

/// The machine's name with its boot and its process space, so that numbers of processes are compared only where they
/// mean the same.
pub(super) fn host() -> String {
    let name = rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    let space = std::fs::read_link("/proc/self/ns/pid").ok();
    let space = space.map_or(String::new(), |link| {
        link.to_string_lossy()
            .chars()
            .filter(char::is_ascii_digit)
            .collect()
    });
    format!(
        "{}-{space}",
        Slug::nearest(&name.chars().take(20).collect::<String>())
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Clock, Stamp};
    use std::sync::{Arc, Mutex};

    struct Hand(Mutex<DateTime<Utc>>);

    impl Clock for Hand {
        fn now(&self) -> Stamp {
            Stamp {
                wall: *self.0.lock().unwrap(),
                boot: "b".into(),
                since_boot: 1,
            }
        }
    }

    fn store(directory: &Path) -> (Store, Arc<Hand>) {
        let clock = Arc::new(Hand(Mutex::new(DateTime::UNIX_EPOCH)));
        (
            Store::new(directory, Arc::clone(&clock) as Arc<dyn Clock>),
            clock,
        )
    }

    #[test]
    fn a_keeper_is_alive_while_it_gives_signs_and_gone_afterwards() {
        let home = tempfile::tempdir().unwrap();
        let (store, clock) = store(home.path());
        assert!(store.keepers().is_empty());
        let mut beacon = store.beacon(KeeperKind::Watch);
        beacon.beat(DateTime::UNIX_EPOCH).unwrap();
        assert!(store.keepers()[0].alive);
        *clock.0.lock().unwrap() += TimeDelta::seconds(21);
        let found = store.keepers();
        assert!(!found[0].alive && found[0].process == *beacon.process());
        drop(beacon);
        assert!(
            store.keepers().is_empty(),
            "who leaves in good order leaves nothing"
        );
    }

    #[test]
    fn a_process_that_is_not_there_any_more_is_gone_at_once() {
        let home = tempfile::tempdir().unwrap();
        let (store, _) = store(home.path());
        let mut beacon = store.beacon(KeeperKind::Console);
        // No process has this number: it is above the kernel's limit.
        beacon.keeper.pid = 4_194_305;
        beacon.beat(DateTime::UNIX_EPOCH).unwrap();
        assert!(!store.keepers()[0].alive);
    }
}
