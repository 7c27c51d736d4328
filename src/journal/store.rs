//! What a store of journals promises, not how it keeps the promise. Files keep it on one machine (`data_dir`), memory keeps
//! it in the simulation; `data_dir/tests/contract.rs` is the same promise as tests.
//!
//! A store decides the order of entries. An append names the head that its drafts were decided on; where somebody was first,
//! it is not made, and what they wrote is handed back.

#[cfg(test)]
pub(crate) mod memory;

use super::clock::Clock;
use super::error::JournalError;
use super::finding::Finding;
use super::line::Head;
use super::signer::Signature;
use super::verbatim::Verbatim;
use crate::incident::{Draft, Entry, IncidentId};
use std::sync::Arc;

/// A journal of a store: an incident's, or the ledger of what concerns sealed incidents and the directory as a whole.
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

/// A whole journal as it was read, up to the first place that is not intact.
#[derive(Debug, Default)]
pub struct Loaded {
    pub entries: Vec<Entry>,
    /// What is wrong at that place.
    pub finding: Option<Finding>,
}

/// What is new since the last look.
#[derive(Debug, Default)]
pub struct News {
    pub entries: Vec<Entry>,
    /// Whether they are the whole journal from its beginning, because lines read before were taken back by their writer:
    /// they had never been acknowledged.
    pub reread: bool,
}

impl News {
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty() && !self.reread
    }
}

/// What an append did. All of it is durable.
#[derive(Debug, Default)]
pub struct Appended {
    /// The entries behind the head that the append named, in order: the drafts', and what the store itself had to record
    /// (a torn end that was set aside, a clock that was set).
    pub entries: Vec<Entry>,
    /// For each draft the number of its entry; `None` where an entry with its deduplication key stands already.
    pub mine: Vec<Option<u64>>,
}

impl Appended {
    /// The number of the last draft that was recorded.
    pub fn last(&self) -> Option<u64> {
        self.mine.iter().flatten().last().copied()
    }
}

/// Why an append was not made.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The journal has gone on since the head that was named.
    #[error("others have recorded meanwhile")]
    Behind(News),
    #[error(transparent)]
    Failed(#[from] JournalError),
}

/// Reads a journal as it grows, whoever writes it. It waits for no writer.
pub trait Follow: Send {
    /// The last entry that was read.
    fn head(&self) -> &Head;
    /// The entries added since the last call, none of them skipped or given twice; an error where the next one is not intact.
    fn refresh(&mut self) -> Result<News, JournalError>;
}

/// A journal open for appending.
pub trait Journal: Follow {
    /// Appends drafts behind `at`, in one act with the check that the journal ends there.
    ///
    /// Drafts whose deduplication key stands in the journal are left out, and so are those whose id does: what was tried and
    /// not acknowledged is tried again under its id. The text that an entry `erased` names is taken out in the same act.
    /// After an error none of the drafts is known to be recorded, and each may be tried again.
    fn append(&mut self, at: &Head, drafts: &[Draft]) -> Result<Appended, AppendError>;
    /// Appends the draft that is made of the head directly behind that head, while all other writers wait.
    fn append_behind_head(
        &mut self,
        make: &mut dyn FnMut(&Head) -> Draft,
    ) -> Result<News, JournalError>;
}

/// A new incident: open for appending, its first entries durable.
pub struct Opened {
    pub id: IncidentId,
    pub journal: Box<dyn Journal>,
    pub entries: Vec<Entry>,
}

/// Where journals are kept, and who decides their order.
pub trait JournalStore: Send + Sync {
    /// The clock that stamps the entries.
    fn clock(&self) -> &Arc<dyn Clock>;
    /// Makes ready for writing, so that a store that takes nothing is known before it is needed.
    fn prepare(&self) -> Result<(), JournalError>;
    /// The incidents, oldest first.
    fn list(&self) -> Result<Vec<IncidentId>, JournalError>;
    /// Follows a journal from its beginning. An incident that is not there is an error of its `refresh`; of a ledger that
    /// nobody has begun nothing is read.
    fn follow(&self, name: &JournalName) -> Box<dyn Follow>;
    /// Opens a journal for appending, and reads it whole. What a crash has left is settled first. The ledger begins with
    /// its first opening.
    fn open(&self, name: &JournalName) -> Result<(Box<dyn Journal>, Vec<Entry>), JournalError>;
    /// Opens a new incident, in one act with the check that the caller has `seen` every incident that has entries: who
    /// decides that none is open for a service decides it on all of them. Where there is another one, none is opened.
    fn open_incident(
        &self,
        drill: bool,
        drafts: &[Draft],
        seen: &dyn Fn(&IncidentId) -> bool,
    ) -> Result<Option<Opened>, JournalError>;
    /// An incident as bytes, for a copy. One that is not intact is refused.
    fn verbatim(&self, id: &IncidentId) -> Result<Verbatim, JournalError>;
    /// The entries of a damaged journal that are whole by themselves, wherever they stand, without texts.
    fn salvage(&self, id: &IncidentId) -> Vec<Entry>;
    /// Takes a text out of an incident, for an erasure that is recorded in the ledger.
    fn erase_text(&self, id: &IncidentId, commitment: &str) -> Result<(), JournalError>;
    /// Takes the right to write from a sealed incident.
    fn close(&self, id: &IncidentId) -> Result<(), JournalError>;
    /// Removes an incident whose deletion the ledger records; finishes a removal that was cut off.
    fn remove(&self, id: &IncidentId) -> Result<(), JournalError>;
    /// Keeps a signature, durable when it returns.
    fn keep_signature(&self, name: &JournalName, signature: &Signature)
    -> Result<(), JournalError>;
    /// A kept signature, by its digest.
    fn signature(&self, name: &JournalName, digest: &str) -> Option<String>;
    /// Remembers that this user has seen a head recorded, so that a journal that goes back behind it is refused.
    fn remember(&self, name: &JournalName, head: &Head);

    /// Reads a journal without waiting for a writer.
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

    /// Reads a journal from its beginning; an error where it is not intact.
    fn check(&self, name: &JournalName) -> Result<(), JournalError> {
        let mut follower = self.follow(name);
        while !follower.refresh()?.is_empty() {}
        Ok(())
    }
}

/// Appends drafts behind whatever others record meanwhile. `take_in` gets what they wrote, before the drafts are decided
/// against it.
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
                at = Head::of(&news.entries).unwrap_or(at);
                take_in(news);
            }
        }
    }
}
