//! Peers: each console and each paging service writes a heartbeat into the data directory, so that the others notice
//! lost contact.

use super::directory::DataDir;
use crate::files::{self, Durable};
use crate::incident::Slug;
use crate::journal::{At as _, JournalError, Stamp};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Below the data directory; the name predates the term.
const DIRECTORY: &str = "keepers";
/// Seconds between two heartbeats.
pub const BEAT: u64 = 5;
const LOST: TimeDelta = TimeDelta::seconds(20);
const FORGOTTEN: TimeDelta = TimeDelta::hours(24);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PeerKind {
    Watch,
    Console,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    #[serde(rename = "keeper")]
    pub kind: PeerKind,
    /// Kind, host, process number, and when it began.
    pub process: Slug,
    pub host: String,
    pub pid: u32,
    /// The last heartbeat, converted to the current wall clock when read.
    pub beat: DateTime<Utc>,
    /// The same by the boot clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mono: Option<String>,
    /// Determined on reading, never written.
    #[serde(skip)]
    pub alive: bool,
}

/// Its file is removed when the process ends normally.
pub struct Heartbeat {
    root: PathBuf,
    peer: Peer,
}

impl DataDir {
    pub fn heartbeat(&self, kind: PeerKind) -> Heartbeat {
        let (host, pid, now) = (host(), std::process::id(), self.clock.now().wall);
        let process = format!("{}-{host}-{pid}-{}", kind.word(), now.timestamp());
        Heartbeat {
            root: self.root().to_path_buf(),
            peer: Peer {
                kind,
                process: Slug::nearest(&process),
                host,
                pid,
                beat: now,
                mono: None,
                alive: true,
            },
        }
    }

    /// With a heartbeat within a day; none if the directory cannot be read.
    pub fn peers(&self) -> Vec<Peer> {
        let stamp = self.clock.now();
        let now = stamp.wall;
        let Ok(entries) = std::fs::read_dir(self.root().join(DIRECTORY)) else {
            return Vec::new();
        };
        let here = host();
        let read = |entry: std::fs::DirEntry| {
            let path = entry.path();
            // Names of temporary files begin with a dot.
            let ours = path.extension().is_some_and(|end| end == "json");
            let text = crate::files::text(&path).ok().filter(|_| ours)?;
            let mut peer: Peer = serde_json::from_str(&text).ok()?;
            // The wall clock may have been set since; the boot clock gives the age.
            let mono = peer.mono.as_deref().and_then(Stamp::read_mono);
            let when = mono.and_then(|(boot, since)| stamp.when(boot, since));
            peer.beat = when.unwrap_or(peer.beat);
            if now - peer.beat > FORGOTTEN {
                let _ = std::fs::remove_file(&path);
                return None;
            }
            let runs = peer.host != here || runs(peer.pid);
            peer.alive = runs && now - peer.beat < LOST;
            Some(peer)
        };
        let mut peers: Vec<Peer> = entries.filter_map(|entry| read(entry.ok()?)).collect();
        peers.sort_by(|a, b| a.process.cmp(&b.process));
        peers
    }
}

impl Heartbeat {
    pub fn process(&self) -> &Slug {
        &self.peer.process
    }

    pub fn beat(&mut self, now: &Stamp) -> Result<(), JournalError> {
        self.peer.beat = now.wall;
        self.peer.mono = Some(now.mono());
        let write = || -> std::io::Result<()> {
            let text = serde_json::to_vec(&self.peer)?;
            files::directory_in(&self.root, Path::new(DIRECTORY))?;
            files::replace(&self.path(), &text, Durable::No)
        };
        write().at("write the heartbeat in", self.root.join(DIRECTORY))
    }

    fn path(&self) -> PathBuf {
        let directory = self.root.join(DIRECTORY);
        directory.join(format!("{}.json", self.peer.process))
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(self.path());
    }
}

/// In a container with its own process namespace other process numbers mean nothing: only heartbeats count.
pub(super) fn runs(pid: u32) -> bool {
    !Path::new("/proc/self").exists() || Path::new(&format!("/proc/{pid}")).exists()
}

/// Host name, boot and process namespace: process numbers are comparable only where all three match.
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
    use crate::data_dir::tests::ManualClock;
    use crate::journal::Clock;
    use std::sync::Arc;

    fn store(directory: &Path) -> (DataDir, ManualClock) {
        let clock = ManualClock::new();
        (DataDir::new(directory, Arc::new(clock.clone())), clock)
    }

    #[test]
    fn a_peer_is_alive_while_its_heart_beats_and_lost_afterwards() {
        let home = tempfile::tempdir().unwrap();
        let (store, clock) = store(home.path());
        assert!(store.peers().is_empty());
        let mut heartbeat = store.heartbeat(PeerKind::Watch);
        heartbeat.beat(&clock.now()).unwrap();
        assert!(store.peers()[0].alive);
        clock.pass(21_000, 21_000);
        let found = store.peers();
        assert!(!found[0].alive && found[0].process == *heartbeat.process());
        drop(heartbeat);
        assert!(store.peers().is_empty(), "a normal end leaves no file");
    }

    #[test]
    fn a_wall_clock_that_is_set_makes_nobody_gone_and_nobody_alive() {
        let home = tempfile::tempdir().unwrap();
        let (store, clock) = store(home.path());
        let mut heartbeat = store.heartbeat(PeerKind::Watch);
        heartbeat.beat(&clock.now()).unwrap();
        for step in [
            TimeDelta::days(2),
            TimeDelta::days(-4),
            TimeDelta::hours(-1),
        ] {
            clock.pass(step.num_milliseconds(), 2_000);
            let found = store.peers();
            let age = clock.now().wall - found[0].beat;
            assert!(
                found[0].alive && age < TimeDelta::seconds(7),
                "{step}: {age}"
            );
        }
        clock.pass(-3_600_000, 15_000);
        assert!(!store.peers()[0].alive, "21 s without a heartbeat");
    }

    #[test]
    fn a_process_that_is_not_there_any_more_is_gone_at_once() {
        let home = tempfile::tempdir().unwrap();
        let (store, clock) = store(home.path());
        let mut heartbeat = store.heartbeat(PeerKind::Console);
        // No process has this number: it is above the kernel's limit.
        heartbeat.peer.pid = 4_194_305;
        heartbeat.beat(&clock.now()).unwrap();
        assert!(!store.peers()[0].alive);
    }
}
