//! Deduplication keys: which events may stand in a journal once only. Several consoles work on one
//! incident, and a page must not be sent twice because two of them saw it due.

use super::{
    ClockEvent, CustodyEvent, Event, MessageEvent, ObservationEvent, PagingEvent, PlaybookEvent,
    ResponseEvent,
};
use crate::incident::Role;
use crate::incident::ids::Slug;
use crate::incident::observation::CADENCE_SECONDS;
use crate::signals::Cause;

impl Event {
    pub fn dedup_key(&self) -> Option<String> {
        match self {
            Self::Observation(event) => of_observation(event),
            Self::Paging(event) => of_paging(event),
            Self::Response(event) => of_response(event),
            Self::Message(event) => of_message(event),
            Self::Playbook(event) => of_playbook(event),
            Self::Custody(event) => of_custody(event),
            Self::Clock(event) => of_clock(event),
        }
    }
}

fn of_playbook(event: &PlaybookEvent) -> Option<String> {
    match event {
        PlaybookEvent::PlaybookStarted(_) | PlaybookEvent::StepRecorded(_) => None,
        PlaybookEvent::ItemTicked(tick) => Some(format!(
            "item:{}:{}:{}:{}:{}",
            tick.playbook, tick.digest, tick.step, tick.item, tick.supersedes
        )),
    }
}

fn of_observation(event: &ObservationEvent) -> Option<String> {
    match event {
        ObservationEvent::AlertSeen(seen) => superseding("alert", &seen.alert, seen.supersedes),
        ObservationEvent::SignalSeen(seen) if seen.cause == Cause::Cadence => {
            let slot = seen.at.timestamp() / CADENCE_SECONDS;
            Some(format!("signal:{}:{slot}", seen.signal))
        }
        ObservationEvent::SignalSeen(seen) => superseding("seen", &seen.signal, seen.supersedes),
        ObservationEvent::ImpactMeasured(data) if data.cause == Cause::Cadence => {
            let slot = data.impact.to.timestamp() / CADENCE_SECONDS;
            Some(format!("impact:{}:{slot}", data.signal))
        }
        ObservationEvent::ImpactMeasured(data) => {
            superseding("impact", &data.signal, data.supersedes)
        }
        ObservationEvent::Backfilled(filled) => Some(format!("backfill:{}", filled.signal)),
        ObservationEvent::ChangeSeen(seen) => Some(format!("change:{}", seen.change)),
        ObservationEvent::SourceLost(data) => superseding("source", &data.source, data.supersedes),
        ObservationEvent::SourceBack(data) => superseding("source", &data.source, data.supersedes),
    }
}

fn of_paging(event: &PagingEvent) -> Option<String> {
    match event {
        PagingEvent::EscalationArmed(_) => Some("escalation".into()),
        PagingEvent::LevelArmed(level) => Some(format!("level:{}", level.level)),
        PagingEvent::PageIntended(page) => Some(format!(
            "page:{}:{}:{}",
            page.page, page.channel, page.repeat
        )),
        PagingEvent::PageResulted(page) => Some(format!(
            "result:{}:{}:{}",
            page.page, page.channel, page.repeat
        )),
        PagingEvent::Acknowledged(ack) => {
            ack.elsewhere.as_ref().map(|there| format!("ack:{there}"))
        }
        PagingEvent::Adopted(adopted) => Some(format!("adopted:{}", adopted.incident)),
    }
}

fn of_response(event: &ResponseEvent) -> Option<String> {
    match event {
        ResponseEvent::Opened(_) => Some("opened".into()),
        ResponseEvent::ActorIntroduced(actor) => Some(format!("actor:{}", actor.actor)),
        ResponseEvent::Proposed(data) => Some(format!(
            "proposed:{}:{}:{}",
            data.against,
            data.supersedes,
            data.severity.level()
        )),
        ResponseEvent::RoleAssigned(data) => of_role(data.role, data.supersedes),
        ResponseEvent::HandedOver(data) => of_role(data.role, data.supersedes),
        ResponseEvent::Classified(_)
        | ResponseEvent::Noted(_)
        | ResponseEvent::Decided(_)
        | ResponseEvent::StatusChanged(_)
        | ResponseEvent::ImpactStated(_)
        | ResponseEvent::Corrected(_)
        | ResponseEvent::WorkOpened(_)
        | ResponseEvent::WorkChanged(_) => None,
    }
}

fn of_message(event: &MessageEvent) -> Option<String> {
    match event {
        MessageEvent::Updated(_) => None,
        MessageEvent::MessageIntended(message) => Some(format!(
            "message:{}:{}:{}",
            message.message, message.channel, message.repeat
        )),
        MessageEvent::MessageResulted(message) => Some(format!(
            "told:{}:{}:{}",
            message.message, message.channel, message.repeat
        )),
    }
}

fn of_custody(event: &CustodyEvent) -> Option<String> {
    match event {
        CustodyEvent::Sealed(_) => Some("sealed".into()),
        CustodyEvent::NetworkFileSystem(found) => Some(format!("network:{}", found.kind)),
        CustodyEvent::Erased(erased) => Some(format!("erased:{}", erased.request)),
        CustodyEvent::HoldReleased(hold) => Some(format!("released:{}", hold.hold)),
        CustodyEvent::Deleted(deleted) => Some(format!("deleted:{}", deleted.incident)),
        CustodyEvent::Continued(_)
        | CustodyEvent::Recovered(_)
        | CustodyEvent::DocumentWritten(_)
        | CustodyEvent::Checkpointed(_)
        | CustodyEvent::CheckpointFailed(_)
        | CustodyEvent::ApprovalRequested(_)
        | CustodyEvent::Approved(_)
        | CustodyEvent::Exported(_)
        | CustodyEvent::HoldPlaced(_)
        | CustodyEvent::GateOverridden(_) => None,
    }
}

fn of_clock(event: &ClockEvent) -> Option<String> {
    match event {
        ClockEvent::Overdue(overdue) => {
            let item = overdue.item.map_or(String::new(), |item| item.to_string());
            let due = overdue.due.timestamp();
            Some(format!("overdue:{}:{item}:{due}", overdue.clock.name()))
        }
        ClockEvent::PeerLost(lost) => Some(format!("peer:{}", lost.process)),
        ClockEvent::ClockStepped(step) => step.supersedes.map(|earlier| format!("clock:{earlier}")),
        ClockEvent::BootChanged(changed) => Some(format!("boot:{}", changed.boot)),
    }
}

/// Recorded again on each change, by the entry that it supersedes.
fn superseding(what: &str, name: &Slug, supersedes: Option<u64>) -> Option<String> {
    supersedes.map(|earlier| format!("{what}:{name}:{earlier}"))
}

/// A change of a role, by the one that it supersedes. One that several may hold is not taken from anybody.
fn of_role(role: Role, supersedes: Option<u64>) -> Option<String> {
    let earlier = supersedes.filter(|_| !role.is_shared())?;
    Some(format!("role:{}:{earlier}", role.title()))
}
