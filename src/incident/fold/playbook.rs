//! What playbook runs change.

use super::state::{Incident, ItemId, Order, Run, StepFact, Tick};
use crate::incident::entry::{Entry, ItemTicked, PlaybookEvent, PlaybookStarted, StepRecorded};
use std::collections::BTreeMap;

impl Incident {
    pub(super) fn apply_playbook(&mut self, entry: &Entry, event: &PlaybookEvent) {
        match event {
            PlaybookEvent::PlaybookStarted(data) => self.playbook_started(entry, data),
            PlaybookEvent::StepRecorded(data) => self.step_recorded(entry, data),
            PlaybookEvent::ItemTicked(data) => self.item_ticked(entry, data),
        }
    }

    fn playbook_started(&mut self, entry: &Entry, data: &PlaybookStarted) {
        let order = self.order(entry);
        // One that was left for another playbook goes on where it was left.
        let left = self.playbooks.get(&data.playbook);
        let left = left.filter(|run| data.goes_on && run.digest == data.digest);
        let run = left.cloned().unwrap_or(Run {
            seq: entry.seq,
            at: entry.happened(),
            digest: data.digest.clone(),
            steps: data.steps,
            results: BTreeMap::new(),
            latest: None,
            latest_order: Order::default(),
            ticks: BTreeMap::new(),
        });
        self.playbooks.insert(data.playbook.clone(), run);
        if self.playbook_order <= order {
            (self.playbook, self.playbook_order) = (Some(data.playbook.clone()), order);
        }
    }

    fn step_recorded(&mut self, entry: &Entry, data: &StepRecorded) {
        let order = self.order(entry);
        let Some(run) = self.playbooks.get_mut(&data.playbook) else {
            return;
        };
        let fact = StepFact {
            seq: entry.seq,
            order,
            at: entry.happened(),
            by: entry.by.clone(),
            outcome: data.outcome,
            choice: data.choice.clone(),
        };
        let known = run.results.get(&data.step);
        if known.is_none_or(|known| known.order <= order) {
            run.results.insert(data.step.clone(), fact);
        }
        if run.latest_order <= order {
            (run.latest, run.latest_order) = (Some(data.step.clone()), order);
        }
    }

    fn item_ticked(&mut self, entry: &Entry, data: &ItemTicked) {
        if let Some(run) = self.playbooks.get_mut(&data.playbook) {
            let tick = Tick {
                seq: entry.seq,
                ticked: data.ticked,
            };
            let item = ItemId {
                digest: data.digest.clone(),
                step: data.step.clone(),
                item: data.item,
            };
            run.ticks.insert(item, tick);
        }
    }
}
