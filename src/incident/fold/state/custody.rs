//! The chain of custody: checkpoints, approvals, copies, erasures, holds.

use super::facts::Recorded;
use crate::incident::entry::{
    ApprovalRequested, Approved, Checkpointed, Entry, Erased, Exported, Sealed,
};
use crate::incident::ids::{ActorId, IncidentId, Slug};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub seq: u64,
    pub at: DateTime<Utc>,
    pub by: ActorId,
    pub data: ApprovalRequested,
    /// By another person, with another key, over the same digest.
    pub approvals: Vec<Recorded<Approved>>,
    pub done: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Custody {
    pub checkpoints: Vec<Recorded<Checkpointed>>,
    /// A key was configured and did not sign.
    pub unsigned: Vec<u64>,
    pub requests: BTreeMap<Slug, Request>,
    pub erasures: Vec<Recorded<Erased>>,
    /// Copies.
    pub exports: Vec<Recorded<Exported>>,
    pub sealed: Option<Recorded<Sealed>>,
    pub holds: BTreeMap<(IncidentId, Slug), u64>,
    pub deleted: BTreeSet<IncidentId>,
    /// Entries after which the journal continues in another file.
    pub continuations: Vec<u64>,
    pub network: Option<u64>,
}

impl Custody {
    pub(in crate::incident::fold) fn requested(&mut self, entry: &Entry, data: &ApprovalRequested) {
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
    pub(in crate::incident::fold) fn approved(&mut self, entry: &Entry, data: &Approved) {
        let Some(request) = self.requests.get_mut(&data.request) else {
            return;
        };
        let same_key = data.key.is_some() && data.key == request.data.key;
        if entry.by == request.by || same_key || data.digest != request.data.digest {
            return;
        }
        request.approvals.push(Recorded::of(entry, data));
    }

    pub(in crate::incident::fold) fn done(&mut self, request: &Slug, seq: u64) {
        if let Some(request) = self.requests.get_mut(request) {
            request.done.get_or_insert(seq);
        }
    }

    /// As the journal says; 0 if nothing is signed. Verification judges the signatures.
    pub fn signed_upto(&self) -> u64 {
        let covered = self.checkpoints.iter().map(|signed| signed.data.upto);
        covered.max().unwrap_or(0)
    }

    pub fn holds_on<'c>(&'c self, incident: &'c IncidentId) -> impl Iterator<Item = &'c Slug> {
        self.holds
            .keys()
            .filter(move |(held, _)| held == incident)
            .map(|(_, hold)| hold)
    }

    pub fn erasure_of(&self, entry: u64, field: &str) -> Option<u64> {
        self.erasures
            .iter()
            .find(|erased| erased.data.entry == entry && erased.data.field.as_str() == field)
            .map(|erased| erased.seq)
    }
}
