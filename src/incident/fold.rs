//! The fold: entries in order become the state of an incident.
//!
//! It reads `data` only. Texts are named by [`TextRef`] and looked up when something is drawn or written.

mod apply;
mod command;
mod custody;
mod state;

pub use custody::{Approval, Custody, Request};

pub use state::{
    Acknowledgement, AlertFacts, Assignment, Classification, Incident, MessageFact, OpenedFacts,
    Run, SignalFacts, SourceFacts, StatusFact, StepFact, TextRef, Tick, WorkFact,
};

use super::PROGRAM;
use super::entry::{Body, Entry};

impl Incident {
    /// Folds entries from the beginning.
    pub fn from_entries<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Self {
        let mut incident = Self::default();
        for entry in entries {
            incident.apply(entry);
        }
        incident
    }

    /// Takes the next entry in.
    pub fn apply(&mut self, entry: &Entry) {
        self.count = entry.seq;
        self.head.clone_from(&entry.hash);
        let recorded = self.clock.take(entry);
        if entry.by.as_str() != PROGRAM {
            self.last_said = Some((entry.seq, recorded));
            self.said_by.insert(entry.by.clone(), recorded);
        }
        match &entry.body {
            Body::Known(event) => self.apply_event(entry, event, recorded),
            Body::Unknown(_) => self.unknown.push(entry.seq),
        }
    }
}

#[cfg(test)]
mod tests;
