//! The contract of a store of journals. Files implement it on one machine (`data_dir`), memory in the simulation;
//! `data_dir/tests/contract.rs` tests it.
//!
//! A store decides the order of entries. An append names the head that its drafts were decided on; if another writer
//! was first, the append fails and returns the new entries.

#[cfg(test)]
pub(crate) mod memory;

use super::clock::Clock;
use super::error::JournalError;
use super::finding::Finding;
use super::line::Head;
use super::signer::Signature;
use super::verbatim::Verbatim;
use crate::incident::entry::{CheckpointFailed, Checkpointed, Sealed};
use crate::incident::{Draft, Entry, IncidentId};
use std::sync::Arc;

/// The ledger records sealed incidents and the directory as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum JournalName {
    Incident(IncidentId),
    Ledger,
}

impl JournalName {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Incident(id) => id.as_str(),
            Self::Ledger => "ledger",
        }
    }
}

impl From<&IncidentId> for JournalName {
    fn from(id: &IncidentId) -> Self {
        Self::Incident(id.clone())
    }
}

/// Read up to the first finding.
#[derive(Debug, Default)]
pub struct Loaded {
    pub entries: Vec<Entry>,
    pub finding: Option<Finding>,
}

#[derive(Debug, Default)]
pub struct News {
    pub entries: Vec<Entry>,
    /// The entries are the whole journal: its writer removed lines that were never acknowledged.
    pub reread: bool,
}

impl News {
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty() && !self.reread
    }
}

/// Everything in it is durable.
#[derive(Debug, Default)]
pub struct Appended {
    /// Every entry behind the head of the append, in order: the drafts', and the store's own records (a torn end, a
    /// changed clock).
    pub entries: Vec<Entry>,
    /// For each draft the number of its entry; `None` where its deduplication key is already recorded.
    pub mine: Vec<Option<u64>>,
}

impl Appended {
    pub fn last(&self) -> Option<u64> {
        self.mine.iter().flatten().last().copied()
    }
}

#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    #[error("others have recorded meanwhile")]
    Behind(News),
    #[error(transparent)]
    Failed(#[from] JournalError),
}

/// Reads a journal as it grows; never waits for a writer.
pub trait Follow: Send {
    fn head(&self) -> &Head;
    /// The entries since the last call, each exactly once; an error where the next one is not intact.
    fn refresh(&mut self) -> Result<News, JournalError>;
}

pub trait Journal: Follow {
    /// Appends drafts if the journal ends at `at`, in one atomic step. Omits drafts whose deduplication key or id is
    /// already recorded: a retry uses the same id. Removes the text that an `erased` entry names in the same step.
    /// After an error no draft is known to be recorded, and each may be tried again.
    fn append(&mut self, at: &Head, drafts: &[Draft]) -> Result<Appended, AppendError>;
    /// Builds a draft from the head and appends it directly behind, while other writers wait.
    fn append_behind_head(
        &mut self,
        make: &mut dyn FnMut(&Head) -> Draft,
    ) -> Result<News, JournalError>;
}

/// Its first entries are durable.
pub struct Opened {
    pub id: IncidentId,
    pub journal: Box<dyn Journal>,
    pub entries: Vec<Entry>,
}

pub trait JournalStore: Send + Sync {
    fn clock(&self) -> &Arc<dyn Clock>;
    /// Prepares for writing, so that a read-only store is known before the first entry.
    fn prepare(&self) -> Result<(), JournalError>;
    /// Oldest first.
    fn list(&self) -> Result<Vec<IncidentId>, JournalError>;
    /// Follows from the beginning. A missing incident is an error of `refresh`; a ledger that has not begun is empty.
    fn follow(&self, name: &JournalName) -> Box<dyn Follow>;
    /// Opens for appending and reads the whole journal, after recovery from a crash. The first opening begins the
    /// ledger.
    fn open(&self, name: &JournalName) -> Result<(Box<dyn Journal>, Vec<Entry>), JournalError>;
    /// Opens a new incident, in one atomic step with a check that `seen` has every incident whose opening was recorded:
    /// a
    /// caller that allows one open incident for each service has decided on all of them. With another incident there,
    /// none is opened.
    fn open_incident(
        &self,
        drill: bool,
        drafts: &[Draft],
        seen: &dyn Fn(&IncidentId) -> bool,
    ) -> Result<Option<Opened>, JournalError>;
    /// An incident's bytes for a copy. Refuses one that is not intact.
    fn verbatim(&self, id: &IncidentId) -> Result<Verbatim, JournalError>;
    /// The complete entries of a damaged journal, without texts.
    fn salvage(&self, id: &IncidentId) -> Vec<Entry>;
    /// For an erasure that is recorded in the ledger.
    fn erase_text(&self, id: &IncidentId, commitment: &str) -> Result<(), JournalError>;
    /// Makes a sealed incident read-only.
    fn close(&self, id: &IncidentId) -> Result<(), JournalError>;
    /// Removes an incident whose deletion is in the ledger; finishes an interrupted removal.
    fn remove(&self, id: &IncidentId) -> Result<(), JournalError>;
    /// Durable when it returns.
    fn keep_signature(&self, name: &JournalName, signature: &Signature)
    -> Result<(), JournalError>;
    fn signature(&self, name: &JournalName, digest: &str) -> Option<String>;
    /// Remembers a recorded head for this user: a journal restored to an earlier state is refused.
    fn remember(&self, name: &JournalName, head: &Head);

    /// Does not wait for a writer.
    fn read(&self, name: &JournalName) -> Result<Loaded, JournalError> {
        let mut loaded = Loaded::default();
        let mut follower = self.follow(name);
        loop {
            match follower.refresh() {
                Ok(news) if news.is_empty() => return Ok(loaded),
                Ok(news) if news.reread => loaded.entries = news.entries,
                Ok(news) => loaded.entries.extend(news.entries),
                Err(JournalError::NotIntact { finding, .. }) => {
                    loaded.finding = Some(finding);
                    return Ok(loaded);
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn check(&self, name: &JournalName) -> Result<(), JournalError> {
        let mut follower = self.follow(name);
        while !follower.refresh()?.is_empty() {}
        Ok(())
    }
}

/// Only these drafts may follow a seal.
pub(super) fn may_follow_seal(Draft { event, .. }: &Draft) -> bool {
    event.is::<Checkpointed>() || event.is::<CheckpointFailed>() || event.is::<Sealed>()
}

/// Appends drafts after the entries that others record meanwhile. `take_in` gets their entries before the drafts are
/// checked against them.
pub fn record(
    journal: &mut dyn Journal,
    at: &Head,
    drafts: &[Draft],
    mut take_in: impl FnMut(News),
) -> Result<Appended, JournalError> {
    let mut at = at.clone();
    loop {
        match journal.append(&at, drafts) {
            Ok(appended) => return Ok(appended),
            Err(AppendError::Failed(error)) => return Err(error),
            Err(AppendError::Behind(news)) => {
                at = match Head::of(&news.entries) {
                    Some(end) => end,
                    None if news.reread => Head::start(),
                    None => at,
                };
                take_in(news);
            }
        }
    }
}
