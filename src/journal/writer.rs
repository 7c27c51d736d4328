//! Durable appends: under the lock, texts first, then the lines, then the acknowledgement.

mod durable;

use super::clock::{Clock, Stamp};
use super::directory;
use super::disk::Disk;
use super::entropy::Entropy;
use super::error::JournalError;
use super::grammar::VERSION;
use super::line::{Encoded, Position, encode};
use super::lock::Lock;
use super::reader::{Follower, News, must_be_there};
use super::recovery;
use super::verify::FindingKind;
use crate::incident::entry::{
    ActorIntroduced, CheckpointFailed, Checkpointed, ClockStepped, Erased, Proof, Recovered,
    Sealed, StatusChanged,
};
use crate::incident::{ClockHistory, ClockNews, Draft, Entry, Event, Status, program};
use durable::Files;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a journal is written with.
pub struct Means {
    /// The file system.
    pub disk: Arc<dyn Disk>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Where ids and salts come from.
    pub entropy: Box<dyn Entropy>,
}

/// A journal open for writing.
pub struct Journal {
    directory: PathBuf,
    disk: Arc<dyn Disk>,
    lock: Arc<Lock>,
    files: Files,
    follower: Follower,
    once: HashSet<String>,
    /// What the entries say about the clocks, while they matter: until the incident is closed.
    history: Option<ClockHistory>,
    clock: Arc<dyn Clock>,
    entropy: Box<dyn Entropy>,
    /// Entries read from the file and not yet given to the caller, because something failed on the way.
    unreported: News,
    /// Lines of an append that failed on the way, by the entry's id: the same drafts come again, and are these.
    half_done: HashMap<String, u64>,
}

/// What an append did.
#[derive(Debug)]
pub struct Appended {
    /// Every entry that is new to this process, other processes' included, in order.
    pub entries: Vec<Entry>,
    /// Whether `entries` is the whole journal, because lines that this process had read were taken back.
    pub reread: bool,
    /// For each draft its entry's number; `None` where the journal already had it.
    pub mine: Vec<Option<u64>>,
}

impl Journal {
    /// Creates the journal of a new incident. The drafts are durable when it returns.
    pub fn create(
        directory_path: &Path,
        means: Means,
        drafts: &[Draft],
    ) -> Result<(Self, Vec<Entry>), JournalError> {
        let disk = means.disk.as_ref();
        directory::create_private(disk, directory_path)?;
        for name in ["disclosures.jsonl", "journal.jsonl"] {
            directory::create_durable(disk, &directory_path.join(name), b"")?;
        }
        if let Some(parent) = directory_path.parent() {
            directory::sync(disk, parent)?;
        }
        let (mut journal, mut entries) = Self::open(directory_path, means, None)?;
        // The first line, which has no text, comes alone: texts without any line are then never what a crash leaves.
        let (first, rest) = drafts.split_at(drafts.len().min(1));
        for drafts in [first, rest] {
            entries.extend(journal.append(drafts)?.entries);
        }
        Ok((journal, entries))
    }

    /// Opens a journal: settles its tail, reads it whole. `known` is the highest entry that this user is known
    /// to have seen recorded: a journal that lacks it is refused.
    pub fn open(
        directory: &Path,
        means: Means,
        known: Option<Position>,
    ) -> Result<(Self, Vec<Entry>), JournalError> {
        let Means {
            disk,
            clock,
            entropy,
        } = means;
        must_be_there(disk.as_ref(), directory)?;
        let lock = Arc::new(Lock::open(disk.as_ref(), directory)?);
        let mut journal = Self {
            files: Files::new(Arc::clone(&disk), directory),
            follower: Follower::new(Arc::clone(&disk), directory, known),
            directory: directory.to_path_buf(),
            disk,
            lock,
            once: HashSet::new(),
            history: Some(ClockHistory::default()),
            clock,
            entropy,
            unreported: News::default(),
            half_done: HashMap::new(),
        };
        let recovered = {
            let lock = Arc::clone(&journal.lock);
            let _held = lock.hold()?;
            journal.pull()?
        };
        if journal.follower.position.seq == 0 && !journal.follower.disclosures.is_empty() {
            let what = "it is empty although texts of its entries are there";
            let finding = journal.follower.finding(FindingKind::Removed, what);
            return Err(journal.follower.not_intact(finding));
        }
        if let Some(recovered) = recovered {
            let draft = Draft::new(&program(), recovered);
            let appended = journal.append(&[draft])?;
            journal.finish_erasures(&appended.entries)?;
            return Ok((journal, appended.entries));
        }
        let entries = std::mem::take(&mut journal.unreported).entries;
        journal.finish_erasures(&entries)?;
        Ok((journal, entries))
    }

    /// An erasure that was cut off after its entry is finished: the entry is the promise.
    fn finish_erasures(&mut self, entries: &[Entry]) -> Result<(), JournalError> {
        let erased = entries.iter().filter_map(Entry::data::<Erased>);
        let erased = erased.map(|data| data.commitment.clone());
        let left: std::collections::BTreeSet<String> = erased
            .filter(|text| self.follower.disclosures.get(text).is_some())
            .collect();
        if left.is_empty() {
            return Ok(());
        }
        self.while_locked(|journal| journal.strike(&left))
    }

    /// Its directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Where it stands.
    pub fn position(&self) -> &Position {
        &self.follower.position
    }

    /// What others have added since the last call.
    pub fn refresh(&mut self) -> Result<News, JournalError> {
        // After a failed sync this file is not read for truth: what it shows may not be on the disk.
        if self.files.failed() {
            return Ok(News::default());
        }
        let news = self.follower.refresh()?;
        self.take_in(news);
        Ok(std::mem::take(&mut self.unreported))
    }

    fn take_in(&mut self, news: News) {
        if news.reread {
            self.once.clear();
            self.history = Some(ClockHistory::default());
            self.half_done.clear();
            self.unreported = News::default();
        }
        self.once.extend(news.entries.iter().filter_map(once_key));
        news.entries.iter().for_each(|entry| self.note_clock(entry));
        self.unreported.reread |= news.reread;
        self.unreported.entries.extend(news.entries);
    }

    /// Reads what others wrote and brings the tail in order. Under the lock: what it reads was acknowledged.
    fn pull(&mut self) -> Result<Option<Recovered>, JournalError> {
        let (news, finding) = self.follower.read_new()?;
        self.take_in(news);
        if finding.is_none() && self.follower.ends_clean() {
            self.follower.trust();
            return Ok(None);
        }
        let settled = recovery::settle(
            self.disk.as_ref(),
            &self.directory,
            &mut self.follower,
            finding,
        )?;
        let (news, finding) = self.follower.read_new()?;
        self.take_in(news);
        match finding {
            Some(finding) => Err(self.follower.not_intact(finding)),
            None => {
                self.follower.trust();
                Ok(settled)
            }
        }
    }

    /// Appends drafts that are not there yet. They are durable when it returns; after an error none of them
    /// is known to be, and each may be tried again under its id.
    pub fn append(&mut self, drafts: &[Draft]) -> Result<Appended, JournalError> {
        let lock = Arc::clone(&self.lock);
        let _held = lock.hold()?;
        self.append_held(drafts)
    }

    fn append_held(&mut self, drafts: &[Draft]) -> Result<Appended, JournalError> {
        let recovered = if self.files.untouched_since_failure(&self.follower)? {
            None
        } else {
            self.files.forget_failure();
            self.pull()?
        };
        self.may_write(drafts)?;
        let stamp = self.clock.now();
        let own = recovered
            .map(|data| Draft::new(&program(), data))
            .into_iter()
            .chain(self.clock_news(&stamp));
        let mut all: Vec<Draft> = own.collect();
        let first = all.len();
        all.extend_from_slice(drafts);
        // Named before the first try, so that a second one knows what the first has written.
        for draft in &mut all {
            if draft.id.is_none() {
                draft.id = Some(fresh_entry_id(&stamp, self.entropy.as_mut())?);
            }
        }
        let mut result = self.append_once(&all, &stamp);
        if result.is_err() && self.files.failed() {
            // The disk did not confirm: on in the next file, where the same drafts keep their ids.
            result = self.append_once(&all, &stamp);
        }
        let mine = result?.split_off(first.min(all.len()));
        self.half_done.clear();
        let news = std::mem::take(&mut self.unreported);
        Ok(Appended {
            entries: news.entries,
            reread: news.reread,
            mine,
        })
    }

    fn may_write(&self, drafts: &[Draft]) -> Result<(), JournalError> {
        if self.follower.newest > VERSION {
            return Err(JournalError::Newer {
                path: self.follower.path(),
                version: self.follower.newest,
            });
        }
        let closing = |draft: &Draft| {
            draft.event.is::<Checkpointed>()
                || draft.event.is::<CheckpointFailed>()
                || draft.event.is::<Sealed>()
        };
        if self.follower.sealed && !drafts.iter().all(closing) {
            return Err(JournalError::Sealed {
                path: self.directory.clone(),
            });
        }
        Ok(())
    }

    /// Drafts that an earlier try has written after all.
    fn already_there(&self, drafts: &[Draft]) -> Vec<Option<u64>> {
        let number = |draft: &Draft| {
            let id = draft.id?.to_string();
            let same = |entry: &&Entry| entry.id == id;
            let read = self.unreported.entries.iter().find(same).map(|e| e.seq);
            // What was read back and told meanwhile is not among what is new.
            read.or_else(|| self.half_done.get(&id).copied())
        };
        drafts.iter().map(number).collect()
    }

    /// One try: the next file first where this one has failed, then texts, then line by line. A crash then leaves
    /// at most one line that is not whole, which is how a torn end is told from an altered one.
    fn append_once(
        &mut self,
        drafts: &[Draft],
        stamp: &Stamp,
    ) -> Result<Vec<Option<u64>>, JournalError> {
        if self.files.failed() {
            self.go_on_in_next_file()?;
        }
        let there = self.already_there(drafts);
        if there.iter().any(Option::is_some) {
            self.files.sync(&self.follower)?;
        }
        let mut position = self.follower.position.clone();
        let mut taken = HashSet::new();
        let (mut encoded, mut mine) = (Vec::new(), Vec::new());
        for (draft, there) in drafts.iter().zip(there) {
            let key = draft.event.dedup_key();
            let known = key
                .as_ref()
                .is_some_and(|key| self.once.contains(key) || taken.contains(key));
            if known || there.is_some() {
                mine.push(there);
                continue;
            }
            taken.extend(key);
            self.encode_next(draft, stamp, &mut position, &mut encoded)?;
            mine.push(Some(position.seq));
        }
        let texts = encoded.iter().flat_map(|line| &line.disclosures);
        self.files.write_texts(texts)?;
        for line in encoded {
            self.files.write_line(&self.follower, &line.line)?;
            let position = Position {
                seq: line.entry.seq,
                hash: line.entry.hash.clone(),
            };
            self.follower.advance(line.line.len(), position);
            self.note_clock(&line.entry);
            self.follower.sealed |= line.entry.is::<Sealed>();
            self.once.extend(once_key(&line.entry));
            self.half_done.insert(line.entry.id.clone(), line.entry.seq);
            self.unreported.entries.push(line.entry);
        }
        Ok(mine)
    }

    fn encode_next(
        &mut self,
        draft: &Draft,
        stamp: &Stamp,
        position: &mut Position,
        encoded: &mut Vec<Encoded>,
    ) -> Result<(), JournalError> {
        let id = match draft.id {
            Some(id) => id,
            None => fresh_entry_id(stamp, self.entropy.as_mut())?,
        };
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

    fn note_clock(&mut self, entry: &Entry) {
        let Some(history) = &mut self.history else {
            return;
        };
        history.take(entry);
        if let Some(data) = entry.data::<ClockStepped>() {
            history.told(entry.seq, data);
        }
        let closed = |data: &StatusChanged| data.status == Status::Closed;
        if entry.data().is_some_and(closed) {
            self.history = None;
        }
    }

    /// What is to be said about the clocks before anything else: what follows is read by it.
    fn clock_news(&self, stamp: &Stamp) -> Option<Draft> {
        let news = self.history.as_ref().filter(|_| !self.follower.sealed);
        let news = news.and_then(|history| history.news(stamp));
        // Nothing waits in a journal that is no incident's.
        let waits = self.once.contains("opened");
        let news = news.filter(|news| waits || matches!(news, ClockNews::Stepped(..)));
        news.map(|news| Draft::new(&program(), news.event()))
    }

    /// Creates the next file of the chain with its first line in it, whole or not at all.
    fn go_on_in_next_file(&mut self) -> Result<(), JournalError> {
        let continued = crate::incident::entry::Continued {
            file: self.follower.file + 1,
            length: self.follower.length,
        };
        let draft = Draft::new(&program(), continued);
        let stamp = self.clock.now();
        let mut position = self.follower.position.clone();
        let mut encoded = Vec::new();
        self.encode_next(&draft, &stamp, &mut position, &mut encoded)?;
        for line in encoded {
            self.files.continue_in_next(&self.follower, &line.line)?;
            self.follower.cross();
            self.follower.advance(line.line.len(), position.clone());
            self.note_clock(&line.entry);
            self.unreported.entries.push(line.entry);
        }
        Ok(())
    }

    /// Does something while no other process writes to this journal, after reading what they wrote.
    pub(super) fn while_locked<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let lock = Arc::clone(&self.lock);
        let _held = lock.hold()?;
        work(self)
    }

    pub(super) fn disk(&self) -> &Arc<dyn Disk> {
        &self.disk
    }

    /// Appends inside [`Journal::while_locked`].
    pub(super) fn append_locked(&mut self, drafts: &[Draft]) -> Result<Appended, JournalError> {
        self.append_held(drafts)
    }
}

/// A fresh id of an entry, a version 7 UUID.
pub fn fresh_entry_id(
    stamp: &Stamp,
    entropy: &mut dyn Entropy,
) -> Result<uuid::Uuid, JournalError> {
    let mut random = [0; 10];
    entropy.fill(&mut random)?;
    let millis = stamp.wall.timestamp_millis().max(0) as u64;
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

fn once_key(entry: &Entry) -> Option<String> {
    entry.event().and_then(Event::dedup_key)
}

/// The draft that introduces the program as an actor.
pub(crate) fn introduce_program() -> Draft {
    let introduced = ActorIntroduced {
        was: None,
        actor: program(),
        uid: None,
        proof: Proof::Program,
        key: None,
    };
    Draft::new(&program(), introduced)
}
