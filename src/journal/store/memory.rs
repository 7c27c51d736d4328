//! Journals in memory for the simulation: the contract of a store, with power cuts and planted faults.

use super::super::clock::Clock;
use super::super::digest::hex_digest;
use super::super::entropy::SeededEntropy;
use super::super::error::JournalError;
use super::super::grammar::value_of;
use super::super::line::{Head, encode_with, entries_in, parse};
use super::super::signer::Signature;
use super::super::verbatim::Verbatim;
use super::{
    AppendError, Appended, Follow, Journal, JournalName, JournalStore, News, Opened,
    may_follow_seal,
};
use crate::incident::entry::{Erased, Sealed};
use crate::incident::{Draft, Entry, Event, IncidentId};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A guarantee that a test breaks on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// Appends at any head that the caller gives.
    HeadCheck,
    /// Acknowledges before the sync.
    SyncBeforeAcknowledging,
    /// A follower misses the first of several new entries.
    FollowingEachEntry,
    DeduplicationKeys,
    /// Ignores incidents that others opened meanwhile.
    OpeningOnce,
}

#[derive(Debug, Default)]
struct Chain {
    entries: Vec<Entry>,
    lines: Vec<Vec<u8>>,
    keys: BTreeSet<String>,
    /// By commitment: the line, with its field and value.
    texts: BTreeMap<String, (String, (String, String))>,
    signatures: BTreeMap<String, String>,
    /// Number of durable entries.
    synced: usize,
    closed: bool,
}

impl Chain {
    fn head(&self) -> Head {
        Head::end_of(&self.entries)
    }

    /// All entries if the head is not in this chain.
    fn after(&self, at: &Head) -> News {
        let is_it = |entry: &Entry| entry.hash == at.hash;
        let behind = match at.seq {
            0 => Some(0),
            _ => self.entries.iter().rposition(is_it).map(|place| place + 1),
        };
        News {
            entries: self.entries[behind.unwrap_or(0)..].to_vec(),
            reread: behind.is_none(),
        }
    }

    #[expect(
        clippy::option_option,
        reason = "whether it stands there, and under which number if that is told"
    )]
    fn has(&self, draft: &Draft) -> Option<Option<u64>> {
        if let Some(id) = draft.id.map(|id| id.to_string())
            && let Some(entry) = self.entries.iter().find(|entry| entry.id == id)
        {
            return Some(Some(entry.seq));
        }
        let key = draft.event.dedup_key()?;
        self.keys.contains(&key).then_some(None)
    }
}

#[derive(Debug, Default)]
struct State {
    chains: BTreeMap<JournalName, Chain>,
    heads: BTreeMap<JournalName, Head>,
    drawn: u64,
    /// Rejects writes, as a full disk does.
    full: bool,
}

#[derive(Clone)]
pub(crate) struct MemoryStore {
    state: Arc<Mutex<State>>,
    clock: Arc<dyn Clock>,
    broken: Option<Broken>,
}

impl MemoryStore {
    pub(crate) fn new(clock: Arc<dyn Clock>, broken: Option<Broken>) -> Self {
        Self {
            state: Arc::default(),
            clock,
            broken,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn is_full(&self, full: bool) {
        self.state().full = full;
    }

    /// Drops entries that were not synced.
    pub(crate) fn lose_power(&self) {
        for chain in self.state().chains.values_mut() {
            chain.entries.truncate(chain.synced);
            chain.lines.truncate(chain.synced);
            let events = chain.entries.iter().filter_map(Entry::event);
            chain.keys = events.filter_map(Event::dedup_key).collect();
        }
    }

    pub(crate) fn behind(&self, name: &JournalName, count: usize) -> Vec<Entry> {
        let state = self.state();
        let chain = state.chains.get(name);
        chain.map_or(Vec::new(), |chain| chain.entries[count..].to_vec())
    }

    /// The chain's bytes, and the texts' bytes.
    pub(crate) fn files(&self, name: &JournalName) -> (Vec<u8>, String) {
        let state = self.state();
        let Some(chain) = state.chains.get(name) else {
            return Default::default();
        };
        let texts = chain.texts.values().map(|(line, _)| format!("{line}\n"));
        (chain.lines.concat(), texts.collect())
    }

    fn append(
        &self,
        name: &JournalName,
        at: &Head,
        drafts: &[Draft],
    ) -> Result<Appended, AppendError> {
        let stamp = self.clock.now();
        let mut state = self.state();
        if state.full {
            let error = std::io::ErrorKind::StorageFull.into();
            return Err(JournalError::io("write to", name.as_str())(error).into());
        }
        let seed = state.drawn;
        state.drawn += 1;
        let mut entropy = SeededEntropy::new(seed);
        let chain = state.chains.entry(name.clone()).or_default();
        if *at != chain.head() && self.broken != Some(Broken::HeadCheck) {
            return Err(AppendError::Behind(chain.after(at)));
        }
        let sealed = chain.closed || chain.entries.iter().any(Entry::is::<Sealed>);
        if sealed && !drafts.iter().all(may_follow_seal) {
            let path = PathBuf::from(name.as_str());
            return Err(JournalError::Sealed { path }.into());
        }
        if self.broken == Some(Broken::SyncBeforeAcknowledging) {
            chain.synced = chain.entries.len();
        }
        let (mut at, mut appended) = (at.clone(), Appended::default());
        for draft in drafts {
            let there = chain.has(draft);
            if let Some(there) = there.filter(|_| self.broken != Some(Broken::DeduplicationKeys)) {
                appended.mine.push(there);
                continue;
            }
            let encoded = encode_with(&mut entropy, draft, &at, &stamp)?;
            for line in encoded.disclosures {
                let said = value_of(&line).unwrap_or_default();
                let commitment = hex_digest(line.as_bytes());
                chain.texts.insert(commitment, (line, said));
            }
            if let Some(data) = draft.event.data::<Erased>() {
                chain.erase(&data.commitment);
            }
            at = Head::from(&encoded.entry);
            appended.mine.push(Some(at.seq));
            appended.entries.push(encoded.entry.clone());
            chain.keys.extend(draft.event.dedup_key());
            chain.entries.push(encoded.entry);
            chain.lines.push(encoded.line);
        }
        if self.broken != Some(Broken::SyncBeforeAcknowledging) {
            chain.synced = chain.entries.len();
        }
        Ok(appended)
    }

    fn handle(&self, name: &JournalName) -> Handle {
        Handle {
            store: self.clone(),
            name: name.clone(),
            at: Head::start(),
        }
    }
}

impl Chain {
    fn erase(&mut self, commitment: &str) {
        self.texts.remove(commitment);
        let text = |commitment: &str| {
            let (_, (field, value)) = self.texts.get(commitment)?;
            Some((field.as_str(), value.as_str()))
        };
        let read = |line: &Vec<u8>| Some(parse(line.strip_suffix(b"\n")?).ok()?.entry(text));
        self.entries = self.lines.iter().filter_map(read).collect();
    }
}

struct Handle {
    store: MemoryStore,
    name: JournalName,
    at: Head,
}

impl Follow for Handle {
    fn head(&self) -> &Head {
        &self.at
    }

    fn refresh(&mut self) -> Result<News, JournalError> {
        let state = self.store.state();
        let Some(chain) = state.chains.get(&self.name) else {
            return match self.name {
                JournalName::Ledger => Ok(News::default()),
                JournalName::Incident(_) => Err(JournalError::missing(self.name.as_str().as_ref())),
            };
        };
        let mut news = chain.after(&self.at);
        self.at = Head::of(&news.entries).unwrap_or_else(|| self.at.clone());
        if self.store.broken == Some(Broken::FollowingEachEntry) && news.entries.len() > 1 {
            news.entries.remove(0);
        }
        Ok(news)
    }
}

impl Journal for Handle {
    fn append(&mut self, at: &Head, drafts: &[Draft]) -> Result<Appended, AppendError> {
        let appended = self.store.append(&self.name, at, drafts);
        let told = match &appended {
            Ok(Appended { entries, .. }) | Err(AppendError::Behind(News { entries, .. })) => {
                Head::of(entries)
            }
            Err(AppendError::Failed(_)) => None,
        };
        self.at = told.unwrap_or_else(|| self.at.clone());
        appended
    }

    fn append_behind_head(
        &mut self,
        make: &mut dyn FnMut(&Head) -> Draft,
    ) -> Result<News, JournalError> {
        // Nobody else runs meanwhile: the simulation has one thread.
        let mut news = self.refresh()?;
        let (at, draft) = (self.at.clone(), make(&self.at));
        match self.append(&at, &[draft]) {
            Ok(appended) => news.entries.extend(appended.entries),
            Err(AppendError::Behind(more)) => news.entries.extend(more.entries),
            Err(AppendError::Failed(error)) => return Err(error),
        }
        Ok(news)
    }
}

impl JournalStore for MemoryStore {
    fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    fn prepare(&self) -> Result<(), JournalError> {
        Ok(())
    }

    fn list(&self) -> Result<Vec<IncidentId>, JournalError> {
        let state = self.state();
        let begun = state.chains.iter().filter(|(_, c)| !c.entries.is_empty());
        let id = |name: &JournalName| match name {
            JournalName::Incident(id) => Some(id.clone()),
            JournalName::Ledger => None,
        };
        Ok(begun.filter_map(|(name, _)| id(name)).collect())
    }

    fn follow(&self, name: &JournalName) -> Box<dyn Follow> {
        Box::new(self.handle(name))
    }

    fn open(&self, name: &JournalName) -> Result<(Box<dyn Journal>, Vec<Entry>), JournalError> {
        let mut handle = self.handle(name);
        let entries = handle.refresh()?.entries;
        Ok((Box::new(handle), entries))
    }

    fn open_incident(
        &self,
        drill: bool,
        drafts: &[Draft],
        seen: &dyn Fn(&IncidentId) -> bool,
    ) -> Result<Option<Opened>, JournalError> {
        let known = self.list()?;
        if self.broken != Some(Broken::OpeningOnce) && !known.iter().all(seen) {
            return Ok(None);
        }
        let day = self.clock.now().wall.date_naive();
        let id = IncidentId::compose(drill, day, known.len() as u16 + 1);
        let mut journal = self.handle(&(&id).into());
        match journal.append(&Head::start(), drafts) {
            Ok(Appended { entries, .. }) => Ok(Some(Opened {
                id,
                journal: Box::new(journal),
                entries,
            })),
            Err(AppendError::Behind(_)) => Ok(None),
            Err(AppendError::Failed(error)) => Err(error),
        }
    }

    fn verbatim(&self, id: &IncidentId) -> Result<Verbatim, JournalError> {
        let state = self.state();
        let missing = || JournalError::missing(id.as_str().as_ref());
        let chain = state.chains.get(&id.into()).ok_or_else(missing)?;
        let (mut copy, mut position) = (Verbatim::default(), Head::start());
        for line in &chain.lines {
            copy.take(line, &mut position).map_err(|_| missing())?;
        }
        let texts = chain.texts.iter();
        copy.texts = texts
            .map(|(digest, (line, _))| (digest.clone(), line.clone()))
            .collect();
        Ok(copy)
    }

    fn salvage(&self, id: &IncidentId) -> Vec<Entry> {
        entries_in(&self.files(&id.into()).0)
    }

    fn erase_text(&self, id: &IncidentId, commitment: &str) -> Result<(), JournalError> {
        let mut state = self.state();
        let chain = state.chains.get_mut(&id.into());
        chain.into_iter().for_each(|chain| chain.erase(commitment));
        Ok(())
    }

    fn close(&self, id: &IncidentId) -> Result<(), JournalError> {
        let mut state = self.state();
        let chain = state.chains.get_mut(&id.into());
        chain.into_iter().for_each(|chain| chain.closed = true);
        Ok(())
    }

    fn remove(&self, id: &IncidentId) -> Result<(), JournalError> {
        self.state().chains.remove(&id.into());
        Ok(())
    }

    fn keep_signature(
        &self,
        name: &JournalName,
        signature: &Signature,
    ) -> Result<(), JournalError> {
        let mut state = self.state();
        let chain = state.chains.entry(name.clone()).or_default();
        let (digest, armored) = (signature.digest(), signature.armored.clone());
        chain.signatures.insert(digest, armored);
        Ok(())
    }

    fn signature(&self, name: &JournalName, digest: &str) -> Option<String> {
        let state = self.state();
        state.chains.get(name)?.signatures.get(digest).cloned()
    }

    fn remember(&self, name: &JournalName, head: &Head) {
        self.state().heads.insert(name.clone(), head.clone());
    }
}
