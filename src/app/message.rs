//! Input of `update`: keys, time, and what the runtime reports.

use super::effect::CheckId;
use super::setup::Awaited;
use crate::alerts::{AlertIndex, NewSilence};
use crate::data_dir::Peer;
use crate::incident::escalation::PageAttempt;
use crate::incident::{
    ChannelId, Draft, Entry, Incident, IncidentId, LevelId, ServiceId, Slug, SourceId, Stamp,
};
use crate::keymap::{Action, Key};
use crate::oncall::Schedule;
use crate::outbox::{Delivery, Message};
use crate::signals::Sample;
use crate::signals::change::ChangeSet;
use crate::signals::inquiry::Finding;
use crate::signals::monitor::MonitorReport;
use crate::sources::{ExternalIncident, ReadBack, RuleSet};
use crate::text::Problem;
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// One attempt to send a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageSending {
    pub message: Slug,
    pub channel: ChannelId,
    pub repeat: u32,
}

/// A document that was written, with the draft that records it.
#[derive(Debug, Clone)]
pub struct DocumentFile {
    pub name: String,
    pub path: String,
    pub draft: Draft,
}

/// What follows from damage to a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DamageOutcome {
    /// The disk did not respond as it should; that may pass.
    Unsure,
    /// Nothing can be added, and by what can be read the incident has not ended.
    Continues,
    /// Nothing can be added; lines after the damage say that the incident has ended.
    Ended,
}

/// The result of a request about a silence. `incident` is the one whose journal gets a note.
#[derive(Debug, Clone)]
pub enum SilenceNews {
    /// With the id of the new silence.
    Created {
        silence: Box<NewSilence>,
        incident: Option<IncidentId>,
        result: Result<Slug, Problem>,
    },
    /// The result is the id that the source has for it from now on.
    Extended {
        id: Slug,
        until: DateTime<Utc>,
        incident: Option<IncidentId>,
        result: Result<Slug, Problem>,
    },
    ReadBack {
        id: Slug,
        incident: Option<IncidentId>,
        read: Box<ReadBack>,
    },
    Ended {
        id: Slug,
        result: Result<(), Problem>,
    },
}

#[derive(Debug, Clone)]
pub enum Msg {
    Tick(Stamp),
    Key(Key),
    /// An action without its key, as from the palette.
    Act(Action),
    /// Typed or pasted text: it never acts.
    Insert(String),
    /// The index combines the last answers of all sources.
    Alerts {
        source: SourceId,
        result: Result<Arc<AlertIndex>, Problem>,
    },
    Rules {
        source: SourceId,
        result: Result<RuleSet, Problem>,
    },
    /// What is wrong with one part of a source's answers; `None` once nothing is.
    Odd {
        source: SourceId,
        part: &'static str,
        what: Option<String>,
    },
    Silence(SilenceNews),
    Signals(Box<MonitorReport>),
    /// Whether the signals can be measured at their sources.
    Findings(Vec<Finding>),
    Changes {
        source: SourceId,
        result: Result<ChangeSet, Problem>,
    },
    Answer {
        check: CheckId,
        result: Result<Sample, Problem>,
    },
    Journal(JournalNews),
    Written {
        incident: IncidentId,
        documents: Vec<DocumentFile>,
    },
    PageResult {
        incident: IncidentId,
        level: LevelId,
        call: PageAttempt,
        delivery: Delivery,
    },
    MessageResult {
        incident: IncidentId,
        sending: MessageSending,
        delivery: Delivery,
    },
    /// The open incidents of another pager.
    ExternalIncidents {
        source: SourceId,
        result: Result<Vec<ExternalIncident>, Problem>,
    },
    /// The other processes of this data directory.
    Peers(Vec<Peer>),
    /// What had no credential at the start has one now.
    Usable(Awaited),
    ScheduleRead(Box<Schedule>),
    /// The checkpoint, or the entry that says why there is none.
    Signed {
        incident: IncidentId,
        draft: Box<Draft>,
    },
    /// Something failed outside the journal.
    Failed(Problem),
}

/// What the journal writer reports.
#[derive(Debug, Clone)]
pub enum JournalNews {
    /// An incident new to this process, folded by the writer's thread.
    Loaded {
        incident: IncidentId,
        entries: Vec<Entry>,
        state: Box<Incident>,
    },
    /// Every incident of the data directory is known.
    Ready,
    /// The data directory cannot be used.
    StoreFailed(Problem),
    /// Durable entries, in order.
    Recorded {
        incident: IncidentId,
        entries: Vec<Entry>,
        /// The batch that this answers; `None` for entries of another process.
        token: Option<u64>,
        /// For each draft of the batch its number; `None` where the journal had it already.
        mine: Vec<Option<u64>>,
    },
    /// A writer took lines back that were read but never acknowledged: all entries, read again.
    Reread {
        incident: IncidentId,
        entries: Vec<Entry>,
    },
    /// A journal cannot be followed any more: it is damaged, or was cut back behind what is known.
    Damaged {
        incident: IncidentId,
        why: Problem,
        outcome: DamageOutcome,
    },
    NotRecorded {
        incident: IncidentId,
        why: Problem,
    },
    /// This process opened an incident.
    Opened {
        incident: IncidentId,
        entries: Vec<Entry>,
    },
    /// Another process opened one first; or it failed, then with the reason.
    NotOpened {
        service: ServiceId,
        why: Option<Problem>,
    },
}

impl From<JournalNews> for Msg {
    fn from(news: JournalNews) -> Self {
        Self::Journal(news)
    }
}

impl JournalNews {
    pub fn recorded_by_others(incident: IncidentId, entries: Vec<Entry>) -> Self {
        Self::Recorded {
            incident,
            entries,
            token: None,
            mine: Vec::new(),
        }
    }
}

impl Msg {
    /// The result of sending a message through a channel.
    pub fn delivered(message: Message, channel: ChannelId, delivery: Delivery) -> Self {
        let incident = message.about().incident.clone();
        let (message, repeat) = match message {
            Message::Page(page) => {
                let call = PageAttempt {
                    page: page.id,
                    channel,
                    repeat: page.repeat,
                };
                return Self::PageResult {
                    incident,
                    level: page.level,
                    call,
                    delivery,
                };
            }
            Message::Update(update) => (update.id, update.repeat),
            Message::Settle(settle) => (settle.id, settle.repeat),
        };
        let sending = MessageSending {
            message,
            channel,
            repeat,
        };
        Self::MessageResult {
            incident,
            sending,
            delivery,
        }
    }
}
