//! The times of an entry: when it happened, when it was known, when an outside party was informed.

use crate::alerts::AlertState;
use crate::incident::entry::{
    MessageResulted, ObservationEvent, Opened, PageOutcome, PageResulted, ResponseEvent,
};
use crate::incident::fold::Before;
use crate::incident::{Entry, Event, Incident};
use crate::signals::Cause;
use crate::times::StatedTime;
use chrono::{DateTime, Utc};
use serde::Serialize;

/// When something happened, as far as it was stated, and what says so.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Occurrence {
    pub(super) at: Option<StatedTime>,
    pub(super) from: &'static str,
}

/// What a correction replaced.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReplacedTime {
    /// The entry of the correction.
    pub by: u64,
    pub was: String,
}

/// As corrected; of the opening, the start of the incident.
pub(super) fn occurred(entry: &Entry, incident: &Incident) -> Occurrence {
    let stated = |from: Cause| Occurrence {
        at: Some(incident.time_of(entry)),
        from: from.word(),
    };
    if let Some(data) = entry.data::<Opened>() {
        return stated(data.started_from);
    }
    if let Some(occurred) = entry.occurred {
        return stated(occurred.from);
    }
    if is_time_corrected(entry.seq, incident) {
        return stated(Cause::Said);
    }
    if let Some(Event::Observation(event)) = entry.event()
        && let Some((at, from)) = observed(event)
    {
        let at = Some(at.into());
        return Occurrence { at, from };
    }
    match is_time_known(entry, incident) {
        true => Occurrence {
            at: Some(entry.recorded.into()),
            from: "recorded",
        },
        false => Occurrence {
            at: None,
            from: "not stated",
        },
    }
}

/// Of an incident that was entered afterwards, the time of recording says nothing about when something happened, unless
/// it happened to the journal.
pub fn is_time_known(entry: &Entry, incident: &Incident) -> bool {
    if !incident.is_retrospective() || entry.occurred.is_some() {
        return true;
    }
    match entry.event() {
        Some(
            Event::Custody(_)
            | Event::Clock(_)
            | Event::Observation(_)
            | Event::Response(ResponseEvent::Opened(_)),
        ) => true,
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
            | Event::Playbook(_),
        )
        | None => is_time_corrected(entry.seq, incident),
    }
}

fn is_time_corrected(seq: u64, incident: &Incident) -> bool {
    let mut replaced = incident.replaced(seq).iter();
    replaced.any(|replaced| matches!(replaced.before, Before::Time(_)))
}

/// The times that corrections replaced, the last one first.
pub fn replaced_times(seq: u64, incident: &Incident) -> Vec<ReplacedTime> {
    let replaced = incident.replaced(seq).iter().rev();
    let time = |before: &Before| match before {
        Before::Time(was) => Some(was.shown()),
        Before::Severity(_) => None,
    };
    let times = replaced.filter_map(|replaced| {
        let (by, was) = (replaced.by, time(&replaced.before)?);
        Some(ReplacedTime { by, was })
    });
    times.collect()
}

/// A time with those that corrections replaced: `16:36Z, corrected by #12 from 16:35Z`.
pub(super) fn with_replaced(at: &StatedTime, seq: u64, incident: &Incident) -> String {
    let replaced = replaced_times(seq, incident).into_iter();
    let replaced = replaced.map(|time| format!(", corrected by #{} from {}", time.by, time.was));
    at.shown() + &replaced.collect::<String>()
}

/// An entry, and those that corrected its time.
pub(super) fn with_corrections(seq: u64, incident: &Incident) -> Vec<u64> {
    let replaced = replaced_times(seq, incident).into_iter();
    [seq]
        .into_iter()
        .chain(replaced.map(|time| time.by))
        .collect()
}

fn observed(event: &ObservationEvent) -> Option<(DateTime<Utc>, &'static str)> {
    match event {
        ObservationEvent::AlertSeen(data) => Some(match data.state {
            AlertState::Firing | AlertState::Suppressed => (data.starts_at, "alert"),
            AlertState::Cleared | AlertState::Vanished => (data.at, "read"),
        }),
        ObservationEvent::SignalSeen(data) => Some((data.at, "measured")),
        ObservationEvent::ImpactMeasured(data) => Some((data.impact.to, "measured")),
        ObservationEvent::Backfilled(data) => Some((data.from, "measured")),
        ObservationEvent::ChangeSeen(data) => Some((data.at, "read")),
        ObservationEvent::SourceLost(_) | ObservationEvent::SourceBack(_) => None,
    }
}

/// When the responders or the program knew. Of an incident that was entered afterwards, only what was stated.
pub(super) fn known(entry: &Entry, incident: &Incident) -> Option<StatedTime> {
    let event = entry.event()?;
    if let Event::Response(ResponseEvent::Opened(_)) = event
        && let Some(occurred) = entry.occurred
    {
        return Some(occurred.at);
    }
    if incident.is_retrospective() {
        return None;
    }
    let at: DateTime<Utc> = match event {
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
    };
    Some(at.into())
}

pub(super) fn reported(entry: &Entry) -> Option<DateTime<Utc>> {
    let page = entry.data::<PageResulted>().map(|data| data.outcome);
    let message = entry.data::<MessageResulted>().map(|data| data.outcome);
    let accepted = page.or(message) == Some(PageOutcome::Accepted);
    accepted.then_some(entry.recorded)
}
