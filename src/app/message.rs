//! What may happen: keys turned into actions, time, and what the runtime reports.

use super::setup::Awaited;
use crate::alerts::AlertIndex;
use crate::alerts::NewSilence;
use crate::data_dir::Peer;
use crate::incident::escalation::Call;
use crate::incident::{
    ChannelId, Draft, Entry, IncidentId, LevelId, PlaybookId, ServiceId, Slug, SourceId, Stamp,
    StepId,
};
use crate::keymap::{Action, Key};
use crate::oncall::Schedule;
use crate::outbox::Delivery;
use crate::signals::Sample;
use crate::signals::change::ChangeSet;
use crate::signals::monitor::MonitorReport;
use crate::sources::{ExternalIncident, History, ReadBack, RuleSet};
use crate::text::Problem;
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// What follows from damage to a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It may pass: the disk did not answer as it should.
    Unsure,
    /// Nothing can be added any more, and the incident has not ended by what can be read.
    GoesOn,
    /// Nothing can be added any more; lines behind the damage say that the incident has ended.
    Over,
}

/// What became of a silence that was asked for.
#[derive(Debug, Clone)]
pub enum SilenceNews {
    /// A silence was made, or was not.
    Made {
        /// The silence.
        silence: Box<NewSilence>,
        /// The incident in whose journal it is noted.
        incident: Option<IncidentId>,
        /// Its id, or why there is none.
        result: Result<Slug, Problem>,
    },
    /// A silence lasts longer, or does not.
    Extended {
        /// Its id.
        id: Slug,
        /// Until when.
        until: DateTime<Utc>,
        /// The incident in whose journal it is noted.
        incident: Option<IncidentId>,
        /// The id that the source has for it now, or why it does not last longer.
        result: Result<Slug, Problem>,
    },
    /// A silence was read back after it was made or extended.
    Read {
        /// Its id.
        id: Slug,
        /// The incident in whose journal it is noted.
        incident: Option<IncidentId>,
        /// What the source says.
        read: Box<ReadBack>,
    },
    /// A silence was ended, or was not.
    Ended {
        /// Its id.
        id: Slug,
        /// Why it was not.
        result: Result<(), Problem>,
    },
}

/// A message to `update`.
#[derive(Debug, Clone)]
pub enum Msg {
    /// Time has passed.
    Tick(Stamp),
    /// A person presses a key.
    Key(Key),
    /// A person acts, by whatever key.
    Act(Action),
    /// A person types or pastes text: it never acts.
    Insert(String),
    /// A source answered, or did not, when asked for alerts.
    Alerts {
        /// Which source.
        source: SourceId,
        /// What all sources said last, with this one's answer.
        result: Result<Arc<AlertIndex>, Problem>,
    },
    /// A source answered, or did not, when asked how its rules stand.
    Rules {
        /// Which source.
        source: SourceId,
        /// What it said.
        result: Result<RuleSet, Problem>,
    },
    /// Something of a source's answers cannot be read as it should be; nothing where all can.
    Odd {
        /// Which source.
        source: SourceId,
        /// Which of its answers.
        part: &'static str,
        /// What is wrong, for people.
        what: Option<String>,
    },
    /// A source answered, or did not, when asked for the signal. The flag says whether the server itself
    /// answered, be it with an error about the query.
    Signal {
        /// Which source.
        source: SourceId,
        /// What it said.
        result: Result<Sample, Problem>,
        /// Whether it was in contact.
        contact: bool,
    },
    /// What became of a silence that was asked for.
    Silence(SilenceNews),
    /// How all signals of the service map stand.
    Signals(Box<MonitorReport>),
    /// Changes were read, or could not be.
    Changes {
        /// Where.
        source: SourceId,
        /// What was found.
        result: Result<ChangeSet, Problem>,
    },
    /// The hour before an incident was read back.
    History {
        /// The incident.
        incident: IncidentId,
        /// Which source.
        source: SourceId,
        /// What it said.
        result: Result<History, Problem>,
    },
    /// A check was answered.
    Answer {
        /// The incident.
        incident: IncidentId,
        /// The playbook.
        playbook: PlaybookId,
        /// The step.
        step: StepId,
        /// What was measured.
        result: Result<Sample, Problem>,
    },
    /// An incident of the data directory, new to this process.
    Loaded {
        /// Its id.
        incident: IncidentId,
        /// Its entries.
        entries: Vec<Entry>,
        /// What they mean, folded once by the writer's thread.
        state: Box<crate::incident::Incident>,
    },
    /// Every incident of the data directory is known.
    Ready,
    /// The data directory cannot be used.
    StoreFailed(Problem),
    /// Entries are durable: this process's own, or another's.
    Recorded {
        /// The incident.
        incident: IncidentId,
        /// New entries, in order.
        entries: Vec<Entry>,
        /// Whose batch this answers; none for another process's entries.
        token: Option<u64>,
        /// For each draft of that batch its number; none where the journal had it already.
        mine: Vec<Option<u64>>,
    },
    /// Lines that had been shown were taken back by their writer before they were acknowledged: the journal anew.
    Reread {
        /// The incident.
        incident: IncidentId,
        /// All its entries.
        entries: Vec<Entry>,
    },
    /// A journal cannot be followed any more: it is damaged, or was cut back behind what is known.
    Damaged {
        /// The incident.
        incident: IncidentId,
        /// What is wrong, and what to do.
        why: Problem,
        /// What follows from it.
        fate: Fate,
    },
    /// Drafts are not recorded. They are kept and tried again.
    NotRecorded {
        /// The incident.
        incident: IncidentId,
        /// Whose batch.
        token: u64,
        /// Why.
        why: Problem,
        /// Whether it is tried again.
        kept: bool,
    },
    /// An incident was opened, here.
    Opened {
        /// Its id.
        incident: IncidentId,
        /// Its entries.
        entries: Vec<Entry>,
    },
    /// An incident was not opened: another process had done so, or it failed.
    NotOpened {
        /// The service.
        service: ServiceId,
        /// Why, where it failed.
        why: Option<Problem>,
    },
    /// A page came to an end.
    Paged {
        /// The incident.
        incident: IncidentId,
        /// The intent's level.
        level: LevelId,
        /// Which sending.
        call: Call,
        /// What is known.
        delivery: Delivery,
    },
    /// A message came to an end.
    Told {
        /// The incident.
        incident: IncidentId,
        /// The message's id.
        message: Slug,
        /// The channel.
        channel: ChannelId,
        /// The repetition.
        repeat: u32,
        /// What is known.
        delivery: Delivery,
    },
    /// Another pager answered, or did not, when asked for its incidents.
    Elsewhere {
        /// Which.
        source: SourceId,
        /// What it said.
        result: Result<Vec<ExternalIncident>, Problem>,
    },
    /// The other programs that keep the clocks of this data directory.
    Peers(Vec<Peer>),
    /// What had no credential at the start has one now.
    Usable(Awaited),
    /// A calendar was read anew.
    ScheduleRead(Box<Schedule>),
    /// A head was signed, or could not be: what is to be recorded of it.
    Signed {
        /// The incident.
        incident: IncidentId,
        /// The checkpoint, or that there is none.
        draft: Box<Draft>,
    },
    /// Documents were written.
    Written {
        /// The incident.
        incident: IncidentId,
        /// Name, path, and the draft that records it.
        documents: Vec<(String, String, Draft)>,
    },
    /// Something failed outside the journal.
    Failed(Problem),
    /// Something worth telling.
    Notice(String),
}
