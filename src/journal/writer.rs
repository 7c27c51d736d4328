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
use super::line::{Encoded, Head, encode_with};
use super::lock::Lock;
use super::reader::{Follower, must_be_there};
use super::recovery;
use super::store::{AppendError, Appended, Follow, Journal, News, may_follow_seal};
use crate::incident::entry::{
    ClockStepped, Continued, Erased, Opened, Recovered, Sealed, StatusChanged,
};
use crate::incident::{ClockHistory, ClockNews, Draft, Entry, Event, Status, program};
use output::Files;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) struct JournalPorts {
    pub disk: Arc<dyn Disk>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Box<dyn Entropy>,
}

pub(crate) struct FileJournal {
    directory: PathBuf,
    disk: Arc<dyn Disk>,
    lock: Arc<Lock>,
    files: Files,
    follower: Follower,
    /// For deduplication; recorded.
    keys: HashSet<String>,
    /// Clock entries, until the incident is closed.
    history: Option<ClockHistory>,
    clock: Arc<dyn Clock>,
    entropy: Box<dyn Entropy>,
    /// Entries read but not returned because of an error.
    unreported: News,
    /// Ids of drafts since the last acknowledged append: a retry has the same ids.
    tried: HashSet<String>,
    /// Those of `tried` that were recorded after all, with their numbers.
    half_done: HashMap<String, u64>,
}

impl FileJournal {
    /// The drafts are durable when it returns.
    pub(crate) fn create(
        directory_path: &Path,
        ports: JournalPorts,
        drafts: &[Draft],
    ) -> Result<(Self, Vec<Entry>), JournalError> {
        let disk = ports.disk.as_ref();
        durable::create_private(disk, directory_path)?;
        for name in ["disclosures.jsonl", "journal.jsonl"] {
            durable::create_durable(disk, &directory_path.join(name), b"")?;
        }
        if let Some(parent) = directory_path.parent() {
            durable::sync(disk, parent)?;
        }
        let (mut journal, mut entries) = Self::open(directory_path, ports, None)?;
        // The first line has no text and is written alone: a crash then never leaves texts without a line.
        let (first, rest) = drafts.split_at(drafts.len().min(1));
        for drafts in [first, rest] {
            entries.extend(journal.append_after_all(drafts)?.entries);
        }
        Ok((journal, entries))
    }

    /// Settles the tail and reads the whole journal. `known` is the highest entry that this user has seen recorded: a
    /// journal without it is refused.
    pub(crate) fn open(
        directory: &Path,
        ports: JournalPorts,
        known: Option<Head>,
    ) -> Result<(Self, Vec<Entry>), JournalError> {
        let JournalPorts {
            disk,
            clock,
            entropy,
        } = ports;
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
        let news = match recovered {
            Some(recovered) => journal.append_after_all(&[Draft::new(&program(), recovered)])?,
            None => std::mem::take(&mut journal.unreported),
        };
        let entries = news.entries;
        journal.finish_erasures(&entries)?;
        Ok((journal, entries))
    }

    /// Finishes an interrupted erasure: its entry is the commitment.
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

    /// Reads others' entries and settles the tail. Under the lock: everything read was acknowledged.
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

    /// Appends at the current end.
    pub(crate) fn append_after_all(&mut self, drafts: &[Draft]) -> Result<News, JournalError> {
        self.while_locked(|journal| {
            let recovered = journal.pull_unless_failed()?;
            journal.append_held(recovered, drafts)?;
            Ok(std::mem::take(&mut journal.unreported))
        })
    }

    /// A file that has failed is not read again.
    fn pull_unless_failed(&mut self) -> Result<Option<Recovered>, JournalError> {
        if self.files.untouched_since_failure(&self.follower)? {
            return Ok(None);
        }
        self.files.forget_failure();
        self.pull()
    }

    /// For a caller whose head is not where this journal last reported.
    fn whole(&self) -> Result<News, JournalError> {
        let known = self.follower.known().cloned();
        let mut again = Follower::new(Arc::clone(&self.disk), &self.directory, known);
        match again.read_new()? {
            (_, Some(finding)) => Err(again.not_intact(finding)),
            (news, None) => Ok(News {
                reread: true,
                ..news
            }),
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

    /// Appends under the lock, after others' entries were read. Returns the number of each draft's entry.
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
        // Ids before the first attempt: a second attempt then recognizes what the first has written.
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
            // The disk did not confirm: the same drafts go to the next file with the same ids.
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

    /// For an erasure that is recorded elsewhere.
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
        if self.follower.sealed && !drafts.iter().all(may_follow_seal) {
            let path = self.directory.clone();
            return Err(JournalError::Sealed { path });
        }
        Ok(())
    }

    /// One attempt: first the next file if this one has failed, then texts, then line by line. A crash then leaves at
    /// most one incomplete line, which distinguishes a torn end from an altered one.
    fn append_once(
        &mut self,
        drafts: &[Draft],
        stamp: &Stamp,
    ) -> Result<Vec<Option<u64>>, JournalError> {
        if self.files.failed() {
            self.go_on_in_next_file()?;
        }
        let earlier = |draft: &Draft| self.half_done.get(&draft.id?.to_string()).copied();
        let there: Vec<Option<u64>> = drafts.iter().map(earlier).collect();
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
            let next = encode_with(self.entropy.as_mut(), draft, &position, stamp)?;
            position = Head::from(&next.entry);
            mine.push(Some(position.seq));
            encoded.push(next);
        }
        let texts = encoded.iter().flat_map(|line| &line.disclosures);
        self.files.write_texts(texts)?;
        for line in encoded {
            self.files.write_line(&self.follower, &line.line)?;
            let position = Head::from(&line.entry);
            self.follower.advance(line.line.len(), position);
            self.note_clock(&line.entry);
            self.follower.sealed |= line.entry.is::<Sealed>();
            self.keys.extend(dedup_key(&line.entry));
            self.half_done.insert(line.entry.id.clone(), line.entry.seq);
            self.unreported.entries.push(line.entry);
        }
        Ok(mine)
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
        let afterwards = |data: &Opened| data.retrospective;
        // Nothing waits any more, or ever did.
        if entry.data().is_some_and(closed) || entry.data().is_some_and(afterwards) {
            self.history = None;
        }
    }

    /// A record about the clocks comes first: the entries after it are read with it.
    fn clock_news(&self, stamp: &Stamp) -> Option<Draft> {
        let news = self.history.as_ref().filter(|_| !self.follower.sealed);
        let news = news.and_then(|history| history.news(stamp));
        // Only an incident has something that waits.
        let waits = self.keys.contains("opened");
        let news = news.filter(|news| waits || matches!(news, ClockNews::Stepped(..)));
        news.map(|news| Draft::new(&program(), news))
    }

    /// Creates the next file of the chain with its first line, atomically.
    fn go_on_in_next_file(&mut self) -> Result<(), JournalError> {
        let continued = Continued {
            file: self.follower.file + 1,
            length: self.follower.length,
        };
        let draft = Draft::new(&program(), continued);
        let (stamp, position) = (self.clock.now(), &self.follower.position);
        let Encoded { line, entry, .. } =
            encode_with(self.entropy.as_mut(), &draft, position, &stamp)?;
        self.files.continue_in_next(&self.follower, &line)?;
        self.follower.cross();
        self.follower.advance(line.len(), Head::from(&entry));
        self.note_clock(&entry);
        self.unreported.entries.push(entry);
        Ok(())
    }

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
        // After a failed sync the file is not read: its content may not be on the disk.
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
