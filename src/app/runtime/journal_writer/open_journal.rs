//! An incident as the writer knows it, and what is wrong with its journal.

use super::told;
use crate::app::message::{Fate, Msg};
use crate::incident::{Entry, Incident, IncidentId};
use crate::journal::{Follow, Head, Journal, JournalError, JournalStore, News};
use std::time::{Duration, Instant};

/// What has stood this long is recorded: no writer keeps a line back for so long.
const LASTING: Duration = Duration::from_secs(5);
/// How often a journal that goes on is read again from its beginning, and up to how many entries: it takes a moment in
/// which nothing is recorded.
const PROOFREAD_EVERY: Duration = Duration::from_secs(3);
const PROOFREAD_UP_TO: u64 = 16_000;

/// How the writer holds a journal: opened with the first entry that is recorded in it.
pub(super) enum Access {
    Reads(Box<dyn Follow>),
    Writes(Box<dyn Journal>),
}

pub(super) struct OpenJournal {
    pub(super) access: Access,
    pub(super) incident: Incident,
    /// What was said of its damage, so that it is said once.
    pub(super) damage: Option<String>,
    /// What follows from it.
    pub(super) fate: Option<Fate>,
    /// When the whole of it was last read again.
    proofread: Instant,
    /// What that found: said where the next time finds it too, because a writer may have been at work.
    doubt: Option<String>,
    /// Where the journal stood at the last look, and since when.
    stood: (Head, Instant),
    /// The entry whose head was remembered last.
    pub(super) remembered: u64,
}

impl OpenJournal {
    pub(super) fn new(access: Access, entries: &[Entry]) -> Self {
        Self {
            access,
            incident: Incident::from_entries(entries),
            damage: None,
            fate: None,
            proofread: Instant::now(),
            doubt: None,
            stood: (Head::start(), Instant::now()),
            remembered: 0,
        }
    }

    /// Whether more than the introduction of the program that opens it was read, or all that can be.
    pub(super) fn has_begun(&self) -> bool {
        self.incident.count > 1 || self.damage.is_some()
    }

    /// What is new in its journal, and what is wrong with it.
    pub(super) fn news(
        &mut self,
        store: &dyn JournalStore,
        read_only: bool,
        id: &IncidentId,
    ) -> Vec<Msg> {
        let read = match &mut self.access {
            Access::Writes(journal) => journal.refresh(),
            Access::Reads(follower) => follower.refresh(),
        };
        let mut news: Vec<Msg> = Vec::new();
        match read {
            Ok(read) => news.extend(take(&mut self.incident, id, read)),
            Err(error) => news.extend(self.spoil((store, read_only), id, &error)),
        }
        if let Some(error) = self.proofread(store, id) {
            news.extend(self.spoil((store, read_only), id, &error));
        }
        news
    }

    /// The head that was surely recorded: this process's own, or one that has stood for a while. A line read without
    /// the lock may still be taken back.
    pub(super) fn lasting(&mut self) -> Option<Head> {
        let now = match &self.access {
            Access::Writes(journal) => return Some(journal.head().clone()),
            Access::Reads(follower) => follower.head(),
        };
        if *now != self.stood.0 {
            self.stood = (now.clone(), Instant::now());
        }
        (self.stood.1.elapsed() > LASTING).then(|| now.clone())
    }

    /// Takes damage in, and makes the message that tells of it once.
    pub(super) fn spoil(
        &mut self,
        (store, read_only): (&dyn JournalStore, bool),
        id: &IncidentId,
        error: &JournalError,
    ) -> Option<Msg> {
        let what = error.to_string();
        if self.damage.as_ref() == Some(&what) {
            return None;
        }
        let lasting = matches!(error, JournalError::NotIntact { .. });
        // A writer may be at work: only under the lock it is known. A journal that opens is sound.
        if lasting && !read_only && store.open(&id.into()).is_ok() {
            return None;
        }
        let has_ended = || {
            let incident = Incident::from_entries(&store.salvage(id));
            incident.status.is_resolved() || incident.is_sealed()
        };
        let fate = match lasting {
            // An error of the disk may pass; a journal that is not intact stays so.
            false => Fate::Unsure,
            true if has_ended() => Fate::Over,
            true => Fate::GoesOn,
        };
        (self.damage, self.fate) = (Some(what), Some(fate));
        Some(Msg::Damaged {
            incident: id.clone(),
            why: told(error),
            fate,
        })
    }

    /// Reads the whole journal of an incident that goes on again: what this program has read before may have been
    /// changed since, and would not be there after a restart.
    fn proofread(&mut self, store: &dyn JournalStore, id: &IncidentId) -> Option<JournalError> {
        let goes_on = self.incident.opened.is_some() && !self.incident.status.is_resolved();
        let due = self.proofread.elapsed() > PROOFREAD_EVERY;
        if !goes_on || !due || self.damage.is_some() || self.incident.count > PROOFREAD_UP_TO {
            return None;
        }
        self.proofread = Instant::now();
        let error = store.check(&id.into()).err();
        let error = error.filter(|error| !error.is_transient());
        let what = error.as_ref().map(ToString::to_string);
        let twice = what.is_some() && what == self.doubt;
        self.doubt = what;
        error.filter(|_| twice)
    }
}

/// Takes news in, and makes the message that tells of them; nothing where there are none.
pub(super) fn take(incident: &mut Incident, id: &IncidentId, news: News) -> Option<Msg> {
    let (known, entries) = (incident.count, news.entries);
    if news.reread {
        *incident = Incident::from_entries(&entries);
        let incident = id.clone();
        return Some(Msg::Reread { incident, entries });
    }
    let entries: Vec<Entry> = entries.into_iter().filter(|e| e.seq > known).collect();
    entries.iter().for_each(|entry| incident.apply(entry));
    (!entries.is_empty()).then(|| Msg::Recorded {
        incident: id.clone(),
        entries,
        token: None,
        mine: Vec::new(),
    })
}
