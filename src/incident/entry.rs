//! What may be recorded: the events of an incident, and the entry that carries one.
//!
//! `data` holds numbers, times, enums, digests and declared slugs only. Text that a person or an outside
//! system can type goes into the texts of a [`Draft`], which the journal commits to and keeps apart.

mod clock;
mod clock_news;
mod custody;
mod dedup;
pub mod field;
mod message;
mod observation;
mod paging;
mod playbook;
mod response;
mod role_change;
mod table;

pub use clock::*;
pub use custody::*;
pub use message::*;
pub use observation::*;
pub use paging::*;
pub use playbook::*;
pub use response::*;
pub use role_change::RoleChange;
pub use table::{
    ClockEvent, CustodyEvent, Event, EventData, MessageEvent, ObservationEvent, PagingEvent,
    PlaybookEvent, ResponseEvent,
};

use super::ids::ActorId;
use super::steady::Boot;
use crate::signals::Cause;
use crate::text::Safe;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeMap;

/// When something is said to have happened, with where that time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurred {
    pub at: DateTime<Utc>,
    pub from: Cause,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    pub by: ActorId,
    pub event: Event,
    /// When it happened, where that is not now.
    pub occurred: Option<Occurred>,
    pub texts: Vec<(&'static str, Safe)>,
    /// The entry's id, where it is given already: what was not acknowledged is tried again under the same.
    pub id: Option<uuid::Uuid>,
}

impl Draft {
    pub fn new(by: &ActorId, event: impl Into<Event>) -> Self {
        Self {
            by: by.clone(),
            event: event.into(),
            occurred: None,
            texts: Vec::new(),
            id: None,
        }
    }

    /// Adds a text; an empty one is left out.
    pub fn with(mut self, name: &'static str, text: Safe) -> Self {
        if !text.is_empty() {
            self.texts.push((name, text));
        }
        self
    }

    pub fn occurred(mut self, at: DateTime<Utc>, from: Cause) -> Self {
        self.occurred = Some(Occurred { at, from });
        self
    }
}

/// A text of an entry, as far as this copy discloses it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Disclosed {
    /// The text that the chain commits to.
    Text(String),
    /// The commitment is there, the text is not.
    Withheld,
}

impl Disclosed {
    /// The text, or the word that stands for it.
    pub fn or_word(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Withheld => "withheld",
        }
    }
}

/// What an entry says, as far as this program understands it.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    Known(Event),
    /// An event of a newer program: kept, verified, not understood.
    Unknown(String),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Position in the journal, from 1; the only order.
    pub seq: u64,
    /// Unique id, a version 7 UUID.
    pub id: String,
    /// SHA-256 of the line, hexadecimal.
    pub hash: String,
    /// Wall time when it was recorded.
    pub recorded: DateTime<Utc>,
    /// The same by the boot clock: which boot, and nanoseconds since then.
    pub mono: Option<(Boot, u64)>,
    pub by: ActorId,
    /// When it happened, where that was said.
    pub occurred: Option<Occurred>,
    /// What was masked in its texts: field and kind.
    pub masked: Vec<(String, String)>,
    pub body: Body,
    pub texts: BTreeMap<String, Disclosed>,
}

impl Entry {
    /// The event, where it is known.
    pub fn event(&self) -> Option<&Event> {
        match &self.body {
            Body::Known(event) => Some(event),
            Body::Unknown(_) => None,
        }
    }

    /// The data of its event, where it is this one.
    pub fn data<D: EventData>(&self) -> Option<&D> {
        self.event()?.data()
    }

    /// Whether its event is this one.
    pub fn is<D: EventData>(&self) -> bool {
        self.data::<D>().is_some()
    }

    /// The text of a field, `withheld`, or nothing where the entry has no such field.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(Disclosed::or_word)
    }

    /// When it happened, or when it was recorded.
    pub fn happened(&self) -> DateTime<Utc> {
        self.occurred.map_or(self.recorded, |occurred| occurred.at)
    }
}
