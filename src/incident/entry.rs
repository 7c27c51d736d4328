//! What may be recorded: the events of an incident, and the entry that carries one.
//!
//! `data` holds numbers, times, enums, digests and declared slugs only. Text that a person or an outside
//! system can type goes into the texts of a [`Draft`], which the journal commits to and keeps apart.

mod command;
mod custody;
mod data;

pub use command::*;
pub use custody::*;
pub use data::*;

use super::ids::Slug;
use super::steady::Boot;
pub use super::steady::{BootChanged, ClockStepped};
use crate::signals::Cause;
use crate::text::Safe;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Names of text fields, so that writers and readers agree.
pub mod field {
    /// The title of an incident.
    pub const TITLE: &str = "title";
    /// The text of a note, a summary, a correction.
    pub const TEXT: &str = "text";
    /// A person's name.
    pub const NAME: &str = "name";
    /// Where a person was logged in from.
    pub const LOGIN: &str = "login";
    /// Labels of an alert, as JSON.
    pub const LABELS: &str = "labels";
    /// The summary annotation of an alert.
    pub const SUMMARY: &str = "summary";
    /// Why something was decided or done.
    pub const WHY: &str = "why";
    /// Who approves, by their own word.
    pub const APPROVER: &str = "approver";
    /// Who changed something: a person or a pipeline.
    pub const WHO: &str = "who";
    /// The number of a vendor's case.
    pub const REFERENCE: &str = "reference";
    /// Whom to talk to there.
    pub const CONTACT: &str = "contact";
    /// Where something can be looked at.
    pub const LINK: &str = "link";
    /// How a change ended.
    pub const OUTCOME: &str = "outcome";
    /// What else was considered.
    pub const ALTERNATIVES: &str = "alternatives";
    /// What a source or a receiver said.
    pub const DETAIL: &str = "detail";
    /// The text of a playbook step's title.
    pub const STEP: &str = "step";
    /// Who got a copy.
    pub const RECIPIENT: &str = "recipient";
    /// What a copy is for.
    pub const PURPOSE: &str = "purpose";
}

/// An event and its data. The variant's name in kebab case is the line's `type`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data", rename_all = "kebab-case")]
pub enum Event {
    /// The incident begins. Text: `title`.
    Opened(Opened),
    /// A person or program appears for the first time. Text: `name`, `login`.
    Actor(ActorIntroduced),
    /// An alert was seen for the first time or in another state. Text: `name`, `summary`, `labels`.
    AlertSeen(AlertSeen),
    /// A signal was read.
    SignalSeen(SignalSeen),
    /// What a signal read before the incident was opened.
    Backfilled(Backfilled),
    /// A source stopped answering. Text: `detail`.
    SourceLost(SourceLost),
    /// A source answers again.
    SourceBack(SourceBack),
    /// Somebody has taken the page. Text: `who`, where it was done in another system.
    Acknowledged(Acknowledged),
    /// Another system has paged for this incident: its incident is this one. Text: `title`, `link`.
    Adopted(Adopted),
    /// How bad it is. Text: `why`, optional.
    Classified(Classified),
    /// Who does what.
    RoleAssigned(RoleAssigned),
    /// A note. Text: `text`.
    Noted(Empty),
    /// A decision. Text: `text`, `why`, `alternatives`.
    Decided(Empty),
    /// Where the incident stands. Text: `text`, optional.
    StatusChanged(StatusChanged),
    /// An earlier entry is wrong or incomplete. Text: `text`.
    Corrected(Corrected),
    /// A playbook was begun. Text: `title`.
    PlaybookStarted(PlaybookStarted),
    /// A step of a playbook has a result. Text: `step`, `text`.
    StepRecorded(StepRecorded),
    /// An item of a check list was ticked or unticked. Text: `step`, `text` (the item's).
    ItemTicked(ItemTicked),
    /// The escalation chain and its absolute due times.
    EscalationArmed(EscalationArmed),
    /// A conditional level became due.
    LevelArmed(LevelArmed),
    /// A page is about to be sent: the intent. Text: `who`, where the schedule names a person.
    PageIntended(PageIntended),
    /// What became of a page: the result. Text: `detail`.
    PageResulted(PageResulted),
    /// The wall clock and the boot clock moved apart.
    ClockStepped(ClockStepped),
    /// No boot clock connects what was recorded before with what follows.
    BootChanged(BootChanged),
    /// A torn tail was set aside when the journal was opened.
    Recovered(Recovered),
    /// A document was written.
    DocumentWritten(DocumentWritten),
    /// The chain goes on in a new file.
    Continued(Continued),
    /// The head was signed.
    Checkpointed(Checkpointed),
    /// The head was to be signed and could not be. Text: `detail`.
    CheckpointFailed(CheckpointFailed),
    /// An act is to be approved by a second person. Text: `why`.
    ApprovalRequested(ApprovalRequested),
    /// A second person approves.
    Approved(Approved),
    /// A text was taken out for good; its commitment stays. Text: `why`.
    Erased(Erased),
    /// A copy was made for somebody. Text: `recipient`, `purpose`.
    Exported(Exported),
    /// The journal ends here: nothing but a checkpoint may follow.
    Sealed(Empty),
    /// A legal hold begins: nothing of the incident may be deleted or erased. Text: `why`.
    HoldPlaced(Hold),
    /// A legal hold ends. Text: `why`.
    HoldReleased(Hold),
    /// An incident was deleted after its retention ended. Text: `why`.
    Deleted(Deleted),
    /// Something was changed, before or during the incident. Text: `text`, `who`, `outcome`.
    ChangeSeen(ChangeSeen),
    /// The change gate said no, and somebody shipped all the same. Text: `why`, `approver`.
    GateOverridden(GateOverridden),
    /// A status update that a person wrote. Text: `text`.
    Updated(Updated),
    /// A message is about to be sent: the intent.
    MessageIntended(MessageIntended),
    /// What became of a message: the result. Text: `detail`.
    MessageResulted(MessageResulted),
    /// A role goes to another person, with a summary. Text: `text`.
    HandedOver(HandedOver),
    /// Work to keep track of. Text: `text`, `reference`, `contact`, `link`.
    WorkOpened(WorkOpened),
    /// Where work stands now. Text: `text`.
    WorkChanged(WorkChanged),
    /// A clock ran out, and what it waits for has not come.
    Overdue(Overdue),
    /// A program that kept the clocks does not show itself any more.
    #[serde(rename = "keeper-lost")]
    PeerLost(PeerLost),
    /// What is measured now would give another severity: a person is asked.
    Proposed(Proposed),
    /// The data directory is on a network file system, which somebody has allowed.
    NetworkFileSystem(NetworkFileSystem),
}

/// No data: everything is text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Empty {}

/// When something is said to have happened, with where that time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurred {
    /// The time.
    pub at: DateTime<Utc>,
    /// Where it comes from.
    pub from: Cause,
}

/// Something to be recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Who records it.
    pub by: Slug,
    /// The event.
    pub event: Event,
    /// When it happened, where that is not now.
    pub occurred: Option<Occurred>,
    /// Free text by field.
    pub texts: Vec<(&'static str, Safe)>,
    /// The entry's id, where it is given already: what was not acknowledged is tried again under the same.
    pub id: Option<uuid::Uuid>,
}

impl Draft {
    /// A draft without text.
    pub fn new(by: &Slug, event: Event) -> Self {
        Self {
            by: by.clone(),
            event,
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

    /// Says when it happened.
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
    /// A known event.
    Known(Event),
    /// An event of a newer program: kept, verified, not understood.
    Unknown(String),
}

/// A recorded entry.
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
    /// Who recorded it.
    pub by: Slug,
    /// When it happened, where that was said.
    pub occurred: Option<Occurred>,
    /// What was masked in its texts: field and kind.
    pub masked: Vec<(String, String)>,
    /// What happened.
    pub body: Body,
    /// Free text by field.
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

    /// The text of a field, `withheld`, or nothing where the entry has no such field.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(Disclosed::or_word)
    }

    /// When it happened, or when it was recorded.
    pub fn happened(&self) -> DateTime<Utc> {
        self.occurred.map_or(self.recorded, |occurred| occurred.at)
    }
}

impl Event {
    /// The key by which an event may stand in a journal once only, whoever tries: several consoles work on
    /// one incident, and a page must not be sent twice because two of them saw it due.
    pub fn once_key(&self) -> Option<String> {
        match self {
            Self::Opened(_) => Some("opened".into()),
            Self::Actor(actor) => Some(format!("actor:{}", actor.actor)),
            Self::EscalationArmed(_) => Some("escalation".into()),
            Self::LevelArmed(level) => Some(format!("level:{}", level.level)),
            Self::PageIntended(page) => Some(format!(
                "page:{}:{}:{}",
                page.page, page.channel, page.repeat
            )),
            Self::PageResulted(page) => Some(format!(
                "result:{}:{}:{}",
                page.page, page.channel, page.repeat
            )),
            Self::AlertSeen(seen) => follows("alert", &seen.alert, seen.after),
            Self::SourceLost(data) => follows("source", &data.source, data.after),
            Self::SourceBack(data) => follows("source", &data.source, data.after),
            Self::RoleAssigned(data) => role_key(data.role, data.after),
            Self::HandedOver(data) => role_key(data.role, data.after),
            Self::SignalSeen(seen) if seen.cause == Cause::Cadence => {
                let slot = seen.at.timestamp() / super::observation::CADENCE_SECONDS;
                Some(format!("signal:{}:{slot}", seen.signal))
            }
            Self::SignalSeen(seen) => follows("seen", &seen.signal, seen.after),
            Self::Backfilled(filled) => Some(format!("backfill:{}", filled.signal)),
            Self::Acknowledged(ack) => ack.elsewhere.as_ref().map(|there| format!("ack:{there}")),
            Self::MessageIntended(message) => Some(format!(
                "message:{}:{}:{}",
                message.message, message.channel, message.repeat
            )),
            Self::MessageResulted(message) => Some(format!(
                "told:{}:{}:{}",
                message.message, message.channel, message.repeat
            )),
            Self::Overdue(overdue) => {
                let item = overdue.item.map_or(String::new(), |item| item.to_string());
                Some(format!(
                    "overdue:{}:{item}:{}",
                    overdue.clock,
                    overdue.due.timestamp()
                ))
            }
            Self::Proposed(data) => Some(format!(
                "proposed:{}:{}:{}",
                data.against,
                data.after,
                data.severity.level()
            )),
            Self::PeerLost(lost) => Some(format!("keeper:{}", lost.process)),
            Self::ClockStepped(step) => step.after.map(|after| format!("clock:{after}")),
            Self::BootChanged(changed) => Some(format!("boot:{}", changed.boot)),
            Self::Adopted(adopted) => Some(format!("adopted:{}", adopted.incident)),
            Self::ChangeSeen(seen) => Some(format!("change:{}", seen.change)),
            Self::Sealed(_) => Some("sealed".into()),
            Self::NetworkFileSystem(found) => Some(format!("network:{}", found.kind)),
            Self::Erased(erased) => Some(format!("erased:{}", erased.request)),
            Self::HoldReleased(hold) => Some(format!("released:{}", hold.hold)),
            Self::Deleted(deleted) => Some(format!("deleted:{}", deleted.incident)),
            Self::ItemTicked(data) => Some(format!(
                "item:{}:{}:{}:{}:{}",
                data.playbook, data.digest, data.step, data.item, data.after
            )),
            _ => None,
        }
    }
}

/// Something that is told again when it changes, by the entry that it follows.
fn follows(what: &str, name: &Slug, after: Option<u64>) -> Option<String> {
    after.map(|after| format!("{what}:{name}:{after}"))
}

/// A change of a role, by the one that it follows. One that several may hold is not taken from anybody.
fn role_key(role: super::Role, after: Option<u64>) -> Option<String> {
    let after = after.filter(|_| !role.is_shared())?;
    Some(format!("role:{}:{after}", role.title()))
}
