//! The chain of custody: what proves the journal, who approved what, who got copies, what was taken out.

use super::state::Incident;
use crate::incident::entry::{
    ApprovalRequested, Approved, Checkpointed, CustodyEvent, Entry, Erased, Exported,
};
use crate::incident::ids::{ActorId, IncidentId, Slug};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// A request for approval, with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The entry.
    pub seq: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who asked.
    pub by: ActorId,
    /// What for.
    pub data: ApprovalRequested,
    /// The approvals that count: by somebody else, with another key, over the same digest.
    pub approvals: Vec<Approval>,
    /// The entry that carried it out.
    pub done: Option<u64>,
}

/// An approval that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The entry.
    pub seq: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who approved.
    pub by: ActorId,
    /// What the entry says.
    pub data: Approved,
}

/// The chain of custody.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Custody {
    /// Checkpoints, with their entries and who made them.
    pub checkpoints: Vec<(u64, ActorId, Checkpointed)>,
    /// Occasions that stayed unsigned although a key was configured.
    pub unsigned: Vec<u64>,
    /// Requests for approval.
    pub requests: BTreeMap<Slug, Request>,
    /// Erasures, with their entries.
    pub erasures: Vec<(u64, Erased)>,
    /// Copies, with their entries and times.
    pub exports: Vec<(u64, DateTime<Utc>, Exported)>,
    /// When the journal was sealed.
    pub sealed: Option<(u64, DateTime<Utc>)>,
    /// Legal holds in force: incident and hold, with the entry.
    pub holds: BTreeMap<(IncidentId, Slug), u64>,
    /// Incidents deleted.
    pub deleted: BTreeSet<IncidentId>,
    /// Whether the journal goes on in further files.
    pub continuations: Vec<u64>,
    /// The entry that says so, where the journal is on a network file system.
    pub network: Option<u64>,
}

impl Incident {
    pub(super) fn apply_custody(&mut self, entry: &Entry, event: &CustodyEvent) {
        let seq = entry.seq;
        let custody = &mut self.custody;
        match event {
            CustodyEvent::Continued(_) => custody.continuations.push(seq),
            CustodyEvent::Recovered(_) => self.recoveries.push(seq),
            CustodyEvent::DocumentWritten(data) => {
                self.documents.push((seq, entry.recorded, data.clone()));
            }
            CustodyEvent::Checkpointed(data) => {
                let signed = (seq, entry.by.clone(), data.clone());
                custody.checkpoints.push(signed);
            }
            CustodyEvent::CheckpointFailed(_) => custody.unsigned.push(seq),
            CustodyEvent::ApprovalRequested(data) => custody.requested(entry, data),
            CustodyEvent::Approved(data) => custody.approved(entry, data),
            CustodyEvent::Erased(data) => {
                custody.done(&data.request, seq);
                custody.erasures.push((seq, data.clone()));
            }
            CustodyEvent::Exported(data) => {
                custody.exports.push((seq, entry.recorded, data.clone()));
            }
            CustodyEvent::Sealed(_) => {
                custody.sealed.get_or_insert((seq, entry.recorded));
            }
            CustodyEvent::HoldPlaced(data) => {
                let hold = (data.incident.clone(), data.hold.clone());
                custody.holds.insert(hold, seq);
            }
            CustodyEvent::HoldReleased(data) => {
                let hold = (data.incident.clone(), data.hold.clone());
                custody.holds.remove(&hold);
                if let Some(request) = &data.request {
                    custody.done(request, seq);
                }
            }
            CustodyEvent::Deleted(data) => {
                custody.done(&data.request, seq);
                custody.deleted.insert(data.incident.clone());
            }
            // It changes nothing of an incident: the ledger records it.
            CustodyEvent::GateOverridden(_) => {}
            CustodyEvent::NetworkFileSystem(_) => custody.network = Some(seq),
        }
    }
}

impl Custody {
    fn requested(&mut self, entry: &Entry, data: &ApprovalRequested) {
        let request = Request {
            seq: entry.seq,
            at: entry.recorded,
            by: entry.by.clone(),
            data: data.clone(),
            approvals: Vec::new(),
            done: None,
        };
        self.requests.entry(data.request.clone()).or_insert(request);
    }

    /// One's own approval does not count, whatever is in the journal: neither by the same id nor by the same key.
    fn approved(&mut self, entry: &Entry, data: &Approved) {
        let Some(request) = self.requests.get_mut(&data.request) else {
            return;
        };
        let same_key = data.key.is_some() && data.key == request.data.key;
        if entry.by == request.by || same_key || data.digest != request.data.digest {
            return;
        }
        request.approvals.push(Approval {
            seq: entry.seq,
            at: entry.recorded,
            by: entry.by.clone(),
            data: data.clone(),
        });
    }

    fn done(&mut self, request: &Slug, seq: u64) {
        if let Some(request) = self.requests.get_mut(request) {
            request.done.get_or_insert(seq);
        }
    }

    /// The last entry that a signature covers, as far as the journal says; 0 where nothing is signed. Whether
    /// the signatures hold is for a verification to say.
    pub fn signed_upto(&self) -> u64 {
        let covered = self.checkpoints.iter().map(|(_, _, data)| data.upto);
        covered.max().unwrap_or(0)
    }

    /// The holds in force on an incident.
    pub fn holds_on<'c>(&'c self, incident: &'c IncidentId) -> impl Iterator<Item = &'c Slug> {
        self.holds
            .keys()
            .filter(move |(held, _)| held == incident)
            .map(|(_, hold)| hold)
    }

    /// The entry that says that a text was erased.
    pub fn erasure_of(&self, entry: u64, field: &str) -> Option<u64> {
        self.erasures
            .iter()
            .find(|(_, erased)| erased.entry == entry && erased.field.as_str() == field)
            .map(|(seq, _)| *seq)
    }
}
