//! Events that change who holds a role.

use super::{Event, ResponseEvent};
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
