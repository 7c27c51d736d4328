//! What `update` asks the runtime to do.

use crate::alerts::NewSilence;
use crate::incident::entry::Occasion;
use crate::incident::{
    ChannelId, Draft, Entry, IncidentId, PlaybookId, ServiceId, Slug, SourceId, StepId,
};
use crate::outbox::Message;
use crate::text::Safe;
use chrono::{DateTime, Utc};

#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    Journal(JournalTask),
    Send {
        channel: ChannelId,
        message: Box<Message>,
    },
    /// The query is filled in.
    Ask {
        check: CheckId,
        query: String,
    },
    /// Write the documents as of the last entry.
    Write {
        incident: IncidentId,
        entries: Vec<Entry>,
    },
    Sign(Checkpoint),
    Silence(CreateSilence),
    ExtendSilence(ExtendSilence),
    EndSilence {
        source: SourceId,
        id: Slug,
    },
    /// Report to the exercise that a step was done.
    Cue(StepId),
    Terminal(TerminalEffect),
}

#[derive(Debug, Clone, PartialEq)]
pub enum JournalTask {
    /// `token` identifies the batch in the answer.
    Record {
        incident: IncidentId,
        token: u64,
        drafts: Vec<Draft>,
    },
    /// Unless the data directory has an open incident for the service.
    Open {
        service: ServiceId,
        drill: bool,
        drafts: Vec<Draft>,
    },
    /// Open the continuation of an incident with a damaged journal, unless there is one.
    Continue { of: IncidentId, drafts: Vec<Draft> },
}

/// What only the terminal can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TerminalEffect {
    /// Ring, with the reason.
    Bell(Safe),
    /// To the clipboard.
    Copy(String),
    Suspend,
    Quit,
}

/// A check of a playbook whose query is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckId {
    pub incident: IncidentId,
    pub playbook: PlaybookId,
    pub step: StepId,
}

/// A head that is to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub incident: IncidentId,
    /// The last entry covered, and its hash.
    pub upto: u64,
    pub head: String,
    pub reason: Occasion,
}

#[derive(Debug, Clone, PartialEq)]
pub struct CreateSilence {
    pub source: SourceId,
    pub silence: Box<NewSilence>,
    /// How many alerts matched when it was confirmed.
    pub expected: usize,
    /// The incident whose journal gets a note.
    pub incident: Option<IncidentId>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ExtendSilence {
    pub source: SourceId,
    pub id: Slug,
    pub until: DateTime<Utc>,
    /// How many alerts it suppressed when that was confirmed.
    pub expected: usize,
    /// The incident whose journal gets a note.
    pub incident: Option<IncidentId>,
}
