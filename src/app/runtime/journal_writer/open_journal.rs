//! An incident as the writer knows it, and what is wrong with its journal.

use super::defects::problem;
use crate::app::message::{DamageOutcome, JournalNews};
use crate::incident::{Entry, Incident, IncidentId};
use crate::journal::{Follow, Head, Journal, JournalError, JournalStore, News};
use std::time::{Duration, Instant};

/// A line that has stood this long is recorded: no writer takes it back later.
const LASTING: Duration = Duration::from_secs(5);
/// How often a journal in progress is read again from its beginning, and up to how many entries: nothing is recorded
/// meanwhile.
const PROOFREAD_EVERY: Duration = Duration::from_secs(3);
const PROOFREAD_UP_TO: u64 = 16_000;

/// A journal is opened for writing with the first entry recorded in it.
pub(super) enum Access {
    Reads(Box<dyn Follow>),
    Writes(Box<dyn Journal>),
}

pub(super) struct OpenJournal {
    pub(super) access: Access,
    pub(super) incident: Incident,
    /// The damage as reported, so that it is reported once.
    pub(super) damage: Option<String>,
    pub(super) damage_outcome: Option<DamageOutcome>,
    proofread: Instant,
    /// Reported if the next read finds it again: a writer may have been at work.
    doubt: Option<String>,
    /// Where the journal stood at the last look, and since when.
    stood: (Head, Instant),
    pub(super) remembered: u64,
}

impl OpenJournal {
    pub(super) fn new(access: Access, entries: &[Entry]) -> Self {
        Self {
            access,
            incident: Incident::from_entries(entries),
            damage: None,
            damage_outcome: None,
            proofread: Instant::now(),
            doubt: None,
            stood: (Head::start(), Instant::now()),
            remembered: 0,
        }
    }

    /// Whether more than the introduction of the opening program was read, or all that can be.
    pub(super) fn has_begun(&self) -> bool {
        self.incident.count > 1 || self.damage.is_some()
    }

    pub(super) fn news(
        &mut self,
        store: &dyn JournalStore,
        read_only: bool,
        id: &IncidentId,
    ) -> Vec<JournalNews> {
        let read = match &mut self.access {
            Access::Writes(journal) => journal.refresh(),
            Access::Reads(follower) => follower.refresh(),
        };
        let mut news: Vec<JournalNews> = Vec::new();
        match read {
            Ok(read) => news.extend(take_in(&mut self.incident, id, read)),
            Err(error) => news.extend(self.spoil((store, read_only), id, &error)),
        }
        fold_again(&mut self.incident, store, id);
        if let Some(error) = self.proofread(store, id) {
            news.extend(self.spoil((store, read_only), id, &error));
        }
        news
    }

    /// The head that is surely recorded: this process's own, or one that has stood for a while. A line read without the
    /// lock may still be taken back.
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

    /// The message is made once for each damage.
    pub(super) fn spoil(
        &mut self,
        (store, read_only): (&dyn JournalStore, bool),
        id: &IncidentId,
        error: &JournalError,
    ) -> Option<JournalNews> {
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
            // Nobody responds to an incident that was entered afterwards.
            incident.status.is_resolved() || incident.is_sealed() || incident.is_retrospective()
        };
        let outcome = match lasting {
            // An error of the disk may pass; a journal that is not intact stays so.
            false => DamageOutcome::Unsure,
            true if has_ended() => DamageOutcome::Ended,
            true => DamageOutcome::Continues,
        };
        (self.damage, self.damage_outcome) = (Some(what), Some(outcome));
        Some(JournalNews::Damaged {
            incident: id.clone(),
            why: problem(error),
            outcome,
        })
    }

    /// What was read before may have been changed since, and would be missing after a restart.
    fn proofread(&mut self, store: &dyn JournalStore, id: &IncidentId) -> Option<JournalError> {
        let in_progress = self.incident.opened.is_some() && !self.incident.status.is_resolved();
        let due = self.proofread.elapsed() > PROOFREAD_EVERY;
        if !in_progress || !due || self.damage.is_some() || self.incident.count > PROOFREAD_UP_TO {
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

/// An entry of before was corrected: what follows from it is known from the whole journal only.
pub(super) fn fold_again(incident: &mut Incident, store: &dyn JournalStore, id: &IncidentId) {
    if let (true, Ok(read)) = (incident.is_stale, store.read(&id.into())) {
        let known = usize::try_from(incident.count).unwrap_or(usize::MAX);
        *incident = Incident::from_entries(read.entries.iter().take(known));
    }
}

pub(super) fn take_in(incident: &mut Incident, id: &IncidentId, news: News) -> Option<JournalNews> {
    let (known, entries) = (incident.count, news.entries);
    if news.reread {
        *incident = Incident::from_entries(&entries);
        let incident = id.clone();
        return Some(JournalNews::Reread { incident, entries });
    }
    let entries: Vec<Entry> = entries.into_iter().filter(|e| e.seq > known).collect();
    entries.iter().for_each(|entry| incident.apply(entry));
    (!entries.is_empty()).then(|| JournalNews::recorded_by_others(id.clone(), entries))
}
