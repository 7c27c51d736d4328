//! One incident in the model: its entries, what they mean, and what is still on the way to the disk.

use super::message::Fate;
use super::setup::Person;
use crate::incident::entry::{ActorIntroduced, ObservationEvent, field};
use crate::incident::fold::Acknowledgement;
use crate::incident::{ActorId, Draft, Entry, Event, Incident, IncidentId, Role, StepId, TextRef};
use crate::text::Problem;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// One incident.
#[derive(Debug, Clone, Default)]
pub struct IncidentView {
    /// The entries, all durable.
    pub entries: Vec<Entry>,
    /// What they mean.
    pub incident: Incident,
    /// What is on its way to the disk: shown as pending, never as done.
    pub pending: Vec<Pending>,
    /// Why nothing can be recorded, and what to do.
    pub problem: Option<Problem>,
    /// What is wrong with its journal, and what to do.
    pub damage: Option<Problem>,
    /// What follows from that.
    pub fate: Option<Fate>,
    /// When its continuation was asked for.
    pub continuing: Option<DateTime<Utc>>,
    /// The incident in which the response goes on.
    pub continued: Option<IncidentId>,
    /// When the current check was asked, while its answer is awaited.
    pub asking: Option<(StepId, DateTime<Utc>)>,
    /// Documents written: name and path.
    pub written: BTreeMap<String, String>,
}

/// Drafts on their way to the disk.
#[derive(Debug, Clone)]
pub struct Pending {
    /// Names this batch.
    pub token: u64,
    /// Since when.
    pub since: DateTime<Utc>,
    /// What.
    pub drafts: Vec<Draft>,
}

impl IncidentView {
    /// Takes in entries that are durable.
    pub fn extend(&mut self, entries: &[Entry]) {
        for entry in entries {
            if entry.seq == self.incident.count + 1 {
                self.incident.apply(entry);
                self.entries.push(entry.clone());
            }
        }
    }

    /// Whether nothing can be added to its journal any more.
    pub fn is_lost(&self) -> bool {
        matches!(self.fate, Some(Fate::GoesOn | Fate::Over))
    }

    /// Drops what waits to be recorded and met a seal: it will never be taken, and is not kept as if it were on its way.
    /// Whether there was any.
    pub fn drop_what_met_a_seal(&mut self) -> bool {
        if !self.incident.is_sealed() || self.pending.is_empty() {
            return false;
        }
        self.pending.clear();
        self.problem = None;
        true
    }

    /// Takes over a journal that was read whole, with what it means.
    pub fn adopt(&mut self, entries: Vec<Entry>, state: Incident) {
        if self.entries.is_empty() {
            self.entries = entries;
            self.incident = state;
        } else {
            self.extend(&entries);
        }
    }

    /// The text that a reference points to.
    pub fn text(&self, reference: TextRef) -> Option<&str> {
        let index = usize::try_from(reference.seq.checked_sub(1)?).ok()?;
        self.entries.get(index)?.text(reference.field)
    }

    /// A text of an entry.
    pub fn entry_text(&self, seq: u64, field: &'static str) -> Option<&str> {
        self.text(TextRef { seq, field })
    }

    /// The title.
    pub fn title(&self) -> &str {
        let title = self
            .incident
            .opened
            .as_ref()
            .and_then(|opened| self.text(opened.title));
        title.unwrap_or("without a title")
    }

    /// What a person is called here.
    pub fn name_of(&self, actor: &ActorId) -> String {
        let introduced = self.incident.actors.get(actor);
        let name = introduced.and_then(|(seq, _)| self.entry_text(*seq, field::NAME));
        name.map_or_else(|| actor.to_string(), str::to_string)
    }

    /// Everybody who appears here, each once, under their present id.
    pub fn people(&self) -> impl Iterator<Item = (&ActorId, &ActorIntroduced)> {
        let actors = self.incident.actors.iter();
        let people = actors.filter(|(actor, (_, data))| {
            data.is_person() && !self.incident.arrived.contains_key(*actor)
        });
        people.map(|(actor, (_, data))| (actor, data))
    }

    /// The people of this name who appear here.
    pub fn people_named(&self, name: &str) -> Vec<ActorId> {
        let same = |actor: &ActorId| self.name_of(actor).eq_ignore_ascii_case(name.trim());
        let people = self.people().filter(|(actor, _)| same(actor));
        people.map(|(actor, _)| actor.clone()).collect()
    }

    /// Somebody of this name who was named here and has not acted yet, where there is one and only one.
    pub fn named_before(&self, name: &str) -> Option<ActorId> {
        let named = |actor: &ActorId| {
            let data = self.incident.actors.get(actor);
            data.is_some_and(|(_, data)| !data.has_acted())
        };
        match &self.people_named(name)[..] {
            [one] if named(one) => Some(one.clone()),
            _ => None,
        }
    }

    /// Whether a person holds a role, be it under the id by which they were named before they acted here.
    pub fn holds(&self, role: Role, me: &Person) -> bool {
        let before = self.named_before(me.name.as_str());
        let mine = |actor: &ActorId| self.incident.is_held_by(role, actor);
        mine(&me.actor) || before.as_ref().is_some_and(mine)
    }

    /// How an acknowledgement is told: who gave it, be it in another system.
    pub fn answered_by(&self, ack: &Acknowledgement) -> String {
        let elsewhere = self.entry_text(ack.seq, field::WHO);
        elsewhere.map_or_else(|| self.name_of(&ack.by), str::to_string)
    }

    /// Whether something of this kind is already on its way, so that a second tick does not ask for it again.
    pub fn in_flight(&self, wanted: &Draft) -> bool {
        let key = flight_key(&wanted.event);
        let drafts = self.pending.iter().flat_map(|pending| &pending.drafts);
        key.is_some()
            && drafts
                .into_iter()
                .any(|draft| flight_key(&draft.event) == key)
    }
}

/// By what a draft that the program makes by itself is recognized while it is on its way.
fn flight_key(event: &Event) -> Option<String> {
    let Event::Observation(observed) = event else {
        return event.dedup_key();
    };
    match observed {
        ObservationEvent::AlertSeen(data) => Some(format!("alert {}", data.alert)),
        ObservationEvent::SignalSeen(data) => Some(format!("signal {}", data.signal)),
        ObservationEvent::SourceLost(data) => Some(format!("lost {}", data.source)),
        ObservationEvent::SourceBack(data) => Some(format!("back {}", data.source)),
        ObservationEvent::Backfilled(_) | ObservationEvent::ChangeSeen(_) => event.dedup_key(),
    }
}
