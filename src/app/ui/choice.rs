//! Lists to choose from, and what is chosen.

use crate::app::action::Action;
use crate::incident::entry::{Audience, WorkKind};
use crate::incident::{IncidentId, Role, Slug, Status};
use crate::text::Safe;

/// One of a list.
#[derive(Debug, Clone)]
pub struct Pick {
    /// The heading.
    pub title: String,
    /// The rows.
    pub items: Vec<(String, Picked)>,
    /// The row under the cursor.
    pub cursor: usize,
}

/// Somebody who is given something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Somebody {
    /// Who appears in this incident.
    Here(Slug),
    /// Who does not yet, by name.
    Named(Safe),
}

/// What was picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picked {
    /// A status.
    Status(Status),
    /// A role, for oneself; or nobody's from now on.
    Role(Role, bool),
    /// A playbook to begin.
    Playbook(Slug),
    /// An incident to go to.
    Incident(IncidentId),
    /// A way at a decision step: the step, and where it leads.
    Way(Slug, Slug),
    /// An action.
    Action(Action),
    /// Acknowledge for these targets.
    Answer(Vec<Slug>),
    /// Tell an audience.
    Audience(Audience),
    /// A role to hand over, to somebody yet to be picked.
    HandOver(Role),
    /// A role to hand over to this person.
    HandOverTo(Role, Somebody),
    /// A role to hand over to somebody whose name is typed.
    HandOverToName(Role),
    /// Work of this kind to keep track of.
    Work(WorkKind),
    /// Work that is open: what becomes of it is yet to be picked.
    OpenWork(u64),
    /// What becomes of work: it is done, or dropped, or due at another time.
    Becomes(u64, Fate),
    /// Work that somebody else sees to from now on.
    Give(u64, Somebody),
}

/// What becomes of work that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is done.
    Done,
    /// It is dropped, for a reason.
    Dropped,
    /// It is due at another time.
    Later,
}
