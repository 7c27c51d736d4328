//! What may be recorded: the events of an incident, and the entry that carries one.
//!
//! `data` holds numbers, times, enums, digests and declared slugs only. Text that a person or an outside
//! system can type goes into the texts of a [`Draft`], which the journal commits to and keeps apart.

mod acts;
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
mod table;

pub use acts::RoleChange;
pub use clock::*;
pub use custody::*;
pub use message::*;
pub use observation::*;
pub use paging::*;
pub use playbook::*;
pub use response::*;
pub use table::{
    ClockEvent, CustodyEvent, Event, EventData, MessageEvent, ObservationEvent, PagingEvent,
    PlaybookEvent, ResponseEvent,
};

use super::ids::ActorId;
use super::steady::Boot;
use crate::signals::Cause;
use crate::text::Safe;
use crate::times::StatedTime;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurred {
    pub at: StatedTime,
    pub from: Cause,
    /// Written with its form: the entry takes effect in the order of its time. Older entries take effect in the order of
    /// recording.
    pub in_order: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    pub by: ActorId,
    pub event: Event,
    pub occurred: Option<Occurred>,
    pub texts: Vec<(&'static str, Safe)>,
    /// Entries that its time contradicts: a person confirmed it when it was recorded.
    pub against: Vec<u64>,
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
            against: Vec::new(),
            id: None,
        }
    }

    pub fn with(mut self, name: &'static str, text: Safe) -> Self {
        if !text.is_empty() {
            self.texts.push((name, text));
        }
        self
    }

    pub fn occurred(mut self, at: impl Into<StatedTime>, from: Cause) -> Self {
        self.occurred = Some(Occurred {
            at: at.into(),
            from,
            in_order: true,
        });
        self
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Disclosed {
    Text(String),
    /// The commitment is there, the text is not.
    Withheld,
}

#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "almost every entry is known, and a box for each would cost more"
)]
pub enum Body {
    Known(Event),
    /// An event of a newer program: kept, verified, not understood.
    Unknown(String),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Position in the journal, from 1; the only order.
    pub seq: u64,
    /// A version 7 UUID.
    pub id: String,
    /// SHA-256 of the line, hexadecimal.
    pub hash: String,
    pub recorded: DateTime<Utc>,
    /// The same by the boot clock: which boot, and nanoseconds since then.
    pub mono: Option<(Boot, u64)>,
    pub by: ActorId,
    pub occurred: Option<Occurred>,
    /// Entries that its time contradicts, as a person confirmed; 0 is this entry.
    pub against: Vec<u64>,
    /// What was masked in its texts: field and kind.
    pub masked: Vec<(String, String)>,
    pub body: Body,
    pub texts: BTreeMap<String, Disclosed>,
}

impl Entry {
    pub fn event(&self) -> Option<&Event> {
        match &self.body {
            Body::Known(event) => Some(event),
            Body::Unknown(_) => None,
        }
    }

    pub fn data<D: EventData>(&self) -> Option<&D> {
        self.event()?.data()
    }

    pub fn is<D: EventData>(&self) -> bool {
        self.data::<D>().is_some()
    }

    /// The text of a field, `withheld`, or nothing where the entry has no such field.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(Disclosed::or_word)
    }

    /// The earliest instant at which it can have happened.
    pub fn happened(&self) -> DateTime<Utc> {
        self.when().from()
    }

    /// Whether a person stated its time, with its precision: it takes effect in the order of that time.
    pub fn is_stated(&self) -> bool {
        self.occurred.is_some_and(|occurred| occurred.in_order)
    }

    pub fn when(&self) -> StatedTime {
        let stated = self.occurred.map(|occurred| occurred.at);
        stated.unwrap_or_else(|| self.recorded.into())
    }
}
