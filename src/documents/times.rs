//! The times of an entry: when it happened, when it was known, when an outside party was informed.

use crate::alerts::AlertState;
use crate::incident::entry::{
    MessageResulted, ObservationEvent, PageOutcome, PageResulted, ResponseEvent,
};
use crate::incident::{Entry, Event};
use chrono::{DateTime, Utc};

pub(super) fn occurred(entry: &Entry) -> (DateTime<Utc>, &'static str) {
    if let Some(occurred) = entry.occurred {
        return (occurred.at.from(), occurred.from.word());
    }
    match entry.event() {
        Some(Event::Response(ResponseEvent::Opened(data))) => {
            (data.started, data.started_from.word())
        }
        Some(Event::Observation(event)) => observed(entry, event),
        Some(
            Event::Response(
                ResponseEvent::ActorIntroduced(_)
                | ResponseEvent::Classified(_)
                | ResponseEvent::Proposed(_)
                | ResponseEvent::RoleAssigned(_)
                | ResponseEvent::HandedOver(_)
                | ResponseEvent::Noted(_)
                | ResponseEvent::Decided(_)
                | ResponseEvent::StatusChanged(_)
                | ResponseEvent::ImpactStated(_)
                | ResponseEvent::Corrected(_)
                | ResponseEvent::WorkOpened(_)
                | ResponseEvent::WorkChanged(_),
            )
            | Event::Paging(_)
            | Event::Message(_)
            | Event::Playbook(_)
            | Event::Custody(_)
            | Event::Clock(_),
        )
        | None => (entry.recorded, "recorded"),
    }
}

fn observed(entry: &Entry, event: &ObservationEvent) -> (DateTime<Utc>, &'static str) {
    match event {
        ObservationEvent::AlertSeen(data) => match data.state {
            AlertState::Firing | AlertState::Suppressed => (data.starts_at, "alert"),
            AlertState::Cleared | AlertState::Vanished => (data.at, "read"),
        },
        ObservationEvent::SignalSeen(data) => (data.at, "measured"),
        ObservationEvent::ImpactMeasured(data) => (data.impact.to, "measured"),
        ObservationEvent::Backfilled(data) => (data.from, "measured"),
        ObservationEvent::ChangeSeen(data) => (data.at, "read"),
        ObservationEvent::SourceLost(_) | ObservationEvent::SourceBack(_) => {
            (entry.recorded, "recorded")
        }
    }
}

pub(super) fn known(entry: &Entry) -> Option<DateTime<Utc>> {
    Some(match entry.event()? {
        Event::Observation(event) => match event {
            ObservationEvent::AlertSeen(data) => data.at,
            ObservationEvent::SignalSeen(data) => data.at,
            ObservationEvent::SourceLost(data) => data.at,
            ObservationEvent::SourceBack(data) => data.at,
            ObservationEvent::Backfilled(_)
            | ObservationEvent::ImpactMeasured(_)
            | ObservationEvent::ChangeSeen(_) => entry.recorded,
        },
        Event::Paging(_)
        | Event::Response(_)
        | Event::Message(_)
        | Event::Playbook(_)
        | Event::Custody(_)
        | Event::Clock(_) => entry.recorded,
    })
}

pub(super) fn reported(entry: &Entry) -> Option<DateTime<Utc>> {
    let page = entry.data::<PageResulted>().map(|data| data.outcome);
    let message = entry.data::<MessageResulted>().map(|data| data.outcome);
    let accepted = page.or(message) == Some(PageOutcome::Accepted);
    accepted.then_some(entry.recorded)
}
