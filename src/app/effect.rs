//! What `update` asks the runtime to do.

use crate::alerts::NewSilence;
use crate::incident::entry::Occasion;
use crate::incident::{
    ChannelId, Draft, Entry, IncidentId, PlaybookId, ServiceId, Slug, SourceId, StepId,
};
use crate::outbox::Message;
use crate::text::Safe;
use chrono::{DateTime, Utc};

/// Something to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Append to a journal.
    Record {
        /// The incident.
        incident: IncidentId,
        /// Names the batch in the answer.
        token: u64,
        /// What.
        drafts: Vec<Draft>,
    },
    /// Open an incident, unless the data directory has an open one for the service.
    Open {
        /// The service.
        service: ServiceId,
        /// Whether it is an exercise.
        drill: bool,
        /// Its first entries.
        drafts: Vec<Draft>,
    },
    /// Open the incident in which the response to one with a damaged journal goes on, unless there is one.
    Continue {
        /// The damaged one.
        of: IncidentId,
        /// The first entries of the new one.
        drafts: Vec<Draft>,
    },
    /// Send a message by a channel.
    Send {
        /// Its name.
        channel: ChannelId,
        /// What.
        message: Box<Message>,
    },
    /// Ring the terminal's bell, for this.
    Bell(Safe),
    /// Ask a check's query.
    Ask {
        /// The incident.
        incident: IncidentId,
        /// The playbook.
        playbook: PlaybookId,
        /// The step.
        step: StepId,
        /// The query, filled in.
        query: String,
    },
    /// Read the hour before an incident back.
    Backfill {
        /// The incident.
        incident: IncidentId,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// Write the documents of an incident as of its last entry.
    Write {
        /// The incident.
        incident: IncidentId,
        /// Its entries.
        entries: Vec<Entry>,
    },
    /// Sign the head as it stands, and report what is to be recorded of it.
    Sign {
        /// The incident.
        incident: IncidentId,
        /// The entry covered last.
        upto: u64,
        /// Its hash.
        head: String,
        /// Why now.
        reason: Occasion,
    },
    /// Keep alerts quiet.
    Silence {
        /// At which source.
        source: SourceId,
        /// What.
        silence: Box<NewSilence>,
        /// How many alerts matched when it was confirmed.
        expected: usize,
        /// The incident in whose journal it is noted.
        incident: Option<IncidentId>,
    },
    /// Let a silence last longer.
    Extend {
        /// At which source.
        source: SourceId,
        /// Which.
        id: Slug,
        /// Until when.
        until: DateTime<Utc>,
        /// How many alerts it kept quiet when that was confirmed.
        expected: usize,
        /// The incident in whose journal it is noted.
        incident: Option<IncidentId>,
    },
    /// End a silence.
    Expire {
        /// At which source.
        source: SourceId,
        /// Which.
        id: Slug,
    },
    /// Put text on the clipboard.
    Copy(String),
    /// Tell the exercise that a step was done.
    Cue(StepId),
    /// To the shell.
    Suspend,
    /// End.
    Quit,
}
