//! What the events of commanding change: acknowledgements, messages, hand-overs, work, clocks that ran out.

use super::state::{Acknowledgement, Assignment, Incident, MessageFact, ProposalFact, WorkFact};
use crate::incident::entry::{Audience, Entry, Event, MessageIntended, WorkChanged, WorkState};
use crate::incident::escalation::asked;
use crate::incident::steady::Moment;
use chrono::{DateTime, TimeDelta, Utc};

impl Incident {
    /// Applies an event of commanding; says whether it was one.
    pub(super) fn command(&mut self, entry: &Entry, event: &Event, recorded: Moment) -> bool {
        let (seq, at) = (entry.seq, entry.happened());
        match event {
            Event::Acknowledged(data) => {
                self.acknowledgements.push(Acknowledgement {
                    seq,
                    at,
                    by: entry.by.clone(),
                    targets: data.targets.clone(),
                });
            }
            Event::Adopted(data) => {
                self.adopted
                    .entry(data.incident.clone())
                    .or_insert((seq, data.created));
            }
            Event::Updated(data) => {
                // In the order in which they went out: one that is recorded late is not the latest for that.
                let later = |(_, other, _): &(u64, DateTime<Utc>, Audience)| *other > at;
                let place = match data.elsewhere {
                    true => self.updates.iter().position(later),
                    false => None,
                };
                let place = place.unwrap_or(self.updates.len());
                self.updates.insert(place, (seq, at, data.audience));
                if data.elsewhere {
                    self.sent_elsewhere.insert(seq);
                }
            }
            Event::MessageIntended(data) => self.message_intended(entry.seq, recorded, data),
            Event::MessageResulted(data) => {
                let key = (data.message.clone(), data.channel.clone(), data.repeat);
                if let Some(fact) = self.messages.get_mut(&key) {
                    if fact.result.is_none() {
                        fact.result = Some((seq, recorded, data.outcome));
                        fact.retry_after = asked(data.retry_after);
                    }
                    fact.remote = fact.remote.take().or_else(|| data.remote.clone());
                }
            }
            Event::HandedOver(data) => {
                if let Some(from) = &data.from {
                    self.release(data.role, from, seq);
                }
                let actor = data.to.clone();
                self.hold(data.role, Assignment { seq, at, actor });
            }
            Event::WorkOpened(data) => {
                let fact = WorkFact {
                    kind: data.kind,
                    owner: data.owner.as_ref().map(|owner| self.is_now(owner)),
                    due: data.due,
                    state: WorkState::Open,
                    last: seq,
                };
                self.work.insert(seq, fact);
            }
            Event::WorkChanged(data) => self.work_changed(seq, data),
            Event::Overdue(data) => self.overdue.push((seq, data.clone())),
            Event::PeerLost(data) => self.peers_lost.push((seq, data.clone())),
            Event::Proposed(data) => self.proposals.push(ProposalFact {
                seq,
                at,
                severity: data.severity,
                rests_on: data
                    .answers
                    .iter()
                    .map(|given| given.question.clone())
                    .collect(),
            }),
            _ => return false,
        }
        true
    }

    fn message_intended(&mut self, seq: u64, at: Moment, data: &MessageIntended) {
        let key = (data.message.clone(), data.channel.clone(), data.repeat);
        self.messages.entry(key).or_insert(MessageFact {
            what: data.what,
            tells: data.tells,
            page: data.page.clone(),
            intent: seq,
            at,
            result: None,
            retry_after: TimeDelta::zero(),
            remote: None,
        });
    }

    fn work_changed(&mut self, seq: u64, data: &WorkChanged) {
        let owner = data.owner.as_ref().map(|owner| self.is_now(owner));
        if let Some(fact) = self.work.get_mut(&data.item) {
            fact.state = data.state;
            fact.owner = owner.or(fact.owner.take());
            fact.due = data.due.or(fact.due);
            fact.last = seq;
        }
    }
}
