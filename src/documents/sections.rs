//! In which list of the record an entry stands, or in none, and which entries a first reader needs.

use crate::incident::Event;
use crate::incident::entry::{
    ClockEvent, CustodyEvent, MessageEvent, ObservationEvent, PagingEvent, PlaybookEvent,
    ResponseEvent,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Decisions,
    Work,
    Overdue,
    Notifications,
    Remediation,
    Classifications,
    Observations,
    Participants,
    Custody,
}

pub(super) fn section(event: &Event) -> Option<Section> {
    match event {
        Event::Observation(
            ObservationEvent::AlertSeen(_)
            | ObservationEvent::SignalSeen(_)
            | ObservationEvent::Backfilled(_)
            | ObservationEvent::ImpactMeasured(_)
            | ObservationEvent::ChangeSeen(_)
            | ObservationEvent::SourceLost(_)
            | ObservationEvent::SourceBack(_),
        )
        | Event::Clock(ClockEvent::ClockStepped(_) | ClockEvent::BootChanged(_)) => {
            Some(Section::Observations)
        }
        Event::Paging(
            PagingEvent::EscalationArmed(_)
            | PagingEvent::LevelArmed(_)
            | PagingEvent::PageIntended(_)
            | PagingEvent::PageResulted(_)
            | PagingEvent::Adopted(_),
        )
        | Event::Message(
            MessageEvent::Updated(_)
            | MessageEvent::MessageIntended(_)
            | MessageEvent::MessageResulted(_),
        ) => Some(Section::Notifications),
        Event::Response(
            ResponseEvent::ActorIntroduced(_)
            | ResponseEvent::RoleAssigned(_)
            | ResponseEvent::HandedOver(_),
        ) => Some(Section::Participants),
        Event::Response(ResponseEvent::Classified(_)) => Some(Section::Classifications),
        Event::Response(ResponseEvent::Decided(_)) => Some(Section::Decisions),
        Event::Response(ResponseEvent::WorkOpened(_) | ResponseEvent::WorkChanged(_)) => {
            Some(Section::Work)
        }
        Event::Response(ResponseEvent::StatusChanged(_) | ResponseEvent::ImpactStated(_))
        | Event::Playbook(
            PlaybookEvent::PlaybookStarted(_)
            | PlaybookEvent::StepRecorded(_)
            | PlaybookEvent::ItemTicked(_),
        ) => Some(Section::Remediation),
        Event::Clock(ClockEvent::Overdue(_) | ClockEvent::PeerLost(_)) => Some(Section::Overdue),
        Event::Custody(
            CustodyEvent::Continued(_)
            | CustodyEvent::Recovered(_)
            | CustodyEvent::DocumentWritten(_)
            | CustodyEvent::Checkpointed(_)
            | CustodyEvent::CheckpointFailed(_)
            | CustodyEvent::ApprovalRequested(_)
            | CustodyEvent::Approved(_)
            | CustodyEvent::Erased(_)
            | CustodyEvent::Exported(_)
            | CustodyEvent::Sealed(_)
            | CustodyEvent::HoldPlaced(_)
            | CustodyEvent::HoldReleased(_)
            | CustodyEvent::Deleted(_)
            | CustodyEvent::GateOverridden(_)
            | CustodyEvent::NetworkFileSystem(_),
        ) => Some(Section::Custody),
        Event::Response(
            ResponseEvent::Opened(_)
            | ResponseEvent::Proposed(_)
            | ResponseEvent::Noted(_)
            | ResponseEvent::Corrected(_),
        )
        | Event::Paging(PagingEvent::Acknowledged(_)) => None,
    }
}

/// Whether a first reader needs it: without joins, mechanics, and what a bell does.
pub(super) fn is_highlight(event: &Event) -> bool {
    match event {
        Event::Paging(PagingEvent::PageIntended(data)) => data.channel.as_str() != "bell",
        Event::Paging(PagingEvent::PageResulted(data)) => data.channel.as_str() != "bell",
        Event::Paging(PagingEvent::EscalationArmed(_) | PagingEvent::LevelArmed(_))
        | Event::Response(ResponseEvent::ActorIntroduced(_))
        | Event::Message(MessageEvent::MessageIntended(_)) => false,
        Event::Paging(PagingEvent::Acknowledged(_) | PagingEvent::Adopted(_))
        | Event::Response(
            ResponseEvent::Opened(_)
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
        | Event::Message(MessageEvent::Updated(_) | MessageEvent::MessageResulted(_)) => true,
        // Readers of the incident need to know of a torn tail; the other custody entries prove the record.
        Event::Custody(event) => matches!(event, CustodyEvent::Recovered(_)),
        // The result of a step says what its ticks add up to.
        Event::Playbook(PlaybookEvent::ItemTicked(_)) => false,
        Event::Playbook(PlaybookEvent::PlaybookStarted(_) | PlaybookEvent::StepRecorded(_))
        | Event::Observation(_)
        | Event::Clock(_) => true,
    }
}
