//! What kind of act an event of the response is: a change of a role, an act upon the incident, an act with a stated time.

use super::{Event, MessageEvent, PagingEvent, ResponseEvent};
use crate::incident::ids::ActorId;
use crate::incident::roles::Role;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleChange<'e> {
    pub role: Role,
    pub from: Option<&'e ActorId>,
    pub to: Option<&'e ActorId>,
}

impl Event {
    pub fn role_change(&self) -> Option<RoleChange<'_>> {
        let Self::Response(event) = self else {
            return None;
        };
        let (role, from, to) = match event {
            ResponseEvent::RoleAssigned(data) => (data.role, None, data.actor.as_ref()),
            ResponseEvent::HandedOver(data) => (data.role, data.from.as_ref(), Some(&data.to)),
            // A late draft of one with a deduplication key is left out: `notices::notify_of_conflict` tells its author.
            ResponseEvent::Opened(_)
            | ResponseEvent::ActorIntroduced(_)
            | ResponseEvent::Classified(_)
            | ResponseEvent::Proposed(_)
            | ResponseEvent::Noted(_)
            | ResponseEvent::Decided(_)
            | ResponseEvent::StatusChanged(_)
            | ResponseEvent::ImpactStated(_)
            | ResponseEvent::Corrected(_)
            | ResponseEvent::WorkOpened(_)
            | ResponseEvent::WorkChanged(_) => return None,
        };
        Some(RoleChange { role, from, to })
    }
}

impl Event {
    /// Whether its time is a person's word, which a correction can replace.
    pub fn has_a_stated_time(&self) -> bool {
        match self {
            Self::Response(event) => event.has_a_stated_time(),
            Self::Paging(event) => matches!(event, PagingEvent::Acknowledged(_)),
            Self::Message(event) => {
                matches!(event, MessageEvent::Updated(data) if data.elsewhere)
            }
            Self::Playbook(_) => true,
            Self::Observation(_) | Self::Custody(_) | Self::Clock(_) => false,
        }
    }
}

impl ResponseEvent {
    /// Whether people do it because of the incident, and not before it began.
    pub fn is_response(&self) -> bool {
        match self {
            Self::RoleAssigned(_)
            | Self::HandedOver(_)
            | Self::WorkOpened(_)
            | Self::WorkChanged(_)
            | Self::Classified(_) => true,
            // Times of these are judged one by one, or may be of any time.
            Self::StatusChanged(_)
            | Self::ImpactStated(_)
            | Self::Opened(_)
            | Self::ActorIntroduced(_)
            | Self::Proposed(_)
            | Self::Noted(_)
            | Self::Decided(_)
            | Self::Corrected(_) => false,
        }
    }

    /// Whether its time is a person's word.
    pub fn has_a_stated_time(&self) -> bool {
        match self {
            Self::Opened(_)
            | Self::Classified(_)
            | Self::RoleAssigned(_)
            | Self::HandedOver(_)
            | Self::Noted(_)
            | Self::Decided(_)
            | Self::StatusChanged(_)
            | Self::ImpactStated(_)
            | Self::WorkOpened(_)
            | Self::WorkChanged(_) => true,
            Self::ActorIntroduced(_) | Self::Proposed(_) | Self::Corrected(_) => false,
        }
    }
}
