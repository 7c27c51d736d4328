//! Durable appends: under the lock, texts first, then the lines, then the acknowledgement.

mod output;

use super::clock::{Clock, Stamp};
use super::disk::Disk;
use super::durable;
use super::entropy::{Entropy, fresh_entry_id};
use super::erasure::strike;
use super::error::JournalError;
use super::finding::FindingKind;
use super::grammar::VERSION;
use super::line::{Encoded, Head, encode};
use super::lock::Lock;
use super::reader::{Follower, must_be_there};
use super::recovery;
use super::store::{AppendError, Appended, Follow, Journal, News};
use crate::incident::entry::{
    CheckpointFailed, Checkpointed, ClockStepped, Erased, Recovered, Sealed, StatusChanged,
};
use crate::incident::{ClockHistory, ClockNews, Draft, Entry, Event, Status, program};
use output::Files;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) struct Means {
    pub disk: Arc<dyn Disk>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Box<dyn Entropy>,
}

/// The files of a journal, open for appending.
pub(crate) struct FileJournal {
    directory: PathBuf,
    disk: Arc<dyn Disk>,
    lock: Arc<Lock>,
    files: Files,
    follower: Follower,
    /// Deduplication keys that stand in the journal.
    keys: HashSet<String>,
    /// What the entries say about the clocks, while they matter: until the incident is closed.
    history: Option<ClockHistory>,
    clock: Arc<dyn Clock>,
    entropy: Box<dyn Entropy>,
    /// Entries read from the file and not yet given to the caller, because something failed on the way.
    unreported: News,
    /// The ids of drafts since the last append that was acknowledged: the same drafts come again after a failure.
    tried: HashSet<String>,
    /// Which of them stand in the journal all the same, with their numbers.
    half_done: HashMap<String, u64>,
}

impl FileJournal {
    /// Creates a journal. The drafts are durable when it returns.
    pub(crate) fn create(
        directory_path: &Path,
        means: Means,
        drafts: &[Draft],
    ) -> Result<(Self, Vec<Entry>), JournalError> {
        let disk = means.disk.as_ref();
        durable::create_private(disk, directory_path)?;
        for name in ["disclosures.jsonl", "journal.jsonl"] {
            durable::create_durable(disk, &directory_path.join(name), b"")?;
        }
        if let Some(parent) = directory_path.parent() {
            durable::sync(disk, parent)?;
        }
        let (mut journal, mut entries) = Self::open(directory_path, means, None)?;
        // The first line, which has no text, comes alone: texts without any line are then never what a crash leaves.
        let (first, rest) = drafts.split_at(drafts.len().min(1));
        for drafts in [first, rest] {
            entries.extend(journal.append_after_all(drafts)?.entries);
        }
        Ok((journal, entries))
    }

    /// Opens a journal: settles its tail, reads it whole. `known` is the highest entry that this user is known
    /// to have seen recorded: a journal that lacks it is refused.
    pub(crate) fn open(
        directory: &Path,
        means: Means,
        known: Option<Head>,
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
            keys: HashSet::new(),
            history: Some(ClockHistory::default()),
            clock,
            entropy,
            unreported: News::default(),
            tried: HashSet::new(),
            half_done: HashMap::new(),
        };
        let recovered = journal.while_locked(Self::pull)?;
        if journal.follower.position.seq == 0 && !journal.follower.disclosures.is_empty() {
            let what = "it is empty although texts of its entries are there";
            let finding = journal.follower.finding(FindingKind::Removed, what);
            return Err(journal.follower.not_intact(finding));
        }
        if let Some(recovered) = recovered {
            let draft = Draft::new(&program(), recovered);
            let entries = journal.append_after_all(&[draft])?.entries;
            journal.finish_erasures(&entries)?;
            return Ok((journal, entries));
        }
        let entries = std::mem::take(&mut journal.unreported).entries;
        journal.finish_erasures(&entries)?;
        Ok((journal, entries))
    }

    /// An erasure that was cut off after its entry is finished: the entry is the promise.
    fn finish_erasures(&mut self, entries: &[Entry]) -> Result<(), JournalError> {
        let erased = entries.iter().filter_map(Entry::data::<Erased>);
        let erased = erased.map(|data| data.commitment.clone());
        let left: BTreeSet<String> = erased
            .filter(|text| self.follower.disclosures.get(text).is_some())
            .collect();
        if left.is_empty() {
            return Ok(());
        }
        self.while_locked(|journal| journal.strike(&left))
    }

    fn take_in(&mut self, news: News) {
        if news.reread {
            self.keys.clear();
            self.history = Some(ClockHistory::default());
            self.half_done.clear();
            self.unreported = News::default();
        }
        let tried = news.entries.iter().filter(|e| self.tried.contains(&e.id));
        self.half_done.extend(tried.map(|e| (e.id.clone(), e.seq)));
        self.keys.extend(news.entries.iter().filter_map(dedup_key));
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

    /// Appends drafts behind whatever stands there by now.
    pub(crate) fn append_after_all(&mut self, drafts: &[Draft]) -> Result<News, JournalError> {
        self.while_locked(|journal| {
            let recovered = journal.pull_unless_failed()?;
            journal.append_held(recovered, drafts)?;
            Ok(std::mem::take(&mut journal.unreported))
        })
    }

    /// What others wrote, but for a file that has failed: that is not read again.
    fn pull_unless_failed(&mut self) -> Result<Option<Recovered>, JournalError> {
        if self.files.untouched_since_failure(&self.follower)? {
            return Ok(None);
        }
        self.files.forget_failure();
        self.pull()
    }

    /// The journal from its beginning, for a caller who is not where this journal has last told of.
    fn whole(&self) -> Result<News, JournalError> {
        let known = self.follower.known().cloned();
        let mut again = Follower::new(Arc::clone(&self.disk), &self.directory, known);
        match again.read_new()? {
            (_, Some(finding)) => Err(again.not_intact(finding)),
            (News { entries, .. }, None) => {
                let reread = true;
                Ok(News { entries, reread })
            }
        }
    }

    fn append_at(&mut self, at: &Head, drafts: &[Draft]) -> Result<Appended, AppendError> {
        let recovered = self.pull_unless_failed()?;
        let told = self.unreported.is_empty();
        if told && self.follower.position == *at {
            let mine = self.append_held(recovered, drafts)?;
            let entries = std::mem::take(&mut self.unreported).entries;
            return Ok(Appended { entries, mine });
        }
        if recovered.is_some() {
            self.append_held(recovered, &[])?;
        }
        let news = std::mem::take(&mut self.unreported);
        Err(AppendError::Behind(if told { self.whole()? } else { news }))
    }

    /// Appends under the lock, after what others wrote was read. Gives for each draft the number of its entry.
    fn append_held(
        &mut self,
        recovered: Option<Recovered>,
        drafts: &[Draft],
    ) -> Result<Vec<Option<u64>>, JournalError> {
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
            let id = match draft.id {
                Some(id) => id,
                None => fresh_entry_id(&stamp, self.entropy.as_mut())?,
            };
            draft.id = Some(id);
            self.tried.insert(id.to_string());
        }
        let mut result = self.append_once(&all, &stamp);
        if result.is_err() && self.files.failed() {
            // The disk did not confirm: on in the next file, where the same drafts keep their ids.
            result = self.append_once(&all, &stamp);
        }
        let mine = result?.split_off(first.min(all.len()));
        self.half_done.clear();
        self.tried.clear();
        let erased = drafts
            .iter()
            .filter_map(|draft| draft.event.data::<Erased>());
        let erased = erased.map(|data| data.commitment.clone());
        let erased: BTreeSet<String> = erased.collect();
        if !erased.is_empty() {
            self.strike(&erased)?;
        }
        Ok(mine)
    }

    fn strike(&self, commitments: &BTreeSet<String>) -> Result<(), JournalError> {
        strike(self.disk.as_ref(), &self.directory, commitments)
    }

    /// Takes a text out, for an erasure that is recorded elsewhere.
    pub(crate) fn strike_out(&mut self, commitment: &str) -> Result<(), JournalError> {
        self.while_locked(|journal| journal.strike(&[commitment.to_string()].into()))
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
        let number = |draft: &Draft| self.half_done.get(&draft.id?.to_string()).copied();
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
                .is_some_and(|key| self.keys.contains(key) || taken.contains(key));
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
            let position = Head {
                seq: line.entry.seq,
                hash: line.entry.hash.clone(),
            };
            self.follower.advance(line.line.len(), position);
            self.note_clock(&line.entry);
            self.follower.sealed |= line.entry.is::<Sealed>();
            self.keys.extend(dedup_key(&line.entry));
            self.half_done.insert(line.entry.id.clone(), line.entry.seq);
            self.unreported.entries.push(line.entry);
        }
        Ok(mine)
    }

    fn encode_next(
        &mut self,
        draft: &Draft,
        stamp: &Stamp,
        position: &mut Head,
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
        *position = Head {
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
        history.take(entry.seq, entry.recorded, entry.mono);
        if let Some(data) = entry.data::<ClockStepped>() {
            history.step_recorded(entry.seq, data.by());
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
        let waits = self.keys.contains("opened");
        let news = news.filter(|news| waits || matches!(news, ClockNews::Stepped(..)));
        news.map(|news| Draft::new(&program(), news))
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

    /// Does something while no other process writes to this journal.
    fn while_locked<T, E: From<JournalError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let lock = Arc::clone(&self.lock);
        let _held = lock.hold()?;
        work(self)
    }
}

impl Follow for FileJournal {
    fn head(&self) -> &Head {
        &self.follower.position
    }

    fn refresh(&mut self) -> Result<News, JournalError> {
        // After a failed sync this file is not read for truth: what it shows may not be on the disk.
        if self.files.failed() {
            return Ok(News::default());
        }
        let news = self.follower.refresh()?;
        self.take_in(news);
        Ok(std::mem::take(&mut self.unreported))
    }
}

impl Journal for FileJournal {
    fn append(&mut self, at: &Head, drafts: &[Draft]) -> Result<Appended, AppendError> {
        self.while_locked(|journal| journal.append_at(at, drafts))
    }

    fn append_behind_head(
        &mut self,
        make: &mut dyn FnMut(&Head) -> Draft,
    ) -> Result<News, JournalError> {
        self.while_locked(|journal| {
            let recovered = journal.pull_unless_failed()?;
            journal.append_held(recovered, &[])?;
            let draft = make(&journal.follower.position);
            journal.append_held(None, &[draft])?;
            Ok(std::mem::take(&mut journal.unreported))
        })
    }
}

fn dedup_key(entry: &Entry) -> Option<String> {
    entry.event().and_then(Event::dedup_key)
}
