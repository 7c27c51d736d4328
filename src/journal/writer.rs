//! Durable appends: under the lock, texts first, then the lines, then the acknowledgement.

use super::clock::{Clock, Stamp};
use super::directory;
use super::entropy::Entropy;
use super::error::JournalError;
use super::line::{Encoded, Position, VERSION, encode};
use super::lock::Lock;
use super::reader::{Follower, JOURNAL};
use super::recovery;
use super::verify::{Finding, FindingKind};
use crate::incident::entry::{ActorIntroduced, ClockStepped, Proof};
use crate::incident::{Draft, Entry, Event, IncidentId, Slug};
use std::collections::HashSet;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Milliseconds by which the two clocks may differ before the journal says so.
const CLOCK_TOLERANCE_MS: i64 = 500;

/// The id under which the program itself records.
pub(crate) fn program_actor() -> Slug {
    Slug::nearest("warroom")
}

/// A journal open for writing.
pub struct Journal {
    id: IncidentId,
    directory: PathBuf,
    lock: Arc<Lock>,
    file: File,
    follower: Follower,
    once: HashSet<String>,
    clock: Arc<dyn Clock>,
    entropy: Box<dyn Entropy>,
    failed: Option<String>,
    /// Entries read from the file and not yet given to the caller, because something failed on the way.
    unreported: Vec<Entry>,
}

/// What an append did.
#[derive(Debug)]
pub struct Appended {
    /// Every entry that is new to this process, other processes' included, in order.
    pub entries: Vec<Entry>,
    /// For each draft its entry's number; `None` where the journal already had it.
    pub mine: Vec<Option<u64>>,
}

impl Journal {
    /// Creates the journal of a new incident. The drafts are durable when it returns.
    pub fn create(
        incidents: &Path,
        id: &IncidentId,
        clock: Arc<dyn Clock>,
        entropy: Box<dyn Entropy>,
        drafts: &[Draft],
    ) -> Result<(Self, Vec<Entry>), JournalError> {
        let directory_path = incidents.join(id.as_str());
        directory::create_private(&directory_path)?;
        for name in ["disclosures.jsonl", JOURNAL] {
            directory::create_durable(&directory_path.join(name), b"")?;
        }
        directory::sync(incidents)?;
        let (mut journal, mut entries) = Self::open(incidents, id, clock, entropy)?;
        entries.extend(journal.append(drafts)?.entries);
        Ok((journal, entries))
    }

    /// Opens a journal: settles its tail, reads it whole.
    pub fn open(
        incidents: &Path,
        id: &IncidentId,
        clock: Arc<dyn Clock>,
        entropy: Box<dyn Entropy>,
    ) -> Result<(Self, Vec<Entry>), JournalError> {
        let directory = incidents.join(id.as_str());
        let path = directory.join(JOURNAL);
        if !path.exists() {
            let path = incidents.to_path_buf();
            return Err(JournalError::NotFound {
                id: id.to_string(),
                path,
            });
        }
        let lock = Arc::new(Lock::open(&directory)?);
        let mut follower = Follower::new(&directory);
        let (entries, recovered) = {
            let _held = lock.hold()?;
            let (mut entries, finding) = follower.read_new()?;
            let recovered = recovery::settle(&directory, &follower, finding)?;
            entries.extend(follower.read_new()?.0);
            (entries, recovered)
        };
        if entries.is_empty() && follower.disclosures.len() > 0 {
            let what = "it is empty although texts of its entries are there".to_string();
            let finding = Finding {
                kind: FindingKind::Removed,
                line: 1,
                what,
            };
            return Err(JournalError::NotIntact { path, finding });
        }
        let file = recovery::open_for_append(&path)?;
        let once = entries.iter().filter_map(once_key).collect();
        let mut journal = Self {
            id: id.clone(),
            directory,
            lock,
            file,
            follower,
            once,
            clock,
            entropy,
            failed: None,
            unreported: Vec::new(),
        };
        let mut entries = entries;
        if let Some(recovered) = recovered {
            let draft = Draft::new(&program_actor(), Event::Recovered(recovered));
            entries.extend(journal.append(&[draft])?.entries);
        }
        Ok((journal, entries))
    }

    /// The incident's id.
    pub fn id(&self) -> &IncidentId {
        &self.id
    }

    /// Its directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// What others have added since the last call.
    pub fn refresh(&mut self) -> Result<Vec<Entry>, JournalError> {
        // After a failed sync this file is not read for truth: what it shows may not be on the disk.
        if self.failed.is_some() {
            return Ok(Vec::new());
        }
        self.pull()?;
        Ok(std::mem::take(&mut self.unreported))
    }

    fn pull(&mut self) -> Result<(), JournalError> {
        let entries = self.follower.refresh()?;
        self.once.extend(entries.iter().filter_map(once_key));
        self.unreported.extend(entries);
        Ok(())
    }

    /// Appends drafts that are not there yet. They are durable when it returns; after an error none of them
    /// is.
    pub fn append(&mut self, drafts: &[Draft]) -> Result<Appended, JournalError> {
        if let Some(reason) = &self.failed {
            let path = self.follower.path().to_path_buf();
            return Err(JournalError::SyncFailed {
                path,
                reason: reason.clone(),
            });
        }
        let lock = Arc::clone(&self.lock);
        let _held = lock.hold()?;
        self.append_held(drafts)
    }

    fn append_held(&mut self, drafts: &[Draft]) -> Result<Appended, JournalError> {
        self.pull()?;
        if self.follower.newest > VERSION {
            let path = self.follower.path().to_path_buf();
            return Err(JournalError::Newer {
                path,
                version: self.follower.newest,
            });
        }
        let stamp = self.clock.now();
        let mut position = self.follower.position.clone();
        let mut taken = HashSet::new();
        let (mut encoded, mut mine) = (Vec::new(), Vec::new());
        if let Some(stepped) = self.clock_step(&stamp) {
            self.encode_next(&stepped, &stamp, &mut position, &mut encoded)?;
        }
        for draft in drafts {
            let key = draft.event.once_key();
            let known = key
                .as_ref()
                .is_some_and(|key| self.once.contains(key) || taken.contains(key));
            if known {
                mine.push(None);
                continue;
            }
            taken.extend(key);
            self.encode_next(draft, &stamp, &mut position, &mut encoded)?;
            mine.push(Some(position.seq));
        }
        if mine.iter().all(Option::is_none) {
            return Ok(Appended {
                entries: std::mem::take(&mut self.unreported),
                mine,
            });
        }
        self.write(&encoded)?;
        let bytes = encoded.iter().map(|e| e.line.len()).sum();
        self.follower.advance(bytes, position, stamp);
        // The entries are durable: nothing after this may make them look as if they were not.
        if let Err(error) = self.follower.disclosures.refresh() {
            tracing::warn!(%error, "texts are read again later");
        }
        self.once.extend(taken);
        let mut entries = std::mem::take(&mut self.unreported);
        entries.extend(encoded.into_iter().map(|e| e.entry));
        Ok(Appended { entries, mine })
    }

    fn encode_next(
        &mut self,
        draft: &Draft,
        stamp: &Stamp,
        position: &mut Position,
        encoded: &mut Vec<Encoded>,
    ) -> Result<(), JournalError> {
        let mut random = [0; 10];
        self.entropy.fill(&mut random)?;
        let millis = stamp.wall.timestamp_millis().max(0) as u64;
        let id = uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
        let entropy = &mut self.entropy;
        let next = encode(draft, position, stamp, id, || {
            let mut salt = [0; 16];
            entropy.fill(&mut salt).map(|()| salt)
        })?;
        *position = Position {
            seq: next.entry.seq,
            hash: next.entry.hash.clone(),
        };
        encoded.push(next);
        Ok(())
    }

    fn clock_step(&self, stamp: &Stamp) -> Option<Draft> {
        let step_ms = stamp.step_since(self.follower.last.as_ref()?)?;
        let event = Event::ClockStepped(ClockStepped { step_ms });
        (step_ms.abs() > CLOCK_TOLERANCE_MS).then(|| Draft::new(&program_actor(), event))
    }

    /// Texts, then lines, each synced. Where a write falls short, the files go back to what is acknowledged;
    /// where a sync fails, nobody knows what the disk holds, and this file is not written to again.
    fn write(&mut self, encoded: &[Encoded]) -> Result<(), JournalError> {
        let texts: String = encoded
            .iter()
            .flat_map(|e| &e.disclosures)
            .map(|line| format!("{line}\n"))
            .collect();
        if !texts.is_empty() {
            // Opened anew each time: an erasure replaces the file.
            let path = self.follower.disclosures.path().to_path_buf();
            let mut file = recovery::open_for_append(&path)?;
            write_or_undo(&mut file, &[texts.as_bytes()], &path)?;
            self.sync(&file, &path)?;
        }
        let path = self.follower.path().to_path_buf();
        let lines: Vec<&[u8]> = encoded.iter().map(|e| e.line.as_slice()).collect();
        write_or_undo(&mut self.file, &lines, &path)?;
        let file = self
            .file
            .try_clone()
            .map_err(JournalError::io("open", &path))?;
        self.sync(&file, &path)
    }

    fn sync(&mut self, file: &File, path: &Path) -> Result<(), JournalError> {
        file.sync_data().map_err(|error| {
            self.failed = Some(error.to_string());
            JournalError::SyncFailed {
                path: path.to_path_buf(),
                reason: error.to_string(),
            }
        })
    }
}

/// One `write` per line; on a failure the file is cut back to where it was.
fn write_or_undo(file: &mut File, lines: &[&[u8]], path: &Path) -> Result<(), JournalError> {
    let before = file
        .metadata()
        .map_err(JournalError::io("look at", path))?
        .len();
    for line in lines {
        if let Err(error) = file.write_all(line) {
            let _ = file.set_len(before);
            return Err(JournalError::io("write to", path)(error));
        }
    }
    Ok(())
}

fn once_key(entry: &Entry) -> Option<String> {
    entry.event().and_then(Event::once_key)
}

/// The draft that introduces the program as an actor.
pub(crate) fn introduce_program() -> Draft {
    let introduced = ActorIntroduced {
        actor: program_actor(),
        uid: None,
        proof: Proof::Program,
    };
    Draft::new(&program_actor(), Event::Actor(introduced))
}
