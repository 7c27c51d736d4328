//! What the response changes: people, roles, decisions, the status, action items and follow-ups.

use super::order::insert;
use super::state::{
    Assignment, Classification, ImpactSaid, Incident, OpenedFacts, Order, ProposalFact, Recorded,
    StatusFact, TextRef, WorkFact, WorkOwner,
};
use crate::incident::entry::{
    Classified, Entry, Opened, ResponseEvent, RoleAssigned, WorkChanged, WorkOpened, WorkState,
    field,
};
use crate::incident::ids::ActorId;
use crate::incident::roles::Role;
use crate::incident::status::Status;
use crate::incident::steady::Moment;

impl Incident {
    pub(super) fn apply_response(
        &mut self,
        entry: &Entry,
        event: &ResponseEvent,
        recorded: Moment,
    ) {
        let (seq, at, order) = (entry.seq, entry.happened(), self.order(entry));
        match event {
            ResponseEvent::Opened(data) => self.is_opened(entry, data),
            ResponseEvent::ActorIntroduced(data) => {
                self.actors
                    .entry(data.actor.clone())
                    .or_insert_with(|| Recorded::of(entry, data));
                if let Some(named) = &data.was {
                    self.arrive(named, &data.actor);
                }
            }
            ResponseEvent::Classified(data) => self.classified(entry, data, order),
            ResponseEvent::Proposed(data) => {
                let questions = data.answers.iter();
                self.proposals.push(ProposalFact {
                    seq,
                    at,
                    severity: data.severity,
                    rests_on: questions.map(|given| given.question.clone()).collect(),
                });
            }
            ResponseEvent::RoleAssigned(data) => self.role_assigned(entry, data, order),
            ResponseEvent::HandedOver(data) => {
                if self.changes_role(data.role, &data.to, order) {
                    if let Some(from) = &data.from {
                        self.release(data.role, from);
                    }
                    let actor = data.to.clone();
                    self.hold(data.role, Assignment { seq, at, actor });
                }
            }
            ResponseEvent::Noted(_) => self.notes.push(seq),
            ResponseEvent::Decided(_) => {
                insert(&mut self.decisions, (order, seq), |(order, _)| *order);
            }
            ResponseEvent::StatusChanged(data) => {
                self.status_changed(entry, (data.status, order), recorded);
            }
            ResponseEvent::ImpactStated(data) => {
                let said = ImpactSaid {
                    seq,
                    at: entry.when(),
                    is_stated: entry.is_stated(),
                    order,
                    change: data.impact,
                };
                insert(&mut self.impact, said, |said| said.order);
            }
            ResponseEvent::Corrected(data) => {
                self.corrections.entry(data.seq).or_default().push(seq);
            }
            ResponseEvent::WorkOpened(data) => self.work_opened(entry, data),
            ResponseEvent::WorkChanged(data) => self.work_changed(entry, data, order),
        }
    }

    fn is_opened(&mut self, entry: &Entry, data: &Opened) {
        let seq = entry.seq;
        let title = TextRef {
            seq,
            field: field::TITLE,
        };
        self.opened.get_or_insert(OpenedFacts {
            seq,
            at: match entry.is_stated() {
                true => entry.recorded,
                false => entry.happened(),
            },
            detected: entry.occurred.filter(|_| entry.is_stated()).map(|it| it.at),
            data: Opened {
                started: data.start().from(),
                ..data.clone()
            },
            title,
        });
    }

    fn classified(&mut self, entry: &Entry, data: &Classified, order: Order) {
        let classification = Classification {
            seq: entry.seq,
            at: entry.when(),
            is_stated: entry.is_stated(),
            order,
            by: entry.by.clone(),
            severity: data.severity,
            rule: data.rule.clone(),
            matched: data.matched.clone(),
            policy: data.policy.clone(),
            answers: data.answers.clone(),
            flags: data.flags.clone(),
        };
        insert(&mut self.classifications, classification, |it| it.order);
        let last = self.classifications.last();
        self.flags = last.map_or_else(Default::default, |it| it.flags.iter().cloned().collect());
    }

    /// A closed incident stays closed. Otherwise the last status by time is in force.
    fn status_changed(
        &mut self,
        entry: &Entry,
        (status, order): (Status, Order),
        recorded: Moment,
    ) {
        let change = StatusFact {
            seq: entry.seq,
            at: entry.when(),
            is_stated: entry.is_stated(),
            order,
            recorded,
            status,
        };
        insert(&mut self.status_changes, change, |change| change.order);
        let changes = self.status_changes.iter();
        let closed = changes.clone().filter(|it| it.status == Status::Closed);
        let closed = closed.map(|it| it.seq).max();
        // Only a status that is set after the closing, which intents refuse, leads out of it; no stated time does.
        let is_reopened = |closing: u64| {
            let mut changes = changes.clone();
            changes.any(|it| !it.is_stated && it.seq > closing && it.status != Status::Closed)
        };
        self.status = match (closed, self.status_changes.last()) {
            (Some(closing), _) if !is_reopened(closing) => Status::Closed,
            (_, Some(last)) => last.status,
            (_, None) => status,
        };
    }

    fn role_assigned(&mut self, entry: &Entry, data: &RoleAssigned, order: Order) {
        let (seq, at) = (entry.seq, entry.happened());
        let whose = data.actor.as_ref().unwrap_or(&entry.by);
        if !self.changes_role(data.role, whose, order) {
            return;
        }
        match data.actor.clone() {
            Some(actor) => {
                // In earlier versions the shared role had one holder.
                if data.supersedes.is_none() {
                    self.experts.retain(|_| !data.role.is_shared());
                }
                self.hold(data.role, Assignment { seq, at, actor });
            }
            None => self.release(data.role, &entry.by),
        }
    }

    fn work_opened(&mut self, entry: &Entry, data: &WorkOpened) {
        let seq = entry.seq;
        let fact = WorkFact {
            kind: data.kind,
            owner: self.owner(entry.seq, (data.owner.as_ref(), data.role, data.team)),
            due: data.due,
            due_stated: data.due_stated,
            state: WorkState::Open,
            opened: entry.when(),
            changed: None,
            orders: [None; 3],
            last: seq,
        };
        self.work.insert(seq, fact);
    }

    fn owner(
        &self,
        seq: u64,
        (person, role, team): (Option<&ActorId>, Option<Role>, bool),
    ) -> Option<WorkOwner> {
        let name = TextRef {
            seq,
            field: field::OWNER,
        };
        match (person, role) {
            (Some(person), _) => Some(WorkOwner::Person(self.own_id(person))),
            (None, Some(role)) => Some(WorkOwner::Role(role)),
            (None, None) => team.then_some(WorkOwner::Team(name)),
        }
    }

    /// Each of state, owner and due time is the last one by time.
    fn work_changed(&mut self, entry: &Entry, data: &WorkChanged, order: Order) {
        let owner = self.owner(entry.seq, (data.owner.as_ref(), data.role, data.team));
        let Some(fact) = self.work.get_mut(&data.item) else {
            return;
        };
        fact.last = entry.seq;
        let [state, owned, due] = &mut fact.orders;
        // The opening gives the first values, whatever its time: what was done before it is a contradiction, and done.
        let is_later = |known: &Option<Order>| known.is_none_or(|known| known <= order);
        if is_later(state) {
            if fact.state != data.state {
                fact.changed = Some((entry.seq, entry.when()));
            }
            (fact.state, *state) = (data.state, Some(order));
        }
        if let Some(owner) = owner.filter(|_| is_later(owned)) {
            (fact.owner, *owned) = (Some(owner), Some(order));
        }
        if let Some(at) = data.due.filter(|_| is_later(due)) {
            (fact.due, fact.due_stated, *due) = (Some(at), data.due_stated, Some(order));
        }
    }
}
