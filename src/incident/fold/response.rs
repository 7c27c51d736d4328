//! What the response changes: people, roles, decisions, the status, action items and follow-ups.

use super::state::{
    Assignment, Classification, Incident, OpenedFacts, ProposalFact, Recorded, StatusFact, TextRef,
    WorkFact,
};
use crate::incident::entry::{
    Classified, Entry, ResponseEvent, RoleAssigned, WorkChanged, WorkOpened, WorkState, field,
};
use crate::incident::steady::Moment;

impl Incident {
    pub(super) fn apply_response(
        &mut self,
        entry: &Entry,
        event: &ResponseEvent,
        recorded: Moment,
    ) {
        let (seq, at) = (entry.seq, entry.happened());
        match event {
            ResponseEvent::Opened(data) => {
                let title = TextRef {
                    seq,
                    field: field::TITLE,
                };
                self.opened.get_or_insert(OpenedFacts {
                    seq,
                    at,
                    data: data.clone(),
                    title,
                });
            }
            ResponseEvent::ActorIntroduced(data) => {
                self.actors
                    .entry(data.actor.clone())
                    .or_insert_with(|| Recorded::of(entry, data));
                if let Some(named) = &data.was {
                    self.arrive(named, &data.actor);
                }
            }
            ResponseEvent::Classified(data) => self.classified(entry, data),
            ResponseEvent::Proposed(data) => {
                let questions = data.answers.iter();
                self.proposals.push(ProposalFact {
                    seq,
                    at,
                    severity: data.severity,
                    rests_on: questions.map(|given| given.question.clone()).collect(),
                });
            }
            ResponseEvent::RoleAssigned(data) => self.role_assigned(entry, data),
            ResponseEvent::HandedOver(data) => {
                if let Some(from) = &data.from {
                    self.release(data.role, from, seq);
                }
                let actor = data.to.clone();
                self.hold(data.role, Assignment { seq, at, actor });
            }
            ResponseEvent::Noted(_) => self.notes.push(seq),
            ResponseEvent::Decided(_) => self.decisions.push(seq),
            ResponseEvent::StatusChanged(data) => {
                self.status = data.status;
                self.status_changes.push(StatusFact {
                    seq,
                    at,
                    recorded,
                    status: data.status,
                });
            }
            ResponseEvent::Corrected(data) => {
                self.corrections.entry(data.seq).or_default().push(seq);
            }
            ResponseEvent::WorkOpened(data) => self.work_opened(seq, data),
            ResponseEvent::WorkChanged(data) => self.work_changed(seq, data),
        }
    }

    fn classified(&mut self, entry: &Entry, data: &Classified) {
        self.flags = data.flags.iter().cloned().collect();
        self.classifications.push(Classification {
            seq: entry.seq,
            at: entry.happened(),
            by: entry.by.clone(),
            severity: data.severity,
            rule: data.rule.clone(),
            policy: data.policy.clone(),
            answers: data.answers.clone(),
            flags: data.flags.clone(),
        });
    }

    fn role_assigned(&mut self, entry: &Entry, data: &RoleAssigned) {
        let (seq, at) = (entry.seq, entry.happened());
        match data.actor.clone() {
            Some(actor) => {
                // In earlier versions the shared role had one holder.
                if data.supersedes.is_none() {
                    self.experts.retain(|_| !data.role.is_shared());
                }
                self.hold(data.role, Assignment { seq, at, actor });
            }
            None => self.release(data.role, &entry.by, seq),
        }
    }

    fn work_opened(&mut self, seq: u64, data: &WorkOpened) {
        let fact = WorkFact {
            kind: data.kind,
            owner: data.owner.as_ref().map(|owner| self.own_id(owner)),
            due: data.due,
            state: WorkState::Open,
            last: seq,
        };
        self.work.insert(seq, fact);
    }

    fn work_changed(&mut self, seq: u64, data: &WorkChanged) {
        let owner = data.owner.as_ref().map(|owner| self.own_id(owner));
        if let Some(fact) = self.work.get_mut(&data.item) {
            fact.state = data.state;
            fact.owner = owner.or(fact.owner.take());
            fact.due = data.due.or(fact.due);
            fact.last = seq;
        }
    }
}
