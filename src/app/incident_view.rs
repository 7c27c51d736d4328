//! One incident in the model: its entries, their fold, and what is on its way to the disk.

use super::message::DamageOutcome;
use crate::incident::entry::{ActorIntroduced, ObservationEvent, field};
use crate::incident::fold::{Acknowledgement, WorkFact, WorkOwner};
use crate::incident::{
    ActorId, Draft, Entry, Event, Incident, IncidentId, ServiceId, StepId, TextRef,
};
use crate::text::Problem;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default)]
pub struct IncidentView {
    /// The entries, all durable.
    pub entries: Vec<Entry>,
    pub incident: Incident,
    /// On the way to the disk: shown as pending, never as done.
    pub pending: Vec<Pending>,
    /// Why nothing can be recorded.
    pub problem: Option<Problem>,
    /// What is wrong with the journal.
    pub damage: Option<Problem>,
    pub damage_outcome: Option<DamageOutcome>,
    /// When its continuation was asked for.
    pub continuing: Option<DateTime<Utc>>,
    /// The incident in which the response continues.
    pub continued: Option<IncidentId>,
    /// When the current check was asked, while its answer is awaited.
    pub asking: Option<(StepId, DateTime<Utc>)>,
    pub written: BTreeMap<String, String>,
}

#[derive(Debug, Clone)]
pub struct Pending {
    pub token: u64,
    pub since: DateTime<Utc>,
    pub drafts: Vec<Draft>,
}

impl IncidentView {
    pub fn extend(&mut self, entries: &[Entry]) {
        for entry in entries {
            if entry.seq == self.incident.count + 1 {
                self.incident.apply(entry);
                self.entries.push(entry.clone());
            }
        }
        if self.incident.is_stale {
            self.incident = Incident::from_entries(&self.entries);
        }
    }

    pub fn is_lost(&self) -> bool {
        matches!(
            self.damage_outcome,
            Some(DamageOutcome::Continues | DamageOutcome::Ended)
        )
    }

    /// Drops drafts that were queued when the journal was sealed: they can never be recorded. Returns whether there
    /// were any.
    pub fn drop_unrecordable(&mut self) -> bool {
        if !self.incident.is_sealed() || self.pending.is_empty() {
            return false;
        }
        self.pending.clear();
        self.problem = None;
        true
    }

    /// Takes over a journal that was read as a whole.
    pub fn adopt(&mut self, entries: Vec<Entry>, state: Incident) {
        if self.entries.is_empty() {
            self.entries = entries;
            self.incident = state;
        } else {
            self.extend(&entries);
        }
    }

    pub fn text(&self, reference: TextRef) -> Option<&str> {
        let index = usize::try_from(reference.seq.checked_sub(1)?).ok()?;
        self.entries.get(index)?.text(reference.field)
    }

    pub fn entry_text(&self, seq: u64, field: &'static str) -> Option<&str> {
        self.text(TextRef { seq, field })
    }

    pub fn service(&self) -> Option<&ServiceId> {
        let opened = self.incident.opened.as_ref();
        opened.map(|opened| &opened.data.service)
    }

    pub fn title(&self) -> &str {
        let opened = self.incident.opened.as_ref();
        let title = opened.and_then(|opened| self.text(opened.title));
        title.unwrap_or("without a title")
    }

    pub fn name_of(&self, actor: &ActorId) -> String {
        let introduced = self.incident.actors.get(actor);
        let name = introduced.and_then(|fact| self.entry_text(fact.seq, field::NAME));
        name.map_or_else(|| actor.to_string(), str::to_string)
    }

    /// The person, role or team that owns an item.
    pub fn owner_name(&self, fact: &WorkFact) -> Option<String> {
        Some(match fact.owner.as_ref()? {
            WorkOwner::Person(person) => self.name_of(person),
            WorkOwner::Role(role) => role.title().to_string(),
            WorkOwner::Team(team) => self.text(*team).unwrap_or("withheld").to_string(),
        })
    }

    /// Everyone who appears here, once, under their present id.
    pub fn people(&self) -> impl Iterator<Item = (&ActorId, &ActorIntroduced)> {
        let actors = self.incident.actors.iter();
        let people = actors.map(|(actor, fact)| (actor, &fact.data));
        people
            .filter(|(actor, data)| data.is_person() && !self.incident.arrived.contains_key(*actor))
    }

    pub fn people_named(&self, name: &str) -> Vec<ActorId> {
        let same = |actor: &ActorId| self.name_of(actor).eq_ignore_ascii_case(name.trim());
        let people = self.people().filter(|(actor, _)| same(actor));
        people.map(|(actor, _)| actor.clone()).collect()
    }

    /// The one person of this name who was named here and has not acted yet.
    pub fn named_before(&self, name: &str) -> Option<ActorId> {
        let named = |actor: &ActorId| {
            let data = self.incident.actors.get(actor);
            data.is_some_and(|fact| !fact.data.has_acted())
        };
        match &self.people_named(name)[..] {
            [one] if named(one) => Some(one.clone()),
            _ => None,
        }
    }

    /// Who acknowledged, also in another system.
    pub fn acknowledged_by(&self, ack: &Acknowledgement) -> String {
        let elsewhere = self.entry_text(ack.seq, field::WHO);
        elsewhere.map_or_else(|| self.name_of(&ack.by), str::to_string)
    }

    /// Whether the same is on its way already, so that the next tick does not ask for it again.
    pub fn in_flight(&self, wanted: &Draft) -> bool {
        let key = flight_key(&wanted.event);
        let drafts = self.pending.iter().flat_map(|pending| &pending.drafts);
        key.is_some() && drafts.into_iter().any(|it| flight_key(&it.event) == key)
    }
}

/// Identifies an automatic draft while it is on its way.
fn flight_key(event: &Event) -> Option<String> {
    let Event::Observation(observed) = event else {
        return event.dedup_key();
    };
    match observed {
        ObservationEvent::AlertSeen(data) => Some(format!("alert {}", data.alert)),
        ObservationEvent::SignalSeen(data) => Some(format!("signal {}", data.signal)),
        ObservationEvent::ImpactMeasured(data) => Some(format!("impact {}", data.signal)),
        ObservationEvent::SourceLost(data) => Some(format!("lost {}", data.source)),
        ObservationEvent::SourceBack(data) => Some(format!("back {}", data.source)),
        ObservationEvent::Backfilled(_) | ObservationEvent::ChangeSeen(_) => event.dedup_key(),
    }
}
