//! The verbs of `warroom incident`.

use super::values::{declared, role};
use crate::incident::{IncidentId, PathId, Role, Slug, Status, TargetId};
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Incident {
    /// Open an incident by hand; an open console or the paging service then pages the on-call engineer
    Open {
        /// What is failing
        title: String,
        /// The failing path of the service map (default: the strict one)
        #[arg(long, value_name = "PATH")]
        path: Option<PathId>,
        /// Start: 10m (ago), 02:40+01:00, a date, with or without a time (default: now)
        #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
        started: Option<String>,
        /// The incident is entered afterwards: nobody is paged, no clock runs, nothing is measured
        #[arg(long, conflicts_with = "live")]
        retrospective: bool,
        /// The incident goes on, although it started more than 4 hours ago
        #[arg(long)]
        live: bool,
        #[command(flatten)]
        when: When,
        /// The sealed incident that this one continues
        #[arg(long, value_name = "ID")]
        follows: Option<IncidentId>,
    },
    /// List incidents
    List,
    /// Show an incident
    Show {
        /// The incident
        id: IncidentId,
    },
    /// Record a note
    Note {
        /// The incident
        id: IncidentId,
        /// The note; - reads notes from standard input, one a line, and confirms each once it is durable
        text: String,
        #[command(flatten)]
        when: When,
    },
    /// Acknowledge the page
    Ack {
        /// The incident
        id: IncidentId,
        /// The targets that you acknowledge for, if every target must acknowledge (default: yours by the schedule)
        #[arg(long = "as", value_name = "TARGET")]
        targets: Vec<TargetId>,
        #[command(flatten)]
        when: When,
    },
    /// Send a status update to users or stakeholders
    Update {
        /// The incident
        id: IncidentId,
        /// What they need to know
        text: String,
        /// The audience
        #[arg(long = "for", value_enum, default_value = "stakeholders")]
        audience: ForWhom,
        /// Record nothing: print what each channel would send
        #[arg(long, conflicts_with = "at")]
        preview: bool,
        #[command(flatten)]
        when: When,
    },
    /// Hand a role over to another person, with a summary of state, decisions, follow-ups and clocks
    HandOver {
        /// The incident
        id: IncidentId,
        /// The role
        #[arg(value_parser = role)]
        role: Role,
        /// Name or id of a person who has taken part
        to: String,
        /// Optional comment beside the summary
        #[arg(default_value = "")]
        text: String,
        /// The person has not taken part yet, and is on no schedule
        #[arg(long)]
        new: bool,
        #[command(flatten)]
        when: When,
    },
    /// Record a follow-up: an action item, a vendor case, a risk, a question, a link
    FollowUp {
        /// The incident
        id: IncidentId,
        /// The kind
        #[arg(value_enum)]
        kind: FollowUpKind,
        /// Description
        text: String,
        /// Due time, or time of the vendor's next update: 30m, or a time with zone
        #[arg(long, value_name = "TIME", default_value = "")]
        due: String,
        /// Owner, by name (default: you)
        #[arg(long, value_name = "NAME")]
        owner: Option<String>,
        /// The vendor's case number
        #[arg(long, default_value = "")]
        number: String,
        /// Contact at the vendor
        #[arg(long, default_value = "")]
        contact: String,
        /// Address of a page about it
        #[arg(long, default_value = "")]
        link: String,
        #[command(flatten)]
        when: When,
    },
    /// Mark a follow-up as done or dropped, or change its due time or owner
    Done {
        /// The incident
        id: IncidentId,
        /// The number of the follow-up
        #[arg(value_parser = numbered)]
        entry: u64,
        /// Optional comment
        #[arg(default_value = "")]
        text: String,
        /// It is dropped; the text gives the reason
        #[arg(long)]
        dropped: bool,
        /// It stays open, with this due time: 30m, or a time with zone
        #[arg(
            long,
            value_name = "TIME",
            default_value = "",
            conflicts_with = "dropped"
        )]
        due: String,
        /// It stays open, with this owner
        #[arg(long, value_name = "NAME", conflicts_with = "dropped")]
        owner: Option<String>,
        #[command(flatten)]
        when: When,
    },
    /// Classify the severity: question=answer …, as `incident show` names them
    Severity {
        /// The incident
        id: IncidentId,
        /// Answers, such as correctness=right completion=degraded
        #[arg(required = true, value_name = "QUESTION=ANSWER")]
        answers: Vec<String>,
        /// Optional comment
        #[arg(long, default_value = "")]
        why: String,
        #[command(flatten)]
        when: When,
    },
    /// Take a role, or give it back
    Role {
        /// The incident
        id: IncidentId,
        /// incident-commander, operations, communications, scribe, compliance or subject-expert
        #[arg(value_parser = role)]
        role: Role,
        /// Give it back
        #[arg(long)]
        none: bool,
        #[command(flatten)]
        when: When,
    },
    /// Set the status
    Status {
        /// The incident
        id: IncidentId,
        /// investigating, identified, mitigated, resolved or closed
        #[arg(value_parser = declared::<Status>)]
        status: Status,
        /// Optional comment
        #[arg(default_value = "")]
        text: String,
        #[command(flatten)]
        when: When,
    },
    /// Record that the impact ended, or began again
    Impact {
        /// The incident
        id: IncidentId,
        /// What happened
        #[arg(value_enum)]
        change: Impact,
        /// Optional comment
        #[arg(default_value = "")]
        text: String,
        #[command(flatten)]
        when: When,
    },
    /// Record a decision
    Decide {
        /// The incident
        id: IncidentId,
        /// The decision
        what: String,
        /// The reason
        #[arg(long)]
        why: String,
        /// The rejected alternative
        #[arg(long, default_value = "")]
        instead: String,
        #[command(flatten)]
        when: When,
    },
    /// Correct an entry: its text, its time, an answer of a classification; both stay
    Correct {
        /// The incident
        id: IncidentId,
        /// The entry's number
        #[arg(value_parser = numbered)]
        entry: u64,
        /// The correct text
        #[arg(default_value = "", required_unless_present_any = ["time", "answers"])]
        text: String,
        /// The correct time; of the opening, the correct start
        #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
        time: Option<String>,
        /// The correct answer of a classification; may be repeated
        #[arg(long = "answer", value_name = "QUESTION=ANSWER")]
        answers: Vec<String>,
        #[command(flatten)]
        when: When,
    },
    /// Close the incident; paging ends
    Close {
        /// The incident
        id: IncidentId,
        /// Optional comment
        #[arg(default_value = "")]
        text: String,
        #[command(flatten)]
        when: When,
    },
    /// Sign the journal's head with your SSH key
    Sign {
        /// The incident
        id: IncidentId,
    },
    /// Erase a text permanently; a second person approves first
    Erase {
        /// The incident
        id: IncidentId,
        /// The entry's number
        #[arg(value_parser = numbered)]
        entry: u64,
        /// The text's field, such as text, title, why, name
        field: Slug,
        /// The reason
        #[arg(long)]
        why: String,
    },
    /// Approve another person's request; without a name, list the open requests
    Approve {
        /// The incident
        id: IncidentId,
        /// Name of the request
        request: Option<Slug>,
    },
    /// Place a legal hold, or release one
    Hold {
        /// The incident
        id: IncidentId,
        /// The reason
        #[arg(long)]
        why: String,
        /// Release this hold; a second person approves first
        #[arg(long, value_name = "HOLD")]
        release: Option<Slug>,
    },
    /// Seal the journal: nothing can be added afterwards
    Seal {
        /// The incident
        id: IncidentId,
        /// Seal even if follow-ups are open: they can never be marked done
        #[arg(long)]
        anyway: bool,
    },
    /// Delete a sealed incident whose retention has ended; a second person approves first
    Delete {
        /// The incident
        id: IncidentId,
        /// The reason
        #[arg(long)]
        why: String,
    },
}

impl Incident {
    pub(in crate::cli) fn incident(&self) -> Option<&IncidentId> {
        match self {
            Self::Open { .. } | Self::List => None,
            Self::Show { id }
            | Self::Note { id, .. }
            | Self::Ack { id, .. }
            | Self::Update { id, .. }
            | Self::HandOver { id, .. }
            | Self::FollowUp { id, .. }
            | Self::Done { id, .. }
            | Self::Severity { id, .. }
            | Self::Role { id, .. }
            | Self::Status { id, .. }
            | Self::Impact { id, .. }
            | Self::Decide { id, .. }
            | Self::Correct { id, .. }
            | Self::Close { id, .. }
            | Self::Sign { id }
            | Self::Erase { id, .. }
            | Self::Approve { id, .. }
            | Self::Hold { id, .. }
            | Self::Seal { id, .. }
            | Self::Delete { id, .. } => Some(id),
        }
    }

    pub(in crate::cli) fn when(&self) -> Option<&When> {
        match self {
            Self::Open { when, .. }
            | Self::Note { when, .. }
            | Self::Ack { when, .. }
            | Self::Update { when, .. }
            | Self::HandOver { when, .. }
            | Self::FollowUp { when, .. }
            | Self::Done { when, .. }
            | Self::Severity { when, .. }
            | Self::Role { when, .. }
            | Self::Status { when, .. }
            | Self::Impact { when, .. }
            | Self::Decide { when, .. }
            | Self::Correct { when, .. }
            | Self::Close { when, .. } => Some(when),
            Self::List
            | Self::Show { .. }
            | Self::Sign { .. }
            | Self::Erase { .. }
            | Self::Approve { .. }
            | Self::Hold { .. }
            | Self::Seal { .. }
            | Self::Delete { .. } => None,
        }
    }
}

/// The number of an entry, as it is written everywhere: `24` or `#24`.
fn numbered(text: &str) -> Result<u64, String> {
    let number = text.trim().trim_start_matches('#').parse();
    number.map_err(|_| "an entry is named by its number: 24 or #24".to_string())
}

#[derive(Debug, Clone, Default, clap::Args)]
pub(in crate::cli) struct When {
    /// When it happened: 10m (ago), 02:40+01:00, 2021-12-25 Europe/London, ~2019-07-29 13:10Z (about), or A/B
    /// (default: now). Of a new incident, when somebody detected it. A status update with an earlier time is recorded
    /// as sent elsewhere
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub at: Option<String>,
    /// The zone of times that name none: UTC, +01:00, Europe/London
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    pub zone: Option<String>,
    /// Record it even if times contradict each other, alerts fire, or follow-ups are open
    #[arg(long)]
    pub anyway: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(in crate::cli) enum Impact {
    /// It began again
    Began,
    /// It ended
    Ended,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(in crate::cli) enum ForWhom {
    /// Users
    Users,
    /// Stakeholders
    Stakeholders,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(in crate::cli) enum FollowUpKind {
    /// Something to be done
    Action,
    /// A case with a vendor
    VendorCase,
    /// Something that may go wrong
    Risk,
    /// Something that nobody knows yet
    Question,
    /// Where something can be looked at
    Link,
}
