//! The fold: entries in order become the state of an incident.
//!
//! It reads `data` only. Texts are named by [`TextRef`] and looked up when something is drawn or written.

mod amendment;
mod clock;
mod custody;
mod message;
mod observation;
mod order;
mod paging;
mod playbook;
mod response;
pub(crate) mod state;

pub use state::{
    Acknowledgement, AlertFacts, Assignment, Before, Classification, Custody, ImpactFacts,
    Incident, MessageFact, Order, Recorded, Replaced, Request, Run, SendResult, SendingId,
    SignalFacts, SourceFacts, StatusFact, TextRef, UpdateFact, WorkFact, WorkOwner,
};

use super::PROGRAM;
use super::entry::{Body, Corrected, Entry, Event};
use super::steady::Moment;

impl Incident {
    pub fn from_entries<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Self {
        let entries: Vec<&Entry> = entries.into_iter().collect();
        let mut incident = Self::default();
        incident.read_corrections(entries.iter().copied());
        for entry in entries {
            incident.apply(entry);
        }
        incident
    }

    /// Takes in the next entry. If that corrects an earlier one, the state is stale.
    pub fn apply(&mut self, entry: &Entry) {
        let entry = &*self.amended(entry);
        self.count = entry.seq;
        self.head.clone_from(&entry.hash);
        let recorded = self.clock.take(entry.seq, entry.recorded, entry.mono);
        if entry.by.as_str() != PROGRAM {
            self.last_by_person = Some((entry.seq, recorded));
            self.last_by_actor.insert(entry.by.clone(), recorded);
        }
        match &entry.body {
            Body::Known(event) => self.apply_event(entry, event, recorded),
            Body::Unknown(_) => self.unknown.push(entry.seq),
        }
        if !entry.against.is_empty() {
            self.confirmed.insert(entry.seq, entry.against.clone());
        }
        if let Some(correction) = entry.data::<Corrected>() {
            self.is_stale |= !self.takes(entry.seq, correction);
        }
    }

    fn apply_event(&mut self, entry: &Entry, event: &Event, recorded: Moment) {
        match event {
            Event::Observation(event) => self.apply_observation(entry, event),
            Event::Paging(event) => self.apply_paging(entry, event, recorded),
            Event::Response(event) => self.apply_response(entry, event, recorded),
            Event::Message(event) => self.apply_message(entry, event, recorded),
            Event::Playbook(event) => self.apply_playbook(entry, event),
            Event::Custody(event) => self.apply_custody(entry, event),
            Event::Clock(event) => self.apply_clock(entry, event),
        }
    }
}

#[cfg(test)]
pub(in crate::incident) mod testing;
#[cfg(test)]
mod tests;
