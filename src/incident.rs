//! The incident: what may be recorded, and what the record means. Pure: no file, no network, no clock. State is a fold
//! over entries and depends on their `data` alone; free text is kept beside it, so that a copy with every text withheld
//! has the same severity, roles, clocks and progress.

#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

pub mod cadence;
pub mod closing;
pub mod contradiction;
pub mod entry;
pub mod escalation;
pub mod fold;
pub mod ids;
pub mod messages;
pub mod observation;
pub mod roles;
pub mod severity;
pub mod status;
pub mod steady;
pub mod windows;
mod words;

pub use entry::{Body, Disclosed, Draft, Entry, Event, Occurred};
pub use fold::{Incident, TextRef};
pub use ids::{
    ActorId, ChannelId, IncidentId, LevelId, PROGRAM, PathId, PlaybookId, ServiceId, Slug,
    SourceId, StepId, TargetId, program,
};
pub use roles::Role;
pub use status::Status;
pub use steady::{Boot, ClockHistory, ClockNews, Moment, Stamp, Steady};
pub use words::{left_open_in_words, step_in_words};
