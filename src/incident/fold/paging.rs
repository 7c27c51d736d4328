//! What paging changes: the escalation, its pages, acknowledgements, incidents of other systems.

use super::order::insert;
use super::state::{Acknowledgement, Incident, Recorded};
use crate::incident::entry::{Entry, EscalationArmed, PagingEvent};
use crate::incident::escalation::{ArmedLevel, Escalation, LevelState};
use crate::incident::steady::Moment;
use std::collections::BTreeMap;

impl Incident {
    pub(super) fn apply_paging(&mut self, entry: &Entry, event: &PagingEvent, recorded: Moment) {
        let seq = entry.seq;
        match event {
            PagingEvent::EscalationArmed(data) => self.escalation_armed(seq, data),
            PagingEvent::LevelArmed(data) => {
                // Counted from the classification, by the clock as it ran then.
                let due = self.clock.steady(data.because, data.due);
                if let Some(level) = self.escalation.level_mut(&data.level) {
                    level.armed.due.get_or_insert(data.due);
                    level.due.get_or_insert(due);
                }
            }
            PagingEvent::PageIntended(data) => self.escalation.intended(seq, recorded, data),
            PagingEvent::PageResulted(data) => self.escalation.resulted(seq, recorded, data),
            PagingEvent::Acknowledged(data) => {
                let order = self.order(entry);
                let ack = Acknowledgement {
                    seq,
                    at: entry.when(),
                    order,
                    by: entry.by.clone(),
                    targets: data.targets.clone(),
                    elsewhere: data.elsewhere.is_some(),
                };
                insert(&mut self.acknowledgements, ack, |ack| ack.order);
            }
            PagingEvent::Adopted(data) => {
                self.adopted
                    .entry(data.incident.clone())
                    .or_insert_with(|| Recorded::of(entry, data));
            }
        }
    }

    fn escalation_armed(&mut self, seq: u64, data: &EscalationArmed) {
        if self.escalation.armed.is_some() {
            return;
        }
        // Counted from the start that the opening gives, by the clock as it ran then.
        let opened = self.opened.as_ref().map_or(seq, |opened| opened.seq);
        let level = |armed: &ArmedLevel| LevelState {
            due: armed.due.map(|due| self.clock.steady(opened, due)),
            armed: armed.clone(),
            pages: BTreeMap::new(),
        };
        let levels = data.levels.iter().map(level).collect();
        self.cadence = data.cadence.clone().unwrap_or_default();
        self.escalation = Escalation {
            armed: Some(seq),
            from: Some(data.from),
            levels,
        };
    }
}
