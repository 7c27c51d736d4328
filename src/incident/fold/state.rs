//! The state of an incident: what the entries so far say.

mod amendment;
mod custody;
mod facts;
mod order;

pub use amendment::{Amendment, Before, Replaced};
pub use custody::{Custody, Request};
pub use facts::*;
pub use order::Order;

use crate::incident::cadence::Cadence;
use crate::incident::entry::{
    ActorIntroduced, Adopted, DocumentWritten, Overdue, PeerLost, WorkState,
};
use crate::incident::escalation::{Escalation, Response};
use crate::incident::ids::{ActorId, PlaybookId, Slug, SourceId};
use crate::incident::roles::Role;
use crate::incident::severity::Severity;
use crate::incident::status::Status;
use crate::incident::steady::{ClockHistory, Moment, Stamp};
use crate::times::StatedTime;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// An incident. Every fact names the entry (`seq`) it rests on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Incident {
    pub count: u64,
    pub head: String,
    /// `None` for a journal without that entry.
    pub opened: Option<OpenedFacts>,
    pub status: Status,
    /// In the order of their times, as classifications and acknowledgements are.
    pub status_changes: Vec<StatusFact>,
    pub impact: Vec<ImpactSaid>,
    pub classifications: Vec<Classification>,
    pub acknowledgements: Vec<Acknowledgement>,
    pub roles: BTreeMap<Role, Assignment>,
    /// The holders of the shared role; the last of them stands in `roles` too.
    pub experts: Vec<Assignment>,
    pub role_changes: BTreeMap<Role, u64>,
    /// Of the last change; of the shared role, for each person.
    pub(super) role_orders: BTreeMap<(Role, Option<ActorId>), Order>,
    pub actors: BTreeMap<ActorId, Recorded<ActorIntroduced>>,
    /// From the id under which somebody was named before they acted here to their own id.
    pub arrived: BTreeMap<ActorId, ActorId>,
    pub alerts: BTreeMap<Slug, AlertFacts>,
    pub signals: BTreeMap<Slug, SignalFacts>,
    pub changes: BTreeMap<Slug, u64>,
    pub sources: BTreeMap<SourceId, SourceFacts>,
    pub playbooks: BTreeMap<PlaybookId, Run>,
    /// The playbook begun last.
    pub playbook: Option<PlaybookId>,
    pub(super) playbook_order: Order,
    pub escalation: Escalation,
    /// In the order in which they went out.
    pub updates: Vec<UpdateFact>,
    /// Sent by other means: no channel sends them.
    pub sent_elsewhere: BTreeSet<u64>,
    pub messages: BTreeMap<SendingId, MessageFact>,
    /// By the entry that opened it.
    pub work: BTreeMap<u64, WorkFact>,
    pub overdue: Vec<Recorded<Overdue>>,
    pub peers_lost: Vec<Recorded<PeerLost>>,
    pub proposals: Vec<ProposalFact>,
    /// When it was recorded.
    pub last_by_person: Option<(u64, Moment)>,
    pub last_by_actor: BTreeMap<ActorId, Moment>,
    pub cadence: Cadence,
    pub adopted: BTreeMap<Slug, Recorded<Adopted>>,
    /// Raised by the classification in force.
    pub flags: BTreeSet<Slug>,
    pub notes: Vec<u64>,
    /// In the order of their times.
    pub decisions: Vec<(Order, u64)>,
    /// By the corrected entry.
    pub corrections: BTreeMap<u64, Vec<u64>>,
    /// An entry was corrected after it was folded: the state must be folded again, from all entries.
    pub is_stale: bool,
    /// Those that replace something, by the corrected entry.
    pub(super) amendments: BTreeMap<u64, Vec<Amendment>>,
    pub(super) replaced: BTreeMap<u64, Vec<Replaced>>,
    /// Entries with the earlier ones that their time contradicts, as a person confirmed.
    pub confirmed: BTreeMap<u64, Vec<u64>>,
    /// The latest time of recording.
    pub(super) recorded_upto: DateTime<Utc>,
    pub documents: Vec<Recorded<DocumentWritten>>,
    pub clock: ClockHistory,
    /// Entry and milliseconds.
    pub clock_steps: Vec<(u64, i64)>,
    pub recoveries: Vec<u64>,
    pub unknown: Vec<u64>,
    pub custody: Custody,
}

impl Incident {
    pub fn now(&self, stamp: &Stamp) -> Moment {
        self.clock.now(stamp)
    }

    /// A time that entry `seq` gives, by the wall clock as it runs now.
    pub fn restated(&self, seq: u64, wall: DateTime<Utc>, stamp: &Stamp) -> DateTime<Utc> {
        self.now(stamp).wall_at(self.clock.steady(seq, wall))
    }

    pub fn classification(&self) -> Option<&Classification> {
        self.classifications.last()
    }

    pub fn proposed(&self) -> Option<&ProposalFact> {
        let since = self.classification().map_or(0, |verdict| verdict.seq);
        self.proposals
            .last()
            .filter(|proposal| proposal.seq > since)
    }

    pub fn is_sealed(&self) -> bool {
        self.custody.sealed.is_some()
    }

    pub fn open_work(&self) -> impl Iterator<Item = (u64, &WorkFact)> {
        let open = self.work.iter();
        open.filter(|(_, fact)| fact.state == WorkState::Open)
            .map(|(seq, fact)| (*seq, fact))
    }

    pub fn severity(&self) -> Option<Severity> {
        self.classification()
            .map(|classification| classification.severity)
    }

    pub fn acknowledged(&self) -> Option<&Acknowledgement> {
        self.acknowledgements.first()
    }

    pub fn response(&self) -> Response<'_> {
        self.escalation.judged(Response {
            acknowledgements: &self.acknowledgements,
            status: self.status,
            severity: self.severity(),
            adopted: !self.adopted.is_empty(),
            incomplete_since: None,
        })
    }

    /// The entry that last changed who holds a role; 0 where none has.
    pub fn role_change(&self, role: Role) -> u64 {
        self.role_changes.get(&role).copied().unwrap_or_default()
    }

    pub fn started(&self) -> Option<DateTime<Utc>> {
        self.opened.as_ref().map(|opened| opened.data.started)
    }

    /// The status that an entry sets.
    pub fn status_at(&self, seq: u64) -> Option<Status> {
        let mut changes = self.status_changes.iter();
        Some(changes.find(|change| change.seq == seq)?.status)
    }

    /// As it was stated, and corrected.
    pub fn start(&self) -> Option<StatedTime> {
        self.opened.as_ref().map(|opened| opened.data.start())
    }

    /// Entered after the event: nobody is paged, no clock runs, nothing is measured.
    pub fn is_retrospective(&self) -> bool {
        let opened = self.opened.as_ref();
        opened.is_some_and(|opened| opened.data.retrospective)
    }

    /// The latest change to this status or beyond, unless the incident went back.
    pub fn reached(&self, status: Status) -> Option<&StatusFact> {
        if self.status < status {
            return None;
        }
        self.status_changes
            .iter()
            .rev()
            .take_while(|change| change.status >= status)
            .last()
    }

    pub fn is_drill(&self) -> bool {
        self.opened.as_ref().is_some_and(|opened| opened.data.drill)
    }

    pub fn roles_of(&self, actor: &ActorId) -> Vec<Role> {
        let held = Role::ALL.into_iter();
        held.filter(|role| self.is_held_by(*role, actor)).collect()
    }

    /// At most one, except for the shared role.
    pub fn holders(&self, role: Role) -> impl Iterator<Item = &Assignment> {
        let shared = self.experts.iter().filter(move |_| role.is_shared());
        let single = self.roles.get(&role).filter(|_| !role.is_shared());
        shared.chain(single)
    }

    pub fn is_held_by(&self, role: Role, actor: &ActorId) -> bool {
        self.holders(role).any(|held| held.actor == *actor)
    }

    /// Whether a change of a role is the last one of those known, and not of an earlier time.
    pub(super) fn changes_role(&mut self, role: Role, actor: &ActorId, order: Order) -> bool {
        self.role_changes.insert(role, order.seq());
        let actor = role.is_shared().then(|| self.own_id(actor));
        let last = self.role_orders.entry((role, actor)).or_default();
        let later = *last <= order;
        *last = (*last).max(order);
        later
    }

    pub(super) fn hold(&mut self, role: Role, mut held: Assignment) {
        held.actor = self.own_id(&held.actor);
        if role.is_shared() {
            self.experts.retain(|other| other.actor != held.actor);
            self.experts.push(held.clone());
        }
        self.roles.insert(role, held);
    }

    /// The own id of a person. A program that does not know yet that the person acted here still uses the id under which
    /// they were named.
    pub fn own_id(&self, actor: &ActorId) -> ActorId {
        self.arrived.get(actor).unwrap_or(actor).clone()
    }

    /// Whether an item is for this person, by themselves or by a role.
    pub fn is_for(&self, fact: &WorkFact, actor: &ActorId) -> bool {
        match &fact.owner {
            Some(WorkOwner::Person(owner)) => owner == actor,
            Some(WorkOwner::Role(role)) => self.is_held_by(*role, actor),
            Some(WorkOwner::Team(_)) | None => false,
        }
    }

    /// A named person acts here: their roles and action items move to their own id.
    pub(super) fn arrive(&mut self, named: &ActorId, actor: &ActorId) {
        if self.arrived.contains_key(named) {
            return;
        }
        self.arrived.insert(named.clone(), actor.clone());
        let held = self.roles.values_mut().chain(&mut self.experts);
        for held in held.filter(|held| held.actor == *named) {
            held.actor = actor.clone();
        }
        for fact in self.work.values_mut() {
            if let Some(WorkOwner::Person(owner)) = &mut fact.owner
                && owner == named
            {
                *owner = actor.clone();
            }
        }
    }

    pub(super) fn release(&mut self, role: Role, actor: &ActorId) {
        let actor = &self.own_id(actor);
        self.roles.remove(&role);
        if role.is_shared() {
            self.experts.retain(|other| other.actor != *actor);
            if let Some(last) = self.experts.last() {
                self.roles.insert(role, last.clone());
            }
        }
    }
}
